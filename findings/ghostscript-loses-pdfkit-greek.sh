#!/usr/bin/env bash
# Expected: text of a PDF that PDFKit made can still be searched and copied after Ghostscript, through which publishers and
#   printers pass figures.
# Version: pdfkit 0.20.2, dejavu-fonts-ttf 2.37.3 (npm); Debian's ghostscript 10.0.0~dfsg-11+deb12u9,
#   poppler-utils 22.12.0-2+deb12u3.
# Behaviour: PDFKit's ToUnicode map is one `bfrange` with a list of characters. Of what Ghostscript makes of it, the Greek
#   letters are all the same other character. The glyphs that are drawn stay right, so that nobody notices.
# Output seen:
#   before: β-catenin, TNF-α
#   after: ³-catenin, TNF-³
set -euo pipefail

require() {
  [ "$(dpkg-query -W -f='${Version}' "$1" 2>/dev/null)" = "$2" ] || { echo "missing: $1 $2 (Debian 12)"; exit 2; }
}
require ghostscript 10.0.0~dfsg-11+deb12u9
require poppler-utils 22.12.0-2+deb12u3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund pdfkit@0.20.2 dejavu-fonts-ttf@2.37.3

cat > text.cjs <<'JS'
const { createWriteStream } = require('node:fs');
const PDFDocument = require('pdfkit');
const document = new PDFDocument();
document.pipe(createWriteStream('before.pdf'));
document.font(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf')).text('β-catenin, TNF-α');
document.end();
JS
node text.cjs
gs -q -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -sOutputFile=after.pdf before.pdf
for name in before after; do echo "$name: $(pdftotext "$name.pdf" - | head -1)"; done | tee seen
diff seen - <<'SEEN'
before: β-catenin, TNF-α
after: ³-catenin, TNF-³
SEEN
