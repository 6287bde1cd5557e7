import { type HexColor, toRgbFractions } from '../model/color';
import type { FigureLayout, Mark, MarkGroup } from '../model/figure';
import type { FontOutlines } from '../model/fontOutlines';
import type { Picture } from '../model/image';
import { rasterizeText, textBaselinePx } from './rasterizeText';

/** Rows of a figure; what is beside its picture included. */
export interface FigureRows extends Picture {
  /** The row of the figure that is the first of these. */
  readonly topPx: number;
}

/** Paints a figure that was laid out on whole pixels. Returns a new picture, or the same one if it has no marks. */
export function paintMarks(picture: Picture, layout: FigureLayout, font: FontOutlines): Picture {
  const { width: widthPx, height: heightPx, pictureX, pictureY, groups, background } = layout;
  if (groups.length === 0) return picture;
  const canvas = { widthPx, heightPx, rgb: new Uint8Array(widthPx * heightPx * 3) };
  if (background !== '#000000') canvas.rgb.set(repeated(background, widthPx * heightPx));
  for (let y = 0; y < picture.heightPx; y++) {
    const row = picture.rgb.subarray(y * picture.widthPx * 3, (y + 1) * picture.widthPx * 3);
    canvas.rgb.set(row, ((y + pictureY) * widthPx + pictureX) * 3);
  }
  markPainter(layout, font)({ ...canvas, topPx: 0 });
  return canvas;
}

/**
 * What paints the marks of a figure that was laid out on whole pixels over rows of it: all at once or some at a time, which
 * makes no difference. Touches only what they cover.
 */
export function markPainter({ groups }: FigureLayout, font: FontOutlines): (rows: FigureRows) => void {
  const layers = groups.flatMap((group) => layersOf(group, font));
  return (rows) => {
    for (const { coverage, colorAt } of layers) blend(rows, coverage, colorAt);
  };
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

/** A part of a figure, and how much of each of its pixels is covered, 0…1. */
interface Coverage {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** What is blended over a figure at once: a mark, or the halo of a group. */
interface Layer {
  readonly coverage: Coverage;
  /** In each of its columns. */
  readonly colorAt: (column: number) => readonly number[];
}

/** From bottom to top. */
function layersOf({ marks, halo }: MarkGroup, font: FontOutlines): Layer[] {
  const layers = marks.map((mark): Layer => ({ coverage: coverageOf(mark, font), colorAt: colorsOf(mark) }));
  if (!halo) return layers;
  const coverages = layers.map(({ coverage }) => coverage);
  const color = toBytes(halo.color); // Once, and not for each column.
  return [{ coverage: haloAround(coverages, halo.width), colorAt: () => color }, ...layers];
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

/** Blends a colour over rows where a shape covers them; what lies outside of them is left out. */
function blend(
  { topPx, widthPx, heightPx, rgb }: FigureRows,
  { left, top, width, height, values }: Coverage,
  colorAt: Layer['colorAt'],
): void {
  const firstX = Math.max(0, -left);
  const lastX = Math.min(width, widthPx - left);
  const firstY = Math.max(0, topPx - top);
  const lastY = Math.min(height, topPx + heightPx - top);
  if (firstY >= lastY) return;
  for (let x = firstX; x < lastX; x++) {
    const color = colorAt(x);
    for (let y = firstY; y < lastY; y++) {
      const share = Math.min(values[y * width + x], 1);
      if (share === 0) continue;
      const o = ((top + y - topPx) * widthPx + left + x) * 3;
      for (let i = 0; i < 3; i++) rgb[o + i] = Math.floor((1 - share) * rgb[o + i] + share * color[i] + 0.5);
    }
  }
}
