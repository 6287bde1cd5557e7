import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SampleArray } from '../../src/core/model/image';
import { encodeOmeTiff, encodePicture, type OmeTiffPlanes } from '../support/encodeWhole';
import { plane, writePlane } from '../support/dataset';
import { runCli } from '../support/runCli';
import { hasProgram, outputOf } from '../support/runProgram';
import { sampleArrays } from '../support/sampleArrays';
import { temporaryFolder } from '../support/temporaryFolder';

type Written = keyof typeof sampleArrays;

/** Half a micrometre wide. */
const pixelSizeUm = 0.5;

/** Channels of neighbours that differ, with values all over the type, the same in every run. */
function fov(sampleType: Written, widthPx: number, heightPx: number, channels: number): OmeTiffPlanes {
  const channel = (c: number): OmeTiffPlanes['channels'][number] => {
    const samples = new sampleArrays[sampleType](widthPx * heightPx);
    for (let i = 0; i < samples.length; i++) samples[i] = (i * 2654435761 + c * 977) / 1.25 - (i % 5) * 1e9;
    return { name: `C${c}`, sampleType, plane: { widthPx, heightPx, samples } };
  };
  return { name: 'FOV', channels: Array.from({ length: channels }, (_, c) => channel(c)), pixelSizeUm };
}

interface WrittenFile {
  readonly file: string;
  readonly widthPx: number;
  readonly heightPx: number;
  /** One for each page, as stored. */
  readonly pages: readonly SampleArray[];
}

/** Pictures of one strip, of several, and with `tiled` of tiles. */
async function writePictures(folder: string, { tiled }: { readonly tiled: boolean }): Promise<WrittenFile[]> {
  const sizes = [[90, 60], [700, 500], ...(tiled ? [[2100, 600]] : [])];
  const files: WrittenFile[] = [];
  for (const [widthPx, heightPx] of sizes) {
    const rgb = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => (i * 7) ^ (i >> 5));
    const file = path.join(folder, `rgb-${widthPx}.tiff`);
    writeFileSync(file, await encodePicture({ widthPx, heightPx, rgb }, 'tiff', 300));
    files.push({ file, widthPx, heightPx, pages: [rgb] });
  }
  return files;
}

async function writeFovs(folder: string, types: readonly Written[], tiled: boolean): Promise<WrittenFile[]> {
  const files: WrittenFile[] = [];
  for (const sampleType of types) {
    for (const [widthPx, heightPx, channels] of [[61, 43, 3], [400, 500, 1], ...(tiled ? [[2050, 520, 2]] : [])]) {
      const input = fov(sampleType, widthPx, heightPx, channels);
      const file = path.join(folder, `${sampleType}-${widthPx}.ome.tiff`);
      writeFileSync(file, await encodeOmeTiff(input));
      files.push({ file, widthPx, heightPx, pages: input.channels.map((each) => each.plane.samples) });
    }
  }
  return files;
}

function bytesOf({ buffer, byteOffset, byteLength }: SampleArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** As `bytesOf`, most significant byte first. */
function bigEndian(samples: SampleArray): Buffer {
  const bytes = Buffer.from(bytesOf(samples));
  if (samples.BYTES_PER_ELEMENT === 2) return bytes.swap16();
  return samples.BYTES_PER_ELEMENT === 4 ? bytes.swap32() : bytes;
}

/** Where Debian's package puts it. */
const imageJ = '/usr/share/java/ij.jar';

/** For each file of a list: what it is, and its pixels beside it as ImageJ has them. A dialog would wait for ever. */
const macro = `
files = split(File.openAsString(getArgument()), "\\n");
for (i = 0; i < files.length; i++) {
  open(files[i]);
  getPixelSize(unit, width, height);
  print(getWidth + " " + getHeight + " " + nSlices + " " + bitDepth + " " + d2s(width, 6) + " " + d2s(height, 6) + " " + unit);
  saveAs("Raw Data", files[i] + ".raw");
  close("*");
}
run("Quit");
`;

/** Whatever the locale: without one, Java writes a question mark for µ. */
const inUtf8 = ['-Dfile.encoding=UTF-8', '-Dstdout.encoding=UTF-8', '-Dsun.stdout.encoding=UTF-8'];

/** What ImageJ says of each file, and its pixels. */
async function openInImageJ(files: readonly WrittenFile[]): Promise<{ said: string[]; raw: Buffer }[]> {
  const folder = temporaryFolder();
  const [list, script] = [path.join(folder, 'list.txt'), path.join(folder, 'read.ijm')];
  writeFileSync(list, files.map(({ file }) => file).join('\n'));
  writeFileSync(script, macro);
  const said = await outputOf('xvfb-run', '-a', 'java', '-Xmx512m', ...inUtf8, '-jar', imageJ, '-batch', script, list);
  const lines = said.trim().split('\n');
  assert.equal(lines.length, files.length, said);
  return files.map(({ file }, i) => ({ said: lines[i].split(' '), raw: readFileSync(`${file}.raw`) }));
}

describe('TIFFs that we write, in ImageJ', function () {
  this.timeout(120_000);

  before(function () {
    if (!existsSync(imageJ) || !hasProgram('java', '-version') || !hasProgram('xvfb-run', '--help')) this.skip(); // no ImageJ
  });

  it('has the pixels of an RGB picture', async () => {
    const files = await writePictures(temporaryFolder(), { tiled: false });
    for (const [i, { said, raw }] of (await openInImageJ(files)).entries()) {
      const { file, widthPx, heightPx, pages } = files[i];
      assert.deepEqual(said.slice(0, 4), [widthPx, heightPx, 1, 24].map(String), file);
      assert.ok(raw.equals(bytesOf(pages[0])), `${file}: other pixels`);
    }
  });

  it('has the pixels of every channel of an OME-TIFF, as a stack, and its pixel size in µm', async () => {
    // The others it has no image for: it reads 32-bit integers as floats, and says of float64 that it cannot.
    const files = await writeFovs(temporaryFolder(), ['uint8', 'uint16', 'int16', 'float32'], false);
    for (const [i, { said, raw }] of (await openInImageJ(files)).entries()) {
      const { file, widthPx, heightPx, pages } = files[i];
      const bits = pages[0].BYTES_PER_ELEMENT * 8;
      assert.deepEqual(
        said,
        [...[widthPx, heightPx, pages.length, bits].map(String), '0.500000', '0.500000', 'µm'],
        file,
      );
      assert.ok(raw.equals(Buffer.concat(pages.map(bigEndian))), `${file}: other pixels`);
    }
  });

  it('has what the command line exported', async () => {
    const [folder, out] = [temporaryFolder(), path.join(temporaryFolder(), 'out')];
    mkdirSync(path.join(folder, 'F'));
    writePlane(
      path.join(folder, 'F', 'DNA.tiff'),
      plane(20, 20, (x, y) => (y * 20 + x) * 3),
    );
    const look = ['--channel', 'DNA=white:0:1200', '--scale-bar', 'off', '--format', 'tiff', '--format', 'ome-tiff'];
    const { exitCode, stderr } = runCli('fovs', folder, ...look, '--out', out);
    assert.equal(exitCode, 0, stderr);
    const names = ['F.tiff', 'F.ome.tiff'].map((name) => path.join(out, name));
    const [rgb, counts] = await openInImageJ(names.map((file) => ({ file, widthPx: 20, heightPx: 20, pages: [] })));
    // Columns 3 to 7 of row 10: 609, 612 … 621, of 1200 in white.
    assert.deepEqual(
      [...rgb.raw.subarray((10 * 20 + 3) * 3, (10 * 20 + 8) * 3)].filter((_, i) => i % 3 === 0),
      [129, 130, 131, 131, 132],
    );
    assert.deepEqual(
      [3, 4, 5, 6, 7].map((x) => counts.raw.readUInt16BE((10 * 20 + x) * 2)),
      [609, 612, 615, 618, 621],
    );
  });
});

describe('TIFFs that we write, in libvips', function () {
  this.timeout(120_000);

  before(function () {
    if (!hasProgram('vips')) this.skip(); // no command line of libvips
  });

  it('has the pixels of RGB pictures and of every channel of OME-TIFFs, in strips and tiles', async () => {
    const folder = temporaryFolder();
    // It reads no TIFF of 64-bit samples.
    const types = (Object.keys(sampleArrays) as Written[]).filter((type) => type !== 'float64');
    const files = [...(await writePictures(folder, { tiled: true })), ...(await writeFovs(folder, types, true))];
    for (const { file, pages } of files) {
      await outputOf('vips', 'rawsave', `${file}[n=-1]`, `${file}.raw`);
      assert.ok(readFileSync(`${file}.raw`).equals(Buffer.concat(pages.map(bytesOf))), `${file}: other pixels`);
    }
  });
});
