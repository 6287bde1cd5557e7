import { ExportError } from '../model/exportError';
import type { Region, SampleArray, SampleType } from '../model/image';
import { imageOf, type PlannedItem, type PlannedTile } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { imagePartOf, type OutputGrid, outputGrid } from '../render/outputGrid';
import { type PlacedPlane, stitchPlane } from '../render/stitchPlane';
import { doOverlap, intersection } from '../select/cropRegion';
import { tilesOf } from './itemTiles';
import type { SourceReader } from './sourceReader';

/** An item's channels as they are on disk, window by window, in their own sample type; 0 where there is no tile. */
export class UnrenderedSource {
  private constructor(
    /** At full resolution. */
    readonly grid: OutputGrid,
    readonly channels: readonly { readonly name: string; readonly sampleType: SampleType }[],
    private readonly tiles: readonly PlannedTile[],
    private readonly reader: SourceReader,
  ) {}

  /** Reads headers. Fails with `MixedSampleTypes` for a channel whose tiles are not all of one. */
  static async open(recipe: Recipe, item: PlannedItem, reader: SourceReader): Promise<UnrenderedSource> {
    await reader.enterFov(imageOf(item));
    reader.begin();
    const { fov, channels: sources, tiles: ofSlide } = item;
    const all = await tilesOf(
      recipe,
      { fov, channels: sources, masks: [], ...(ofSlide && { tiles: ofSlide }) },
      reader,
    );
    const region = item.region ?? all[0];
    const tiles = all.filter((tile) => doOverlap(tile, region));
    const shown = tiles.length > 0 ? tiles : all;
    const channels: { name: string; sampleType: SampleType }[] = [];
    for (const [i, { name }] of shown[0].channels.entries()) {
      const { sampleType } = await reader.headerOf(shown[0].channels[i]);
      for (const tile of shown.slice(1)) {
        const { sampleType: found } = await reader.headerOf(tile.channels[i]);
        if (found === sampleType) continue;
        throw new ExportError(
          'MixedSampleTypes',
          `Expected one sample type for channel ${name} of ${item.fov}, but found ${sampleType} and, in FOV ${tile.fov}, ${found}.`,
        );
      }
      channels.push({ name, sampleType });
    }
    return new UnrenderedSource(outputGrid(region, 1, 0), channels, tiles, reader);
  }

  /**
   * The samples of each channel in a window, row by row from the top left; absent where the window shows no tile. Valid until
   * the next window is read.
   */
  async read(window: Region, signal?: AbortSignal): Promise<(SampleArray | undefined)[]> {
    this.reader.begin();
    const part = imagePartOf(this.grid, window);
    const placed = this.channels.map((): PlacedPlane[] => []);
    for (const tile of this.tiles) {
      if (!doOverlap(tile, part)) continue;
      const { x, y, ...size } = intersection(tile, part);
      const inTile = { x: x - tile.x, y: y - tile.y, ...size };
      const planes = await this.reader.readChannels(tile.channels, inTile, signal);
      for (const [i, plane] of planes.entries()) placed[i].push({ x, y, plane });
    }
    return placed.map((planes) => (planes.length === 0 ? undefined : stitchPlane(part, planes, 0).samples));
  }
}
