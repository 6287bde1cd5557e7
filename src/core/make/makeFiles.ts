import { ExportError } from '../model/exportError';
import type { FigureText, VectorFigure } from '../model/figure';
import { type DrawnScaleBar, type PlannedFile, type PlannedItem, recipeOfItem } from '../model/plan';
import { type Format, isVector, type Recipe, type VectorFormat } from '../model/recipe';
import { loadFont } from '../read/loadFont';
import { bandsOf } from '../render/outputGrid';
import { dotsPerInch, pointsPerPx } from '../render/printSize';
import { encodeSvg } from '../write/encodeSvg';
import { type FileSink, MemorySink } from '../write/fileSink';
import { omeTiffEncoder } from '../write/omeTiffEncoder';
import { pictureEncoder, type PictureFormat, takesWhole } from '../write/pictureEncoder';
import { describeMaking } from '../again/describeMaking';
import { drawPictures, type WantedPicture } from './drawPictures';
import { ItemSource } from './itemSource';
import type { SourceReader } from './sourceReader';
import { UnrenderedSource } from './unrenderedSource';

/** A file that was made, and what the manifest says of it. */
export interface MadeFile {
  readonly file: PlannedFile;
  /** Full-resolution pixels per pixel of the file. */
  readonly downsample: number;
  readonly scaleBar?: DrawnScaleBar;
  readonly notes: readonly string[];
  /** The picture in words. */
  readonly text?: FigureText;
}

/** How an item's files are made. */
export interface Making {
  readonly reader: SourceReader;
  /** Called before the first piece of a file's content is there. */
  readonly open: (file: PlannedFile) => FileSink;
  readonly signal?: AbortSignal | undefined;
  /** For tests: see `bandsOf`. */
  readonly bandPixels?: number;
}

/**
 * Makes the files of an item: reads what it needs once, renders each picture once, and encodes it in every format, band after
 * band. The signal is asked between steps.
 * @returns each file when all of its content has been written
 */
export async function* makeFiles(asked: Recipe, item: PlannedItem, making: Making): AsyncGenerator<MadeFile> {
  if (item.error) throw new ExportError(item.error.code, item.error.message, item.error.details);
  const recipe = recipeOfItem(asked, item);
  const pictures = groupByChannels(item.files.filter(({ format }) => format !== 'ome-tiff'));
  if (pictures.length > 0) yield* makePictures(recipe, item, pictures, making);
  for (const file of item.files.filter(({ format }) => format === 'ome-tiff')) {
    await makeUnrendered(recipe, item, file, making);
    yield { file, downsample: 1, notes: [] };
  }
}

async function* makePictures(
  recipe: Recipe,
  item: PlannedItem,
  pictures: readonly (readonly PlannedFile[])[],
  { reader, open, signal, bandPixels }: Making,
): AsyncGenerator<MadeFile> {
  const source = await ItemSource.open(recipe, item, reader, signal);
  signal?.throwIfAborted();
  const { contrastLimits } = source.scene;
  const embeddedIn = (file: PlannedFile): Promise<string> =>
    describeMaking(recipe, item, file, { dataset: reader, contrastLimits });
  const dpi = dotsPerInch(recipe, source.scene.grid.widthPx);
  const pngs = pictures.map(() => new MemorySink());
  const wanted = pictures.map((files, i): WantedPicture => {
    const rasters = files.flatMap((file) => (isPicture(file.format) ? [{ file, format: file.format }] : []));
    const isVectorWanted = files.some(({ format }) => isVector(format));
    return {
      shown: files[0].channels,
      ...(rasters.length > 0 && {
        raster: (size) =>
          Promise.all(
            rasters.map(async ({ file, format }) =>
              pictureEncoder(format, size, open(file), { dpi, embedded: await embeddedIn(file) }),
            ),
          ),
      }),
      ...(isVectorWanted && { vector: (size) => pictureEncoder('png', size, pngs[i]) }),
      isKept: isVectorWanted || rasters.some(({ format }) => takesWhole(format)),
    };
  });
  let i = 0;
  for await (const { text, size, raster, vector } of drawPictures(wanted, {
    recipe,
    source,
    signal,
    bandPixels,
  })) {
    const png = pngs[i].content();
    for (const file of pictures[i++]) {
      signal?.throwIfAborted();
      const layout = isVector(file.format) ? vector! : raster!;
      if (isVector(file.format)) {
        const { outlines } = vector!;
        const figure = { png, ...size, outlines, layout, pointsPerPx: pointsPerPx(recipe, size.widthPx), text };
        const sink = open(file);
        const content = await encodeVector({ ...figure, embedded: await embeddedIn(file) }, file.format);
        for (const piece of content) sink.write(piece);
      }
      const { scaleBar, notes } = layout;
      yield {
        file,
        downsample: recipe.downsample,
        ...(scaleBar && { scaleBar }),
        notes: [...source.notes, ...notes],
        text,
      };
    }
  }
}

/** The channels of an item's region as they are on disk. */
async function makeUnrendered(
  recipe: Recipe,
  item: PlannedItem,
  file: PlannedFile,
  { reader, open, signal, bandPixels }: Making,
): Promise<void> {
  const source = await UnrenderedSource.open(recipe, item, reader);
  const { widthPx, heightPx } = source.grid;
  const pixelSizeUm = item.pixelSize?.um;
  const input = {
    ...{ name: item.id, widthPx, heightPx, channels: source.channels },
    ...(pixelSizeUm !== undefined && { pixelSizeUm }),
    embedded: await describeMaking(recipe, item, file, { dataset: reader }),
  };
  const encoder = omeTiffEncoder(input, open(file));
  for (const band of bandsOf(source.grid, bandPixels)) {
    signal?.throwIfAborted();
    await encoder.add(band.heightPx, await source.read(band, signal));
  }
  await encoder.end();
}

function isPicture(format: Format): format is PictureFormat {
  return format !== 'ome-tiff' && !isVector(format);
}

async function encodeVector(figure: VectorFigure, format: VectorFormat): Promise<Buffer[]> {
  if (format === 'svg') return encodeSvg(figure, loadFont());
  // Loaded where it is needed: what writes PDF takes as long to load as everything else.
  const { encodePdf } = await import('../write/encodePdf');
  return encodePdf(figure, loadFont());
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
