import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Problem } from '../../model/dataset';
import { ExportError, messageOf, systemCodeOf, toErrorData } from '../../model/exportError';
import type { PlaneAddress } from '../../model/image';
import type { FoundFov } from '../foundFov';
import { isOmeXml, type OmeDocument, parseOmeXml } from '../omeXml';
import { mibiFields, readPixelSize } from '../readPixelSize';
import { openTiff, type OpenTiff } from '../tiff/openTiff';
import type { TiffPage } from '../tiff/tiffPage';
import { readImageJ } from './imageJ';
import { namedSources, nameChannels, stackName } from './nameChannels';
import { contradiction } from './omeFiles';
import { readOmeFovs } from './readOmeFovs';
import type { ChannelPanel } from './readPanel';

export interface StackFovs {
  readonly fovs: readonly FoundFov[];
  /** Files that hold one plain channel, and belong to no FOV. */
  readonly others: readonly string[];
}

/** A file with metadata only that is bigger is an attack. */
const maxCompanionBytes = 2 ** 28;

/**
 * The FOVs in TIFF files that each hold many channels: OME-TIFF, alone or in sets; MIBI's TIFF with named pages;
 * multi-page files and files of many samples per pixel with a panel. Files of one plain channel hold no FOV.
 * @param files absolute paths, in order
 */
export async function readStackFovs(
  files: readonly string[],
  panel: ChannelPanel | undefined,
  warnings: Problem[],
): Promise<StackFovs> {
  const fovs: FoundFov[] = [];
  const others: string[] = [];
  const plain: OpenTiff[] = [];
  const damaged: FoundFov[] = [];
  /** Parts of a set and companions that a FOV was made of already. */
  const done = new Set<string>();
  for (const file of files) {
    if (done.has(file)) continue;
    try {
      const tiff = await openTiff(file);
      await tiff.close();
      const found = await readOme(tiff, done, panel, warnings);
      if (!found) plain.push(tiff);
      else fovs.push(...found);
    } catch (error) {
      const { code, message } = toErrorData(error);
      // By its name it is a FOV; a damaged file of another name may be anything.
      if (/\.ome\.tiff?$/i.test(file)) damaged.push(toFailed(file, new ExportError(code, message)));
      else warnings.push({ code, message });
    }
  }
  // Only now is it known which files are parts of a set.
  for (const tiff of plain.filter(({ file }) => !done.has(file))) {
    const fov = readPlainStack(tiff, panel, warnings);
    if (fov) fovs.push(fov);
    else others.push(tiff.file);
  }
  fovs.push(...damaged.filter(({ path: file }) => !done.has(file)));
  return { fovs, others };
}

function toFailed(file: string, error: ExportError): FoundFov {
  const { code, message } = error;
  return { name: stackName(file), path: file, channels: [], masks: [], error: { code, message } };
}

/** The FOVs that OME-XML in a file tells of; `undefined` if it holds none. */
async function readOme(
  { file, pages }: OpenTiff,
  done: Set<string>,
  panel: ChannelPanel | undefined,
  warnings: Problem[],
): Promise<readonly FoundFov[] | undefined> {
  const description = pages[0].description?.trim() ?? '';
  if (!isOmeXml(description)) return undefined;
  const document = parseOmeXml(description);
  if (document?.metadataFile !== undefined) return readCompanion(file, document, done, { panel, warnings });
  if (!document) return [toFailed(file, contradiction(file, 'its XML is broken, cut off or far too long'))];
  if (document.images.length === 0) return [toFailed(file, contradiction(file, 'its XML tells of no image'))];
  const { fovs, parts } = await readOmeFovs(file, { document, pages }, panel, warnings);
  for (const part of parts) done.add(part);
  return fovs;
}

/** A set whose metadata lie in a file of their own. */
async function readCompanion(
  file: string,
  { metadataFile = '', metadataUuid }: OmeDocument,
  done: Set<string>,
  { panel, warnings }: { readonly panel: ChannelPanel | undefined; readonly warnings: Problem[] },
): Promise<readonly FoundFov[]> {
  const companion = path.join(path.dirname(file), path.basename(metadataFile));
  if (done.has(companion)) {
    warnings.push({
      code: 'ImageUnsupported',
      message: `${path.basename(file)} says that it is a part of ${path.basename(companion)}, which does not name it; it is left out.`,
    });
    return [];
  }
  done.add(companion);
  const document = await readMetadata(companion);
  const found =
    typeof document === 'string'
      ? document
      : document.uuid !== undefined && metadataUuid !== undefined && document.uuid !== metadataUuid
        ? 'that file has another UUID'
        : undefined;
  if (found !== undefined || typeof document === 'string') {
    const message = `Expected the OME metadata of ${file} in ${companion}, but ${found}; put the whole set into one folder.`;
    return [{ ...toFailed(file, new ExportError('ImageUnreadable', message)), name: stackName(companion) }];
  }
  const { fovs, parts } = await readOmeFovs(companion, { document, pages: undefined }, panel, warnings);
  for (const part of parts) done.add(part);
  return fovs;
}

/** The document in a companion; in its place, why there is none. */
async function readMetadata(companion: string): Promise<OmeDocument | string> {
  try {
    const { size } = await stat(companion);
    if (size > maxCompanionBytes) return `it has ${size} bytes, more than metadata have`;
    const document = parseOmeXml((await readFile(companion, 'utf8')).trim());
    if (!document) return 'it is broken, or is no OME-XML';
    return document.images.length === 0 ? 'it tells of no image' : document;
  } catch (error) {
    return systemCodeOf(error) === 'ENOENT' ? 'it is not there' : `it cannot be read: ${messageOf(error)}`;
  }
}

/** A TIFF without OME-XML: its pages of one size, and the samples of their pixels, are the channels. */
function readPlainStack(tiff: OpenTiff, panel: ChannelPanel | undefined, warnings: Problem[]): FoundFov | undefined {
  const { file, pages } = tiff;
  const imageJ = readImageJ(pages[0].description);
  if (imageJ && ![pages.length, pages.length * pages[0].samplesPerPixel].includes(imageJ.images))
    return toFailed(file, missingImages(file, imageJ.images, pages.length));
  if (pages.length === 1 && pages[0].samplesPerPixel === 1) return undefined;
  const name = stackName(file);
  if (imageJ?.flaw !== undefined) {
    const message = `Expected an ImageJ description in ${file} that fits its pages, but found ${imageJ.flaw}; save it anew with ImageJ.`;
    return toFailed(file, new ExportError('ImageUnreadable', message));
  }
  // Each description is looked into once: there may be thousands.
  const measured = pages.map((page, i) => ({ page, i, fields: mibiFields(page.description ?? '') })).filter(isMeasured);
  const first = measured[0]?.page ?? pages[0];
  const used = measured.filter(({ page, i }) => isOfSize(page, first) && (!imageJ || i < imageJ.channels));
  if (used.length === 0) return undefined;
  if (used.length < pages.length) {
    const why =
      imageJ && imageJ.channels < pages.length ? 'the first z plane and time point' : 'those of one size and kind';
    warnings.push({
      code: 'ImageUnsupported',
      message: `FOV ${name} has ${pages.length} pages; ${used.length} ${used.length === 1 ? 'is' : 'are'} used, ${why}.`,
    });
  }
  const planes = used.flatMap(({ page, i }) =>
    Array.from({ length: page.samplesPerPixel }, (_, sample): PlaneAddress => ({ page: i, sample })),
  );
  const own = pageNames(used).flatMap((name, i) => {
    const { samplesPerPixel } = used[i].page;
    return Array.from({ length: samplesPerPixel }, () => (samplesPerPixel === 1 ? name : undefined));
  });
  const names = nameChannels(name, own, panel, warnings);
  const channels = namedSources(
    names,
    planes.map((plane) => ({ file, plane })),
  );
  return { name, path: file, masks: [], channels, statedPixelSize: readPixelSize(first, pages[0]) };
}

/** ImageJ says how many images there are; more than 4 GiB it writes behind one directory, which nobody else does. */
function missingImages(file: string, images: number, pages: number): ExportError {
  return new ExportError(
    images > pages ? 'ImageUnsupported' : 'ImageUnreadable',
    `Expected one image directory for each of the ${images} images that ImageJ says are in ${file}, but found ${pages}; save it as OME-TIFF.`,
  );
}

/** A page, which of its file it is, and the fields of MIBI's description. */
interface DescribedPage {
  readonly page: TiffPage;
  readonly i: number;
  readonly fields: ReturnType<typeof mibiFields>;
}

/** Of MIBI's pages and of a scanner's (QPTIFF), those that were measured, and not drawn, photographed or made smaller. */
function isMeasured({ page: { description = '' }, fields }: DescribedPage): boolean {
  const qpiStart = description.search(/<PerkinElmer-QPI-ImageDescription[\s>]/);
  const qpi = qpiStart < 0 ? undefined : /<ImageType>([^<]*)<\/ImageType>/.exec(description.slice(qpiStart))?.[1];
  if (qpi !== undefined) return qpi.trim() === 'FullResolution';
  const type = fields['image.type'];
  return type === undefined || type === 'SIMS';
}

function isOfSize(page: TiffPage, first: TiffPage): boolean {
  return page.widthPx === first.widthPx && page.heightPx === first.heightPx;
}

/** MIBI writes target and mass into a page's name; the target alone, where it is enough, is what its users say. */
function pageNames(used: readonly DescribedPage[]): (string | undefined)[] {
  const targets = used.map(({ fields }) => {
    const target = fields['channel.target'];
    return typeof target === 'string' ? target.trim() : '';
  });
  const counts = new Map<string, number>();
  for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1);
  return used.map(({ page }, i) => {
    const target = targets[i];
    return target !== '' && counts.get(target) === 1 ? target : page.pageName;
  });
}
