import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readManifest } from '../support/dataset';
import { type CliResult, runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';
import { type SlideTile, writeOwn, writeSlide } from '../support/writeSlide';

const bare = ['--scale-bar', 'off'];
const white = ['--channel', 'DNA=white:0:255', ...bare];

/** Two tiles side by side, with a cell each. */
const tile = (fov: string, x: number): SlideTile => ({
  ...{ fov, x, y: 0, widthPx: 20, heightPx: 10 },
  channels: { DNA: (ofTile, y) => 5 * ofTile + y },
  mask: (ofTile, y) => (ofTile > 4 && ofTile < 12 && y > 2 && y < 8 ? 3 : 0),
  annotation: (ofTile) => (ofTile < 8 ? 1 : 0),
});
const tiles = [tile('t1', 0), tile('t2', 20)];

type Exported = CliResult & { readonly out: string; readonly rows: Record<string, string>[] };

function exported(folder: string, ...flags: string[]): Exported {
  const out = path.join(temporaryFolder(), 'out');
  const result = runCli('rois', folder, ...flags, '--out', out);
  return { ...result, out, rows: existsSync(path.join(out, 'manifest.csv')) ? readManifest(out) : [] };
}

/** The bytes of a ROI's picture. */
function pictureOf({ out, rows, stderr }: Exported, roi: string): Buffer {
  const row = rows.find(({ roi_id: id }) => id === roi);
  assert.equal(row?.['outcome'], 'written', stderr);
  return readFileSync(path.join(out, row['path']));
}

describe('ROIs with colours by the cell table', () => {
  const box = { x: 0, y: 0, widthPx: 20, heightPx: 10 };
  const colored = { ...box, maskColorSet: 'vals' };
  const rois = [
    { id: 'one', name: 'one', fov: 't1', ...colored },
    { id: 'two', name: 'two', fov: 't2', ...colored },
    { id: 'map', name: 'map', mapId: '7', ...colored },
    { id: 'seen', name: 'seen', fov: 't2', ...box, maskVisibility: { whole_cell: true } },
  ];
  let folder: string;

  before(() => {
    folder = writeSlide(tiles, rois);
    writeOwn(folder, 'palettes/vals.mask.json', { version: 1, name: 'vals', column: 'val', colorMap: 'viridis' });
    writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label,val\nt1,3,1\nt2,3,2\n');
  });

  const previewed = (roi: string, ...flags: string[]): Buffer => {
    const to = path.join(temporaryFolder(), 'preview.png');
    const { exitCode, stderr } = runCli('preview', 'rois', folder, ...flags, '--item', roi, '--to', to);
    assert.equal(exitCode, 0, stderr);
    return readFileSync(to);
  };

  it('look the same alone, together, and in the preview (invariant 5)', () => {
    const all = exported(folder, ...white);
    // Of the greatest value of the table; alone it would be the least, too.
    assert.ok(pictureOf(all, 'two').equals(pictureOf(exported(folder, ...white, '--roi', 'two'), 'two')));
    assert.ok(pictureOf(all, 'two').equals(previewed('two', ...white)));
    // A slide is no FOV of the table, its tiles are.
    assert.ok(pictureOf(all, 'map').equals(pictureOf(exported(folder, ...white, '--roi', 'map'), 'map')));
    assert.ok(!pictureOf(all, 'one').equals(pictureOf(all, 'two')));
  });

  it('take masks over from the job with the colours of the job', () => {
    const flags = [...white, '--mask', 'whole_cell,mode=fill,color=by:val', '--color-map', 'viridis'];
    const own = exported(folder, ...flags, '--roi', 'seen');
    const shared = exported(folder, ...flags, '--roi', 'seen', '--settings', 'shared');
    assert.ok(pictureOf(own, 'seen').equals(pictureOf(shared, 'seen')));
  });
});
