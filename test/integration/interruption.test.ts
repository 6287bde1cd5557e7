import assert from 'node:assert/strict';
import { cpSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { smallDataset } from '../support/dataset';
import { runCli, runCliWith, startCliWith } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { jobsFolder } from '../support/smallFovs';
import { spawnBounded } from '../support/spawnBounded';
import { exited, startProcess } from '../support/startedProcesses';
import { temporaryFolder } from '../support/temporaryFolder';
import { contentsOf, writeUelerState } from '../support/uelerState';
import { waitUntil } from '../support/waitUntil';

const look = ['--channel', 'DNA=red:p1:p99', '--scale-bar', 'off'];

/** A busy machine takes so long to end a process; what is cut short here takes thirty seconds. */
const atOnceMs = 20_000;

/** FOV A with a cell table, which is no AnnData: nobody comes so far as to see that. */
function dataset(): string {
  const folder = smallDataset(['A']);
  writeFileSync(path.join(folder, 'cell_table.h5ad'), 'x'.repeat(100));
  return folder;
}

interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
}

/** Starts a command, sends it a signal as soon as it says that it hangs, and says how it ended. */
async function interrupt(misbehaviour: string, signal: NodeJS.Signals, args: readonly string[]): Promise<Ending> {
  const child = startCliWith(misbehaviour, ...args);
  let said = '';
  child.stderr!.on('data', (text: Buffer) => (said += text.toString()));
  await waitUntil('the command to hang', () => said.includes('hangs'), child);
  const sentAt = performance.now();
  child.kill(signal);
  await exited(child);
  return { exitCode: child.exitCode, signal: child.signalCode, ms: performance.now() - sentAt };
}

/** What the command was given a folder for has nothing new in it. */
function requireUntouched(folder: string, out: string): void {
  assert.deepEqual(readdirSync(folder).sort(), ['A', 'cell_table.h5ad', 'masks']);
  assert.deepEqual(readdirSync(out), []);
}

/**
 * A folder with `data`, a dataset with UELer's state, and `out`, with a job whose only picture, that of FOV A, is not made
 * yet; it is `a.png`.
 */
function datasetAndJob(): string {
  const folder = temporaryFolder();
  const [data, out] = [path.join(folder, 'data'), path.join(folder, 'out')];
  cpSync(smallDataset(['A']), data, { recursive: true });
  writeUelerState(data);
  const { exitCode, stderr } = runCli('fovs', data, ...look, '--out', out);
  assert.equal(exitCode, 0, stderr);
  renameSync(path.join(out, 'A.png'), path.join(folder, 'a.png'));
  const [job] = readdirSync(path.join(out, jobsFolder));
  const journal = path.join(out, jobsFolder, job, 'journal');
  for (const name of readdirSync(journal)) rmSync(path.join(journal, name));
  return folder;
}

const commandsIn = (folder: string): Readonly<Record<string, readonly string[]>> => {
  const [data, out, again] = ['data', 'out', 'again'].map((name) => path.join(folder, name));
  return {
    inspect: ['inspect', data],
    import: ['import', data],
    'fovs --save-recipe': ['fovs', data, ...look, '--save-recipe', path.join(folder, 'r.export.json')],
    'run PICTURE': ['run', path.join(folder, 'a.png'), '--dataset', data, '--out', again],
    resume: ['resume', out],
  };
};

describe('Ctrl-C and SIGTERM, while nothing is written', () => {
  let made: string;
  before(() => {
    made = datasetAndJob();
  });

  const commands: readonly (readonly [what: string, part: string, args: (out: string) => readonly string[]])[] = [
    ['a dry run', 'DNA.tiff', (out) => ['fovs', ...look, '--dry-run', '--out', path.join(out, 'o')]],
    ['planning', 'DNA.tiff', (out) => ['fovs', ...look, '--out', path.join(out, 'o')]],
    ['a preview', 'DNA.tiff', (out) => ['preview', 'fovs', ...look, '--item', 'A', '--to', path.join(out, 'a.png')]],
    ['AnnData', 'cell_table.h5ad', () => ['inspect']],
  ];
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    for (const [what, part, args] of commands) {
      it(`${signal} ends at once what computes without a pause: ${what}`, async () => {
        const [folder, out] = [dataset(), temporaryFolder()];
        const [mode, ...rest] = args(out);
        const target = mode === 'preview' ? [mode, rest[0], folder, ...rest.slice(1)] : [mode, folder, ...rest];
        const ending = await interrupt(`busy:${part}`, signal, target);
        assert.ok(ending.ms < atOnceMs, `took ${ending.ms} ms`);
        // The system's way, which shells call 130 and 143, or ours.
        assert.ok(ending.signal === signal || ending.exitCode === 130, JSON.stringify(ending));
        requireUntouched(folder, out);
      });
    }

    for (const [command, part] of [
      ['inspect', 'CD3.tif'],
      ['import', 'roi_manager.csv'],
      ['fovs --save-recipe', 'CD3.tif'],
      ['run PICTURE', 'a.png'],
      ['resume', 'sources.json'],
    ]) {
      it(`${signal} ends at once what waits for a disk, with exit code 130: ${command}`, async () => {
        const before = contentsOf(made);
        const { exitCode, ms } = await interrupt(`wait:${part}`, signal, commandsIn(made)[command]);
        assert.equal(exitCode, 130);
        assert.ok(ms < atOnceMs, `took ${ms} ms`);
        assert.deepEqual(contentsOf(made), before);
      });
    }

    it(`${signal} ends a process that waits for a file that is never there to be read`, async function () {
      const folder = temporaryFolder();
      const pipe = path.join(folder, 'pipe');
      if (process.platform === 'win32' || spawnBounded('mkfifo', [pipe]).status !== 0) {
        return skipWithout('named pipes', this);
      }
      const code = `
        const { Interruption } = require('./src/cli/interruption.ts');
        new Interruption().listen();
        require('node:fs/promises').open(${JSON.stringify(pipe)}, 'r');
        setTimeout(() => require('node:fs').writeSync(2, 'hangs'), 100);`;
      const child = startProcess(process.execPath, ['--import', 'tsx', '-e', code], {
        cwd: path.join(__dirname, '..', '..'),
      });
      let said = '';
      child.stderr!.on('data', (text: Buffer) => (said += text.toString()));
      await waitUntil('the process to hang', () => said.includes('hangs'), child);
      child.kill(signal);
      await exited(child);
      assert.equal(child.signalCode, signal);
    });
  }
});

describe('Ctrl-C and SIGTERM, in the moment in which a file is written', () => {
  let made: string;
  before(() => {
    made = datasetAndJob();
  });

  /** What a command makes of a copy of `made`, and its copy. */
  const run = (command: string, misbehaviour: string): { folder: string; exitCode: number | null } => {
    const folder = temporaryFolder();
    cpSync(made, folder, { recursive: true });
    const args = commandsIn(folder)[command];
    const { exitCode } = misbehaviour === '' ? runCli(...args) : runCliWith(misbehaviour, ...args);
    return { folder, exitCode };
  };

  /** No temporary file or folder, and no claim of a process that has ended. */
  const requireTidy = (folder: string): void => {
    const left = [...contentsOf(folder).keys()].filter((name) => /\.part$|\.new-|[\\/]claim/.test(name));
    assert.deepEqual(left, []);
  };

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    for (const command of ['import', 'fovs --save-recipe']) {
      it(`${signal} leaves the files that were begun whole, all of them, and so no failure: ${command}`, () => {
        const undisturbed = run(command, '');
        const { folder, exitCode } = run(command, `signal:${signal}:.batch-export-import-`);
        assert.deepEqual([undisturbed.exitCode, exitCode], [0, 0]);
        requireTidy(folder);
        assert.ok(contentsOf(folder).size > contentsOf(made).size);
        assert.deepEqual(contentsOf(folder), contentsOf(undisturbed.folder));
      });
    }

    for (const [command, what, part, picture] of [
      ['run PICTURE', 'a job is made', '.new-', path.join('again', 'a.png')],
      ['resume', 'a job is claimed', '.batch-export-2', path.join('out', 'A.png')],
      ['resume', 'a journal is begun', `${path.sep}journal${path.sep}`, path.join('out', 'A.png')],
    ]) {
      it(`${signal} while ${what} stops it with exit code 130, and leaves a whole job that goes on: ${command}`, () => {
        const { folder, exitCode } = run(command, `signal:${signal}:${part}`);
        assert.equal(exitCode, 130);
        requireTidy(folder);
        const out = path.join(folder, path.dirname(picture));
        assert.equal(readdirSync(path.join(out, jobsFolder)).length, 1);
        assert.ok(!contentsOf(folder).has(picture));
        assert.equal(runCli('resume', out).exitCode, 0);
        assert.ok(contentsOf(folder).get(picture) === contentsOf(made).get('a.png'), 'it is another picture');
      });
    }
  }
});
