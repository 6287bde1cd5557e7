import assert from 'node:assert/strict';
import type { SpawnSyncReturns } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { ExportJob, openDataset, planJob, type Recipe, runExport } from '../../src/core/index';
import { isExportError } from '../../src/core/model/exportError';
import { locateDataset } from '../../src/core/read/locateDataset';
import { plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { cliFile, eventsOf, runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { spawnBounded } from '../support/spawnBounded';
import { temporaryFolder } from '../support/temporaryFolder';

const channels = ['--channel', 'DNA=blue:0:255'];

function jobOf(out: string): string {
  const jobs = path.join(out, '.batch-export-jobs');
  return path.join(jobs, readdirSync(jobs)[0]);
}

describe('things that once went wrong', () => {
  it("leaves a manifest.csv of the user's as it is, unless it may be replaced", () => {
    const dataset = smallDataset(['A']);
    const out = temporaryFolder();
    writeFileSync(path.join(out, 'manifest.csv'), 'my,own,table\n');
    const refused = runCli('fovs', dataset, ...channels, '--out', out);
    assert.deepEqual([refused.exitCode, /FileExists: .*manifest\.csv/.test(refused.stderr)], [2, true], refused.stderr);
    assert.deepEqual(readdirSync(out), ['manifest.csv']);
    assert.equal(runCli('fovs', dataset, ...channels, '--out', out, '--overwrite', 'always').exitCode, 0);
    assert.equal(readManifest(out).length, 1);
  });

  it('honours a request to stop that was made before the runner was there', () => {
    const out = temporaryFolder();
    runCli('fovs', smallDataset(), ...channels, '--out', out);
    const pictures = (): string[] => readdirSync(out).filter((name) => name.endsWith('.png'));
    // A job as the panel makes it: planned, and nobody has begun.
    for (const name of pictures()) rmSync(path.join(out, name));
    for (const name of ['runner.json', 'journal']) rmSync(path.join(jobOf(out), name), { recursive: true });
    mkdirSync(path.join(jobOf(out), 'journal'));
    runCli('cancel', out);
    assert.equal(runCli('resume', out, '--keep-cancel').exitCode, 130);
    assert.deepEqual(pictures(), []);
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.equal(pictures().length, 3);
  });

  it('says at once that a claim cannot be read, in place of waiting for its release', () => {
    const out = temporaryFolder();
    runCli('fovs', smallDataset(['A']), ...channels, '--out', out);
    mkdirSync(path.join(jobOf(out), 'claim'));
    const { exitCode, stderr } = runCli('resume', out);
    assert.deepEqual([exitCode, /Usage: .*claim.* cannot be read/.test(stderr)], [2, true], stderr);
  });

  it('is cancelled, and not at fault, when it is stopped while it looks for what would not change', async () => {
    const dataset = await openDataset(smallDataset(['A', 'B']));
    const recipe: Recipe = { ...exampleRecipe, overwrite: 'changed' };
    const out = temporaryFolder();
    assert.equal((await runExport(recipe, dataset, { out, jobs: 1 })).written, 2);
    const again = await ExportJob.create(await planJob(recipe, dataset, out));
    const { error, state, cancelled } = await again.start({ signal: AbortSignal.abort() });
    assert.deepEqual([error, state, cancelled], [undefined, 'stopped', 2]);
    assert.equal((await again.start()).unchanged, 2);
  });

  it('is not disturbed by stray files among the jobs, nor by a damaged older job', () => {
    const dataset = smallDataset(['A', 'B']);
    const out = temporaryFolder();
    runCli('fovs', dataset, ...channels, '--fov', 'A', '--out', out);
    const jobs = path.join(out, '.batch-export-jobs');
    mkdirSync(path.join(jobs, '@eaDir'));
    writeFileSync(path.join(jobs, 'desktop.ini'), '');
    writeFileSync(path.join(jobOf(out), 'recipe.json'), '{');
    const result = runCli('fovs', dataset, ...channels, '--fov', 'B', '--scale-bar', 'off', '--out', out);
    assert.deepEqual([result.exitCode, result.stderr], [0, '']);
    assert.match(runCli('status', out).stdout, /ended; 1 planned/);
  });

  it('makes an item again whose journal line is garbage', () => {
    const out = temporaryFolder();
    runCli('fovs', smallDataset(['A', 'B']), ...channels, '--out', out);
    const journal = path.join(jobOf(out), 'journal');
    const file = path.join(journal, readdirSync(journal)[0]);
    const [first] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, `${first}\n{"item":"B","outc\0\0\0\n`);
    assert.match(runCli('status', out).stdout, /1 written/);
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.equal(readManifest(out).filter((row) => row['outcome'] === 'written').length, 2);
  });

  it('makes items again whose journal lines say half of it, and passes by what is no journal', () => {
    const out = temporaryFolder();
    runCli('fovs', smallDataset(['A', 'B', 'C']), ...channels, '--out', out);
    const journal = path.join(jobOf(out), 'journal');
    const file = path.join(journal, readdirSync(journal)[0]);
    const [first] = readFileSync(file, 'utf8').split('\n');
    const halves = ['{"item":"B","outcome":"written"}', '{"item":"C","outcome":"failed","error":7}', 'null', '7'];
    writeFileSync(file, `${[first, ...halves].join('\n')}\n`);
    mkdirSync(path.join(journal, 'folder.jsonl'));
    writeFileSync(path.join(journal, 'desktop.ini'), `${halves[0]}\n`);
    assert.match(runCli('status', out).stdout, /1 written/);
    const resumed = runCli('resume', out);
    assert.deepEqual([resumed.exitCode, resumed.stderr], [0, '']);
    assert.equal(readManifest(out).filter((row) => row['outcome'] === 'written').length, 3);
  });

  it('says in one sentence that the journal of a job is gone, or is something else', () => {
    const out = temporaryFolder();
    runCli('fovs', smallDataset(['A']), ...channels, '--out', out);
    const journal = path.join(jobOf(out), 'journal');
    for (const spoil of [
      () => undefined,
      () => {
        writeFileSync(journal, '');
      },
    ]) {
      rmSync(journal, { recursive: true, force: true });
      spoil();
      for (const command of ['status', 'resume']) {
        const { exitCode, stderr } = runCli(command, out);
        assert.deepEqual([exitCode, stderr.split('\n').length], [2, 2], `${command}: ${stderr}`);
        assert.match(stderr, /^RecipeInvalid: Expected a whole job folder at .*journal/);
      }
    }
  });

  it('goes on with its pictures when what it says goes to a full disk', function () {
    if (!existsSync('/dev/full')) skipWithout('/dev/full', this);
    const out = temporaryFolder();
    const full = openSync('/dev/full', 'w');
    const run = (...args: string[]): SpawnSyncReturns<string> =>
      spawnBounded(process.execPath, [cliFile, ...args], { stdio: ['ignore', full, 'pipe'] });
    try {
      const dataset = smallDataset(['A', 'B']);
      const asked = [
        ['fovs', dataset, ...channels, '--out', out, '--json'],
        ['status', out],
        ['inspect', dataset],
        ['--help'],
      ];
      for (const args of asked) {
        const { status, stderr } = run(...args);
        assert.deepEqual([status, stderr.split('\n').length], [3, 2], `${args[0]}: ${stderr}`);
        assert.match(stderr, /^OutputNotWritable: Expected to write to the standard output, but ENOSPC/);
      }
      assert.equal(readManifest(out).length, 2);
      const stdio = ['ignore', 'ignore', full] as const;
      const unsaid = spawnBounded(process.execPath, [cliFile, 'fovs', '--nope'], { stdio: [...stdio] });
      assert.equal(unsaid.status, 2);
    } finally {
      closeSync(full);
    }
  });

  it('counts in `status` what was skipped, too', () => {
    const out = temporaryFolder();
    const dataset = smallDataset(['A']);
    const table = 'fov,label,centroid-0,centroid-1\nA,7,20,20\nA,9,2,45\n';
    writeFileSync(path.join(dataset, 'cell_table.csv'), table);
    const flags = ['--scale-bar', 'off', '--size', '20px', '--edge', 'skip', '--out', out];
    assert.equal(runCli('cells', dataset, ...channels, ...flags).exitCode, 0);
    assert.match(
      runCli('status', out).stdout,
      /2 planned, 1 written, 0 unchanged, 1 skipped, 0 failed, 0 cancelled, 0 left/,
    );
  });

  it('says of a file that was cut short that it was, and how its item is made when it is whole again', () => {
    const out = temporaryFolder();
    const dataset = smallDataset(['A', 'B']);
    const file = path.join(dataset, 'B', 'DNA.tiff');
    const whole = readFileSync(file);
    truncateSync(file, 100);
    const made = runCli('fovs', dataset, ...channels, '--out', out);
    assert.deepEqual([made.exitCode, /B: ImageUnreadable: .*cut short/.test(made.stderr)], [1, true], made.stderr);
    writeFileSync(file, whole);
    const resumed = runCli('resume', out);
    assert.equal(resumed.exitCode, 1);
    assert.match(
      resumed.stdout,
      /1 of the failures was known before the start .* export anew with --overwrite changed/,
    );
    const anew = runCli('fovs', dataset, ...channels, '--out', out, '--overwrite', 'changed');
    assert.deepEqual([anew.exitCode, readManifest(out).map((row) => row['outcome'])], [0, ['unchanged', 'written']]);
  });

  it('calls a file that may not become so large an obstacle of the disk', function () {
    if (process.platform === 'win32') skipWithout('ulimit', this);
    const out = temporaryFolder();
    const command = `ulimit -f 1; exec "$0" "$@"`;
    const flags = ['fovs', smallDataset(['A']), ...channels, '--format', 'tiff', '--out', out];
    const args = ['-c', command, process.execPath, cliFile, ...flags];
    const { status, stderr } = spawnBounded('bash', args);
    assert.deepEqual([status, /^OutputNotWritable: .*allows no file of its size\.$/m.test(stderr)], [3, true], stderr);
  });

  it('never writes outside the output folder, whatever a plan says', () => {
    const out = path.join(temporaryFolder(), 'out');
    runCli('fovs', smallDataset(['A']), ...channels, '--out', out);
    const plan = path.join(jobOf(out), 'plan.jsonl');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('"A.png"', '"../A.png"'));
    const result = runCli('resume', out);
    assert.deepEqual(
      [result.exitCode, /RecipeInvalid: .*plain file name/s.test(result.stderr)],
      [2, true],
      result.stderr,
    );
    assert.deepEqual(readdirSync(path.dirname(out)), ['out']);
  });

  it('says on stderr and in the events what ended a job', () => {
    const out = temporaryFolder();
    runCli('fovs', smallDataset(['A']), ...channels, '--out', out);
    rmSync(path.join(out, 'A.png'));
    mkdirSync(path.join(out, 'A.png'));
    rmSync(path.join(out, 'manifest.csv'));
    mkdirSync(path.join(out, 'manifest.csv'));
    const result = runCli('resume', out, '--json');
    assert.equal(result.exitCode, 3);
    assert.notEqual(result.stderr, '');
    assert.ok(eventsOf(result).at(-1)?.['error']);
  });

  it('refuses percentiles in the wrong order in place of turning them round', () => {
    const dataset = smallDataset(['A']);
    for (const limits of ['p99:p1', '1e6:p99']) {
      const { exitCode, stderr } = runCli(
        'fovs',
        dataset,
        '--channel',
        `DNA=red:${limits}`,
        '--out',
        temporaryFolder(),
      );
      assert.deepEqual([exitCode, /ContrastLimitsInvalid: .*DNA/.test(stderr)], [2, true], stderr);
    }
  });

  it('fails a scale bar of less than half a pixel, and warns of one below five', () => {
    const dataset = smallDataset(['A']);
    const out = temporaryFolder();
    const tooShort = runCli('fovs', dataset, ...channels, '--scale-bar-max', '0.1', '--out', out);
    assert.deepEqual([tooShort.exitCode, readManifest(out)[0]['error_code']], [1, 'ScaleBarTooShort']);
    const short = runCli('fovs', dataset, ...channels, '--out', temporaryFolder());
    assert.deepEqual([short.exitCode, /shorter than 5 pixels/.test(short.stderr)], [0, true], short.stderr);
  });

  it('lets no other pixel size stand in for one that a file states and that cannot be used', () => {
    const dataset = temporaryFolder();
    const options = {
      imageDescription: 'ImageJ=1.54f\nunit=micron\n',
      resolution: { x: 2, y: 4, unit: 'none' },
    } as const;
    writePlane(
      path.join(dataset, 'F', 'c.tif'),
      plane(100, 100, () => 1),
      options,
    );
    mkdirSync(path.join(dataset, '.UELer'));
    writeFileSync(path.join(dataset, '.UELer', 'widget_states.json'), '{"pixel_size_inttext": 390}');
    const flags = ['--channel', 'c=red:0:2'];
    const refused = runCli('fovs', dataset, ...flags, '--out', temporaryFolder());
    assert.deepEqual(
      [refused.exitCode, /PixelSizeMissing: .*not square/.test(refused.stderr)],
      [2, true],
      refused.stderr,
    );
    assert.equal(runCli('fovs', dataset, ...flags, '--pixel-size', '0.5', '--out', temporaryFolder()).exitCode, 0);
  });

  it('names no folder of this machine in the manifest, also of masks that lie elsewhere', () => {
    const dataset = smallDataset(['A']);
    const masks = temporaryFolder();
    renameSync(path.join(dataset, 'masks', 'A_whole_cell.tiff'), path.join(masks, 'A_whole_cell.tiff'));
    writeFileSync(path.join(masks, 'A_whole_cell.tiff'), 'not a TIFF at all');
    const out = temporaryFolder();
    runCli('fovs', dataset, ...channels, '--mask', 'whole_cell', '--masks', masks, '--out', out);
    const [row] = readManifest(out);
    assert.equal(row['error_code'], 'ImageUnreadable');
    assert.match(row['error_message'], /A_whole_cell\.tiff/);
    assert.equal(row['error_message'].includes(path.dirname(masks)), false, row['error_message']);
  });

  it('takes the marker sets of a named file in place of all saved ones', () => {
    const dataset = smallDataset(['A']);
    const set = (name: string): object => ({
      name,
      channels: [{ channel: 'DNA', color: 'red', contrastLimits: [0, 9] }],
    });
    mkdirSync(path.join(dataset, '.UELer'));
    const ueler = { marker_sets: { U: { selected_channels: ['DNA'], channel_settings: { DNA: { color: 'Red' } } } } };
    writeFileSync(path.join(dataset, '.UELer', 'widget_states.json'), JSON.stringify(ueler));
    const file = path.join(dataset, 'sets.json');
    writeFileSync(file, JSON.stringify({ version: 1, markerSets: [set('S')] }));
    const out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, '--marker-sets', file, '--out', out).exitCode, 0);
    assert.equal(readManifest(out)[0]['marker_set'], 'S');
    writeFileSync(file, JSON.stringify({ version: 1, markerSets: [set('S'), set('S')] }));
    assert.match(runCli('fovs', dataset, '--marker-sets', file, '--out', out).stderr, /two called "S"/);
  });

  it('takes a FOV folder for a FOV, also when a folder inside it holds TIFFs', async () => {
    const dataset = smallDataset(['A', 'B']);
    writePlane(
      path.join(dataset, 'A', 'qc', 'x.tif'),
      plane(4, 4, () => 1),
    );
    const one = await locateDataset([path.join(dataset, 'A')]);
    assert.deepEqual([one.dataset.folder, one.fovs], [dataset, ['A']]);
    const both = await locateDataset([path.join(dataset, 'B'), path.join(dataset, 'A')]);
    assert.deepEqual(both.fovs, ['B', 'A']);
    const itself = await locateDataset([dataset]);
    assert.deepEqual([itself.dataset.folder, itself.fovs], [dataset, []]);
    await assert.rejects(locateDataset([path.join(dataset, 'masks')]), (error) =>
      isExportError(error, 'DatasetInvalid'),
    );
    await assert.rejects(locateDataset([path.join(dataset, 'A'), path.join(dataset, 'masks')]), (error) =>
      isExportError(error, 'DatasetInvalid'),
    );
  });

  it('does not write into a FOV, which would then not be one any more', () => {
    const dataset = smallDataset(['A', 'B']);
    for (const folder of ['A', path.join('A', 'pictures')]) {
      const { exitCode, stderr } = runCli('fovs', dataset, ...channels, '--out', path.join(dataset, folder));
      assert.deepEqual([exitCode, /Usage: .*FOV A/.test(stderr)], [2, true], stderr);
    }
    assert.deepEqual(readdirSync(path.join(dataset, 'A')).sort(), ['CD3.tif', 'DNA.tiff']);
  });

  it('writes a preview whole, as PNG only, and over nothing', () => {
    const dataset = smallDataset(['A']);
    const to = path.join(temporaryFolder(), 'A.png');
    const preview = (...flags: string[]): number | null =>
      runCli('preview', 'fovs', dataset, ...channels, '--item', 'A', ...flags).exitCode;
    assert.equal(preview('--to', to), 0);
    assert.equal(preview('--to', to), 2);
    assert.equal(preview('--to', to, '--overwrite', 'always'), 0);
    assert.equal(preview('--to', to.replace('.png', '.jpg')), 2);
    const out = temporaryFolder();
    runCli('fovs', dataset, ...channels, '--out', out);
    assert.ok(readFileSync(to).equals(readFileSync(path.join(out, 'A.png'))), 'the bytes of the export');
  });
});
