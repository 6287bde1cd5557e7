import { XMLParser } from 'fast-xml-parser';
import type { ImageHeader, PixelSize } from '../model/image';
import type { TiffPage } from './tiff/tiffPage';

/** µm in one unit of length, by the names that OME-XML and ImageJ use. */
const umPerUnit: Readonly<Record<string, number>> = {
  pm: 1e-6,
  å: 1e-4,
  angstrom: 1e-4,
  nm: 1e-3,
  nanometer: 1e-3,
  nanometre: 1e-3,
  um: 1,
  µm: 1, // U+00B5, the micro sign
  μm: 1, // U+03BC, the Greek letter
  '\\u00b5m': 1, // ImageJ escapes the sign in its description
  micron: 1,
  microns: 1,
  micrometer: 1,
  micrometre: 1,
  mm: 1e3,
  millimeter: 1e3,
  millimetre: 1e3,
  cm: 1e4,
  centimeter: 1e4,
  m: 1e6,
  meter: 1e6,
  metre: 1e6,
  inch: 25400,
  in: 25400,
};

/** What a file states: a pixel size, or one that cannot be used, or nothing. */
export type StatedPixelSize = Pick<ImageHeader, 'pixelSize' | 'pixelSizeProblem'>;

/** Sizes along x and y that differ by less than this share are one size, written with few digits. */
const squareTolerance = 1e-3;

/**
 * The pixel size that a TIFF's own metadata states: OME physical size, ImageJ's unit when it is a length, or MIBI's own
 * field. Resolution tags alone (72 dpi …) are about paper, not about tissue, and are not a pixel size.
 */
export function readPixelSize({ description, resolution, widthPx }: TiffPage): StatedPixelSize {
  const text = description?.trim() ?? '';
  if (text.startsWith('<')) return fromOmeXml(text);
  if (text.startsWith('ImageJ=')) return resolution ? fromImageJ(text, ...resolution) : {};
  if (text.startsWith('{')) return fromMibi(text, widthPx);
  return {};
}

/** `Pixels/@PhysicalSizeX` and `Y` of the first image; the unit is µm when it is not given (OME-XML 2016-06). */
function fromOmeXml(xml: string): StatedPixelSize {
  let document: unknown;
  try {
    document = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true }).parse(xml);
  } catch {
    return {}; // Some other program's XML, and broken: it says nothing about the pixel size.
  }
  const pixels = child(first(child(child(document, 'OME'), 'Image')), 'Pixels');
  const side = (axis: 'X' | 'Y'): number => {
    const unit = child(pixels, `@PhysicalSize${axis}Unit`);
    const um = umPerUnit[typeof unit === 'string' ? unitKey(unit) : 'µm'];
    return Number(child(pixels, `@PhysicalSize${axis}`)) * (um ?? Number.NaN);
  };
  return square(side('X'), side('Y'), 'ome');
}

/** ImageJ writes `unit=` into the description and pixels per unit into the resolution tags. */
function fromImageJ(description: string, xPerUnit: number, yPerUnit: number): StatedPixelSize {
  const unit = /^unit=(.*)$/m.exec(description)?.[1];
  const um = unit === undefined ? undefined : umPerUnit[unitKey(unit)];
  return um === undefined ? {} : square(um / xPerUnit, um / yPerUnit, 'imagej');
}

/** `mibi.size`: the side of the FOV in µm, in the JSON description that the instrument's software writes. */
function fromMibi(json: string, widthPx: number): StatedPixelSize {
  try {
    const fields: unknown = JSON.parse(json);
    const size = Number(child(fields, 'mibi.size'));
    return square(size / widthPx, size / widthPx, 'mibi');
  } catch {
    return {}; // Not MIBI's JSON.
  }
}

function unitKey(unit: string): string {
  return unit.trim().toLowerCase();
}

function square(x: number, y: number, origin: PixelSize['origin']): StatedPixelSize {
  const valid = Number.isFinite(x) && x > 0 && Number.isFinite(y) && y > 0;
  if (!valid) return {};
  if (Math.abs(x - y) <= squareTolerance * x) return { pixelSize: { um: x, origin } };
  return { pixelSizeProblem: `its pixels are ${x} µm wide and ${y} µm high, not square` };
}

function child(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined;
}

function first(node: unknown): unknown {
  return Array.isArray(node) ? (node as unknown[])[0] : node;
}
