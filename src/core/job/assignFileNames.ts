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

/**
 * The file names of every item: its stem with each of the endings; no two are equal, also not by letter case. Items
 * whose names would clash get a short fingerprint of their id after the stem, the same in every run.
 * @param endings what follows an item's stem, such as `.png` or `_CD3.png`; different from each other
 */
export function assignFileNames(ids: readonly string[], endings: readonly string[]): Map<string, string[]> {
  const namesOf = (stem: string): string[] => endings.map((ending) => stem + ending);
  const users = new Map<string, number>();
  for (const name of ids.flatMap((id) => namesOf(toFileStem(id)))) {
    users.set(name.toLowerCase(), (users.get(name.toLowerCase()) ?? 0) + 1);
  }
  return new Map(
    ids.map((id) => {
      const names = namesOf(toFileStem(id));
      const clashes = names.some((name) => users.get(name.toLowerCase())! > 1);
      return [id, clashes ? namesOf(`${toFileStem(id)}_${fingerprint(id)}`) : names];
    }),
  );
}

function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 8);
}
