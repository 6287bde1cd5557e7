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

/** FNV-1a in 30 bits, which the engine keeps without a box. */
export function hashOfText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & 0x3fffffff;
}
