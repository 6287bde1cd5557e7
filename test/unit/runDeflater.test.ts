import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { Random } from '../../sample/random';
import { huffmanCode } from '../../src/core/write/huffmanCode';
import { mostDeflated, RunDeflater } from '../../src/core/write/runDeflater';

/** Blocks as one stream, with what lies around it in the output left as it was. */
function deflate(blocks: readonly Uint8Array[]): Uint8Array {
  const bytes = blocks.reduce((sum, { length }) => sum + length, 0);
  const start = 5;
  const output = new Uint8Array(start + mostDeflated(blocks.length, bytes) + 1).fill(0xaa);
  const deflater = new RunDeflater(output, start);
  for (const block of blocks) deflater.addBlock(block);
  const end = deflater.end();
  assert.ok(end < output.length, 'fits where it was said to fit');
  assert.deepEqual([...output.subarray(0, start)], [0xaa, 0xaa, 0xaa, 0xaa, 0xaa]);
  return output.slice(start, end);
}

const random = new Random(20261123, 'deflate');
const make = (length: number, value: (i: number) => number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => value(i));

/** So many of each byte that a perfect code would have lengths of up to 27 bits. */
function fibonacci(): Uint8Array {
  const counts = [1, 1];
  while (counts.length < 28) counts.push(counts.at(-1)! + counts.at(-2)!);
  const bytes = counts.flatMap((count, byte) => new Array<number>(count).fill(byte));
  // In an order without runs, so that each counts for itself.
  return Uint8Array.from(bytes.keys(), (i) => bytes[(i * 7919) % bytes.length]);
}

const blocks: Record<string, Uint8Array[]> = {
  'no bytes at all': [],
  'an empty block': [new Uint8Array(0)],
  'one byte': [Uint8Array.of(7)],
  'two equal bytes': [Uint8Array.of(7, 7)],
  'bytes without a pattern, which are stored': [make(200_000, () => random.uint32() & 255)],
  'more than one stored block may hold, after bits of another': [
    make(1000, () => random.uint32() & 3),
    make(140_000, () => random.uint32() & 255),
    make(1000, () => random.uint32() & 3),
  ],
  'few values': [make(100_000, () => Math.floor(random.next() ** 8 * 256))],
  'nothing but zeros': [new Uint8Array(300_000)],
  'all values, once each': [make(256, (i) => i)],
  'frequencies for which codes are cut to 15 bits': [fibonacci()],
  'the same with runs': [Uint8Array.from([...fibonacci(), ...new Uint8Array(200_000)])],
};
for (const length of [1, 2, 3, 4, 5, 10, 11, 12, 18, 19, 66, 67, 257, 258, 259, 260, 261, 262, 516, 517, 518, 519]) {
  blocks[`runs of ${length}`] = [make(length * 9, (i) => Math.floor(i / length) * 37)];
}
for (let i = 0; i < 40; i++) {
  const change = random.next() ** 3;
  let byte = 0;
  const count = 1 + Math.floor(random.next() * 3);
  blocks[`anything ${i}`] = Array.from({ length: count }, () =>
    make(Math.floor(random.next() * 20_000), () => (random.next() < change ? (byte = random.uint32() & 255) : byte)),
  );
}

describe('the deflater of runs writes what zlib reads', () => {
  for (const [name, list] of Object.entries(blocks)) {
    it(name, () => {
      assert.ok(Buffer.concat(list).equals(inflateSync(deflate(list))));
    });
  }

  it('and makes it small: runs next to nothing, noise no larger than it is', () => {
    assert.ok(deflate(blocks['nothing but zeros']).length < 400);
    assert.ok(deflate(blocks['bytes without a pattern, which are stored']).length < 200_000 + 40);
    const [few] = blocks['few values'];
    assert.ok(deflate([few]).length < 0.75 * few.length);
  });
});

describe('a Huffman code', () => {
  it('gives short codes to what is frequent, as in a textbook', () => {
    // Weights 45, 13, 12, 16, 9, 5: Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, 16.3.
    assert.deepEqual([...huffmanCode(Uint32Array.of(45, 13, 12, 16, 9, 5), 15).lengths], [1, 3, 3, 3, 4, 4]);
  });

  it('gives out codes as RFC 1951 does in its example (3.2.2), last bit first', () => {
    // Lengths 3, 3, 3, 3, 3, 2, 4, 4 have the codes 010, 011, 100, 101, 110, 00, 1110, 1111.
    const { lengths, codes } = huffmanCode(Uint32Array.of(10, 10, 10, 10, 10, 21, 5, 5), 15);
    assert.deepEqual([...lengths], [3, 3, 3, 3, 3, 2, 4, 4]);
    const written = [...codes].map((code, i) =>
      code.toString(2).padStart(lengths[i], '0').split('').reverse().join(''),
    );
    assert.deepEqual(written, ['010', '011', '100', '101', '110', '00', '1110', '1111']);
  });

  it('is complete within its greatest length, whatever the weights', () => {
    for (const maxLength of [3, 7, 15]) {
      const weights = Uint32Array.from({ length: Math.min(40, 2 ** maxLength) }, (_, i) => 2 ** Math.min(i, 31));
      const { lengths } = huffmanCode(weights, maxLength);
      assert.ok(Math.max(...lengths) <= maxLength);
      assert.equal(
        lengths.reduce((sum, length) => sum + 2 ** -length, 0),
        1,
      );
    }
  });

  it('has two codes where one symbol or none occurs', () => {
    assert.deepEqual([...huffmanCode(Uint32Array.of(0, 0, 9), 15).lengths], [1, 0, 1]);
    assert.deepEqual([...huffmanCode(new Uint32Array(3), 15).lengths], [1, 1, 0]);
  });
});
