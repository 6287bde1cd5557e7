const clearCode = 256;
const endCode = 257;
const firstFree = 258;
const maxCodes = 4096;

/** Decodes a block of TIFF's LZW; see `Kernels`. */
export function decodeLzw(block: Uint8Array, output: Uint8Array): number {
  // A string is kept as where it was first written: its last occurrence in the output, and its length.
  const starts = new Uint32Array(maxCodes);
  const lengths = new Uint16Array(maxCodes);
  const { length } = output;
  let next = firstFree;
  let width = 9;
  let previousStart = -1;
  let previousLength = 0;
  let written = 0;
  let bits = 0;
  let bitCount = 0;
  let at = 0;
  while (written < length) {
    while (bitCount < width) {
      if (at >= block.length) return written;
      bits = ((bits << 8) | block[at++]) & 0xffffff;
      bitCount += 8;
    }
    const code = (bits >>> (bitCount - width)) & ((1 << width) - 1);
    bitCount -= width;
    if (code === clearCode) {
      next = firstFree;
      width = 9;
      previousStart = -1;
      continue;
    }
    if (code === endCode) return written;
    const start = written;
    if (code < clearCode) output[written++] = code;
    else {
      // The code that is about to be defined: the previous string and its own first byte.
      const known = code < next;
      if (!known && (code !== next || previousStart < 0)) return ~code;
      const from = known ? starts[code] : previousStart;
      const count = Math.min(known ? lengths[code] : previousLength + 1, length - written);
      for (let i = 0; i < count; i++) output[written + i] = output[from + i];
      written += count;
    }
    if (previousStart >= 0 && next < maxCodes) {
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next++;
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    previousStart = start;
    previousLength = written - start;
  }
  return written;
}
