/** What `{tokens}` may stand for in a title or caption. */
export const tokenNames = [
  'fov',
  'label',
  'roi',
  'roi_id',
  'channel',
  'marker_set',
  'index',
  'scale_bar',
  'pixel_size',
  'width',
  'description',
] as const;

export type TokenName = (typeof tokenNames)[number];

/** What `{tokens}` of a file name's pattern stand for, besides the columns of the cell table. */
export const nameTokens = ['fov', 'label', 'roi', 'roi_id', 'channel', 'marker_set', 'index'] as const;

/** `{name}`, or `{{` and `}}` for the braces themselves. */
const tokenPattern = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/**
 * What is wrong with the tokens of a text; `undefined` if nothing is.
 * @param known what tokens there are; absent: any
 */
export function tokenProblem(text: string, known?: readonly string[]): string | undefined {
  for (const [whole, name] of text.matchAll(tokenPattern)) {
    if (whole === '{{' || whole === '}}') continue;
    if (name === undefined) return `has a single "${whole}"; write ${whole}${whole} for the character itself`;
    if (known && !known.includes(name)) {
      return `has {${name}}, but the tokens are ${known.map((token) => `{${token}}`).join(' ')}`;
    }
  }
  return undefined;
}

/** The text with every token replaced; one without a value becomes nothing. */
export function fillTokens(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(tokenPattern, (whole, name?: string) =>
    whole === '{{' || whole === '}}' ? whole[0] : (values.get(name ?? '') ?? ''),
  );
}

/** The names of a text's tokens, each once. */
export function tokensOf(text: string): string[] {
  const names = [...text.matchAll(tokenPattern)].map(([, name]) => name as string | undefined);
  return [...new Set(names.filter((name) => name !== undefined))];
}
