import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { version } from '../package.json';
import { type BenchOptions, benchWork } from './benchWork';
import { makeData } from './data';
import { replaceFigures } from './describeReport';
import { describeWork } from './describeWork';
import { findPython } from './findPython';
import { measureProcess } from './measureProcess';
import { type BenchReport, describeMachine, type WorkResult } from './report';
import { commandLine, loop } from './sides';
import { chooseWorks, makeWorks, type Work } from './works';

const usage = `npm run bench -- [flags] [-- flags of the command line]
  --works NAME,…    only these works; a name may be what several begin with, as start (default: all that are not heavy)
  --list            say which works there are, and do none
  --runs N          of each side, one of ours and one of each other in turn (default: 5)
  --quick           one run of little data, to see that all works
  --no-loop         without the loop in Python
  --before FILE     the cli.cjs of another build, kept inside this folder: it runs in turn with ours, too
  --no-split        without the split of works into steps, and without the floors
  --json FILE       all that was found, every run
  --markdown FILE   tables of it, in place of those between the marks in this file
  --data DIR        where the data are kept (default: a folder for temporary files)
The Python of the loop is $BENCH_PYTHON, else the first one that has numpy, tifffile, scikit-image and pandas.`;

const cli = path.join(__dirname, '..', 'dist', 'cli.cjs');

async function main(): Promise<void> {
  const { values: flags, positionals } = parseArgs({
    allowPositionals: true,
    allowNegative: true,
    options: {
      works: { type: 'string', default: '' },
      list: { type: 'boolean' },
      runs: { type: 'string' },
      quick: { type: 'boolean' },
      loop: { type: 'boolean', default: true },
      before: { type: 'string' },
      split: { type: 'boolean', default: true },
      json: { type: 'string' },
      markdown: { type: 'string' },
      data: { type: 'string', default: path.join(os.tmpdir(), 'multiplex-batch-export-bench') },
      help: { type: 'boolean' },
    },
  });
  if (flags.help) {
    console.log(usage);
    return;
  }
  const all = makeWorks(flags.quick ? 'quick' : 'full');
  if (flags.list) {
    for (const { name, title, heavy } of all) console.log(`${name.padEnd(14)}  ${title}${heavy ? ' (heavy)' : ''}`);
    return;
  }
  const works = chooseWorks(all, flags.works.split(',').filter(Boolean));
  if (!existsSync('/proc/self/stat')) throw new Error('expected Linux, whose /proc says what processes took');
  const runs = Number(flags.runs ?? (flags.quick ? 1 : 5));
  if (!(Number.isInteger(runs) && runs > 0)) throw new Error(`expected --runs 1, 2 …, found ${flags.runs}`);
  const before = flags.before && path.resolve(flags.before);
  const python = flags.loop ? findPython() : undefined;
  const machine = describeMachine();
  const versions = {
    ours: version,
    ...(before && { before: await versionOf(before) }),
    Node: process.versions.node,
    ...python?.versions,
  };
  console.log(`${machine.cpu}, ${machine.cores} cores; load ${machine.load.toFixed(1)}`);
  console.log(Object.entries(versions).flat().join(' '));
  if (flags.loop && !python) console.log('no Python with numpy, tifffile, scikit-image and pandas: without the loop');

  const options: BenchOptions = {
    runs,
    ours: commandLine(cli, positionals),
    before: before ? commandLine(before, positionals) : undefined,
    loop: python && loop(python),
    split: flags.split,
  };
  mkdirSync(flags.data, { recursive: true });
  const results: WorkResult[] = [];
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ').replace(/ --$/, '');
  const report: BenchReport = { machine, versions, command, works: results };
  for (const work of works) {
    console.log(`\n${work.name}: ${work.title}; medians of ${runs}`);
    const result = await benchInFolder(work, flags.data, options);
    for (const line of describeWork(result)) console.log(line);
    results.push(result);
    // After each, so that a run that is stopped leaves what it found.
    if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(report, undefined, 2)}\n`);
    if (flags.markdown !== undefined) replaceFigures(flags.markdown, report);
  }
}

async function benchInFolder(work: Work, folder: string, options: BenchOptions): Promise<WorkResult> {
  const data = work.data && makeData(work.data, folder);
  const outputs = mkdtempSync(path.join(folder, 'out-'));
  try {
    return await benchWork({ work, data, outputs }, options);
  } finally {
    rmSync(outputs, { recursive: true, force: true });
  }
}

async function versionOf(build: string): Promise<string> {
  const { exitCode, stdout, stderr } = await measureProcess(process.execPath, [build, '--version']);
  if (exitCode !== 0) throw new Error(`expected another build's cli.cjs with --before, found ${build}: ${stderr}`);
  return stdout.trim();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
