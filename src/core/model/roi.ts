import type { ScaleBarSettings } from './marks';

/** A point in full-resolution pixels; `x` right, `y` down, integers are pixel corners. */
export type Point = readonly [x: number, y: number];

/** A line, or what closed ones enclose. Every ring of a polygon is closed; a point is inside by the even-odd rule, so rings can be holes. */
export type RoiPart =
  | { readonly kind: 'polyline'; readonly points: readonly Point[] }
  | { readonly kind: 'polygon'; readonly rings: readonly (readonly Point[])[] };

/** The drawn shape of a ROI: one, or several, of which a point is inside if it is inside any. */
export type RoiShape = RoiPart | { readonly kind: 'union'; readonly parts: readonly RoiPart[] };

/** A shape that encloses something. */
export type RoiPolygon = Extract<RoiPart, { readonly kind: 'polygon' }>;

/** The shapes that a shape is made of. */
export function partsOf(shape: RoiShape): readonly RoiPart[] {
  return shape.kind === 'union' ? shape.parts : [shape];
}

/** What a shape encloses; nothing if it is open lines. */
export function areasOf(shape: RoiShape): readonly RoiPolygon[] {
  return partsOf(shape).filter((part) => part.kind === 'polygon');
}

/** All lines of a shape, open and closed ones. */
export function linesOf(shape: RoiShape): readonly (readonly Point[])[] {
  return partsOf(shape).flatMap((part) => (part.kind === 'polyline' ? [part.points] : part.rings));
}

/** What `x` and `y` are of a box in a table that does not say it: its middle, or its corner at the top left. */
export const roiAnchors = ['center', 'corner'] as const;

export type RoiAnchor = (typeof roiAnchors)[number];

/** A region of interest as it was saved, with what it says of its own picture. */
export interface Roi {
  /** Unique in its file. */
  readonly id: string;
  /** UELer's table gives it no id: `id` is the number of its row, which means nothing in another file. */
  readonly isNumbered?: true;
  /** What the user called it; may be empty, and need not be unique. */
  readonly name: string;
  /** The FOV that it is in; absent where the file does not say (QuPath, ImageJ), or for a ROI of a map. */
  readonly fov?: string;
  /** The stitched slide that it is in. */
  readonly mapId?: string;
  /** In full-resolution pixels, with fractions; may reach beyond the image. */
  readonly box: { readonly xMin: number; readonly yMin: number; readonly xMax: number; readonly yMax: number };
  /** Absent: the box itself. */
  readonly shape?: RoiShape;
  /** In their order, without repeats. */
  readonly tags: readonly string[];
  /** A saved marker set by name, or channels without colours. */
  readonly markerSet?: { readonly name: string } | { readonly channels: readonly string[] };
  readonly annotationPalette?: string;
  readonly maskColorSet?: string;
  /** By mask name; absent where the ROI says nothing. */
  readonly maskVisibility?: Readonly<Record<string, boolean>>;
  /** What it says of its own bar. */
  readonly scaleBar?: Partial<ScaleBarSettings>;
  readonly comment?: string;
}
