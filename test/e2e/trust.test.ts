import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { dialog, runCommand, webviewFrame } from '../harness/workbench';
import { startWorkbenchSession, type WorkbenchSession } from '../harness/workbenchSession';
import { plane, writePlane } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { temporaryFolder } from '../support/temporaryFolder';

describe('the panel in a workspace that is not trusted', () => {
  let session: WorkbenchSession;
  let workspace: string;

  before(async () => {
    workspace = temporaryFolder();
    writePlane(
      path.join(workspace, 'F1', 'c.tif'),
      plane(64, 64, (x) => x),
    );
    session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace, workspaceTrust: true });
  });

  after(async () => {
    await session?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session.saveEvidence(this.currentTest.title);
  });

  it('previews, but does not export', async () => {
    const { page } = session;
    await dialog(page, /trust the authors/)
      .getByRole('button', { name: /No, I don't trust/ })
      .click();
    await runCommand(page, 'Multiplex Batch Export: Open');
    const panel = webviewFrame(page);
    await panel.getByRole('checkbox', { name: 'c', exact: true }).click();
    await panel.getByText('64 × 64 px, full resolution').waitFor();
    await panel.getByText('Exporting writes files, which needs a trusted workspace.').waitFor();
    assert.notEqual(await panel.locator('#start').getAttribute('disabled'), null);
    assert.equal(existsSync(path.join(workspace, 'exports')), false);
  });

  it('exports once the workspace is trusted', async () => {
    const { page } = session;
    await runCommand(page, 'Workspaces: Manage Workspace Trust');
    await page.locator('.workspace-trust-buttons-row').getByRole('button', { name: 'Trust', exact: true }).click();
    await runCommand(page, 'Multiplex Batch Export: Open');
    const panel = webviewFrame(page);
    await panel.getByRole('button', { name: 'Export 1 picture' }).click();
    await panel.getByText('Done: 1 of 1 written').waitFor();
    assert.ok(existsSync(path.join(workspace, 'exports', 'F1.png')));
  });
});
