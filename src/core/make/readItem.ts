import type { PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { partWithin } from '../plan/shownPart';
import { cropPlane } from '../render/cropPlane';
import type { RenderInput } from '../render/prepareLayers';
import { readSlide } from './readSlide';
import { readSlideChannels } from './readSlideChannels';
import type { SourceReader, UnrenderedChannel } from './sourceReader';

/** All that the renderer needs for an item, of one FOV or of a stitched slide, and what the manifest says of it. */
export function readItem(
  recipe: Recipe,
  item: PlannedItem,
  reader: SourceReader,
  signal?: AbortSignal,
): Promise<{ readonly input: RenderInput; readonly notes: readonly string[] }> {
  reader.beginItem();
  return item.tiles ? readSlide(recipe, item, reader, signal) : reader.read(recipe, item, signal);
}

/** The channels of an item's region, as they are on disk. */
export async function readUnrendered(
  item: PlannedItem,
  reader: SourceReader,
  signal?: AbortSignal,
): Promise<readonly UnrenderedChannel[]> {
  reader.beginItem();
  if (item.tiles) return readSlideChannels(item, reader, signal);
  await reader.enterFov(item.fov);
  const { region, channels } = item;
  if (!region) return reader.readChannels(channels, undefined, signal);
  const part = partWithin(region, await reader.headerOf(channels[0]));
  const inPart = { ...region, x: region.x - part.x, y: region.y - part.y };
  const read = await reader.readChannels(channels, part, signal);
  return read.map((each) => ({ ...each, plane: cropPlane(each.plane, inPart) }));
}
