import assert from 'node:assert/strict';
import { constants, inflateRawSync } from 'node:zlib';
import { Random } from '../../sample/random';
import { kernelWorld } from '../../src/core/kernels/kernels';
import { canonicalCodes } from '../../src/core/write/png/canonicalCodes';
import { type DeflateMemory, deflateMemory, deflateRuns } from '../../src/core/write/png/deflateRuns';
import { huffmanLengths } from '../../src/core/write/png/huffmanLengths';

const random = new Random(20261130, 'deflate');

function deflate(bytes: Uint8Array, isLast = true): Buffer {
  const [given, ...memory] = kernelWorld().layOut<[Uint8Array, ...DeflateMemory]>(
    [Uint8Array, bytes.length],
    ...deflateMemory(bytes.length),
  );
  given.set(bytes);
  return Buffer.from(deflateRuns(given, memory, isLast));
}

/** 1, 1, 2, 3, 5 …: of all counts these make Huffman's longest codes. */
function fibonacci(length: number): number[] {
  const numbers = [1, 1];
  while (numbers.length < length) numbers.push(numbers.at(-1)! + numbers.at(-2)!);
  return numbers;
}

describe('lengths of Huffman codes', () => {
  it('are those of the textbook', () => {
    // Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, figure 16.5.
    const counts = Uint32Array.of(45, 13, 12, 16, 9, 5);
    assert.deepEqual([...huffmanLengths(counts, 15)], [1, 3, 3, 3, 4, 4]);
  });

  it('are 0 for what does not occur, 1 for what is alone, and do not depend on how large counts are', () => {
    assert.deepEqual([...huffmanLengths(Uint32Array.of(0, 0, 0), 7)], [0, 0, 0]);
    assert.deepEqual([...huffmanLengths(Uint32Array.of(0, 9, 0), 7)], [0, 1, 0]);
    assert.deepEqual([...huffmanLengths(Uint32Array.of(3, 0, 2 ** 32 - 1), 7)], [1, 0, 1]);
    assert.deepEqual([...huffmanLengths(new Uint32Array(4).fill(2 ** 32 - 1), 7)], [2, 2, 2, 2]);
  });

  it('are as long as they must be, and no longer than the limit', () => {
    // Eight of them have codes of up to 7 bits. Nine would have two of 8: one goes up, one beside what has 6 without it.
    assert.deepEqual([...huffmanLengths(Uint32Array.from(fibonacci(8)), 7)], [7, 7, 6, 5, 4, 3, 2, 1]);
    assert.deepEqual([...huffmanLengths(Uint32Array.from(fibonacci(9)), 7)], [7, 7, 7, 7, 5, 4, 3, 2, 1]);
  });

  for (const [limit, symbols] of [
    [7, 19],
    [15, 46],
    [15, 286],
    [9, 286],
  ] as const) {
    it(`of ${symbols} symbols make a whole code of ${limit} bits, whatever their counts are`, () => {
      for (let i = 0; i < 300; i++) {
        const steep = random.between(1, 2.5);
        const counts = Uint32Array.from({ length: symbols }, (_, symbol) =>
          random.chance(0.1) ? 0 : Math.min(2 ** 32 - 1, steep ** (symbol % 46) * random.next() + 1),
        );
        const lengths = huffmanLengths(counts, limit);
        // Kraft's sum: no code is the beginning of another, and every text of bits is one of codes.
        assert.equal(
          lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 2 ** -length), 0),
          1,
        );
        assert.ok(Math.max(...lengths) <= limit);
        for (const [symbol, length] of lengths.entries()) assert.equal(length === 0, counts[symbol] === 0);
      }
    });
  }

  it('give the codes of RFC 1951, first bit lowest', () => {
    // Section 3.2.2: A to H are 010, 011, 100, 101, 110, 00, 1110, 1111.
    const codes = canonicalCodes(Uint8Array.of(3, 3, 3, 3, 3, 2, 4, 4));
    assert.deepEqual([...codes], [0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111]);
  });
});

describe('deflate by runs', () => {
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.uint32());
  const runs = (longest: number): Uint8Array => {
    const all: number[] = [];
    for (let length = 3; length <= longest; length++) all.push(...new Array<number>(length).fill(length & 255));
    return Uint8Array.from(all);
  };
  const cases: Record<string, Uint8Array> = {
    nothing: new Uint8Array(0),
    'one byte': Uint8Array.of(7),
    'one byte of 0': Uint8Array.of(0),
    zeros: new Uint8Array(2 ** 20 + 3),
    'runs of 3 to 600': runs(600),
    'no code within 15 bits': Uint8Array.from(
      fibonacci(23).flatMap((count, i) => Array.from({ length: count }, (_, k) => (k % 2 === 0 ? i : 100 + i))),
    ),
    'bits, several blocks of codes': Uint8Array.from({ length: 500_000 }, () => whole(2) * whole(200)),
    'one run between noise, from block to block': Uint8Array.from({ length: 300_000 }, (_, i) =>
      i > 100_000 && i < 200_000 ? 9 : whole(50),
    ),
  };
  function whole(below: number): number {
    return Math.floor(below * random.next());
  }
  for (const length of [2, 65534, 65535, 65536, 131071, 131072, 131073, 196608, 400_000]) {
    cases[`${length} bytes of noise`] = bytes(length);
  }

  for (const [name, content] of Object.entries(cases)) {
    it(`is what zlib undoes: ${name}`, () => {
      const piece = deflate(content);
      assert.ok(inflateRawSync(piece).equals(content));
      assert.ok(piece.length <= content.length + 50, `${piece.length} of ${content.length} bytes`);
    });
  }

  it('is small where bytes are alike', () => {
    // 4068 runs of 258 take two bits each.
    assert.ok(deflate(cases['zeros']).length < 1100);
  });

  it('is in pieces that end with whole bytes and know nothing of one another', () => {
    const parts = [new Uint8Array(1000), new Uint8Array(1000), Uint8Array.of(0, 0, 0, 5), bytes(100)];
    const pieces = parts.map((part, i) => deflate(part, i === parts.length - 1));
    assert.ok(inflateRawSync(Buffer.concat(pieces)).equals(Buffer.concat(parts)));
    for (const [i, piece] of pieces.entries()) {
      assert.ok(inflateRawSync(piece, { finishFlush: constants.Z_SYNC_FLUSH }).equals(parts[i]));
    }
    assert.throws(() => inflateRawSync(pieces[0]), { code: 'Z_BUF_ERROR' });
  });
});
