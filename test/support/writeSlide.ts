import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Plane } from '../../sample/writeTiff';
import { plane, umPerPx, writePlane } from './dataset';
import { temporaryFolder } from './temporaryFolder';

type Value = (x: number, y: number) => number;

/** A FOV with its place on the slide; values by its own pixels. */
export interface SlideTile {
  readonly fov: string;
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** A plane in place of values has a sample type of its own. */
  readonly channels: Readonly<Record<string, Value | Plane>>;
  readonly mask?: Value;
  readonly annotation?: Value;
}

/** What a map descriptor says of a tile. */
export function mapEntry({ fov, x, y, widthPx, heightPx }: Omit<SlideTile, 'channels'>): Record<string, unknown> {
  return {
    name: fov,
    slideId: 7,
    centerPointMicrons: { x: (x + widthPx / 2) * umPerPx, y: (y + heightPx / 2) * umPerPx },
    fovSizeMicrons: widthPx * umPerPx,
    frameSizePixels: { width: widthPx, height: heightPx },
  };
}

/**
 * A dataset whose FOVs are tiles of slide 7, with masks `whole_cell` and annotations `region`.
 * @param rois of our own file
 */
export function writeSlide(tiles: readonly SlideTile[], rois: readonly object[] = []): string {
  const folder = temporaryFolder();
  for (const { fov, widthPx, heightPx, channels, mask, annotation } of tiles) {
    const write = (at: readonly string[], value: Value | Plane): void => {
      const image = typeof value === 'function' ? plane(widthPx, heightPx, value) : value;
      writePlane(path.join(folder, ...at), image, {});
    };
    for (const [name, value] of Object.entries(channels)) write([fov, `${name}.tiff`], value);
    if (mask) write(['masks', `${fov}_whole_cell.tiff`], mask);
    if (annotation) write(['annotations', `${fov}_region.tiff`], annotation);
  }
  writeMap(folder, tiles.map(mapEntry));
  if (rois.length > 0) writeOwn(folder, 'rois.json', { version: 1, rois });
  return folder;
}

/** Replaces the dataset's map descriptor. */
export function writeMap(folder: string, fovs: readonly object[]): void {
  writeOwn(folder, 'maps/run.json', { fovs });
}

/** Writes a file of ours into a dataset. */
export function writeOwn(folder: string, name: string, content: object): void {
  const file = path.join(folder, '.batch-export', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(content));
}
