import { ExportError } from '../model/exportError';
import type { DrawnScaleBar, PlannedFile, PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { drawPicture, prepareLayers, type RenderedPicture } from '../render/renderPicture';
import { encodeOmeTiff } from '../write/encodeOmeTiff';
import { encodePicture } from '../write/encodePicture';
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
}

/**
 * Makes the files of an item, one after the other: reads what it needs once, renders each picture once, and encodes it in
 * every format. The signal is asked between steps.
 */
export async function* makeFiles(
  recipe: Recipe,
  item: PlannedItem,
  reader: SourceReader,
  signal?: AbortSignal,
): AsyncGenerator<MadeFile> {
  if (item.error) throw new ExportError(item.error.code, item.error.message, item.error.details);
  const pictures = groupByChannels(item.files.filter(({ format }) => format !== 'ome-tiff'));
  if (pictures.length > 0) {
    const { input, notes } = await reader.read(recipe, item, signal);
    signal?.throwIfAborted();
    const layers = prepareLayers(recipe, input);
    for (const files of pictures) {
      signal?.throwIfAborted();
      const picture = drawPicture(recipe, layers, input, files[0].channels);
      for (const file of files) {
        const content = [await encode(picture, file, recipe.dpi)];
        signal?.throwIfAborted();
        const { scaleBar, note } = picture;
        const said = note === undefined ? notes : [...notes, note];
        yield { file, content, downsample: recipe.downsample, ...(scaleBar && { scaleBar }), notes: said };
      }
    }
  }
  for (const file of item.files.filter(({ format }) => format === 'ome-tiff')) {
    const channels = await reader.readChannels(item, signal);
    signal?.throwIfAborted();
    const pixelSizeUm = item.pixelSize?.um;
    const content = await encodeOmeTiff({
      name: item.fov,
      channels,
      ...(pixelSizeUm !== undefined && { pixelSizeUm }),
    });
    yield { file, content, downsample: 1, notes: [] };
  }
}

function encode(picture: RenderedPicture, { format }: PlannedFile, dpi: number | undefined): Promise<Buffer> {
  if (format === 'ome-tiff') throw new RangeError('expected a picture');
  return encodePicture(picture, format, dpi);
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
