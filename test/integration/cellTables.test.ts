import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
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

  describe('of several images, for a dataset of one', () => {
    // Label 7 is at 19, 19 in A; the other image's is elsewhere.
    const table = (column: string, other: string, own: string): string =>
      `CellID,X_centroid,Y_centroid,${column},type\n7,50,5,${other},B\n8,5,5,${other},B\n7,19.5,19.5,${own},T\n`;
    const own = [['A:7', 16, 16]];

    for (const [column, other, ofA] of [
      ['library_id', 'S1', 'A'],
      ['Region', 'S1', 'A'],
      ['Slide', 'S1.svs', 'A.svs'],
      ['filename', 'S1.ome.tif', 'A.ome.tif'],
      ['FileName_DNA', 'S1.tif', 'A.tif'],
      ['Image Location', 'D:\\\\scans\\\\S1.tif', 'D:\\\\scans\\\\A.tif'],
    ]) {
      it(`are told apart by ${column}`, () => {
        const result = exported(datasetWith(table(column, other, ofA), ['A']));
        assert.equal(result.exitCode, 0, result.stderr);
        assert.deepEqual(result.crops, own);
        assert.match(result.stderr, /2 rows of cell_table.csv are about FOVs that the dataset does not have/);
      });
    }

    it('are refused where a column tells images apart and names no FOV; of one image they are about the only FOV', () => {
      for (const column of ['ImageNumber', 'slide', 'FileName_DNA']) {
        const several = exported(datasetWith(table(column, '1', '2'), ['A']));
        assert.equal(several.exitCode, 2);
        assert.match(
          several.stderr,
          new RegExp(
            `ColumnNotFound: .* about one image, or a column that names FOV A, but column ${column} tells 2 images apart and names no FOV \\(1, 2\\); --columns fov=NAME`,
          ),
        );
        assert.ok(!existsSync(several.out));
      }
      const one = exported(datasetWith(`CellID,X_centroid,Y_centroid,ImageNumber\n7,19.5,19.5,3\n`, ['A']));
      assert.deepEqual(one.crops, own);
      assert.match(one.stderr, /FovAssumed: .* Its column ImageNumber \(3\) names no FOV\./);
    });

    it('are of one where its mask shows it, whatever a column says; without a mask only where it may say something else', () => {
      const rows = (column: string, ...texts: readonly string[]): string =>
        `CellID,X_centroid,Y_centroid,${column}\n7,19.5,19.5,${texts[0]}\n9,42,11,${texts[1]}\n`;
      for (const [column, texts, isVague] of [
        ['source', ['manual', 'auto'], true],
        ['slide', ['s1', 's2'], false],
        ['file', ['s1.tif', 's2.tif'], false],
      ] as const) {
        const folder = datasetWith(rows(column, ...texts), ['A']);
        const masked = exported(folder);
        assert.deepEqual([masked.exitCode, masked.crops.length], [0, 2], masked.stderr);
        assert.match(
          masked.stderr,
          new RegExp(`FovAssumed: .* Its column ${column} \\(${texts.join(', ')}\\) names no`),
        );
        assert.equal(exported(folder, '--mask', 'whole_cell,color=by:CellID').exitCode, 0);
        rmSync(path.join(folder, 'masks'), { recursive: true });
        const bare = exported(folder);
        assert.equal(bare.exitCode, isVague ? 0 : 2, bare.stderr);
        if (isVague) continue;
        assert.match(bare.stderr, new RegExp(`ColumnNotFound: .* column ${column} tells 2 images apart`));
        const allowed = exported(folder, '--allow-mismatch');
        assert.deepEqual([allowed.exitCode, /ColumnNotFound: /.test(allowed.stderr)], [0, true], allowed.stderr);
      }
    });

    it('are refused where no column is known to tell and labels are in several places, with those that could', () => {
      const folder = datasetWith(table('batch', 'S1', 'S2'), ['A']);
      const wrong =
        /^(?:.*\n)?DatasetInvalid: Expected each cell in one place in .*cell_table\.csv, but 1 of its 2 cells are in several \(label 7 of FOV A at 50, 5 and 19\.5, 19\.5\): .* could tell them apart: batch, type\. .*--columns fov=NAME/;
      const result = exported(folder);
      assert.deepEqual([result.exitCode, existsSync(result.out)], [2, false]);
      assert.match(result.stderr, wrong);
      const colored = runCli('fovs', folder, '--channel', 'DNA=white:0:255', '--scale-bar', 'off', '--mask',
        'whole_cell,color=by:type', '--out', result.out); // prettier-ignore
      assert.deepEqual([colored.exitCode, existsSync(result.out)], [2, false]);
      assert.match(colored.stderr, wrong);
      const numbers = exported(datasetWith('CellID,X_centroid,Y_centroid,DNA\n7,50,5,1.5\n7,19.5,19.5,2.25\n', ['A']));
      assert.match(numbers.stderr, /its rows seem to be about several images. No column tells them apart/);
      // Tissue is no image: what it has in common with itself tells nothing apart.
      const tissue = 'CellID,X_centroid,Y_centroid,region,set\n7,50,5,tumor,a\n8,1,1,stroma,a\n7,19.5,19.5,tumor,b\n';
      assert.match(exported(datasetWith(tissue, ['A'])).stderr, /could tell them apart: set\./);
    });

    it('are no matter where rows are only repeated, be they rounded otherwise', () => {
      const result = exported(datasetWith('CellID,X_centroid,Y_centroid,set\n7,19.5,19.5,a\n7,19,20.1,b\n', ['A']));
      assert.deepEqual([result.exitCode, result.crops], [0, own], result.stderr);
      assert.match(result.stderr, /1 rows of cell_table.csv are about a cell that an earlier row is about/);
    });

    it('are refused where FOVs of one name are in several of them, as another column tells', () => {
      const rows = 'slide,fov,label,centroid-1,centroid-0\ns1,A,7,50,5\ns1,B,9,42,11\n';
      const both = exported(datasetWith(`${rows}s2,A,7,19.5,19.5\n`));
      assert.equal(both.exitCode, 2);
      assert.match(both.stderr, /1 of its 2 cells are in several .*could tell them apart: slide/);
      // Of many cells one is a slip; there is no mask that they would have to fit.
      const many = Array.from({ length: 30 }, (_, i) => `s1,A,${i + 10},5,5\n`).join('');
      const folder = datasetWith(`${rows}${many}s2,A,7,19.5,19.5\n`);
      rmSync(path.join(folder, 'masks'), { recursive: true });
      assert.equal(exported(folder).exitCode, 0);
    });
  });

  describe('write FOVs as they please', () => {
    const table = (fov: string): string => ` fov ,label,centroid-1 ,centroid-0\n${fov},7,19.5,19.5\n`;
    for (const [fov, said] of [
      [' A ', /FOVs in column fov of cell_table.csv have blanks around them and are read without: " A "\./],
      ['/data/exp/A/', /are paths, of which the last part is taken: \/data\/exp\/A\/\./],
      ['D:\\exp\\A.tif', /are paths, of which the last part is taken: D:\\exp\\A\.tif\./],
    ] as const) {
      it(`as ${JSON.stringify(fov)}, which is said`, () => {
        const folder = datasetWith(table(fov));
        const result = exported(folder, '--mask', 'whole_cell,color=by:label');
        assert.deepEqual([result.exitCode, result.crops], [0, [['A:7', 16, 16]]], result.stderr);
        const { problems } = inspected(folder);
        assert.deepEqual(
          problems.map(({ code }) => code),
          ['NamesShortened', 'NamesShortened'],
        );
        assert.match(problems[0].message, /^Names of columns of cell_table.csv .* without: " fov ", "centroid-1 "\.$/);
        assert.match(problems[1].message, said);
        assert.match(result.stderr, said);
      });
    }

    it('but not as images of one name in several folders', () => {
      const result = exported(
        datasetWith('fov,label,centroid-1,centroid-0\n/s1/A.tif,7,50,5\n/s2/A.tif,8,19.5,19.5\n'),
      );
      assert.equal(result.exitCode, 2);
      assert.match(result.stderr, /Expected one image called A in column fov .* found \/s1\/A\.tif, \/s2\/A\.tif;/);
    });
  });

  it('may be compressed with gzip, are found so, and give the same pixels', async () => {
    const text = 'fov,label,centroid-1,centroid-0,kind\nA,7,19.5,19.5,T\nB,9,42,11,B\n';
    // The files say what they were made of, and differ in that.
    const picture = async ({ out, crops, stderr }: Exported): Promise<unknown> => {
      assert.deepEqual(crops, [['A:7', 16, 16]], stderr);
      return decodePicture(path.join(out, 'A_cell_7.png'));
    };
    const mask = ['--mask', 'whole_cell,mode=fill,color=by:kind', '--where', 'kind == "T"'];
    const plain = await picture(exported(datasetWith(text), ...mask));
    const write = (name: string, bytes: Buffer): string => {
      const folder = smallDataset(['A', 'B']);
      writeFileSync(path.join(folder, name), bytes);
      return folder;
    };
    assert.deepEqual(await picture(exported(write('cell_table.csv.gz', gzipSync(text)), ...mask)), plain);
    const tabs = text.replaceAll(',', '\t');
    const parts = Buffer.concat([gzipSync(tabs.slice(0, 30)), gzipSync(tabs.slice(30))]);
    assert.deepEqual(await picture(exported(write('cell_table.tsv.gz', parts), ...mask)), plain);
    const cut = exported(write('cell_table.csv.gz', gzipSync(text).subarray(0, -4)));
    assert.equal(cut.exitCode, 2);
    assert.match(cut.stderr, /^DatasetInvalid: Expected a CSV or TSV table in .*, but its gzip compression is damaged or cut short \([^\n]*\)\.\n$/); // prettier-ignore
  });

  describe('in µm or in pixels', () => {
    // 60 × 40 pixels of half a micrometre: 30 × 20 µm. Cell 7 is in the middle of 10 … 29, cell 9 of 35 … 49 and 4 … 19.
    const micrometres = 'CellID,X_centroid,Y_centroid\n7,9.75,9.75\n9,21,5.75\n';
    const px = 'CellID,X_centroid,Y_centroid\n7,19.5,19.5\n9,42,11.5\n';
    const crops = [
      ['A:7', 16, 16],
      ['A:9', 38, 8],
    ];
    const unit = (name: string): string[] => ['--columns', `unit=${name}`];

    it('are read in the unit that is given, which is shown', () => {
      const folder = datasetWith(micrometres, ['A']);
      const result = exported(folder, ...unit('um'));
      assert.deepEqual([result.exitCode, result.crops], [0, crops], result.stderr);
      assert.doesNotMatch(result.stderr, /UnitDoubtful/);
      assert.match(runCli('inspect', folder, ...unit('um')).stdout, /x from X_centroid, y from Y_centroid in µm;/);
      assert.deepEqual(inspected(folder, ...unit('um')).cellTable.centroids, { unit: 'um', zero: 'pixelCenter' });
      const dry = runCli('cells', folder, ...bare, ...unit('um'), '--out', `${result.out}2`, '--dry-run');
      assert.match(dry.stdout, /cell table: .* in µm;/);
      const named = exported(folder, '--columns', 'label=CellID,x=X_centroid,y=Y_centroid,unit=um');
      assert.deepEqual(named.crops, crops);
    });

    it('are no other units', () => {
      for (const text of ['unit=mm', 'unit=', 'unit=px,unit=cm', 'y=']) {
        const result = exported(datasetWith(px, ['A']), '--columns', text);
        assert.deepEqual([result.exitCode, existsSync(result.out)], [2, false]);
        assert.match(
          result.stderr,
          /^Usage: Expected (?:--columns with .* or unit=um or px|unit=um or unit=px)[^\n]*\n$/,
        );
      }
    });

    it('are refused where many lie beyond their images and in the other unit would not', () => {
      const folder = datasetWith(px, ['A']);
      const result = exported(folder, ...unit('um'));
      // The user said so: a warning, and the cell that lies beyond fails.
      assert.match(result.stderr, /UnitDoubtful: .* read in µm, 1 of 2 \(50 %\) lie beyond their images, and in pixels only 0 of 2 \(0\.0 %\) would\./); // prettier-ignore
      const xenium = datasetWith(px.replace('CellID,X_centroid,Y_centroid', 'label,x_centroid,y_centroid').replaceAll('5\n', '5,1\n').replace('y_centroid\n', 'y_centroid,transcript_counts\n'), ['A']); // prettier-ignore
      const refused = exported(xenium);
      assert.deepEqual([refused.exitCode, existsSync(refused.out)], [2, false]);
      assert.match(refused.stderr, /DatasetInvalid: Expected centroids in µm in columns x_centroid and y_centroid of cell_table\.csv, but 1 of 2 \(50 %\) lie beyond their images, and in pixels only 0 of 2 .*--columns unit=px says/); // prettier-ignore
      assert.equal(exported(xenium, ...unit('px')).exitCode, 0);
      assert.equal(exported(xenium, '--center', 'mask').exitCode, 0);
      // Where a pixel is 2 µm wide, µm read as pixels lie beyond the image.
      const wide = datasetWith('CellID,X_centroid,Y_centroid\n7,39,39\n9,84,23\n', ['A']);
      const pixels = exported(wide, '--pixel-size', '2');
      assert.match(pixels.stderr, /DatasetInvalid: Expected centroids in pixels .*but 1 of 2 \(50 %\).*unit=um says/);
      assert.deepEqual(exported(wide, '--pixel-size', '2', ...unit('um')).crops, crops);
    });

    it('are doubted where all lie within half of their images and in µm would fill more', () => {
      const folder = datasetWith(micrometres, ['A']);
      const doubt = /UnitDoubtful: All 2 centroids in columns X_centroid and Y_centroid of cell_table.csv, read in pixels, lie in the first half .*--columns unit=um says/; // prettier-ignore
      const small = datasetWith('CellID,X_centroid,Y_centroid\n7,9.75,9.75\n9,21,5.75\n', ['A']);
      assert.match(exported(small).stderr, doubt);
      assert.doesNotMatch(exported(folder, ...unit('px')).stderr, /UnitDoubtful/);
      assert.doesNotMatch(exported(datasetWith(px, ['A'])).stderr, /UnitDoubtful/);
      // Without a pixel size nothing can be compared.
      for (const name of ['DNA.tiff', 'CD3.tif']) writePlane(path.join(folder, 'A', name), plane(60, 40, (x) => x), {}); // prettier-ignore
      assert.doesNotMatch(exported(folder).stderr, /UnitDoubtful/);
      const none = exported(folder, ...unit('um'));
      assert.deepEqual([none.exitCode, /^(?:.*\n)?PixelSizeMissing: /.test(none.stderr)], [2, true], none.stderr);
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
