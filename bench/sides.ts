import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { type Python, pythonLoop } from './findPython';
import { type Measured, measureProcess } from './measureProcess';
import type { Run, SideResult } from './report';
import type { Work } from './works';

/** What was asked for cannot be done by a side, which said so. */
export class Refused extends Error {
  constructor(readonly reason: NonNullable<SideResult['refused']>) {
    super(`${reason.code}: ${reason.message}`);
  }
}

/** A work, and the folders that it is done with. */
export interface Order {
  readonly work: Work;
  /** Its dataset, if it has one. */
  readonly data: string | undefined;
  /** Each run has a new folder in it: names that were just removed cost more to make. */
  readonly outputs: string;
}

/** Who does works: a build of the command line, or the loop. */
export interface Side {
  /**
   * Does a work once. Fails with `Refused`.
   * @param flags more ones of the command line; the loop has none
   */
  run(order: Order, flags: readonly string[]): Promise<{ readonly run: Run; readonly out: string }>;
}

/**
 * A build of the command line, and of the library beside it, which makes previews.
 * @param moreFlags of the command line for every run, last
 */
export function commandLine(cli: string, moreFlags: readonly string[]): Side {
  return {
    async run({ work, data, outputs }, flags) {
      if (work.preview) return runPreviews(cli, work.preview, data!);
      const [command, ...parameters] = work.command;
      const out = mkdtempSync(path.join(outputs, 'ours-'));
      const all = [...parameters, ...flags, ...moreFlags, '--out', out, '--json'];
      const measured = await measureProcess(
        process.execPath,
        data === undefined ? [cli, command] : [cli, command, data, ...all],
      );
      requireSuccess(measured);
      return { run: toRun(measured, data === undefined ? 1 : eventsOf(measured).ended!.written), out };
    },
  };
}

/** What a process that is warm takes for previews; its memory is that of all of it. */
async function runPreviews(cli: string, kind: NonNullable<Work['preview']>, data: string): ReturnType<Side['run']> {
  const library = path.join(path.dirname(cli), 'index.cjs');
  const measured = await measureProcess(process.execPath, [path.join(__dirname, 'previews.mjs'), library, data, kind]);
  requireSuccess(measured);
  const { items, cpuSeconds } = JSON.parse(measured.stdout) as { items: number; cpuSeconds: number };
  return { run: { ...toRun(measured, items), cpuSeconds }, out: '' };
}

export function loop(python: Python): Side {
  return {
    async run({ work, data, outputs }) {
      const out = mkdtempSync(path.join(outputs, 'loop-'));
      const { mode, maxLabel } = work.loop!;
      const measured = await measureProcess(python.command, [pythonLoop, data!, out, mode, String(maxLabel)]);
      requireSuccess(measured);
      const { items, cpuSeconds } = JSON.parse(measured.stdout) as { items: number; cpuSeconds: number };
      return { run: { ...toRun(measured, items), ownCpuSeconds: cpuSeconds }, out };
    },
  };
}

function toRun({ wallSeconds, cpuSeconds, peakMiB, ownPeakMiB }: Measured, items: number): Run {
  return { items, wallSeconds, cpuSeconds, peakMiB, ownPeakMiB };
}

function requireSuccess(measured: Measured): void {
  if (measured.exitCode === 0) return;
  const { failure } = eventsOf(measured);
  const message = measured.stderr.trimEnd().split('\n').at(-1) ?? '';
  throw new Refused(failure ?? { code: `exit ${measured.exitCode}`, message });
}

/** Of what the command line says with `--json`, how the job ended and the first item's failure. */
function eventsOf({ stdout }: Measured): {
  readonly ended?: { readonly written: number };
  readonly failure?: { readonly code: string; readonly message: string };
} {
  const lines = stdout.split('\n');
  const ended = lines.findLast((line) => line.startsWith('{"event":"ended"'));
  const failed = lines.find((line) => line.startsWith('{"event":"item"') && line.includes('"outcome":"failed"'));
  const { error } = (failed === undefined ? {} : JSON.parse(failed)) as { error?: { code: string; message: string } };
  return {
    ...(ended !== undefined && { ended: JSON.parse(ended) as { written: number } }),
    ...(error && { failure: { code: error.code, message: error.message } }),
  };
}
