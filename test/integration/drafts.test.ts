import assert from 'node:assert/strict';
import { statSync, truncateSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import sharp from 'sharp';
import type { Plane } from '../../sample/writeTiff';
import { Random } from '../../sample/random';
import { type Preview, Previewer, type PreviewRequest } from '../../src/core/make/previewer';
import type { ExportError } from '../../src/core/model/exportError';
import type { MaskLayer, Recipe } from '../../src/core/model/recipe';
import { openDataset } from '../../src/core/read/openDataset';
import { plane, realDataFolder, writePlane } from '../support/dataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';
import { enlargedPlane, writePyramidTiff, writePyramidZarr } from '../support/writePyramid';
import { writeSlide } from '../support/writeSlide';

/** Odd, so that no level is an exact division of it. */
const size = { widthPx: 1041, heightPx: 517 };
/** Shown at a downsample of 5, for which the level of 260 × 129 pixels, each of 4 × 4, is enough. */
const request = { item: 'A', maxSidePx: 260 };

const gray: Recipe = {
  ...exampleRecipe,
  channels: [{ channel: 'DNA', color: '#ffffff', contrastLimits: [0, 255] }],
};

const constant = (widthPx: number, heightPx: number, value: number): Plane => plane(widthPx, heightPx, () => value);

/** Full resolution, and two levels of which the last pixels are cut off. */
const levelsOf = (values: readonly [number, number, number]): readonly [Plane, Plane, Plane] => [
  constant(size.widthPx, size.heightPx, values[0]),
  constant(520, 258, values[1]),
  constant(260, 129, values[2]),
];

interface Shown {
  readonly exact: Preview;
  readonly drafts: readonly Preview[];
  readonly failures: readonly unknown[];
}

/** The built one: what is loaded only when it is needed, as the reader of OME-Zarr, is in there. */
const built = createRequire(__filename)('../../dist/index.cjs') as {
  readonly Previewer: typeof Previewer;
  readonly openDataset: typeof openDataset;
};

const builtPreviewer = async (folder: string): Promise<Previewer> =>
  new built.Previewer(await built.openDataset(folder));

async function show(
  folder: string,
  recipe: Recipe,
  asked: Omit<PreviewRequest, 'draft'> = request,
  previewer?: Previewer,
): Promise<Shown> {
  const [drafts, failures]: [Preview[], unknown[]] = [[], []];
  const draft = { show: (each: Preview) => drafts.push(each), fail: (error: unknown) => failures.push(error) };
  const own = previewer ?? new Previewer(await openDataset(folder));
  return { exact: await own.preview(recipe, { ...asked, draft }), drafts, failures };
}

const pixelsOf = async ({ png }: Preview): Promise<Buffer> => sharp(png).raw().toBuffer();

/** The red of a pixel. */
async function redAt(preview: Preview, x: number, y: number): Promise<number> {
  return (await pixelsOf(preview))[(y * preview.widthPx + x) * 3];
}

describe('drafts of previews', () => {
  it('are made of the smallest level that is enough, and the exact picture of full resolution follows', async () => {
    const folder = temporaryFolder();
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), levelsOf([50, 90, 130]));
    const { exact, drafts, failures } = await show(folder, gray);
    assert.deepEqual(failures, []);
    assert.deepEqual(
      drafts.map(({ draft }) => draft),
      [{ level: 2, without: [] }],
    );
    assert.equal(exact.draft, undefined);
    assert.equal(await redAt(drafts[0], 100, 50), 130);
    assert.equal(await redAt(exact, 100, 50), 50);
    // A downsample of 3 needs the larger level.
    const larger = await show(folder, gray, { ...request, maxSidePx: 347 });
    assert.deepEqual([larger.drafts[0].draft?.level, await redAt(larger.drafts[0], 9, 9)], [1, 90]);
  });

  it('are not made unless somebody shows them', async () => {
    const folder = temporaryFolder();
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), levelsOf([50, 90, 130]));
    const exact = await new Previewer(await openDataset(folder)).preview(gray, request);
    assert.equal(await redAt(exact, 100, 50), 50);
  });

  it('have the size, the bar and the marks of the exact picture, where the level says the same', async () => {
    const folder = temporaryFolder();
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), levelsOf([50, 50, 50]));
    const marked: Recipe = {
      ...gray,
      pixelSizeUm: 0.5,
      scaleBar: { ...gray.scaleBar, length: 'auto' },
      legend: { ...gray.legend, channels: 'limits' },
      caption: { text: 'A', place: 'margin', color: 'auto' } as Recipe['caption'],
    };
    const { exact, drafts } = await show(folder, marked, { ...request, maxSidePx: 520 });
    const { png, draft, ...facts } = drafts[0];
    const { png: exactPng, ...exactFacts } = exact;
    assert.deepEqual(facts, exactFacts);
    assert.equal(draft?.level, 1);
    assert.equal(facts.scaleBarUm, 50);
    assert.ok((await pixelsOf(drafts[0])).equals(await pixelsOf(exact)));
    assert.ok(png.length > 0 && exactPng.length > 0);
  });

  it('share a pixel of the level between the pixels that it lies in', async () => {
    const folder = temporaryFolder();
    const [full, half] = levelsOf([0, 0, 0]);
    // Pixels 128 and on of the level begin at 512: the block of 510 to 514 has two columns of 100 and three of 200.
    const quarter = plane(260, 129, (x) => (x < 128 ? 100 : 200));
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), [full, half, quarter]);
    const { drafts } = await show(folder, gray);
    const reds = await Promise.all([0, 101, 102, 103, 207, 208].map((x) => redAt(drafts[0], x, 103)));
    assert.deepEqual(reds, [100, 100, 160, 200, 200, 200]);
    const nearest = await show(folder, { ...gray, resample: 'nearest' });
    const picked = await Promise.all([0, 101, 102, 103, 208].map((x) => redAt(nearest.drafts[0], x, 103)));
    assert.deepEqual(picked, [100, 100, 200, 200, 200]);
  });

  it('show each pixel of the level as the exact picture shows the block that it stands for', async () => {
    const random = new Random(20261130, 'drafts');
    const folder = temporaryFolder();
    const enlarged = temporaryFolder();
    const value = (): number => Math.floor(random.next() * 256);
    for (const name of ['DNA', 'CD3']) {
      const quarter = plane(261, 130, value); // Of blocks of 4 × 4, the last ones cut off.
      const [full] = levelsOf([0, 0, 0]);
      writePyramidTiff(path.join(folder, 'A', `${name}.tif`), [full, quarter]);
      writePlane(path.join(enlarged, 'A', `${name}.tif`), enlargedPlane(quarter, 4, size), {});
    }
    const cells = plane(261, 130, (x, y) =>
      x % 20 < 13 && y % 16 < 12 ? 1 + Math.floor(x / 20) + 14 * Math.floor(y / 16) : 0,
    );
    for (const [kind, name] of [
      ['masks', 'A_cell'],
      ['annotations', 'A_region'],
    ]) {
      writePyramidTiff(path.join(folder, kind, `${name}.tiff`), [constant(size.widthPx, size.heightPx, 0), cells]);
      writePlane(path.join(enlarged, kind, `${name}.tiff`), enlargedPlane(cells, 4, size), {});
    }
    const mask: MaskLayer = { name: 'cell', mode: 'outline', color: '#ffff00', alpha: 1, widthPx: 2 };
    const recipe: Recipe = {
      ...gray,
      channels: [gray.channels[0], { channel: 'CD3', color: '#ff0000', contrastLimits: [20, 240] }],
      masks: [mask, { ...mask, mode: 'fill', color: '#0000ff', alpha: 0.25 }],
      annotation: { name: 'region', alpha: 0.5, background: false } as Recipe['annotation'],
    };
    for (const resample of ['mean', 'nearest'] as const) {
      for (const maxSidePx of [260, 130, 40]) {
        const asked = { ...request, maxSidePx };
        const { drafts, failures } = await show(folder, { ...recipe, resample }, asked);
        assert.deepEqual(failures, []);
        assert.deepEqual(drafts[0].draft, { level: 1, without: [] });
        const { exact, drafts: none } = await show(enlarged, { ...recipe, resample }, asked);
        assert.equal(none.length, 0);
        assert.ok((await pixelsOf(drafts[0])).equals(await pixelsOf(exact)), `${resample}, ${maxSidePx}`);
      }
    }
  });

  it('find percentiles that nobody has found yet in their own pixels, and take those that were found', async () => {
    const folder = temporaryFolder();
    const [full, half] = levelsOf([100, 0, 0]);
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), [full, half, plane(260, 129, (x) => (x < 128 ? 100 : 200))]);
    writePlane(path.join(folder, 'B', 'DNA.tif'), constant(8, 8, 1000), {});
    const [channel] = gray.channels;
    const limits = [0, 400] as const;
    const recipe: Recipe = {
      ...gray,
      channels: [{ ...channel, contrastLimits: [{ percentile: 0 }, { percentile: 100 }] }],
    };
    const previewer = new Previewer(await openDataset(folder));
    const { drafts } = await show(folder, recipe, request, previewer);
    assert.deepEqual(await Promise.all([50, 150].map((x) => redAt(drafts[0], x, 50))), [0, 255]);
    // Those of both FOVs together are 100 and 1000.
    const again = await show(folder, { ...recipe, resample: 'nearest' }, request, previewer);
    assert.deepEqual(await Promise.all([50, 150].map((x) => redAt(again.drafts[0], x, 50))), [0, 28]);
    const known = await show(
      folder,
      { ...gray, channels: [{ ...channel, contrastLimits: limits }] },
      request,
      previewer,
    );
    assert.deepEqual(await Promise.all([50, 150].map((x) => redAt(known.drafts[0], x, 50))), [64, 128]);
  });

  it('are not there where a level is damaged: it is told, and the exact picture comes', async () => {
    const levels = levelsOf([50, 90, 130]);
    const tiff = temporaryFolder();
    writePyramidTiff(path.join(tiff, 'A', 'DNA.tif'), levels, 2);
    const zarr = temporaryFolder();
    writePyramidZarr(path.join(zarr, 'A.zarr'), { DNA: levels });
    truncateSync(path.join(zarr, 'A.zarr', '2', '0.0.0'), 100);
    for (const [folder, previewer] of [
      [tiff, new Previewer(await openDataset(tiff))],
      [zarr, await builtPreviewer(zarr)],
    ] as const) {
      const { exact, drafts, failures } = await show(folder, gray, request, previewer);
      assert.deepEqual([drafts.length, failures.length], [0, 1]);
      assert.equal((failures[0] as ExportError).code, 'ImageUnreadable', String(failures[0]));
      assert.equal(await redAt(exact, 100, 50), 50);
    }
  });

  it('are of a level that all channels have, and not there where none is', async () => {
    const folder = temporaryFolder();
    const [full, half, quarter] = levelsOf([50, 90, 130]);
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), [full, half, quarter]);
    writePyramidTiff(path.join(folder, 'A', 'CD3.tif'), [full, half]);
    writePlane(path.join(folder, 'A', 'CD8.tif'), full, {});
    const [channel] = gray.channels;
    const two: Recipe = { ...gray, channels: [channel, { ...channel, channel: 'CD3', color: '#000000' }] };
    const { drafts } = await show(folder, two);
    assert.deepEqual([drafts[0].draft?.level, await redAt(drafts[0], 100, 50)], [1, 90]);
    const three: Recipe = { ...two, channels: [...two.channels, { ...channel, channel: 'CD8' }] };
    assert.deepEqual(await show(folder, three).then((each) => [each.drafts, each.failures]), [[], []]);
    // At a downsample of 1 or of small regions there is nothing to be gained.
    const large = await show(folder, gray, { ...request, maxSidePx: 2000 });
    assert.equal(large.drafts.length, 0);
  });

  it('take labels of full resolution where they are small, and say what they leave out', async () => {
    const folder = temporaryFolder();
    const [width, height] = [2100, 2000];
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), [constant(width, height, 50), constant(1050, 1000, 90)]);
    writePyramidTiff(path.join(folder, 'B', 'DNA.tif'), levelsOf([50, 90, 130]));
    const cells = (widthPx: number, heightPx: number): Plane => ({
      ...{ widthPx, heightPx },
      data: new Uint8Array(widthPx * heightPx).fill(1),
    });
    writePlane(path.join(folder, 'masks', 'A_cell.tiff'), cells(width, height), {});
    writePlane(path.join(folder, 'masks', 'B_cell.tiff'), cells(size.widthPx, size.heightPx), {});
    writePlane(path.join(folder, 'annotations', 'A_region.tiff'), cells(width, height), {});
    const fill: MaskLayer = { name: 'cell', mode: 'fill', color: '#ff0000', alpha: 1, widthPx: 1 };
    const filled: Recipe = { ...gray, masks: [fill] };
    const small = await show(folder, filled, { ...request, item: 'B' });
    assert.deepEqual(small.drafts[0].draft, { level: 2, without: [] });
    assert.equal(await redAt(small.drafts[0], 10, 10), 255);
    const annotated: Recipe = {
      ...filled,
      annotation: { name: 'region', alpha: 0.5, background: false } as Recipe['annotation'],
    };
    const large = await show(folder, annotated, { ...request, maxSidePx: 1050 });
    assert.deepEqual(large.drafts[0].draft, { level: 1, without: ['mask cell', 'annotation region'] });
    assert.equal(await redAt(large.drafts[0], 10, 10), 90);
    assert.equal(await redAt(large.exact, 10, 10), 255);
  });

  it('of stitched slides have each tile from its own level', async () => {
    const tiles = [0, 1, 2].map((i) => ({
      ...{ fov: `F${i}`, x: 405 * i, y: 0, widthPx: 405, heightPx: 405 },
      channels: { DNA: () => 10 },
    }));
    const [folder, enlarged] = [writeSlide(tiles), writeSlide(tiles)];
    for (const { fov, widthPx, heightPx } of tiles) {
      const level = plane(203, 203, (x, y) => (Number(fov.slice(1)) * 70 + x + y) % 256);
      const file = path.join(fov, 'DNA.tiff');
      writePyramidTiff(path.join(folder, file), [constant(widthPx, heightPx, 10), level]);
      writePlane(path.join(enlarged, file), enlargedPlane(level, 2, { widthPx, heightPx }), {});
    }
    const rois = { rois: [], slides: ['7'], settings: 'own', edge: 'pad', cutShape: false } as const;
    const slide: Recipe = { ...gray, mode: 'rois', rois };
    const asked = { item: 'map_7', maxSidePx: 400 };
    const { drafts, failures } = await show(folder, slide, asked);
    assert.deepEqual(failures, []);
    assert.deepEqual(drafts[0].draft, { level: 1, without: [] });
    const { exact } = await show(enlarged, slide, asked);
    assert.ok((await pixelsOf(drafts[0])).equals(await pixelsOf(exact)));
    // One tile without levels, and there is no draft.
    writePlane(path.join(folder, 'F1', 'DNA.tiff'), constant(405, 405, 10), {});
    assert.equal((await show(folder, slide, asked)).drafts.length, 0);
  });

  it('of OME-Zarr are made of its multiscales', async () => {
    const folder = temporaryFolder();
    const levels = levelsOf([50, 90, 130]);
    writePyramidZarr(path.join(folder, 'A.zarr'), { DNA: levels, CD3: levelsOf([1, 2, 3]) });
    const { exact, drafts, failures } = await show(folder, gray, request, await builtPreviewer(folder));
    assert.deepEqual(failures, []);
    assert.equal(drafts[0].draft?.level, 2);
    assert.deepEqual([await redAt(drafts[0], 9, 9), await redAt(exact, 9, 9)], [130, 50]);
  });

  it('end the request that is given up', async () => {
    const folder = temporaryFolder();
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), levelsOf([50, 90, 130]));
    const stop = new AbortController();
    const draft = {
      show: () => {
        stop.abort();
      },
      fail: () => undefined,
    };
    const previewer = new Previewer(await openDataset(folder));
    await assert.rejects(previewer.preview(gray, { ...request, draft }, stop.signal), { name: 'AbortError' });
  });

  it('of a real OME-TIFF have its size', async function () {
    const data = realDataFolder();
    if (!data) return skipWithout('real data', this);
    const file = path.join(data, 'ometiff', 'minerva', '2048x2048_ome6_tiled.ome.tif');
    const dataset = await openDataset(file);
    const [fov] = dataset.fovs;
    const channels = fov.channels.map(({ name }) => ({
      ...{ channel: name, color: '#ffffff' as const },
      contrastLimits: [0, 4095] as const,
    }));
    const { exact, drafts, failures } = await show(
      '',
      { ...gray, channels },
      { item: fov.name, maxSidePx: 1024 },
      new Previewer(dataset),
    );
    assert.deepEqual(failures, []);
    assert.equal(drafts[0].draft?.level, 1);
    assert.deepEqual([drafts[0].widthPx, drafts[0].heightPx], [1024, 1024]);
    assert.deepEqual([exact.widthPx, exact.heightPx], [1024, 1024]);
  });
});

describe('a preview with other contrast limits', () => {
  const brighter: Recipe = { ...gray, channels: [{ ...gray.channels[0], contrastLimits: [0, 100] }] };

  /** Writes other samples, which nobody can see who looks at the size and the time of the file. */
  function replaceUnseen(file: string, image: Plane): void {
    const { atime, mtime } = statSync(file);
    writePlane(file, image, {});
    utimesSync(file, atime, mtime);
  }

  it('decodes nothing of an image that is as it was, and all of one that was written anew', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'A', 'DNA.tif');
    for (const maxSidePx of [260, 4096]) {
      writePlane(file, constant(size.widthPx, size.heightPx, 50), {});
      const previewer = new Previewer(await openDataset(folder));
      const asked = { ...request, maxSidePx };
      assert.equal(await redAt((await show(folder, gray, asked, previewer)).exact, 9, 9), 50);
      replaceUnseen(file, constant(size.widthPx, size.heightPx, 80));
      assert.equal(await redAt((await show(folder, brighter, asked, previewer)).exact, 9, 9), 128);
      utimesSync(file, new Date(), new Date(Date.now() + 60_000));
      assert.equal(await redAt((await show(folder, brighter, asked, previewer)).exact, 9, 9), 204);
      // Another downsample is another picture.
      replaceUnseen(file, constant(size.widthPx, size.heightPx, 60));
      const other = await show(folder, brighter, { ...asked, maxSidePx: 200 }, previewer);
      assert.equal(await redAt(other.exact, 9, 9), 153);
    }
  });

  it('needs no draft', async () => {
    const folder = temporaryFolder();
    writePyramidTiff(path.join(folder, 'A', 'DNA.tif'), levelsOf([50, 90, 130]));
    const previewer = new Previewer(await openDataset(folder));
    assert.equal((await show(folder, gray, request, previewer)).drafts.length, 1);
    const { exact, drafts } = await show(folder, brighter, request, previewer);
    assert.equal(drafts.length, 0);
    assert.equal(await redAt(exact, 9, 9), 128);
  });

  it('is the picture that it would be without what is kept: also of slides, whose cells are numbered', async () => {
    const folder = writeSlide(
      [0, 1].map((i) => ({
        ...{ fov: `F${i}`, x: 60 * i, y: 0, widthPx: 60, heightPx: 60 },
        channels: { DNA: (x) => 4 * x },
        mask: (x, y) => (y > 9 && y < 50 && (i === 0 ? x > 30 : x < 20) ? 5 : x > 25 && x < 29 ? 7 + i : 0),
      })),
    );
    const rois = { rois: [], slides: ['7'], settings: 'own', edge: 'pad', cutShape: false } as const;
    const mask = { name: 'whole_cell', color: '#00ff00', alpha: 1, widthPx: 1 } as const;
    const masks: MaskLayer[] = [
      { ...mask, mode: 'fill', alpha: 0.5 },
      { ...mask, mode: 'outline' },
    ];
    const legend = { ...gray.legend, channels: 'limits' } as const;
    const of = (recipe: Recipe): Recipe => ({ ...recipe, mode: 'rois', rois, masks, legend });
    for (const maxSidePx of [60, 400]) {
      const asked = { item: 'map_7', maxSidePx };
      const previewer = new Previewer(await openDataset(folder));
      await show(folder, of(gray), asked, previewer);
      const { exact } = await show(folder, of(brighter), asked, previewer);
      const fresh = await show(folder, of(brighter), asked);
      assert.ok(exact.png.equals(fresh.exact.png));
    }
  });

  it('keeps nothing where memory has no room for it', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'A', 'DNA.tif');
    writePlane(file, constant(size.widthPx, size.heightPx, 50), {});
    const previewer = new Previewer(await openDataset(folder));
    const asked = { ...request, memoryBytes: 300 * 2 ** 20 };
    await show(folder, gray, asked, previewer);
    replaceUnseen(file, constant(size.widthPx, size.heightPx, 80));
    assert.equal(await redAt((await show(folder, brighter, asked, previewer)).exact, 9, 9), 204);
  });
});
