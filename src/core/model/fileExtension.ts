import type { Format } from './recipe';

/** How the names of files of each format end, with the dot. */
export const fileExtensions: Readonly<Record<Format, string>> = {
  png: '.png',
  jpeg: '.jpg',
  tiff: '.tiff',
  webp: '.webp',
  pdf: '.pdf',
  svg: '.svg',
  'ome-tiff': '.ome.tiff',
};

/** How names of pictures end, also of those that come back from others. */
export const pictureEndings: Readonly<Record<Format, RegExp>> = {
  png: /.\.png$/i,
  jpeg: /.\.jpe?g$/i,
  tiff: /.\.tiff?$/i,
  webp: /.\.webp$/i,
  pdf: /.\.pdf$/i,
  svg: /.\.svg$/i,
  'ome-tiff': /.\.ome\.tiff?$/i,
};
