import { cellsOfSnapshot } from '../src/core/job/cellSnapshot';
import { readJobRequest } from '../src/core/job/readJobRequest';
import { ItemSource } from '../src/core/make/itemSource';
import { SourceReader } from '../src/core/make/sourceReader';
import type { Region } from '../src/core/model/image';
import { recipeOfItem } from '../src/core/model/plan';
import { seenBy, wholeWindow } from '../src/core/render/outputGrid';
import { intersection } from '../src/core/select/cropRegion';
import { sliceItems } from '../src/core/run/sliceItems';

/** Of all planes together, in pixels. */
export interface BlockCounts {
  readonly items: number;
  /** Of the blocks that items look at, each once. */
  readonly neededPx: number;
  readonly decodedPx: number;
}

/**
 * Reads the items of a job whose images have blocks, slice by slice as its workers do, and counts what is decoded.
 * @param workers at least 1
 */
export async function measureBlocks(jobFolder: string, workers: number): Promise<BlockCounts> {
  const { datasetFolder, cellsFile, recipe: asked, items } = await readJobRequest(jobFolder);
  const needed = new Map<string, number>();
  let decodedPx = 0;
  for (const slice of sliceItems(items, workers)) {
    const reader = new SourceReader(datasetFolder, cellsOfSnapshot(cellsFile));
    for (const item of slice) {
      const recipe = recipeOfItem(asked, item);
      const source = await ItemSource.open(recipe, item, reader);
      const { grid } = source.scene;
      await source.read(wholeWindow(grid));
      for (const image of [...item.channels, ...item.masks]) {
        const header = await reader.headerOf(image);
        const whole = { x: 0, y: 0, widthPx: header.widthPx, heightPx: header.heightPx };
        for (const block of blocksOf(whole, header.block ?? whole, seenBy(grid, wholeWindow(grid)))) {
          needed.set(`${image.name} ${block.x} ${block.y}`, block.widthPx * block.heightPx);
        }
      }
    }
    decodedPx += reader.decodedPx;
    await reader.close();
  }
  const neededPx = [...needed.values()].reduce((sum, px) => sum + px, 0);
  return { items: items.length, neededPx, decodedPx };
}

/** The blocks of an image that a region touches. */
function* blocksOf(image: Region, block: Pick<Region, 'widthPx' | 'heightPx'>, region: Region): Generator<Region> {
  const seen = intersection(image, region);
  const { widthPx, heightPx } = block;
  for (let y = seen.y - (seen.y % heightPx); y < seen.y + seen.heightPx; y += heightPx) {
    for (let x = seen.x - (seen.x % widthPx); x < seen.x + seen.widthPx; x += widthPx) {
      yield intersection(image, { x, y, widthPx, heightPx });
    }
  }
}
