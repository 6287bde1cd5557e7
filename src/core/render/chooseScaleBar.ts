import { ExportError } from '../model/exportError';
import type { ScaleBarSettings } from '../model/marks';

/**
 * The longest round length, 1, 2 or 5 × 10ⁿ µm, that is not above `maxUm`.
 * Computed from decimal digits, because 2 × 10⁻¹ in binary is not exactly 0.2 and a bar must not be labelled 0.19999.
 */
export function chooseScaleBarUm(maxUm: number): number {
  const exponent = Math.floor(Math.log10(maxUm));
  for (const power of [exponent + 1, exponent, exponent - 1]) {
    for (const digit of [5, 2, 1]) {
      const length = Number(`${digit}e${power}`);
      if (length <= maxUm) return length;
    }
  }
  throw new RangeError(`no bar length is at most ${maxUm} µm`);
}

/** A length as text: nm below 1 µm, mm from 1000 µm. */
export function formatLength(lengthUm: number): string {
  const [value, unit] =
    lengthUm < 1 ? [lengthUm * 1e3, 'nm'] : lengthUm >= 1e3 ? [lengthUm / 1e3, 'mm'] : [lengthUm, 'µm'];
  // Twelve digits: beyond them there is only the noise of binary fractions.
  return `${Number(value.toPrecision(12))} ${unit}`;
}

/** What a bar has to fit into. */
export interface BarRoom {
  readonly pictureWidthPx: number;
  /** Left free on either side. */
  readonly marginPx: number;
  /** µm per pixel of the picture, downsampling included. */
  readonly umPerPx: number;
}

/**
 * The length of a picture's bar in µm: the one that was asked for, or the longest round one within the share of the
 * picture's width, and in any case within its margins.
 * `ScaleBarTooLong` for a fixed bar that does not fit, `ScaleBarTooShort` for one of less than half a pixel.
 */
export function scaleBarLengthUm(settings: ScaleBarSettings, { pictureWidthPx, marginPx, umPerPx }: BarRoom): number {
  const { length, maxPercent } = settings;
  if (length === 'off') throw new RangeError('expected a bar');
  const roomPx = pictureWidthPx - 2 * marginPx;
  if (typeof length === 'number' && length / umPerPx > roomPx) {
    throw new ExportError(
      'ScaleBarTooLong',
      `Expected a scale bar of ${formatLength(length)} to fit into the picture, but the picture less its margins is ${formatLength(Math.max(roomPx, 0) * umPerPx)} wide; choose a shorter bar or "auto".`,
    );
  }
  // Of a picture narrower than its margins nothing would be left; its bar is short enough by its share.
  const maxPx = Math.min((pictureWidthPx * maxPercent) / 100, roomPx > 0 ? roomPx : pictureWidthPx);
  const maxUm = maxPx * umPerPx; // 0, where it is less than numbers can say.
  const lengthUm = typeof length === 'number' ? length : maxUm > 0 ? chooseScaleBarUm(maxUm) : 0;
  if (Math.round(lengthUm / umPerPx) < 1) {
    throw new ExportError(
      'ScaleBarTooShort',
      `Expected room for a scale bar of at least a pixel, but ${formatLength(lengthUm)} is less than half a pixel of this picture, ${pictureWidthPx} pixels wide; make the picture larger, allow a longer bar, or switch it off.`,
    );
  }
  return lengthUm;
}
