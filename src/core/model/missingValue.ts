/** What pandas and R write, and read, for a value that is not there; `Na` is sodium. */
const missing = /^(?:|NA|na|N\/A|n\/a|<NA>|#N\/A|-?(?:NaN|nan|NAN)|NULL|null|Null)$/;

/** Whether the text of a table's cell says that there is no value. */
export function isMissing(text: string): boolean {
  return missing.test(text.trim());
}
