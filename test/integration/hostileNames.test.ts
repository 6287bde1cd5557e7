import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { type CliResult, eventsOf, runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

/** A FOV whose name clears a terminal, begins a line of its own, and turns what follows around. */
const fov = 'A\u001b[2J\nended: 9 written\u0007\u009bB\u202egpj';
const shownFov = 'A\\x1b[2J\\nended: 9 written\\x07\\x9bB\\u202egpj';
const channel = 'CD3\u2067\u200f';
const shownChannel = 'CD3\\u2067\\u200f';

const hidden = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** What a terminal would get has nothing in it that a person does not see, and no line that a name made. */
function assertPlain({ stdout, stderr }: CliResult): void {
  for (const text of [stdout, stderr]) {
    assert.doesNotMatch(text, hidden);
    assert.doesNotMatch(text, /^ended: 9 written/m);
  }
}

describe('names of strangers on a terminal', () => {
  let folder: string;
  before(function () {
    if (process.platform === 'win32') skipWithout('file names with line breaks', this);
    folder = smallDataset([fov]);
    writePlane(
      path.join(folder, fov, `${channel}.tiff`),
      plane(60, 40, (x) => x),
    );
    writeFileSync(path.join(folder, 'cell_table.csv'), `fov,label,kind\u202e\n"${fov}",7,a\n`);
  });

  it('are shown escaped by inspect, and exact in its JSON', () => {
    const shown = runCli('inspect', folder);
    assertPlain(shown);
    assert.ok(shown.stdout.includes(`\n${shownFov}  60 × 40 px`), shown.stdout);
    assert.ok(shown.stdout.includes(shownChannel) && shown.stdout.includes('kind\\u202e'), shown.stdout);
    const json = runCli('inspect', folder, '--json').stdout;
    assert.doesNotMatch(json, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    const { fovs } = JSON.parse(json) as { fovs: { name: string; channels: string[] }[] };
    assert.equal(fovs[0].name, fov);
    assert.ok(fovs[0].channels.includes(channel));
  });

  it('are shown escaped in a dry run, in a job, of its failures, by status, and where a request is refused', () => {
    const out = path.join(temporaryFolder(), 'out');
    const flags = ['--channel', 'DNA=blue:0:255', '--mask', `no${channel}`, '--out', out];
    for (const args of [
      ['fovs', folder, ...flags, '--dry-run'],
      ['fovs', folder, ...flags],
      ['status', out],
    ]) {
      const said = runCli(...args);
      assertPlain(said);
      assert.ok((said.stdout + said.stderr).includes(`${shownFov}: `), said.stdout + said.stderr);
    }
    const refused = runCli('fovs', folder, '--channel', `${channel}=blue:1`, '--out', out);
    assertPlain(refused);
    assert.ok(refused.stderr.includes(`"${shownChannel}=blue:1"`), refused.stderr);
    const unknown = runCli('fovs\u001b[2J\nended: 9 written');
    assertPlain(unknown);
    assert.match(unknown.stderr, /^Unknown command fovs\\x1b\[2J\\nended/);
    // A manifest is read by programs.
    assert.equal(readManifest(out)[0]['fov'], fov);
  });

  it('are shown escaped where they were made, and exact in events', () => {
    const out = path.join(temporaryFolder(), 'out');
    const flags = ['--channel', `${channel}=blue:0:255`, '--scale-bar', 'off', '--out', out, '--overwrite', 'always'];
    const said = runCli('fovs', folder, ...flags, '--name', 'picture');
    assert.equal(said.exitCode, 0, said.stderr);
    assertPlain(said);
    const again = runCli('fovs', folder, ...flags, '--name', 'picture', '--json');
    const item = eventsOf(again).find(({ event }) => event === 'item');
    assert.equal(item?.['id'], fov);
    const made = runCli('inspect', path.join(out, 'picture.png'), '--dataset', folder);
    assertPlain(made);
    assert.ok(made.stdout.includes(`item         ${shownFov}`), made.stdout);
  });

  it('of a recipe are shown escaped, and no list of them is endless', () => {
    const file = path.join(temporaryFolder(), 'many.export.json');
    const channels = Array.from({ length: 500 }, (_, i) => ({ channel: `C${i}`, color: 'no\u202ecolour' }));
    writeFileSync(file, JSON.stringify({ version: 1, mode: 'fovs', channels, ['odd\nended: 9 written']: 1 }));
    const refused = runCli('run', file, '--dataset', folder, '--out', path.join(temporaryFolder(), 'out'));
    assert.equal(refused.exitCode, 2);
    assertPlain(refused);
    assert.match(refused.stderr, / and \d+ more/);
    assert.ok(refused.stderr.length < 4000, `${refused.stderr.length} characters`);
  });
});

describe('long lists of names', () => {
  it('end with how many more there are, of channels, columns and problems', function () {
    this.timeout(120_000);
    const folder = temporaryFolder();
    const tiny = plane(2, 2, () => 1);
    for (let i = 0; i < 120; i++) writePlane(path.join(folder, 'A', `C${i}.tiff`), tiny, {});
    const header = Array.from({ length: 5000 }, (_, i) => `column${i}`).join(',');
    writeFileSync(path.join(folder, 'cell_table.csv'), `fov,label,${header}\n`);
    const { stdout } = runCli('inspect', folder);
    assert.match(stdout, /\n {2}channels .*, C\d+ and 20 more\n/);
    assert.match(stdout, /\ncell table .* and 4902 more\n/);
    assert.ok(stdout.length < 8000, `${stdout.length} characters`);
    const { fovs } = JSON.parse(runCli('inspect', folder, '--json').stdout) as { fovs: { channels: string[] }[] };
    assert.equal(fovs[0].channels.length, 120);
  });

  it('of problems, too', () => {
    const folder = smallDataset(Array.from({ length: 60 }, (_, i) => `F${i}`));
    const flags = ['--channel', 'none=blue:0:255', '--out', path.join(folder, 'out'), '--dry-run'];
    const { stderr } = runCli('fovs', folder, ...flags);
    assert.equal(stderr.split('\n').filter((line) => line.startsWith('ChannelNotFound: ')).length, 50);
    assert.match(stderr, /\nand 10 more\n/);
  });
});
