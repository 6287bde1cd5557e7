import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { smallDataset } from '../support/dataset';
import { startCliWith } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { spawnBounded } from '../support/spawnBounded';
import { exited, startProcess } from '../support/startedProcesses';
import { temporaryFolder } from '../support/temporaryFolder';
import { waitUntil } from '../support/waitUntil';

const look = ['--channel', 'DNA=red:p1:p99', '--scale-bar', 'off'];

/** A busy machine takes so long to end a process; what is cut short here takes thirty seconds. */
const atOnceMs = 5_000;

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

describe('Ctrl-C and SIGTERM, while nothing is written', () => {
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

    it(`${signal} ends at once what waits for a disk while a dataset opens, with exit code 130`, async () => {
      const [folder, out] = [dataset(), temporaryFolder()];
      const { exitCode, ms } = await interrupt('wait:DNA.tiff', signal, ['inspect', folder]);
      assert.equal(exitCode, 130);
      assert.ok(ms < atOnceMs, `took ${ms} ms`);
      requireUntouched(folder, out);
    });

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
