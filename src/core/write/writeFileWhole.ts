import { randomBytes } from 'node:crypto';
import { access, link, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { ExportError, isExportError, isOutOfHandles, systemCodeOf, tooManyOpenFiles } from '../model/exportError';

/** Temporary files are dot-files without a picture's extension, so that no viewer or dataset scan takes them for one. */
const temporaryEnding = '.part';

function temporaryPrefix(owner: string): string {
  return `.batch-export-${owner}-`;
}

type Piece = string | Uint8Array;

/** A text, or pieces to be written one after the other, each before the next one is asked for. */
export type FileContent = string | Iterable<Piece> | AsyncIterable<Piece>;

/**
 * Writes a file so that its name never shows anything but the whole content: a temporary file in the same folder, flushed
 * to disk, then put in place.
 * @param owner who writes, a job's id or one of its runners; `sweepTemporaries` finds what it left behind
 * @param replace whether a file of this name may be replaced; if not, `FileExists`
 */
export async function writeFileWhole(
  file: string,
  content: FileContent,
  owner: string,
  replace: boolean,
): Promise<void> {
  const staged = await stageFile(file, content, owner);
  await flushStaged(staged);
  await placeStaged(staged, replace);
}

/** A file that is written whole under a temporary name in its folder; plain data, so that it can cross a process border. */
export interface StagedFile {
  readonly file: string;
  readonly temporary: string;
}

/**
 * The first half of `writeFileWhole`, for files that shall appear together or not at all. Not on disk yet for sure:
 * `flushStaged` before it is placed.
 */
export async function stageFile(file: string, content: FileContent, owner: string): Promise<StagedFile> {
  const staged = newStaged(file, owner);
  await orDrop(staged, async () => {
    const handle = await open(staged.temporary, 'wx');
    try {
      if (typeof content === 'string') await handle.writeFile(content);
      else for await (const piece of content) await handle.writeFile(piece); // Each goes on where the last one ended.
    } finally {
      await handle.close();
    }
  });
  return staged;
}

/** A new temporary name for a file. */
export function newStaged(file: string, owner: string): StagedFile {
  return { file, temporary: path.join(path.dirname(file), temporaryName(owner)) };
}

/** Of this process, and how many names it has made: asking for random bytes takes longer than the rest of a name. */
const processToken = randomBytes(6).toString('hex');
let nameCount = 0;

/** A new name that `sweepTemporaries` knows. */
export function temporaryName(owner: string): string {
  return `${temporaryPrefix(owner)}${processToken}-${nameCount++}${temporaryEnding}`;
}

/** Waits until the disk has the content, so that no power cut leaves a name without it. */
export function flushStaged(staged: StagedFile): Promise<void> {
  return orDrop(staged, async () => {
    // Windows flushes what is open for writing only.
    const handle = await open(staged.temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** `FileExists` if a file of its name is there and may not be replaced. A file that cannot be placed is dropped. */
export function placeStaged(staged: StagedFile, replace: boolean): Promise<void> {
  const { file, temporary } = staged;
  return orDrop(staged, () => (replace ? rename(temporary, file) : placeNew(temporary, file)));
}

/** Forgets a staged file; one that was placed has its temporary name no more. */
export function dropStaged({ temporary }: StagedFile): Promise<void> {
  return removeIfThere(temporary).catch(() => undefined);
}

/** Removes a file that was placed a moment ago, with others that could not be. */
export function takeBack(file: string): Promise<void> {
  return removeIfThere(file);
}

/** One step, where `rm` takes two, one of which holds up the whole process. */
async function removeIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

async function orDrop(staged: StagedFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await dropStaged(staged);
    if (systemCodeOf(error) === 'ENOENT' && (await isThere(path.dirname(staged.file)))) {
      const message = `Expected to write ${staged.file}, but another process removed its temporary file meanwhile.`;
      throw new ExportError('OutputNotWritable', message, undefined, error);
    }
    throw toWriteError(error, staged.file);
  }
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Writes one picture that belongs to no job. `FileExists` if a file of this name is there and may not be replaced. */
export async function savePicture(file: string, content: Uint8Array, replace: boolean): Promise<void> {
  await writeFileWhole(file, [content], 'preview', replace);
}

/**
 * Removes the temporary files and folders that runners of these owners left behind when they were killed. A job's id stands
 * for all of its runners.
 */
export async function sweepTemporaries(folder: string, ...owners: string[]): Promise<void> {
  const prefixes = owners.map(temporaryPrefix);
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.endsWith(temporaryEnding) && prefixes.some((prefix) => name.startsWith(prefix))) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
}

/** A hard link cannot replace a file, unlike a rename: nothing that appeared meanwhile is lost. */
async function placeNew(temporary: string, file: string): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    // Some network and FAT file systems have no hard links; there, look first.
    const noLinks = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCodeOf(error) ?? '');
    if (!noLinks) throw error;
    if (await isThere(file)) throw Object.assign(new Error(`${file} exists`), { code: 'EEXIST' });
    await rename(temporary, file);
    return;
  }
  await removeIfThere(temporary); // It is in place: who sweeps may have been faster.
}

/** What a failed write means, as a code: the disk is full, the folder is not writable, or the file is there already. */
export function toWriteError(error: unknown, file: string): unknown {
  if (isExportError(error)) return error; // Of whoever makes the content.
  if (isOutOfHandles(error)) return tooManyOpenFiles(error);
  switch (systemCodeOf(error)) {
    case 'EEXIST':
      return new ExportError(
        'FileExists',
        `Expected to make ${file}, but a file of this name is there; it was left as it is.`,
      );
    case 'EISDIR':
    case 'ENOTEMPTY':
      return new ExportError('FileExists', `Expected to make ${file}, but a folder of this name is there.`);
    case 'ENAMETOOLONG':
      return new ExportError(
        'FileNameInvalid',
        `Expected a name that the disk takes, but ${path.basename(file)} is too long.`,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new ExportError(
        'DiskFull',
        `Expected room on disk for ${file}, but the disk or the quota is full.`,
        undefined,
        error,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'EFBIG':
    case 'ENOENT':
    case 'ENOTDIR':
      return new ExportError(
        'OutputNotWritable',
        `Expected to write ${file}, but ${writeObstacle(error)}.`,
        undefined,
        error,
      );
    default: {
      // Node's own message names the temporary file, which is another one in every run.
      const code = systemCodeOf(error);
      return code === undefined
        ? error
        : new ExportError('Internal', `Writing ${file} failed: ${code}.`, undefined, error);
    }
  }
}

function writeObstacle(error: unknown): string {
  switch (systemCodeOf(error)) {
    case 'EROFS':
      return 'the file system is read-only';
    case 'EFBIG':
      return 'the file system, or a limit, allows no file of its size';
    case 'ENOENT':
      return 'its folder does not exist (any more)';
    case 'ENOTDIR':
      return 'a part of its path is a file';
    default:
      return 'writing there is not permitted';
  }
}
