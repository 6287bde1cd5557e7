import { crc32 } from 'node:zlib';

/** A chunk of a PNG file with its length, type and checksum (third edition, 5.3). */
export function pngChunk(type: string, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  const chunk = Buffer.allocUnsafe(length + 12);
  chunk.writeUInt32BE(length, 0);
  chunk.write(type, 4, 'latin1');
  let at = 8;
  for (const content of contents) {
    chunk.set(content, at);
    at += content.length;
  }
  chunk.writeUInt32BE(crc32(chunk.subarray(4, at)), at);
  return chunk;
}
