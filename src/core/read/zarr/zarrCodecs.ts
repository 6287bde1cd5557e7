import { promisify } from 'node:util';
import { gunzip, inflate } from 'node:zlib';
import type { registry } from 'zarrita';
import { decompressBlock } from '../tiff/decompressBlock';
import { decodeBlosc } from './decodeBlosc';
import { decodeLz4 } from './decodeLz';

type Decode = (bytes: Uint8Array, length: number) => Uint8Array | Promise<Uint8Array>;

const gunzipAsync = promisify(gunzip);
const inflateAsync = promisify(inflate);

/** `length` is what the chunk holds when it is whole: nothing here makes more than that of a few hostile bytes. */
const compressions: Readonly<Record<string, Decode>> = {
  gzip: async (bytes, length) => plain(await gunzipAsync(bytes, { maxOutputLength: length })),
  zlib: async (bytes, length) => plain(await inflateAsync(bytes, { maxOutputLength: length })),
  zstd: (bytes, length) => decompressBlock(bytes, 50000, length),
  lz4: (bytes, length) => {
    const held = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    if (held !== length) throw new Error(`it says that it holds ${held} bytes in place of ${length}`);
    const output = new Uint8Array(length);
    decodeLz4(bytes.subarray(4), output);
    return output;
  },
  blosc: decodeBlosc,
};

/** Compressors of chunks that we read. */
export const compressorNames: readonly string[] = Object.keys(compressions);

const bytesPerElement: Readonly<Record<string, number>> = { 8: 1, 16: 2, 32: 4, 64: 8 };

/**
 * Puts our decoders in place of those that the zarr library brings, which make any amount of memory of a few bytes, and
 * in place of its `crc32c`, which does not look at the checksum. They rely on the order in which `checkCodecs` wants them.
 */
export function registerCodecs(codecs: typeof registry): void {
  for (const [name, decode] of Object.entries({ ...compressions, crc32c: verifyChecksum }))
    register(codecs, name, decode);
}

function register(codecs: typeof registry, name: string, decode: Decode): void {
  codecs.set(name, () =>
    Promise.resolve({
      fromConfig: (_, { dataType, shape }) => {
        const bits = /^[a-z]*(\d+)$/.exec(dataType)?.[1] ?? '';
        const length = shape.reduce((product, side) => product * side, bytesPerElement[bits] ?? Number.NaN);
        return {
          kind: 'bytes_to_bytes',
          encode: () => Promise.reject(new Error('zarr images are not written')),
          decode: async (bytes: Uint8Array) => decode(bytes, length),
          // For the index of a shard, whose size must be known before it is read.
          ...(name === 'crc32c' && { computeEncodedSize: (size: number) => size + 4 }),
        };
      },
    }),
  );
}

/** Not a Buffer, whose `slice` shares memory where the zarr library counts on a copy. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The last four bytes are a checksum of those before. */
function verifyChecksum(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw new Error('it is too short for a checksum');
  const content = bytes.subarray(0, -4);
  const stated = new DataView(bytes.buffer, bytes.byteOffset + content.length).getUint32(0, true);
  if (crc32c(content) !== stated) throw new Error('its checksum does not fit its content');
  return content;
}

let crcTable: Uint32Array | undefined;

/** The cyclic redundancy check of Castagnoli's polynomial, bits reversed (RFC 3720, B.4). */
function crc32c(bytes: Uint8Array): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, byte) => {
    for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0x82f63b78 : byte >>> 1;
    return byte;
  });
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ crcTable[(crc ^ byte) & 0xff];
  return (crc ^ 0xffffffff) >>> 0;
}
