import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Problem } from '../../src/core/model/dataset';
import type { Slide } from '../../src/core/model/slide';
import { readSlides } from '../../src/core/read/readSlides';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

type Entry = Readonly<Record<string, unknown>>;

/** A FOV of 400 µm and 1000 × 1000 pixels of 0.4 µm, unless said otherwise. */
function fov(name: string, x: number, y: number, more: Entry = {}): Entry {
  return {
    name,
    slideId: 402,
    centerPointMicrons: { x, y },
    fovSizeMicrons: 400,
    frameSizePixels: { width: 1000, height: 1000 },
    ...more,
  };
}

function descriptor(fovs: unknown, more: Entry = {}): string {
  return JSON.stringify({ exportDateTime: '2024-11-04T12:45:08.914Z', fovs, ...more });
}

interface Found {
  readonly slides: readonly Slide[];
  /** Messages of warnings, without the dataset's folder. */
  readonly warnings: readonly string[];
}

/** @param files contents by their places below the dataset's folder */
async function read(
  files: Readonly<Record<string, string | Buffer>>,
  prepare?: (folder: string) => void,
): Promise<Found> {
  const folder = temporaryFolder();
  for (const [place, content] of Object.entries(files)) {
    const file = path.join(folder, place);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  prepare?.(folder);
  const warnings: Problem[] = [];
  const slides = await readSlides(folder, warnings);
  assert.ok(warnings.every(({ code, item }) => code === 'DatasetInvalid' && item === undefined));
  for (const { message } of warnings) assert.ok(message.length < 1000 && !/[\r\n]/.test(message), message);
  return { slides, warnings: warnings.map(({ message }) => message.replaceAll(folder + path.sep, '')) };
}

async function readOne(fovs: unknown, more?: Entry): Promise<Found> {
  return read({ '.UELer/maps/run.json': descriptor(fovs, more) });
}

function placesOf(slide: Slide): unknown[] {
  return slide.tiles.map(({ fov: name, x, y }) => [name, x, y]);
}

describe('readSlides', () => {
  it('finds nothing in a dataset without descriptors', async () => {
    assert.deepEqual(await read({}), { slides: [], warnings: [] });
    assert.deepEqual(await read({ '.UELer/maps': 'a file' }), { slides: [], warnings: [] });
  });

  it('lays FOVs by their centres, from the leftmost and topmost on, y down', async () => {
    const { slides, warnings } = await readOne([
      fov('b', 14280, 47536),
      fov('C', 13880, 47936.16),
      fov('a', 13880, 47536, { frameSizePixels: { width: 1000, height: 500 } }),
    ]);
    assert.deepEqual(warnings, []);
    // From x 13680 and y 47336 µm on; "a" is half as high, and lies a quarter of its width lower.
    assert.deepEqual(slides, [
      {
        id: '402',
        pixelSizeUm: 0.4,
        widthPx: 2000,
        heightPx: 2000,
        tiles: [
          { fov: 'a', x: 0, y: 250, widthPx: 1000, heightPx: 500 },
          { fov: 'b', x: 1000, y: 0, widthPx: 1000, heightPx: 1000 },
          { fov: 'C', x: 0, y: 1000, widthPx: 1000, heightPx: 1000 },
        ],
      },
    ]);
  });

  it('rounds places to the nearest pixel, halves up', async () => {
    const size = { fovSizeMicrons: 1024, frameSizePixels: { width: 1024, height: 1024 } };
    const { slides } = await readOne([
      fov('a', 0, 0, size),
      fov('b', 1024.49, 1024.5, size),
      fov('c', 2048.51, -0.25, size),
    ]);
    assert.deepEqual(placesOf(slides[0]), [
      ['a', 0, 0],
      ['b', 1024, 1025],
      ['c', 2049, 0],
    ]);
    assert.deepEqual([slides[0].widthPx, slides[0].heightPx], [3073, 2049]);
  });

  it('keeps slides of one file apart, and sorts them as a person does', async () => {
    const { slides } = await readOne([
      fov('a', 0, 0, { slideId: 'S10' }),
      fov('b', 0, 0, { slideId: 'S2' }),
      fov('c', 400, 0, { slideId: 'S10' }),
    ]);
    assert.deepEqual(
      slides.map(({ id, tiles }) => [id, tiles.length]),
      [
        ['S2', 1],
        ['S10', 2],
      ],
    );
  });

  it('takes numbers that are written as texts', async () => {
    const { slides, warnings } = await readOne([
      fov(' a ', 0, 0, {
        slideId: '7',
        centerPointMicrons: { x: '1.5', y: '-2e1' },
        fovSizeMicrons: '400',
        frameSizePixels: { width: '1000', height: '1000' },
        rotation: 0,
        transform: null,
        matrix: [],
        centerPointPixels: {},
        timestamp: 'kept by others',
      }),
    ]);
    assert.deepEqual(warnings, []);
    assert.deepEqual([slides[0].id, placesOf(slides[0])], ['7', [['a', 0, 0]]]);
  });

  it('names FOVs that it leaves out', async () => {
    const { slides, warnings } = await readOne([
      fov('a', 0, 0),
      fov('other', 400, 0, { fovSizeMicrons: 400.01 }),
      fov('same', 800, 0, { fovSizeMicrons: 400.0003 }),
      fov('unsized', -5000, 0, { fovSizeMicrons: null }),
      fov('unsized2', 0, 0, { fovSizeMicrons: undefined }),
      fov('A', 9999, 0),
      fov('same', 9999, 0, { slideId: 403 }),
    ]);
    assert.deepEqual(
      slides.map(({ id, widthPx, tiles }) => [id, widthPx, tiles.map((tile) => tile.fov)]),
      [['402', 3000, ['a', 'same']]],
    );
    assert.deepEqual(warnings, [
      '.UELer/maps/run.json has FOVs a second time; the first counts: "A", "same".',
      'Expected "fovSizeMicrons" for the FOVs of slide "402" of .UELer/maps/run.json, but found none for "unsized", "unsized2"; they are left out.',
      'Expected pixels of 0.4 µm, the size of FOV "a", for all FOVs of slide "402" of .UELer/maps/run.json, but found another size for "other"; they are left out.',
    ]);
  });

  it('has no slide where no FOV has a place', async () => {
    const { slides, warnings } = await readOne([fov('a', 0, 0, { fovSizeMicrons: undefined })]);
    assert.deepEqual(slides, []);
    assert.match(warnings.join(), /but found none for "a"/);
    assert.deepEqual(await readOne([]), { slides: [], warnings: [] });
  });

  it('reads all files below both folders; later ones replace slides, and ours those of UELer', async () => {
    const at = (name: string, slideId: number): string => descriptor([fov(name, 0, 0, { slideId })]);
    const { slides, warnings } = await read({
      '.UELer/maps/a-b/x.json': at('second', 1),
      '.UELer/maps/a/deep/y.json': at('first', 1),
      '.UELer/maps/a.json': at('a', 2),
      '.UELer/maps/notes.txt': 'no descriptor',
      '.UELer/maps/._b.json': 'what a Mac leaves behind',
      '.UELer/maps/.ipynb_checkpoints/b.json': at('old', 9),
      '.batch-export/maps/z.json': at('ours', 2),
    });
    assert.deepEqual(
      slides.map(({ id, tiles }) => [id, tiles[0].fov]),
      [
        ['1', 'second'],
        ['2', 'ours'],
      ],
    );
    assert.deepEqual(warnings, [
      'Slide "1" of .UELer/maps/a-b/x.json replaces the slide of this id of .UELer/maps/a/deep/y.json.',
    ]);
  });

  it('follows links to files, and no links to folders', async () => {
    const { slides, warnings } = await read({ 'elsewhere.json': descriptor([fov('a', 0, 0)]) }, (folder) => {
      const maps = path.join(folder, '.UELer', 'maps');
      mkdirSync(maps, { recursive: true });
      symlinkSync(maps, path.join(maps, 'circle'));
      symlinkSync(path.join(folder, 'elsewhere.json'), path.join(maps, 'run.json'));
      symlinkSync(path.join(folder, 'nowhere'), path.join(maps, 'broken.json'));
    });
    assert.deepEqual([slides.length, warnings], [1, []]);
  });

  it('takes a byte order mark', async () => {
    const { slides } = await read({ '.UELer/maps/run.json': `\uFEFF${descriptor([fov('a', 0, 0)])}` });
    assert.equal(slides.length, 1);
  });
});

describe('readSlides: descriptors that are refused', () => {
  const a = fov('a', 0, 0);
  const cases: readonly (readonly [title: string, content: string, message: RegExp])[] = [
    ['no JSON', '{"fovs": [', /it is not valid JSON/],
    ['an empty file', '', /it is not valid JSON/],
    ['a list', '[]', /it is no JSON object/],
    ['no FOVs', '{}', /it has no "fovs"/],
    ['FOVs that are no list', descriptor({ a }), /"fovs" is no list/],
    ['a FOV that is no object', descriptor([a, 5]), /fovs\[1\] is not as expected/],
    ['no name', descriptor([a, { ...a, name: ' ' }]), /fovs\[1\] is not as expected: name/],
    ['no slide', descriptor([{ ...a, slideId: null }]), /fovs\[0\] is not as expected: slideId/],
    ['no centre', descriptor([{ ...a, centerPointMicrons: { x: 1 } }]), /centerPointMicrons\.y/],
    [
      'a centre that is no number',
      descriptor([fov('a', 0, 0, { centerPointMicrons: { x: '1,5', y: 0 } })]),
      /Microns\.x/,
    ],
    ['a centre at infinity', descriptor([a]).replace('"x":0', '"x":1e999'), /centerPointMicrons\.x/],
    ['a centre far away', descriptor([fov('a', 2e9, 0)]), /centerPointMicrons\.x: expected at most 1000000000 µm/],
    ['no frame', descriptor([{ ...a, frameSizePixels: undefined }]), /frameSizePixels/],
    [
      'part of a pixel',
      descriptor([fov('a', 0, 0, { frameSizePixels: { width: 10.5, height: 10 } })]),
      /width: expected a whole/,
    ],
    [
      'a frame without pixels',
      descriptor([fov('a', 0, 0, { frameSizePixels: { width: 10, height: 0 } })]),
      /height: expected a whole/,
    ],
    ['a size of 0', descriptor([fov('a', 0, 0, { fovSizeMicrons: 0 })]), /fovSizeMicrons: expected more than 0 µm/],
    ['a turned tile', descriptor([fov('a', 0, 0, { rotation: 90 })]), /fovs\[0\] has "rotation", and tiles are/],
    [
      'a bent tile',
      descriptor([
        fov('a', 0, 0, {
          affineTransform: [
            [1, 0],
            [0, 1],
          ],
        }),
      ]),
      /has "affineTransform"/,
    ],
    ['a turned slide', descriptor([a], { transform: { angle: 1 } }), /but it has "transform"/],
    [
      'places in pixels',
      descriptor([fov('a', 0, 0, { centerPointPixels: { x: 1, y: 1 } })]),
      /has "centerPointPixels"/,
    ],
    ['deep nesting', `{"fovs": ${'['.repeat(1e6)}`, /it is nested deeper than 64 levels/],
    ['too many FOVs', `{"fovs": [0${',0'.repeat(2 ** 16)}]}`, /it has 65537 FOVs, more than the 65536/],
    ['far too many parts', `{"fovs": [[]${',[]'.repeat(2 ** 23)}]}`, /it has more parts than we can hold/],
  ];
  for (const [title, content, message] of cases) {
    it(title, async () => {
      const good = descriptor([fov('good', 0, 0, { slideId: 'good' })]);
      const { slides, warnings } = await read({ '.UELer/maps/bad.json': content, '.UELer/maps/good.json': good });
      assert.deepEqual(
        slides.map(({ id }) => id),
        ['good'],
      );
      assert.equal(warnings.length, 1);
      assert.match(warnings[0], /^Expected a map descriptor .* in \.UELer\/maps\/bad\.json, but .*; it is left out\.$/);
      assert.match(warnings[0], message);
    });
  }

  it('a slide longer than can be drawn', async () => {
    const { slides, warnings } = await readOne([fov('a', 0, 0), fov('b', 1e8, 0), fov('c', 0, 0, { slideId: 403 })]);
    assert.deepEqual(
      slides.map(({ id }) => id),
      ['403'],
    );
    assert.deepEqual(warnings, [
      'Expected a slide that can be drawn for slide "402" of .UELer/maps/run.json, but it is 250001000 × 1000 pixels, and no side may have more than 16777216; it is left out.',
    ]);
  });

  it('a file that is too long', async () => {
    const { slides, warnings } = await read({ '.UELer/maps/run.json': descriptor([a]) }, (folder) => {
      truncateSync(path.join(folder, '.UELer', 'maps', 'run.json'), 2 ** 25 + 1);
    });
    assert.deepEqual(slides, []);
    assert.match(warnings.join(), /it has 33554433 bytes, more than the 33554432 that one may have; it is left out/);
  });

  it('a folder that holds a whole disk', async () => {
    const { slides, warnings } = await read({ '.UELer/maps/run.json': descriptor([a]) }, (folder) => {
      for (let i = 0; i < 10_000; i++) writeFileSync(path.join(folder, '.UELer', 'maps', `${i}.txt`), '');
    });
    assert.deepEqual(slides, []);
    assert.deepEqual(warnings, [
      'Expected map descriptors in .UELer/maps, but found more than 10000 files; it is left out.',
    ]);
  });

  it('a pipe, which is passed over without waiting', async function () {
    if (process.platform === 'win32') return skipWithout('mkfifo', this);
    const { slides, warnings } = await read({ '.UELer/maps/run.json': descriptor([a]) }, (folder) => {
      execFileSync('mkfifo', [path.join(folder, '.UELer', 'maps', 'pipe.json')]);
    });
    assert.deepEqual([slides.length, warnings], [1, []]);
  });
});
