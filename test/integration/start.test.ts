import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { smallDataset } from '../support/dataset';
import { cliFile } from '../support/runCli';
import { spawnBounded } from '../support/spawnBounded';
import { temporaryFolder } from '../support/temporaryFolder';

/** Makes every process write what it has loaded when it ends, each into a file of its own, the program first. */
const noteLoaded = (folder: string): string => `
  process.on('exit', () => {
    const loaded = Object.keys(require.cache).filter((file) => file !== __filename);
    require('node:fs').writeFileSync(${JSON.stringify(folder)} + '/' + process.pid, JSON.stringify(loaded));
  });
`;

/** Runs the command line. Returns what each of its processes has loaded of `dist` and `node_modules`, by name. */
function loadedBy(...args: string[]): string[][] {
  const folder = temporaryFolder();
  const hook = path.join(temporaryFolder(), 'noteLoaded.cjs');
  writeFileSync(hook, noteLoaded(folder));
  const env = { ...process.env, NODE_OPTIONS: `--require=${hook}` };
  const { status, stderr } = spawnBounded(process.execPath, [cliFile, ...args], { env });
  assert.equal(status, 0, stderr);
  const processes = readdirSync(folder).map(
    (pid) => JSON.parse(readFileSync(path.join(folder, pid), 'utf8')) as string[],
  );
  return processes.map((files) => files.map((file) => path.basename(file))).sort();
}

describe('the start of the command line', () => {
  for (const flag of ['--version', '--help']) {
    it(`loads nothing but its entry for ${flag}`, () => {
      assert.deepEqual(loadedBy(flag), [['cli.cjs']]);
    });
  }

  it('loads neither libraries of PDF and fonts nor native ones for PNGs, and starts one worker for one item', () => {
    const out = path.join(temporaryFolder(), 'out');
    const look = ['--channel', 'DNA=blue:0:255', '--scale-bar', '10um', '--title', 'A⁺'];
    const loaded = loadedBy('fovs', smallDataset(['A']), ...look, '--jobs', '2', '--out', out);
    assert.deepEqual(loaded, [['cli.cjs', 'doCommand.cjs'], ['renderWorker.cjs']]);
  });
});
