import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ExportError } from '../../src/core/model/exportError';
import type { JournalLine } from '../../src/core/model/journalLine';
import { Committer } from '../../src/core/run/commitItems';
import type { MadeItem } from '../../src/core/run/worker/workerMessages';
import { StagedSink } from '../../src/core/write/stagedSink';
import { temporaryFolder } from '../support/temporaryFolder';

const region = { x: 0, y: 0, widthPx: 1, heightPx: 1 };

/** An item whose files are staged. */
function made(folder: string, item: string, ...names: readonly string[]): MadeItem {
  const files = names.map((name) => ({
    path: name,
    format: 'png' as const,
    bytes: 1,
    sha256: '',
    region,
    downsample: 1,
  }));
  const content = Buffer.from(item);
  const staged = names.map((name) => {
    const sink = new StagedSink(path.join(folder, name), 'job');
    sink.write(content);
    sink.end();
    return sink.staged;
  });
  return { line: { item, outcome: 'written', files }, staged };
}

/** Commits items that came together. Returns the batches of journal lines, with what was in place when each was written. */
async function commit(
  folder: string,
  items: readonly MadeItem[],
): Promise<{ batches: { items: string[]; there: string[] }[]; lines: JournalLine[]; broken: ExportError[] }> {
  const batches: { items: string[]; there: string[] }[] = [];
  const lines: JournalLine[] = [];
  const broken: ExportError[] = [];
  const journal = {
    append(batch: readonly JournalLine[]) {
      batches.push({ items: batch.map(({ item }) => item), there: readdirSync(folder).sort() });
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
  const heard = {
    onLine: (line: JournalLine) => lines.push(line),
    onRoom: () => undefined,
    onBroken: (error: ExportError) => broken.push(error),
  };
  const committer = new Committer({ outputFolder: folder, overwrite: 'never' }, journal, heard, () =>
    Promise.resolve(undefined),
  );
  for (const item of items) committer.take(item);
  await committer.finish().catch(() => undefined);
  return { batches, lines, broken };
}

describe('items that are put in place', () => {
  it('and come together are one batch, in their order, with all files there before the journal says so', async () => {
    const folder = temporaryFolder();
    const items = ['A', 'B', 'C'].map((name) => made(folder, name, `${name}.png`));
    const { batches, lines } = await commit(folder, items);
    assert.deepEqual(batches, [{ items: ['A', 'B', 'C'], there: ['A.png', 'B.png', 'C.png'] }]);
    assert.deepEqual(
      lines.map(({ item }) => item),
      ['A', 'B', 'C'],
    );
    assert.equal(readFileSync(path.join(folder, 'B.png'), 'utf8'), 'B');
  });

  it('fail one by one where a file is in the way, and take their other files back', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'B2.png'), 'mine');
    const items = [made(folder, 'A', 'A.png'), made(folder, 'B', 'B1.png', 'B2.png'), made(folder, 'C', 'C.png')];
    const { batches, lines, broken } = await commit(folder, items);
    assert.deepEqual(batches, [{ items: ['A', 'B', 'C'], there: ['A.png', 'B2.png', 'C.png'] }]);
    assert.deepEqual(
      lines.map((line) => (line.outcome === 'failed' ? line.error.code : line.outcome)),
      ['written', 'FileExists', 'written'],
    );
    assert.equal(readFileSync(path.join(folder, 'B2.png'), 'utf8'), 'mine');
    assert.deepEqual(broken, []);
  });

  it('end with what ends the job: those in place have a line, and of the others nothing is left', async () => {
    const folder = temporaryFolder();
    const bad = made(folder, 'bad', 'bad.png');
    writeFileSync(path.join(folder, 'file'), '');
    const nowhere = { ...bad, staged: bad.staged.map((file) => ({ ...file, file: path.join(folder, 'file', 'x') })) };
    const good = Array.from({ length: 40 }, (_, i) => made(folder, `G${i}`, `G${i}.png`));
    const { batches, broken } = await commit(folder, [good[0], nowhere, ...good.slice(1)]);
    assert.deepEqual(
      broken.map(({ code }) => code),
      ['OutputNotWritable'],
    );
    const [{ items }] = batches;
    assert.deepEqual(readdirSync(folder).sort(), [...items.map((item) => `${item}.png`), 'file'].sort());
    assert.ok(items.includes('G0'));
  });
});
