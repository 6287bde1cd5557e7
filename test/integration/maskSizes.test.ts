import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { plane, readManifest, smallDataset, writePlane } from '../support/dataset';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';
import { writeOwn, writeSlide } from '../support/writeSlide';

/** FOV A of 60 × 40 pixels, whose mask and annotation are half as large. */
function dataset(): string {
  const folder = smallDataset(['A', 'B']);
  for (const file of ['masks/A_whole_cell.tiff', 'annotations/A_region.tiff']) {
    writePlane(
      path.join(folder, file),
      plane(30, 20, (x) => (x > 9 ? 7 : 0)),
      {},
    );
  }
  writePlane(
    path.join(folder, 'annotations', 'B_region.tiff'),
    plane(60, 40, () => 1),
    {},
  );
  return folder;
}

/** The errors of a job's items, by their ids, and whether a picture is there. */
function failures(mode: string, folder: string, ...flags: string[]): { codes: string[]; stderr: string; out: string } {
  const out = path.join(temporaryFolder(), 'out');
  const { stderr } = runCli(mode, folder, '--scale-bar', 'off', '--out', out, ...flags);
  return { codes: readManifest(out).map((row) => `${row['item']} ${row['error_code']}`), stderr, out };
}

const onBlack = ['--masks-only', '--mask', 'whole_cell'];

describe('a mask or annotation of another size than its image', () => {
  it('fails its FOV with masks only, where no channel is drawn', () => {
    const { codes, stderr, out } = failures('fovs', dataset(), ...onBlack);
    assert.deepEqual(codes, ['A SizeMismatch', 'B ']);
    assert.match(
      stderr,
      /Expected 60 × 40 pixels for mask whole_cell of FOV A, the size of its image, but found 30 × 20/,
    );
    assert.ok(!existsSync(path.join(out, 'A.png')));
    const annotated = failures('fovs', dataset(), '--masks-only', '--annotation', 'region');
    assert.deepEqual(annotated.codes, ['A SizeMismatch', 'B ']);
    assert.match(annotated.stderr, /60 × 40 pixels for annotation region of FOV A, the size of its image, .* 30 × 20/);
  });

  it('fails its FOV with channels', () => {
    for (const overlay of [
      ['--mask', 'whole_cell'],
      ['--annotation', 'region'],
    ]) {
      const { codes } = failures('fovs', dataset(), '--channel', 'DNA=gray:0:200', ...overlay);
      assert.deepEqual(codes, ['A SizeMismatch', 'B ']);
    }
  });

  it('fails ROIs, previews and dry runs', () => {
    const folder = dataset();
    const rois = ['A', 'B'].map((fov) => ({ id: fov, name: fov, fov, x: 5, y: 5, widthPx: 10, heightPx: 8, tags: [] }));
    writeOwn(folder, 'rois.json', { version: 1, rois });
    assert.deepEqual(failures('rois', folder, ...onBlack).codes, ['A SizeMismatch', 'B ']);
    const to = path.join(temporaryFolder(), 'p.png');
    const preview = runCli('preview', 'fovs', folder, '--item', 'A', '--to', to, '--scale-bar', 'off', ...onBlack);
    assert.deepEqual([preview.exitCode, existsSync(to)], [2, false]);
    assert.match(preview.stderr, /^SizeMismatch: /);
    assert.match(
      runCli('fovs', folder, '--scale-bar', 'off', ...onBlack, '--dry-run').stdout,
      /A: would fail, SizeMismatch/,
    );
  });

  it('fails a picture that is made again, after the mask was replaced', () => {
    const folder = dataset();
    const { out } = failures('fovs', folder, ...onBlack);
    writePlane(
      path.join(folder, 'masks', 'B_whole_cell.tiff'),
      plane(120, 80, () => 7),
      {},
    );
    const again = path.join(temporaryFolder(), 'again');
    const { exitCode, stderr } = runCli('run', path.join(out, 'B.png'), '--dataset', folder, '--out', again);
    assert.equal(exitCode, 1);
    assert.match(stderr, /SizeMismatch: Expected 60 × 40 pixels for mask whole_cell of FOV B, .* found 120 × 80/);
  });

  it('fails the stitched slide that it is a tile of', () => {
    const tile = { widthPx: 20, heightPx: 20, channels: { DNA: () => 9 }, mask: () => 3 };
    const folder = writeSlide([
      { ...tile, fov: 'A', x: 0, y: 0 },
      { ...tile, fov: 'B', x: 20, y: 0 },
    ]);
    assert.deepEqual(failures('rois', folder, '--map', '7', ...onBlack).codes, ['map_7 ']);
    // Image and mask agree with each other, and not with the descriptor; and the mask alone with the descriptor.
    for (const file of ['masks/B_whole_cell.tiff', 'B/DNA.tiff']) {
      writePlane(
        path.join(folder, file),
        plane(10, 10, () => 3),
        {},
      );
      assert.deepEqual(failures('rois', folder, '--map', '7', ...onBlack).codes, ['map_7 SizeMismatch']);
    }
    writePlane(
      path.join(folder, 'masks', 'B_whole_cell.tiff'),
      plane(20, 20, () => 3),
      {},
    );
    assert.deepEqual(failures('rois', folder, '--map', '7', ...onBlack).codes, ['map_7 SizeMismatch']);
  });
});
