import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeSample } from '../../sample/makeSample';
import { readManifest } from '../support/dataset';
import { cliFile, runCli } from '../support/runCli';
import { findPython } from '../support/runPython';
import { skipWithout } from '../support/skipWithout';
import { spawnBounded } from '../support/spawnBounded';
import { temporaryFolder } from '../support/temporaryFolder';

const examples = path.join(__dirname, '..', '..', 'examples');
const markerSet = ['--marker-set', 'Tumour and T cells'];

const pictures = (out: string): Map<string, string> =>
  new Map(
    readdirSync(out)
      .filter((name) => name.endsWith('.png'))
      .sort()
      .map((name) => [name, readFileSync(path.join(out, name)).toString('base64')]),
  );

describe('the examples', () => {
  let dataset: string;

  before(async () => {
    dataset = path.join(temporaryFolder(), 'sample');
    await makeSample(dataset);
  });

  it('the script runs a saved recipe through the package, as the command line does', () => {
    const folder = temporaryFolder();
    const recipe = path.join(folder, 'rois.export.json');
    assert.equal(runCli('rois', dataset, ...markerSet, '--save-recipe', recipe).exitCode, 0);
    const out = path.join(folder, 'out');
    const result = spawnBounded(process.execPath, [path.join(examples, 'export.mjs'), dataset, recipe, out]);
    assert.equal(result.status, 0, result.stderr);
    assert.match(
      result.stdout,
      /5 files of 5 ROIs planned, 0 ROIs would fail; about [^]*\n5 of 5 written in [0-9.]+ s/,
    );
    const expected = path.join(folder, 'expected');
    runCli('run', recipe, '--dataset', dataset, '--out', expected);
    assert.deepEqual(pictures(out), pictures(expected));
  });

  it('the script, and a TypeScript of one’s own, are checked against the types of the package', () => {
    const project = path.dirname(examples);
    const run = (...args: string[]): string => {
      const { stdout, stderr } = spawnBounded(process.execPath, args, { cwd: project });
      return stdout + stderr;
    };
    const tsc = path.join(project, 'node_modules', 'typescript', 'bin', 'tsc');
    assert.equal(run(tsc, '-p', 'tsconfig.types.json'), '');
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'node_modules'));
    symlinkSync(project, path.join(folder, 'node_modules', 'multiplex-batch-export'), 'junction');
    cpSync(path.join(examples, 'export.mjs'), path.join(folder, 'export.mjs'));
    const own = [
      "import { type Recipe, runExport, openDataset } from 'multiplex-batch-export';",
      'export async function make(folder: string, recipe: Recipe): Promise<number> {',
      "  const status = await runExport(recipe, await openDataset(folder), { out: 'out', jobs: 2 });",
      '  const states: string[] = status.written;',
      '  return status.failed + states.length;',
      '}',
    ];
    writeFileSync(path.join(folder, 'own.mts'), own.join('\n'));
    const types = ['--typeRoots', path.join(project, 'node_modules', '@types'), '--types', 'node'];
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--allowJs', '--checkJs', ...types];
    const errors = run(tsc, ...options, path.join(folder, 'export.mjs'), path.join(folder, 'own.mts'));
    // What is wrong, and nothing else.
    assert.match(errors, /^.*own\.mts\(4,9\): error TS2322: Type 'number' is not assignable to type 'string\[\]'\.\n$/);
  });

  it('the notebook exports cells with a progress bar, and leaves them at the second time', function () {
    const python = findPython('json, csv');
    if (python === undefined) return skipWithout('Python', this);
    const { cells } = JSON.parse(readFileSync(path.join(examples, 'export.ipynb'), 'utf8')) as {
      cells: { cell_type: string; source: string[] }[];
    };
    const code = cells.filter((cell) => cell.cell_type === 'code').map((cell) => cell.source.join(''));
    assert.ok(code.length >= 4);
    const folder = temporaryFolder();
    const script = path.join(folder, 'notebook.py');
    writeFileSync(script, code.join('\n\n'));
    const out = path.join(folder, 'out');
    const env = { ...process.env, BATCH_EXPORT: `${process.execPath}\t${cliFile}`, DATASET: dataset, OUT: out };
    const first = spawnBounded(python, [script], { env });
    assert.equal(first.status, 0, first.stderr);
    const rows = readManifest(out);
    assert.ok(rows.length > 10);
    assert.match(first.stdout, new RegExp(`${rows.length} written, 0 unchanged, 0 failed in [0-9.]+ s`));
    assert.match(first.stdout + first.stderr, new RegExp(`${rows.length}/${rows.length}`));
    const second = spawnBounded(python, [script], { env });
    assert.match(second.stdout, new RegExp(`0 written, ${rows.length} unchanged, 0 failed`), second.stderr);
  });
});
