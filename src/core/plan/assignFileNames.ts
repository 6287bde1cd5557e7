import { createHash } from 'node:crypto';
import { findRepeats } from '../model/findRepeats';

/** Device names that Windows keeps for itself, with any extension. */
const reservedOnWindows = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$/i;

/**
 * A name that every file system takes, and every program: letters and digits of any script, `.`, `_` and `-` are kept, the
 * rest becomes `_`. Never empty, hidden or reserved, nor with a `-` in front, by which programs know their flags.
 */
export function toFileStem(name: string): string {
  const stem = toNamePart(name);
  return stem.startsWith('-') ? `_${stem}` : stem;
}

/** The same for what follows something else in a name, where a `-` may be in front. */
export function toNamePart(name: string): string {
  const stem = name.normalize('NFC').replace(/[^\p{L}\p{M}\p{N}._-]/gu, '_');
  return stem === '' || stem.startsWith('.') || reservedOnWindows.test(stem) ? `_${stem}` : stem;
}

/** Disks keep names in 255 bytes, or 255 UTF-16 units; this leaves room on both. */
export const maxNameBytes = 240;

/** An item whose files are to be named. */
export interface Nameable {
  readonly id: string;
  /** What its files are called after. */
  readonly name: string;
  /** What follows its stem, such as `.png` or `_CD3.png`; different from each other. */
  readonly endings: readonly string[];
}

/** Items that are made anew each time they are asked for. */
interface Nameables {
  readonly length: number;
  readonly at: (i: number) => Nameable;
}

/**
 * The file names of every item, by its place: its name as a stem with each of its endings; no two are equal, also not by letter case. Stems
 * that would clash get their item's id appended, and, where that does not help or a disk does not take it, a short
 * fingerprint of the id, the same in every run.
 */
export function assignFileNames(items: Nameables): (item: Nameable, i: number) => string[] {
  /** The stems of items that clashed, by their places. */
  const marked = new Map<number, string>();
  const namesOf = (item: Nameable, i: number): string[] => {
    const stem = marked.get(i) ?? stemOf(item, '');
    return item.endings.map((ending) => stem + ending);
  };
  const namesAt = (i: number): string[] => namesOf(items.at(i), i);
  // A stem with something appended may be the name of another item: go on until no two are equal.
  for (const mark of [
    toNamePart,
    ...[8, 16, 32, 64].map((length) => (id: string) => fingerprint(id).slice(0, length)),
  ]) {
    const clashing = findClashes(items.length, namesAt);
    if (clashing.length === 0) break;
    for (const i of clashing) {
      // An id that says nothing more than the name, as that of a FOV, only makes it longer.
      const item = items.at(i);
      const appended = mark(item.id);
      if (appended !== toNamePart(item.name)) marked.set(i, stemOf(item, `_${appended}`));
    }
  }
  return namesOf;
}

/** The positions of items with a name that is there twice. */
function findClashes(count: number, namesAt: (i: number) => readonly string[]): number[] {
  const twice = findRepeats(function* () {
    for (let i = 0; i < count; i++) for (const name of namesAt(i)) yield name.toLowerCase();
  });
  if (twice.size === 0) return [];
  const positions = Array.from({ length: count }, (_, i) => i);
  return positions.filter((i) => namesAt(i).some((name) => twice.has(name.toLowerCase())));
}

function stemOf({ id, name, endings }: Nameable, mark: string): string {
  const roomBytes = maxNameBytes - Math.max(...endings.map((ending) => Buffer.byteLength(ending)));
  const stem = toFileStem(name);
  const markBytes = Buffer.byteLength(mark);
  // A name keeps some of itself: of ids that leave no room, nothing is appended.
  return markBytes > roomBytes / 2 ? cutStem(stem, id, roomBytes) : cutStem(stem, id, roomBytes - markBytes) + mark;
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
