/** One line of comma-separated values, quoted where needed as RFC 4180 has it; ends with a line feed. */
export function csvLine(values: readonly (string | number)[]): string {
  const quoted = values.map((value) => {
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\n`;
}
