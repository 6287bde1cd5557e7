/** A tag of an XML document. */
export interface XmlTag {
  readonly kind: 'open' | 'close' | 'empty';
  /** Without its prefix. */
  readonly name: string;
  /** Where it begins, and where what follows begins. */
  readonly start: number;
  readonly end: number;
}

const maxDepth = 256;

/**
 * The tags of a document in their order, comments and the like left out. Takes time in proportion to its length, and of
 * memory only what is open.
 * @throws Error with the end of a sentence: tags that do not match or do not end, or a document type, whose entities
 * could make gigabytes of a few bytes
 */
export function* scanXml(xml: string): Generator<XmlTag> {
  const open: string[] = [];
  let hadRoot = false;
  for (let start = xml.indexOf('<'); start !== -1;) {
    const skipped = afterOther(xml, start);
    if (skipped !== undefined) {
      start = xml.indexOf('<', skipped);
      continue;
    }
    const end = tagEnd(xml, start) + 1;
    const closes = xml[start + 1] === '/';
    const name = nameAt(xml, closes ? start + 2 : start + 1);
    const isEmpty = !closes && xml[end - 2] === '/';
    const isFirst = open.length === 0;
    if (name === '' || (isFirst && (closes || hadRoot))) throw new Error(`its XML is broken at character ${start + 1}`);
    if (closes && open.pop() !== name) throw new Error(`its XML closes "${name.slice(0, 40)}" where it is not open`);
    if (!closes && !isEmpty) open.push(name);
    if (open.length > maxDepth) throw new Error(`its XML is nested deeper than ${maxDepth} levels`);
    hadRoot = true;
    const local = name.slice(name.indexOf(':') + 1);
    yield { kind: closes ? 'close' : isEmpty ? 'empty' : 'open', name: local, start, end };
    start = xml.indexOf('<', end);
  }
  if (!hadRoot || open.length > 0) throw new Error('its XML is cut off');
}

/** The attributes of a tag by their names without prefix and in lower case: schemas have spelled them in both ways. */
export function attributesOf(xml: string, tag: XmlTag): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const text = xml.slice(tag.start, tag.end);
  for (const [, name, double, single] of text.matchAll(/\s([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    attributes.set(name.slice(name.indexOf(':') + 1).toLowerCase(), decodeXml(double ?? single ?? ''));
  }
  return attributes;
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Text between tags or in an attribute, its references replaced. Other entities than XML's own do not exist here. */
export function decodeXml(text: string): string {
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot|apos));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return entities[name.toLowerCase()];
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Where a comment, CDATA section or instruction ends; `undefined` for a tag. */
function afterOther(xml: string, start: number): number | undefined {
  for (const [beginning, ending] of [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<?', '?>'],
  ] as const) {
    if (!xml.startsWith(beginning, start)) continue;
    const end = xml.indexOf(ending, start + beginning.length);
    if (end === -1) throw new Error('its XML is cut off');
    return end + ending.length;
  }
  if (xml[start + 1] === '!') throw new Error('its XML has a document type or a declaration of its own');
  return undefined;
}

/** Where the `>` of the tag is; `>` in quotes does not count. */
function tagEnd(xml: string, start: number): number {
  for (let i = start + 1; i < xml.length; i++) {
    const character = xml[i];
    if (character === '>') return i;
    if (character === '<') break;
    if (character !== '"' && character !== "'") continue;
    i = xml.indexOf(character, i + 1);
    if (i === -1) break;
  }
  throw new Error(`its XML has a tag at character ${start + 1} that does not end`);
}

const namePattern = /[^\s/>]*/y;

function nameAt(xml: string, at: number): string {
  namePattern.lastIndex = at;
  return namePattern.exec(xml)?.[0] ?? '';
}
