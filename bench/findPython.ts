import { spawnSync } from 'node:child_process';
import path from 'node:path';

export const pythonLoop = path.join(__dirname, 'python_loop.py');

export interface Python {
  readonly command: string;
  /** Of Python and of the packages that the loop uses. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The first Python that has what the loop needs: $BENCH_PYTHON, if that is set, and no other. */
export function findPython(): Python | undefined {
  const given = process.env['BENCH_PYTHON'];
  for (const command of given === undefined ? ['python3', '/usr/bin/python3', 'python'] : [given]) {
    const { status, stdout } = spawnSync(command, [pythonLoop, 'versions'], { encoding: 'utf8' });
    if (status === 0) return { command, versions: JSON.parse(stdout) as Record<string, string> };
  }
  return undefined;
}
