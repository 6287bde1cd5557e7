import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import Papa from 'papaparse';
import { decodePicture, type DecodedPicture, readManifest, realDataFolder } from '../support/dataset';
import { runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

/** Real datasets, and channels that each FOV of theirs has. */
const datasets = [
  ['mibi_tnbc_fov8', ['HH3=blue:0:51', 'PanKeratin=green:0:51']],
  ['mibi_dcis_Point2203', ['HH3=blue:0:40', 'SMA=red:0:40']],
  ['imc_pancreas', ['H3=blue:0:20', 'CDH=green:0:10']],
] as const;

type Row = Record<string, string>;

function readRows(...file: string[]): Row[] {
  return Papa.parse<Row>(readFileSync(path.join(...file), 'utf8'), { header: true, skipEmptyLines: true }).data;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** The pixels of a box of a picture, black beyond it. */
function cropOf({ widthPx, heightPx, rgb }: DecodedPicture, box: Box): Buffer {
  const crop = Buffer.alloc(box.widthPx * box.heightPx * 3);
  for (let y = 0; y < box.heightPx; y++) {
    for (let x = 0; x < box.widthPx; x++) {
      const [fromX, fromY] = [box.x + x, box.y + y];
      if (fromX < 0 || fromY < 0 || fromX >= widthPx || fromY >= heightPx) continue;
      const from = (fromY * widthPx + fromX) * 3;
      rgb.copy(crop, (y * box.widthPx + x) * 3, from, from + 3);
    }
  }
  return crop;
}

describe('real datasets: every crop is the part of the whole picture that its definition says', () => {
  const data = realDataFolder();
  for (const [name, channels] of datasets) {
    const look = [
      ...channels.flatMap((channel) => ['--channel', channel]),
      ...['--mask', 'whole_cell,width=2px', '--scale-bar', 'off', '--format', 'tiff'],
    ];
    let dataset: string;
    const whole = new Map<string, DecodedPicture>();

    const run = (mode: string, ...flags: string[]): string => {
      const out = path.join(temporaryFolder(), 'out');
      const { exitCode, stderr } = runCli(mode, dataset, ...look, ...flags, '--out', out);
      assert.equal(exitCode, 0, stderr);
      return out;
    };

    describe(name, () => {
      before(async function () {
        if (!data) return skipWithout('the real data (MBE_DATA)', this);
        dataset = path.join(data, 'assembled', name);
        const out = run('fovs');
        for (const row of readManifest(out)) whole.set(row['fov'], await decodePicture(path.join(out, row['path'])));
      });

      for (const size of [32, 45]) {
        it(`all cells, ${size} px about their centroids`, async () => {
          const cells = readRows(dataset, 'cell_table.csv');
          const out = run('cells', '--size', `${size}px`);
          const made = new Map(readManifest(out).map((row) => [row['item'], row]));
          assert.equal(made.size, cells.length);
          for (const cell of cells) {
            const row = made.get(`${cell['fov']}:${cell['label']}`)!;
            const start = (center: string): number => Math.floor(Number(center) + 0.5) - Math.floor(size / 2);
            const box = { x: start(cell['centroid-1']), y: start(cell['centroid-0']), widthPx: size, heightPx: size };
            const found = await decodePicture(path.join(out, row['path']));
            assert.ok(found.rgb.equals(cropOf(whole.get(cell['fov'])!, box)), row['item']);
          }
        });
      }

      it('all ROIs, the pixels that their boxes touch', async () => {
        const out = run('rois');
        const made = new Map(readManifest(out).map((row) => [row['roi_id'], row]));
        for (const roi of readRows(dataset, '.UELer', 'roi_manager.csv')) {
          const [xMin, xMax, yMin, yMax] = ['x_min', 'x_max', 'y_min', 'y_max'].map((side) => Number(roi[side]));
          const [x, y] = [Math.floor(xMin), Math.floor(yMin)];
          const box = { x, y, widthPx: Math.ceil(xMax) - x, heightPx: Math.ceil(yMax) - y };
          const { rgb } = await decodePicture(path.join(out, made.get(roi['roi_id'])!['path']));
          assert.ok(rgb.equals(cropOf(whole.get(roi['fov'])!, box)), roi['name']);
        }
        assert.ok(made.size > 0);
      });

      it('all ROIs with shared settings, their own size within a range, about their middles', async () => {
        const out = run('rois', '--settings', 'shared', '--size', '61px±6px');
        const made = new Map(readManifest(out).map((row) => [row['roi_id'], row]));
        for (const roi of readRows(dataset, '.UELer', 'roi_manager.csv')) {
          const side = (min: number, max: number): [start: number, length: number] => {
            const length = Math.min(Math.max(Math.ceil(max) - Math.floor(min), 55), 67);
            return [Math.floor((min + max) / 2 - length / 2 + 0.5), length];
          };
          const [x, widthPx] = side(Number(roi['x_min']), Number(roi['x_max']));
          const [y, heightPx] = side(Number(roi['y_min']), Number(roi['y_max']));
          const { rgb } = await decodePicture(path.join(out, made.get(roi['roi_id'])!['path']));
          assert.ok(rgb.equals(cropOf(whole.get(roi['fov'])!, { x, y, widthPx, heightPx })), roi['name']);
        }
      });
    });
  }
});
