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
}
