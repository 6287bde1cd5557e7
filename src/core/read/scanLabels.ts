import { ExportError } from '../model/exportError';
import type { LabelImage, Plane, Region, SampleArray } from '../model/image';
import type { LabelWindow, ScanLabels } from '../model/labelScan';
import { type PlaneScanOptions, type PlaneSource, scanPlane } from './openImage';

const maxLabel = 2 ** 32 - 1;

/** Labels are kept in 32 bits, whatever they are on disk. */
export const labelBytes = 4;

/**
 * Goes through a label mask or an annotation as `scanPlane` does: integers, 0 = background, stored as any sample type that holds
 * them exactly. A negative or fractional label is `MaskInvalid`: rounding it would give a pixel to another cell.
 * @param visit gets each window, valid until the next one
 */
export function scanLabels(
  source: PlaneSource,
  visit: (window: LabelWindow) => void,
  options: Omit<PlaneScanOptions, 'leastBytesPerPx'> = {},
): Promise<void> {
  let room = new Uint32Array(0);
  const take = (length: number): Uint32Array => {
    if (room.length < length) room = new Uint32Array(length);
    return room.subarray(0, length);
  };
  return scanPlane(
    source,
    ({ x, y, ...plane }) => {
      visit({ ...toLabelImage(source.file, plane, { x, y }, take), x, y });
    },
    { ...options, leastBytesPerPx: labelBytes },
  );
}

/** The scan of a mask on disk. One that is a single band is decoded once for all passes. Fails like `scanLabels`. */
export function scanOfMask(source: PlaneSource, signal?: AbortSignal): ScanLabels {
  let whole: LabelWindow | undefined;
  return async (visit, choose) => {
    if (whole) {
      visit(whole);
      return;
    }
    let windows = 0;
    let last: LabelWindow | undefined;
    const look = (window: LabelWindow): void => {
      windows++;
      last = window;
      visit(window);
    };
    await scanLabels(source, look, { signal, choose });
    if (!choose && windows === 1) whole = last;
  };
}

/**
 * Samples of a mask, or of a part of it, as labels, in the same memory where that holds labels already. Fails with `MaskInvalid`.
 * @param corner of the part, in the mask
 * @param take memory for so many labels, where they need some
 */
export function toLabelImage(
  file: string,
  { widthPx, heightPx, samples }: Plane,
  corner: Pick<Region, 'x' | 'y'> = { x: 0, y: 0 },
  take = (length: number): Uint32Array => new Uint32Array(length),
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
  return { widthPx, heightPx, labels: toLabels(samples, take), ...(typeLimit !== undefined && { typeLimit }) };
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

function toLabels(samples: SampleArray, take: (length: number) => Uint32Array): Uint32Array {
  if (samples instanceof Uint32Array) return samples;
  if (samples instanceof Int32Array) return new Uint32Array(samples.buffer, samples.byteOffset, samples.length);
  const labels = take(samples.length);
  labels.set(samples);
  return labels;
}
