/**
 * The program behind writeCodeExecutable: `code`, as far as @vscode/test-electron uses it. It runs an extension's
 * tests in the extension host of a VS Code server, whose workbench is open in a browser.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { format, parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser';
import { runAsScript } from './runAsScript';
import { makeRunDirectory } from './runDirectory';
import { startVsCodeServer } from './vsCodeServer';
import { workbenchUrl } from './workbench';

const TIMEOUT_MS = 15 * 60_000;

/** What a workbench says of itself while it starts, which would hide what the tests say. */
const CHATTER =
  /^(?:Resolv(?:ing|ed) connection token|Creating a socket|Ignoring fetching|Updating additional builtin|ChatSessionStore|\[Service Worker\])/;

const { values, positionals } = parseArgs({
  // A desktop's other options are accepted and have no meaning here.
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'extensions-dir': { type: 'string' },
    'user-data-dir': { type: 'string' },
  },
});

runAsScript(async () => {
  const { extensionDevelopmentPath: development, extensionTestsPath: tests, 'extensions-dir': extensions } = values;
  if (typeof development !== 'string' || typeof tests !== 'string') {
    throw new Error('This code executable only runs the tests of an extension.');
  }
  const ownRun = makeRunDirectory();
  const run = typeof extensions === 'string' ? { ...ownRun, extensions } : ownRun;
  const folder = path.resolve(positionals.at(0) ?? run.workspace);

  const server = await startVsCodeServer(run, { automation: true });
  try {
    const browser = await launchBrowser(run);
    try {
      const exitCode = await testsExitCode(browser.page, workbenchUrl(server, folder, { development, tests }));
      const crash = server.crashed();
      if (crash !== undefined) throw new Error(crash);
      process.exitCode = exitCode;
    } finally {
      await browser.close();
    }
  } finally {
    await server.stop();
    run.remove();
  }
});

/** Opens the workbench, which runs the tests, and waits until it says how they ended. */
async function testsExitCode(page: Page, url: string): Promise<number> {
  // The two functions by which a workbench under automation reports to its page.
  await page.exposeFunction('codeAutomationLog', (kind: string, words: unknown[]) => {
    const message = format(...words);
    if (CHATTER.test(message)) return;
    const write = kind === 'error' || kind === 'warn' ? console.error : console.log;
    write(message);
  });
  const exitCode = new Promise<number>((resolve, reject) => {
    page
      .exposeFunction('codeAutomationExit', resolve)
      .then(() => page.goto(url))
      .catch(reject);
  });
  const timeout = sleep(TIMEOUT_MS, undefined, { ref: false }).then(() => {
    throw new Error(`The tests in the extension host did not end within ${TIMEOUT_MS / 60_000} minutes.`);
  });
  return Promise.race([exitCode, timeout]);
}
