import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pngChunks } from '../../src/core/write/png/pngChunks';
import { decodePicture, plane, readManifest, smallDataset, umPerPx, writePlane } from '../support/dataset';
import { longestRunInRow } from '../support/measureBar';
import { type PdfFigure, type PdfImage, readPdfPages } from '../support/readPdf';
import { type CliResult, eventsOf, runCli, startCli } from '../support/runCli';
import { ended } from '../support/startedProcesses';
import { temporaryFolder } from '../support/temporaryFolder';

const look = ['--channel', 'DNA=blue:0:300', '--channel', 'CD3=red:0:300'];

interface Exported extends CliResult {
  readonly out: string;
  readonly pages: readonly PdfFigure[];
}

async function exported(mode: 'fovs' | 'cells' | 'rois', dataset: string, ...flags: string[]): Promise<Exported> {
  const out = path.join(temporaryFolder(), 'out');
  const result = runCli(mode, dataset, ...look, '--out', out, ...flags);
  return { ...result, out, pages: await galleryIn(out) };
}

async function galleryIn(out: string): Promise<PdfFigure[]> {
  const file = path.join(out, 'gallery.pdf');
  return existsSync(file) ? readPdfPages(readFileSync(file)) : [];
}

function galleryRow(out: string): Record<string, string> | undefined {
  return readManifest(out).find((row) => row['path'] === 'gallery.pdf');
}

/** A dataset with one FOV of nine cells. Sorting is compared with pandas, which read this very table. */
const table = `fov,label,centroid-0,centroid-1,cell_type,area
A,1,20,30,T,12.5
A,2,20,31,B,9
A,3,20,32,,100
A,4,21,30,T,
A,5,21,31,é,9
A,6,21,32,b,-3
A,7,22,30,B,1e1
A,8,22,31,😀,9
A,9,22,32,Ａ,100
`;

function cellDataset(): string {
  const dataset = smallDataset(['A']);
  writeFileSync(path.join(dataset, 'cell_table.csv'), table);
  return dataset;
}

const crops = ['--size', '16px', '--scale-bar', 'off'];

function jobFolderOf(out: string): string {
  const jobs = path.join(out, '.batch-export-jobs');
  return path.join(jobs, readdirSync(jobs).sort().at(-1)!);
}

/** The picture file that an image of the gallery shows; by its pixels, decoded from both. */
async function assertShows(image: PdfImage, file: string): Promise<void> {
  const { widthPx, heightPx, rgb } = await decodePicture(file);
  assert.deepEqual([image.widthPx, image.heightPx], [widthPx, heightPx], file);
  assert.ok(image.rgb.equals(rgb), `${file} has other pixels`);
  assert.ok(Math.abs(image.widthPt / widthPx - image.heightPt / heightPx) < 1e-3, `${file} is distorted`);
}

describe('the gallery', () => {
  describe('of FOVs', () => {
    let made: Exported;

    before(async () => {
      made = await exported('fovs', smallDataset(['A', 'B', 'C']), '--gallery', '2x1', '--scale-bar', '5um');
      assert.equal(made.exitCode, 0, made.stderr);
    });

    it('shows every picture with the very pixels of its file, in the order of the plan', async () => {
      assert.deepEqual(
        made.pages.map(({ images }) => images.length),
        [2, 1],
      );
      const images = made.pages.flatMap((page) => page.images);
      for (const [i, fov] of ['A', 'B', 'C'].entries()) {
        const file = path.join(made.out, `${fov}.png`);
        await assertShows(images[i], file);
        const rows = [...pngChunks(readFileSync(file))].filter(({ type }) => type === 'IDAT').map(({ data }) => data);
        const pdf = readFileSync(path.join(made.out, 'gallery.pdf'));
        assert.ok(pdf.includes(Buffer.concat(rows)), 'it is embedded as it is');
      }
    });

    it('writes the id and the caption of the manifest beneath each picture', () => {
      const captions = new Map(readManifest(made.out).map((row) => [row['item'], row['caption']]));
      for (const [page, fovs] of [
        [0, ['A', 'B']],
        [1, ['C']],
      ] as const) {
        const { texts, images } = made.pages[page];
        for (const [i, fov] of fovs.entries()) {
          const { y, heightPt } = images[i];
          const below = texts.filter((text) => text.y > y + heightPt && text.y < (images[i + 1]?.y ?? Infinity));
          const [id, ...caption] = below.map(({ text }) => text).filter((text) => text.trim() !== '');
          assert.deepEqual([id, caption.join(' ')], [fov, captions.get(fov)]);
        }
      }
    });

    it('has bars that are true at the size on the page', () => {
      const row = readManifest(made.out).find((each) => each['item'] === 'B')!;
      const bar = { x: Number(row['scale_bar_x']), y: Number(row['scale_bar_y']), length: Number(row['scale_bar_px']) };
      assert.equal(bar.length, 5 / umPerPx);
      const image = made.pages[0].images[1];
      const ink = longestRunInRow({ widthPx: image.widthPx, heightPx: image.heightPx, rgb: image.rgb }, bar.y, 'white');
      assert.deepEqual([ink.start, ink.length], [bar.x, bar.length]);
      // 60 pixels of half a micrometre: the bar is a sixth of the picture, on paper, too.
      const ptPerPx = image.widthPt / 60;
      assert.ok(Math.abs((ink.length * ptPerPx) / image.widthPt - 1 / 6) < 1e-9);
      const { widthPt, heightPt } = made.pages[0];
      assert.ok(image.x >= 0 && image.x + image.widthPt <= widthPt && image.y + image.heightPt <= heightPt);
    });

    it('heads every page with the dataset, the mode, the settings, the legend and the page', () => {
      for (const [i, { lines }] of made.pages.entries()) {
        const [title, page, settings, ...legend] = lines;
        assert.match(title, /^mbe-\S+: Full FOV$/);
        assert.equal(page, `Page ${i + 1} of 2`);
        assert.equal(settings, '3 FOVs · downsample 1 · 0.5 µm per pixel in full resolution');
        assert.deepEqual(legend.slice(0, 5), ['Channels', 'DNA', '0 to 300', 'CD3', '0 to 300']);
        assert.equal(made.pages[i].title, title);
        for (const color of ['#0000ff', '#ff0000']) {
          assert.equal(made.pages[i].rectangles.filter((box) => box.color === color).length, 1);
        }
      }
    });

    it('says in words what each picture shows', () => {
      const words = new Map(readManifest(made.out).map((row) => [row['item'], row['alt_text']]));
      const alternatives = made.pages.flatMap((page) => page.alternatives);
      assert.deepEqual(
        alternatives,
        ['A', 'B', 'C'].map((fov) => words.get(fov)),
      );
    });

    it('is a row of the manifest, of no item', () => {
      const { sha256, ...row } = galleryRow(made.out)!;
      const { item, mode, outcome, format, note } = row;
      assert.deepEqual([item, mode, outcome, format, note], ['', 'fovs', 'written', 'pdf', '3 pictures on 2 pages']);
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.match(made.stdout, /3 of 3 pictures written .*gallery\.pdf and manifest\.csv are in/);
    });

    it('is the same file in another run', () => {
      const dataset = smallDataset(['A', 'B']);
      const runs = [0, 1].map(() => path.join(temporaryFolder(), 'out'));
      for (const out of runs)
        assert.equal(runCli('fovs', dataset, ...look, '--gallery', '2x2', '--out', out).exitCode, 0);
      const [first, second] = runs.map((out) => readFileSync(path.join(out, 'gallery.pdf')));
      assert.ok(first.equals(second));
      assert.equal(first.includes('CreationDate'), false);
    });
  });

  describe('in an order', () => {
    // pandas 1.5.3: read_csv(table).sort_values(by, kind='stable', na_position='last').label
    const orders: [string, number[]][] = [
      ['area', [6, 2, 5, 8, 7, 1, 3, 9, 4]],
      ['cell_type', [2, 7, 1, 4, 6, 5, 9, 8, 3]],
      ['area,cell_type', [6, 2, 5, 8, 7, 1, 9, 3, 4]],
    ];
    for (const [order, labels] of orders) {
      it(`by ${order}, as pandas sorts`, async () => {
        const { pages, out, exitCode, stderr } = await exported(
          ...(['cells', cellDataset(), ...crops] as const),
          ...['--gallery', '2x3', '--order', order],
        );
        assert.equal(exitCode, 0, stderr);
        const ids = pages.flatMap(({ lines }) => lines.filter((line) => /^A:\d$/.test(line)));
        assert.deepEqual(
          ids,
          labels.map((label) => `A:${label}`),
        );
        const images = pages.flatMap((page) => page.images);
        for (const [i, label] of labels.entries()) {
          await assertShows(images[i], path.join(out, `A_cell_${label}.png`));
        }
      });
    }

    it('that stays as it was planned when the table changes', () => {
      const dataset = cellDataset();
      const out = path.join(temporaryFolder(), 'out');
      const flags = [...look, ...crops, '--gallery', '3x3', '--order', 'area', '--out', out];
      assert.equal(runCli('cells', dataset, ...flags).exitCode, 0);
      const before = readFileSync(path.join(out, 'gallery.pdf'));
      writeFileSync(path.join(dataset, 'cell_table.csv'), table.replace('A,6,21,32,b,-3', 'A,6,21,32,b,1000'));
      rmSync(path.join(out, 'gallery.pdf'));
      assert.equal(runCli('resume', out).exitCode, 0);
      assert.ok(readFileSync(path.join(out, 'gallery.pdf')).equals(before));
    });

    it('of what every item has, also without a table', async () => {
      const { pages } = await exported('fovs', smallDataset(['b', 'a', 'C']), '--gallery', '3x3', '--order', 'fov');
      const ids = pages[0].lines.filter((line) => line.length === 1);
      assert.deepEqual(ids, ['C', 'a', 'b']);
    });

    it('that is no column is refused before anything is written', async () => {
      const wrong = await exported('cells', cellDataset(), ...crops, '--gallery', '2x2', '--order', 'area,size');
      assert.deepEqual([wrong.exitCode, existsSync(wrong.out)], [2, false]);
      assert.match(wrong.stderr, /ColumnNotFound: .*found "size"/);
      assert.match(wrong.stderr, /area/, 'it says what there is');
      const noTable = await exported('fovs', smallDataset(['A']), '--gallery', '2x2', '--order', 'area');
      assert.deepEqual([noTable.exitCode, existsSync(noTable.out)], [2, false]);
    });
  });

  describe('when not all is as it should be', () => {
    it('has a frame with the reason in place of a picture that failed', async () => {
      const dataset = smallDataset(['A', 'B', 'C']);
      truncateSync(path.join(dataset, 'B', 'DNA.tiff'), 900);
      const { exitCode, pages, out } = await exported('fovs', dataset, '--gallery', '1x3', '--page', '297x210mm');
      assert.equal(exitCode, 1);
      const row = readManifest(out).find((each) => each['item'] === 'B')!;
      assert.equal(row['outcome'], 'failed');
      const [{ images, lines, rectangles, texts }] = pages;
      assert.equal(images.length, 2);
      await assertShows(images[0], path.join(out, 'A.png'));
      await assertShows(images[1], path.join(out, 'C.png'));
      const start = lines.findIndex((line) => line.startsWith('Failed: '));
      const reason = lines.slice(start + 1, lines.indexOf('B')).join(' ');
      const beginning = reason.replace(/…$/, '');
      assert.ok(
        beginning.length > 20 && row['error_message'].startsWith(beginning),
        `${reason}\n${row['error_message']}`,
      );
      assert.match(lines.join('\n'), /3 FOVs · 1 failed/);
      // The frame stands between the two pictures, and its reason in it.
      const head = texts.find(({ text }) => text.startsWith('Failed: '))!;
      const frame = rectangles.find(({ x, y, width, height, color }) => {
        return color === '#f5f5f5' && head.x > x && head.x < x + width && head.y > y && head.y < y + height;
      });
      assert.ok(frame && frame.x > images[0].x + images[0].widthPt && frame.x + frame.width < images[1].x);
    });

    it('has a frame for what is skipped', async () => {
      const flags = ['--size', '30px', '--edge', 'skip', '--scale-bar', 'off', '--gallery', '4x4'];
      const dataset = cellDataset();
      writeFileSync(path.join(dataset, 'cell_table.csv'), `${table}A,10,2,2,T,1\n`);
      const { exitCode, pages } = await exported('cells', dataset, ...flags);
      assert.equal(exitCode, 0);
      assert.equal(pages[0].images.length, 9);
      const { lines } = pages[0];
      const at = lines.indexOf('Skipped');
      assert.deepEqual(lines.slice(at, at + 3), ['Skipped', 'it reaches beyond the image', 'A:10']);
    });

    it('is made again whenever resume has changed how an item ended', async () => {
      const { out, pages } = await exported('fovs', smallDataset(['A', 'B']), '--gallery', '1x2');
      const gallery = path.join(out, 'gallery.pdf');
      const whole = readFileSync(gallery);
      assert.equal(pages[0].images.length, 2);
      // Somebody else's file in the way of a picture that has to be made again.
      writeFileSync(path.join(out, 'B.png'), 'mine');
      assert.equal(runCli('resume', out).exitCode, 1);
      const [failed] = await galleryIn(out);
      assert.equal(failed.images.length, 1);
      assert.ok(failed.lines.includes('Failed: file exists'), failed.lines.join('\n'));
      assert.notEqual(galleryRow(out)!['sha256'], undefined);
      rmSync(path.join(out, 'B.png'));
      assert.equal(runCli('resume', out).exitCode, 0);
      assert.ok(readFileSync(gallery).equals(whole));
      assert.match(runCli('status', out).stdout, /ended; .*gallery made/);
    });

    it('does not replace a file of somebody else', () => {
      const dataset = smallDataset(['A']);
      const out = temporaryFolder();
      writeFileSync(path.join(out, 'Gallery.pdf'), 'mine');
      const refused = runCli('fovs', dataset, ...look, '--gallery', '1x1', '--out', out);
      assert.equal(refused.exitCode, 2);
      assert.match(refused.stderr, /FileExists: .*Gallery\.pdf/);
      assert.deepEqual(readdirSync(out), ['Gallery.pdf']);
    });

    it('replaces its own where that is allowed', async () => {
      const dataset = smallDataset(['A', 'B']);
      const out = path.join(temporaryFolder(), 'out');
      const flags = [...look, '--gallery', '1x1', '--out', out];
      assert.equal(runCli('fovs', dataset, ...flags, '--fov', 'A').exitCode, 0);
      assert.equal(runCli('fovs', dataset, ...flags, '--fov', 'B').exitCode, 2, 'one is there');
      for (const overwrite of ['changed', 'always']) {
        const again = runCli('fovs', dataset, ...flags, '--overwrite', overwrite);
        assert.equal(again.exitCode, 0, again.stderr);
        assert.equal((await galleryIn(out)).length, 2, overwrite);
        assert.equal(readManifest(out).filter((row) => row['path'] === 'gallery.pdf').length, 1);
      }
    });

    it('does not share its name with a picture', async () => {
      const { exitCode, stderr, out } = await exported(
        ...(['fovs', smallDataset(['Gallery', 'A'])] as const),
        ...['--format', 'pdf', '--gallery', '1x1'],
      );
      assert.deepEqual([exitCode, existsSync(out)], [2, false]);
      assert.match(stderr, /NameCollision: .*gallery\.pdf.*Gallery/);
    });

    it('that cannot be put in place is said, and the pictures stay', () => {
      const dataset = smallDataset(['A', 'B']);
      const out = path.join(temporaryFolder(), 'out');
      assert.equal(runCli('fovs', dataset, ...look, '--gallery', '1x2', '--out', out).exitCode, 0);
      rmSync(path.join(out, 'gallery.pdf'));
      writeFileSync(path.join(out, 'gallery.pdf'), 'mine');
      const { exitCode, stderr } = runCli('resume', out);
      assert.equal(exitCode, 3);
      assert.match(stderr, /FileExists: The gallery could not be made\. .*gallery\.pdf/);
      assert.equal(readFileSync(path.join(out, 'gallery.pdf'), 'utf8'), 'mine');
      assert.deepEqual(readdirSync(out).sort(), [
        '.batch-export-jobs',
        'A.png',
        'B.png',
        'gallery.pdf',
        'manifest.csv',
      ]);
      assert.match(runCli('status', out).stdout, /FileExists/);
    });
  });

  describe('of every kind of file', () => {
    it('embeds a JPEG byte by byte where there is no PNG', async () => {
      const { out, pages } = await exported(
        'fovs',
        smallDataset(['A']),
        '--format',
        'jpeg',
        '--scale-bar',
        'off',
        '--gallery',
        '1x1',
      );
      const pdf = readFileSync(path.join(out, 'gallery.pdf'));
      assert.ok(pdf.includes(readFileSync(path.join(out, 'A.jpg'))));
      assert.deepEqual([pages[0].images[0].widthPx, pages[0].images[0].heightPx], [60, 40]);
    });

    for (const format of ['tiff', 'webp', 'pdf', 'svg', 'ome-tiff']) {
      it(`shows what PNG would have shown where only ${format} is written`, async () => {
        const dataset = smallDataset(['A', 'B']);
        const png = await exported('fovs', dataset);
        const other = await exported('fovs', dataset, '--format', format, '--gallery', '1x2');
        assert.equal(other.exitCode, 0, other.stderr);
        const [{ images }] = other.pages;
        for (const [i, fov] of ['A', 'B'].entries()) await assertShows(images[i], path.join(png.out, `${fov}.png`));
        assert.equal(
          readdirSync(other.out).some((name) => name.endsWith('.png')),
          false,
        );
        assert.equal(
          readdirSync(jobFolderOf(other.out)).some((name) => name.startsWith('.')),
          false,
        );
      });
    }

    it('has a cell for each of separate channels, with its channel beside the id', async () => {
      const { out, pages } = await exported(
        'fovs',
        smallDataset(['A', 'B']),
        '--separate-channels',
        '--gallery',
        '2x2',
      );
      const ids = pages[0].lines.filter((line) => /^[AB] · /.test(line));
      assert.deepEqual(ids, ['A · DNA', 'A · CD3', 'B · DNA', 'B · CD3']);
      for (const [i, name] of ['A_DNA', 'A_CD3', 'B_DNA', 'B_CD3'].entries()) {
        await assertShows(pages[0].images[i], path.join(out, `${name}.png`));
      }
    });

    it('of ROIs with settings of their own has the legends of both on a page', async () => {
      const dataset = smallDataset(['A']);
      const sets = ['one', 'two'].map((name, i) => ({
        name,
        channels: [{ channel: ['DNA', 'CD3'][i], color: ['#00ff00', '#ff00ff'][i], contrastLimits: [0, 100 + i] }],
      }));
      mkdirSync(path.join(dataset, '.batch-export'));
      const write = (file: string, value: unknown): void => {
        writeFileSync(path.join(dataset, '.batch-export', file), JSON.stringify(value));
      };
      write('marker-sets.json', { version: 1, markerSets: sets });
      const box = { fov: 'A', x: 5, y: 5, widthPx: 20, heightPx: 10 };
      write('rois.json', { version: 1, rois: sets.map(({ name }) => ({ ...box, id: name, name, markerSet: name })) });
      const { exitCode, stderr, pages } = await exported('rois', dataset, '--scale-bar', 'off', '--gallery', '1x2');
      assert.equal(exitCode, 0, stderr);
      const { lines } = pages[0];
      assert.deepEqual(lines.slice(3, 9), ['one', 'DNA', '0 to 100', 'two', 'CD3', '0 to 101']);
      assert.deepEqual(
        lines.filter((line) => line === 'one' || line === 'two'),
        ['one', 'two', 'one', 'two'],
        'a name that is the id is written once',
      );
    });
  });

  describe('of a job that is stopped', () => {
    /** Large enough to be interrupted. */
    function largeDataset(): string {
      const dataset = temporaryFolder();
      const noise = plane(500, 500, (x, y) => (x * 31 + y * 17) % 401);
      for (let i = 0; i < 20; i++) writePlane(path.join(dataset, `F${i}`, 'c.tif'), noise);
      return dataset;
    }
    const flags = ['--channel', 'c=green:0:400', '--gallery', '2x3', '--json'];

    it('is not made, and resume makes the one of an undisturbed run', async () => {
      const dataset = largeDataset();
      const [whole, out] = [path.join(temporaryFolder(), 'out'), path.join(temporaryFolder(), 'out')];
      assert.equal(runCli('fovs', dataset, ...flags, '--out', whole).exitCode, 0);
      const child = startCli('fovs', dataset, ...flags, '--rate', '5/s', '--out', out);
      for await (const line of createInterface({ input: child.stdout! })) {
        if (line.includes('"event":"item"')) break;
      }
      child.kill('SIGKILL');
      await ended(child);
      assert.equal(existsSync(path.join(out, 'gallery.pdf')), false);
      const resumed = runCli('resume', out, '--json');
      assert.equal(resumed.exitCode, 0, resumed.stderr);
      assert.equal(eventsOf(resumed).at(-1)!['gallery'], 'made');
      assert.ok(
        readFileSync(path.join(out, 'gallery.pdf')).equals(readFileSync(path.join(whole, 'gallery.pdf'))),
        'the gallery differs',
      );
    });

    it('stays when resume finds it whole, and is made again when it is not', async () => {
      const { out } = await exported('fovs', smallDataset(['A', 'B']), '--gallery', '1x2');
      const file = path.join(out, 'gallery.pdf');
      const [made, content] = [statSync(file), readFileSync(file)];
      assert.equal(runCli('resume', out).exitCode, 0);
      assert.equal(statSync(file).ino, made.ino, 'it was written again');
      rmSync(file);
      assert.equal(runCli('resume', out).exitCode, 0);
      assert.ok(readFileSync(file).equals(content));
    });

    it('is left out when the job is cancelled before it, which is no success', async () => {
      const { out } = await exported('fovs', smallDataset(['A', 'B']), '--gallery', '1x2');
      for (const file of [path.join(jobFolderOf(out), 'gallery.json'), path.join(out, 'gallery.pdf')]) rmSync(file);
      assert.equal(runCli('cancel', out).exitCode, 0);
      const { exitCode, stdout } = runCli('resume', out, '--keep-cancel');
      assert.deepEqual([exitCode, existsSync(path.join(out, 'gallery.pdf'))], [130, false]);
      assert.match(stdout, /2 of 2 pictures written, no gallery/);
      assert.equal(galleryRow(out), undefined);
    });

    it('that was killed between the gallery and the word about it takes it for its own', async () => {
      const { out } = await exported('fovs', smallDataset(['A', 'B']), '--gallery', '1x2');
      rmSync(path.join(jobFolderOf(out), 'gallery.json'));
      assert.match(runCli('status', out).stdout, /stopped; .*gallery missing/);
      assert.equal(runCli('resume', out).exitCode, 0);
      assert.match(runCli('status', out).stdout, /ended; .*gallery made/);
      assert.equal(galleryRow(out)!['outcome'], 'written');
    });
  });

  describe('on the command line', () => {
    it('is part of a dry run, which writes nothing', async () => {
      const { exitCode, stdout, out } = await exported(
        'fovs',
        smallDataset(),
        '--gallery',
        '1x2',
        '--dry-run',
        '--json',
      );
      assert.deepEqual([exitCode, existsSync(out)], [0, false]);
      const event = eventsOf({ exitCode, stdout, stderr: '' }).find((each) => each['event'] === 'planned-gallery');
      assert.deepEqual(event, { event: 'planned-gallery', path: 'gallery.pdf', pages: 2 });
    });

    it('counts in the estimate of a dry run: its pictures once more', () => {
      const dataset = smallDataset();
      const bytes = (...flags: string[]): number => {
        const result = runCli('fovs', dataset, ...look, ...flags, '--dry-run', '--json', '--out', temporaryFolder());
        return eventsOf(result).find((event) => event['event'] === 'estimate')!['bytes'] as number;
      };
      const gallery = ['--gallery', '1x2'];
      assert.equal(bytes(...gallery), 2 * bytes());
      const tiff = ['--format', 'tiff'];
      assert.equal(bytes(...tiff, ...gallery), bytes(...tiff) + bytes());
    });

    it('has pages of the size that is asked for', async () => {
      for (const [page, widthPt, heightPt] of [
        ['a4', (210 / 25.4) * 72, (297 / 25.4) * 72],
        ['letter', 612, 792],
        ['254x127mm', 720, 360],
      ] as const) {
        const { pages } = await exported('fovs', smallDataset(['A']), '--gallery', '1x1', '--page', page);
        assert.ok(Math.abs(pages[0].widthPt - widthPt) < 1e-2 && Math.abs(pages[0].heightPt - heightPt) < 1e-2, page);
      }
    });

    const wrong: [string, string[], RegExp][] = [
      ['a page without a gallery', ['--page', 'a4'], /Usage: Expected --gallery ROWSxCOLS with --page/],
      ['an order without a gallery', ['--order', 'fov'], /Usage: Expected --gallery ROWSxCOLS with --order/],
      ['a grid that is none', ['--gallery', '3'], /Usage: Expected rows and columns such as 4x3 .*"3"/],
      ['no columns', ['--gallery', '3x0'], /Usage: Expected a whole number from 1 to 50 for --gallery, columns/],
      ['an unknown page', ['--gallery', '3x3', '--page', 'a5'], /Usage: Expected a4, letter or a size/],
      ['a tiny page', ['--gallery', '3x3', '--page', '20x20mm'], /Usage: Expected a4, letter or a size of 50/],
      ['an empty order', ['--gallery', '3x3', '--order', 'fov,,'], /Usage: Expected columns with commas between/],
      ['no room', ['--gallery', '50x50', '--page', '60x60mm'], /RecipeInvalid: Expected room for 50 × 50 pictures/],
    ];
    for (const [name, flags, message] of wrong) {
      it(`refuses ${name}`, async () => {
        const { exitCode, stderr, out } = await exported('fovs', smallDataset(['A']), ...flags);
        assert.deepEqual([exitCode, existsSync(out)], [2, false]);
        assert.match(stderr, message);
      });
    }
  });

  describe('says how it was made', () => {
    let dataset: string;
    let made: Exported;
    const flags = ['--gallery', '2x2', '--order', 'area', '--where', 'area > 8', '--sample', '4', '--seed', '7'];

    before(async () => {
      dataset = cellDataset();
      made = await exported('cells', dataset, ...crops, ...flags);
      assert.equal(made.exitCode, 0, made.stderr);
    });

    const again = (...more: string[]): CliResult & { out: string } => {
      const out = path.join(temporaryFolder(), 'again');
      return { out, ...runCli('run', path.join(made.out, 'gallery.pdf'), '--dataset', dataset, '--out', out, ...more) };
    };

    it('and makes its whole batch again, byte for byte', () => {
      const { exitCode, stderr, out } = again();
      assert.equal(exitCode, 0, stderr);
      const files = (folder: string): string[] =>
        readdirSync(folder).filter((name) => /\.(png|pdf)$/.test(name)).sort(); // prettier-ignore
      assert.equal(files(out).length, 5);
      assert.deepEqual(files(out), files(made.out));
      for (const name of files(out)) {
        assert.ok(readFileSync(path.join(out, name)).equals(readFileSync(path.join(made.out, name))), name);
      }
    });

    it('to a person and to a program', () => {
      const file = path.join(made.out, 'gallery.pdf');
      const text = runCli('inspect', file, '--dataset', dataset).stdout;
      assert.match(text, /^items +4 cells$/m);
      assert.match(text, /^where +area > 8$/m);
      assert.match(text, /^channel +DNA: #0000ff, 0 to 300$/m);
      assert.match(text, /^source +A\/DNA\.tiff? +\d+ bytes +as it was$/m);
      assert.match(text, /^source +cell_table\.csv +\d+ bytes +as it was$/m);
      const json = JSON.parse(runCli('inspect', file, '--json').stdout) as Record<string, unknown>;
      assert.deepEqual(json['gallery'], { items: 4 });
      const raw = readFileSync(file).toString('latin1');
      assert.equal(raw.includes(path.dirname(dataset)), false);
      assert.equal(raw.includes(jobFolderOf(made.out)), false);
    });

    it('and what is no longer as it was', () => {
      writeFileSync(path.join(dataset, 'cell_table.csv'), `${table}A,10,20,31,B,9\n`);
      const { exitCode, stderr } = again('--dry-run');
      assert.equal(exitCode, 0, stderr);
      assert.match(stderr, /cell_table\.csv has \d+ bytes in place of \d+/);
      writeFileSync(path.join(dataset, 'cell_table.csv'), table);
      const elsewhere = smallDataset(['Z']);
      const text = runCli('inspect', path.join(made.out, 'gallery.pdf'), '--dataset', elsewhere).stdout;
      assert.match(text, /^source +A\/DNA\.tiff? +\d+ bytes +missing$/m);
    });
  });
});
