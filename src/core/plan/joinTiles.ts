import { isExportError, isPassing } from '../model/exportError';
import type { Region } from '../model/image';
import type { LabelWindow } from '../model/labelScan';
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
 * Finds which cells of tiles are parts of one. Goes through one mask after the other and keeps what lies along seams.
 * @param tiles in full-resolution pixels of the slide, in its order
 * @param scan goes through the mask of a tile
 */
export async function joinTiles(
  tiles: readonly Region[],
  scan: (position: number, visit: (window: LabelWindow) => void) => Promise<void>,
): Promise<JoinedTiles> {
  const seams = new SeamContacts(tiles);
  const damaged: number[] = [];
  for (const position of tiles.keys()) {
    try {
      await scan(position, (window) => {
        seams.add(position, window);
      });
    } catch (error) {
      if (!isExportError(error) || isPassing(error)) throw error;
      seams.forget(position);
      damaged.push(position);
    }
  }
  return { groups: joinCells(seams.contacts()), damaged };
}
