import { type HexColor, toRgbFractions } from '../model/color';
import type { FigureLayout, Mark, MarkGroup } from '../model/figure';
import type { FontOutlines } from '../model/fontOutlines';
import type { Picture, PictureSize } from '../model/image';
import { rasterizeText, textBaselinePx } from './rasterizeText';

/** A shape of one colour in each of its columns. */
interface PaintedShape {
  readonly coverage: Coverage;
  readonly colorAt: (column: number) => readonly number[];
}

/** Paints a figure that was laid out on whole pixels, band after band of its picture from top to bottom. */
export class FigurePainter {
  /** Of the figure, strips included. */
  readonly size: PictureSize;
  private readonly shapes: readonly PaintedShape[];

  constructor(
    private readonly layout: FigureLayout,
    private readonly picture: PictureSize,
    font: FontOutlines,
  ) {
    this.size = { widthPx: layout.width, heightPx: layout.height };
    this.shapes = layout.groups.flatMap((group) => shapesOf(group, font));
  }

  /**
   * The rows of the figure that show a band of the picture; the strip above it goes with the first band, the one below with
   * the last. They are the band's own memory, changed, where there is nothing beside the picture.
   * @param topPx the picture's row that is the band's first
   */
  paint(band: Picture, topPx: number): Picture {
    const { picture, layout } = this;
    const isFirst = topPx === 0;
    const isLast = topPx + band.heightPx === picture.heightPx;
    const from = isFirst ? 0 : layout.pictureY + topPx;
    const to = isLast ? layout.height : layout.pictureY + topPx + band.heightPx;
    const isBare = layout.width === picture.widthPx && to - from === band.heightPx;
    const rows = isBare ? band : this.beside(band, to - from, layout.pictureY + topPx - from);
    for (const { coverage, colorAt } of this.shapes) {
      blend(rows, { ...coverage, top: coverage.top - from }, colorAt);
    }
    return rows;
  }

  /** The band with the background around it. */
  private beside(band: Picture, heightPx: number, y: number): Picture {
    const { width: widthPx, pictureX, background } = this.layout;
    const rows = { widthPx, heightPx, rgb: new Uint8Array(widthPx * heightPx * 3) };
    if (background !== '#000000') rows.rgb.set(repeated(background, widthPx * heightPx));
    for (let row = 0; row < band.heightPx; row++) {
      const line = band.rgb.subarray(row * band.widthPx * 3, (row + 1) * band.widthPx * 3);
      rows.rgb.set(line, ((row + y) * widthPx + pictureX) * 3);
    }
    return rows;
  }
}

function repeated(color: HexColor, pixels: number): Uint8Array {
  const rgb = new Uint8Array(pixels * 3);
  const bytes = toBytes(color);
  for (let o = 0; o < rgb.length; o++) rgb[o] = bytes[o % 3];
  return rgb;
}

function toBytes(color: HexColor): number[] {
  return toRgbFractions(color).map((part) => Math.round(part * 255));
}

/** A part of the figure, and how much of each of its pixels is covered, 0…1. */
interface Coverage {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** A group's halo, then its marks. */
function shapesOf({ marks, halo }: MarkGroup, font: FontOutlines): PaintedShape[] {
  const shapes = marks.map((mark) => ({ coverage: coverageOf(mark, font), colorAt: colorsOf(mark) }));
  if (!halo) return shapes;
  const color = toBytes(halo.color); // Once, and not for each column.
  const around = haloAround(
    shapes.map(({ coverage }) => coverage),
    halo.width,
  );
  return [{ coverage: around, colorAt: () => color }, ...shapes];
}

function coverageOf(mark: Mark, font: FontOutlines): Coverage {
  if (mark.kind !== 'text') {
    const { x: left, y: top, width, height } = mark;
    return { left, top, width, height, values: new Float32Array(width * height).fill(1) };
  }
  const { leftPx, widthPx: width, heightPx: height, coverage } = rasterizeText(mark.text, font, mark.size);
  return { left: mark.x - leftPx, top: mark.baselineY - textBaselinePx(mark.size), width, height, values: coverage };
}

/** The colour of a mark in each of its columns. */
function colorsOf(mark: Mark): (column: number) => readonly number[] {
  if (mark.kind !== 'ramp') {
    const bytes = toBytes(mark.color);
    return () => bytes;
  }
  const stops = mark.colors.map(toBytes);
  return (column) => {
    const at = ((column + 0.5) / mark.width) * (stops.length - 1);
    const [from, to] = [stops[Math.floor(at)], stops[Math.min(Math.floor(at) + 1, stops.length - 1)]];
    return from.map((part, i) => part + (to[i] - part) * (at % 1));
  };
}

/** All that is covered, widened by a disc: what is painted behind marks so that they stand out. */
function haloAround(covered: readonly Coverage[], radius: number): Coverage {
  const left = Math.min(...covered.map((each) => each.left)) - radius;
  const top = Math.min(...covered.map((each) => each.top)) - radius;
  const width = Math.max(...covered.map((each) => each.left + each.width)) + radius - left;
  const height = Math.max(...covered.map((each) => each.top + each.height)) + radius - top;
  const all = new Float32Array(width * height);
  for (const each of covered) {
    for (let y = 0; y < each.height; y++) {
      const start = (each.top + y - top) * width + each.left - left;
      for (let x = 0; x < each.width; x++) {
        all[start + x] = Math.max(all[start + x], Math.min(each.values[y * each.width + x], 1));
      }
    }
  }
  const disc: number[] = [];
  for (let dy = -radius; dy <= radius; dy++) {
    for (let dx = -radius; dx <= radius; dx++) {
      if (dx * dx + dy * dy <= radius * radius + 1) disc.push(dy * width + dx);
    }
  }
  const values = all.slice();
  for (let y = radius; y < height - radius; y++) {
    for (let x = radius; x < width - radius; x++) {
      const i = y * width + x;
      const value = all[i];
      // Inside a shape nothing is gained: its own edge reaches further.
      const isInside = Math.min(all[i - 1], all[i + 1], all[i - width], all[i + width]) >= value;
      if (value === 0 || isInside) continue;
      for (const offset of disc) if (values[i + offset] < value) values[i + offset] = value;
    }
  }
  return { left, top, width, height, values };
}

/** Blends a colour over rows where a shape covers them; what lies outside is left out. */
function blend(
  { widthPx, heightPx, rgb }: Picture,
  { left, top, width, height, values }: Coverage,
  colorAt: (column: number) => readonly number[],
): void {
  const firstX = Math.max(0, -left);
  const lastX = Math.min(width, widthPx - left);
  for (let x = firstX; x < lastX; x++) {
    const color = colorAt(x);
    for (let y = Math.max(0, -top); y < Math.min(height, heightPx - top); y++) {
      const share = Math.min(values[y * width + x], 1);
      if (share === 0) continue;
      const o = ((top + y) * widthPx + left + x) * 3;
      for (let i = 0; i < 3; i++) rgb[o + i] = Math.floor((1 - share) * rgb[o + i] + share * color[i] + 0.5);
    }
  }
}
