import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { HeartWatch } from '../../src/core/job/heartWatch';
import { JobReader } from '../../src/core/job/jobJournal';
import { copyOfVersion, olderVersions } from '../support/olderVersion';

/** A job whose runner has just begun, as its folder says; `finish` does all the work at once, and leaves in good order. */
function begunJob(): { folder: string; finish: () => void } {
  const jobs = path.join(copyOfVersion(olderVersions[0]), 'done', '.batch-export-jobs');
  const folder = path.join(jobs, readdirSync(jobs)[0]);
  const runnerFile = path.join(folder, 'runner.json');
  const ended = readFileSync(runnerFile, 'utf8');
  const { endedAt, ...begun } = JSON.parse(ended) as Record<string, unknown>;
  assert.ok(endedAt, 'the runner of the fixture has left in good order');
  const now = { host: hostname(), pid: process.pid, heartbeatAt: new Date().toISOString() };
  writeFileSync(runnerFile, JSON.stringify({ ...begun, ...now }));
  const journals = readdirSync(path.join(folder, 'journal')).map((name) => path.join(folder, 'journal', name));
  const aside = (journal: string): string => path.join(folder, path.basename(journal));
  for (const journal of journals) renameSync(journal, aside(journal));
  return {
    folder,
    finish() {
      for (const journal of journals) renameSync(aside(journal), journal);
      writeFileSync(runnerFile, ended);
    },
  };
}

/** A reader that hears that the runner's process is gone, after `meanwhile` has happened. */
function readerOf(folder: string, meanwhile: () => void): JobReader {
  let isFirst = true;
  const isProcessThere = (): boolean => {
    if (isFirst) meanwhile();
    isFirst = false;
    return false;
  };
  const clocks = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };
  return new JobReader(folder, undefined, new HeartWatch({ ...clocks, host: hostname(), isProcessThere }));
}

describe('the status of a job whose runner leaves while it is read', () => {
  it('is of everything that the runner did', async () => {
    const job = begunJob();
    const { state, written, error } = await readerOf(job.folder, job.finish).status();
    assert.deepEqual({ state, written, error }, { state: 'ended', written: 4, error: undefined });
  });

  it('says so of one that died without a word', async () => {
    const { state, written, error } = await readerOf(begunJob().folder, () => undefined).status();
    assert.deepEqual([state, written, error?.code], ['stopped', 0, 'JobInterrupted']);
  });

  it('keeps the words of an error that only a newer version knows', async () => {
    const job = begunJob();
    job.finish();
    const runnerFile = path.join(job.folder, 'runner.json');
    const runner = JSON.parse(readFileSync(runnerFile, 'utf8')) as object;
    const message = 'Expected a full moon, but it wanes.';
    writeFileSync(runnerFile, JSON.stringify({ ...runner, error: { code: 'MoonWanes', message } }));
    const { state, error } = await readerOf(job.folder, () => undefined).status();
    assert.deepEqual({ state, error }, { state: 'ended', error: { code: 'Internal', message } });
  });
});

describe('the journal of a job that is read', () => {
  it('is kept in short, and each line is there in full for who asks, also of what was added since', async () => {
    const job = begunJob();
    const reader = readerOf(job.folder, () => undefined);
    assert.deepEqual([...(await reader.record()).journal], []);
    job.finish();
    const [journal] = readdirSync(path.join(job.folder, 'journal')).map((name) =>
      path.join(job.folder, 'journal', name),
    );
    const first = readFileSync(journal, 'utf8');
    const lines = first.trimEnd().split('\n');
    // Of several windows, and longer than one.
    const long = { ...(JSON.parse(lines[0]) as object), files: [] as object[] };
    long.files = (JSON.parse(lines[0]) as typeof long).files.map((file) => ({ ...file, note: 'µ'.repeat(50_000) }));
    const all = [...lines, JSON.stringify(long), ...Array.from({ length: 40 }, (_, i) => lines[i % lines.length])];
    const { lineOf } = await reader.record();
    writeFileSync(journal, `${all.join('\n')}\n`);
    const { journal: endings } = await reader.record();
    assert.equal(endings.length, all.length);
    assert.ok(JSON.stringify([...endings]).length < all.length * 200);
    for (const i of [0, 4, 44, 20, 3, 4]) {
      assert.deepEqual(await lineOf(endings.at(i)), JSON.parse(all[i]), `line ${i}`);
    }
    const later = await readerOf(job.folder, () => undefined).record();
    writeFileSync(journal, 'x'.repeat(first.length));
    const lost = { code: 'RecipeInvalid', message: /its journal cannot be read/ };
    for (const ending of [later.journal.at(0), later.journal.at(30)]) await assert.rejects(later.lineOf(ending), lost);
  });
});
