#!/usr/bin/env bash
# Expected: ImageJ shows the pixels of a TIFF that is compressed with Deflate after horizontal differencing (Predictor 2), as
# tifffile, libtiff and Bio-Formats do, or says that it cannot.
# Version: imagej 1.53t-1 (Debian 12), with a file written by tifffile 2023.2.3 from Debian's python3-tifffile.
# Behaviour: it undoes Deflate and leaves the differences as they are: a wrong picture without a word.
# Seen, of the row 30 33 36 39 42, without and with the predictor:
#   plain: 30 33 36 39 42
#   differences: 30 3 3 3 3
set -euo pipefail
require() {
  local found
  found=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null) || found=none
  [ "$found" = "$2" ] || { echo "missing: $1 $2 (found $found)" >&2; exit 2; }
}
require imagej 1.53t-1
require python3-tifffile 20230203-1
command -v xvfb-run >/dev/null || { echo "missing: xvfb" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
/usr/bin/python3 - <<'P'
import numpy, tifffile
image = (numpy.arange(400).reshape(20, 20) * 3 + 30).astype("uint16")
for name, predictor in (("plain", False), ("differences", True)):
    tifffile.imwrite(name + ".tif", image, compression="zlib", predictor=predictor)
    assert (tifffile.imread(name + ".tif") == image).all()
P
cat > read.ijm <<'M'
names = split(getArgument(), ",");
for (i = 0; i < names.length; i++) {
  open(names[i]);
  row = "";
  for (x = 0; x < 5; x++) row = row + " " + getPixel(x, 0);
  print(File.getNameWithoutExtension(names[i]) + ":" + row);
  close();
}
run("Quit");
M
found=$(timeout -k 5 90 xvfb-run -a java -jar /usr/share/java/ij.jar -batch "$work/read.ijm" "$work/plain.tif,$work/differences.tif")
echo "$found"
[ "$found" = $'plain: 30 33 36 39 42\ndifferences: 30 3 3 3 3' ]
