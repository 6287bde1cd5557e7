import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { makeSample } from '../../sample/makeSample';
import { encodeOmeTiff } from '../support/encodeWhole';
import { artifactsDirectory } from '../harness/project';
import { exportFrom } from './exportFrom';
import { assertPreview as assertPreviewShows } from './previewPixels';
import {
  chooseFromContextMenu,
  expandFolder,
  explorerItem,
  notification,
  runCommand,
  webviewFrame,
} from '../harness/workbench';
import { startWorkbenchSession, type WorkbenchSession } from '../harness/workbenchSession';
import { imageJPixelSize, plane, readManifest, writePlane } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';
import { waitUntil } from '../support/waitUntil';
import { writePyramidZarr } from '../support/writePyramid';

/** The panel as a user sees it: the packaged extension in a real VS Code, in a real browser. */
describe('the panel in a real VS Code', () => {
  let session: WorkbenchSession;
  let page: Page;
  let workspace: string;
  let sample: string;
  let panel: FrameLocator;

  before(async () => {
    workspace = temporaryFolder();
    sample = path.join(workspace, 'sample');
    await makeSample(sample);
    // Not among the workspace's direct sub-folders, so that Open finds one dataset.
    const large = path.join(workspace, 'more', 'large');
    // Large, so that a job is at work for some seconds, and small on disk.
    writePlane(
      path.join(large, 'F0', 'c.tif'),
      plane(3000, 3000, (x, y) => (x * 31 + y * 17) % 401),
      { ...imageJPixelSize, compression: 'deflate' },
    );
    for (let i = 1; i < 25; i++) cpSync(path.join(large, 'F0'), path.join(large, `F${i}`), { recursive: true });
    const samples = Uint16Array.from({ length: 64 * 48 }, (_, i) => i);
    const channels = ['DNA', 'CD3'].map((name) => {
      return { name, plane: { widthPx: 64, heightPx: 48, samples }, sampleType: 'uint16' } as const;
    });
    mkdirSync(path.join(workspace, 'more', 'deep', 'stacks'), { recursive: true });
    const stack = await encodeOmeTiff({ name: 'T', channels, pixelSizeUm: 2 });
    for (const fov of ['T1', 'T2'])
      writeFileSync(path.join(workspace, 'more', 'deep', 'stacks', `${fov}.ome.tiff`), stack);
    for (const [fov, value] of [
      ['A', 50],
      ['B', 90],
    ] as const) {
      const levels = [plane(2100, 1100, () => value), plane(1050, 550, () => value)] as const;
      writePyramidZarr(path.join(workspace, 'more', 'deep', 'pyramids', `${fov}.zarr`), { c: levels });
    }
    cpSync(large, path.join(workspace, 'more', 'copy'), { recursive: true });
    // One process at work, so that a job is still running when a test has seen that it began.
    const settings = { 'multiplexBatchExport.jobs': 1 };
    session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace, settings });
    page = session.page;
    panel = webviewFrame(page);
    mkdirSync(artifactsDirectory, { recursive: true });
  });

  after(async () => {
    await session?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session.saveEvidence(this.currentTest.title);
  });

  const screenshot = (name: string): Promise<Buffer> =>
    page.screenshot({ path: path.join(artifactsDirectory, `${name}.png`) });

  const assertPreview = (file: string): Promise<void> => assertPreviewShows(page, panel, file);

  /** Chooses an option of one of the toolkit's drop-downs. */
  async function choose(label: string, option: string): Promise<void> {
    await panel.getByRole('combobox', { name: label, exact: true }).click();
    await panel.getByRole('option', { name: option, exact: true }).click();
  }

  const exportSample = (start: string, outcome: string): Promise<void> =>
    exportFrom(panel, { folder: path.join(sample, 'exports'), start, outcome });

  async function reloadWindow(): Promise<void> {
    const reloaded = page.waitForEvent('load');
    await runCommand(page, 'Developer: Reload Window');
    await reloaded;
  }

  it('opens from the command palette on the dataset of the workspace', async () => {
    await runCommand(page, 'Multiplex Batch Export: Open');
    await panel.getByRole('heading', { name: 'sample' }).waitFor();
    await panel.getByText('2 FOVs, 1543 cells, 5 ROIs').waitFor();
    await panel.getByText('2 of 2 chosen').waitFor();
  });

  it('shows the FOVs, the channels of the first marker set, and a preview with its facts', async () => {
    await panel.getByText('512 × 512 px, full resolution, scale bar 20 µm').waitFor();
    await panel.getByText('512 × 512 px, uint16, 0.5 µm per pixel, from ImageJ metadata.').waitFor();
    for (const channel of ['DNA', 'PanCK', 'CD3', 'CD68'])
      await panel.getByRole('checkbox', { name: channel }).waitFor();
    await panel.getByRole('checkbox', { name: 'PanCK', checked: true }).waitFor();
    await panel.getByRole('checkbox', { name: 'CD68', checked: false }).waitFor();
    await screenshot('panel');
  });

  it('previews the pixels that the command line exports (invariant 5)', async () => {
    await panel.getByRole('checkbox', { name: 'whole_cell' }).click();
    await panel.getByRole('button', { name: 'Preview Tumor_margin' }).click();
    await panel.getByText('640 × 448 px, full resolution').waitFor();
    const out = temporaryFolder();
    runCli('fovs', sample, '--marker-set', 'Tumour and T cells', '--mask', 'whole_cell', '--out', out);
    await assertPreview(path.join(out, 'Tumor_margin.png'));
  });

  it('exports the chosen FOVs with progress, a result message, and the same bytes as the command line', async () => {
    await exportSample('Export 2 pictures', 'Done: 2 of 2 written');
    const message = notification(page, '2 of 2 pictures written');
    await message.waitFor();
    await screenshot('panel-done');
    const out = temporaryFolder();
    runCli('fovs', sample, '--marker-set', 'Tumour and T cells', '--mask', 'whole_cell', '--out', out);
    for (const name of ['Tumor_core.png', 'Tumor_margin.png', 'manifest.csv']) {
      const [fromPanel, fromCli] = [path.join(sample, 'exports', name), path.join(out, name)].map((file) =>
        readFileSync(file),
      );
      assert.ok(fromPanel.equals(fromCli), `${name} differs`);
    }
    await message.getByRole('button', { name: 'Show Report' }).click();
    await page.getByRole('tab', { name: /manifest\.csv/ }).waitFor();
    await page.locator('.view-lines').getByText('Tumor_core.png').first().waitFor();
  });

  it('says before the start that pictures are in the way, and leaves them', async () => {
    await page.getByRole('tab', { name: /Batch Export: sample/ }).click();
    const before = readFileSync(path.join(sample, 'exports', 'manifest.csv'), 'utf8');
    await panel.getByRole('button', { name: 'Export 2 pictures' }).click();
    await panel.getByRole('alert').filter({ hasText: 'Tumor_core.png' }).waitFor();
    assert.equal(readFileSync(path.join(sample, 'exports', 'manifest.csv'), 'utf8'), before);
  });

  it('says what is wrong with a setting, and does not start', async () => {
    const field = panel.getByRole('textbox', { name: 'High contrast limit of DNA' });
    const old = await field.inputValue();
    await field.fill('-1');
    await panel
      .getByRole('alert')
      .filter({ hasText: 'Channel DNA needs a low and a higher high contrast limit.' })
      .waitFor();
    assert.notEqual(await panel.locator('#start').getAttribute('disabled'), null);
    await field.fill(old);
    await panel.locator('.picture img').waitFor();
  });

  it('finds contrast limits for a channel that is switched on without any', async () => {
    await panel.getByRole('checkbox', { name: 'CD20' }).click();
    const high = panel.getByRole('textbox', { name: 'High contrast limit of CD20' });
    await waitUntil('contrast limits', async () => (await high.inputValue()) !== '');
    assert.ok(Number(await high.inputValue()) > 0);
  });

  it('keeps the form when the window is reloaded, and goes on previewing', async () => {
    await reloadWindow();
    await panel.getByRole('heading', { name: 'sample' }).waitFor();
    await panel.getByRole('checkbox', { name: 'CD20', checked: true }).waitFor();
    await panel.getByText('640 × 448 px, full resolution').waitFor();
  });

  it('opens a FOV folder from the context menu with this FOV chosen', async () => {
    await expandFolder(page, 'sample');
    await chooseFromContextMenu(explorerItem(page, 'Tumor_margin'), 'Batch Export…');
    await panel.getByText('1 of 2 chosen').waitFor();
    await panel.getByRole('checkbox', { name: 'Tumor_margin', checked: true }).waitFor();
    await panel.getByRole('checkbox', { name: 'Tumor_core', checked: false }).waitFor();
    await panel.getByRole('button', { name: 'Export 1 picture' }).waitFor();
  });

  it('keeps what was typed when its tab is hidden and shown', async () => {
    const high = panel.getByRole('textbox', { name: 'High contrast limit of DNA' });
    await high.fill('77');
    await page.getByRole('tab', { name: /manifest\.csv/ }).click();
    await page.locator('.view-lines').getByText('Tumor_core.png').first().waitFor();
    await page.getByRole('tab', { name: /Batch Export: sample/ }).click();
    await panel.getByText('1 of 2 chosen').waitFor();
    assert.equal(await high.inputValue(), '77');
  });

  it('opens several FOV folders that are selected together', async () => {
    await explorerItem(page, 'Tumor_core').click();
    await explorerItem(page, 'Tumor_margin').click({ modifiers: ['ControlOrMeta'] });
    await chooseFromContextMenu(explorerItem(page, 'Tumor_margin'), 'Batch Export…');
    await panel.getByText('2 of 2 chosen').waitFor();
  });

  it('previews fills by the cell table and an annotation as the command line exports them', async () => {
    await panel.getByRole('checkbox', { name: 'whole_cell' }).click();
    await choose('How whole_cell is drawn', 'Fill');
    await choose('What colours whole_cell', 'by cell_type');
    await choose('Palette or colour map of whole_cell', 'Cell types');
    await panel.getByRole('textbox', { name: 'Opacity of whole_cell in percent' }).fill('60');
    await choose('Annotation', 'region');
    await choose('How intensities are downsampled', 'nearest pixel');
    await panel.getByRole('textbox', { name: /^Downsample/ }).fill('2');
    await panel.getByRole('button', { name: 'Preview Tumor_margin' }).click();
    await panel.getByText('320 × 224 px, downsample 2').waitFor();
    const out = temporaryFolder();
    const look = ['--mask', 'whole_cell,mode=fill,color=by:cell_type,alpha=0.6', '--mask-palette', 'Cell types'];
    runCli(
      ...['fovs', sample, '--marker-set', 'Tumour and T cells', ...look, '--annotation', 'region'],
      ...['--downsample', '2', '--resample', 'nearest', '--out', out],
    );
    await assertPreview(path.join(out, 'Tumor_margin.png'));
    await screenshot('panel-overlays');
  });

  it('colours cells along a colour map, on black', async () => {
    await choose('What colours whole_cell', 'by CD68');
    await choose('Palette or colour map of whole_cell', 'magma');
    await panel.getByRole('textbox', { name: 'High end of the colours of whole_cell' }).fill('p99');
    await panel.getByRole('textbox', { name: 'Arcsinh cofactor of whole_cell' }).fill('5');
    await choose('Annotation', 'None');
    await panel.getByRole('checkbox', { name: 'Masks only, on black' }).click();
    const out = temporaryFolder();
    const look = ['--masks-only', '--mask', 'whole_cell,mode=fill,color=by:CD68,alpha=0.6'];
    runCli(
      ...['fovs', sample, ...look, '--color-map', 'magma', '--color-range', 'p0:p99', '--arcsinh', '5'],
      ...['--downsample', '2', '--out', out],
    );
    await assertPreview(path.join(out, 'Tumor_margin.png'));
    await screenshot('panel-color-map');
  });

  it('writes scale bar, legends and text for a print width, as pixels and as vectors, the same as the command line', async () => {
    await choose('Scale bar', 'fixed length');
    await panel.getByRole('textbox', { name: 'Length of the scale bar in µm' }).fill('50');
    await choose('Colour of the scale bar', 'white');
    await choose('Place of the scale bar', 'bottom left');
    await panel.getByRole('checkbox', { name: 'Class legend' }).click();
    await choose('Place of the class legend', 'bottom right');
    await panel.getByRole('textbox', { name: 'Title' }).fill('{fov}, {width} wide');
    await panel.getByRole('textbox', { name: 'Caption' }).fill('{description}');
    await choose('Colour of margin strips', 'white');
    await panel.getByRole('textbox', { name: /^Print width/ }).fill('40');
    await panel.getByRole('textbox', { name: /^Dots per inch/ }).fill('200');
    await panel.getByRole('textbox', { name: 'Size of text in points' }).fill('6');
    for (const format of ['PDF', 'SVG']) await panel.getByRole('checkbox', { name: format, exact: true }).click();
    const out = temporaryFolder();
    runCli(
      ...['fovs', sample, '--masks-only', '--mask', 'whole_cell,mode=fill,color=by:CD68,alpha=0.6'],
      ...['--color-map', 'magma', '--color-range', 'p0:p99', '--arcsinh', '5', '--resample', 'nearest'],
      ...['--scale-bar', '50um', '--scale-bar-color', 'white', '--legend', 'classes'],
      ...['--place', 'bar=bottom-left,classes=bottom-right', '--margin-color', 'white'],
      ...['--title', '{fov}, {width} wide', '--caption', '{description}'],
      ...['--width-mm', '40', '--dpi', '200', '--font-size', '6'],
      ...['--format', 'png', '--format', 'pdf', '--format', 'svg', '--out', out],
    );
    await assertPreview(path.join(out, 'Tumor_margin.png'));
    await screenshot('panel-marks');
    await panel.getByRole('heading', { name: 'Scale bar, legend and text' }).scrollIntoViewIfNeeded();
    await screenshot('panel-marks-choices');
    await choose('What happens to existing pictures', 'are replaced');
    await exportSample('Export 2 FOVs, 6 files', 'Done: 2 of 2 written');
    for (const name of ['Tumor_core.png', 'Tumor_margin.pdf', 'Tumor_margin.svg']) {
      const [fromPanel, fromCli] = [path.join(sample, 'exports', name), path.join(out, name)].map((file) =>
        readFileSync(file),
      );
      assert.ok(fromPanel.equals(fromCli), `${name} differs`);
    }
    for (const format of ['PDF', 'SVG']) await panel.getByRole('checkbox', { name: format, exact: true }).click();
    await panel.getByRole('textbox', { name: /^Print width/ }).fill('');
    await panel.getByRole('checkbox', { name: 'Class legend' }).click();
    for (const text of ['Title', 'Caption']) await panel.getByRole('textbox', { name: text }).fill('');
    await choose('Scale bar', 'round length, up to a tenth');
    await choose('Colour of the scale bar', 'auto');
    await choose('Place of the scale bar', 'bottom right');
  });

  it('exports separate channels with percentile limits in several formats, the same bytes as the command line', async () => {
    await panel.getByRole('checkbox', { name: 'Masks only, on black' }).click();
    await panel.getByRole('checkbox', { name: 'whole_cell' }).click();
    await panel.getByRole('textbox', { name: 'Low contrast limit of DNA' }).fill('p1');
    await panel.getByRole('textbox', { name: 'High contrast limit of DNA' }).fill('p99.8');
    await choose('Percentiles over', 'each FOV');
    await choose('Channels in', 'a picture each');
    await panel.getByRole('checkbox', { name: 'White in place of colours' }).click();
    for (const format of ['PNG', 'TIFF', 'OME-TIFF']) {
      await panel.getByRole('checkbox', { name: format, exact: true }).click();
    }
    await panel.getByRole('textbox', { name: /^Dots per inch/ }).fill('300');
    await choose('Channel shown in the preview', 'PanCK');
    await panel.getByText('PanCK: 320 × 224 px').waitFor();
    await screenshot('panel-separate');
    await exportSample('Export 2 FOVs, 8 files', 'Done: 2 of 2 written');
    const out = temporaryFolder();
    // In the order of the table: the set was changed, and is no set any more.
    const channels = ['CD8=#ff0000:8:110', 'DNA=#0000ff:p1:p99.8', 'PanCK=#00ff00:12:170'];
    runCli(
      ...['fovs', sample, ...channels.flatMap((channel) => ['--channel', channel]), '--contrast-scope', 'fov'],
      ...['--separate-channels', '--grayscale', '--downsample', '2', '--resample', 'nearest', '--dpi', '300'],
      // What the form was left with: no strip is drawn, and pictures hold all settings.
      ...['--margin-color', 'white'],
      ...['--format', 'tiff', '--format', 'ome-tiff', '--out', out],
    );
    const names = readdirSync(out)
      .filter((name) => /tiff$/.test(name))
      .sort();
    assert.equal(names.length, 8);
    for (const name of names) {
      const [fromPanel, fromCli] = [path.join(sample, 'exports', name), path.join(out, name)].map((file) =>
        readFileSync(file),
      );
      assert.ok(fromPanel.equals(fromCli), `${name} differs`);
    }
  });

  it('exports single cells, chosen by a filter with a live count, picked and previewed, as the command line does', async () => {
    await choose('Channels in', 'one picture');
    for (const format of ['PNG', 'TIFF', 'OME-TIFF']) {
      await panel.getByRole('checkbox', { name: format, exact: true }).click();
    }
    await choose('What becomes a picture', 'Single Cells');
    await panel.getByText('1543 cells chosen').waitFor();
    const filter = panel.getByRole('textbox', { name: 'Filter', exact: true });
    await filter.fill('cell_type == "Macrophage" and area >');
    await panel
      .locator('.cells')
      .getByText(/but found the end of the filter at character 37/)
      .waitFor();
    await filter.fill('cell_type == "Macrophage" and area > 100');
    await panel.getByText(/^\d+ cells chosen$/).waitFor();
    const count = Number(/^\d+/.exec(await panel.locator('.cells .count').innerText())![0]);
    assert.ok(count > 20 && count < 1543, String(count));
    await panel.getByText(`1 to 20 of ${count}`).waitFor();
    await panel.getByRole('button', { name: 'Next cells' }).click();
    await panel.getByText(`21 to ${Math.min(40, count)} of ${count}`).waitFor();
    await panel.getByRole('button', { name: 'Previous cells' }).click();
    await panel.getByText(`1 to 20 of ${count}`).waitFor();
    await panel.getByRole('textbox', { name: 'Size of the crops' }).fill('40um');
    const out = temporaryFolder();
    const flags = [
      ...['cells', sample, '--where', 'cell_type == "Macrophage" and area > 100', '--size', '40um'],
      ...['CD8=#ff0000:8:110', 'DNA=#0000ff:p1:p99.8', 'PanCK=#00ff00:12:170'].flatMap((text) => ['--channel', text]),
      ...['--contrast-scope', 'fov', '--downsample', '2', '--resample', 'nearest', '--dpi', '300'],
    ];
    runCli(...flags, '--out', out);
    const rows = readManifest(out);
    assert.equal(rows.length, count);
    const third = rows[2];
    await panel.getByRole('button', { name: `Preview ${third['item']}`, exact: true }).click();
    await assertPreview(path.join(out, third['path']));
    await screenshot('panel-cells');
    await panel.getByRole('button', { name: 'Preview the next picture' }).click();
    await panel.getByText(`4 of ${count}`).waitFor();
    await assertPreview(path.join(out, rows[3]['path']));
    const picked = [rows[0], rows[4]];
    for (const row of picked) await panel.getByRole('checkbox', { name: row['item'], exact: true }).click();
    await panel.getByText(`2 cells of ${count} that match chosen`).waitFor();
    await exportSample('Export 2 pictures', 'Done: 2 of 2 written');
    for (const row of picked) {
      const [fromPanel, fromCli] = [path.join(sample, 'exports'), out].map((folder) =>
        readFileSync(path.join(folder, row['path'])),
      );
      assert.ok(fromPanel.equals(fromCli), `${row['path']} differs`);
    }
    const onSlide = temporaryFolder();
    runCli(...flags, '--map', '7', '--name', 'slide-{fov}-{label}', '--out', onSlide);
    const ofSlide = readManifest(onSlide).map((row) => row['path']);
    const slides = panel.getByRole('group', { name: 'Cut out of slides' });
    await slides.getByRole('checkbox', { name: '7', exact: true }).click();
    await panel.getByRole('textbox', { name: 'Pattern of the file names' }).fill('slide-{fov}-{label}');
    await panel.getByText(`2 cells of ${count} that match chosen`).waitFor();
    await assertPreview(path.join(onSlide, ofSlide[0]));
    await exportSample('Export 2 pictures', 'Done: 2 of 2 written');
    for (const file of [ofSlide[0], ofSlide[4]]) {
      const fromPanel = readFileSync(path.join(sample, 'exports', file));
      assert.ok(fromPanel.equals(readFileSync(path.join(onSlide, file))), `${file} differs`);
    }
    await panel.getByRole('textbox', { name: 'Pattern of the file names' }).fill('');
    await slides.getByRole('checkbox', { name: '7', exact: true }).click();
    await choose('What becomes a picture', 'Full FOV');
  });

  it('exports ROIs, each with its own settings or all with shared ones, as the command line does', async () => {
    await choose('What becomes a picture', 'ROIs');
    await panel.getByText('5 ROIs chosen').waitFor();
    const rois = panel.locator('.rois');
    const tags = rois.getByRole('textbox', { name: 'Tags of the ROIs' });
    await tags.fill('figure1 & (good');
    await rois.getByText(/but found the end of the tags|but found the end/).waitFor();
    await tags.fill('figure1 & good');
    await panel.getByText('2 ROIs chosen').waitFor();
    await tags.fill('');
    await panel.getByText('5 ROIs chosen').waitFor();
    const look = [
      ...['CD8=#ff0000:8:110', 'DNA=#0000ff:p1:p99.8', 'PanCK=#00ff00:12:170'].flatMap((text) => ['--channel', text]),
      ...['--contrast-scope', 'fov', '--downsample', '2', '--resample', 'nearest', '--dpi', '300'],
    ];
    const own = temporaryFolder();
    runCli('rois', sample, ...look, '--out', own);
    const arteriole = readManifest(own).find((row) => row['path'] === 'Tumor_core_roi_Arteriole.png')!;
    assert.equal(arteriole['marker_set'], 'Stroma and macrophages');
    await panel.getByRole('button', { name: 'Preview Arteriole', exact: true }).click();
    await assertPreview(path.join(own, arteriole['path']));
    await screenshot('panel-rois');
    await panel.getByRole('button', { name: 'Preview the next picture' }).click();
    await panel.getByText('2 of 5').waitFor();
    await panel.getByRole('heading', { name: 'Preview: Tissue edge' }).waitFor();
    await assertPreview(path.join(own, 'Tumor_core_roi_Tissue_edge.png'));
    for (let i = 0; i < 2; i++) await panel.getByRole('button', { name: 'Preview the previous picture' }).click();
    await panel.getByText('5 of 5').waitFor();
    await assertPreview(path.join(own, 'Tumor_margin_roi_Invasive_front.png'));
    await choose('Whose settings count', 'the same for all');
    await rois.getByRole('textbox', { name: 'Width and height of the pictures' }).fill('180px');
    await rois.getByRole('textbox', { name: 'How much the own size may differ' }).fill('20px');
    await rois.getByRole('checkbox', { name: 'Draw shapes', exact: true }).click();
    await panel.getByRole('textbox', { name: 'Pattern of the file names' }).fill('{index}-{roi}');
    const shared = temporaryFolder();
    const flags = ['--settings', 'shared', '--size', '180px±20px', '--draw-shape', '--name', '{index}-{roi}'];
    runCli('rois', sample, ...look, ...flags, '--out', shared);
    await panel.getByRole('button', { name: 'Preview Invasive front', exact: true }).click();
    await assertPreview(path.join(shared, '5-Invasive_front.png'));
    const picked = ['Arteriole', 'Invasive front'];
    for (const name of picked) await rois.getByRole('checkbox', { name, exact: true }).click();
    await panel.getByText('2 ROIs of 5 that match chosen').waitFor();
    await exportSample('Export 2 pictures', 'Done: 2 of 2 written');
    for (const [file, wanted] of [
      ['1-Arteriole.png', '1-Arteriole.png'],
      ['2-Invasive_front.png', '5-Invasive_front.png'],
    ]) {
      const fromPanel = readFileSync(path.join(sample, 'exports', file));
      assert.ok(fromPanel.equals(readFileSync(path.join(shared, wanted))), `${file} differs`);
    }
    await panel.getByRole('textbox', { name: 'Pattern of the file names' }).fill('');
    const slide = temporaryFolder();
    runCli('rois', sample, '--map', '7', ...look, '--settings', 'shared', '--out', slide);
    await rois.getByRole('checkbox', { name: '7', exact: true }).click();
    await panel.getByText('1 slide chosen').waitFor();
    await assertPreview(path.join(slide, 'map_7.png'));
    await screenshot('panel-slide');
    await choose('What becomes a picture', 'Full FOV');
  });

  it('says that a folder without FOVs is none', async () => {
    await chooseFromContextMenu(explorerItem(page, 'more'), 'Batch Export…');
    await notification(page, /a sub-folder for each/).waitFor();
    await runCommand(page, 'Notifications: Clear All Notifications');
  });

  it('opens a dataset folder from the context menu, and cancels its job from the notification', async () => {
    await expandFolder(page, 'more');
    await chooseFromContextMenu(explorerItem(page, 'large'), 'Batch Export…');
    await panel.getByRole('heading', { name: 'large' }).waitFor();
    await panel.getByRole('checkbox', { name: 'c', exact: true }).click();
    const start = panel.getByRole('button', { name: 'Export 25 pictures' });
    await panel.locator('.picture img').waitFor();
    await start.click();
    const progress = notification(page, /Exporting pictures/);
    await progress.filter({ hasText: /[1-9]\d* of 25/ }).waitFor();
    await screenshot('panel-running');
    await progress.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByText(/Stopped: .* cancelled/).waitFor();
    await screenshot('panel-cancelled');
    const out = path.join(workspace, 'more', 'large', 'exports');
    const rows = readManifest(out);
    assert.equal(rows.length, 25);
    const written = rows.filter((row) => row['outcome'] === 'written').map((row) => row['path']);
    assert.ok(written.length < 25);
    assert.deepEqual(
      readdirSync(out)
        .filter((name) => name.endsWith('.png'))
        .sort(),
      written.sort(),
    );
  });

  it('opens an OME-TIFF from the context menu, and previews it, with a scale bar as the settings say', async () => {
    const settings = path.join(workspace, '.vscode', 'settings.json');
    mkdirSync(path.dirname(settings));
    const scaleBar = {
      'multiplexBatchExport.scaleBarColor': 'white',
      'multiplexBatchExport.scaleBarPlace': 'top-left',
    };
    writeFileSync(settings, JSON.stringify(scaleBar));
    await expandFolder(page, 'deep');
    await expandFolder(page, 'stacks');
    await explorerItem(page, '.vscode').waitFor();
    await chooseFromContextMenu(explorerItem(page, 'T2.ome.tiff'), 'Batch Export…');
    await panel.getByRole('heading', { name: 'stacks' }).waitFor();
    await panel.getByText('1 of 2 chosen').waitFor();
    await panel.getByRole('checkbox', { name: 'CD3' }).click();
    await panel.getByText('64 × 48 px, uint16, 2 µm per pixel, from OME metadata.').waitFor();
    await panel.getByText('64 × 48 px, full resolution, scale bar 10 µm').waitFor();
    await panel.getByRole('combobox', { name: 'Colour of the scale bar' }).filter({ hasText: 'white' }).waitFor();
    await panel.getByRole('combobox', { name: 'Place of the scale bar' }).filter({ hasText: 'top left' }).waitFor();
    rmSync(settings);
  });

  it('shows a draft from a level of a pyramid with a badge that says so, and then the exact picture without', async () => {
    await chooseFromContextMenu(explorerItem(page, 'pyramids'), 'Batch Export…');
    await panel.getByRole('heading', { name: 'pyramids' }).waitFor();
    await panel.getByRole('checkbox', { name: 'c', exact: true }).click();
    await panel.getByText('700 × 367 px, downsample 3; the export has downsample 1, scale bar 100 µm').waitFor();
    const badge = panel.locator('.picture').getByRole('status');
    await waitUntil('the exact picture of A', async () => (await badge.textContent()) === '');
    await badge.evaluate((element) => {
      const seen: (string | null)[] = [];
      new MutationObserver(() => seen.push(element.textContent)).observe(element, { childList: true });
      Object.assign(window, { seen });
    });
    const seen = (): Promise<unknown[]> => badge.evaluate(() => (window as unknown as { seen: string[] }).seen);
    await panel.getByRole('button', { name: 'Preview B', exact: true }).click();
    await waitUntil('the exact picture of B', async () => (await seen()).at(-1) === '');
    assert.deepEqual(await seen(), ['draft from level 1', '']);
  });

  it('cancels a job from the panel', async () => {
    await chooseFromContextMenu(explorerItem(page, 'copy'), 'Batch Export…');
    await panel.getByRole('heading', { name: 'copy' }).waitFor();
    await panel.getByRole('checkbox', { name: 'c', exact: true }).click();
    await panel.locator('.picture img').waitFor();
    await panel.getByRole('button', { name: 'Export 25 pictures' }).click();
    await panel.getByText(/Exporting: [1-9]/).waitFor();
    await panel.getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('Enter');
    await panel.getByText(/Stopped: .* cancelled/).waitFor();
    assert.ok(existsSync(path.join(workspace, 'more', 'copy', 'exports', 'manifest.csv')));
  });

  it('goes on with a job when the window is reloaded, and finds it again', async () => {
    await choose('What happens to existing pictures', 'are replaced');
    await panel.getByRole('button', { name: 'Export 25 pictures' }).click();
    await panel.getByText(/Exporting: [1-9]/).waitFor();
    await reloadWindow();
    await panel.getByRole('heading', { name: 'copy' }).waitFor();
    await panel.getByText('Done: 25 of 25 written').waitFor();
  });

  it('follows the light and the high-contrast theme', async () => {
    for (const [setting, name] of [
      ['Default Dark Modern', 'dark'],
      ['Default Light Modern', 'light'],
      ['Default High Contrast', 'high-contrast'],
    ]) {
      await runCommand(page, 'Preferences: Color Theme');
      await page.locator('.quick-input-widget:visible input.input').fill(setting.replace('Default ', ''));
      await page.locator('.quick-input-widget:visible .monaco-list-row').first().click();
      const kind = `vscode-${name}`;
      await panel.locator(`body.${kind}`).waitFor();
      await screenshot(`panel-${name}`);
    }
  });

  it('used no network but this machine', () => {
    assert.deepEqual(session.browser.externalRequests, []);
  });
});
