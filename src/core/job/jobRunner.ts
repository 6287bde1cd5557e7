import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import * as z from 'zod';
import { ExportError, systemCodeOf } from '../model/exportError';
import type { JobRecord } from '../model/jobStatus';
import type { GalleryFile, RunnerInfo } from '../model/plan';
import { toWriteError, writeFileWhole } from '../write/writeFileWhole';

const files = { claim: 'claim', runner: 'runner.json', gallery: 'gallery.json', cancel: 'cancel' };

/** A runner that has not beaten for so long is gone, even if its process id is in use (by something else, then). */
const heartbeatTimeoutMs = 120_000;

/** Asks whoever runs the job to stop; the panel, the command line and a cluster task all look for this file. */
export async function requestCancel(jobFolder: string): Promise<void> {
  const file = path.join(jobFolder, files.cancel);
  try {
    await writeFile(file, '');
  } catch (error) {
    throw toWriteError(error, file);
  }
}

/** Whether somebody asked this job to stop. */
export async function isCancelRequested(jobFolder: string): Promise<boolean> {
  return (await stat(path.join(jobFolder, files.cancel)).catch(() => undefined)) !== undefined;
}

/** Forgets that somebody asked this job to stop, for whoever wants it to go on. */
export async function clearCancel(jobFolder: string): Promise<void> {
  await rm(path.join(jobFolder, files.cancel), { force: true });
}

/** Says who runs the job, and that they are alive. */
export async function writeRunner(jobFolder: string, runner: RunnerInfo): Promise<void> {
  const content = `${JSON.stringify(runner)}\n`;
  await writeFileWhole(path.join(jobFolder, files.runner), content, path.basename(jobFolder), true);
}

/** Who runs a job, or ran it last; nobody yet, if nothing is said. */
export async function readRunner(jobFolder: string): Promise<RunnerInfo | undefined> {
  try {
    return JSON.parse(await readFile(path.join(jobFolder, files.runner), 'utf8')) as RunnerInfo;
  } catch {
    return undefined; // No runner yet.
  }
}

/** Says that the job's gallery is in place. */
export async function writeGallery(jobFolder: string, gallery: GalleryFile): Promise<void> {
  const content = `${JSON.stringify(gallery)}\n`;
  await writeFileWhole(path.join(jobFolder, files.gallery), content, path.basename(jobFolder), true);
}

/** The gallery that is in place, if there is one. */
export async function readGallery(jobFolder: string): Promise<NonNullable<JobRecord['gallery']>> {
  try {
    return { file: JSON.parse(await readFile(path.join(jobFolder, files.gallery), 'utf8')) as GalleryFile };
  } catch {
    return {}; // None yet.
  }
}

/**
 * Makes this process the one that runs the job; `release` lets others. Made by the file system, so that of two
 * processes that start at the same moment only one gets it. `Usage` if a living runner holds the job.
 */
export async function claimJob(jobFolder: string): Promise<{ release(): Promise<void> }> {
  const claim = path.join(jobFolder, files.claim);
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(claim, JSON.stringify({ pid: process.pid, host: hostname() }), { flag: 'wx' });
      return { release: () => rm(claim, { force: true }) };
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw toWriteError(error, claim);
    }
    const holder = await readFile(claim, 'utf8').then(
      (text) => claimSchema.safeParse(JSON.parse(text)).data,
      () => undefined,
    );
    const runner = await readRunner(jobFolder);
    // The holder may not have written runner.json yet: on this machine, its process says whether it is there.
    const alive = holder?.host === hostname() ? isProcessThere(holder.pid) : isRunnerAlive(runner);
    if (alive || attempt > 0) {
      throw new ExportError(
        'Usage',
        `Expected a job that nobody runs, but process ${holder?.pid ?? '?'} on ${holder?.host ?? 'another machine'} is at work on ${jobFolder}.`,
      );
    }
    await rm(claim, { force: true }); // Left behind by a runner that was killed.
  }
}

const claimSchema = z.object({ pid: z.number(), host: z.string() });

function isProcessThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'; // Somebody else's process, but there.
  }
}

/** Whether the runner is at work: beating, and, where we can see its process, there. */
export function isRunnerAlive(runner: RunnerInfo | undefined): boolean {
  if (!runner || runner.endedAt) return false;
  if (Date.now() - Date.parse(runner.heartbeatAt) > heartbeatTimeoutMs) return false;
  return runner.host !== hostname() || isProcessThere(runner.pid);
}
