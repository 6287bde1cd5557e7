import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { CellColumn } from '../../../model/cellColumn';
import { type ErrorData, ExportError } from '../../../model/exportError';
import type { H5adRequest } from './h5adWorker';
import type { H5adContent } from './readWithin';

/** Whether a table is meant to be AnnData, by its name. */
export function isH5ad(file: string): boolean {
  return /^\.(?:h5ad|h5)$/i.test(path.extname(file));
}

/** Far beyond what columns of millions of cells take. */
const patienceMs = 120_000;

/** The columns of a file of so many bytes take less than a second: with it, and with smaller ones, the patience ends earlier. */
const smallBytes = 10_000_000;
const smallPatienceMs = 8_000;

/** A thread that has computed for less than this part of its time had to wait for others: it is given more. */
const leastShare = 0.3;
const lookAgainMs = 250;

/** Of texts and lists, not of columns of numbers, which lie elsewhere; a thread that needs more is ended, and this process goes on. */
const maxThreadMiB = 3072;

/**
 * Reads columns of an AnnData file, and nothing else of it, in a thread of its own; memory follows what is read.
 * @param signal ends the thread at once
 * @param timeoutMs after which a file is given up: a damaged one may keep HDF5 busy for ever. Absent: by the file's size,
 *   8 seconds up to 10 MB; and more, up to two minutes, on a machine that is too busy to read it
 * @throws ExportError `ColumnNotFound`, or `DatasetInvalid` if it cannot be read, is something else, or is damaged
 */
export async function readH5ad(
  file: string,
  names: readonly string[],
  signal?: AbortSignal,
  timeoutMs?: number,
): Promise<H5adContent> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw new ExportError('DatasetInvalid', `Expected a cell table at ${file}, but there is no such file.`);
  }
  signal?.throwIfAborted();
  const worker = startWorker({ file, names });
  const ended = new AbortController();
  try {
    return await new Promise<H5adContent>((resolve, reject) => {
      const fail = (reason: string): void => {
        reject(new ExportError('DatasetInvalid', `Expected an AnnData table in ${file}, but ${reason}.`));
      };
      const limitMs = timeoutMs ?? patienceOf(found.size);
      const startedAt = performance.now();
      const before = process.cpuUsage();
      const giveUp = (): void => {
        const { user, system } = process.cpuUsage(before);
        const isStarved = timeoutMs === undefined && (user + system) / 1000 < leastShare * limitMs;
        if (isStarved && performance.now() - startedAt < patienceMs) timer = setTimeout(giveUp, lookAgainMs);
        else fail(`it could not be read within ${limitMs / 1000} seconds: it is damaged; write it anew`);
      };
      let timer = setTimeout(giveUp, limitMs);
      ended.signal.addEventListener('abort', () => {
        clearTimeout(timer);
      });
      signal?.addEventListener(
        'abort',
        () => {
          reject(signal.reason as Error);
        },
        { signal: ended.signal },
      );
      worker.once('message', (answer: { content: H5adContent } | { error: ErrorData }) => {
        if ('content' in answer) resolve(answer.content);
        else reject(new ExportError(answer.error.code, answer.error.message, answer.error.details));
      });
      worker.once('error', (error) => {
        fail(`reading it failed: ${error.message}`);
      });
      worker.once('exit', () => {
        fail('reading it ended without an answer');
      });
    });
  } finally {
    ended.abort();
    await worker.terminate();
  }
}

/** How long a file of so many bytes may take, in milliseconds. */
export function patienceOf(bytes: number): number {
  return Math.min(Math.max(1, bytes / smallBytes) * smallPatienceMs, patienceMs);
}

/** The worker lies beside this file: bundled as this one is, or as source, which `tsx` runs in tests. */
function startWorker(workerData: H5adRequest): Worker {
  // What the library says to the terminal is said better in the error.
  const resourceLimits = { maxOldGenerationSizeMb: maxThreadMiB };
  const options = { workerData, stdout: true, stderr: true, resourceLimits };
  const ending = path.extname(__filename);
  const file = path.join(__dirname, `h5adWorker${ending}`);
  if (ending !== '.ts') return new Worker(file, options);
  return new Worker(`require('tsx/cjs'); require(${JSON.stringify(file)});`, { ...options, eval: true });
}

/** A column's values as texts, as a CSV file has them; a missing one is empty. */
export function asTexts(column: CellColumn): Extract<CellColumn, { kind: 'text' }> {
  if (column.kind === 'text') {
    if (!column.codes.includes(-1)) return column;
    const missing = column.texts.length;
    return { ...column, codes: column.codes.map((code) => (code < 0 ? missing : code)), texts: [...column.texts, ''] };
  }
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(column.values, (value) => {
    const text = Number.isNaN(value) ? '' : String(value);
    const code = codeOf.get(text) ?? codeOf.size;
    codeOf.set(text, code);
    return code;
  });
  return { kind: 'text', name: column.name, codes, texts: [...codeOf.keys()] };
}
