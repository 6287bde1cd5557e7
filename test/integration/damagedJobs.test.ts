import assert from 'node:assert/strict';
import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { readManifest } from '../support/dataset';
import { runCli, runCliWith } from '../support/runCli';
import { jobsFolder, look, smallFovs } from '../support/smallFovs';
import { temporaryFolder } from '../support/temporaryFolder';

const hourMs = 3_600_000;

function jobOf(out: string): string {
  const jobs = path.join(out, jobsFolder);
  return path.join(jobs, readdirSync(jobs).sort().at(-1)!);
}

/** Gives the journals of a job the names that they had if its runner's clock had been ahead. */
function ageJournals(job: string, aheadMs: number): void {
  const journals = path.join(job, 'journal');
  for (const name of readdirSync(journals)) {
    const [, time, rest] = /^(\d+)(-.*)$/.exec(name)!;
    renameSync(path.join(journals, name), path.join(journals, `${Number(time) + aheadMs}${rest}`));
  }
}

describe('a clock that goes back', function () {
  this.timeout(120_000);

  it('does not make a job forget that it was resumed', () => {
    const out = temporaryFolder();
    const args = ['fovs', smallFovs(2), ...look, '--retries', '0', '--out', out];
    assert.equal(runCliWith(`ESTALE:1:${path.sep}F1${path.sep}`, ...args).exitCode, 1);
    ageJournals(jobOf(out), hourMs);
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.match(runCli('status', out).stdout, /2 written, 0 unchanged, 0 skipped, 0 failed/);
    assert.deepEqual(
      readManifest(out).map(({ outcome }) => outcome),
      ['written', 'written'],
    );
  });

  it('does not put an older job before a newer one', () => {
    const out = temporaryFolder();
    const args = ['fovs', smallFovs(1), ...look, '--out', out];
    assert.equal(runCli(...args).exitCode, 0);
    const [jobs, ahead] = [path.join(out, jobsFolder), '99981231-235959999-abcdef'];
    ageJournals(jobOf(out), hourMs);
    renameSync(jobOf(out), path.join(jobs, ahead));
    assert.equal(runCli(...args, '--downsample', '2', '--overwrite', 'always').exitCode, 0);
    const [older, newer] = readdirSync(jobs).sort();
    assert.equal(older, ahead);
    assert.match(newer, /^\d{8}-\d{9}-[0-9a-f]{6}$/);
    assert.match(runCli('status', out).stdout, new RegExp(`^${newer}: ended`));
    assert.deepEqual(
      readManifest(out).map(({ downsample }) => downsample),
      ['2'],
    );
  });
});
