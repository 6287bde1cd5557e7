import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { makeSample } from '../../sample/makeSample';
import { exportFrom } from './exportFrom';
import { answerFileDialog } from '../harness/fileDialog';
import { artifactsDirectory } from '../harness/project';
import { runCommand, webviewFrame } from '../harness/workbench';
import { startWorkbenchSession, type WorkbenchSession } from '../harness/workbenchSession';
import { readManifest } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

/** What `--rois`, `--roi-anchor`, `--cell-table`, `--columns`, `--cell-mask`, `--masks` and `--allow-mismatch` are on the command line, chosen in the panel. */
describe('files and columns in the panel', () => {
  let session: WorkbenchSession;
  let page: Page;
  let panel: FrameLocator;
  let sample: string;
  let elsewhere: string;

  before(async () => {
    const workspace = temporaryFolder();
    sample = path.join(workspace, 'sample');
    await makeSample(sample);
    // What is found beside the images, moved to where nobody looks for it and under other names.
    elsewhere = temporaryFolder();
    renameSync(path.join(sample, 'masks'), path.join(elsewhere, 'labels'));
    const table = readFileSync(path.join(sample, 'cell_table.csv'), 'utf8');
    rmSync(path.join(sample, 'cell_table.csv'));
    const [header, ...rows] = table.trimEnd().split('\n');
    const renamed = header.replace(/^fov,label/, 'tile,cell');
    assert.notEqual(renamed, header);
    writeFileSync(path.join(elsewhere, 'cells.csv'), [renamed, ...rows.slice(0, 40)].join('\n'));
    // Each row with the label of another cell.
    const shifted = rows.slice(0, 40).map((row) => row.replace(/,(\d+)/, (_, label) => `,${Number(label) + 1}`));
    writeFileSync(path.join(elsewhere, 'shifted.csv'), [renamed, ...shifted].join('\n'));
    const boxes = ['a', 'b', 'c'].map((name, i) => `Tumor_core,${name},${20 * i},10,16,12`);
    writeFileSync(path.join(elsewhere, 'boxes.csv'), ['fov,name,x,y,width,height', ...boxes].join('\n'));
    writeFileSync(path.join(elsewhere, 'bad.geojson'), '{"type": ');
    const square = [10, 10, 60, 10, 60, 40, 10, 40, 10, 10];
    const ring = Array.from({ length: 5 }, (_, i) => [square[2 * i], square[2 * i + 1]]);
    const features = ['one', 'two'].map((name) => ({
      type: 'Feature',
      id: name,
      properties: { name, fov: 'Tumor_core' },
      geometry: { type: 'Polygon', coordinates: [ring] },
    }));
    writeFileSync(path.join(elsewhere, 'Tumor_core.geojson'), JSON.stringify({ type: 'FeatureCollection', features }));
    session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace });
    page = session.page;
    panel = webviewFrame(page);
    await runCommand(page, 'Multiplex Batch Export: Open');
    await panel.getByRole('heading', { name: 'sample' }).waitFor();
  });

  after(async () => {
    await session?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session.saveEvidence(this.currentTest.title);
  });

  /** Chooses a file or folder in VS Code's own dialog of a remote window, which takes a path. */
  async function choosePart(label: string, place: string): Promise<void> {
    await panel.getByRole('button', { name: `Choose ${label}`, exact: true }).click();
    await answerFileDialog(page, place, 'Choose');
  }

  async function choose(label: string, option: string): Promise<void> {
    await panel.getByRole('combobox', { name: label, exact: true }).click();
    await panel.getByRole('option', { name: option, exact: true }).click();
  }

  /** A file whose table is understood anew: the panel is built anew when the dataset is opened with it, and shows where it is. */
  async function chooseTable(place: string): Promise<void> {
    await choosePart('Cell table', place);
    await panel.getByTitle(path.basename(place)).waitFor();
  }

  /** The option of a choice that takes it back; it is there once the panel was built anew with the choice. */
  function wayBack(label: string): Locator {
    const dropdown = panel.getByRole('combobox', { name: label, exact: true });
    return dropdown.getByRole('option', { name: 'as found', exact: true, includeHidden: true });
  }

  /** The panel is built anew after each choice, which then has a way back. */
  async function chooseColumn(label: string, column: string): Promise<void> {
    await choose(label, column);
    await wayBack(label).waitFor({ state: 'attached' });
  }

  const exportSample = (): Promise<void> =>
    exportFrom(panel, {
      folder: path.join(sample, 'exports'),
      start: 'Export 40 pictures',
      outcome: 'Done: 40 of 40 written',
    });

  it('takes the ROIs of a file that lies anywhere', async () => {
    await panel.getByText('Files and columns', { exact: true }).click();
    await choosePart('ROIs', path.join(elsewhere, 'Tumor_core.geojson'));
    await panel.getByText('2 FOVs, 2 ROIs').waitFor();
    await panel.getByRole('button', { name: 'ROIs as found by their usual names' }).waitFor();
  });

  it('says why a file cannot be used, and keeps what was shown', async () => {
    await choosePart('ROIs', path.join(elsewhere, 'bad.geojson'));
    await panel.getByRole('alert').filter({ hasText: 'bad.geojson' }).waitFor();
    await panel.getByText('2 FOVs, 2 ROIs').waitFor();
  });

  it('takes masks and a cell table from elsewhere, and the columns that are named', async () => {
    await choosePart('Masks', path.join(elsewhere, 'labels'));
    await panel.getByRole('checkbox', { name: 'whole_cell', exact: true }).waitFor();
    await chooseTable(path.join(elsewhere, 'cells.csv'));
    await panel.getByText('2 FOVs, 40 cells, 2 ROIs').waitFor();
    await chooseColumn('Column of FOV', 'tile');
    await chooseColumn('Column of Label in the mask', 'cell');
    await choose('What becomes a picture', 'Single Cells');
    await panel.getByText('40 cells chosen').waitFor();
  });

  it('exports with them what the command line exports, also after the window was reloaded', async () => {
    const reloaded = page.waitForEvent('load');
    await runCommand(page, 'Developer: Reload Window');
    await reloaded;
    await panel.getByText('2 FOVs, 40 cells, 2 ROIs').waitFor();
    await exportSample();
    const out = temporaryFolder();
    const flags = [
      ...['--cell-table', path.join(elsewhere, 'cells.csv'), '--columns', 'fov=tile,label=cell'],
      ...['--masks', path.join(elsewhere, 'labels'), '--size', '128px', '--marker-set', 'Tumour and T cells'],
      // As the form has it since there was a table without centroids that it knew: pictures say how they were cut.
      ...['--center', 'mask'],
    ];
    const result = runCli('cells', sample, '--out', out, ...flags);
    assert.equal(result.exitCode, 0, result.stderr);
    const files = (folder: string): unknown[] =>
      readManifest(folder).map(({ item, file, sha256 }) => ({ item, file, sha256 }));
    assert.deepEqual(files(path.join(sample, 'exports')), files(out));
  });

  it('takes a table of boxes once it is said what x and y are', async () => {
    await panel.getByText('Files and columns', { exact: true }).click();
    await choosePart('ROIs', path.join(elsewhere, 'boxes.csv'));
    await panel.getByRole('alert').filter({ hasText: '--roi-anchor' }).waitFor();
    await panel.getByText('2 FOVs, 40 cells, 2 ROIs').waitFor();
    await choose('x and y in tables of ROIs', 'its top left corner');
    // The panel is built anew: the ROIs of before are no table, which the dataset's warnings say.
    await panel.getByText('1 warning about this dataset').waitFor();
    await choosePart('ROIs', path.join(elsewhere, 'boxes.csv'));
    await panel.getByText('2 FOVs, 40 cells, 3 ROIs').waitFor();
  });

  it('warns of a unit in which centroids lie beyond their images, where the mask centres the cells', async () => {
    rmSync(path.join(sample, 'exports'), { recursive: true });
    await choose('Unit of the centroids', 'µm');
    await wayBack('Unit of the centroids').waitFor({ state: 'attached' });
    const remarks = (when: string): Locator => panel.getByRole('list', { name: when }).getByText(/lie beyond/);
    await remarks('Remarks before the start').waitFor();
    await exportSample();
    await remarks('Remarks on this export').waitFor();
    rmSync(path.join(sample, 'exports'), { recursive: true });
    await choose('Unit of the centroids', 'as found');
    await wayBack('Unit of the centroids').waitFor({ state: 'detached' });
    await panel.getByText('40 cells chosen').waitFor();
  });

  it('does not export by a table that is not about the mask, unless told to, as the command line', async () => {
    await chooseTable(path.join(elsewhere, 'shifted.csv'));
    await chooseColumn('Column of FOV', 'tile');
    await chooseColumn('Column of Label in the mask', 'cell');
    await panel.getByText('40 cells chosen').waitFor();
    await panel.getByRole('button', { name: 'Export 40 pictures' }).click();
    await panel
      .getByText(/centroids lie within 2 px of their own label/)
      .first()
      .waitFor();
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-mismatch.png') });
    assert.ok(!existsSync(path.join(sample, 'exports')), 'nothing was written');
    const goOn = { name: 'Go on where the cell table is not about the mask' };
    await panel.getByRole('checkbox', goOn).click(); // A toolkit's box says what it is a moment later than check() asks.
    await panel.getByRole('checkbox', { ...goOn, checked: true }).waitFor();
    await exportSample();
    const out = temporaryFolder();
    const flags = [
      ...['--cell-table', path.join(elsewhere, 'shifted.csv'), '--columns', 'fov=tile,label=cell'],
      ...['--masks', path.join(elsewhere, 'labels'), '--size', '128px', '--marker-set', 'Tumour and T cells'],
      ...['--center', 'mask', '--allow-mismatch'],
    ];
    runCli('cells', sample, '--out', out, ...flags);
    const files = (folder: string): unknown[] =>
      readManifest(folder).map(({ item, file, sha256, note }) => ({ item, file, sha256, note }));
    assert.deepEqual(files(path.join(sample, 'exports')), files(out));
    assert.match(readManifest(out)[0]['note'], /do not fit: .* made all the same/);
  });

  it('opens the dataset without a chosen file that is gone after a reload, and says so', async () => {
    rmSync(path.join(elsewhere, 'shifted.csv'));
    const reloaded = page.waitForEvent('load');
    await runCommand(page, 'Developer: Reload Window');
    await reloaded;
    await panel.getByRole('alert').filter({ hasText: 'shifted.csv' }).waitFor();
    await panel.getByRole('heading', { name: 'sample' }).waitFor();
  });
});
