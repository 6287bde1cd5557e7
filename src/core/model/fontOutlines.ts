/** One step of a glyph's outline, in font units, y up. */
export interface OutlineCommand {
  readonly command: 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'bezierCurveTo' | 'closePath';
  readonly args: readonly number[];
}

export interface GlyphOutline {
  /** How far the pen moves on, in font units. */
  readonly advance: number;
  readonly commands: readonly OutlineCommand[];
}

/** A font as shapes: all that drawing text needs, without a file or a library. */
export interface FontOutlines {
  readonly unitsPerEm: number;
  /** Height of a capital letter above the baseline, in font units. */
  readonly capHeight: number;
  glyph(codePoint: number): GlyphOutline;
  /** Whether the font has a shape of its own for a character. */
  has(codePoint: number): boolean;
}

/** A font as files, for documents that carry it with them. */
export interface FontFile {
  readonly family: string;
  /** The whole font, TrueType. */
  readonly bytes: Uint8Array;
  /** A TrueType font of these characters only, complete enough for browsers and editors. */
  subset(text: string): Uint8Array;
}

/** The width of a line of text, in the unit of `size`: the sum of its characters' advances, without kerning. */
export function textWidth(text: string, font: FontOutlines, size: number): number {
  let units = 0;
  for (const char of text) units += font.glyph(char.codePointAt(0)!).advance;
  return (units * size) / font.unitsPerEm;
}
