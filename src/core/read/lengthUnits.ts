import type { PixelSizeOrigin, StatedPixelSize } from '../model/image';

/** Prefixes of the metre in OME-XML, which tells `Mm` from `mm`: powers of ten. */
const siPrefixes: Readonly<Record<string, number>> = {
  Y: 24,
  Z: 21,
  E: 18,
  P: 15,
  T: 12,
  G: 9,
  M: 6,
  k: 3,
  h: 2,
  da: 1,
  '': 0,
  d: -1,
  c: -2,
  m: -3,
  µ: -6, // U+00B5, the micro sign
  μ: -6, // U+03BC, the Greek letter
  u: -6, // not in the schema, but seen
  n: -9,
  p: -12,
  f: -15,
  a: -18,
  z: -21,
  y: -24,
};

const umPerInch = 25_400;

/** µm in the units that paper is measured in, and no microscope's stage. */
const paperUnits: Readonly<Record<string, number>> = {
  in: umPerInch,
  inch: umPerInch,
  inches: umPerInch,
  '"': umPerInch,
  pt: umPerInch / 72,
};

/** µm in the other units of OME-XML's `UnitsLength`; `pixel` and `reference frame` are no lengths. */
const otherOmeUnits: Readonly<Record<string, number>> = {
  '\u00c5': 1e-4, // Å
  '\u212b': 1e-4, // the ångström sign, which looks the same
  ...paperUnits,
  ft: 304_800,
  yd: 914_400,
  mi: 1_609_344_000,
  thou: 25.4,
  li: umPerInch / 12,
  ua: 149_597_870_700e6,
  ly: 9_460_730_472_580_800e6,
  pc: 3.085_677_581_491_367e22,
};

/** µm in one unit of OME-XML (schema 2016-06, `UnitsLength`), or in one written out; `undefined` for what is no length. */
export function umPerOmeUnit(unit: string): number | undefined {
  const name = plainUnit(unit);
  const prefix = name.endsWith('m') ? own(siPrefixes, name.slice(0, -1)) : undefined;
  // Powers of ten as literals: 10 ** -6 * 1e6 would be 0.9999….
  if (prefix !== undefined) return Number(`1e${prefix + 6}`);
  // Not in the schema, but seen: `micron`. Short ones are not taken in any letter case, for `MM` may be anything.
  return own(otherOmeUnits, name) ?? (name.length > 3 ? umPerNamedUnit(name) : undefined);
}

/** Whether a unit of OME-XML says that the number is no length at all. */
export function isNoLength(unit: string): boolean {
  return ['pixel', 'reference frame'].includes(unit.trim());
}

/** µm in a unit written out, as ImageJ and UDUNITS (OME-Zarr) write it, in any letter case. */
const namedUnits: Readonly<Record<string, number>> = {
  picometer: 1e-6,
  pm: 1e-6,
  å: 1e-4,
  angstrom: 1e-4,
  nm: 1e-3,
  nanometer: 1e-3,
  um: 1,
  µm: 1, // U+00B5
  μm: 1, // U+03BC
  micron: 1,
  microns: 1,
  micrometer: 1,
  mm: 1e3,
  millimeter: 1e3,
  cm: 1e4,
  centimeter: 1e4,
  decimeter: 1e5,
  m: 1e6,
  meter: 1e6,
  ...paperUnits,
  foot: 304_800,
  yard: 914_400,
};

/** µm in one unit that is written out (`micrometer`, `nm`, `inch` …); `undefined` for what is no length. */
export function umPerNamedUnit(unit: string): number | undefined {
  return own(namedUnits, plainUnit(unit).toLowerCase().replace(/metre/, 'meter'));
}

/**
 * A unit as it was meant: ImageJ escapes what is not ASCII (`\u00B5m`), and some have taken the two bytes of a sign in UTF-8
 * for two characters, before or after that (`\u00C2\u00B5m`, `Âµm`).
 */
function plainUnit(unit: string): string {
  const text = unit.trim().replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
  const isBytes = /[\u0080-\u00ff]/.test(text) && !/[^\0-\u00ff]/.test(text);
  const decoded = isBytes ? Buffer.from(text, 'latin1').toString('utf8') : text;
  return decoded.includes('\ufffd') ? text : decoded;
}

function own(units: Readonly<Record<string, number>>, name: string): number | undefined {
  return Object.hasOwn(units, name) ? units[name] : undefined;
}

/** Sizes along x and y that differ by less than this share are one size, written with few digits. */
const squareTolerance = 1e-3;

/** In dots per inch, what programs write where nobody has measured anything: of screens and of printers. */
const printResolutions = [72, 96, 150, 300, 600];

/** Programs round them to whole dots per centimetre, say. */
const printTolerance = 0.01;

/** Whether a unit is one that paper is measured in, and no microscope's stage. */
export function isPaperUnit(unit: string): boolean {
  return Object.hasOwn(paperUnits, plainUnit(unit).toLowerCase());
}

/** What a pixel of so many µm of paper states: a resolution, or nothing where the number is none. */
export function paperPixelSize(umPerPixel: number): StatedPixelSize {
  return umPerPixel > 0 && umPerPixel < Infinity ? { printResolution: inDpi(umPerPixel) } : {};
}

/** A resolution as people write it. */
function inDpi(umPerPixel: number): string {
  const dpi = umPerInch / umPerPixel;
  const usual = printResolutions.find((resolution) => Math.abs(dpi - resolution) <= printTolerance * resolution);
  return `${usual ?? Number(dpi.toPrecision(3))} dpi`;
}

function isPrintResolution(umPerPixel: number): boolean {
  return printResolutions.some((dpi) => Math.abs(umPerInch / umPerPixel - dpi) <= printTolerance * dpi);
}

/**
 * The size of a pixel that is so many µm wide and high, `NaN` where that is not stated; a pixel that is not square, or
 * of which only one side is known, has none that we can use, nor has one of a usual print resolution.
 */
export function squarePixelSize(x: number, y: number, origin: PixelSizeOrigin): StatedPixelSize {
  // The instrument says how large what it scanned is.
  const isPaper = origin !== 'mibi' && [x, y].every((side) => Number.isNaN(side) || isPrintResolution(side));
  if (isPaper && !(Number.isNaN(x) && Number.isNaN(y))) return paperPixelSize(Number.isNaN(x) ? y : x);
  const [isWide, isHigh] = [x, y].map((side) => Number.isFinite(side) && side > 0);
  if (!isWide && !isHigh) return {};
  if (!isWide || !isHigh) {
    const [known, unknown] = isWide ? [`${x} µm wide`, 'high'] : [`${y} µm high`, 'wide'];
    return { pixelSizeProblem: `its pixels are ${known}, and it does not say how ${unknown}` };
  }
  if (Math.abs(x - y) <= squareTolerance * x) return { pixelSize: { um: x, origin } };
  return { pixelSizeProblem: `its pixels are ${x} µm wide and ${y} µm high, not square` };
}
