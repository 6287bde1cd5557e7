/** Where a field is in a recipe: `['channels', 0, 'color']`. */
export type FieldPath = readonly PropertyKey[];

/**
 * What a door calls the fields of a recipe, for messages: the user of a flag or of a form has never seen their paths.
 * @param names by paths without positions in lists, such as `channels.color`; a field that has no name goes by that of
 *   the part it is in, and in the end by its path
 */
export function fieldNamer(names: Readonly<Record<string, string>>): (path: FieldPath) => string {
  return (path) => {
    const parts = path.filter((part) => typeof part !== 'number').map(String);
    for (let i = parts.length; i > 0; i--) {
      const known = parts.slice(0, i).join('.');
      if (Object.hasOwn(names, known)) return names[known];
    }
    return path.join('.');
  };
}
