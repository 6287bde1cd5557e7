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

/** Loops over pixels. They work on arrays that `layOut` of their own world has handed out. */
export interface Kernels {
  /** Adds every sample to the colours of its pixel. */
  addShares(samples: KernelSamples, shares: Shares, colors: ColorRows): void;
  /** Rounds colours to 8 bits, three bytes to a pixel: `⌊255 · min(v, 1) + 0.5⌋`. */
  toBytes(colors: ColorRows, rgb: Uint8Array): void;
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
}

/** A type of array, and how many elements of it. */
export type Wanted<T> = readonly [kind: ArrayKind<T>, length: number];

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
  layOut<T extends readonly unknown[]>(...wanted: { readonly [I in keyof T]: Wanted<T[I]> }): T;
}

/**
 * The arrays of `layOut`.
 * @param firstByte of the memory that is free
 * @param memoryOf the memory, grown to so many bytes at least
 */
export function layOutIn(firstByte: number, memoryOf: (bytes: number) => ArrayBuffer): KernelWorld['layOut'] {
  return <T extends readonly unknown[]>(...wanted: { readonly [I in keyof T]: Wanted<T[I]> }): T => {
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
