import { blur, smoothNoise, smoothStep, type Size } from './field';
import { Random } from './random';

/** The classes of the annotation raster. */
export const regionClass = { outside: 0, tumour: 1, stroma: 2, lymphoid: 3 } as const;

/** A disc in pixels. */
export interface Disc {
  readonly x: number;
  readonly y: number;
  readonly radiusPx: number;
}

/** The plan of one FOV: what lies where, before chance makes it irregular. */
export interface Layout extends Size {
  readonly name: string;
  /** Above 0 tumour is more likely than stroma; about ±1 is certain. */
  readonly tumourTendency: (x: number, y: number) => number;
  /** Pixels into the glass beside the tissue; negative in the tissue. */
  readonly glassDepthPx: (x: number, y: number) => number;
  readonly follicle?: Disc;
  /** Arterioles, with the radius of the lumen. */
  readonly vessels: readonly Disc[];
}

export interface Tissue {
  readonly layout: Layout;
  /** One of `regionClass` per pixel. */
  readonly region: Uint8Array;
  /** 1 where a pixel lies in the blood of a vessel. */
  readonly lumen: Uint8Array;
  /** Above 0 inside a nest, below 0 outside; a smooth landscape whose shore is the nests' outline. */
  readonly tumourField: Float32Array;
  /** Autofluorescence as a multiple of the usual: most in stroma (collagen), least on glass and in blood. */
  readonly glow: Float32Array;
  /** Unit vector (0 on the flat) along the fibres of the stroma: they run around nests, follicles and vessels. */
  readonly fibreX: Float32Array;
  readonly fibreY: Float32Array;
}

/** Nests are where a smooth random landscape lies above the sea, so that their outlines are irregular. */
export function makeTissue(layout: Layout, seed: number): Tissue {
  const { widthPx, heightPx } = layout;
  const random = new Random(seed, `${layout.name}/tissue`);
  const hills = smoothNoise(layout, 22, random);
  const bays = smoothNoise(layout, 8, random);
  const ripples = smoothNoise(layout, 3, random);
  const edge = smoothNoise(layout, 14, random);

  const region = new Uint8Array(widthPx * heightPx);
  const lumen = new Uint8Array(region.length);
  const tumourField = new Float32Array(region.length);
  const obstacles = new Float32Array(region.length); // what fibres run around
  for (let y = 0, p = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, p++) {
      const rough = 0.12 * bays[p] + 0.04 * ripples[p];
      let tumour = layout.tumourTendency(x, y) + 0.66 * hills[p] + rough;
      let lymphoid = 0;
      if (layout.follicle) {
        const depth = 1 - distanceTo(layout.follicle, x, y) / layout.follicle.radiusPx;
        lymphoid = depth + 0.6 * rough + 0.09 * edge[p];
        tumour -= 3 * smoothStep(-0.5, 0.1, lymphoid);
      }
      let wall = 0;
      for (const vessel of layout.vessels) {
        const distance = distanceTo(vessel, x, y) / vessel.radiusPx;
        if (distance < 1 + 0.08 * bays[p]) lumen[p] = 1;
        tumour -= 3 * smoothStep(3.2, 1.4, distance);
        wall = Math.max(wall, smoothStep(3.2, 0.5, distance));
      }
      const glass = layout.glassDepthPx(x, y) + 9 * edge[p] + 2.5 * bays[p];
      tumourField[p] = tumour;
      obstacles[p] = tumour + 1.5 * Math.max(0, lymphoid) + 2.5 * wall + 0.02 * Math.min(0, glass);
      if (glass > 0) region[p] = regionClass.outside;
      else if (lymphoid > 0) region[p] = regionClass.lymphoid;
      else region[p] = tumour > 0 ? regionClass.tumour : regionClass.stroma;
    }
  }
  const glow = smoothNoise(layout, 20, random);
  for (let p = 0; p < glow.length; p++) {
    const empty = region[p] === regionClass.outside || lumen[p] === 1;
    glow[p] = empty ? 0.25 : (region[p] === regionClass.stroma ? 1.3 : 1) * (1 + 0.15 * glow[p]);
  }
  return { layout, region, lumen, tumourField, glow, ...fibreDirection(layout, obstacles, random) };
}

export function distanceTo(disc: Pick<Disc, 'x' | 'y'>, x: number, y: number): number {
  return Math.sqrt((x - disc.x) ** 2 + (y - disc.y) ** 2); // Math.hypot is many times slower
}

/** Across the slope of the obstacles, so around them, with a wave of its own. */
function fibreDirection(size: Size, obstacles: Float32Array, random: Random): Pick<Tissue, 'fibreX' | 'fibreY'> {
  const { widthPx, heightPx } = size;
  const slope = blur(obstacles, size, 5);
  const wave = smoothNoise(size, 9, random);
  const fibreX = new Float32Array(slope.length);
  const fibreY = new Float32Array(slope.length);
  for (let y = 0, p = 0; y < heightPx; y++) {
    for (let x = 0; x < widthPx; x++, p++) {
      const dx = slope[p + (x < widthPx - 1 ? 1 : 0)] - slope[p - (x > 0 ? 1 : 0)];
      const dy = slope[p + (y < heightPx - 1 ? widthPx : 0)] - slope[p - (y > 0 ? widthPx : 0)];
      const steepness = Math.sqrt(dx * dx + dy * dy) || 1;
      const cos = Math.cos(0.35 * wave[p]);
      const sin = Math.sin(0.35 * wave[p]);
      fibreX[p] = (-dy * cos - dx * sin) / steepness;
      fibreY[p] = (dx * cos - dy * sin) / steepness;
    }
  }
  return { fibreX, fibreY };
}
