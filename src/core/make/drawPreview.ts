import type { FigureLayout } from '../model/figure';
import type { PreviewOf } from '../model/previewOf';
import type { Recipe } from '../model/recipe';
import { dotsPerInch } from '../render/printSize';
import { MemorySink } from '../write/fileSink';
import { pictureEncoder } from '../write/pictureEncoder';
import { drawPictures, type PictureSource, type WantedPicture } from './drawPictures';

export type Preview = PreviewOf<Buffer>;

/** A preview that is drawn. */
export interface PreviewDrawing {
  /** As the export has it. */
  readonly recipe: Recipe;
  /** With the downsample that is shown. */
  readonly shown: Recipe;
  readonly source: PictureSource;
  /** Positions of those that are shown; `undefined`: all. */
  readonly channels: readonly number[] | undefined;
  /** What the PNG says of itself; absent: nothing. */
  readonly embedded?: string | undefined;
  /** See `bandsOf`. */
  readonly bandPixels?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Draws a preview of an item, as a PNG in memory. */
export async function drawPreview(drawing: PreviewDrawing): Promise<Preview> {
  const { recipe, shown, source, channels, embedded, bandPixels, signal } = drawing;
  const png = new MemorySink();
  const dpi = dotsPerInch(shown, source.scene.grid.widthPx);
  const picture: WantedPicture = {
    shown: channels,
    raster: (size) => Promise.resolve([pictureEncoder('png', size, png, { dpi, embedded })]),
    isKept: false,
  };
  let layout: FigureLayout | undefined;
  for await (const { raster } of drawPictures([picture], { recipe: shown, source, bandPixels, signal }))
    layout = raster;
  signal?.throwIfAborted();
  return {
    png: png.content(),
    widthPx: layout!.width,
    heightPx: layout!.height,
    downsample: shown.downsample,
    exportDownsample: recipe.downsample,
    ...(layout!.scaleBar && { scaleBarUm: layout!.scaleBar.lengthUm }),
    ...(channels && { channel: channels.map((i) => recipe.channels[i].channel).join(' + ') }),
  };
}
