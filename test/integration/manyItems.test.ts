import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { plane, smallDataset, writePlane } from '../support/dataset';
import { cliFile, eventsOf, runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { spawnBounded } from '../support/spawnBounded';
import { temporaryFolder } from '../support/temporaryFolder';

/** One small FOV with so many cells, as a whole slide has. */
function crowd(cells: number): string {
  const folder = temporaryFolder();
  writePlane(
    path.join(folder, 'A', 'DNA.tiff'),
    plane(64, 64, (x) => x),
  );
  const rows = Array.from({ length: cells }, (_, i) => `A,${i + 1},${i % 64},${(i >> 6) % 64},t${i % 3}`);
  writeFileSync(path.join(folder, 'cell_table.csv'), ['fov,label,centroid-0,centroid-1,type', ...rows].join('\n'));
  return folder;
}

const look = ['--channel', 'DNA=red:0:64', '--scale-bar', 'off', '--size', '3px'];

describe('more items than a call takes arguments', () => {
  const count = 150_000;
  let dataset: string;
  before(() => {
    dataset = crowd(count);
  });

  for (const [name, flags, planned] of [
    ['all cells of a FOV', [], count],
    ['a sample', ['--sample', '140000'], 140_000],
    ['a print width that is too coarse', ['--width-mm', '10'], count],
  ] as const) {
    it(`are planned: ${name}`, () => {
      const result = runCli('cells', dataset, ...look, ...flags, '--dry-run', '--json');
      assert.equal(result.exitCode, 0, result.stderr);
      assert.equal(eventsOf(result).find(({ event }) => event === 'planned')?.['items'], planned);
    });
  }
});

describe('items of many files', () => {
  it('are flushed with few of them open at a time', function () {
    if (process.platform === 'win32') skipWithout('ulimit', this);
    const channels = Array.from({ length: 8 }, (_, i) => `c${i}`);
    const folder = smallDataset([]);
    for (const name of channels)
      writePlane(
        path.join(folder, 'A', `${name}.tiff`),
        plane(20, 20, (x) => x),
      );
    const rows = Array.from({ length: 64 }, (_, i) => `A,${i + 1},${i % 20},${i % 17}`);
    writeFileSync(path.join(folder, 'cell_table.csv'), ['fov,label,centroid-0,centroid-1', ...rows].join('\n'));
    // One batch has 64 × 8 × 2 files, and twelve items already more than may be open.
    const flags = channels.flatMap((name) => ['--channel', `${name}=red:0:20`]);
    const args = ['cells', folder, ...flags, '--separate-channels', '--format', 'png', '--format', 'tiff', '--scale-bar', 'off', '--size', '5px', '--out', temporaryFolder()]; // prettier-ignore
    const command = `ulimit -n 100 && exec "$0" "$@"`;
    const { status, stderr } = spawnBounded('sh', ['-c', command, process.execPath, cliFile, ...args]);
    assert.equal(status, 0, stderr);
  });
});
