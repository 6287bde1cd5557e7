/** Samples of the types that kernels take as they are; others are handed over as float64. */
export type KernelSamples = Uint8Array | Uint16Array | Float32Array | Float64Array;

/** sRGB fractions of some pixels, each colour by itself. */
export interface ColorRows {
  readonly red: Float64Array;
  readonly green: Float64Array;
  readonly blue: Float64Array;
}

/** What a sample `v` adds to colours: `clip((v − low) · scale, 0, 1)` times their weights; NaN adds nothing. */
export interface Shares {
  readonly low: number;
  readonly scale: number;
  /** Of red, green and blue, 0 to 1. */
  readonly weights: readonly [number, number, number];
}

/** How the samples of whole rows lie one after the other. */
export interface SampleRows {
  readonly sampleBytes: 1 | 2 | 4 | 8;
  readonly rowSamples: number;
  /** From a sample to the next one of its kind: samples per pixel. */
  readonly stride: number;
}

/** How a row of pixels lies in blocks. */
export interface BlockRow {
  readonly blockPx: number;
  /** Pixels of the first block that are before the row's first one, fewer than a block has. */
  readonly beforePx: number;
}

/** Of blocks side by side, the sums of their finite samples, and how many these are. */
export interface BlockSums {
  readonly sums: Float64Array;
  readonly counts: Uint32Array;
}

/** How outlines run over whole rows of labels. */
export interface OutlineRows {
  readonly widthPx: number;
  /** How thick they are, from 1. */
  readonly linePx: number;
  /** The label of pixels that are not there, if there are any: no cell, and no border of one. */
  readonly gap?: number;
}

/** Loops over pixels. They work on arrays that `layOut` of their own world has handed out. */
export interface Kernels {
  /** Adds every sample to the colours of its pixel. */
  addShares(samples: KernelSamples, shares: Shares, colors: ColorRows): void;
  /** Rounds colours to 8 bits, three bytes to a pixel: `⌊255 · min(v, 1) + 0.5⌋`. */
  toBytes(colors: ColorRows, rgb: Uint8Array): void;
  /** Adds the finite samples of a row of pixels to the sums of the blocks that they lie in, and counts them. */
  addToBlocks(samples: KernelSamples, row: BlockRow, into: BlockSums): void;
  /**
   * Marks the outlines of cells, which run inside them: pixels from which one of another label, background (0) included, is
   * reached in at most `linePx` steps to a pixel beside, above or below. Beyond the rows there is nothing.
   * @param marked becomes 1 on an outline and 0 elsewhere
   */
  markOutlines(labels: Uint32Array, rows: OutlineRows, marked: Uint8Array): void;
  /**
   * Finds spans of pixels one after the other that have one label, as long as they go: of each its first pixel, the one
   * behind its last, and the label.
   * @param marked where it is 0, a pixel is in no span; absent: each is in one
   * @param spans with room for one to a pixel
   * @returns how many they are
   */
  findSpans(labels: Uint32Array, marked: Uint8Array | undefined, spans: Uint32Array): number;
  /**
   * Blends colours over spans of pixels: `v = (1 − α)·min(v, 1) + α·colour`.
   * @param spans of each its first pixel, the one behind its last, and its colour, `0xffrrggbb`; 0 where it has none
   */
  blendSpans(spans: Uint32Array, alpha: number, colors: ColorRows): void;
  /**
   * Decodes a block of TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, that grow one
   * code early. Stops when the output is full.
   * @returns how many bytes were decoded, fewer if the block ends before; or, negative, `~code` of a code that is not
   * defined yet
   */
  decodeLzw(block: Uint8Array, output: Uint8Array): number;
  /**
   * Undoes TIFF's predictor 2: each sample is its difference from the one before it in the row, modulo its size; floats by
   * their bits, all in this machine's byte order.
   */
  undoDifferences(bytes: Uint8Array, rows: SampleRows): void;
  /**
   * Undoes TIFF's predictor 3 (Adobe TIFF Technical Note 3): differences of bytes over the row, whose bytes are sorted by
   * significance, the highest first.
   * @param row of a row's size, for what is between
   */
  undoFloatPredictor(bytes: Uint8Array, rows: SampleRows, row: Uint8Array): void;
  /**
   * Rows of a picture as PNG stores them: each begins with the number of its filter, 0 (None) or 1 (Sub: each byte less the
   * one of the same colour to its left).
   */
  filterRows(rgb: Uint8Array, widthPx: number, filter: 0 | 1, rows: Uint8Array): void;
  /**
   * Makes tokens of bytes: 0 to 255 is that byte, 253 + n a run of n bytes, 3 to 258, like the one before them. Runs are
   * taken where they begin, as long as they go.
   * @param tokens with room for `spareTokens` more than there are bytes
   * @returns how many they are
   */
  findRuns(bytes: Uint8Array, tokens: Uint16Array): number;
  /** Counts how often each of the 512 tokens occurs. */
  countTokens(tokens: Uint16Array, counts: Uint32Array): void;
  /**
   * Writes the codes of tokens one after the other, from the lowest bit of each byte on.
   * @param codes of each token: how many bits it has, at most 21, in the lowest 8, and those bits above them
   * @param out with room for `spareBytes` more than are written
   * @param firstBit of `out` that is free, 0 to 7
   * @returns the next bit that is free
   */
  packTokens(tokens: Uint16Array, codes: Uint32Array, out: Uint8Array, firstBit: number): number;
  /** Goes on with the checksum of RFC 1950, which begins as 1. */
  adler32(bytes: Uint8Array, before: number): number;
}

/** So many elements describe a span. */
export const spanElements = 3;

/** So many elements kernels may write behind the last one, as vectors and words do. */
export const spareTokens = 16;
export const spareBytes = 8;

/** A type of array, and how many elements of it. */
export type Wanted<T> = readonly [kind: ArrayKind<T>, length: number];

/** What `layOut` is asked for, to get these arrays. */
export type WantedOf<T extends readonly unknown[]> = { readonly [I in keyof T]: Wanted<T[I]> };

interface ArrayKind<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): T;
}

/** Kernels, and the memory that they work in. */
export interface KernelWorld extends Kernels {
  /**
   * Arrays one after the other, with whatever was there before. Valid until the next call: all share one memory, which
   * moves when it grows.
   */
  layOut<T extends readonly unknown[]>(...wanted: WantedOf<T>): T;
}

/**
 * The arrays of `layOut`.
 * @param firstByte of the memory that is free
 * @param memoryOf the memory, grown to so many bytes at least
 */
export function layOutIn(firstByte: number, memoryOf: (bytes: number) => ArrayBuffer): KernelWorld['layOut'] {
  return <T extends readonly unknown[]>(...wanted: WantedOf<T>): T => {
    let end = firstByte;
    const places = wanted.map(([{ BYTES_PER_ELEMENT }, length]) => {
      const place = Math.ceil(end / vectorBytes) * vectorBytes;
      end = place + length * BYTES_PER_ELEMENT;
      return place;
    });
    const memory = memoryOf(end);
    return wanted.map(([Kind, length], i) => new Kind(memory, places[i], length)) as unknown as T;
  };
}

/** Of a vector, which is loaded fastest from a multiple of it. */
const vectorBytes = 16;
