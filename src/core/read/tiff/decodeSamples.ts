import { endianness } from 'node:os';
import { definedKernels } from '../../kernels/definedKernels';
import { kernelWorld, mostKernelBytes } from '../../kernels/kernels';
import type { SampleRows } from '../../kernels/kernelWorld';
import type { SampleArray, SampleType } from '../../model/image';
import type { PlaneMemory } from '../planeMemory';
import type { WideIntegers } from '../wideIntegers';

/** How the samples of a block lie in its bytes. */
export interface SampleLayout {
  readonly sampleType: SampleType;
  readonly littleEndian: boolean;
  /** 1 none, 2 horizontal differences, 3 floating-point. */
  readonly predictor: number;
  /** Samples of one row of the block, all samples of a pixel counted. */
  readonly samplesPerRow: number;
  /** Distance between samples of one kind: 1 in planar files, samples per pixel in contiguous ones. */
  readonly samplesPerPixel: number;
}

const arrays = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Sample types that JavaScript has no array of numbers for, and the array that holds them exactly. */
const keptAs = { float16: Float32Array, int64: Float64Array, uint64: Float64Array } as const;

/** The array that a plane of this sample type is kept in. */
export function makeSampleArray(sampleType: SampleType, length: number): SampleArray {
  return new (arrayTypeOf(sampleType))(length);
}

/** The same with whatever is in the memory, for a plane of which every sample will be written. */
export function takeSampleArray(sampleType: SampleType, length: number, memory?: PlaneMemory): SampleArray {
  const Samples = arrayTypeOf(sampleType);
  const bytes = length * Samples.BYTES_PER_ELEMENT;
  return new Samples(memory?.take(bytes) ?? Buffer.allocUnsafeSlow(bytes).buffer);
}

function arrayTypeOf(sampleType: SampleType) {
  return isKeptAsStored(sampleType) ? arrays[sampleType] : keptAs[sampleType];
}

function isKeptAsStored(sampleType: SampleType): sampleType is Exclude<SampleType, keyof typeof keptAs> {
  return !(sampleType in keptAs);
}

export function bytesPerSample(sampleType: SampleType): SampleRows['sampleBytes'] {
  return arrays[sampleType].BYTES_PER_ELEMENT as SampleRows['sampleBytes'];
}

const machineIsLittleEndian = endianness() === 'LE';

/** Whether the bytes of samples that are stored so are those of the array that they are kept in, but for their order. */
export function areStoredAsKept({ sampleType, predictor }: Pick<SampleLayout, 'sampleType' | 'predictor'>): boolean {
  return predictor === 1 && isKeptAsStored(sampleType);
}

/** Puts the bytes of samples as the array that they are kept in has them. */
export function toMachineOrder(
  bytes: Uint8Array,
  { sampleType, littleEndian }: Pick<SampleLayout, 'sampleType' | 'littleEndian'>,
): void {
  if (littleEndian !== machineIsLittleEndian) swapBytes(bytes, bytesPerSample(sampleType));
}

/**
 * Turns the decompressed bytes of a block into samples: predictor undone, in this machine's byte order. Integers of 64 bits
 * stay as they are, for a block may hold some that are no number exactly where nobody looks, as beyond the image's border.
 * @param bytes are changed, and may become the result's memory
 */
export function decodeSamples(bytes: Uint8Array, layout: SampleLayout): SampleArray | WideIntegers {
  const { sampleType, predictor } = layout;
  const size = bytesPerSample(sampleType);
  // Typed arrays want aligned memory.
  const own = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  if (predictor !== 3) toMachineOrder(own, layout);
  if (predictor !== 1) undoPredictor(own, layout);
  const samples = new arrays[sampleType](own.buffer as ArrayBuffer, own.byteOffset, own.length / size);
  return sampleType === 'float16' ? fromFloat16(samples as Uint16Array) : samples;
}

function swapBytes(bytes: Uint8Array, size: number): void {
  if (size === 1) return;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else buffer.swap64();
}

/** Rows go through the kernels' memory so many bytes at once, which stay in the processor's caches. */
const pieceBytes = 2 ** 17;

/** Of whole rows, in this machine's byte order where the predictor is that of integers. */
function undoPredictor(bytes: Uint8Array, layout: SampleLayout): void {
  const { predictor, samplesPerRow, samplesPerPixel } = layout;
  const sampleBytes = bytesPerSample(layout.sampleType);
  const rows = { sampleBytes, rowSamples: samplesPerRow, stride: samplesPerPixel };
  const rowBytes = samplesPerRow * sampleBytes;
  const most = Math.min(rowBytes * Math.max(1, Math.floor(pieceBytes / rowBytes)), bytes.length);
  const kernels = most + rowBytes > mostKernelBytes ? definedKernels() : kernelWorld();
  const [room, row] = kernels.layOut<[Uint8Array, Uint8Array]>([Uint8Array, most], [Uint8Array, rowBytes]);
  for (let start = 0; start < bytes.length; start += most) {
    const stored = bytes.subarray(start, start + most);
    const piece = room.subarray(0, stored.length);
    piece.set(stored);
    if (predictor === 3) kernels.undoFloatPredictor(piece, rows, row);
    else kernels.undoDifferences(piece, rows);
    stored.set(piece);
  }
}

/** IEEE 754 half precision, widened. */
function fromFloat16(halves: Uint16Array): Float32Array {
  const floats = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    const magnitude =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction === 0
            ? Infinity
            : Number.NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    floats[i] = half & 0x8000 ? -magnitude : magnitude;
  }
  return floats;
}
