/** The longest match of deflate (RFC 1951, 3.2.5). */
const longest = 258;

/** Makes tokens of bytes; see `Kernels`. */
export function findRuns(bytes: Uint8Array, tokens: Uint16Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length;) {
    const limit = i === 0 ? 0 : Math.min(bytes.length, i + longest);
    let end = i;
    while (end < limit && bytes[end] === bytes[i - 1]) end++;
    if (end - i < 3) {
      tokens[count++] = bytes[i++];
    } else {
      tokens[count++] = 256 - 3 + end - i;
      i = end;
    }
  }
  return count;
}
