interface ListOptions {
  /** How many are named. */
  readonly most?: number;
  readonly between?: string;
}

/** Names within a sentence: some of them, then how many more there are, so that no file makes a message endless. */
export function listNames(names: readonly string[], { most = 8, between = ', ' }: ListOptions = {}): string {
  const shown = names.slice(0, most).join(between);
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** The same of lines under each other. */
export function listLines(lines: readonly string[], most: number): string[] {
  return lines.length > most ? [...lines.slice(0, most), `and ${lines.length - most} more`] : [...lines];
}
