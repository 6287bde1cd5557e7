import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { importUeler } from '../../src/core/import/importUeler';
import { openDataset } from '../../src/core/read/openDataset';
import { roiRegion } from '../../src/core/select/roiRegion';
import { smallDataset } from '../support/dataset';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';
import { contentsOf, exportConfig, maskColors, writeUeler, writeUelerState } from '../support/uelerState';

function dataset(): string {
  const folder = smallDataset(['A', 'B']);
  writeUelerState(folder);
  return folder;
}

const own = (folder: string, name: string): string => path.join(folder, '.batch-export', name);
const read = (folder: string, name: string): string => readFileSync(own(folder, name), 'utf8');

function write(folder: string, name: string, content: string): void {
  mkdirSync(path.dirname(own(folder, name)), { recursive: true });
  writeFileSync(own(folder, name), content);
}

describe('importing from UELer', () => {
  it('writes what UELer saved into files of our own, and says what became of each thing', async () => {
    const folder = dataset();
    const before = contentsOf(path.join(folder, '.UELer'));
    const { imported, replaced, kept, leftOut, files, notes } = await importUeler(folder);
    assert.deepEqual([imported, replaced, kept, leftOut], [9, 0, 0, 2]);
    assert.deepEqual(files, [
      '.batch-export/marker-sets.json',
      '.batch-export/palettes/cd3-level.mask.json',
      '.batch-export/palettes/cell-types.mask.json',
      '.batch-export/palettes/regions.annotation.json',
      '.batch-export/dataset.json',
      '.batch-export/rois.json',
      '.batch-export/recipes/my-figure-1.export.json',
    ]);
    assert.deepEqual(notes, ['The pixel size, 0.39 µm, is the one that UELer starts with; check that it is yours.']);
    assert.deepEqual(contentsOf(path.join(folder, '.UELer')), before);
  });

  it('gives files their schema first, a version, stable keys, and no absolute path', async () => {
    const folder = dataset();
    await importUeler(folder);
    assert.equal(
      read(folder, 'marker-sets.json'),
      `{
  "$schema": "multiplex-batch-export:/marker-sets.schema.json",
  "version": 1,
  "markerSets": [
    {
      "name": "T cells",
      "channels": [
        {
          "channel": "DNA",
          "color": "#0000ff",
          "contrastLimits": [5, 500]
        },
        {
          "channel": "CD3",
          "color": "#ff0000",
          "contrastLimits": [0, 0.5]
        }
      ]
    }
  ]
}
`,
    );
    assert.equal(
      read(folder, 'palettes/regions.annotation.json'),
      `{
  "$schema": "multiplex-batch-export:/palette.schema.json",
  "version": 1,
  "name": "regions",
  "annotation": "region",
  "colors": {
    "0": "#000000",
    "1": "#ff0000"
  },
  "names": {
    "0": "outside",
    "1": "tumor"
  },
  "otherColor": "#a0a0a0"
}
`,
    );
    assert.equal(
      read(folder, 'dataset.json'),
      '{\n  "$schema": "multiplex-batch-export:/dataset.schema.json",\n  "version": 1,\n  "pixelSizeUm": 0.39\n}\n',
    );
    for (const [name, text] of contentsOf(path.join(folder, '.batch-export'))) {
      assert.equal(text.includes(folder) || text.includes('/gone'), false, name);
    }
  });

  it('writes ROIs with all that they say of themselves', async () => {
    const folder = dataset();
    await importUeler(folder);
    const { rois } = JSON.parse(read(folder, 'rois.json')) as { rois: unknown[] };
    assert.deepEqual(rois, [
      {
        id: 'r1',
        name: 'front',
        fov: 'A',
        x: 10.4,
        y: 20.7,
        widthPx: 50.5,
        heightPx: 49.5,
        tags: ['good', 'figure 1'],
        markerSet: 'T cells',
        annotationPalette: 'regions',
        maskColorSet: 'cell types',
        maskVisibility: { whole_cell: false },
        comment: 'see, here',
      },
      {
        id: 'r2',
        name: '',
        fov: 'B',
        x: 6,
        y: 6,
        widthPx: 58,
        heightPx: 48,
        points: [
          [10, 10],
          [60, 10.46],
          [30, 50],
        ],
        markerSet: { channels: ['DNA', 'CD3'] },
      },
      {
        id: 'r3',
        name: 'path',
        fov: 'A',
        x: -6.1,
        y: 6,
        // So that x + widthPx is just the table's 64.3.
        widthPx: 70.39999999999999,
        heightPx: 48,
        points: [
          [10, 10],
          [60, 10.46],
        ],
        closed: false,
      },
    ]);
  });

  it('keeps the pixels of every box, whatever its fractions', async () => {
    const folder = smallDataset(['A']);
    const sides = [
      [-0.1, 4],
      [-0.2, 0.6],
      [10.4, 60.9],
      [-1000.3, 0.1],
      [1 / 3, 70],
      [5, 5.000001],
      [-1.001, 63],
      [-9 / 7, 7],
    ];
    const rows = sides.flatMap(([xMin, xMax]) => sides.map(([yMin, yMax]) => ['A', xMin, xMax, yMin, yMax].join()));
    writeUeler(folder, 'roi_manager.csv', `fov,x_min,x_max,y_min,y_max\n${rows.join('\n')}\n`);
    const regions = async (): Promise<unknown[]> => (await openDataset(folder)).rois!.rois.map(roiRegion);
    const theirs = await regions();
    assert.equal(theirs.length, 64);
    assert.deepEqual(theirs[0], { x: -1, y: -1, widthPx: 5, heightPx: 5 });
    assert.equal((await importUeler(folder)).imported, 64);
    assert.deepEqual(await regions(), theirs);
  });

  it('is read back as the same thing, and first', async () => {
    const folder = dataset();
    const theirs = await openDataset(folder);
    await importUeler(folder);
    const ours = await openDataset(folder);
    assert.deepEqual(
      ours.markerSets.map(({ name, channels, origin }) => [name, channels, origin]),
      theirs.markerSets.map(({ name, channels }) => [name, channels, 'project']),
    );
    assert.deepEqual(ours.palettes, theirs.palettes);
    assert.deepEqual(ours.fallbackPixelSize, { um: 0.39, origin: 'dataset' });
    assert.deepEqual(theirs.fallbackPixelSize, { um: 0.39, origin: 'ueler' });
    assert.equal(ours.rois?.file, own(folder, 'rois.json'));
    assert.equal(theirs.rois?.file, path.join(folder, '.UELer', 'roi_manager.csv'));
    assert.deepEqual(ours.rois?.rois, theirs.rois?.rois);
    assert.equal(theirs.rois?.rois.length, 3);
    assert.deepEqual(
      ours.palettes.find(({ name }) => name === 'CD3 level'),
      {
        name: 'CD3 level',
        kind: 'mask',
        madeFor: 'CD3',
        colors: {},
        continuous: { colorMap: 'magma', range: [0, 8], arcsinhCofactor: 2 },
        otherColor: '#a0a0a0',
        style: { fills: [{ alpha: 1 }], border: { alpha: 0.8, color: 'classes' } },
      },
    );
  });

  it('writes nothing in a dry run, and changes nothing when it is done twice', async () => {
    const folder = dataset();
    const planned = await importUeler(folder, { dryRun: true });
    assert.equal(existsSync(path.join(folder, '.batch-export')), false);
    const done = await importUeler(folder);
    assert.deepEqual(planned, done);
    const written = contentsOf(folder);
    for (const overwrite of [false, true]) {
      const again = await importUeler(folder, { overwrite });
      assert.deepEqual([again.imported, again.replaced, again.kept, again.files], [0, 0, 9, []]);
      assert.deepEqual(new Set(again.entries.map(({ reason }) => reason)).has('it is there already'), true);
      assert.deepEqual(contentsOf(folder), written);
    }
  });

  it('keeps what is ours and of the same name, unless told to replace it, and loses nothing', async () => {
    const folder = dataset();
    const mine = '{"name": "Mine", "channels": [{"channel": "DNA", "color": "red", "contrastLimits": [0, 1]}]}';
    write(folder, 'marker-sets.json', `{"version": 1, "markerSets": [${mine.replace('Mine', 'T cells')}, ${mine}]}`);
    write(folder, 'palettes/other.mask.json', '{"name": "cell types", "column": "type", "colors": {"X": "red"}}');
    write(folder, 'dataset.json', '{"version": 1, "pixelSizeUm": 0.5}');
    write(
      folder,
      'rois.json',
      '{"version": 1, "rois": [{"id": "r1", "name": "mine", "fov": "A", "x": 1, "y": 2, "widthPx": 3, "heightPx": 4}]}',
    );
    const first = await importUeler(folder);
    assert.deepEqual([first.imported, first.kept], [5, 4]);
    const kept = first.entries.filter(({ outcome }) => outcome === 'kept');
    assert.deepEqual(
      kept.map(({ kind, name, reason }) => [kind, name, reason]),
      [
        ['marker set', 'T cells', 'ours is different'],
        ['mask palette', 'cell types', 'ours is different'],
        ['pixel size', '0.39 µm', 'ours is different'],
        ['ROI', 'front', 'ours is different'],
      ],
    );
    let rois = (JSON.parse(read(folder, 'rois.json')) as { rois: { id: string; name: string }[] }).rois;
    assert.deepEqual(
      rois.map(({ id, name }) => [id, name]),
      [
        ['r1', 'mine'],
        ['r2', ''],
        ['r3', 'path'],
      ],
    );
    assert.equal(existsSync(own(folder, 'palettes/cell-types.mask.json')), false);

    const second = await importUeler(folder, { overwrite: true });
    assert.deepEqual([second.imported, second.replaced, second.kept], [0, 4, 5]);
    const sets = JSON.parse(read(folder, 'marker-sets.json')) as { markerSets: { name: string }[] };
    assert.deepEqual(
      sets.markerSets.map(({ name }) => name),
      ['T cells', 'Mine'],
    );
    // As the user wrote it.
    assert.deepEqual(sets.markerSets[1], JSON.parse(mine));
    rois = (JSON.parse(read(folder, 'rois.json')) as { rois: { id: string; name: string }[] }).rois;
    assert.deepEqual(
      rois.map(({ name }) => name),
      ['front', '', 'path'],
    );
    assert.deepEqual((await openDataset(folder)).fallbackPixelSize?.um, 0.39);
    assert.equal(
      (JSON.parse(read(folder, 'palettes/other.mask.json')) as { colors: Record<string, string> }).colors['T cell'],
      '#ff0000',
    );
  });

  it('takes no ROI for another because of the number of its row', async () => {
    const folder = smallDataset(['A']);
    const box = '"x": 1, "y": 2, "widthPx": 3, "heightPx": 4';
    write(
      folder,
      'rois.json',
      `{"version": 1, "rois": [{"name": "mine", "fov": "A", ${box}}, {"id": "2", "name": "my two", "fov": "A", ${box}}]}`,
    );
    const rows = [',theirs,A,5,9,5,9', ',second,A,6,9,6,9', ',second,A,6,9,6,9', '1,explicit,A,7,9,7,9'];
    writeUeler(folder, 'roi_manager.csv', `roi_id,name,fov,x_min,x_max,y_min,y_max\n${rows.join('\n')}\n`);
    const first = await importUeler(folder, { overwrite: true });
    assert.deepEqual([first.imported, first.replaced, first.kept], [4, 0, 0]);
    const { rois } = JSON.parse(read(folder, 'rois.json')) as { rois: { id?: string; name: string }[] };
    assert.deepEqual(
      rois.map(({ name }) => name),
      ['mine', 'my two', 'theirs', 'second', 'second', 'explicit'],
    );
    assert.equal(new Set(rois.map(({ id }) => id)).size, 6);
    for (const overwrite of [false, true]) {
      const again = await importUeler(folder, { overwrite });
      assert.deepEqual([again.imported, again.replaced, again.kept, again.files], [0, 0, 4, []]);
    }
  });

  it('writes nothing at all if a file of ours is broken, which would be lost', async () => {
    const broken = [
      ['marker-sets.json', '{"version": 1, "markerSets": ['],
      ['marker-sets.json', '{"version": 2, "markerSets": []}'],
      ['marker-sets.json', '{"version": 1, "markerSets": [{"name": "S"}]}'],
      ['dataset.json', '[]'],
      ['dataset.json', '{"version": 1, "pixelSize": 3}'],
      ['rois.json', ''],
      ['rois.json', '{"version": 2, "rois": []}'],
      ['rois.json', '{"version": 1, "rois": {}}'],
    ];
    for (const [name, content] of broken) {
      const folder = dataset();
      write(folder, name, content);
      const before = contentsOf(folder);
      for (const overwrite of [false, true]) {
        await assert.rejects(importUeler(folder, { overwrite }), { code: 'DatasetInvalid' }, name);
      }
      assert.deepEqual(contentsOf(folder), before);
    }
  });

  it('gives names that make one file name different files', async () => {
    const folder = smallDataset(['A']);
    writeUeler(folder, 'a.maskcolors.json', { ...maskColors, name: 'Figure 1!' });
    writeUeler(folder, 'b.maskcolors.json', { ...maskColors, name: 'figure-1', colors: { X: '#000001' } });
    writeUeler(folder, 'c.maskcolors.json', { ...maskColors, name: '细胞 类型' });
    writeUeler(folder, 'd.maskcolors.json', { ...maskColors, name: '!!' });
    const { files } = await importUeler(folder);
    assert.deepEqual(files, [
      '.batch-export/palettes/figure-1.mask.json',
      '.batch-export/palettes/figure-1-2.mask.json',
      '.batch-export/palettes/细胞-类型.mask.json',
      '.batch-export/palettes/unnamed.mask.json',
    ]);
    assert.deepEqual((await importUeler(folder)).files, []);
    const names = (await openDataset(folder)).palettes.map(({ name }) => name).sort();
    assert.deepEqual(names, ['!!', 'Figure 1!', 'figure-1', '细胞 类型']);
  });

  it('says what it leaves out, and of what is imported, what it cannot say', async () => {
    const folder = smallDataset(['A']);
    writeUelerState(folder);
    writeUeler(folder, 'mixed.maskcolors.json', {
      ...maskColors,
      name: 'mixed',
      modes: { 'T cell': 'fill' },
      visible: { 'B cell': false },
      active_classes: ['T cell', 'B cell'],
    });
    writeUeler(folder, 'hot.maskcolors.json', {
      ...maskColors,
      name: 'hot',
      color_mode: 'continuous',
      continuous: { column: 'CD3', colormap: 'hot' },
    });
    writeUeler(folder, 'broken.maskcolors.json', { identifier: 'type', colors: { X: 'no colour' } });
    writeUeler(folder, 'export_configs/lost.export_config.json', { ...exportConfig, name: 'lost', marker_set: 'Gone' });
    writeUeler(folder, 'roi_manager.csv', 'nothing\n');
    const { entries, notes } = await importUeler(folder);
    const ueler = path.join(folder, '.UELer');
    assert.deepEqual(
      entries.flatMap(({ outcome, reason }) => (outcome === 'left out' ? [reason] : [])),
      [
        'UELer\'s marker set "Odd" is left out: channel "DNA" has the colour "no colour", which is none that we know.',
        `${ueler}/broken.maskcolors.json is not as expected: colors.X: "no colour" is no colour that we know.`,
        `Expected a palette in ${ueler}/hot.maskcolors.json, but its colour map is hot, and there are viridis, magma, cividis, turbo, coolwarm, greys.`,
        'UELer\'s export config "lost" is left out: its marker set "Gone" is not there.',
      ],
    );
    assert.equal(notes.length, 2);
    assert.match(notes[0], /^Expected a table of ROIs with "fov" and "name"/);
  });

  it('needs a folder .UELer', async () => {
    await assert.rejects(importUeler(temporaryFolder()), {
      code: 'DatasetInvalid',
      message: /Expected a folder .UELer/,
    });
  });
});

describe('batch-export import', () => {
  it('reports line by line with counts, and as JSON; a dry run writes nothing', () => {
    const folder = dataset();
    const dry = runCli('import', folder, '--dry-run');
    assert.deepEqual([dry.exitCode, dry.stderr], [0, '']);
    assert.equal(existsSync(path.join(folder, '.batch-export')), false);
    const lines = dry.stdout.trimEnd().split('\n');
    assert.ok(lines.includes('imported  marker set "T cells" into .batch-export/marker-sets.json'), dry.stdout);
    assert.ok(lines.includes('imported  recipe "My figure 1!" into .batch-export/recipes/my-figure-1.export.json'));
    assert.equal(lines.at(-1), '9 imported, 0 kept, 2 left out. Nothing was written.');
    const { stdout, exitCode } = runCli('import', folder, '--json');
    const report = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(
      [exitCode, report['imported'], report['kept'], report['leftOut'], report['dryRun']],
      [0, 9, 0, 2, false],
    );
    assert.ok(existsSync(own(folder, 'rois.json')));
    assert.match(runCli('import', folder).stdout, /\n0 imported, 9 kept, 2 left out\. No file was changed\.\n$/);
  });

  it('refuses a folder without .UELer', () => {
    const { exitCode, stderr } = runCli('import', temporaryFolder());
    assert.equal(exitCode, 2);
    assert.match(stderr, /^DatasetInvalid: Expected a folder \.UELer in /);
  });
});
