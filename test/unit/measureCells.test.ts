import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LabelImage } from '../../src/core/model/image';
import { LabelParts } from '../../src/core/select/labelParts';
import { type MeasuredCell, measureCells } from '../../src/core/select/measureCells';
import { Random } from '../../sample/random';
import { scanInBands } from '../support/scanInBands';

type Part = readonly [area: number, x: number, y: number, width: number, height: number, meanX: number, meanY: number];

interface ExpectedLabel {
  /** The largest first, of equal ones the first from the top, then from the left. */
  readonly parts: readonly Part[];
  readonly far: number;
  readonly area: number;
  readonly center: readonly [x: number, y: number];
}

const { masks } = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'parts.json'), 'utf8')) as {
  masks: Record<string, { rows: number[][]; labels: Record<string, ExpectedLabel> }>;
};

function maskOf(rows: readonly (readonly number[])[]): LabelImage {
  return { widthPx: rows[0].length, heightPx: rows.length, labels: Uint32Array.from(rows.flat()) };
}

/** Digits are labels. */
function drawn(...rows: readonly string[]): LabelImage {
  return maskOf(rows.map((row) => Array.from(row, (value) => Number(value.replace('.', '0')))));
}

describe('the parts of labels are those that scikit-image finds, however high the bands are', () => {
  for (const [name, { rows, labels }] of Object.entries(masks)) {
    it(name, async () => {
      const mask = maskOf(rows);
      const wanted = new Set(Object.keys(labels).map(Number));
      for (const bandPx of [rows.length, 1, 3]) {
        const found = new Map<number, Part[]>();
        const search = new LabelParts(wanted, ({ label, areaPx, sumX, sumY, box: { x, y, widthPx, heightPx } }) => {
          const part = [areaPx, x, y, widthPx, heightPx, sumX / areaPx, sumY / areaPx] as const;
          found.set(label, [...(found.get(label) ?? []), part]);
        });
        await scanInBands(mask, { bandPx })((window) => {
          search.look(window);
        });
        search.end();
        for (const parts of found.values()) parts.sort((a, b) => b[0] - a[0] || a[2] - b[2] || a[1] - b[1]);
        const expected = Object.entries(labels).map(([label, { parts }]) => [Number(label), parts] as const);
        assert.deepEqual(found.size, expected.length);
        for (const [label, parts] of expected) {
          assert.deepEqual(
            found.get(label)!.map((part) => part.slice(0, 5)),
            parts.map((part) => part.slice(0, 5)),
            `label ${label}`,
          );
          for (const [i, part] of parts.entries()) {
            for (const at of [5, 6]) assert.ok(Math.abs(found.get(label)![i][at] - part[at]) < 1e-9);
          }
        }
        for (const [label, cell] of await measureCells(scanInBands(mask, { bandPx }), wanted)) {
          const { area, center, far, parts } = labels[String(label)];
          assert.equal(cell.areaPx, area);
          assert.ok(Math.hypot(cell.x - center[0], cell.y - center[1]) < 1e-9);
          assert.equal(cell.scattered !== undefined, far > 0, `label ${label}`);
          if (!cell.scattered) continue;
          const { largest } = cell.scattered;
          const { x, y, widthPx, heightPx } = largest.box;
          assert.deepEqual([largest.areaPx, x, y, widthPx, heightPx], parts[0].slice(0, 5));
          assert.ok(Math.hypot(largest.x - parts[0][5], largest.y - parts[0][6]) < 1e-9);
        }
      }
    });
  }
});

type Pixel = readonly [x: number, y: number];

/** By the words of `MeasuredCell`: the parts by growing each from its first pixel, and everything else from lists of pixels. */
function measurePlainly(
  { widthPx, heightPx, labels }: LabelImage,
  wanted: ReadonlySet<number>,
): [number, MeasuredCell][] {
  const parts = new Map<number, Pixel[][]>();
  const seen = new Set<number>();
  for (let first = 0; first < labels.length; first++) {
    const label = labels[first];
    if (seen.has(first) || !wanted.has(label)) continue;
    const grown = [first];
    seen.add(first);
    for (const at of grown) {
      const [x, y] = [at % widthPx, Math.floor(at / widthPx)];
      for (let near = 0; near < 9; near++) {
        const [nextX, nextY] = [x + (near % 3) - 1, y + Math.floor(near / 3) - 1];
        const next = nextY * widthPx + nextX;
        const isInside = nextX >= 0 && nextX < widthPx && nextY >= 0 && nextY < heightPx;
        if (!isInside || labels[next] !== label || seen.has(next)) continue;
        seen.add(next);
        grown.push(next);
      }
    }
    const pixels = grown.map((at): Pixel => [at % widthPx, Math.floor(at / widthPx)]);
    parts.set(label, [...(parts.get(label) ?? []), pixels]);
  }
  return Array.from(parts, ([label, found]) => {
    const [largest] = found
      .map(measurePixels)
      .sort((a, b) => b.areaPx - a.areaPx || a.box.y - b.box.y || a.box.x - b.box.x);
    const isFar = found.some((pixels) => {
      const [a, b] = [measurePixels(pixels).box, largest.box];
      const right = Math.max(b.x - a.x - a.widthPx, a.x - b.x - b.widthPx, 0);
      const down = Math.max(b.y - a.y - a.heightPx, a.y - b.y - b.heightPx, 0);
      return Math.hypot(right, down) > Math.max(b.widthPx, b.heightPx);
    });
    const all = measurePixels(found.flat());
    const isCenterInside = found
      .flat()
      .some(([x, y]) => x === Math.floor(all.x + 0.5) && y === Math.floor(all.y + 0.5));
    return [label, { ...all, ...(isFar && { scattered: { largest, isCenterInside } }) }];
  });
}

function measurePixels(pixels: readonly Pixel[]): Omit<MeasuredCell, 'scattered'> {
  const [xs, ys] = [pixels.map(([x]) => x), pixels.map(([, y]) => y)];
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  const box = { x, y, widthPx: Math.max(...xs) - x + 1, heightPx: Math.max(...ys) - y + 1 };
  return { areaPx: pixels.length, x: sum(xs) / pixels.length, y: sum(ys) / pixels.length, box };
}

describe('cells are measured the same', () => {
  it('in bands of any height, and of blocks of any height, as pixel by pixel: random masks', async () => {
    const random = new Random(20_260_928, 'masks');
    const upTo = (most: number): number => 1 + Math.floor(random.between(0, most));
    let scattered = 0;
    let insides = 0;
    for (let i = 0; i < 400; i++) {
      const [widthPx, heightPx, count] = [upTo(14), upTo(14), upTo(4)];
      const density = random.between(0.05, 0.9);
      const labels = new Uint32Array(widthPx * heightPx).map(() => (random.between(0, 1) < density ? upTo(count) : 0));
      const mask = { widthPx, heightPx, labels };
      const wanted = new Set(Array.from({ length: upTo(count) }, () => upTo(count)));
      const expected = measurePlainly(mask, wanted).sort(([a], [b]) => a - b);
      const found = await measureCells(scanInBands(mask, { bandPx: upTo(heightPx), blockPx: upTo(heightPx) }), wanted);
      assert.deepEqual(
        [...found].sort(([a], [b]) => a - b),
        expected,
        JSON.stringify({ i, widthPx, labels: [...labels] }),
      );
      for (const [, cell] of expected) {
        if (cell.scattered) scattered++;
        if (cell.scattered?.isCenterInside) insides++;
      }
    }
    assert.ok(scattered > 50 && insides > 5, `${scattered} scattered, ${insides} with their middle inside`);
  });

  it('and the rows of blocks that hold scattered cells are gone through twice, others once', async () => {
    const rows = ['1..1', '....', '22..', '22..', '....', '....', '....', '3...', '....', '...3'];
    const visited: [number, number][] = [];
    const scan = scanInBands(drawn(...rows), { bandPx: 5, blockPx: 2, visited });
    const cells = await measureCells(scan, new Set([1, 2, 3]));
    assert.deepEqual([...cells.values()].map((cell) => cell.scattered !== undefined), [true, false, true]); // prettier-ignore
    assert.deepEqual(visited, [[0, 5], [5, 10], [0, 2], [6, 10]]); // prettier-ignore
  });

  it('and rows that are left out part what is above from what is below', () => {
    const boxes: (readonly number[])[] = [];
    const parts = new LabelParts(new Set([1]), ({ areaPx, box }) => boxes.push([areaPx, box.y, box.heightPx]));
    for (const y of [0, 2, 5]) parts.look({ ...drawn('11', '1.'), x: 0, y });
    parts.end();
    assert.deepEqual(boxes, [[6, 0, 4], [3, 5, 2]]); // prettier-ignore
  });

  it('and others look at each window once', async () => {
    const seen: number[] = [];
    const scan = scanInBands(drawn('1..1', '....', '....'), { bandPx: 2 });
    await measureCells(scan, new Set([1]), ({ y }) => seen.push(y));
    assert.deepEqual(seen, [0, 2]);
  });
});

describe('a label is in places far apart', () => {
  const measured = async (mask: LabelImage): Promise<MeasuredCell | undefined> =>
    (await measureCells(scanInBands(mask), new Set([1]))).get(1);
  const isScattered = async (mask: LabelImage): Promise<boolean> => (await measured(mask))?.scattered !== undefined;

  it('if the gap between the boxes is longer than the longer side of the largest part', async () => {
    assert.equal(await isScattered(drawn('111...1', '111....')), false); // three pixels apart, and three wide
    assert.equal(await isScattered(drawn('111....1', '111.....')), true);
    assert.equal(await isScattered(drawn('11......', '11......', '11......', '11.....1')), true); // five apart, and four high
    assert.equal(await isScattered(drawn('11.....', '11.....', '11.....', '11....1')), false);
  });

  it('as the crow flies: beside and below', async () => {
    assert.equal(await isScattered(drawn('111....', '.......', '.......', '.....1.')), false); // 2 and 2
    assert.equal(await isScattered(drawn('111....', '.......', '.......', '.......', '.....1.')), true); // 2 and 3
  });

  it('if a part is far from the largest one, not if small ones are far from each other', async () => {
    assert.equal(await isScattered(drawn('1.111111.1')), false);
    assert.equal(await isScattered(drawn('1.1111111........1.1')), true);
    assert.equal(await isScattered(drawn('111..1..1')), true); // a chain: its last link is five pixels off
  });

  it('by boxes, not by pixels: what lies in the hook of another part is near', async () => {
    assert.equal(await isScattered(drawn('1111111111', '1.........', '1.........', '1......1..')), false);
  });

  it('and the middle of them all may lie in one of them', async () => {
    const isInside = async (mask: LabelImage): Promise<boolean | undefined> =>
      (await measured(mask))?.scattered?.isCenterInside;
    assert.equal(await isInside(drawn('111111...........1', '111111............')), true);
    assert.equal(await isInside(drawn('11......11', '11......11')), false);
    assert.equal(await isInside(drawn('11..22..11', '11..22..11')), false); // another cell's pixel
  });

  it('whatever other labels lie between; those that are not wanted cost nothing', async () => {
    const mask = drawn('1122222211', '1122222211', '3........3');
    assert.equal(await isScattered(mask), true);
    const cells = await measureCells(scanInBands(mask), new Set([1, 7]));
    assert.deepEqual([...cells.keys()], [1]);
    assert.deepEqual(cells.get(1), {
      areaPx: 8,
      x: 4.5,
      y: 0.5,
      box: { x: 0, y: 0, widthPx: 10, heightPx: 2 },
      scattered: {
        isCenterInside: false,
        largest: { areaPx: 4, x: 0.5, y: 0.5, box: { x: 0, y: 0, widthPx: 2, heightPx: 2 } },
      },
    });
  });
});
