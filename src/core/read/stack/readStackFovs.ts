import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../../model/dataset';
import { messageOf, systemCodeOf, toErrorData } from '../../model/exportError';
import type { PlaneAddress } from '../../model/image';
import type { FoundFov } from '../foundFov';
import { type OmeDocument, parseOmeXml } from '../omeXml';
import { mibiFields, readPixelSize } from '../readPixelSize';
import { openTiff, type OpenTiff } from '../tiff/openTiff';
import type { TiffPage } from '../tiff/tiffPage';
import { readOmeFovs } from './readOmeFovs';
import type { Panel } from './readPanel';
import { nameChannels, stackName } from './nameChannels';

/**
 * The FOVs in TIFF files that each hold many channels: OME-TIFF, alone or in sets; MIBI's TIFF with named pages;
 * multi-page files and files of many samples per pixel with a panel. Files of one plain channel hold no FOV.
 * @param files absolute paths, in order
 */
export async function readStackFovs(
  files: readonly string[],
  panel: Panel | undefined,
  warnings: Problem[],
): Promise<FoundFov[]> {
  const fovs: FoundFov[] = [];
  /** Parts of a set and companions that a FOV was made of already. */
  const done = new Set<string>();
  for (const file of files) {
    if (done.has(file)) continue;
    let tiff: OpenTiff;
    try {
      tiff = await openTiff(file);
    } catch (error) {
      const { code, message } = toErrorData(error);
      // By its name it is a FOV; a damaged file of another name may be anything.
      if (/\.ome\.tiff?$/i.test(file))
        fovs.push({ name: stackName(file), path: file, channels: [], masks: [], error: { code, message } });
      else warnings.push({ code, message });
      continue;
    }
    await tiff.close();
    const found = await readFovsOf(file, tiff, done, panel, warnings);
    for (const fov of found) for (const { file: part } of fov.channels) done.add(part);
    fovs.push(...found);
  }
  return fovs;
}

async function readFovsOf(
  file: string,
  tiff: OpenTiff,
  done: Set<string>,
  panel: Panel | undefined,
  warnings: Problem[],
): Promise<FoundFov[]> {
  const description = tiff.pages[0].description?.trim() ?? '';
  const document = description.startsWith('<') ? parseOmeXml(description) : undefined;
  if (document?.metadataFile !== undefined) return readCompanion(file, document.metadataFile, done, panel, warnings);
  if (document && document.images.length > 0) {
    markParts(document, file, done);
    return readOmeFovs(file, document, panel, warnings);
  }
  return readPlainStack(file, tiff, panel, warnings);
}

/** The files of a set make one FOV, also when it cannot be read. */
function markParts(document: OmeDocument, file: string, done: Set<string>): void {
  const names = document.images.flatMap(({ tiffData }) => tiffData.flatMap(({ fileName }) => fileName ?? []));
  // One name alone is the file itself, maybe by the name that it had before.
  if (new Set(names).size < 2) return;
  for (const name of names) done.add(path.resolve(path.dirname(file), name));
}

/** A set whose metadata lie in a file of their own. */
async function readCompanion(
  file: string,
  metadataFile: string,
  done: Set<string>,
  panel: Panel | undefined,
  warnings: Problem[],
): Promise<FoundFov[]> {
  const companion = path.join(path.dirname(file), path.basename(metadataFile));
  if (done.has(companion)) return [];
  let document: OmeDocument | undefined;
  let found = 'it holds none';
  try {
    document = parseOmeXml(await readFile(companion, 'utf8'));
  } catch (error) {
    found = systemCodeOf(error) === 'ENOENT' ? 'it is not there' : messageOf(error);
  }
  if (!document || document.images.length === 0) {
    const message = `Expected the OME metadata of ${file} in ${companion}, but ${found}.`;
    return [
      { name: stackName(file), path: file, channels: [], masks: [], error: { code: 'ImageUnreadable', message } },
    ];
  }
  done.add(companion);
  markParts(document, file, done);
  return readOmeFovs(companion, document, panel, warnings);
}

/** A TIFF without OME-XML: its pages of one size, and the samples of their pixels, are the channels. */
function readPlainStack(file: string, tiff: OpenTiff, panel: Panel | undefined, warnings: Problem[]): FoundFov[] {
  const { pages } = tiff;
  const [first] = pages;
  if (pages.length === 1 && first.samplesPerPixel === 1) return [];
  const name = stackName(file);
  const base = { name, path: file, masks: [] };
  const imagej = readImageJ(first.description ?? '');
  if (imagej && imagej.images > pages.length * first.samplesPerPixel) {
    const message = `Expected one image directory for each of the ${imagej.images} images of ${file}, but found ${pages.length}: ImageJ's way to write more than 4 GiB; save it as OME-TIFF.`;
    return [{ ...base, channels: [], error: { code: 'ImageUnsupported', message } }];
  }
  const used = pages
    .map((page, i) => ({ page, i }))
    .filter(({ page, i }) => isChannelPage(page, first) && (!imagej || i < imagej.channels));
  if (used.length < pages.length) {
    const why = imagej && imagej.channels < pages.length ? 'the first z plane and time point' : 'those of one size';
    warnings.push({
      code: 'ImageUnsupported',
      message: `FOV ${name} has ${pages.length} pages; ${used.length} are used, ${why}.`,
    });
  }
  const planes = used.flatMap(({ page, i }) =>
    Array.from({ length: page.samplesPerPixel }, (_, sample): PlaneAddress => ({ page: i, sample })),
  );
  const own = used.flatMap(({ page }) =>
    Array.from({ length: page.samplesPerPixel }, () => (page.samplesPerPixel === 1 ? pageName(page, used) : undefined)),
  );
  const names = nameChannels(name, own, panel, warnings);
  const channels = planes.map((plane, i) => ({ name: names[i], file, plane }));
  return [{ ...base, channels, statedPixelSize: readPixelSize(first) }];
}

/** Pages of the first one's size; of MIBI's files, those that were measured and not drawn. */
function isChannelPage(page: TiffPage, first: TiffPage): boolean {
  const type = mibiFields(page.description ?? '')['image.type'];
  return page.widthPx === first.widthPx && page.heightPx === first.heightPx && (type === undefined || type === 'SIMS');
}

/** MIBI writes target and mass into the page's name; the target alone, where it is enough, is what its users say. */
function pageName(page: TiffPage, used: readonly { readonly page: TiffPage }[]): string | undefined {
  const target = (of: TiffPage): unknown => mibiFields(of.description ?? '')['channel.target'];
  const own = target(page);
  const alone = used.filter((other) => target(other.page) === own).length === 1;
  return typeof own === 'string' && own !== '' && alone ? own : page.pageName;
}

/** The counts in an ImageJ description; a stack that tells no channels apart has its slices for channels. */
function readImageJ(description: string): { images: number; channels: number } | undefined {
  if (!description.startsWith('ImageJ=')) return undefined;
  const count = (key: string): number => Number(new RegExp(`^${key}=(\\d+)$`, 'm').exec(description)?.[1] ?? 0);
  const images = count('images') || 1;
  return { images, channels: count('channels') || images };
}
