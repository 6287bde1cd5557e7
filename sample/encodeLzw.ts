const clearCode = 256;
const endCode = 257;
const firstFree = 258;
/** When this one is defined the table is cleared, so that codes stay below 13 bits. */
const lastCode = 4094;

/** TIFF's LZW (TIFF 6.0, section 13): codes of 9 to 12 bits, most significant bit first, that grow one code early. */
export function encodeLzw(bytes: Uint8Array): Buffer {
  const output: number[] = [];
  let bits = 0;
  let bitCount = 0;
  let width = 9;
  const put = (code: number): void => {
    bits = (bits << width) | code;
    bitCount += width;
    while (bitCount >= 8) {
      bitCount -= 8;
      output.push((bits >>> bitCount) & 255);
    }
    bits &= (1 << bitCount) - 1;
  };
  // The code of a string and one byte more, at string × 256 + byte; 0 is "not there".
  const longer = new Uint16Array((lastCode + 1) * 256);
  let next = firstFree;
  put(clearCode);
  let string = -1;
  for (const byte of bytes) {
    const found = string < 0 ? byte : longer[string * 256 + byte];
    if (string < 0 || found !== 0) {
      string = found;
      continue;
    }
    put(string);
    longer[string * 256 + byte] = next++;
    if (next === 1 << width) width++;
    if (next > lastCode) {
      put(clearCode);
      longer.fill(0);
      next = firstFree;
      width = 9;
    }
    string = byte;
  }
  if (string >= 0) put(string);
  put(endCode);
  if (bitCount > 0) output.push((bits << (8 - bitCount)) & 255);
  return Buffer.from(output);
}
