import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeSample } from '../../sample/makeSample';
import { readPlane } from '../../src/core/read/openImage';
import { decodePicture, type DecodedPicture, plane, readManifest, writePlane } from '../support/dataset';
import { longestRunInRow } from '../support/measureBar';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const channels = ['DNA', 'CD3', 'PanCK'];
const tileSide = 256;
const umPerPx = 0.5;
/** Where the tiles of a sample FOV of 512 × 512 pixels lie. */
const corners = { NW: [0, 0], NE: [256, 0], SW: [0, 256], SE: [256, 256] } as const;

type Sample = Awaited<ReturnType<typeof readPlane>>;

/** MIBI's run file: centres in µm, the slide's origin somewhere on the glass. */
function runFile(tiles: Readonly<Record<string, readonly [number, number]>>): string {
  const size = tileSide * umPerPx;
  const fovs = Object.entries(tiles).map(([name, [x, y]]) => ({
    name,
    slideId: 402,
    centerPointMicrons: { x: 13_000 + x * umPerPx + size / 2, y: 47_000 + y * umPerPx + size / 2 },
    fovSizeMicrons: size,
    frameSizePixels: { width: tileSide, height: tileSide },
  }));
  return JSON.stringify({ exportDateTime: '2026-01-15T09:30:00.000Z', fovs });
}

/** A FOV of the sample as a slide of four tiles. The FOVs of the dataset are those of `kept`. */
async function slideDataset(sample: string, kept: readonly (keyof typeof corners)[], relabel = false): Promise<string> {
  const folder = temporaryFolder();
  const cut = (image: Sample, x0: number, y0: number, value: (sample: number) => number): ReturnType<typeof plane> =>
    plane(tileSide, tileSide, (x, y) => value(image.samples[(y0 + y) * image.widthPx + x0 + x]));
  const images = new Map<string, Sample>();
  for (const channel of channels) {
    images.set(channel, await readPlane({ file: path.join(sample, 'Tumor_core', `${channel}.tiff`) }));
  }
  const mask = await readPlane({ file: path.join(sample, 'masks', 'Tumor_core_whole_cell.tiff') });
  for (const [i, name] of kept.entries()) {
    const [x, y] = corners[name];
    for (const [channel, image] of images)
      writePlane(path.join(folder, name, `${channel}.tiff`), cut(image, x, y, Number), {});
    const renumber = (label: number): number => (relabel && label > 0 ? ((label * 7 + i * 131) % 4001) + 1 : label);
    writePlane(path.join(folder, 'masks', `${name}_whole_cell.tiff`), cut(mask, x, y, renumber), {});
  }
  mkdirSync(path.join(folder, '.UELer', 'maps', 'run 1'), { recursive: true });
  writeFileSync(path.join(folder, '.UELer', 'maps', 'run 1', 'run.json'), runFile(corners));
  return folder;
}

const look = [
  ...['DNA=blue:20:600', 'CD3=red:10:200', 'PanCK=green:12:170'].flatMap((text) => ['--channel', text]),
  ...['--scale-bar', 'off'],
];

describe('stitched slides', () => {
  let sample: string;
  let slide: string;

  before(async () => {
    sample = path.join(temporaryFolder(), 'sample');
    await makeSample(sample);
    slide = await slideDataset(sample, ['NW', 'NE', 'SW', 'SE']);
  });

  const run = (mode: 'rois' | 'fovs', dataset: string, ...flags: string[]): string => {
    const out = path.join(temporaryFolder(), 'out');
    const { exitCode, stderr } = runCli(mode, dataset, ...flags, '--out', out);
    assert.equal(exitCode, 0, stderr);
    return out;
  };

  it('are listed', () => {
    const { slides } = JSON.parse(runCli('inspect', slide, '--json').stdout) as {
      slides: { id: string; widthPx: number; heightPx: number; tiles: { fov: string; x: number; y: number }[] }[];
    };
    assert.deepEqual(
      slides.map(({ id, widthPx, heightPx, tiles }) => [
        id,
        widthPx,
        heightPx,
        tiles.map(({ fov, x, y }) => [fov, x, y]),
      ]),
      [
        [
          '402',
          512,
          512,
          [
            ['NE', 256, 0],
            ['NW', 0, 0],
            ['SE', 256, 256],
            ['SW', 0, 256],
          ],
        ],
      ],
    );
  });

  for (const flags of [
    [],
    ['--mask', 'whole_cell'],
    ['--mask', 'whole_cell,width=3px', '--downsample', '2'],
    ['--mask', 'whole_cell,width=2px,color=yellow', '--downsample', '3', '--resample', 'nearest'],
    ['--mask', 'whole_cell,mode=fill,alpha=0.4,color=orange', '--downsample', '5'],
  ]) {
    it(`are one picture, as if they had never been cut: ${flags.join(' ') || 'channels'}`, async () => {
      const whole = path.join(run('fovs', sample, '--fov', 'Tumor_core', ...look, ...flags), 'Tumor_core.png');
      const stitched = path.join(run('rois', slide, '--map', '402', ...look, ...flags), 'map_402.png');
      assertSamePixels(await decodePicture(stitched), await decodePicture(whole));
    });
  }

  it('have outlines that go on across seams also where every tile was segmented on its own', async () => {
    const relabelled = await slideDataset(sample, ['NW', 'NE', 'SW', 'SE'], true);
    const flags = ['--mask', 'whole_cell,color=white', '--masks-only', '--scale-bar', 'off'];
    const whole = await decodePicture(
      path.join(run('fovs', sample, '--fov', 'Tumor_core', ...flags), 'Tumor_core.png'),
    );
    const stitched = await decodePicture(path.join(run('rois', relabelled, '--map', '402', ...flags), 'map_402.png'));
    let [differing, outside, lit] = [0, 0, 0];
    for (let i = 0; i < 512 * 512; i++) {
      if (whole.rgb[i * 3] > 0) lit++;
      if (whole.rgb[i * 3] === stitched.rgb[i * 3]) continue;
      differing++;
      const [x, y] = [i % 512, Math.floor(i / 512)];
      if (![255, 256].includes(x) && ![255, 256].includes(y)) outside++;
    }
    // Cells that touch two others across a seam leave it open which of them goes on; nothing else may differ.
    assert.equal(outside, 0);
    assert.ok(lit > 10_000 && differing < 40, `${differing} of ${lit}`);
  });

  it('have ROIs, whose boxes are pixels of the slide, with shapes', async () => {
    const file = path.join(temporaryFolder(), 'rois.json');
    const triangle = {
      name: 'triangle',
      points: [
        [200, 210],
        [330, 230],
        [250, 340],
      ],
    };
    const box = { name: 'box', x: 190.5, y: 200.25, widthPx: 150, heightPx: 160 };
    const rois = (place: object): string =>
      JSON.stringify({ version: 1, rois: [triangle, box].map((roi) => ({ ...roi, ...place })) });
    const flags = [...look, '--mask', 'whole_cell', '--draw-shape', '--rois', file];
    writeFileSync(file, rois({ fov: 'Tumor_core' }));
    const whole = run('rois', sample, ...flags);
    writeFileSync(file, rois({ mapId: '402' }));
    const stitched = run('rois', slide, ...flags);
    for (const name of ['triangle', 'box']) {
      const [a, b] = [path.join(stitched, `map_402_roi_${name}.png`), path.join(whole, `Tumor_core_roi_${name}.png`)];
      assertSamePixels(await decodePicture(a), await decodePicture(b));
    }
    const [first] = readManifest(stitched);
    assert.deepEqual(
      ['item', 'fov', 'roi_id', 'x', 'y', 'width_px', 'height_px', 'pixel_size_um'].map((name) => first[name]),
      ['1', 'map_402', '1', '200', '210', '130', '130', '0.5'],
    );
  });

  it('B5: have a bar of its true length at every downsample', async () => {
    for (const downsample of [1, 2, 4]) {
      const black = ['--channel', 'DNA=black:0:1', '--scale-bar', '20um', '--scale-bar-color', 'white'];
      const out = run('rois', slide, '--map', '402', ...black, '--downsample', String(downsample));
      const [row] = readManifest(out);
      const picture = await decodePicture(path.join(out, 'map_402.png'));
      const found = longestRunInRow(picture, Number(row['scale_bar_y']), 'white');
      assert.ok(Math.abs(found.length - 20 / (umPerPx * downsample)) <= 0.5, `${found.length} at ${downsample}`);
    }
  });

  it('are black where a FOV is not there, and say so', async () => {
    const withGap = await slideDataset(sample, ['NW', 'SW', 'SE']);
    const out = run(
      'rois',
      withGap,
      '--map',
      '402',
      ...look,
      '--channel',
      'DNA=white:-100:600',
      '--mask',
      'whole_cell',
    );
    const whole = await decodePicture(
      path.join(
        run('rois', slide, '--map', '402', ...look, '--channel', 'DNA=white:-100:600', '--mask', 'whole_cell'),
        'map_402.png',
      ),
    );
    const { rgb } = await decodePicture(path.join(out, 'map_402.png'));
    for (let y = 0; y < 512; y++) {
      for (let x = 0; x < 512; x++) {
        const at = (y * 512 + x) * 3;
        const isGap = x >= 256 && y < 256;
        // The border of a tile is no border of cells: cells that were cut have no line there.
        if (isGap) assert.deepEqual([...rgb.subarray(at, at + 3)], [0, 0, 0], `${x}, ${y}`);
        else if (x < 255 || y > 256)
          assert.ok(rgb.subarray(at, at + 3).equals(whole.rgb.subarray(at, at + 3)), `${x}, ${y}`);
      }
    }
    const [row] = readManifest(out);
    assert.match(row['note'], /FOVs that the dataset does not have are black: NE/);
    assert.match(row['note'], /65536 pixels \(25 %\) are in no tile: black there/);
  });

  it('have no line where a cell is cut by the border of its tile', async () => {
    const withGap = await slideDataset(sample, ['NW', 'SW', 'SE']);
    const flags = ['--masks-only', '--mask', 'whole_cell', '--scale-bar', 'off'];
    const { rgb } = await decodePicture(path.join(run('rois', withGap, '--map', '402', ...flags), 'map_402.png'));
    const { samples } = await readPlane({ file: path.join(sample, 'masks', 'Tumor_core_whole_cell.tiff') });
    let [lit, cells] = [0, 0];
    for (let y = 1; y < 255; y++) {
      const at = y * 512 + 255;
      const others = [at - 1, at - 512, at + 512].filter((i) => samples[i] !== samples[at]);
      const expected = samples[at] !== 0 && others.length > 0;
      assert.equal(rgb[at * 3] > 0, expected, `255, ${y}`);
      lit += Number(expected);
      cells += Number(samples[at] !== 0);
    }
    assert.ok(lit > 5 && lit < cells / 2, `${lit} of ${cells}`);
  });

  it('have colours by the cell table of each tile', async () => {
    const rows: string[] = [];
    for (const fov of ['NW', 'NE', 'SW', 'SE']) {
      const { samples } = await readPlane({ file: path.join(slide, 'masks', `${fov}_whole_cell.tiff`) });
      const labels = [...new Set<number>(samples)].filter((label) => label > 0);
      rows.push(...labels.map((label) => `${fov},${label},${label % 2 === 0 ? 'even' : 'odd'}`));
    }
    writeFileSync(path.join(slide, 'cell_table.csv'), ['fov,label,kind', ...rows].join('\n'));
    const flags = [
      '--masks-only',
      '--mask',
      'whole_cell,mode=fill,color=by:kind',
      '--scale-bar',
      'off',
      '--legend',
      'classes',
    ];
    const out = run('rois', slide, '--map', '402', ...flags, '--place', 'classes=margin');
    const { rgb } = await decodePicture(path.join(out, 'map_402.png'));
    const mask = await readPlane({ file: path.join(sample, 'masks', 'Tumor_core_whole_cell.tiff') });
    // even is the first class, odd the second.
    const colors = { even: [0xe6, 0x9f, 0x00], odd: [0x56, 0xb4, 0xe9] };
    for (let i = 0; i < mask.samples.length; i += 7) {
      const label = mask.samples[i];
      const expected = label === 0 ? [0, 0, 0] : label % 2 === 0 ? colors.even : colors.odd;
      assert.deepEqual([...rgb.subarray(i * 3, i * 3 + 3)], expected, String(i));
    }
  });

  it('have percentile limits of the whole slide, not of each tile', async () => {
    const flags = ['--channel', 'DNA=white:p1:p99.8', '--contrast-scope', 'fov', '--scale-bar', 'off'];
    const whole = path.join(run('fovs', sample, '--fov', 'Tumor_core', ...flags), 'Tumor_core.png');
    const stitched = path.join(run('rois', slide, '--map', '402', ...flags), 'map_402.png');
    assertSamePixels(await decodePicture(stitched), await decodePicture(whole));
  });

  it('are written as unrendered channels, 0 where there is no tile', async () => {
    const withGap = await slideDataset(sample, ['NW', 'SW', 'SE']);
    const out = run('rois', withGap, '--map', '402', ...look, '--format', 'ome-tiff');
    const file = path.join(out, 'map_402.ome.tiff');
    const written = await readPlane({ file, plane: { page: 0, sample: 0 } });
    const dna = await readPlane({ file: path.join(sample, 'Tumor_core', 'DNA.tiff') });
    assert.ok(written.samples instanceof Uint16Array);
    for (let i = 0; i < dna.samples.length; i += 5) {
      const isGap = i % 512 >= 256 && i < 512 * 256;
      assert.equal(written.samples[i], isGap ? 0 : dna.samples[i], String(i));
    }
  });

  it('are previewed as they are exported', () => {
    const out = run('rois', slide, '--map', '402', ...look, '--mask', 'whole_cell');
    const to = path.join(temporaryFolder(), 'preview.png');
    const { exitCode, stderr } = runCli(
      'preview',
      'rois',
      slide,
      '--map',
      '402',
      ...look,
      '--mask',
      'whole_cell',
      '--item',
      'map_402',
      '--to',
      to,
    );
    assert.equal(exitCode, 0, stderr);
    assert.ok(readFileSync(to).equals(readFileSync(path.join(out, 'map_402.png'))));
  });

  it('are refused by name when they are not there', () => {
    const { exitCode, stderr } = runCli('rois', slide, '--map', '403', ...look, '--dry-run');
    assert.equal(exitCode, 2);
    assert.match(stderr, /^RoiInvalid: Expected map 403 among the map descriptors of .*, but found 402\./);
  });

  it('fail where a tile is not as large as the descriptor says', async () => {
    const odd = await slideDataset(sample, ['NW', 'NE', 'SW', 'SE']);
    for (const channel of channels)
      writePlane(
        path.join(odd, 'NE', `${channel}.tiff`),
        plane(200, 256, () => 5),
        {},
      );
    const out = path.join(temporaryFolder(), 'out');
    const { exitCode, stderr } = runCli('rois', odd, '--map', '402', ...look, '--out', out);
    assert.equal(exitCode, 1);
    assert.match(stderr, /SizeMismatch: Expected 256 × 256 pixels for FOV NE, as map 402 says, but found 200 × 256/);
  });
});

function assertSamePixels(found: DecodedPicture, expected: DecodedPicture): void {
  assert.deepEqual([found.widthPx, found.heightPx], [expected.widthPx, expected.heightPx]);
  const at = found.rgb.findIndex((byte, i) => byte !== expected.rgb[i]);
  const [x, y] = [Math.floor(at / 3) % found.widthPx, Math.floor(at / 3 / found.widthPx)];
  assert.equal(at, -1, `the first that differs is ${x}, ${y}`);
}
