import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { isExportError } from '../../src/core/model/exportError';
import { openDataset } from '../../src/core/read/openDataset';
import { withImage } from '../../src/core/read/openImage';
import { decodePicture, plane, smallDataset, writePlane } from '../support/dataset';
import { readLabels } from '../support/readLabels';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

interface PngMasks {
  readonly cases: Record<
    string,
    { readonly file: string; readonly size: readonly [number, number]; readonly labels: readonly number[] }
  >;
  readonly refused: Record<string, { readonly file: string; readonly words: string }>;
}

const { cases, refused } = JSON.parse(
  readFileSync(path.join(__dirname, '..', 'expected', 'pngMasks.json'), 'utf8'),
) as PngMasks;

function written(content: string | Buffer, name = 'mask.png'): string {
  const file = path.join(temporaryFolder(), name);
  writeFileSync(file, typeof content === 'string' ? Buffer.from(content, 'base64') : content);
  return file;
}

describe('Invariant 6: labels in PNGs are read as they are stored', () => {
  for (const [name, { file: content, size, labels }] of Object.entries(cases)) {
    it(name, async () => {
      const file = written(content);
      const image = await readLabels({ file });
      assert.deepEqual([image.widthPx, image.heightPx], size);
      assert.deepEqual(Array.from(image.labels), labels);
      const [widthPx] = size;
      await withImage({ file }, async (png) => {
        const region = { x: widthPx - 1, y: size[1] - 1, widthPx: 1, heightPx: 1 };
        const [part] = await png.read([undefined], region);
        assert.deepEqual(Array.from(part.samples), labels.slice(-1));
        const [row] = await png.read([undefined], { x: 0, y: 0, widthPx, heightPx: 1 });
        assert.deepEqual(Array.from(row.samples), labels.slice(0, widthPx));
      });
    });
  }

  for (const [name, { file: content, words }] of Object.entries(refused)) {
    it(`refused: ${name}`, async () => {
      const file = written(content);
      const message = `Expected labels as a grey PNG of 8 or 16 bits in ${file}, but it is ${words}; save the labels themselves, as TIFF or grey PNG.`;
      await assert.rejects(readLabels({ file }), { code: 'ImageUnsupported', message });
    });
  }

  const whole = Buffer.from(cases['uint16, filter each in turn'].file, 'base64');

  it('refused: a file that was cut off, wherever', async () => {
    // Without the last chunk, which is 12 bytes, the pixels may be all there and still nobody knows.
    for (let length = 0; length < whole.length - 8; length += 7) {
      const file = written(whole.subarray(0, length));
      await assert.rejects(readLabels({ file }), (error) => isExportError(error, 'ImageUnreadable'), `${length} bytes`);
    }
  });

  it('refused: a size that the pixels do not fill, one that no memory holds, and a filter that does not exist', async () => {
    const withSize = (widthPx: number, heightPx: number): Buffer => {
      const changed = Buffer.from(whole);
      changed.writeUInt32BE(widthPx, 16);
      changed.writeUInt32BE(heightPx, 20);
      return changed;
    };
    await assert.rejects(readLabels({ file: written(withSize(23, 18)) }), /holds 799 bytes of pixels in place of 846/);
    await assert.rejects(readLabels({ file: written(withSize(2 ** 31 - 1, 2 ** 31 - 1)) }), { code: 'TooLarge' });
    await assert.rejects(readLabels({ file: written(withSize(0, 17)) }), /its size is 0 × 17/);
    await assert.rejects(readLabels({ file: written(withSize(30, 13)) }), /filter \d+, which does not exist/);
  });

  it('or gives its labels or an error, whatever single byte of it was changed', async () => {
    for (let at = 0; at < whole.length; at += 5) {
      const damaged = Buffer.from(whole);
      damaged[at] ^= 0xff;
      await readLabels({ file: written(damaged) }).catch((error: unknown) => {
        assert.ok(isExportError(error), `byte ${at}: ${String(error)}`);
      });
    }
  });
});

const { file: grey } = cases['uint16, as Pillow writes it'];
const { file: other } = cases['uint16, filter none'];

/** A dataset of one FOV of the size of the PNGs, with these files in it. */
function datasetWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writePlane(
    path.join(folder, 'A', 'DNA.tiff'),
    plane(23, 17, (x) => x),
  );
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), Buffer.from(content, 'base64'));
  }
  return folder;
}

async function masksOf(folder: string): Promise<{ masks: string[]; warnings: string[] }> {
  const { fovs, warnings } = await openDataset(folder);
  const masks = fovs.flatMap((fov) => fov.masks.map(({ name, file }) => `${name} ${path.relative(folder, file)}`));
  return { masks, warnings: warnings.map(({ message }) => message.replaceAll(folder, '')) };
}

describe('PNG masks are found', () => {
  it('by the names by which TIFF masks are', async () => {
    const folder = datasetWith({
      'masks/A_whole_cell.png': grey,
      'masks/A_cp_masks.PNG': grey,
      'masks/nuclear/A.png': grey,
      'segmentation/A.png': grey,
      'A/A_cp_masks.png': grey,
      'A_cp_masks.png': grey,
    });
    assert.deepEqual(await masksOf(folder), {
      masks: [
        'cp_masks masks/A_cp_masks.PNG',
        'whole_cell masks/A_whole_cell.png',
        'nuclear masks/nuclear/A.png',
        'segmentation segmentation/A.png',
      ],
      warnings: [],
    });
  });

  it('a TIFF of the same name is read in their place, in whichever folder, and that is said', async () => {
    const folder = datasetWith({ 'masks/A_whole_cell.png': grey, 'masks/nuclear/A.png': grey });
    const cells = plane(23, 17, (x) => (x > 9 ? 3 : 0));
    writePlane(path.join(folder, 'segmentation', 'A_whole_cell.tif'), cells, {});
    assert.deepEqual(await masksOf(folder), {
      masks: ['nuclear masks/nuclear/A.png', 'whole_cell segmentation/A_whole_cell.tif'],
      warnings: ['Left out, because a TIFF of the same name is read in place of the PNG: /masks/A_whole_cell.png.'],
    });
  });

  it('two PNGs of one name are both left out', async () => {
    const { masks, warnings } = await masksOf(
      datasetWith({ 'masks/A_nuclear.png': grey, 'masks/nuclear/A.png': other }),
    );
    assert.deepEqual(masks, []);
    assert.match(
      warnings.join('\n'),
      /^Expected one file for nuclear of FOV A, but found .*A_nuclear\.png and .*A\.png/,
    );
  });

  it('pictures beside them are no masks, and that is said', async () => {
    const folder = datasetWith({
      'masks/A_whole_cell.png': grey,
      'masks/A_overlay.png': refused['colours'].file,
      'masks/A_types.png': refused['a palette'].file,
      'masks/legend.png': refused['colours'].file,
    });
    assert.deepEqual(await masksOf(folder), {
      masks: ['whole_cell masks/A_whole_cell.png'],
      warnings: [
        'Left out of masks and annotations, because labels are in grey PNGs of 8 or 16 bits: /masks/A_overlay.png (8-bit RGB), /masks/A_types.png (8-bit with a palette).',
      ],
    });
  });

  it('beside the stack that they are of, where Cellpose saves them; TIFFs of that name, too', async () => {
    const folder = temporaryFolder();
    for (const name of ['E34', 'E35']) {
      writePlane(
        path.join(folder, `${name}.ome.tif`),
        plane(23, 17, (x) => x),
        { imageDescription: omeOfOneChannel },
      );
    }
    writeFileSync(path.join(folder, 'E34_cp_masks.png'), Buffer.from(grey, 'base64'));
    writeFileSync(path.join(folder, 'E34.png'), Buffer.from(grey, 'base64'));
    writeFileSync(path.join(folder, 'E35_mask.png'), Buffer.from(refused['colours'].file, 'base64'));
    const cells = plane(23, 17, (x) => (x > 9 ? 3 : 0));
    writePlane(path.join(folder, 'E35_cp_masks.tif'), cells, {});
    assert.deepEqual(await masksOf(folder), {
      masks: ['cp_masks E34_cp_masks.png', 'cp_masks E35_cp_masks.tif'],
      warnings: [],
    });
  });
});

const omeOfOneChannel =
  '<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" SizeX="23" SizeY="17" SizeC="1" SizeZ="1" SizeT="1"><Channel ID="Channel:0:0" Name="DNA"/><TiffData/></Pixels></Image></OME>';

describe('a picture by a PNG mask', function () {
  this.timeout(60_000);

  it('is that by the TIFF of the same labels, cells included', async () => {
    const pictures: Buffer[] = [];
    for (const kind of ['tiff', 'png']) {
      const folder = smallDataset(['A']);
      const mask = path.join(folder, 'masks', 'A_whole_cell.tiff');
      if (kind === 'png') {
        const { labels, widthPx, heightPx } = await readLabels({ file: mask });
        const raw = Uint8Array.from(labels);
        const image = sharp(raw, { raw: { width: widthPx, height: heightPx, channels: 1 } }).toColourspace('b-w');
        await image.png().toFile(mask.replace('.tiff', '.png'));
        rmSync(mask);
      }
      const out = path.join(temporaryFolder(), 'out');
      const flags = [
        '--mask',
        'whole_cell,mode=fill,color=#ff0000',
        '--channel',
        'DNA=white:0:100',
        '--scale-bar',
        'off',
      ];
      const { exitCode, stderr } = runCli('fovs', folder, ...flags, '--out', out);
      assert.deepEqual([exitCode, stderr], [0, '']);
      pictures.push((await decodePicture(path.join(out, 'A.png'))).rgb);
    }
    assert.ok(pictures[0].equals(pictures[1]));
  });

  it('is refused where the PNG is of colours, with a sentence', () => {
    const folder = datasetWith({ 'masks/A_whole_cell.png': refused['a palette'].file });
    const out = path.join(temporaryFolder(), 'out');
    const { exitCode, stderr } = runCli(
      'fovs',
      folder,
      '--masks-only',
      '--mask',
      'whole_cell',
      '--scale-bar',
      'off',
      '--out',
      out,
    );
    assert.equal(exitCode, 1);
    assert.match(stderr, /labels are in grey PNGs of 8 or 16 bits: .*A_whole_cell\.png \(8-bit with a palette\)/);
    assert.match(stderr, /A: MaskNotFound: Expected mask whole_cell in FOV A/);
  });
});
