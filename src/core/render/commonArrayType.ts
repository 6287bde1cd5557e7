import type { SampleArray } from '../model/image';

type ArrayType = new (length: number) => SampleArray;

/** From small to big; the limits are those within which every whole number is held exactly. */
const types: readonly {
  readonly type: ArrayType;
  readonly min: number;
  readonly max: number;
  readonly nan: boolean;
}[] = [
  { type: Uint8Array, min: 0, max: 2 ** 8 - 1, nan: false },
  { type: Int8Array, min: -(2 ** 7), max: 2 ** 7 - 1, nan: false },
  { type: Uint16Array, min: 0, max: 2 ** 16 - 1, nan: false },
  { type: Int16Array, min: -(2 ** 15), max: 2 ** 15 - 1, nan: false },
  { type: Uint32Array, min: 0, max: 2 ** 32 - 1, nan: false },
  { type: Int32Array, min: -(2 ** 31), max: 2 ** 31 - 1, nan: false },
  { type: Float32Array, min: -(2 ** 24), max: 2 ** 24, nan: true },
  { type: Float64Array, min: -(2 ** 53), max: 2 ** 53, nan: true },
];

/**
 * The smallest type of samples that holds all samples of these arrays exactly, whatever their values.
 * @param withNaN whether it must hold NaN, too
 */
export function commonArrayType(arrays: readonly SampleArray[], withNaN: boolean): ArrayType {
  const given = types.filter(({ type }) => arrays.some((samples) => samples.constructor === type));
  const nan = withNaN || given.some((one) => one.nan);
  const min = Math.min(...given.map((one) => one.min));
  const max = Math.max(...given.map((one) => one.max));
  const common = types.find((one) => one.min <= min && one.max >= max && (one.nan || !nan));
  return common?.type ?? Float64Array;
}
