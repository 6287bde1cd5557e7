/** How the values of a field lie in a file's bytes. */
export interface FieldType {
  /** What one number takes. */
  readonly bytes: number;
  /** Numbers of one value: a fraction has two. */
  readonly parts: number;
  readonly read: (view: DataView, at: number, littleEndian: boolean) => number;
  /** An array that holds such numbers exactly. */
  readonly List: new (length: number) => NumberList;
}

type NumberList =
  Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

const uint8: FieldType = { bytes: 1, parts: 1, read: (view, at) => view.getUint8(at), List: Uint8Array };
const uint16: FieldType = { bytes: 2, parts: 1, read: (view, at, le) => view.getUint16(at, le), List: Uint16Array };
const uint32: FieldType = { bytes: 4, parts: 1, read: (view, at, le) => view.getUint32(at, le), List: Uint32Array };
const int8: FieldType = { bytes: 1, parts: 1, read: (view, at) => view.getInt8(at), List: Int8Array };
const int16: FieldType = { bytes: 2, parts: 1, read: (view, at, le) => view.getInt16(at, le), List: Int16Array };
const int32: FieldType = { bytes: 4, parts: 1, read: (view, at, le) => view.getInt32(at, le), List: Int32Array };
const float32: FieldType = { bytes: 4, parts: 1, read: (view, at, le) => view.getFloat32(at, le), List: Float32Array };
const float64: FieldType = { bytes: 8, parts: 1, read: (view, at, le) => view.getFloat64(at, le), List: Float64Array };
// No file reaches to where a place of 8 bytes is not exact.
const uint64: FieldType = { ...float64, read: (view, at, le) => Number(view.getBigUint64(at, le)) };
const int64: FieldType = { ...float64, read: (view, at, le) => Number(view.getBigInt64(at, le)) };

/** The number of the type of a text. */
export const textType = 2;

/** By number (TIFF 6.0, section 2; 13, a directory, of the PageMaker 6.0 notes; 16 to 18 of BigTIFF). */
export const fieldTypes: Readonly<Record<number, FieldType>> = {
  1: uint8,
  [textType]: uint8,
  3: uint16,
  4: uint32,
  5: { ...uint32, parts: 2 },
  6: int8,
  7: uint8,
  8: int16,
  9: int32,
  10: { ...int32, parts: 2 },
  11: float32,
  12: float64,
  13: uint32,
  16: uint64,
  17: int64,
  18: uint64,
};
