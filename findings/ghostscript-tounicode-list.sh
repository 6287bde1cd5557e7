#!/usr/bin/env bash
# Expected: Ghostscript's pdfwrite keeps the characters of a font whose ToUnicode map is one `beginbfrange` with a list of
# characters (ISO 32000-1, 9.10.3), as pdfkit writes it; poppler reads them from the original.
# Version: ghostscript 10.0.0~dfsg-11+deb12u9, poppler-utils 22.12.0-2+deb12u3, fonts-dejavu-core 2.37-6 (Debian 12), pdfkit 0.20.2.
# Behaviour: characters beyond Latin become others, without a warning; the page looks the same. With a line for each character
# (`beginbfchar`) they are kept.
# Seen:
#   before: β-catenin
#   after: ³-catenin
set -euo pipefail
require() {
  local found
  found=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null) || found=none
  [ "$found" = "$2" ] || { echo "missing: $1 $2 (found $found)" >&2; exit 2; }
}
require ghostscript 10.0.0~dfsg-11+deb12u9
require poppler-utils 22.12.0-2+deb12u3
require fonts-dejavu-core 2.37-6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --silent pdfkit@0.20.2
cat > make.cjs <<'J'
const fs = require('node:fs');
const PDFDocument = require('pdfkit');
const document = new PDFDocument({ font: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf' });
document.pipe(fs.createWriteStream('before.pdf'));
document.text('β-catenin');
document.end();
J
node make.cjs
timeout -k 5 60 gs -q -dSAFER -dNOPAUSE -dBATCH -sDEVICE=pdfwrite -sOutputFile=after.pdf before.pdf
found=$(for file in before after; do echo "$file: $(pdftotext "$file.pdf" - | head -1)"; done)
echo "$found"
[ "$found" = $'before: β-catenin\nafter: ³-catenin' ]
