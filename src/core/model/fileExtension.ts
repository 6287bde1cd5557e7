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
