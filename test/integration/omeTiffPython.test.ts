import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Picture, SampleArray } from '../../src/core/model/image';
import type { PictureFormat } from '../../src/core/write/pictureEncoder';
import { encodeOmeTiff, encodePicture, type OmeTiffPlanes } from '../support/encodeWhole';
import { findPython, runPython } from '../support/runPython';
import { sampleArrays } from '../support/sampleArrays';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

/** What tifffile finds in the OME-TIFFs whose paths it is given, as a JSON list. */
const readWithTifffile = `
import hashlib, json, sys, tifffile
def as_list(x): return x if isinstance(x, list) else [x]
found = []
for file in sys.argv[1:]:
    with tifffile.TiffFile(file) as tiff:
        image = tifffile.xml2dict(tiff.ome_metadata)['OME']['Image']
        pixels = image['Pixels']
        values = tiff.asarray()
        tags = tiff.pages[0].tags
        found.append({
            'isOme': bool(tiff.is_ome), 'isBig': bool(tiff.is_bigtiff), 'series': len(tiff.series),
            'axes': tiff.series[0].axes, 'shape': list(tiff.series[0].shape), 'dtype': str(tiff.series[0].dtype),
            'sha256': hashlib.sha256(values.tobytes()).hexdigest(),
            'name': image['Name'], 'channels': [c['Name'] for c in as_list(pixels['Channel'])],
            'umPerPx': [pixels.get('PhysicalSizeX'), pixels.get('PhysicalSizeY'), pixels.get('PhysicalSizeXUnit')],
            'resolution': [tags['XResolution'].value[0] / tags['XResolution'].value[1], int(tags['ResolutionUnit'].value)],
        })
print(json.dumps(found))
`;

/** What PIL finds in pictures, as a JSON list. */
const readWithPil = `
import hashlib, json, sys
from PIL import Image
found = []
for file in sys.argv[1:]:
    with Image.open(file) as image:
        dpi = image.info.get('dpi')
        found.append({
            'mode': image.mode, 'size': list(image.size), 'dpi': None if dpi is None else [float(d) for d in dpi],
            'exif': 'exif' in image.info, 'sha256': hashlib.sha256(image.tobytes()).hexdigest(),
        })
print(json.dumps(found))
`;

function sha256(arrays: readonly SampleArray[]): string {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

/** Channels of values all over the range of the type, the same in every run. */
function fov(
  sampleType: keyof typeof sampleArrays,
  [widthPx, heightPx]: readonly [number, number],
  names: readonly string[],
  pixelSizeUm?: number,
): OmeTiffPlanes {
  const channels = names.map((name, channel) => {
    const samples = new sampleArrays[sampleType](widthPx * heightPx);
    for (let i = 0; i < samples.length; i++) samples[i] = (i * 2654435761 + channel * 977) / 1.25 - (i % 5) * 1e9;
    return { name, sampleType, plane: { widthPx, heightPx, samples } };
  });
  return { name: `FOV of ${sampleType}`, channels, ...(pixelSizeUm !== undefined && { pixelSizeUm }) };
}

describe('files that we write, read by Python', () => {
  it('tifffile finds values, axes, names and pixel size in an OME-TIFF', async function () {
    const python = findPython('numpy, tifffile');
    if (!python) skipWithout('Python, numpy and tifffile', this);
    const folder = temporaryFolder();
    const cases: { input: OmeTiffPlanes; bigTiff: boolean }[] = [];
    for (const sampleType of Object.keys(sampleArrays) as (keyof typeof sampleArrays)[]) {
      cases.push({ input: fov(sampleType, [61, 43], ['DNA', 'CD3', 'CD8'], 0.5), bigTiff: false });
      cases.push({ input: fov(sampleType, [600, 2050], ['DNA', 'CD3'], 0.390625), bigTiff: false });
    }
    cases.push(
      { input: fov('uint16', [1000, 700], ['<b> & "q" \'s\'', 'α-SMA 10 µm', '核😀'], 0.325), bigTiff: false },
      { input: fov('uint16', [300, 200], ['alone']), bigTiff: false },
      { input: fov('uint16', [300, 200], ['A', 'B'], 1), bigTiff: true },
      { input: fov('float32', [2100, 30], ['A', 'B'], 2), bigTiff: true },
    );
    const files: string[] = [];
    for (const [i, { input, bigTiff }] of cases.entries()) {
      files.push(path.join(folder, `${i}.ome.tiff`));
      writeFileSync(files[i], await encodeOmeTiff(input, bigTiff ? 0 : undefined));
    }
    const found = runPython(python, readWithTifffile, files) as unknown[];
    for (const [i, { input, bigTiff }] of cases.entries()) {
      const { name, channels, pixelSizeUm } = input;
      const { widthPx, heightPx } = channels[0].plane;
      const several = channels.length > 1;
      assert.deepEqual(found[i], {
        isOme: true,
        isBig: bigTiff,
        series: 1,
        axes: several ? 'CYX' : 'YX',
        shape: [...(several ? [channels.length] : []), heightPx, widthPx],
        dtype: channels[0].sampleType,
        sha256: sha256(channels.map(({ plane }) => plane.samples)),
        name,
        channels: channels.map((channel) => channel.name),
        umPerPx: pixelSizeUm === undefined ? [null, null, null] : [pixelSizeUm, pixelSizeUm, 'µm'],
        resolution: pixelSizeUm === undefined ? [1, 1] : [10_000 / pixelSizeUm, 3],
      });
    }
  });

  it('tifffile finds the pixels of an RGB picture, in strips and tiles', async function () {
    const python = findPython('numpy, tifffile');
    if (!python) this.skip(); // no Python with numpy and tifffile
    const script = `
import hashlib, json, sys, tifffile
pictures = [tifffile.imread(file) for file in sys.argv[1:]]
print(json.dumps([[list(p.shape), str(p.dtype), hashlib.sha256(p.tobytes()).hexdigest()] for p in pictures]))
`;
    const folder = temporaryFolder();
    const files: string[] = [];
    const expected: unknown[] = [];
    for (const [widthPx, heightPx] of [
      [90, 60],
      [700, 500],
      [2100, 40],
      [600, 2100],
    ]) {
      const rgb = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => (i * 7) ^ (i >> 5));
      files.push(path.join(folder, `${widthPx}.tiff`));
      writeFileSync(files.at(-1)!, await encodePicture({ widthPx, heightPx, rgb }, 'tiff', 300));
      expected.push([[heightPx, widthPx, 3], 'uint8', sha256([rgb])]);
    }
    assert.deepEqual(runPython(python, script, files), expected);
  });

  it('PIL finds pixels and resolution in a picture', async function () {
    const python = findPython('PIL.Image');
    if (!python) skipWithout('Python and PIL', this);
    const folder = temporaryFolder();
    const sizes = [
      [90, 60],
      [2100, 40],
      [600, 590], // two segments in PNG
    ];
    const formats: [PictureFormat, perInch: (dpi: number) => number][] = [
      ['png', (dpi) => Math.round(dpi / 0.0254) * 0.0254], // whole pixels per metre
      ['jpeg', (dpi) => dpi],
      ['tiff', (dpi) => dpi],
    ];
    const files: string[] = [];
    const expected: { picture: Picture; format: PictureFormat; dpi: number | undefined }[] = [];
    for (const [widthPx, heightPx] of sizes) {
      const rgb = Uint8Array.from({ length: widthPx * heightPx * 3 }, (_, i) => (i * 7) ^ (i >> 5));
      const picture = { widthPx, heightPx, rgb };
      for (const [format, perInch] of formats) {
        for (const dpi of [undefined, 72, 150, 299, 300, 600, 10_000]) {
          const file = path.join(folder, `${widthPx}-${dpi ?? 'none'}.${format}`);
          writeFileSync(file, await encodePicture(picture, format, dpi));
          files.push(file);
          expected.push({ picture, format, dpi: dpi === undefined ? undefined : perInch(dpi) });
        }
      }
    }
    const found = runPython(python, readWithPil, files) as {
      mode: string;
      size: number[];
      dpi: number[] | null;
      exif: boolean;
      sha256: string;
    }[];
    for (const [i, { picture, format, dpi }] of expected.entries()) {
      const file = path.basename(files[i]);
      assert.deepEqual([found[i].mode, found[i].size], ['RGB', [picture.widthPx, picture.heightPx]], file);
      assert.equal(found[i].exif, false, file);
      if (format !== 'jpeg') assert.equal(found[i].sha256, sha256([picture.rgb]), file);
      if (dpi !== undefined) {
        for (const side of found[i].dpi ?? [Number.NaN])
          assert.ok(Math.abs(side - dpi) < 0.001, `${file}: ${side} dpi`);
      } else if (format !== 'png') assert.equal(found[i].dpi, null, file);
    }
  });
});
