import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { plane, readManifest, writePlane } from '../support/dataset';
import { runCli, startCli } from '../support/runCli';
import { ended } from '../support/startedProcesses';
import { temporaryFolder } from '../support/temporaryFolder';

const fovCount = 30;
const flags = ['--channel', 'c=green:0:400', '--channel', 'd=red:0:400', '--pixel-size', '0.5', '--json'];

/** So that a job can be interrupted in the middle, whatever the machine. */
const slowly = ['--rate', '2/s'];

/** Large enough that a job can be interrupted in the middle. */
function largeDataset(): string {
  const dataset = temporaryFolder();
  const noise = plane(500, 500, (x, y) => (x * 31 + y * 17) % 401);
  for (let i = 0; i < fovCount; i++) {
    for (const channel of ['c', 'd']) writePlane(path.join(dataset, `F${i}`, `${channel}.tif`), noise, {});
  }
  return dataset;
}

function jobFolderOf(out: string): string {
  const jobs = path.join(out, '.batch-export-jobs');
  return path.join(jobs, readdirSync(jobs)[0]);
}

/** Resolves after the n-th picture of a job that reports as NDJSON. */
async function pictureMade(child: ChildProcess, n: number): Promise<void> {
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    if (line.includes('"event":"item"') && ++seen === n) return;
  }
  throw new Error('the job ended too early');
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  await ended(child);
  return child.exitCode;
}

/** Every file of an output folder that is not a job's own. */
function picturesOf(out: string): Map<string, string> {
  const names = readdirSync(out).filter((name) => name !== '.batch-export-jobs');
  return new Map(names.sort().map((name) => [name, readFileSync(path.join(out, name)).toString('base64')]));
}

describe('a job is a folder', () => {
  let dataset: string;
  let undisturbed: Map<string, string>;

  before(() => {
    dataset = largeDataset();
    const out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, ...flags, '--out', out).exitCode, 0);
    undisturbed = picturesOf(out);
    assert.equal(undisturbed.size, fovCount + 1);
  });

  it('holds the recipe, the plan, the journal, the runner and the manifests', () => {
    const out = temporaryFolder();
    runCli('fovs', dataset, ...flags, '--fov', 'F1', '--out', out);
    const job = jobFolderOf(out);
    assert.deepEqual(readdirSync(job).sort(), [
      'cells.jsonl',
      'journal',
      'manifest.csv',
      'manifest.json',
      'origin.json',
      'plan.jsonl',
      'recipe.json',
      'runner.json',
      'sources.json',
    ]);
    const recipe = readFileSync(path.join(job, 'recipe.json'), 'utf8');
    assert.equal(recipe.includes(dataset), false, 'a recipe can be shared: it names no folder');
  });

  it('stops at Ctrl-C with exit code 130, and resumes to the same files', async () => {
    const out = temporaryFolder();
    const child = startCli('fovs', dataset, ...flags, ...slowly, '--out', out);
    await pictureMade(child, 3);
    child.kill('SIGINT');
    assert.equal(await exitCode(child), 130);
    const rows = readManifest(out);
    assert.equal(rows.length, fovCount, 'every planned item has a row');
    const cancelled = rows.filter((row) => row['outcome'] === 'cancelled').length;
    assert.ok(cancelled > 0 && cancelled < fovCount);
    assert.match(
      runCli('status', out).stdout,
      new RegExp(`stopped; ${fovCount} planned, ${fovCount - cancelled} written`),
    );
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.deepEqual(picturesOf(out), undisturbed);
  });

  it('stops when another process asks for it', async () => {
    const out = temporaryFolder();
    const child = startCli('fovs', dataset, ...flags, ...slowly, '--out', out);
    await pictureMade(child, 2);
    assert.equal(runCli('cancel', out).exitCode, 0);
    assert.equal(await exitCode(child), 130);
    assert.equal(runCli('resume', out).exitCode, 0, 'an old request to stop does not stop the resumed job');
    assert.deepEqual(picturesOf(out), undisturbed);
  });

  it('survives kill -9: no half-written file under a final name, and resume makes the same files', async () => {
    const out = temporaryFolder();
    const child = startCli('fovs', dataset, ...flags, ...slowly, '--out', out);
    await pictureMade(child, 4);
    child.kill('SIGKILL');
    await exitCode(child);
    for (const [name, content] of picturesOf(out)) {
      if (name.startsWith('.')) continue; // a temporary file, which no viewer shows
      assert.equal(content, undisturbed.get(name), `${name} is not whole`);
    }
    assert.match(runCli('status', out).stdout, /stopped/);
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.deepEqual(picturesOf(out), undisturbed);
  });

  it('makes a picture again that is not as the journal says, and does not touch the others', () => {
    const out = temporaryFolder();
    runCli('fovs', dataset, ...flags, '--fov', 'F[1-3]', '--out', out);
    rmSync(path.join(out, 'F2.png'));
    assert.equal(runCli('resume', out).exitCode, 0);
    for (const name of ['F1.png', 'F2.png', 'F3.png']) {
      assert.equal(readFileSync(path.join(out, name)).toString('base64'), undisturbed.get(name));
    }
  });

  it('does not replace a file of somebody else that appeared after planning', () => {
    const out = temporaryFolder();
    runCli('fovs', dataset, ...flags, '--fov', 'F[1-3]', '--out', out);
    writeFileSync(path.join(out, 'F2.png'), 'mine');
    assert.equal(runCli('resume', out).exitCode, 1);
    assert.equal(readFileSync(path.join(out, 'F2.png'), 'utf8'), 'mine');
    const row = readManifest(out).find((candidate) => candidate['item'] === 'F2');
    assert.equal(row?.['error_code'], 'FileExists');
  });

  it('is run by one process at a time', async () => {
    const out = temporaryFolder();
    const child = startCli('fovs', dataset, ...flags, ...slowly, '--out', out);
    await pictureMade(child, 1);
    // Held in the middle of its work, or it may be over before the other one looks.
    child.kill('SIGSTOP');
    const second = runCli('resume', out);
    child.kill('SIGCONT');
    child.kill('SIGINT');
    await exitCode(child);
    assert.deepEqual([second.exitCode, /Usage: .*at work/.test(second.stderr)], [2, true], second.stderr);
  });

  it('status of a folder without jobs is refused', () => {
    const { exitCode: code, stderr } = runCli('status', temporaryFolder());
    assert.deepEqual([code, /found neither/.test(stderr)], [2, true]);
  });

  it('ends when the output folder is taken away, and says why', async () => {
    const out = path.join(temporaryFolder(), 'out');
    const child = startCli('fovs', dataset, ...flags, ...slowly, '--out', out);
    await pictureMade(child, 2);
    renameSync(out, `${out}-elsewhere`);
    assert.equal(await exitCode(child), 3);
    assert.equal(existsSync(path.join(out, 'F9.png')), false);
  });
});
