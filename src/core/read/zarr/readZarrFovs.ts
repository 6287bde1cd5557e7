import path from 'node:path';
import type { ImageSource, Problem, SavedMarkerSet } from '../../model/dataset';
import { type ErrorData, messageOf, toErrorData } from '../../model/exportError';
import type { FoundFov, FoundFovs } from '../foundFov';
import { findZarrImages } from './findZarrImages';
import { doCover, labelGridOf } from './labelGrid';
import type { ZarrImage } from './openZarrImage';

type Open = (folder: string) => Promise<ZarrImage>;

/** The FOVs of an OME-Zarr folder: its image, the series of a conversion, or the fields of a plate. */
export async function readZarrFovs(folder: string, warnings: Problem[]): Promise<FoundFovs> {
  const stem = path.basename(folder).replace(/(\.ome)?\.zarr$/i, '');
  const { openZarrImage } = await import('./openZarrImage');
  const fovs: FoundFov[] = [];
  const markerSets: SavedMarkerSet[] = [];
  let images: Awaited<ReturnType<typeof findZarrImages>>;
  try {
    images = await findZarrImages(folder);
  } catch (error) {
    return { fovs: [unreadable(stem, folder, error)], markerSets };
  }
  for (const { name: part, folder: imageFolder } of images) {
    const name = part === '' ? stem : `${stem}_${part}`;
    try {
      const { fov, markerSet } = await readImage(name, imageFolder, openZarrImage, warnings);
      fovs.push(fov);
      if (markerSet) markerSets.push(markerSet);
    } catch (error) {
      fovs.push(unreadable(name, imageFolder, error));
    }
  }
  return { fovs, markerSets };
}

async function readImage(
  name: string,
  folder: string,
  open: Open,
  warnings: Problem[],
): Promise<{ fov: FoundFov; markerSet?: SavedMarkerSet }> {
  const image = await open(folder);
  try {
    warnings.push(...image.warnings.map((message): Problem => ({ code: 'ImageUnsupported', message })));
    // Without channels if all of them were left out.
    const [first] = image.channels as readonly (ZarrImage['channels'][number] | undefined)[];
    const { pixelSize, pixelSizeProblem, printResolution } = first ? image.describe(first.plane) : {};
    const fov: FoundFov = {
      name,
      path: folder,
      channels: image.channels.map(({ name: channel, plane }) => ({ name: channel, file: folder, plane })),
      masks: await readLabelImages(image, open, warnings),
      statedPixelSize: {
        ...(pixelSize && { pixelSize }),
        ...(pixelSizeProblem !== undefined && { pixelSizeProblem }),
        ...(printResolution !== undefined && { printResolution }),
      },
    };
    const display = image.channels.flatMap((channel) =>
      channel.display ? [{ channel: channel.name, ...channel.display }] : [],
    );
    return { fov, ...(display.length > 0 && { markerSet: { name, channels: display, origin: 'omero' } }) };
  } finally {
    await image.close();
  }
}

function unreadable(name: string, folder: string, error: unknown): FoundFov {
  const { code, message } = toErrorData(error);
  const data: ErrorData = { code, message };
  return { name, path: folder, channels: [], masks: [], error: data };
}

/** The label images beside an OME-Zarr image are its masks. */
async function readLabelImages(image: ZarrImage, open: Open, warnings: Problem[]): Promise<ImageSource[]> {
  const masks: ImageSource[] = [];
  for (const { name, folder } of image.labels) {
    try {
      const labels = await open(folder);
      await labels.close();
      const on = labelGridOf(image, labels);
      masks.push({ name, file: folder, plane: { ...labels.channels[0].plane, ...(on && { on }) } });
      if (!on || doCover(on, labels.size)) continue;
      warnings.push({
        code: 'SizeMismatch',
        message: `Expected labels that lie on all of their image in ${folder}, but by its scale they do not lie on all of it; elsewhere there are none.`,
      });
    } catch (error) {
      warnings.push({ code: 'MaskNotFound', message: messageOf(error) });
    }
  }
  return masks;
}
