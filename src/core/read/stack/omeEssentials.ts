/** What says which plane is which and how big a pixel is; all else in OME-XML is for others. */
const kept: ReadonlySet<string> = new Set([
  'OME',
  'BinaryOnly',
  'Image',
  'Pixels',
  'Channel',
  'TiffData',
  'UUID',
  // Before 2009, the names of channels.
  'LogicalChannel',
  'ChannelComponent',
]);

/** A tree that is deeper is an attack, and so is one with more elements that matter: enough for 250 000 planes. */
const maxDepth = 256;
const maxKept = 2 ** 19;

/**
 * OME-XML without the elements that we do not need, and all that is in those: it can be many megabytes, of which a few
 * lines say where the pixels are. `undefined` if its tags do not match, as in a file that was cut off, or if it brings
 * a document type, whose entities could make gigabytes of a few bytes. Takes time and memory in proportion to its length.
 */
export function omeEssentials(xml: string): string | undefined {
  const parts: string[] = [];
  /** Names of the open elements, prefixes included. The first `keptDepth` of them are kept. */
  const open: string[] = [];
  let keptDepth = 0;
  let keptCount = 0;
  let hadRoot = false;
  let at = 0;
  for (let tag = xml.indexOf('<'); tag !== -1; tag = xml.indexOf('<', at)) {
    if (open.length === keptDepth && localName(open.at(-1)) === 'UUID') parts.push(xml.slice(at, tag));
    const other = afterOther(xml, tag);
    if (other === -1) return undefined;
    if (other !== undefined) {
      at = other;
      continue;
    }
    const end = tagEnd(xml, tag);
    if (end === -1) return undefined;
    at = end + 1;
    const closes = xml[tag + 1] === '/';
    const name = nameAt(xml, closes ? tag + 2 : tag + 1);
    if (closes) {
      if (name === '' || open.pop() !== name) return undefined;
      if (open.length < keptDepth) {
        keptDepth--;
        parts.push(xml.slice(tag, at));
      }
      continue;
    }
    if (name === '' || open.length >= maxDepth || (open.length === 0 && hadRoot)) return undefined;
    hadRoot = true;
    const keep = open.length === keptDepth && kept.has(localName(name));
    if (keep) parts.push(xml.slice(tag, at));
    if (keep && ++keptCount > maxKept) return undefined;
    if (xml[end - 1] === '/') continue;
    open.push(name);
    if (keep) keptDepth++;
  }
  return hadRoot && open.length === 0 ? parts.join('') : undefined;
}

/** Where a comment, CDATA section or instruction at `tag` ends; `undefined` for a tag, -1 for what may not be there. */
function afterOther(xml: string, tag: number): number | undefined {
  for (const [beginning, ending] of [
    ['<!--', '-->'],
    ['<![CDATA[', ']]>'],
    ['<?', '?>'],
  ] as const) {
    if (!xml.startsWith(beginning, tag)) continue;
    const end = xml.indexOf(ending, tag + beginning.length);
    return end === -1 ? -1 : end + ending.length;
  }
  return xml[tag + 1] === '!' ? -1 : undefined;
}

/** Where the `>` of the tag is; `>` in quotes does not count. */
function tagEnd(xml: string, tag: number): number {
  for (let i = tag; i < xml.length; i++) {
    const character = xml[i];
    if (character === '>') return i;
    if (character !== '"' && character !== "'") continue;
    i = xml.indexOf(character, i + 1);
    if (i === -1) return -1;
  }
  return -1;
}

const namePattern = /[^\s/>]*/y;

function nameAt(xml: string, at: number): string {
  namePattern.lastIndex = at;
  return namePattern.exec(xml)?.[0] ?? '';
}

function localName(name = ''): string {
  return name.slice(name.indexOf(':') + 1);
}
