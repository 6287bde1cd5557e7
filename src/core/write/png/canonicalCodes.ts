/**
 * The codes of a prefix code of which each symbol's length is given (RFC 1951, 3.2.2), their first bit lowest, as deflate
 * writes them; 0 where the length is 0.
 * @param lengths up to 15
 */
export function canonicalCodes(lengths: Uint8Array): Uint16Array {
  const next = new Uint16Array(17);
  for (const length of lengths) if (length > 0) next[length + 1]++;
  // The first code of each length comes after the last one of the length before, a bit longer.
  for (let length = 1; length < next.length; length++) next[length] = (next[length] + next[length - 1]) << 1;
  const codes = new Uint16Array(lengths.length);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol];
    if (length > 0) codes[symbol] = reversed(next[length]++) >>> (16 - length);
  }
  return codes;
}

/** 16 bits in the opposite order: the two halves change places, then those of each half, down to single bits. */
function reversed(bits: number): number {
  const bytes = ((bits & 0x00ff) << 8) | ((bits & 0xff00) >>> 8);
  const nibbles = ((bytes & 0x0f0f) << 4) | ((bytes & 0xf0f0) >>> 4);
  const pairs = ((nibbles & 0x3333) << 2) | ((nibbles & 0xcccc) >>> 2);
  return ((pairs & 0x5555) << 1) | ((pairs & 0xaaaa) >>> 1);
}
