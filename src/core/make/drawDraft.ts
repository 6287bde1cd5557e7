import type { Region, SampleArray } from '../model/image';
import type { PlannedItem } from '../model/plan';
import { isNumeric, type NumericLimits, type Recipe } from '../model/recipe';
import { resolveLimits } from '../plan/resolveContrastLimits';
import { wholeWindow } from '../render/outputGrid';
import type { PreparedLayers } from '../render/prepareLayers';
import { scanOf } from '../select/orderStatistics';
import type { PictureSource } from './drawPictures';
import { drawPreview, type Preview, type PreviewDrawing } from './drawPreview';
import { ItemSource } from './itemSource';
import { planDraft, type PlannedDraft } from './planDraft';
import type { SourceReader } from './sourceReader';

/** A band of a draft has at most so many pixels: of the picture, in numbers of 64 bits, and of the level. */
const bandPx = { picture: 2 ** 18, level: 2 ** 20 };

/**
 * Draws the draft of an item: a picture of the same size with the same marks, made of a level of pyramids. `undefined` if there
 * is no such level (see `planDraft`). Fails as the level's images do.
 * @param readerOf makes a reader of sources at levels, by `keyOfSource`
 */
export async function drawDraft(
  drawing: Pick<PreviewDrawing, 'recipe' | 'shown' | 'channels' | 'signal'>,
  item: PlannedItem,
  readerOf: (levels?: ReadonlyMap<string, number>) => SourceReader,
): Promise<Preview | undefined> {
  const headers = readerOf();
  const draft = await planDraft(drawing.shown, item, headers).finally(() => headers.close());
  if (!draft) return undefined;
  const reader = readerOf(draft.levels);
  try {
    const source = await openDraft(draft, reader, drawing.signal);
    if (!source) return undefined;
    const { facts, recipe: shown, pixelsPerPixel } = draft;
    const bandPixels = Math.min(bandPx.picture * shown.downsample ** 2, bandPx.level * pixelsPerPixel);
    return { ...(await drawPreview({ ...drawing, shown, source, bandPixels })), draft: facts };
  } finally {
    await reader.close();
  }
}

/** The planes of a draft whose limits are not known are there at once, if they take no more than this. */
const mostPlaneBytes = 2 ** 27;

/** As means, and in the file, where most have no more. */
const bytesPerPixel = { picture: 8, level: 4 };

/** Percentiles of a draft are of so many of its pixels, and less than twice as many. */
const enoughPixels = 2 ** 17;

/** In place of limits that are not known yet. */
const noLimits: NumericLimits = [0, 1];

/**
 * Opens what a draft is drawn of. Percentiles that nobody has found yet are those of the draft's own pixels: the exact ones
 * take all pixels of many FOVs.
 * @param reader of the draft's levels
 * @returns `undefined` if limits are not known and there are too many pixels to find them of
 */
async function openDraft(
  { recipe, item, pixelsPerPixel }: PlannedDraft,
  reader: SourceReader,
  signal?: AbortSignal,
): Promise<PictureSource | undefined> {
  const channels = recipe.channels.map((channel) =>
    isNumeric(channel.contrastLimits) ? channel : { ...channel, contrastLimits: noLimits },
  );
  const source = await ItemSource.open({ ...recipe, channels }, item, reader, signal);
  if (recipe.channels.every(({ contrastLimits }) => isNumeric(contrastLimits))) return source;
  const { grid } = source.scene;
  const { region } = grid;
  const levelBytes = (bytesPerPixel.level * region.widthPx * region.heightPx) / pixelsPerPixel;
  const planeBytes = bytesPerPixel.picture * grid.widthPx * grid.heightPx + levelBytes;
  if (planeBytes * channels.length > mostPlaneBytes) return undefined;
  const whole = wholeWindow(grid);
  const layers = await source.layers(whole, signal);
  const contrastLimits = await limitsOf(recipe, layers);
  return {
    scene: { ...source.scene, contrastLimits },
    layers: async (window: Region) => {
      const isWhole = window.widthPx === whole.widthPx && window.heightPx === whole.heightPx;
      return { ...(isWhole ? layers : await source.layers(window, signal)), contrastLimits };
    },
  };
}

/** Limits of what the channels show in a window. */
async function limitsOf({ channels }: Recipe, { planes }: PreparedLayers): Promise<NumericLimits[]> {
  const limits: NumericLimits[] = [];
  for (const [i, { channel, contrastLimits }] of channels.entries()) {
    limits.push((await resolveLimits(channel, contrastLimits, scanOf(someOf(planes[i].samples)))).limits);
  }
  return limits;
}

/** Every so many a sample: enough of them, spread over all. */
function someOf(samples: SampleArray): SampleArray {
  const step = Math.floor(samples.length / enoughPixels);
  return step < 2 ? samples : samples.filter((_, i) => i % step === 0);
}
