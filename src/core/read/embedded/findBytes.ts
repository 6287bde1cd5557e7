import type { ByteSource } from './byteSource';

const blockBytes = 2 ** 20;

/**
 * Where bytes occur for the first time; -1 if they do not.
 * @param to no occurrence that ends after it
 */
export async function findFirst(source: ByteSource, what: string, from: number, to: number): Promise<number> {
  const wanted = Buffer.from(what, 'latin1');
  const end = Math.min(to, source.size);
  for (let at = from; at < end; at += blockBytes) {
    const block = await source.read(at, Math.min(blockBytes + wanted.length - 1, end - at));
    const found = block.indexOf(wanted);
    if (found !== -1) return at + found;
  }
  return -1;
}

/** Where bytes occur for the last time in a part of a source; -1 if they do not. */
export async function findLast(source: ByteSource, what: string, from: number, to: number): Promise<number> {
  const wanted = Buffer.from(what, 'latin1');
  for (let end = Math.min(to, source.size); end > from; end -= blockBytes) {
    const at = Math.max(from, end - blockBytes);
    const block = await source.read(at, Math.min(end + wanted.length - 1, to, source.size) - at);
    const found = block.lastIndexOf(wanted);
    if (found !== -1) return at + found;
  }
  return -1;
}
