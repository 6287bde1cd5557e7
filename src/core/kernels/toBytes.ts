import type { ColorRows } from './kernelWorld';

/** Rounds colours to 8 bits; see `Kernels`. */
export function toBytes({ red, green, blue }: ColorRows, rgb: Uint8Array): void {
  // Values are positive, of which the conversion to an integer is the floor.
  for (let i = 0, o = 0; i < red.length; i++, o += 3) {
    rgb[o] = 255 * Math.min(red[i], 1) + 0.5;
    rgb[o + 1] = 255 * Math.min(green[i], 1) + 0.5;
    rgb[o + 2] = 255 * Math.min(blue[i], 1) + 0.5;
  }
}
