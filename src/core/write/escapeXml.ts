/** What a name may hold and XML 1.0 may not, also not escaped: controls, halves of surrogate pairs, U+FFFE, U+FFFF. */
const notXml = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

const namedEntities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Text for an XML attribute or element. Markup by name; white space by number, because a parser reads it as a space in
 * an attribute otherwise; what XML cannot hold becomes U+FFFD.
 */
export function escapeXml(text: string): string {
  return text
    .replace(notXml, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => namedEntities[character] ?? `&#${character.charCodeAt(0)};`);
}
