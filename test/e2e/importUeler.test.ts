import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import {
  chooseFromContextMenu,
  dialog,
  explorerItem,
  notification,
  runCommand,
  webviewFrame,
} from '../harness/workbench';
import { startWorkbenchSession, type WorkbenchSession } from '../harness/workbenchSession';
import { plane, writePlane } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { temporaryFolder } from '../support/temporaryFolder';
import { contentsOf, writeUelerState } from '../support/uelerState';

describe('importing from UELer in VS Code', () => {
  let session: WorkbenchSession;
  let dataset: string;

  before(async () => {
    const workspace = temporaryFolder();
    dataset = path.join(workspace, 'study');
    writePlane(
      path.join(dataset, 'A', 'DNA.tif'),
      plane(64, 64, (x) => x),
    );
    writePlane(
      path.join(workspace, 'other', 'B', 'DNA.tif'),
      plane(64, 64, (x) => x),
    );
    writeUelerState(dataset);
    session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace, workspaceTrust: true });
  });

  after(async () => {
    await session?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session.saveEvidence(this.currentTest.title);
  });

  const command = 'Multiplex Batch Export: Import from UELer';

  it('needs a trusted workspace', async () => {
    const { page } = session;
    await dialog(page, /trust the authors/)
      .getByRole('button', { name: /No, I don't trust/ })
      .click();
    await runCommand(page, command);
    await notification(page, 'Importing from UELer writes files, which needs a trusted workspace.').waitFor();
    assert.equal(existsSync(path.join(dataset, '.batch-export')), false);
    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-buttons-row').getByRole('button', { name: 'Trust', exact: true }).click();
  });

  it('asks first, says what it did, and opens a file that it wrote', async () => {
    const { page } = session;
    const before = contentsOf(path.join(dataset, '.UELer'));
    await chooseFromContextMenu(explorerItem(page, 'study'), 'Import from UELer…');
    const question = dialog(page, 'Import 1 marker set, 2 mask palettes, 1 annotation palette, 1 pixel size, 3 ROIs');
    await question.getByText('2 cannot be used and are left out; the log says why.').waitFor();
    assert.equal(existsSync(path.join(dataset, '.batch-export')), false);
    await question.getByRole('button', { name: 'Import', exact: true }).click();
    const message = notification(page, /Imported 1 marker set, .*1 recipe from UELer; 2 left out\./);
    await message.waitFor();
    assert.deepEqual(contentsOf(path.join(dataset, '.UELer')), before);
    assert.match(readFileSync(path.join(dataset, '.batch-export', 'rois.json'), 'utf8'), /"front"/);
    await message.getByRole('button', { name: 'Open File' }).click();
    await page.getByRole('tab', { name: /^marker-sets\.json/ }).waitFor();
  });

  it('says that nothing is left to import', async () => {
    const { page } = session;
    await runCommand(page, command);
    await notification(page, 'There is nothing to import from UELer: 9 there already, 2 left out.').waitFor();
  });

  it('is offered by the panel, which then shows what is ours', async () => {
    const { page } = session;
    const panel = webviewFrame(page);
    rmSync(path.join(dataset, '.batch-export'), { recursive: true });
    await chooseFromContextMenu(explorerItem(page, 'study'), 'Batch Export…');
    await panel
      .getByText(/\(saved by UELer\)/)
      .first()
      .waitFor({ state: 'attached' });
    await panel.getByRole('button', { name: 'Import from UELer…' }).click();
    await dialog(page, 'from UELer?').getByRole('button', { name: 'Import', exact: true }).click();
    await panel
      .getByText(/\(saved here\)/)
      .first()
      .waitFor({ state: 'attached' });
  });

  it('is not offered where there is nothing of UELer', async () => {
    const { page } = session;
    await explorerItem(page, 'other').click({ button: 'right' });
    const menu = page.locator('.context-view .monaco-menu');
    await menu.getByRole('menuitem', { name: 'Batch Export…' }).waitFor();
    assert.equal(await menu.getByRole('menuitem', { name: 'Import from UELer…' }).count(), 0);
    await page.keyboard.press('Escape');
  });
});
