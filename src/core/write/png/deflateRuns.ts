import { kernelWorld } from '../../kernels/kernels';
import { spareBytes, spareTokens, type WantedOf } from '../../kernels/kernelWorld';
import { BitWriter } from './bitWriter';
import { blockHeader } from './blockHeader';
import { canonicalCodes } from './canonicalCodes';
import { huffmanLengths } from './huffmanLengths';
import { bytesOfToken, endOfBlock, symbolKinds, tokenKinds, tokenSymbols } from './tokenSymbols';

/** About so many tokens share their codes: fewer fit them better, but cost the time and the place to find and say codes. */
const blockTokens = 2 ** 17;

const maxCodeBits = 15;

const maxStoredBytes = 65535;
/** Of each stored block: its kind, to the next whole byte, and its length twice. */
const storedFrameBytes = 6;

/** In the kernels' memory. */
export type DeflateMemory = [tokens: Uint16Array, counts: Uint32Array, codes: Uint32Array, out: Uint8Array];

/** The memory that `deflateRuns` needs for so many bytes. */
export function deflateMemory(bytes: number): WantedOf<DeflateMemory> {
  // No block takes more than it does stored.
  const frames = Math.ceil(bytes / maxStoredBytes) + Math.ceil(bytes / blockTokens) + 1;
  return [
    [Uint16Array, bytes + spareTokens],
    [Uint32Array, tokenKinds],
    [Uint32Array, tokenKinds],
    [Uint8Array, bytes + frames * storedFrameBytes + spareBytes],
  ];
}

/**
 * Compresses bytes to deflate's format (RFC 1951) by runs of equal bytes and Huffman codes, without a search for other
 * repetitions. The result refers to nothing before it and ends with an empty stored block, so with a whole byte: pieces
 * one after the other are what they stand for, one after the other.
 * @param bytes in the kernels' memory
 * @param isLast nothing comes after it
 * @returns memory that the next call uses again
 */
export function deflateRuns(bytes: Uint8Array, memory: DeflateMemory, isLast: boolean): Uint8Array {
  const [tokens, counts, , out] = memory;
  const kernels = kernelWorld();
  const writer = new BitWriter(out);
  const length = kernels.findRuns(bytes, tokens);
  const perBlock = Math.ceil(length / Math.max(1, Math.round(length / blockTokens)));
  for (let i = 0, at = 0; i < length; i += perBlock) {
    const block = tokens.subarray(i, Math.min(i + perBlock, length));
    kernels.countTokens(block, counts);
    const end = at + bytesOf(counts);
    writeBlock(writer, bytes.subarray(at, end), block, memory);
    at = end;
  }
  store(writer, new Uint8Array(0), isLast);
  return writer.written;
}

function bytesOf(counts: Uint32Array): number {
  let bytes = 0;
  for (let token = 0; token < tokenKinds; token++) bytes += counts[token] * bytesOfToken(token);
  return bytes;
}

function writeBlock(writer: BitWriter, bytes: Uint8Array, tokens: Uint16Array, memory: DeflateMemory): void {
  const [, counts, codes] = memory;
  const lengths = huffmanLengths(countSymbols(counts), maxCodeBits);
  const header = blockHeader(lengths);
  const symbolCodes = canonicalCodes(lengths);
  let bits = header.bits + lengths[endOfBlock];
  for (let token = 0; token < tokenKinds; token++) {
    const symbol = tokenSymbols.symbol[token];
    const extraBits = tokenSymbols.extraBits[token];
    const code = symbolCodes[symbol] | (tokenSymbols.extra[token] << lengths[symbol]);
    // The one distance takes a bit that is 0.
    const length = lengths[symbol] + extraBits + (token < 256 ? 0 : 1);
    codes[token] = (code << 8) | length;
    bits += counts[token] * length;
  }
  if (bits >= 8 * bytes.length) {
    for (let i = 0; i < bytes.length; i += maxStoredBytes) {
      store(writer, bytes.subarray(i, i + maxStoredBytes), false);
    }
    return;
  }
  header.write(writer);
  writer.hand((out, firstBit) => kernelWorld().packTokens(tokens, codes, out, firstBit));
  writer.put(symbolCodes[endOfBlock], lengths[endOfBlock]);
}

function countSymbols(counts: Uint32Array): Uint32Array {
  const symbols = new Uint32Array(symbolKinds);
  symbols[endOfBlock] = 1;
  for (let token = 0; token < tokenKinds; token++) symbols[tokenSymbols.symbol[token]] += counts[token];
  return symbols;
}

/** A block of bytes as they are (RFC 1951, 3.2.4). */
function store(writer: BitWriter, bytes: Uint8Array, isLast: boolean): void {
  writer.put(isLast ? 1 : 0, 3);
  writer.align();
  writer.put(bytes.length, 16);
  writer.put(bytes.length ^ 0xffff, 16);
  writer.append(bytes);
}
