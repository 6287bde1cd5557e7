import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { writeTiff } from '../../sample/writeTiff';
import type { Problem } from '../../src/core/model/dataset';
import { exportErrorCodes, isExportError } from '../../src/core/model/exportError';
import type { Point, Roi } from '../../src/core/model/roi';
import { readRois } from '../../src/core/read/rois/readRois';
import { type RoiBounds, roiBounds } from '../../src/core/read/rois/roiBounds';
import type { RoiOptions } from '../../src/core/read/rois/roiCollector';
import { withinCpuSeconds } from '../support/cpuTime';
import { plane } from '../support/dataset';
import { temporaryFolder } from '../support/temporaryFolder';

interface Found {
  readonly rois: readonly Roi[];
  /** Messages of warnings, without the file's folder. */
  readonly warnings: readonly string[];
}

async function read(
  name: string,
  content: string | Buffer,
  signal?: AbortSignal,
  options: RoiOptions = {},
): Promise<Found> {
  const folder = temporaryFolder();
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const warnings: Problem[] = [];
  const rois = await readRois(file, warnings, signal, options);
  assert.ok(warnings.every(({ code, item }) => code === 'RoiInvalid' && item === undefined));
  return { rois, warnings: warnings.map(({ message }) => message.replaceAll(folder + path.sep, '')) };
}

async function refuses(
  name: string,
  content: string | Buffer,
  message: RegExp,
  options: RoiOptions = {},
): Promise<void> {
  await withinCpuSeconds(10, () =>
    assert.rejects(read(name, content, undefined, options), (error) => {
      assert.ok(isExportError(error, 'DatasetInvalid'), String(error));
      assert.match(error.message, message);
      assert.ok(error.message.includes(name), error.message);
      assert.ok(error.message.length < 1000 && !/[\r\n]/.test(error.message), error.message);
      return true;
    }),
  );
}

/** Bounds so small that tests meet them in no time. */
function atMost(some: Partial<RoiBounds>): RoiOptions {
  return { bounds: { ...roiBounds, ...some } };
}

/** Reads one ROI without any warning. */
async function readOne(name: string, content: string | Buffer): Promise<Roi> {
  const { rois, warnings } = await read(name, content);
  assert.deepEqual(warnings, []);
  assert.equal(rois.length, 1);
  return rois[0];
}

function boxOf({ box }: Roi): number[] {
  return [box.xMin, box.yMin, box.xMax, box.yMax];
}

function ringsOf({ shape }: Roi): readonly (readonly Point[])[] {
  assert.equal(shape?.kind, 'polygon');
  return shape.rings;
}

function areaOf(ring: readonly Point[]): number {
  return Math.abs(
    ring.reduce((sum, [x, y], i) => sum + x * ring[(i + 1) % ring.length][1] - ring[(i + 1) % ring.length][0] * y, 0) /
      2,
  );
}

describe('the codes of ROIs', () => {
  it('a bad ROI ends its item, a bad file the job', () => {
    assert.equal(exportErrorCodes.RoiInvalid.ends, 'item');
    assert.equal(exportErrorCodes.DatasetInvalid.ends, 'job');
  });
});

describe("readRois: UELer's table", () => {
  const header =
    'roi_id,name,fov,map_id,x,y,width,height,zoom,x_min,x_max,y_min,y_max,marker_set,tags,annotation_palette,mask_color_set,mask_visibility,mask_painter_state,comment,roi_kind,geometry,created_at,updated_at\n';
  /** The two rows that UELer itself wrote (formats-ueler.md, section 10). */
  const observed = `${header}eeb4934f-3fb6-4fee-8d66-c5d058f67792,,F1,,35.65,45.45,50.5,49.5,1.0,10.4,60.9,20.7,70.2,current:a,,,,"{""whole_cell"": false}",,,,,2026-11-22T12:12:28.049524+00:00,2026-11-22T12:12:28.049524+00:00
f3d9c9bc-8499-4dd8-9483-42f5be002946,,F1,,35.0,30.0,58.0,48.0,1.0,6.0,64.0,6.0,54.0,current:a,,,,"{""whole_cell"": false}",,,line,"{""type"":""polygon"",""closed"":true,""points"":[[10.0,10.0],[60.0,10.46],[30.0,50.0]]}",2026-11-22T12:12:28.550135+00:00,2026-11-22T12:12:28.550135+00:00
`;

  it('reads what UELer writes, all columns', async () => {
    const { rois, warnings } = await read('roi_manager.csv', observed);
    assert.deepEqual(warnings, []);
    const base = {
      name: '',
      fov: 'F1',
      tags: [],
      markerSet: { channels: ['a'] },
      maskVisibility: { whole_cell: false },
    };
    assert.deepEqual(rois, [
      {
        ...base,
        id: 'eeb4934f-3fb6-4fee-8d66-c5d058f67792',
        box: { xMin: 10.4, xMax: 60.9, yMin: 20.7, yMax: 70.2 },
      },
      {
        ...base,
        id: 'f3d9c9bc-8499-4dd8-9483-42f5be002946',
        box: { xMin: 6, xMax: 64, yMin: 6, yMax: 54 },
        shape: { kind: 'polygon', rings: [[[10, 10], [60, 10.46], [30, 50]]] }, // prettier-ignore
      },
    ]);
    const full = `${header}id,n,,402,0,0,1,1,2.5,-3.5,4,-1,9.25,"My set, 2","b, a,b, needs review ,",pal,cols,"{""a"": true, ""__proto__"": false}",{},"two\nlines",view,,t,t\n`;
    assert.deepEqual(await readOne('roi_manager.csv', full), {
      id: 'id',
      name: 'n',
      mapId: '402',
      box: { xMin: -3.5, yMin: -1, xMax: 4, yMax: 9.25 },
      tags: ['b', 'a', 'needs review'],
      markerSet: { name: 'My set, 2' },
      annotationPalette: 'pal',
      maskColorSet: 'cols',
      maskVisibility: JSON.parse('{"a": true, "__proto__": false}') as Record<string, boolean>,
      comment: 'two\nlines',
    });
  });

  it('takes centre and size where the box is missing, empty, or what UELer fills in (bug B26)', async () => {
    const tables = [
      'roi_id,name,fov,x,y,width,height\n1,n,F1,20,30.5,10,5\n',
      'map_id,name,fov,x,y,width,height\n,n,F1,20,30.5,10,5\n',
      'name,fov,x,y,width,height,roi_kind\nn,F1,20,30.5,10,5,view\n',
      'name,fov,x,y,width,height,x_min\nn,F1,20,30.5,10,5,\n',
      'name,fov,x,y,width,height,x_min,x_max,y_min,y_max\nn,F1,20,30.5,10,5,,,,\n',
      'name,fov,x,y,width,height,x_min,x_max,y_min,y_max\nn,F1,20,30.5,10,5,nan,NaN,,\n',
      'name,fov,x,y,width,height,x_min,x_max,y_min,y_max\nn,F1,20,30.5,10,5,0.0,0.0,0.0,0.0\n',
      'roi_id;name;fov;x;y;width;height\n1;n;F1;20;30,5;10;5\n',
      'roi_id\tname\tfov\tx\ty\twidth\theight\n1\tn\tF1\t20\t30.5\t10\t5\n',
    ];
    for (const table of tables) {
      const roi = await readOne('rois.csv', table);
      assert.deepEqual([roi.id, roi.name, roi.fov, ...boxOf(roi)], ['1', 'n', 'F1', 15, 28, 25, 33], table);
    }
  });

  it('refuses x and y of other tables, unless it is said what they are', async () => {
    const tables = [
      'name,fov,x,y,width,height\nn,F1,20,30.5,10,5\n',
      'Name,FOV,X,Y,Width,Height\nn,F1,20,30.5,10,5\n',
      'name;fov; X ;Y;WIDTH;HEIGHT\nn;F1;20;30,5;10;5\n',
      'name,fov,x,y,width,height,geometry,comment,tags,zoom\nn,F1,20,30.5,10,5,,,,\n',
      'image_id,image_name,roi_id,shape_id,type,z,t,channel,text,X,Y,Width,Height\n1,F1,3,4,rectangle,1,1,,n,20,30.5,10,5\n',
      'image_id,image_name,roi_id,shape_id,type,x,y,width,height,text\n1,F1,5,6,rectangle,20,30.5,10,5,n\n',
    ];
    const said =
      /say whether x and y are the middle or the top left corner of a box, with --roi-anchor center or --roi-anchor corner\.$/;
    for (const table of tables) {
      await refuses('rois.csv', table, said);
      await refuses(
        'rois.csv',
        table,
        /^Expected UELer's own columns \("roi_id", "x_min" …\) beside .* but found columns [Nni]/,
      );
      for (const [anchor, box] of [
        ['center', [15, 28, 25, 33]],
        ['corner', [20, 30.5, 30, 35.5]],
      ] as const) {
        const { rois, warnings } = await read('rois.csv', table, undefined, { anchor });
        assert.deepEqual([rois.length, rois[0].name, rois[0].fov, ...boxOf(rois[0])], [1, 'n', 'F1', ...box], table);
        assert.ok(
          warnings.every((warning) => /^rois\.csv has columns which have no effect: "image_id", /.test(warning)),
          warnings.join(),
        );
      }
    }
    // Nothing else is needed where it is said; ids are the rows' numbers.
    const bare = await read('rois.csv', 'X,Y,Width,Height\n0,0,4,2\n5,6,7,8\n', undefined, { anchor: 'corner' });
    assert.deepEqual(
      bare.rois.map((roi) => [roi.id, roi.fov, ...boxOf(roi)]),
      [
        ['1', undefined, 0, 0, 4, 2],
        ['2', undefined, 5, 6, 12, 14],
      ],
    );
    assert.deepEqual(bare.warnings, []);
  });

  it('goes by the box where there is one, whoever wrote the table and whatever is said', async () => {
    for (const header of [
      'name,fov,x,y,width,height,x_min,y_min,x_max,y_max',
      'Name,Fov,X,Y,Width,Height,X_min,Y_MIN,X_max,Y_max',
    ]) {
      const table = `${header}\nn,F1,20,30,10,5,1,2,3,4\n`;
      const roi = await readOne('rois.csv', table);
      assert.deepEqual([roi.name, roi.fov, ...boxOf(roi)], ['n', 'F1', 1, 2, 3, 4]);
      const { rois, warnings } = await read('rois.csv', table, undefined, { anchor: 'corner' });
      assert.deepEqual(boxOf(rois[0]), [1, 2, 3, 4]);
      assert.deepEqual(warnings, ['--roi-anchor has no effect on rois.csv, which says itself where its ROIs are.']);
    }
    const empty = await read('rois.csv', 'name,X,Y,Width,Height,X_min,Y_min,X_max,Y_max\nn,20,30,10,5,,,,\n');
    assert.deepEqual(empty.rois, []);
    assert.match(
      empty.warnings[0],
      /row 1 \("n"\).*found them empty; for "x" and "y", say what they are with --roi-anchor; it is left out\.$/,
    );
    // Where UELer's columns stand, the user's word still comes first.
    const own = await read('rois.csv', 'roi_id,x,y,width,height\na,20,30,10,5\n', undefined, { anchor: 'corner' });
    assert.deepEqual([boxOf(own.rois[0]), own.warnings], [[20, 30, 30, 35], []]);
  });

  it('says what a table of napari is', async () => {
    const napari = 'index,shape-type,vertex-index,axis-0,axis-1\n0,rectangle,0,10,10\n0,rectangle,1,10,30\n';
    for (const options of [{}, { anchor: 'corner' }] as const)
      await refuses(
        'shapes.csv',
        napari,
        /a row for each ROI .* but found one of napari, .*; save the shapes as GeoJSON/,
        options,
      );
  });

  it('takes the box of the drawn points where there is nothing else', async () => {
    const roi = await readOne('rois.csv', 'name,geometry\nn,"{""type"":""polyline"",""points"":[[3,9],[5.5,2]]}"\n');
    assert.deepEqual(boxOf(roi), [3, 2, 5.5, 9]);
    assert.deepEqual(roi.shape, { kind: 'polyline', points: [[3, 9], [5.5, 2]] }); // prettier-ignore
  });

  it('lets "closed" decide what a shape is, and "type" in its absence', async () => {
    const table = ['true', 'false', ''].flatMap((closed) =>
      ['polygon', 'polyline'].map((type) => {
        const said = closed === '' ? '' : `""closed"":${closed},`;
        return `${type}${closed},0,0,9,9,"{""type"":""${type}"",${said}""points"":[[1,1],[2,1],[2,2],[1,1]]}"\n`;
      }),
    );
    const { rois, warnings } = await read('rois.csv', `name,x_min,y_min,x_max,y_max,geometry\n${table.join('')}`);
    assert.deepEqual(warnings, []);
    const kinds = ['polygon', 'polygon', 'polyline', 'polyline', 'polygon', 'polyline'];
    assert.deepEqual(
      rois.map(({ shape }) => shape?.kind),
      kinds,
    );
    // A polygon closes itself; a line may come back to where it began.
    assert.equal(ringsOf(rois[0])[0].length, 3);
    assert.equal(rois[2].shape?.kind === 'polyline' && rois[2].shape.points.length, 4);
  });

  it('names the row that is left out, reads the others, and counts exactly', async () => {
    const rows = [
      'a,A,F1,0,0,5,5',
      'b,B,F1,zero,0,5,5',
      'c,C,F1,9,0,5,5',
      'd,D,F1,,,,',
      'e,E,F1,0,inf,5,5',
      'f,F,F1,0,0,1e300,5',
      'g,G,F1,1,1,1,1',
      '',
      'a,H,F1,1,1,2,2',
      'a,I,F1,1,1,2,2',
      'a_2,J,F1,1,1,2,2',
    ];
    const { rois, warnings } = await read('rois.csv', `roi_id,name,fov,x_min,y_min,x_max,y_max\n${rows.join('\n')}`);
    assert.deepEqual(
      rois.map(({ id, name }) => `${id} ${name}`),
      ['a A', 'g G', 'a_3 H', 'a_4 I', 'a_2 J'],
    );
    const expected = [
      /^Expected a number of pixels for "x_min" in row 2 \("B"\) of rois\.csv, but found "zero"; it is left out\.$/,
      /whose minima are not above its maxima in row 3 \("C"\).* from 9 to 5 and y from 0 to 5/,
      /in row 4 \("D"\).*found them empty/,
      /"y_min" in row 5 \("E"\).*"inf"/,
      /coordinates in pixels in row 6 \("F"\).*1e\+300/,
      /found 2 that repeat one before \("a"\)/,
    ];
    assert.equal(warnings.length, expected.length, warnings.join('\n'));
    for (const [i, pattern] of expected.entries()) assert.match(warnings[i], pattern);
  });

  it('keeps a ROI of which a part cannot be used, and says which', async () => {
    const table = `name,fov,x_min,y_min,x_max,y_max,geometry,roi_kind,mask_visibility,my notes
a,F,0,0,9,9,"{""points"":[[1,1],[2,1],[""x"",2],[2,2],[3]],""closed"":true}",line,,
b,F,0,0,9,9,{broken,line,,
c,F,0,0,9,9,,line,,
d,F,0,0,9,9,"{""points"":[[1,1],[2,1]],""closed"":true}",,,
e,F,0,0,9,9,,,{'whole_cell': False},
f,F,0,0,9,9,,,"{""whole_cell"": 1}",
g,F,0,0,9,9,"{""points"":[[1,1],[2,1]],""closed"":false}",view,[],
`;
    const { rois, warnings } = await read('rois.csv', table);
    assert.deepEqual(
      rois.map(({ shape, maskVisibility }) => [shape?.kind, maskVisibility]),
      [['polygon', undefined], ...Array.from({ length: 6 }, () => [undefined, undefined])],
    );
    const expected = [
      /others, too, which have no effect: "my notes"/,
      /row 1 \("a"\).*2 of 5 points/,
      /row 2 \("b"\).*"geometry" cannot be read: it is not valid JSON/,
      /row 3 \("c"\).*"geometry" is empty/,
      /row 4 \("d"\).*has 2 points, too few/,
      /row 5 \("e"\).*"mask_visibility" is not used/,
      /row 6 \("f"\).*"whole_cell" is neither true nor false/,
      /row 7 \("g"\).*it is a view/,
      /row 7 \("g"\).*no JSON object/,
    ];
    assert.equal(warnings.length, expected.length, warnings.join('\n'));
    for (const [i, pattern] of expected.entries()) assert.match(warnings[i], pattern);
  });

  it('refuses other tables, and damaged ones', async () => {
    await refuses('cells.csv', 'fov,label,centroid-0\nF,1,2\n', /but found columns fov, label, centroid-0\.$/);
    await refuses('cells.csv', 'x,y,width\n1,2,3\n', /Expected a table of ROIs/);
    await refuses('part.csv', 'fov,x_min,x_max,y_min\nF,1,2,3\n', /Expected a table of ROIs/);
    await refuses('twice.csv', 'fov,x,x,y,width,height\nF,1,2,3,4,5\n', /has it twice/);
    await refuses('quote.csv', 'fov,x,y,width,height\nF,1,2,3,"4\n', /never closed/);
    await refuses('empty.csv', '', /it is empty/);
    await refuses('blank.csv', '\n\n', /Expected a table of ROIs/);
  });

  it('bounds how deep a geometry is and how many warnings there are', async () => {
    const deep = `n,F,0,0,1,1,"${'['.repeat(100_000)}"\n`;
    const { rois, warnings } = await read('rois.csv', `name,fov,x_min,y_min,x_max,y_max,geometry\n${deep.repeat(3)}`);
    assert.equal(rois.length, 3);
    assert.match(warnings[0], /nested deeper than 64/);
    const many = await read(
      'rois.csv',
      `name,fov,x_min,y_min,x_max,y_max\n${'n,F,0,0,x,1\nn,F,0,0,1,1\n'.repeat(1000)}`,
    );
    assert.equal(many.rois.length, 1000);
    assert.equal(many.warnings.length, 51);
    assert.equal(many.warnings[50], 'rois.csv has 950 more ROIs that are left out: of 2000 in all, 1000 were read.');
  });
});

describe('readRois: GeoJSON', () => {
  const square = [[[1, 2], [5, 2], [5, 6], [1, 6], [1, 2]]]; // prettier-ignore
  const hole = [[2, 3], [3, 3], [3, 4], [2, 3]]; // prettier-ignore
  const feature = (geometry: unknown, rest: object = {}): object => ({
    type: 'Feature',
    geometry,
    properties: {},
    ...rest,
  });
  const polygon = { type: 'Polygon', coordinates: square };

  it('takes a collection, an array, a feature or a geometry', async () => {
    for (const value of [
      { type: 'FeatureCollection', features: [feature(polygon)] },
      [feature(polygon)],
      [polygon],
      feature(polygon),
      polygon,
    ]) {
      for (const text of [JSON.stringify(value), `\ufeff \n${JSON.stringify(value, undefined, 2)}\n`]) {
        const roi = await readOne('a.geojson', text);
        assert.deepEqual(roi, {
          id: '1',
          name: '',
          box: { xMin: 1, yMin: 2, xMax: 5, yMax: 6 },
          shape: { kind: 'polygon', rings: [square[0].slice(0, 4)] },
          tags: [],
        });
      }
    }
    for (const empty of ['[]', '{"type": "FeatureCollection", "features": []}'])
      assert.deepEqual(await read('a.geojson', empty), { rois: [], warnings: [] });
  });

  it('reads holes, parts, lines, names, classes and ids as QuPath of any age writes them', async () => {
    const features = [
      feature({ type: 'Polygon', coordinates: [...square, hole] }, { id: 'x', properties: { name: 'N' } }),
      feature(
        { type: 'MultiPolygon', coordinates: [[...square, hole], [[[9, 9, 7], [10, 9], [10, 10]]]], plane: { c: -1, z: 3, t: 0 } }, // prettier-ignore
        { id: 'PathAnnotationObject', properties: { classification: { name: 'Tumor', colorRGB: -1 }, fov: 'F7' } },
      ),
      feature(
        { type: 'LineString', coordinates: [[1.5, 2], [-3, 4]] }, // prettier-ignore
        { id: 'PathAnnotationObject', properties: { classification: { names: ['CD3', 'CD8', 'CD3'] } } },
      ),
      feature({ type: 'MultiLineString', coordinates: [[[0, 0], [0, 4]]] }, { id: 17, properties: null }), // prettier-ignore
    ];
    const { rois, warnings } = await read('a.json', JSON.stringify(features));
    assert.deepEqual(warnings, []);
    assert.deepEqual(
      rois.map(({ id, name, fov, tags }) => [id, name, fov, tags]),
      [
        ['x', 'N', undefined, []],
        ['2', '', 'F7', ['Tumor']],
        ['3', '', undefined, ['CD3', 'CD8']],
        ['17', '', undefined, []],
      ],
    );
    assert.deepEqual(
      ringsOf(rois[1]).map((ring) => ring.length),
      [4, 3, 3],
    );
    assert.deepEqual(ringsOf(rois[1])[2][0], [9, 9]);
    assert.deepEqual(boxOf(rois[2]), [-3, 2, 1.5, 4]);
  });

  it('leaves out what has no area or makes no sense, by number and name, and reads the rest', async () => {
    const bad: [value: unknown, message: RegExp][] = [
      [feature({ type: 'Point', coordinates: [1, 2] }, { properties: { name: 'P' } }), /feature 1 \("P"\).*found a point, which has no area; it is left out\.$/],
      [feature({ type: 'MultiPoint', coordinates: [[1, 2]] }), /found points/],
      [feature(null), /feature 3 \("3"\).*found none \(null\)/],
      [feature({ type: 'Polygon', coordinates: [[[1, 2], [3, 4], [1, 2]]] }), /at least three points.*found one of 2/],
      [feature({ type: 'Polygon', coordinates: [] }), /found an empty one/],
      [feature({ type: 'Polygon', coordinates: [[[1, 2], [3], [4, 5]]] }), /found one without two numbers/],
      [feature({ type: 'Polygon', coordinates: [[[1, 2], ['3', 4], [4, 5]]] }), /found one without two numbers/],
      [feature({ type: 'Polygon', coordinates: 'no' }), /found the text "no"/],
      [feature({ type: 'GeometryCollection', geometries: [] }), /found a GeometryCollection/],
      [feature({ type: 'MultiLineString', coordinates: [[[0, 0], [1, 1]], [[2, 2], [3, 3]]] }), /found 2 lines/],
      [{ type: 'Topology' }, /found an object of type "Topology"/],
      [7, /found the value 7/],
      [null, /found null/],
    ]; // prettier-ignore
    const { rois, warnings } = await read('a.geojson', JSON.stringify([...bad.map(([value]) => value), polygon]));
    assert.deepEqual(
      rois.map(({ id }) => id),
      [String(bad.length + 1)],
    );
    assert.equal(warnings.length, bad.length, warnings.join('\n'));
    for (const [i, [, message]] of bad.entries()) assert.match(warnings[i], message);
    const huge = await read('a.geojson', '{"type": "LineString", "coordinates": [[0, 0], [1e999, 1]]}');
    assert.match(huge.warnings[0], /coordinates in pixels.*found Infinity/);
  });

  it('reads UTF-16, and names in the old encoding of Windows', async () => {
    const text = JSON.stringify(feature(polygon, { properties: { name: 'Lymphknoten ä' } }));
    assert.equal((await readOne('a.geojson', Buffer.from(`\ufeff${text}`, 'utf16le'))).name, 'Lymphknoten ä');
    assert.equal((await readOne('a.geojson', Buffer.from(text, 'latin1'))).name, 'Lymphknoten ä');
    const replaced = JSON.stringify(feature(polygon, { properties: { name: 'ä\ufffd' } }));
    assert.equal((await readOne('a.geojson', `\ufeff${replaced}`)).name, 'ä\ufffd');
    const long = JSON.stringify(feature(polygon, { properties: { name: 'ä'.repeat(2000) } }));
    for (const blank of ['', ' ']) assert.equal((await readOne('a.csv', `\ufeff${blank}${long}`)).name.length, 2000);
  });

  it('reads files with NaN and Infinity among the measurements, and takes them for no coordinates', async () => {
    const measured = (measurements: string, name = '"n"', x = '1'): string =>
      `{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[${x}, 2], [5, 2], [5, 6]]]}, "properties": {"name": ${name}, "measurements": ${measurements}}}`;
    for (const measurements of [
      '{"Area": NaN, "Solidity":-Infinity,"b":Infinity}',
      '[{"name": "Area µm^2", "value": NaN}, NaN,\n\tNaN]',
      String.raw`{"a \"NaN": "NaN, Infinity", "\\": NaN, "\\\"": [-Infinity]}`,
    ]) {
      const roi = await readOne('a.geojson', measured(measurements));
      assert.deepEqual([roi.name, boxOf(roi)], ['n', [1, 2, 5, 6]], measurements);
    }
    // A name stays as it is, also beside a NaN.
    for (const name of ['NaN', 'a NaN, b', '-Infinity', '": NaN', '\\', 'NaN\\"']) {
      const roi = await readOne('a.geojson', measured('{"Area": NaN}', JSON.stringify(name)));
      assert.equal(roi.name, name);
    }
    for (const x of ['NaN', '-Infinity', 'null']) {
      const { rois, warnings } = await read(
        'a.geojson',
        `[${measured('{}', '"front"', x)}, ${measured('{"A": NaN}')}]`,
      );
      assert.deepEqual(
        rois.map(({ name }) => name),
        ['n'],
      );
      assert.deepEqual(warnings, [
        'Expected points [x, y] in feature 1 ("front") of a.geojson, but found one with NaN, Infinity or null; it is left out.',
      ]);
    }
    for (const odd of ['NaNs', 'nan', 'NaN NaN', 'xNaN', 'NaN: 1'])
      await refuses('a.geojson', measured(`{"a": ${odd}}`), /it is not valid JSON/);
  });

  it('refuses other JSON, and attacks, in time', async () => {
    await refuses('a.json', '{"pathClasses": []}', /but found an object with "pathClasses"\.$/);
    await refuses('a.json', '[1, 2]', /but found a list/);
    await refuses('a.json', '{}', /an object that is empty/);
    await refuses('a.geojson', '{"type": "FeatureCollection"}', /a list "features" in .*, but found nothing\.$/);
    await refuses('a.geojson', '{"type": "FeatureCollection", "features": [', /it is not valid JSON/);
    await refuses('a.geojson', '['.repeat(2_000_000), /nested deeper than 64/);
    const few = atMost({ jsonParts: 1000 });
    await refuses('a.geojson', `[${'[],'.repeat(999)}[]]`, /more parts than we can hold/, few);
    await refuses('a.geojson', `[${'0,'.repeat(2001)}0]`, /more parts than we can hold/, few);
    await refuses('a.geojson', `{${'"a":1,'.repeat(500)}"a":1}`, /more parts than we can hold/, few);
    await refuses('a.geojson', `[${'[],'.repeat(998)}[]]`, /found a list of other things/, few);
    await refuses('a.geojson', `[${'0,'.repeat(2000)}0]`, /found a list of other things/, few);
    await refuses('a.geojson', `{${'"a":1,'.repeat(499)}"a":1}`, /an object with "a"/, few);
    await refuses('a.geojson.gz', gzipSync('{}'), /compressed with gzip; unpack it first/);
    const text = `{"type": "Polygon", "coordinates": [[[1, 2], [3, 4], [5, 7]]], "x": "${'['.repeat(100)}\\"${'{'.repeat(100)}"}`;
    assert.equal((await read('a.geojson', text)).rois.length, 1);
  });

  it('reads many shapes in time, and can be stopped', async () => {
    const one = JSON.stringify(feature(polygon, { id: 'same' }));
    const many = `[${Array.from({ length: 20_000 }, () => one).join(',')}]`;
    const { rois, warnings } = await withinCpuSeconds(10, () => read('a.geojson', many));
    assert.equal(new Set(rois.map(({ id }) => id)).size, 20_000);
    assert.equal(warnings.length, 1);
    const stop = new AbortController();
    const reading = read('a.geojson', many, stop.signal);
    setImmediate(() => {
      stop.abort();
    });
    await assert.rejects(reading, { name: 'AbortError' });
  });
});

interface RoiParts {
  readonly type?: number;
  readonly bounds?: readonly [top: number, left: number, bottom: number, right: number];
  readonly version?: number;
  readonly count?: number;
  readonly floats?: readonly number[];
  readonly subtype?: number;
  readonly options?: number;
  readonly corner?: number;
  readonly parameter?: number;
  readonly path?: readonly number[];
  /** Whole numbers, beside left and top. */
  readonly points?: readonly Point[];
  readonly exact?: readonly Point[];
  readonly name?: string;
}

/** An ImageJ ROI by the table in the documentation of ij.io.RoiDecoder. */
function imageJRoi(parts: RoiParts): Buffer {
  const { bounds = [0, 0, 0, 0], points = [], exact, path: numbers = [], name = '' } = parts;
  const header = Buffer.alloc(64);
  header.write('Iout', 'latin1');
  header.writeInt16BE(parts.version ?? 228, 4);
  header[6] = parts.type ?? 1;
  for (const [i, side] of bounds.entries()) header.writeUInt16BE(side & 0xffff, 8 + 2 * i);
  header.writeUInt16BE(parts.count ?? (exact ?? points).length, 16);
  for (const [i, value] of (parts.floats ?? []).entries()) header.writeFloatBE(value, 18 + 4 * i);
  header.writeInt32BE(numbers.length, 36);
  header.writeInt16BE(parts.subtype ?? 0, 48);
  header.writeInt16BE(parts.options ?? (exact ? 128 : 0), 50);
  if (parts.parameter !== undefined) header.writeFloatBE(parts.parameter, 52);
  if (parts.corner !== undefined) header.writeInt16BE(parts.corner, 54);
  const whole = exact ? exact.map(([x, y]) => [Math.floor(x), Math.floor(y)] as const) : points;
  const shorts = [0, 1].flatMap((axis) => whole.map((point) => point[axis]));
  const floats = [...numbers, ...[0, 1].flatMap((axis) => (exact ?? []).map((point) => point[axis]))];
  const body = Buffer.alloc(2 * shorts.length + 4 * floats.length);
  for (const [i, value] of shorts.entries()) body.writeUInt16BE(value & 0xffff, 2 * i);
  for (const [i, value] of floats.entries()) body.writeFloatBE(value, 2 * shorts.length + 4 * i);
  const start = 64 + body.length;
  const header2 = Buffer.alloc(64);
  header2.writeInt32BE(start + 64, 16);
  header2.writeInt32BE(name.length, 20);
  if (name !== '') header.writeInt32BE(start, 60);
  return Buffer.concat([header, body, header2, Buffer.from(name, 'utf16le').swap16()]);
}

interface ZipPart {
  readonly name: string;
  readonly content: Buffer;
  readonly method?: number;
  readonly flags?: number;
  readonly claims?: number;
  readonly checksum?: number;
}

function zip(parts: readonly ZipPart[], count = parts.length, comment = ''): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, method = 8, flags = 0, claims = content.length, checksum = crc32(content) } of parts) {
    const packed = method === 8 ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(Buffer.byteLength(name), 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(checksum, 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(claims, 24);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt32LE(offset, 42);
    files.push(local, Buffer.from(name), packed);
    directory.push(central, Buffer.from(name));
    offset += 30 + Buffer.byteLength(name) + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...files, ...directory, end, Buffer.from(comment)]);
}

describe('readRois: ImageJ', () => {
  it('reads rectangles, also exact ones, negative ones and those beyond 32 767', async () => {
    assert.deepEqual(await readOne('front.roi', imageJRoi({ bounds: [5, 4, 10, 8], name: 'Größe 組' })), {
      id: 'front',
      name: 'Größe 組',
      box: { xMin: 4, yMin: 5, xMax: 8, yMax: 10 },
      tags: [],
    });
    const box = async (parts: RoiParts): Promise<number[]> => boxOf(await readOne('a.roi', imageJRoi(parts)));
    assert.deepEqual(await box({ bounds: [-7, -3, 2, 3] }), [-3, -7, 3, 2]);
    assert.deepEqual(await box({ bounds: [40_000, 33_000, 41_000, 34_500] }), [33_000, 40_000, 34_500, 41_000]);
    assert.deepEqual(await box({ bounds: [60_000, 0, 63_000, 1] }), [0, 60_000, 1, 63_000]);
    assert.deepEqual(
      await box({ bounds: [5, 4, 10, 8], options: 128, floats: [4.25, 5.5, 3.5, 4] }),
      [4.25, 5.5, 7.75, 9.5],
    );
    assert.deepEqual(
      await box({ bounds: [5, 4, 10, 8], options: 128, floats: [4.25, 5.5, 3.5, 4], version: 222 }),
      [4, 5, 8, 10],
    );
    assert.deepEqual(await box({ bounds: [5, 4, 10, 8], options: 128 }), [4, 5, 8, 10]);
    assert.equal((await readOne('dir.name.roi', imageJRoi({ bounds: [0, 0, 1, 1] }))).name, 'dir.name');
  });

  it('reads ovals, round corners, ellipses and tilted rectangles within a quarter of a pixel', async () => {
    const oval = await readOne('a.roi', imageJRoi({ type: 2, bounds: [10, 20, 1010, 3020] }));
    assert.deepEqual(boxOf(oval), [20, 10, 3020, 1010]);
    for (const [x, y] of ringsOf(oval)[0])
      assert.ok(Math.abs(Math.hypot((x - 1520) / 1500, (y - 510) / 500) - 1) < 1e-9);
    const missing = Math.PI * 1500 * 500 - areaOf(ringsOf(oval)[0]);
    assert.ok(missing > 0 && missing < 0.25 * 2 * Math.PI * 500, String(missing));

    const rounded = await readOne('a.roi', imageJRoi({ bounds: [0, 0, 40, 100], corner: 60 }));
    assert.deepEqual(boxOf(rounded), [0, 0, 100, 40]);
    assert.ok(Math.abs(areaOf(ringsOf(rounded)[0]) - (4000 - (4 - Math.PI) * 30 * 20)) < 0.05 * 280);

    const ends = [10, 10, 50, 40];
    const ellipse = await readOne('a.roi', imageJRoi({ type: 7, subtype: 3, floats: ends, parameter: 0.5 }));
    for (const [x, y] of ringsOf(ellipse)[0]) {
      const [along, across] = [(x - 30) * 0.8 + (y - 25) * 0.6, (y - 25) * 0.8 - (x - 30) * 0.6];
      assert.ok(Math.abs(Math.hypot(along / 25, across / 12.5) - 1) < 1e-6);
    }
    const tilted = await readOne('a.roi', imageJRoi({ type: 7, subtype: 5, floats: ends, parameter: 10 }));
    assert.deepEqual(ringsOf(tilted)[0], [[7, 14], [47, 44], [53, 36], [13, 6]]); // prettier-ignore
  });

  it('reads polygons on corners and lines half a pixel further on, whole or exact', async () => {
    const points: Point[] = [[0, 0], [8, 2], [3, 9]]; // prettier-ignore
    const exact: Point[] = [[-4.25, 5.5], [8.75, 2], [3, 60_000.5]]; // prettier-ignore
    for (const type of [0, 7, 8]) {
      const roi = await readOne('a.roi', imageJRoi({ type, bounds: [5, -2, 14, 6], points }));
      assert.deepEqual(ringsOf(roi), [[[-2, 5], [6, 7], [1, 14]]]); // prettier-ignore
      assert.deepEqual(ringsOf(await readOne('a.roi', imageJRoi({ type, exact }))), [exact]);
    }
    const half = ([x, y]: Point): Point => [x + 0.5, y + 0.5];
    for (const type of [4, 5, 9]) {
      const roi = await readOne('a.roi', imageJRoi({ type, bounds: [5, -2, 14, 6], points }));
      assert.deepEqual(roi.shape, { kind: 'polyline', points: [[-1.5, 5.5], [6.5, 7.5], [1.5, 14.5]] }); // prettier-ignore
      const line = await readOne('a.roi', imageJRoi({ type, exact }));
      assert.deepEqual(line.shape, { kind: 'polyline', points: exact.map(half) });
    }
    for (const subtype of [0, 2]) {
      const line = await readOne('a.roi', imageJRoi({ type: 3, subtype, floats: [100.5, 158.5, 132.5, 156.5] }));
      assert.deepEqual(boxOf(line), [101, 157, 133, 159]);
    }
  });

  it('reads more points than 16 bits count', async () => {
    const exact = Array.from({ length: 70_000 }, (_, i): Point => [i % 300, Math.floor(i / 300)]);
    const bytes = imageJRoi({ type: 0, exact, count: 0 });
    bytes.writeInt32BE(70_000, 18);
    assert.deepEqual(ringsOf(await readOne('a.roi', bytes)), [exact]);
  });

  it('reads composites with holes and curves as rings', async () => {
    const path = [0, 10, 10, 1, 30, 10, 1, 30, 30, 1, 10, 30, 4, 0, 15, 15, 2, 25, 15, 25, 25, 3, 25, 35, 15, 35, 15, 25, 4, 0, 1, 1]; // prettier-ignore
    const roi = await readOne('a.roi', imageJRoi({ path }));
    const [outer, inner, ...rest] = ringsOf(roi);
    assert.deepEqual(outer, [[10, 10], [30, 10], [30, 30], [10, 30]]); // prettier-ignore
    assert.deepEqual(rest, []);
    assert.ok(inner.some(([x, y]) => x === 25 && y === 25));
    // Between the chords 50; beyond them two thirds of a triangle of 50, and the integral of 1800 t²(1 - t)², which is 60.
    assert.ok(Math.abs(areaOf(inner) - (50 + 100 / 3 + 60)) < 0.05 * 40, String(areaOf(inner)));
    const many = [0, 0, 0, ...Array.from({ length: 3000 }, (_, i) => [2, i, i % 7, i + 1, 0]).flat(), 4];
    assert.ok(ringsOf(await readOne('a.roi', imageJRoi({ path: many })))[0].length > 3000);
  });

  it('leaves out what is no region with a warning, and refuses what is damaged', async () => {
    const none: [parts: RoiParts, message: RegExp][] = [
      [{ type: 10, points: [[1, 2]] }, /found a point, which has no area/],
      [{ type: 10, points: [[1, 2], [3, 4]] }, /found 2 points, which have no area/],
      [{ type: 6 }, /an empty selection/],
      [{ bounds: [0, 0, 9, 9], subtype: 1 }, /a text on it/],
      [{ bounds: [0, 0, 9, 9], subtype: 4 }, /an image on it/],
      [{ type: 0, points: [[1, 2], [3, 4]] }, /at least three points.*found 2/],
      [{ type: 5, points: [[1, 2]] }, /at least two points.*found 1/],
      [{ path: [0, 1, 1, 1, 2, 2] }, /none that encloses anything/],
      [{ type: 3, floats: [NaN, 0, 1, 1] }, /coordinates in pixels/],
    ]; // prettier-ignore
    const curves = { path: [0, 0, 0, ...Array.from({ length: 20 }, () => [3, 1e30, 0, -1e30, 9, 7, 7]).flat()] };
    none.push([curves, /at most 8000 points/]);
    for (const [parts, message] of none) {
      const { rois, warnings } = await read('a.roi', imageJRoi(parts), undefined, atMost({ pathPoints: 8000 }));
      assert.deepEqual([rois.length, warnings.length], [0, 1]);
      assert.match(warnings[0], message);
      assert.match(warnings[0], /in the ROI \("a"\) of a\.roi.*it is left out\.$/);
    }
    await refuses(
      'a.roi',
      imageJRoi({ type: 0, count: 65_535 }),
      /Expected 65535 points in .*, but the file has 128 bytes only/,
    );
    await refuses('a.roi', imageJRoi({ type: 11 }), /a known type of ROI in .*found number 11/);
    await refuses('a.roi', imageJRoi({ path: [9, 1] }), /known segments/);
    await refuses('a.roi', imageJRoi({ path: [0, 1] }), /its path is cut off/);
    await refuses('a.roi', imageJRoi({ path: [2, 1, 1, 1, 1] }), /begins with a curve/);
    await refuses('a.roi', imageJRoi({}).subarray(0, 40), /too short/);
    const claims = imageJRoi({ type: 0, count: 0 });
    claims.writeInt32BE(2 ** 31 - 1, 18);
    await refuses('a.roi', claims, /Expected 2147483647 points/);
    const path2 = imageJRoi({});
    path2.writeInt32BE(2 ** 31 - 1, 36);
    await refuses('a.roi', path2, /a path of 2147483647 numbers/);
    const spline = await read('a.roi', imageJRoi({ type: 0, options: 1, points: [[0, 0], [9, 0], [9, 9]] })); // prettier-ignore
    assert.equal(spline.rois.length, 1);
    assert.match(spline.warnings[0], /read as straight lines/);
    for (const header2 of [-1, 100_000, 2 ** 31 - 1]) {
      const bytes = imageJRoi({ bounds: [0, 0, 5, 5], name: 'x' });
      bytes.writeInt32BE(header2, 60);
      assert.equal((await readOne('a.roi', bytes)).name, 'a');
    }
  });

  it('reads archives: stored and deflated, with folders, a comment, and what macOS adds', async () => {
    const roi = imageJRoi({ bounds: [1, 2, 3, 4] });
    const { rois, warnings } = await read(
      'RoiSet.zip',
      zip(
        [
          { name: 'set/', content: Buffer.alloc(0), method: 0 },
          { name: 'set/0001-ä.roi', content: roi },
          { name: '__MACOSX/set/._0001.roi', content: Buffer.from('x') },
          { name: 'b.ROI', content: imageJRoi({ bounds: [1, 2, 3, 4], name: 'B' }), method: 0 },
          { name: 'notes.txt', content: Buffer.from('x') },
        ],
        undefined,
        'PK\x05\x06 is no end here, although it looks like one',
      ),
    );
    assert.deepEqual(
      rois.map(({ id, name }) => [id, name]),
      [['set/0001-ä', '0001-ä'], ['b', 'B']],
    ); // prettier-ignore
    assert.deepEqual(warnings, ['Expected only .roi files in RoiSet.zip, but found others, too: "notes.txt".']);
  });

  it('names the entry of an archive that is damaged, and reads the others', async () => {
    const content = imageJRoi({ bounds: [1, 2, 3, 4] });
    const bomb = Buffer.alloc(2 ** 17);
    const { rois, warnings } = await read(
      'RoiSet.zip',
      zip([
        { name: 'good.roi', content },
        { name: 'sum.roi', content, checksum: 1 },
        { name: 'secret.roi', content, flags: 1 },
        { name: 'method.roi', content, method: 99 },
        { name: 'short.roi', content, claims: content.length - 1 },
        { name: 'long.roi', content, claims: content.length + 1 },
        { name: 'bomb.roi', content: bomb },
        { name: 'liar.roi', content: bomb, claims: 1000 },
        { name: 'text.roi', content: Buffer.from('no ROI') },
        { name: 'point.roi', content: imageJRoi({ type: 10, points: [[1, 1]] }) },
        { name: 'last.roi', content },
      ]),
      undefined,
      atMost({ roiBytes: 2 ** 16 }),
    );
    assert.deepEqual(
      rois.map(({ id }) => id),
      ['good', 'last'],
    );
    const expected = [
      /entry "sum\.roi" of RoiSet\.zip, but it is damaged: its checksum/,
      /"secret\.roi".*encrypted/,
      /"method\.roi".*method 99/,
      /"short\.roi".*longer than/,
      /"long\.roi".*not as long/,
      /"bomb\.roi".*more than 65536 bytes/,
      /"liar\.roi".*longer than/,
      /"text\.roi".*does not begin with "Iout"/,
      /"point\.roi".*no area/,
    ];
    assert.equal(warnings.length, expected.length, warnings.join('\n'));
    for (const [i, pattern] of expected.entries()) assert.match(warnings[i], pattern);
  });

  it('bounds what an archive unpacks to as a whole, and what it claims', async () => {
    const content = Buffer.alloc(2 ** 16);
    content.write('Iout', 'latin1');
    const bombs = Array.from({ length: 40 }, (_, i) => ({ name: `${i}.roi`, content }));
    const few = atMost({ roiBytes: 2 ** 16, archiveBytes: 2 ** 20 });
    const { rois, warnings } = await withinCpuSeconds(10, () => read('bomb.zip', zip(bombs), undefined, few));
    assert.equal(rois.length + warnings.length, 40);
    const refused = warnings.filter((warning) => warning.includes('the archive unpacks to more than 1048576 bytes'));
    assert.equal(refused.length, 24);
    const one = { name: 'a.roi', content: imageJRoi({}) };
    await refuses('a.zip', zip([one], 60_000), /ends after 1 of 60000/);
    await refuses('a.zip', zip([one]).subarray(0, -1), /cut off/);
    await refuses('a.zip', zip([]), /it is empty/);
    await refuses('a.zip', zip([{ name: 'a.csv', content: one.content }]), /found only "a\.csv"/);
    await refuses('a.zip', Buffer.from('PK\x03\x04'), /cut off/);
  });

  it('reads ZIP64', async () => {
    const bytes = zip([{ name: 'a.roi', content: imageJRoi({ bounds: [0, 0, 7, 7] }) }]);
    const end = bytes.subarray(-22);
    const start = end.readUInt32LE(16);
    const record = Buffer.alloc(76);
    record.writeUInt32LE(0x06064b50, 0);
    record.writeBigUInt64LE(1n, 32);
    record.writeBigUInt64LE(BigInt(start), 48);
    record.writeUInt32LE(0x07064b50, 56);
    record.writeBigUInt64LE(BigInt(bytes.length - 22), 64);
    end.writeUInt16LE(0xffff, 10);
    end.writeUInt32LE(0xffffffff, 16);
    const roi = await readOne('a.zip', Buffer.concat([bytes.subarray(0, -22), record, end]));
    assert.deepEqual(boxOf(roi), [0, 0, 7, 7]);
  });
});

describe('readRois: OME', () => {
  const ome = (
    rois: string,
    images = '<Image ID="Image:0"><Pixels SizeX="9" SizeY="9" Type="uint8"/></Image>',
  ): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<!-- a comment --><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">${images}${rois}</OME>`;
  const union = (shapes: string, rest = 'ID="ROI:0"', inner = ''): string =>
    `<ROI ${rest}><Union>${shapes}</Union>${inner}</ROI>`;

  it('reads every shape, of all its schemas', async () => {
    const shape = async (xml: string): Promise<Roi> => readOne('a.ome.xml', ome(union(xml)));
    const rectangle = await shape('<Rectangle ID="Shape:0" X="-1.5" Y="2" Width="3" Height="4.25" TheZ="2"/>');
    assert.deepEqual(rectangle, {
      id: 'ROI:0',
      name: '',
      box: { xMin: -1.5, yMin: 2, xMax: 1.5, yMax: 6.25 },
      tags: [],
    });
    const ellipse = await shape('<Ellipse X="50" Y="60" RadiusX="40" RadiusY="20"/>');
    assert.deepEqual(boxOf(ellipse), [10, 40, 90, 80]);
    assert.ok(Math.PI * 800 - areaOf(ringsOf(ellipse)[0]) < 0.05 * 200);
    const polygon: Point[] = [[1, 1], [10, 20], [20, 20.5]]; // prettier-ignore
    for (const points of ['1,1 10,20 20,20.5', '1,1 10,20, 20,20.5, 1,1', 'points[1,1, 10,20, 20,20.5] points1[0,0]'])
      assert.deepEqual(ringsOf(await shape(`<Polygon Points="${points}"/>`)), [polygon]);
    assert.deepEqual((await shape('<Polyline Points="1,1 10,20 20,20.5"/>')).shape, {
      kind: 'polyline',
      points: polygon,
    });
    assert.deepEqual(ringsOf(await shape('<Polyline Points="1,1 10,20 20,20.5" Closed="true"/>')), [polygon]);
    const line = await shape('<Line X1="1" Y1="2" X2="3" Y2="4e0"/>');
    assert.deepEqual(line.shape, { kind: 'polyline', points: [[1, 2], [3, 4]] }); // prettier-ignore
    assert.deepEqual(boxOf(await shape("<Shape ID='S'><Circle Cx='5' Cy='6' R='2'/></Shape>")), [3, 4, 7, 8]);
    assert.deepEqual(
      boxOf(await shape('<Shape ID="S"><Rect x="1" y="2" width="3" height="4"/></Shape>')),
      [1, 2, 4, 6],
    );
    const prefixed = ome(union('<r:Rectangle X="1" Y="2" Width="3" Height="4"/>')).replace(
      /<(\/?)(ROI|Union)/g,
      '<$1r:$2',
    );
    assert.deepEqual(boxOf(await readOne('a.ome', prefixed)), [1, 2, 4, 6]);
  });

  it('applies transforms', async () => {
    const rectangle = (transform: string): string =>
      union(`<Rectangle X="1" Y="2" Width="3" Height="4">${transform}</Rectangle>`);
    const shear = await readOne(
      'a.xml',
      ome(rectangle('<Transform A00="10" A10="20" A01="30" A11="40" A02="50" A12="60"/>')),
    );
    assert.deepEqual(ringsOf(shear)[0], [[120, 160], [150, 220], [270, 380], [240, 320]]); // prettier-ignore
    const mirror = await readOne(
      'a.xml',
      ome(rectangle('<Transform A00="-1" A10="0" A01="0" A11="2" A02="9" A12="1"/>')),
    );
    assert.deepEqual([mirror.shape, ...boxOf(mirror)], [undefined, 5, 5, 8, 13]);
    const old = await readOne(
      'a.xml',
      ome(union('<Line X1="1" Y1="0" X2="0" Y2="1" Transform="matrix(1 2 3 4 5 6)"/>')),
    );
    assert.deepEqual(old.shape, { kind: 'polyline', points: [[6, 8], [8, 10]] }); // prettier-ignore
    const big =
      '<Ellipse X="0" Y="0" RadiusX="1" RadiusY="1"><Transform A00="1000" A10="0" A01="0" A11="1000" A02="0" A12="0"/></Ellipse>';
    const ellipse = await readOne('a.xml', ome(union(big)));
    assert.deepEqual(boxOf(ellipse), [-1000, -1000, 1000, 1000]);
    assert.ok(Math.PI * 1e6 - areaOf(ringsOf(ellipse)[0]) < 0.05 * 2000 * Math.PI);
  });

  it('makes one ROI of the shapes of a union, with its name, comment and tags', async () => {
    const text = ome(
      union(
        '<Rectangle ID="Shape:1" X="0" Y="0" Width="5" Height="5"/><Label ID="Shape:2" X="1" Y="1" Text="&lt;"/><Polygon ID="Shape:3" Points="3,3 20,3 3,9.5"/><Line ID="Shape:4" X1="-2" Y1="1" X2="1" Y2="1"/>',
        'ID="ROI:1" Name="A &amp; B &#181;"',
        '<AnnotationRef ID="T:1"/><AnnotationRef ID="T:9"/><Description>two\nof &quot;them&quot;</Description>',
      ) +
        '<StructuredAnnotations><TagAnnotation ID="T:1"><Value>needs review</Value></TagAnnotation><XMLAnnotation ID="X"><Value><ROI ID="fake"><Union><Line X1="0" Y1="0" X2="9" Y2="9"/></Union></ROI></Value></XMLAnnotation></StructuredAnnotations>',
    );
    const { rois, warnings } = await read('a.ome.xml', text);
    assert.deepEqual(warnings, [
      'Expected a region in shape "Shape:2" of ROI "ROI:1" ("A & B µ") of a.ome.xml, but found a label, which has no area; it is left out.',
    ]);
    assert.deepEqual(rois, [
      {
        id: 'ROI:1',
        name: 'A & B µ',
        box: { xMin: -2, yMin: 0, xMax: 20, yMax: 9.5 },
        shape: {
          kind: 'union',
          parts: [
            { kind: 'polygon', rings: [[[0, 0], [5, 0], [5, 5], [0, 5]]] },
            { kind: 'polygon', rings: [[[3, 3], [20, 3], [3, 9.5]]] },
            { kind: 'polyline', points: [[-2, 1], [1, 1]] },
          ],
        },
        tags: ['needs review'],
        comment: 'two\nof "them"',
      },
    ]); // prettier-ignore
  });

  it('takes a shape that repeats on several planes once', async () => {
    const rectangle = (id: number, plane: string, x = 20): string =>
      `<Rectangle ID="Shape:${id}" X="${x}" Y="30" Width="10" Height="10" ${plane}/>`;
    const planes =
      rectangle(0, 'TheZ="0" TheT="0"') + rectangle(1, 'TheZ="1" TheT="0"') + rectangle(2, 'TheT="4" TheC="1"');
    const same = await readOne('a.ome.xml', ome(union(planes)));
    assert.deepEqual([same.id, same.shape, ...boxOf(same)], ['ROI:0', undefined, 20, 30, 30, 40]);
    // Where it ends up counts, and not how it is written.
    const moved =
      '<Rectangle X="5" Y="3" Width="10" Height="10"><Transform A00="1" A10="0" A01="0" A11="1" A02="15" A12="27"/></Rectangle>';
    assert.equal((await readOne('a.ome.xml', ome(union(planes + moved)))).shape, undefined);
    const further = await readOne('a.ome.xml', ome(union(planes + rectangle(3, 'TheZ="3"', 50))));
    assert.equal(further.shape?.kind === 'union' && further.shape.parts.length, 2);
    assert.deepEqual(boxOf(further), [20, 30, 60, 40]);
  });

  it('says which FOV a ROI is in where the file says it', async () => {
    const image = (i: number, refs: string, tiffData = ''): string =>
      `<Image ID="Image:${i}"><Pixels SizeX="9" SizeY="9" Type="uint8">${tiffData}</Pixels>${refs}</Image>`;
    const rectangle = '<Rectangle X="0" Y="0" Width="5" Height="5"/>';
    const rois = ['A', 'B', 'C'].map((id) => union(rectangle, `ID="${id}"`)).join('');
    const images = image(0, '<ROIRef ID="A"/><ROIRef ID="B"/>') + image(1, '<ROIRef ID="B"/><ROIRef ID="B"/>');
    const tiff = (xml: string): Buffer => writeTiff(plane(9, 9, () => 0), { imageDescription: xml }); // prettier-ignore
    const fovsOf = ({ rois: found }: Found): string[] => found.map(({ id, fov }) => `${id} ${fov ?? '-'}`);
    assert.deepEqual(fovsOf(await read('core.ome.tif', tiff(ome(rois, images)))), [
      'A core_0',
      'B core_0',
      'B:core_1 core_1',
      'C -',
    ]);
    assert.deepEqual(fovsOf(await read('core.ome.tif', tiff(ome(rois)))), ['A core', 'B core', 'C core']);
    assert.deepEqual(fovsOf(await read('core.ome.xml', ome(rois))), ['A -', 'B -', 'C -']);
    const named = (i: number): string => `<TiffData><UUID FileName="part${i}.ome.tif">u${i}</UUID></TiffData>`;
    const set = image(0, '<ROIRef ID="A"/>', named(0)) + image(1, '<ROIRef ID="B"/>', named(1));
    assert.deepEqual(fovsOf(await read('set.companion.ome', ome(rois, set))), ['A part0', 'B part1', 'C -']);
    const name = await readOne('core.tif', tiff(ome(union(rectangle, 'ID="A" Name="µm 組"'))));
    assert.equal(name.name, 'µm 組');
  });

  it('leaves out what is no region or makes no sense, and refuses other and broken XML in time', async () => {
    const bad: [shape: string, message: RegExp][] = [
      ['<Point ID="S" X="1" Y="1"/>', /found a point/],
      ['<Mask ID="S" X="1" Y="1" Width="2" Height="2"><BinData Length="4">AA==</BinData></Mask>', /a mask, which is not supported/],
      ['<Path ID="S" Definition="M 0 0"/>', /found "Path"/],
      ['<Rectangle ID="S" X="1" Y="1" Width="2"/>', /a number "height" in .*it is missing/],
      ['<Rectangle ID="S" X="1" Y="one" Width="2" Height="3"/>', /a number "y" in .*found "one"/],
      ['<Rectangle ID="S" X="1" Y="1" Width="-2" Height="3"/>', /not negative/],
      ['<Ellipse ID="S" X="1" Y="1" RadiusX="2" RadiusY="NaN"/>', /"radiusy"/],
      ['<Polygon ID="S" Points="1,2 3"/>', /points "x,y x,y"/],
      ['<Polygon ID="S" Points="1,2 3,4"/>', /at least 3 points.*found 2/],
      ['<Polygon ID="S"/>', /at least 3 points/],
      ['<Rectangle ID="S" X="1" Y="1" Width="2" Height="3"><Transform A00="1"/></Rectangle>', /a transform of six numbers/],
      ['', /a shape in ROI "ROI:0" of a\.ome\.xml, but found none/],
    ]; // prettier-ignore
    for (const [shape, message] of bad) {
      const { rois, warnings } = await read('a.ome.xml', ome(union(shape)));
      assert.deepEqual([rois.length, warnings.length], [0, 1], shape);
      assert.match(warnings[0], message);
    }
    assert.deepEqual(await read('a.ome.xml', ome('')), { rois: [], warnings: [] });
    await refuses('a.xml', '<html></html>', /not OME-XML/);
    await refuses('a.ome.xml', ome('<ROI>'), /its XML is broken/);
    await refuses('a.ome.xml', ome('').slice(0, -3), /its XML is broken/);
    await refuses('a.ome.xml', `<!DOCTYPE x [<!ENTITY a "b">]>${ome('').replace(/^.*-->/s, '')}`, /XML/);
    await refuses('a.ome.xml', ome('<a>'.repeat(100_000)), /its XML is broken/);
    await refuses(
      'a.ome.xml',
      ome('').replace(/<Image.*<\/Image>/, '<BinaryOnly MetadataFile="b.ome.tif" UUID="u"/>'),
      /they are in "b\.ome\.tif"/,
    );
    await refuses(
      'a.tif',
      writeTiff(
        plane(4, 4, () => 0),
        {},
      ),
      /a TIFF without OME-XML/,
    );
    await refuses('a.tif', Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1'), /OME-XML|cannot be read/);
    await refuses('a.ome.xml', ome(union('<Point/>'.repeat(101))), /more than 100 shapes/, atMost({ rois: 100 }));
    const points = await read('a.ome.xml', ome(union('<Point/>'.repeat(100))), undefined, atMost({ rois: 100 }));
    assert.equal(points.warnings.length, 51);
    const refs = ome('', `<Image ID="I">${'<ROIRef ID="A"/>'.repeat(100_000)}</Image>`);
    await withinCpuSeconds(10, () => read('a.ome.xml', refs));
  });
});

describe('readRois: our own file', () => {
  const file = (...rois: unknown[]): string => JSON.stringify({ version: 1, rois });
  const place = { name: 'n', fov: 'F' };

  it('reads boxes, lines, polygons and rings with all that a ROI can have', async () => {
    const rest = { annotationPalette: 'p', maskColorSet: 'c', maskVisibility: { a: true }, comment: 'x' };
    const { rois, warnings } = await read(
      'rois.json',
      file(
        { ...place, id: 'a', x: -1.5, y: 2, widthPx: 3, heightPx: 4, tags: ['b', ' a ', 'b'], markerSet: 'M', ...rest },
        { ...place, points: [[0, 0], [4, 0], [4, 4], [0, 0]], markerSet: { channels: ['CD3'] } },
        { name: '', mapId: '402', points: [[0, 0], [4, 0]], closed: false, markerSet: { name: 'N' } },
        { ...place, rings: [[[0, 0], [9, 0], [9, 9]], [[1, 1], [2, 1], [2, 2]]], x: -4, y: -4, widthPx: 20, heightPx: 20 },
      ), // prettier-ignore
    );
    assert.deepEqual(warnings, []);
    assert.deepEqual(rois[0], {
      ...place,
      ...rest,
      id: 'a',
      box: { xMin: -1.5, yMin: 2, xMax: 1.5, yMax: 6 },
      tags: ['b', 'a'],
      markerSet: { name: 'M' },
    });
    assert.deepEqual([rois[1].id, rois[1].markerSet, ringsOf(rois[1])], ['2', { channels: ['CD3'] }, [[[0, 0], [4, 0], [4, 4]]]]); // prettier-ignore
    assert.deepEqual([rois[2].mapId, rois[2].fov, rois[2].shape?.kind, ...boxOf(rois[2])], ['402', undefined, 'polyline', 0, 0, 4, 0]); // prettier-ignore
    assert.deepEqual([ringsOf(rois[3]).length, ...boxOf(rois[3])], [2, -4, -4, 16, 16]);
  });

  it('names the entry and the field that is wrong, and reads the others', async () => {
    const box = { x: 0, y: 0, widthPx: 5, heightPx: 5 };
    const bad: [entry: unknown, message: RegExp][] = [
      [{ ...place, ...box, widthPx: 0 }, /in entry 1 \("n"\) of rois\.json, but found widthPx: /],
      [{ ...place, x: 0, y: 0, widthPx: 5 }, /heightPx: needed beside the rest of the box/],
      [{ ...place }, /a box, "points" or "rings" is needed/],
      [{ name: 'n', ...box }, /either "fov" or "mapId" is needed/],
      [{ ...place, mapId: '1', ...box }, /either "fov" or "mapId"/],
      [{ fov: 'F', id: 'the id', ...box }, /entry 6 \("the id"\).*name: /],
      [{ ...place, ...box, width: 3 }, /[Uu]nrecognized key.*"width"/],
      [{ ...place, points: [[0, 0], [1, 'a'], [3, 3]] }, /points\.1\.1: /],
      [{ ...place, points: [[0, 0], [1, 1], [0, 0]] }, /points: a closed line needs three points/],
      [{ ...place, rings: [[[0, 0], [1, 1], [2, 0]]], points: [[0, 0], [1, 1], [2, 2]] }, /only one of/],
      [{ ...place, ...box, closed: true }, /closed: says something of "points" only/],
      [{ ...place, ...box, maskVisibility: { a: 'yes' } }, /maskVisibility\.a: /],
      [{ ...place, ...box, tags: [''] }, /tags\.0: /],
      ['front', /found the text "front"/],
      [null, /entry 15 /],
    ]; // prettier-ignore
    const { rois, warnings } = await read('rois.json', file(...bad.map(([entry]) => entry), { ...place, ...box }));
    assert.deepEqual(
      rois.map(({ id }) => id),
      [String(bad.length + 1)],
    );
    assert.equal(warnings.length, bad.length, warnings.join('\n'));
    for (const [i, [, message]] of bad.entries()) assert.match(warnings[i], message);
    await refuses('rois.json', '{"version": 2, "rois": []}', /version: /);
    await refuses('rois.json', '{"rois": []}', /version: /);
    await refuses('rois.json', '{"version": 1, "rois": {}}', /rois: /);
    await refuses('rois.json', '{"version": 1, "rois": [], "extra": 1}', /extra/);
  });
});

describe('readRois: whatever it is given', () => {
  it('refuses other files by what they are', async () => {
    await refuses(
      'logo.png',
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'),
      /Expected regions of interest .*PNG image/,
    );
    await refuses('a.roi', 'just some text', /Expected regions of interest/);
    await refuses('a.roi', '', /it is empty/);
    await refuses(
      'noise',
      Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)),
      /regions of interest/,
    );
  });

  it('refuses files beyond all reason before they are in memory', async () => {
    for (const [name, head] of [
      ['a.geojson', '{'],
      ['a.zip', 'PK\x03\x04'],
      ['a.roi', 'Iout'],
      ['a.ome.xml', '<OME/>'],
    ]) {
      const file = path.join(temporaryFolder(), name);
      writeFileSync(file, head);
      truncateSync(file, 2 ** 40);
      await assert.rejects(readRois(file, []), /at most 134217728 bytes of ROIs .* found 1099511627776/);
    }
  });

  it('never ends otherwise than with ROIs, warnings or DatasetInvalid when bytes are damaged', async () => {
    const seeds: [string, Buffer][] = [
      ['a.roi', imageJRoi({ type: 0, points: [[0, 0], [8, 2], [3, 9]], name: 'abc' })],
      ['b.roi', imageJRoi({ path: [0, 1, 1, 1, 9, 1, 2, 5, 5, 7, 7, 4] })],
      ['c.zip', zip([{ name: 'a.roi', content: imageJRoi({ type: 7, exact: [[0, 0], [8, 2], [3, 9]] }) }])],
      ['d.geojson', Buffer.from('[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,2]]]}}]')],
      ['e.ome.xml', Buffer.from('<OME><Image ID="I"><Pixels SizeX="1"/></Image><ROI ID="R"><Union><Polygon Points="1,2 3,4 5,2"><Transform A00="1" A10="0" A01="0" A11="1" A02="0" A12="0"/></Polygon></Union></ROI></OME>')],
      ['f.csv', Buffer.from('name,fov,x_min,y_min,x_max,y_max,geometry\nn,F,1,2,3,4,"{""points"":[[1,2],[3,4]]}"\n')],
    ]; // prettier-ignore
    let state = 1;
    const random = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    for (const [name, seed] of seeds) {
      for (let round = 0; round < 300; round++) {
        const bytes = Buffer.from(round % 3 === 0 ? seed.subarray(0, random(seed.length)) : seed);
        for (let i = 0; i < 3 && bytes.length > 0; i++) bytes[random(bytes.length)] = random(256);
        try {
          const { rois } = await read(name, bytes);
          for (const roi of rois) assert.ok(boxOf(roi).every((side) => Math.abs(side) <= 2 ** 31));
        } catch (error) {
          assert.ok(isExportError(error, 'DatasetInvalid'), `${name} ${round}: ${String(error)}`);
        }
      }
    }
  });

  it('refuses more ROIs or points than it can hold', async () => {
    assert.deepEqual(roiBounds, {
      rois: 262_144,
      points: 8_388_608,
      jsonParts: 8_388_608,
      pathPoints: 1_048_576,
      roiBytes: 16_777_216,
      archiveBytes: 268_435_456,
    });
    const few = atMost({ rois: 20, points: 100 });
    const row = 'n,F,0,0,9,9,\n';
    const header = 'name,fov,x_min,y_min,x_max,y_max,geometry\n';
    await refuses('a.csv', `${header}${row.repeat(21)}`, /at most 20 ROIs and 100 points/, few);
    const drawn = `n,F,0,0,9,9,"{""points"":[${'[1,2],'.repeat(24)}[1,1]]}"\n`;
    await refuses('a.csv', `${header}${drawn.repeat(5)}`, /at most 20 ROIs and 100 points/, few);
    // As many as that are read.
    const all = `${header}${drawn.repeat(4)}${row.repeat(16)}`;
    assert.equal((await read('a.csv', all, undefined, few)).rois.length, 20);
    const parts = `<ROI><Union><Line X1="0" Y1="0" X2="9" Y2="9"/><Line X1="1" Y1="0" X2="9" Y2="9"/></Union></ROI>`;
    const xml = `<OME><Image ID="I"><Pixels SizeX="1"/></Image>${parts}</OME>`;
    await refuses('a.ome.xml', xml, /at most 20 ROIs and 3 points/, atMost({ rois: 20, points: 3 }));
  });

  it('stops when it is told to', async () => {
    await assert.rejects(read('a.csv', 'roi_id,fov,x,y,width,height\n', AbortSignal.abort()), { name: 'AbortError' });
  });
});
