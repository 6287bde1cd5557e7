import { embeddedElement, embeddedNamespace } from '../../model/embeddedRecipe';
import { attributesOf, decodeXml, scanXml } from '../rois/scanXml';

const attribute = embeddedElement.toLowerCase();

/**
 * Our text in XML: of the element of XMP that is ours, of the attribute that other programs make of it, or of our
 * annotation in OME-XML; `undefined` if there is none. Takes time in proportion to the length of the document.
 * @throws Error with the end of a sentence if the document is broken
 */
export function textInXml(xml: string): string | undefined {
  // What others write need not be well-formed for us.
  if (!xml.includes(embeddedElement) && !xml.includes(embeddedNamespace)) return undefined;
  let isOurs = false;
  let start: number | undefined;
  for (const tag of scanXml(xml)) {
    if (start !== undefined) return decodeXml(xml.slice(start, tag.start));
    if (tag.kind === 'close') continue;
    if (tag.name === 'CommentAnnotation') isOurs = attributesOf(xml, tag).get('namespace') === embeddedNamespace;
    else if (tag.name === embeddedElement || (isOurs && tag.name === 'Value')) start = tag.end;
    else if (tag.name === 'Description') {
      const found = attributesOf(xml, tag).get(attribute);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
