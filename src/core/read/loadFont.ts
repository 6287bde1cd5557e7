import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BundledFonts, FontFile, FontOutlines, GlyphOutline } from '../model/fontOutlines';
import { findInstalled } from '../installed/findInstalled';
import { TrueTypeFont } from './trueTypeFont';

const folder = path.join('media', 'fonts');
let loaded: BundledFonts | undefined;

/**
 * The bundled fonts, as outlines and as files, so that text looks the same on a machine without any font installed:
 * Liberation Sans, and for signs that it lacks (`⁻`, `⁺`, the hyphen that does not break) a second one.
 */
export function loadFont(): BundledFonts {
  loaded ??= joinFonts(
    new OpenedFont('LiberationSans-Regular.ttf', 'Liberation Sans'),
    new OpenedFont('BatchExportSigns.ttf', 'Batch Export Signs'),
  );
  return loaded;
}

/** A font file that is read when it is first asked: most texts have no sign that needs the second one. */
class OpenedFont implements FontFile, FontOutlines {
  private opened: { readonly bytes: Buffer; readonly outlines: TrueTypeFont } | undefined;

  constructor(
    private readonly file: string,
    readonly family: string,
  ) {}

  private get whole(): { readonly bytes: Buffer; readonly outlines: TrueTypeFont } {
    if (!this.opened) {
      const bytes = readFileSync(findInstalled(path.join(folder, this.file)));
      this.opened = { bytes, outlines: new TrueTypeFont(bytes) };
    }
    return this.opened;
  }

  get bytes(): Buffer {
    return this.whole.bytes;
  }

  get unitsPerEm(): number {
    return this.whole.outlines.unitsPerEm;
  }

  get capHeight(): number {
    return this.whole.outlines.capHeight;
  }

  has(codePoint: number): boolean {
    return this.whole.outlines.has(codePoint);
  }

  glyph(codePoint: number): GlyphOutline {
    return this.whole.outlines.glyph(codePoint);
  }

  async subset(text: string): Promise<Uint8Array> {
    // Loaded where it is needed: fontkit takes longer to load than small jobs take.
    const { subsetFont } = await import('./subsetFont');
    return subsetFont(this.bytes, text);
  }
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
