/** As many lines as a block may have (Adobe Technical Note 5014, 7.1). */
const mostInBlock = 100;

/**
 * Which characters the glyphs of a PDF's font stand for (ISO 32000-1, 9.10.3), each on a line of its own (`bfchar`): PDFKit
 * (0.20.2) writes one range with a list, of which Ghostscript (10.0) makes other characters where they are beyond Latin.
 * @param characters of each glyph, by its number; the first glyph is none, and stands for nothing
 */
export function toUnicodeMap(characters: readonly (readonly number[] | undefined)[]): string {
  const lines: string[] = [];
  for (const [glyph, codePoints] of characters.entries()) {
    if (glyph === 0 || !codePoints || codePoints.length === 0) continue;
    lines.push(`<${hex(glyph)}> <${Array.from(String.fromCodePoint(...codePoints), utf16).join('')}>`);
  }
  const blocks: string[] = [];
  for (let at = 0; at < lines.length; at += mostInBlock) {
    const block = lines.slice(at, at + mostInBlock);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar\n`);
  }
  return `/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <ffff>
endcodespacerange
${blocks.join('')}endcmap
CMapName currentdict /CMap defineresource pop
end
end
`;
}

function utf16(char: string): string {
  return Array.from({ length: char.length }, (_, i) => hex(char.charCodeAt(i))).join('');
}

function hex(value: number): string {
  return value.toString(16).padStart(4, '0');
}
