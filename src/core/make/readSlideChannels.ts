import { ExportError } from '../model/exportError';
import type { SampleType } from '../model/image';
import type { PlannedItem } from '../model/plan';
import { type PlacedPlane, stitchPlane } from '../render/stitchPlane';
import { doOverlap, intersection } from '../select/cropRegion';
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
    await source.enterFov(tile.fov);
    const part = intersection(tile, region);
    const inTile = { ...part, x: part.x - tile.x, y: part.y - tile.y };
    for (const [i, { plane, sampleType }] of (await source.readChannels(tile.channels, inTile, signal)).entries()) {
      // What is handed out whole is not valid any more when the next tile is read.
      placed[i].push({ x: part.x, y: part.y, plane: { ...plane, samples: plane.samples.slice() } });
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
