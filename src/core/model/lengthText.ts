import { greatestLength, isNothing, type PixelsOrUm } from './cellSelection';
import { numberRanges } from './numberRanges';
import { parseDecimal, parseWhole } from './parseDecimal';

/** µm are this many parts of the unit; dividing by a whole number keeps 700 nm at 0.7 µm. */
const partsPerUm: Readonly<Record<string, number>> = { nm: 1000, um: 1, µm: 1, μm: 1, mm: 1 / 1000 };

/** A length above zero with its unit, `20um`, `500 nm` or `1mm`, in µm; `undefined` if it is none. */
export function parseLengthUm(text: string): number | undefined {
  const [, digits = '', unit = ''] = /^([\d.]+(?:e[+-]?\d+)?)\s*([a-zµμ]+)$/i.exec(text.trim()) ?? [];
  const length = Object.hasOwn(partsPerUm, unit) ? (parseDecimal(digits) ?? Number.NaN) / partsPerUm[unit] : Number.NaN;
  return length > 0 && Number.isFinite(length) ? length : undefined;
}

/** Whole pixels, `128px`, or a length, `50um`; `undefined` if it is neither. */
export function parsePixelsOrUm(text: string): PixelsOrUm | undefined {
  const pixels = /^(\d+)\s*px$/.exec(text.trim())?.[1];
  if (pixels !== undefined) return Number(pixels) <= greatestLength.px ? { px: Number(pixels) } : undefined;
  const um = parseLengthUm(text);
  return um === undefined || um > greatestLength.um ? undefined : { um };
}

/** The same, of a picture, which has at least a pixel. */
export function parseSize(text: string): PixelsOrUm | undefined {
  const length = parsePixelsOrUm(text);
  return length && !isNothing(length) ? length : undefined;
}

/** How thick a line is, in whole pixels of the output: `2px`, or `2`. */
export function parseLineWidthPx(text: string): number | undefined {
  const { min, max } = numberRanges.lineWidthPx;
  return parseWhole(text.trim().replace(/px$/, ''), min, max);
}
