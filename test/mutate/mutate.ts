import { mkdtempSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { makeMutation, readerOf, writeMutation } from './makeMutation';
import { listReaders, type MutatedReader } from './readers';
import { bounds, type Failure, runMutations } from './runMutations';
import { figures } from './figures';

const usage = `npm run mutate -- [flags]: reads changed copies of valid files with every reader, within ${bounds.cpuSeconds} s of CPU and ${bounds.memoryMiB} MiB each
  --seed N              default: the time
  --count N             default 10000
  --only READER         one reader's only
  --replay SEED:INDEX   one input again; it is kept in a temporary folder
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      count: { type: 'string', default: '10000' },
      only: { type: 'string' },
      replay: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const readers = await listReaders();
  if (values.help) {
    process.stdout.write(`${usage}Readers: ${readers.map(({ name }) => name).join(', ')}\n`);
    return 0;
  }
  const [seed, single] = (values.replay ?? String(values.seed ?? Date.now() % 2 ** 31)).split(':').map(Number);
  const isKnown = values.only === undefined || readers.some(({ name }) => name === values.only);
  if (!isKnown) throw new Error(`No reader is called ${values.only}; see --help.`);
  if (Number.isNaN(seed) || (values.replay !== undefined && !Number.isInteger(single))) throw new Error(usage);
  const indices = values.replay !== undefined ? [single] : firstIndices(readers, Number(values.count), values.only);
  process.stdout.write(`seed ${seed}\n`);
  const startedAt = Date.now();
  let done = 0;
  const { results, failures } = await runMutations({
    seed,
    indices,
    processes: Math.min(availableParallelism(), 4, indices.length),
    onResult: (result) => {
      if (values.replay !== undefined) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
      else if (++done % 1000 === 0) process.stdout.write(`${done} …\n`);
    },
  });
  process.stdout.write(figures(results));
  const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
  process.stdout.write(`${results.length} inputs in ${minutes} minutes, ${failures.length} failures\n`);
  for (const failure of failures) report(failure, readers);
  if (values.replay !== undefined && failures.length === 0) {
    process.stdout.write(`kept in ${keep({ seed, index: single }, readers)}\n`);
  }
  return failures.length === 0 ? 0 : 1;
}

function firstIndices(readers: readonly MutatedReader[], count: number, only: string | undefined): number[] {
  const indices: number[] = [];
  for (let index = 0; indices.length < count; index++) {
    if (only === undefined || readerOf(readers, index).name === only) indices.push(index);
  }
  return indices;
}

function report(failure: Failure, readers: readonly MutatedReader[]): void {
  const { seed, index, reason } = failure;
  const { reader, change } = makeMutation(readers, seed, index);
  process.stdout.write(
    `\n${seed}:${index} ${reader.name} (${change}): ${reason}\n  kept in ${keep(failure, readers)}\n`,
  );
}

/** Not in the tree: what makes a program fail is shown to its makers only. */
function keep({ seed, index }: Omit<Failure, 'reason'>, readers: readonly MutatedReader[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mbe-failing-'));
  writeMutation(makeMutation(readers, seed, index), folder);
  return folder;
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
