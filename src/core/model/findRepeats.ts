/**
 * Texts that are there more than once, of as many as do not fit into memory at once: all are hashed, and those that share a
 * hash with another are looked at again.
 * @param texts the same ones each time it is asked
 */
export function findRepeats(texts: () => Iterable<string>): Set<string> {
  const hashes = new Set<number>();
  const shared = new Set<number>();
  for (const text of texts()) {
    const hash = hashOfText(text);
    if (hashes.size === hashes.add(hash).size) shared.add(hash);
  }
  const known = new Set<string>();
  const repeats = new Set<string>();
  if (shared.size === 0) return repeats;
  for (const text of texts()) {
    if (shared.has(hashOfText(text)) && known.size === known.add(text).size) repeats.add(text);
  }
  return repeats;
}

/** Another one in each process: a plan may come from a stranger, who could make texts that share a hash. */
const seed = Math.floor(Math.random() * 2 ** 32);

/** After FNV-1a, in 30 bits, which the engine keeps without a box. Of this process only. */
export function hashOfText(text: string): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
}
