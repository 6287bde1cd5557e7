import { embeddedElement, embeddedNamespace } from '../model/embeddedRecipe';
import { escapeXml } from './escapeXml';

/** A text as a property of the document that the RDF is in. */
export function embeddedDescription(text: string): string {
  return `<rdf:Description rdf:about="" xmlns:batchExport="${embeddedNamespace}"><batchExport:${embeddedElement}>${escapeXml(text)}</batchExport:${embeddedElement}></rdf:Description>`;
}

/** An XMP packet (ISO 16684-1, 7.3) that holds a text, to be written as UTF-8. */
export function xmpPacket(text: string): string {
  const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">${embeddedDescription(text)}</rdf:RDF>`;
  return `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">${rdf}</x:xmpmeta><?xpacket end="r"?>`;
}
