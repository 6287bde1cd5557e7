/** Names made different from each other: the second `DAPI` becomes `DAPI_2`. A name that is alone stays as it is. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let n = 2; taken.has(unique) || (unique !== name && names.includes(unique)); n++) unique = `${name}_${n}`;
    taken.add(unique);
    return unique;
  });
}
