import { listNames } from '../model/listNames';
import { mapEntry } from '../model/mapEntry';
import type { PlannedSource, PlannedTile } from '../model/plan';
import { joinTiles } from '../plan/joinTiles';
import { SeamContacts } from '../render/seamContacts';
import type { JoinedCell, SlideJoins, SourceReader } from './sourceReader';

interface Reading {
  readonly source: SourceReader;
  readonly signal: AbortSignal | undefined;
}

/** What is known of the cells of some tiles. */
interface Joins extends Pick<SlideJoins, 'note'> {
  readonly groups: readonly JoinedCell[];
}

/**
 * Finds which cells of a mask are joined, over all tiles of the slide: whatever part of it an item shows, it has the same
 * outlines. Reads the mask of every tile that meets another one, one at a time, once for all items of a slide.
 * @param all tiles that meet another one, and those that are shown
 * @param maskOf the mask of a tile
 * @param shown the tiles whose positions the result has; cells of others are left out
 */
export async function readJoins(
  all: readonly PlannedTile[],
  maskOf: (tile: PlannedTile) => PlannedSource,
  shown: readonly PlannedTile[],
  { source, signal }: Reading,
): Promise<Joins> {
  const meeting = meetingOf(all);
  if (meeting.length === 0) return { groups: [] };
  const key = JSON.stringify(meeting.map((tile) => [tile.x, tile.y, maskOf(tile)]));
  const known = source.joins.get(key) ?? (await findJoins(meeting, maskOf, { source, signal }));
  source.joins.set(key, known);
  const { ofTile, ...rest } = known;
  const positionOf = new Map(shown.map((tile, i) => [meeting.indexOf(tile), i]));
  const near = new Set([...positionOf.keys()].flatMap((tile) => ofTile.get(tile) ?? []));
  const seen = Array.from(near, (group) =>
    group.flatMap(({ tile, label }) => {
      const position = positionOf.get(tile);
      return position === undefined ? [] : [{ tile: position, label }];
    }),
  );
  return { groups: seen.filter(({ length }) => length > 1), ...rest };
}

/** Found once for the thousands of items that share their tiles. */
const meetings = new WeakMap<readonly PlannedTile[], readonly PlannedTile[]>();

function meetingOf(all: readonly PlannedTile[]): readonly PlannedTile[] {
  const known = meetings.get(all);
  if (known) return known;
  const positions = new SeamContacts(all).meeting();
  const meeting = all.filter((_, i) => positions.has(i));
  meetings.set(all, meeting);
  return meeting;
}

async function findJoins(
  tiles: readonly PlannedTile[],
  maskOf: (tile: PlannedTile) => PlannedSource,
  { source, signal }: Reading,
): Promise<SlideJoins> {
  const { groups, damaged } = await joinTiles(tiles, async (position, visit) => {
    source.begin();
    visit({ ...(await source.readLabels(maskOf(tiles[position]), undefined, signal)), x: 0, y: 0 });
  });
  const ofTile = new Map<number, JoinedCell[]>();
  for (const group of groups) for (const { tile } of group) mapEntry(ofTile, tile, () => []).push(group);
  if (damaged.length === 0) return { ofTile };
  // An item that shows such a tile fails.
  const { name } = maskOf(tiles[0]);
  const fovs = listNames(damaged.map((position) => tiles[position].fov));
  return { ofTile, note: `cells of ${name} are joined without those of ${fovs}, which cannot be read` };
}
