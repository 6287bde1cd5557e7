import { type HuffmanCode, huffmanCode } from './huffmanCode';

/** Symbols of RFC 1951, 3.2.5: bytes, the end of a block, lengths of repetitions. */
const endOfBlock = 256;
const symbolCount = 286;
const shortestRun = 3;
const longestRun = 258;

/** Of each length from 3: its symbol, the bits that follow it, and how many those are. */
const runSymbols = new Uint16Array(longestRun + 1);
const runExtras = new Uint8Array(longestRun + 1);
const runExtraBits = new Uint8Array(longestRun + 1);
for (let symbol = 257, length = shortestRun; symbol < 285; symbol++) {
  const bits = symbol < 265 ? 0 : (symbol - 261) >> 2;
  for (let extra = 0; extra < 2 ** bits; extra++, length++) {
    runSymbols[length] = symbol;
    runExtras[length] = extra;
    runExtraBits[length] = bits;
  }
}
runSymbols[longestRun] = 285;
runExtras[longestRun] = runExtraBits[longestRun] = 0;

/** The order in which the lengths of the code of code lengths are written. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const maxStored = 65_535;
/** A stored block's own bytes, and a few for the header and the end of the stream, which is written a word at a time. */
const blockOverhead = 16;

/** What a token above this is: a run of so many bytes more than this. */
const runToken = 256;
/** So that the bits of a run, with up to 7 that wait, fit a word. */
const maxCodeBits = 15;
const codeLengthBits = 5;
const codeLengthMask = 2 ** codeLengthBits - 1;
let tokens = new Uint16Array(0);

/**
 * Compresses to zlib's format (RFC 1950, 1951) with runs of equal bytes and Huffman codes alone, a block at a time. For
 * pictures that is nearly as small as a search for repetitions, and takes a third of zlib's time for the same.
 */
export class RunDeflater {
  private readonly output: DataView;
  private at: number;
  private bits = 0;
  private bitCount = 0;
  private readonly sum = { low: 1, high: 0 };

  /**
   * @param bytes where the stream goes; see `mostDeflated`
   * @param start where it begins there
   */
  constructor(
    private readonly bytes: Uint8Array,
    start: number,
  ) {
    this.output = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.output.setUint16(start, 0x7801); // Deflate, with a window of 32 KiB.
    this.at = start + 2;
  }

  /** Adds a block; of 100 KB and more the codes' own description does not count. */
  addBlock(bytes: Uint8Array): void {
    addToChecksum(this.sum, bytes);
    const counts = new Uint32Array(symbolCount);
    const inRuns = countBytes(bytes, counts);
    // In noise looking for runs takes longer than all the rest, and finds none that are long.
    const runs = inRuns * 8 > bytes.length ? findRuns(bytes, counts) : undefined;
    counts[endOfBlock] = 1;
    const code = huffmanCode(counts, maxCodeBits);
    const description = describeLengths(code.lengths);
    let bits = description.bits;
    for (let symbol = 0; symbol < symbolCount; symbol++) bits += counts[symbol] * code.lengths[symbol];
    // What else runs take is left out: it is less than the bytes that they stand for.
    if (bits > 8 * bytes.length) {
      this.store(bytes);
      return;
    }
    this.put(0b100, 3); // Not the last one; codes of its own.
    for (const [value, length] of description.parts) this.put(value, length);
    if (runs) this.putTokens(runs, tokenCodes(code));
    else this.putBytes(bytes, tokenCodes(code));
    this.put(code.codes[endOfBlock], code.lengths[endOfBlock]);
  }

  /** Ends the stream. @returns where it ends in the output */
  end(): number {
    this.put(0b011, 3); // The last block, of the codes that need no description: empty.
    this.put(0, 7);
    this.flushBits();
    const { low, high } = this.sum;
    for (const byte of [high >>> 8, high, low >>> 8, low]) this.bytes[this.at++] = byte;
    return this.at;
  }

  /** Bytes that do not become fewer, as they are. */
  private store(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; from += maxStored) {
      const part = bytes.subarray(from, from + maxStored);
      this.put(0b000, 3);
      this.flushBits();
      for (const value of [part.length, ~part.length]) {
        this.bytes[this.at++] = value;
        this.bytes[this.at++] = value >>> 8;
      }
      this.bytes.set(part, this.at);
      this.at += part.length;
    }
  }

  /** At most 16 bits. */
  private put(value: number, length: number): void {
    this.bits |= value << this.bitCount;
    this.bitCount += length;
    for (; this.bitCount >= 8; this.bitCount -= 8, this.bits >>>= 8) this.bytes[this.at++] = this.bits;
  }

  private flushBits(): void {
    if (this.bitCount > 0) this.bytes[this.at++] = this.bits;
    this.bits = this.bitCount = 0;
  }

  private putTokens(list: Uint16Array, codes: Uint32Array): void {
    const { output } = this;
    let { at, bits, bitCount } = this;
    for (let i = 0; i < list.length; i++) {
      const code = codes[list[i]];
      bits |= (code >>> codeLengthBits) << bitCount;
      bitCount += code & codeLengthMask;
      output.setUint32(at, bits, true);
      at += bitCount >>> 3;
      bits >>>= bitCount & 24;
      bitCount &= 7;
    }
    Object.assign(this, { at, bits, bitCount });
  }

  /** The same for bytes alone: a loop for each type is faster than one for both. */
  private putBytes(list: Uint8Array, codes: Uint32Array): void {
    const { output } = this;
    let { at, bits, bitCount } = this;
    for (let i = 0; i < list.length; i++) {
      const code = codes[list[i]];
      bits |= (code >>> codeLengthBits) << bitCount;
      bitCount += code & codeLengthMask;
      output.setUint32(at, bits, true);
      at += bitCount >>> 3;
      bits >>>= bitCount & 24;
      bitCount &= 7;
    }
    Object.assign(this, { at, bits, bitCount });
  }
}

/** Of each token the bits that stand for it, above their number. */
function tokenCodes({ codes, lengths }: HuffmanCode): Uint32Array {
  const table = new Uint32Array(runToken + longestRun + 1);
  for (let byte = 0; byte < runToken; byte++) table[byte] = (codes[byte] << codeLengthBits) | lengths[byte];
  for (let run = shortestRun; run <= longestRun; run++) {
    const symbol = runSymbols[run];
    const bits = codes[symbol] | (runExtras[run] << lengths[symbol]);
    // The one distance there is, 1, has a code of one bit: 0.
    table[runToken + run] = (bits << codeLengthBits) | (lengths[symbol] + runExtraBits[run] + 1);
  }
  return table;
}

/** The most bytes that a stream of blocks of so many bytes takes. */
export function mostDeflated(blocks: number, bytes: number): number {
  return bytes + (blocks + Math.ceil(bytes / maxStored) + 1) * blockOverhead;
}

/**
 * How often each byte occurs.
 * @returns how many are equal to the two before
 */
function countBytes(bytes: Uint8Array, counts: Uint32Array): number {
  let inRuns = 0;
  let last = -1;
  let repeated = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    counts[byte]++;
    if (byte === last) {
      if (repeated) inRuns++;
      repeated = true;
    } else repeated = false;
    last = byte;
  }
  return inRuns;
}

/** The bytes as tokens: a byte, or a run of the byte before. Counts the symbols anew. */
function findRuns(bytes: Uint8Array, counts: Uint32Array): Uint16Array {
  counts.fill(0);
  const { length } = bytes;
  if (tokens.length < length) tokens = new Uint16Array(length);
  const list = tokens;
  let count = 0;
  let last = -1;
  for (let i = 0; i < length;) {
    const byte = bytes[i];
    if (byte === last) {
      const most = Math.min(length, i + longestRun);
      let end = i + 1;
      while (end < most && bytes[end] === byte) end++;
      if (end - i >= shortestRun) {
        list[count++] = runToken + end - i;
        counts[runSymbols[end - i]]++;
        i = end;
        continue;
      }
    }
    list[count++] = byte;
    counts[byte]++;
    last = byte;
    i++;
  }
  return list.subarray(0, count);
}

/** The description of a block's codes (RFC 1951, 3.2.7), without the short forms for repeated lengths but that for zeros. */
function describeLengths(lengths: Uint8Array): {
  readonly bits: number;
  readonly parts: (readonly [number, number])[];
} {
  // Of distances there is one, of length 1.
  const all = [...lengths, 1];
  const symbols: { readonly symbol: number; readonly extra: number; readonly bits: number }[] = [];
  for (let i = 0; i < all.length;) {
    let zeros = 0;
    while (zeros < 138 && i + zeros < all.length && all[i + zeros] === 0) zeros++;
    if (zeros < 3) symbols.push({ symbol: all[i++], extra: 0, bits: 0 });
    else {
      symbols.push(zeros < 11 ? { symbol: 17, extra: zeros - 3, bits: 3 } : { symbol: 18, extra: zeros - 11, bits: 7 });
      i += zeros;
    }
  }
  const counts = new Uint32Array(19);
  for (const { symbol } of symbols) counts[symbol]++;
  const code = huffmanCode(counts, 7);
  const written = lengthOrder.findLastIndex((symbol) => code.lengths[symbol] > 0) + 1;
  const parts: (readonly [number, number])[] = [
    [lengths.length - 257, 5],
    [0, 5],
    [written - 4, 4],
    ...lengthOrder.slice(0, written).map((symbol) => [code.lengths[symbol], 3] as const),
  ];
  for (const { symbol, extra, bits } of symbols) parts.push([code.codes[symbol], code.lengths[symbol]], [extra, bits]);
  return { bits: parts.reduce((sum, [, length]) => sum + length, 0), parts };
}

/** Adler-32; so many bytes at a time that the sums stay below 2³². */
function addToChecksum(sum: { low: number; high: number }, bytes: Uint8Array): void {
  let { low, high } = sum;
  for (let from = 0; from < bytes.length; from += 5552) {
    const end = Math.min(bytes.length, from + 5552);
    for (let i = from; i < end; i++) {
      low += bytes[i];
      high += low;
    }
    low %= 65_521;
    high %= 65_521;
  }
  sum.low = low;
  sum.high = high;
}
