import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import type { LabelImage, Region, SampleArray } from '../../src/core/model/image';
import { findOutline } from '../../src/core/render/findOutline';
import { joinCells } from '../../src/core/render/joinCells';
import { outputGrid, wholeWindow } from '../../src/core/render/outputGrid';
import { type PlacedLabels, regionsOf, SeamContacts } from '../../src/core/render/seamContacts';
import type { LabelWindow } from '../../src/core/model/labelScan';
import { CellNumbers, gapLabel, stitchLabels } from '../../src/core/render/stitchLabels';
import { type PlacedPlane, stitchPlane } from '../../src/core/render/stitchPlane';
import { toGridLabels } from '../../src/core/render/toGridLabels';
import { visibleParts } from '../../src/core/render/visibleParts';

interface StitchedLabels extends ReturnType<typeof stitchLabels> {
  readonly origin: Pick<CellNumbers, 'tile' | 'label'>;
  /** Pixels without any tile. */
  readonly gapPx: number;
}

/** The tiles as all of their slide. */
function stitch(window: Region, tiles: readonly PlacedLabels[], slide = tiles): StitchedLabels {
  const seams = new SeamContacts(regionsOf(slide));
  // One of them as a whole, the others in bands of two rows.
  for (const [i, { labels: all }] of slide.entries()) {
    for (const window of inBands(all, i === 0 ? all.heightPx : 2)) seams.add(i, window);
  }
  const ofTiles = joinCells(seams.contacts()).map((group) =>
    group.map(({ tile, label }) => ({ tile: tiles.indexOf(slide[tile]), label })),
  );
  const origin = new CellNumbers(ofTiles);
  const placedTiles = tiles.map((each, i) => ({ ...each, tile: i }));
  const stitched = stitchLabels(window, placedTiles, origin);
  return { ...stitched, origin, gapPx: stitched.joined.labels.filter((label) => label === gapLabel).length };
}

function* inBands({ widthPx, heightPx, labels: all }: LabelImage, rows: number): Generator<LabelWindow> {
  for (let y = 0; y < heightPx; y += rows) {
    const part = all.subarray(y * widthPx, (y + rows) * widthPx);
    yield { x: 0, y, widthPx, heightPx: part.length / widthPx, labels: part };
  }
}

/** Rows of digits or letters: a = 10 and so on; `.` is 0. */
function labels(text: string): LabelImage {
  const rows = text.trim().split(/\s*\n\s*/);
  const values = Array.from(rows.join(''), (digit) => (digit === '.' ? 0 : Number.parseInt(digit, 36)));
  return { widthPx: rows[0].length, heightPx: rows.length, labels: Uint32Array.from(values) };
}

/** The other way round; a gap is `#`, and cells are numbered as they appear, row by row. */
function drawn({ widthPx, heightPx, labels: values }: LabelImage): string[] {
  const order = [...new Set(values)].filter((value) => value !== 0 && value !== gapLabel);
  const digits = Array.from(values, (value) =>
    value === gapLabel ? '#' : value === 0 ? '.' : (order.indexOf(value) + 1).toString(36),
  );
  return Array.from({ length: heightPx }, (_, y) => digits.slice(y * widthPx, (y + 1) * widthPx).join(''));
}

function lines(text: string): string[] {
  return text.trim().split(/\s*\n\s*/);
}

function placed(x: number, y: number, text: string): PlacedLabels {
  return { x, y, labels: labels(text) };
}

function box(x: number, y: number, widthPx: number, heightPx: number): Region {
  return { x, y, widthPx, heightPx };
}

/** The outlines of stitched cells, 1 px wide: `x` on them. */
function outlineOf({ joined }: StitchedLabels): string[] {
  const marked = findOutline(joined, 1, gapLabel);
  return drawn({ ...joined, labels: Uint32Array.from(marked) }).map((row) => row.replaceAll('1', 'x'));
}

function originsOf({ origin }: Pick<StitchedLabels, 'origin'>): [number, number][] {
  return Array.from(origin.tile, (tile, number): [number, number] => [tile, origin.label[number]]).slice(1);
}

describe('visibleParts', () => {
  it('shows the last of tiles that overlap, and gaps, in bands', () => {
    const parts = visibleParts(box(-1, 0, 9, 5), [box(0, 0, 4, 4), box(3, 1, 4, 4)]).map(
      ({ y, heightPx, parts: row }) => [y, heightPx, row.map(({ tile, x, widthPx }) => [tile, x, widthPx])],
    );
    assert.deepEqual(parts, [
      [
        0,
        1,
        [
          [-1, -1, 1],
          [0, 0, 4],
          [-1, 4, 4],
        ],
      ],
      [
        1,
        3,
        [
          [-1, -1, 1],
          [0, 0, 3],
          [1, 3, 4],
          [-1, 7, 1],
        ],
      ],
      [
        4,
        1,
        [
          [-1, -1, 4],
          [1, 3, 4],
          [-1, 7, 1],
        ],
      ],
    ]);
  });

  it('is one part where a tile covers the window, and a gap where there is none', () => {
    const one = (tile: number): unknown => [{ y: 5, heightPx: 2, parts: [{ tile, x: 5, widthPx: 3 }] }];
    assert.deepEqual(visibleParts(box(5, 5, 3, 2), [box(0, 0, 9, 9), box(9, 0, 9, 9)]), one(0));
    assert.deepEqual(visibleParts(box(5, 5, 3, 2), [box(0, 0, 5, 9), box(0, 0, 0, 0)]), one(-1));
    assert.deepEqual(visibleParts(box(5, 5, 3, 2), []), one(-1));
  });
});

describe('stitchPlane', () => {
  const tile = (x: number, y: number, widthPx: number, samples: SampleArray): PlacedPlane => ({
    x,
    y,
    plane: { widthPx, heightPx: samples.length / widthPx, samples },
  });

  it('lays tiles over each other in their order, in their own type', () => {
    const plane = stitchPlane(box(0, 0, 4, 2), [
      tile(0, 0, 3, new Uint16Array([1, 2, 3, 4, 5, 65535])),
      tile(2, 0, 2, new Uint16Array([7, 8, 9, 10])),
    ]);
    assert.deepEqual(plane, { widthPx: 4, heightPx: 2, samples: new Uint16Array([1, 2, 7, 8, 4, 5, 9, 10]) });
  });

  it('is NaN where there is no tile', () => {
    const plane = stitchPlane(box(-1, 1, 5, 2), [
      tile(0, 0, 2, new Uint8Array([1, 2, 3, 4])),
      tile(2, 1, 1, new Uint8Array([255, 6])),
    ]);
    const { NaN: none } = Number;
    const samples = new Float32Array([none, 3, 4, 255, none, none, none, none, 6, none]);
    assert.deepEqual(plane, { widthPx: 5, heightPx: 2, samples });
  });

  it('holds every sample exactly', () => {
    const types = (withGap: boolean, ...arrays: SampleArray[]): string => {
      const tiles = arrays.map((samples, i) => tile(i, 0, 1, samples));
      const plane = stitchPlane(box(0, 0, arrays.length + (withGap ? 1 : 0), 1), tiles);
      assert.deepEqual(
        [...plane.samples].slice(0, arrays.length),
        arrays.map(([sample]) => sample),
      );
      return plane.samples.constructor.name;
    };
    const [u8, i8, u16, i16] = [[255], [-128], [65535], [-32768]].map((value, i) =>
      [Uint8Array, Int8Array, Uint16Array, Int16Array][i].from(value),
    );
    const [u32, i32, f32, f64] = [
      new Uint32Array([2 ** 32 - 1]),
      new Int32Array([-(2 ** 31) + 1]),
      new Float32Array([1 / 3]),
      new Float64Array([1 / 3]),
    ];
    for (const array of [u8, i8, u16, i16, f32]) assert.equal(types(true, array), 'Float32Array');
    for (const array of [u32, i32, f64]) assert.equal(types(true, array), 'Float64Array');
    for (const array of [u8, i8, u16, i16, u32, i32, f32, f64])
      assert.equal(types(false, array, array), array.constructor.name);
    assert.equal(types(false, u8, i8), 'Int16Array');
    assert.equal(types(false, u8, u16), 'Uint16Array');
    assert.equal(types(false, u16, i8), 'Int32Array');
    assert.equal(types(false, u16, u32), 'Uint32Array');
    assert.equal(types(false, u32, i8), 'Float64Array');
    assert.equal(types(false, i16, f32), 'Float32Array');
    assert.equal(types(false, i32, f32), 'Float64Array');
  });

  it('takes the type of what is seen', () => {
    const tiles = [tile(0, 0, 1, new Float64Array([0.1])), tile(0, 0, 2, new Uint8Array([1, 2]))];
    assert.deepEqual(stitchPlane(box(0, 0, 2, 1), tiles).samples, new Uint8Array([1, 2]));
  });

  it('is all gap without tiles', () => {
    const plane = stitchPlane(box(0, 0, 2, 1), []);
    assert.deepEqual(plane.samples, new Float32Array([Number.NaN, Number.NaN]));
  });
});

describe('stitchLabels: tiles of one segmentation', () => {
  const tiles = [
    placed(
      0,
      0,
      `.55
                  555
                  .88`,
    ),
    placed(
      3,
      0,
      `5..
                  55.
                  ..9`,
    ),
  ];

  it('numbers each cell of each tile, and joins equal labels across the seam', () => {
    const stitched = stitch(box(0, 0, 6, 3), tiles);
    assert.deepEqual(
      drawn(stitched.cells),
      lines(`.112..
                                                   11122.
                                                   .33..4`),
    );
    assert.deepEqual(originsOf(stitched), [
      [0, 5],
      [0, 8],
      [1, 5],
      [1, 9],
    ]);
    assert.deepEqual([stitched.origin.tile[0], stitched.origin.label[0]], [0, 0]);
    assert.deepEqual(
      drawn(stitched.joined),
      lines(`.111..
                                                    11111.
                                                    .22..3`),
    );
    assert.equal(stitched.gapPx, 0);
    assert.deepEqual(
      outlineOf(stitched),
      lines(`.x.x..
                                                 xxxxx.
                                                 .xx..x`),
    );
  });

  it('has no second image where nothing is joined', () => {
    const stitched = stitch(box(0, 0, 3, 3), tiles);
    assert.equal(stitched.joined, stitched.cells);
  });

  it('draws no line towards a gap or beyond the slide', () => {
    const stitched = stitch(box(-1, 0, 7, 4), [placed(0, 0, '55\n55\n..'), placed(3, 1, '66\n66\n66')]);
    assert.deepEqual(
      drawn(stitched.cells),
      lines(`.11....
                                                   .11.22.
                                                   ....22.
                                                   ....22.`),
    );
    assert.deepEqual(
      drawn(stitched.joined),
      lines(`#11####
                                                    #11#22#
                                                    #..#22#
                                                    ####22#`),
    );
    assert.equal(stitched.gapPx, 16);
    assert.deepEqual(
      outlineOf(stitched),
      lines(`.......
                                                 .xx....
                                                 .......
                                                 .......`),
    );
  });

  it('takes labels of any size', () => {
    const tile = (x: number): PlacedLabels => ({
      x,
      y: 0,
      labels: { widthPx: 2, heightPx: 1, labels: new Uint32Array([2 ** 32 - 1, 2 ** 32 - 2]) },
    });
    const stitched = stitch(box(0, 0, 4, 1), [tile(0), tile(2)]);
    assert.deepEqual(drawn(stitched.cells), ['1234']);
    assert.deepEqual(originsOf(stitched)[0], [0, 2 ** 32 - 1]);
  });
});

describe('stitchLabels: tiles that were segmented each on its own', () => {
  it("joins each other's longest contact", () => {
    // 1 touches 7 along two pixels and 8 along one; 8 touches 1 and 2 along one each, and 2 has no other.
    const stitched = stitch(box(0, 0, 4, 5), [placed(0, 0, '11\n11\n11\n22\n33'), placed(2, 0, '77\n77\n88\n88\n..')]);
    assert.deepEqual(drawn(stitched.cells), lines('1122\n1122\n1133\n4433\n55..'));
    // 8 prefers the smaller label, 1, which prefers 7: so 2 and 8 stay apart.
    assert.deepEqual(drawn(stitched.joined), lines('1111\n1111\n1122\n3322\n44..'));
  });

  it('does not join what has a longer contact elsewhere', () => {
    // 2 is all that 8 touches, but 2 touches 7 along more, which is the other part of 1.
    const stitched = stitch(box(0, 0, 2, 6), [placed(0, 0, '1\n1\n1\n2\n2\n2'), placed(1, 0, '7\n7\n7\n7\n7\n8')]);
    assert.deepEqual(drawn(stitched.joined), lines('11\n11\n11\n21\n21\n23'));
  });

  it('joins what is not in doubt although labels are equal by chance elsewhere', () => {
    const stitched = stitch(box(0, 0, 4, 5), [placed(0, 0, '11\n11\n22\n22\n22'), placed(2, 0, '33\n33\n11\n11\n22')]);
    assert.deepEqual(drawn(stitched.joined), lines('1111\n1111\n2222\n2222\n2233'));
  });

  it('goes over the corner of four tiles', () => {
    const stitched = stitch(box(0, 0, 6, 4), [
      placed(0, 0, '...\n.11'),
      placed(3, 0, '...\n22.'),
      placed(0, 2, '.33\n...'),
      placed(3, 2, '44.\n...'),
    ]);
    assert.deepEqual(drawn(stitched.joined), lines('......\n.1111.\n.1111.\n......'));
    assert.deepEqual(outlineOf(stitched), lines('......\n.xxxx.\n.xxxx.\n......'));
  });

  it('never joins two cells of one tile, though a chain of tiles leads from one to the other', () => {
    // 1 goes on as 5, 6 and 7 around the corner, and 7 goes on as 2, in the tile of 1.
    const stitched = stitch(box(0, 0, 6, 6), [
      placed(0, 0, '..1\n..1\n222'),
      placed(3, 0, '555\n555\n..5'),
      placed(0, 3, '777\n777\n777'),
      placed(3, 3, '666\n666\n666'),
    ]);
    assert.deepEqual(drawn(stitched.cells), lines('..1222\n..1222\n333..2\n444555\n444555\n444555'));
    // The shortest contact, of 5 and 6, comes last, and would bring 1 and 2 together.
    assert.deepEqual(drawn(stitched.joined), lines('..1111\n..1111\n222..1\n222222\n222222\n222222'));
    assert.deepEqual(outlineOf(stitched), lines('..x...\n..xxx.\nxxx..x\n...xxx\n......\n......'));
  });

  it('sees what the visible tile shows where tiles overlap', () => {
    const stitched = stitch(box(0, 0, 6, 2), [placed(0, 0, '1111\n2222'), placed(2, 0, '.555\n7777')]);
    assert.deepEqual(drawn(stitched.cells), lines('11.222\n334444'));
    assert.deepEqual(drawn(stitched.joined), lines('11.222\n333333'));
  });
});

interface StitchCase {
  readonly name: string;
  readonly labels: 'agree' | 'own';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly tiles: readonly (Region & { readonly labels: string })[];
  readonly whole: string;
  readonly inside: string;
  readonly outline: string;
  readonly ambiguous?: string;
  readonly ambiguousContacts?: number;
  readonly contacts?: number;
}

function isIn({ x, y, labels: { widthPx, heightPx } }: PlacedLabels, window: Region): boolean {
  const isBeside = x >= window.x + window.widthPx || x + widthPx <= window.x;
  return !isBeside && y < window.y + window.heightPx && y + heightPx > window.y;
}

function bytesOf(packed: string): Uint8Array {
  return new Uint8Array(inflateSync(Buffer.from(packed, 'base64')));
}

function labelsOf({ widthPx, heightPx }: { widthPx: number; heightPx: number }, packed: string): LabelImage {
  return { widthPx, heightPx, labels: new Uint32Array(bytesOf(packed).buffer) };
}

describe('stitchLabels against scikit-image', () => {
  const file = path.join(__dirname, '..', 'expected', 'stitch.json');
  const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly StitchCase[] };
  const tilesOf = ({ tiles }: StitchCase): PlacedLabels[] =>
    tiles.map((tile) => ({ x: tile.x, y: tile.y, labels: labelsOf(tile, tile.labels) }));

  for (const one of cases) {
    const window = box(0, 0, one.widthPx, one.heightPx);
    const whole = labelsOf(one, one.whole);
    const inside = bytesOf(one.inside);

    it(`${one.name}: every pixel has its own cell`, () => {
      const tiles = tilesOf(one);
      const { cells, origin, gapPx, joined } = stitch(window, tiles);
      assert.equal(gapPx, inside.filter((is) => is === 0).length);
      const top = (x: number, y: number): number =>
        tiles.findLastIndex((t) => x >= t.x && y >= t.y && x < t.x + t.labels.widthPx && y < t.y + t.labels.heightPx);
      for (const [i, number] of cells.labels.entries()) {
        assert.equal(number > 0, whole.labels[i] > 0);
        assert.equal(joined.labels[i] === gapLabel, inside[i] === 0);
        if (number === 0) continue;
        const [x, y] = [i % one.widthPx, Math.floor(i / one.widthPx)];
        const tile = tiles[origin.tile[number]];
        assert.equal(origin.tile[number], top(x, y));
        assert.equal(tile.labels.labels[(y - tile.y) * tile.labels.widthPx + x - tile.x], origin.label[number]);
      }
      const cellNames = originsOf({ origin }).map(String);
      assert.equal(new Set(cellNames).size, cellNames.length);
      assert.deepEqual(
        [...new Set(cells.labels)].filter(Boolean).sort((a, b) => a - b),
        [...cellNames.keys()].map((i) => i + 1),
      );
    });

    it(`${one.name}: a crop has the outlines of the slide`, () => {
      const tiles = tilesOf(one);
      const outline = findOutline(stitch(window, tiles).joined, 2, gapLabel);
      const crop = box(21, 17, 40, 37);
      const around = box(crop.x - 2, crop.y - 2, crop.widthPx + 4, crop.heightPx + 4);
      const { joined } = stitch(
        around,
        tiles.filter((tile) => isIn(tile, around)),
        tiles,
      );
      const cropped = findOutline(joined, 2, gapLabel);
      for (let y = 0; y < crop.heightPx; y++) {
        const row = cropped.subarray((y + 2) * joined.widthPx + 2).subarray(0, crop.widthPx);
        const at = (y + crop.y) * one.widthPx + crop.x;
        assert.deepEqual(row, outline.subarray(at, at + crop.widthPx));
      }
    });

    if (one.labels === 'agree') {
      it(`${one.name}: so they do when downsampled`, () => {
        const grid = outputGrid(box(3, 2, 85, 70), 3, 1);
        const onGrid = (image: LabelImage): LabelImage =>
          toGridLabels(grid, wholeWindow(grid), { x: 0, y: 0, labels: image }, 1);
        const { joined } = stitch(window, tilesOf(one));
        const withGaps = Uint32Array.from(whole.labels, (label, i) => (inside[i] === 0 ? gapLabel : label));
        const expected = findOutline(onGrid({ ...whole, labels: withGaps }), 1, gapLabel);
        assert.deepEqual(findOutline(onGrid(joined), 1, gapLabel), expected);
      });
    }

    it(`${one.name}: outlines go on across seams`, () => {
      const outline = findOutline(stitch(window, tilesOf(one)).joined, 1, gapLabel);
      const expected = bytesOf(one.outline);
      if (one.labels === 'agree') {
        assert.deepEqual(outline, expected);
        return;
      }
      const ambiguous = bytesOf(one.ambiguous!);
      const wrong = outline.reduce((count, is, i) => count + (is === expected[i] ? 0 : 1), 0);
      outline.forEach((is, i) => {
        if (ambiguous[i] === 0) assert.equal(is, expected[i], `x ${i % one.widthPx} y ${Math.floor(i / one.widthPx)}`);
      });
      // Of the pixels on outlines less than one in a hundred, and of the contacts less than one in ten, are in doubt.
      assert.ok(wrong * 100 < expected.reduce((count, is) => count + is, 0), String(wrong));
      assert.ok(one.ambiguousContacts! * 10 < one.contacts!);
    });
  }
});
