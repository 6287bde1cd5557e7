import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { CellPlaces } from '../../src/core/plan/table/cellPlaces';
import type { CellTableSummary } from '../../src/core/model/dataset';
import { CellTable } from '../../src/core/read/table/cellTable';
import { temporaryFolder } from '../support/temporaryFolder';

const lines = [
  'fov,label,x,y,area',
  'A,3,10,20,7',
  'A,1,30,,8', // Without a centroid.
  'A,3,1,1,1', // Of a cell that has a row already.
  'A,zero,1,1,1',
  'A,20000000,2,4,',
  'A,20000000,3,3,3',
  'B,5,,,9',
  'C,0,1,1,1',
];

function written(): CellTableSummary {
  const file = path.join(temporaryFolder(), 'cells.csv');
  writeFileSync(file, [...lines, ''].join('\n'));
  return {
    file,
    rows: lines.length - 1,
    columns: ['fov', 'label', 'x', 'y', 'area'],
    roles: { fov: 'fov', label: 'label', x: 'x', y: 'y' },
    fovs: ['A', 'B', 'C'],
    centroids: { unit: 'um', zero: 'imageCorner' },
  };
}

describe('the places of a cell table', () => {
  it('are those of the first row of each cell, in pixels', async () => {
    const summary = written();
    const places = (await CellPlaces.read(summary, new CellTable(summary.file)))!;
    assert.deepEqual(places.cellsOf('A', 0.5), {
      cells: 3,
      greatestLabel: 20_000_000,
      labels: Float64Array.of(3, 20_000_000),
      centers: { x: Float64Array.of(19.5, 3.5), y: Float64Array.of(39.5, 7.5) },
      areasPx: Float64Array.of(7, Number.NaN),
    });
    const unplaced = { cells: 1, greatestLabel: 5, labels: Float64Array.of(5), areasPx: Float64Array.of(9) };
    assert.deepEqual(places.cellsOf('B', 0.5), unplaced);
    // Micrometres are nowhere without a pixel size.
    assert.deepEqual(places.cellsOf('A', undefined)?.labels, Float64Array.of(3, 1, 20_000_000));
    assert.deepEqual(['A', 'B', 'C', 'D'].map((fov) => places.has(fov)), [true, true, false, false]); // prettier-ignore
    assert.equal(places.cellsOf('C', 0.5), undefined);
  });

  it('are found once, as their samples are, until the table changes', async () => {
    const summary = written();
    const table = new CellTable(summary.file);
    const places = (await CellPlaces.read(summary, table))!;
    const sample = places.sampleOf('A', 0.5);
    assert.deepEqual(sample?.centers, [[19.5, 39.5], [3.5, 7.5]]); // prettier-ignore
    assert.equal(await CellPlaces.read(summary, table), places);
    assert.equal(places.sampleOf('A', 0.5), sample);
    assert.deepEqual(places.sampleOf('A', 1)?.centers?.[0], [9.5, 19.5]);
    writeFileSync(summary.file, [...lines, 'A,4,5,5,5', ''].join('\n'));
    const changed = (await CellPlaces.read(summary, table))!;
    assert.notEqual(changed, places);
    assert.deepEqual([changed.sampleOf('A', 0.5)?.cells, places.cellsOf('A', 0.5)?.cells], [4, 3]);
  });
});
