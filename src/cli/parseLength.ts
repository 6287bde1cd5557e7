import { ExportError } from '../core/index';

/** µm are this many parts of the unit; dividing by a whole number keeps 700 nm at 0.7 µm. */
const partsPerUm: Readonly<Record<string, number>> = { nm: 1000, um: 1, µm: 1, μm: 1, mm: 1 / 1000 };

/** A length above zero with its unit, `20um`, `500 nm` or `1mm`, in µm; `Usage` if it is none. */
export function parseLengthUm(text: string, flag: string, others: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+(?:e[+-]?\d+)?)\s*([a-zµμ]+)$/i.exec(text.trim()) ?? [];
  const parts = partsPerUm[unit];
  const length = parts === undefined ? Number.NaN : Number(digits) / parts;
  if (length > 0 && Number.isFinite(length)) return length;
  throw new ExportError('Usage', `Expected ${others} such as 20um, 500nm or 1mm for ${flag}, but found "${text}".`);
}
