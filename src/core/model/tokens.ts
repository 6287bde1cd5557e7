/** What `{tokens}` may stand for in a title or caption. */
export const tokenNames = [
  'fov',
  'label',
  'channel',
  'marker_set',
  'index',
  'scale_bar',
  'pixel_size',
  'width',
  'description',
] as const;

export type TokenName = (typeof tokenNames)[number];

/** `{name}`, or `{{` and `}}` for the braces themselves. */
const tokenPattern = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/** What is wrong with the tokens of a text; `undefined` if nothing is. */
export function tokenProblem(text: string): string | undefined {
  for (const [whole, name] of text.matchAll(tokenPattern)) {
    if (whole === '{{' || whole === '}}') continue;
    if (name === undefined) return `has a single "${whole}"; write ${whole}${whole} for the character itself`;
    if (!tokenNames.some((token) => token === name)) {
      return `has {${name}}, but the tokens are ${tokenNames.map((token) => `{${token}}`).join(' ')}`;
    }
  }
  return undefined;
}

/** The text with every token replaced; one without a value becomes nothing. */
export function fillTokens(text: string, values: Readonly<Partial<Record<TokenName, string>>>): string {
  return text.replace(tokenPattern, (whole, name?: string) =>
    whole === '{{' || whole === '}}' ? whole[0] : (values[name as TokenName] ?? ''),
  );
}
