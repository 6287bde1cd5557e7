import { ExportError } from '../model/exportError';
import type { ImageHeader, LabelImage, Plane, Region, SampleArray } from '../model/image';
import type { ReadOptions } from './imageFile';
import { type PlaneSource, readPlane, withImage } from './openImage';

const maxLabel = 2 ** 32 - 1;

/** Labels are kept in 32 bits, whatever they are on disk. */
export const labelBytes = 4;

/**
 * Reads a label mask or an annotation: integers, 0 = background, stored as any sample type that holds them exactly.
 * A negative or fractional label is `MaskInvalid`: rounding it would give a pixel to another cell.
 */
export async function readLabels(source: PlaneSource, options?: Omit<ReadOptions, 'level'>): Promise<LabelImage> {
  return toLabelImage(source.file, await readPlane(source, options, labelBytes));
}

/**
 * Reads parts of a mask: those that are asked for when its header is known, one after the other. Fails like `readLabels`.
 */
export function readLabelParts(
  source: PlaneSource,
  choose: (header: ImageHeader) => readonly Region[],
  signal?: AbortSignal,
): Promise<LabelImage[]> {
  return withImage(source, async (image) => {
    const parts: LabelImage[] = [];
    for (const region of choose(image.describe(source.plane))) {
      const [plane] = await image.read([source.plane], region, { ...(signal && { signal }) });
      parts.push(toLabelImage(source.file, plane, region));
    }
    return parts;
  });
}

/**
 * Samples of a mask, or of a part of it, as labels, in the same memory where that holds labels already. Fails like
 * `readLabels`.
 * @param corner of the part, in the mask
 */
export function toLabelImage(
  file: string,
  { widthPx, heightPx, samples }: Plane,
  corner: Pick<Region, 'x' | 'y'> = { x: 0, y: 0 },
): LabelImage {
  const typeLimit = typeLimitOf(samples);
  const wrong = findNoLabel(samples);
  if (wrong >= 0) {
    throw new ExportError(
      'MaskInvalid',
      `Expected labels 0, 1, 2 … in ${file}, but found ${samples[wrong]} at x ${corner.x + (wrong % widthPx)}, y ${corner.y + Math.floor(wrong / widthPx)}.`,
      { file },
    );
  }
  return { widthPx, heightPx, labels: toLabels(samples), ...(typeLimit !== undefined && { typeLimit }) };
}

function typeLimitOf(samples: SampleArray): number | undefined {
  if (samples instanceof Uint8Array) return 2 ** 8 - 1;
  if (samples instanceof Int8Array) return 2 ** 7 - 1;
  if (samples instanceof Uint16Array) return 2 ** 16 - 1;
  return samples instanceof Int16Array ? 2 ** 15 - 1 : undefined;
}

/** The first sample that is not a label, or −1. */
function findNoLabel(samples: SampleArray): number {
  if (samples instanceof Uint8Array || samples instanceof Uint16Array || samples instanceof Uint32Array) return -1;
  if (samples instanceof Int32Array) return firstNegative(samples);
  return samples.findIndex((value) => !(value >= 0 && value <= maxLabel && Number.isInteger(value)));
}

/** A loop of its own for what most masks are stored as: it takes a tenth of the time. */
function firstNegative(samples: Int32Array): number {
  for (let i = 0; i < samples.length; i++) if (samples[i] < 0) return i;
  return -1;
}

/** In the same memory where that holds labels already. */
function toLabels(samples: SampleArray): Uint32Array {
  if (samples instanceof Uint32Array) return samples;
  if (samples instanceof Int32Array) return new Uint32Array(samples.buffer, samples.byteOffset, samples.length);
  return new Uint32Array(samples);
}
