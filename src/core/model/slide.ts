/** A FOV's place in a stitched slide, in full-resolution pixels of the slide. */
export interface Tile {
  readonly fov: string;
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A slide that is put together from FOVs. */
export interface Slide {
  readonly id: string;
  readonly pixelSizeUm: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** In the order in which they are laid: a later one covers an earlier one. */
  readonly tiles: readonly Tile[];
  /** FOVs that its descriptor names without a place that we can give them, if there are any. */
  readonly leftOut?: readonly string[];
}

/** What a slide is called in place of a FOV. */
export function slideName({ id }: Pick<Slide, 'id'>): string {
  return `map_${id}`;
}
