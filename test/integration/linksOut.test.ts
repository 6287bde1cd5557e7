import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { openDataset } from '../../src/core/index';
import { smallDataset } from '../support/dataset';
import { type CliResult, eventsOf, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';
import { writeUelerState } from '../support/uelerState';

const dna = ['--channel', 'DNA=blue:0:255', '--scale-bar', 'off'];

/** Moves something of a dataset elsewhere and puts a link in its place. Returns where it is. */
function linkAway(folder: string, name: string): string {
  const elsewhere = path.join(temporaryFolder(), path.basename(name));
  renameSync(path.join(folder, name), elsewhere);
  symlinkSync(elsewhere, path.join(folder, name));
  return elsewhere;
}

function assertRefused({ exitCode, stderr }: CliResult, message: RegExp): void {
  assert.equal(exitCode, 2, stderr);
  assert.match(stderr, message);
  assert.equal(stderr.trim().split('\n').length, 1);
}

describe('links that lead out of a dataset', () => {
  const linkProblems = async (folder: string): Promise<string[]> =>
    (await openDataset(folder)).warnings.filter(({ code }) => code === 'LinksLeadOut').map(({ message }) => message);

  it('are followed for reading, with one warning that names one and counts the others', async () => {
    const folder = smallDataset();
    const where = linkAway(folder, 'A');
    linkAway(folder, path.join('B', 'DNA.tiff'));
    linkAway(folder, 'masks');
    const out = temporaryFolder();
    const message = `Read through links that lead out of ${folder}: A to ${where} and 2 more. Nothing is written through them.`;
    assert.deepEqual(await linkProblems(folder), [message]);
    assert.ok(runCli('inspect', folder).stdout.includes(message));
    const flags = [...dna, '--mask', 'whole_cell', '--out', out, '--json'];
    for (const more of [['--dry-run'], []]) {
      const result = runCli('fovs', folder, ...flags, ...more);
      assert.equal(result.exitCode, 0, result.stderr);
      const [planned] = eventsOf(result) as { problems: { code: string; message: string }[] }[];
      assert.deepEqual(
        planned.problems.filter(({ code }) => code === 'LinksLeadOut'),
        [{ code: 'LinksLeadOut', message }],
      );
    }
  });

  it('are no others: links within it, to what is not read, and the link by which it is opened', async () => {
    const folder = smallDataset(['A']);
    renameSync(path.join(folder, 'A'), path.join(folder, '.A'));
    symlinkSync('.A', path.join(folder, 'A'));
    symlinkSync(temporaryFolder(), path.join(folder, 'notes'));
    const link = path.join(temporaryFolder(), 'link');
    symlinkSync(folder, link);
    assert.deepEqual([await linkProblems(folder), await linkProblems(link)], [[], []]);
  });

  it('are not written through by default, and are where the user names them', () => {
    const folder = smallDataset(['A']);
    const elsewhere = temporaryFolder();
    const exports = path.join(folder, 'exports');
    symlinkSync(elsewhere, exports);
    const recipe = path.join(temporaryFolder(), 'r.export.json');
    runCli('fovs', folder, ...dna, '--save-recipe', recipe);
    const refusal =
      /^Usage: Expected to write into .*exports, but a link leads from there out of .*; name the folder with --out, or choose it in the panel\.$/m;
    for (const args of [
      ['fovs', folder, ...dna],
      ['fovs', folder, ...dna, '--dry-run'],
      ['run', recipe, '--dataset', folder],
    ]) {
      assertRefused(runCli(...args), refusal);
      assert.deepEqual(readdirSync(elsewhere), []);
    }
    assert.equal(runCli('fovs', folder, ...dna, '--out', exports).exitCode, 0);
    assert.ok(existsSync(path.join(elsewhere, 'A.png')));
  });

  it('are not written through where jobs are, nor by a request to stop', () => {
    const folder = smallDataset(['A']);
    const [out, elsewhere] = [temporaryFolder(), temporaryFolder()];
    symlinkSync(elsewhere, path.join(out, '.batch-export-jobs'));
    assertRefused(runCli('fovs', folder, ...dna, '--out', out), /\.batch-export-jobs, but a link leads from there/);
    assert.deepEqual(readdirSync(elsewhere), []);

    const made = temporaryFolder();
    assert.equal(runCli('fovs', folder, ...dna, '--out', made).exitCode, 0);
    const jobs = path.join(made, '.batch-export-jobs');
    const job = path.join(jobs, readdirSync(jobs)[0]);
    const precious = path.join(elsewhere, 'precious.txt');
    symlinkSync(precious, path.join(job, 'cancel'));
    runCli('cancel', made);
    assert.equal(existsSync(precious), false);
    assert.equal(runCli('resume', made).exitCode, 0);
    rmSync(path.join(made, 'A.png'));
    const journal = linkAway(job, 'journal');
    const before = readdirSync(journal);
    for (const command of ['resume', 'cancel']) {
      assertRefused(runCli(command, made), /journal, but a link leads from there out of/);
    }
    assert.deepEqual(readdirSync(journal), before);
  });

  it('in the way of pictures and the manifest are replaced, and what they lead to stays', () => {
    const folder = smallDataset(['A']);
    const [out, elsewhere] = [temporaryFolder(), temporaryFolder()];
    for (const name of ['A.png', 'manifest.csv']) {
      writeFileSync(path.join(elsewhere, name), 'precious');
      symlinkSync(path.join(elsewhere, name), path.join(out, name));
    }
    assert.equal(runCli('fovs', folder, ...dna, '--out', out, '--overwrite', 'always').exitCode, 0);
    for (const name of ['A.png', 'manifest.csv']) {
      assert.equal(readFileSync(path.join(elsewhere, name), 'utf8'), 'precious');
      assert.ok(lstatSync(path.join(out, name)).isFile());
    }
  });

  it('are not written through when settings are imported', () => {
    const folder = smallDataset(['A']);
    writeUelerState(folder);
    const elsewhere = temporaryFolder();
    symlinkSync(elsewhere, path.join(folder, '.batch-export'));
    const { exitCode, stderr } = runCli('import', folder);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /\.batch-export, but a link leads from there out of/);
    assert.deepEqual(readdirSync(elsewhere), []);
    mkdirSync(path.join(elsewhere, 'kept'));
  });
});
