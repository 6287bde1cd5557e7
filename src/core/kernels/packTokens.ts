/** Writes the codes of tokens; see `Kernels`. */
export function packTokens(tokens: Uint16Array, codes: Uint32Array, out: Uint8Array, firstBit: number): number {
  let at = 0;
  let bits = out[0] & ((1 << firstBit) - 1);
  let count = firstBit;
  for (const token of tokens) {
    const code = codes[token];
    bits |= (code >>> 8) << count;
    for (count += code & 0xff; count >= 8; count -= 8, bits >>>= 8) out[at++] = bits;
  }
  out[at] = bits;
  return 8 * at + count;
}
