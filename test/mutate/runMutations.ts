import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MutationResult, MutationTask } from './mutationChild';

/** What one input may cost, at most: seconds of CPU, and of anything; the memory of the whole process. */
export const bounds = { cpuSeconds: 10, wallSeconds: 120, memoryMiB: 1024 };

/** AnnData is given up by us after 20 s, for HDF5 does not stop by itself. */
const mostGivenUpSeconds = 25;

/** A process is replaced by a new one after so many, so that what one leaves behind is not held against another. */
const tasksPerProcess = 500;

export interface MutationRun {
  readonly seed: number;
  readonly indices: readonly number[];
  readonly processes: number;
  /** Called for each, in any order. */
  readonly onResult?: (result: MutationResult) => void;
}

/** An input that was not read and refused as it must be, and why. */
export interface Failure extends MutationTask {
  readonly reason: string;
}

export interface MutationReport {
  readonly results: readonly MutationResult[];
  readonly failures: readonly Failure[];
}

/**
 * Reads mutations of valid inputs in processes of their own, one after the other in each. One that crashes or hangs ends its
 * process and is a failure; so is one that costs more than `bounds`, or ends with anything but an error for users.
 */
export async function runMutations({ seed, indices, processes, onResult }: MutationRun): Promise<MutationReport> {
  const results: MutationResult[] = [];
  const failures: Failure[] = [];
  const left = [...indices].reverse();
  // What a process that is killed leaves behind goes with it.
  const scratch = mkdtempSync(path.join(tmpdir(), 'mbe-mutations-'));
  const runOne = async (): Promise<void> => {
    let reader: Reader | undefined;
    try {
      for (let index = left.pop(); index !== undefined; index = left.pop()) {
        reader ??= await Reader.start(scratch);
        const result = await reader.read({ seed, index });
        if (typeof result === 'string') {
          failures.push({ seed, index, reason: result });
          reader.end();
          reader = undefined;
          continue;
        }
        results.push(result);
        onResult?.(result);
        const reason = faultOf(result);
        if (reason !== undefined) failures.push({ seed, index, reason });
        if (reader.count >= tasksPerProcess || result.peakMiB > bounds.memoryMiB) {
          reader.end();
          reader = undefined;
        }
      }
    } finally {
      reader?.end();
    }
  };
  try {
    await Promise.all(Array.from({ length: processes }, runOne));
    return { results, failures };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function faultOf({ end, message, cpuSeconds, peakMiB }: MutationResult): string | undefined {
  if (end === 'Internal' || end === 'no error of ours') return `${end}: ${message}`;
  const isGivenUp = end === 'DatasetInvalid' && message?.includes('could not be read within') === true;
  if (cpuSeconds > (isGivenUp ? mostGivenUpSeconds : bounds.cpuSeconds))
    return `took ${cpuSeconds.toFixed(1)} s of CPU`;
  if (peakMiB > bounds.memoryMiB) return `took ${peakMiB} MiB`;
  return undefined;
}

/** A process that reads, and what is heard of it. */
class Reader {
  count = 0;
  private said = '';

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (text: Buffer) => (this.said = (this.said + text.toString()).slice(-2000)));
    }
  }

  static async start(scratch: string): Promise<Reader> {
    const env = { ...process.env, TMPDIR: scratch, TEMP: scratch };
    const options = { env, execArgv: ['--import', 'tsx'], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] as const };
    const child = fork(path.join(__dirname, 'mutationChild.ts'), [], { ...options, stdio: [...options.stdio] });
    const reader = new Reader(child);
    const first = await Promise.race([once(child, 'message'), once(child, 'exit')]);
    if (first[0] !== 'ready') throw new Error(`The process that reads did not start: ${reader.said}`);
    return reader;
  }

  /** How reading ended, or why it did not. */
  async read(task: MutationTask): Promise<MutationResult | string> {
    this.count++;
    const answer = new AbortController();
    const { signal } = answer;
    const timer = setTimeout(() => this.child.kill('SIGKILL'), bounds.wallSeconds * 1000);
    try {
      const answered = once(this.child, 'message', { signal }).then(([result]) => result as MutationResult);
      const exited = once(this.child, 'exit', { signal }).then(([code, by]) => {
        const how = this.child.killed
          ? `did not end within ${bounds.wallSeconds} s`
          : `ended its process (${by ?? code})`;
        return `${how}: ${this.said.trim()}`;
      });
      // Whichever comes second is not waited for.
      for (const each of [answered, exited]) each.catch(() => undefined);
      this.child.send(task);
      return await Promise.race([answered, exited]);
    } finally {
      clearTimeout(timer);
      answer.abort();
    }
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}
