import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LabelImage, Plane, Region } from '../../src/core/model/image';
import type { Recipe } from '../../src/core/model/recipe';
import { linesOf, type Point, type RoiPart, type RoiShape } from '../../src/core/model/roi';
import type { RoiSelection } from '../../src/core/model/roiSelection';
import { loadFont } from '../../src/core/read/loadFont';
import { shapeMask, strokeMask, toGridShape } from '../../src/core/render/shapeMask';
import { exampleRecipe } from '../support/exampleRecipe';
import { layersOf, renderPicture, type RenderInput } from '../support/renderInMemory';

interface ShapeCase {
  readonly name: string;
  readonly kind: 'polygon' | 'polyline';
  readonly rings: readonly (readonly Point[])[];
  readonly region: readonly [x: number, y: number, widthPx: number, heightPx: number];
  readonly downsample: number;
  readonly widthPx: number;
  /** Rows of the output grid. */
  readonly drawn: readonly string[];
  readonly inside?: readonly string[];
}

const { shapes } = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'shapes.json'), 'utf8')) as {
  shapes: ShapeCase[];
};

function toRows(mask: ArrayLike<number>, widthPx: number): string[] {
  return Array.from({ length: mask.length / widthPx }, (_, y) =>
    Array.from({ length: widthPx }, (__, x) => mask[y * widthPx + x]).join(''),
  );
}

const box = (widthPx: number, heightPx: number, x = 0, y = 0): Region => ({ x, y, widthPx, heightPx });
const line = (...points: Point[]): RoiPart => ({ kind: 'polyline', points });
const ring = (...points: Point[]): RoiPart => ({ kind: 'polygon', rings: [points] });

const ownLook: RoiSelection = { rois: [], slides: [], settings: 'own', edge: 'pad', cutShape: false };

function recipeOf(rois: Partial<RoiSelection>, rest: Partial<Recipe> = {}): Recipe {
  return {
    ...exampleRecipe,
    mode: 'rois',
    channels: [{ channel: 'DNA', color: '#0000ff', contrastLimits: [0, 100] }],
    ...rest,
    rois: { ...ownLook, ...rois },
  };
}

function inputOf(shape: RoiShape | undefined, rest: Partial<RenderInput>): RenderInput {
  return {
    fov: 'F',
    index: 1,
    planes: [],
    masks: [],
    roi: { id: 'r1', name: 'front', ...(shape && { shape }) },
    font: loadFont(),
    ...rest,
  };
}

const flat = (widthPx: number, heightPx: number, value = 100): Plane => ({
  widthPx,
  heightPx,
  samples: new Float32Array(widthPx * heightPx).fill(value),
});

const labelsOf = (...rows: string[]): LabelImage => ({
  widthPx: rows[0].length,
  heightPx: rows.length,
  labels: Uint32Array.from(rows.join(''), Number),
});

const signs: Readonly<Record<string, string>> = {
  '0,0,0': '.',
  '0,0,255': 'b',
  '255,255,0': 'y',
  '255,255,255': 'w',
  '255,0,0': 'r',
  '0,255,0': 'g',
  '0,128,128': 'a',
};

/** The picture, one sign a pixel: `.` black, `b` blue, `y` yellow, `w` white, `r` red, `g` green, `a` annotation. */
function drawn(recipe: Recipe, input: RenderInput): string[] {
  const { rgb, widthPx, heightPx } = renderPicture(recipe, input);
  return Array.from({ length: heightPx }, (_, y) =>
    Array.from({ length: widthPx }, (__, x) => {
      const at = (y * widthPx + x) * 3;
      return signs[rgb.subarray(at, at + 3).join(',')] ?? '?';
    }).join(''),
  );
}

describe('strokeMask', () => {
  const table: [name: string, shape: RoiShape, widthPx: number, region: Region, rows: string[]][] = [
    // From 0.5 to 4.5, and half a pixel on at both ends.
    ['horizontal through centres, 1 px', line([1.5, 1.5], [4.5, 1.5]), 1, box(7, 3), ['0000000', '0111100', '0000000']],
    // A band from 0.5 to 1.5: its top edge runs through centres, which are inside, its bottom edge, too, which are not.
    ['horizontal between pixels, 1 px', line([2, 1], [5, 1]), 1, box(7, 3), ['0111100', '0000000', '0000000']],
    ['horizontal between pixels, 2 px', line([2, 2], [5, 2]), 2, box(7, 4), ['0000000', '0111110', '0111110', '0000000']], // prettier-ignore
    ['horizontal through centres, 2 px', line([2.5, 1.5], [4.5, 1.5]), 2, box(7, 4), ['0111100', '0111100', '0000000', '0000000']], // prettier-ignore
    ['horizontal through centres, 3 px', line([2.5, 1.5], [3.5, 1.5]), 3, box(7, 4), ['0111100', '0111100', '0111100', '0000000']], // prettier-ignore
    ['from right to left as from left to right', line([4.5, 1.5], [1.5, 1.5]), 1, box(7, 3), ['0000000', '0111100', '0000000']], // prettier-ignore
    ['vertical through centres, 1 px', line([1.5, 1.5], [1.5, 3.5]), 1, box(3, 5), ['000', '010', '010', '010', '000']],
    ['vertical between pixels, 1 px', line([1, 1], [1, 3]), 1, box(3, 5), ['100', '100', '100', '000', '000']],
    ['vertical between pixels, 2 px', line([2, 1], [2, 3]), 2, box(4, 5), ['0110', '0110', '0110', '0110', '0000']],
    ['vertical, upwards, 3 px', line([1.5, 3.5], [1.5, 2.5]), 3, box(4, 6), ['0000', '1110', '1110', '1110', '1110', '0000']], // prettier-ignore
    // |x − y| < √½ about the diagonal, and half a pixel beyond both ends along it.
    ['diagonal, 1 px', line([1.5, 1.5], [3.5, 3.5]), 1, box(5, 5), ['00000', '01000', '00100', '00010', '00000']],
    ['diagonal upwards, 1 px', line([1.5, 3.5], [3.5, 1.5]), 1, box(5, 5), ['00000', '00010', '00100', '01000', '00000']], // prettier-ignore
    ['diagonal, 2 px', line([1.5, 1.5], [3.5, 3.5]), 2, box(5, 5), ['01000', '11100', '01110', '00111', '00010']],
    // |x − y| < 3 / √2, x + y − 5 between −3 / √2 and 2 + 3 / √2.
    ['diagonal, 3 px', line([2.5, 2.5], [3.5, 3.5]), 3, box(6, 6), ['001000', '011100', '111110', '011111', '001110', '000100']], // prettier-ignore
    ['a corner is filled', line([1.5, 1.5], [4.5, 1.5], [4.5, 3.5]), 1, box(6, 5), ['000000', '011110', '000010', '000010', '000000']], // prettier-ignore
    ['a closed ring', ring([1.5, 1.5], [4.5, 1.5], [4.5, 3.5], [1.5, 3.5]), 1, box(6, 5), ['000000', '011110', '010010', '011110', '000000']], // prettier-ignore
    ['a closed ring, 2 px', ring([2, 2], [6, 2], [6, 5], [2, 5]), 2, box(8, 7), ['00000000', '01111110', '01111110', '01100110', '01111110', '01111110', '00000000']], // prettier-ignore
    ['a single point, 1 px', line([2.5, 1.5]), 1, box(4, 3), ['0000', '0010', '0000']],
    ['a single point between pixels, 1 px', line([2, 1]), 1, box(4, 3), ['0100', '0000', '0000']],
    ['a single point, 3 px', line([2.5, 1.5]), 3, box(4, 3), ['0111', '0111', '0111']],
    ['a segment without length', line([2, 2], [2, 2]), 2, box(4, 4), ['0000', '0110', '0110', '0000']],
    ['beyond the region on all sides', line([-9, 1.5], [99, 1.5]), 1, box(3, 3), ['000', '111', '000']],
    ['half a width into the region', line([-1, -5], [-1, 9]), 4, box(3, 2), ['100', '100']],
    ['wholly beyond', line([-5, -5], [-5, 9]), 4, box(3, 2), ['000', '000']],
    ['in a region elsewhere', line([11.5, 21.5], [12.5, 21.5]), 1, box(4, 3, 10, 20), ['0000', '0110', '0000']],
    ['thicker than the region', line([1, 1], [2, 2]), 100, box(3, 2), ['111', '111']],
  ];
  for (const [name, shape, widthPx, region, rows] of table) {
    it(name, () => {
      assert.deepEqual(toRows(strokeMask(shape, widthPx, region), region.widthPx), rows);
    });
  }

  it('has both rings of a polygon, and overlaps of segments are drawn', () => {
    const square = (from: number, to: number): Point[] => [[from, from], [to, from], [to, to], [from, to]]; // prettier-ignore
    const shape: RoiShape = { kind: 'polygon', rings: [square(0.5, 6.5), square(2.5, 4.5)] };
    assert.deepEqual(toRows(strokeMask(shape, 1, box(7, 7)), 7), [
      '1111111',
      '1000001',
      '1011101',
      '1010101',
      '1011101',
      '1000001',
      '1111111',
    ]);
    const bowTie = line([0.5, 0.5], [4.5, 4.5], [4.5, 0.5], [0.5, 4.5]);
    assert.deepEqual(toRows(strokeMask(bowTie, 1, box(5, 5)), 5), ['10001', '01011', '00101', '01011', '10001']);
  });

  it('draws a closed ring also from its last point to its first, and an open line not', () => {
    const points: Point[] = [[0.5, 0.5], [3.5, 0.5], [3.5, 3.5]]; // prettier-ignore
    assert.deepEqual(toRows(strokeMask(line(...points), 1, box(4, 4)), 4), ['1111', '0001', '0001', '0001']);
    assert.deepEqual(toRows(strokeMask(ring(...points), 1, box(4, 4)), 4), ['1111', '0101', '0011', '0001']);
  });
});

describe('a shape of several parts', () => {
  const upright = (x0: number, y0: number, x1: number, y1: number): RoiPart =>
    ring([x0, y0], [x1, y0], [x1, y1], [x0, y1]);
  const union = (...parts: RoiPart[]): RoiShape => ({ kind: 'union', parts });
  const crossed = union(upright(1, 1, 6, 5), upright(4, 3, 9, 8), line([0, 0], [2, 0]));

  it('encloses what any of them does, also where they overlap, and nothing for its lines', () => {
    assert.deepEqual(toRows(shapeMask(crossed, box(10, 9)), 10), [
      '0000000000',
      '0111110000',
      '0111110000',
      '0111111110',
      '0111111110',
      '0000111110',
      '0000111110',
      '0000111110',
      '0000000000',
    ]);
    // Moved, and half as large: the centres of the output's pixels decide.
    const onGrid = toGridShape(crossed, box(10, 8, 0, 1), 2);
    assert.deepEqual(toRows(shapeMask(onGrid, box(5, 4)), 5), ['11100', '11110', '00110', '00000']);
  });

  it('has the line about all of them, and whole lines over it', () => {
    const squares = union(upright(0.5, 0.5, 5.5, 4.5), upright(3.5, 2.5, 8.5, 7.5), upright(1.5, 1.5, 2.5, 2.5));
    const expected = [
      '111111000',
      '100001000',
      '100001111',
      '100000001',
      '111100001',
      '000100001',
      '000100001',
      '000111111',
    ];
    assert.deepEqual(toRows(strokeMask(squares, 1, box(9, 8)), 9), expected);
    const elsewhere = toGridShape(squares, box(5, 5, -2, 3), 1);
    assert.deepEqual(toRows(strokeMask(elsewhere, 1, box(5, 5)), 5), ['00100', '00111', '00000', '00000', '00000']);
    const measured = union(upright(0.5, 0.5, 4.5, 4.5), line([2.5, 2.5], [6.5, 2.5]));
    assert.deepEqual(toRows(strokeMask(measured, 1, box(7, 5)), 7), ['1111100', '1000100', '1011111', '1000100', '1111100']); // prettier-ignore
  });
});

describe('shapes on the output grid are as numpy computes them', () => {
  for (const { name, kind, rings, region, downsample, widthPx, drawn: stroke, inside } of shapes) {
    const shape: RoiShape = kind === 'polygon' ? { kind, rings } : { kind, points: rings[0] };
    const [x, y, width, height] = region;
    const [columns, rows] = [stroke[0].length, stroke.length];
    it(`${name}: ${kind}, ${widthPx} px, downsample ${downsample}`, () => {
      const onGrid = toGridShape(shape, box(width, height, x, y), downsample);
      const grid = box(columns, rows);
      assert.deepEqual(toRows(strokeMask(onGrid, widthPx, grid), columns), stroke);
      if (onGrid.kind === 'polygon') assert.deepEqual(toRows(shapeMask(onGrid, grid), columns), inside);
      // And so in the picture: blue where nothing is cut off, the line over it.
      const recipe = recipeOf({ cutShape: inside !== undefined, drawShape: { color: '#ffff00', widthPx } }, { downsample }); // prettier-ignore
      const picture = drawn(
        recipe,
        inputOf(shape, { planes: [flat(200, 200)], region: box(width, height, x + 60, y + 60), roi: moved(shape, 60) }),
      );
      const expected = stroke.map((row, i) =>
        Array.from(row, (value, j) => (value === '1' ? 'y' : (inside?.[i][j] ?? '1') === '1' ? 'b' : '.')).join(''),
      );
      assert.deepEqual(picture, expected);
    });
  }
});

/** The ROI farther in the image, so that nothing of its region lies beyond. */
function moved(shape: RoiShape, by: number): NonNullable<RenderInput['roi']> {
  const place = (points: readonly Point[]): Point[] => points.map(([x, y]) => [x + by, y + by]);
  const there: RoiShape =
    shape.kind === 'polygon'
      ? { kind: 'polygon', rings: shape.rings.map(place) }
      : { kind: 'polyline', points: linesOf(shape).flatMap(place) };
  return { id: 'r1', name: 'front', shape: there };
}

describe('a picture of a ROI', () => {
  const square: RoiShape = ring([2, 1], [6, 1], [6, 4], [2, 4]);
  const cells = labelsOf('00000000', '01111000', '01111000', '01111220', '00000220', '00000000');
  const outline = { name: 'whole_cell', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 } as const;
  const fill = { ...outline, mode: 'fill', color: '#ff0000' } as const;
  const planes = [flat(8, 6)];

  it('as it is, has neither line nor cut', () => {
    const blue = Array.from({ length: 6 }, () => 'bbbbbbbb');
    assert.deepEqual(drawn(recipeOf({}), inputOf(square, { planes })), blue);
    assert.deepEqual(drawn(recipeOf({ cutShape: true }), inputOf(undefined, { planes })), blue);
  });

  it('with its shape drawn', () => {
    const recipe = recipeOf({ drawShape: { color: '#ffff00', widthPx: 2 } });
    assert.deepEqual(drawn(recipe, inputOf(square, { planes })), [
      'byyyyyyb',
      'byyyyyyb',
      'byybbyyb',
      'byyyyyyb',
      'byyyyyyb',
      'bbbbbbbb',
    ]);
  });

  it('with its shape cut out is black beyond it', () => {
    assert.deepEqual(drawn(recipeOf({ cutShape: true }), inputOf(square, { planes })), [
      '........',
      '..bbbb..',
      '..bbbb..',
      '..bbbb..',
      '........',
      '........',
    ]);
  });

  it('cut out and drawn: the line is over everything and is not cut', () => {
    const recipe = recipeOf(
      { cutShape: true, drawShape: { color: '#ffff00', widthPx: 2 } },
      { masks: [{ ...fill, alpha: 1 }] },
    );
    assert.deepEqual(drawn(recipe, inputOf(square, { planes, masks: [cells] })), [
      '.yyyyyy.',
      '.yyyyyy.',
      '.yyrryy.',
      '.yyyyyy.',
      '.yyyyyy.',
      '........',
    ]);
  });

  it('cut out, has no new cell borders along the cut', () => {
    const recipe = recipeOf({ cutShape: true }, { masks: [outline] });
    assert.deepEqual(drawn(recipeOf({}, { masks: [outline] }), inputOf(square, { planes, masks: [cells] })), [
      'bbbbbbbb',
      'bwwwwbbb',
      'bwbbwbbb',
      'bwwwwwwb',
      'bbbbbwwb',
      'bbbbbbbb',
    ]);
    // Column 2 is the first that is left: the cell goes on beyond it, so no border runs there.
    assert.deepEqual(drawn(recipe, inputOf(square, { planes, masks: [cells] })), [
      '........',
      '..wwwb..',
      '..bbwb..',
      '..wwww..',
      '........',
      '........',
    ]);
  });

  it('cut out, has no annotation, fill or outline outside', () => {
    const annotation = {
      name: 'region',
      alpha: 1,
      background: true,
      colors: { '0': '#008080', '1': '#00ff00' },
      otherColor: '#a0a0a0',
    } as const;
    const recipe = recipeOf({ cutShape: true }, { annotation, masks: [fill, outline] });
    const input = inputOf(square, {
      planes,
      masks: [cells, cells],
      annotation: labelsOf('11111111', '11111111', '00000000', '00000000', '00000000', '00000000'),
    });
    assert.deepEqual(drawn(recipe, input), ['........', '..wwwg..', '..rrwa..', '..wwww..', '........', '........']);
  });

  it('cut out, has no labels outside in any layer, so that legends name only what is to be seen', () => {
    const annotation = { name: 'region', alpha: 1, background: false, otherColor: '#a0a0a0' } as const;
    const recipe = recipeOf({ cutShape: true }, { annotation, masks: [fill, outline] });
    const { overlays } = layersOf(recipe, inputOf(square, { planes, masks: [cells, cells], annotation: cells }));
    assert.equal(overlays.length, 3);
    for (const { labels } of overlays) {
      const [width, left, top] = [labels.widthPx, labels.xPx, labels.yPx];
      const seen = Array.from(labels.labels, (label, i): string => {
        const [x, y] = [left + (i % width), top + Math.floor(i / width)];
        const isInside = x >= 2 && x < 6 && y >= 1 && y < 4;
        return isInside ? '' : String(label);
      });
      assert.deepEqual([...new Set(seen)].sort(), ['', '0']);
      assert.deepEqual([...new Set(labels.labels)].sort(), [0, 1, 2]);
    }
  });

  it('of masks only, cut out', () => {
    const recipe = recipeOf({ cutShape: true }, { channels: [], masksOnly: true, masks: [outline] });
    assert.deepEqual(drawn(recipe, inputOf(square, { masks: [cells] })), [
      '........',
      '..www...',
      '....w...',
      '..wwww..',
      '........',
      '........',
    ]);
  });

  it('beyond the image is black, and the line goes on there', () => {
    const recipe = recipeOf({ drawShape: { color: '#ffff00', widthPx: 1 } });
    const shape = line([-1.5, 2.5], [1.5, 2.5]);
    assert.deepEqual(drawn(recipe, inputOf(shape, { planes, region: box(5, 5, -3, 1) })), [
      '...bb',
      '.yyyy',
      '...bb',
      '...bb',
      '...bb',
    ]);
  });

  it('downsampled, has its line as thick as asked in output pixels, and cuts at centres of output pixels', () => {
    const drawShape = { color: '#ffff00', widthPx: 1 } as const;
    const recipe = recipeOf({ cutShape: true, drawShape }, { downsample: 2 });
    const shape = ring([1, 1], [11, 1], [11, 9], [1, 9]);
    // On the grid from 0.5 to 5.5 and to 4.5: centres on left and top edges are inside, the line about them covers 0 … 6.
    assert.deepEqual(drawn(recipe, inputOf(shape, { planes: [flat(14, 12)] })), [
      'yyyyyy.',
      'ybbbby.',
      'ybbbby.',
      'ybbbby.',
      'yyyyyy.',
      '.......',
    ]);
    assert.deepEqual(
      drawn(recipeOf({ cutShape: true }, { downsample: 2 }), inputOf(shape, { planes: [flat(14, 12)] })),
      ['bbbbb..', 'bbbbb..', 'bbbbb..', 'bbbbb..', '.......', '.......'],
    );
  });

  it('with holes, which are cut out, too', () => {
    const square = (from: number, to: number): Point[] => [[from, from], [to, from], [to, to], [from, to]]; // prettier-ignore
    const shape: RoiShape = { kind: 'polygon', rings: [square(0, 5), square(1, 4)] };
    const picture = drawn(recipeOf({ cutShape: true }), inputOf(shape, { planes: [flat(6, 5)] }));
    assert.deepEqual(picture, ['bbbbb.', 'b...b.', 'b...b.', 'b...b.', 'bbbbb.']);
  });

  it('without a polygon, nothing is cut: an open line encloses nothing', () => {
    const input = inputOf(line([0, 0], [3, 3], [0, 3]), { planes: [flat(3, 2)] });
    assert.deepEqual(drawn(recipeOf({ cutShape: true }), input), ['bbb', 'bbb']);
  });
});
