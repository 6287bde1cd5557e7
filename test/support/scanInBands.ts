import type { LabelImage } from '../../src/core/model/image';
import type { ScanLabels } from '../../src/core/model/labelScan';

/**
 * The scan of a mask that is in memory, in bands of the given height, by default all of it at once. Their memory is used again, as
 * that of masks on disk is.
 * @param blockPx rows that are decoded together
 * @param visited gets the rows of each band: the first, and the one behind the last
 */
export function scanInBands(
  { widthPx, heightPx, labels, ...rest }: LabelImage,
  { bandPx = heightPx, blockPx = 1, visited }: { bandPx?: number; blockPx?: number; visited?: [number, number][] } = {},
): ScanLabels {
  const whole = { x: 0, y: 0, widthPx, heightPx };
  return (visit, choose = () => [whole]) => {
    const room = new Uint32Array(widthPx * bandPx);
    for (const region of choose({ widthPx, heightPx, block: { widthPx, heightPx: blockPx } })) {
      const bottom = region.y + region.heightPx;
      for (let { y } = region; y < bottom; y += bandPx) {
        const end = Math.min(y + bandPx, bottom);
        const band = room.fill(0xdead).subarray(0, widthPx * (end - y));
        band.set(labels.subarray(y * widthPx, end * widthPx));
        visited?.push([y, end]);
        visit({ ...rest, x: 0, y, widthPx, heightPx: end - y, labels: band });
      }
    }
    return Promise.resolve();
  };
}
