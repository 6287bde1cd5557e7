#!/usr/bin/env bash
# Expected: PDFKit writes the title of a tagged document into its XMP packet, which is XML, with & and < escaped.
# Version: pdfkit 0.20.2, fast-xml-parser 5.12.1 (npm).
# Behaviour: the title, the author and the rest are put in as they are. A title such as "CD3 & CD8" makes XMP that no XML
#   parser takes, so that readers find no metadata, and the file is no PDF/A or PDF/UA.
# Output seen:
#   <rdf:li xml:lang="x-default">CD3 & CD8 <20 µm</rdf:li>
#   XML is not well-formed
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund pdfkit@0.20.2 fast-xml-parser@5.12.1

cat > title.cjs <<'JS'
const { XMLValidator } = require('fast-xml-parser');
const PDFDocument = require('pdfkit');
const chunks = [];
const document = new PDFDocument({ pdfVersion: '1.7', tagged: true, info: { Title: 'CD3 & CD8 <20 µm' } });
document.on('data', (chunk) => chunks.push(chunk));
document.on('end', () => {
  const xmp = /<\?xpacket[^]*?<\?xpacket end[^]*?\?>/.exec(Buffer.concat(chunks).toString('utf8'))[0];
  console.log(/<dc:title>[^]*?(<rdf:li[^]*?<\/rdf:li>)/.exec(xmp)[1]);
  console.log(XMLValidator.validate(xmp) === true ? 'XML is well-formed' : 'XML is not well-formed');
});
document.end();
JS
node title.cjs | tee seen
diff seen - <<'SEEN'
<rdf:li xml:lang="x-default">CD3 & CD8 <20 µm</rdf:li>
XML is not well-formed
SEEN
