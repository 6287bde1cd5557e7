import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { Browser } from './browser';
import { launchBrowser } from './browser';
import { installVsix } from './installVsix';
import { artifactsDirectory } from './project';
import type { RunDirectory } from './runDirectory';
import { makeRunDirectory } from './runDirectory';
import type { VsCodeServer, VsCodeServerOptions } from './vsCodeServer';
import { startVsCodeServer } from './vsCodeServer';
import { openFolder } from './workbench';

/** A real VS Code, with the packaged extension installed and a folder open, in a browser that a test drives. */
export interface WorkbenchSession {
  readonly run: RunDirectory;
  readonly server: VsCodeServer;
  readonly browser: Browser;
  readonly page: Page;
  /** Leaves a screenshot and the logs in test-artifacts/, and prints what the window shows, for whoever has to understand a failed test. */
  saveEvidence(title: string): Promise<void>;
  stop(): Promise<void>;
}

export interface WorkbenchSessionOptions extends VsCodeServerOptions {
  readonly vsix: string;
  /** The folder to open; an empty one unless told. */
  readonly folder?: string;
  /** VS Code settings of the user, beside those that keep a run quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export async function startWorkbenchSession(options: WorkbenchSessionOptions): Promise<WorkbenchSession> {
  const run = makeRunDirectory(options.settings);
  let server: VsCodeServer | undefined;
  let browser: Browser | undefined;
  const stop = async (): Promise<void> => {
    await browser?.close();
    await server?.stop();
    run.remove();
  };
  try {
    await installVsix(run, options.vsix);
    server = await startVsCodeServer(run, options);
    browser = await launchBrowser(run);
    await openFolder(browser.page, server, options.folder ?? run.workspace);
    const [runningServer, openBrowser] = [server, browser];
    return {
      run,
      server,
      browser,
      page: browser.page,
      saveEvidence: (title) => saveEvidence(title, openBrowser, runningServer),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function saveEvidence(title: string, browser: Browser, server: VsCodeServer): Promise<void> {
  mkdirSync(artifactsDirectory, { recursive: true });
  const file = path.join(artifactsDirectory, title.replace(/\W+/g, '-'));
  writeFileSync(`${file}.browser.log`, browser.consoleMessages.join('\n'));
  writeFileSync(`${file}.server.log`, server.log());
  await browser.page.screenshot({ path: `${file}.png` });
  console.log(await shownText(browser.page));
}

/** What the window and its frames show, as text: where only the printed lines of a run are kept, the only picture. */
async function shownText(page: Page): Promise<string> {
  const frames = page.frames().filter((frame) => !frame.url().includes('webWorkerExtensionHost'));
  const texts = await Promise.allSettled(frames.map((frame) => frame.locator('body').innerText({ timeout: 2000 })));
  return texts
    .map((text, i) => `── frame ${i}: ${text.status === 'fulfilled' ? text.value.trim() : String(text.reason)}`)
    .join('\n');
}
