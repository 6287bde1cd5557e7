import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../sample/random';
import type { Region } from '../../src/core/model/image';
import { ImageParts } from '../../src/core/read/imageParts';
import { readPlane } from '../../src/core/read/openImage';
import { encodeTiff } from '../support/encodeWhole';
import { plane, writePlane } from '../support/dataset';
import { temporaryFolder } from '../support/temporaryFolder';

const random = new Random(20261130, 'parts');
const whole = (below: number): number => Math.floor(below * random.next());
const valueAt = (x: number, y: number): number => (x * 7 + y * 131) % 65_521;

/** Large enough that it is written in tiles. */
const tiled = { widthPx: 2100, heightPx: 1300 };
const strips = { widthPx: 900, heightPx: 1400 };

async function tiledFile(): Promise<string> {
  const { widthPx, heightPx } = tiled;
  const samples = Uint16Array.from({ length: widthPx * heightPx }, (_, i) =>
    valueAt(i % widthPx, Math.floor(i / widthPx)),
  );
  const file = path.join(temporaryFolder(), 'tiled.tif');
  const images = [{ widthPx, heightPx, samplesPerPixel: 1, sampleType: 'uint16', samples } as const];
  writeFileSync(file, await encodeTiff(images));
  return file;
}

function stripFile(): string {
  const file = path.join(temporaryFolder(), 'strips.tif');
  writePlane(file, plane(strips.widthPx, strips.heightPx, valueAt), {});
  return file;
}

function someRegion({ widthPx, heightPx }: typeof tiled, sidePx: number): Region {
  return { x: whole(widthPx - sidePx), y: whole(heightPx - sidePx), widthPx: sidePx, heightPx: sidePx };
}

async function assertRead(parts: ImageParts, file: string, region: Region): Promise<void> {
  parts.begin();
  const [{ samples, ...size }] = await parts.read([{ file }], region);
  assert.deepEqual(size, { widthPx: region.widthPx, heightPx: region.heightPx });
  for (const [i, value] of samples.entries()) {
    const [x, y] = [region.x + (i % region.widthPx), region.y + Math.floor(i / region.widthPx)];
    assert.equal(value, valueAt(x, y), `at ${x}, ${y}`);
  }
}

describe('parts of images', () => {
  for (const [name, make, size] of [
    ['tiles', tiledFile, tiled],
    ['strips', stripFile, strips],
  ] as const) {
    it(`of ${name}: any region has its own pixels, whatever is kept`, async () => {
      const file = await make();
      for (const keptBytes of [undefined, 0]) {
        const parts = new ImageParts(keptBytes);
        for (const sidePx of [1, 40, 300]) {
          for (let i = 0; i < 10; i++) await assertRead(parts, file, someRegion(size, sidePx));
        }
        await assertRead(parts, file, { x: size.widthPx - 9, y: size.heightPx - 9, widthPx: 9, heightPx: 9 });
        await parts.leave();
      }
    });

    it(`of ${name}: what is kept is decoded once, and nothing beside it`, async () => {
      const file = await make();
      const parts = new ImageParts();
      await assertRead(parts, file, { x: 3, y: 3, widthPx: 50, heightPx: 50 });
      assert.ok(parts.decodedPx < (size.widthPx * size.heightPx) / 3, `${parts.decodedPx} pixels for 2500`);
      for (let i = 0; i < 300; i++) await assertRead(parts, file, someRegion(size, 20));
      assert.ok(parts.decodedPx <= size.widthPx * size.heightPx, `${parts.decodedPx} pixels`);
      // All of the image is a part like any other; crops come from it then.
      const [all] = await parts.read([{ file }]);
      assert.deepEqual(all, await readPlane({ file }));
      const before = parts.decodedPx;
      await assertRead(parts, file, { x: 100, y: 200, widthPx: 30, heightPx: 30 });
      assert.equal(parts.decodedPx, before);
      await parts.leave();
    });
  }

  it('that windows have passed on their way down make room first: what was read below them is still there', async () => {
    const file = stripFile();
    const { widthPx, heightPx } = strips;
    const pieceRows = Math.ceil(2 ** 18 / widthPx);
    const parts = new ImageParts(3 * pieceRows * widthPx * 2);
    const last = { x: 20, y: heightPx - 30, widthPx: 9, heightPx: 9 };
    await assertRead(parts, file, last);
    for (let y = 0; y < heightPx; y += 100) await assertRead(parts, file, { x: 0, y, widthPx, heightPx: 100 });
    await assertRead(parts, file, last);
    assert.equal(parts.decodedPx, widthPx * heightPx, 'each row once');
    await parts.leave();
  });

  it('that an earlier item had are kept where the next needs them beside others of the file', async () => {
    const file = path.join(temporaryFolder(), 'pages.tif');
    const pages = [0, 1000].map((offset) => ({
      ...({ widthPx: 40, heightPx: 30, samplesPerPixel: 1, sampleType: 'uint16' } as const),
      samples: Uint16Array.from({ length: 1200 }, (_, i) => i + offset),
    }));
    writeFileSync(file, await encodeTiff(pages));
    const [first, second] = [0, 1].map((page) => ({ file, plane: { page, sample: 0 } }));
    const parts = new ImageParts(0);
    const region = { x: 2, y: 1, widthPx: 3, heightPx: 1 };
    await parts.read([first], region);
    parts.begin();
    const both = await parts.read([first, second], region);
    assert.deepEqual(
      both.map(({ samples }) => [...samples]),
      [
        [42, 43, 44],
        [1042, 1043, 1044],
      ],
    );
    await parts.leave();
  });

  it('that do not fit are let go of, but none of the item in hand', async () => {
    const file = await tiledFile();
    const parts = new ImageParts(0);
    const [left, right] = [0, 1500].map((x) => ({ x, y: 0, widthPx: 64, heightPx: 64 }));
    parts.begin();
    await parts.read([{ file }], left);
    await parts.read([{ file }], right);
    const once = parts.decodedPx;
    await parts.read([{ file }], left);
    assert.equal(parts.decodedPx, once, 'both are of this item');
    parts.begin();
    await parts.read([{ file }], { ...right, y: 1000 });
    await parts.read([{ file }], left);
    assert.ok(parts.decodedPx > once, 'those of the last item had gone');
    await parts.leave();
  });
});
