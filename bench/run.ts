/**
 * `npm run bench [-- --runs N] [--quick]`: what a job takes, interleaved with a script in Python that makes the same pictures
 * (bench/pythonLoop.py), on data made for it (bench/makeData.py). CPU seconds of all processes are the steadier figure on a
 * machine that does other things, too. Needs Python with numpy, tifffile and scikit-image: `$BENCH_PYTHON`, or one that is found.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';

interface Measured {
  readonly exitCode: number;
  readonly wallS: number;
  readonly cpuS: number;
  readonly peakMiB: number;
}

const repository = path.join(__dirname, '..');
const cli = path.join(repository, 'dist', 'cli.cjs');
const cellsPerFov = 500;

const shown = ['--marker-set', 'all', '--mask', 'whole_cell', '--pixel-size', '0.5', '--quiet'];
const works = [
  { mode: 'fovs', items: 10, args: ['fovs'], sample: 'FOV03' },
  {
    mode: 'cells',
    items: 10 * cellsPerFov,
    args: ['cells', '--where', `label <= ${cellsPerFov}`, '--size', '100px'],
    sample: 'FOV03_cell_200',
  },
  { mode: 'rois', items: 50, args: ['rois'], sample: 'FOV03_roi_FOV03-2' },
];

async function main(args: readonly string[]): Promise<void> {
  const runs = args.includes('--quick') ? 1 : Number(args[args.indexOf('--runs') + 1] || 5);
  const python = findPython();
  const folder = mkdtempSync(path.join(tmpdir(), 'mbe-bench-'));
  try {
    const data = path.join(folder, 'data');
    runOrThrow(python, [path.join(__dirname, 'makeData.py'), data]);
    const versions =
      'import numpy, skimage, tifffile; print(numpy.__version__, skimage.__version__, tifffile.__version__)';
    const [numpy, skimage, tifffile] = spawnSync(python, ['-c', versions], { encoding: 'utf8' })
      .stdout.trim()
      .split(' ');
    console.log(
      `Node ${process.versions.node}, ${availableParallelism()} processors, numpy ${numpy}, scikit-image ${skimage}, tifffile ${tifffile}; medians of ${runs}`,
    );
    console.log(
      '| work | ours: CPU ms an item | wall s | peak MiB | script: CPU ms an item | wall s | peak MiB | CPU ratio | wall ratio |',
    );
    console.log('|---|---|---|---|---|---|---|---|---|');
    for (const { mode, items, args: command, sample } of works) {
      const ours: Measured[] = [];
      const script: Measured[] = [];
      for (let run = 0; run < runs; run++) {
        const out = [path.join(folder, `ours-${mode}-${run}`), path.join(folder, `script-${mode}-${run}`)];
        ours.push(
          measure(python, process.execPath, cli, command[0], data, ...command.slice(1), ...shown, '--out', out[0]),
        );
        script.push(
          measure(python, python, path.join(__dirname, 'pythonLoop.py'), data, out[1], mode, String(cellsPerFov)),
        );
        if (run === 0) await compare(path.join(out[0], `${sample}.png`), path.join(out[1], `${sample}.png`));
        for (const each of out) rmSync(each, { recursive: true });
      }
      const of = (all: readonly Measured[], key: 'wallS' | 'cpuS' | 'peakMiB'): number =>
        median(all.map((one) => one[key]));
      const ms = (all: readonly Measured[]): string => ((1000 * of(all, 'cpuS')) / items).toFixed(2);
      const ratio = (key: 'wallS' | 'cpuS'): string => `1/${(of(script, key) / of(ours, key)).toFixed(1)}`;
      console.log(
        `| ${items} ${mode} | ${ms(ours)} | ${of(ours, 'wallS').toFixed(2)} | ${of(ours, 'peakMiB').toFixed(0)} | ${ms(script)} | ${of(script, 'wallS').toFixed(2)} | ${of(script, 'peakMiB').toFixed(0)} | ${ratio('cpuS')} | ${ratio('wallS')} |`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(python: string, ...command: string[]): Measured {
  const { stdout, stderr } = spawnSync(python, [path.join(__dirname, 'measure.py'), ...command], { encoding: 'utf8' });
  const measured = JSON.parse(stdout) as Measured;
  if (measured.exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${measured.exitCode}: ${stderr}`);
  return measured;
}

/** Both must have made the same picture, but for the scale bar and rounding at a half. */
async function compare(ours: string, script: string): Promise<void> {
  const [a, b] = await Promise.all(
    [ours, script].map((file) => sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true })),
  );
  if (a.info.width !== b.info.width || a.info.height !== b.info.height)
    throw new Error(`${ours} and ${script} differ in size`);
  let different = 0;
  for (let i = 0; i < a.data.length; i++) if (Math.abs(a.data[i] - b.data[i]) > 1) different++;
  const share = different / a.data.length;
  if (share > 0.05) throw new Error(`${ours} and ${script} differ in ${(100 * share).toFixed(1)} % of their samples`);
}

function findPython(): string {
  const given = process.env['BENCH_PYTHON'];
  const found = [...(given === undefined ? [] : [given]), 'python3', '/usr/bin/python3'].find(
    (name) => spawnSync(name, ['-c', 'import numpy, skimage, tifffile']).status === 0,
  );
  if (found === undefined)
    throw new Error('Expected a Python with numpy, tifffile and scikit-image; name one in BENCH_PYTHON.');
  if (!existsSync(cli)) throw new Error('Expected the built command line; run "npm run build" first.');
  return found;
}

function runOrThrow(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${stderr}`);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length % 2 === 1
    ? sorted[(sorted.length - 1) / 2]
    : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
}

void main(process.argv.slice(2));
