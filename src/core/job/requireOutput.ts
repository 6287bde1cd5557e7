import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset } from '../model/dataset';
import { ExportError, systemCodeOf } from '../model/exportError';
import { galleryFileName } from '../model/gallery';
import { listNames } from '../model/listNames';
import { jobsFolderName, type PlannedItem } from '../model/plan';
import type { Recipe } from '../model/recipe';
import { freeSpace } from '../read/freeSpace';
import { realFolder, requireNoLinkOut } from '../read/linksOut';
import { overlayFolderNames } from '../read/openDataset';
import { listJobs } from './jobFolder';
import { readJobRecord } from './jobJournal';
import { isOwnManifest } from './manifest';

/** Where files shall go, and what may be there already. */
export interface OutputWish {
  readonly outputFolder: string;
  readonly overwrite: Recipe['overwrite'];
  /** Names of files that are written beside those of items. */
  readonly others?: readonly string[];
}

/** The files of these items can be written there; else `Usage`, `OutputNotWritable` or `FileExists`. */
export async function requireOutput(
  items: Iterable<PlannedItem>,
  dataset: Dataset,
  { outputFolder, overwrite, others = [] }: OutputWish,
): Promise<void> {
  await requireOutsideSources(outputFolder, dataset);
  await requireWritable(outputFolder);
  await requireOwnJobs(outputFolder);
  await requireRoomForBlocks(items, outputFolder);
  await requireNothingInTheWay(namesOf(items, others), outputFolder, overwrite);
  await requireOwnManifest(outputFolder, overwrite);
}

/** The folder of jobs may have come with the output folder from a stranger. */
function requireOwnJobs(outputFolder: string): Promise<void> {
  const advice = 'remove that link, or name another folder with --out';
  return requireNoLinkOut(path.join(outputFolder, jobsFolderName), outputFolder, advice);
}

/** What we and UELer have saved with a dataset. */
const settingsFolders = ['.batch-export', '.UELer'];

/**
 * Pictures never go where images are: into a FOV, which a job's folder would take out of the dataset, beside image files
 * or masks, which they could replace or be taken for.
 */
async function requireOutsideSources(outputFolder: string, dataset: Dataset): Promise<void> {
  const output = await realFolder(outputFolder);
  const refuse = (what: string): never => {
    throw new ExportError(
      'Usage',
      `Expected an output folder of its own, but ${outputFolder} is where ${what}; choose another folder.`,
    );
  };
  if (output.split(path.sep).includes(jobsFolderName)) refuse('the jobs of another output folder are');
  // Also where they are not there yet: what is put there would be taken for them when the dataset is opened again.
  const [first] = path.relative(await realFolder(dataset.folder), output).split(path.sep);
  if (settingsFolders.includes(first)) refuse('the settings of the dataset are');
  if (overlayFolderNames.includes(first)) refuse('masks or annotations are looked for');
  const places = new Map<string, string>();
  for (const fov of dataset.fovs) {
    for (const { file } of [...fov.channels, ...fov.masks, ...fov.annotations]) {
      places.set(path.dirname(file), `the images of FOV ${fov.name} are`);
    }
    places.set(fov.path, `FOV ${fov.name} is`);
  }
  for (const folder of dataset.overlayFolders) places.set(folder, 'masks or annotations are');
  for (const [folder, what] of places) {
    const place = await realpath(folder).catch(() => folder);
    // The folder of a mask or stack may well be the dataset's own, which pictures may go below.
    const isWhole = dataset.overlayFolders.includes(folder) || dataset.fovs.some((fov) => fov.path === folder);
    if (output !== place && !(isWhole && output.startsWith(place + path.sep))) continue;
    refuse(what);
  }
}

/** The output folder, or the nearest folder above it that exists, must let us write, and so must the folder of its jobs. */
async function requireWritable(outputFolder: string): Promise<void> {
  for (let folder = outputFolder; ; folder = path.dirname(folder)) {
    const found = await stat(folder).catch((error: unknown) => {
      if (systemCodeOf(error) !== 'ENAMETOOLONG') return undefined;
      throw new ExportError(
        'FileNameInvalid',
        `Expected an output folder with a name that the disk takes, but ${outputFolder} is too long.`,
      );
    });
    if (!found && folder !== path.dirname(folder)) continue;
    const fail = (why: string): never => {
      throw new ExportError('OutputNotWritable', `Expected to write into ${outputFolder}, but ${why}.`);
    };
    if (!found?.isDirectory()) fail(`${folder} is a file`);
    const mayWrite = (place: string): Promise<void> =>
      access(place, constants.W_OK | constants.X_OK).catch(() => fail(`writing into ${place} is not permitted`));
    await mayWrite(folder);
    // Of somebody else's jobs, maybe; ours would have their folders there.
    const jobs = path.join(outputFolder, jobsFolderName);
    const there = folder === outputFolder ? await stat(jobs).catch(() => undefined) : undefined;
    if (there && !there.isDirectory()) fail(`${jobs} is a file`);
    if (there) await mayWrite(jobs);
    return;
  }
}

/** Every file takes at least a block on disk, so much is sure; what pictures take is found out by making some. */
const leastFileBytes = 4096;

async function requireRoomForBlocks(items: Iterable<PlannedItem>, outputFolder: string): Promise<void> {
  const free = await freeSpace(outputFolder);
  let needed = 0;
  for (const { files } of items) needed += leastFileBytes * files.length;
  if (free === undefined || free >= needed) return;
  throw new ExportError(
    'DiskFull',
    `Expected room for at least ${needed} bytes in ${outputFolder}, but ${free} are free; make room, or choose another folder.`,
  );
}

/** A manifest that is not one of ours is the user's: it is replaced only when the recipe says so. */
async function requireOwnManifest(outputFolder: string, overwrite: Recipe['overwrite']): Promise<void> {
  const isFolder = (await stat(path.join(outputFolder, 'manifest.csv')).catch(() => undefined))?.isDirectory();
  if (!isFolder && (overwrite === 'always' || (await isOwnManifest(outputFolder)))) return;
  throw new ExportError(
    'FileExists',
    `Expected to write manifest.csv into ${outputFolder}, but a file of this name is there that is not ours; choose another folder, or allow replacing it.`,
  );
}

function* namesOf(items: Iterable<PlannedItem>, others: readonly string[]): Generator<string> {
  for (const { files } of items) for (const file of files) yield file.path;
  yield* others;
}

/** A folder is always in the way of a file of its name. */
async function requireNothingInTheWay(
  names: Iterable<string>,
  outputFolder: string,
  overwrite: Recipe['overwrite'],
): Promise<void> {
  const entries = await readdir(outputFolder, { withFileTypes: true }).catch(() => []);
  // What our own jobs have made may be made again where it differs; what somebody else has put there may not.
  const ours = overwrite === 'changed' ? await filesOfJobs(outputFolder) : new Set<string>();
  // Without regard to letter case, as on the disks of macOS and Windows.
  const there = new Map(
    entries
      .filter((entry) => (overwrite !== 'always' && !ours.has(entry.name)) || entry.isDirectory())
      .map(({ name }) => [name.toLowerCase(), name]),
  );
  const inTheWay: string[] = [];
  for (const name of names) {
    const found = there.get(name.toLowerCase());
    if (found !== undefined) inTheWay.push(found);
  }
  if (inTheWay.length === 0) return;
  const what = overwrite === 'always' ? 'folders are not replaced' : 'choose another folder, or allow replacing them';
  throw new ExportError(
    'FileExists',
    `Expected no pictures of these names in ${outputFolder}, but found ${listNames(inTheWay)}; ${what}.`,
  );
}

/** The names of all files that the jobs of an output folder have written. */
async function filesOfJobs(outputFolder: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const job of await listJobs(outputFolder)) {
    // A damaged job says nothing of its files.
    for (const name of await filesOfJob(job).catch(() => [])) names.add(name);
  }
  return names;
}

async function filesOfJob(jobFolder: string): Promise<string[]> {
  const { gallery, journal, lineOf } = await readJobRecord(jobFolder);
  const names = gallery?.file ? [galleryFileName] : [];
  for (const ending of journal) {
    const line = await lineOf(ending);
    if ('files' in line) for (const { path: name } of line.files) names.push(name);
  }
  return names;
}
