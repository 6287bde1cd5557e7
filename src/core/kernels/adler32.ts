const modulus = 65521;
/** So many bytes of 255 do not carry the sums beyond 32 bits. */
const chunkBytes = 5552;

/** Goes on with the checksum of zlib's format; see `Kernels`. */
export function adler32(bytes: Uint8Array, before: number): number {
  let a = before & 0xffff;
  let b = before >>> 16;
  for (let i = 0; i < bytes.length;) {
    const end = Math.min(bytes.length, i + chunkBytes);
    for (; i < end; i++) {
      a += bytes[i];
      b += a;
    }
    a %= modulus;
    b %= modulus;
  }
  return ((b << 16) | a) >>> 0;
}
