import os from 'node:os';
import type { BlockCounts } from './measureBlocks';
import type { Floors } from './measureFloors';
import type { Stage } from './measureStages';

/** One run of a work by one side. */
export interface Run {
  readonly items: number;
  readonly wallSeconds: number;
  /** Of all processes. */
  readonly cpuSeconds: number;
  /** Without the start of Python and its imports, which it says itself; only of the loop. */
  readonly ownCpuSeconds?: number;
  /** Of all processes together. */
  readonly peakMiB: number;
  /** Of the process that was started alone: of ours, the runner. */
  readonly ownPeakMiB: number;
}

/** What one side took; with `refused`, the runs until then. */
export interface SideResult {
  readonly runs: readonly Run[];
  /** Why it does not do the work: a code or an exit code, and a sentence. */
  readonly refused?: { readonly code: string; readonly message: string };
}

export interface WorkResult {
  readonly name: string;
  readonly title: string;
  readonly item: string;
  readonly ours: SideResult;
  readonly before?: SideResult;
  readonly loop?: SideResult;
  /** Of the pictures of ours and of the loop; samples are single colours of pixels. */
  readonly pixels?: {
    readonly pictures: number;
    readonly samples: number;
    readonly different: number;
    readonly worst: number;
  };
  /** In one process, one item after the other. */
  readonly stages?: { readonly items: number; readonly cpuSeconds: Readonly<Record<Stage, number>> };
  readonly blocks?: BlockCounts;
  /** One for each run. */
  readonly floors?: readonly Floors[];
}

/** All that a benchmark found; `--json`. */
export interface BenchReport {
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly command: string;
  readonly works: readonly WorkResult[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  /** Of the last minute before the first work: above 0, others were busy. */
  readonly load: number;
}

export function describeMachine(): Machine {
  return {
    cpu: os.cpus()[0].model.trim(),
    cores: os.cpus().length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release().split('.').slice(0, 2).join('.')}`,
    load: os.loadavg()[0],
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Of runs that followed each other, how much more the others took than ours: the median, the least and the greatest. */
export function ratios(
  others: readonly Run[],
  ours: readonly Run[],
  figure: (run: Run) => number,
  figureOfOurs = figure,
): { readonly median: number; readonly least: number; readonly greatest: number } {
  const pairs = others.map((run, i) => figure(run) / figureOfOurs(ours[i]));
  return { median: median(pairs), least: Math.min(...pairs), greatest: Math.max(...pairs) };
}
