import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isExportError, messageOf } from '../../src/core/model/exportError';
import { makeMutation, writeMutation } from './makeMutation';
import { listReaders } from './readers';

/** Asks for one mutation. */
export interface MutationTask {
  readonly seed: number;
  readonly index: number;
}

/** How reading one ended. */
export interface MutationResult extends MutationTask {
  readonly reader: string;
  readonly change: string;
  /** `read`, the code of the error, or what was thrown that is no error of ours. */
  readonly end: string;
  readonly message?: string;
  readonly cpuSeconds: number;
  /** The most that the process has had so far. */
  readonly peakMiB: number;
}

/** A process of its own, which reads one changed input after the other, and says how each ended. */
async function main(): Promise<void> {
  const readers = await listReaders();
  process.on('message', ({ seed, index }: MutationTask) => {
    const mutation = makeMutation(readers, seed, index);
    const { reader, change } = mutation;
    const folder = mkdtempSync(path.join(tmpdir(), 'mbe-mutation-'));
    writeMutation(mutation, folder);
    const before = process.cpuUsage();
    void Promise.resolve()
      .then(() => reader.read(folder))
      .then(() => ({ end: 'read' }), describeError)
      .then((ended) => {
        const { user, system } = process.cpuUsage(before);
        rmSync(folder, { recursive: true, force: true });
        const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
        const cpuSeconds = (user + system) / 1e6;
        process.send!({
          seed,
          index,
          reader: reader.name,
          change,
          ...ended,
          cpuSeconds,
          peakMiB,
        } satisfies MutationResult);
      });
  });
  process.send!('ready');
}

function describeError(error: unknown): { end: string; message: string } {
  const stack = error instanceof Error ? (error.stack ?? error.message) : messageOf(error);
  if (!isExportError(error)) return { end: 'no error of ours', message: stack };
  return { end: error.code, message: error.code === 'Internal' ? stack : error.message };
}

void main();
