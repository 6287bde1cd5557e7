import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Region } from '../../src/core/model/image';
import type { Point } from '../../src/core/model/roi';
import { shapeMask } from '../../src/core/render/shapeMask';
import { roiRegion } from '../../src/core/select/roiRegion';
import { withinCpuSeconds } from '../support/cpuTime';

interface MaskCase {
  readonly name: string;
  readonly rings: readonly (readonly Point[])[];
  readonly region: Region;
  readonly rows: readonly string[];
}

const { masks } = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'rois.json'), 'utf8')) as {
  masks: MaskCase[];
};

function rowsOf(rings: readonly (readonly Point[])[], region: Region): string[] {
  const mask = shapeMask({ kind: 'polygon', rings }, region);
  assert.equal(mask.length, region.widthPx * region.heightPx);
  return Array.from({ length: region.heightPx }, (_, y) =>
    mask.subarray(y * region.widthPx, (y + 1) * region.widthPx).join(''),
  );
}

describe('roiRegion', () => {
  const table: [box: [number, number, number, number], region: [number, number, number, number]][] = [
    [
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ],
    [
      [10.4, 20.7, 60.9, 70.2],
      [10, 20, 51, 51],
    ],
    [
      [-21.4, -0.5, 170.6, 0.5],
      [-22, -1, 193, 2],
    ],
    [
      [5, 5, 5, 5],
      [5, 5, 1, 1],
    ],
    [
      [5.5, 7.25, 5.5, 7.25],
      [5, 7, 1, 1],
    ],
    [
      [-0, -0, 3, 3],
      [0, 0, 3, 3],
    ],
    [
      [-3, -3, -3, -3],
      [-3, -3, 1, 1],
    ],
    [
      [200.8, 200.8, 823.2, 823.2],
      [200, 200, 624, 624],
    ],
    [
      [-0.25, 0, 0, 2.000001],
      [-1, 0, 1, 3],
    ],
  ];
  for (const [[xMin, yMin, xMax, yMax], [x, y, widthPx, heightPx]] of table) {
    it(`${xMin} … ${xMax}, ${yMin} … ${yMax} is ${widthPx} × ${heightPx} px at ${x}, ${y}`, () => {
      assert.deepEqual(roiRegion({ box: { xMin, yMin, xMax, yMax } }), { x, y, widthPx, heightPx });
    });
  }
});

describe('shapeMask', () => {
  for (const { name, rings, region, rows } of masks) {
    it(`${name}: as matplotlib's Path`, () => {
      assert.deepEqual(rowsOf(rings, region), rows);
    });
  }

  it('asks where the centre of a pixel is', () => {
    const rows = rowsOf(
      [
        [
          [0.5, 0.5],
          [3.5, 0.5],
          [3.5, 2.5],
          [0.5, 2.5],
        ],
      ],
      { x: 0, y: 0, widthPx: 5, heightPx: 4 },
    );
    // Left and top edges run through centres, which are inside; right and bottom ones are not.
    assert.deepEqual(rows, ['11100', '11100', '00000', '00000']);
  });

  it('gives every pixel to one of two triangles with a common edge', () => {
    const region = { x: -1, y: 0, widthPx: 8, heightPx: 8 };
    const upper = shapeMask({ kind: 'polygon', rings: [[[0, 0], [6, 0], [6, 6]]] }, region); // prettier-ignore
    const lower = shapeMask({ kind: 'polygon', rings: [[[0, 0], [6, 6], [0, 6]]] }, region); // prettier-ignore
    const both = rowsOf([[[0, 0], [6, 0], [6, 6], [0, 6]]], region); // prettier-ignore
    const sum = Array.from(upper, (value, i) => value + lower[i]);
    assert.equal(sum.join(''), both.join(''));
    assert.equal(sum.filter((value) => value === 1).length, 36);
  });

  it('takes rings within rings for holes, and touching them twice for nothing', () => {
    const square = (from: number, to: number): Point[] => [[from, from], [to, from], [to, to], [from, to]]; // prettier-ignore
    const region = { x: 0, y: 0, widthPx: 5, heightPx: 5 };
    assert.deepEqual(rowsOf([square(0, 5), square(1, 4), square(2, 3)], region), [
      '11111',
      '10001',
      '10101',
      '10001',
      '11111',
    ]);
    assert.equal(
      rowsOf([square(0, 5), square(0, 5)], region)
        .join('')
        .includes('1'),
      false,
    );
  });

  it('is empty where the shape is not, full within it, and quick when it is huge', async () => {
    const far: Point[] = [[-1e9, -1e9], [1e9, -1e9], [1e9, 1e9], [-1e9, 1e9]]; // prettier-ignore
    assert.equal(rowsOf([far], { x: 3, y: -7, widthPx: 3, heightPx: 2 }).join(), '111,111');
    assert.equal(rowsOf([far], { x: 2e9, y: 0, widthPx: 3, heightPx: 1 }).join(), '000');
    const zigzag = Array.from({ length: 200_000 }, (_, i): Point => [i / 100, i % 2 === 0 ? 0.2 : 0.8]);
    await withinCpuSeconds(5, () =>
      shapeMask({ kind: 'polygon', rings: [[...zigzag, [2000, 900]]] }, { x: 0, y: 0, widthPx: 2000, heightPx: 1000 }),
    );
  });
});
