import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { type DecodedPicture, decodePicture, plane, readManifest, writePlane } from '../support/dataset';
import { type Ink, longestRunInRow, runInColumn } from '../support/measureBar';
import { eventsOf, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

type Row = Record<string, string>;

/** Values that no threshold at the middle takes for ink of the other tone. */
const backgrounds = {
  dark: (x: number, y: number) => (x * 7 + y * 13) % 60,
  bright: (x: number, y: number) => 195 + ((x * 7 + y * 13) % 60),
} as const;

type Background = keyof typeof backgrounds;

/** A dataset without a pixel size: FOVs with one channel, DNA, of values 0 to 255. */
function dataset(fovs: readonly (readonly [name: string, widthPx: number, heightPx: number, Background])[]): string {
  const folder = temporaryFolder();
  for (const [name, widthPx, heightPx, background] of fovs) {
    writePlane(path.join(folder, name, 'DNA.tiff'), plane(widthPx, heightPx, backgrounds[background]), {});
  }
  return folder;
}

const gray = ['--channel', 'DNA=white:0:255'];

function exportInto(folder: string, ...flags: string[]): { readonly out: string; readonly rows: Row[] } {
  const out = path.join(temporaryFolder(), 'out');
  const { exitCode, stderr } = runCli('fovs', folder, '--out', out, '--pixel-size', '0.5', ...gray, ...flags);
  assert.equal(exitCode, 0, stderr);
  return { out, rows: readManifest(out) };
}

interface Exported {
  readonly row: Row;
  readonly picture: DecodedPicture;
}

/** All pictures of an export, decoded, each with its row. */
async function exportedAll(folder: string, ...flags: string[]): Promise<Exported[]> {
  const { out, rows } = exportInto(folder, ...flags);
  return Promise.all(rows.map(async (row) => ({ row, picture: await decodePicture(path.join(out, row['path'])) })));
}

/** The only one. */
async function exported(folder: string, ...flags: string[]): Promise<Exported> {
  const [only, ...others] = await exportedAll(folder, ...flags);
  assert.equal(others.length, 0);
  return only;
}

const nothing = ['--scale-bar', 'off'];

async function barePicture(folder: string, ...flags: string[]): Promise<DecodedPicture> {
  return (await exported(folder, ...nothing, ...flags)).picture;
}

/** How high the strip above the picture is, by the note. */
function stripAbove(row: Row): number {
  return Number(/margin strip of (\d+) pixels above/.exec(row['note'])?.[1] ?? 0);
}

function stripBelow(row: Row): number {
  return Number(/margin strip of (\d+) pixels below/.exec(row['note'])?.[1] ?? 0);
}

/** Part of a picture. */
function cut(picture: DecodedPicture, top: number, widthPx: number, heightPx: number): Buffer {
  const rows = Array.from({ length: heightPx }, (_, y) => {
    const start = (top + y) * picture.widthPx * 3;
    return picture.rgb.subarray(start, start + widthPx * 3);
  });
  return Buffer.concat(rows);
}

/** The picture's own pixels are those of the bare one, and what is not of the picture is strips. */
function assertStripsOnly(picture: DecodedPicture, row: Row, bare: DecodedPicture): void {
  const [above, below] = [stripAbove(row), stripBelow(row)];
  assert.equal(picture.heightPx, above + bare.heightPx + below, row['note']);
  assert.ok(cut(picture, above, bare.widthPx, bare.heightPx).equals(bare.rgb), 'a strip changed the picture');
}

/** Columns and rows of strips that end where the figure ends: marks that are cut off would colour them. */
function assertNothingAtEdges(picture: DecodedPicture, row: Row, color: readonly number[]): void {
  const { widthPx, heightPx, rgb } = picture;
  const inStrip = (y: number): boolean => y < stripAbove(row) || y >= heightPx - stripBelow(row);
  for (let y = 0; y < heightPx; y++) {
    if (!inStrip(y)) continue;
    const columns = y === 0 || y === heightPx - 1 ? [...Array(widthPx).keys()] : [0, widthPx - 1];
    for (const x of columns) {
      const at = (y * widthPx + x) * 3;
      assert.deepEqual([...rgb.subarray(at, at + 3)], color, `something reaches the edge at ${x}, ${y}`);
    }
  }
}

function assertBar(picture: DecodedPicture, row: Row, ink: Ink, exactPx: number, blur = 0): void {
  const [x, y, drawn] = ['scale_bar_x', 'scale_bar_y', 'scale_bar_px'].map((name) => Number(row[name]));
  const what = `${row['path']}: bar of ${row['scale_bar_um']} µm at ${x}, ${y}; ${row['note']}`;
  const run = longestRunInRow(picture, y, ink);
  assert.ok(Math.abs(run.length - exactPx) <= 0.5, `${what}: ${run.length} pixels, expected ${exactPx}`);
  assert.equal(run.length, drawn, what);
  assert.ok(Math.abs(run.start - x) <= blur, `${what}: found at ${run.start}`);
  // The row is the bar's middle; of an even number of rows, the lower one of the two.
  const { start, length } = runInColumn(picture, x + Math.floor(drawn / 2), y, ink);
  assert.ok(length >= 2, `${what}: ${length} rows thick`);
  assert.ok(Math.abs(y - (start + Math.floor(length / 2))) <= blur, `${what}: rows from ${start}, ${length} of them`);
}

/** Bars of pictures in a corner are of the ink that is read on what is behind, those in a black strip are white. */
function inkOf(row: Row, background: Background): Ink {
  return background === 'dark' || /scale bar.*black margin strip/.test(row['note']) ? 'white' : 'black';
}

const rasterFormats = ['png', 'jpeg', 'tiff', 'webp'];
const allRasters = rasterFormats.flatMap((format) => ['--format', format]);

describe('scale bars are as long as they say, in every format', () => {
  const sizes = [
    [40, 40],
    [64, 64],
    [300, 200],
    [1024, 160],
    [3000, 160],
  ] as const;
  /** The longest of 1, 2, 5 × 10ⁿ µm within a tenth of the width; 40 px × 0.1083 µm × 10 % = 0.43 µm, so 0.2 µm … */
  const expectedUm: Readonly<Record<string, readonly number[]>> = {
    '0.1083': [0.2, 0.5, 2, 10, 20],
    '0.5': [2, 2, 10, 50, 100],
    '2.6': [10, 10, 50, 200, 500],
  };

  for (const [pixelSize, lengths] of Object.entries(expectedUm)) {
    it(`at ${pixelSize} µm per pixel, from 40 to 3000 pixels, on dark and bright pictures`, async () => {
      const fovs = (['dark', 'bright'] as const).flatMap((background) =>
        sizes.map(([width, height]) => [`${background}${width}`, width, height, background] as const),
      );
      const folder = dataset(fovs);
      const out = path.join(temporaryFolder(), 'out');
      const flags = ['--pixel-size', pixelSize, ...gray, ...allRasters];
      const { exitCode, stderr } = runCli('fovs', folder, '--out', out, ...flags);
      assert.equal(exitCode, 0, stderr);
      const rows = readManifest(out);
      assert.equal(rows.length, 10 * rasterFormats.length);
      for (const row of rows) {
        const [, , , background] = fovs.find(([name]) => name === row['fov'])!;
        const at = sizes.findIndex(([width]) => width === Number(row['width_px']));
        const lengthUm = lengths[at];
        assert.equal(Number(row['scale_bar_um']), lengthUm, row['path']);
        assert.ok(lengthUm <= 0.1 * sizes[at][0] * Number(pixelSize) * (1 + 1e-9));
        const picture = await decodePicture(path.join(out, row['path']));
        const exactPx = lengthUm / Number(pixelSize);
        assertBar(picture, row, inkOf(row, background), exactPx, row['format'] === 'jpeg' ? 1 : 0);
      }
    });
  }

  it('of a picture that is wide and low, in a strip where it does not fit', async () => {
    for (const background of ['dark', 'bright'] as const) {
      const folder = dataset([['A', 20000, 60, background]]);
      const { out, rows } = exportInto(folder, '--format', 'png', '--format', 'tiff', '--format', 'jpeg');
      for (const row of rows) {
        // 20 000 px × 0.5 µm × 10 % = 1000 µm
        assert.equal(row['scale_bar_um'], '1000');
        const picture = await decodePicture(path.join(out, row['path']));
        assertBar(picture, row, inkOf(row, background), 2000, row['format'] === 'jpeg' ? 1 : 0);
      }
    }
  });

  it('by the pixels of the output when downsampled, also where the last ones are cut', async () => {
    const { picture, row } = await exported(dataset([['A', 1000, 400, 'dark']]), '--downsample', '3');
    assert.equal(picture.widthPx, 334);
    // A tenth of 334 × 1.5 µm is 50.1 µm.
    assert.equal(row['scale_bar_um'], '50');
    assertBar(picture, row, 'white', 50 / 1.5);
  });

  it('up to another share of the width', async () => {
    const folder = dataset([['A', 300, 200, 'dark']]);
    for (const [percent, lengthUm] of [
      ['1', 1],
      ['33', 20],
      ['50', 50],
    ] as const) {
      const { picture, row } = await exported(folder, '--scale-bar-max', percent);
      assert.equal(Number(row['scale_bar_um']), lengthUm);
      assertBar(picture, row, 'white', lengthUm / 0.5);
    }
  });
});

describe('a scale bar', () => {
  const bothBackgrounds = [
    ['bright', 300, 200, 'bright'],
    ['dark', 300, 200, 'dark'],
  ] as const;

  it('has the length that is asked for, in any unit', async () => {
    const folder = dataset([['A', 300, 200, 'dark']]);
    for (const [text, pixelSize, lengthUm, exactPx] of [
      ['20um', '0.5', 20, 40],
      ['2e1 µm', '0.5', 20, 40],
      ['20μm', '0.5', 20, 40],
      ['13.7um', '0.5', 13.7, 27.4],
      ['700nm', '0.01', 0.7, 70],
      ['1mm', '5', 1000, 200],
    ] as const) {
      const out = path.join(temporaryFolder(), 'out');
      const flags = ['--scale-bar', text, '--pixel-size', pixelSize];
      assert.equal(runCli('fovs', folder, '--out', out, ...gray, ...flags).exitCode, 0, text);
      const [row] = readManifest(out);
      assert.equal(Number(row['scale_bar_um']), lengthUm, text);
      assertBar(await decodePicture(path.join(out, 'A.png')), row, 'white', exactPx);
    }
  });

  it('off leaves the picture bare, its pixel size unknown, and the columns empty', async () => {
    const folder = dataset([['A', 300, 200, 'bright']]);
    const out = path.join(temporaryFolder(), 'out');
    assert.equal(runCli('fovs', folder, '--out', out, ...gray, '--scale-bar', 'off').exitCode, 0);
    const picture = await decodePicture(path.join(out, 'A.png'));
    // 0 to 255 in white is the values themselves.
    assert.deepEqual([picture.widthPx, picture.heightPx], [300, 200]);
    const wrong = picture.rgb.findIndex((value, i) => {
      const pixel = Math.floor(i / 3);
      return value !== 195 + (((pixel % 300) * 7 + Math.floor(pixel / 300) * 13) % 60);
    });
    assert.equal(wrong, -1);
    const [row] = readManifest(out);
    assert.deepEqual(
      ['scale_bar_um', 'scale_bar_x', 'scale_bar_y', 'scale_bar_px', 'note'].map((name) => row[name]),
      ['', '', '', '', ''],
    );
  });

  it('stands in the corner that is asked for, and changes nothing far from it', async () => {
    const folder = dataset([['A', 300, 200, 'dark']]);
    const bare = await barePicture(folder);
    for (const place of ['top-left', 'top-right', 'bottom-left', 'bottom-right']) {
      const { picture, row } = await exported(folder, '--place', `bar=${place}`);
      assert.deepEqual([picture.widthPx, picture.heightPx], [300, 200]);
      assertBar(picture, row, 'white', 20);
      const changed = changedBox(picture, bare);
      const isLeft = place.endsWith('left');
      const isTop = place.startsWith('top');
      assert.ok(isLeft ? changed.right < 90 : changed.left >= 210, `${place}: ${JSON.stringify(changed)}`);
      assert.ok(isTop ? changed.bottom < 60 : changed.top >= 140, `${place}: ${JSON.stringify(changed)}`);
      // With its contour, it does not touch the picture's border.
      const { left, top, right, bottom } = changed;
      assert.ok(left > 0 && top > 0 && right < 299 && bottom < 199, `${place}: ${JSON.stringify(changed)}`);
    }
  });

  it('goes into a strip of the colour that is asked for, which leaves the pixels as they are', async () => {
    const folder = dataset(bothBackgrounds);
    const bare = await exportedAll(folder, ...nothing);
    for (const [color, place, ink, edge] of [
      ['black', 'margin', 'white', 0],
      ['white', 'bar=margin', 'black', 255],
    ] as const) {
      const pictures = await exportedAll(folder, '--place', place, '--margin-color', color);
      for (const [i, { picture, row }] of pictures.entries()) {
        assert.match(row['note'], new RegExp(`scale bar in a ${color} margin strip of \\d+ pixels below the picture`));
        assert.equal(picture.widthPx, 300);
        assertStripsOnly(picture, row, bare[i].picture);
        assertNothingAtEdges(picture, row, [edge, edge, edge]);
        assertBar(picture, row, ink, 20);
        assert.ok(Number(row['scale_bar_y']) > 200);
      }
    }
  });

  it('is white or black when asked, with a contour of the other on any background', async () => {
    const folder = dataset(bothBackgrounds);
    for (const [color, level, contour] of [
      ['white', 255, 0],
      ['black', 0, 255],
    ] as const) {
      for (const { picture, row } of await exportedAll(folder, '--scale-bar-color', color)) {
        const [x, y, length] = ['scale_bar_x', 'scale_bar_y', 'scale_bar_px'].map((name) => Number(row[name]));
        const levels = Array.from({ length: length + 2 }, (_, i) => picture.rgb[(y * 300 + x - 1 + i) * 3]);
        assert.deepEqual(levels, [contour, ...Array<number>(length).fill(level), contour], `${color} on ${row['fov']}`);
      }
    }
  });
});

/** The smallest box that holds all pixels in which two pictures of one size differ. */
function changedBox(
  a: DecodedPicture,
  b: DecodedPicture,
): { left: number; top: number; right: number; bottom: number } {
  const box = { left: Infinity, top: Infinity, right: -1, bottom: -1 };
  for (let i = 0; i < a.rgb.length; i++) {
    if (a.rgb[i] === b.rgb[i]) continue;
    const pixel = Math.floor(i / 3);
    const [x, y] = [pixel % a.widthPx, Math.floor(pixel / a.widthPx)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y);
  }
  return box;
}

describe('legends and text', () => {
  /** FOVs A, B … of these sizes: two channels, an annotation with class 1 on the left half, two cells of two types. */
  function tissue(...sizes: readonly (readonly [widthPx: number, heightPx: number])[]): string {
    const folder = temporaryFolder();
    const rows = ['fov,label,type'];
    for (const [i, [widthPx, heightPx]] of sizes.entries()) {
      const fov = 'ABCD'[i];
      const write = (file: string, value: (x: number, y: number) => number): void => {
        writePlane(path.join(folder, file), plane(widthPx, heightPx, value), {});
      };
      write(path.join(fov, 'DNA.tiff'), backgrounds.dark);
      write(path.join(fov, 'CD3.tiff'), backgrounds.dark);
      write(path.join('annotations', `${fov}_region.tiff`), (x) => (x < widthPx / 2 ? 1 : 0));
      write(path.join('masks', `${fov}_whole_cell.tiff`), (x, y) => (y > heightPx / 2 ? (x < widthPx / 3 ? 1 : 2) : 0));
      rows.push(`${fov},1,T cell`, `${fov},2,B cell`);
    }
    writeFileSync(path.join(folder, 'cell_table.csv'), rows.join('\n'));
    return folder;
  }

  const all = ['--legend', 'on', '--title', 'Title of {fov}', '--caption', 'A caption of some words, {scale_bar}.'];
  const overlays = ['--channel', 'CD3=red:0:255', '--annotation', 'region', '--mask', 'whole_cell,color=by:type'];

  it('none of them: the whole picture is the bare rendering, in every format without loss', async () => {
    const folder = tissue([300, 200]);
    const flags = [...overlays, '--format', 'png', '--format', 'tiff', '--format', 'webp'];
    const { out } = exportInto(folder, ...flags, '--scale-bar', 'off', '--legend', 'off', '--place', 'margin');
    const bare = await barePicture(folder, ...overlays);
    for (const name of ['A.png', 'A.tiff', 'A.webp']) {
      const picture = await decodePicture(path.join(out, name));
      assert.deepEqual([picture.widthPx, picture.heightPx], [300, 200], name);
      assert.ok(picture.rgb.equals(bare.rgb), name);
    }
  });

  it('in margins leave every pixel as it is; nothing reaches the edges of the figure', async () => {
    const folder = tissue([300, 200], [1024, 300], [90, 500]);
    const bare = await exportedAll(folder, ...overlays, ...nothing);
    for (const [color, edge] of [
      ['black', 0],
      ['white', 255],
    ] as const) {
      const place = ['--place', 'margin', '--margin-color', color];
      const pictures = await exportedAll(folder, ...overlays, ...all, ...place);
      for (const [i, { picture, row }] of pictures.entries()) {
        assertStripsOnly(picture, row, bare[i].picture);
        assertNothingAtEdges(picture, row, [edge, edge, edge]);
        for (const what of ['title', 'scale bar', 'channel legend', 'class legend', 'caption']) {
          assert.ok(row['note'].includes(what), `${what} is missing from ${row['note']}`);
        }
        assert.ok(stripAbove(row) > 0 && stripBelow(row) > 0);
      }
    }
  });

  it('in corners by default; each on its own changes its corner only', async () => {
    const folder = tissue([600, 400]);
    const bare = await barePicture(folder, ...overlays);
    const channels = (await exported(folder, ...overlays, ...nothing, '--legend', 'channels')).picture;
    const atLeft = changedBox(channels, bare);
    assert.ok(atLeft.right < 300 && atLeft.bottom < 200, JSON.stringify(atLeft));
    const classes = (await exported(folder, ...overlays, ...nothing, '--legend', 'classes')).picture;
    const atRight = changedBox(classes, bare);
    assert.ok(atRight.left >= 300 && atRight.bottom < 200, JSON.stringify(atRight));
    const both = (await exported(folder, ...overlays, ...nothing, '--legend', 'on')).picture;
    const box = changedBox(both, bare);
    assert.deepEqual(
      [box.left, box.top, box.right, box.bottom],
      [atLeft.left, Math.min(atLeft.top, atRight.top), atRight.right, Math.max(atLeft.bottom, atRight.bottom)],
    );
  });

  it('the legend has swatches of the colours, white for grayscale', async () => {
    const folder = tissue([300, 200]);
    const has = ({ rgb }: DecodedPicture, color: readonly number[]): boolean => {
      for (let i = 0; i < rgb.length; i += 3) if (color.every((part, j) => rgb[i + j] === part)) return true;
      return false;
    };
    const channels = ['--channel', 'CD3=orange:0:1e9', '--channel', 'CD3=#12ab34:0:1e9'];
    const legend = [...nothing, '--legend', 'channels', '--place', 'margin'];
    const { picture } = await exported(folder, ...channels, ...legend);
    const bare = await barePicture(folder, ...channels);
    const colors = [
      [255, 165, 0],
      [0x12, 0xab, 0x34],
    ];
    for (const color of colors) {
      assert.ok(has(picture, color) && !has(bare, color), color.join());
    }
    const separate = ['--separate-channels', '--grayscale'];
    for (const { picture: gray } of await exportedAll(folder, ...channels.slice(0, 2), ...legend, ...separate)) {
      assert.ok(!has(gray, colors[0]));
    }
  });

  it('a crop of 40 pixels with all of them: strips, the picture whole, nothing cut off', async () => {
    const folder = tissue([40, 40]);
    const bare = await barePicture(folder, ...overlays);
    const { picture, row } = await exported(folder, ...overlays, ...all);
    assert.ok(picture.widthPx >= 40);
    assertStripsOnly(picture, row, bare);
    assertNothingAtEdges(picture, row, [0, 0, 0]);
    assert.match(row['note'], /does not fit into the picture/);
    // A tenth of 40 × 0.5 µm.
    assert.equal(row['scale_bar_um'], '2');
    assertBar(picture, row, 'white', 4);
  });

  it('a word that is wider than the picture makes the figure wider, and is said', async () => {
    const folder = tissue([60, 60]);
    const bare = await barePicture(folder);
    const { picture, row } = await exported(folder, ...nothing, '--caption', 'Pneumonoultramicroscopic');
    assert.ok(picture.widthPx > 60);
    assert.match(row['note'], /wider than the picture/);
    assertStripsOnly(picture, row, bare);
    assertNothingAtEdges(picture, row, [0, 0, 0]);
  });

  it('are the same pixels in PNG, TIFF and WebP, and in the preview', async () => {
    const folder = tissue([300, 200]);
    const { out } = exportInto(folder, ...overlays, ...all, ...allRasters);
    const { rgb } = await decodePicture(path.join(out, 'A.png'));
    for (const name of ['A.tiff', 'A.webp']) {
      assert.ok((await decodePicture(path.join(out, name))).rgb.equals(rgb), name);
    }
    const file = path.join(temporaryFolder(), 'preview.png');
    const flags = ['--pixel-size', '0.5', ...gray, ...overlays, ...all, '--item', 'A', '--to', file];
    const { exitCode, stderr } = runCli('preview', 'fovs', folder, ...flags);
    assert.equal(exitCode, 0, stderr);
    assert.ok((await decodePicture(file)).rgb.equals(rgb), 'the preview differs');
  });

  it('the manifest says the picture in words, and these do not depend on the format', () => {
    const folder = dataset([['A', 300, 200, 'dark']]);
    const { rows } = exportInto(
      folder,
      '--format',
      'png',
      '--format',
      'svg',
      '--format',
      'pdf',
      '--format',
      'ome-tiff',
    );
    const [first, ...others] = rows;
    // 300 px × 0.5 µm
    assert.equal(
      first['alt_text'],
      'Multiplexed image of A, showing DNA in white. The picture is 150 µm wide. A scale bar marks 10 µm.',
    );
    assert.equal(
      first['caption'],
      'A: DNA (white, 0 to 255); intensities shown from black to full colour; scale bar, 10 µm.',
    );
    for (const row of others) {
      const isPicture = row['format'] !== 'ome-tiff';
      assert.equal(row['alt_text'], isPicture ? first['alt_text'] : '');
      assert.equal(row['caption'], isPicture ? first['caption'] : '');
    }
  });

  it('equal exports give equal bytes', () => {
    const folder = tissue([300, 200]);
    const [first, second] = [1, 2].map(() => exportInto(folder, ...overlays, ...all, ...allRasters));
    for (const name of ['A.png', 'A.jpg', 'A.tiff', 'A.webp']) {
      assert.ok(readFileSync(path.join(first.out, name)).equals(readFileSync(path.join(second.out, name))), name);
    }
  });
});

/** `pHYs` of a PNG: pixels per metre. */
function pngPixelsPerMetre(file: string): readonly [number, number, number] {
  const bytes = readFileSync(file);
  const at = bytes.indexOf('pHYs', 0, 'latin1') + 4;
  assert.ok(at > 4, 'there is no pHYs');
  return [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4), bytes[at + 8]];
}

/** XResolution, YResolution and ResolutionUnit of a classic TIFF (TIFF 6.0, section 8). */
function tiffResolution(file: string): readonly number[] {
  const bytes = readFileSync(file);
  assert.equal(bytes.toString('latin1', 0, 2), 'II');
  const directory = bytes.readUInt32LE(4);
  const found = new Map<number, number>();
  for (let i = 0; i < bytes.readUInt16LE(directory); i++) {
    const entry = directory + 2 + i * 12;
    const offset = bytes.readUInt32LE(entry + 8);
    const type = bytes.readUInt16LE(entry + 2);
    if (type === 5) found.set(bytes.readUInt16LE(entry), bytes.readUInt32LE(offset) / bytes.readUInt32LE(offset + 4));
    if (type === 3) found.set(bytes.readUInt16LE(entry), bytes.readUInt16LE(entry + 8));
  }
  return [282, 283, 296].map((tag) => found.get(tag) ?? Number.NaN);
}

describe('a print width', () => {
  const widths = [2048, 1000, 700] as const;
  const folderOf = (): string =>
    dataset(widths.map((width) => [`W${String(width).padStart(4, '0')}`, width, 120, 'dark'] as const));

  /** 85 mm at 300 dpi are 1003.9 pixels, at 200 dpi 669.3. */
  const cases = [
    ['300', { W2048: [2, 1024], W1000: [1, 1000], W0700: [1, 700] }, ['W1000', 'W0700']],
    ['200', { W2048: [3, 683], W1000: [1, 1000], W0700: [1, 700] }, []],
    ['120', { W2048: [5, 410], W1000: [2, 500], W0700: [1, 700] }, []],
  ] as const;

  for (const [dpi, expected, coarse] of cases) {
    it(`chooses the downsample for ${dpi} dpi, never upsamples, and says so; files state the resolution`, async () => {
      const flags = ['--width-mm', '85', '--dpi', dpi, '--format', 'png', '--format', 'tiff', '--format', 'jpeg'];
      const folder = folderOf();
      const { out, rows } = exportInto(folder, ...flags);
      for (const row of rows) {
        const [downsample, widthPx] = expected[row['fov'] as keyof typeof expected];
        const file = path.join(out, row['path']);
        assert.equal(row['downsample'], String(downsample), row['fov']);
        const { width, density } = await sharp(file).metadata();
        assert.equal(width, widthPx);
        // Pixels per metre and per inch that make so many pixels 85 mm wide.
        if (row['format'] === 'png') {
          const perMetre = Math.round(widthPx / 0.085);
          assert.deepEqual(pngPixelsPerMetre(file), [perMetre, perMetre, 1]);
        } else if (row['format'] === 'tiff') {
          const [x, y, unit] = tiffResolution(file);
          assert.equal(unit, 2);
          assert.ok(Math.abs((widthPx / x) * 25.4 - 85) < 1e-3 && x === y, `${x} × ${y}`);
        } else assert.equal(density, Math.round((widthPx / 85) * 25.4));
        const exactPx = Number(row['scale_bar_um']) / (0.5 * downsample);
        assertBar(await decodePicture(file), row, 'white', exactPx, row['format'] === 'jpeg' ? 1 : 0);
      }

      const out2 = path.join(temporaryFolder(), 'out');
      const dry = runCli(
        'fovs',
        folder,
        ...gray,
        '--pixel-size',
        '0.5',
        ...flags,
        '--out',
        out2,
        '--dry-run',
        '--json',
      );
      assert.equal(dry.exitCode, 0, dry.stderr);
      const problems = eventsOf(dry)[0]['problems'] as { readonly code: string; readonly message: string }[];
      const warned = problems.filter(({ code }) => code === 'PrintTooCoarse');
      assert.equal(warned.length, coarse.length > 0 ? 1 : 0);
      // 700 px on 85 mm
      if (coarse.length > 0) assert.match(warned[0].message, /^At a print width of 85 mm 2 of 3 .*209 at least/);
      for (const fov of Object.keys(expected)) {
        const isCoarse = (coarse as readonly string[]).includes(fov);
        assert.equal(
          warned.some(({ message }) => message.includes(fov)),
          isCoarse,
          fov,
        );
      }
    });
  }

  it('without --dpi is for 300 dpi', () => {
    const { rows } = exportInto(folderOf(), '--width-mm', '85');
    assert.deepEqual(
      rows.map((row) => [row['fov'], row['downsample']]),
      [
        ['W0700', '1'],
        ['W1000', '1'],
        ['W2048', '2'],
      ],
    );
  });

  it('sizes text by the paper: double the points, double the letters', async () => {
    const folder = dataset([['A', 2000, 1000, 'dark']]);
    // 2000 px on 4 inches are 500 dpi; an H of Liberation Sans is 1409/2048 of its size high.
    for (const [points, heightPx] of [
      ['10', (10 / 72) * 500 * (1409 / 2048)],
      ['20', (20 / 72) * 500 * (1409 / 2048)],
    ] as const) {
      const flags = ['--caption', 'H', '--width-mm', '101.6', '--font-size', points];
      const { picture } = await exported(folder, ...nothing, ...flags);
      const inked = Array.from({ length: picture.heightPx - 1000 }, (_, y) => {
        return longestRunInRow(picture, 1000 + y, 'white').length > 0;
      });
      const height = inked.lastIndexOf(true) + 1 - inked.indexOf(true);
      assert.ok(Math.abs(height - heightPx) <= 1, `${points} pt: ${height} pixels, expected ${heightPx}`);
    }
  });

  it('sizes lines by the paper: an outline of points', async () => {
    const folder = dataset([['A', 600, 300, 'dark']]);
    const cell = plane(600, 300, (x, y) => (x >= 100 && x < 500 && y >= 50 && y < 250 ? 1 : 0));
    writePlane(path.join(folder, 'masks', 'A_whole_cell.tiff'), cell, {});
    // 600 px on 50.8 mm are 300 dpi, 4.17 px per point.
    for (const [points, widthPx] of [
      ['0.5', 2],
      ['1', 4],
      ['2.5', 10],
      ['0.05', 1],
    ] as const) {
      const mask = ['--mask', `whole_cell,width=${points}pt,color=#ff0000`];
      const { picture } = await exported(folder, ...nothing, ...mask, '--width-mm', '50.8');
      let thick = 0;
      for (let x = 0; x < 300; x++) {
        const at = (150 * 600 + x) * 3;
        if (picture.rgb[at] === 255 && picture.rgb[at + 1] === 0) thick++;
      }
      assert.equal(thick, widthPx, `${points} pt`);
    }
  });
});
