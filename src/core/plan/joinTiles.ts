import { isExportError, isPassing } from '../model/exportError';
import type { LabelImage, Region } from '../model/image';
import { joinCells } from '../render/joinCells';
import { SeamContacts, type TileCell } from '../render/seamContacts';

/** Cells that go on across the seams of tiles. */
export interface JoinedTiles {
  /** The parts of each of them. */
  readonly groups: readonly (readonly TileCell[])[];
  /** Positions of the tiles whose masks cannot be read; the others are joined without them. */
  readonly damaged: readonly number[];
}

/**
 * Finds which cells of tiles are parts of one. Reads one mask after the other and keeps what lies along seams.
 * @param tiles in full-resolution pixels of the slide, in its order
 * @param read gives the mask of a tile, whole; its memory may be used again for the next
 */
export async function joinTiles(
  tiles: readonly Region[],
  read: (position: number) => Promise<LabelImage>,
): Promise<JoinedTiles> {
  const seams = new SeamContacts(tiles);
  const damaged: number[] = [];
  for (const position of tiles.keys()) {
    try {
      seams.add(position, await read(position));
    } catch (error) {
      if (!isExportError(error) || isPassing(error)) throw error;
      damaged.push(position);
    }
  }
  return { groups: joinCells(seams.contacts()), damaged };
}
