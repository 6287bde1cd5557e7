import type { StatedPixelSize } from '../../model/image';
import { listNames } from '../../model/listNames';
import { isPaperUnit, paperPixelSize, squarePixelSize, umPerNamedUnit } from '../lengthUnits';
import { isObject, type JsonObject, objectsIn, unreadableZarr, ZarrProblem } from './zarrMetadata';

export interface ZarrAxis {
  readonly name: 't' | 'c' | 'z' | 'y' | 'x';
  readonly unit?: string;
}

/** The part of a `multiscales` entry that we use. */
export interface Multiscale {
  /** One for each dimension of the arrays; y and x are the last two. */
  readonly axes: readonly ZarrAxis[];
  /** Paths of the arrays inside the image's folder, full resolution first. */
  readonly paths: readonly string[];
  /** Sizes of a pixel of the first array along the axes, where they are stated. */
  readonly scale?: readonly number[];
  /** Where its first pixel begins along the axes, where that is stated besides. */
  readonly translation?: readonly number[];
}

/** Where the pixels of an image lie along an axis: pixel i from `start` + i · `pixel` on. */
export interface AxisPlace {
  readonly pixel: number;
  readonly start: number;
  readonly unit?: string;
}

/** Where an image lies. */
export interface ImagePlace {
  readonly x: AxisPlace;
  readonly y: AxisPlace;
}

/** Axes of versions 0.1 and 0.2, which do not name them. */
const defaultAxes = ['t', 'c', 'z', 'y', 'x'];

/** Reads the first entry of `multiscales`. Throws `ZarrProblem`. */
export function parseMultiscale(attributes: JsonObject): Multiscale {
  const [entry] = objectsIn(attributes['multiscales']);
  if (!entry) throw unreadableZarr('its metadata names no multiscales');
  const datasets = objectsIn(entry['datasets']);
  const paths = datasets.map(({ path }) => path);
  if (paths.length === 0 || !paths.every((path) => typeof path === 'string')) {
    throw unreadableZarr('its multiscales name no arrays');
  }
  const axes = parseAxes(entry['axes'] ?? defaultAxes);
  const own = numbersIn(datasets[0], 'scale', axes.length);
  // All levels may be scaled and moved together, on top of that.
  const shared = numbersIn(entry, 'scale', axes.length);
  const scale = own?.map((size, i) => size * (shared?.[i] ?? 1));
  const ownStart = numbersIn(datasets[0], 'translation', axes.length);
  const sharedStart = numbersIn(entry, 'translation', axes.length);
  const hasStart = ownStart ?? sharedStart;
  const translation = hasStart?.map((_, i) => (ownStart?.[i] ?? 0) * (shared?.[i] ?? 1) + (sharedStart?.[i] ?? 0));
  return { axes, paths, ...(scale && { scale }), ...(translation && { translation }) };
}

/** Axes are objects, or in 0.3 plain names. */
function parseAxes(json: unknown): ZarrAxis[] {
  const list: unknown[] = Array.isArray(json) ? json : [];
  const axes = list.map((axis): { name: string; unit?: string } => {
    if (typeof axis === 'string') return { name: axis.toLowerCase() };
    if (!isObject(axis)) return { name: JSON.stringify(axis) };
    const { name, type, unit } = axis;
    const text = typeof name === 'string' ? name.toLowerCase() : '';
    const byType = type === 'channel' ? 'c' : type === 'time' ? 't' : text;
    return { name: defaultAxes.includes(text) ? text : byType, ...(typeof unit === 'string' && { unit }) };
  });
  const names = axes.map(({ name }) => name);
  const known = names.every((name) => defaultAxes.includes(name)) && new Set(names).size === names.length;
  if (!known || names.at(-2) !== 'y' || names.at(-1) !== 'x') {
    throw new ZarrProblem('ImageUnsupported', 'axes t, c and z before y and x', `found ${listNames(names) || 'none'}`);
  }
  return axes as ZarrAxis[];
}

/** The numbers of one kind among coordinate transformations; `undefined` if there are none for these axes. */
function numbersIn(holder: JsonObject, kind: 'scale' | 'translation', dimensions: number): number[] | undefined {
  const numbers = objectsIn(holder['coordinateTransformations']).find(({ type }) => type === kind)?.[kind];
  const isValid =
    Array.isArray(numbers) && numbers.length === dimensions && numbers.every((each) => typeof each === 'number');
  return isValid ? numbers : undefined;
}

/** Where the image lies, as far as it says how large its pixels are. */
export function imagePlaceOf({ axes, scale, translation }: Multiscale): ImagePlace | undefined {
  const along = (axis: number): AxisPlace | undefined => {
    const pixel = scale?.[axis] ?? Number.NaN;
    const { unit } = axes[axis];
    return pixel > 0 ? { pixel, start: translation?.[axis] ?? 0, ...(unit !== undefined && { unit }) } : undefined;
  };
  const [x, y] = [along(axes.length - 1), along(axes.length - 2)];
  return x && y && { x, y };
}

/** The pixel size in µm; nothing where an axis has no unit, or one that is no length. */
export function statedPixelSize({ axes, scale }: Multiscale): StatedPixelSize {
  if (!scale) return {};
  const sideUm = (axis: number): number => {
    const { unit } = axes[axis];
    return scale[axis] * ((unit === undefined ? undefined : umPerNamedUnit(unit)) ?? Number.NaN);
  };
  const [x, y] = [sideUm(axes.length - 1), sideUm(axes.length - 2)];
  if (isPaperUnit(axes[axes.length - 1].unit ?? '')) return paperPixelSize(x);
  return squarePixelSize(x, y, 'ome');
}
