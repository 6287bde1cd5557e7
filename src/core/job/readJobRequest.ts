import path from 'node:path';
import * as z from 'zod';
import { isOutOfHandles, messageOf, systemCodeOf, tooManyOpenFiles } from '../model/exportError';
import { ItemList } from '../model/itemList';
import { describeIssues, parseRecipe, type Recipe } from '../model/recipe';
import { hashFile } from '../read/describeFile';
import { readHashed, readLinesHashed } from '../read/readHashed';
import { requirePlainFile } from '../read/readPlainFile';
import { damagedJob } from './damagedJob';
import { findDatasetFolder, renameOutside, withRenamed } from './datasetPlace';
import { jobFiles, type JobOrigin, jobOriginSchema, outputOf } from './jobFolder';
import { readDatasetPlace } from './jobNotes';
import { type SourceFile, sourceFileSchema } from './listSources';
import { plannedItemReader } from './plannedItemReader';
import { requireOwnFiles, requireSoundPlan } from './requireSoundPlan';

/** What a job was started with; never changes. */
export interface JobRequest {
  readonly recipe: Recipe;
  readonly items: ItemList;
  /** Of the program that made the job. */
  readonly version: string;
  /** Where the dataset is now, absolute. */
  readonly datasetFolder: string;
  /** Where it was when the job was made. */
  readonly plannedIn: string;
  /** Where colours by the cell table came from, absolute. */
  readonly cellTableFile?: string;
  /** What the cell table said of the cells when the job was made; see `snapshotCells`. */
  readonly cellsFile: string;
  /** Of that file; absent in jobs of old. */
  readonly cellsSha256?: string;
  /** The files that it reads, as they were when it was made. */
  readonly sources: readonly SourceFile[];
  readonly outputFolder: string;
}

/**
 * What a job was started with. `RecipeInvalid` names the file of the folder that was damaged, or is not there. The cells
 * may be many, and are not looked at: see `requireWholeCells`.
 * @param movedTo where its dataset is now, absolute; absent: where it is found
 */
export async function readJobRequest(jobFolder: string, movedTo?: string): Promise<JobRequest> {
  const { origin, datasetFolder, sources } = await readJobDataset(jobFolder, movedTo);
  const { datasetFolder: plannedIn, cellTableFile, version } = origin;
  const cellsSha256 = origin.sha256?.[jobFiles.cells];
  const recipe = await readJson(jobFolder, jobFiles.recipe, origin, (value) => parseRecipe(value));
  const items = await readPart(jobFolder, jobFiles.plan, (file) => readPlan(file, recipe, origin));
  const files = sources.map(({ file }) => file);
  const renamed =
    datasetFolder === plannedIn ? new Map<string, string>() : await renameOutside(files, plannedIn, datasetFolder);
  const nameOf = (file: string): string => renamed.get(file) ?? file;
  const tableName = cellTableFile && path.relative(plannedIn, cellTableFile).split(path.sep).join('/');
  return {
    recipe,
    items: renamed.size === 0 ? items : items.changeEach((item) => withRenamed(item, renamed)),
    version,
    datasetFolder,
    plannedIn,
    // Pictures say its name in the dataset, also of one that is not there any more.
    ...(tableName !== undefined && { cellTableFile: path.resolve(datasetFolder, nameOf(tableName)) }),
    cellsFile: path.join(jobFolder, jobFiles.cells),
    ...(cellsSha256 !== undefined && { cellsSha256 }),
    sources: sources.map((source) => ({ ...source, file: nameOf(source.file) })),
    outputFolder: outputOf(jobFolder),
  };
}

/** Where a job's dataset is now, and the files of it that the job reads, as they were when it was made. */
export async function readJobDataset(
  jobFolder: string,
  movedTo?: string,
): Promise<{ origin: JobOrigin; datasetFolder: string; sources: readonly SourceFile[] }> {
  const origin: JobOrigin = await readPart(jobFolder, jobFiles.origin, async (file) =>
    jobOriginSchema.parse(JSON.parse((await readHashed(file)).text)),
  );
  const sources = await readJson(jobFolder, jobFiles.sources, origin, (value) => {
    const files = z.array(sourceFileSchema).parse(value);
    requireOwnFiles(files, origin);
    return files;
  });
  const moved = await readDatasetPlace(jobFolder);
  const places = moved ? [moved, origin] : [origin];
  const datasetFolder = movedTo ?? (await findDatasetFolder(places, outputOf(jobFolder), sources));
  return { origin, datasetFolder, sources };
}

/** Before pictures are made of them: that the cells of a job are all there. `RecipeInvalid` if they are not. */
export async function requireWholeCells(jobFolder: string, { cellsSha256 }: JobRequest): Promise<void> {
  await readPart(jobFolder, jobFiles.cells, async (file) => {
    requireSame(await hashFile(file), cellsSha256);
  });
}

async function readPlan(file: string, recipe: Recipe, origin: JobOrigin): Promise<ItemList> {
  const toItem = plannedItemReader();
  let sha256 = '';
  const items = await ItemList.gather(async (add) => {
    sha256 = await readLinesHashed(file, (line) => {
      add(toItem(line));
    });
  });
  const planned = origin.items ?? items.length;
  if (items.length !== planned) throw new Error(`it has ${items.length} items of ${planned}`);
  requireSame(sha256, origin.sha256?.[jobFiles.plan]);
  requireSoundPlan(items, recipe, origin);
  return items;
}

function readJson<T>(
  jobFolder: string,
  name: string,
  { sha256: known }: JobOrigin,
  parse: (value: unknown) => T,
): Promise<T> {
  return readPart(jobFolder, name, async (file) => {
    const { text, sha256 } = await readHashed(file);
    const parsed = parse(JSON.parse(text));
    requireSame(sha256, known?.[name]);
    return parsed;
  });
}

/** @param known absent in jobs of old: whatever can be read is believed, then */
function requireSame(sha256: string, known: string | undefined): void {
  if (known !== undefined && sha256 !== known) throw new Error('it is not as it was written');
}

async function readPart<T>(jobFolder: string, name: string, read: (file: string) => Promise<T>): Promise<T> {
  const file = path.join(jobFolder, name);
  try {
    await requirePlainFile(file);
    return await read(file);
  } catch (error) {
    if (isOutOfHandles(error)) throw tooManyOpenFiles(error);
    throw damagedJob(file, describeDamage(error), error);
  }
}

function describeDamage(error: unknown): string {
  const code = systemCodeOf(error);
  if (code === 'ENOENT') return 'is not there';
  if (code !== undefined) return `cannot be read (${code})`;
  return `is damaged: ${error instanceof z.ZodError ? describeIssues(error) : messageOf(error).replace(/\.$/, '')}`;
}
