import type { Problem } from './dataset';
import type { PixelSize } from './image';
import { listNames } from './listNames';
import { mapEntry } from './mapEntry';
import { pixelSizeOriginText, pixelSizeText } from './pixelSizeOrigin';

/** Larger ones occur, in mass spectrometry of whole organs say, but are far more often a slip. */
const largestUsualUm = 20;

/** Sizes that differ by more than this share contradict each other; less is rounding. */
const tolerance = 0.01;

/**
 * Another size that is stated, if not both can be right; UELer's settings do not count, whose default is often untouched.
 */
export function contradicting({ um }: PixelSize, other: PixelSize | undefined): PixelSize | undefined {
  if (!other || other.origin === 'ueler') return undefined;
  return Math.abs(um - other.um) > tolerance * other.um ? other : undefined;
}

/** What is known of the pixels of something that has a name. */
export interface KnownPixelSize {
  readonly name: string;
  readonly pixelSize?: PixelSize;
  /** What is stated besides and contradicts it. */
  readonly otherPixelSize?: PixelSize;
}

/** What a person should look at twice before believing a scale bar: pixels that are very large, or stated to be of two sizes. */
export function pixelSizeWarnings(known: readonly KnownPixelSize[]): Problem[] {
  const large = new Map<string, string[]>();
  const double = new Map<string, string[]>();
  for (const { name, pixelSize, otherPixelSize } of known) {
    if (!pixelSize) continue;
    if (pixelSize.um > largestUsualUm) mapEntry(large, inWords(pixelSize), () => []).push(name);
    if (!otherPixelSize) continue;
    const both = `${inWords(pixelSize)}, which is used, and ${inWords(otherPixelSize)}`;
    mapEntry(double, both, () => []).push(name);
  }
  const toProblem = (message: string): Problem => ({ code: 'PixelSizeDoubtful', message });
  return [
    ...Array.from(large, ([size, names]) =>
      toProblem(`Pixels of more than ${largestUsualUm} µm are rare: those of ${listNames(names)} are ${size} wide.`),
    ),
    ...Array.from(double, ([both, names]) => toProblem(`Two pixel sizes are stated for ${listNames(names)}: ${both}.`)),
  ];
}

function inWords({ um, origin }: PixelSize): string {
  return `${pixelSizeText(um)} (${pixelSizeOriginText[origin]})`;
}

/** What files state in place of a pixel size, `300 dpi`, in words. */
export function printText(printResolution: string): string {
  return `a print resolution of ${printResolution}`;
}

/** What files state that state no pixel size, in words that follow `but`. */
export function noPixelSize(printResolution?: string): string {
  return `its files state ${printResolution === undefined ? 'none' : `only ${printText(printResolution)}`}`;
}
