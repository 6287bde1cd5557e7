/**
 * Names made different from each other: the second `DAPI` becomes `DAPI_2`. A name that is alone stays as it is. In time
 * proportional to their number, however they repeat.
 */
export function uniqueNames(names: readonly string[]): string[] {
  const wanted = new Set(names);
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return names.map((name) => {
    let unique = name;
    for (let n = next.get(name) ?? 2; taken.has(unique) || (unique !== name && wanted.has(unique)); n++) {
      unique = `${name}_${n}`;
      next.set(name, n + 1);
    }
    taken.add(unique);
    return unique;
  });
}
