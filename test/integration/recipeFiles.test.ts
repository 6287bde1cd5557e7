import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readManifest, smallDataset } from '../support/dataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { eventsOf, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const look = ['--channel', 'DNA=blue:p1:p99', '--mask', 'whole_cell', '--scale-bar', 'off'];

function recipeFile(content: string | object): string {
  const file = path.join(temporaryFolder(), 'figure.export.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

describe('--save-recipe and run', () => {
  it('make the same files as the flags themselves, also elsewhere and on another dataset', () => {
    const folder = smallDataset(['A', 'B']);
    const direct = path.join(temporaryFolder(), 'direct');
    assert.equal(runCli('fovs', folder, ...look, '--out', direct).exitCode, 0);
    const recipe = path.join(temporaryFolder(), 'new', 'figure.export.json');
    const saved = runCli('fovs', folder, ...look, '--save-recipe', recipe);
    assert.deepEqual([saved.exitCode, saved.stderr], [0, '']);
    assert.equal(existsSync(path.join(folder, 'exports')), false);
    const text = readFileSync(recipe, 'utf8');
    assert.match(text, /^\{\n {2}"\$schema": "multiplex-batch-export:\/recipe\.schema\.json",\n {2}"version": 1,\n/);
    assert.equal(text.includes(folder), false);
    // Percentiles stay percentiles: they are found on the dataset that it is run on.
    assert.match(text, /"percentile": 99\n/);
    const out = path.join(temporaryFolder(), 'out');
    const { exitCode, stderr } = runCli('run', recipe, '--dataset', folder, '--out', out);
    assert.deepEqual([exitCode, stderr], [0, '']);
    const hashes = (at: string): unknown[] => readManifest(at).map((row) => [row['path'], row['sha256']]);
    assert.equal(hashes(out).length, 2);
    assert.deepEqual(hashes(out), hashes(direct));
    const other = smallDataset(['Z']);
    assert.equal(runCli('run', recipe, '--dataset', other).exitCode, 0);
    assert.ok(existsSync(path.join(other, 'exports', 'Z.png')));
  });

  it('for cells and ROIs, too', () => {
    const folder = smallDataset(['A']);
    writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,centroid-0,centroid-1\nA,7,20,20\nA,9,11,42\n');
    const rois = path.join(folder, 'rois.json');
    const roi = { id: 'r', name: 'front', fov: 'A', x: 1, y: 2, widthPx: 20, heightPx: 10 };
    writeFileSync(rois, JSON.stringify({ version: 1, rois: [roi] }));
    const cases = [
      ['cells', ['--size', '8px'], [], ['A_cell_7.png', 'A_cell_9.png']],
      // The recipe's own name and the pattern of file names are two things.
      ['rois', ['--rois', rois, '--name', '{fov}-{roi}'], ['--rois', rois], ['A-front.png']],
    ] as const;
    for (const [mode, flags, again, files] of cases) {
      const recipe = path.join(temporaryFolder(), 'x.export.json');
      const channel = ['--channel', 'DNA=blue:0:240', '--scale-bar', 'off'];
      const saved = runCli(mode, folder, ...channel, ...flags, '--save-recipe', recipe);
      assert.deepEqual([saved.exitCode, saved.stderr], [0, ''], mode);
      const out = path.join(temporaryFolder(), 'out');
      const made = runCli('run', recipe, '--dataset', folder, '--out', out, ...again);
      assert.deepEqual([made.exitCode, made.stderr], [0, ''], mode);
      assert.deepEqual(
        readManifest(out).map((row) => row['path']),
        files,
      );
    }
  });

  it('save no recipe over a file, or under another name, or in a dry run', () => {
    const folder = smallDataset(['A']);
    const file = recipeFile('mine');
    const refused = [
      [['--save-recipe', file], /^FileExists: /],
      [['--save-recipe', path.join(folder, 'x.json')], /^Usage: Expected --save-recipe FILE\.export\.json, but found/],
      [['--save-recipe', file, '--dry-run'], /^Usage: Expected --save-recipe, which writes a file, or --dry-run/],
    ] as const;
    for (const [flags, message] of refused) {
      const { exitCode, stderr } = runCli('fovs', folder, ...look, ...flags);
      assert.equal(exitCode, 2);
      assert.match(stderr, message);
    }
    assert.equal(readFileSync(file, 'utf8'), 'mine');
    assert.equal(existsSync(path.join(folder, 'x.json')), false);
    assert.equal(runCli('fovs', folder, ...look, '--save-recipe', file, '--overwrite', 'always').exitCode, 0);
    assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { overwrite: string }).overwrite, 'always');
  });

  it('run: a dry run, NDJSON, --quiet and --overwrite are as with the modes', () => {
    const folder = smallDataset(['A']);
    const recipe = recipeFile({ $schema: 'x', name: 'Mine', ...exampleRecipe });
    const out = path.join(temporaryFolder(), 'out');
    const run = (...flags: string[]): ReturnType<typeof runCli> =>
      runCli('run', recipe, '--dataset', folder, '--out', out, ...flags);
    assert.match(run('--dry-run').stdout, /1 file of 1 FOV planned/);
    assert.equal(existsSync(out), false);
    assert.deepEqual(
      eventsOf(run('--json')).map(({ event }) => event),
      ['planned', 'item', 'ended'],
    );
    assert.match(run().stderr, /^FileExists: /);
    assert.equal(run().exitCode, 2);
    const again = run('--quiet', '--overwrite', 'always');
    assert.deepEqual([again.exitCode, again.stdout, again.stderr], [0, '', '']);
  });

  it('run: what is wrong with a recipe is said by its place, and nothing is written', () => {
    const folder = smallDataset(['A']);
    const out = path.join(temporaryFolder(), 'out');
    const [channel] = exampleRecipe.channels;
    const cases: [string | object, RegExp][] = [
      ['{', /^RecipeInvalid: Expected JSON in .*figure\.export\.json, but /],
      [
        { ...exampleRecipe, channels: [{ ...channel, color: 'blue' }] },
        /: channels\.0\.color: must be a colour #rrggbb/,
      ],
      [{ ...exampleRecipe, chanels: [] }, /: Unrecognized key: "chanels"/],
      [{ ...exampleRecipe, version: 2 }, /: version: /],
      [{ ...exampleRecipe, channels: [] }, /: channels: at least one is needed/],
      [{ ...exampleRecipe, mode: 'cells' }, /: cells: belongs to mode cells/],
    ];
    for (const [content, message] of cases) {
      const { exitCode, stderr } = runCli('run', recipeFile(content), '--dataset', folder, '--out', out);
      assert.equal(exitCode, 2);
      assert.match(stderr, message);
      assert.match(stderr, /^RecipeInvalid: /);
    }
    assert.equal(existsSync(out), false);
  });

  it('run: pixels are whole, and nothing is written where they are not', () => {
    const folder = smallDataset(['A']);
    const out = path.join(temporaryFolder(), 'out');
    const rois = { rois: [], slides: [], settings: 'shared', edge: 'pad', cutShape: false };
    for (const size of [{ length: { px: 10.5 } }, { length: { px: 10 }, tolerance: { px: 0.5 } }]) {
      const file = recipeFile({ ...exampleRecipe, mode: 'rois', rois: { ...rois, size } });
      const { exitCode, stderr } = runCli('run', file, '--dataset', folder, '--out', out);
      assert.equal(exitCode, 2);
      assert.match(stderr, /^RecipeInvalid: .*: rois\.size\.(length|tolerance): must be whole pixels\.\n$/);
    }
    assert.equal(existsSync(out), false);
  });

  it('run: crops larger than any image fail one by one, and the job ends', () => {
    const folder = smallDataset(['A']);
    writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,centroid-0,centroid-1\nA,7,20,20\n');
    const cells = { labels: [], center: 'table', edge: 'pad', isolate: false, onlyFocal: false };
    for (const crop of [{ size: { um: 1e9 } }, { padding: { px: 0 }, min: { um: 1e9 } }]) {
      const recipe = { ...exampleRecipe, mode: 'cells', cells: { ...cells, crop }, pixelSizeUm: 1e-9 };
      const out = path.join(temporaryFolder(), 'out');
      const { exitCode, stderr } = runCli('run', recipeFile(recipe), '--dataset', folder, '--out', out);
      assert.equal(exitCode, 1, stderr);
      assert.match(stderr, /^A:7: TooLarge: Expected a region near its image of 60 × 40 pixels, but it is 1000/m);
    }
  });

  it('run: a picture, a missing file and a missing dataset are refused', () => {
    const folder = smallDataset(['A']);
    const cases: [string[], RegExp][] = [
      [['p.png', '--dataset', folder], /^Usage: Expected a picture at .*p\.png, but there is no such file\.\n$/],
      [
        ['no.export.json', '--dataset', folder],
        /^Usage: Expected a recipe in .*no\.export\.json, but there is no such file\.\n$/,
      ],
      [[recipeFile(exampleRecipe)], /^Usage: Expected --dataset DATASET, but found none\./],
      [['--dataset', folder], /^Usage: Expected one recipe or picture, but found none\./],
    ];
    for (const [args, message] of cases) {
      const { exitCode, stderr } = runCli('run', ...args);
      assert.equal(exitCode, 2);
      assert.match(stderr, message);
    }
  });
});
