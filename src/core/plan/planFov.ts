import path from 'node:path';
import type { Dataset, Fov, ImageSource } from '../model/dataset';
import { type ErrorData, ExportError, isExportError, toErrorData } from '../model/exportError';
import type { ImageHeader, PixelSize, Region } from '../model/image';
import { listNames } from '../model/listNames';
import { pixelSizeText } from '../model/pixelSizeOrigin';
import { contradicting, noPixelSize } from '../model/pixelSizeWarnings';
import { type PlannedItem, type PlannedSource, recipeOfItem } from '../model/plan';
import { isPlainColor, isVector, type Recipe } from '../model/recipe';
import { pieceBytes } from '../read/imageParts';
import { tiffRows } from '../write/tiffEncoder';
import { bytesPerSample } from '../read/tiff/decodeSamples';
import { readImageHeader, readImageHeaders, scanBytes } from '../read/openImage';
import { labelBytes } from '../read/scanLabels';
import { pictureBarUm, pixelSizeMissing } from '../render/composeFigure';
import { gridSize } from '../render/outputGrid';
import { pointsPerPx, printDownsample } from '../render/printSize';
import { isInImage } from '../select/cropRegion';
import { requireOneSampleType } from '../write/omeTiffEncoder';
import { requirePage } from '../write/pdfPageSize';
import { requireEncodable, requireInMemory } from '../write/pictureEncoder';
import { joinFaults } from './joinFaults';
import { requireOneSize, requireSize } from './requireOneSize';
import { largestPart } from './shownPart';

/** What all items of an image share, be it a FOV or a stitched slide: its sources, and what their headers say. */
export interface PlannedImage {
  /** The FOV's, or what the slide is called in place of one; for messages. */
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sources: Pick<PlannedItem, 'channels' | 'masks' | 'annotation'>;
  /** What all of its images take in memory. */
  readonly decodedBytes: number;
  /** What its images say of themselves: channels, masks, annotation. Of a slide, which is no image, none. */
  readonly images: readonly ImageHeader[];
  readonly pixelSize?: PixelSize;
  /** What is stated besides and contradicts it. */
  readonly otherPixelSize?: PixelSize;
  /** What its files state in place of a pixel size, such as `300 dpi`. */
  readonly printResolution?: string;
  /** Why the pixel size that the files state cannot be used, where one is needed. */
  readonly pixelSizeError?: ErrorData;
}

/** That of a FOV, whose sources are found by exact name. */
export interface PlannedFov extends PlannedImage {
  readonly fov: Fov;
}

/** Finds what a recipe needs of a FOV and reads the headers. Fails as its items will. */
export async function planFov(recipe: Recipe, dataset: Dataset, fov: Fov): Promise<PlannedFov> {
  if (fov.error) throw new ExportError(fov.error.code, fov.error.message);
  const faults: ExportError[] = [];
  const find = (what: keyof typeof sourceKinds, name: string): ImageSource[] => {
    const source = findSource(fov, what, name);
    if (!isExportError(source)) return [source];
    faults.push(source);
    return [];
  };
  const channels = recipe.masksOnly ? [] : recipe.channels.flatMap(({ channel }) => find('channel', channel));
  const masks = recipe.masks.flatMap(({ name }) => find('mask', name));
  const [annotation] = recipe.annotation ? find('annotation', recipe.annotation.name) : [];
  const headers: ImageHeader[] = [];
  for (const header of await readImageHeaders([...channels, ...masks, ...(annotation ? [annotation] : [])])) {
    if (isExportError(header)) faults.push(header);
    else headers.push(header);
  }
  if (faults.length > 0) throw joinFaults(faults);
  // Masks seldom say how large a pixel is, and never how large their image is; the channels that are not drawn do.
  const beneath = recipe.masksOnly ? await readChannelHeaders(fov) : [];
  const { widthPx, heightPx } = requireOneSize(recipe, fov.name, headers, beneath[0]);
  if (recipe.formats.includes('ome-tiff')) {
    requireOneSampleType(
      fov.name,
      channels.map(({ name }, i) => ({ name, sampleType: headers[i].sampleType })),
    );
  }
  const relative = (source: ImageSource): PlannedSource => toPlannedSource(source, dataset);
  const planned = {
    fov,
    name: fov.name,
    widthPx,
    heightPx,
    images: headers,
    decodedBytes: headers.reduce((sum, header, i) => sum + decodedBytesOf(header, i >= channels.length), 0),
    sources: {
      channels: channels.map(relative),
      masks: masks.map(relative),
      ...(annotation && { annotation: relative(annotation) }),
    },
  };
  try {
    const speaking = recipe.masksOnly ? beneath : headers.slice(0, channels.length);
    return { ...planned, ...pixelSizeOf(recipe, dataset, fov, speaking) };
  } catch (error) {
    return { ...planned, pixelSizeError: asPlanned(error, dataset) };
  }
}

/** What the channels of a FOV say that are not drawn; those that cannot be read say nothing. */
async function readChannelHeaders({ channels }: Fov): Promise<ImageHeader[]> {
  return (await readImageHeaders(channels)).filter((header): header is ImageHeader => !isExportError(header));
}

/** `SizeMismatch` for a mask that is not drawn, but says where cells are, of another size than its image. */
export async function requireMaskSize(
  { fov, widthPx, heightPx }: Pick<PlannedFov, 'fov' | 'widthPx' | 'heightPx'>,
  mask: ImageSource,
): Promise<void> {
  const found = await readImageHeader(mask);
  requireSize({ widthPx, heightPx }, found, `mask ${mask.name} of FOV ${fov.name}, the size of its image`);
}

function decodedBytesOf({ widthPx, heightPx, sampleType }: ImageHeader, isLabels: boolean): number {
  return widthPx * heightPx * (isLabels ? labelBytes : bytesPerSample(sampleType));
}

/** What an item is before its pictures are known. */
export type ItemIdentity = Pick<PlannedItem, 'id' | 'fov' | 'slide' | 'label' | 'roi' | 'own' | 'files' | 'index'>;

/** An item, and what it shows. */
export interface ItemRegion {
  readonly identity: ItemIdentity;
  readonly region: Region;
}

/**
 * An item that shows a region of an image, with the error that it will fail with if that is known. Fails with `TooLarge` where
 * the region is none that a plan could say.
 * @param asked the job's recipe, before the item's own settings
 */
export function planRegion(
  asked: Recipe,
  dataset: Dataset,
  planned: PlannedImage,
  { identity, region }: ItemRegion,
): PlannedItem {
  const { name, widthPx, heightPx, sources, decodedBytes, pixelSize, otherPixelSize, pixelSizeError } = planned;
  requireNearImage(region, { widthPx, heightPx });
  const own = asked.print ? { ...identity.own, downsample: printDownsample(asked, region.widthPx) } : identity.own;
  const recipe = recipeOfItem(asked, own ? { own } : {});
  const held = heldBytes(recipe, planned, region);
  const item = {
    ...identity,
    ...(own && { own }),
    ...sources,
    region,
    decodedBytes,
    ...(held < decodedBytes && { heldBytes: held }),
    ...(pixelSize && { pixelSize }),
    ...(otherPixelSize && { otherPixelSize }),
  };
  if (pixelSizeError) return { ...item, error: pixelSizeError };
  const { downsample } = recipe;
  const size = { widthPx: gridSize(region.widthPx, downsample), heightPx: gridSize(region.heightPx, downsample) };
  try {
    requireFormats(recipe, size);
    if (hasBar(recipe) && !pixelSize) throw pixelSizeMissing(name, noPixelSize(planned.printResolution));
    if (hasBar(recipe)) pictureBarUm(recipe, name, size, pixelSize?.um);
    return item;
  } catch (error) {
    return { ...item, error: asPlanned(error, dataset) };
  }
}

/**
 * What of a FOV's images is in memory at once to make a region of it: the blocks that it touches, and the part itself. Where
 * the cell table colours a mask, all of it is gone through besides.
 */
function heldBytes(recipe: Recipe, { images, decodedBytes, sources, ...size }: PlannedImage, region: Region): number {
  if (images.length === 0) return decodedBytes;
  const part = largestPart(recipe, region, size);
  if (part.widthPx === size.widthPx && part.heightPx === size.heightPx) return decodedBytes;
  const partPx = part.widthPx * part.heightPx;
  const isUnrendered = recipe.formats.includes('ome-tiff');
  return images.reduce((sum, header, i) => {
    const layer = recipe.masks[i - sources.channels.length];
    const isScanned = layer !== undefined && !isPlainColor(layer.color);
    const kept = pieceBytes(header, part) + (isScanned ? scanBytes(header, labelBytes) : 0);
    const bytes = bytesPerSample(header.sampleType);
    // What is written unrendered is gathered to be cut into tiles.
    const gathered = isUnrendered ? 2 * bytes * region.widthPx * Math.min(tiffRows, region.heightPx) : 0;
    return sum + kept + partPx * (bytes + labelBytes) + gathered;
  }, 0);
}

/** A planned item that turns out to be one that cannot be made. */
export function failItem(item: PlannedItem, error: unknown, dataset: Dataset): PlannedItem {
  return { ...item, error: asPlanned(error, dataset) };
}

/** An item that cannot be made at all. */
export function planFailure(identity: ItemIdentity, error: unknown, dataset: Dataset): PlannedItem {
  return { ...identity, channels: [], masks: [], error: asPlanned(error, dataset) };
}

/** An image by its path in the dataset, so that a plan names no absolute folder. */
export function toPlannedSource({ name, file, plane }: ImageSource, dataset: Dataset): PlannedSource {
  return {
    name,
    file: path.relative(dataset.folder, file).split(path.sep).join('/'),
    ...(plane && { plane }),
  };
}

/** Beyond its image a region is black: so much of it, or four times the image, is plenty. */
const plentyPx = { side: 2 ** 15, area: 2 ** 26 };

/** `TooLarge` for a region that reaches far beyond its image, of which a slip of the pen would make gigabytes of black. */
function requireNearImage(region: Region, image: { readonly widthPx: number; readonly heightPx: number }): void {
  if (isInImage(region, image)) return;
  const sidePx = Math.max(plentyPx.side, 4 * Math.max(image.widthPx, image.heightPx));
  const areaPx = Math.max(plentyPx.area, 4 * image.widthPx * image.heightPx);
  const { widthPx, heightPx } = region;
  if (Math.max(widthPx, heightPx) <= sidePx && widthPx * heightPx <= areaPx) return;
  throw new ExportError(
    'TooLarge',
    `Expected a region near its image of ${image.widthPx} × ${image.heightPx} pixels, but it is ${widthPx} × ${heightPx}; make it smaller.`,
  );
}

/** `TooLarge` for a picture that one of the formats cannot hold. */
function requireFormats(recipe: Recipe, size: { readonly widthPx: number; readonly heightPx: number }): void {
  const scale = pointsPerPx(recipe, size.widthPx);
  if (recipe.gallery) requireInMemory(size);
  for (const format of recipe.formats) {
    if (format === 'ome-tiff') continue;
    if (isVector(format)) requireInMemory(size);
    else requireEncodable(format, size);
    if (format !== 'pdf') continue;
    requirePage({ widthPt: size.widthPx * scale, heightPt: size.heightPx * scale });
  }
}

/** A plan is kept and compared: no stack, which says where in our code a problem was noticed, and no absolute path. */
function asPlanned(error: unknown, dataset: Dataset): ErrorData {
  const { code, message } = toErrorData(error, [dataset.folder, ...overlayFoldersOf(dataset)]);
  return { code, message };
}

/** Found once a dataset: all cells of a FOV may fail. */
const overlayFolders = new WeakMap<Dataset, ReadonlySet<string>>();

function overlayFoldersOf(dataset: Dataset): ReadonlySet<string> {
  const known = overlayFolders.get(dataset);
  if (known) return known;
  const overlays = dataset.fovs.flatMap(({ masks, annotations }) => [...masks, ...annotations]);
  const found = new Set(overlays.map(({ file }) => path.dirname(file)));
  overlayFolders.set(dataset, found);
  return found;
}

const sourceKinds = {
  channel: { of: (fov: Fov) => fov.channels, code: 'ChannelNotFound' },
  mask: { of: (fov: Fov) => fov.masks, code: 'MaskNotFound' },
  annotation: { of: (fov: Fov) => fov.annotations, code: 'AnnotationNotFound' },
} as const;

/** The image of exactly this name: asking for `E-cadherin` never gives `cadherin`. */
export function requireSource(fov: Fov, what: keyof typeof sourceKinds, name: string): ImageSource {
  const source = findSource(fov, what, name);
  if (isExportError(source)) throw source;
  return source;
}

function findSource(fov: Fov, what: keyof typeof sourceKinds, name: string): ImageSource | ExportError {
  const { of, code } = sourceKinds[what];
  // Recipes of before names were trimmed have their blanks.
  const source = of(fov).find((candidate) => candidate.name === name.trim());
  if (source) return source;
  const names = of(fov).map((candidate) => candidate.name);
  const found = names.length > 0 ? `found ${listNames(names)}` : `found no ${what} at all`;
  return new ExportError(code, `Expected ${what} ${name} in FOV ${fov.name}, but ${found}.`);
}

/** Unrendered channels have no bar, but a gallery shows pictures of them. */
export function hasBar({ scaleBar, formats, gallery }: Recipe): boolean {
  return scaleBar.length !== 'off' && (gallery !== undefined || formats.some((format) => format !== 'ome-tiff'));
}

/**
 * What the user gave, else what the files state, else the dataset's setting; and what is known besides. Files that disagree
 * are an error, unless the user gave it.
 */
function pixelSizeOf(
  recipe: Recipe,
  dataset: Dataset,
  fov: Fov,
  headers: readonly ImageHeader[],
): Pick<PlannedFov, 'pixelSize' | 'otherPixelSize' | 'printResolution'> {
  const statements = fov.statedPixelSize
    ? [{ ...fov.statedPixelSize, who: 'its file' }]
    : headers.map((header, i) => ({
        ...header,
        who: recipe.masksOnly ? 'a channel' : `channel ${recipe.channels[i].channel}`,
      }));
  const stated = statements.flatMap(({ pixelSize, who }) => (pixelSize ? [{ pixelSize, who }] : []));
  const fallback = dataset.fallbackPixelSize;
  if (recipe.pixelSizeUm !== undefined) {
    const pixelSize = { um: recipe.pixelSizeUm, origin: 'given' } as const;
    const others = stated.length > 0 ? stated.map((each) => each.pixelSize) : [fallback];
    return withOther(pixelSize, others);
  }
  const matters = hasBar(recipe) || recipe.formats.includes('ome-tiff');
  const otherwise = recipe.formats.includes('ome-tiff') ? '' : ', or switch the scale bar off';
  const unusable = statements.find(({ pixelSizeProblem }) => pixelSizeProblem !== undefined);
  if (unusable && matters) {
    throw new ExportError(
      'PixelSizeMissing',
      `Expected a pixel size for FOV ${fov.name}, but ${unusable.who} says that ${unusable.pixelSizeProblem}; give the one to use${otherwise}.`,
    );
  }
  const [first] = stated;
  const other = stated.find(({ pixelSize }) => Math.abs(pixelSize.um - first.pixelSize.um) > 1e-3 * first.pixelSize.um);
  if (first && other && matters) {
    throw new ExportError(
      'PixelSizeMissing',
      `Expected one pixel size for FOV ${fov.name}, but ${first.who} states ${pixelSizeText(first.pixelSize.um)} and ${other.who} ${pixelSizeText(other.pixelSize.um)}; say which is right.`,
    );
  }
  if (unusable) return {};
  if (first) return withOther(first.pixelSize, [fallback]);
  if (fallback) return { pixelSize: fallback };
  const printResolution = statements.find((each) => each.printResolution !== undefined)?.printResolution;
  return printResolution === undefined ? {} : { printResolution };
}

function withOther(
  pixelSize: PixelSize,
  others: readonly (PixelSize | undefined)[],
): Pick<PlannedFov, 'pixelSize' | 'otherPixelSize'> {
  const otherPixelSize = others.map((other) => contradicting(pixelSize, other)).find((other) => other !== undefined);
  return { pixelSize, ...(otherPixelSize && { otherPixelSize }) };
}
