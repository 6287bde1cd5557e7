#!/usr/bin/env python3
"""Makes tiffOdd.json: what other programs read in the odd and hostile TIFFs of the real data.

    python3 generateTiff.py DATA      writes tiffOdd.json beside this script

For every page of every file below DATA/tiff_odd: sample type, shape (rows, columns, samples) and the SHA-256 of the
values, little-endian, samples of a pixel together; by tifffile, or by GDAL where tifffile lacks the codec.
Debian 12: apt-get install python3-tifffile python3-gdal. The versions are inside the file.
"""
import hashlib
import json
import os
import sys

import numpy as np
import tifffile
from osgeo import gdal

gdal.UseExceptions()


def normal(array, planar_first):
    """(rows, columns, samples), little-endian, one kind of NaN: which of them a half float was is not kept."""
    if array.ndim == 2:
        array = array[:, :, None]
    elif planar_first:
        array = np.moveaxis(array, 0, 2)
    array = array.astype(array.dtype.newbyteorder("<"))
    if array.dtype.kind == "f":
        array[np.isnan(array)] = np.nan
    return np.ascontiguousarray(array)


def by_tifffile(page):
    array = page.asarray()
    return normal(array, page.planarconfig == 2 and page.samplesperpixel > 1 and array.ndim == 3)


def by_gdal(path, index):
    dataset = gdal.Open(f"GTIFF_DIR:{index + 1}:{path}")
    if dataset.GetMetadataItem("SOURCE_COLOR_SPACE", "IMAGE_STRUCTURE") == "CMYK":
        raise ValueError("GDAL gives RGB here, not what is on disk")
    array = dataset.ReadAsArray()
    return normal(array, array.ndim == 3)


def pages_of(path):
    pages = []
    with tifffile.TiffFile(path) as tiff:
        for index, page in enumerate(tiff.pages):
            if index >= 64:
                break
            entry = None
            for name, read in (("tifffile", lambda: by_tifffile(page)), ("gdal", lambda: by_gdal(path, index))):
                try:
                    array = read()
                except BaseException:  # both raise whatever they like on hostile files
                    continue
                if array.shape[:2] == (page.imagelength, page.imagewidth) and array.dtype == page.dtype:
                    entry = {"by": name, "dtype": array.dtype.name, "shape": array.shape,
                             "sha256": hashlib.sha256(array.tobytes()).hexdigest()}
                    break
            pages.append(entry)
    return pages


def main():
    root = os.path.join(sys.argv[1], "tiff_odd")
    files = {}
    for folder, _, names in sorted(os.walk(root)):
        for name in sorted(names):
            path = os.path.join(folder, name)
            try:
                files[os.path.relpath(path, root)] = pages_of(path)
            except BaseException:
                files[os.path.relpath(path, root)] = []
    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "tifffile": tifffile.__version__, "gdal": gdal.__version__}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "tiffOdd.json"), "w") as out:
        json.dump({"madeBy": "generateTiff.py DATA", "versions": versions, "files": files}, out, indent=0, sort_keys=True)
        out.write("\n")


if __name__ == "__main__":
    main()
