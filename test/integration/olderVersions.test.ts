import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { version } from '../../package.json';
import { restoreForm } from '../../src/webview/form';
import type { HostState } from '../../src/webview/protocol';
import { toRecipe } from '../../src/webview/toRecipe';
import { readManifest } from '../support/dataset';
import { copyOfVersion, olderVersions } from '../support/olderVersion';
import { eventsOf, runCli } from '../support/runCli';

const pictures = ['png', 'jpg', 'tiff', 'webp', 'pdf', 'svg', 'ome.tiff'].map((extension) => `A.${extension}`);

for (const older of olderVersions) {
  describe(`what version ${older} wrote`, function () {
    this.timeout(120_000);
    let folder: string;
    const at = (...parts: string[]): string => path.join(folder, ...parts);
    const pictureBytes = (output: string): Map<string, string> =>
      new Map(
        readdirSync(at(output))
          .filter((name) => /\.(png|pdf)$/.test(name))
          .map((name) => [name, readFileSync(at(output, name), 'latin1')]),
      );

    beforeEach(() => {
      folder = copyOfVersion(older);
    });

    it('a job that ended stays as it is when it is resumed', () => {
      const before = pictureBytes('done');
      const manifest = readFileSync(at('done', 'manifest.csv'), 'utf8');
      const status = runCli('status', at('done'));
      assert.deepEqual([status.exitCode, /4 planned, 4 written/.test(status.stdout)], [0, true], status.stdout);
      const resumed = runCli('resume', at('done'));
      assert.equal(resumed.exitCode, 0, resumed.stderr);
      assert.doesNotMatch(resumed.stderr, /version/);
      assert.deepEqual(pictureBytes('done'), before);
      assert.equal(readFileSync(at('done', 'manifest.csv'), 'utf8'), manifest);
    });

    it('a job that was stopped goes on; what is made now is said, and what was made stays', () => {
      const before = pictureBytes('half');
      assert.equal(before.size, 2);
      const resumed = runCli('resume', at('half'), '--json');
      assert.equal(resumed.exitCode, 0, resumed.stderr);
      const events = eventsOf(resumed);
      assert.deepEqual(
        events.filter(({ event }) => event === 'problem').map(({ code }) => code),
        ['VersionDiffers'],
      );
      const [problem] = events.filter(({ event }) => event === 'problem').map(({ message }) => String(message));
      assert.match(
        problem,
        new RegExp(`planned by version 0\\.1\\.0; .* 6 of its items, .* made by version ${version}`),
      );
      const rows = readManifest(at('half'));
      assert.deepEqual(
        rows.map(({ item, outcome, note }) => [item, outcome, note.includes(`made by version ${version}, planned by`)]),
        ['A:1', 'A:2', 'A:3', 'A:4', 'B:1', 'B:2', 'B:3', 'B:4'].map((id, i) => [id, 'written', i >= 2]),
      );
      const after = pictureBytes('half');
      for (const [name, bytes] of before) assert.equal(after.get(name), bytes, name);
    });

    it('pictures are made anew where only what differs is made: their text names another version', () => {
      const args = ['--dataset', at('dataset'), '--out', at('rois'), '--overwrite', 'changed', '--json'];
      const again = runCli('run', at('recipes', 'rois.export.json'), ...args);
      assert.equal(again.exitCode, 0, again.stderr);
      assert.deepEqual(
        eventsOf(again).flatMap(({ event, outcome }) => (event === 'item' ? [outcome] : [])),
        ['written', 'written'],
      );
    });

    for (const picture of pictures) {
      const isRaster = /\.(png|jpg|webp|tiff)$/.test(picture);
      it(`${picture} says how it was made, and is made again${isRaster ? ' with the same pixels' : ''}`, async () => {
        const inspected = runCli('inspect', at('pictures', picture), '--json');
        assert.equal(inspected.exitCode, 0, inspected.stderr);
        assert.match(inspected.stdout, /"DNA"/);
        const run = runCli('run', at('pictures', picture), '--dataset', at('dataset'), '--out', at('again'));
        assert.equal(run.exitCode, 0, run.stderr);
        if (isRaster) assert.deepEqual(await pixelsOf(at('again', picture)), await pixelsOf(at('pictures', picture)));
      });
    }

    it('a gallery says how it was made, and is made again', () => {
      const inspected = runCli('inspect', at('done', 'gallery.pdf'));
      assert.equal(inspected.exitCode, 0, inspected.stderr);
      const run = runCli('run', at('done', 'gallery.pdf'), '--dataset', at('dataset'), '--out', at('again'));
      assert.equal(run.exitCode, 0, run.stderr);
      assert.deepEqual([...pictureBytes('again').keys()].sort(), [...pictureBytes('done').keys()].sort());
    });

    for (const mode of ['fovs', 'cells', 'rois']) {
      it(`the recipe of ${mode} runs, with the marker set, palette and ROIs that were saved`, async () => {
        const recipe = at('recipes', `${mode}.export.json`);
        const run = runCli('run', recipe, '--dataset', at('dataset'), '--out', at('again'));
        assert.equal(run.exitCode, 0, run.stderr);
        const output = { fovs: 'pictures', cells: 'done', rois: 'rois' }[mode]!;
        for (const name of readdirSync(at(output)).filter((file) => file.endsWith('.png'))) {
          assert.deepEqual(await pixelsOf(at('again', name)), await pixelsOf(at(output, name)), name);
        }
      });
    }

    it('a panel has its settings again', () => {
      const text = readFileSync(at('panel.json'), 'utf8').replaceAll('{folder}', folder);
      const kept = JSON.parse(text) as { state: HostState; form: Parameters<typeof restoreForm>[0]; recipe: unknown };
      const dataset = kept.state.dataset!;
      const form = restoreForm(kept.form, { ...kept.state, datasetId: 'second opening' }, dataset);
      assert.deepEqual(toRecipe(form, dataset), { recipe: kept.recipe });
    });
  });
}

/** Of the top left: what is written on the picture and the picture itself; legends below it may be laid out anew. */
const shown = { left: 0, top: 0, width: 48, height: 48 };

async function pixelsOf(file: string): Promise<{ readonly size: number[]; readonly pixels: string }> {
  const { height } = await sharp(file).metadata();
  const image = height > shown.height ? sharp(file).extract(shown) : sharp(file);
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { size: [info.width, info.height, info.channels], pixels: data.toString('base64') };
}
