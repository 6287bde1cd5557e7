import { accessSync, constants } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { npmChromium } from './npmChromium';
import { runProcess } from './runProcess';

const NAMES_ON_PATH = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];

/**
 * The executable of a Chrome or Chromium that starts on this machine: the one named by the environment variable
 * CHROMIUM, else an installed one, else the one from npm, else (as root on Debian) the distribution's package.
 */
export async function findBrowser(): Promise<string> {
  const chosen = process.env['CHROMIUM'];
  if (chosen !== undefined && chosen !== '') {
    if (await starts(chosen)) return chosen;
    throw new Error(`The browser named by the environment variable CHROMIUM does not start: ${chosen}.`);
  }

  const installed = await installedBrowser();
  if (installed !== undefined) return installed;

  if (process.platform === 'linux' && process.arch === 'x64') {
    const fromNpm = await npmChromium();
    if (await starts(fromNpm)) return fromNpm;
  }

  if (process.getuid?.() === 0 && onPath('apt-get') !== undefined) {
    console.log('Installing Chromium for the tests with apt-get…');
    await runProcess(['apt-get', 'update']);
    await runProcess(['apt-get', 'install', '--yes', '--no-install-recommends', 'chromium']);
    const fromApt = await installedBrowser();
    if (fromApt !== undefined) return fromApt;
  }
  throw new Error('There is no browser for the tests: set CHROMIUM to the executable of a Chrome or Chromium.');
}

async function installedBrowser(): Promise<string | undefined> {
  for (const name of NAMES_ON_PATH) {
    const executable = onPath(name);
    if (executable !== undefined && (await starts(executable))) return executable;
  }
  return undefined;
}

function onPath(name: string): string | undefined {
  const directories = (process.env['PATH'] ?? '').split(path.delimiter).filter((directory) => directory !== '');
  return directories.map((directory) => path.join(directory, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Tried with a home like a test's: a browser from a snap is found on the PATH, but refuses a home outside /home. */
async function starts(executable: string): Promise<boolean> {
  return runProcess([executable, '--version'], { environment: { ...process.env, HOME: os.tmpdir() } }).then(
    () => true,
    () => false,
  );
}
