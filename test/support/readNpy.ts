import { readFileSync } from 'node:fs';

export interface NpyArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** The values in C order; complex and 64-bit integers are not supported. */
  readonly values: ArrayLike<number>;
}

const arrays = {
  '|u1': Uint8Array,
  '|i1': Int8Array,
  '|b1': Uint8Array,
  '<u2': Uint16Array,
  '<i2': Int16Array,
  '<u4': Uint32Array,
  '<i4': Int32Array,
  '<f4': Float32Array,
  '<f8': Float64Array,
} as const;

/** Reads a numpy array file, format version 1 (numpy.lib.format). */
export function readNpy(file: string): NpyArray {
  const bytes = readFileSync(file);
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + headerLength);
  const dtype = /'descr': '([^']+)'/.exec(header)![1];
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (header.includes("'fortran_order': True") || !(dtype in arrays)) throw new Error(`${file}: ${header}`);
  const data = new Uint8Array(bytes.subarray(10 + headerLength));
  return { dtype, shape, values: new arrays[dtype as keyof typeof arrays](data.buffer) };
}
