import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { savedRoisCsv } from '../../sample/savedRois';
import type { Problem } from '../../src/core/model/dataset';
import { isExportError } from '../../src/core/model/exportError';
import { linesOf, partsOf, type Point, type Roi, type RoiPart } from '../../src/core/model/roi';
import { readRois } from '../../src/core/read/rois/readRois';
import { readManifest, realDataFolder, smallDataset } from '../support/dataset';
import { runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';
import { writeUeler } from '../support/uelerState';

interface ExpectedShape {
  readonly kind: 'box' | 'polygon' | 'polyline' | 'curve' | 'union';
  readonly box: readonly number[];
  readonly vertices?: readonly number[];
  readonly areas?: readonly number[];
  /** Of a curve. */
  readonly area?: number;
  /** Of a union. */
  readonly parts?: readonly ExpectedShape[];
}

interface ExpectedRoi extends ExpectedShape {
  readonly id: string;
  readonly name: string;
  readonly fov?: string;
  readonly tags?: readonly string[];
}

type Outcome =
  { readonly code: string; readonly reason: string } | { readonly rois: ExpectedRoi[]; readonly leftOut: number };

const { files } = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'rois.json'), 'utf8')) as {
  files: Record<string, Outcome>;
};

function shoelace(ring: readonly Point[]): number {
  let twice = 0;
  for (const [i, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[(i + 1) % ring.length];
    twice += x * nextY - nextX * y;
  }
  return Math.abs(twice) / 2;
}

function near(found: number, expected: number, tolerance: number, what: string): void {
  assert.ok(Math.abs(found - expected) <= tolerance, `${what}: ${found} is not ${expected} ± ${tolerance}`);
}

function boxOf(part: RoiPart): number[] {
  const points = linesOf(part).flat();
  const [xs, ys] = [0, 1].map((axis) => points.map((point) => point[axis]));
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function rounded(value: number): number {
  return Math.round(value * 1e9) / 1e9;
}

function compare(roi: Roi, expected: ExpectedRoi): void {
  const { id, name, fov, tags, shape, box } = roi;
  assert.deepEqual(
    { id, name, fov, tags },
    { id: expected.id, name: expected.name, fov: expected.fov, tags: expected.tags ?? [] },
  );
  const sides = [box.xMin, box.yMin, box.xMax, box.yMax];
  const tolerance = expected.kind === 'curve' ? 0.06 : 1e-9;
  for (const [i, side] of sides.entries()) near(side, expected.box[i], tolerance, `${name} box ${i}`);
  const kind = expected.kind === 'curve' ? 'polygon' : expected.kind;
  assert.equal(shape?.kind ?? 'box', kind);
  if (!shape) return;
  const [parts, expectedParts] = [partsOf(shape), expected.parts ?? [expected]];
  assert.equal(parts.length, expectedParts.length);
  for (const [i, part] of parts.entries()) {
    compareShape(part, expectedParts[i], name);
    if (expected.parts) assert.deepEqual(boxOf(part).map(rounded), expectedParts[i].box.map(rounded), name);
  }
}

function compareShape(shape: RoiPart, expected: ExpectedShape, name: string): void {
  const rings = linesOf(shape);
  if (expected.kind === 'curve') {
    const [xMin, yMin, xMax, yMax] = expected.box;
    const perimeter = 2 * (xMax - xMin + yMax - yMin);
    near(shoelace(rings[0]), expected.area!, 0.05 * perimeter, `${name} area`);
    return;
  }
  assert.equal(shape.kind, expected.kind);
  assert.deepEqual(
    rings.map((ring) => ring.length),
    expected.vertices,
  );
  if (shape.kind !== 'polygon') return;
  for (const [i, ring] of rings.entries())
    near(shoelace(ring), expected.areas![i], 1e-9 * (1 + expected.areas![i]), `${name} area ${i}`);
}

describe('real files of ROIs: readRois finds what Python finds in them', () => {
  const data = realDataFolder();
  for (const [file, outcome] of Object.entries(files)) {
    const found = 'code' in outcome ? `is none: ${outcome.reason}` : `${outcome.rois.length} ROIs`;
    it(`${file}: ${found}`, async function () {
      if (!data) return skipWithout('the real data (MBE_DATA)', this);
      const warnings: Problem[] = [];
      const whole = path.join(data, file);
      if ('code' in outcome) {
        await assert.rejects(readRois(whole, warnings), (error) => {
          assert.ok(isExportError(error, 'DatasetInvalid'), String(error));
          assert.ok(error.message.includes(whole), error.message);
          return true;
        });
        return;
      }
      const rois = await readRois(whole, warnings);
      assert.deepEqual(
        rois.map(({ id }) => id),
        outcome.rois.map(({ id }) => id),
      );
      for (const [i, roi] of rois.entries()) compare(roi, outcome.rois[i]);
      assert.equal(warnings.length, outcome.leftOut, warnings.map(({ message }) => message).join('\n'));
      for (const { code, message } of warnings) {
        assert.equal(code, 'RoiInvalid');
        assert.match(message, /it is left out\.$/);
      }
    });
  }
});

describe('a folder of ROI files', () => {
  const geoJson = (id: string, x: number): string =>
    JSON.stringify({
      type: 'FeatureCollection',
      features: [
        {
          type: 'Feature',
          id,
          geometry: { type: 'Polygon', coordinates: [[[x, 2], [x + 9, 2], [x + 9, 12], [x, 12], [x, 2]]] }, // prettier-ignore
          properties: { name: 'front' },
        },
      ],
    });
  const fill = (folder: string): void => {
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'A_annotations.geojson'), geoJson('one', 1));
    writeFileSync(path.join(folder, 'A_1.geojson'), geoJson('one', 5));
    writeFileSync(path.join(folder, 'B.ome.tif.geojson'), geoJson('two', 20));
    writeFileSync(path.join(folder, 'notes.txt'), 'not one of them');
    writeFileSync(path.join(folder, 'B_broken.json'), '{');
  };

  it('is one list: each file is about the FOV that it is named for, and ids that repeat are numbered', () => {
    const given = path.join(temporaryFolder(), 'given');
    fill(given);
    const dataset = smallDataset(['A', 'A_1', 'B']);
    const found = smallDataset(['A', 'A_1', 'B']);
    fill(path.join(found, 'rois'));
    for (const args of [[dataset, '--rois', given], [found]]) {
      const out = temporaryFolder();
      const result = runCli('rois', ...args, '--channel', 'DNA=red:0:255', '--scale-bar', 'off', '--out', out);
      assert.equal(result.exitCode, 0, result.stderr);
      assert.match(result.stderr, /DatasetInvalid: .*B_broken\.json/);
      assert.deepEqual(
        readManifest(out).map((row) => [row['item'], row['fov'], row['x'], row['width_px']]),
        [
          ['one_2', 'A', '1', '9'],
          ['one', 'A_1', '5', '9'],
          ['two', 'B', '20', '9'],
        ],
      );
    }
  });

  it('without a region says what is wrong, and UELer’s are taken where the folder is no folder of ROIs', () => {
    const dataset = smallDataset(['A']);
    const folder = path.join(dataset, 'rois');
    mkdirSync(folder);
    const look = ['--channel', 'DNA=red:0:255', '--scale-bar', 'off', '--dry-run'];
    const refused = (...more: string[]): string => {
      const { exitCode, stderr } = runCli('rois', dataset, ...look, ...more);
      assert.equal(exitCode, 2);
      return stderr.trimEnd().split('\n').at(-1)!;
    };
    assert.match(refused(), /Expected regions of interest in .*, but found no file of them/);
    assert.match(refused('--rois', folder), /Expected files of regions of interest in .*rois, but found none/);
    writeFileSync(path.join(folder, 'x.json'), '{}');
    assert.match(refused(), /^DatasetInvalid: .*x\.json/);
    writeUeler(dataset, 'roi_manager.csv', 'roi_id,name\n"abc');
    assert.match(refused(), /^DatasetInvalid: .*roi_manager\.csv.*quote .* never closed/);
    writeUeler(dataset, 'roi_manager.csv', 'roi_id,name,fov,x_min,x_max,y_min,y_max\nr,r,A,0,5,0,5\n');
    const { exitCode, stderr } = runCli('rois', dataset, ...look);
    assert.deepEqual([exitCode, /roi-anchor/.test(stderr)], [0, false], stderr);
  });
});

describe('tables of boxes of other programs', () => {
  const look = ['--channel', 'DNA=white:0:255', '--scale-bar', 'off'];
  /** As OMERO.iviewer writes it; the picture of an image is called as the image is. */
  const omero =
    'image_id,image_name,roi_id,shape_id,type,z,t,channel,text,X,Y,Width,Height\n1,A.ome.tiff,3,4,rectangle,1,1,,front,20,10,8,6\n';

  it('are refused before anything is written, unless --roi-anchor says what x and y are', () => {
    const folder = smallDataset(['A', 'B']);
    const table = path.join(temporaryFolder(), 'omero.csv');
    writeFileSync(table, omero);
    const out = path.join(temporaryFolder(), 'out');
    const refused = runCli('rois', folder, '--rois', table, ...look, '--out', out);
    assert.deepEqual([refused.exitCode, existsSync(out)], [2, false]);
    assert.match(refused.stderr, /^DatasetInvalid: Expected UELer's own columns .*--roi-anchor center or --roi-anchor/);
    const odd = runCli('rois', folder, '--rois', table, '--roi-anchor', 'middle', ...look, '--out', out);
    assert.equal(odd.exitCode, 2);
    assert.match(odd.stderr, /^Usage: Expected center or corner for --roi-anchor, but found "middle"/);

    const made = runCli('rois', folder, '--rois', table, '--roi-anchor', 'corner', ...look, '--out', out);
    assert.equal(made.exitCode, 0, made.stderr);
    const placeOf = (to: string): unknown[] =>
      readManifest(to).map((row) => [row['item'], row['fov'], row['x'], row['y'], row['width_px'], row['height_px']]);
    assert.deepEqual(placeOf(out), [['3', 'A', '20', '10', '8', '6']]);
  });

  it('are read so in previews, too, and inspect says how they are read', () => {
    const folder = smallDataset(['A', 'B']);
    mkdirSync(path.join(folder, 'rois'));
    writeFileSync(path.join(folder, 'rois', 'omero.csv'), omero);
    const shown = runCli('inspect', folder, '--roi-anchor', 'center');
    assert.match(shown.stdout, /^ROIs {9}1, x and y of tables being middles of boxes \(--roi-anchor center\)$/m);
    assert.match(shown.stdout, /^ {2}front {2}A, 8 × 6 px at 16, 7$/m);
    const unsaid = runCli('inspect', folder);
    assert.match(unsaid.stdout, /^ROIs {9}none$/m);
    assert.match(unsaid.stdout, /^problem {6}DatasetInvalid: .*omero\.csv.*--roi-anchor center/m);
    const picture = path.join(temporaryFolder(), 'preview.png');
    const preview = ['preview', 'rois', folder, ...look, '--roi-anchor', 'center', '--item', '3', '--to', picture];
    assert.deepEqual(runCli(...preview).exitCode, 0);
    assert.equal(readFileSync(picture).readUInt32BE(16), 8);
  });
});

describe('ROIs of the sample and of pipes', () => {
  it('reads the table that the sample has', async () => {
    const file = path.join(temporaryFolder(), 'roi_manager.csv');
    writeFileSync(file, savedRoisCsv());
    const warnings: Problem[] = [];
    const rois = await readRois(file, warnings);
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      rois.map(({ name, fov, shape, tags }) => [name, fov, shape?.kind, tags.length]),
      [
        ['Arteriole', 'Tumor_core', undefined, 2],
        ['Tissue edge', 'Tumor_core', undefined, 1],
        ['Invasive margin', 'Tumor_margin', undefined, 3],
        ['Germinal centre', 'Tumor_margin', 'polygon', 1],
        ['Invasive front', 'Tumor_margin', 'polyline', 2],
      ],
    );
    assert.deepEqual(rois[1].box, { xMin: -21.4, yMin: 371.7, xMax: 170.6, yMax: 523.7 });
    assert.deepEqual(rois[3].maskVisibility, { nuclear: true, whole_cell: false });
  });

  it('refuses what is no regular file at once', async function () {
    if (process.platform === 'win32') skipWithout('mkfifo', this);
    const folder = temporaryFolder();
    const pipe = path.join(folder, 'pipe.roi');
    execFileSync('mkfifo', [pipe]);
    await assert.rejects(readRois(folder, []), /it is a folder/);
    await assert.rejects(readRois(path.join(folder, 'none.csv'), []), /there is no such file/);
    await assert.rejects(readRois(pipe, []), /it is not a file/);
    await assert.rejects(readRois('/dev/zero', []), /it is not a file/);
  });
});
