import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isExportError } from '../../src/core/model/exportError';
import { findZarrImages } from '../../src/core/read/zarr/findZarrImages';
import { openZarrImage, type ZarrImage } from '../../src/core/read/zarr/openZarrImage';
import { withinCpuSeconds } from '../support/cpuTime';
import { realDataFolder } from '../support/dataset';

/** The first plane of a level, as zarr and numcodecs read it. */
interface Level {
  readonly size: readonly [widthPx: number, heightPx: number];
  readonly dtype: string;
  readonly sha256: string;
}

const data = realDataFolder();

async function readLevels(image: ZarrImage): Promise<Level[]> {
  const [{ plane }] = image.channels;
  const levels: Level[] = [];
  for (const [level, { widthPx, heightPx }] of image.describe(plane).levels.entries()) {
    const [{ samples }] = await image.read([plane], { x: 0, y: 0, widthPx, heightPx }, { level });
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    levels.push({
      size: [widthPx, heightPx],
      dtype: samples.constructor.name.replace('Array', '').toLowerCase(),
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
  }
  return levels;
}

/** The levels of an image, or the code of its refusal. */
async function outcomeOf(folder: string): Promise<Level[] | string> {
  try {
    return await readLevels(await openZarrImage(folder));
  } catch (error) {
    assert.ok(isExportError(error), String(error));
    return error.code;
  }
}

describe('real OME-Zarr images read exactly, or are refused with a code', () => {
  const table = path.join(__dirname, '..', 'expected', 'zarrOutcomes.json');
  const { images } = JSON.parse(readFileSync(table, 'utf8')) as { images: Record<string, Level[] | string> };

  if (!data) {
    it('needs the real data: set MBE_DATA to its folder');
    return;
  }
  for (const [image, expected] of Object.entries(images)) {
    it(`${image}: ${typeof expected === 'string' ? expected : 'exact'}`, async () => {
      assert.deepEqual(await withinCpuSeconds(10, () => outcomeOf(path.join(data, 'omezarr', image))), expected);
    });
  }

  it('the images of folders of several', async () => {
    const found = async (folder: string): Promise<string[]> => {
      const root = path.join(data, 'omezarr', folder);
      return (await findZarrImages(root)).map((image) => `${image.name}: ${path.relative(root, image.folder)}`);
    };
    assert.deepEqual(await found('galaxy/camera.ome.zarr'), [': 0']);
    assert.deepEqual(await found('viv/bioformats-zarr/data.zarr'), [': 0']);
    assert.deepEqual(
      await found('ome-zarr-examples/valid/plate-01.zarr'),
      ['A1', 'A2', 'B1', 'B2'].map((well) => `${well}: ${path.join(well[0], well[1], '0')}`),
    );
    assert.deepEqual(await found('ome-zarr-examples/invalid/image-01.zarr'), []);
  });
});
