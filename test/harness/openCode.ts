/** `npm run code`: the packaged extension in a real VS Code, with the sample dataset, in the user's browser. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { installVsCodeServer } from './installVsCodeServer';
import { installVsix } from './installVsix';
import { packageVsix } from './packageVsix';
import { repositoryRoot } from './project';
import { runAsScript } from './runAsScript';
import { makeRunDirectory } from './runDirectory';
import { runProcess } from './runProcess';
import { startVsCodeServer } from './vsCodeServer';
import { workbenchUrl } from './workbench';

const DATASET = path.join(repositoryRoot, 'sample-data/dataset');

runAsScript(async () => {
  await installVsCodeServer();
  if (!existsSync(DATASET)) {
    console.log('Making the sample dataset…');
    await runProcess([process.execPath, require.resolve('tsx/cli'), 'sample/demo.ts'], { cwd: repositoryRoot });
  }
  console.log('Packaging the extension…');
  const vsix = await packageVsix();
  const run = makeRunDirectory();
  await installVsix(run, vsix);
  const server = await startVsCodeServer(run);
  const url = workbenchUrl(server, DATASET);
  console.log(`
VS Code is open, with the extension installed, at

  ${url}

Press F1 and run "Multiplex Batch Export: Open". Ctrl-C here ends it.
`);
  openInBrowser(url);
  await server.exited;
  throw new Error(`The VS Code server has ended by itself:\n${server.log()}`);
});

/** A convenience only: where there is no desktop, or no browser, the printed address is what counts. */
function openInBrowser(url: string): void {
  if ((process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']) === undefined) return;
  const child = spawn('xdg-open', [url], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
}
