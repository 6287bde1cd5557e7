import { ExportError } from '../model/exportError';
import type { Plane, Region, SampleType } from '../model/image';
import type { PlannedItem, PlannedTile } from '../model/plan';
import { cropPlane } from '../render/cropPlane';
import { type PlacedPlane, stitchPlane } from '../render/stitchPlane';
import { doOverlap, intersection } from '../select/cropRegion';
import { itemOfTile } from './itemOfTile';
import type { SourceReader, UnrenderedChannel } from './sourceReader';

/** The unrendered channels of an item's region, in the tiles' own sample type; 0 where there is no tile. */
export async function readSlideChannels(
  item: PlannedItem,
  source: SourceReader,
  signal?: AbortSignal,
): Promise<UnrenderedChannel[]> {
  const region = item.region!;
  const tiles = item.tiles!.filter((each) => doOverlap(each, region));
  const placed: PlacedPlane[][] = tiles[0].channels.map(() => []);
  const sampleTypes: SampleType[] = [];
  for (const tile of tiles) {
    for (const [i, { plane, sampleType }] of (await source.readChannels(itemOfTile(item, tile), signal)).entries()) {
      placed[i].push(cropTile(tile, plane, region));
      const expected = (sampleTypes[i] ??= sampleType);
      if (sampleType === expected) continue;
      throw new ExportError(
        'MixedSampleTypes',
        `Expected one sample type for channel ${tile.channels[i].name} of ${item.fov}, but found ${expected} and, in FOV ${tile.fov}, ${sampleType}.`,
      );
    }
  }
  return tiles[0].channels.map(({ name }, i) => {
    // All are of one type, which holds 0, and is kept.
    const { plane } = stitchPlane(region, placed[i], 0);
    return { name, sampleType: sampleTypes[i], plane };
  });
}

/** A copy of the part of a tile's plane that lies in a region: the whole need not stay in memory. */
function cropTile(tile: PlannedTile, plane: Plane, region: Region): PlacedPlane {
  const part = intersection(tile, region);
  return { x: part.x, y: part.y, plane: cropPlane(plane, { ...part, x: part.x - tile.x, y: part.y - tile.y }) };
}
