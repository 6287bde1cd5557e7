import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeSample } from '../../sample/makeSample';
import { plane, smallDataset, writePlane } from '../support/dataset';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

interface Inspection {
  readonly fovs: {
    readonly name: string;
    readonly widthPx: number;
    readonly heightPx: number;
    readonly sampleTypes: string[];
    readonly pixelSizeUm?: number;
    readonly pixelSizeFrom?: string;
    readonly channels: string[];
    readonly masks: string[];
    readonly annotations: string[];
  }[];
  readonly markerSets: { readonly name: string }[];
  readonly cellTable?: { readonly rows: number; readonly columns: string[] };
  readonly rois?: { readonly rois: readonly { readonly name: string; readonly region: object }[] };
  readonly problems: { readonly code: string; readonly message: string }[];
}

function inspect(folder: string, ...flags: string[]): Inspection {
  const result = runCli('inspect', folder, '--json', ...flags);
  assert.equal(result.exitCode, 0, result.stderr);
  return JSON.parse(result.stdout) as Inspection;
}

describe('batch-export inspect', () => {
  it('describes the sample dataset', async () => {
    const folder = path.join(temporaryFolder(), 'dataset');
    await makeSample(folder);
    const { fovs, markerSets, cellTable, rois, problems } = inspect(folder);
    assert.deepEqual(
      fovs.map(({ name, widthPx, heightPx, sampleTypes, pixelSizeUm, pixelSizeFrom }) => [
        name,
        widthPx,
        heightPx,
        sampleTypes[0],
        pixelSizeUm,
        pixelSizeFrom,
      ]),
      [
        ['Tumor_core', 512, 512, 'uint16', 0.5, 'imagej'],
        ['Tumor_margin', 640, 448, 'float32', 0.5, 'ome'],
      ],
    );
    assert.deepEqual(fovs[0].masks, ['nuclear', 'whole_cell']);
    assert.deepEqual(fovs[0].annotations, ['region']);
    assert.equal(markerSets[0].name, 'Tumour and T cells');
    assert.ok(cellTable && cellTable.rows > 1000 && cellTable.columns.includes('cell_type'));
    assert.equal(rois?.rois.length, 5);
    assert.deepEqual(problems, []);
  });

  it('lists the ROIs of a file, those with the tags that are meant, and refuses a file that is none', async () => {
    const folder = temporaryFolder();
    await makeSample(folder);
    const file = path.join(temporaryFolder(), 'rois.json');
    const box = { fov: 'Tumor_core', x: 10.5, y: -3, widthPx: 20, heightPx: 8 };
    const own = [
      { ...box, name: 'a', tags: ['good', 'figure1'] },
      { ...box, name: 'b', tags: ['good', 'excluded'] },
    ];
    writeFileSync(file, JSON.stringify({ version: 1, rois: own }));
    const listed = runCli('inspect', folder, '--rois', file, '--tags', 'good & !excluded', '--json');
    const { rois } = JSON.parse(listed.stdout) as { rois: { rois: { name: string; region: object }[] } };
    assert.deepEqual(
      rois.rois.map(({ name, region }) => [name, region]),
      [['a', { x: 10, y: -3, widthPx: 21, heightPx: 8 }]],
    );
    assert.match(
      runCli('inspect', folder, '--rois', file).stdout,
      /ROIs {9}2\n {2}a {2}Tumor_core, 21 × 8 px at 10, -3; tags good, figure1/,
    );
    writeFileSync(file, '%PDF-1.7');
    const refused = runCli('inspect', folder, '--rois', file);
    assert.deepEqual(
      [refused.exitCode, /^DatasetInvalid: .*rois\.json/.test(refused.stderr)],
      [2, true],
      refused.stderr,
    );
    // A broken state file of UELer keeps nobody from opening the dataset.
    writeFileSync(path.join(folder, '.UELer', 'roi_manager.csv'), '\0\0');
    const opened = runCli('inspect', folder);
    assert.deepEqual([opened.exitCode, /problem {6}DatasetInvalid: .*roi_manager\.csv/.test(opened.stdout)], [0, true]);
  });

  it('finds the same sample, byte for byte, for the same seed', async () => {
    const folders = [temporaryFolder(), temporaryFolder()];
    const fingerprints = [];
    for (const folder of folders) {
      await makeSample(folder, { seed: 7 });
      const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const names = files.map((file) => path.join(file.parentPath, file.name)).sort();
      fingerprints.push(names.map((name) => createHash('sha256').update(readFileSync(name)).digest('hex')).join());
    }
    assert.equal(fingerprints[0], fingerprints[1]);
  });

  it('sorts FOVs as a person does, and leaves out what is not a FOV', () => {
    const folder = temporaryFolder();
    for (const name of ['FOV_10', 'FOV_2', 'masks', 'annotations', 'exports', 'Segmentation', '.hidden']) {
      writePlane(
        path.join(folder, name, 'c.tif'),
        plane(4, 4, () => 1),
      );
    }
    mkdirSync(path.join(folder, 'done', '.batch-export-jobs'), { recursive: true });
    writePlane(
      path.join(folder, 'done', 'FOV_2.tif'),
      plane(4, 4, () => 1),
    );
    assert.deepEqual(
      inspect(folder).fovs.map((fov) => fov.name),
      ['FOV_2', 'FOV_10'],
    );
  });

  it('reads rescaled/ and TIFs/ in place of the folder itself', () => {
    const folder = temporaryFolder();
    writePlane(
      path.join(folder, 'A', 'raw.tif'),
      plane(4, 4, () => 1),
    );
    writePlane(
      path.join(folder, 'A', 'rescaled', 'a.tif'),
      plane(4, 4, () => 1),
    );
    writePlane(
      path.join(folder, 'B', 'TIFs', 'b.tiff'),
      plane(4, 4, () => 1),
    );
    assert.deepEqual(
      inspect(folder).fovs.map((fov) => fov.channels),
      [['a'], ['b']],
    );
  });

  it('gives a mask to the FOV with the longest name that fits, also from a folder per mask', () => {
    const folder = smallDataset(['A', 'A_1']);
    writePlane(
      path.join(folder, 'masks', 'nuclear', 'A.tif'),
      plane(60, 40, () => 1),
      {},
    );
    assert.deepEqual(
      inspect(folder).fovs.map((fov) => fov.masks),
      [['whole_cell', 'nuclear'], ['whole_cell']],
    );
  });

  it('leaves out a channel with two files, and says so', () => {
    const folder = smallDataset(['A']);
    writePlane(
      path.join(folder, 'A', 'DNA.tif'),
      plane(60, 40, () => 1),
    );
    const { fovs, problems } = inspect(folder);
    assert.deepEqual(fovs[0].channels, ['CD3']);
    assert.match(problems[0].message, /DNA\.tif and DNA\.tiff|DNA\.tiff and DNA\.tif/);
  });

  it('opens a dataset whose saved state is broken, and says what is wrong with it', () => {
    const folder = smallDataset(['A']);
    mkdirSync(path.join(folder, '.UELer'));
    writeFileSync(path.join(folder, '.UELer', 'widget_states.json'), '{"marker_sets": [');
    mkdirSync(path.join(folder, '.batch-export'));
    writeFileSync(
      path.join(folder, '.batch-export', 'marker-sets.json'),
      '{"version": 1, "markerSets": [{"name": "x", "channels": [{"channel": "DNA", "color": "bleu", "contrastLimits": [0, 1]}]}]}',
    );
    const { problems } = inspect(folder);
    assert.match(problems.map((problem) => problem.message).join('\n'), /"bleu" is not a colour[^]*Expected JSON/);
  });

  it('refuses a marker set file that the user named and that is wrong', () => {
    const file = path.join(temporaryFolder(), 'sets.json');
    writeFileSync(file, '{"version": 2}');
    const { exitCode, stderr } = runCli('inspect', smallDataset(['A']), '--marker-sets', file);
    assert.deepEqual([exitCode, /DatasetInvalid: .*sets\.json is not as expected/.test(stderr)], [2, true], stderr);
  });
});
