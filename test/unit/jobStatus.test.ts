import assert from 'node:assert/strict';
import { type JobRows, mergeRows, manifestRows } from '../../src/core/job/manifest';
import type { ManifestRow } from '../../src/core/job/manifestCsv';
import type { ErrorData } from '../../src/core/model/exportError';
import { describeStanding, jobStatus, type JobRecord, type RunnerLife } from '../../src/core/model/jobStatus';
import { ItemList } from '../../src/core/model/itemList';
import type { ItemEnding, JournalLine } from '../../src/core/model/journalLine';
import type { PlannedItem } from '../../src/core/model/plan';
import type { RunnerInfo } from '../../src/core/model/runnerInfo';
import type { Recipe } from '../../src/core/model/recipe';
import { describeJob } from '../../src/webview/describeJob';
import { endingsOf } from '../support/endingsOf';

const planned: PlannedItem[] = ['A', 'B', 'C'].map((id) => ({
  id,
  fov: id,
  files: [{ path: `${id}.png`, format: 'png' }],
  channels: [],
  masks: [],
}));
const items = ItemList.from(planned);
const region = { x: 0, y: 0, widthPx: 4, heightPx: 3 };

function written(item: string, sha256 = 'f00'): JournalLine {
  return {
    item,
    outcome: 'written',
    files: [{ path: `${item}.png`, format: 'png', bytes: 1, sha256, region, downsample: 1 }],
  };
}

function failed(item: string): JournalLine {
  return { item, outcome: 'failed', error: { code: 'ChannelNotFound', message: 'Expected channel X' } };
}

function unchanged(item: string): JournalLine {
  return { ...written(item), outcome: 'unchanged' } as JournalLine;
}

function skipped(item: string): JournalLine {
  return { item, outcome: 'skipped', reason: 'it reaches beyond the image' };
}

const runner: RunnerInfo = { pid: 1, host: 'h', startedAt: '', heartbeatAt: '' };

function record(journal: readonly JournalLine[], rest: Partial<JobRecord> = {}): JobRecord {
  const endings = endingsOf(rest.items ?? items, journal);
  return { mode: 'fovs', items, journal: endings, cancelRequested: false, ...rest };
}

async function rowsOf(recipe: Recipe, jobRecord: JobRecord): Promise<ManifestRow[]> {
  const rows: ManifestRow[] = [];
  const lineOf = (line: ItemEnding): Promise<JournalLine> => Promise.resolve(line as JournalLine);
  for await (const row of manifestRows(recipe, { ...jobRecord, lineOf })) rows.push(row);
  return rows;
}

describe('Invariant 1: every planned item has exactly one outcome', () => {
  const records: [string, JobRecord, RunnerLife][] = [
    ['all written', record([written('A'), written('B'), written('C')], { runner }), 'gone'],
    ['each ended otherwise', record([unchanged('A'), skipped('B'), failed('C')], { runner }), 'gone'],
    ['skipped, unchanged, and one that is left', record([skipped('A'), unchanged('B')], { runner }), 'gone'],
    ['one failed', record([written('A'), failed('B'), written('C')], { runner }), 'gone'],
    ['stopped half-way', record([written('A')], { runner }), 'gone'],
    ['a retry had the last word', record([failed('A'), written('A'), failed('A')], { runner }), 'gone'],
    ['a line about an item that was never planned', record([written('Z'), written('A')], { runner }), 'gone'],
  ];
  for (const [name, jobRecord, life] of records) {
    it(name, () => {
      const { written: w, unchanged: u, skipped: s, failed: f, cancelled, planned } = jobStatus(jobRecord, life);
      assert.equal(w + u + s + f + cancelled, planned);
    });
  }

  it('counts each outcome as what it is; as long as a runner is at work nothing is cancelled', () => {
    const journal = [skipped('A'), unchanged('B')];
    const counts = (life: RunnerLife): number[] => {
      const {
        written: w,
        unchanged: u,
        skipped: s,
        failed: f,
        cancelled,
        remaining,
      } = jobStatus(record(journal, { runner }), life);
      return [w, u, s, f, cancelled, remaining];
    };
    assert.deepEqual(counts('gone'), [0, 1, 1, 0, 1, 1]);
    assert.deepEqual(counts('alive'), [0, 1, 1, 0, 0, 1]);
    assert.deepEqual(counts('unknown'), [0, 1, 1, 0, 0, 1]);
  });

  it('takes the last line about an item', () => {
    assert.equal(jobStatus(record([failed('A'), written('A')], { runner }), 'gone').failed, 0);
  });
});

describe('jobStatus', () => {
  const table: [string, JobRecord, RunnerLife, string][] = [
    ['made and not begun', record([]), 'gone', 'ready'],
    ['at work', record([written('A')], { runner }), 'alive', 'running'],
    ['asked to stop, and still at work', record([], { runner, cancelRequested: true }), 'alive', 'cancelling'],
    ['begun by somebody of whom one look tells nothing', record([written('A')], { runner }), 'unknown', 'unknown'],
    ['the same, and asked to stop', record([], { runner, cancelRequested: true }), 'unknown', 'unknown'],
    ['left by whoever ran it', record([], { runner: { ...runner, endedAt: '2026-01-01' } }), 'unknown', 'stopped'],
    ['the runner is gone and items are left', record([written('A')], { runner }), 'gone', 'stopped'],
    ['nothing is left', record([written('A'), failed('B'), written('C')], { runner }), 'gone', 'ended'],
  ];
  for (const [name, jobRecord, life, state] of table) {
    it(`${name}: ${state}`, () => {
      assert.equal(jobStatus(jobRecord, life).state, state);
    });
  }
});

describe('a job in words', () => {
  const far = { ...runner, pid: 4711, host: 'far' };
  const table: [life: RunnerLife, inList: string, inPanel: string][] = [
    ['alive', 'running: 1 of 3 pictures written, 2 left', 'Exporting: 1 of 3 written. Output: out.'],
    [
      'unknown',
      'not yet known whether process 4711 on far is still at work: 1 of 3 pictures written, 2 left',
      'Not yet known whether somebody is at work: 1 of 3 written. Output: out.',
    ],
  ];
  for (const [life, inList, inPanel] of table) {
    it(`is said whose runner is ${life}, and so in JSON`, () => {
      const status = jobStatus(record([written('A')], { runner: far }), life);
      assert.equal(describeStanding(status), inList);
      const { error, ...view } = status;
      assert.equal(error, undefined);
      assert.equal(describeJob({ ...view, remarks: [], outputFolder: 'out' }), inPanel);
      const {
        state,
        cancelled,
        remaining,
        runner: who,
      } = JSON.parse(JSON.stringify(status)) as Record<string, unknown>;
      const isKnown = life === 'alive';
      assert.deepEqual([state, cancelled, remaining], [isKnown ? 'running' : 'unknown', 0, 2]);
      assert.deepEqual(who, isKnown ? undefined : { pid: 4711, host: 'far' });
    });
  }

  it('is stopped, with a reason, where its runner is gone', () => {
    const status = jobStatus(record([written('A')], { runner: far }), 'gone');
    assert.equal(describeStanding(status), 'stopped: 1 of 3 pictures written, 2 left');
    assert.match(status.error?.message ?? '', /was killed, or the machine went down\. Resume goes on/);
  });

  it('says what only a gallery lacks, and how many failed', () => {
    const journal = [written('A'), failed('B'), written('C')];
    const status = jobStatus(record(journal, { runner, gallery: {} }), 'gone');
    assert.equal(describeStanding(status), 'stopped: 2 of 3 pictures written, 1 failed, the gallery left');
  });
});

describe('the error of a job', () => {
  const left = { ...runner, endedAt: '2026-01-01' };
  const error = { code: 'DiskFull', message: 'Expected room.' } as const;
  const table: [string, JobRecord, ErrorData['code'] | undefined][] = [
    ['whose runner was killed says so', record([], { runner }), 'JobInterrupted'],
    ['whose runner was killed after an error is that', record([], { runner: { ...runner, error } }), 'DiskFull'],
    ['that was stopped is none', record([], { runner: left }), undefined],
    ['that nobody has begun is none', record([]), undefined],
  ];
  for (const [name, jobRecord, code] of table) {
    it(name, () => {
      assert.equal(jobStatus(jobRecord, 'gone').error?.code, code);
    });
  }
});

describe('the status of a job with a gallery', () => {
  const journal = [written('A'), failed('B'), written('C')];
  const file = { bytes: 1, sha256: 'f00', pages: 1, cells: 3, journalLines: 3 };
  const table: [string, JobRecord, RunnerLife, string, string][] = [
    ['is over when the gallery is there, too', record(journal, { runner, gallery: { file } }), 'gone', 'ended', 'made'],
    ['is not over before it is', record(journal, { runner, gallery: {} }), 'gone', 'stopped', 'missing'],
    ['is running while it is made', record(journal, { runner, gallery: {} }), 'alive', 'running', 'missing'],
    [
      'is not over when an item ended anew after it was made',
      record([...journal, written('B')], { runner, gallery: { file } }),
      'gone',
      'stopped',
      'missing',
    ],
  ];
  for (const [name, jobRecord, life, state, gallery] of table) {
    it(name, () => {
      const status = jobStatus(jobRecord, life);
      assert.deepEqual([status.state, status.gallery, status.cancelled], [state, gallery, 0]);
    });
  }

  it('has no gallery where none is wanted', () => {
    const status = jobStatus(record(journal, { runner }), 'gone');
    assert.deepEqual([status.state, status.gallery], ['ended', undefined]);
  });

  it('has one row more in the manifest, of no item', async () => {
    const rows = await rowsOf({ mode: 'fovs', downsample: 1 } as Recipe, record(journal, { gallery: { file } }));
    assert.deepEqual(rows.at(-1), {
      item: '',
      mode: 'fovs',
      outcome: 'written',
      format: 'pdf',
      path: 'gallery.pdf',
      note: '3 pictures on 1 page',
      sha256: 'f00',
    });
    assert.equal(rows.length, 4);
  });
});

describe('manifest', () => {
  const recipe = { mode: 'fovs', downsample: 2, markerSet: 'Set' } as Recipe;

  it('has a row for every item, also for those that nobody finished', async () => {
    const rows = await rowsOf(recipe, record([written('A'), failed('B')]));
    assert.deepEqual(
      rows.map(({ item, outcome, path, error_code }) => [item, outcome, path, error_code]),
      [
        ['A', 'written', 'A.png', undefined],
        ['B', 'failed', undefined, 'ChannelNotFound'],
        ['C', 'cancelled', undefined, undefined],
      ],
    );
  });

  it('merges jobs: the newest word on each file, and a file outlives a later failure of its item', async () => {
    const first = await rowsOf(recipe, record([written('A', 'old'), written('B', 'old'), failed('C')]));
    const second = await rowsOf(recipe, record([written('A', 'new'), failed('B'), written('C', 'new')]));
    const said = (A: string, B: string, C: string): Map<string, string> => new Map(Object.entries({ A, B, C }));
    const words = async (jobs: readonly JobRows[]): Promise<string[]> =>
      (await mergeRows(jobs)).map((row) => `${row.item} ${row.sha256 ?? row.error_code ?? row.outcome}`);
    const later = { rows: second, saidIn: said('2', '2', '2') };
    const inOrder = await words([{ rows: first, saidIn: said('1', '1', '1') }, later]);
    assert.deepEqual(inOrder.sort(), ['A new', 'B ChannelNotFound', 'B old', 'C new']);
    // The first job was resumed after the second one, and has made its files again; of C nothing is newer.
    const resumed = await words([{ rows: first, saidIn: said('3', '3', '1') }, later]);
    assert.deepEqual(resumed, ['A old', 'B old', 'C new']);
    // What was never made is said by the last runner of its job, and not before files of a later one.
    const cancelled = await rowsOf(recipe, record([written('A', 'older')]));
    assert.deepEqual(await words([{ rows: cancelled, saidIn: new Map([['A', '1']]) }, later]), [
      'A new',
      'B ChannelNotFound',
      'C new',
    ]);
  });
});
