import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ExportJob } from '../../src/core/index';
import { plane, readManifest, writePlane } from '../support/dataset';
import { runCli, runCliWith, startCli, startCliWith } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { spawnBounded } from '../support/spawnBounded';
import { ended, exited } from '../support/startedProcesses';
import { jobsFolder, look, smallFovs } from '../support/smallFovs';
import { temporaryFolder } from '../support/temporaryFolder';
import { waitUntil } from '../support/waitUntil';

const hourMs = 3_600_000;

function jobOf(out: string): string {
  const jobs = path.join(out, jobsFolder);
  return path.join(jobs, readdirSync(jobs).sort().at(-1)!);
}

function picturesOf(out: string): string[] {
  return readdirSync(out).filter((name) => name.endsWith('.png'));
}

/** Gives the journals of a job the names that they had if its runner's clock had been ahead. */
function ageJournals(job: string, aheadMs: number): void {
  const journals = path.join(job, 'journal');
  for (const name of readdirSync(journals)) {
    const [, time, rest] = /^(\d+)(-.*)$/.exec(name)!;
    renameSync(path.join(journals, name), path.join(journals, `${Number(time) + aheadMs}${rest}`));
  }
}

describe('a clock that goes back', () => {
  it('does not make a job forget that it was resumed', () => {
    const out = temporaryFolder();
    const args = ['fovs', smallFovs(2), ...look, '--retries', '0', '--out', out];
    assert.equal(runCliWith(`ESTALE:1:${path.sep}F1${path.sep}`, ...args).exitCode, 1);
    ageJournals(jobOf(out), hourMs);
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.match(runCli('status', out).stdout, /2 written, 0 unchanged, 0 skipped, 0 failed/);
    assert.deepEqual(
      readManifest(out).map(({ outcome }) => outcome),
      ['written', 'written'],
    );
  });

  it('does not put an older job before a newer one', () => {
    const out = temporaryFolder();
    const args = ['fovs', smallFovs(1), ...look, '--out', out];
    assert.equal(runCli(...args).exitCode, 0);
    const [jobs, ahead] = [path.join(out, jobsFolder), '99981231-235959999-abcdef'];
    ageJournals(jobOf(out), hourMs);
    renameSync(jobOf(out), path.join(jobs, ahead));
    assert.equal(runCli(...args, '--downsample', '2', '--overwrite', 'always').exitCode, 0);
    const [older, newer] = readdirSync(jobs).sort();
    assert.equal(older, ahead);
    assert.match(newer, /^\d{8}-\d{9}-[0-9a-f]{6}$/);
    assert.match(runCli('status', out).stdout, new RegExp(`^${newer}: ended`));
    assert.deepEqual(
      readManifest(out).map(({ downsample }) => downsample),
      ['2'],
    );
  });
});

describe('a runner that was suspended and taken over', () => {
  it('stops when it wakes and says who has the job; the other one ends it', async () => {
    const count = 24;
    const out = temporaryFolder();
    const slowly = ['--rate', '8/s'];
    const sleeper = startCli('fovs', smallFovs(count), ...look, ...slowly, '--out', out);
    let errors = '';
    sleeper.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
    await waitUntil('the second picture', () => picturesOf(out).length >= 2, sleeper);
    sleeper.kill('SIGSTOP');
    const job = jobOf(out);
    const runner = path.join(job, 'runner.json');
    const { pid, ...rest } = JSON.parse(readFileSync(runner, 'utf8')) as { pid: number };
    assert.equal(pid, sleeper.pid);
    writeFileSync(runner, JSON.stringify({ pid, ...rest, heartbeatAt: new Date(0).toISOString() }));
    utimesSync(path.join(job, 'claim'), new Date(0), new Date(0));
    const before = picturesOf(out).length;
    const taker = startCliWith('hurry:60', 'resume', out, ...slowly);
    await waitUntil('a picture of the one that took over', () => picturesOf(out).length > before, taker);
    sleeper.kill('SIGCONT');
    await Promise.all([ended(sleeper), ended(taker)]);
    assert.deepEqual([sleeper.exitCode, taker.exitCode], [3, 0], errors);
    assert.match(errors, new RegExp(`^JobTakenOver: Expected .* but process ${taker.pid} on `));
    assert.equal(picturesOf(out).length, count);
    assert.deepEqual(
      readdirSync(out).filter((name) => name.endsWith('.part')),
      [],
    );
    assert.match(runCli('status', out).stdout, new RegExp(`ended; ${count} planned, ${count} written`));
    assert.deepEqual(new Set(readManifest(out).map(({ outcome }) => outcome)), new Set(['written']));
  });
});

describe('a runner of another machine', function () {
  this.timeout(120_000);
  let out: string;
  let job: string;

  /** Says that somebody far away runs the job, at a time of their clock. */
  const say = (heartbeatAt: string): void => {
    const holder = { pid: 4711, host: 'far' };
    const runner = { ...holder, startedAt: heartbeatAt, heartbeatAt };
    for (const [name, content] of Object.entries({ claim: { ...holder, token: 'f00' }, 'runner.json': runner })) {
      writeFileSync(path.join(job, 'aside'), JSON.stringify(content));
      renameSync(path.join(job, 'aside'), path.join(job, name));
    }
  };

  beforeEach(() => {
    out = temporaryFolder();
    assert.equal(runCli('fovs', smallFovs(1), ...look, '--out', out).exitCode, 0);
    job = jobOf(out);
    for (const name of readdirSync(path.join(job, 'journal'))) rmSync(path.join(job, 'journal', name));
    for (const name of picturesOf(out)) rmSync(path.join(out, name));
  });

  for (const heartbeatAt of ['2999-01-01T00:00:00.000Z', '1999-01-01T00:00:00.000Z']) {
    it(`that was seen once, in ${heartbeatAt.slice(0, 4)}: nobody says that it lives, or that it does not`, () => {
      say(heartbeatAt);
      const { exitCode, stdout } = runCliWith('hurry:20', 'status', out);
      assert.equal(exitCode, 0);
      assert.match(stdout, /: not yet known; 1 planned, .* 0 cancelled, 1 left/);
      assert.match(stdout, /not yet known whether process 4711 on far is still at work/);
      const json = JSON.parse(runCliWith('hurry:20', 'status', out, '--json').stdout) as Record<string, unknown>;
      assert.deepEqual([json['state'], json['runner']], ['unknown', { pid: 4711, host: 'far' }]);
    });

    it(`that says nothing more since ${heartbeatAt.slice(0, 4)} is taken over after it was watched`, () => {
      say(heartbeatAt);
      const { exitCode, stderr } = runCliWith('hurry:60', 'resume', out);
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, /^Waiting to see whether process 4711 on far .*, for at most 120 s\. Ctrl-C ends\.\n/);
      assert.equal(picturesOf(out).length, 1);
    });

    it(`that beats, beginning in ${heartbeatAt.slice(0, 4)}, is at work and keeps its job`, async () => {
      let beats = 0;
      const beat = (): void => {
        say(new Date(Date.parse(heartbeatAt) + ++beats).toISOString());
      };
      beat();
      const timer = setInterval(beat, 100);
      try {
        const [status, resumed] = [startCli('status', out, '--json'), startCli('resume', out)];
        let [said, errors] = ['', ''];
        status.stdout!.on('data', (text: Buffer) => (said += text.toString()));
        resumed.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
        await Promise.all([ended(status), ended(resumed)]);
        assert.match(said, /"state":"running"/);
        assert.equal(resumed.exitCode, 2);
        assert.match(errors, /Usage: Expected a job that nobody runs, but process 4711 on far is at work on/);
      } finally {
        clearInterval(timer);
      }
      assert.deepEqual(picturesOf(out), []);
    });
  }

  it('that has claimed the job and said nothing else yet is waited for, too; Ctrl-C ends that', async () => {
    say('2026-01-01T00:00:00.000Z');
    rmSync(path.join(job, 'runner.json'));
    const resumed = startCli('resume', out);
    let errors = '';
    resumed.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
    await waitUntil('a word', () => errors.includes('Waiting to see whether process 4711 on far'), resumed);
    resumed.kill('SIGINT');
    await ended(resumed);
    assert.equal(resumed.exitCode, 130);
    assert.deepEqual(picturesOf(out), []);
    assert.match(readFileSync(path.join(job, 'claim'), 'utf8'), /4711/);
  });
});

describe('a job folder that was damaged', () => {
  let whole: string;
  let out: string;
  let job: string;

  before(() => {
    whole = temporaryFolder();
    const result = runCli('fovs', smallFovs(3), ...look, '--gallery', '2x2', '--out', whole);
    assert.equal(result.exitCode, 0, result.stderr);
  });

  beforeEach(() => {
    out = temporaryFolder();
    cpSync(whole, out, { recursive: true });
    job = jobOf(out);
  });

  const file = (name: string): string => path.join(job, name);
  const refused = async (name: string): Promise<void> => {
    const opened = await ExportJob.open(job);
    const expected = { code: 'RecipeInvalid', message: new RegExp(`but ${name.replace('.', '\\.')}`) };
    await assert.rejects(opened.status(), expected, name);
    await assert.rejects(opened.start(), expected, name);
  };
  /** As it was before a job folder knew what is in it. */
  const forgetContents = (): void => {
    const origin = JSON.parse(readFileSync(file('origin.json'), 'utf8')) as Record<string, unknown>;
    writeFileSync(file('origin.json'), JSON.stringify({ ...origin, items: undefined, sha256: undefined }));
  };

  it('is whole as it is', async () => {
    assert.equal((await (await ExportJob.open(job)).status()).state, 'ended');
    forgetContents();
    assert.equal((await (await ExportJob.open(job)).start()).written, 3);
  });

  it('whose plan was cut at the end of a line, or which says other things than it did, is refused', async () => {
    const plan = readFileSync(file('plan.jsonl'), 'utf8');
    writeFileSync(file('plan.jsonl'), plan.split('\n').slice(0, 2).join('\n') + '\n');
    await refused('plan.jsonl is damaged: it has 2 items of 3');
    writeFileSync(file('plan.jsonl'), plan.replace('"F2.png"', '"F3.png"'));
    await refused('plan.jsonl');
    writeFileSync(file('plan.jsonl'), plan.slice(0, -20));
    await refused('plan.jsonl');
    writeFileSync(file('plan.jsonl'), plan);
    writeFileSync(file('recipe.json'), readFileSync(file('recipe.json'), 'utf8').replace('400', '300'));
    await refused('recipe.json');
  });

  it('with a pipe or a device in the place of a file, which would never end, is refused', async function () {
    if (process.platform === 'win32') return skipWithout('named pipes in the file system', this);
    for (const name of ['origin.json', 'sources.json', 'recipe.json', 'plan.jsonl']) {
      renameSync(file(name), file('aside'));
      spawnBounded('mkfifo', [file(name)]);
      await refused(`${name} is damaged: it is not a file`);
      rmSync(file(name));
      symlinkSync('/dev/zero', file(name));
      await refused(`${name} is damaged: it is not a file`);
      renameSync(file('aside'), file(name));
    }
    for (const name of ['claim', 'cells.jsonl']) {
      rmSync(file(name), { force: true });
      spawnBounded('mkfifo', [file(name)]);
      const opened = await ExportJob.open(job);
      await assert.rejects(opened.start(), { message: new RegExp(`${name}.*it is not a file`) }, name);
      if (name === 'claim') rmSync(file(name));
    }
  });

  it('with a file that is a hole, however large, is refused before it fills the memory', async () => {
    // 6 GiB that take no room on the disk.
    const hole = 6 * 2 ** 30;
    const journal = path.join('journal', readdirSync(file('journal'))[0]);
    for (const name of ['plan.jsonl', journal]) {
      cpSync(file(name), file('aside'));
      truncateSync(file(name), hole);
      const message = /(plan\.jsonl is damaged|its journal cannot be read): it has a line of more than 128 MiB\.$/;
      await assert.rejects(async () => (await ExportJob.open(job)).status(), { code: 'RecipeInvalid', message }, name);
      renameSync(file('aside'), file(name));
    }
    assert.equal((await (await ExportJob.open(job)).status()).written, 3);
  });

  it('without the cells that its colours are of can be looked at, and is not gone on with', async () => {
    writeFileSync(file('cells.jsonl'), '\n');
    const opened = await ExportJob.open(job);
    assert.equal((await opened.status()).written, 3);
    await assert.rejects(opened.start(), { code: 'RecipeInvalid', message: /cells\.jsonl/ });
  });

  it('whose list of sources is none is refused, with the file’s name', async () => {
    for (const isOld of [false, true]) {
      if (isOld) forgetContents();
      for (const text of ['null', '{}', '42', '[{"file":', '[{"bytes":1}]', '[null]']) {
        writeFileSync(file('sources.json'), text);
        await refused('sources.json');
      }
      rmSync(file('sources.json'));
      await refused('sources.json');
    }
  });

  describe('and made to look whole', () => {
    interface Item {
      files: { path: string }[];
      channels: { file: string }[];
      masks: { file: string }[];
    }
    /** Writes a file of the job anew, with its hash, as whoever forges one can. */
    const forge = (name: string, content: string): void => {
      writeFileSync(file(name), content);
      const origin = JSON.parse(readFileSync(file('origin.json'), 'utf8')) as { sha256: Record<string, string> };
      origin.sha256[name] = createHash('sha256').update(content).digest('hex');
      writeFileSync(file('origin.json'), JSON.stringify(origin));
    };
    /** @param change gets the items and may change them */
    const forgePlan = (change: (items: Record<string, unknown>[] & Item[]) => unknown): void => {
      const lines = readFileSync(file('plan.jsonl'), 'utf8').split('\n').filter(Boolean);
      const items = lines.map((line) => JSON.parse(line) as Record<string, unknown> & Item);
      change(items);
      forge('plan.jsonl', items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    };
    const foreign = /it names .*, which is not in the dataset/;

    it('is not believed where its plan names a file elsewhere, twice the same, or what is not in its settings', async () => {
      const secret = path.join(temporaryFolder(), 'A.tiff');
      const place = { fov: 'F1', x: 0, y: 0, widthPx: 64, heightPx: 64, channels: [], masks: [] };
      const above = (source: { file: string }): object => ({ ...source, file: `../${source.file}` });
      const forgeries: [what: string, change: Parameters<typeof forgePlan>[0], found: RegExp][] = [
        ['above', ([item]) => (item.channels[0].file = '../../x/DNA.tiff'), foreign],
        ['above, on the way down', ([item]) => (item.channels[0].file = 'F0/../../x/DNA.tiff'), foreign],
        ['absolute', ([item]) => (item.channels[0].file = secret), foreign],
        ['the dataset itself', ([item]) => (item.channels[0].file = '.'), foreign],
        ['no name', ([item]) => (item.channels[0].file = 'F1/\0'), /must be the name of a file/],
        ['a cell mask above', ([item]) => (item['cellMask'] = { name: 'm', file: '../m.tiff' }), foreign],
        ['an annotation above', ([item]) => (item['annotation'] = { name: 'a', file: '../a.tiff' }), foreign],
        [
          'a tile above',
          ([item]) => (item['tiles'] = [{ ...place, channels: [{ name: 'c', file: '../x/c.tif' }] }]),
          foreign,
        ],
        [
          'a mask of a tile above',
          ([item]) => (item['tiles'] = [{ ...place, masks: item.channels.map(above) }]),
          foreign,
        ],
        ['a label of no cell', ([item]) => (item['label'] = 7), /item F0 has other labels than its settings/],
        ['an item twice', (items) => (items[1]['id'] = items[0]['id']), /item F0 is in it twice/],
        ['a file twice', ([one, two]) => (two.files = one.files), /file F0.png of item F1 is that of another one/],
        ['a file twice but for case', ([one, two]) => (two.files[0].path = one.files[0].path.toLowerCase()), /f0.png/],
        [
          'the manifest',
          ([item]) => (item.files[0].path = 'Manifest.csv'),
          /Manifest.csv of item F0 is not named as png is/,
        ],
        [
          'the gallery',
          ([item]) => (item.files[0].path = 'gallery.pdf'),
          /gallery.pdf of item F0 is not named as png is/,
        ],
        ['a file above', ([item]) => (item.files[0].path = '../F1.png'), /must be a plain file name/],
        ['a file above, as Windows has it', ([item]) => (item.files[0].path = '..\\F1.png'), /plain file name/],
        ['a program', ([item]) => (item.files[0].path = 'F0.exe'), /file F0.exe of item F0 is not named as png is/],
        ['a page', ([item]) => (item.files[0].path = 'F0.png.html'), /F0.png.html of item F0 is not named as png is/],
        ['an absolute file', ([item]) => (item.files[0].path = secret), /must be a plain file name/],
        ['no channel', ([item]) => (item.channels = []), /item F0 has other channels than its settings/],
        ['a mask besides', ([item]) => (item.masks = [{ name: 'm', file: 'm.tiff' } as never]), /other masks/],
        [
          'an annotation besides',
          ([item]) => (item['annotation'] = { name: 'a', file: 'a.tiff' }),
          /other annotations/,
        ],
        ['a channel that is none', ([item]) => Object.assign(item.files[0], { channels: [7] }), /other files/],
        ['a region that is none', ([item]) => (item['region'] = { x: 0 }), /region/],
        ['a region of nothing', ([item]) => (item['region'] = { x: 0, y: 0, widthPx: 0, heightPx: 1 }), /region/],
        ['a look of its own', ([item]) => (item['own'] = { downsample: -1 }), /own.downsample/],
        ['a shape that is none', ([item]) => (item['shape'] = { kind: 'polygon' }), /shape/],
        ['an error that is none', ([item]) => (item['error'] = { code: 'constructor', message: '' }), /error.code/],
        ['tiles that are none', ([item]) => (item['tiles'] = [{ fov: 'F1' }]), /tiles/],
        ['no pixel size', ([item]) => (item['pixelSize'] = { um: 'x', origin: 'ome' }), /pixelSize/],
        ['a ROI that is none', ([item]) => (item['roi'] = 7), /roi/],
      ];
      const plan = readFileSync(file('plan.jsonl'), 'utf8');
      for (const [what, change, found] of forgeries) {
        forge('plan.jsonl', plan);
        forgePlan(change);
        const opened = await ExportJob.open(job);
        for (const ask of [() => opened.status(), () => opened.start()]) {
          await assert.rejects(
            ask,
            (error: Error) => {
              assert.equal((error as { code?: string }).code, 'RecipeInvalid', what);
              assert.match(error.message, /^Expected a whole job folder at .*, but plan\.jsonl is damaged: /, what);
              assert.match(error.message, found, what);
              return true;
            },
            what,
          );
        }
      }
      const { exitCode, stderr } = runCli('resume', out);
      assert.deepEqual([exitCode, stderr.split('\n').length], [2, 2], stderr);
    });

    it('is not believed where its other files name what is elsewhere', async () => {
      const sources = readFileSync(file('sources.json'), 'utf8');
      const origin = readFileSync(file('origin.json'), 'utf8');
      forge('sources.json', JSON.stringify([{ file: '../../..' }]));
      await refused('sources.json is damaged: it names ../../.., which');
      forge('sources.json', sources);
      for (const change of [
        { datasetFolder: '.' },
        { datasetFolder: 'F1\0' },
        { datasetFromOutput: '../../elsewhere' },
        { cellTableFile: 'cells.csv' },
        { otherFolders: ['..'] },
      ]) {
        writeFileSync(file('origin.json'), JSON.stringify({ ...(JSON.parse(origin) as object), ...change }));
        await refused('origin.json is damaged');
      }
    });

    it('has of its journal what is about its own files', async () => {
      const journal = path.join(job, 'journal', readdirSync(path.join(job, 'journal'))[0]);
      const lines = readFileSync(journal, 'utf8').split('\n').filter(Boolean);
      const changed: [what: string, change: object, file: object][] = [
        ['another item', { item: 'F9' }, {}],
        ['a file of somebody else', {}, { path: 'precious.png' }],
        ['no region', {}, { region: null }],
        ['a note that is none', {}, { note: {} }],
      ];
      for (const [what, change, fileChange] of changed) {
        const line = JSON.parse(lines[0]) as { files: object[] };
        const forged = { ...line, ...change, files: [{ ...line.files[0], ...fileChange }] };
        writeFileSync(journal, `${[...lines.slice(1), JSON.stringify(forged)].join('\n')}\n`);
        const { written, remaining } = await (await ExportJob.open(job)).status();
        assert.deepEqual([written, remaining], [2, 1], what);
      }
      const status = await (await ExportJob.open(job)).start();
      assert.deepEqual([status.written, status.failed, status.error], [3, 0, undefined]);
    });
  });

  it('may have masks elsewhere, where its origin says so, and channels nowhere else', async () => {
    const masks = path.join(temporaryFolder(), 'masks');
    const dataset = smallFovs(1);
    const mask = path.join(masks, 'F0_cells.tiff');
    writePlane(
      mask,
      plane(64, 64, (x) => (x < 9 ? 1 : 0)),
      {},
    );
    const args = ['--masks', masks, '--mask', 'cells', '--out', out, '--overwrite', 'always'];
    const made = runCli('fovs', dataset, ...look, ...args);
    assert.deepEqual([made.exitCode, made.stderr], [0, '']);
    job = jobOf(out);
    rmSync(path.join(out, 'F0.png'));
    assert.equal((await (await ExportJob.open(job)).start()).written, 1);
    const origin = JSON.parse(readFileSync(file('origin.json'), 'utf8')) as { otherFolders: string[] };
    assert.deepEqual(origin.otherFolders, [masks]);
    writeFileSync(file('origin.json'), JSON.stringify({ ...origin, otherFolders: [dataset] }));
    await refused('sources.json is damaged: it names .*F0_cells.tiff, which is not in the dataset');
  });

  it('whose runner or gallery says nothing of itself has none', async () => {
    const status = async (): Promise<unknown[]> => {
      const { state, gallery } = await (await ExportJob.open(job)).status();
      return [state, gallery];
    };
    const runner = readFileSync(file('runner.json'), 'utf8');
    for (const text of ['{}', '[]', '42', 'null', '{"pid":1,"host":"far","startedAt":"","heartbeatAt":"soon"}']) {
      writeFileSync(file('runner.json'), text);
      assert.deepEqual(await status(), ['ended', 'made'], text);
    }
    writeFileSync(file('runner.json'), runner);
    for (const text of ['null', '{}', '[]', '42']) {
      writeFileSync(file('gallery.json'), text);
      assert.deepEqual(await status(), ['stopped', 'missing'], text);
    }
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.deepEqual(await status(), ['ended', 'made']);
  });

  it('with a folder in the place of a request to stop: it is one, and can be taken back', () => {
    for (const name of readdirSync(file('journal'))) rmSync(path.join(file('journal'), name));
    mkdirSync(file('cancel'));
    assert.equal(runCli('cancel', out).exitCode, 0);
    assert.equal(runCli('resume', out, '--keep-cancel').exitCode, 130);
    assert.equal(runCli('resume', out).exitCode, 0);
    assert.equal(picturesOf(out).length, 3);
    mkdirSync(path.join(file('cancel'), 'inner'), { recursive: true });
    const { exitCode, stderr } = runCli('resume', out);
    assert.equal(exitCode, 3);
    assert.match(stderr, /^OutputNotWritable: Expected to take back the request to stop, but .*cancel is .*\.\n$/);
  });
});

describe('--item-timeout', () => {
  const hanging = (ms: number): string => `hang:${ms}:${path.sep}F1${path.sep}`;

  it('ends a worker that hangs: its item fails with its files named, and the others are made', () => {
    const out = temporaryFolder();
    const result = runCliWith(hanging(0), 'fovs', smallFovs(4), ...look, '--item-timeout', '5s', '--out', out);
    assert.equal(result.exitCode, 1, result.stderr);
    assert.match(result.stderr, /^F1: Timeout: Expected to make F1 from F1\/c\.tif within 5 s, but /m);
    assert.deepEqual(
      readManifest(out).map(({ error_code }) => error_code),
      ['', 'Timeout', '', ''],
    );
    assert.equal(runCli('resume', out).exitCode, 0, 'when the disk is back, resume makes it');
    assert.equal(picturesOf(out).length, 4);
  });

  it('does not wait for a worker that cannot be ended', async () => {
    const out = temporaryFolder();
    const hard = hanging(0).replace('hang', 'hang-hard');
    const child = startCliWith(hard, 'fovs', smallFovs(3), ...look, '--item-timeout', '5s', '--out', out);
    await exited(child);
    assert.equal(child.exitCode, 1);
    assert.deepEqual(
      readManifest(out).map(({ error_code }) => error_code),
      ['', 'Timeout', ''],
    );
  });

  it('does not count the time that the runner itself was suspended', async () => {
    const out = temporaryFolder();
    const child = startCliWith(hanging(9000), 'fovs', smallFovs(3), ...look, '--item-timeout', '6s', '--out', out);
    let errors = '';
    child.stderr!.on('data', (text: Buffer) => (errors += text.toString()));
    await waitUntil('the worker to hang', () => errors !== '', child);
    child.kill('SIGSTOP');
    await pause(8000);
    child.kill('SIGCONT');
    await ended(child);
    assert.deepEqual([child.exitCode, errors], [0, 'hangs\n'], 'nothing was made twice');
    assert.equal(picturesOf(out).length, 3);
  });

  for (const value of ['0s', '10']) {
    it(`${value} is refused`, () => {
      const result = runCli('fovs', smallFovs(1), ...look, '--item-timeout', value, '--out', temporaryFolder());
      assert.equal(result.exitCode, 2);
      assert.match(result.stderr, /^Usage: Expected .*--item-timeout/);
    });
  }
});

describe('what resume says', () => {
  it('of a job with nothing left to make', () => {
    const out = temporaryFolder();
    const first = runCli('fovs', smallFovs(2), ...look, '--out', out);
    assert.match(first.stdout, /^2 of 2 pictures written in /m);
    const { exitCode, stdout } = runCli('resume', out);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Nothing was left to make: 2 of 2 pictures written before\. .* are in /);
  });

  it('of what was known before the start to be impossible', () => {
    const dataset = smallFovs(2);
    writeFileSync(path.join(dataset, 'F1', 'c.tif'), 'no picture');
    const out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, ...look, '--out', out).exitCode, 1);
    const { stdout } = runCli('resume', out);
    assert.match(stdout, /^Nothing was left to make: 1 of 2 pictures written before, 1 failed\./);
    assert.match(stdout, /1 of the failures was known before the start and needs a new job/);
  });
});
