import { isExportError, isPassing } from '../model/exportError';
import { listNames } from '../model/listNames';
import type { PlannedItem, PlannedTile } from '../model/plan';
import { joinCells } from '../render/joinCells';
import { SeamContacts } from '../render/seamContacts';
import type { SlideJoins, SourceReader } from './sourceReader';

interface Reading {
  readonly source: SourceReader;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds which cells of a mask are joined, over all tiles of the slide: whatever part of it an item shows, it has the same
 * outlines. Reads the mask of every tile that meets another one, one at a time, once for all items of a slide.
 * @param mask its position in the recipe
 * @param shown the tiles whose positions the result has; cells of others are left out
 */
export async function readJoins(
  item: PlannedItem,
  mask: number,
  shown: readonly PlannedTile[],
  { source, signal }: Reading,
): Promise<SlideJoins> {
  const all = item.tiles!;
  const positions = new SeamContacts(all).meeting();
  const meeting = all.filter((_, i) => positions.has(i));
  if (meeting.length === 0) return { groups: [] };
  const key = JSON.stringify(meeting.map(({ x, y, masks }) => [x, y, masks[mask]]));
  const known = source.joins.get(key) ?? (await findJoins(mask, meeting, { source, signal }));
  source.joins.set(key, known);
  const { groups, ...rest } = known;
  const positionOf = new Map(shown.map((tile, i) => [meeting.indexOf(tile), i]));
  const seen = groups.map((group) =>
    group.flatMap(({ tile, label }) => {
      const position = positionOf.get(tile);
      return position === undefined ? [] : [{ tile: position, label }];
    }),
  );
  return { groups: seen.filter(({ length }) => length > 1), ...rest };
}

async function findJoins(
  mask: number,
  tiles: readonly PlannedTile[],
  { source, signal }: Reading,
): Promise<SlideJoins> {
  const seams = new SeamContacts(tiles);
  const damaged: string[] = [];
  for (const [i, tile] of tiles.entries()) {
    try {
      source.begin();
      seams.add(i, await source.readLabels(tile.masks[mask], undefined, signal));
    } catch (error) {
      if (!isExportError(error) || isPassing(error)) throw error;
      // An item that shows this tile fails; the others are joined without it.
      damaged.push(tile.fov);
    }
  }
  const groups = joinCells(seams.contacts());
  if (damaged.length === 0) return { groups };
  const { name } = tiles[0].masks[mask];
  return { groups, note: `cells of ${name} are joined without those of ${listNames(damaged)}, which cannot be read` };
}
