import assert from 'node:assert/strict';
import { cellTableText } from '../../src/core/model/cellTableText';
import { folderOfRow, fovOfRow } from '../../src/core/model/fovOfRow';
import { findFovColumn, fovCandidates } from '../../src/core/read/table/findFovColumn';
import { guessRoles } from '../../src/core/read/table/guessRoles';
import { centroidToPixels } from '../../src/core/select/centroidToPixels';

const center = { unit: 'px', zero: 'pixelCenter' } as const;

describe('columns that say which cell a row is about', () => {
  const conventions: readonly (readonly [who: string, columns: string[], expected: object])[] = [
    [
      'UELer and ark',
      ['fov', 'label', 'centroid-0', 'centroid-1'],
      { fov: 'fov', label: 'label', x: 'centroid-1', y: 'centroid-0', centroids: center },
    ],
    [
      'MCMICRO',
      ['CellID', 'DNA1', 'X_centroid', 'Y_centroid', 'Area'],
      { label: 'CellID', x: 'X_centroid', y: 'Y_centroid', centroids: center },
    ],
    [
      'steinbock',
      ['Image', 'Object', 'area', 'centroid-0', 'centroid-1'],
      { fov: 'Image', label: 'Object', x: 'centroid-1', y: 'centroid-0', centroids: center },
    ],
    ['SPRM', ['ID', 'x', 'y'], { label: 'ID', x: 'x', y: 'y', centroids: center }],
    [
      'inForm in pixels',
      ['Sample Name', 'Cell ID', 'Cell X Position', 'Cell Y Position', 'Nucleus Area (pixels)'],
      { fov: 'Sample Name', label: 'Cell ID', x: 'Cell X Position', y: 'Cell Y Position', centroids: center },
    ],
    [
      'inForm in µm',
      ['Sample Name', 'Cell ID', 'Cell X Position', 'Cell Y Position', 'Entire Cell Area (square microns)'],
      {
        fov: 'Sample Name',
        label: 'Cell ID',
        x: 'Cell X Position',
        y: 'Cell Y Position',
        centroids: { unit: 'um', zero: 'pixelCenter' },
      },
    ],
    [
      'Xenium',
      ['cell_id', 'x_centroid', 'y_centroid', 'transcript_counts'],
      { label: 'cell_id', x: 'x_centroid', y: 'y_centroid', centroids: { unit: 'um', zero: 'imageCorner' } },
    ],
    [
      'x_centroid of others',
      ['label', 'x_centroid', 'y_centroid'],
      { label: 'label', x: 'x_centroid', y: 'y_centroid', centroids: center },
    ],
    ['one half of a pair', ['fov', 'label', 'centroid-0'], { fov: 'fov', label: 'label' }],
    ['nothing usual', ['a', 'b'], {}],
  ];
  for (const [who, columns, expected] of conventions) {
    it(`of ${who}`, () => {
      assert.deepEqual(guessRoles(columns), { ...expected, isQupath: false });
    });
  }

  for (const unit of ['µm', 'μm', 'um', 'Âµm', 'Î¼m', '\ufffdm', '?m']) {
    it(`of QuPath, with centroids in ${unit}`, () => {
      assert.deepEqual(guessRoles(['Image', 'Object ID', `Centroid X ${unit}`, `Centroid Y ${unit}`]), {
        fov: 'Image',
        x: `Centroid X ${unit}`,
        y: `Centroid Y ${unit}`,
        centroids: { unit: 'um', zero: 'imageCorner' },
        isQupath: true,
      });
    });
  }

  it('of QuPath, without a pixel size', () => {
    assert.deepEqual(guessRoles(['Image', 'Centroid X px', 'Centroid Y px']).centroids, {
      unit: 'px',
      zero: 'imageCorner',
    });
  });

  it('that are given come before those that are guessed, with their unit', () => {
    const columns = ['fov', 'label', 'centroid-0', 'centroid-1', 'Image', 'Centroid X µm', 'Centroid Y µm', 'n'];
    assert.deepEqual(guessRoles(columns, { label: 'n', x: 'Centroid X µm', y: 'Centroid Y µm' }), {
      fov: 'fov',
      label: 'n',
      x: 'Centroid X µm',
      y: 'Centroid Y µm',
      centroids: { unit: 'um', zero: 'imageCorner' },
      isQupath: true,
    });
  });

  it('are in the unit that is given, and 0 is where their names say', () => {
    const mcmicro = ['CellID', 'X_centroid', 'Y_centroid'];
    assert.deepEqual(guessRoles(mcmicro, {}, 'um').centroids, { unit: 'um', zero: 'pixelCenter' });
    assert.deepEqual(guessRoles(['Image', 'Centroid X µm', 'Centroid Y µm'], {}, 'px').centroids, {
      unit: 'px',
      zero: 'imageCorner',
    });
    assert.equal(guessRoles(['label'], {}, 'um').centroids, undefined);
  });

  const halves: readonly (readonly [why: string, columns: string[], given: object, x: string, y: string])[] = [
    [
      'its partner',
      ['fov', 'label', 'x', 'y', 'X_centroid', 'Y_centroid'],
      { x: 'X_centroid' },
      'X_centroid',
      'Y_centroid',
    ],
    ['its partner', ['centroid-0', 'centroid-1', 'x', 'y'], { y: 'y' }, 'x', 'y'],
    [
      'its partner',
      ['Image', 'Centroid X µm', 'Centroid Y µm', 'y'],
      { y: 'Centroid Y µm' },
      'Centroid X µm',
      'Centroid Y µm',
    ],
    ['the usual name', ['fov', 'label', 'mine', 'centroid-0'], { x: 'mine' }, 'mine', 'centroid-0'],
    ['the usual name', ['mine', 'x', 'centroid-1', 'centroid-0'], { y: 'mine' }, 'centroid-1', 'mine'],
  ];
  for (const [why, columns, given, x, y] of halves) {
    it(`take the other centroid by ${why}: ${JSON.stringify(given)}`, () => {
      const found = guessRoles(columns, given);
      assert.deepEqual([found.x, found.y], [x, y]);
      assert.ok(found.centroids);
    });
  }

  it('are asked for both where only one centroid is given and the other cannot be told', () => {
    const lone: readonly (readonly [columns: string[], given: object, other: RegExp])[] = [
      [['label', 'mine'], { x: 'mine' }, /x=mine and y=NAME in --columns/],
      [['label', 'mine'], { y: 'mine' }, /y=mine and x=NAME in --columns/],
      // The same column, or one of another unit, is no other half.
      [['label', 'y'], { x: 'y' }, /x=y and y=NAME/],
      [['mine', 'Cell X Position', 'Cell Y Position', 'Area (square microns)'], { x: 'mine' }, /y=NAME/],
    ];
    for (const [columns, given, message] of lone) {
      assert.throws(() => guessRoles(columns, given), { code: 'Usage', message });
    }
  });
});

describe('the FOV of a row', () => {
  const fovs = new Set(['slide1', 'b.tif', 'b', 'S6_[49209,17530]', 'c.d']);
  const cases: readonly (readonly [text: string, fov: string])[] = [
    ['slide1', 'slide1'],
    ['slide1.ome.tif', 'slide1'],
    ['slide1.OME.TIFF', 'slide1'],
    ['slide1.qptiff', 'slide1'],
    ['slide1.ome.zarr', 'slide1'],
    ['S6_[49209,17530].im3', 'S6_[49209,17530]'],
    // A FOV of exactly this name comes first.
    ['b.tif', 'b.tif'],
    ['b.tiff', 'b'],
    ['c.d', 'c.d'],
    // Nothing else is cut off, nothing is matched by a part of it.
    ['c.d.csv', 'c.d.csv'],
    ['slide10.tif', 'slide10.tif'],
    // Blanks around a name, and the folders of a path of any kind, are left out.
    [' slide1 ', 'slide1'],
    ['\tslide1.tif\u00a0', 'slide1'],
    ['/data/exp/slide1/', 'slide1'],
    ['D:\\exp 2\\slide1.tif', 'slide1'],
    ['\\\\server\\share\\b.tif', 'b.tif'],
    ['file:///data/slide1.ome.tiff', 'slide1'],
    ['slide1/DNA.tif', 'slide1/DNA.tif'],
    ['C:\\slide1\\slide2.tif', 'C:\\slide1\\slide2.tif'],
    [' / ', ' / '],
    ['slide1.tif.tif', 'slide1.tif.tif'],
    ['Slide1.tif', 'Slide1.tif'],
    ['', ''],
  ];
  for (const [text, fov] of cases)
    it(`"${text}" is ${fov}`, () => {
      assert.equal(fovOfRow(text, fovs), fov);
    });
});

describe('the column that says the FOV', () => {
  const counts = (texts: Readonly<Record<string, number>>): ReadonlyMap<string, number> =>
    new Map(Object.entries(texts));
  const find = (columns: Readonly<Record<string, Readonly<Record<string, number>>>>, fovs: string[]): object =>
    findFovColumn(
      Object.keys(columns),
      new Map(Object.entries(columns).map(([name, texts]) => [name, counts(texts)])),
      fovs,
    );

  const names = [
    ...['fov', 'FOV', 'fov_id', 'fov_name', 'image', 'Image', 'image_name', 'ImageName', 'Sample Name', 'sample_id'],
    ...['imageid', 'ImageId', 'image_id', 'Image ID', 'library_id', 'Library ID', 'region', 'Region', 'Slide', 'slide'],
    ...['slide_id', 'core', 'Core', 'TMA core', 'filename', 'FileName', 'file_name', 'FileName_DNA', 'PathName_DNA'],
    ...['Image Location', 'Image Tag', 'ImageNumber', 'Image_Number', 'roi', 'ROI', 'sample', 'Sample', 'SampleID'],
    ...['acquisition_id', 'tile', 'Position'],
  ];
  for (const name of names) {
    it(`may be called ${name}`, () => {
      const values = { [name]: { 'S1.ome.tif': 2, 'S2.ome.tif': 1 }, area: { S2: 3 } };
      assert.deepEqual(find(values, ['S2']), { column: name, foreign: [] });
    });
  }
  it('may not be called just anything', () => {
    assert.deepEqual(fovCandidates(['region_area', 'phenotype', 'batch', 'slideshow', 'label', 'ID', 'File']), [
      'File',
    ]);
  });

  it('is the one whose texts are FOVs of the dataset, a usual name first', () => {
    const tissue = { tumor: 4, stroma: 4 };
    const fov = { A: 4, B: 4 };
    assert.deepEqual(find({ region: tissue, fov }, ['A', 'B']), { column: 'fov', foreign: [] });
    assert.deepEqual(find({ region: fov, fov: { 1: 8 } }, ['A', 'B']), { column: 'region', foreign: [] });
    assert.deepEqual(find({ region: fov, fov }, ['A', 'B']), { column: 'fov', foreign: [] });
    assert.deepEqual(find({ sample_id: { P1: 8 }, image: { 'A.tif': 8 } }, ['A']), { column: 'image', foreign: [] });
    // Of others the one that names a FOV in most rows.
    assert.deepEqual(find({ core: { A: 1, A1: 7 }, slide: { A: 8 } }, ['A']), { column: 'slide', foreign: [] });
    // A usual name is believed although the dataset has none of its FOVs: its rows are about others.
    assert.deepEqual(find({ region: tissue, fov: { C: 8 } }, ['A']), { column: 'fov', foreign: [] });
  });

  it('is none where other names hold no FOV, which are then known with what they hold', () => {
    assert.deepEqual(find({ region: { tumor: 4, '': 1 }, ImageNumber: { 1: 4, 2: 4 }, core: { '': 8 } }, ['A']), {
      foreign: [
        { column: 'region', texts: ['tumor'], isOfImages: false },
        { column: 'ImageNumber', texts: ['1', '2'], isOfImages: true },
      ],
    });
  });
});

describe('the folder of a path in a table', () => {
  for (const [text, folder] of [
    ['/a/b/S.tif', '/a/b/'],
    [' D:\\a\\S.tif ', 'D:\\a\\'],
    ['/a/S/', '/a/'],
    ['S.tif', ''],
    ['', ''],
  ]) {
    it(`"${text}" is in "${folder}"`, () => {
      assert.equal(folderOfRow(text), folder);
    });
  }
});

describe('centroids in pixels, whole numbers at pixel centres', () => {
  it("are QuPath's less half a pixel", () => {
    // The first pixel of half a micrometre has its middle at 0.25 µm.
    const scale = { unit: 'um', zero: 'imageCorner' } as const;
    assert.deepEqual(centroidToPixels({ x: 0.25, y: 10.25 }, scale, 0.5), { x: 0, y: 20 });
    assert.deepEqual(centroidToPixels({ x: 0.5, y: 20.5 }, { ...scale, unit: 'px' }, 0.5), { x: 0, y: 20 });
  });
  it('are those of inForm in µm by division alone', () => {
    assert.deepEqual(centroidToPixels({ x: 5, y: 7 }, { unit: 'um', zero: 'pixelCenter' }, 0.5), { x: 10, y: 14 });
  });
  it('are pixels as they are', () => {
    assert.deepEqual(centroidToPixels({ x: 5, y: 7 }, center, 0.5), { x: 5, y: 7 });
  });
});

describe('the sentence about the columns of a cell table', () => {
  const table = { file: '/t.csv', rows: 1, columns: [] };
  it('says columns, unit, mask and what was guessed', () => {
    assert.equal(
      cellTableText({
        ...table,
        roles: { fov: 'Image', label: 'Name', x: 'X', y: 'Y' },
        centroids: { unit: 'um', zero: 'imageCorner' },
        maskName: 'cells',
        guessed: ['fov', 'x', 'y', 'mask'],
      }),
      'FOV from column Image; label from column Name; x from X, y from Y in µm from the corner of the image; labels of mask cells; guessed: FOV, x, y, mask',
    );
  });
  it('says that there is no FOV where the label is known, and the other way round', () => {
    const problem = { code: 'ColumnNotFound', message: '' } as const;
    assert.equal(
      cellTableText({ ...table, roles: { label: 'n' }, problem }),
      'no column says the FOV; label from column n; no centroids; mask of the labels unknown',
    );
    assert.equal(
      cellTableText({ ...table, roles: { fov: 'f', label: 'label' }, labelProblem: problem, problem }),
      'FOV from column f; no column says the label; no centroids; mask of the labels unknown',
    );
  });
  it('says what is not there', () => {
    assert.equal(
      cellTableText({ ...table, roles: { label: 'n' }, fov: 'A' }),
      'all rows are about FOV A; label from column n; no centroids; mask of the labels unknown',
    );
  });
});
