import type { BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { childEnvironment } from './childEnvironment';
import { findBrowser } from './findBrowser';
import type { RunDirectory } from './runDirectory';

export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Every address outside this machine that a page asked for; a test can require that there is none. */
  readonly externalRequests: readonly string[];
  /** What the pages wrote to their consoles, with the kind in front: "[error] …". */
  readonly consoleMessages: readonly string[];
  close(): Promise<void>;
}

/** What nothing that a page is waited for takes, on the busiest machine. */
const PATIENCE_MS = 180_000;

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-proxy-server',
];

const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost)$/;

/** The made-up host of an extension's own files: VS Code's service worker answers, and nothing is looked up. */
const WEBVIEW_RESOURCE = /\.vscode-resource\.vscode-cdn\.net$/;

/** Opens a browser without a window, with a profile of its own that belongs to the run. */
export async function launchBrowser(run: RunDirectory): Promise<Browser> {
  const context = await chromium.launchPersistentContext(run.browserProfile, {
    executablePath: await findBrowser(),
    headless: true,
    viewport: { width: 1400, height: 900 },
    env: childEnvironment(run),
    args: FLAGS,
    timeout: PATIENCE_MS,
  });
  const externalRequests: string[] = [];
  const consoleMessages: string[] = [];
  const record = (address: string): void => {
    if (leavesThisMachine(address)) externalRequests.push(address);
  };
  context.on('request', (request) => {
    record(request.url());
  });
  context.on('console', (message) => {
    consoleMessages.push(`[${message.type()}] ${message.text()}`);
  });
  context.on('page', (page) => {
    page.on('websocket', (socket) => {
      record(socket.url());
    });
  });
  // A page of our own: the first one was there before anything was recorded.
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return { context, page, externalRequests, consoleMessages, close: () => context.close() };
}

function leavesThisMachine(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return /^(?:http|ws)s?:$/.test(protocol) && !LOOPBACK.test(hostname) && !WEBVIEW_RESOURCE.test(hostname);
}
