import { colorMapData } from './colorMapData';

/** Colour maps for numbers: four even in lightness, one rainbow that is nearly so, one diverging, and greys. */
export const colorMapNames = ['viridis', 'magma', 'cividis', 'turbo', 'coolwarm', 'greys'] as const;

export type ColorMapName = (typeof colorMapNames)[number];

/** The colour at a fraction 0…1 of a map, which has 256 steps: `⌊256 · fraction⌋`, at most 255, as matplotlib does. */
export function colorAt(map: ColorMapName, fraction: number): `#${string}` {
  const step = Math.min(Math.max(Math.floor(fraction * 256), 0), 255);
  return `#${colorMapData[map].slice(step * 6, step * 6 + 6)}`;
}

/** So many colours of a map, evenly from its first to its last. */
export function sampleColorMap(map: ColorMapName, count: number): `#${string}`[] {
  return Array.from({ length: count }, (_, i) => colorAt(map, i / (count - 1)));
}
