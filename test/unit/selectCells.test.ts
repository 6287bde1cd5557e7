import assert from 'node:assert/strict';
import type { CellSelection } from '../../src/core/model/cellSelection';
import { selectCells } from '../../src/core/select/selectCells';
import { withinCpuSeconds } from '../support/cpuTime';

describe('selectCells', () => {
  const selection: CellSelection = {
    labels: [],
    crop: { size: { px: 8 } },
    center: 'table',
    edge: 'pad',
    isolate: false,
    onlyFocal: false,
  };
  const fovs = new Set(['A']);
  const rows = 100_000;
  const columns = {
    rows,
    fov: { kind: 'text', name: 'fov', codes: new Int32Array(rows), texts: ['A'] },
    label: { kind: 'number', name: 'label', values: Float64Array.from({ length: rows }, (_, row) => row + 1) },
    others: new Map(),
  } as const;

  it('takes any number of labels, in one list or one by one, in time that is in proportion', async () => {
    const all = Array.from({ length: 2 * rows }, (_, i) => i + 1);
    for (const labels of [[{ fov: 'A', labels: all }], all.map((label) => ({ fov: 'A', labels: [label] }))]) {
      const choice = await withinCpuSeconds(5, () =>
        selectCells({ ...selection, labels }, columns, { known: fovs, chosen: fovs }, undefined),
      );
      assert.deepEqual([choice.cells.length, choice.missingLabels.length], [rows, rows]);
    }
  });
});
