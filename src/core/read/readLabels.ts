import { ExportError } from '../model/exportError';
import type { LabelImage } from '../model/image';
import { type PlaneSource, readPlane } from './openImage';

const maxLabel = 2 ** 32 - 1;

/**
 * Reads a label mask or an annotation: integers, 0 = background, stored as any sample type that holds them exactly.
 * A negative or fractional label is `MaskInvalid`: rounding it would give a pixel to another cell.
 */
export async function readLabels(source: PlaneSource, signal?: AbortSignal): Promise<LabelImage> {
  const { file } = source;
  const { widthPx, heightPx, samples } = await readPlane(source, signal);
  const labels = new Uint32Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i];
    if (!(value >= 0 && value <= maxLabel && Number.isInteger(value))) {
      throw new ExportError(
        'MaskInvalid',
        `Expected labels 0, 1, 2 … in ${file}, but found ${value} at x ${i % widthPx}, y ${Math.floor(i / widthPx)}.`,
        { file },
      );
    }
    labels[i] = value;
  }
  return { widthPx, heightPx, labels };
}
