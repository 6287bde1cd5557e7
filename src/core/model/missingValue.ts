/** What pandas and R write, and read, for a value that is not there. */
const missing = /^\s*(?:|na|n\/a|<na>|#n\/a|-?nan|null)\s*$/i;

/** Whether the text of a table's cell says that there is no value. */
export function isMissing(text: string): boolean {
  return missing.test(text);
}
