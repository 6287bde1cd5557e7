const modulus: u32 = 65521;
/** So many bytes of 255 do not carry the sums beyond 32 bits: 347 vectors. */
const chunkBytes: usize = 5552;

/** Goes on with the checksum of zlib's format. */
export function adler32(bytes: usize, length: i32, before: u32): u32 {
  const end = bytes + <usize>length;
  let a = before & 0xffff;
  let b = before >> 16;
  while (bytes < end) {
    const chunkEnd = min<usize>(end, bytes + chunkBytes);
    const vectorEnd = chunkEnd - ((chunkEnd - bytes) & 15);
    b += a * <u32>(vectorEnd - bytes);
    // Of the bytes before each vector, of all, and of all by their place in their vector.
    let earlier = i32x4.splat(0);
    let sums = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    for (; bytes < vectorEnd; bytes += 16) {
      const sixteen = v128.load(bytes);
      earlier = i32x4.add(earlier, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(sixteen)));
      const low = i16x8.extmul_low_i8x16_u(sixteen, i8x16(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
      const high = i16x8.extmul_high_i8x16_u(sixteen, i8x16(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1));
      weighted = i32x4.add(weighted, i32x4.extadd_pairwise_i16x8_u(i16x8.add(low, high)));
    }
    a += sum(sums);
    b += 16 * sum(earlier) + sum(weighted);
    for (; bytes < chunkEnd; bytes++) {
      a += load<u8>(bytes);
      b += a;
    }
    a %= modulus;
    b %= modulus;
  }
  return (b << 16) | a;
}

function sum(four: v128): u32 {
  return (
    i32x4.extract_lane(four, 0) +
    i32x4.extract_lane(four, 1) +
    i32x4.extract_lane(four, 2) +
    i32x4.extract_lane(four, 3)
  );
}
