import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { exitOnSignals } from './exitOnSignals';

/** Everything that one run of VS Code writes; nothing of the user's own VS Code is read or changed. */
export interface RunDirectory {
  readonly root: string;
  readonly userData: string;
  readonly serverData: string;
  readonly extensions: string;
  readonly home: string;
  readonly temporary: string;
  readonly browserProfile: string;
  /** An empty folder to open where a test needs no dataset. */
  readonly workspace: string;
  remove(): void;
}

/** Quiet (no experiments, no greetings, nothing from the network) and steady (nothing moves or closes by itself). */
const SETTINGS = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.menuBarVisibility': 'classic',
  'workbench.enableExperiments': false,
  'workbench.quickOpen.closeOnFocusLost': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/**
 * Makes a throw-away directory for one run, with VS Code's user settings in it. It is removed at the end of the
 * process at the latest, unless the environment variable KEEP_RUN_DIRECTORY is set.
 */
export function makeRunDirectory(settings: Readonly<Record<string, unknown>> = {}): RunDirectory {
  // A short path: Unix sockets are made in it, and their names are limited to some hundred characters.
  const root = mkdtempSync(path.join(os.tmpdir(), 'vscode-'));
  const directories = {
    userData: path.join(root, 'user'),
    serverData: path.join(root, 'server'),
    extensions: path.join(root, 'extensions'),
    home: path.join(root, 'home'),
    temporary: path.join(root, 'tmp'),
    browserProfile: path.join(root, 'browser'),
    workspace: path.join(root, 'workspace'),
  };
  for (const directory of Object.values(directories)) mkdirSync(directory);
  mkdirSync(path.join(directories.userData, 'User'));
  writeFileSync(
    path.join(directories.userData, 'User/settings.json'),
    JSON.stringify({ ...SETTINGS, ...settings }, null, 2),
  );

  const remove = (): void => {
    process.off('exit', remove);
    if (process.env['KEEP_RUN_DIRECTORY'] !== undefined) return;
    try {
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // A process that was just killed may still be writing; what is left is small, and in the system's temporary folder.
    }
  };
  exitOnSignals();
  process.on('exit', remove);
  return { root, ...directories, remove };
}
