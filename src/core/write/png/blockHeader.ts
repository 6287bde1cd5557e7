import type { BitWriter } from './bitWriter';
import { canonicalCodes } from './canonicalCodes';
import { huffmanLengths } from './huffmanLengths';

/** How lengths of codes are said (RFC 1951, 3.2.7): by themselves, or by how often the last one, or 0, comes. */
interface Repetition {
  readonly symbol: number;
  readonly least: number;
  readonly most: number;
}
const lastAgain: Repetition = { symbol: 16, least: 3, most: 6 };
const fewZeros: Repetition = { symbol: 17, least: 3, most: 10 };
const manyZeros: Repetition = { symbol: 18, least: 11, most: 138 };

const symbols = 19;
/** Of the number that comes after a symbol. */
const extraBits = new Uint8Array(symbols);
extraBits.set([2, 3, 7], lastAgain.symbol);

const maxCodeBits = 7;
/** The order in which the lengths of these codes themselves are written; those of 0 at the end are left out. */
const order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** What a block with codes of its own begins with. */
export interface BlockHeader {
  readonly bits: number;
  write(to: BitWriter): void;
}

/**
 * The header of a block whose matches all have distance 1, of which the code is one bit.
 * @param lengths of the codes of bytes, of the end of the block and of matches' lengths
 */
export function blockHeader(lengths: Uint8Array): BlockHeader {
  let used = lengths.length;
  while (lengths[used - 1] === 0) used--;
  const all = new Uint8Array(used + 1);
  all.set(lengths.subarray(0, used));
  all[used] = 1;
  const said = sayLengths(all);
  const counts = new Uint32Array(symbols);
  for (const { symbol } of said) counts[symbol]++;
  const codeLengths = huffmanLengths(counts, maxCodeBits);
  let ordered = order.length;
  while (codeLengths[order[ordered - 1]] === 0) ordered--;
  let bits = 17 + 3 * ordered;
  for (let symbol = 0; symbol < symbols; symbol++) bits += counts[symbol] * (codeLengths[symbol] + extraBits[symbol]);
  return {
    bits,
    write: (to) => {
      to.put(0b100, 3); // Not the last block, and with codes of its own.
      to.put(used - 257, 5);
      to.put(0, 5); // One distance.
      to.put(ordered - 4, 4);
      for (let i = 0; i < ordered; i++) to.put(codeLengths[order[i]], 3);
      const codes = canonicalCodes(codeLengths);
      for (const { symbol, extra } of said) {
        to.put(codes[symbol] | (extra << codeLengths[symbol]), codeLengths[symbol] + extraBits[symbol]);
      }
    },
  };
}

interface Said {
  readonly symbol: number;
  readonly extra: number;
}

function sayLengths(lengths: Uint8Array): Said[] {
  const said: Said[] = [];
  for (let i = 0; i < lengths.length;) {
    const length = lengths[i];
    let same = 1;
    while (lengths[i + same] === length) same++;
    const repetition = repetitionOf(length, same, i > 0 && lengths[i - 1] === length);
    const count = repetition ? Math.min(same, repetition.most) : 1;
    said.push(
      repetition ? { symbol: repetition.symbol, extra: count - repetition.least } : { symbol: length, extra: 0 },
    );
    i += count;
  }
  return said;
}

function repetitionOf(length: number, same: number, isLast: boolean): Repetition | undefined {
  if (same < 3) return undefined;
  if (length === 0) return same < manyZeros.least ? fewZeros : manyZeros;
  return isLast ? lastAgain : undefined;
}
