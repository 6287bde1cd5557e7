import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { plane, writePlane } from '../support/dataset';
import { cliFile } from '../support/runCli';
import { jobsFolder, noiseValue } from '../support/smallFovs';
import { spawnBounded } from '../support/spawnBounded';
import { temporaryFolder } from '../support/temporaryFolder';

/** A FOV whose PNG has two segments, with a channel that is noise, one that is smooth, and round cells. */
function dataset(): string {
  const folder = temporaryFolder();
  const [widthPx, heightPx] = [711, 600];
  const values = {
    'A/noise.tiff': (x: number, y: number) => noiseValue(x, y, 0),
    'A/smooth.tiff': (x: number, y: number) => Math.max(0, Math.round(300 * Math.sin(x / 40) * Math.sin(y / 50))),
    'masks/A_whole_cell.tiff': (x: number, y: number) =>
      (x % 30) * (30 - (x % 30)) * (y % 30) > 2000 ? 1 + Math.floor(x / 30) + 24 * Math.floor(y / 30) : 0,
  };
  for (const [name, value] of Object.entries(values)) {
    writePlane(path.join(folder, ...name.split('/')), plane(widthPx, heightPx, value));
  }
  return folder;
}

describe('kernels as they are defined and compiled', () => {
  it('make the same files, byte by byte', () => {
    const folder = dataset();
    const files = [{}, { MBE_KERNELS: 'ts' }].map((kernels) => {
      const out = path.join(temporaryFolder(), 'out');
      const { status, stderr } = spawnBounded(
        process.execPath,
        [
          ...[cliFile, 'fovs', folder, '--out', out],
          ...['--channel', 'noise=green:0:400', '--channel', 'smooth=#ff2080:10:290'],
          ...['--mask', 'whole_cell,color=white', '--scale-bar', '50um'],
          ...['png', 'tiff', 'pdf', 'svg'].flatMap((format) => ['--format', format]),
        ],
        { env: { ...process.env, ...kernels } },
      );
      assert.equal(status, 0, stderr);
      const names = readdirSync(out).filter((name) => name !== jobsFolder);
      return new Map(names.map((name) => [name, readFileSync(path.join(out, name))]));
    });
    const [compiled, defined] = files;
    assert.deepEqual([...compiled.keys()].sort(), ['A.pdf', 'A.png', 'A.svg', 'A.tiff', 'manifest.csv']);
    assert.deepEqual([...defined.keys()].sort(), [...compiled.keys()].sort());
    for (const [name, bytes] of compiled) assert.ok(bytes.equals(defined.get(name)!), `${name} differs`);
  });
});
