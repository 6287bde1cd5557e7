import { constants } from 'node:buffer';
import { inflateSync } from 'node:zlib';
import { ZSTDDecoder } from 'zstddec';
import { decodeLzw } from '../../kernels/decodeLzw';
import { kernelWorld, mostKernelBytes } from '../../kernels/kernels';

/** TIFF compression codes that lose nothing and that microscopes and labs write. */
export const compressionNames: Readonly<Record<number, string>> = {
  1: 'none',
  5: 'LZW',
  8: 'Deflate',
  32773: 'PackBits',
  32946: 'Deflate',
  50000: 'ZSTD',
};

/** What else a file may say, to refuse it by its name. */
export const refusedCompressionNames: Readonly<Record<number, string>> = {
  2: 'CCITT RLE compression',
  3: 'CCITT G3 compression',
  4: 'CCITT G4 compression',
  6: 'old-style JPEG compression',
  7: 'JPEG compression',
  34887: 'LERC compression',
  34925: 'LZMA compression',
  50001: 'WebP compression',
  50002: 'JPEG XL compression',
};

let zstd: Promise<ZSTDDecoder> | undefined;

/**
 * Decompresses one strip or tile.
 * @param compression a key of `compressionNames`
 * @param length bytes that the block holds when it is whole; more than that is cut off, as libtiff does
 * @returns exactly `length` bytes; an error says what is wrong with a block that gives fewer
 */
export async function decompressBlock(block: Uint8Array, compression: number, length: number): Promise<Uint8Array> {
  const bytes = await decompress(block, compression, length);
  requireWhole(bytes.length, length);
  return bytes.length === length ? bytes : bytes.subarray(0, length);
}

/** Throws what is wrong with a block that holds fewer bytes than it should. */
export function requireWhole(found: number, length: number): void {
  if (found < length) throw new Error(`a block holds ${found} bytes in place of ${length}`);
}

async function decompress(block: Uint8Array, compression: number, length: number): Promise<Uint8Array> {
  switch (compression) {
    case 1:
      return block;
    case 5:
      return unpackLzw(block, length);
    case 8:
    case 32946:
      return inflate(block, length);
    case 32773:
      return unpackBits(block, length);
    case 50000: {
      zstd ??= startZstd();
      return (await zstd).decode(block, length);
    }
    default:
      throw new Error(`compression ${compression} cannot be read`);
  }
}

function unpackLzw(block: Uint8Array, length: number): Uint8Array {
  if (block[0] === 0 && (block[1] & 1) === 1) throw new Error('a block is LZW of before 1992, with reversed bits');
  const output = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  const written = block.length + length > mostKernelBytes ? decodeLzw(block, output) : decodeInKernels(block, output);
  if (written < 0) throw new Error(`LZW code ${~written} is not defined yet`);
  return output.subarray(0, written);
}

function decodeInKernels(block: Uint8Array, output: Uint8Array): number {
  const kernels = kernelWorld();
  const [stored, decoded] = kernels.layOut<[Uint8Array, Uint8Array]>(
    [Uint8Array, block.length],
    [Uint8Array, output.length],
  );
  stored.set(block);
  const written = kernels.decodeLzw(stored, decoded);
  output.set(decoded);
  return written;
}

async function startZstd(): Promise<ZSTDDecoder> {
  const decoder = new ZSTDDecoder();
  await decoder.init();
  return decoder;
}

/** The last strip of some writers holds more rows than the image: room for those, and no more, whatever the block says. */
function inflate(block: Uint8Array, length: number): Uint8Array {
  const room = Math.min(length * 2 + 65536, constants.MAX_LENGTH);
  return inflateSync(block, { chunkSize: Math.max(length, 64), maxOutputLength: room });
}

/** TIFF 6.0, section 9. */
function unpackBits(block: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  let written = 0;
  for (let at = 0; at < block.length && written < length;) {
    const header = (block[at++] << 24) >> 24;
    if (header === -128) continue;
    if (header >= 0) {
      const literal = block.subarray(at, at + Math.min(header + 1, length - written));
      output.set(literal, written);
      written += literal.length;
      at += header + 1;
    } else {
      if (at >= block.length) break;
      const end = Math.min(written + 1 - header, length);
      output.fill(block[at++], written, end);
      written = end;
    }
  }
  return output.subarray(0, written);
}
