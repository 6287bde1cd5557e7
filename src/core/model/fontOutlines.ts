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

/** A font as a file, for documents that carry it with them. */
export interface FontFile {
  readonly family: string;
  /** The whole font, TrueType. */
  readonly bytes: Uint8Array;
  has(codePoint: number): boolean;
  /** A TrueType font of these characters only, complete enough for browsers and editors. */
  subset(text: string): Promise<Uint8Array>;
}

/** The bundled fonts: one set of outlines, and the files that it is of. */
export interface BundledFonts extends FontOutlines {
  /** A character is of the first that has it; what none has is of the first. */
  readonly files: readonly [FontFile, ...FontFile[]];
}

/** The width of a line of text, in the unit of `size`: the sum of its characters' advances, without kerning. */
export function textWidth(text: string, font: FontOutlines, size: number): number {
  let units = 0;
  for (const char of text) units += font.glyph(char.codePointAt(0)!).advance;
  return (units * size) / font.unitsPerEm;
}

/** A part of a text whose characters are all of one font. */
export interface FontRun {
  readonly text: string;
  readonly file: FontFile;
}

/** A text in runs of one font each, in order; none for an empty text. */
export function splitByFont(text: string, { files }: BundledFonts): FontRun[] {
  const runs: { text: string; file: FontFile }[] = [];
  for (const char of text) {
    const code = char.codePointAt(0)!;
    const file = files.find((each) => each.has(code)) ?? files[0];
    const last = runs.at(-1);
    if (last?.file === file) last.text += char;
    else runs.push({ text: char, file });
  }
  return runs;
}
