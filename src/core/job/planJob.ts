import { access, constants, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset, Fov, ImageSource, Problem } from '../model/dataset';
import { type ErrorData, ExportError, toErrorData } from '../model/exportError';
import type { ImageHeader, PixelSize } from '../model/image';
import type { Plan, PlannedItem, PlannedSource } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { listNames } from '../model/listNames';
import { readImageHeader } from '../read/readTiff';
import { chooseScaleBarUm } from '../render/chooseScaleBar';
import { gridSize } from '../render/downsample';
import { pixelSizeMissing, requireOneSize } from '../render/renderPicture';
import { selectFovs } from '../select/selectFovs';
import { assignFileNames } from './assignFileNames';
import { isOwnManifest } from './manifest';

/**
 * Says what a job would do: every item with its file, and every problem that can be known before the start. Reads
 * folders and file headers; writes nothing, not even the output folder.
 *
 * Requests that no item can satisfy end here: `SelectionEmpty`, `FileExists`, `OutputNotWritable`, `PixelSizeMissing`.
 * An item that cannot be made is planned all the same, carries its error, and is counted as failed by the job.
 * @param note something for the manifest row of every item, such as how contrast limits were found
 */
export async function planJob(recipe: Recipe, dataset: Dataset, outputFolder: string, note?: string): Promise<Plan> {
  const planned = await planItems(recipe, dataset);
  const items = note === undefined ? planned : planned.map((item) => ({ ...item, note }));
  const withoutPixelSize = items.filter((item) => item.error?.code === 'PixelSizeMissing');
  if (withoutPixelSize.length > 0 && !items.some((item) => item.pixelSize)) {
    throw new ExportError(
      'PixelSizeMissing',
      withoutPixelSize.length === 1
        ? withoutPixelSize[0].error!.message
        : `Expected a pixel size for the scale bars, but none of the ${items.length} FOVs has one that can be used; give it, or switch the scale bar off. ${withoutPixelSize[0].error!.message}`,
    );
  }
  requireOutsideFovs(outputFolder, dataset);
  await requireWritable(outputFolder);
  if (recipe.overwrite === 'never') await requireNoFileInTheWay(items, outputFolder);
  await requireOwnManifest(outputFolder, recipe.overwrite);
  const problems = items.flatMap((item): Problem[] =>
    item.error ? [{ code: item.error.code, message: item.error.message, item: item.id }] : [],
  );
  return {
    recipe,
    datasetFolder: dataset.folder,
    outputFolder,
    items,
    problems: [...dataset.warnings, ...shortBarWarning(recipe, items), ...problems],
  };
}

/** The items of a recipe, in order, each with the error that it will fail with if that is known. */
export async function planItems(recipe: Recipe, dataset: Dataset): Promise<PlannedItem[]> {
  const fovs = selectFovs(recipe.fovs, dataset);
  const names = assignFileNames(
    fovs.map((fov) => fov.name),
    '.png',
  );
  const items: PlannedItem[] = [];
  for (const fov of fovs) items.push(await planItem(recipe, dataset, fov, names.get(fov.name)!));
  return items;
}

async function planItem(recipe: Recipe, dataset: Dataset, fov: Fov, file: string): Promise<PlannedItem> {
  const relative = ({ name, file }: ImageSource): PlannedSource => ({
    name,
    file: path.relative(dataset.folder, file).split(path.sep).join('/'),
  });
  const base = { id: fov.name, fov: fov.name, path: file };
  try {
    const channels = recipe.channels.map(({ channel }) => requireSource(fov, fov.channels, channel, 'ChannelNotFound'));
    const masks = recipe.masks.map(({ name }) => requireSource(fov, fov.masks, name, 'MaskNotFound'));
    const headers: ImageHeader[] = [];
    for (const source of [...channels, ...masks]) headers.push(await readImageHeader(source.file));
    const { widthPx, heightPx } = requireOneSize(recipe, fov.name, headers);
    const item = {
      ...base,
      region: { x: 0, y: 0, widthPx, heightPx },
      channels: channels.map(relative),
      masks: masks.map(relative),
    };
    try {
      const pixelSize = pixelSizeOf(recipe, dataset, fov, headers.slice(0, channels.length));
      if (!pixelSize && recipe.scaleBar.length !== 'off') throw pixelSizeMissing(fov.name);
      return pixelSize ? { ...item, pixelSize } : item;
    } catch (error) {
      return { ...item, error: asPlanned(error, dataset) };
    }
  } catch (error) {
    return { ...base, channels: [], masks: [], error: asPlanned(error, dataset) };
  }
}

/** A plan is kept and compared: no stack, which says where in our code a problem was noticed, and no absolute path. */
function asPlanned(error: unknown, dataset: Dataset): ErrorData {
  const overlayFolders = dataset.fovs.flatMap((fov) => fov.masks.map((mask) => path.dirname(mask.file)));
  const { code, message } = toErrorData(error, [dataset.folder, ...new Set(overlayFolders)]);
  return { code, message };
}

/** The image of exactly this name: asking for `E-cadherin` never gives `cadherin`. */
function requireSource(
  fov: Fov,
  sources: readonly ImageSource[],
  name: string,
  code: 'ChannelNotFound' | 'MaskNotFound',
): ImageSource {
  const source = sources.find((candidate) => candidate.name === name);
  if (source) return source;
  const what = code === 'ChannelNotFound' ? 'channel' : 'mask';
  const names = sources.map((candidate) => candidate.name);
  const found = names.length > 0 ? `found ${listNames(names)}` : `found no ${what} at all`;
  throw new ExportError(code, `Expected ${what} ${name} in FOV ${fov.name}, but ${found}.`);
}

/** What the user gave, else what the files state, else the dataset's setting. Files that disagree are an error. */
function pixelSizeOf(
  recipe: Recipe,
  dataset: Dataset,
  fov: Fov,
  headers: readonly ImageHeader[],
): PixelSize | undefined {
  if (recipe.pixelSizeUm !== undefined) return { um: recipe.pixelSizeUm, origin: 'given' };
  const unusable = headers.findIndex((header) => header.pixelSizeProblem !== undefined);
  if (unusable >= 0 && recipe.scaleBar.length !== 'off') {
    throw new ExportError(
      'PixelSizeMissing',
      `Expected a pixel size for the scale bar of FOV ${fov.name}, but channel ${recipe.channels[unusable].channel} says that ${headers[unusable].pixelSizeProblem}; give the one to use, or switch the scale bar off.`,
    );
  }
  const stated = headers.flatMap((header, i) =>
    header.pixelSize ? [{ size: header.pixelSize, channel: recipe.channels[i].channel }] : [],
  );
  const [first] = stated;
  const other = stated.find(({ size }) => Math.abs(size.um - first.size.um) > 1e-3 * first.size.um);
  if (first && other && recipe.scaleBar.length !== 'off') {
    throw new ExportError(
      'PixelSizeMissing',
      `Expected one pixel size for FOV ${fov.name}, but channel ${first.channel} states ${first.size.um} µm and channel ${other.channel} ${other.size.um} µm; say which is right.`,
    );
  }
  return first?.size ?? dataset.fallbackPixelSize;
}

/** A folder with our jobs in it is never a FOV: pictures written into a FOV would take it out of the dataset. */
function requireOutsideFovs(outputFolder: string, dataset: Dataset): void {
  const fov = dataset.fovs.find(({ folder }) => outputFolder === folder || outputFolder.startsWith(folder + path.sep));
  if (!fov) return;
  throw new ExportError(
    'Usage',
    `Expected an output folder outside the FOVs, but ${outputFolder} is in FOV ${fov.name}; choose another folder.`,
  );
}

/** The output folder, or the nearest folder above it that exists, must let us write. */
async function requireWritable(outputFolder: string): Promise<void> {
  for (let folder = outputFolder; ; folder = path.dirname(folder)) {
    const found = await stat(folder).catch(() => undefined);
    if (!found && folder !== path.dirname(folder)) continue;
    const fail = (why: string): never => {
      throw new ExportError('OutputNotWritable', `Expected to write into ${outputFolder}, but ${why}.`);
    };
    if (!found?.isDirectory()) fail(`${folder} is a file`);
    await access(folder, constants.W_OK | constants.X_OK).catch(() => fail(`writing into ${folder} is not permitted`));
    return;
  }
}

/** A manifest that is not one of ours is the user's: it is replaced only when the recipe says so. */
async function requireOwnManifest(outputFolder: string, overwrite: Recipe['overwrite']): Promise<void> {
  if (overwrite === 'always' || (await isOwnManifest(outputFolder))) return;
  throw new ExportError(
    'FileExists',
    `Expected to write manifest.csv into ${outputFolder}, but a file of this name is there that is not ours; choose another folder, or allow replacing it.`,
  );
}

/** Bars that are drawn right, but that a reader hardly sees or measures. */
function shortBarWarning(recipe: Recipe, items: readonly PlannedItem[]): Problem[] {
  const minPx = 5;
  if (recipe.scaleBar.length === 'off') return [];
  const short = items.filter(({ region, pixelSize }) => {
    if (!region || !pixelSize) return false;
    const umPerPx = pixelSize.um * recipe.downsample;
    const widthPx = gridSize(region.widthPx, recipe.downsample);
    return chooseScaleBarUm(widthPx * umPerPx * (recipe.scaleBar.maxPercent / 100)) / umPerPx < minPx;
  });
  if (short.length === 0) return [];
  const message = `The scale bars of ${short.length} of ${items.length} pictures (${listNames(short.map((item) => item.id))}) are shorter than ${minPx} pixels: exact, but hard to read.`;
  return [{ code: 'ScaleBarTooShort', message }];
}

async function requireNoFileInTheWay(items: readonly PlannedItem[], outputFolder: string): Promise<void> {
  // Without regard to letter case, as on the disks of macOS and Windows.
  const there = new Map((await readdir(outputFolder).catch(() => [])).map((name) => [name.toLowerCase(), name]));
  const inTheWay = items.flatMap((item) => there.get(item.path.toLowerCase()) ?? []);
  if (inTheWay.length === 0) return;
  throw new ExportError(
    'FileExists',
    `Expected no pictures of these names in ${outputFolder}, but found ${listNames(inTheWay)}; choose another folder, or allow replacing them.`,
  );
}
