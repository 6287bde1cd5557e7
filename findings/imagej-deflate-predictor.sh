#!/usr/bin/env bash
# Expected: ImageJ opens a TIFF with Deflate and a horizontal predictor, which tifffile writes by one option, with its
#   pixels, or refuses it.
# Version: Debian's imagej 1.53t-1; the files by python3-tifffile 20230203-1.
# Behaviour: it inflates the strips and leaves the differences as they are. Every pixel but the first of each row is wrong,
#   and nothing is said.
# Output seen:
#   plain.tif 0 3 6 9 12
#   deflate.tif 0 3 6 9 12
#   predicted.tif 0 3 3 3 3
set -euo pipefail

require() {
  [ "$(dpkg-query -W -f='${Version}' "$1" 2>/dev/null)" = "$2" ] || { echo "missing: $1 $2 (Debian 12)"; exit 2; }
}
require imagej 1.53t-1
require python3-tifffile 20230203-1
command -v xvfb-run >/dev/null || { echo 'missing: xvfb'; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

/usr/bin/python3 - <<'PY'
import numpy as np, tifffile
pixels = np.arange(160, dtype='uint16').reshape(10, 16) * 3
tifffile.imwrite('plain.tif', pixels)
tifffile.imwrite('deflate.tif', pixels, compression='zlib')
tifffile.imwrite('predicted.tif', pixels, compression='zlib', predictor=True)
for name in ('plain', 'deflate', 'predicted'):
    assert (tifffile.imread(f'{name}.tif') == pixels).all()
PY
cat > row.ijm <<'IJM'
names = split(getArgument(), ",");
for (i = 0; i < names.length; i++) {
  open(names[i]);
  row = File.getName(names[i]);
  for (x = 0; x < 5; x++) row = row + " " + getPixel(x, 0);
  print(row);
  close();
}
run("Quit");
IJM
timeout 300 xvfb-run -a java -Duser.home="$work" -jar /usr/share/java/ij.jar -batch "$work/row.ijm" \
  "$work/plain.tif,$work/deflate.tif,$work/predicted.tif" 2>/dev/null | tee seen
diff seen - <<'SEEN'
plain.tif 0 3 6 9 12
deflate.tif 0 3 6 9 12
predicted.tif 0 3 3 3 3
SEEN
