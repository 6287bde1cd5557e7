import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { extensionId } from './project';
import type { VsCodeServer } from './vsCodeServer';

/** Directories, on the server's disk, of an extension and of the bundled tests to run in the extension host. */
export interface ExtensionTests {
  readonly development: string;
  readonly tests: string;
}

/** The address at which the server shows a folder. */
export function workbenchUrl(
  server: Pick<VsCodeServer, 'url'>,
  folder: string,
  extensionTests?: ExtensionTests,
): string {
  const url = new URL(server.url);
  const onServer = (file: string): string => `vscode-remote://${url.host}${file}`;
  url.searchParams.set('folder', path.resolve(folder));
  if (extensionTests !== undefined) {
    const payload = [
      ['extensionDevelopmentPath', onServer(extensionTests.development)],
      ['extensionTestsPath', onServer(extensionTests.tests)],
    ];
    url.searchParams.set('payload', JSON.stringify(payload));
  }
  return url.href;
}

/** Opens a folder and waits until its explorer can be used. */
export async function openFolder(page: Page, server: Pick<VsCodeServer, 'url'>, folder: string): Promise<void> {
  await page.goto(workbenchUrl(server, folder));
  await page.locator('.explorer-folders-view .monaco-list').waitFor();
}

const COMMAND_ATTEMPTS = 20;

/** Runs a command from the palette by its full title, such as "Multiplex Batch Export: Open". */
export async function runCommand(page: Page, title: string): Promise<void> {
  const palette = page.locator('.quick-input-widget:visible');
  const row = palette.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
  for (let attempt = 1; ; attempt++) {
    try {
      await page.keyboard.press('F1');
      await palette.locator('input.input').fill(`>${title}`, { timeout: 3000 });
      await row.click({ timeout: 5000 });
      return;
    } catch (error) {
      // Whatever takes the focus at that moment closes the palette, or gets the key: not the extension's failure.
      if (attempt === COMMAND_ATTEMPTS) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** The inside of one of an extension's webviews; the first one unless told. */
export function webviewFrame(page: Page, { extension = extensionId, nth = 0 } = {}): FrameLocator {
  // VS Code puts the extension's document into a frame inside the frame that isolates it.
  return page
    .locator(`iframe.webview.ready[src*="extensionId=${extension}"]`)
    .nth(nth)
    .contentFrame()
    .locator('iframe#active-frame')
    .contentFrame();
}

/** A notification shown in the corner, by a part of its text; its buttons are `.getByRole('button', …)` in it. */
export function notification(page: Page, text: string | RegExp): Locator {
  return page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
}

/** A modal dialog (such as a warning that asks before something is overwritten), by a part of its text. */
export function dialog(page: Page, text: string | RegExp): Locator {
  return page.locator('.monaco-dialog-box').filter({ hasText: text });
}

/** A file or folder in the explorer, by its name. */
export function explorerItem(page: Page, name: string): Locator {
  return page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true });
}

/** Expands a folder in the explorer, if it is not expanded yet. */
export async function expandFolder(page: Page, name: string): Promise<void> {
  const item = explorerItem(page, name);
  await item.waitFor();
  if ((await item.getAttribute('aria-expanded')) !== 'true') await item.locator('.monaco-tl-twistie').click();
  await page.locator(`.explorer-folders-view [role=treeitem][aria-label="${name}"][aria-expanded=true]`).waitFor();
}

const MENU_ATTEMPTS = 40;

/** Opens the context menu of something and chooses one of its entries by its title. */
export async function chooseFromContextMenu(target: Locator, title: string): Promise<void> {
  const page = target.page();
  const menu = page.locator('.context-view .monaco-menu');
  // Whatever takes the focus, such as an editor that is still opening, closes a menu; and one that was opened before
  // VS Code knew the extension goes on without its entry.
  for (let attempt = 1; attempt <= MENU_ATTEMPTS; attempt++) {
    if (!(await menu.isVisible())) {
      await page.mouse.move(0, 0); // What is shown beside the pointer could lie over the target.
      await target.click({ button: 'right' });
      if (!(await becomes(menu, 'visible'))) continue;
    }
    await menuTakesClicks(page);
    const chosen = await menu
      .getByRole('menuitem', { name: title })
      .click({ timeout: 2000 })
      .then(
        () => true,
        () => false,
      );
    if (chosen && (await becomes(menu, 'hidden'))) return;
    await page.keyboard.press('Escape');
  }
  throw new Error(`The context menu did not take "${title}".`);
}

/**
 * A menu ignores what is clicked in its first 100 ms, so that the click that opened it cannot choose an entry. Such a
 * click, and the menu closed by something else, would look like an entry that was chosen. Asked of the page's own clock,
 * which may be late on a busy machine, and then is late for both.
 */
async function menuTakesClicks(page: Page): Promise<void> {
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 150))');
}

function becomes(menu: Locator, state: 'visible' | 'hidden'): Promise<boolean> {
  return menu.waitFor({ state, timeout: 500 }).then(
    () => true,
    () => false,
  );
}
