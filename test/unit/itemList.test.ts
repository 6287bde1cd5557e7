import assert from 'node:assert/strict';
import { EndingList, JoinedEndings, lastOutcomes } from '../../src/core/model/endings';
import { ItemList } from '../../src/core/model/itemList';
import type { ItemEnding } from '../../src/core/model/journalLine';
import type { PlannedItem } from '../../src/core/model/plan';
import { ourModule, runAlone } from '../support/runAlone';

const source = (name: string): PlannedItem['channels'][number] => ({ name, file: `images/${name}.tiff` });

/** A cell as plans have most of them. */
function cell(fov: string, label: number, more: Partial<PlannedItem> = {}): PlannedItem {
  return {
    id: `${fov}:${label}`,
    fov,
    label,
    files: [{ path: `${fov}_cell_${label}.png`, format: 'png' }],
    index: label,
    channels: [source('CD3'), source('DNA')],
    masks: [source('whole_cell')],
    region: { x: -12.5, y: label, widthPx: 32, heightPx: 32 },
    decodedBytes: 6_291_456,
    heldBytes: 1000 + label,
    pixelSize: { um: 0.5, origin: 'given' },
    keepClear: { x: 0, y: label, widthPx: 8, heightPx: 9 },
    cellMask: source('whole_cell'),
    ...more,
  };
}

/** One of each that a plan may hold, some of them twice. */
function allKinds(): PlannedItem[] {
  const { region, heldBytes, ...unread } = cell('B', 7);
  assert.ok(region && heldBytes);
  return [
    cell('A', 1),
    cell('A', 2),
    cell('Ä µ\n"', 3, { note: 'reaches beyond the image: black there' }),
    cell('A', 4, { note: 'a note\nof two lines', skip: 'it reaches beyond the image' }),
    { ...unread, error: { code: 'ImageUnreadable', message: 'why', details: { file: 'x.tiff' } } },
    cell('B', 8, { isBeyondMemory: true, error: { code: 'TooLarge', message: 'too much' } }),
    cell('B', 9, { roi: { id: 'r1', name: '' }, galleryPlace: 3, own: { downsample: 2 } }),
    cell('B', 10, {
      roi: { id: 'r2', name: 'front' },
      shape: { kind: 'polygon', rings: [[0, 1.25, 3, 4, 5, 6]] } as unknown as NonNullable<PlannedItem['shape']>,
      files: [
        { path: 'a_CD3.png', format: 'png', channels: [0] },
        { path: 'a_DNA.png', format: 'png', channels: [1] },
        { path: 'a.ome.tiff', format: 'ome-tiff' },
      ],
    }),
    cell('A', 11, { slide: 's', tiles: [{ ...cell('A', 11), x: 0, y: 0, widthPx: 9, heightPx: 9 }] }),
    cell('A', 1),
  ];
}

describe('a list of planned items', () => {
  it('gives back what was put in, key by key and in their order', () => {
    const items = allKinds();
    const list = ItemList.from(items);
    assert.deepEqual([...list], items);
    assert.equal(JSON.stringify([...list]), JSON.stringify(items), 'as a plan is written');
    assert.deepEqual(list.at(7), items[7]);
    assert.deepEqual([...ItemList.from([])], []);
    for (const i of [-1, items.length, 0.5, NaN]) {
      assert.throws(() => list.at(i), RangeError);
      assert.throws(() => list.pick([i]), RangeError);
    }
    assert.throws(() => list.slice(-1), RangeError);
  });

  it('never takes for one kind what differs in a single value', () => {
    const file = { path: 'a.png', format: 'png' } as const;
    const one = cell('A', 1, { own: { downsample: 2 }, files: [file], tiles: [] });
    const changes: Partial<PlannedItem>[] = [
      { fov: 'B' },
      { channels: [source('CD3'), source('CD8')] },
      { masks: [source('nuclear')] },
      { cellMask: source('nuclear') },
      { pixelSize: { um: 0.65, origin: 'given' } },
      { decodedBytes: 7 },
      { own: { downsample: 3 } },
      { tiles: [{ ...cell('A', 1), x: 0, y: 0, widthPx: 9, heightPx: 9 }] },
      { files: [{ ...file, format: 'jpeg' }] },
      { files: [{ ...file, channels: [0] }] },
      { files: [{ ...file, channels: [1] }] },
      { files: [file, file] },
    ];
    for (const change of changes) {
      const items = [one, { ...one, ...change }, one, { ...one, ...change }];
      const list = ItemList.from(items);
      assert.deepEqual([...list], items);
      assert.deepEqual(list.kinds(), items.slice(0, 2));
    }
  });

  it('is written as an array is', () => {
    assert.equal(JSON.stringify({ items: ItemList.from(allKinds()) }), JSON.stringify({ items: allKinds() }));
  });

  it('takes what is there and says nothing for absent', () => {
    const odd = { ...cell('A', 2), note: undefined } as unknown as PlannedItem;
    const noted = cell('A', 1, { note: 'N' });
    for (const items of [
      [noted, odd],
      [odd, noted],
    ]) {
      const list = ItemList.from(items);
      assert.deepEqual(
        Array.from(list, ({ note }) => note),
        items.map(({ note }) => note),
      );
    }
  });

  it('has copies, which nobody can change for others', () => {
    const list = ItemList.from([cell('A', 1), cell('A', 2)]);
    const mine = list.at(0) as { note?: string };
    mine.note = 'mine';
    assert.equal(list.at(0).note, undefined);
    assert.equal(list.at(1).note, undefined);
  });

  it('finds items by their ids, and no others', () => {
    const list = ItemList.from(Array.from({ length: 1000 }, (_, i) => cell('A', i + 1)));
    for (const label of [1, 2, 500, 1000]) assert.equal(list.placeOf(`A:${label}`), label - 1);
    for (const id of ['A:0', 'A:1001', 'B:1', '']) assert.equal(list.placeOf(id), undefined);
    assert.equal(ItemList.from([]).placeOf('A:1'), undefined);
    const odd = list.filter(({ label }) => label! % 2 === 1);
    assert.deepEqual([odd.length, odd.placeOf('A:3'), odd.placeOf('A:2')], [500, 1, undefined]);
  });

  it('is cut, chosen from and put in another order like an array', () => {
    const items = Array.from({ length: 9 }, (_, i) => cell('A', i + 1));
    const list = ItemList.from(items);
    const later = list.filter(({ label }) => label! > 3);
    assert.deepEqual([...later], items.slice(3));
    assert.deepEqual([...later.slice(1, 3)], items.slice(4, 6));
    assert.deepEqual([...later.slice(4, 99)], items.slice(7));
    assert.deepEqual([...later.slice(5).pick([0])], items.slice(8));
    assert.deepEqual([...later.pick([5, 0])], [items[8], items[3]]);
    assert.deepEqual(
      Array.from(later.entries(), ([place, { label }]) => [place, label]),
      [4, 5, 6, 7, 8, 9].map((label, place) => [place, label]),
    );
    assert.equal(
      list.filter(() => true),
      list,
    );
  });

  it('becomes another one where items change, and stays where none does', () => {
    const items = allKinds();
    const list = ItemList.from(items);
    assert.equal(
      list.changeEach((item) => item),
      list,
    );
    const noted = list.changeEach((item, i) => (i === 3 || i === 8 ? { ...item, note: `changed ${i}` } : item));
    assert.deepEqual(
      [...noted],
      items.map((item, i) => (i === 3 || i === 8 ? { ...item, note: `changed ${i}` } : item)),
    );
    assert.deepEqual([...list], items);
  });

  it('has one item of each kind, of those that are in it', () => {
    const items = [...allKinds(), ...allKinds()];
    const kinds = ItemList.from(items).kinds();
    assert.deepEqual(
      kinds,
      items.slice(0, 9).filter((_, i) => i !== 1),
    );
    const failing = ItemList.from(items).filter(({ error }) => error);
    assert.deepEqual(
      failing.kinds().map(({ id }) => id),
      ['B:7', 'B:8'],
    );
  });

  it('takes little of each item', () => {
    const program = `
      require('node:v8').setFlagsFromString('--expose-gc');
      const { ItemList } = require(${ourModule('core', 'model', 'itemList')});
      const one = ${JSON.stringify(cell('FOV_001', 1))};
      const inUse = () => {
        require('node:vm').runInNewContext('gc')();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        return heapUsed + arrayBuffers;
      };
      function* cells(count) {
        for (let label = 1; label <= count; label++) {
          const files = [{ path: 'FOV_001_cell_' + label + '.png', format: 'png' }];
          yield { ...one, id: 'FOV_001:' + label, label, files, index: label, region: { ...one.region, y: label } };
        }
      }
      ItemList.from(cells(100)).placeOf('FOV_001:5');
      const before = inUse();
      const list = ItemList.from(cells(20000));
      list.placeOf('FOV_001:5');
      console.log(JSON.stringify([(inUse() - before) / list.length, list.length]));
    `;
    const [bytes, length] = runAlone(program) as [number, number];
    assert.equal(length, 20_000);
    assert.ok(bytes > 20 && bytes < 160, `${bytes} bytes an item`);
  });
});

describe('the endings of items', () => {
  const items = ItemList.from(['A', 'B', 'C'].map((fov) => cell(fov, 1)));
  const failed: ItemEnding = { item: 'A:1', outcome: 'failed', error: { code: 'ImageUnreadable', message: 'no' } };
  const written: ItemEnding = { item: 'B:1', outcome: 'written', files: { length: 3 } };
  const unchanged: ItemEnding = { item: 'A:1', outcome: 'unchanged', files: { length: 0 } };
  const skipped: ItemEnding = { item: 'C:1', outcome: 'skipped', reason: 'at the border' };

  const listOf = (...endings: ItemEnding[]): EndingList => {
    const list = new EndingList(items);
    for (const ending of endings) list.add(items.placeOf(ending.item)!, ending);
    return list;
  };

  it('are what was put in', () => {
    const list = EndingList.of(items, listOf(failed, written, unchanged, skipped));
    assert.deepEqual([...list], [failed, written, unchanged, skipped]);
    assert.deepEqual(
      [0, 1, 2, 3].map((i) => [list.placeAt(i), list.outcomeAt(i), list.filesAt(i)]),
      [
        [0, 'failed', 0],
        [1, 'written', 3],
        [0, 'unchanged', 0],
        [2, 'skipped', 0],
      ],
    );
  });

  it('say where their journal says more', () => {
    const list = new EndingList(items, '17.jsonl');
    list.add(0, failed, { offset: 0, bytes: 90 });
    list.add(1, written, { offset: 5e9, bytes: 400 });
    assert.deepEqual([...list], [failed, { ...written, journal: '17.jsonl', offset: 5e9, bytes: 400 }]);
  });

  it('of several journals are as many as there were, also when more come', () => {
    const [first, second] = [listOf(failed), listOf(written, unchanged)];
    const both = new JoinedEndings([first, new EndingList(items), second]);
    first.add(2, skipped);
    assert.deepEqual([...both], [failed, written, unchanged]);
    assert.deepEqual([both.placeAt(2), both.outcomeAt(2), both.filesAt(1)], [0, 'unchanged', 3]);
    assert.throws(() => both.at(3), RangeError);
  });

  it('count by their last word', () => {
    const outcomes = lastOutcomes({ items, journal: listOf(failed, written, unchanged) });
    assert.equal(outcomes.size, 2);
    assert.deepEqual(
      [0, 1, 2].map((place) => outcomes.of(place)),
      [unchanged, written, undefined],
    );
    assert.deepEqual(
      [0, 1, 2].map((place) => [outcomes.outcomeOf(place), outcomes.filesOf(place)]),
      [
        ['unchanged', 0],
        ['written', 3],
        [undefined, 0],
      ],
    );
  });
});
