/** Counts tokens; see `Kernels`. */
export function countTokens(tokens: Uint16Array, counts: Uint32Array): void {
  counts.fill(0);
  for (const token of tokens) counts[token]++;
}
