import type { CentroidScale } from '../model/dataset';
import type { CentroidUnit } from '../model/datasetParts';
import { centroidToPixels } from './centroidToPixels';
import { type CellColumns, numberAt, textAt } from './selectCells';

/** An image in full-resolution pixels, and how large one is, if that is known. */
export interface ImageScale {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixelSizeUm?: number;
}

/** Why the centroids of a table seem to be in another unit than the one in which they are read. */
export interface UnitDoubt {
  /** Many lie beyond their images, and in the other unit few would; or all are in the first half of both axes. */
  readonly kind: 'beyond' | 'within half';
  readonly other: CentroidUnit;
  /** Of so many centroids, how many lie beyond their image, and how many would in the other unit. */
  readonly of: number;
  readonly beyond: number;
  readonly beyondInOther: number;
}

/** So many of a table's centroids may lie beyond their images. */
const mayLieBeyond = 0.05;
/** In pixels: centroids at the very edge may be rounded outwards. */
const margin = 1;

/**
 * Compares the centroids of these FOVs, in the unit of `scale` and in the other one, with the sizes of the images.
 * @param images by FOV; those of which no pixel size is known say nothing, since the two units cannot be compared
 * @returns `undefined` if the unit fits as well as the other one
 */
export function judgeUnit(
  columns: CellColumns,
  scale: CentroidScale,
  images: ReadonlyMap<string, ImageScale>,
): UnitDoubt | undefined {
  const { x, y } = columns;
  if (!x || !y) return undefined;
  const other: CentroidScale = { ...scale, unit: scale.unit === 'px' ? 'um' : 'px' };
  const own = new Reach(scale);
  const its = new Reach(other);
  for (let row = 0; row < columns.rows; row++) {
    const image = images.get(textAt(columns.fov, row));
    const [atX, atY] = [numberAt(x, row), numberAt(y, row)];
    if (image?.pixelSizeUm === undefined || !Number.isFinite(atX) || !Number.isFinite(atY)) continue;
    own.add(atX, atY, image);
    its.add(atX, atY, image);
  }
  const { of } = own;
  const doesFit = of > 0 && its.beyond <= mayLieBeyond * of;
  if (!doesFit) return undefined;
  const found = { other: other.unit, of, beyond: own.beyond, beyondInOther: its.beyond };
  if (own.beyond > mayLieBeyond * of) return { kind: 'beyond', ...found };
  if (own.beyond === 0 && own.share < 0.5 && its.share >= 0.5) return { kind: 'within half', ...found };
  return undefined;
}

/** How far centroids reach into their images. */
class Reach {
  of = 0;
  beyond = 0;
  /** Of the width or height of an image, whichever is more, the part up to its farthest centroid. */
  share = 0;

  constructor(private readonly scale: CentroidScale) {}

  add(x: number, y: number, { widthPx, heightPx, pixelSizeUm }: ImageScale): void {
    const at = centroidToPixels({ x, y }, this.scale, pixelSizeUm ?? 1);
    this.of++;
    const isWithin =
      at.x >= -margin && at.y >= -margin && at.x <= widthPx - 1 + margin && at.y <= heightPx - 1 + margin;
    if (!isWithin) this.beyond++;
    else this.share = Math.max(this.share, (at.x + 0.5) / widthPx, (at.y + 0.5) / heightPx);
  }
}
