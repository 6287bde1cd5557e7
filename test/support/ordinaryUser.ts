import type { ChildProcess } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type CliResult, cliFile } from './runCli';
import { skipWithout } from './skipWithout';
import { spawnBounded } from './spawnBounded';
import { startProcess } from './startedProcesses';
import { temporaryFolder } from './temporaryFolder';

/** A user whom the modes of files and folders stop, unlike root, and who can run the built command line. */
export interface OrdinaryUser {
  /** For `spawn`: who it is; nothing, if this process is such a user's. */
  readonly identity: { readonly uid?: number; readonly gid?: number };
  /** Node and the command line, at places that this user can reach. */
  readonly command: readonly [node: string, cli: string];
  run(...args: string[]): CliResult;
  /** Does not wait. */
  start(...args: string[]): ChildProcess;
}

/** An ordinary user; where this process is root's, `nobody`, unless the temporary folder is root's own: then the test is skipped. */
export function ordinaryUser(test: Mocha.Context): OrdinaryUser {
  if (process.getuid?.() !== 0) return userOf({}, [process.execPath, cliFile]);
  if (!isReached(temporaryFolder())) return skipWithout('a temporary folder that other users may enter', test);
  // A copy goes with the file of tests that made it.
  if (!command || !existsSync(command[1])) {
    command = canRun(process.execPath, cliFile) ? [process.execPath, cliFile] : copyProgram();
  }
  if (!canRun(...command)) return skipWithout('another user who can run Node', test);
  return userOf(nobody, command);
}

const nobody = { uid: 65534, gid: 65534 };
let command: OrdinaryUser['command'] | undefined;

function userOf(identity: OrdinaryUser['identity'], [node, cli]: OrdinaryUser['command']): OrdinaryUser {
  return {
    identity,
    command: [node, cli],
    run: (...args) => {
      const { status, stdout, stderr } = spawnBounded(node, [cli, ...args], { ...identity, cwd: '/' });
      return { exitCode: status, stdout, stderr };
    },
    start: (...args) => startProcess(node, [cli, ...args], { ...identity, cwd: '/' }),
  };
}

function isReached(folder: string): boolean {
  return spawnBounded('test', ['-x', folder], nobody).status === 0;
}

/** Whether `nobody` can run it, its image library included. */
function canRun(node: string, cli: string): boolean {
  const script = `require('node:module').createRequire(process.argv[1])('sharp')`;
  const runs = (...args: string[]): boolean => spawnBounded(node, args, { ...nobody, cwd: '/' }).status === 0;
  return runs(cli, '--version') && runs('-e', script, cli);
}

/**
 * Copies what is shipped, and Node if need be, to where all users can read it: a checkout may be in a folder that only its
 * owner can enter, such as root's home.
 */
function copyProgram(): OrdinaryUser['command'] {
  const [from, to] = [path.join(__dirname, '..', '..'), temporaryFolder()];
  const shipped = readFileSync(path.join(from, '.vscodeignore'), 'utf8').matchAll(/^!(node_modules\/.+)\/\*\*$/gm);
  for (const folder of ['dist', 'media', ...Array.from(shipped, ([, name]) => name)]) {
    cpSync(path.join(from, folder), path.join(to, folder), { recursive: true, dereference: true });
  }
  let node = process.execPath;
  if (spawnBounded(node, ['--version'], { ...nobody, cwd: '/' }).status !== 0) {
    mkdirSync(path.join(to, 'bin'));
    node = path.join(to, 'bin', 'node');
    copyFileSync(process.execPath, node);
  }
  spawnBounded('chmod', ['-R', 'a+rX', to]);
  return [node, path.join(to, 'dist', 'cli.cjs')];
}
