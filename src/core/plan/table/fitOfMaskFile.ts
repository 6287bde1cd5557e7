import type { PlacedCells } from '../../model/cellSample';
import type { ImageSource } from '../../model/dataset';
import { isExportError } from '../../model/exportError';
import { scanOfMask } from '../../read/scanLabels';
import { limitSample, sampleInBlocks } from '../../select/sampleCells';
import type { TableFit } from '../../select/tableFit';
import { MaskFit } from './maskFit';

/**
 * How the table's cells of a FOV agree with a mask on disk, of which as little is read as it takes: a few strips or tiles, unless
 * cells do not fit, or the table has no centroids. Fails like `scanLabels`, unless a part of it is enough to see a misfit.
 * @param all the table's cells of the FOV, of which some are looked at
 */
export async function fitOfMaskFile(
  fov: string,
  source: ImageSource,
  all: PlacedCells,
  signal?: AbortSignal,
): Promise<TableFit> {
  const named = { fov, mask: source.name };
  const scan = scanOfMask(source, signal);
  if (!all.centers) {
    const fit = new MaskFit(named, limitSample(all));
    await scan((window) => {
      fit.look(window);
    });
    return fit.judge(scan);
  }
  let fit!: MaskFit;
  await scan(
    (window) => {
      fit.look(window);
    },
    ({ widthPx, heightPx, block = { widthPx, heightPx } }) => {
      const { sample, regions } = sampleInBlocks(all, { widthPx, heightPx }, block);
      fit = new MaskFit(named, sample);
      return regions;
    },
  );
  try {
    return await fit.judge(scan);
  } catch (error) {
    // What the parts have shown stands: the rest is too large, or damaged.
    if (isExportError(error)) return fit.byCenters();
    throw error;
  }
}
