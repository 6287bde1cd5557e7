import path from 'node:path';
import { spawnBounded } from './spawnBounded';

const projectFolder = path.join(__dirname, '..', '..');

/**
 * What a program logs as JSON, run in a process of its own: how much memory something takes can be measured only where
 * nothing ran before. Its `require` finds our modules below `src`. How far the heap grows before it is collected is the
 * machine's choice unless it is told, so it is told.
 */
export function runAlone(program: string): unknown {
  const args = ['--max-old-space-size=128', '--require', 'tsx/cjs', '-e', program];
  const { status, stdout, stderr } = spawnBounded(process.execPath, args, { cwd: projectFolder });
  if (status !== 0) throw new Error(`The program ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

/** The path by which a program of `runAlone` requires a module, as a literal of its text. */
export function ourModule(...names: string[]): string {
  return JSON.stringify(path.join(projectFolder, 'src', ...names));
}
