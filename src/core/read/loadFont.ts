import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fontkit from 'fontkit';
import type { BundledFonts, FontFile, FontOutlines, GlyphOutline } from '../model/fontOutlines';
import { findInstalled } from '../installed/findInstalled';
import { subsetFont } from './subsetFont';

const folder = path.join('media', 'fonts');
let loaded: BundledFonts | undefined;

/**
 * The bundled fonts, as outlines and as files, so that text looks the same on a machine without any font installed:
 * Liberation Sans, and for signs that it lacks (`⁻`, `⁺`, the hyphen that does not break) a second one.
 */
export function loadFont(): BundledFonts {
  loaded ??= joinFonts(openFont('LiberationSans-Regular.ttf'), openFont('BatchExportSigns.ttf'));
  return loaded;
}

/** A font file that is read when it is first asked: most texts have no sign that needs the second one. */
class OpenedFont implements FontFile, FontOutlines {
  private opened: { readonly bytes: Buffer; readonly font: fontkit.Font } | undefined;

  constructor(private readonly file: string) {}

  private get whole(): { readonly bytes: Buffer; readonly font: fontkit.Font } {
    if (!this.opened) {
      const bytes = readFileSync(findInstalled(this.file));
      this.opened = { bytes, font: fontkit.create(bytes) as fontkit.Font };
    }
    return this.opened;
  }

  get family(): string {
    return this.whole.font.familyName;
  }

  get bytes(): Buffer {
    return this.whole.bytes;
  }

  get unitsPerEm(): number {
    return this.whole.font.unitsPerEm;
  }

  get capHeight(): number {
    return this.whole.font.capHeight;
  }

  has(codePoint: number): boolean {
    return this.whole.font.hasGlyphForCodePoint(codePoint);
  }

  glyph(codePoint: number): GlyphOutline {
    const { advanceWidth, path: outline } = this.whole.font.glyphForCodePoint(codePoint);
    return { advance: advanceWidth, commands: outline.commands };
  }

  subset(text: string): Uint8Array {
    return subsetFont(this.whole.font, this.bytes, text);
  }
}

function openFont(name: string): OpenedFont {
  return new OpenedFont(path.join(folder, name));
}

/** One font of two: the second one's shapes, in the first one's units, where the first has none. */
function joinFonts(first: OpenedFont, second: OpenedFont): BundledFonts {
  const glyphs = new Map<number, GlyphOutline>();
  return {
    files: [first, second],
    unitsPerEm: first.unitsPerEm,
    capHeight: first.capHeight,
    has: (codePoint) => first.has(codePoint) || second.has(codePoint),
    glyph(codePoint) {
      let outline = glyphs.get(codePoint);
      if (!outline) {
        const isOfSecond = !first.has(codePoint) && second.has(codePoint);
        outline = isOfSecond
          ? inUnits(second.glyph(codePoint), first.unitsPerEm / second.unitsPerEm)
          : first.glyph(codePoint);
        glyphs.set(codePoint, outline);
      }
      return outline;
    },
  };
}

function inUnits({ advance, commands }: GlyphOutline, scale: number): GlyphOutline {
  const scaled = commands.map(({ command, args }) => ({ command, args: args.map((value) => value * scale) }));
  return { advance: advance * scale, commands: scaled };
}
