import type { Dataset } from '../model/dataset';
import { ExportError } from '../model/exportError';
import { listNames } from '../model/listNames';
import type { Slide, Tile } from '../model/slide';

/** The slide of this id; `RoiInvalid` says which there are. */
export function requireSlide(id: string, { slides, folder }: Dataset): Slide {
  const slide = slides.find((candidate) => candidate.id === id);
  if (slide) return slide;
  const found = slides.length === 0 ? 'found none' : `found ${listNames(slides.map((each) => each.id))}`;
  throw new ExportError('RoiInvalid', `Expected map ${id} among the map descriptors of ${folder}, but ${found}.`);
}

/** Where a FOV lies on a stitched slide. */
export interface PlaceOnSlide {
  readonly slide: Slide;
  readonly tile: Tile;
}

/** By FOV, its place on the first of these slides that has it. `RoiInvalid` for a slide that is not there. */
export function placesOnSlides(ids: readonly string[], dataset: Dataset): Map<string, PlaceOnSlide> {
  const places = new Map<string, PlaceOnSlide>();
  for (const id of ids) {
    const slide = requireSlide(id, dataset);
    for (const tile of slide.tiles) if (!places.has(tile.fov)) places.set(tile.fov, { slide, tile });
  }
  return places;
}
