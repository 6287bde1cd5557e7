/** Characters of a title or caption, with what stands for its tokens; what a recipe says itself is less. */
export const mostOfText = 4000;

/** Characters of a name in a legend. */
export const mostOfName = 300;

/**
 * A text, or its beginning and an ellipsis. Names come from anybody and may be of any length: a line that nobody can read
 * would be as wide as memory.
 * @param most characters, in UTF-16 units
 */
export function cutText(text: string, most: number): string {
  // Not within a character of two units.
  return text.length <= most ? text : `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}
