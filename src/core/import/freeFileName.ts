/** The longest slug: with an ending it fits into any file system, also in letters of three bytes. */
const maxLength = 60;

/**
 * A file name made of what people call a thing: lower case, letters and digits of any script, `-` and `_`.
 * One that is taken gets a number.
 * @param taken names of files in the folder, whatever their letter case; the new one is added
 */
export function freeFileName(name: string, ending: string, taken: Set<string>): string {
  const slug = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '-')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
  const base = Array.from(slug).slice(0, maxLength).join('') || 'unnamed';
  const key = (candidate: string): string => candidate.normalize('NFC').toLowerCase();
  const all = new Set([...taken].map(key));
  let free = `${base}${ending}`;
  for (let n = 2; all.has(key(free)); n++) free = `${base}-${n}${ending}`;
  taken.add(free);
  return free;
}
