import { readFileSync } from 'node:fs';
import { findInstalled } from '../installed/findInstalled';
import { type KernelWorld, layOutIn, spanElements } from './kernelWorld';
import { instantiate, type WasmMemory } from './webAssembly';

type UndoDifferences = (bytes: number, rows: number, rowSamples: number, stride: number) => void;

/** What the compiler makes of `kernels/index.ts`: arrays are places in memory. */
interface Exports {
  readonly memory: WasmMemory;
  heapBase(): number;
  addShares(
    ...[
      sampleBytes,
      samples,
      count,
      low,
      scale,
      redWeight,
      greenWeight,
      blueWeight,
      red,
      green,
      blue,
    ]: readonly number[]
  ): void;
  toBytes(red: number, green: number, blue: number, count: number, rgb: number): void;
  addToBlocks(...[sampleBytes, samples, count, blockPx, before, sums, counts]: readonly number[]): void;
  markOutlines(...[labels, count, widthPx, linePx, hasGap, gap, marked]: readonly number[]): void;
  findSpans(labels: number, count: number, marked: number, spans: number): number;
  blendSpans(...[spans, count, alpha, red, green, blue]: readonly number[]): void;
  decodeLzw(block: number, blockBytes: number, output: number, length: number): number;
  readonly undoDifferences_1: UndoDifferences;
  readonly undoDifferences_2: UndoDifferences;
  readonly undoDifferences_4: UndoDifferences;
  readonly undoDifferences_8: UndoDifferences;
  undoFloatPredictor(...[bytes, rows, rowSamples, sampleBytes, stride, row]: readonly number[]): void;
  filterRows(rgb: number, bytes: number, widthPx: number, filter: number, rows: number): void;
  findRuns(bytes: number, length: number, tokens: number): number;
  countTokens(tokens: number, count: number, counts: number): void;
  packTokens(tokens: number, count: number, codes: number, out: number, firstBit: number): number;
  adler32(bytes: number, length: number, before: number): number;
}

const pageBytes = 2 ** 16;

/** The kernels that are compiled from `kernels/` to WebAssembly, in a memory of their own. */
export function compiledKernels(): KernelWorld {
  const exports = instantiate(readFileSync(findInstalled('dist/kernels.wasm')));
  const { memory, ...compiled } = exports as Exports;
  const memoryOf = (bytes: number): ArrayBuffer => {
    const missing = bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    return memory.buffer;
  };
  return {
    layOut: layOutIn(compiled.heapBase(), memoryOf),
    addShares(samples, { low, scale, weights }, { red, green, blue }) {
      const { BYTES_PER_ELEMENT, byteOffset, length } = samples;
      const places = [red.byteOffset, green.byteOffset, blue.byteOffset];
      compiled.addShares(BYTES_PER_ELEMENT, byteOffset, length, low, scale, ...weights, ...places);
    },
    toBytes({ red, green, blue }, rgb) {
      compiled.toBytes(red.byteOffset, green.byteOffset, blue.byteOffset, red.length, rgb.byteOffset);
    },
    addToBlocks({ BYTES_PER_ELEMENT, byteOffset, length }, { blockPx, beforePx }, { sums, counts }) {
      const places = [sums.byteOffset, counts.byteOffset];
      compiled.addToBlocks(BYTES_PER_ELEMENT, byteOffset, length, blockPx, beforePx, ...places);
    },
    markOutlines(labels, { widthPx, linePx, gap }, marked) {
      const [hasGap, gapLabel] = gap === undefined ? [0, 0] : [1, gap];
      compiled.markOutlines(
        ...[labels.byteOffset, labels.length, widthPx, linePx, hasGap, gapLabel, marked.byteOffset],
      );
    },
    findSpans(labels, marked, spans) {
      return compiled.findSpans(labels.byteOffset, labels.length, marked?.byteOffset ?? 0, spans.byteOffset);
    },
    blendSpans(spans, alpha, { red, green, blue }) {
      const places = [red.byteOffset, green.byteOffset, blue.byteOffset];
      compiled.blendSpans(spans.byteOffset, spans.length / spanElements, alpha, ...places);
    },
    decodeLzw: (block, output) => compiled.decodeLzw(block.byteOffset, block.length, output.byteOffset, output.length),
    undoDifferences(bytes, { sampleBytes, rowSamples, stride }) {
      const rows = bytes.length / (sampleBytes * rowSamples);
      compiled[`undoDifferences_${sampleBytes}`](bytes.byteOffset, rows, rowSamples, stride);
    },
    undoFloatPredictor(bytes, { sampleBytes, rowSamples, stride }, row) {
      const rows = bytes.length / row.length;
      compiled.undoFloatPredictor(bytes.byteOffset, rows, rowSamples, sampleBytes, stride, row.byteOffset);
    },
    filterRows(rgb, widthPx, filter, rows) {
      compiled.filterRows(rgb.byteOffset, rgb.length, widthPx, filter, rows.byteOffset);
    },
    findRuns(bytes, tokens) {
      return compiled.findRuns(bytes.byteOffset, bytes.length, tokens.byteOffset);
    },
    countTokens(tokens, counts) {
      compiled.countTokens(tokens.byteOffset, tokens.length, counts.byteOffset);
    },
    packTokens(tokens, codes, out, firstBit) {
      return compiled.packTokens(tokens.byteOffset, tokens.length, codes.byteOffset, out.byteOffset, firstBit);
    },
    adler32(bytes, before) {
      return compiled.adler32(bytes.byteOffset, bytes.length, before) >>> 0;
    },
  };
}
