import assert from 'node:assert/strict';
import {
  keptBytesWithin,
  leastBytesOf,
  peakBytesOf,
  processBytes,
  requireWithin,
  runnerBytes,
  workersWithin,
} from '../../src/core/plan/memoryBudget';
import { itemsPerMessage, sliceItems } from '../../src/core/run/sliceItems';
import { ExportError, isPassing } from '../../src/core/model/exportError';
import { outcomePage, paceOf } from '../../src/core/model/itemOutcome';
import { ItemList } from '../../src/core/model/itemList';
import type { ItemEnding, JournalLine } from '../../src/core/model/journalLine';
import type { PlannedItem } from '../../src/core/model/plan';
import { countClipped } from '../../src/core/select/countClipped';
import { endingsOf } from '../support/endingsOf';
import { exampleRecipe } from '../support/exampleRecipe';

const item = (fov: string, label: number, side = 100, decodedBytes = 0): PlannedItem => ({
  id: `${fov}:${label}`,
  fov,
  label,
  files: [{ path: `${fov}_${label}.png`, format: 'png' }],
  region: { x: 0, y: 0, widthPx: side, heightPx: side },
  channels: [],
  masks: [],
  decodedBytes,
});
const cells = (fov: string, count: number): PlannedItem[] => Array.from({ length: count }, (_, i) => item(fov, i + 1));

describe('slices of a job', () => {
  const shape = (items: readonly PlannedItem[], workers: number): string[] =>
    sliceItems(ItemList.from(items), workers).map((slice) => `${slice.at(0).id}+${slice.length}`);

  it('are the items of one FOV each, in their order', () => {
    assert.deepEqual(shape([...cells('A', 3), ...cells('B', 1), ...cells('C', 2)], 2), ['A:1+3', 'B:1+1', 'C:1+2']);
  });

  it('are parts of a FOV where there are fewer FOVs than workers', () => {
    assert.deepEqual(shape(cells('A', 100), 3), ['A:1+34', 'A:35+34', 'A:69+32']);
    assert.deepEqual(shape([...cells('A', 40), ...cells('B', 10)], 4), ['A:1+20', 'A:21+20', 'B:1+10']);
  });

  it('are not worth another decode of the FOV for a few items', () => {
    assert.deepEqual(shape(cells('A', 31), 8), ['A:1+31']);
    assert.deepEqual(shape([], 2), []);
  });

  it('lose and repeat nothing', () => {
    const items = ['A', 'B', 'C'].flatMap((fov, i) => cells(fov, [1, 77, 500][i]));
    for (const workers of [1, 2, 5, 64]) {
      const slices = sliceItems(ItemList.from(items), workers);
      assert.deepEqual(
        slices.flatMap((slice) => [...slice]),
        items,
      );
    }
  });

  it('are made as their blocks lie, where a worker cannot keep all of a FOV', () => {
    const at = (label: number, x: number, y: number): PlannedItem => ({
      ...item('A', label, 100, 50e6),
      region: { x, y, widthPx: 100, heightPx: 100 },
    });
    const items = [at(1, 900, 40), at(2, 10, 1980), at(3, 5, 60), at(4, 300, 1990), at(5, 500, 0)];
    const labels = (keptBytes: number): unknown[] =>
      Array.from(sliceItems(ItemList.from(items), 1, keptBytes)[0], ({ label }) => label);
    assert.deepEqual(labels(50e6), [1, 2, 3, 4, 5]);
    assert.deepEqual(labels(50e6 - 1), [3, 5, 1, 2, 4]);
  });

  it('travel by the dozen where they are small, and alone where they are large', () => {
    assert.deepEqual(
      [100, 300, 1024, 5000].map((side) => itemsPerMessage(item('A', 1, side))),
      [64, 11, 1, 1],
    );
  });
});

describe('a budget of memory', () => {
  const gib = 2 ** 30;
  const large = item('A', 1, 2048, 100e6);

  it('has room for so many workers as fit beside the runner', () => {
    const peak = peakBytesOf(exampleRecipe, large);
    assert.ok(peak > processBytes + 100e6 + 2048 * 128 * 12, 'planes, and a band with what drawing it takes');
    const fits = (memoryBytes: number, jobs = 16, planned = 1): number =>
      workersWithin(exampleRecipe, ItemList.from([large]), { memoryBytes, jobs, planned });
    assert.equal(fits(runnerBytes(1) + 3 * peak), 3);
    assert.equal(fits(runnerBytes(1) + 3 * peak - 1), 2);
    assert.equal(fits(runnerBytes(50_000) + 3 * peak - 1, 16, 50_000), 2, 'the runner keeps what it planned');
    assert.ok(runnerBytes(50_000) > runnerBytes(1) + 50_000 * 1000);
    assert.ok(runnerBytes(1_000_000) < 8 * gib, 'a million items leave room for workers');
    assert.equal(fits(100 * gib, 4), 4);
    assert.equal(fits(1), 1);
  });

  it('counts of a crop what it touches, and keeps more of its FOV as far as there is room', () => {
    const crop = { ...item('A', 1, 100, 100 * gib), heldBytes: 20e6 };
    requireWithin(exampleRecipe, crop, 400e6);
    const least = leastBytesOf(exampleRecipe, crop);
    assert.ok(least > processBytes + 20e6 && least < processBytes + 21e6, String(least));
    const kept = (memoryBytes: number, workers: number, items = [crop, { ...crop, label: 2 }]): number =>
      keptBytesWithin(exampleRecipe, ItemList.from(items), { memoryBytes, planned: 1, workers });
    assert.equal(kept(100 * gib, 2), 2 ** 27);
    assert.equal(kept(runnerBytes(1) + 2 * least, 2), 20e6, 'what it needs, no more');
    assert.equal(kept(runnerBytes(1) + 2 * least + 10e6, 2), 25e6);
    assert.equal(kept(100 * gib, 2, [crop]), 2 ** 25, 'nothing else shows its FOV');
  });

  it('refuses what does not fit alone, and says what it takes', () => {
    requireWithin(exampleRecipe, large, gib);
    assert.throws(
      () => {
        requireWithin(exampleRecipe, item('A', 7, 2048, gib), gib);
      },
      (error) => {
        return (
          error instanceof ExportError && error.code === 'TooLarge' && /make A:7 within 1024 MiB/.test(error.message)
        );
      },
    );
  });
});

describe('the share of pixels that are too bright', () => {
  const plane = { widthPx: 4, heightPx: 3, samples: Float32Array.of(0, 9, 5, 1, 6, NaN, 5.5, Infinity, 5, 7, 2, 8) };

  it('counts finite pixels above the limit', () => {
    assert.deepEqual(countClipped(plane, 5), { bright: 5, pixels: 10 });
  });

  it('counts those of a region, as far as there is an image', () => {
    assert.deepEqual(countClipped(plane, 5, { x: 1, y: 1, widthPx: 2, heightPx: 2 }), { bright: 2, pixels: 3 });
    assert.deepEqual(countClipped(plane, 5, { x: -5, y: 2, widthPx: 7, heightPx: 9 }), { bright: 1, pixels: 2 });
    assert.deepEqual(countClipped(plane, 5, { x: 9, y: 9, widthPx: 2, heightPx: 2 }), { bright: 0, pixels: 0 });
  });
});

describe('failures that may pass', () => {
  const system = (code: string): Error => Object.assign(new Error(code), { code });

  it('are the system’s, however deep they are the cause', () => {
    assert.equal(isPassing(system('ESTALE')), true);
    assert.equal(isPassing(new ExportError('ImageUnreadable', '…', undefined, system('EIO'))), true);
    assert.equal(isPassing(new ExportError('ImageUnreadable', '…', undefined, system('ENOENT'))), false);
    assert.equal(isPassing(new Error('ESTALE')), false);
    assert.equal(isPassing('ESTALE'), false);
  });
});

describe('the items of a job, page by page', () => {
  const lineOf = (line: ItemEnding): Promise<JournalLine> => Promise.resolve(line as JournalLine);
  const items = ItemList.from(cells('A', 5));
  const record = {
    items,
    journal: endingsOf(items, [
      { item: 'A:2', outcome: 'failed', error: { code: 'ImageUnreadable', message: 'no' } },
      { item: 'A:1', outcome: 'skipped', reason: 'at the border' },
      { item: 'A:4', outcome: 'failed', error: { code: 'ImageUnreadable', message: 'why' } },
      { item: 'A:2', outcome: 'unchanged', files: [] },
    ]),
    lineOf,
  };

  it('are in the order of the plan, with their last word', async () => {
    assert.deepEqual(
      (await outcomePage(record, undefined, 0, 10)).items.map(({ item: id, state, text }) => [id, state, text]),
      [
        ['A:1', 'skipped', 'at the border'],
        ['A:2', 'unchanged', ''],
        ['A:3', 'waiting', ''],
        ['A:4', 'failed', 'why'],
        ['A:5', 'waiting', ''],
      ],
    );
  });

  it('say what is to be known of their files, once', async () => {
    const file = (path: string, note?: string): object => ({ path, ...(note !== undefined && { note }) });
    const files = [file('a.png', 'moved into the image'), file('a.pdf', 'moved into the image'), file('a.svg')];
    const journal = [{ item: 'A:1', outcome: 'written', files }] as unknown as JournalLine[];
    const [{ text }] = (await outcomePage({ items, journal: endingsOf(items, journal), lineOf }, 'written', 0, 1))
      .items;
    assert.equal(text, 'a.png, a.pdf, a.svg; moved into the image');
  });

  it('can be those of one state', async () => {
    const page = await outcomePage(record, 'waiting', 1, 1);
    assert.deepEqual([page.count, page.offset, page.items.map(({ item: id }) => id)], [2, 1, ['A:5']]);
  });

  it('go at a pace that is told once there is one', () => {
    assert.deepEqual(paceOf(4000, 8, 20), { perSecond: 2, secondsLeft: 10 });
    assert.equal(paceOf(4000, 0, 20), undefined);
    assert.equal(paceOf(0, 3, 20), undefined);
  });
});
