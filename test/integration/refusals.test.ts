import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { decodePicture, plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { ordinaryUser } from '../support/ordinaryUser';
import { type CliResult, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const dna = ['--channel', 'DNA=blue:0:255', '--scale-bar', 'off'];

/** Pictures and temporary files of an output folder, without the manifest and the jobs. */
function files(out: string): string[] {
  return readdirSync(out)
    .filter((name) => name !== 'manifest.csv' && name !== '.batch-export-jobs')
    .sort();
}

function assertRefused(result: CliResult, message: RegExp): void {
  assert.equal(result.exitCode, 2, result.stderr);
  assert.match(result.stderr, message);
}

describe('pictures never go where images are', () => {
  it('into a FOV, also through a link', () => {
    const folder = smallDataset(['A']);
    const link = path.join(temporaryFolder(), 'link');
    symlinkSync(path.join(folder, 'A'), link);
    for (const out of [path.join(folder, 'A'), path.join(folder, 'A', 'sub'), link]) {
      assertRefused(runCli('fovs', folder, ...dna, '--out', out), /Usage: .*FOV A/);
    }
    assert.deepEqual(readdirSync(path.join(folder, 'A')).sort(), ['CD3.tif', 'DNA.tiff']);
  });

  it('beside masks, which they could replace', () => {
    const folder = smallDataset(['A']);
    const out = path.join(folder, 'masks');
    const before = readFileSync(path.join(out, 'A_whole_cell.tiff'));
    assertRefused(runCli('fovs', folder, ...dna, '--format', 'tiff', '--overwrite', 'always', '--out', out), /Usage: /);
    assert.ok(readFileSync(path.join(out, 'A_whole_cell.tiff')).equals(before));
  });

  it('among masks in folders of their own', () => {
    const folder = smallDataset(['A']);
    mkdirSync(path.join(folder, 'masks', 'cells'));
    renameSync(path.join(folder, 'masks', 'A_whole_cell.tiff'), path.join(folder, 'masks', 'cells', 'A.tiff'));
    for (const out of ['masks', path.join('masks', 'cells'), path.join('masks', 'new')]) {
      assertRefused(runCli('fovs', folder, ...dna, '--out', path.join(folder, out)), /Usage: .*masks|Usage: .*FOV A/);
    }
  });

  it('where masks, annotations and saved settings are looked for, also if there are none yet', () => {
    const folder = smallDataset(['A']);
    rmSync(path.join(folder, 'masks'), { recursive: true });
    const before = readdirSync(folder);
    const places = ['masks', 'segmentation', 'annotations/new', '.UELer', '.batch-export/palettes'];
    for (const out of places) {
      assertRefused(runCli('fovs', folder, ...dna, '--out', path.join(folder, out)), /Usage: .*choose another folder/);
    }
    const jobs = path.join(folder, 'exports', '.batch-export-jobs', 'new');
    assertRefused(runCli('fovs', folder, ...dna, '--out', jobs), /Usage: .*jobs of another output folder/);
    assert.deepEqual(readdirSync(folder), before);
  });

  it('beside image files of many channels, which they could replace', () => {
    const folder = path.join(temporaryFolder(), 'stacks');
    runCli('fovs', smallDataset(['A']), ...dna, '--channel', 'CD3=red:0:1', '--format', 'ome-tiff', '--out', folder);
    const before = readFileSync(path.join(folder, 'A.ome.tiff'));
    const flags = [...dna, '--format', 'ome-tiff', '--overwrite', 'always'];
    assertRefused(runCli('fovs', folder, ...flags, '--out', folder), /Usage: .*FOV A/);
    assert.ok(readFileSync(path.join(folder, 'A.ome.tiff')).equals(before));
  });
});

describe('an output folder', () => {
  it('may have no name that the disk does not take', () => {
    const out = path.join(temporaryFolder(), 'a'.repeat(300), 'deeper');
    for (const overwrite of ['never', 'always']) {
      const result = runCli('fovs', smallDataset(['A']), ...dna, '--overwrite', overwrite, '--out', out);
      assertRefused(result, /^FileNameInvalid: .*is too long\.$/m);
    }
  });

  it('that may not be read is not taken for one without jobs', function () {
    const user = ordinaryUser(this);
    const out = temporaryFolder();
    chmodSync(out, 0);
    assertRefused(user.run('status', out), /^Usage: .*reading it is not permitted\.$/m);
  });
});

describe('the files of an item appear together or not at all', () => {
  it('a folder in the way is said before the start', () => {
    const out = temporaryFolder();
    mkdirSync(path.join(out, 'A.jpg'));
    const flags = [...dna, '--format', 'png', '--format', 'jpeg', '--overwrite', 'always'];
    assertRefused(runCli('fovs', smallDataset(['A']), ...flags, '--out', out), /FileExists: .*A\.jpg/);
    mkdirSync(path.join(out, 'manifest.csv'));
    rmSync(path.join(out, 'A.jpg'), { recursive: true });
    assertRefused(runCli('fovs', smallDataset(['A']), ...flags, '--out', out), /FileExists: .*manifest\.csv/);
    assert.deepEqual(files(out), []);
  });

  it('names that are too long for a disk are cut, and told apart', () => {
    const folder = temporaryFolder();
    for (const end of ['x', 'y']) {
      for (const channel of ['é'.repeat(90), 'DNA']) {
        writePlane(
          path.join(folder, `${'L'.repeat(200)}${end}`, `${channel}.tif`),
          plane(4, 4, (x) => x),
        );
      }
    }
    const out = path.join(temporaryFolder(), 'out');
    const channels = [...dna, '--channel', `${'é'.repeat(90)}=red:0:4`];
    const flags = ['--separate-channels', '--format', 'png', '--format', 'ome-tiff'];
    const result = runCli('fovs', folder, ...channels, ...flags, '--out', out);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.equal(files(out).length, 6);
    assert.equal(readManifest(out).length, 6);
  });
});

describe('what is found out while an item is made is about that item', () => {
  it('limits of one FOV that cannot be used leave the others alone', () => {
    const folder = temporaryFolder();
    for (const [fov, top] of [
      ['A', 500],
      ['B', 100],
      ['C', 500],
    ] as const) {
      writePlane(
        path.join(folder, fov, 'v.tif'),
        plane(20, 20, (x) => (x * top) / 19),
      );
    }
    const out = path.join(temporaryFolder(), 'out');
    const flags = ['--channel', 'v=red:300:p99.8', '--contrast-scope', 'fov', '--scale-bar', 'off'];
    const { exitCode, stderr } = runCli('fovs', folder, ...flags, '--out', out);
    assert.equal(exitCode, 1, stderr);
    assert.match(stderr, /ContrastLimitsInvalid: .*channel v of FOV B/);
    assert.deepEqual(
      readManifest(out).map((row) => [row['item'], row['outcome']]),
      [
        ['A', 'written'],
        ['B', 'failed'],
        ['C', 'written'],
      ],
    );
  });

  it('is tried again by resume, when it may be gone', async () => {
    const folder = smallDataset(['A', 'B']);
    const out = path.join(temporaryFolder(), 'out');
    const mask = path.join(folder, 'masks', 'B_whole_cell.tiff');
    const labels = readFileSync(mask);
    // Its header is right, so that it is found out only when the labels are read.
    writePlane(mask, { widthPx: 60, heightPx: 40, data: new Float32Array(2400).fill(0.5) }, {});
    assert.equal(runCli('fovs', folder, ...dna, '--mask', 'whole_cell', '--out', out).exitCode, 1);
    assert.deepEqual(files(out), ['A.png']);
    writeFileSync(mask, labels);
    const result = runCli('resume', out);
    assert.equal(result.exitCode, 0, result.stderr);
    assert.deepEqual(files(out), ['A.png', 'B.png']);
    assert.deepEqual(
      readManifest(out).map((row) => row['outcome']),
      ['written', 'written'],
    );
    await decodePicture(path.join(out, 'B.png'));
  });
});

describe('colours by a cell table that is about something else', () => {
  function tableOf(...rows: string[]): string {
    const folder = smallDataset(['A', 'B']);
    writeFileSync(path.join(folder, 'cell_table.csv'), ['fov,label,type,v', ...rows].join('\n'));
    return folder;
  }
  const by = (column: string): string[] => [...dna, '--mask', `whole_cell,mode=fill,color=by:${column}`];
  const palette = (content: object): string => {
    const file = path.join(temporaryFolder(), 'p.json');
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  const refused: [name: string, folder: () => string, flags: string[], stderr: RegExp][] = [
    ['other FOVs', () => tableOf('XA,7,T,1'), by('type'), /^DatasetInvalid: .*A, B.*fov.*found XA/],
    ['labels that are no numbers', () => tableOf('A,cell_7,T,1'), by('type'), /^DatasetInvalid: .*label.*whole number/],
    ['no cell at all', () => tableOf(), by('type'), /^DatasetInvalid: /],
    [
      'classes that the palette does not know',
      () => tableOf('A,7,T,1', 'A,9,B,2'),
      [...by('type'), '--mask-palette', palette({ colors: { X: 'red' } })],
      /^PaletteInvalid: .*\(B, T\).*has X/,
    ],
    [
      'a column without values',
      () => tableOf('A,7,,1', 'A,9,NA,1'),
      by('type'),
      /^DatasetInvalid: .*every cell's is missing/,
    ],
    [
      'text in place of numbers, also with a fixed range',
      () => tableOf('A,7,T,1'),
      [...by('type'), '--color-range', '0:1'],
      /^DatasetInvalid: .*numbers.*"T"/,
    ],
    [
      'a column that is not there, also with a palette',
      () => tableOf('A,7,T,1'),
      [...by('kind'), '--mask-palette', palette({ colors: { X: 'red' } })],
      /^ColumnNotFound: /,
    ],
  ];
  for (const [name, folder, flags, stderr] of refused) {
    it(`is refused before the start: ${name}`, () => {
      const out = path.join(temporaryFolder(), 'out');
      assertRefused(runCli('fovs', folder(), ...flags, '--out', out), stderr);
      assert.equal(existsSync(out), false);
    });
  }

  it('fails the FOV whose cells it does not know, and counts cells without a row', () => {
    const out = path.join(temporaryFolder(), 'out');
    const { exitCode } = runCli('fovs', tableOf('A,7,T,1', 'A,x,T,1'), ...by('type'), '--out', out);
    assert.equal(exitCode, 1);
    const [a, b] = readManifest(out);
    assert.deepEqual([a['outcome'], b['outcome'], b['error_code']], ['written', 'failed', 'CellNotFound']);
    assert.match(a['note'], /1 rows have no whole number.*1 of 2 cells have no row/);
  });

  it('annotation palettes are by class number', () => {
    const folder = smallDataset(['A']);
    writePlane(
      path.join(folder, 'annotations', 'A_r.tif'),
      plane(60, 40, () => 1),
      {},
    );
    const flags = ['--annotation', 'r', '--annotation-palette', palette({ colors: { tumour: 'red' } })];
    const out = path.join(temporaryFolder(), 'out');
    assertRefused(runCli('fovs', folder, ...dna, ...flags, '--out', out), /^PaletteInvalid: .*class numbers.*tumour/);
  });
});

describe('what a format cannot hold', () => {
  it('is said in a dry run', () => {
    const folder = temporaryFolder();
    writePlane(
      path.join(folder, 'A', 'v.tif'),
      plane(17_000, 2, () => 1),
    );
    const flags = ['--channel', 'v=red:0:1', '--scale-bar', 'off', '--format', 'webp', '--dry-run'];
    const { exitCode, stdout, stderr } = runCli('fovs', folder, ...flags);
    assert.equal(exitCode, 0);
    assert.match(stdout, /1 FOV would fail/);
    assert.match(stderr, /TooLarge: .*16383/);
  });
});

describe('a value that was forgotten exports nothing', () => {
  const forgotten: [command: string, args: string[], stderr: RegExp][] = [
    [
      'fovs',
      ['--channel', '--scale-bar', 'off'],
      /^Usage: --channel needs a value: NAME=COLOR:LOW:HIGH, but found --scale-/,
    ],
    ['fovs', [...dna, '--caption', '--title', 'x'], /^Usage: --caption needs a value: TEXT, but found --title;/],
    ['fovs', [...dna, '--name', '--json'], /^Usage: --name needs a value: PATTERN, but found --json;/],
    ['cells', [...dna, '--where', '--edge', 'pad'], /^Usage: --where needs a value/],
    ['rois', [...dna, '--tags', '--edge', 'pad'], /^Usage: --tags needs a value/],
    ['fovs', [...dna, '--masks-only=off'], /^Usage: --masks-only takes no value, but found "off"/],
    ['fovs', [...dna, '--grayscale', 'off'], /^Usage: Expected one DATASET, but found .* and off\./],
    ['fovs', [...dna, '--json', '--json'], /^Usage: --json is given twice/],
    ['import', ['--overwrite', 'always'], /^Usage: Expected one DATASET, but found .* and always\./],
  ];
  for (const [command, args, stderr] of forgotten) {
    it(`${command} ${args.join(' ')}`, () => {
      const folder = smallDataset(['A']);
      const before = readdirSync(folder);
      assertRefused(runCli(command, folder, ...args), stderr);
      assert.deepEqual(readdirSync(folder), before);
    });
  }

  it('and one dash begins a text, also where it looks like a flag', () => {
    const folder = smallDataset(['A']);
    const out = path.join(folder, 'exports');
    for (const [i, caption] of ['-x', '-h', '-', '-2'].entries()) {
      const { exitCode, stderr } = runCli('fovs', folder, ...dna, '--caption', caption, '--name', `p${i}`);
      assert.deepEqual([exitCode, stderr], [0, '']);
    }
    const { exitCode, stderr } = runCli('fovs', folder, ...dna, '--caption=--title', '--name', 'p4');
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.deepEqual(files(out), ['p0.png', 'p1.png', 'p2.png', 'p3.png', 'p4.png']);
  });
});

describe('flags that would be ignored are refused', () => {
  const table: [flags: string[], stderr: RegExp][] = [
    [['--masks-only', '--mask', 'whole_cell', '--channel', 'DNA=red:0:1'], /--masks-only or --channel/],
    [[...dna, '--mask', 'whole_cell,color=red,color=blue'], /color once/],
    [[...dna, '--mask', 'whole_cell,mode=fill,width=3px'], /width for outlines/],
    [[...dna, '--panel', __filename], /DatasetInvalid: .*panel/],
    [[...dna, '--grayscale'], /--separate-channels/],
    [['--channel', 'DNA=red:-1e308:1e308'], /ContrastLimitsInvalid/],
    [[...dna, '--color-map', 'turbo'], /by:COLUMN/],
  ];
  for (const [flags, stderr] of table) {
    it(flags.join(' '), () => {
      assertRefused(
        runCli('fovs', smallDataset(['A']), ...flags, '--out', path.join(temporaryFolder(), 'out')),
        stderr,
      );
    });
  }
});
