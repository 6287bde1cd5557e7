import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { artifactsDirectory } from '../harness/project';
import { runCommand, webviewFrame } from '../harness/workbench';
import { startWorkbenchSession } from '../harness/workbenchSession';
import { realDataFolder } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';
import { waitUntil } from '../support/waitUntil';

const datasets = [
  { name: 'mibi_tnbc_fov8', channels: ['HH3', 'PanKeratin', 'CD45'], pixelSizeUm: '0.390625' },
  { name: 'imc_pancreas', channels: ['H3', 'CDH', 'CD99'], pixelSizeUm: '1' },
];

describe('real datasets: the panel writes the bytes that the command line writes', () => {
  const data = realDataFolder();

  for (const { name, channels, pixelSizeUm } of datasets) {
    it(name, async function () {
      if (!data) return skipWithout('the real data (MBE_DATA)', this);
      const workspace = path.join(temporaryFolder(), name);
      cpSync(path.join(data, 'assembled', name), workspace, { recursive: true });
      const session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace });
      try {
        const { page } = session;
        await runCommand(page, 'Multiplex Batch Export: Open');
        const panel = webviewFrame(page);
        await panel.getByRole('textbox', { name: /^Pixel size/ }).fill(pixelSizeUm);
        const flags: string[] = [];
        for (const channel of channels) {
          await panel.getByRole('checkbox', { name: channel, exact: true }).click();
          const limit = (which: string): Promise<string> =>
            panel.getByRole('textbox', { name: `${which} contrast limit of ${channel}`, exact: true }).inputValue();
          await waitUntil('contrast limits', async () => (await limit('High')) !== '');
          const color = await panel.getByLabel(`Colour of ${channel}`, { exact: true }).inputValue();
          flags.push('--channel', `${channel}=${color}:${await limit('Low')}:${await limit('High')}`);
        }
        await panel.getByRole('checkbox', { name: 'whole_cell' }).click();
        await panel.locator('.picture img').waitFor();
        await panel.locator('#start').click();
        await panel.getByText(/Done: (\d+) of \1 written/).waitFor();
        mkdirSync(artifactsDirectory, { recursive: true });
        await page.screenshot({ path: path.join(artifactsDirectory, `panel-${name}.png`) });

        const out = temporaryFolder();
        // The panel lists channels as the dataset does; the order changes no pixel, but the sums of floats in their last bits.
        const inOrder = flags
          .filter((flag) => flag !== '--channel')
          .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
        const result = runCli(
          'fovs',
          workspace,
          ...inOrder.flatMap((flag) => ['--channel', flag]),
          '--mask',
          'whole_cell',
          '--pixel-size',
          pixelSizeUm,
          '--out',
          out,
        );
        assert.equal(result.exitCode, 0, result.stderr);
        const pictures = readdirSync(out).filter((file) => file.endsWith('.png'));
        assert.ok(pictures.length > 0);
        for (const file of [...pictures, 'manifest.csv']) {
          const fromPanel = readFileSync(path.join(workspace, 'exports', file));
          assert.ok(fromPanel.equals(readFileSync(path.join(out, file))), `${file} differs`);
        }
      } catch (error) {
        await session.saveEvidence(name);
        throw error;
      } finally {
        await session.stop();
      }
    });
  }
});
