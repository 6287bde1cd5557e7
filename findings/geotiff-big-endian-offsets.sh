#!/usr/bin/env bash
# Expected: geotiff.js reads a big-endian TIFF of many strips, as ImageJ writes them, like the same image in little-endian.
# Version: geotiff 3.0.5 (npm).
# Behaviour: a tag of many values is read when it is first asked for, and then in the byte order of the machine, not of the
#   file: on x86 and ARM all offsets of strips or tiles are reversed. The pixels are out of reach, or, where a reversed
#   offset lies in the file, others. With `eager` on its parser, tags are read right.
# Output seen:
#   little-endian: strip 0 at 3856; row 0: 0 1 2 3
#   big-endian: strip 0 at 269418496; row 0: RangeError: Offset is outside the bounds of the DataView
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund geotiff@3.0.5

cat > read.mjs <<'JS'
import { fromArrayBuffer } from 'geotiff';

/** 16 × 600 pixels of 16 bits, each row a strip. */
function tiff(little) {
  const [width, height] = [16, 600];
  const fields = [
    [256, 4, [width]], [257, 4, [height]], [258, 3, [16]], [259, 3, [1]], [262, 3, [1]],
    [273, 4, Array.from({ length: height }, (_, i) => 3856 + 2 * width * i)], [277, 3, [1]], [278, 4, [1]],
    [279, 4, Array(height).fill(2 * width)],
  ];
  // Header, directory, pixels from 3856 on, and behind them the two long tags.
  const view = new DataView(new ArrayBuffer(16_384 + 2 * width * height));
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, fields.length, little);
  let [entry, far] = [10, 3856 + 2 * width * height];
  for (const [tag, type, values] of fields) {
    view.setUint16(entry, tag, little);
    view.setUint16(entry + 2, type, little);
    view.setUint32(entry + 4, values.length, little);
    if (values.length > 1) {
      view.setUint32(entry + 8, far, little);
      for (const value of values) view.setUint32((far += 4) - 4, value, little);
    } else if (type === 3) view.setUint16(entry + 8, values[0], little);
    else view.setUint32(entry + 8, values[0], little);
    entry += 12;
  }
  for (let i = 0; i < width * height; i++) view.setUint16(3856 + 2 * i, i, little);
  return view.buffer;
}

for (const name of ['little-endian', 'big-endian']) {
  const image = await (await fromArrayBuffer(tiff(name === 'little-endian'))).getImage();
  const [first] = await image.fileDirectory.loadValue('StripOffsets');
  const row = await image.readRasters().then(
    ([samples]) => Array.from(samples.slice(0, 4)).join(' '),
    String,
  );
  console.log(`${name}: strip 0 at ${first}; row 0: ${row}`);
}
JS
node read.mjs | tee seen
diff seen - <<'SEEN'
little-endian: strip 0 at 3856; row 0: 0 1 2 3
big-endian: strip 0 at 269418496; row 0: RangeError: Offset is outside the bounds of the DataView
SEEN
