import type { HexColor } from '../model/color';
import type { OutlineShape } from '../model/figure';
import type { PictureSize, Region } from '../model/image';
import { mapEntry } from '../model/mapEntry';
import type { GridLabels } from './outputGrid';
import type { ColorOfLabel } from './paintLabels';
import type { Overlay, PreparedLayers } from './prepareLayers';

/** Directions along the edges of pixels, with the coloured pixel on the right hand; one bit each. */
const east = 1;
const south = 2;
const west = 4;
const north = 8;

/**
 * The pixels of an outline as closed shapes, one for each colour, that cover exactly those pixels: what is painted and
 * what stays vector are the same. Takes windows of the picture, one after the other from top to bottom.
 */
export class OutlineTracer {
  private readonly colors: HexColor[] = [];
  private readonly ofLabel = new Map<number, number>();
  /** Of every pixel of the picture, the number of its outline's colour, from 1; 0 for none. */
  private readonly pixels: Uint16Array;

  constructor(private readonly picture: PictureSize) {
    this.pixels = new Uint16Array(picture.widthPx * picture.heightPx);
  }

  /**
   * @param window in the picture
   * @param marked one byte for each of the labels, which may reach beyond the window; 1 on an outline
   */
  add(window: Region, grid: GridLabels, marked: Uint8Array, colorOf: ColorOfLabel): this {
    const { widthPx } = this.picture;
    for (let row = Math.max(0, -grid.yPx); row < Math.min(grid.heightPx, window.heightPx - grid.yPx); row++) {
      const end = Math.min(grid.widthPx, window.widthPx - grid.xPx);
      for (let column = Math.max(0, -grid.xPx); column < end; column++) {
        const i = row * grid.widthPx + column;
        if (marked[i] === 0) continue;
        const at = (window.y + grid.yPx + row) * widthPx + window.x + grid.xPx + column;
        this.pixels[at] = this.numberOf(grid.labels[i], colorOf);
      }
    }
    return this;
  }

  /** When all windows were added. */
  shapes(): Pick<OutlineShape, 'color' | 'loops'>[] {
    const { widthPx, heightPx } = this.picture;
    return this.colors.map((color, i) => ({ color, loops: traceLoops(this.pixels, i + 1, widthPx, heightPx) }));
  }

  private numberOf(label: number, colorOf: ColorOfLabel): number {
    return mapEntry(this.ofLabel, label, () => {
      const color = colorOf(label);
      return color === undefined ? 0 : this.colors.indexOf(color) + 1 || this.colors.push(color);
    });
  }
}

/** The outlines of a picture's layers as shapes on its pixels, from bottom to top, from its windows. */
export class OutlineShapes {
  private readonly tracers = new Map<Overlay['layer'], { readonly overlay: Overlay; readonly tracer: OutlineTracer }>();

  constructor(private readonly picture: PictureSize) {}

  add(window: Region, { overlays }: Pick<PreparedLayers, 'overlays'>): void {
    for (const overlay of overlays) {
      if (!overlay.marked) continue;
      const { tracer } = mapEntry(this.tracers, overlay.layer, () => ({
        overlay,
        tracer: new OutlineTracer(this.picture),
      }));
      tracer.add(window, overlay.labels, overlay.marked, overlay.colorOf);
    }
  }

  /** When all windows were added. */
  shapes(): OutlineShape[] {
    return [...this.tracers.values()].flatMap(({ overlay: { name, alpha }, tracer }) =>
      tracer.shapes().map((shape) => ({ name, alpha, ...shape })),
    );
  }
}

/** The boundary of all pixels of one number, as loops on pixel corners without corners on straight lines. */
function traceLoops(pixels: Uint16Array, number: number, widthPx: number, heightPx: number): number[][] {
  const columns = widthPx + 1;
  // Of every pixel corner, the directions in which the boundary leaves it.
  const leaving = new Uint8Array(columns * (heightPx + 1));
  const is = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < widthPx && y < heightPx && pixels[y * widthPx + x] === number;
  for (let y = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++) {
      if (pixels[y * widthPx + x] !== number) continue;
      const corner = y * columns + x;
      if (!is(x, y - 1)) leaving[corner] |= east;
      if (!is(x + 1, y)) leaving[corner + 1] |= south;
      if (!is(x, y + 1)) leaving[corner + columns + 1] |= west;
      if (!is(x - 1, y)) leaving[corner + columns] |= north;
    }
  }
  const steps: Readonly<Record<number, number>> = { [east]: 1, [south]: columns, [west]: -1, [north]: -columns };
  const loops: number[][] = [];
  for (let start = 0; start < leaving.length; start++) {
    while ((leaving[start] & east) !== 0) {
      const loop: number[] = [];
      let at = start;
      let direction = east;
      let before = 0;
      do {
        if (direction !== before) loop.push(at % columns, Math.floor(at / columns));
        leaving[at] &= ~direction;
        at += steps[direction];
        before = direction;
        direction = nextDirection(leaving[at], direction);
      } while (direction !== 0);
      loops.push(loop);
    }
  }
  return loops;
}

/** Where two shapes touch at a corner, the boundary turns right and keeps them apart. 0 at the end of a loop. */
function nextDirection(leaving: number, direction: number): number {
  const right = direction === north ? east : direction << 1;
  const left = direction === east ? north : direction >> 1;
  for (const candidate of [right, direction, left]) if ((leaving & candidate) !== 0) return candidate;
  return 0;
}
