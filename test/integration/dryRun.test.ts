import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { makeSample } from '../../sample/makeSample';
import { estimateJob } from '../../src/core/run/estimateJob';
import { planJob } from '../../src/core/plan/planJob';
import { Previewer } from '../../src/core/make/previewer';
import type { Recipe } from '../../src/core/model/recipe';
import { withinMemory } from '../../src/core/read/memoryLimit';
import { openDataset } from '../../src/core/read/openDataset';
import { readPlane, scanPlane } from '../../src/core/read/openImage';
import { scanLabels } from '../../src/core/read/scanLabels';
import { decodePicture, plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { cliFile, eventsOf, runCli } from '../support/runCli';
import { spawnBounded } from '../support/spawnBounded';
import { temporaryFolder } from '../support/temporaryFolder';
import { type SlideTile, writeSlide } from '../support/writeSlide';

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

  describe('within --memory', () => {
    const sidePx = 4_000;
    const otherChannels = ['CD3', 'CD4', 'CD8', 'CD20', 'CD45', 'CD68', 'CD99'];
    const memory = ['--memory', '280MiB'];

    /** FOV Large, of which files of kilobytes make 92 MiB, and A of 60 × 40 pixels, with cells and regions. */
    function largeAndSmall(rowsPerStrip = 500): string {
      const folder = smallDataset(['A']);
      const large = { widthPx: sidePx, heightPx: sidePx, data: new Uint16Array(sidePx * sidePx).fill(7) };
      const options = { compression: 'deflate', rowsPerStrip } as const;
      writePlane(path.join(folder, 'Large', 'DNA.tiff'), large, options);
      const labels = { ...large, data: new Uint32Array(large.data) };
      writePlane(path.join(folder, 'masks', 'Large_whole_cell.tiff'), labels, options);
      const cells = 'fov,label,centroid-0,centroid-1\nA,7,19,20\nLarge,7,1999.5,1999.5\n';
      writeFileSync(path.join(folder, 'cell_table.csv'), cells);
      writeFileSync(path.join(folder, 'rois.csv'), 'name,fov,x,y,width,height\na,A,0,0,50,40\nb,Large,0,0,50,40\n');
      return folder;
    }

    /**
     * A slide, and a ROI of one of its tiles: two of 64 × 64 pixels, so far apart that the slide has 5 millions, and a band of it one,
     * whose planes and labels on the output grid do not fit.
     */
    function largeSlide(): string {
      const slidePx = 2_200;
      const tile = (fov: string, at: number): SlideTile => ({
        ...{ fov, x: at, y: at, widthPx: 64, heightPx: 64 },
        channels: Object.fromEntries(['DNA', ...otherChannels].map((name) => [name, (x, y) => x + y])),
        mask: (x) => (x > 9 && x < 30 ? 7 : 0),
      });
      const tiles = [tile('t1', 0), tile('t2', slidePx - 64)];
      const small = { id: 'small', name: 'small', mapId: '7', x: 0, y: 0, widthPx: 50, heightPx: 40 };
      return writeSlide(tiles, [small, { ...small, id: 'all', name: 'all', widthPx: slidePx, heightPx: slidePx }]);
    }

    /** A crop, and a band, of its FOV Large decodes all of it: each image is one strip. */
    const largeStrips = (): string => largeAndSmall(sidePx);

    const mask = ['--mask', 'whole_cell'];
    const cells = [...look, ...mask, '--center', 'mask', '--size', '20px'];
    const rois = [...look, ...mask, '--roi-anchor', 'corner', '--rois', 'rois.csv'];
    const percentiles = ['--channel', 'DNA=red:p1:p99', '--scale-bar', 'off'];
    const within = (folder: string, flags: readonly string[]): string[] => [
      folder,
      ...flags.map((flag) => (flag === 'rois.csv' ? path.join(folder, flag) : flag)),
    ];
    for (const [what, mode, flags, dataset, memoryMiB] of [
      ['FOVs', 'fovs', [...percentiles, ...mask], largeStrips, 280],
      ['cells', 'cells', cells, largeStrips, 280],
      ['ROIs', 'rois', rois, largeStrips, 280],
      [
        'regions of a slide',
        'rois',
        [...percentiles, ...mask, ...otherChannels.flatMap((name) => ['--channel', `${name}=blue:0:9`])],
        largeSlide,
        256,
      ],
    ] as const) {
      it(`says of each item what the run says, and a preview the same: ${what}`, () => {
        const out = path.join(temporaryFolder(), 'out');
        const args = within(dataset(), flags);
        const memory = ['--memory', `${memoryMiB}MiB`];
        const dry = eventsOf(runCli(mode, ...args, ...memory, '--out', out, '--dry-run', '--json'));
        const said = dry.filter(({ event }) => event === 'planned-item');
        const result = runCli(mode, ...args, ...memory, '--out', out, '--json');
        const made = eventsOf(result).filter(({ event }) => event === 'item');
        const errorsOf = (events: typeof said): unknown =>
          Object.fromEntries(events.map(({ id, error }) => [id, error]));
        assert.equal(result.exitCode, 1, result.stderr);
        assert.deepEqual(errorsOf(said), errorsOf(made));
        assert.equal(readdirSync(out).filter((name) => name.endsWith('.png')).length, 1, 'the other one is made');
        const [failed, ...others] = said.filter(({ error }) => error);
        assert.deepEqual([said.length, others.length], [2, 0]);
        const { code, message } = failed['error'] as { code: string; message: string };
        assert.equal(code, 'TooLarge');
        assert.match(
          message,
          new RegExp(
            `^Expected to make .* within ${memoryMiB} MiB of memory, but it takes about \\d+ MiB; allow more memory`,
          ),
        );
        const preview = (id: unknown, ...more: string[]): ReturnType<typeof runCli> =>
          runCli(
            'preview',
            mode,
            ...args,
            ...more,
            '--item',
            String(id),
            '--to',
            path.join(temporaryFolder(), 'a.png'),
          );
        const refused = preview(failed['id'], ...memory);
        assert.deepEqual([refused.exitCode, refused.stderr], [2, `${code}: ${message}\n`]);
        assert.equal(preview(said.find(({ error }) => !error)!['id'], ...memory).exitCode, 0);
        if (mode === 'cells')
          assert.equal(runCli('resume', out, '--memory', '4GiB').exitCode, 0, 'with more it is made');
      });
    }

    for (const [mode, flags] of [
      ['fovs', [...look, ...mask]],
      ['cells', cells],
      ['rois', rois],
    ] as const) {
      it(`makes what is in a FOV that does not fit as a whole, a band at a time: ${mode}`, () => {
        const out = path.join(temporaryFolder(), 'out');
        const result = runCli(mode, ...within(largeAndSmall(), flags), ...memory, '--out', out);
        assert.equal(result.exitCode, 0, result.stderr);
        assert.equal(readdirSync(out).filter((name) => name.endsWith('.png')).length, 2);
      });
    }

    it('plans cells by a mask that does not fit as a whole, and colours it by the table, a band at a time', async () => {
      const folder = largeAndSmall();
      const mask = ['--mask', 'whole_cell,mode=fill,color=by:kind', '--center', 'mask', '--size', '20px'];
      writeFileSync(
        path.join(folder, 'cell_table.csv'),
        'fov,label,centroid-0,centroid-1,kind\nLarge,7,1999.5,1999.5,a\nA,7,19,20,a\nA,9,11,42,b\n',
      );
      const outs = ['256MiB', '2GiB'].map((most) => {
        const out = path.join(temporaryFolder(), 'out');
        // The mask of FOV Large has 61 MiB, where a job of 256 MiB has 56 left for it.
        const made = runCli('cells', folder, ...look, ...mask, '--memory', most, '--out', out);
        assert.equal(made.exitCode, 0, made.stderr + made.stdout);
        return path.join(out, 'Large_cell_7.png');
      });
      assert.ok(readFileSync(outs[0]).equals(readFileSync(outs[1])));
      const { rgb } = await decodePicture(outs[0]);
      assert.deepEqual([...rgb.subarray(0, 3)], [...rgb.subarray(-3)]);
      assert.notDeepEqual([...rgb.subarray(0, 3)], [0, 0, 0]);
    });

    it('lets nothing be decoded that takes more alone, whoever asks for it', async () => {
      const file = path.join(smallDataset(['A']), 'A', 'DNA.tiff');
      // 60 × 40 pixels: two bytes each as they are, four as labels.
      for (const [bytes, read] of [
        [4_800, () => readPlane({ file })],
        [4_800, () => scanPlane({ file }, () => undefined)],
        [9_600, () => scanLabels({ file }, () => undefined)],
      ] as const) {
        await withinMemory<unknown>(bytes, read);
        await assert.rejects(withinMemory<unknown>(bytes - 1, read), {
          code: 'TooLarge',
          message: /allow more memory/,
        });
        await read();
      }
    });

    it('finds percentiles without FOVs that are larger, in a plan and in a preview', async () => {
      const folder = smallDataset(['A']);
      // A strip of eight megabytes, which is decoded as a whole; a job would have 5 MiB left for it.
      writePlane(
        path.join(folder, 'B', 'DNA.tiff'),
        plane(2_000, 2_000, (x) => x),
        { rowsPerStrip: 2_000 },
      );
      const memoryBytes = 205 * 2 ** 20;
      const dataset = await openDataset(folder);
      const [channel] = exampleRecipe.channels;
      const contrastLimits = [{ percentile: 1 }, { percentile: 99 }] as const;
      const recipe: Recipe = { ...exampleRecipe, channels: [{ ...channel, contrastLimits }] };
      const { recipe: completed, items } = await planJob(recipe, dataset, temporaryFolder(), { memoryBytes });
      // Of A alone, whose columns are 0, 4, 8 … 236.
      assert.deepEqual(completed.channels[0].contrastLimits, [0, 236]);
      assert.deepEqual(
        Array.from(items, ({ error }) => error?.code),
        [undefined, 'TooLarge'],
      );
      const { png } = await new Previewer(dataset).preview(recipe, { item: 'A', maxSidePx: 100, memoryBytes });
      const { data } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
      assert.equal(Math.max(...data), 255);
    });

    it('tries nothing larger for an estimate, also of a plan that was made with more', async () => {
      const dataset = await openDataset(largeSlide());
      const rois = { rois: [], slides: [], settings: 'own', edge: 'pad', cutShape: false } as const;
      const [channel] = exampleRecipe.channels;
      const channels = ['DNA', ...otherChannels].map((name) => ({ ...channel, channel: name }));
      const recipe: Recipe = { ...exampleRecipe, channels, mode: 'rois', rois };
      const plan = await planJob(recipe, dataset, temporaryFolder(), { memoryBytes: 2 ** 34 });
      assert.deepEqual(
        Array.from(plan.items, ({ id, error }) => [id, error]),
        [
          ['small', undefined],
          ['all', undefined],
        ],
      );
      const { triedItems, peakMemoryMiB } = await estimateJob(plan, { memoryBytes: 256 * 2 ** 20 });
      assert.equal(triedItems, 1);
      assert.ok(peakMemoryMiB < 256, `${peakMemoryMiB} MiB`);
    });

    it('takes no more than that, percentiles included', () => {
      const folder = temporaryFolder();
      const [script, peak] = [path.join(folder, 'peak.cjs'), path.join(folder, 'peak')];
      const write = `require('node:fs').writeFileSync(${JSON.stringify(peak)}, String(process.resourceUsage().maxRSS))`;
      writeFileSync(script, `process.on('exit', () => ${write});`);
      const args = ['fovs', largeAndSmall(), '--channel', 'DNA=red:p1:p99', '--scale-bar', 'off', ...memory];
      const node = ['--require', script, cliFile, ...args, '--dry-run', '--out', path.join(folder, 'out')];
      assert.equal(spawnBounded(process.execPath, node).status, 0);
      const peakMiB = Number(readFileSync(peak, 'utf8')) / 1024;
      assert.ok(peakMiB < 280 + 40, `took ${peakMiB} MiB`);
    });
  });
});
