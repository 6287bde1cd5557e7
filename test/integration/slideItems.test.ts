import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { mock } from 'node:test';
import { makeFiles } from '../../src/core/make/makeFiles';
import { planJob } from '../../src/core/plan/planJob';
import { ItemSource } from '../../src/core/make/itemSource';
import { SourceReader } from '../../src/core/make/sourceReader';
import type { PlannedItem } from '../../src/core/model/plan';
import type { Recipe } from '../../src/core/model/recipe';
import { openDataset } from '../../src/core/read/openDataset';
import { readPlane } from '../../src/core/read/openImage';
import { composeFigure } from '../../src/core/render/composeFigure';
import { wholeWindow } from '../../src/core/render/outputGrid';
import { SeenLabels } from '../../src/core/render/seenLabels';
import { MemorySink } from '../../src/core/write/fileSink';
import { type DecodedPicture, decodePicture, writePlane } from '../support/dataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { temporaryFolder } from '../support/temporaryFolder';
import { mapEntry, type SlideTile, writeMap, writeSlide } from '../support/writeSlide';

const rois = { rois: [], slides: [], settings: 'own', edge: 'pad', cutShape: false } as const;
const ofRois: Recipe = {
  ...exampleRecipe,
  mode: 'rois',
  rois,
  channels: [{ channel: 'DNA', color: '#ffffff', contrastLimits: [0, 255] }],
};
const ofSlide: Recipe = { ...ofRois, rois: { ...rois, slides: ['7'] } };

const tile = (fov: string, x: number, more: Partial<SlideTile> = {}): SlideTile => ({
  ...{ fov, x, y: 0, widthPx: 20, heightPx: 10, channels: { DNA: (ofTile, y) => 5 * ofTile + y } },
  ...more,
});

async function itemsOf(recipe: Recipe, folder: string): Promise<readonly PlannedItem[]> {
  const { items } = await planJob(recipe, await openDataset(folder), path.join(temporaryFolder(), 'out'));
  return [...items];
}

function readerOf(folder: string): SourceReader {
  return new SourceReader(folder, {
    values: () => Promise.reject(new Error('no cell table')),
    sample: () => Promise.resolve(undefined),
  });
}

/** The one file that a recipe makes of an item. */
async function fileOf(recipe: Recipe, item: PlannedItem, folder: string): Promise<string> {
  const sink = new MemorySink();
  const reader = readerOf(folder);
  let file = '';
  try {
    const making = { reader, open: () => sink };
    for await (const made of makeFiles(recipe, item, making)) file = path.join(temporaryFolder(), made.file.path);
  } finally {
    await reader.close();
  }
  await fs.writeFile(file, sink.content());
  return file;
}

async function pictureOf(recipe: Recipe, item: PlannedItem, folder: string): Promise<DecodedPicture> {
  return decodePicture(await fileOf(recipe, item, folder));
}

describe('items of slides', () => {
  it('say which FOVs have no place on the slide', async () => {
    const folder = writeSlide([tile('t1', 0), tile('t2', 20), tile('t3', 40), tile('t4', 60)]);
    const entries = [tile('t1', 0), tile('t2', 20), tile('t3', 40), tile('t4', 60)].map(mapEntry);
    delete entries[2]['fovSizeMicrons'];
    entries[3]['fovSizeMicrons'] = 20;
    writeMap(folder, entries);
    const [item] = await itemsOf(ofSlide, folder);
    assert.equal(item.error, undefined);
    assert.match(item.note ?? '', /FOVs without a place on the slide are left out: t3, t4/);
    writeMap(folder, entries.slice(0, 2));
    assert.equal((await itemsOf(ofSlide, folder))[0].note, undefined);
  });

  it('keep NaN that was measured in unrendered channels: only pixels without a tile are 0', async () => {
    const data = Float32Array.from({ length: 200 }, (_, i) => (i % 7 === 0 ? Number.NaN : i / 3 - 20));
    const float: SlideTile['channels'] = { DNA: { widthPx: 20, heightPx: 10, data } };
    const folder = writeSlide([tile('t1', 0, { channels: float }), tile('t2', 30, { channels: float })]);
    const recipe: Recipe = { ...ofSlide, formats: ['ome-tiff'] };
    const [item] = await itemsOf(recipe, folder);
    const { samples } = await readPlane({ file: await fileOf(recipe, item, folder) });
    assert.ok(samples instanceof Float32Array);
    for (const [i, sample] of samples.entries()) {
      const [x, y] = [i % 50, Math.floor(i / 50)];
      const expected = x < 20 ? data[y * 20 + x] : x < 30 ? 0 : data[y * 20 + x - 30];
      assert.ok(Object.is(sample, expected), `${sample} for ${expected} at ${x}, ${y}`);
    }
  });

  it('have no annotation where there is no tile, also when class 0 is painted', async () => {
    const annotation: SlideTile['annotation'] = (_, y) => (y < 5 ? 1 : 2);
    const roi = { id: 'r', name: 'r', mapId: '7', x: 10, y: -5, widthPx: 50, heightPx: 10 };
    const folder = writeSlide([tile('t1', 0, { annotation }), tile('t2', 30, { annotation })], [roi]);
    for (const downsample of [1, 5]) {
      const recipe: Recipe = {
        ...ofRois,
        downsample,
        masksOnly: true,
        channels: [],
        annotation: {
          ...{ name: 'region', alpha: 1, background: true, otherColor: '#0000ff' },
          ...{ colors: { '0': '#ff0000', '1': '#00ff00' }, names: { '0': 'nothing', '1': 'tumour' } },
        },
      };
      const [item] = await itemsOf(recipe, folder);
      const reader = readerOf(folder);
      const source = await ItemSource.open(recipe, item, reader);
      const named: Recipe = { ...recipe, legend: { ...recipe.legend, classes: true } };
      const seen = new SeenLabels();
      seen.add(await source.layers(wholeWindow(source.scene.grid)));
      await reader.close();
      const legend = JSON.stringify(composeFigure(named, source.scene, seen).decorations);
      assert.match(legend, /tumour/);
      assert.doesNotMatch(legend, /nothing|class \d/);
      const { widthPx, rgb } = await pictureOf(recipe, item, folder);
      for (let i = 0; i < rgb.length / 3; i++) {
        const [x, y] = [(i % widthPx) * downsample + 10, Math.floor(i / widthPx) * downsample - 5];
        const isTile = y >= 0 && y < 5 && x < 50 && (x < 20 || x >= 30);
        assert.deepEqual([...rgb.subarray(i * 3, i * 3 + 3)], isTile ? [0, 255, 0] : [0, 0, 0], `${x}, ${y}`);
      }
    }
  });

  it('share the limits of their slide, for which every tile is read once', async () => {
    const boxes = [0, 5, 10, 15].map((x) => ({
      id: `r${x}`,
      name: `r${x}`,
      mapId: '7',
      x,
      y: 0,
      widthPx: 8,
      heightPx: 8,
    }));
    const folder = writeSlide([tile('t1', 0), tile('t2', 20)], boxes);
    const recipe: Recipe = {
      ...ofRois,
      contrastScope: 'fov',
      channels: [{ channel: 'DNA', color: '#ffffff', contrastLimits: [{ percentile: 0 }, { percentile: 100 }] }],
    };
    const opened = mock.method(fs, 'open');
    const opens = async (chosen: readonly string[]): Promise<number> => {
      opened.mock.resetCalls();
      const items = await itemsOf({ ...recipe, rois: { ...rois, rois: chosen } }, folder);
      assert.equal(items.length, chosen.length);
      for (const { note } of items) assert.match(note ?? '', /DNA: contrast limits 0 and 104/);
      return opened.mock.calls.filter(({ arguments: [file] }) => String(file).endsWith(path.join('t2', 'DNA.tiff')))
        .length;
    };
    try {
      const ofOne = await opens(['r15']);
      assert.ok(ofOne > 0);
      assert.equal(await opens(['r0', 'r5', 'r10', 'r15']), ofOne);
    } finally {
      opened.mock.restore();
    }
  });

  it('take memory for the picture, not for the gaps of the slide', async () => {
    // 400 million pixels, of which 400 have a tile.
    const apart = 20_000;
    const folder = writeSlide([tile('t1', 0), tile('t2', apart - 20, { y: apart - 10 })]);
    const [whole] = await itemsOf(ofSlide, folder);
    assert.equal(whole.error?.code, 'TooLarge');
    assert.match(whole.error.message, /20000 × 20000, of which 400 have a tile; choose a greater downsample/);
    const [unrendered] = await itemsOf({ ...ofSlide, downsample: 20, formats: ['ome-tiff'] }, folder);
    assert.equal(unrendered.error?.code, 'TooLarge');
    for (const resample of ['mean', 'nearest'] as const) {
      const recipe: Recipe = { ...ofSlide, downsample: 20, resample };
      const [item] = await itemsOf(recipe, folder);
      assert.ok(item.decodedBytes! < 2 ** 28, String(item.decodedBytes));
      const before = process.resourceUsage().maxRSS;
      const { rgb, widthPx, heightPx } = await pictureOf(recipe, item, folder);
      const grownMiB = (process.resourceUsage().maxRSS - before) / 1024;
      assert.ok(grownMiB < 400, `${grownMiB} MiB`);
      assert.deepEqual([widthPx, heightPx], [1000, 1000]);
      const lit = new Map<number, number>();
      for (let i = 0; i < rgb.length; i += 3) if (rgb[i] > 0) lit.set(i / 3, rgb[i]);
      // The mean of 5x + y over the pixels of a tile, or its value at 9, 9, where in the last block there is no tile.
      const last = 1000 * 1000 - 1;
      assert.deepEqual(Object.fromEntries(lit), resample === 'mean' ? { 0: 52, [last]: 52 } : { 0: 54 });
    }
  });

  it('have the outlines of the slide wherever they are cut, also where equal labels meet by chance', async () => {
    // Every tile was segmented on its own. Along the first seam alone labels seem to agree, 4 pixels of 7.
    const inRows = (label: number, from: number, to: number, y: number): number => (y >= from && y < to ? label : 0);
    const masks: NonNullable<SlideTile['mask']>[] = [
      (x, y) => (x < 10 ? 0 : inRows(1, 0, 4, y) + inRows(2, 5, 8, y)),
      (x, y) => (x < 8 ? inRows(1, 0, 4, y) + inRows(3, 5, 8, y) : x < 12 ? 0 : 4),
      (x) => (x < 8 ? 5 : 0),
    ];
    const roi = { id: 'r', name: 'r', mapId: '7', x: 5, y: 0, widthPx: 20, heightPx: 10 };
    const tiles = masks.map((mask, i) => tile(`t${i + 1}`, 20 * i, { mask }));
    const folder = writeSlide(tiles, [roi]);
    const layer = { name: 'whole_cell', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 } as const;
    const look = { channels: [], masksOnly: true, masks: [layer] };
    const pictures = new Map<string, DecodedPicture>();
    for (const recipe of [
      { ...ofSlide, ...look },
      { ...ofRois, ...look },
    ]) {
      const [item] = await itemsOf(recipe, folder);
      pictures.set(item.id, await pictureOf(recipe, item, folder));
    }
    const [whole, crop] = [pictures.get('map_7')!, pictures.get('r')!];
    for (let y = 0; y < 10; y++) {
      const found = Array.from({ length: 20 }, (_, x) => crop.rgb[(y * 20 + x) * 3]);
      const expected = Array.from({ length: 20 }, (_, x) => whole.rgb[(y * 60 + x + 5) * 3]);
      assert.deepEqual(found, expected, `row ${y}`);
      // One cell in the middle of row 6: no line at the seam.
      if (y === 6) assert.deepEqual([found[5], ...found.slice(13, 17)], [255, 0, 0, 0, 0]);
    }
  });

  it('are made without the mask of a tile beyond them that cannot be read, and say so', async () => {
    const mask: SlideTile['mask'] = (x) => (x > 14 ? 1 : 0);
    const roi = { id: 'r', name: 'r', mapId: '7', x: 5, y: 0, widthPx: 20, heightPx: 10 };
    const folder = writeSlide([tile('t1', 0, { mask }), tile('t2', 20, { mask }), tile('t3', 40, { mask })], [roi]);
    const negative = { widthPx: 20, heightPx: 10, data: new Float32Array(200).fill(-1) };
    writePlane(path.join(folder, 'masks', 't3_whole_cell.tiff'), negative, {});
    const layer = { name: 'whole_cell', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 } as const;
    const [item] = await itemsOf({ ...ofRois, masks: [layer] }, folder);
    const reader = readerOf(folder);
    const { notes } = await ItemSource.open({ ...ofRois, masks: [layer] }, item, reader);
    await reader.close();
    assert.deepEqual(notes, ['cells of whole_cell are joined without those of t3, which cannot be read']);
    const [whole] = await itemsOf({ ...ofSlide, masks: [layer] }, folder);
    await assert.rejects(fileOf({ ...ofSlide, masks: [layer] }, whole, folder), { code: 'MaskInvalid' });
  });
});
