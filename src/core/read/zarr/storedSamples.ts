import { endianness } from 'node:os';
import type { SampleArray, SampleType } from '../../model/image';
import { decodeSamples } from '../tiff/decodeSamples';
import { isWide, type WideIntegers } from '../wideIntegers';

/**
 * Samples as a chunk holds them, in those that we keep: half floats from their bits, truth values as 0 and 1. Integers of
 * 64 bits stay as they are.
 */
export function fromStored(
  stored: SampleArray | WideIntegers,
  { sampleType, isTruth }: { readonly sampleType: SampleType; readonly isTruth: boolean },
): SampleArray | WideIntegers {
  if (isWide(stored)) return stored;
  if (sampleType === 'float16') return fromHalfBits(stored);
  if (isTruth) for (let i = 0; i < stored.length; i++) stored[i] = stored[i] === 0 ? 0 : 1;
  return stored;
}

/** A fill value as the chunks would hold it: for half floats their bits. */
export function toStoredFill(value: number, sampleType: SampleType): number {
  return sampleType === 'float16' ? allHalves().findIndex((half) => Object.is(half, value)) : value;
}

/** Every half float, at the index that its bits make. */
function allHalves(): SampleArray {
  return fromHalfBits(Uint16Array.from({ length: 65_536 }, (_, bits) => bits));
}

function fromHalfBits(bits: SampleArray): SampleArray {
  const bytes = new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
  const littleEndian = endianness() === 'LE';
  return decodeSamples(bytes, {
    sampleType: 'float16',
    littleEndian,
    predictor: 1,
    samplesPerRow: bits.length,
    samplesPerPixel: 1,
  }) as SampleArray;
}

const isNamedNumber = /^(NaN|-?Infinity)$/;

/** A fill value of the metadata as a number; `undefined` for one that is none of this type. */
export function parseFillValue(value: unknown, sampleType: SampleType): number | undefined {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return rounded(value, sampleType);
  if (typeof value !== 'string') return undefined;
  if (isNamedNumber.test(value)) return sampleType.startsWith('float') ? Number(value) : undefined;
  // The bits of a float, the highest first.
  if (/^0x[0-9a-f]+$/i.test(value) && sampleType.startsWith('float')) return floatOfBits(BigInt(value), sampleType);
  // Early Bio-Formats wrote numbers as text.
  const number = value.trim() === '' ? Number.NaN : Number(value);
  return Number.isNaN(number) ? undefined : rounded(number, sampleType);
}

function floatOfBits(bits: bigint, sampleType: SampleType): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  if (sampleType === 'float64') return view.getFloat64(0);
  if (sampleType === 'float32') return view.getFloat32(4);
  return fromHalfBits(Uint16Array.of(view.getUint16(6)))[0];
}

/** As a sample of this type holds it, which in the other types comes about by itself. */
function rounded(value: number, sampleType: SampleType): number {
  if (sampleType !== 'float16') return value;
  let nearest = Object.is(value, -0) ? -0 : 0;
  for (const half of allHalves()) if (Math.abs(half - value) < Math.abs(nearest - value)) nearest = half;
  return nearest;
}
