import assert from 'node:assert/strict';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeSample } from '../../sample/makeSample';
import { Random } from '../../sample/random';
import { openDataset, type Recipe, runExport } from '../../src/core/index';
import { claimJob } from '../../src/core/run/claimJob';
import { describeFile } from '../../src/core/read/describeFile';
import { sweepTemporaries } from '../../src/core/write/writeFileWhole';
import { plane, readManifest, realDataFolder, smallDataset, writePlane } from '../support/dataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { type OrdinaryUser, ordinaryUser } from '../support/ordinaryUser';
import { type CliResult, eventsOf, runCli, runCliWith, startCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { jobsFolder, look, noiseValue, smallFovs } from '../support/smallFovs';
import { processLimitMs, spawnBounded } from '../support/spawnBounded';
import { ended, exited } from '../support/startedProcesses';
import { temporaryFolder } from '../support/temporaryFolder';
import { waitUntil } from '../support/waitUntil';

/** How often the runner is killed, over all datasets; the long form is for releases. */
const kills = Number(process.env['MBE_FAULT_KILLS'] ?? 20);

/** Every file of an output folder that a user sees, by its name; the manifest's rows are in the order of the plan. */
function visible(out: string): Map<string, string> {
  return new Map(visibleNames(out).map((name) => [name, readFileSync(path.join(out, name)).toString('base64')]));
}

function visibleNames(out: string): string[] {
  const names = readdirSync(out).filter((name) => !name.startsWith('.'));
  return names.sort();
}

function workersOf(pid: number): number[] {
  const { stdout } = spawnBounded('ps', ['-o', 'pid=', '--ppid', String(pid)]);
  return stdout.split('\n').map(Number).filter(Boolean);
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a job survives', function () {
  this.timeout(3_600_000);

  describe(`${kills} kills at random moments`, () => {
    /** Commands whose undisturbed output is known. */
    const works: { name: string; args: string[] }[] = [];

    before(async () => {
      const sample = path.join(temporaryFolder(), 'sample');
      await makeSample(sample);
      const shown = ['--marker-set', 'Tumour and T cells', '--mask', 'whole_cell,color=by:cell_type'];
      works.push(
        { name: 'cells of the sample', args: ['cells', sample, ...shown, '--sample', '400', '--size', '48px'] },
        {
          name: 'ROIs and a gallery, whose pictures are made for it',
          args: ['rois', sample, ...shown, '--format', 'tiff', '--format', 'pdf', '--gallery', '2x2'],
        },
        { name: 'small FOVs', args: ['fovs', smallFovs(60, 300), ...look, '--format', 'png', '--format', 'tiff'] },
      );
      const data = realDataFolder();
      if (data !== undefined) {
        const set = path.join(data, 'assembled', 'imc_pancreas');
        const channels = ['--channel', 'H3=blue:0:20', '--channel', 'CDH=green:0:10', '--mask', 'whole_cell'];
        works.push({ name: 'a real set', args: ['cells', set, ...channels, '--size', '64px', '--pixel-size', '1'] });
      }
    });

    it('and resume makes what an undisturbed run makes, byte for byte', async () => {
      const numbers = new Random(20261123, 'kills');
      const random = (): number => numbers.next();
      let inTheMiddle = 0;
      for (const [w, { name, args }] of works.entries()) {
        const undisturbed = temporaryFolder();
        const startedAt = Date.now();
        const whole = runCli(...args, '--out', undisturbed);
        assert.equal(whole.exitCode, 0, `${name}: ${whole.stderr}`);
        const takesMs = Date.now() - startedAt;
        const expected = visible(undisturbed);
        for (let k = w; k < kills; k += works.length) {
          const out = temporaryFolder();
          const where = `${name}, kill ${k}`;
          const child = startCli(...args, '--out', out);
          // Before there is a job, or when it has made so many files: how fast it is, another load of the machine changes.
          if (random() < 0.25) await pause(random() * takesMs);
          else {
            const files = Math.floor(random() * expected.size);
            await waitUntil(`${where}: ${files} files`, () => visibleNames(out).length >= files, child);
            await pause((random() * takesMs) / expected.size);
          }
          const workers = workersOf(child.pid!);
          const victim = workers[Math.floor(random() * 3 * workers.length)];
          // Most often the runner itself, now and then a worker and then the runner.
          if (victim !== undefined && isThere(victim)) process.kill(victim, 'SIGKILL');
          child.kill('SIGKILL');
          await exited(child);
          await waitUntil(`${where}: the end of the workers of a runner that is gone`, () => !workers.some(isThere));
          for (const [file, content] of visible(out)) {
            if (file !== 'manifest.csv') assert.equal(content, expected.get(file), `${where}: ${file} is not whole`);
          }
          const jobs = path.join(out, jobsFolder);
          if (!existsSync(jobs) || !readdirSync(jobs).some((job) => /^\d/.test(job))) {
            assert.equal(runCli(...args, '--out', out).exitCode, 0, where); // Killed before there was a job.
          } else {
            const { remaining } = JSON.parse(runCli('status', out, '--json').stdout) as { remaining: number };
            if (remaining > 0) inTheMiddle++;
            losePower(out, random);
            const resumed = runCli('resume', out);
            assert.equal(resumed.exitCode, 0, `${where}: ${resumed.stderr}`);
          }
          assert.deepEqual([...visible(out).keys()], [...expected.keys()], where);
          for (const [file, content] of visible(out)) assert.equal(content, expected.get(file), `${where}: ${file}`);
          const left = readdirSync(out).filter((file) => file.startsWith('.') && file !== jobsFolder);
          assert.deepEqual(left, [], `${where}: temporary files are left`);
          rmSync(out, { recursive: true });
        }
      }
      assert.ok(inTheMiddle >= kills / 4, `only ${inTheMiddle} of ${kills} kills met a job with items left`);
    });

    /** What a power cut loses: temporary files that were not flushed, and the end of the journal. */
    function losePower(out: string, random: () => number): void {
      for (const name of readdirSync(out).filter((file) => file.endsWith('.part'))) {
        const file = path.join(out, name);
        if (random() < 0.5) rmSync(file);
        // One that has its final name already, too, was flushed before it got that: no power cut shortens it.
        else if (statSync(file).nlink === 1) truncateSync(file, Math.floor(random() * statSync(file).size));
      }
      const [job] = readdirSync(path.join(out, jobsFolder)).filter((name) => /^\d/.test(name));
      const journals = path.join(out, jobsFolder, job, 'journal');
      for (const name of readdirSync(journals)) {
        const file = path.join(journals, name);
        if (random() < 0.5) truncateSync(file, Math.floor(random() * statSync(file).size));
      }
    }
  });

  it('the crash of a worker: one item fails, with its file named, and the others are made', () => {
    const dataset = smallFovs(12);
    const out = temporaryFolder();
    const result = runCliWith(`crash:${path.sep}F7${path.sep}`, 'fovs', dataset, ...look, '--out', out);
    assert.equal(result.exitCode, 1, result.stderr);
    assert.match(result.stderr, /F7: Internal: Expected to make F7 from F7\/c\.tif, but the process .* SIGSEGV/);
    const outcomes = new Map(readManifest(out).map((row) => [row['item'], row['outcome']]));
    assert.equal(outcomes.size, 12);
    for (const [item, outcome] of outcomes) assert.equal(outcome, item === 'F7' ? 'failed' : 'written');
    assert.equal(runCli('resume', out).exitCode, 0, 'without the crash, resume makes it');
    assert.equal(existsSync(path.join(out, 'F7.png')), true);
  });

  it('workers that cannot even start: the job ends and says so', () => {
    const dataset = smallFovs(2);
    const out = temporaryFolder();
    const result = runCliWith('crash-at-start', 'fovs', dataset, ...look, '--out', out);
    assert.equal(result.exitCode, 3, result.stderr);
    assert.match(
      result.stderr,
      /Expected to start processes that make pictures, but they end at once, with SIGSEGV: most likely there is too little memory/,
    );
  });

  it('the death of a worker that somebody else killed', async () => {
    const dataset = smallFovs(30);
    const out = temporaryFolder();
    const child = startCli('fovs', dataset, ...look, '--rate', '20/s', '--out', out);
    await waitUntil('the first picture', () => visibleNames(out).length > 0, child);
    child.kill('SIGSTOP'); // It must not be over before the worker is found.
    process.kill(workersOf(child.pid!)[0], 'SIGKILL');
    child.kill('SIGCONT');
    await ended(child);
    assert.equal(child.exitCode, 0);
    assert.equal(readManifest(out).filter((row) => row['outcome'] === 'written').length, 30);
  });

  it('a disk that is away for a moment, as often as it may be tried again', () => {
    const dataset = smallFovs(3);
    const stale = `ESTALE:2:${path.sep}F1${path.sep}`;
    const patient = runCliWith(stale, 'fovs', dataset, ...look, '--out', temporaryFolder());
    assert.equal(patient.exitCode, 0, patient.stderr);
    const impatient = runCliWith(stale, 'fovs', dataset, ...look, '--retries', '1', '--out', temporaryFolder());
    assert.equal(impatient.exitCode, 1);
    assert.match(impatient.stderr, /F1: ImageUnreadable: .*ESTALE.* Tried 2 times\./);
    const forbidden = `EACCES:2:${path.sep}F1${path.sep}`;
    const refused = runCliWith(forbidden, 'fovs', dataset, ...look, '--out', temporaryFolder());
    assert.match(refused.stderr, /F1: ImageUnreadable: (?!.*Tried)/, 'what does not pass is not tried again');
  });

  /** The lines of a shell script; `batchExport` begins a command. */
  type Script = (mount: string, batchExport: string) => readonly string[];

  /** Runs a script with a small disk of its own, which is full up to 238 kB by a file `ballast` if that is asked for. */
  function onSmallDisk({ identity, command }: OrdinaryUser, script: Script, ballast: boolean): string | undefined {
    const mount = temporaryFolder();
    chmodSync(mount, 0o777);
    // What the shell starts in the background would outlive it.
    const batchExport = `timeout -s KILL ${processLimitMs / 2000} '${command.join("' '")}'`;
    const lines = [
      `mount -t tmpfs -o size=8m none '${mount}' || exit 77`,
      ...(ballast ? [`head -c 8150000 /dev/zero > '${mount}'/ballast`] : []),
      ...script(mount, batchExport),
    ];
    const result = spawnBounded('unshare', ['-rm', 'sh', '-c', lines.join('\n')], { ...identity, cwd: '/' });
    const isRefused = /^unshare: /m.test(result.stderr);
    return result.error || isRefused || result.status === 77 ? undefined : result.stdout + result.stderr;
  }

  const smallDisk = 'disks that ordinary users may mount (user namespaces)';

  it('a disk that gets full: what is written stays, and resume goes on when there is room', function () {
    const user = ordinaryUser(this);
    const dataset = smallFovs(40, 200);
    const expected = temporaryFolder();
    assert.equal(runCli('fovs', dataset, ...look, '--format', 'tiff', '--out', expected).exitCode, 0);
    const kept = temporaryFolder();
    chmodSync(kept, 0o777);
    const said = onSmallDisk(
      user,
      (mount, batchExport) => [
        `${batchExport} fovs '${dataset}' ${look.join(' ')} --format tiff --rate 5/s --out '${mount}'/out --json &`,
        `until ls '${mount}'/out/*.tiff || ! kill -0 $!; do sleep 0.05; done 2> '${kept}'/.waiting`,
        `head -c 9000000 /dev/zero 2> '${kept}'/.full > '${mount}'/ballast`,
        `wait $!; echo "exit $?"`,
        `${batchExport} status '${mount}'/out`,
        `rm '${mount}'/ballast`,
        `${batchExport} resume '${mount}'/out; echo "exit $?"`,
        `cp '${mount}'/out/* '${kept}'`,
      ],
      false,
    );
    if (said === undefined) skipWithout(smallDisk, this);
    assert.match(said, /"code":"DiskFull"[\s\S]*exit 3/);
    assert.match(said, /stopped; 40 planned/);
    assert.match(said, /exit 0/);
    assert.deepEqual(visible(kept), visible(expected));
  });

  it('a disk without room for the pictures: nothing is begun, unless they replace others of their size', function () {
    const user = ordinaryUser(this);
    const dataset = smallFovs(40, 200, noiseValue);
    const job = `fovs '${dataset}' ${look.join(' ')} --format tiff`;
    const said = onSmallDisk(
      user,
      (mount, batchExport) => [
        `${batchExport} ${job} --out '${mount}'/out; echo "exit $?"`,
        `ls '${mount}'`,
        `rm '${mount}'/ballast; ${batchExport} ${job} --out '${mount}'/out --quiet; echo "exit $?"`,
        `head -c 9000000 /dev/zero > '${mount}'/ballast; truncate -s -300K '${mount}'/ballast`,
        `${batchExport} ${job} --out '${mount}'/out --overwrite changed --quiet; echo "exit $?"`,
      ],
      true,
    );
    if (said === undefined) skipWithout(smallDisk, this);
    const message = String.raw`DiskFull: Expected room for about \d\.\d MB in \S+, but 0\.2 MB are free; make room, or choose another folder\.`;
    assert.match(said, new RegExp(message));
    assert.deepEqual(said.match(/exit \d+|^ballast$|^out$/gm), ['exit 3', 'ballast', 'exit 0', 'exit 0']);
  });

  it('a disk that is full in the middle of a line of the journal', () => {
    const dataset = smallFovs(6);
    const expected = temporaryFolder();
    const out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, ...look, '--out', expected).exitCode, 0);
    const result = runCliWith('full-journal:2', 'fovs', dataset, ...look, '--rate', '10/s', '--out', out);
    assert.equal(result.exitCode, 3, result.stderr);
    assert.match(result.stderr, /DiskFull: Expected room on disk for \S+\.jsonl, but the disk or the quota is full/);
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.deepEqual(visible(out), visible(expected));
  });

  it('a claim that a dead runner left: cut off by a full disk, or of a process whose number is another one’s now', () => {
    const dataset = smallFovs(4);
    const out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, ...look, '--out', out).exitCode, 0);
    const [job] = readdirSync(path.join(out, jobsFolder)).map((name) => path.join(out, jobsFolder, name));
    const claim = path.join(job, 'claim');
    const runner = path.join(job, 'runner.json');
    const resume = (content: string, ageMs: number): CliResult => {
      rmSync(path.join(out, 'F1.png'), { force: true });
      writeFileSync(claim, content);
      const then = new Date(Date.now() - ageMs);
      utimesSync(claim, then, then);
      return runCliWith('hurry:60', 'resume', out);
    };
    for (const content of ['', '{"pid":', 'null']) assert.equal(resume(content, 0).exitCode, 0, content);
    // This process lives, and makes no pictures.
    const living = JSON.stringify({ pid: process.pid, host: hostname() });
    const beating = { ...(JSON.parse(readFileSync(runner, 'utf8')) as Record<string, unknown>), endedAt: undefined };
    const hour = 3_600_000;
    writeFileSync(runner, JSON.stringify({ ...beating, pid: process.pid, heartbeatAt: new Date(0).toISOString() }));
    assert.equal(resume(living, hour).exitCode, 0);
    assert.equal(existsSync(claim), false);
    assert.equal(existsSync(path.join(out, 'F1.png')), true);
    const refused = resume(living, 0);
    assert.equal(refused.exitCode, 2);
    assert.match(refused.stderr, /Usage: Expected a job that nobody runs, but process \d+ on/);
    rmSync(claim);
  });

  it('its own making: what is left of a job folder is removed a day later, when nobody can be at it', () => {
    const dataset = smallDataset(['A']);
    const out = temporaryFolder();
    const asides = ['old', 'new'].map((name) => path.join(out, '.batch-export-jobs', `.new-${name}`));
    for (const aside of asides) {
      mkdirSync(aside, { recursive: true });
      writeFileSync(path.join(aside, 'recipe.json'), '{');
    }
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
    utimesSync(asides[0], twoDaysAgo, twoDaysAgo);
    assert.equal(runCli('fovs', dataset, '--channel', 'DNA=blue:0:300', '--out', out).exitCode, 0);
    assert.deepEqual(asides.map(existsSync), [false, true]);
    assert.equal(runCli('status', out).exitCode, 0);
  });

  it('several runners that want the same job at once: one runs it', async () => {
    const dataset = smallFovs(12);
    const out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, ...look, '--out', out).exitCode, 0);
    const [job] = readdirSync(path.join(out, jobsFolder)).map((name) => path.join(out, jobsFolder, name));
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 12; i++) rmSync(path.join(out, `F${i}.png`));
      writeFileSync(path.join(job, 'claim'), JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() }));
      const journals = readdirSync(path.join(job, 'journal')).length;
      const runners = Array.from({ length: 4 }, () => startCli('resume', out, '--jobs', '1'));
      await Promise.all(runners.map(ended));
      const codes = runners.map(({ exitCode }) => exitCode).sort();
      // One that comes when the first has ended may find all done.
      assert.ok(codes[0] === 0 && codes.every((code) => code === 0 || code === 2), codes.join());
      const began = readdirSync(path.join(job, 'journal')).length - journals;
      assert.equal(began, codes.filter((code) => code === 0).length);
      assert.equal(visible(out).size, 13);
    }
  });

  it('a runner that sweeps up while another one wants the job', async () => {
    const job = temporaryFolder();
    let sweeps = 0;
    const sweeper = setInterval(() => {
      sweeps++;
      void sweepTemporaries(job, path.basename(job));
    }, 2);
    try {
      for (let i = 0; i < 100 || sweeps < 10; i++) await (await claimJob(job)).release();
    } finally {
      clearInterval(sweeper);
    }
    assert.deepEqual(readdirSync(job), []);
  });

  it('an output folder that may no longer be written into', async function () {
    const user = ordinaryUser(this);
    const out = temporaryFolder();
    const { uid, gid } = user.identity;
    if (uid !== undefined && gid !== undefined) chownSync(out, uid, gid);
    const child = user.start('fovs', smallFovs(30), ...look, '--rate', '5/s', '--out', out);
    let errors = '';
    child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
    await waitUntil('the second picture', () => visibleNames(out).length >= 2, child);
    chmodSync(out, 0o555);
    await ended(child);
    assert.equal(child.exitCode, 3, errors);
    assert.match(errors, /OutputNotWritable: .*not permitted/);
    chmodSync(out, 0o755);
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.equal(visible(out).size, 31);
  });

  it('a cell table that changes while it runs', async () => {
    const sample = path.join(temporaryFolder(), 'sample');
    await makeSample(sample);
    const args = [
      'fovs',
      sample,
      '--marker-set',
      'Tumour and T cells',
      '--mask',
      'whole_cell,mode=fill,color=by:cell_type',
    ];
    const expected = temporaryFolder();
    assert.equal(runCli(...args, '--out', expected).exitCode, 0);
    const out = temporaryFolder();
    const child = startCli(...args, '--rate', '1/s', '--out', out);
    await waitUntil('the first picture', () => visibleNames(out).length > 0, child);
    const table = path.join(sample, 'cell_table.csv');
    writeFileSync(table, readFileSync(table, 'utf8').replaceAll('Macrophage', 'T cell'));
    await ended(child);
    assert.equal(child.exitCode, 0);
    assert.deepEqual(visible(out), visible(expected));
  });
});

describe('--memory', () => {
  it('refuses an item that does not fit, and makes the others', () => {
    const dataset = smallFovs(2);
    writePlane(
      path.join(dataset, 'Large', 'c.tif'),
      plane(4500, 4500, (x) => x % 401),
      // One strip: whatever band is shown of it, all of it is decoded.
      { compression: 'deflate', rowsPerStrip: 4500 },
    );
    const out = temporaryFolder();
    const result = runCli('fovs', dataset, ...look, '--memory', '260MiB', '--out', out);
    assert.equal(result.exitCode, 1);
    assert.match(
      result.stderr,
      /Large: TooLarge: Expected to make Large within 260 MiB of memory, but it takes about \d+ MiB/,
    );
    assert.equal(readManifest(out).filter((row) => row['outcome'] === 'written').length, 2);
    assert.equal(runCli('resume', out, '--memory', '4GiB').exitCode, 0, 'with more memory it is made');
  });

  for (const [flag, value] of [
    ['--memory', '10MB'],
    ['--memory', 'much'],
    ['--jobs', '0'],
    ['--retries', '-1'],
    ['--rate', '0/s'],
  ] as const) {
    it(`${flag} ${value} is refused`, () => {
      const out = path.join(temporaryFolder(), 'out');
      const result = runCli('fovs', smallFovs(1), ...look, flag, value, '--out', out);
      assert.deepEqual([result.exitCode, existsSync(out)], [2, false]);
      assert.match(result.stderr, new RegExp(`^Usage: Expected .*${flag}`));
    });
  }
});

describe('--overwrite changed', () => {
  let dataset: string;
  let out: string;

  const outcomesOf = (result: CliResult): Record<string, string> =>
    Object.fromEntries(
      eventsOf(result)
        .filter(({ event }) => event === 'item')
        .map(({ id, outcome }) => [id, outcome])
        .sort(),
    ) as Record<string, string>;
  const changed = (...more: string[]): Record<string, string> =>
    outcomesOf(runCli('fovs', dataset, ...look, '--overwrite', 'changed', '--json', '--out', out, ...more));

  beforeEach(() => {
    dataset = smallFovs(3);
    out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, ...look, '--hash-sources', '--out', out).exitCode, 0);
  });

  it('says in the dry run that it counts all', () => {
    const { stdout } = runCli('fovs', dataset, ...look, '--overwrite', 'changed', '--dry-run', '--out', out);
    assert.match(stdout, /What would come out as it is there stays; these are the counts and costs of making all/);
  });

  it('leaves what would come out the same', () => {
    const before = statSync(path.join(out, 'F1.png')).ino;
    assert.deepEqual(changed('--hash-sources'), { F0: 'unchanged', F1: 'unchanged', F2: 'unchanged' });
    assert.equal(statSync(path.join(out, 'F1.png')).ino, before);
    assert.deepEqual(
      readManifest(out).map((row) => [row['item'], row['outcome'], row['sha256'].length]),
      [
        ['F0', 'unchanged', 64],
        ['F1', 'unchanged', 64],
        ['F2', 'unchanged', 64],
      ],
    );
  });

  it('makes anew what has another image, was edited, or is not there', () => {
    copyFileSync(path.join(dataset, 'F1', 'c.tif'), path.join(dataset, 'F0', 'c.tif'));
    appendFileSync(path.join(out, 'F2.png'), 'x');
    assert.deepEqual(changed('--hash-sources'), { F0: 'written', F1: 'unchanged', F2: 'written' });
    rmSync(path.join(out, 'F1.png'));
    assert.deepEqual(changed('--hash-sources'), { F0: 'unchanged', F1: 'written', F2: 'unchanged' });
    const fresh = temporaryFolder();
    runCli('fovs', dataset, ...look, '--out', fresh);
    for (const name of ['F0.png', 'F1.png', 'F2.png'])
      assert.deepEqual(readFileSync(path.join(out, name)), readFileSync(path.join(fresh, name)));
  });

  it('takes a newer time for another image, unless its hash says otherwise', () => {
    utimesSync(path.join(dataset, 'F1', 'c.tif'), new Date(), new Date());
    assert.deepEqual(changed('--hash-sources'), { F0: 'unchanged', F1: 'unchanged', F2: 'unchanged' });
    assert.deepEqual(changed(), { F0: 'written', F1: 'written', F2: 'written' });
    utimesSync(path.join(dataset, 'F1', 'c.tif'), new Date(1e12), new Date(1e12));
    assert.deepEqual(changed(), { F0: 'unchanged', F1: 'written', F2: 'unchanged' });
  });

  it('makes all anew with other settings, and says that a file of somebody else is in the way', () => {
    assert.deepEqual(changed('--downsample', '2', '--hash-sources'), { F0: 'written', F1: 'written', F2: 'written' });
    mkdirSync(path.join(dataset, 'F3'));
    cpSync(path.join(dataset, 'F2', 'c.tif'), path.join(dataset, 'F3', 'c.tif'));
    writeFileSync(path.join(out, 'F3.png'), 'mine');
    const refused = runCli('fovs', dataset, ...look, '--overwrite', 'changed', '--out', out);
    assert.deepEqual([refused.exitCode, /FileExists: .*F3\.png/.test(refused.stderr)], [2, true], refused.stderr);
    assert.equal(readFileSync(path.join(out, 'F3.png'), 'utf8'), 'mine');
    renameSync(path.join(out, 'F3.png'), path.join(out, 'mine.png'));
    assert.equal(changed('--downsample', '2', '--hash-sources')['F3'], 'written');
  });

  it('leaves a picture when another format of it is not wanted any more', () => {
    const both = [...look, '--format', 'png', '--format', 'tiff', '--overwrite', 'changed', '--json'];
    runCli('fovs', dataset, ...both, '--hash-sources', '--out', out);
    assert.deepEqual(changed('--hash-sources'), { F0: 'unchanged', F1: 'unchanged', F2: 'unchanged' });
  });

  it('leaves a picture whose own text says the same, whatever else was set', () => {
    const place = ['--place', 'legend=bottom-left']; // Of a legend that is off.
    assert.deepEqual(changed('--hash-sources', ...place), { F0: 'unchanged', F1: 'unchanged', F2: 'unchanged' });
    for (const fov of ['F0', 'F1', 'F2']) {
      cpSync(path.join(dataset, fov, 'c.tif'), path.join(dataset, fov, 'd.tif'), { preserveTimestamps: true });
    }
    const apart = ['--separate-channels', '--hash-sources'];
    const both = changed(...apart, '--channel', 'd=red:0:400');
    assert.deepEqual(both, { F0: 'written', F1: 'written', F2: 'written' });
    assert.deepEqual(changed(...apart), { F0: 'unchanged', F1: 'unchanged', F2: 'unchanged' });
  });

  it('makes anew a picture of the same pixels whose text says otherwise how it was made', () => {
    writeFileSync(path.join(dataset, 'cell_table.csv'), 'fov,label,centroid-0,centroid-1\nF0,1,20,20\n');
    const crop = (size: string): Record<string, string> => {
      const flags = ['--size', size, '--overwrite', 'changed', '--json', '--out', out];
      return outcomesOf(runCli('cells', dataset, ...look, ...flags));
    };
    assert.deepEqual(crop('8px'), { 'F0:1': 'written' });
    assert.deepEqual(crop('8px'), { 'F0:1': 'unchanged' });
    assert.deepEqual(crop('4um'), { 'F0:1': 'written' });
  });

  it('fails what cannot be made as ever, and makes the rest', () => {
    const cell = plane(64, 64, (x) => (x < 9 ? 1 : 0));
    writePlane(path.join(dataset, 'masks', 'F0_cells.tif'), cell, {});
    const front = {
      name: 'front',
      fov: 'F0',
      points: [
        [2, 2],
        [30, 4],
        [20, 30],
      ],
    };
    const hidden = { ...front, name: 'hidden', maskVisibility: { cells: false } };
    mkdirSync(path.join(dataset, '.batch-export'));
    const file = path.join(dataset, '.batch-export', 'rois.json');
    writeFileSync(file, JSON.stringify({ version: 1, rois: [front, hidden] }));
    const flags = ['--masks-only', '--mask', 'cells', '--scale-bar', 'off', '--overwrite', 'changed', '--json'];
    const { stdout } = runCli('rois', dataset, ...flags, '--out', out);
    assert.match(stdout, /"outcome":"written"/);
    assert.match(stdout, /"outcome":"failed","paths":\[\],"error":{"code":"RoiInvalid"/);
  });
});

describe('what a folder is known by', () => {
  it('all of its files: their sizes, the newest time, and on request a hash', async () => {
    const folder = path.join(temporaryFolder(), 'image.zarr');
    mkdirSync(path.join(folder, '0', '1'), { recursive: true });
    const files = ['.zarray', '0/0', '0/1/0'].map((name) => path.join(folder, name));
    for (const [i, file] of files.entries()) {
      writeFileSync(file, `${i}`.repeat(i + 1));
      utimesSync(file, new Date(1e12 + i), new Date(1e12 + i));
    }
    const before = await describeFile(folder, true);
    assert.deepEqual([before.bytes, before.modified], [6, new Date(1e12 + 2).toISOString()]);
    writeFileSync(files[1], '99'); // As long as before.
    const after = await describeFile(folder, true);
    assert.equal(after.bytes, 6);
    assert.notEqual(after.modified, before.modified);
    assert.notEqual(after.sha256, before.sha256);
    renameSync(files[2], path.join(folder, '0', '1', '1'));
    assert.notEqual((await describeFile(folder, true)).sha256, after.sha256);
    assert.deepEqual(await describeFile(path.join(folder, 'none'), true), {});
  });

  it('and one that is no longer wanted is not hashed to its end', async () => {
    const file = path.join(temporaryFolder(), 'large.tif');
    writeFileSync(file, new Uint8Array(2 ** 20));
    const stop = new Error('not wanted any more');
    for (const most of [0, 1, 5]) {
      let asked = 0;
      const throwIfAborted = (): void => {
        if (asked++ === most) throw stop;
      };
      await assert.rejects(describeFile(file, true, { throwIfAborted } as AbortSignal), stop);
      assert.equal(asked, most + 1);
    }
  });
});

describe('a job that goes on', () => {
  it('says in the manifest which pictures are of files that have changed since it was planned', () => {
    const dataset = smallFovs(3);
    const out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, ...look, '--out', out).exitCode, 0);
    rmSync(path.join(out, 'F0.png'));
    rmSync(path.join(out, 'F1.png'));
    copyFileSync(path.join(dataset, 'F2', 'c.tif'), path.join(dataset, 'F1', 'c.tif'));
    const resumed = runCli('resume', out);
    assert.equal(resumed.exitCode, 0);
    assert.match(resumed.stderr, /^SourcesDiffer: .*but F1\/c\.tif changed since then/);
    rmSync(path.join(out, 'F1.png'));
    const [problem] = eventsOf(runCli('resume', out, '--json'));
    assert.deepEqual([problem['event'], problem['code']], ['problem', 'SourcesDiffer']);
    assert.deepEqual(
      readManifest(out).map(({ item, note }) => [item, note]),
      [
        ['F0', ''],
        ['F1', 'changed after the job was planned: F1/c.tif'],
        ['F2', ''],
      ],
    );
  });

  it('ends with the error of whoever listens to it, and can be resumed', async () => {
    const out = temporaryFolder();
    const channels: Recipe['channels'] = [{ channel: 'c', color: '#00ff00', contrastLimits: [0, 400] }];
    const dataset = await openDataset(smallFovs(8));
    const status = await runExport({ ...exampleRecipe, channels }, dataset, {
      out,
      onEvent({ event }) {
        if (event === 'item') throw new Error('nobody reads this');
      },
    });
    assert.match(status.error?.message ?? '', /nobody reads this/);
    assert.equal(runCli('resume', out).exitCode, 0);
  });
  it('jobs that end at the same moment: the manifest has the files of all', async () => {
    const channels: Recipe['channels'] = [{ channel: 'c', color: '#00ff00', contrastLimits: [0, 400] }];
    const dataset = await openDataset(smallFovs(6));
    for (let round = 0; round < 2; round++) {
      const out = temporaryFolder();
      const jobs = dataset.fovs.map(({ name }) =>
        runExport({ ...exampleRecipe, channels, fovs: [name] }, dataset, { out, jobs: 1 }),
      );
      for (const status of await Promise.all(jobs)) assert.deepEqual([status.state, status.written], ['ended', 1]);
      const listed = readManifest(out).map((row) => row['path']);
      assert.deepEqual(
        listed.sort(),
        [...visible(out).keys()].filter((name) => name.endsWith('.png')),
      );
    }
  });
});

describe('--hash-sources', () => {
  it('writes size, time and hash of every image into manifest.json', () => {
    const dataset = smallFovs(1);
    const out = temporaryFolder();
    runCli('fovs', dataset, ...look, '--hash-sources', '--out', out);
    const [job] = readdirSync(path.join(out, jobsFolder));
    const { sources, program } = JSON.parse(readFileSync(path.join(out, jobsFolder, job, 'manifest.json'), 'utf8')) as {
      sources: Record<string, unknown>[];
      program: Record<string, string>;
    };
    const file = path.join(dataset, 'F0', 'c.tif');
    const { stdout } = spawnBounded('sha256sum', [file]);
    const expected = {
      file: 'F0/c.tif',
      bytes: statSync(file).size,
      modified: statSync(file).mtime.toISOString(),
      sha256: stdout.slice(0, 64),
    };
    assert.deepEqual(sources, [expected]);
    assert.match(program['multiplex-batch-export'], /^\d+\.\d+\.\d+/);
  });
});
