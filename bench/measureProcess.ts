import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Measured {
  readonly wallSeconds: number;
  /** User and system time of the process and of all that it started and waited for. */
  readonly cpuSeconds: number;
  /** The largest sum over the process and its descendants that was seen; pages that several share count once (PSS). */
  readonly peakMiB: number;
  /** Of the process itself, without what it started. */
  readonly ownPeakMiB: number;
  /** `null`: a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const pollMs = 40;
/** What /proc counts time in (`getconf CLK_TCK`), on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Runs a command to its end. Needs Linux's /proc. Nothing else may be started meanwhile. */
export async function measureProcess(command: string, parameters: readonly string[]): Promise<Measured> {
  const cpuBefore = childCpuSeconds();
  const started = performance.now();
  const child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  let [peakKiB, ownPeakKiB] = [0, 0];
  const timer = setInterval(() => {
    const own = shareKiB(child.pid!);
    ownPeakKiB = Math.max(ownPeakKiB, own);
    peakKiB = Math.max(peakKiB, own + descendantsOf(child.pid!).reduce((sum, pid) => sum + shareKiB(pid), 0));
  }, pollMs);
  let exitCode: number | null;
  try {
    exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
  } finally {
    clearInterval(timer);
  }
  return {
    wallSeconds: (performance.now() - started) / 1000,
    cpuSeconds: childCpuSeconds() - cpuBefore,
    peakMiB: peakKiB / 1024,
    ownPeakMiB: ownPeakKiB / 1024,
    exitCode,
    stdout,
    stderr,
  };
}

/** The time that ended children of this process took, with all that they waited for themselves. */
function childCpuSeconds(): number {
  const fields = statFields('self')!;
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond; // cutime and cstime
}

/** Those that a process started, and what they started. */
function descendantsOf(root: number): number[] {
  const processes = readdirSync('/proc').flatMap((name) => {
    const fields = /^\d+$/.test(name) ? statFields(name) : undefined;
    return fields ? [{ pid: Number(name), parent: Number(fields[1]) }] : [];
  });
  const tree = new Set([root]);
  // A child may stand before its parent when numbers have wrapped around.
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  tree.delete(root);
  return [...tree];
}

/** What a process has for itself, and its share of what others have, too; 0 if it has ended. */
function shareKiB(pid: number): number {
  try {
    return Number(/^Pss: +(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** /proc/PID/stat behind the name, which may hold anything: the state first. `undefined` if the process has ended. */
function statFields(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
