const clearCode: u32 = 256;
const endCode: u32 = 257;
const firstFree: u32 = 258;
const maxCodes: u32 = 4096;

/** Of each code, where its string was written first, and above these 32 bits its length. */
const strings: usize = memory.data(4096 * 8);

/** The strings of the codes below 256: every byte, and room to load eight at the last. */
const singles: usize = memory.data(256 + 8);

/**
 * Decodes a block of TIFF's LZW: codes of 9 to 12 bits, the highest bit first, that grow one code early.
 * @returns how many bytes were decoded, or `~code` of one that is not defined yet
 */
export function decodeLzw(block: usize, blockBytes: usize, output: usize, length: usize): i32 {
  for (let byte: usize = 0; byte < 256; byte++) {
    store<u8>(singles + byte, <u8>byte);
    store<u64>(strings + (byte << 3), ((<u64>1) << 32) | (<u64>(singles + byte)));
  }
  const end = block + blockBytes;
  const full = output + length;
  let at = block;
  let written = output;
  let next = firstFree;
  let width: u32 = 9;
  // None, where this is 0.
  let previous: usize = 0;
  let previousLength: usize = 0;
  // Those that are wanted next are the highest.
  let bits: u64 = 0;
  let bitCount: u32 = 0;
  while (written < full) {
    if (bitCount < width) {
      if (at + 8 <= end) {
        bits |= highestFirst(at) >> bitCount;
        // As many whole bytes as there is room for; of the next one, some bits are there already, and will be again.
        at += (63 - bitCount) >> 3;
        bitCount |= 56;
      } else {
        for (; bitCount <= 56 && at < end; bitCount += 8) bits |= (<u64>load<u8>(at++)) << (56 - bitCount);
        if (bitCount < width) break;
      }
    }
    const code = <u32>(bits >> (64 - width));
    bits <<= width;
    bitCount -= width;
    if ((code | 1) == endCode) {
      if (code == endCode) break;
      next = firstFree;
      width = 9;
      previous = 0;
      continue;
    }
    const start = written;
    if (code < next) {
      const string = load<u64>(strings + ((<usize>code) << 3));
      written += copy(<usize>(<u32>string), written, <usize>(string >> 32), full);
    } else {
      // The code that is about to be defined: the previous string and its own first byte.
      if (code != next || previous == 0) return ~code;
      written += copy(previous, written, previousLength, full);
      if (written < full) store<u8>(written++, load<u8>(previous));
    }
    if (previous != 0 && next < maxCodes) {
      store<u64>(strings + ((<usize>next) << 3), ((<u64>(previousLength + 1)) << 32) | (<u64>previous));
      next++;
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    previous = start;
    previousLength = written - start;
  }
  return <i32>(written - output);
}

/** Eight bytes as a number, the first one highest. */
function highestFirst(at: usize): u64 {
  const bytes = v128.load64_zero(at);
  return i64x2.extract_lane(v128.shuffle<u8>(bytes, bytes, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0), 0);
}

/**
 * Copies a string that ends where it is copied to, or before; as much as there is room for.
 * @returns how many bytes
 */
function copy(from: usize, to: usize, length: usize, full: usize): usize {
  if (to + length + 8 > full) {
    const count = min(length, full - to);
    for (let i: usize = 0; i < count; i++) store<u8>(to + i, load<u8>(from + i));
    return count;
  }
  // Eight at once: what is too much is written again by what follows.
  let i: usize = 0;
  do {
    store<u64>(to + i, load<u64>(from + i));
    i += 8;
  } while (i < length);
  return length;
}
