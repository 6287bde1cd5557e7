import type { PixelSizeOrigin } from './image';

/** A pixel size for people: six digits are more than any stage holds, and hide what division left behind. */
export function pixelSizeText(um: number): string {
  return `${Number(um.toPrecision(6))} µm`;
}

/** Where a pixel size came from, in words that follow its value. */
export const pixelSizeOriginText: Readonly<Record<PixelSizeOrigin, string>> = {
  given: 'given',
  ome: 'from OME metadata',
  imagej: 'from ImageJ metadata',
  mibi: 'from MIBI metadata',
  map: 'from the map descriptor',
  dataset: "from the dataset's settings",
  ueler: "from UELer's settings, whose default of 0.39 µm is often untouched",
};
