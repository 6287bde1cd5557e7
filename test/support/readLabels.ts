import type { LabelImage } from '../../src/core/model/image';
import { type PlaneSource, readImageHeader } from '../../src/core/read/openImage';
import { scanLabels } from '../../src/core/read/scanLabels';

/** All labels of a mask on disk, in memory. */
export async function readLabels(source: PlaneSource): Promise<LabelImage> {
  const { widthPx, heightPx } = await readImageHeader(source);
  const labels = new Uint32Array(widthPx * heightPx);
  await scanLabels(source, (window) => {
    labels.set(window.labels, window.y * widthPx);
  });
  return { widthPx, heightPx, labels };
}
