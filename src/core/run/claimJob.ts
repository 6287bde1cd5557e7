import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { ExportError, isExportError, messageOf, systemCodeOf } from '../model/exportError';
import { isFolder } from '../read/listFolder';
import { readPlainFile } from '../read/readPlainFile';
import { toWriteError, writeFileWhole } from '../write/writeFileWhole';
import { HeartWatch, heartbeatTimeoutMs, isProcessThere, type SignOfLife, signOfRunner } from '../job/heartWatch';
import { mostNoteBytes, parseNote, readRunner } from '../job/jobNotes';

/** A file of this name in a job's folder is the claim of the one process that runs it. */
const claimName = 'claim';

/** While it is not known whether somebody else is at work on a job. */
export interface WaitOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Called once with a sentence that says who is waited for. */
  readonly onWait?: ((sentence: string) => void) | undefined;
}

/** The right of one process to run a job. */
export interface Claim {
  /** Whose temporary files those of this runner are: the job's, and of its runners this one's. */
  readonly owner: string;
  /** Why the job is not this process's any more, if another one took it over while this one was suspended. */
  readonly loss: () => Promise<ExportError | undefined>;
  /** Lets others run the job. */
  release(): Promise<void>;
}

/**
 * Makes this process the one that runs the job. The claim appears whole and is made by the file system, so that of
 * processes that start at the same moment only one gets it. One that a dead runner left behind is moved aside first, which
 * only one can do. Whether that one is dead may take the time of a heartbeat's timeout to find out (see `HeartWatch`).
 * `Usage` if a living runner holds the job.
 */
export async function claimJob(jobFolder: string, { signal, onWait }: WaitOptions = {}): Promise<Claim> {
  const claim = path.join(jobFolder, claimName);
  const token = randomBytes(8).toString('hex');
  const owner = `${path.basename(jobFolder)}-${token}`;
  const own = JSON.stringify({ pid: process.pid, host: hostname(), token });
  const watch = new HeartWatch();
  let takeovers = 0;
  for (let tries = 0; tries < mostTries; tries++) {
    try {
      await writeFileWhole(claim, own, owner, false);
      return { owner, loss: () => findLoss(jobFolder, own), release: () => removeIfStill(claim, own) };
    } catch (error) {
      // Whoever got the job in this moment sweeps up, and took our temporary file for one that was left behind.
      const isSwept = isExportError(error, 'OutputNotWritable') && systemCodeOf(error.cause) === 'ENOENT';
      if (isSwept && (await isFolder(jobFolder))) continue;
      if (!isExportError(error, 'FileExists')) throw error;
    }
    const found = await readClaim(claim);
    if (found === undefined) continue; // Released in this moment.
    const life = takeovers < mostTakeovers ? await lifeOf(jobFolder, found, watch, { signal, onWait }) : 'alive';
    if (life === 'changed') continue;
    if (life === 'alive') {
      const holder = parseNote(found, claimSchema);
      throw new ExportError(
        'Usage',
        `Expected a job that nobody runs, but ${describeHolder(holder)} is at work on ${jobFolder}.`,
      );
    }
    await takeAway(claim, found);
    takeovers++;
  }
  throw new ExportError('Usage', `Expected to claim ${jobFolder}, but others were faster ${mostTries} times.`);
}

/** A claim that is not there is looked for so often: whoever moves one aside that is not what they took it for puts it back. */
const mostLooks = 40;
const lookAgainMs = 50;

/** What cannot be read for another reason than that it is not there is taken for held: nobody says otherwise. */
async function findLoss(jobFolder: string, own: string): Promise<ExportError | undefined> {
  const claim = path.join(jobFolder, claimName);
  for (let looks = 0; looks < mostLooks; looks++) {
    if (looks > 0) await pause(lookAgainMs);
    const found = await readFile(claim, 'utf8').catch((error: unknown) =>
      systemCodeOf(error) === 'ENOENT' ? undefined : own,
    );
    if (found === own) return undefined;
    if (found !== undefined) {
      const holder = parseNote(found, claimSchema);
      return takenOver(jobFolder, `${describeHolder(holder)} has taken it over`);
    }
  }
  if (!(await isFolder(jobFolder))) return undefined; // What is to be written next says so.
  const runner = await readRunner(jobFolder);
  const isOther = runner && (runner.pid !== process.pid || runner.host !== hostname());
  return takenOver(
    jobFolder,
    isOther ? `${describeHolder(runner)} took it over and has left it since` : 'the claim of this one was removed',
  );
}

function takenOver(jobFolder: string, reason: string): ExportError {
  const message = `Expected to be the process that runs ${jobFolder}, but ${reason}; this one has stopped, and leaves what is there as it is.`;
  return new ExportError('JobTakenOver', message);
}

function describeHolder(holder: { readonly pid: number; readonly host: string } | undefined): string {
  return `process ${holder?.pid ?? '?'} on ${holder?.host ?? 'another machine'}`;
}

/** `undefined` if nobody holds the job any more. `Usage` for a claim of which it cannot be said whose it is. */
async function readClaim(claim: string): Promise<string | undefined> {
  try {
    return String(await readPlainFile(claim, mostNoteBytes));
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw new ExportError(
      'Usage',
      `Expected a job whose claim says who runs it, but ${claim} cannot be read (${systemCodeOf(error) ?? messageOf(error)}); whoever made it can go on with the job, or remove that file if nobody is at work on it.`,
      undefined,
      error,
    );
  }
}

/** After so many takeovers that failed, a living runner must hold the job. */
const mostTakeovers = 5;

/** A claim that is released while we look is tried again, not for ever: something else may be wrong with the folder. */
const mostTries = 1000;

const claimSchema = z.object({ pid: z.number(), host: z.string() });

/** How often somebody is looked for who may be at work. */
const watchMs = 500;

/** Whether who made a claim is at work: waits until that is known, or the claim is another one, or gone. */
async function lifeOf(
  jobFolder: string,
  found: string,
  watch: HeartWatch,
  { signal, onWait }: WaitOptions,
): Promise<'alive' | 'gone' | 'changed'> {
  let isSaid = false;
  for (;;) {
    const sign = await signOfHolder(jobFolder, found);
    const life = watch.look(sign);
    if (life !== 'unknown') return life;
    if (!isSaid) {
      isSaid = true;
      const who = `${describeHolder(sign)} is still at work on ${jobFolder}`;
      onWait?.(`Waiting to see whether ${who}, for at most ${heartbeatTimeoutMs / 1000} s.`);
    }
    await pause(watchMs, undefined, { ...(signal && { signal }) });
    if ((await readClaim(path.join(jobFolder, claimName))) !== found) return 'changed';
  }
}

/** What who made a claim says: in `runner.json`, or by the claim itself as long as they have not begun. */
async function signOfHolder(jobFolder: string, found: string): Promise<SignOfLife | undefined> {
  const holder = parseNote(found, claimSchema);
  const runner = await readRunner(jobFolder);
  if (!holder || (runner?.pid === holder.pid && runner.host === holder.host)) return signOfRunner(runner);
  const { mtimeMs } = await stat(path.join(jobFolder, claimName)).catch(() => ({ mtimeMs: Date.now() }));
  return { ...holder, saidMs: mtimeMs, value: found };
}

/**
 * Moves a claim aside, and back if it is another one by now. It is looked at once more just before: finding out who lives takes
 * time, and while a living runner's claim is aside a third one could claim the job.
 */
async function takeAway(claim: string, expected: string): Promise<void> {
  if ((await readClaim(claim)) !== expected) return;
  const aside = `${claim}-${randomBytes(6).toString('hex')}`;
  try {
    await rename(claim, aside);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return; // Somebody else was faster.
    throw toWriteError(error, claim);
  }
  if ((await readFile(aside, 'utf8').catch(() => '')) !== expected) await link(aside, claim).catch(() => undefined);
  await rm(aside, { force: true });
}

async function removeIfStill(claim: string, own: string): Promise<void> {
  if ((await readFile(claim, 'utf8').catch(() => undefined)) === own) await rm(claim, { force: true });
}

/**
 * Whether nobody can be at work on a job any more, not even a process of this machine that was suspended for a while. Of
 * one of another machine this is known only where it has left in good order.
 */
export async function isAbandoned(jobFolder: string): Promise<boolean> {
  const sign = signOfRunner(await readRunner(jobFolder));
  return !sign || (sign.host === hostname() && !isProcessThere(sign.pid));
}
