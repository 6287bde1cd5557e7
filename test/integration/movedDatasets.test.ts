import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { ExportJob, listJobs } from '../../src/core/index';
import { noteChangedSources } from '../../src/core/run/changedSources';
import { hasSources, requireDatasetAt } from '../../src/core/job/datasetPlace';
import { listSources } from '../../src/core/job/listSources';
import { ItemList } from '../../src/core/model/itemList';
import type { PlannedItem } from '../../src/core/model/plan';
import { plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const look = ['--channel', 'DNA=blue:0:255', '--mask', 'whole_cell', '--scale-bar', 'off'];

/** The pictures of an output folder by their names. */
function pictures(out: string): Map<string, string> {
  const names = readdirSync(out).filter((name) => name.endsWith('.png'));
  return new Map(names.sort().map((name) => [name, readFileSync(path.join(out, name)).toString('base64')]));
}

/** A job that is to go on: its pictures of A and C are there, that of B has to be made. */
function begun(folder: string, ...flags: string[]): { out: string; made: Map<string, string> } {
  const out = flags.includes('--out') ? flags[flags.indexOf('--out') + 1] : path.join(folder, 'exports');
  const { exitCode, stderr } = runCli('fovs', folder, ...look, ...flags);
  assert.equal(exitCode, 0, stderr);
  const made = pictures(out);
  rmSync(path.join(out, 'B.png'));
  return { out, made };
}

async function jobOf(out: string): Promise<string> {
  return (await listJobs(out))[0];
}

/** What a job of version 0.1.0 said of its dataset: its absolute folder alone. */
async function makeOld(out: string): Promise<void> {
  const file = path.join(await jobOf(out), 'origin.json');
  const origin = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  delete origin['datasetFromOutput'];
  writeFileSync(file, `${JSON.stringify({ ...origin, version: '0.1.0' })}\n`);
}

describe('a job whose dataset was moved', function () {
  this.timeout(60_000);

  it('goes on by itself where the pictures are in the dataset, to the same bytes', () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const { made } = begun(folder);
    const moved = path.join(temporaryFolder(), 'elsewhere', 'moved');
    mkdirSync(path.dirname(moved));
    renameSync(folder, moved);
    const { exitCode, stdout, stderr } = runCli('resume', path.join(moved, 'exports'));
    assert.deepEqual([exitCode, stderr, /^B\.png$/m.test(stdout)], [0, '', true]);
    assert.deepEqual(pictures(path.join(moved, 'exports')), made);
  });

  it('takes the copy that its pictures are in, and not the one that they came from', () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const { made } = begun(folder);
    const copy = path.join(temporaryFolder(), 'copy');
    cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
    writePlane(
      path.join(folder, 'B', 'DNA.tiff'),
      plane(60, 40, () => 0),
    );
    assert.equal(runCli('resume', path.join(copy, 'exports')).exitCode, 0);
    assert.deepEqual(pictures(path.join(copy, 'exports')), made);
  });

  it('keeps to the old place where only the pictures were moved', () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const { out, made } = begun(folder);
    // Another dataset with the same names: what its files hold is told by their sizes.
    const other = smallDataset();
    for (const fov of ['A', 'B', 'C']) {
      writePlane(
        path.join(other, fov, 'DNA.tiff'),
        plane(30, 40, () => 99),
      );
    }
    const moved = path.join(other, 'exports');
    renameSync(out, moved);
    const { exitCode, stderr } = runCli('resume', moved);
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.deepEqual(pictures(moved), made);
  });

  it('elsewhere says in one sentence what to do, and goes on from then on where it is told', () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const { out, made } = begun(folder, '--out', path.join(temporaryFolder(), 'out'));
    const moved = path.join(temporaryFolder(), 'moved');
    renameSync(folder, moved);

    const refused = runCli('resume', out);
    assert.equal(refused.exitCode, 2, refused.stderr);
    const first = path.join(folder, 'A', 'DNA.tiff');
    assert.equal(
      refused.stderr,
      `DatasetInvalid: Expected the dataset of this job at ${folder}, but its files are not there (${first}); if it was moved, resume with --dataset DIR, or open it in the panel and resume there.\n`,
    );
    assert.equal(existsSync(path.join(out, 'B.png')), false);
    assert.match(runCli('status', out).stdout, /DatasetInvalid: .*--dataset DIR/);

    const told = runCli('resume', out, '--dataset', moved);
    assert.deepEqual([told.exitCode, told.stderr], [0, '']);
    assert.deepEqual(pictures(out), made);
    assert.ok(readManifest(out).every((row) => row['outcome'] === 'written'));

    rmSync(path.join(out, 'C.png'));
    assert.equal(runCli('resume', out).exitCode, 0, 'it was told once, and knows it now');
    assert.deepEqual(pictures(out), made);
  });

  it('of version 0.1.0 goes on, too, when it is told', async () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const { out, made } = begun(folder);
    await makeOld(out);
    assert.equal(runCli('resume', out).exitCode, 0, 'not moved, it goes on as ever');
    rmSync(path.join(out, 'B.png'));
    const moved = path.join(temporaryFolder(), 'moved');
    renameSync(folder, moved);
    const exports = path.join(moved, 'exports');
    const refused = runCli('resume', exports);
    assert.equal(refused.exitCode, 2);
    assert.ok(refused.stderr.includes(`at ${folder}, but`) && refused.stderr.includes('--dataset DIR'), refused.stderr);
    assert.equal(runCli('resume', exports, '--dataset', moved).exitCode, 0);
    assert.deepEqual(pictures(exports), made);
    // Moved once more, it finds what it was told of beside itself.
    rmSync(path.join(exports, 'B.png'));
    const again = path.join(temporaryFolder(), 'again');
    renameSync(moved, again);
    assert.equal(runCli('resume', path.join(again, 'exports')).exitCode, 0);
    assert.deepEqual(pictures(path.join(again, 'exports')), made);
  });

  it('makes the same bytes where masks and cell table are outside of it, and stayed there', () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const beside = temporaryFolder();
    renameSync(path.join(folder, 'masks'), path.join(beside, 'labels'));
    const table = path.join(beside, 'cells.csv');
    writeFileSync(
      table,
      ['A', 'B', 'C'].flatMap((fov) => [`${fov},7,T`, `${fov},9,B`]).reduce((a, b) => `${a}\n${b}`, 'fov,label,type'),
    );
    const parts = ['--masks', path.join(beside, 'labels'), '--cell-table', table];
    const { made } = begun(folder, ...parts, '--mask', 'whole_cell,mode=fill,color=by:type');
    const moved = path.join(temporaryFolder(), 'moved');
    renameSync(folder, moved);
    const { exitCode, stderr } = runCli('resume', path.join(moved, 'exports'));
    assert.deepEqual([exitCode, stderr], [0, '']);
    assert.deepEqual(pictures(path.join(moved, 'exports')), made);
  });

  it('by copying has other times, which hashes say are none of a difference', () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    for (const [flags, warning] of [
      [[], /^SourcesDiffer: .*B\/DNA\.tiff/],
      [['--hash-sources'], /^$/],
    ] as const) {
      const { out } = begun(folder, ...flags, '--out', path.join(temporaryFolder(), 'out'));
      const copy = path.join(temporaryFolder(), 'copy');
      cpSync(folder, copy, { recursive: true });
      utimesSync(path.join(copy, 'B', 'DNA.tiff'), 1e9, 1e9);
      const { exitCode, stderr } = runCli('resume', out, '--dataset', copy);
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, warning);
    }
  });

  describe('and another dataset is no substitute', () => {
    const setUp = (): { out: string; folder: string } => {
      const folder = path.join(temporaryFolder(), 'ds');
      renameSync(smallDataset(), folder);
      const { out } = begun(folder, '--out', path.join(temporaryFolder(), 'out'));
      renameSync(folder, path.join(temporaryFolder(), 'moved'));
      return { out, folder };
    };
    const others: [what: string, make: () => string, stderr: (dir: string) => string][] = [
      ['nothing', () => path.join(temporaryFolder(), 'no'), (dir) => `in ${dir}, but there is no such folder`],
      [
        'other names',
        () => smallDataset(['X', 'Y']),
        (dir) => `in ${dir}, but none of its 6 files is there, such as ${path.join(dir, 'A', 'DNA.tiff')}`,
      ],
      [
        'other sizes',
        () => {
          const other = smallDataset();
          for (const fov of ['A', 'B', 'C']) {
            for (const name of [`${fov}/DNA.tiff`, `masks/${fov}_whole_cell.tiff`]) {
              writePlane(
                path.join(other, name),
                plane(20, 20, (x) => x),
              );
            }
          }
          return other;
        },
        (dir) =>
          `in ${dir}, but 6 of its 6 files are not there or of another size, such as ${path.join(dir, 'A', 'DNA.tiff')}`,
      ],
    ];
    for (const [what, make, stderr] of others) {
      it(`of ${what}`, async () => {
        const { out } = setUp();
        const dir = make();
        const result = runCli('resume', out, '--dataset', dir);
        assert.equal(result.exitCode, 2, result.stderr);
        assert.ok(result.stderr.startsWith('DatasetInvalid: Expected the dataset of this job '), result.stderr);
        assert.ok(result.stderr.includes(stderr(dir)), result.stderr);
        assert.equal(existsSync(path.join(out, 'B.png')), false);
        assert.equal(existsSync(path.join(await jobOf(out), 'dataset.json')), false);
      });
    }

    it('says which files are not as they were, of one that is nearly it', () => {
      const { out, folder } = setUp();
      const other = smallDataset();
      writePlane(
        path.join(other, 'B', 'DNA.tiff'),
        plane(60, 40, () => 7),
        { imageDescription: 'longer than before' },
      );
      const { exitCode, stderr } = runCli('resume', out, '--dataset', other);
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, /^SourcesDiffer: .*B\/DNA\.tiff/);
      assert.match(
        readManifest(out).find((row) => row['item'] === 'B')?.['note'] ?? '',
        /changed after the job was planned/,
      );
      assert.equal(existsSync(folder), false);
    });
  });

  it('has nothing to say where nothing is left to make', () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const out = path.join(temporaryFolder(), 'out');
    assert.equal(runCli('fovs', folder, ...look, '--out', out).exitCode, 0);
    rmSync(folder, { recursive: true });
    const { exitCode, stdout, stderr } = runCli('resume', out);
    assert.deepEqual([exitCode, stderr, /^Nothing was left to make/.test(stdout)], [0, '', true]);
  });

  it('names the folder that files are named from when one of them fails', () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const { out } = begun(folder);
    rmSync(path.join(folder, 'B', 'DNA.tiff'));
    for (const command of ['resume', 'status']) {
      const { stdout, stderr } = runCli(command, out);
      assert.match(`${stdout}${stderr}`, /^B: ImageUnreadable: .* B\/DNA\.tiff, but the file does not exist/m);
      assert.ok(stdout.includes(`Files of the dataset are named from ${folder}`), stdout);
    }
  });

  it('is known to whoever asks, as the panel does', async () => {
    const folder = path.join(temporaryFolder(), 'ds');
    renameSync(smallDataset(), folder);
    const { out } = begun(folder, '--out', path.join(temporaryFolder(), 'out'));
    const job = await ExportJob.open(out);
    assert.equal(await job.isDatasetThere(), true);
    const moved = path.join(temporaryFolder(), 'moved');
    renameSync(folder, moved);
    assert.equal(await job.isDatasetThere(), false);
    await assert.rejects(job.requireDataset(smallDataset(['X'])), { code: 'DatasetInvalid' });
    await job.requireDataset(moved);
  });

  it('is looked for by some of its files, from all over it', async () => {
    const folder = temporaryFolder();
    const sources = Array.from({ length: 1000 }, (_, i) => ({ file: `${i}.tif`, bytes: 1 }));
    assert.equal(await hasSources(folder, sources), false);
    await assert.rejects(requireDatasetAt(folder, '/old', sources), {
      message: `Expected the dataset of this job (/old) in ${folder}, but none of the 200 of its 1000 files that were looked at is there, such as ${path.join(folder, '0.tif')}; choose the folder that has them.`,
    });
    for (let i = 500; i < 1000; i += 5) writeFileSync(path.join(folder, `${i}.tif`), '1');
    assert.equal(await hasSources(folder, sources), true);
    await requireDatasetAt(folder, '/old', sources);
  });

  it('and whose files are being compared with those of before can be cancelled', async () => {
    const folder = smallDataset(['A']);
    const items = ItemList.from([item('A')]);
    const [{ bytes, sha256 }] = await listSources({ datasetFolder: folder, items }, true);
    const sources = [{ file: 'A/DNA.tiff', bytes, sha256, modified: '2001-01-01T00:00:00.000Z' }];
    const request = { datasetFolder: folder, sources } as Parameters<typeof noteChangedSources>[0];
    assert.deepEqual([...(await noteChangedSources(request, items)).items], [item('A')]);
    const cancel = new AbortController();
    const running = noteChangedSources(request, items, cancel.signal);
    cancel.abort(new Error('cancelled'));
    await assert.rejects(running, { message: 'cancelled' });
  });

  function item(fov: string): PlannedItem {
    const files = [{ path: `${fov}.png`, format: 'png' as const }];
    return { id: fov, fov, files, channels: [{ name: 'DNA', file: `${fov}/DNA.tiff` }], masks: [] };
  }
});
