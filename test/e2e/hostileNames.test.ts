import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { chooseFromContextMenu, explorerItem, notification, webviewFrame } from '../harness/workbench';
import { startWorkbenchSession, type WorkbenchSession } from '../harness/workbenchSession';
import { smallDataset } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';

/** Names as anybody may give them: VS Code would make a link of the one, and the other turns what follows around. */
const picture = '[notes](file:nowhere).png';
const fov = 'A\u202egpj';

describe('names of strangers in VS Code', () => {
  let session: WorkbenchSession;

  before(async () => {
    const workspace = smallDataset([fov]);
    writeFileSync(path.join(workspace, picture), 'no picture');
    session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace });
  });

  after(async () => {
    await session?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session.saveEvidence(this.currentTest.title);
  });

  it('are plain text in a notification, without a link', async () => {
    await chooseFromContextMenu(explorerItem(session.page, picture), 'Batch Export: Load Settings of This File');
    const told = notification(session.page, /notes/);
    await told.waitFor();
    const message = told.locator('.notification-list-item-message');
    assert.match(await message.innerText(), /\[notes\] \(file:nowhere\)\.png/);
    assert.equal(await message.locator('a').count(), 0);
  });

  it('are escaped in the panel, and exact in what it asks for', async () => {
    const panel = webviewFrame(session.page);
    await panel.getByRole('checkbox', { name: 'A\\u202egpj', exact: true }).waitFor();
    await panel.getByRole('heading', { name: 'Preview: A\\u202egpj' }).waitFor();
    // The host knows the FOV by the name that it has.
    await panel.getByText('60 × 40 px, uint16').waitFor();
    assert.ok(!(await panel.locator('body').innerText()).includes('\u202e'));
  });
});
