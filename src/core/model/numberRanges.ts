/** The numbers that a setting may be, from `min` to `max`; without the least one itself where it is open. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isOpen?: boolean;
}

/** What settings in numbers may be, for whoever reads them: the schema of recipes, the flags, and the panel. */
export const numberRanges = {
  downsample: { min: 1, max: 1024 },
  dpi: { min: 1, max: 10_000 },
  sampleSize: { min: 1, max: 1_000_000_000 },
  seed: { min: 0, max: 4_294_967_295 },
  pixelSizeUm: { min: 0, max: 1e6, isOpen: true },
  arcsinhCofactor: { min: 0, max: 1e12, isOpen: true },
  barMaxPercent: { min: 0, max: 100, isOpen: true },
  lineWidthPx: { min: 1, max: 100 },
  lineWidthPt: { min: 0, max: 72, isOpen: true },
  opacity: { min: 0, max: 1 },
  printWidthMm: { min: 1, max: 5000 },
  fontPt: { min: 1, max: 144 },
} as const satisfies Readonly<Record<string, NumberRange>>;

export function isWithin(value: number, { min, max, isOpen = false }: NumberRange): boolean {
  return value <= max && (isOpen ? value > min : value >= min);
}

/** `from 1 to 144`, `above 0 and up to 72`; with a unit `from 1px to 100px`. */
export function rangeText({ min, max, isOpen = false }: NumberRange, unit = ''): string {
  return isOpen ? `above ${min}${unit} and up to ${max}${unit}` : `from ${min}${unit} to ${max}${unit}`;
}
