import { lstat, rm, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type * as z from 'zod';
import { ExportError, messageOf, systemCodeOf } from '../model/exportError';
import type { JobRecord } from '../model/jobStatus';
import { type GalleryFile, galleryFileSchema } from '../model/galleryFile';
import { type RunnerInfo, runnerInfoSchema } from '../model/runnerInfo';
import { versionOf } from '../read/describeFile';
import { readPlainFile } from '../read/readPlainFile';
import { toWriteError, writeFileWhole } from '../write/writeFileWhole';
import { type DatasetPlace, datasetPlaceSchema } from './datasetPlace';

/** What is said of a job beside its journal, as long as it is not over: a file each. */
const files = {
  runner: 'runner.json',
  gallery: 'gallery.json',
  cancel: 'cancel',
  dataset: 'dataset.json',
};

/** Runners say far less of themselves. */
export const mostNoteBytes = 2 ** 20;

/** Asks whoever runs the job to stop; the panel, the command line and a cluster task all look for this file. */
export async function requestCancel(jobFolder: string): Promise<void> {
  const file = path.join(jobFolder, files.cancel);
  try {
    await writeFile(file, '', { flag: 'wx' }); // Never through a link.
  } catch (error) {
    if (!(await isCancelRequested(jobFolder))) throw toWriteError(error, file); // A folder of this name is a request, too.
  }
}

/** Whether somebody asked this job to stop. */
export async function isCancelRequested(jobFolder: string): Promise<boolean> {
  return (await lstat(path.join(jobFolder, files.cancel)).catch(() => undefined)) !== undefined;
}

/** Forgets that somebody asked this job to stop, for whoever wants it to go on. */
export async function clearCancel(jobFolder: string): Promise<void> {
  const file = path.join(jobFolder, files.cancel);
  try {
    // A folder is a request, too. What is in it is nothing of ours: such a one stays.
    const isReal = (await lstat(file).catch(() => undefined))?.isDirectory() === true;
    await (isReal ? rmdir(file) : rm(file, { force: true }));
  } catch (error) {
    const reason = systemCodeOf(error) === 'ENOTEMPTY' ? 'is a folder with something in it' : 'cannot be removed';
    throw new ExportError(
      'OutputNotWritable',
      `Expected to take back the request to stop, but ${file} ${reason} (${systemCodeOf(error) ?? messageOf(error)}).`,
      undefined,
      error,
    );
  }
}

/** Says who runs the job, and that they are alive. */
export async function writeRunner(jobFolder: string, runner: RunnerInfo): Promise<void> {
  const content = `${JSON.stringify(runner)}\n`;
  await writeFileWhole(path.join(jobFolder, files.runner), content, path.basename(jobFolder), true);
}

/** Another text whenever a runner of the job has said something new of itself, as each does every few seconds. */
export function runnerVersion(jobFolder: string): Promise<string> {
  return versionOf(path.join(jobFolder, files.runner));
}

/** Who runs a job, or ran it last; nobody yet, if nothing is said. */
export async function readRunner(jobFolder: string): Promise<RunnerInfo | undefined> {
  return readChecked(path.join(jobFolder, files.runner), runnerInfoSchema);
}

/** What a file says; `undefined` if it is not there, or says nothing that makes sense. */
async function readChecked<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readPlainFile(file, mostNoteBytes).catch(() => '');
  return parseNote(String(text), schema);
}

/** What a text says; `undefined` if it makes no sense: a full disk, or a version that wrote it piece by piece, left a part. */
export function parseNote<T>(text: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Says that the job's gallery is in place. */
export async function writeMadeGallery(jobFolder: string, gallery: GalleryFile): Promise<void> {
  const content = `${JSON.stringify(gallery)}\n`;
  await writeFileWhole(path.join(jobFolder, files.gallery), content, path.basename(jobFolder), true);
}

/** The gallery that is in place, if there is one. */
export async function readMadeGallery(jobFolder: string): Promise<NonNullable<JobRecord['gallery']>> {
  const file = await readChecked(path.join(jobFolder, files.gallery), galleryFileSchema);
  return file ? { file } : {}; // None yet.
}

/** Says where the job's dataset was moved to. */
export async function writeDatasetPlace(jobFolder: string, place: DatasetPlace): Promise<void> {
  const content = `${JSON.stringify(place)}\n`;
  await writeFileWhole(path.join(jobFolder, files.dataset), content, path.basename(jobFolder), true);
}

/** Where the job's dataset was moved to, if somebody said so. */
export function readDatasetPlace(jobFolder: string): Promise<DatasetPlace | undefined> {
  return readChecked(path.join(jobFolder, files.dataset), datasetPlaceSchema);
}
