import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { listJobs } from '../src/core';
import { comparePictures } from './comparePictures';
import { findPython, type Python, pythonLoop } from './findPython';
import { type DataOptions, makeData, type Storage, storages } from './makeData';
import { type Measured, measureProcess } from './measureProcess';
import { measureStages, stages } from './measureStages';
import { cliParameters, makeWorks, type Work } from './works';

const usage = `npm run bench -- [flags] [-- flags of the command line]
  --runs N          of each side, one of ours and one of the loop in turn (default: 5)
  --quick           one run of little data, to see that all works
  --storage NAME    none, lzw or deflate: how the images are compressed (repeatable; default: none)
  --only TEXT       works with this in their name: FOVs, cells, ROIs
  --steady          40 FOVs in place of 10, so that the start of a process does not count
  --no-loop         without the loop
  --before FILE     the cli.cjs of another build, kept inside this folder: it runs in turn with ours, too
  --no-stages       without the split into steps
  --data DIR        where the data are kept (default: a folder for temporary files)
The Python of the loop is $BENCH_PYTHON, else the first one that has numpy, tifffile, scikit-image and pandas.`;

const cli = path.join(__dirname, '..', 'dist', 'cli.cjs');

async function main(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      runs: { type: 'string' },
      quick: { type: 'boolean' },
      storage: { type: 'string', multiple: true, default: ['none'] },
      only: { type: 'string', default: '' },
      steady: { type: 'boolean' },
      loop: { type: 'boolean', default: true },
      before: { type: 'string' },
      stages: { type: 'boolean', default: true },
      data: { type: 'string', default: path.join(os.tmpdir(), 'multiplex-batch-export-bench') },
      help: { type: 'boolean' },
    },
  });
  if (flags.help) {
    console.log(usage);
    return;
  }
  if (!existsSync('/proc/self/stat')) throw new Error('expected Linux, whose /proc says what processes took');
  const runs = Number(flags.runs ?? (flags.quick ? 1 : 5));
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`expected --runs 1, 2 …, found ${flags.runs}`);
  const size = flags.quick
    ? { fovs: 2, sidePx: 1024, cellsPerFov: 300, rois: 10 }
    : { fovs: flags.steady ? 40 : 10, sidePx: 2048, cellsPerFov: 1200, rois: 50 };
  const works = makeWorks(size.fovs, flags.quick ? 100 : 5000, size.rois).filter(({ name }) =>
    name.includes(flags.only),
  );
  const python = flags.loop ? findPython() : undefined;
  console.log(`${os.cpus()[0].model}, ${os.cpus().length} cores; load ${os.loadavg()[0].toFixed(1)}`);
  console.log(`Node ${process.versions.node}; ${sayPython(python, flags.loop)}`);

  for (const storage of flags.storage) {
    if (!storages.some((known) => known === storage)) throw new Error(`expected --storage ${storages.join('|')}`);
    const options: DataOptions = { ...size, storage: storage as Storage };
    const data = path.join(flags.data, Object.values(options).join('-'));
    mkdirSync(flags.data, { recursive: true });
    makeData(data, options);
    for (const work of works) {
      const outputs = mkdtempSync(path.join(flags.data, 'out-'));
      try {
        console.log(`\n${work.name}, ${size.sidePx}² × 6, compression ${storage}; medians of ${runs}`);
        const bench = new Bench(work, data, outputs, positionals);
        await bench.compare(runs, python, flags.before && path.resolve(flags.before));
        if (flags.stages) await bench.sayStages();
      } finally {
        rmSync(outputs, { recursive: true, force: true });
      }
    }
  }
}

function sayPython(python: Python | undefined, wanted: boolean): string {
  if (python) return `${python.command}: ${Object.entries(python.versions).flat().join(' ')}`;
  return wanted ? 'no Python with numpy, tifffile, scikit-image and pandas: ours alone' : 'ours alone';
}

/** A run of one side; of the loop also what it says itself. */
interface Run extends Measured {
  readonly items: number;
  /** CPU seconds without the start of Python and its imports. */
  readonly ownCpuSeconds: number;
}

/** One work on one dataset. */
class Bench {
  /** Every run has a folder of its own: names that were just removed cost more to make. */
  private runCount = 0;

  constructor(
    private readonly work: Work,
    private readonly data: string,
    private readonly outputs: string,
    private readonly moreFlags: readonly string[],
  ) {}

  /** Runs all sides in turn and says what they took, and how they compare run by run. */
  async compare(runs: number, python: Python | undefined, before: string | undefined): Promise<void> {
    await this.runOurs([]); // The files come into memory, for all sides.
    const ours: Run[] = [];
    const earlier: Run[] = [];
    const loop: Run[] = [];
    let askLoop = python !== undefined;
    for (let run = 0; run < runs; run++) {
      ours.push((await this.runOurs([])).run);
      if (before !== undefined) earlier.push((await this.runOurs([], before)).run);
      if (!askLoop) continue;
      try {
        loop.push((await this.runLoop(python!)).run);
      } catch (error) {
        askLoop = false;
        console.log(`  the loop cannot do this: ${String(error).trimEnd().split('\n').at(-1)}`);
      }
    }
    console.log(`             CPU s   CPU ms/${this.work.item}   wall s   ${this.work.item}s/s   peak MiB`);
    sayRuns('ours', ours);
    sayRuns('before', earlier);
    sayRuns('loop', loop);
    sayRatios('before', earlier, ours);
    sayRatios('loop', loop, ours);
    if (loop.length === 0) return;
    const { pictures, samples, different, worst } = await this.comparePixels(python!);
    console.log(
      `pixels: ${different} of ${samples} samples in ${pictures} pictures differ, by at most ${worst}${worst > 1 ? ': NOT THE SAME PICTURES' : ''}`,
    );
  }

  async sayStages(): Promise<void> {
    const { out } = await this.runOurs([]);
    const job = (await listJobs(out)).at(-1)!;
    const { items, cpuSeconds } = await measureStages(job, out, 1000);
    const parts = stages.map((stage) => `${stage} ${((cpuSeconds[stage] / items) * 1000).toFixed(2)}`);
    console.log(`steps in one process, CPU ms/${this.work.item}: ${parts.join(', ')}`);
  }

  private async comparePixels(python: Python): ReturnType<typeof comparePictures> {
    const ours = await this.runOurs(['--scale-bar', 'off']);
    const theirs = await this.runLoop(python);
    return comparePictures(ours.out, theirs.out);
  }

  private async runOurs(flags: readonly string[], build = cli): Promise<{ run: Run; out: string }> {
    const out = path.join(this.outputs, `ours-${this.runCount++}`);
    const more = [...flags, ...this.moreFlags];
    const run = await measureProcess(process.execPath, cliParameters(build, this.work, this.data, out, more));
    const ended = run.stdout.split('\n').findLast((line) => line.includes('"ended"'))!;
    const { written } = JSON.parse(ended) as { written: number };
    return { run: { ...run, items: written, ownCpuSeconds: run.cpuSeconds }, out };
  }

  private async runLoop({ command }: Python): Promise<{ run: Run; out: string }> {
    const out = path.join(this.outputs, `loop-${this.runCount++}`);
    const { loopMode, maxLabel } = this.work;
    const run = await measureProcess(command, [pythonLoop, this.data, out, loopMode, String(maxLabel)]);
    const { items, cpuSeconds } = JSON.parse(run.stdout) as { items: number; cpuSeconds: number };
    return { run: { ...run, items, ownCpuSeconds: cpuSeconds }, out };
  }
}

function sayRuns(who: string, runs: readonly Run[]): void {
  if (runs.length === 0) return;
  const of = (figure: (run: Run) => number): number => median(runs.map(figure));
  const figures = [
    of((run) => run.cpuSeconds)
      .toFixed(2)
      .padStart(8),
    of((run) => (run.cpuSeconds / run.items) * 1000)
      .toFixed(2)
      .padStart(13),
    of((run) => run.wallSeconds)
      .toFixed(2)
      .padStart(8),
    of((run) => run.items / run.wallSeconds)
      .toFixed(2)
      .padStart(9),
    of((run) => run.peakMiB)
      .toFixed(0)
      .padStart(10),
  ];
  console.log(`  ${who.padEnd(6)}  ${figures.join(' ')}`);
}

/** Ratios of runs that followed each other: medians, and the least and the greatest. */
function sayRatios(who: string, runs: readonly Run[], ours: readonly Run[]): void {
  if (runs.length === 0) return;
  const ratio = (of: (run: Run) => number, ofOurs = of): string => {
    const pairs = runs.map((run, i) => of(run) / ofOurs(ours[i]));
    return `${median(pairs).toFixed(2)} [${Math.min(...pairs).toFixed(2)}–${Math.max(...pairs).toFixed(2)}]`;
  };
  const cpu = ratio((run) => run.cpuSeconds);
  const own =
    who === 'loop'
      ? ` (without its imports ${ratio(
          (run) => run.ownCpuSeconds,
          (run) => run.cpuSeconds,
        )})`
      : '';
  const [wall, memory] = [ratio((run) => run.wallSeconds), ratio((run) => run.peakMiB)];
  console.log(`${who} / ours: CPU ${cpu}${own}, wall ${wall}, memory ${memory}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
