import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FrameLocator, Page } from 'playwright-core';
import { makeSample } from '../../sample/makeSample';
import { answerFileDialog } from '../harness/fileDialog';
import { assertPreview } from './previewPixels';
import { artifactsDirectory } from '../harness/project';
import { chooseFromContextMenu, expandFolder, explorerItem, runCommand, webviewFrame } from '../harness/workbench';
import { startWorkbenchSession, type WorkbenchSession } from '../harness/workbenchSession';
import { readManifest } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

/** Pictures that the command line made give the panel their settings back, by every door. */
describe('settings of pictures in the panel', () => {
  let session: WorkbenchSession;
  let page: Page;
  let panel: FrameLocator;
  let workspace: string;
  let sample: string;
  let pictures: string;

  const made = (mode: string, ...flags: string[]): void => {
    const { exitCode, stderr } = runCli(mode, sample, ...flags, '--overwrite', 'always', '--out', pictures);
    assert.equal(exitCode, 0, stderr);
  };

  before(async () => {
    workspace = temporaryFolder();
    sample = path.join(workspace, 'sample');
    await makeSample(sample);
    // Not beside the dataset, where a TIFF makes another one.
    pictures = path.join(sample, 'figures');
    made(
      ...([
        'fovs',
        '--fov',
        'Tumor_margin',
        '--channel',
        'SMA=#12ab34:p2:p99.5',
        '--channel',
        'DNA=red:3:150',
      ] as const),
      ...['--mask', 'whole_cell,mode=fill,color=by:cell_type,alpha=0.4', '--mask', 'nuclear,color=cyan,width=2px'],
      ...['--downsample', '2', '--scale-bar', '50um', '--title', 'From {fov}', '--legend', 'on'],
    );
    made('cells', '--marker-set', 'Immune', '--labels', 'Tumor_core:40', '--size', '60px', '--format', 'png', '--format', 'pdf'); // prettier-ignore
    made('rois', '--marker-set', 'Immune', '--roi', 'Germinal centre', '--draw-shape', '--format', 'tiff');
    session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace });
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

  const field = (name: string): Promise<string> => panel.getByRole('textbox', { name, exact: true }).inputValue();
  const isOn = async (name: string): Promise<boolean> =>
    (await panel.getByRole('checkbox', { name, exact: true }).getAttribute('aria-checked')) === 'true';

  /** Drops a file with these bytes, or the address of one, on the page, as a browser tells it. */
  async function drop(file: { name: string; bytes: Buffer } | { uri: string }): Promise<void> {
    const content = 'uri' in file ? file : { name: file.name, base64: file.bytes.toString('base64') };
    await panel.locator('#panel').evaluate((target, dropped) => {
      const dataTransfer = new DataTransfer();
      if ('uri' in dropped) dataTransfer.setData('text/uri-list', dropped.uri);
      else {
        const bytes = Uint8Array.from(atob(dropped.base64), (character) => character.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], dropped.name));
      }
      // With the Shift key, which lets VS Code leave it to the page.
      const event = { bubbles: true, cancelable: true, shiftKey: true, dataTransfer };
      const isTaken = !target.dispatchEvent(new DragEvent('dragover', event));
      if (!isTaken) throw new Error('the page does not take what is dragged over it');
      target.dispatchEvent(new DragEvent('drop', event));
    }, content);
  }

  const told = (text: string | RegExp): Promise<void> => panel.getByRole('alert').filter({ hasText: text }).first().waitFor(); // prettier-ignore

  it('a picture that is dropped on the panel: its form, and its preview, pixel by pixel', async () => {
    await runCommand(page, 'Multiplex Batch Export: Open');
    await panel.getByText('2 FOVs, 1543 cells, 5 ROIs').waitFor();
    const file = path.join(pictures, 'Tumor_margin.png');
    await drop({ name: 'anything.png', bytes: readFileSync(file) });
    await told('Loaded the settings of anything.png.');
    await panel.getByText('1 of 2 chosen').waitFor();
    await assertPreview(page, panel, file);
    const channels = ['DNA', 'SMA', 'PanCK', 'CD8'];
    assert.deepEqual(await Promise.all(channels.map(isOn)), [true, true, false, false]);
    assert.deepEqual([await field('Low contrast limit of DNA'), await field('High contrast limit of DNA')], ['3', '150']); // prettier-ignore
    const high = Number(await field('High contrast limit of SMA'));
    assert.ok(high > 0, 'the percentile as a number');
    assert.equal(await panel.getByLabel('Colour of SMA').inputValue(), '#12ab34');
    assert.deepEqual([await isOn('whole_cell'), await isOn('nuclear')], [true, true]);
    assert.deepEqual([await field('Opacity of whole_cell in percent'), await field('Width of nuclear outlines in pixels')], ['40', '2']); // prettier-ignore
    const title = panel.getByRole('textbox', { name: 'Title', exact: true }).filter({ visible: true });
    assert.equal(await title.inputValue(), 'From {fov}');
    await page.screenshot({ path: path.join(artifactsDirectory, 'settings-of-a-picture.png') });
  });

  it('the same picture is exported from there, byte for byte', async () => {
    await panel.getByRole('button', { name: 'Export 1 picture' }).click();
    await panel.getByText('Done: 1 of 1 written').waitFor();
    const [row] = readManifest(path.join(sample, 'exports'));
    const exported = readFileSync(path.join(sample, 'exports', row['path']));
    assert.ok(exported.equals(readFileSync(path.join(pictures, 'Tumor_margin.png'))));
  });

  it('what holds no settings is said, and changes nothing', async () => {
    for (const [
      name,
      bytes,
      message,
    ] of [
      ['notes.txt', 'hello', /Expected a picture that Multiplex Batch Export made, or a recipe NAME\.export\.json, but found notes\.txt\./],
      ['other.png', 'hello', /but other\.png does not say how it was made\./],
      ['odd.export.json', '{', /Expected JSON in odd\.export\.json/],
    ] as const /* prettier-ignore */) {
      await drop({ name, bytes: Buffer.from(bytes) });
      await told(message);
      assert.equal(await isOn('SMA'), true);
    }
    await drop({ uri: 'https://example.org/a.png' });
    await told(/Expected a file on disk, but https:\/\/example\.org\/a\.png is elsewhere\./);
  });

  it('a picture from VS Code’s own explorer, which says where it is', async () => {
    await drop({ uri: pathToFileURL(path.join(pictures, 'Tumor_core_cell_40.png')).href });
    await told('Loaded the settings of Tumor_core_cell_40.png.');
    await panel.getByText(/^1 cell of \d+ that match chosen$/).waitFor();
    await assertPreview(page, panel, path.join(pictures, 'Tumor_core_cell_40.png'));
  });

  it('a picture that is chosen from the context menu', async () => {
    const name = 'Tumor_margin_roi_Germinal_centre.tiff';
    await expandFolder(page, 'sample');
    await expandFolder(page, 'figures');
    await chooseFromContextMenu(explorerItem(page, name), 'Batch Export: Load Settings of This File');
    await told(`Loaded the settings of ${name}.`);
    await assertPreview(page, panel, path.join(pictures, name));
    assert.equal(await isOn('Draw shapes'), true);
  });

  it('a picture that is chosen in a dialog', async () => {
    await panel.getByRole('button', { name: 'Load Settings…' }).click();
    await answerFileDialog(page, path.join(pictures, 'Tumor_core_cell_40.pdf'), 'Choose');
    await told('Loaded the settings of Tumor_core_cell_40.pdf.');
    await assertPreview(page, panel, path.join(pictures, 'Tumor_core_cell_40.png'));
  });

  it('a gallery: the settings of its batch', async () => {
    const flags = ['--marker-set', 'Immune', '--where', 'area > 150', '--sample', '6', '--seed', '5', '--size', '40px'];
    made('cells', ...flags, '--gallery', '3x2');
    await drop({ name: 'gallery.pdf', bytes: readFileSync(path.join(pictures, 'gallery.pdf')) });
    await told('Loaded the settings of gallery.pdf.');
    assert.equal(await field('Filter'), 'area > 150');
    assert.deepEqual([await field('Size of the random sample'), await field('Seed of the random sample')], ['6', '5']);
    assert.deepEqual([await field('Rows of the gallery'), await field('Columns of the gallery')], ['3', '2']);
    await panel.getByRole('button', { name: 'Export 6 pictures' }).waitFor();
  });

  it('settings that are saved run on the command line, and can be opened again', async () => {
    await drop({ name: 'again.png', bytes: readFileSync(path.join(pictures, 'Tumor_margin.png')) });
    await told('Loaded the settings of again.png.');
    await panel.getByRole('button', { name: 'Save Settings…' }).click();
    const file = path.join(workspace, 'mine.export.json');
    await answerFileDialog(page, file, 'OK');
    await told('Saved the settings as mine.export.json.');
    const out = temporaryFolder();
    const { exitCode, stderr } = runCli('run', file, '--dataset', sample, '--out', out);
    assert.equal(exitCode, 0, stderr);
    assert.ok(readFileSync(path.join(out, 'Tumor_margin.png')).equals(readFileSync(path.join(pictures, 'Tumor_margin.png')))); // prettier-ignore
    const changed = { ...(JSON.parse(readFileSync(file, 'utf8')) as object), downsample: 5, fovs: ['Tumor_c*'] };
    writeFileSync(file, JSON.stringify(changed));
    await drop({ uri: pathToFileURL(file).href });
    await told('Loaded the settings of mine.export.json.');
    await panel.getByText('1 of 2 chosen').waitFor();
    assert.equal(await field('Downsample: full-resolution pixels per pixel of the picture'), '5');
  });
});
