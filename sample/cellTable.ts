import type { Cells } from './cells';
import { centresOfMass } from './cells';
import { csvLine } from './csvLine';
import { channelNames, type ChannelName } from './stain';
import type { Layout } from './tissue';

export const cellTableHeader = csvLine([
  'fov',
  'label',
  'centroid-0',
  'centroid-1',
  'area',
  'cell_type',
  ...channelNames,
]);

/**
 * One line per cell. The centroid is row, column with pixel centres at whole numbers, as scikit-image's `regionprops`
 * has it; the area is in pixels; a channel's value is its mean over the whole cell, as stored in the image.
 */
export function cellTableLines(
  layout: Layout,
  cells: Cells,
  channels: ReadonlyMap<ChannelName, Float32Array | Uint16Array>,
): string {
  const centres = centresOfMass(cells.wholeCell, layout, cells.cells.length);
  const means = channelNames.map((name) => meanPerCell(cells, channels.get(name)!));
  const lines = cells.cells.map((cell, i) => {
    const { x, y, areaPx } = centres[i];
    const intensities = means.map((mean) => round(mean[i]));
    return csvLine([layout.name, i + 1, round(y), round(x), areaPx, cell.type, ...intensities]);
  });
  return lines.join('');
}

function meanPerCell(cells: Cells, intensities: Float32Array | Uint16Array): Float64Array {
  const sum = new Float64Array(cells.cells.length);
  const areaPx = new Float64Array(sum.length);
  cells.wholeCell.forEach((label, p) => {
    if (label === 0) return;
    sum[label - 1] += intensities[p];
    areaPx[label - 1]++;
  });
  return sum.map((total, i) => total / areaPx[i]);
}

/** To four decimals: more would only pretend. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
