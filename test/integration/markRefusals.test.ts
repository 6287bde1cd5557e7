import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { plane, readManifest, writePlane } from '../support/dataset';
import { type CliResult, eventsOf, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

/** FOVs of one channel of half a micrometre a pixel. */
function dataset(sizes: Readonly<Record<string, readonly [widthPx: number, heightPx: number]>>): string {
  const folder = temporaryFolder();
  for (const [fov, [widthPx, heightPx]] of Object.entries(sizes)) {
    writePlane(
      path.join(folder, fov, 'DNA.tiff'),
      plane(widthPx, heightPx, (x) => x % 50),
    );
    writePlane(
      path.join(folder, 'masks', `${fov}_whole_cell.tiff`),
      plane(widthPx, heightPx, () => 1),
    );
  }
  return folder;
}

const dna = ['--channel', 'DNA=white:0:255'];

function exportInto(folder: string, ...flags: string[]): CliResult & { readonly out: string } {
  const out = path.join(temporaryFolder(), 'out');
  return { out, ...runCli('fovs', folder, ...dna, '--out', out, ...flags) };
}

function pictures(out: string): string[] {
  return readdirSync(out)
    .filter((name) => name !== 'manifest.csv' && name !== '.batch-export-jobs')
    .sort();
}

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly item?: string;
}

/** What would be said before the start. */
function problemsOf(folder: string, ...flags: string[]): Problem[] {
  const result = exportInto(folder, '--dry-run', '--json', ...flags);
  assert.equal(result.exitCode, 0, result.stderr);
  assert.equal(existsSync(result.out), false);
  return eventsOf(result)[0]['problems'] as Problem[];
}

describe('marks that cannot be: one line, exit 2, nothing written', () => {
  const small = { A: [300, 200] } as const;
  let folder: string;
  before(() => {
    folder = dataset(small);
  });

  const lengths = [
    '20',
    '20cm',
    '-5um',
    '0um',
    '0.0nm',
    'um',
    '1.2.3um',
    '1e999um',
    'Infinityum',
    'NaNum',
    'on',
    '20um!',
    '.um',
    '20 u m',
  ];
  const refused: [name: string, flags: string[], stderr: RegExp][] = [
    ...lengths.map((text): [string, string[], RegExp] => [
      `--scale-bar ${text}`,
      [`--scale-bar=${text}`],
      /^Usage: .*auto, off or a length.*--scale-bar/,
    ]),
    ['a bar of no length', ['--scale-bar='], /^Usage: .*--scale-bar needs a value/],
    ['a share of more than all', ['--scale-bar-max', '101'], /^Usage: .*--scale-bar-max.*"101"/],
    ['a share of nothing', ['--scale-bar-max', '0'], /^Usage: .*--scale-bar-max.*"0"/],
    ['a bar in red', ['--scale-bar-color', 'red'], /^Usage: .*auto or white or black.*"red"/],
    ['a place that is none', ['--place', 'bar=botom-right'], /^Usage: .*bottom-right.*"bar=botom-right"/],
    ['a mark that is none', ['--place', 'scale=top-left'], /^Usage: .*bar, legend.*"scale=top-left"/],
    ['a place without a mark', ['--place', 'top-left'], /^Usage: .*"top-left"/],
    ['a mark without a place', ['--place', 'bar'], /^Usage: .*"bar"/],
    ['a mark with two places', ['--place', 'bar=top-left=top-right'], /^Usage: .*"bar=top-left=top-right"/],
    ['places with a comma too many', ['--place', 'bar=top-left,'], /^Usage: .*--place/],
    ['one bad place among good ones', ['--place', 'bar=top-left,legend=left'], /^Usage: .*"legend=left"/],
    ['a mark of every object', ['--place', 'constructor=top-left'], /^Usage: .*"constructor=top-left"/],
    ['a legend of something else', ['--legend', 'yes'], /^Usage: .*on or off or channels or classes.*"yes"/],
    ['margins in grey', ['--margin-color', 'grey'], /^Usage: .*black or white.*"grey"/],
    ['limits without a legend', ['--calibration-bar', '--legend', 'off'], /^Usage: .*--calibration-bar.*--legend off/],
    ['an unknown token', ['--title', 'x {fovs}'], /title.*\{fovs\}.*\{fov\}/],
    ['a token of another letter case', ['--caption', '{FOV}'], /caption.*\{FOV\}.*\{fov\}/],
    ['half a brace', ['--caption', 'a { b'], /caption.*single "\{".*\{\{/],
    ['the other half', ['--title', 'a } b'], /title.*single "\}".*\}\}/],
    ['a title of a book', ['--title', 'a'.repeat(2001)], /title/],
    [
      'a print width and a downsample',
      ['--width-mm', '85', '--downsample', '2'],
      /^Usage: .*--width-mm or --downsample/,
    ],
    ['a print width of nothing', ['--width-mm', '0'], /^Usage: .*--width-mm.*"0"/],
    ['a print width in words', ['--width-mm', '85mm'], /^Usage: .*--width-mm.*"85mm"/],
    ['a font size without paper', ['--font-size', '7'], /^Usage: .*--width-mm with --font-size/],
    ['a font size of nothing', ['--width-mm', '85', '--font-size', '0'], /^Usage: .*--font-size.*"0"/],
    [
      'points of an outline without paper',
      ['--mask', 'whole_cell,width=0.5pt'],
      /points need a print width|--width-mm/,
    ],
    ['no points of an outline', ['--width-mm', '85', '--mask', 'whole_cell,width=0pt'], /^Usage: .*width.*width=0pt/],
    ['resolution in fractions', ['--dpi', '299.5'], /^Usage: .*--dpi.*"299.5"/],
    ['a flag that is spelt wrong', ['--scalebar', 'off'], /^Usage: Unknown flag --scalebar/],
    ['a place given twice', ['--place', 'margin', '--place', 'bar=top-left'], /^Usage: --place is given twice/],
  ];
  for (const [name, flags, stderr] of refused) {
    it(name, () => {
      const result = exportInto(folder, ...flags);
      assert.equal(result.exitCode, 2, result.stderr);
      assert.match(result.stderr, stderr);
      assert.match(result.stderr, /^[^\n]+\n$/, 'more than one line');
      assert.equal(result.stdout, '');
      assert.equal(existsSync(result.out), false);
    });
  }
});

describe('marks that some pictures have no room for', () => {
  it('a bar longer than the picture fails that item with ScaleBarTooLong; the others are written', () => {
    // 100 and 300 pixels of half a micrometre: 100 µm fit into the second only.
    const folder = dataset({ narrow: [100, 80], wide: [300, 200] });
    const { out, exitCode, stderr } = exportInto(folder, '--scale-bar', '100um');
    assert.equal(exitCode, 1);
    assert.match(stderr, /^narrow: ScaleBarTooLong: .*100 µm.*\n$/);
    assert.deepEqual(pictures(out), ['wide.png']);
    assert.deepEqual(
      readManifest(out).map((row) => [row['fov'], row['outcome'], row['error_code'], row['scale_bar_um']]),
      [
        ['narrow', 'failed', 'ScaleBarTooLong', ''],
        ['wide', 'written', '', '100'],
      ],
    );
    const problems = problemsOf(folder, '--scale-bar', '100um');
    assert.deepEqual(
      problems.map(({ code, item }) => [code, item]),
      [['ScaleBarTooLong', 'narrow']],
    );
  });

  it('a bar of less than half a pixel fails with ScaleBarTooShort, one of a few pixels is a warning', () => {
    const folder = dataset({ A: [300, 200] });
    const { exitCode, stderr, out } = exportInto(folder, '--scale-bar', '200nm');
    assert.equal(exitCode, 1);
    assert.match(stderr, /^A: ScaleBarTooShort: .*200 nm/);
    assert.deepEqual(pictures(out), []);
    // Four pixels, then five.
    assert.deepEqual(
      problemsOf(folder, '--scale-bar', '2um').map(({ code, item }) => [code, item]),
      [['ScaleBarTooShort', undefined]],
    );
    assert.deepEqual(problemsOf(folder, '--scale-bar', '2.5um'), []);
    assert.equal(exportInto(folder, '--scale-bar', '2um').exitCode, 0);
  });

  it('a page of more than 14 400 points fails PDF with TooLarge; SVG has no such limit', () => {
    // At 1 dpi a pixel is an inch, 72 points: 200 pixels are 14 400 points.
    const folder = dataset({ large: [201, 20], least: [200, 20], tall: [20, 201] });
    const flags = ['--dpi', '1', '--scale-bar', 'off'];
    const { exitCode, stderr, out } = exportInto(folder, ...flags, '--format', 'pdf', '--format', 'png');
    assert.equal(exitCode, 1);
    const lines = stderr.trimEnd().split('\n');
    assert.equal(lines.length, 2, stderr);
    assert.match(lines[0], /^large: TooLarge: .*14400 points.*14472 × 1440/);
    assert.match(lines[1], /^tall: TooLarge: .*14400 points.*1440 × 14472/);
    assert.deepEqual(pictures(out), ['least.pdf', 'least.png']);
    assert.deepEqual(
      problemsOf(folder, ...flags, '--format', 'pdf').map(({ code, item }) => [code, item]),
      [
        ['TooLarge', 'large'],
        ['TooLarge', 'tall'],
      ],
    );
    assert.equal(exportInto(folder, ...flags, '--format', 'svg').exitCode, 0);
  });

  it('strips that make a page too high fail it, too, and leave no file of the item', () => {
    const folder = dataset({ A: [100, 200] });
    const flags = ['--dpi', '1', '--scale-bar', 'off', '--caption', 'below', '--format', 'png', '--format', 'pdf'];
    const { exitCode, stderr, out } = exportInto(folder, ...flags);
    assert.equal(exitCode, 1);
    assert.match(stderr, /^A: TooLarge: .*14400 points/);
    assert.deepEqual(pictures(out), []);
  });

  it('a pixel size that is unknown is said before the start, unless there is no bar', () => {
    const folder = temporaryFolder();
    writePlane(
      path.join(folder, 'A', 'DNA.tiff'),
      plane(60, 40, (x) => x),
      {},
    );
    for (const flags of [[], ['--scale-bar', '5um'], ['--format', 'pdf']]) {
      const { exitCode, stderr, out } = exportInto(folder, ...flags);
      assert.equal(exitCode, 2);
      assert.match(stderr, /^PixelSizeMissing: /);
      assert.equal(existsSync(out), false);
    }
    const flags = ['--scale-bar', 'off', '--legend', 'on', '--caption', '{width}{pixel_size}{scale_bar}.'];
    assert.equal(exportInto(folder, ...flags, '--format', 'pdf', '--format', 'png').exitCode, 0);
  });
});

describe('letters that the font lacks', () => {
  const chars = (problems: readonly Problem[]): string[] => {
    return problems.filter(({ code }) => code === 'CharacterMissing').map(({ message }) => message);
  };

  it('are said before the start, wherever they are written', () => {
    const folder = dataset({ A: [300, 200] });
    for (const flag of ['--title', '--caption']) {
      const [message, ...others] = chars(problemsOf(folder, flag, 'Gehirn 脳 🧬 µ α ü'));
      assert.equal(others.length, 0);
      assert.match(message, /脳.*🧬/);
      assert.doesNotMatch(message, /µ|α|ü/);
    }
    const { stderr, exitCode } = exportInto(folder, '--dry-run', '--title', '脳');
    assert.equal(exitCode, 0);
    assert.match(stderr, /^CharacterMissing: .*脳/);
    assert.deepEqual(chars(problemsOf(folder, '--title', 'Größe, Ωμ – naïve “quotes” 5 × 10² 10⁻³ CD8⁺ α‑SMA')), []);
  });

  it('in names count only where names are written', () => {
    const folder = dataset({ 脳: [300, 200] });
    assert.deepEqual(chars(problemsOf(folder)), []);
    assert.match(chars(problemsOf(folder, '--title', '{fov}'))[0], /脳/);
  });

  it('of class names count where there is a legend of classes', () => {
    const folder = dataset({ A: [300, 200] });
    writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,type\nA,1,脳\n');
    const mask = ['--mask', 'whole_cell,color=by:type'];
    assert.deepEqual(chars(problemsOf(folder, ...mask)), []);
    assert.match(chars(problemsOf(folder, ...mask, '--legend', 'classes'))[0], /脳/);
  });
});
