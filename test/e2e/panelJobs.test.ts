import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { encodeTiff } from '../support/encodeWhole';
import { artifactsDirectory } from '../harness/project';
import { chooseFromContextMenu, explorerItem, runCommand, webviewFrame } from '../harness/workbench';
import { startWorkbenchSession, type WorkbenchSession } from '../harness/workbenchSession';
import { plane, readManifest, writePlane } from '../support/dataset';
import { packagedExtension } from '../support/packagedExtension';
import { startCli } from '../support/runCli';
import { ended } from '../support/startedProcesses';
import { temporaryFolder } from '../support/temporaryFolder';
import { waitUntil } from '../support/waitUntil';

/** So many, made by one process, that a job is still running when a test has seen that it began. */
const fovCount = 50;
const slowly = { 'multiplexBatchExport.jobs': 1 };

/** What becomes of a job when its process dies, when an item fails, and when one is left for another dataset. */
describe('jobs in the panel', () => {
  let session: WorkbenchSession;
  let page: Page;
  let panel: FrameLocator;
  let workspace: string;

  before(async () => {
    workspace = temporaryFolder();
    const noise = plane(1300, 1300, (x, y) => (x * 31 + y * 17) % 401);
    for (const name of ['first', 'second']) {
      for (let i = 0; i < fovCount; i++) writePlane(path.join(workspace, name, `F${i}`, 'c.tif'), noise);
    }
    writeFileSync(path.join(workspace, 'note.txt'), 'what is shown in place of the panel');
    session = await startWorkbenchSession({ vsix: await packagedExtension(), folder: workspace, settings: slowly });
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

  async function open(name: string): Promise<void> {
    await chooseFromContextMenu(explorerItem(page, name), 'Batch Export…');
    await panel.getByRole('heading', { name }).waitFor();
    // The form of a dataset that was shown before comes back.
    const channel = panel.getByRole('checkbox', { name: 'c', exact: true });
    if (!(await channel.isChecked())) await channel.click();
    await panel.getByRole('textbox', { name: 'Low contrast limit of c' }).fill('0');
    await panel.getByRole('textbox', { name: 'High contrast limit of c' }).fill('400');
    const bar = panel.getByRole('combobox', { name: 'Scale bar', exact: true });
    await bar.click();
    await panel.getByRole('option', { name: 'none', exact: true }).click();
  }

  const start = (): Promise<void> => panel.getByRole('button', { name: `Export ${fovCount} pictures` }).click();

  async function startAgain(name: string): Promise<void> {
    await open(name);
    await panel.getByRole('combobox', { name: 'What happens to existing pictures' }).click();
    await panel.getByRole('option', { name: 'are replaced', exact: true }).click();
    await start();
    await panel.getByText(/Exporting: [1-9]/).waitFor();
  }

  function newestJob(name: string): string {
    const jobs = path.join(workspace, name, 'exports', '.batch-export-jobs');
    return path.join(jobs, readdirSync(jobs).sort().at(-1)!);
  }

  it('says before the start what it would make and cost', async () => {
    await open('first');
    const sentence = new RegExp(
      `${fovCount} files of ${fovCount} FOVs planned, 0 FOVs would fail; about [0-9.]+ MB, \\d+ s, \\d+ MiB of memory`,
    );
    await panel.getByText(sentence).waitFor();
    assert.equal(existsSync(path.join(workspace, 'first', 'exports')), false, 'nothing is written to find out');
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-preflight.png') });
  });

  it('goes on with a job whose process was killed', async () => {
    await start();
    await panel.getByText(/Exporting: [1-9]/).waitFor();
    const runner = JSON.parse(readFileSync(path.join(newestJob('first'), 'runner.json'), 'utf8')) as { pid: number };
    process.kill(runner.pid, 'SIGKILL');
    await panel.getByText(/Stopped: .* cancelled.*was killed, or the machine went down/).waitFor();
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-stopped.png') });
    await panel.getByRole('button', { name: 'Resume' }).click();
    await panel.getByText(`Done: ${fovCount} of ${fovCount} written`).waitFor();
    const outcomes = readManifest(path.join(workspace, 'first', 'exports')).map((row) => row['outcome']);
    assert.deepEqual(outcomes, Array<string>(fovCount).fill('written'));
  });

  it('lists a job that was left unfinished, when another dataset is open, and shows it', async () => {
    await open('second');
    await start();
    await panel.getByText(/Exporting: [1-9]/).waitFor();
    await panel.getByRole('button', { name: 'Cancel' }).click();
    await panel.getByText(/Stopped: .* cancelled/).waitFor();
    await open('first');
    await panel.getByText(/Unfinished in second\/exports: stopped: \d+ of \d+ pictures written, \d+ left/).waitFor();
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-unfinished.png') });
    await panel.getByRole('button', { name: 'Show the unfinished export into second/exports' }).click();
    await panel.getByText(/Stopped: .* Output: second\/exports/).waitFor();
    await panel.getByRole('button', { name: 'Resume' }).click();
    await panel.getByText(`Done: ${fovCount} of ${fovCount} written`).waitFor();
    assert.equal(await panel.getByText(/Unfinished in/).count(), 0);
  });

  it('shows what failed and why, and tries it again', async () => {
    await open('second');
    const file = path.join(workspace, 'second', 'F7', 'c.tif');
    const whole = readFileSync(file);
    // Its header is as it must be, so that only making the picture shows that its pixels are damaged.
    const samples = Uint16Array.from({ length: 1300 * 1300 }, (_, i) => (i * 7919) % 401);
    const image = { widthPx: 1300, heightPx: 1300, samplesPerPixel: 1, sampleType: 'uint16', samples } as const;
    const damaged = await encodeTiff([image]);
    damaged.fill(0xff, Math.floor(damaged.length / 2), Math.floor(damaged.length / 2) + 1000);
    writeFileSync(file, damaged);
    await panel.getByRole('combobox', { name: 'What happens to existing pictures' }).click();
    await panel.getByRole('option', { name: 'are replaced', exact: true }).click();
    await start();
    await panel.getByText(`Done: ${fovCount - 1} of ${fovCount} written, 1 failed`).waitFor();
    const row = panel.locator('.outcomes tr').filter({ hasText: 'F7' });
    await row.getByText(/Expected .*F7.*c\.tif/).waitFor();
    await panel.getByRole('combobox', { name: 'Items shown' }).click();
    await panel.getByRole('option', { name: 'failed', exact: true }).click();
    await panel.getByText('1 item', { exact: true }).waitFor();
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-failed.png') });
    writeFileSync(file, whole);
    await panel.getByRole('button', { name: 'Retry Failed' }).click();
    await panel.getByText(`Done: ${fovCount} of ${fovCount} written`).waitFor();
    await panel.getByText('0 items', { exact: true }).waitFor();
  });

  it('finds a running job again after the window was reloaded, with its pace', async () => {
    await startAgain('first');
    await panel.getByText(/Exporting: [1-9].* per second, about \d+ s left/).waitFor();
    const reloaded = page.waitForEvent('load');
    await runCommand(page, 'Developer: Reload Window');
    await reloaded;
    await panel.getByText(`Done: ${fovCount} of ${fovCount} written`).waitFor();
  });

  it('goes on while no window is connected, and is found when one is', async () => {
    await startAgain('second');
    const url = page.url();
    await page.goto('about:blank');
    const runner = path.join(newestJob('second'), 'runner.json');
    await waitUntil('the end of the job', () => readFileSync(runner, 'utf8').includes('endedAt'));
    const outcomes = readManifest(path.join(workspace, 'second', 'exports')).map((row) => row['outcome']);
    assert.deepEqual(outcomes, Array<string>(fovCount).fill('written'));
    await page.goto(url);
    await panel.getByText(`Done: ${fovCount} of ${fovCount} written`).waitFor();
  });

  it('goes on when the extension host crashes, and is found when VS Code has started another', async () => {
    await startAgain('first');
    const hosts = [...session.server.log().matchAll(/<(\d+)> Launched Extension Host Process/g)];
    process.kill(Number(hosts.at(-1)![1]), 'SIGKILL');
    await panel.getByText(/extensions do not answer/).waitFor();
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-orphan.png') });
    await panel.getByRole('link', { name: 'open the panel again' }).click();
    await panel.getByText(`Done: ${fovCount} of ${fovCount} written`).waitFor();
    assert.equal(await page.locator('.tabs-container .tab').filter({ hasText: 'Batch Export' }).count(), 1);
    const outcomes = readManifest(path.join(workspace, 'first', 'exports')).map((row) => row['outcome']);
    assert.deepEqual(outcomes, Array<string>(fovCount).fill('written'));
  });

  it('is opened again by a click that came before VS Code has started another extension host', async () => {
    await startAgain('second');
    const hosts = [...session.server.log().matchAll(/<(\d+)> Launched Extension Host Process/g)];
    const dying = Number(hosts.at(-1)![1]);
    // What it is told from now on is lost.
    process.kill(dying, 'SIGSTOP');
    await panel.getByRole('link', { name: 'open the panel again' }).click();
    await panel.getByText(/the panel is opened again as soon as VS Code has started/).waitFor();
    await page.screenshot({ path: path.join(artifactsDirectory, 'panel-asked.png') });
    // The page goes away with its tab, and another one comes: the wish stays.
    await explorerItem(page, 'note.txt').dblclick();
    await page.getByRole('tab', { name: 'note.txt' }).waitFor();
    await page.getByRole('tab', { name: /Batch Export/ }).click();
    await panel.getByText(/the panel is opened again as soon as VS Code has started/).waitFor();
    process.kill(dying, 'SIGKILL');
    await panel.getByText(`Done: ${fovCount} of ${fovCount} written`).waitFor();
    assert.equal(await page.locator('.tabs-container .tab').filter({ hasText: 'Batch Export' }).count(), 1);
    await page.getByRole('tab', { name: 'note.txt' }).click();
    await runCommand(page, 'View: Close Editor');
  });

  it('lists a job that the command line left in another folder of the workspace, and finishes it', async () => {
    const out = path.join(workspace, 'figures', 'night');
    const flags = ['--channel', 'c=green:0:400', '--scale-bar', 'off', '--rate', '2/s', '--json'];
    const job = startCli('fovs', path.join(workspace, 'second'), ...flags, '--out', out);
    await once(job.stdout!, 'data');
    job.kill('SIGINT');
    await ended(job);
    assert.equal(job.exitCode, 130);
    // It is looked for when a dataset is opened.
    await open('first');
    await panel.getByText(/Unfinished in figures\/night: stopped: \d+ of \d+ pictures written, \d+ left/).waitFor();
    await panel.getByRole('button', { name: 'Show the unfinished export into figures/night' }).click();
    await panel.getByText(/Stopped: .* Output: figures\/night/).waitFor();
    await panel.getByRole('button', { name: 'Resume' }).click();
    await panel.getByText(`Done: ${fovCount} of ${fovCount} written`).waitFor();
    const outcomes = readManifest(out).map((row) => row['outcome']);
    assert.deepEqual(outcomes, Array<string>(fovCount).fill('written'));
  });
});
