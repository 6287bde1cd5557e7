import { type FontOutlines, type OutlineCommand, textWidth } from '../model/fontOutlines';

/** How much of each pixel the text covers, 0…1, row by row. */
export interface TextRaster {
  /** Columns before the pen's start: some letters reach back. */
  readonly leftPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly coverage: Float32Array;
}

/** Sub-samples per pixel along y; along x coverage is exact. */
const subRows = 8;

interface Edge {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/**
 * Draws one line of text as pixel coverage, by the non-zero winding rule of TrueType outlines. No library of the
 * machine takes part, so the pixels are the same everywhere.
 * @param sizePx the font's em in pixels
 * @returns not to be changed: a box from the tallest possible ascender (one em) to a quarter em below the baseline
 */
export function rasterizeText(text: string, font: FontOutlines, sizePx: number): TextRaster {
  const known = rasters.get(font) ?? new Map<string, TextRaster>();
  rasters.set(font, known);
  const key = `${sizePx} ${text}`;
  const raster = known.get(key) ?? drawText(text, font, sizePx);
  if (known.size >= mostKept) known.clear();
  known.set(key, raster);
  return raster;
}

/** The same bar and legend are on thousands of crops. */
const rasters = new WeakMap<FontOutlines, Map<string, TextRaster>>();
const mostKept = 64;

function drawText(text: string, font: FontOutlines, sizePx: number): TextRaster {
  const baselinePx = textBaselinePx(sizePx);
  const heightPx = baselinePx + Math.ceil(sizePx / 4);
  const scale = sizePx / font.unitsPerEm;
  const edges: Edge[] = [];
  let penX = 0;
  let firstX = 0;
  let lastX = 0;
  for (const char of text) {
    const glyph = font.glyph(char.codePointAt(0)!);
    for (const edge of toEdges(glyph.commands, (x, y) => [penX + x * scale, baselinePx - y * scale])) {
      edges.push(edge);
      firstX = Math.min(firstX, edge.x0);
      lastX = Math.max(lastX, edge.x0);
    }
    penX += glyph.advance * scale;
  }
  const leftPx = Math.ceil(-firstX);
  const widthPx = leftPx + Math.max(Math.ceil(textWidth(text, font, sizePx)) + 1, Math.ceil(lastX));
  return { leftPx, widthPx, heightPx, coverage: fillEdges(edges, leftPx, widthPx, heightPx) };
}

/** Rows between the top of a text raster and its baseline. */
export function textBaselinePx(sizePx: number): number {
  return Math.ceil(sizePx);
}

function toEdges(
  commands: readonly OutlineCommand[],
  place: (x: number, y: number) => readonly [number, number],
): Edge[] {
  const edges: Edge[] = [];
  let start: readonly [number, number] = [0, 0];
  let at: readonly [number, number] = [0, 0];
  const lineTo = (to: readonly [number, number]): void => {
    edges.push({ x0: at[0], y0: at[1], x1: to[0], y1: to[1] });
    at = to;
  };
  for (const { command, args } of commands) {
    const points: (readonly [number, number])[] = [];
    for (let i = 0; i + 1 < args.length; i += 2) points.push(place(args[i], args[i + 1]));
    switch (command) {
      case 'moveTo':
        start = at = points[0]!;
        break;
      case 'lineTo':
        lineTo(points[0]);
        break;
      case 'quadraticCurveTo':
      case 'bezierCurveTo':
        for (const point of flattenCurve([at, ...points])) lineTo(point);
        break;
      case 'closePath':
        lineTo(start);
        break;
    }
  }
  return edges;
}

/** Points along a Bézier curve of any degree (de Casteljau), fine enough that the error is far below a pixel. */
function flattenCurve(control: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const steps = 8;
  return Array.from({ length: steps }, (_, step) => {
    const t = (step + 1) / steps;
    let points = control;
    while (points.length > 1) {
      points = points
        .slice(1)
        .map((p, i) => [(1 - t) * points[i][0] + t * p[0], (1 - t) * points[i][1] + t * p[1]] as const);
    }
    return points[0];
  });
}

function fillEdges(edges: readonly Edge[], leftPx: number, widthPx: number, heightPx: number): Float32Array {
  const coverage = new Float32Array(widthPx * heightPx);
  const crossingsOf = Array.from({ length: heightPx * subRows }, (): { x: number; direction: number }[] => []);
  for (const { x0, y0, x1, y1 } of edges) {
    // One row more at both ends, so that rounding leaves none out: the test below is what counts.
    const first = Math.max(0, Math.floor(Math.min(y0, y1) * subRows - 0.5) - 1);
    const last = Math.min(crossingsOf.length - 1, Math.ceil(Math.max(y0, y1) * subRows - 0.5) + 1);
    for (let row = first; row <= last; row++) {
      const y = (row + 0.5) / subRows;
      if (y0 <= y === y1 <= y) continue;
      crossingsOf[row].push({ x: leftPx + x0 + ((y - y0) / (y1 - y0)) * (x1 - x0), direction: y1 > y0 ? 1 : -1 });
    }
  }
  for (const [row, crossings] of crossingsOf.entries()) {
    crossings.sort((a, b) => a.x - b.x);
    let winding = 0;
    for (let i = 0; i + 1 < crossings.length; i++) {
      winding += crossings[i].direction;
      if (winding !== 0)
        addSpan(coverage, Math.floor(row / subRows) * widthPx, widthPx, crossings[i].x, crossings[i + 1].x);
    }
  }
  return coverage;
}

/** Adds one sub-row's share of the pixels between two x positions. */
function addSpan(coverage: Float32Array, rowStart: number, widthPx: number, from: number, to: number): void {
  const start = Math.max(0, from);
  const end = Math.min(widthPx, to);
  for (let x = Math.floor(start); x < end; x++) {
    coverage[rowStart + x] += (Math.min(x + 1, end) - Math.max(x, start)) / subRows;
  }
}
