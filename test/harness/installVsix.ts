import path from 'node:path';
import { childEnvironment } from './childEnvironment';
import type { RunDirectory } from './runDirectory';
import { runProcess } from './runProcess';
import { serverCommand } from './vsCodeServer';

/** Installs a packaged extension for one run, as a user would with "Install from VSIX…". */
export async function installVsix(run: RunDirectory, vsix: string): Promise<void> {
  const output = await runProcess(
    [...(await serverCommand(run)), '--install-extension', path.resolve(vsix), '--force'],
    {
      cwd: run.root,
      environment: childEnvironment(run),
    },
  );
  // The command also ends with code 0 after some failures.
  if (!output.includes('successfully installed')) throw new Error(`${vsix} could not be installed:\n${output}`);
}
