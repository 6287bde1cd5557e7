import { spawn, spawnSync } from 'node:child_process';

export interface ProgramResult {
  /** `null` if it was ended because its time was up. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const mostSeconds = 60;

/** Whether a program that only some machines have can be started; `flag` makes it say something and end. */
export function hasProgram(program: string, flag = '--version'): boolean {
  return spawnSync(program, [flag], { stdio: 'ignore', timeout: 20_000, killSignal: 'SIGKILL' }).status === 0;
}

/** Runs a program that is not ours, for a minute at most; then it is ended with all that it has started. */
export async function runProgram(program: string, args: readonly string[]): Promise<ProgramResult> {
  // In a group of its own, because one that starts others may leave them behind when it is ended alone.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const said: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (piece: Buffer) => said[name].push(piece));
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, mostSeconds * 1000);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    const [stdout, stderr] = [said.stdout, said.stderr].map((pieces) => Buffer.concat(pieces).toString('utf8'));
    return { exitCode, stdout, stderr };
  } finally {
    clearTimeout(timer);
  }
}

/** As `runProgram`; throws what it said unless it succeeded. */
export async function outputOf(program: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(program, args);
  if (exitCode === 0) return stdout;
  const end = exitCode === null ? `did not end within ${mostSeconds} s` : `ended with ${exitCode}`;
  throw new Error(`${program} ${end}: ${stdout}${stderr}`);
}
