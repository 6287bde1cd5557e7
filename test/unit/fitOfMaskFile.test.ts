import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fitOfMaskFile } from '../../src/core/plan/table/fitOfMaskFile';
import type { PlacedCells } from '../../src/core/model/cellSample';
import { plane, writePlane } from '../support/dataset';
import { temporaryFolder } from '../support/temporaryFolder';

/** Thirty cells in the first rows of a tall mask, each of another number than the table says. */
const cells = Array.from({ length: 30 }, (_, i) => i + 1);
const mask = plane(300, 1000, (x, y) => (y < 20 ? Math.floor(x / 10) + 2 : 0));

function cellsWith(rest: Partial<PlacedCells> = {}): PlacedCells {
  return {
    cells: cells.length,
    greatestLabel: cells.length,
    labels: Float64Array.from(cells),
    centers: { x: Float64Array.from(cells, (label) => label * 10 - 5), y: new Float64Array(cells.length).fill(10) },
    ...rest,
  };
}

/** A mask of strips, the last of which cannot be decoded. */
function damaged(): { name: string; file: string } {
  const file = path.join(temporaryFolder(), 'm.tiff');
  writePlane(file, mask, { rowsPerStrip: 20, compression: 'deflate' });
  const bytes = readFileSync(file);
  // The last strip, of nothing but zeros, is the last to begin as zlib's streams do.
  const start = bytes.lastIndexOf(Buffer.from([0x78, 0x9c]));
  bytes.fill(0xff, start, start + 8);
  writeFileSync(file, bytes);
  return { name: 'm', file };
}

describe('the fit of a mask on disk', () => {
  const misfit = { fov: 'A', mask: 'm', centers: { fitting: 0, looked: 30 }, shift: 1 };

  it('is told by a few blocks, and the rest is not read, where nothing more is to be found', async () => {
    assert.deepEqual(await fitOfMaskFile('A', damaged(), cellsWith()), misfit);
    const unknown = { areasPx: new Float64Array(30).fill(Number.NaN) };
    assert.deepEqual(await fitOfMaskFile('A', damaged(), cellsWith(unknown)), misfit);
  });

  it('stands where the rest cannot be read', async () => {
    const areas = { areasPx: Float64Array.from(cells, (label) => 100 + label) };
    assert.deepEqual(await fitOfMaskFile('A', damaged(), cellsWith(areas)), misfit);
    const beyond = await fitOfMaskFile('A', damaged(), cellsWith({ greatestLabel: 70_000 }));
    assert.deepEqual(beyond, misfit);
  });

  it('cannot be told without centroids where the mask cannot be read', async () => {
    const { labels, greatestLabel } = cellsWith();
    const unplaced = { cells: labels.length, labels, greatestLabel };
    await assert.rejects(fitOfMaskFile('A', damaged(), unplaced), /m\.tiff/);
  });
});
