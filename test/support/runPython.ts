import { spawnBounded } from './spawnBounded';

/** The first Python on this machine that has these modules. */
export function findPython(modules: string): string | undefined {
  return ['/usr/bin/python3', 'python3'].find(
    (python) => spawnBounded(python, ['-c', `import ${modules}`]).status === 0,
  );
}

/** What a script prints as JSON. */
export function runPython(python: string, script: string, args: readonly string[]): unknown {
  const env = { ...process.env, PYTHONIOENCODING: 'utf-8' };
  const { status, stdout, stderr } = spawnBounded(python, ['-c', script, ...args], { env });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as unknown;
}
