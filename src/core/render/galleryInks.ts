import type { HexColor } from '../model/color';

/** The colours of a gallery's own words and lines, on white paper. */
export const galleryInks = {
  text: '#1a1a1a',
  quiet: '#666666',
  problem: '#b00020',
  line: '#b8b8b8',
  frame: '#f5f5f5',
} as const satisfies Record<string, HexColor>;
