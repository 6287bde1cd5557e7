import { parseLooseJson, textEnd } from '../../model/parseLooseJson';
import { roiBounds } from './roiBounds';

/** Where a position in GeoJSON is nested: collection, features, feature, geometry, and four levels of coordinates. */
const maxDepth = 64;

/**
 * JSON of a text that somebody else wrote; a byte order mark may stand before it. Numbers that JSON does not have (`NaN`,
 * as in QuPath's measurements) are null.
 * @param maxParts how much it may be divided; see `RoiBounds`
 * @throws Error with the end of a sentence: no JSON, or nested or divided so much that it is an attack
 */
export function parseJson(text: string, maxParts = roiBounds.jsonParts): unknown {
  const json = text.replace(/^\uFEFF/, '');
  checkParts(json, maxParts);
  try {
    return parseLooseJson(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`it is not valid JSON: ${reason.replace(/\s+/g, ' ').slice(0, 200)}`, { cause: error });
  }
}

/** Looks at the brackets, commas and colons outside texts, before anything of it is in memory. */
function checkParts(json: string, maxParts: number): void {
  let depth = 0;
  let brackets = 0;
  let commas = 0;
  let keys = 0;
  for (let i = 0; i < json.length; i++) {
    switch (json.charCodeAt(i)) {
      case 0x22:
        i = textEnd(json, i);
        break;
      case 0x5b:
      case 0x7b:
        if (++depth > maxDepth) throw new Error(`it is nested deeper than ${maxDepth} levels`);
        brackets++;
        break;
      case 0x5d:
      case 0x7d:
        depth--;
        break;
      case 0x2c:
        commas++;
        break;
      case 0x3a:
        keys++;
    }
  }
  if (brackets > maxParts || commas > 2 * maxParts || 2 * keys > maxParts)
    throw new Error('it has more parts than we can hold; split it');
}
