import { createHash } from 'node:crypto';

/** Device names that Windows keeps for itself, with any extension. */
const reservedOnWindows = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

/**
 * A name that every file system takes: letters and digits of any script, `.`, `_` and `-` are kept, the rest becomes
 * `_`. Never empty, hidden or reserved.
 */
export function toFileStem(name: string): string {
  const stem = name.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}._-]/gu, '_');
  return stem === '' || stem.startsWith('.') || reservedOnWindows.test(stem) ? `_${stem}` : stem;
}

/** Disks keep names in 255 bytes, or 255 UTF-16 units; this leaves room on both. */
const maxNameBytes = 240;

/**
 * The file names of every item: its name as a stem with each of the endings; no two are equal, also not by letter case. Stems that
 * would clash, or are too long for a disk, get a short fingerprint of their id, the same in every run.
 * @param endings what follows an item's stem, such as `.png` or `_CD3.png`; different from each other
 */
export function assignFileNames(
  items: readonly { readonly id: string; readonly name: string }[],
  endings: readonly string[],
): Map<string, string[]> {
  const roomBytes = maxNameBytes - Math.max(...endings.map((ending) => Buffer.byteLength(ending)));
  const ids = items.map(({ id }) => id);
  const wanted = new Map(items.map(({ id, name }) => [id, toFileStem(name)]));
  const stems = new Map(ids.map((id) => [id, cutStem(wanted.get(id)!, id, roomBytes)]));
  const namesOf = (id: string): string[] => endings.map((ending) => stems.get(id)! + ending);
  // A stem with its fingerprint may be the name of another item: longer ones, until no two are equal.
  for (const length of [8, 16, 32, 64]) {
    const users = new Map<string, number>();
    for (const name of ids.flatMap(namesOf)) users.set(name.toLowerCase(), (users.get(name.toLowerCase()) ?? 0) + 1);
    const clashing = ids.filter((id) => namesOf(id).some((name) => users.get(name.toLowerCase())! > 1));
    for (const id of clashing) {
      const mark = `_${fingerprint(id).slice(0, length)}`;
      stems.set(id, cutStem(wanted.get(id)!, id, roomBytes - mark.length) + mark);
    }
    if (clashing.length === 0) break;
  }
  return new Map(ids.map((id) => [id, namesOf(id)]));
}

/** A stem of at most so many bytes; one that is too long ends in a fingerprint of what it was made of. */
export function cutStem(stem: string, id: string, maxBytes: number): string {
  if (Buffer.byteLength(stem) <= maxBytes) return stem;
  const mark = `_${fingerprint(id).slice(0, 8)}`;
  let cut = '';
  for (const character of stem) {
    if (Buffer.byteLength(cut + character) > maxBytes - mark.length) break;
    cut += character;
  }
  return cut + mark;
}

function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
