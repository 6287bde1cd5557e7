import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeSample } from '../../sample/makeSample';
import { readManifest, smallDataset } from '../support/dataset';
import { eventsOf, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const look = ['--channel', 'DNA=red:0:240', '--scale-bar', 'off'];

/** FOV A with two cells, one of them so near the border that 30 pixels about it reach beyond. */
function cells(): string {
  const folder = smallDataset(['A']);
  writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,centroid-0,centroid-1\nA,7,19,20\nA,9,11,42\n');
  return folder;
}

describe('a dry run', () => {
  describe('of items at the border', () => {
    for (const [edge, counts, remark, about9] of [
      ['pad', { padded: 1, moved: 0, skipped: 0 }, 'black beyond the image', { note: 'reaches beyond the image: black there' }], // prettier-ignore
      ['shift', { padded: 0, moved: 1, skipped: 0 }, 'moved into the image', { note: 'moved into the image' }],
      ['skip', { padded: 0, moved: 0, skipped: 1 }, 'skipped', { skip: 'it reaches beyond the image' }],
    ] as const) {
      it(`counts them and says of each what becomes of it: ${edge}`, () => {
        const args = ['cells', cells(), ...look, '--size', '30px', '--edge', edge, '--dry-run'];
        args.push('--out', temporaryFolder());
        const events = eventsOf(runCli(...args, '--json'));
        assert.deepEqual(events.filter(({ event }) => event === 'border'), [{ event: 'border', ...counts }]); // prettier-ignore
        assert.deepEqual(
          events.filter(({ event }) => event === 'planned-item'),
          [
            { event: 'planned-item', id: 'A:7', paths: ['A_cell_7.png'] },
            { event: 'planned-item', id: 'A:9', paths: ['A_cell_9.png'], ...about9 },
          ],
        );
        assert.match(runCli(...args).stdout, new RegExp(`^1 cell at the border: ${remark}\\.$`, 'm'));
      });
    }
  });

  it('says what is written, also when the first and the last item are crops at a border, and what a gallery takes', async () => {
    const folder = path.join(temporaryFolder(), 'dataset');
    await makeSample(folder);
    const out = path.join(temporaryFolder(), 'out');
    const args = [
      'cells',
      folder,
      '--marker-set',
      'Immune',
      '--size',
      '64px',
      '--sample',
      '250',
      '--seed',
      '3',
      '--out',
      out,
    ];
    const dry = runCli(...args, '--gallery', '5x4', '--dry-run', '--json');
    const estimate = eventsOf(dry).find(({ event }) => event === 'estimate')!;
    assert.equal(runCli(...args, '--gallery', '5x4').exitCode, 0);
    const pictures = readManifest(out).length - 1;
    const made = readdirSync(out).filter((name) => /\.(png|pdf)$/.test(name));
    const bytes = made.reduce((sum, name) => sum + statSync(path.join(out, name)).size, 0);
    const said = Number(estimate['bytes']);
    assert.ok(Math.abs(said / bytes - 1) < 0.1, `${said} bytes of ${bytes}`);
    assert.ok(Number(estimate['seconds']) > (4 * pictures) / 1000, 'pages take their time');
    assert.ok(Number(estimate['triedItems']) > 3);
  });

  it('says all that an item lacks, at once', () => {
    const flags = [
      '--channel',
      'CD99=green:0:1',
      '--channel',
      'CD98=green:0:1',
      '--mask',
      'nuclei',
      '--annotation',
      'x',
    ];
    const result = runCli('fovs', smallDataset(['A']), ...look, ...flags, '--dry-run', '--json', '--out', temporaryFolder()); // prettier-ignore
    const error = eventsOf(result).find(({ event }) => event === 'planned-item')?.['error'];
    assert.deepEqual(error, {
      code: 'ChannelNotFound',
      message:
        'Expected channel CD99 in FOV A, but found CD3, DNA. Expected channel CD98 in FOV A, but found CD3, DNA. Expected mask nuclei in FOV A, but found whole_cell. Expected annotation x in FOV A, but found no annotation at all.',
    });
  });
});
