import { ExportError } from '../model/exportError';
import type { FigureText, VectorFigure } from '../model/figure';
import { type DrawnScaleBar, type PlannedFile, type PlannedItem, recipeOfItem } from '../model/plan';
import { isVector, type Recipe, type VectorFormat } from '../model/recipe';
import { composeFigure, layOutFigure, paintFigure, type RenderedPicture } from '../render/composeFigure';
import { drawPicture, outlineShapes } from '../render/drawPicture';
import { prepareLayers } from '../render/prepareLayers';
import { dotsPerInch, pointsPerPx } from '../render/printSize';
import { loadFont } from '../read/loadFont';
import { encodeOmeTiff } from '../write/encodeOmeTiff';
import { encodePicture } from '../write/encodePicture';
import { encodeSvg } from '../write/encodeSvg';
import { describeMaking } from '../again/describeMaking';
import { readItem, readUnrendered } from './readItem';
import type { SourceReader } from './sourceReader';

/** A file's content, and what the manifest says of it. */
export interface MadeFile {
  readonly file: PlannedFile;
  /** Pieces to be written one after the other. */
  readonly content: readonly Uint8Array[];
  /** Full-resolution pixels per pixel of the file. */
  readonly downsample: number;
  readonly scaleBar?: DrawnScaleBar;
  readonly notes: readonly string[];
  /** The picture in words. */
  readonly text?: FigureText;
}

/**
 * Makes the files of an item, one after the other: reads what it needs once, renders each picture once, and encodes it in
 * every format. The signal is asked between steps.
 */
export async function* makeFiles(
  asked: Recipe,
  item: PlannedItem,
  reader: SourceReader,
  signal?: AbortSignal,
): AsyncGenerator<MadeFile> {
  if (item.error) throw new ExportError(item.error.code, item.error.message, item.error.details);
  const recipe = recipeOfItem(asked, item);
  const pictures = groupByChannels(item.files.filter(({ format }) => format !== 'ome-tiff'));
  if (pictures.length > 0) {
    const { input, notes } = await readItem(recipe, item, reader, signal);
    signal?.throwIfAborted();
    const layers = prepareLayers(recipe, input);
    const outlines = item.files.some(({ format }) => isVector(format)) ? outlineShapes(layers) : [];
    for (const files of pictures) {
      signal?.throwIfAborted();
      const shown = files[0].channels;
      const vectors = files.some(({ format }) => isVector(format));
      const { whole, underOutlines } = drawPicture(recipe, layers, shown, vectors);
      const figure = composeFigure(recipe, layers, input, shown);
      const { font } = input;
      const painted = files.some(({ format }) => !isVector(format))
        ? paintFigure(recipe, whole, figure, font)
        : undefined;
      const vector = underOutlines && {
        figure: {
          png: await encodePicture(underOutlines, 'png'),
          widthPx: whole.widthPx,
          heightPx: whole.heightPx,
          outlines,
          layout: layOutFigure(recipe, whole, figure, font, 'vector'),
          pointsPerPx: pointsPerPx(recipe, whole.widthPx),
          text: figure.text,
        },
      };
      for (const file of files) {
        signal?.throwIfAborted();
        const { format } = file;
        const { contrastLimits } = input;
        const embedded = await describeMaking(recipe, item, file, { dataset: reader, contrastLimits });
        const made = isVector(format)
          ? { content: await encodeVector({ ...vector!.figure, embedded }, format), ...vector!.figure.layout }
          : {
              content: [await encodeRaster(painted!, file, dotsPerInch(recipe, whole.widthPx), embedded)],
              ...painted!,
            };
        signal?.throwIfAborted();
        const { content, scaleBar, notes: own } = made;
        yield {
          file,
          content,
          downsample: recipe.downsample,
          ...(scaleBar && { scaleBar }),
          notes: [...notes, ...own],
          text: figure.text,
        };
      }
    }
  }
  for (const file of item.files.filter(({ format }) => format === 'ome-tiff')) {
    const channels = await readUnrendered(item, reader, signal);
    signal?.throwIfAborted();
    const pixelSizeUm = item.pixelSize?.um;
    const content = await encodeOmeTiff({
      name: item.id,
      channels,
      ...(pixelSizeUm !== undefined && { pixelSizeUm }),
      embedded: await describeMaking(recipe, item, file, { dataset: reader }),
    });
    yield { file, content, downsample: 1, notes: [] };
  }
}

async function encodeVector(figure: VectorFigure, format: VectorFormat): Promise<Buffer[]> {
  if (format === 'svg') return encodeSvg(figure, loadFont());
  // Loaded where it is needed: what writes PDF takes as long to load as everything else.
  const { encodePdf } = await import('../write/encodePdf');
  return encodePdf(figure, loadFont());
}

/** @param dpi of the picture, which strips do not change */
function encodeRaster(
  painted: RenderedPicture,
  { format }: PlannedFile,
  dpi: ReturnType<typeof dotsPerInch>,
  embedded: string,
): Promise<Buffer> {
  if (format === 'ome-tiff' || isVector(format)) throw new RangeError('expected a picture of pixels');
  return encodePicture(painted, format, dpi, embedded);
}

/** The formats of one picture stand together, so that it is rendered once. */
function groupByChannels(files: readonly PlannedFile[]): PlannedFile[][] {
  const groups = new Map<string, PlannedFile[]>();
  for (const file of files) {
    const key = file.channels?.join() ?? '';
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  return [...groups.values()];
}
