import path from 'node:path';
import { ExportError, messageOf } from '../../model/exportError';
import type { ImageHeader, LabelGrid, PictureSize, Plane, PlaneAddress, Region } from '../../model/image';
import type { ImageFile } from '../imageFile';
import { onImage, readOnImage } from './labelGrid';
import { type ImagePlace, type Multiscale, parseMultiscale, imagePlaceOf, statedPixelSize } from './multiscale';
import { readZarrPlanes } from './readZarrPlanes';
import { makeSampleArray } from '../tiff/decodeSamples';
import { openZarrArray, type ZarrArray } from './zarrArray';
import { parseChannels, type ZarrChannel } from './zarrChannels';
import { childFolder, explainZarr, objectsIn, readGroupAttributes, unreadableZarr, ZarrProblem } from './zarrMetadata';

export type { ZarrChannel } from './zarrChannels';

/** An OME-Zarr image that was opened. It keeps no file open between reads. */
export interface ZarrImage extends ImageFile {
  /** In the order of the file; at the first z plane and time point. */
  readonly channels: readonly ZarrChannel[];
  /** Label images that belong to it; each can be opened as an image. */
  readonly labels: readonly { readonly name: string; readonly folder: string }[];
  /** At full resolution. */
  readonly size: PictureSize;
  /** Where it lies, as far as it says so. */
  readonly place: ImagePlace | undefined;
  /** What the user should know about this image, each a whole sentence. */
  readonly warnings: readonly string[];
}

/** A pyramid that has more levels is none. */
const maxLevels = 64;

/** More channels are none; a list of what a hostile file claims would fill the memory. */
const maxChannels = 65_536;

/**
 * Opens the OME-Zarr image (0.1 to 0.5) in this folder, a group with `multiscales`; reads metadata, no samples.
 * Fails with `ImageUnreadable`, `ImageUnsupported` or `TooLarge`, naming the folder.
 */
export async function openZarrImage(folder: string): Promise<ZarrImage> {
  return explainZarr(folder, async () => {
    const attributes = await readGroupAttributes(folder);
    if (!attributes) throw unreadableZarr('there is no zarr group (any more)');
    const multiscale = parseMultiscale(attributes);
    const warnings: string[] = [];
    const found = objectsIn(attributes['multiscales']).length;
    if (found > 1) warnings.push(`${folder} has ${found} multiscales; the first is used.`);
    const levels = await openLevels(folder, multiscale, warnings);
    const [{ shape, sampleType }] = levels;
    const leading = multiscale.axes.slice(0, -2);
    for (const [i, { name }] of leading.entries()) {
      if (name === 'c' || shape[i] === 1) continue;
      warnings.push(
        name === 'z'
          ? `${folder} has ${shape[i]} z planes; the first is used.`
          : `${folder} has ${shape[i]} time points; the first is used.`,
      );
    }
    const channelAxis = leading.findIndex(({ name }) => name === 'c');
    const count = channelAxis < 0 ? 1 : shape[channelAxis];
    if (count > maxChannels) {
      throw new ZarrProblem('TooLarge', `at most ${maxChannels} channels`, `it says ${count}`);
    }
    const planes = Array.from({ length: count }, (_, channel) => ({
      zarrIndex: leading.map((_, axis) => (axis === channelAxis ? channel : 0)),
    }));
    const sizes = levels.map((level) => ({ widthPx: level.shape.at(-1)!, heightPx: level.shape.at(-2)! }));
    const [chunkHeightPx, chunkWidthPx] = levels[0].chunkShape.slice(-2);
    const block = { widthPx: chunkWidthPx, heightPx: chunkHeightPx };
    const header: ImageHeader = { ...sizes[0], sampleType, levels: sizes, block, ...statedPixelSize(multiscale) };
    const locate = (plane: PlaneAddress | undefined): readonly number[] => locatePlane(folder, shape, planes, plane);
    const readLabelsOn = async (
      grid: LabelGrid,
      index: readonly number[],
      region: Region,
      signal: AbortSignal | undefined,
    ): Promise<Plane> => {
      const found = await readOnImage(grid, region, sizes[0], async (part) => {
        const [plane] = await explainZarr(folder, () => readZarrPlanes(levels[0], [index], part, signal));
        return plane;
      });
      const { widthPx, heightPx } = region;
      return found ?? { widthPx, heightPx, samples: makeSampleArray(sampleType, widthPx * heightPx) };
    };
    return {
      channels: parseChannels(folder, attributes, planes, warnings),
      labels: await readLabels(folder, warnings),
      size: sizes[0],
      place: imagePlaceOf(multiscale),
      warnings,
      describe(plane) {
        locate(plane);
        const grid = gridOf(plane);
        return grid ? onImage(header, grid) : header;
      },
      async read(wanted, region, { level = 0, signal } = {}) {
        const grid = gridOf(wanted[0]);
        // A label image is of one plane.
        if (grid) return [await readLabelsOn(grid, locate(wanted[0]), region, signal)];
        const indices = wanted.map(locate);
        const array = levels[level];
        if (!array) throw new RangeError(`level ${level} of ${folder}, which has ${levels.length}`);
        const { x, y, widthPx, heightPx } = region;
        const size = sizes[level];
        const inside = x >= 0 && y >= 0 && x + widthPx <= size.widthPx && y + heightPx <= size.heightPx;
        if (!inside) throw new RangeError(`a region outside of level ${level} of ${folder}`);
        return explainZarr(folder, () => readZarrPlanes(array, indices, region, signal));
      },
      close: () => Promise.resolve(),
    };
  });
}

/** The arrays of the pyramid; the first must be readable, others are left out with a warning. */
async function openLevels(folder: string, { axes, paths }: Multiscale, warnings: string[]): Promise<ZarrArray[]> {
  const first = await openZarrArray(childFolder(folder, paths[0]));
  if (first.shape.length !== axes.length) {
    throw unreadableZarr(`its array has ${first.shape.length} dimensions and its metadata ${axes.length} axes`);
  }
  const levels = [first];
  for (const name of paths.slice(1, maxLevels)) {
    try {
      const level = await openZarrArray(childFolder(folder, name));
      // Where a pyramid has fewer z planes at each level, they are not the planes of the image.
      if (isLevelOf(levels.at(-1)!, level)) levels.push(level);
    } catch (error) {
      warnings.push(`Pyramid level ${name} of ${folder} is not used: ${messageOf(error)}.`);
    }
  }
  return levels;
}

function isLevelOf(larger: ZarrArray, level: ZarrArray): boolean {
  const yAxis = larger.shape.length - 2;
  return (
    level.sampleType === larger.sampleType &&
    level.shape.length === larger.shape.length &&
    level.shape.every((side, axis) => (axis < yAxis ? side === larger.shape[axis] : side <= larger.shape[axis]))
  );
}

function gridOf(plane: PlaneAddress | undefined): LabelGrid | undefined {
  return plane && 'zarrIndex' in plane ? plane.on : undefined;
}

/** Checks an address; without one, gives that of the only channel. */
function locatePlane(
  folder: string,
  shape: readonly number[],
  channels: readonly { readonly zarrIndex: readonly number[] }[],
  plane: PlaneAddress | undefined,
): readonly number[] {
  if (!plane) {
    if (channels.length === 1) return channels[0].zarrIndex;
    throw new ExportError(
      'ImageUnsupported',
      `Expected one image of one channel in ${folder}, but found ${channels.length} channels.`,
      { folder },
    );
  }
  if (!('zarrIndex' in plane)) throw new RangeError(`expected the address of a zarr plane for ${folder}`);
  const { zarrIndex } = plane;
  const leading = shape.slice(0, -2);
  if (
    zarrIndex.length === leading.length &&
    zarrIndex.every((at, i) => Number.isInteger(at) && at >= 0 && at < leading[i])
  )
    return zarrIndex;
  throw new ExportError(
    'ImageUnreadable',
    `Expected plane ${zarrIndex.join('/')} in ${folder}, but its array is ${shape.join(' × ')}; was it changed?`,
    { folder },
  );
}

/** The label images that the group `labels` lists. */
async function readLabels(folder: string, warnings: string[]): Promise<{ name: string; folder: string }[]> {
  const parent = path.join(folder, 'labels');
  try {
    const list = (await readGroupAttributes(parent))?.['labels'];
    const names = Array.isArray(list) ? list.filter((name) => typeof name === 'string') : [];
    return names.map((name) => ({ name, folder: childFolder(parent, name) }));
  } catch (error) {
    warnings.push(`The list of labels of ${folder} is not used: ${messageOf(error)}.`);
    return [];
  }
}
