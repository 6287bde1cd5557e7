import path from 'node:path';
import type { ImageSource, Problem } from '../../model/dataset';
import { type ExportError, isExportError, toErrorData, toExportError } from '../../model/exportError';
import type { StatedPixelSize } from '../../model/image';
import { pixelSizeText } from '../../model/pixelSizeOrigin';
import type { FoundFov } from '../foundFov';
import { tiffPattern } from '../listFolder';
import type { OmeDocument, OmeImage } from '../omeXml';
import type { TiffPage } from '../tiff/tiffPage';
import { mapOmePlanes, type OmePlane, type PlaneRun, planesOf } from './mapOmePlanes';
import { namedSources, nameChannels, stackName } from './nameChannels';
import { contradiction, OmeFiles } from './omeFiles';
import type { ChannelPanel } from './readPanel';

export interface OmeFovs {
  readonly fovs: readonly FoundFov[];
  /** The files of the set, whether it can be read or not. */
  readonly parts: readonly string[];
}

/** A channel's plane, with the page that holds it. */
interface ChannelPage extends OmePlane {
  /** Index of the page among the file's full-size images. */
  readonly page: number;
}

/**
 * The FOVs of an OME document, one for each image in it, the planes found by its `TiffData`. A FOV whose files are
 * missing, or whose pages are not as the XML says, has an `error` in place of channels: which page is which channel
 * would be a guess.
 * @param file the file that the XML was read from: an OME-TIFF, or the companion of a set
 * @param about.pages those of an OME-TIFF
 */
export async function readOmeFovs(
  file: string,
  { document, pages }: { readonly document: OmeDocument; readonly pages: readonly TiffPage[] | undefined },
  panel: ChannelPanel | undefined,
  warnings: Problem[],
): Promise<OmeFovs> {
  const files = new OmeFiles(file, document, pages);
  const placed: (ChannelPage[] | ExportError)[] = [];
  for (const i of document.images.keys()) placed.push(await place(files, document, i).catch(toExportError));
  refuseShared(file, placed);
  const homes = document.images.map((image, i) => homeOf(file, document, image, placed[i]));
  const alone = new Map<string, boolean>();
  for (const home of homes) alone.set(home, !alone.has(home));
  const names = homes.map((home, i) => (alone.get(home) ? stackName(home) : `${stackName(home)}_${i}`));
  const fovs = document.images.map((image, i): FoundFov => {
    const base = { name: names[i], path: homes[i], masks: [] };
    const found = placed[i];
    if (isExportError(found)) {
      const { code, message } = toErrorData(found);
      return { ...base, channels: [], error: { code, message } };
    }
    warnAboutFirstOnly(names[i], image, warnings);
    return {
      ...base,
      channels: toChannels(names[i], { image, pages: found }, panel, warnings),
      statedPixelSize: pixelSizeOf(document.images, i, names),
    };
  });
  await warnAboutLeftPages(files, document, fovs, warnings);
  return { fovs, parts: await files.parts() };
}

/** The page of each channel of an image. */
async function place(files: OmeFiles, document: OmeDocument, index: number): Promise<ChannelPage[]> {
  const { file } = files;
  const image = document.images[index];
  if (image.flaw !== undefined) throw contradiction(file, image.flaw);
  const runs =
    image.tiffData.length > 0 ? await runsOf(files, image) : [await runWithoutTiffData(files, document, index)];
  const planes = mapOmePlanes(image, runs);
  if (typeof planes === 'string') throw contradiction(file, planes);
  for (const { file: at, ifd, count, atMost } of runs) {
    const pages = await files.directoriesOf(at);
    if (ifd + count <= pages || atMost) continue;
    throw contradiction(at, `its XML says that planes are on page ${ifd + count}, and it has ${inPages(pages)}`);
  }
  const found: ChannelPage[] = [];
  for (const plane of planes) {
    const pages = await files.pagesOf(plane.file);
    const page = await files.pageAt(plane.file, plane.ifd);
    requireAgreement(plane, image, pages, page);
    found.push({ ...plane, page });
  }
  return found;
}

async function runsOf(files: OmeFiles, image: OmeImage): Promise<PlaneRun[]> {
  const located = await files.locate(image);
  const runs: PlaneRun[] = [];
  for (const [i, { first, ifd, planeCount }] of image.tiffData.entries()) {
    const file = located[i];
    // The schema: without PlaneCount, one plane if IFD is given, else all that the file has, and the image has place for.
    const atMost = planeCount === undefined && ifd === undefined;
    const count = planeCount ?? (atMost ? await files.directoriesOf(file) : 1);
    runs.push({ first, count, atMost, file, ifd: ifd ?? 0 });
  }
  return runs;
}

/** Older programs leave `TiffData` out: planes lie in the document's order, if they are as many as there are pages. */
async function runWithoutTiffData(files: OmeFiles, { images }: OmeDocument, index: number): Promise<PlaneRun> {
  const { file } = files;
  const counts = images.map(planesOf);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, count) => total + count, 0);
  const pages = tiffPattern.test(file) ? await files.directoriesOf(file) : 0;
  if (images.some(({ tiffData }) => tiffData.length > 0) || sum(counts) !== pages) {
    throw contradiction(
      file,
      `its XML says ${sum(counts)} planes, not where they are (TiffData), and it has ${inPages(pages)}`,
    );
  }
  return { first: { c: 0, z: 0, t: 0 }, count: counts[index], file, ifd: sum(counts.slice(0, index)) };
}

/** Two images cannot be on one page. */
function refuseShared(file: string, placed: (ChannelPage[] | ExportError)[]): void {
  const owners = new Map<string, number>();
  const shared = new Set<number>();
  for (const [i, pages] of placed.entries()) {
    if (isExportError(pages)) continue;
    for (const { file: at, ifd } of pages) {
      const key = `${ifd} ${at}`;
      const owner = owners.get(key);
      if (owner !== undefined) shared.add(owner).add(i);
      else owners.set(key, i);
    }
  }
  for (const i of shared) placed[i] = contradiction(file, 'its XML says of two images that they are on the same page');
}

/** The file that an image is named after: the one that holds it all, or should, else the one with the XML. */
function homeOf(file: string, { images }: OmeDocument, image: OmeImage, placed: ChannelPage[] | ExportError): string {
  const names = new Set(image.tiffData.map(({ fileName }) => fileName));
  const [name] = names;
  if (names.size > 1) return file;
  if (!isExportError(placed)) return placed[0].file;
  return images.length > 1 && name !== undefined ? path.join(path.dirname(file), path.basename(name)) : file;
}

const sampleTypeOf: Readonly<Record<string, string>> = { float: 'float32', double: 'float64' };

function requireAgreement({ file, ifd }: OmePlane, image: OmeImage, pages: readonly TiffPage[], at: number): void {
  const page = pages[at];
  const samples = image.channels[0]?.samplesPerPixel ?? 1;
  if (!page) {
    throw contradiction(file, `its XML says that a channel is on page ${ifd + 1}, and it has ${inPages(pages.length)}`);
  }
  if (page.widthPx !== image.size.x || page.heightPx !== image.size.y) {
    throw contradiction(
      file,
      `its XML says ${image.size.x} × ${image.size.y} pixels, and page ${ifd + 1} has ${page.widthPx} × ${page.heightPx}`,
    );
  }
  if (page.samplesPerPixel !== samples) {
    throw contradiction(
      file,
      `its XML says ${samples} ${samples === 1 ? 'sample' : 'samples'} per pixel, and page ${ifd + 1} has ${page.samplesPerPixel}`,
    );
  }
  const type = sampleTypeOf[image.type] ?? image.type.toLowerCase();
  if (type !== '' && !page.refusal && type !== page.sampleType) {
    throw contradiction(file, `its XML says ${image.type}, and page ${ifd + 1} is ${page.sampleType}`);
  }
}

function inPages(count: number): string {
  return count === 1 ? 'one page' : `${count} pages`;
}

function toChannels(
  fov: string,
  { image, pages }: { readonly image: OmeImage; readonly pages: readonly ChannelPage[] },
  panel: ChannelPanel | undefined,
  warnings: Problem[],
): ImageSource[] {
  // Which channels are the named ones would be a guess if there are more of them.
  const channels = image.channels.length === pages.length ? image.channels : [];
  const samples = Array.from({ length: image.channels[0]?.samplesPerPixel ?? 1 }, (_, sample) => sample);
  const own = pages.flatMap((_, i) => {
    const name = channels[i]?.name ?? channels[i]?.id;
    return samples.map((sample) => (samples.length === 1 ? name : `${name ?? `Channel_${i}`}_${sample}`));
  });
  const names = nameChannels(fov, own, panel, warnings);
  const planes = pages.flatMap(({ file, page }) => samples.map((sample) => ({ file, plane: { page, sample } })));
  return namedSources(names, planes);
}

/** Smaller copies of an image, where they are images of their own, are often given its pixel size. */
function pixelSizeOf(images: readonly OmeImage[], index: number, names: readonly string[]): StatedPixelSize {
  const { size, channels, type, pixelSize, pixelSizeProblem, printResolution } = images[index];
  const original = images.findIndex((other, i) => {
    const factor = Math.round(other.size.x / size.x);
    const isReduced = (['x', 'y'] as const).every((axis) => Math.abs(other.size[axis] / factor - size[axis]) <= 1);
    const isAlike = other.type === type && other.channels.length === channels.length && other.size.c === size.c;
    const sameSize = pixelSize && other.pixelSize && Math.abs(other.pixelSize.um / pixelSize.um - 1) < 0.01;
    return i !== index && factor > 1 && isReduced && isAlike && sameSize;
  });
  if (pixelSize && original !== -1) {
    return {
      pixelSizeProblem: `its pixels are ${pixelSizeText(pixelSize.um)} wide, as those of ${names[original]}, of which it seems to be a smaller copy`,
    };
  }
  return {
    ...(pixelSize && { pixelSize }),
    ...(pixelSizeProblem !== undefined && { pixelSizeProblem }),
    ...(printResolution !== undefined && { printResolution }),
  };
}

function warnAboutFirstOnly(fov: string, { size }: OmeImage, warnings: Problem[]): void {
  for (const [axis, what] of [
    ['z', 'z planes'],
    ['t', 'time points'],
  ] as const) {
    if (size[axis] === 1) continue;
    const message = `FOV ${fov} has ${size[axis]} ${what}; the first one is used.`;
    warnings.push({ code: 'ImageUnsupported', message });
  }
}

/** Pages that the XML says nothing of, in a file that is no part of a set. */
async function warnAboutLeftPages(
  files: OmeFiles,
  { images }: OmeDocument,
  fovs: readonly FoundFov[],
  warnings: Problem[],
): Promise<void> {
  const { file } = files;
  const isSet = fovs.some(({ error, channels }) => error !== undefined || channels.some((each) => each.file !== file));
  if (isSet) return;
  const pages = (await files.pagesOf(file)).length;
  const planes = images.reduce((sum, image) => sum + planesOf(image), 0);
  if (pages <= planes) return;
  const message = `${file} has ${pages} pages, and its XML tells of ${planes}; the others are left out.`;
  warnings.push({ code: 'ImageUnsupported', message });
}
