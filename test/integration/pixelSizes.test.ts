import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TiffOptions } from '../../sample/writeTiff';
import { plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { eventsOf, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';
import { type SlideTile, writeOwn, writeSlide } from '../support/writeSlide';

/** A dataset of one FOV that states its pixels as the TIFF options say. */
function datasetOf(options: TiffOptions): string {
  const folder = temporaryFolder();
  const cells = plane(60, 40, (x) => (x > 9 && x < 30 ? 7 : 0));
  writePlane(
    path.join(folder, 'A', 'DNA.tiff'),
    plane(60, 40, (x) => x),
    options,
  );
  writePlane(path.join(folder, 'masks', 'A_whole_cell.tiff'), cells, {});
  return folder;
}

const imageJ = (unit: string, pixels: number): TiffOptions => ({
  imageDescription: `ImageJ=1.54f\nunit=${unit}\n`,
  resolution: { x: pixels, y: pixels, unit: 'none' },
});

/** Adds what each mode needs: a cell table, and a ROI. */
function withCellsAndRois(folder: string): string {
  writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,centroid-0,centroid-1\nA,7,19.5,19.5\n');
  writeOwn(folder, 'rois.json', { version: 1, rois: [{ name: 'r', fov: 'A', x: 5, y: 5, widthPx: 20, heightPx: 20 }] });
  return folder;
}

const modes = { fovs: [], cells: ['--size', '16px'], rois: [] } as const;

/** What is said of pixel sizes while exporting, and how it ends. */
function saidBy(
  mode: string,
  folder: string,
  ...flags: string[]
): { exitCode: number | null; said: string[]; out: string } {
  const out = path.join(temporaryFolder(), 'out');
  const { exitCode, stderr } = runCli(mode, folder, '--channel', 'DNA=white:0:60', ...flags, '--out', out);
  return { exitCode, said: stderr.split('\n').filter((line) => /PixelSize/.test(line)), out };
}

function inspected(folder: string): { text: string; problems: string[] } {
  const text = runCli('inspect', folder).stdout;
  return { text, problems: text.split('\n').filter((line) => line.includes('PixelSizeDoubtful')) };
}

describe('a pixel size', () => {
  it('is shown to six digits: a division leaves more behind', () => {
    const folder = datasetOf(imageJ('micron', 3.07692307));
    assert.match(inspected(folder).text, /pixel size {3}0\.325 µm \(from ImageJ metadata\)/);
  });
});

describe('a print resolution', function () {
  this.timeout(120_000);

  it('is no pixel size: inspect says why, a bar is refused with the reason, and --pixel-size goes on', () => {
    const folder = datasetOf(imageJ('inch', 300));
    assert.match(
      inspected(folder).text,
      /pixel size {3}unknown \(a print resolution of 300 dpi\): give --pixel-size for a scale bar/,
    );
    const [fov] = (JSON.parse(runCli('inspect', folder, '--json').stdout) as { fovs: Record<string, unknown>[] }).fovs;
    assert.deepEqual([fov['pixelSizeUm'], fov['printResolution']], [undefined, '300 dpi']);
    const refused = saidBy('fovs', folder);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.said.join('\n'), /FOV A, but its files state only a print resolution of 300 dpi; give it/);
    const given = saidBy('fovs', folder, '--pixel-size', '0.5');
    assert.deepEqual([given.exitCode, given.said], [0, []]);
    assert.equal(readManifest(given.out)[0]['pixel_size_um'], '0.5');
  });

  it('stands in the way of no other statement: the settings of the dataset, or another channel', () => {
    const folder = datasetOf(imageJ('cm', 118.11));
    writeOwn(folder, 'dataset.json', { version: 1, pixelSizeUm: 0.4 });
    const { exitCode, out } = saidBy('fovs', folder);
    assert.deepEqual([exitCode, readManifest(out)[0]['pixel_size_um']], [0, '0.4']);
    const both = datasetOf(imageJ('inch', 96));
    writePlane(
      path.join(both, 'A', 'CD3.tiff'),
      plane(60, 40, (x) => x),
      imageJ('um', 2),
    );
    const exported = saidBy('fovs', both, '--channel', 'CD3=red:0:60');
    assert.deepEqual([exported.exitCode, readManifest(exported.out)[0]['pixel_size_um']], [0, '0.5']);
  });

  it('is said where a crop, a ROI or a centroid in µm needs a pixel size', () => {
    const folder = withCellsAndRois(datasetOf(imageJ('micron', 0.002834)));
    for (const [mode, ...flags] of [['cells'], ['rois', '--settings', 'shared']]) {
      const { exitCode, said } = saidBy(mode, folder, '--size', '10um', '--scale-bar', 'off', ...flags);
      assert.equal(exitCode, 2);
      assert.match(said.join('\n'), /its files state only a print resolution of 72 dpi/);
    }
  });
});

describe('a pixel size that contradicts the files by more than 1 %', function () {
  this.timeout(120_000);
  const two = 'Two pixel sizes are stated for A: 0.4 µm (given), which is used, and 0.5 µm (from ImageJ metadata).';

  for (const [mode, flags] of Object.entries(modes)) {
    it(`is a warning that names both: ${mode}`, () => {
      const folder = withCellsAndRois(smallDataset(['A']));
      const { exitCode, said, out } = saidBy(mode, folder, ...flags, '--pixel-size', '0.4');
      assert.deepEqual([exitCode, said], [0, [`PixelSizeDoubtful: ${two}`]]);
      assert.equal(readManifest(out)[0]['pixel_size_um'], '0.4');
      assert.deepEqual(saidBy(mode, folder, ...flags, '--pixel-size', '0.504').said, []);
      assert.deepEqual(saidBy(mode, folder, ...flags).said, []);
    });
  }

  it('is among the problems of a dry run', () => {
    const folder = smallDataset(['A', 'B']);
    const flags = ['--channel', 'DNA=white:0:60', '--pixel-size', '5', '--dry-run', '--json'];
    const result = runCli('fovs', folder, ...flags, '--out', path.join(temporaryFolder(), 'out'));
    assert.ok(
      JSON.stringify(eventsOf(result)).includes('Two pixel sizes are stated for A, B: 5 µm (given)'),
      result.stdout,
    );
  });

  it('is a warning for a slide, whose map descriptor states one, too', () => {
    const tile = (fov: string, x: number): SlideTile => ({
      ...{ fov, x, y: 0, widthPx: 20, heightPx: 20 },
      channels: { DNA: (ofTile) => ofTile },
    });
    const rois = [{ name: 'map', mapId: '7', x: 5, y: 0, widthPx: 30, heightPx: 20 }];
    const folder = writeSlide([tile('t1', 0), tile('t2', 20)], rois);
    const { exitCode, said } = saidBy('rois', folder, '--pixel-size', '0.6');
    assert.deepEqual(
      [exitCode, said],
      [
        0,
        [
          'PixelSizeDoubtful: Two pixel sizes are stated for map_7: 0.6 µm (given), which is used, and 0.5 µm (from the map descriptor).',
        ],
      ],
    );
  });

  it("is a warning where the dataset's settings say it, which do not count then", () => {
    const folder = smallDataset(['A']);
    writeOwn(folder, 'dataset.json', { version: 1, pixelSizeUm: 0.65 });
    const message = `Two pixel sizes are stated for A: 0.5 µm (from ImageJ metadata), which is used, and 0.65 µm (from the dataset's settings).`;
    assert.deepEqual(saidBy('fovs', folder).said, [`PixelSizeDoubtful: ${message}`]);
    assert.deepEqual(inspected(folder).problems, [`problem      PixelSizeDoubtful: ${message}`]);
    writeOwn(folder, 'dataset.json', { version: 1, pixelSizeUm: 0.5 });
    assert.deepEqual(inspected(folder).problems, []);
    // Nobody has said that the default of UELer's viewer is right.
    writeFileSync(path.join(folder, '.batch-export', 'dataset.json'), '{"version": 1}');
    mkdirSync(path.join(folder, '.UELer'));
    writeFileSync(path.join(folder, '.UELer', 'widget_states.json'), '{"pixel_size_nm": 390}');
    assert.deepEqual(inspected(folder).problems, []);
  });
});

describe('a pixel of more than 20 µm', function () {
  this.timeout(120_000);
  const large = (um: string, from: string): string =>
    `PixelSizeDoubtful: Pixels of more than 20 µm are rare: those of A are ${um} µm (${from}) wide.`;

  it('is a warning, whoever states it: the files, the user, the settings of the dataset', () => {
    const stated = datasetOf(imageJ('mm', 20));
    assert.deepEqual(saidBy('fovs', stated).said, [large('50', 'from ImageJ metadata')]);
    assert.deepEqual(inspected(stated).problems, [`problem      ${large('50', 'from ImageJ metadata')}`]);
    const silent = datasetOf({});
    assert.deepEqual(saidBy('fovs', silent, '--pixel-size', '21').said, [large('21', 'given')]);
    assert.deepEqual(saidBy('fovs', silent, '--pixel-size', '20').said, []);
    writeOwn(silent, 'dataset.json', { version: 1, pixelSizeUm: 390 });
    assert.deepEqual(saidBy('fovs', silent).said, [large('390', "from the dataset's settings")]);
  });

  for (const [mode, flags] of Object.entries(modes)) {
    it(`is a warning in every mode: ${mode}`, () => {
      const { exitCode, said } = saidBy(mode, withCellsAndRois(datasetOf(imageJ('mm', 20))), ...flags);
      assert.deepEqual([exitCode, said], [0, [large('50', 'from ImageJ metadata')]]);
    });
  }
});
