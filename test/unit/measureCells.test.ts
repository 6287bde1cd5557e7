import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { LabelImage } from '../../src/core/model/image';
import { findLabelParts } from '../../src/core/select/findLabelParts';
import { measureCells } from '../../src/core/select/measureCells';

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

describe('the parts of labels are those that scikit-image finds', () => {
  for (const [name, { rows, labels }] of Object.entries(masks)) {
    it(name, () => {
      const found = new Map<number, Part[]>();
      const wanted = new Set(Object.keys(labels).map(Number));
      findLabelParts(maskOf(rows), wanted, ({ label, areaPx, sumX, sumY, box: { x, y, widthPx, heightPx } }) => {
        const part = [areaPx, x, y, widthPx, heightPx, sumX / areaPx, sumY / areaPx] as const;
        found.set(label, [...(found.get(label) ?? []), part]);
      });
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
      for (const [label, cell] of measureCells(maskOf(rows), wanted)) {
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
    });
  }
});

describe('a label is in places far apart', () => {
  const isScattered = (mask: LabelImage): boolean => measureCells(mask, new Set([1])).get(1)?.scattered !== undefined;

  it('if the gap between the boxes is longer than the longer side of the largest part', () => {
    assert.equal(isScattered(drawn('111...1', '111....')), false); // three pixels apart, and three wide
    assert.equal(isScattered(drawn('111....1', '111.....')), true);
    assert.equal(isScattered(drawn('11......', '11......', '11......', '11.....1')), true); // five apart, and four high
    assert.equal(isScattered(drawn('11.....', '11.....', '11.....', '11....1')), false);
  });

  it('as the crow flies: beside and below', () => {
    assert.equal(isScattered(drawn('111....', '.......', '.......', '.....1.')), false); // 2 and 2
    assert.equal(isScattered(drawn('111....', '.......', '.......', '.......', '.....1.')), true); // 2 and 3
  });

  it('if a part is far from the largest one, not if small ones are far from each other', () => {
    assert.equal(isScattered(drawn('1.111111.1')), false);
    assert.equal(isScattered(drawn('1.1111111........1.1')), true);
    assert.equal(isScattered(drawn('111..1..1')), true); // a chain: its last link is five pixels off
  });

  it('by boxes, not by pixels: what lies in the hook of another part is near', () => {
    assert.equal(isScattered(drawn('1111111111', '1.........', '1.........', '1......1..')), false);
  });

  it('and the middle of them all may lie in one of them', () => {
    const isInside = (mask: LabelImage): boolean | undefined =>
      measureCells(mask, new Set([1])).get(1)?.scattered?.isCenterInside;
    assert.equal(isInside(drawn('111111...........1', '111111............')), true);
    assert.equal(isInside(drawn('11......11', '11......11')), false);
    assert.equal(isInside(drawn('11..22..11', '11..22..11')), false); // another cell's pixel
  });

  it('whatever other labels lie between; those that are not wanted cost nothing', () => {
    const mask = drawn('1122222211', '1122222211', '3........3');
    assert.equal(isScattered(mask), true);
    const cells = measureCells(mask, new Set([1, 7]));
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
