import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as fontkit from 'fontkit';
import type { FontFile, FontOutlines, GlyphOutline } from '../model/fontOutlines';
import { subsetFont } from './subsetFont';

const fontFile = path.join('media', 'fonts', 'LiberationSans-Regular.ttf');
let loaded: (FontOutlines & FontFile) | undefined;

/**
 * The bundled font, as outlines and as a file, so that text looks the same on a machine without any font installed.
 * Works from the sources, from `dist/` and from the installed extension, which differ in depth only.
 */
export function loadFont(): FontOutlines & FontFile {
  loaded ??= parseFont(readFileSync(findUpwards(__dirname, fontFile)));
  return loaded;
}

function findUpwards(start: string, relative: string): string {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, relative);
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder)) throw new Error(`${relative} is missing from this installation`);
  }
}

function parseFont(bytes: Buffer): FontOutlines & FontFile {
  const font = fontkit.create(bytes) as fontkit.Font;
  const glyphs = new Map<number, GlyphOutline>();
  return {
    family: font.familyName,
    bytes,
    unitsPerEm: font.unitsPerEm,
    capHeight: font.capHeight,
    has: (codePoint) => font.hasGlyphForCodePoint(codePoint),
    glyph(codePoint) {
      let outline = glyphs.get(codePoint);
      if (!outline) {
        const glyph = font.glyphForCodePoint(codePoint);
        outline = { advance: glyph.advanceWidth, commands: glyph.path.commands };
        glyphs.set(codePoint, outline);
      }
      return outline;
    },
    subset: (text) => subsetFont(font, bytes, text),
  };
}
