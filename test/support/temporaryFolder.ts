import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

// Some tests look at files as another user, whatever this one hides from others.
process.umask(0o022);

/** A new empty folder that is removed when the test, or the suite, that asked for it has ended. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'mbe-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

const folders: string[] = [];

/** Root hook of every test run: nothing is left behind, also when a test failed. */
export const mochaHooks = {
  afterAll(): void {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  },
};
