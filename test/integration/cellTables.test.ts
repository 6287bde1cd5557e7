import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodePicture, plane, readManifest, realDataFolder, smallDataset, writePlane } from '../support/dataset';
import { type CliResult, eventsOf, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const bare = ['--channel', 'DNA=white:0:255', '--scale-bar', 'off', '--size', '8px'];

interface Exported extends CliResult {
  readonly out: string;
  /** Item and the top left corner of its crop. */
  readonly crops: readonly (readonly [item: string, x: number, y: number])[];
  readonly manifest: readonly Record<string, string>[];
}

/** A dataset with this table, less the pixel sizes if they are not wanted. */
function datasetWith(table: string, fovs: readonly string[] = ['A', 'B'], name = 'cell_table.csv'): string {
  const folder = smallDataset(fovs);
  writeFileSync(path.join(folder, name), table);
  return folder;
}

function exported(folder: string, ...flags: string[]): Exported {
  const out = path.join(temporaryFolder(), 'out');
  const result = runCli('cells', folder, ...bare, '--out', out, ...flags);
  const manifest = existsSync(path.join(out, 'manifest.csv')) ? readManifest(out) : [];
  const crops = manifest.map((row) => [row['item'], Number(row['x']), Number(row['y'])] as const);
  return { ...result, out, crops, manifest };
}

interface Inspected {
  readonly cellTable: {
    readonly roles: Record<string, string>;
    readonly fov?: string;
    readonly centroids?: { readonly unit: string; readonly zero: string };
    readonly maskName?: string;
    readonly guessed: readonly string[];
  };
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

function inspected(folder: string, ...flags: string[]): Inspected {
  const result = runCli('inspect', folder, '--json', ...flags);
  assert.equal(result.exitCode, 0, result.stderr);
  return JSON.parse(result.stdout) as Inspected;
}

describe('cell tables of other programs', () => {
  describe('without a column of FOVs', () => {
    const mcmicro = 'CellID,DNA,X_centroid,Y_centroid\n7,1.5,19.5,19.5\n9,2,42,11\n';

    it("are about the dataset's only FOV, which is said", () => {
      const folder = datasetWith(mcmicro, ['A']);
      const result = exported(folder, '--mask', 'whole_cell,mode=fill,color=by:DNA,alpha=1');
      assert.equal(result.exitCode, 0, result.stderr);
      assert.deepEqual(result.crops, [
        ['A:7', 16, 16],
        ['A:9', 38, 7],
      ]);
      assert.match(
        result.stderr + result.stdout,
        /FovAssumed: .*all its rows are taken to be about A, the dataset's only/,
      );
      const { cellTable, problems } = inspected(folder);
      assert.deepEqual(
        [cellTable.roles, cellTable.fov, cellTable.guessed],
        [{ label: 'CellID', x: 'X_centroid', y: 'Y_centroid' }, 'A', ['fov', 'label', 'x', 'y', 'mask']],
      );
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['FovAssumed'],
      );
    });

    it('are resumed with the FOV that they were taken to be about', () => {
      const folder = datasetWith(mcmicro, ['A']);
      const result = exported(folder, '--mask', 'whole_cell,mode=fill,color=by:DNA,alpha=1');
      const before = readFileSync(path.join(result.out, 'A_cell_7.png'));
      rmSync(path.join(result.out, 'A_cell_7.png'));
      const jobs = runCli('resume', result.out);
      assert.equal(jobs.exitCode, 0, jobs.stderr);
      assert.deepEqual(readFileSync(path.join(result.out, 'A_cell_7.png')), before);
    });

    it('are about the FOV for which their file is named, by the longest name', () => {
      const folder = datasetWith(mcmicro, ['A', 'A_2', 'A_20'], 'A_2--unmicst_cell.csv');
      const table = path.join(folder, 'A_2--unmicst_cell.csv');
      const result = exported(folder, '--cell-table', table);
      assert.equal(result.exitCode, 0, result.stderr);
      assert.deepEqual(
        result.crops.map(([item]) => item),
        ['A_2:7', 'A_2:9'],
      );
      assert.match(result.stderr + result.stdout, /about A_2, for which its file is named/);
    });

    it('have a centroid where only one half of it is named, or are refused', () => {
      const folder = datasetWith(mcmicro, ['A']);
      const { stdout } = runCli('inspect', folder, '--columns', 'x=DNA');
      assert.match(stdout, /x from DNA, y from Y_centroid in pixels; .* guessed: FOV, label, y/);
      const lone = exported(datasetWith('CellID,DNA\n7,1.5\n', ['A']), '--columns', 'x=DNA');
      assert.equal(lone.exitCode, 2);
      assert.match(lone.stderr, /^Usage: Expected x=DNA and y=NAME in --columns, but found only x, [^\n]*\n$/);
      assert.ok(!existsSync(lone.out));
    });

    it('are refused if that cannot be told, and only where they are needed', () => {
      const folder = datasetWith(mcmicro, ['A', 'B'], 'AB.csv');
      const table = ['--cell-table', path.join(folder, 'AB.csv')];
      const result = exported(folder, ...table);
      assert.equal(result.exitCode, 2);
      assert.match(
        result.stderr,
        /^.*ColumnNotFound: Expected a column that says the FOV of each cell .* found these columns: CellID, DNA, X_centroid, Y_centroid; --columns fov=NAME names the column\.\n$/,
      );
      assert.ok(!existsSync(result.out));
      const colored = runCli('fovs', folder, ...table, '--channel', 'DNA=white:0:255', '--scale-bar', 'off', '--mask',
        'whole_cell,color=by:DNA', '--out', result.out); // prettier-ignore
      assert.deepEqual(
        [colored.exitCode, /ColumnNotFound: Expected a column that says the FOV/.test(colored.stderr)],
        [2, true],
        colored.stderr,
      );
      assert.match(
        runCli('inspect', folder, ...table).stdout,
        /no column says the FOV; label from column CellID; x from X_centroid/,
      );
      const plain = runCli('fovs', folder, ...table, '--channel', 'DNA=white:0:255', '--scale-bar', 'off', '--out', result.out); // prettier-ignore
      assert.equal(plain.exitCode, 0, plain.stderr);
    });

    it('are not taken to be about one image of several, also when only that one is opened', () => {
      const folder = smallDataset(['A', 'B']);
      const images = temporaryFolder();
      runCli('fovs', folder, '--channel', 'DNA=white:0:255', '--channel', 'CD3=red:0:255', '--format', 'ome-tiff', '--scale-bar', 'off', '--out', images); // prettier-ignore
      const stacks = temporaryFolder();
      for (const fov of ['A', 'B']) {
        copyFileSync(path.join(images, `${fov}.ome.tiff`), path.join(stacks, `${fov}.ome.tiff`));
      }
      writeFileSync(path.join(stacks, 'cell_table.csv'), mcmicro);
      const picture = runCli('inspect', path.join(stacks, 'A.ome.tiff'));
      assert.match(picture.stdout, /: 1 FOV\n/);
      assert.match(picture.stdout, /problem {6}ColumnNotFound: Expected a column that says the FOV/);
      assert.doesNotMatch(picture.stdout, /all rows are about/);
    });
  });

  describe('of QuPath', () => {
    const uuid = '5ff386a8-5abd-46d1-8e0d-f5c5365457c1';
    const table = (label: string, x = 'Centroid X µm', y = 'Centroid Y µm'): string =>
      `Image\tObject ID\t${label}\t${x}\t${y}\nA.ome.tif\t${uuid}\t7\t10\t10\nB\t${uuid}\t9\t21.25\t5.75\n`;
    const written = (text: string | Buffer): string => {
      const folder = smallDataset(['A', 'B']);
      writeFileSync(path.join(folder, 'cell_table.tsv'), text);
      return folder;
    };
    // Pixels of half a micrometre: 10 µm is the border between pixels 19 and 20; 21.25 µm the middle of pixel 42.
    const crops = [
      ['A:7', 16, 16],
      ['B:9', 38, 7],
    ];

    it('give µm from the corner of the image, FOVs as file names, labels where whole numbers are', () => {
      const folder = written(table('Name'));
      const result = exported(folder);
      assert.equal(result.exitCode, 0, result.stderr);
      assert.deepEqual(result.crops, crops);
      const { cellTable } = inspected(folder);
      assert.deepEqual(cellTable.roles, { fov: 'Image', label: 'Name', x: 'Centroid X µm', y: 'Centroid Y µm' });
      assert.deepEqual(cellTable.centroids, { unit: 'um', zero: 'imageCorner' });
    });

    it('colour cells whose FOV is written as a file name', async () => {
      const folder = written(table('Name'));
      const result = exported(folder, '--mask', 'whole_cell,mode=fill,color=by:Name,alpha=1');
      assert.equal(result.exitCode, 0, result.stderr);
      const { rgb } = await decodePicture(path.join(result.out, 'A_cell_7.png'));
      assert.ok(rgb[0] !== rgb[1] || rgb[1] !== rgb[2], 'the cell has the grey of the channel');
    });

    it('are read in Windows-1252 and with a µ in the wrong encoding', () => {
      assert.deepEqual(exported(written(Buffer.from(table('Name'), 'latin1'))).crops, crops);
      assert.deepEqual(exported(written(table('Name', 'Centroid X Âµm', 'Centroid Y Âµm'))).crops, crops);
    });

    it('have the numbers of their rows without a column of whole numbers, and no mask', () => {
      const folder = written(table('Name').replaceAll('\t7\t', '\tcell 7\t'));
      const result = exported(folder, '--where', 'Name == "cell 7" or Name == "9"');
      assert.equal(result.exitCode, 0, result.stderr);
      assert.match(result.stderr, /LabelAssumed: .*numbered by their rows.*--columns label=NAME/);
      assert.deepEqual(result.crops, [
        ['A:1', 16, 16],
        ['B:2', 38, 7],
      ]);
      const isolated = exported(folder, '--isolate');
      assert.equal(isolated.exitCode, 1);
      assert.match(isolated.stderr, /MaskNotFound: .*not known which of its masks/);
      const colored = exported(folder, '--mask', 'whole_cell,color=by:Name');
      assert.equal(colored.exitCode, 2);
      assert.match(colored.stderr, /ColumnNotFound: .*that says the label .*QuPath's Object ID is none/);
    });

    it('need a pixel size, but only for their centroids', () => {
      const folder = written(table('Name'));
      const forget = (fov: string): void => {
        for (const name of ['DNA.tiff', 'CD3.tif']) writePlane(path.join(folder, fov, name), plane(60, 40, (x) => x), {}); // prettier-ignore
      };
      forget('B');
      const result = exported(folder);
      assert.equal(result.exitCode, 1, result.stderr);
      assert.deepEqual(
        result.manifest.map((row) => [row['item'], row['outcome'], row['error_code']]),
        [
          ['A:7', 'written', ''],
          ['B:9', 'failed', 'PixelSizeMissing'],
        ],
      );
      assert.match(result.manifest[1]['error_message'], /for the centroids of FOV B, which the cell table has in µm/);
      forget('A');
      const none = exported(folder);
      assert.deepEqual([none.exitCode, /^PixelSizeMissing: /.test(none.stderr)], [2, true], none.stderr);
      assert.deepEqual(exported(folder, '--pixel-size', '0.5').crops, crops);
      assert.equal(exported(folder, '--center', 'mask').exitCode, 0);
    });
  });

  it('of inForm have decimal commas, summary rows, and the unit that their other columns name', () => {
    const table = (area: string): string =>
      `Sample Name\tCell ID\tCell X Position\tCell Y Position\tEntire Cell Area (${area})\tCD3 Mean\n` +
      `A.im3\t7\t20\t20\t250\t1,5\nA.im3\tall\t\t\t250\t1,5\n`;
    const write = (text: string): string => {
      const folder = smallDataset(['A']);
      writeFileSync(path.join(folder, 'cell_table.tsv'), text);
      return folder;
    };
    const pixels = exported(write(table('pixels')), '--where', '`CD3 Mean` > 1.4 and `CD3 Mean` < 1.6');
    assert.equal(pixels.exitCode, 0, pixels.stderr);
    assert.deepEqual(pixels.crops, [['A:7', 16, 16]]);
    // Half a micrometre a pixel, and no shift: 20 µm is pixel 40.
    assert.deepEqual(exported(write(table('square microns'))).crops, [['A:7', 36, 36]]);
  });

  it('of steinbock name the image file, and centroids as regionprops does', () => {
    const folder = datasetWith('Image,Object,area,centroid-0,centroid-1\nA.tiff,7,400,19.5,19.5\nB.tiff,9,240,11,42\n');
    assert.deepEqual(exported(folder).crops, [
      ['A:7', 16, 16],
      ['B:9', 38, 7],
    ]);
  });

  it('are shown with what was guessed, in inspect and before cells are exported', () => {
    const folder = datasetWith('Image,Object,centroid-0,centroid-1\nA,7,19.5,19.5\n');
    const sentence = (label: string, guessed: string): string =>
      `FOV from column Image; label from column ${label}; x from centroid-1, y from centroid-0 in pixels; labels of mask whole_cell; guessed: ${guessed}`;
    const all = sentence('Object', 'FOV, label, x, y, mask');
    assert.ok(runCli('inspect', folder).stdout.includes(`\n  ${all}\n`));
    const out = path.join(temporaryFolder(), 'out');
    const dry = runCli('cells', folder, ...bare, '--out', out, '--dry-run');
    assert.ok(dry.stdout.includes(`cell table: ${all}\n`), dry.stdout + dry.stderr);
    const events = eventsOf(runCli('cells', folder, ...bare, '--out', out, '--dry-run', '--json'));
    assert.deepEqual(events.filter(({ event }) => event === 'cell-table'), [{ event: 'cell-table', text: all }]); // prettier-ignore
    const given = runCli('inspect', folder, '--columns', 'label=Object', '--cell-mask', 'whole_cell').stdout;
    assert.ok(given.includes(`\n  ${sentence('Object', 'FOV, x, y')}\n`), given);
    assert.deepEqual(inspected(folder, '--columns', 'fov=Image,label=Object').cellTable.guessed, ['x', 'y', 'mask']);
  });

  describe('as they are published', () => {
    const data = realDataFolder();
    if (!data) {
      it('needs the real data: set MBE_DATA to its folder');
      return;
    }
    const real: readonly (readonly [file: string, fov: string, roles: object, unit: string | undefined])[] = [
      ['tables/mcmicro_scimap/mcmicro_output.csv', 'A', { label: 'CellID', x: 'X_centroid', y: 'Y_centroid' }, 'px'],
      ['tables/sprm/R001_X001_Y001.ome.tiff-cell_centers.csv', 'R001_X001_Y001', { label: 'ID', x: 'x', y: 'y' }, 'px'],
      [
        'vectra/FIHC4_tables_0_1/FIHC4__0929309_HP_IM3_0_cell_seg_data.txt',
        'A',
        { fov: 'Sample Name', label: 'Cell ID', x: 'Cell X Position', y: 'Cell Y Position' },
        'px',
      ],
    ];
    for (const [file, fov, roles, unit] of real) {
      it(`${file} has the columns that its program writes`, () => {
        const folder = smallDataset([fov]);
        const { cellTable } = inspected(folder, '--cell-table', path.join(data, file));
        assert.deepEqual([cellTable.roles, cellTable.centroids?.unit], [roles, unit]);
      });
    }
    for (const file of [
      'tables/qupath_MK/measurements.tsv',
      'tables/qupath_cuisto/cells_measurements_detections.tsv',
    ]) {
      it(`${file}, whose objects have UUIDs and names: they are numbered by their rows`, () => {
        const { cellTable } = inspected(smallDataset(['A']), '--cell-table', path.join(data, file));
        assert.deepEqual([cellTable.roles['fov'], cellTable.maskName], ['Image', undefined]);
      });
    }
  });
});
