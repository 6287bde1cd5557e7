import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ImageSource, Problem } from '../../model/dataset';
import { ExportError, toErrorData } from '../../model/exportError';
import { listNames } from '../../model/listNames';
import type { OmeDocument, OmeImage } from '../omeXml';
import { openTiff, type OpenTiff } from '../tiff/openTiff';
import type { FoundFov } from '../foundFov';
import { mapOmePlanes, type OmePlane } from './mapOmePlanes';
import type { Panel } from './readPanel';
import { nameChannels, stackName } from './nameChannels';

/**
 * The FOVs of an OME document, one for each image in it, the planes found by its `TiffData`. A FOV whose files are
 * missing, or whose pages are not as the XML says, has an `error` in place of channels: which page is which channel
 * would be a guess.
 * @param file the file that the XML was read from: an OME-TIFF, or the companion of a set
 */
export async function readOmeFovs(
  file: string,
  document: OmeDocument,
  panel: Panel | undefined,
  warnings: Problem[],
): Promise<FoundFov[]> {
  const fovs: FoundFov[] = [];
  let firstIfd = 0;
  for (const [i, image] of document.images.entries()) {
    const name = document.images.length === 1 ? stackName(file) : `${stackName(file)}_${i}`;
    const base = { name, path: file, masks: [] };
    const tiffs = new OpenTiffs();
    try {
      const sources = await findSources(file, document, image, firstIfd, tiffs);
      const own = sources.flatMap(({ channel, samples }) =>
        samples === 1
          ? [image.channels[channel]?.name ?? image.channels[channel]?.id]
          : Array.from({ length: samples }, (_, s) => `${image.channels[channel]?.name ?? `Channel_${channel}`}_${s}`),
      );
      const names = nameChannels(name, own, panel, warnings);
      const planes = sources.flatMap(({ file: at, page, samples }) =>
        Array.from({ length: samples }, (_, sample) => ({ file: at, plane: { page, sample } })),
      );
      const channels = planes.map((plane, n): ImageSource => ({ name: names[n], ...plane }));
      for (const [axis, what] of [
        ['z', 'z planes'],
        ['t', 'time points'],
      ] as const) {
        if (image.size[axis] > 1) {
          warnings.push({
            code: 'ImageUnsupported',
            message: `FOV ${name} has ${image.size[axis]} ${what}; the first one is used.`,
          });
        }
      }
      const { pixelSize, pixelSizeProblem } = image;
      fovs.push({
        ...base,
        channels,
        statedPixelSize: {
          ...(pixelSize && { pixelSize }),
          ...(pixelSizeProblem !== undefined && { pixelSizeProblem }),
        },
      });
    } catch (error) {
      const { code, message } = toErrorData(error);
      fovs.push({ ...base, channels: [], error: { code, message } });
    } finally {
      await tiffs.close();
    }
    firstIfd += Math.max(image.channels.length, 1) * image.size.z * image.size.t;
  }
  return fovs;
}

/** The TIFFs of a set, each opened once. */
class OpenTiffs {
  private readonly open = new Map<string, OpenTiff>();

  async get(file: string): Promise<OpenTiff> {
    const tiff = this.open.get(file) ?? (await openTiff(file));
    this.open.set(file, tiff);
    return tiff;
  }

  async close(): Promise<void> {
    for (const tiff of this.open.values()) await tiff.close();
  }
}

interface ChannelPage {
  readonly channel: number;
  readonly file: string;
  /** Index of the page among the file's full-size images. */
  readonly page: number;
  readonly samples: number;
}

async function findSources(
  file: string,
  document: OmeDocument,
  image: OmeImage,
  firstIfd: number,
  tiffs: OpenTiffs,
): Promise<ChannelPage[]> {
  const planes = mapOmePlanes(image, firstIfd);
  const unplaced = planes.findIndex((plane) => plane === undefined);
  if (planes.length === 0 || unplaced >= 0) {
    throw contradiction(file, `its XML says nothing of where channel ${Math.max(unplaced, 0)} is`);
  }
  const files = resolveFiles(file, document, planes as OmePlane[]);
  const sources: ChannelPage[] = [];
  for (const [channel, plane] of (planes as OmePlane[]).entries()) {
    const tiff = await tiffs.get(files[channel]);
    const page = tiff.pages.findIndex(({ ifd }) => ifd === plane.ifd);
    const samples = image.channels[channel]?.samplesPerPixel ?? 1;
    requireAgreement(files[channel], image, tiff, page, samples, planes.length);
    sources.push({ channel, file: files[channel], page, samples });
  }
  return sources;
}

/** The file of each plane. A single file that was renamed is still found; a missing part of a set is an error. */
function resolveFiles(file: string, document: OmeDocument, planes: readonly OmePlane[]): string[] {
  const folder = path.dirname(file);
  const isTiff = /\.tiff?$/i.test(file);
  const named = new Set(planes.map(({ tiffData }) => tiffData?.fileName).filter((name) => name !== undefined));
  const missing = new Set<string>();
  const files = planes.map(({ tiffData }) => {
    const { fileName, uuid } = tiffData ?? {};
    if (fileName === undefined || path.basename(fileName) === path.basename(file)) return file;
    if (isTiff && uuid !== undefined && uuid === document.uuid) return file;
    const candidate = path.resolve(folder, fileName);
    // A name that leads out of the folder is somebody else's disk.
    if (candidate.startsWith(folder + path.sep) && existsSync(candidate)) return candidate;
    if (isTiff && named.size === 1) return file;
    missing.add(fileName);
    return candidate;
  });
  if (missing.size === 0) return files;
  throw new ExportError(
    'ImageUnreadable',
    `Expected all ${named.size} files of the set of ${file}, but ${missing.size} ${missing.size === 1 ? 'is' : 'are'} missing: ${listNames([...missing])}.`,
  );
}

/** What OME calls the sample types that we read. */
const sampleTypeOf: Readonly<Record<string, string>> = { float: 'float32', double: 'float64' };

function requireAgreement(
  file: string,
  image: OmeImage,
  tiff: OpenTiff,
  at: number,
  samples: number,
  channels: number,
): void {
  const page = tiff.pages[at];
  if (!page) {
    throw contradiction(
      file,
      `its XML says ${channels} channels, and its ${tiff.pages.length === 1 ? 'one page is' : `${tiff.pages.length} pages are`} too few`,
    );
  }
  if (page.widthPx !== image.size.x || page.heightPx !== image.size.y) {
    throw contradiction(
      file,
      `its XML says ${image.size.x} × ${image.size.y} pixels, and page ${at + 1} has ${page.widthPx} × ${page.heightPx}`,
    );
  }
  if (page.samplesPerPixel !== samples) {
    throw contradiction(
      file,
      `its XML says ${samples} samples per pixel, and page ${at + 1} has ${page.samplesPerPixel}`,
    );
  }
  const type = sampleTypeOf[image.type] ?? image.type.toLowerCase();
  if (type !== '' && !page.refusal && type !== page.sampleType) {
    throw contradiction(file, `its XML says ${image.type}, and page ${at + 1} is ${page.sampleType}`);
  }
}

function contradiction(file: string, what: string): ExportError {
  return new ExportError(
    'ImageUnreadable',
    `Expected OME-XML in ${file} that describes its pages, but ${what}; write the file anew with the right metadata.`,
  );
}
