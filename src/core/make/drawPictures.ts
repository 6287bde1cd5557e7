import type { FigureLayout, FigureText, OutlineShape } from '../model/figure';
import type { Picture, PictureSize, Region } from '../model/image';
import type { Recipe } from '../model/recipe';
import { composeFigure, type Figure, layOutFigure } from '../render/composeFigure';
import { isDark, pixelsOfBox } from '../render/darkness';
import { drawPicture } from '../render/drawPicture';
import type { Box } from '../render/layOutMarks';
import type { Medium } from '../render/markSizes';
import { OutlineShapes } from '../render/outlineShapes';
import { bandsOf } from '../render/outputGrid';
import { FigurePainter } from '../render/paintMarks';
import type { PreparedLayers } from '../render/prepareLayers';
import { SeenLabels } from '../render/seenLabels';
import type { PictureEncoder } from '../write/pictureEncoder';
import type { ItemSource } from './itemSource';

/** What pictures of an item are drawn of. */
export type PictureSource = Pick<ItemSource, 'scene' | 'layers'>;

/** A picture of an item, and what is made of it. */
export interface WantedPicture {
  /** Positions in the recipe's channels of those to draw; absent: all. */
  readonly shown?: readonly number[] | undefined;
  /** Called with the size of the figure, marks included: what takes its pixels. Absent: none are wanted. */
  readonly raster?: (size: PictureSize) => Promise<readonly PictureEncoder[]>;
  /** Called with the size of the picture: what takes its pixels under the outlines, which are shapes then. */
  readonly vector?: (size: PictureSize) => PictureEncoder;
  /** Whether one of them keeps the picture whole, so that others are not made beside it. */
  readonly isKept: boolean;
}

/** A picture that was drawn. */
export interface DrawnFigure {
  readonly text: FigureText;
  /** Of the picture, without strips. */
  readonly size: PictureSize;
  readonly raster?: FigureLayout;
  readonly vector?: FigureLayout & { readonly outlines: readonly OutlineShape[] };
}

interface Drawing {
  readonly recipe: Recipe;
  readonly source: PictureSource;
  readonly signal?: AbortSignal | undefined;
  /** For drafts, and for tests: see `bandsOf`. */
  readonly bandPixels?: number | undefined;
}

/**
 * Draws pictures of an item band after band, and hands the rows to their encoders, so that of a large picture a band is in
 * memory at a time. What is read and found for a band is shared by all pictures, unless one of them is kept whole. The
 * signal is asked between bands and pictures.
 * @returns the pictures in their order, each when its encoders have ended
 */
export async function* drawPictures(
  wanted: readonly WantedPicture[],
  drawing: Drawing,
): AsyncGenerator<DrawnFigure, void, undefined> {
  const { recipe, source, signal } = drawing;
  const bands = bandsOf(source.scene.grid, drawing.bandPixels);
  // What fits one band is read once for all that is made of it.
  const only = bands.length === 1 ? await source.layers(bands[0], signal) : undefined;
  const layersOf = (window: Region): Promise<PreparedLayers> | PreparedLayers => {
    signal?.throwIfAborted();
    return only ?? source.layers(window, signal);
  };
  let seen: SeenLabels | undefined;
  if (recipe.legend.classes) {
    seen = new SeenLabels();
    for (const band of bands) seen.add(await layersOf(band));
  }
  const areApart = only !== undefined || wanted.some(({ isKept }) => isKept);
  for (const pictures of areApart ? wanted.map((picture) => [picture]) : [wanted]) {
    const begun: BegunPicture[] = [];
    for (const picture of pictures) begun.push(await beginPicture(picture, { recipe, source, seen, only, layersOf }));
    for (const band of bands) {
      const layers = await layersOf(band);
      for (const picture of begun) await picture.add(band, layers);
    }
    for (const picture of begun) yield await picture.end();
  }
}

/** What a picture is begun with. */
interface Beginning extends Pick<Drawing, 'recipe' | 'source'> {
  readonly seen: SeenLabels | undefined;
  /** All layers, where they are of one band. */
  readonly only: PreparedLayers | undefined;
  readonly layersOf: (window: Region) => Promise<PreparedLayers> | PreparedLayers;
}

/** A picture whose marks have their places. */
interface BegunPicture {
  /** Takes the next band. */
  add(band: Region, layers: PreparedLayers): Promise<void>;
  /** When all bands were added. */
  end(): Promise<DrawnFigure>;
}

async function beginPicture(wanted: WantedPicture, beginning: Beginning): Promise<BegunPicture> {
  const { recipe, source, seen, only } = beginning;
  const { widthPx, heightPx } = source.scene.grid;
  const size = { widthPx, heightPx };
  const figure = composeFigure(recipe, source.scene, seen, wanted.shown);
  const isApart = wanted.vector !== undefined;
  let drawn = only && drawPicture(recipe, only, wanted.shown, isApart);
  const layOut = (medium: Medium): Promise<FigureLayout> =>
    layOutOn(drawn?.whole, { wanted, figure, medium }, beginning);
  const layout = wanted.raster && (await layOut('raster'));
  const vectorLayout = wanted.vector && (await layOut('vector'));
  const painter = layout && new FigurePainter(layout, size, source.scene.font);
  const encoders = painter ? await wanted.raster(painter.size) : [];
  const vector = wanted.vector?.(size);
  const outlines = vector && new OutlineShapes(size);
  return {
    async add(band, layers) {
      const { whole, underOutlines } = drawn ?? drawPicture(recipe, layers, wanted.shown, isApart);
      drawn = undefined;
      if (underOutlines) await vector!.add(underOutlines.rgb);
      outlines?.add(band, layers);
      const rows = painter?.paint(whole, band.y);
      for (const encoder of encoders) await encoder.add(rows!.rgb);
    },
    async end() {
      for (const encoder of [...encoders, ...(vector ? [vector] : [])]) await encoder.end();
      return {
        ...{ text: figure.text, size },
        ...(layout && { raster: layout }),
        ...(vectorLayout && { vector: { ...vectorLayout, outlines: outlines!.shapes() } }),
      };
    },
  };
}

/**
 * Lays a picture's marks out. Where they are does not depend on their colours, which what lies behind them decides on: of a
 * picture that was not drawn, those parts alone are drawn when the places are known.
 */
async function layOutOn(
  drawn: Picture | undefined,
  { wanted, figure, medium }: { readonly wanted: WantedPicture; readonly figure: Figure; readonly medium: Medium },
  { recipe, source, layersOf }: Beginning,
): Promise<FigureLayout> {
  const { grid, font } = source.scene;
  const layOut = (isOnDark: (box: Box) => boolean): FigureLayout =>
    layOutFigure(recipe, grid, figure, { font, medium, isDark: isOnDark });
  if (drawn) return layOut((box) => isDark(drawn, box));
  const boxes: Box[] = [];
  const draft = layOut((box) => boxes.push(box) > 0);
  if (boxes.length === 0) return draft;
  const answers: boolean[] = [];
  for (const box of boxes) {
    const window = pixelsOfBox(box);
    const { whole } = drawPicture(recipe, await layersOf(window), wanted.shown);
    answers.push(isDark(whole, box, window));
  }
  return layOut(() => answers.shift()!);
}
