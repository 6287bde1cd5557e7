import type { Page } from 'playwright-core';

/** Gives a file or folder to VS Code's own dialog of a remote window, which takes a path, and presses its button. */
export async function answerFileDialog(page: Page, place: string, button: string): Promise<void> {
  const dialog = page.locator('.quick-input-widget:visible');
  const input = dialog.locator('input.input');
  // The dialog fills in where it starts when it has listed that folder: what is typed before is lost.
  await dialog.locator('.monaco-list-row').first().waitFor();
  for (let last = ''; last === '' || last !== (await input.inputValue());) {
    last = await input.inputValue();
    await page.waitForTimeout(300);
  }
  await input.fill(place);
  await dialog.getByRole('button', { name: button, exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
}
