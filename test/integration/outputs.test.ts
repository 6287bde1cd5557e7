import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { openDataset } from '../../src/core/read/openDataset';
import { readPlane } from '../../src/core/read/openImage';
import { decodePicture, plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { type CliResult, eventsOf, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const channels = ['--channel', 'DNA=blue:0:255', '--channel', 'CD3=red:0:195'];

function run(folder: string, ...flags: string[]): CliResult & { readonly out: string } {
  const out = path.join(temporaryFolder(), 'out');
  return { out, ...runCli('fovs', folder, '--out', out, ...flags) };
}

function pictures(out: string): string[] {
  return readdirSync(out)
    .filter((name) => !name.startsWith('.') && name !== 'manifest.csv')
    .sort();
}

describe('several formats of one render', () => {
  it('hold the same pixels, are named by their format, and each has its row', async () => {
    const formats = ['png', 'jpeg', 'tiff', 'webp', 'ome-tiff'];
    const flags = formats.flatMap((format) => ['--format', format]);
    const { out, exitCode, stderr } = run(
      smallDataset(['A']),
      ...channels,
      '--mask',
      'whole_cell',
      '--dpi',
      '300',
      ...flags,
    );
    assert.equal(exitCode, 0, stderr);
    assert.deepEqual(pictures(out), ['A.jpg', 'A.ome.tiff', 'A.png', 'A.tiff', 'A.webp']);
    const { rgb } = await decodePicture(path.join(out, 'A.png'));
    for (const name of ['A.tiff', 'A.webp']) {
      assert.ok((await decodePicture(path.join(out, name))).rgb.equals(rgb), `${name} has other pixels`);
    }
    const jpeg = (await decodePicture(path.join(out, 'A.jpg'))).rgb;
    const off = jpeg.reduce((sum, value, i) => sum + Math.abs(value - rgb[i]), 0) / jpeg.length;
    assert.ok(off < 3, `JPEG is ${off} levels off on average`);
    for (const name of ['A.png', 'A.jpg', 'A.tiff']) {
      assert.equal(Math.round((await sharp(path.join(out, name)).metadata()).density ?? 0), 300, name);
    }
    const rows = readManifest(out);
    assert.deepEqual(
      rows.map((row) => [row['format'], row['path'], row['outcome']]),
      formats.map((format, i) => [format, ['A.png', 'A.jpg', 'A.tiff', 'A.webp', 'A.ome.tiff'][i], 'written']),
    );
    assert.equal(rows[0]['scale_bar_um'], '2');
    assert.equal(rows[4]['scale_bar_um'], '', 'unrendered channels have no bar');
  });

  it('ome-tiff: the channels as they were, also when pictures are downsampled; our own reader finds them again', async () => {
    const folder = smallDataset(['A']);
    const { out } = run(folder, ...channels, '--format', 'ome-tiff', '--format', 'png', '--downsample', '4');
    const [row] = readManifest(out).filter((each) => each['format'] === 'ome-tiff');
    assert.equal(row['downsample'], '1');
    const [fov] = (await openDataset(out)).fovs;
    assert.deepEqual(
      [fov.name, fov.channels.map(({ name }) => name), fov.statedPixelSize?.pixelSize],
      ['A', ['DNA', 'CD3'], { um: 0.5, origin: 'ome' }],
    );
    for (const [i, file] of ['DNA.tiff', 'CD3.tif'].entries()) {
      const original = await readPlane({ file: path.join(folder, 'A', file) });
      assert.deepEqual(await readPlane(fov.channels[i]), original);
    }
  });

  it('ome-tiff: channels of different sample types fail with a code, and leave no other file of the item', () => {
    const folder = smallDataset(['A']);
    writePlane(path.join(folder, 'A', 'f.tif'), { widthPx: 60, heightPx: 40, data: new Float32Array(2400) });
    const flags = ['--channel', 'DNA=blue:0:255', '--channel', 'f=red:0:1', '--format', 'png', '--format', 'ome-tiff'];
    const { out, exitCode } = run(folder, ...flags);
    assert.equal(exitCode, 1);
    assert.deepEqual(pictures(out), []);
    assert.deepEqual(
      readdirSync(out).filter((name) => name.endsWith('.part')),
      [],
    );
    assert.equal(readManifest(out)[0]['error_code'], 'MixedSampleTypes');
  });
});

describe('separate channels', () => {
  it('are a file each, in their colour, with overlays on every one', async () => {
    const { out } = run(
      smallDataset(['A']),
      ...channels,
      '--separate-channels',
      '--mask',
      'whole_cell',
      '--scale-bar',
      'off',
    );
    assert.deepEqual(pictures(out), ['A_CD3.png', 'A_DNA.png']);
    const dna = await decodePicture(path.join(out, 'A_DNA.png'));
    const at = (x: number, y: number): number[] => [...dna.rgb.subarray((y * 60 + x) * 3, (y * 60 + x) * 3 + 3)];
    assert.deepEqual(
      [at(40, 30), at(10, 15)],
      [
        [0, 0, 160],
        [255, 255, 255],
      ],
    );
    assert.deepEqual(
      readManifest(out).map((row) => [row['path'], row['channel']]),
      [
        ['A_DNA.png', 'DNA'],
        ['A_CD3.png', 'CD3'],
      ],
    );
  });

  it('are white when asked', async () => {
    const { out } = run(smallDataset(['A']), ...channels, '--separate-channels', '--grayscale', '--scale-bar', 'off');
    const { rgb } = await decodePicture(path.join(out, 'A_DNA.png'));
    assert.deepEqual([...rgb.subarray(40 * 3, 40 * 3 + 3)], [160, 160, 160]);
  });

  it('of one colour go together when asked', async () => {
    const flags = ['--channel', 'DNA=blue:0:255', '--channel', 'CD3=blue:0:390', '--channel', 'DNA=red:0:255'];
    const { out } = run(smallDataset(['A']), ...flags, '--merge-same-color', '--scale-bar', 'off');
    assert.deepEqual(pictures(out), ['A_DNA.png', 'A_DNA_CD3.png']);
    const { rgb } = await decodePicture(path.join(out, 'A_DNA_CD3.png'));
    // Row 20, column 10: 40/255 + 100/390 of blue.
    assert.equal(rgb[(20 * 60 + 10) * 3 + 2], Math.floor(255 * (40 / 255 + 100 / 390) + 0.5));
  });

  it('say before the start that white needs them', () => {
    const { exitCode, stderr, out } = run(smallDataset(['A']), ...channels, '--grayscale');
    assert.equal(exitCode, 2);
    assert.match(stderr, /separate channels/);
    assert.equal(existsSync(out), false);
  });

  it('of names that one file name would have are told apart', () => {
    const folder = smallDataset(['A']);
    for (const name of ['a b', 'a_b'])
      writePlane(
        path.join(folder, 'A', `${name}.tif`),
        plane(60, 40, () => 1),
      );
    const { out } = run(folder, '--channel', 'a b=red:0:1', '--channel', 'a_b=red:0:1', '--separate-channels');
    assert.deepEqual(pictures(out), ['A_a_b.png', 'A_a_b_2.png']);
  });
});

describe('contrast limits by percentile', () => {
  const flags = ['--channel', 'v=white:p0:p100', '--scale-bar', 'off'];
  function ramps(): string {
    const folder = temporaryFolder();
    for (const [fov, top] of [
      ['A', 10],
      ['B', 20],
    ] as const) {
      writePlane(
        path.join(folder, fov, 'v.tif'),
        plane(11, 1, (x) => (x * top) / 10),
      );
    }
    return folder;
  }

  it('are found over the batch, or over each FOV, which the manifest says', async () => {
    const batch = run(ramps(), ...flags);
    assert.equal((await decodePicture(path.join(batch.out, 'A.png'))).rgb[10 * 3], 128);
    const each = run(ramps(), ...flags, '--contrast-scope', 'fov');
    assert.equal((await decodePicture(path.join(each.out, 'A.png'))).rgb[10 * 3], 255);
    assert.deepEqual(
      readManifest(each.out).map((row) => row['note']),
      ['v: contrast limits 0 and 10', 'v: contrast limits 0 and 20'],
    );
  });
});

describe('a dry run with several files per item', () => {
  it('names every file and writes none', () => {
    const flags = ['--separate-channels', '--format', 'png', '--format', 'jpeg', '--dry-run', '--json'];
    const result = run(smallDataset(['A']), ...channels, ...flags);
    const item = eventsOf(result).find((event) => event['event'] === 'planned-item');
    assert.deepEqual(item?.['paths'], ['A_DNA.png', 'A_CD3.png', 'A_DNA.jpg', 'A_CD3.jpg']);
    assert.equal(existsSync(result.out), false);
  });
});

describe('the dataset', () => {
  it('may be a single image', () => {
    const folder = smallDataset(['A', 'B']);
    const { out } = run(folder, ...channels, '--format', 'ome-tiff');
    const result = run(path.join(out, 'B.ome.tiff'), ...channels);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.deepEqual(pictures(result.out), ['B.png']);
    assert.ok(readFileSync(path.join(result.out, 'manifest.csv'), 'utf8').includes('B.png'));
  });
});
