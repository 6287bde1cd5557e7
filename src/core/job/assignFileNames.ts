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
 * One file name for each item id; no two are equal, also not by letter case. Names that would clash get a short
 * fingerprint of the id appended, the same in every run.
 */
export function assignFileNames(ids: readonly string[], extension: string): Map<string, string> {
  const key = (stem: string): string => stem.toLowerCase();
  const users = new Map<string, number>();
  for (const id of ids) users.set(key(toFileStem(id)), (users.get(key(toFileStem(id))) ?? 0) + 1);
  return new Map(
    ids.map((id) => {
      const stem = toFileStem(id);
      const clashes = users.get(key(stem))! > 1;
      return [id, `${stem}${clashes ? `_${fingerprint(id)}` : ''}${extension}`];
    }),
  );
}

function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 8);
}
