import assert from 'node:assert/strict';
import type { CellSample, PlacedCells } from '../../src/core/model/cellSample';
import type { LabelImage, Region } from '../../src/core/model/image';
import type { LabelWindow } from '../../src/core/model/labelScan';
import { LabelsNear } from '../../src/core/select/labelsNear';
import { limitSample, sampleInBlocks, spread } from '../../src/core/select/sampleCells';
import {
  fitOfAreas,
  fitOfCenters,
  fitOfLabels,
  judgeFits,
  labelAreas,
  type TableFit,
} from '../../src/core/select/tableFit';

function image(...rows: readonly (readonly number[])[]): LabelImage {
  return { widthPx: rows[0].length, heightPx: rows.length, labels: Uint32Array.from(rows.flat()) };
}

function sample(cells: readonly (readonly [label: number, x: number, y: number, area?: number])[]): CellSample {
  return {
    cells: cells.length,
    greatestLabel: Math.max(...cells.map(([label]) => label)),
    labels: cells.map(([label]) => label),
    centers: cells.map(([, x, y]) => [x, y]),
    areasPx: cells.map(([, , , area]) => area ?? null),
  };
}

function placed(cells: readonly (readonly [label: number, x: number, y: number])[]): PlacedCells {
  const column = (i: 0 | 1 | 2): Float64Array => Float64Array.from(cells, (cell) => cell[i]);
  const labels = column(0);
  return {
    cells: cells.length,
    greatestLabel: Math.max(...labels),
    labels,
    centers: { x: column(1), y: column(2) },
    areasPx: labels.map((label) => (label % 2 ? label : Number.NaN)),
  };
}

const fit = (rest: Partial<TableFit>): TableFit => ({ fov: 'A', mask: 'm', ...rest });

/** What is found in windows of a mask, whatever their order. */
function foundIn(cells: CellSample, ...windows: readonly LabelWindow[]): ReturnType<typeof fitOfCenters> {
  const near = new LabelsNear(cells.labels, cells.centers!);
  for (const window of windows) near.look(window);
  return fitOfCenters(cells, near);
}

/** Twelve rows of the same. */
const whole = image(...Array.from({ length: 12 }, () => [0, 0, 1, 1, 2, 2, 0, 0, 0, 0, 0, 3]));

describe('a centroid', () => {
  it('fits where a pixel of its own lies within two pixels, centre to centre', () => {
    const found = (label: number, x: number, y: number): number =>
      foundIn(sample([[label, x, y]]), { ...whole, x: 0, y: 0 }).centers.fitting;
    // Label 1 is at columns 2 and 3.
    assert.deepEqual([found(1, 2, 5), found(1, 0, 5), found(1, -0.1, 5), found(1, 5, 5), found(1, 5.1, 5)], [1, 1, 0, 1, 0]); // prettier-ignore
    assert.deepEqual([found(3, 9, 11), found(3, 8.9, 11), found(3, 11, 13), found(3, 10, 13)], [1, 0, 1, 0]);
    assert.deepEqual([found(4, 5, 5), found(1, 500, 5), found(1, 2, -9)], [0, 0, 0]);
  });

  it('does not fit by a neighbour as near, where all labels are off by one number', () => {
    // Cells of 3 × 3 pixels that touch, five in a row, each with the label before its own.
    const rows = Array.from({ length: 15 }, (_, y) =>
      Array.from({ length: 15 }, (__, x) => Math.floor(y / 3) * 5 + Math.floor(x / 3) + 1),
    );
    const cells = Array.from({ length: 25 }, (_, i) => [i + 2, (i % 5) * 3 + 1, Math.floor(i / 5) * 3 + 1] as const);
    const found = foundIn(sample(cells.map((cell) => [...cell])), { ...image(...rows), x: 0, y: 0 });
    assert.deepEqual(found, { centers: { fitting: 0, looked: 25 }, shift: -1 });
  });

  it('is looked for in the window of its cell, wherever that lies in the mask', () => {
    const window = { ...image([9, 9], [9, 9]), x: 100, y: 50 };
    const cells = sample([
      [9, 101, 51],
      [9, 1, 1],
    ]);
    assert.deepEqual(foundIn(cells, window).centers, { fitting: 1, looked: 2 });
  });

  it('is looked for in every band that comes near it', () => {
    const rows = Array.from({ length: 12 }, (_, y) => [y, y, y]);
    const cells = sample([[5, 1, 3], [5, 1, 7], [5, 1, 2.9], [6, 1, 6], [1, 1, 3], [9, 1, 9]]); // prettier-ignore
    const whole12 = { ...image(...rows), x: 0, y: 0 };
    assert.deepEqual(foundIn(cells, whole12).centers, { fitting: 5, looked: 6 });
    for (const height of [1, 2, 5]) {
      const bands = rows.flatMap((_, y) =>
        y % height === 0 ? [{ ...image(...rows.slice(y, y + height)), x: 0, y }] : [],
      );
      assert.deepEqual(foundIn(cells, ...bands), foundIn(cells, whole12));
      assert.deepEqual(foundIn(cells, ...bands.reverse()), foundIn(cells, whole12));
    }
  });

  it('tells by how much all labels are greater', () => {
    const window = { ...whole, x: 0, y: 0 };
    assert.equal(foundIn(sample([[1, 4, 5], [2, 11, 5]]), window).shift, 1); // prettier-ignore
    assert.equal(foundIn(sample([[1, 4, 5], [7, 11, 5]]), window).shift, undefined); // prettier-ignore
    assert.equal(foundIn(sample([[1, 3, 5], [2, 4, 5]]), window).shift, undefined); // prettier-ignore
  });
});

describe('a table and a mask', () => {
  const verdict = (fitting: number, looked: number): string => judgeFits([fit({ centers: { fitting, looked } })]);

  it('fit from four of five cells on, are doubtful down to half, and else no match, of at least 20', () => {
    assert.deepEqual(
      [verdict(20, 20), verdict(16, 20), verdict(15, 20), verdict(10, 20), verdict(9, 20), verdict(0, 200)],
      ['fits', 'fits', 'doubtful', 'doubtful', 'mismatch', 'mismatch'],
    );
    assert.deepEqual(
      [verdict(0, 19), verdict(9, 19), verdict(15, 19), verdict(16, 19), verdict(0, 0)],
      ['doubtful', 'doubtful', 'doubtful', 'fits', 'fits'],
    );
    // One crescent is no sign, and all of a few is.
    assert.deepEqual([verdict(2, 3), verdict(1, 2), verdict(2, 4), verdict(0, 1)], ['fits', 'fits', 'doubtful', 'doubtful']); // prettier-ignore
  });

  it('of many FOVs of a few cells each are judged together', () => {
    const few = { centers: { fitting: 1, looked: 7 } };
    assert.equal(judgeFits([fit(few), fit(few)]), 'doubtful');
    assert.equal(judgeFits([fit(few), fit(few), fit(few)]), 'mismatch');
  });

  it('without centroids agree in labels, both ways', () => {
    const labels = (fitting: number, table: number, mask: number): string =>
      judgeFits([fit({ inMask: { fitting, looked: table }, inTable: { fitting, looked: mask } })]);
    assert.deepEqual([labels(30, 30, 37), labels(30, 37, 30)], ['fits', 'fits']);
    assert.deepEqual([labels(30, 30, 40), labels(30, 40, 30)], ['doubtful', 'doubtful']);
    assert.deepEqual([labels(30, 30, 61), labels(30, 61, 30)], ['mismatch', 'mismatch']);
    // A table of a few cells of a large mask says nothing of the others; one that the mask lacks is doubtful.
    assert.deepEqual([labels(19, 19, 400), labels(0, 19, 400)], ['fits', 'doubtful']);
  });

  it('are doubtful where the mask is wrapped, whatever else fits', () => {
    const overflow = { typeLimit: 255, greatestLabel: 300, isReached: true };
    const centers = { fitting: 29, looked: 30 };
    assert.equal(judgeFits([fit({ centers, overflow })]), 'doubtful');
    assert.equal(judgeFits([fit({ centers, overflow: { ...overflow, isReached: false } })]), 'fits');
  });

  it('that agree in areas are doubtful only, alone and among others', () => {
    const odd = fit({ centers: { fitting: 0, looked: 40 }, areas: { fitting: 38, looked: 40 } });
    assert.equal(judgeFits([odd]), 'doubtful');
    assert.equal(judgeFits([{ ...odd, areas: { fitting: 37, looked: 40 } }]), 'mismatch');
    assert.equal(judgeFits([odd, fit({ centers: { fitting: 20, looked: 20 } })]), 'doubtful');
  });
});

describe('labels and areas of a mask', () => {
  it('are counted over all of it', () => {
    assert.deepEqual(
      [...labelAreas(image([0, 3, 3, 7], [7, 7, 0, 3]))],
      [
        [3, 3],
        [7, 3],
      ],
    );
    assert.deepEqual(fitOfLabels([3, 5, 5, 9], new Map([[3, 1], [4, 1]])), { inMask: { fitting: 1, looked: 3 }, inTable: { fitting: 1, looked: 2 } }); // prettier-ignore
  });

  const numbers = Array.from({ length: 40 }, (_, i) => i + 1);
  const areasOf = (area: (label: number) => number): Map<number, number> =>
    new Map(numbers.map((label) => [label, area(label)]));
  const tableOf = (area: (label: number) => number): CellSample => sample(numbers.map((n) => [n, 0, 0, area(n)]));
  const different = (n: number): number => 50 + ((n * 17) % 41);

  it('agree where cells are told apart by their areas', () => {
    assert.deepEqual(fitOfAreas(tableOf(different), areasOf(different)), { fitting: 40, looked: 40 });
    const shifted = fitOfAreas(
      tableOf(different),
      areasOf((n) => different(n + 1)),
    );
    assert.deepEqual(shifted, { fitting: 0, looked: 40 });
  });

  it('say nothing where areas are alike, or alike beside each other', () => {
    const same = (): number => 100;
    assert.equal(fitOfAreas(tableOf(same), areasOf(same)), undefined);
    const sorted = (n: number): number => 50 + Math.floor(n / 5);
    assert.equal(fitOfAreas(tableOf(sorted), areasOf(sorted)), undefined);
    assert.equal(fitOfAreas(sample(numbers.slice(0, 19).map((n) => [n, 0, 0, different(n)])), areasOf(different)), undefined); // prettier-ignore
    assert.equal(fitOfAreas(sample(numbers.map((n) => [n, 0, 0])), areasOf(different)), undefined);
  });
});

describe('the cells that are looked at', () => {
  /** A cell every ten pixels, row by row. */
  const side = 1000;
  const grid = placed(
    Array.from({ length: 10_000 }, (_, i) => [i + 1, (i % 100) * 10 + 5, Math.floor(i / 100) * 10 + 5] as const),
  );
  const decodedShare = (regions: readonly Region[]): number =>
    regions.reduce((sum, { widthPx, heightPx }) => sum + widthPx * heightPx, 0) / side ** 2;

  it('are at most 200, from the first to the last', () => {
    assert.deepEqual(spread([1, 2, 3, 4, 5, 6, 7], 3), [1, 4, 7]);
    assert.deepEqual(spread([1, 2], 3), [1, 2]);
    const { labels, centers, cells, areasPx } = limitSample(grid);
    assert.deepEqual([labels.length, labels[0], labels[199], centers?.[199], cells], [200, 1, 10_000, [995, 995], 10_000]); // prettier-ignore
    assert.deepEqual([areasPx?.[0], areasPx?.[199]], [1, null]);
    assert.equal(limitSample({ cells: 300, greatestLabel: 300, labels: new Float64Array(300) }).labels.length, 300);
  });

  it('lie in few blocks, all over the image', () => {
    for (const block of [
      { widthPx: side, heightPx: 1 },
      { widthPx: side, heightPx: 16 },
      { widthPx: 64, heightPx: 64 },
    ]) {
      // prettier-ignore
      const { sample: chosen, regions } = sampleInBlocks(grid, { widthPx: side, heightPx: side }, block);
      assert.equal(chosen.labels.length, 200);
      assert.equal(new Set(chosen.labels).size, 200);
      assert.ok(decodedShare(regions) <= 0.15, `${decodedShare(regions)} of the mask`);
      const ys = chosen.centers!.map(([, y]) => y);
      assert.ok(Math.min(...ys) < 100 && Math.max(...ys) > 900, `from ${Math.min(...ys)} to ${Math.max(...ys)}`);
      for (const [x, y] of chosen.centers!) {
        const around = regions.filter(
          (region) => x - 2 >= region.x && x + 2 < region.x + region.widthPx && y - 2 >= region.y,
        );
        assert.ok(around.some((region) => y + 2 < region.y + region.heightPx));
      }
    }
  });

  it('are read with the whole mask where that is one block, or small', () => {
    const one = sampleInBlocks(grid, { widthPx: side, heightPx: side }, { widthPx: side, heightPx: side });
    assert.deepEqual(one.regions, [{ x: 0, y: 0, widthPx: side, heightPx: side }]);
  });

  it('have no region where they lie outside', () => {
    const far = placed([
      [1, 5, 5],
      [2, -3, 12],
      [3, 5, 22],
      [4, 11, 7],
    ]);
    const { sample: chosen, regions } = sampleInBlocks(far, { widthPx: 10, heightPx: 20 }, { widthPx: 10, heightPx: 1 }); // prettier-ignore
    assert.deepEqual(
      [...chosen.labels].sort((a, b) => a - b),
      [1, 2, 3, 4],
    );
    // Two rows above and below the centroid inside, and below the one so near that it could still fit.
    assert.deepEqual(regions, [{ x: 0, y: 3, widthPx: 10, heightPx: 7 }]);
  });
});
