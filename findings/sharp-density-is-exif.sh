#!/usr/bin/env bash
# Expected: sharp's `withMetadata({ density: 300 })` writes the resolution where the format has a field for it: the JFIF
#   header of a JPEG, `pHYs` of a PNG.
# Version: sharp 0.35.5 (npm).
# Behaviour: a JPEG loses its JFIF header, and the resolution is in an EXIF block only; a PNG of 94 bytes has `pHYs` and
#   500 bytes of EXIF besides. Programs that place JPEGs by JFIF alone find no resolution.
# Output seen:
#   jpeg: JFIF false, Exif true
#   png: pHYs 11811, eXIf true
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund sharp@0.35.5

cat > density.cjs <<'JS'
const sharp = require('sharp');
const image = () =>
  sharp({ create: { width: 4, height: 4, channels: 3, background: '#123456' } }).withMetadata({ density: 300 });
async function main() {
  const jpeg = await image().jpeg().toBuffer();
  console.log(`jpeg: JFIF ${jpeg.includes('JFIF')}, Exif ${jpeg.includes('Exif')}`);
  const png = await image().png().toBuffer();
  console.log(`png: pHYs ${png.readUInt32BE(png.indexOf('pHYs') + 4)}, eXIf ${png.includes('eXIf')}`);
}
main();
JS
node density.cjs | tee seen
diff seen - <<'SEEN'
jpeg: JFIF false, Exif true
png: pHYs 11811, eXIf true
SEEN
