import assert from 'node:assert/strict';
import path from 'node:path';
import type { Region } from '../../src/core/model/image';
import { withinMemory } from '../../src/core/read/memoryLimit';
import { scanLabels, scanOfMask } from '../../src/core/read/scanLabels';
import { plane, writePlane } from '../support/dataset';
import { temporaryFolder } from '../support/temporaryFolder';

/** 29 MB of labels, whose rows are alike four by four. */
const [widthPx, heightPx, rowsPerStrip] = [3000, 2400, 300];
const labelAt = (y: number): number => 1 + (y >> 2);

function tallMask(bits: 16 | 32 = 32): string {
  const data = new (bits === 16 ? Uint16Array : Uint32Array)(widthPx * heightPx);
  for (let y = 0; y < heightPx; y++) data.fill(labelAt(y), y * widthPx, (y + 1) * widthPx);
  const file = path.join(temporaryFolder(), 'm.tiff');
  writePlane(file, { widthPx, heightPx, data }, { compression: 'deflate', rowsPerStrip });
  return file;
}

interface Seen {
  readonly rows: readonly [number, number];
  /** Whether all rows have their own labels. */
  readonly isRight: boolean;
  readonly memory: ArrayBufferLike;
}

async function seenIn(file: string, region?: Region): Promise<Seen[]> {
  const seen: Seen[] = [];
  const choose = region && { choose: () => [region] };
  await scanLabels(
    { file },
    ({ y, labels, ...window }) => {
      const isRight = labels.every((label, i) => label === labelAt(y + Math.floor(i / window.widthPx)));
      const isSized = labels.length === window.widthPx * window.heightPx;
      seen.push({ rows: [y, y + window.heightPx], isRight: isRight && isSized, memory: labels.buffer });
    },
    choose,
  );
  return seen;
}

describe('a mask is gone through in bands', () => {
  // 16 MiB hold 1398 rows of labels, which are four whole strips.
  for (const bits of [32, 16] as const) {
    it(`of whole strips, each decoded once, in one band's memory: ${bits} bits`, async () => {
      const file = tallMask(bits);
      const all = await seenIn(file);
      assert.deepEqual(
        all.map(({ rows, isRight }) => [...rows, isRight]),
        [
          [0, 1200, true],
          [1200, 2400, true],
        ],
      );
      assert.equal(all[0].memory, all[1].memory);
      const part = await seenIn(file, { x: 10, y: 1100, widthPx: 900, heightPx: 880 });
      assert.deepEqual(
        part.map(({ rows, isRight }) => [...rows, isRight]),
        [[1100, 1980, true]],
      );
      const narrow = await seenIn(file, { x: 0, y: 1100, widthPx, heightPx: 200 });
      assert.deepEqual(
        narrow.map(({ rows, isRight }) => [...rows, isRight]),
        [
          [1100, 1200, true],
          [1200, 1300, true],
        ],
      );
    });
  }

  it('within the memory of a band, and no less', async () => {
    const file = tallMask();
    const bandBytes = 4 * widthPx * 1200;
    const scan = (): Promise<void> => scanLabels({ file }, () => undefined);
    await withinMemory(bandBytes, scan);
    await assert.rejects(withinMemory(bandBytes - 1, scan), { code: 'TooLarge' });
  });

  it('and a small one is decoded once for all passes', async () => {
    const file = path.join(temporaryFolder(), 'm.tiff');
    writePlane(
      file,
      plane(40, 30, (x) => x),
      { rowsPerStrip: 4 },
    );
    const scan = scanOfMask({ file });
    const found: [Uint32Array, number][] = [];
    for (let pass = 0; pass < 2; pass++) await scan(({ labels, typeLimit }) => found.push([labels, typeLimit!]));
    assert.equal(found.length, 2);
    assert.equal(found[0][0], found[1][0]);
    assert.deepEqual([found[0][0].length, found[0][0][39], found[0][1]], [1200, 39, 65_535]);
  });

  it('until it is cancelled', async () => {
    const cancel = new AbortController();
    const rows: number[] = [];
    const scan = scanOfMask({ file: tallMask() }, cancel.signal);
    const stopped = scan(({ y }) => {
      rows.push(y);
      cancel.abort();
    });
    await assert.rejects(stopped, { name: 'AbortError' });
    assert.deepEqual(rows, [0]);
  });
});
