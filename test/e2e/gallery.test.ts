import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { makeSample } from '../../sample/makeSample';
import { findEmbedded } from '../../src/core/index';
import { artifactsDirectory } from '../harness/project';
import { notification, runCommand, webviewFrame } from '../harness/workbench';
import { startWorkbenchSession, type WorkbenchSession } from '../harness/workbenchSession';
import { readManifest } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { readPdfPages } from '../support/readPdf';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

/** What `--gallery`, `--page` and `--order` are on the command line, chosen in the panel. */
describe('the gallery in the panel', () => {
  let session: WorkbenchSession;
  let page: Page;
  let panel: FrameLocator;
  let sample: string;

  before(async () => {
    const workspace = temporaryFolder();
    sample = path.join(workspace, 'sample');
    await makeSample(sample);
    session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace });
    page = session.page;
    panel = webviewFrame(page);
    mkdirSync(artifactsDirectory, { recursive: true });
    await runCommand(page, 'Multiplex Batch Export: Open');
    await panel.getByRole('heading', { name: 'sample' }).waitFor();
  });

  after(async () => {
    await session?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session.saveEvidence(this.currentTest.title);
  });

  const field = (name: string) => panel.getByRole('textbox', { name, exact: true });

  async function choose(label: string, option: string): Promise<void> {
    await panel.getByRole('combobox', { name: label, exact: true }).click();
    await panel.getByRole('option', { name: option, exact: true }).click();
  }

  it('says what is wrong with its rows, and shows the size of pages only where it is asked', async () => {
    await choose('What becomes a picture', 'Single Cells');
    await panel.getByText('1543 cells chosen').waitFor();
    assert.equal(await field('Rows of the gallery').isVisible(), false);
    await panel.getByRole('checkbox', { name: 'A PDF of all pictures' }).click();
    await field('Rows of the gallery').fill('0');
    await panel.getByText('The rows of the gallery must be a whole number from 1 to 50.').first().waitFor();
    await field('Rows of the gallery').fill('2');
    await field('Columns of the gallery').fill('2');
    assert.equal(await field('Width of the pages in mm').isVisible(), false);
    await choose('Pages of the gallery', 'other');
    await field('Width of the pages in mm').waitFor();
    await choose('Pages of the gallery', 'A4, on its side');
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-gallery-choices.png') });
  });

  it('is made with the bytes that the command line makes, and can be opened', async () => {
    const out = temporaryFolder();
    const flags = ['--where', 'CD3 > 110', '--marker-set', 'Tumour and T cells', '--size', '128px'];
    const gallery = ['--gallery', '2x2', '--page', '297x210mm', '--order', 'cell_type,CD3'];
    const result = runCli('cells', sample, '--out', out, ...flags, ...gallery);
    assert.equal(result.exitCode, 0, result.stderr);
    const pictures = readManifest(out).length - 1;

    await field('Order of the gallery').fill('cell_type, CD3');
    await field('Filter').fill('CD3 > 110');
    // The cell that was shown is not among the chosen ones any more.
    await panel.getByRole('heading', { name: 'Preview: Tumor_core:113' }).waitFor();
    await panel.getByRole('img', { name: /^Cell Tumor_core:113, / }).waitFor();
    await panel.getByRole('button', { name: `Export ${pictures} pictures and a gallery` }).click();
    await panel.getByText(`Done: ${pictures} of ${pictures} written`).waitFor();
    await panel.getByRole('button', { name: 'Open Gallery' }).scrollIntoViewIfNeeded();
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-gallery.png') });
    const galleries = [path.join(sample, 'exports'), out].map((folder) => path.join(folder, 'gallery.pdf'));
    const [panelSays, cliSays] = await Promise.all(galleries.map(findEmbedded));
    assert.deepEqual(panelSays, cliSays); // Says more than bytes when they differ.
    const [fromPanel, fromCli] = galleries.map((file) => readFileSync(file));
    assert.ok(fromPanel.equals(fromCli));
    const pages = await readPdfPages(fromPanel);
    assert.ok(pages.length > 1 && pages[0].images.length === 4);

    await notification(page, 'pictures written').getByRole('button', { name: 'Open Gallery' }).waitFor();
    await panel.getByRole('button', { name: 'Open Gallery' }).click();
    await page.getByRole('tab', { name: /gallery\.pdf/ }).waitFor();
  });
});
