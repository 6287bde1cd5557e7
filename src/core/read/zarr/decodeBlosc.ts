import { decompressBlock } from '../tiff/decompressBlock';
import { decodeBlosclz, decodeLz4 } from './decodeLz';

/** The header of a Blosc 1 chunk; all its numbers are little-endian. */
const headerBytes = 16;

/** Blocks are split by the bytes of a sample only where that leaves pieces of this size, of samples of at most this. */
const minSplitBytes = 128;
const maxSplits = 16;

/** Codes of the compressor, in the three highest bits of the flags. */
const compressors = ['blosclz', 'lz4', 'snappy', 'zlib', 'zstd'] as const;

/**
 * Decodes a Blosc 1 chunk, all compressors but Snappy. Ours because the decoder that comes with the zarr library does not
 * look whether decoding failed (numcodecs 0.3.2): of a damaged chunk it gives whatever its memory held, as pixels.
 * @param length bytes that the chunk holds when it is whole
 * @returns exactly `length` bytes; an error says what is wrong with the chunk
 */
export async function decodeBlosc(chunk: Uint8Array, length: number): Promise<Uint8Array> {
  if (chunk.length < headerBytes) throw new Error(`it is ${chunk.length} bytes long, too short for Blosc`);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const version = chunk[0];
  const flags = chunk[2];
  const sampleBytes = chunk[3];
  const [heldBytes, blockBytes, chunkBytes] = [4, 8, 12].map((at) => view.getUint32(at, true));
  if (version > 2) throw new Error(`it is of Blosc format ${version}, where 2 is the newest that can be read`);
  if (heldBytes !== length) throw new Error(`it says that it holds ${heldBytes} bytes in place of ${length}`);
  if (chunkBytes > chunk.length) throw new Error(`it was cut off: ${chunk.length} of ${chunkBytes} bytes are there`);

  const output = new Uint8Array(length);
  if (flags & 2) {
    if (headerBytes + length > chunkBytes) throw new Error('it was cut off');
    output.set(chunk.subarray(headerBytes, headerBytes + length));
    return output;
  }
  const blocks = Math.ceil(length / blockBytes);
  if (!(sampleBytes >= 1 && headerBytes + blocks * 4 <= chunkBytes)) throw new Error('its header is damaged');
  const compressor = compressors[flags >>> 5];
  const filter = flags & 1 && sampleBytes > 1 ? unshuffle : flags & 4 ? unshuffleBits : undefined;
  const buffer = filter && new Uint8Array(Math.min(blockBytes, length));
  const mayBeSplit = !(flags & 16) && sampleBytes <= maxSplits;

  for (let block = 0; block < blocks; block++) {
    const target = output.subarray(block * blockBytes, (block + 1) * blockBytes);
    const whole = target.length === blockBytes;
    const splits = mayBeSplit && whole && Math.floor(blockBytes / sampleBytes) >= minSplitBytes ? sampleBytes : 1;
    const decoded = buffer ? buffer.subarray(0, target.length) : target;
    const splitBytes = Math.floor(target.length / splits);
    if (splitBytes * splits !== target.length) throw new Error('its header is damaged');
    let at = view.getUint32(headerBytes + block * 4, true);
    for (let split = 0; split < splits; split++) {
      if (at + 4 > chunkBytes) throw new Error('its blocks lie outside of it');
      const bytes = view.getUint32(at, true);
      at += 4;
      if (at + bytes > chunkBytes) throw new Error('its blocks lie outside of it');
      const part = decoded.subarray(split * splitBytes, (split + 1) * splitBytes);
      await decompress(chunk.subarray(at, at + bytes), compressor, part);
      at += bytes;
    }
    filter?.(decoded, target, sampleBytes);
  }
  return output;
}

/** Fills `output`. Bytes that would not become fewer were left as they are. */
async function decompress(
  input: Uint8Array,
  compressor: (typeof compressors)[number] | undefined,
  output: Uint8Array,
): Promise<void> {
  if (input.length === output.length) {
    output.set(input);
    return;
  }
  switch (compressor) {
    case 'blosclz':
      decodeBlosclz(input, output);
      return;
    case 'lz4':
      decodeLz4(input, output);
      return;
    case 'zlib':
      output.set(await decompressBlock(input, 8, output.length));
      return;
    case 'zstd':
      output.set(await decompressBlock(input, 50000, output.length));
      return;
    case 'snappy':
    case undefined:
      throw new Error(`it is compressed with ${compressor ?? 'an unknown method'}, which cannot be read`);
  }
}

/** All first bytes of the samples, then all second bytes, and so on; a rest that is no whole sample as it is. */
function unshuffle(input: Uint8Array, output: Uint8Array, sampleBytes: number): void {
  const samples = Math.floor(input.length / sampleBytes);
  for (let byte = 0; byte < sampleBytes; byte++) {
    const from = byte * samples;
    for (let i = 0, to = byte; i < samples; i++, to += sampleBytes) output[to] = input[from + i];
  }
  const shuffled = samples * sampleBytes;
  output.set(input.subarray(shuffled), shuffled);
}

/** All lowest bits of the first bytes, then the next bits …, eight samples in a byte. Not done unless eights come out even. */
function unshuffleBits(input: Uint8Array, output: Uint8Array, sampleBytes: number): void {
  const samples = Math.floor(input.length / sampleBytes);
  if (samples % 8 !== 0) {
    output.set(input);
    return;
  }
  const row = samples / 8;
  for (let byte = 0; byte < sampleBytes; byte++) {
    let to = byte;
    for (let eight = byte * 8 * row, end = eight + row; eight < end; eight++) {
      // Eight rows of eight bits, as two halves of four rows; to be mirrored at their diagonal.
      let low = 0;
      let high = 0;
      for (let bit = 0; bit < 4; bit++) {
        low |= input[eight + bit * row] << (8 * bit);
        high |= input[eight + (bit + 4) * row] << (8 * bit);
      }
      for (let i = 0; i < 8; i++, to += sampleBytes) {
        // Bit i of each row: the multiplication moves bits 0, 8, 16 and 24 next to each other.
        const lower = (Math.imul((low >>> i) & 0x01010101, 0x10204080) >>> 28) & 15;
        const upper = (Math.imul((high >>> i) & 0x01010101, 0x10204080) >>> 28) & 15;
        output[to] = lower | (upper << 4);
      }
    }
  }
  const shuffled = samples * sampleBytes;
  output.set(input.subarray(shuffled), shuffled);
}
