import { isExportError, isPassing } from '../model/exportError';
import { boxAround } from '../model/bounds';
import type { ScanLabels } from '../model/labelScan';
import { mapEntry } from '../model/mapEntry';
import type { Slide, Tile } from '../model/slide';
import { scanOfMask } from '../read/scanLabels';
import type { TileCell } from '../render/seamContacts';
import { type MeasuredCell, measureCells } from '../select/measureCells';
import type { ChosenCell } from '../select/selectCells';
import type { PlaceOnSlide } from './findSlides';
import { joinTiles } from './joinTiles';
import { requireSource } from './planFov';
import { type KnownOfSlides, meetingTiles } from './planSlide';

/** What is needed to look for cells that go on across seams. */
interface Looking {
  readonly known: KnownOfSlides;
  /** The name of the mask that cells are in. */
  readonly mask: string;
  readonly signal: AbortSignal | undefined;
}

/** The chosen cells of a FOV. */
interface CellsOfTile {
  readonly cells: readonly ChosenCell[];
  readonly place: PlaceOnSlide;
}

/** What of chosen cells lies in other tiles of their slides than their own. */
export class SeamCells {
  /** By FOV and label: the parts of a cell in other tiles, in pixels of the slide. */
  constructor(private readonly parts: ReadonlyMap<string, ReadonlyMap<number, readonly MeasuredCell[]>> = new Map()) {}

  /**
   * Reads the masks of the tiles that meet another one for what lies along their seams, then of those that have parts of
   * the chosen cells, one at a time. What cannot be read has no parts: the items that show it fail.
   */
  static async find(fovs: readonly CellsOfTile[], looking: Looking): Promise<SeamCells> {
    const bySlide = new Map<Slide, Map<string, ReadonlySet<number>>>();
    for (const { cells, place } of fovs) {
      const labels = new Set(cells.map(({ label }) => label));
      mapEntry(bySlide, place.slide, () => new Map<string, ReadonlySet<number>>()).set(place.tile.fov, labels);
    }
    const parts = new Map<string, Map<number, MeasuredCell[]>>();
    for (const [slide, chosen] of bySlide) await findOnSlide(slide, chosen, parts, looking);
    return new SeamCells(parts);
  }

  /**
   * A cell with all of its parts, in pixels of the slide.
   * @param measured its part in the mask of its own FOV
   */
  whole({ fov, label }: ChosenCell, measured: MeasuredCell, { tile }: PlaceOnSlide): MeasuredCell {
    const own = onSlide(measured, tile);
    const others = this.parts.get(fov)?.get(label) ?? [];
    return others.length === 0
      ? own
      : { ...merged([own, ...others]), ...(own.scattered && { scattered: own.scattered }) };
  }
}

async function findOnSlide(
  slide: Slide,
  chosen: ReadonlyMap<string, ReadonlySet<number>>,
  parts: Map<string, Map<number, MeasuredCell[]>>,
  { known, mask, signal }: Looking,
): Promise<void> {
  const meeting = slide.tiles.filter((tile) => meetingTiles(slide, known).has(tile));
  const scanOf = ({ fov }: Tile): ScanLabels => scanOfMask(requireSource(known.byName.get(fov)!, 'mask', mask), signal);
  // Async, because what a FOV does not have is damage as well.
  const { groups } = await joinTiles(meeting, async (position, visit) => scanOf(meeting[position])(visit));
  // By tile: the parts there of chosen cells of other tiles, and whose they are.
  const wanted = new Map<number, Map<number, TileCell[]>>();
  for (const group of groups) {
    for (const cell of group) {
      if (!chosen.get(meeting[cell.tile].fov)?.has(cell.label)) continue;
      for (const other of group) {
        if (other === cell) continue;
        const ofTile = mapEntry(wanted, other.tile, () => new Map<number, TileCell[]>());
        mapEntry(ofTile, other.label, () => []).push(cell);
      }
    }
  }
  for (const [position, owners] of wanted) {
    const tile = meeting[position];
    let found: ReadonlyMap<number, MeasuredCell>;
    try {
      found = await measureCells(scanOf(tile), new Set(owners.keys()));
    } catch (error) {
      if (!isExportError(error) || isPassing(error)) throw error;
      continue;
    }
    for (const [label, measured] of found) {
      for (const owner of owners.get(label)!) {
        const ofFov = mapEntry(parts, meeting[owner.tile].fov, () => new Map<number, MeasuredCell[]>());
        mapEntry(ofFov, owner.label, () => []).push(onSlide(measured, tile));
      }
    }
  }
}

function onSlide({ scattered, ...measured }: MeasuredCell, { x, y }: Tile): MeasuredCell {
  const moved = <T extends Omit<MeasuredCell, 'scattered'>>(part: T): T => ({
    ...part,
    x: part.x + x,
    y: part.y + y,
    box: { ...part.box, x: part.box.x + x, y: part.box.y + y },
  });
  return { ...moved(measured), ...(scattered && { scattered: { ...scattered, largest: moved(scattered.largest) } }) };
}

/** Several parts as one; the mean is that of all pixels. */
function merged(parts: readonly MeasuredCell[]): MeasuredCell {
  const areaPx = parts.reduce((sum, part) => sum + part.areaPx, 0);
  const mean = (of: (part: MeasuredCell) => number): number =>
    parts.reduce((sum, part) => sum + of(part) * part.areaPx, 0) / areaPx;
  return { areaPx, x: mean(({ x }) => x), y: mean(({ y }) => y), box: boxAround(parts.map(({ box }) => box)) };
}
