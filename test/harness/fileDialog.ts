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
  // It passes by a button that is pressed while it looks a path up, which takes its time on a busy machine.
  for (let tries = 1; await dialog.isVisible(); tries++) {
    try {
      await input.fill(place, { timeout: 2_000 });
      await dialog.getByRole('button', { name: button, exact: true }).click({ timeout: 2_000 });
      await dialog.waitFor({ state: 'hidden', timeout: 3_000 });
    } catch (error) {
      if (tries === 40) throw error;
    }
  }
}
