import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodePicture, plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { ordinaryUser } from '../support/ordinaryUser';
import { eventsOf, runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

const channels = ['--channel', 'DNA=blue:0:255', '--channel', 'CD3=red:0:195'];

/** What a failed request must leave behind: nothing. */
function assertNothingWritten(folder: string): void {
  assert.equal(
    existsSync(folder),
    false,
    `${folder} was made: ${existsSync(folder) ? readdirSync(folder).join() : ''}`,
  );
}

describe('batch-export fovs', () => {
  it('writes one picture per FOV with the pixels of the definition', async () => {
    const dataset = smallDataset();
    const out = path.join(temporaryFolder(), 'out');
    const result = runCli('fovs', dataset, ...channels, '--scale-bar', 'off', '--out', out);
    assert.deepEqual([result.exitCode, result.stderr], [0, '']);
    for (const [i, fov] of ['A', 'B', 'C'].entries()) {
      const { widthPx, heightPx, rgb } = await decodePicture(path.join(out, `${fov}.png`));
      assert.deepEqual([widthPx, heightPx], [60, 40]);
      for (let y = 0; y < 40; y++) {
        for (let x = 0; x < 60; x++) {
          const o = (y * 60 + x) * 3;
          const red = Math.floor((255 * (y * 5)) / 195 + 0.5);
          const blue = Math.min(x * 4 + i, 255);
          assert.ok(Math.abs(rgb[o] - red) <= ((255 * y * 5) % 195 === 0 ? 0 : 1), `red at ${x}, ${y}`);
          assert.deepEqual([rgb[o + 1], rgb[o + 2]], [0, blue], `green and blue at ${x}, ${y}`);
        }
      }
    }
  });

  it('draws mask outlines, in their colour, inside the cells', async () => {
    const out = temporaryFolder();
    runCli(
      'fovs',
      smallDataset(),
      '--channel',
      'DNA=black:0:1',
      '--mask',
      'whole_cell,color=#00ff00',
      '--scale-bar',
      'off',
      '--out',
      out,
    );
    const { rgb } = await decodePicture(path.join(out, 'A.png'));
    const green = (x: number, y: number): number => rgb[(y * 60 + x) * 3 + 1];
    // The cell is 10…29 in x and y.
    assert.deepEqual([green(9, 15), green(10, 15), green(11, 15), green(29, 15), green(30, 15)], [0, 255, 0, 255, 0]);
    assert.deepEqual([green(15, 9), green(15, 10), green(15, 29), green(15, 30)], [0, 255, 255, 0]);
  });

  it('draws a scale bar of the length that the manifest says', async () => {
    const dataset = smallDataset(['A']);
    writePlane(
      path.join(dataset, 'A', 'wide.tif'),
      plane(60, 40, () => 0),
    );
    const out = temporaryFolder();
    runCli('fovs', dataset, '--channel', 'wide=red:0:1', '--out', out);
    const [row] = readManifest(out);
    // 60 px of 0.5 µm: a tenth of 30 µm is 3 µm, so 2 µm, which is 4 px.
    assert.deepEqual([row['scale_bar_um'], row['scale_bar_px'], row['pixel_size_um']], ['2', '4', '0.5']);
    const { widthPx, rgb } = await decodePicture(path.join(out, 'A.png'));
    const [x, y] = [Number(row['scale_bar_x']), Number(row['scale_bar_y'])];
    const white = (at: number): boolean => rgb[(y * widthPx + at) * 3] === 255;
    assert.deepEqual([white(x - 1), white(x), white(x + 3), white(x + 4)], [false, true, true, false]);
  });

  it('downsamples by the mean over blocks', async () => {
    const out = temporaryFolder();
    runCli(
      'fovs',
      smallDataset(['A']),
      '--channel',
      'DNA=white:0:255',
      '--downsample',
      '3',
      '--scale-bar',
      'off',
      '--out',
      out,
    );
    const { widthPx, heightPx, rgb } = await decodePicture(path.join(out, 'A.png'));
    assert.deepEqual([widthPx, heightPx], [20, 14]);
    // Columns 0, 1, 2 hold 0, 4, 8.
    assert.deepEqual([rgb[0], rgb[3]], [4, 16]);
  });

  it('takes a saved marker set, the only one without being asked', async () => {
    const dataset = smallDataset(['A']);
    const set = { name: 'S', channels: [{ channel: 'DNA', color: 'green', contrastLimits: [0, 200] }] };
    mkdirSync(path.join(dataset, '.batch-export'));
    writeFileSync(
      path.join(dataset, '.batch-export', 'marker-sets.json'),
      JSON.stringify({ version: 1, markerSets: [set] }),
    );
    const out = temporaryFolder();
    assert.equal(runCli('fovs', dataset, '--out', out).exitCode, 0);
    assert.equal(readManifest(out)[0]['marker_set'], 'S');
    const { rgb } = await decodePicture(path.join(out, 'A.png'));
    assert.deepEqual([...rgb.subarray(60 * 3 - 3, 60 * 3)], [0, 255, 0]);
  });

  it("reads UELer's marker sets and pixel size, and prefers what the files state", () => {
    const dataset = smallDataset(['A']);
    const state = {
      marker_sets: {
        'T cells': {
          selected_channels: ['DNA', 'CD3'],
          channel_settings: { DNA: { color: 'Blue', contrast_min: 5, contrast_max: 200 }, CD3: { color: 'Green' } },
        },
      },
      pixel_size_inttext: 390,
    };
    mkdirSync(path.join(dataset, '.UELer'));
    writeFileSync(path.join(dataset, '.UELer', 'widget_states.json'), JSON.stringify(state));
    const { markerSets, fovs } = JSON.parse(runCli('inspect', dataset, '--json').stdout) as {
      markerSets: { name: string; origin: string; channels: unknown }[];
      fovs: { pixelSizeUm: number; pixelSizeFrom: string }[];
    };
    assert.deepEqual(markerSets, [
      {
        name: 'T cells',
        origin: 'ueler',
        channels: [
          { channel: 'DNA', color: '#0000ff', contrastLimits: [5, 200] },
          { channel: 'CD3', color: '#00ff00', contrastLimits: [0, 1] },
        ],
      },
    ]);
    assert.deepEqual([fovs[0].pixelSizeUm, fovs[0].pixelSizeFrom], [0.5, 'imagej']);
  });

  it('finds percentile limits over all selected FOVs together', async () => {
    const dataset = temporaryFolder();
    writePlane(
      path.join(dataset, 'dim', 'c.tif'),
      plane(10, 10, (x) => x),
    );
    writePlane(
      path.join(dataset, 'bright', 'c.tif'),
      plane(10, 10, (x) => 10 * x),
    );
    const out = temporaryFolder();
    runCli('fovs', dataset, '--channel', 'c=white:p0:p100', '--scale-bar', 'off', '--out', out);
    const brightest = async (fov: string): Promise<number> =>
      Math.max(...(await decodePicture(path.join(out, `${fov}.png`))).rgb);
    assert.deepEqual([await brightest('dim'), await brightest('bright')], [Math.floor((255 * 9) / 90 + 0.5), 255]);
  });

  it('says before the start where percentiles of a sparse channel coincide, and what to do', () => {
    const folder = temporaryFolder();
    const sparse = plane(100, 100, (x, y) => (y === 0 && x < 20 ? 10 + x : x === 50 && y === 50 ? 5000 : 0));
    writePlane(path.join(folder, 'A', 'CD3.tif'), sparse);
    const out = path.join(folder, 'exports');
    const flags = ['--channel', 'CD3=red:p1:p99', '--scale-bar', 'off', '--out', out];
    const message = /CD3: the contrast limits coincide at 0, .*p50 is 20, p90 is 28, p99 is 4006/;
    assert.match(runCli('fovs', folder, ...flags, '--dry-run').stderr, /^PercentilesCoincide: /);
    const { exitCode, stderr } = runCli('fovs', folder, ...flags);
    assert.equal(exitCode, 0);
    assert.match(stderr, message);
    assert.match(readManifest(out)[0]['note'], message);
  });

  it('says in the manifest where percentiles coincide', () => {
    const dataset = temporaryFolder();
    writePlane(
      path.join(dataset, 'F', 'c.tif'),
      plane(10, 10, () => 5),
    );
    const out = temporaryFolder();
    runCli('fovs', dataset, '--channel', 'c=white:p1:p99', '--scale-bar', 'off', '--out', out);
    assert.match(readManifest(out)[0]['note'], /coincide at 5, so the high one is 6/);
  });

  it('chooses FOVs by name and glob', () => {
    const out = temporaryFolder();
    runCli('fovs', smallDataset(['A1', 'A2', 'B1']), ...channels, '--fov', 'A*', '--fov', 'A1', '--out', out);
    assert.deepEqual(
      readManifest(out).map((row) => row['fov']),
      ['A1', 'A2'],
    );
  });

  it('reports events as NDJSON, and the counts add up', () => {
    const dataset = smallDataset();
    writeFileSync(path.join(dataset, 'B', 'DNA.tiff'), 'not a TIFF');
    const result = runCli('fovs', dataset, ...channels, '--out', temporaryFolder(), '--json');
    const events = eventsOf(result);
    assert.equal(result.exitCode, 1);
    // Items end in any order.
    const items = events.slice(1, -1).sort((a, b) => String(a['id']).localeCompare(String(b['id'])));
    assert.deepEqual(
      [events[0], ...items, events.at(-1)!].map(({ event, id, outcome, paths }) => ({ event, id, outcome, paths })),
      [
        { event: 'planned', id: undefined, outcome: undefined, paths: undefined },
        { event: 'item', id: 'A', outcome: 'written', paths: ['A.png'] },
        { event: 'item', id: 'B', outcome: 'failed', paths: [] },
        { event: 'item', id: 'C', outcome: 'written', paths: ['C.png'] },
        { event: 'ended', id: undefined, outcome: undefined, paths: undefined },
      ],
    );
    const { planned, written, unchanged, skipped, failed, cancelled } = events.at(-1) as Record<string, number>;
    assert.deepEqual([planned, written, unchanged, skipped, failed, cancelled], [3, 2, 0, 0, 1, 0]);
  });

  it('writes nothing in a dry run, not even the folder', () => {
    const out = path.join(temporaryFolder(), 'out');
    const result = runCli('fovs', smallDataset(), ...channels, '--out', out, '--dry-run');
    assert.equal(result.exitCode, 0);
    assert.match(result.stdout, /A\.png.*60 × 40/);
    assert.match(result.stdout, /3 files of 3 FOVs planned, 0 FOVs would fail; about \d+\.\d MB, \d+ s, \d+ MiB/);
    assertNothingWritten(out);
  });

  it('makes the same bytes in every run, whatever the folder, and names no machine', () => {
    const dataset = smallDataset();
    const outs = [temporaryFolder(), temporaryFolder()];
    for (const out of outs) runCli('fovs', dataset, ...channels, '--mask', 'whole_cell', '--out', out);
    for (const name of ['A.png', 'B.png', 'manifest.csv']) {
      const [first, second] = outs.map((out) => readFileSync(path.join(out, name)));
      assert.ok(first.equals(second), `${name} differs between two runs`);
      assert.equal(first.includes(dataset), false, `${name} names the dataset's folder`);
    }
  });

  it('records the fingerprint of every file', () => {
    const out = temporaryFolder();
    runCli('fovs', smallDataset(['A']), ...channels, '--out', out);
    const content = readFileSync(path.join(out, 'A.png'));
    assert.equal(readManifest(out)[0]['sha256'], createHash('sha256').update(content).digest('hex'));
  });

  it('is not fooled by an output folder inside the dataset at the next run', () => {
    const dataset = smallDataset(['A']);
    assert.equal(runCli('fovs', dataset, ...channels, '--out', path.join(dataset, 'pictures')).exitCode, 0);
    writePlane(
      path.join(dataset, 'pictures', 'later.tif'),
      plane(4, 4, () => 1),
    );
    const { fovs } = JSON.parse(runCli('inspect', dataset, '--json').stdout) as { fovs: { name: string }[] };
    assert.deepEqual(
      fovs.map((fov) => fov.name),
      ['A'],
    );
  });
});

describe('bad input is one clear sentence, the right exit code, and nothing half-written', () => {
  const out = (): string => path.join(temporaryFolder(), 'out');

  function assertRefused(args: string[], exitCode: number, message: RegExp, outputFolder: string): void {
    const result = runCli(...args, '--out', outputFolder);
    assert.equal(result.exitCode, exitCode, result.stderr);
    assert.match(result.stderr, message);
    assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
    assertNothingWritten(outputFolder);
  }

  it('a folder that is not there', () => {
    assertRefused(['fovs', '/no/such/folder', ...channels], 2, /DatasetInvalid: .*nothing at this path/, out());
  });
  it('an empty folder', () => {
    assertRefused(['fovs', temporaryFolder(), ...channels], 2, /DatasetInvalid: .*an empty folder/, out());
  });
  it('a folder without FOVs', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'notes'));
    assertRefused(['fovs', folder, ...channels], 2, /DatasetInvalid: .*1 sub-folders without TIFF/, out());
  });
  it('the folder of a project, whose images are one folder below', () => {
    const folder = temporaryFolder();
    for (const place of ['image_data/fov0', 'image_data/fov1', 'segmentation/deepcell_output', 'post/plots']) {
      mkdirSync(path.join(folder, place), { recursive: true });
    }
    const image = plane(4, 4, () => 1);
    for (const fov of ['fov0', 'fov1']) writePlane(path.join(folder, 'image_data', fov, 'DNA.tiff'), image);
    writePlane(path.join(folder, 'segmentation', 'deepcell_output', 'fov0_whole_cell.tiff'), image);
    assertRefused(
      ['fovs', folder, ...channels],
      2,
      /DatasetInvalid: .*one folder below; choose that one: .*image_data \(2\)\.$/m,
      out(),
    );
    writePlane(path.join(folder, 'more_data', 'fov2', 'DNA.tiff'), image);
    assertRefused(
      ['fovs', folder, ...channels],
      2,
      /choose one of these: .*image_data \(2\), .*more_data \(1\)\.$/m,
      out(),
    );
  });
  it('a FOV folder in place of the dataset', () => {
    assertRefused(
      ['fovs', path.join(smallDataset(), 'A'), ...channels],
      2,
      /2 TIFF files of one channel directly in it.*folder above/,
      out(),
    );
  });
  it('a FOV folder with TIFs inside, in place of the dataset', () => {
    const folder = temporaryFolder();
    writePlane(
      path.join(folder, 'TIFs', 'c.tif'),
      plane(4, 4, () => 1),
    );
    assertRefused(['fovs', folder, '--channel', 'c=red:0:1'], 2, /DatasetInvalid/, out());
  });
  it('an unknown flag', () => {
    assertRefused(['fovs', smallDataset(), ...channels, '--frobnicate'], 2, /Usage: Unknown flag --frobnicate/, out());
  });
  it('an unknown command', () => {
    const { exitCode, stderr } = runCli('explode');
    assert.deepEqual([exitCode, /Unknown command explode/.test(stderr)], [2, true]);
  });
  it('no marker set', () => {
    assertRefused(['fovs', smallDataset()], 2, /MarkerSetNotFound: .*none is saved/, out());
  });
  it('contrast limits in the wrong order', () => {
    assertRefused(
      ['fovs', smallDataset(), '--channel', 'DNA=red:5:5'],
      2,
      /ContrastLimitsInvalid: .*DNA.*5 and 5/,
      out(),
    );
  });
  it('a FOV that is not there', () => {
    assertRefused(['fovs', smallDataset(), ...channels, '--fov', 'Z*'], 2, /SelectionEmpty: .*"Z\*".*A, B, C/, out());
  });
  it('a scale bar without any pixel size', () => {
    const dataset = temporaryFolder();
    writePlane(
      path.join(dataset, 'F', 'c.tif'),
      plane(10, 10, () => 5),
      { resolution: { x: 72, y: 72, unit: 'inch' } },
    );
    assertRefused(['fovs', dataset, '--channel', 'c=red:0:9'], 2, /PixelSizeMissing: .*--pixel-size/, out());
  });
  it('a file in place of the output folder', () => {
    const file = path.join(temporaryFolder(), 'file');
    writeFileSync(file, 'mine');
    const result = runCli('fovs', smallDataset(), ...channels, '--out', file);
    assert.deepEqual([result.exitCode, /OutputNotWritable: .*is a file/.test(result.stderr)], [3, true]);
    assert.equal(readFileSync(file, 'utf8'), 'mine');
  });
  it('an output folder that is not writable, for an ordinary user', function () {
    const user = ordinaryUser(this);
    const folder = temporaryFolder();
    chmodSync(folder, 0o555);
    const result = user.run('fovs', smallDataset(), ...channels, '--out', path.join(folder, 'out'));
    assert.deepEqual(
      [result.exitCode, /OutputNotWritable: .*not permitted/.test(result.stderr)],
      [3, true],
      result.stderr,
    );
    assert.deepEqual(readdirSync(folder), []);
  });
  it('a folder of jobs, in the output folder, that is not writable, for an ordinary user', function () {
    const user = ordinaryUser(this);
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    mkdirSync(path.join(folder, '.batch-export-jobs'), { mode: 0o555 });
    const result = user.run('fovs', smallDataset(), ...channels, '--out', folder, '--dry-run');
    assert.deepEqual(
      [result.exitCode, /OutputNotWritable: .*\.batch-export-jobs is not permitted/.test(result.stderr)],
      [3, true],
      result.stderr,
    );
  });
  it('an output folder on a file system that cannot be written', function () {
    if (!existsSync('/proc/self')) skipWithout('/proc', this);
    const result = runCli('fovs', smallDataset(), ...channels, '--out', '/proc/self/out');
    assert.deepEqual([result.exitCode, /OutputNotWritable/.test(result.stderr)], [3, true], result.stderr);
  });
  it('a picture in the way, also in another letter case; it is left as it was', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'a.PNG'), 'mine');
    const result = runCli('fovs', smallDataset(), ...channels, '--out', folder);
    assert.deepEqual([result.exitCode, /FileExists: .*a\.PNG/.test(result.stderr)], [2, true], result.stderr);
    assert.deepEqual(readdirSync(folder), ['a.PNG']);
    assert.equal(readFileSync(path.join(folder, 'a.PNG'), 'utf8'), 'mine');
  });
  it('replaces pictures only when it is told to', () => {
    const folder = temporaryFolder();
    const dataset = smallDataset();
    for (const [flags, exitCode] of [
      [[], 0],
      [[], 2],
      [['--overwrite', 'always'], 0],
    ] as const) {
      assert.equal(runCli('fovs', dataset, ...channels, '--out', folder, ...flags).exitCode, exitCode);
    }
    assert.equal(readManifest(folder).length, 3);
  });
});

describe('an item that cannot be made fails with its reason, and the others are made', () => {
  const cases: [name: string, spoil: (dataset: string) => void, code: string, message: RegExp][] = [
    [
      'a FOV without the channel',
      (d) => {
        rmChannel(d, 'B', 'CD3.tif');
      },
      'ChannelNotFound',
      /channel CD3 in FOV B.*DNA/,
    ],
    [
      'a file that is not a TIFF',
      (d) => {
        writeFileSync(path.join(d, 'B', 'CD3.tif'), 'x'.repeat(500));
      },
      'ImageUnreadable',
      /B\/CD3\.tif/,
    ],
    [
      'an empty file',
      (d) => {
        writeFileSync(path.join(d, 'B', 'CD3.tif'), '');
      },
      'ImageUnreadable',
      /0 bytes/,
    ],
    [
      'a TIFF that was cut off',
      (d) => {
        cutInHalf(path.join(d, 'B', 'CD3.tif'));
      },
      'ImageUnreadable',
      /B\/CD3\.tif/,
    ],
    [
      'channels of different sizes',
      (d) => {
        writePlane(
          path.join(d, 'B', 'CD3.tif'),
          plane(30, 40, () => 1),
        );
      },
      'SizeMismatch',
      /60 × 40.*CD3.*30 × 40/,
    ],
    [
      'a FOV without the mask',
      (d) => {
        rmChannel(d, 'masks', 'B_whole_cell.tiff');
      },
      'MaskNotFound',
      /mask whole_cell in FOV B/,
    ],
    [
      'a mask of negative labels',
      (d) => {
        writePlane(
          path.join(d, 'masks', 'B_whole_cell.tiff'),
          { ...plane(60, 40, () => 1), data: new Int16Array(2400).fill(-1) },
          {},
        );
      },
      'MaskInvalid',
      /-1 at x 0, y 0/,
    ],
  ];
  for (const [name, spoil, code, message] of cases) {
    it(name, () => {
      const dataset = smallDataset();
      spoil(dataset);
      const out = temporaryFolder();
      const result = runCli('fovs', dataset, ...channels, '--mask', 'whole_cell', '--out', out);
      assert.equal(result.exitCode, 1, result.stderr);
      const rows = readManifest(out);
      assert.deepEqual(
        rows.map((row) => [row['fov'], row['outcome'], row['error_code']]),
        [
          ['A', 'written', ''],
          ['B', 'failed', code],
          ['C', 'written', ''],
        ],
      );
      assert.match(rows[1]['error_message'], message);
      assert.equal(rows[1]['error_message'].includes(dataset), false, 'no absolute path in the manifest');
      assert.deepEqual(readdirSync(out).sort(), ['.batch-export-jobs', 'A.png', 'C.png', 'manifest.csv']);
    });
  }

  function rmChannel(dataset: string, folder: string, file: string): void {
    writeFileSync(path.join(dataset, folder, `${file}.moved`), readFileSync(path.join(dataset, folder, file)));
    rmSync(path.join(dataset, folder, file));
  }

  function cutInHalf(file: string): void {
    const content = readFileSync(file);
    writeFileSync(file, content.subarray(0, Math.floor(content.length / 2)));
  }
});
