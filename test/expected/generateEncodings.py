#!/usr/bin/env python3
"""Makes tiffEncodings.json: one small image in every way that a TIFF can hold it, written by GDAL and tifffile.

    python3 generateEncodings.py      writes tiffEncodings.json beside this script

Each case holds a file (base64); the values that it must give are in `truths`, by sample type and number of bands. Debian 12: python3-gdal python3-tifffile.
"""
import base64
import itertools
import json
import os
import sys
import tempfile

import numpy as np
import tifffile
from osgeo import gdal

gdal.UseExceptions()
WIDTH, HEIGHT = 37, 29
GDAL_TYPES = {"uint8": gdal.GDT_Byte, "uint16": gdal.GDT_UInt16, "int16": gdal.GDT_Int16, "uint32": gdal.GDT_UInt32,
              "int32": gdal.GDT_Int32, "float32": gdal.GDT_Float32, "float64": gdal.GDT_Float64}


def values(dtype, bands=1):
    """Smooth with noise, using the whole range of the type; floats with NaN, infinities and a negative zero."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    stack = []
    for band in range(bands):
        wave = np.sin(x / 5 + band) * np.cos(y / 7) + rng.normal(0, 0.05, (HEIGHT, WIDTH))
        if np.dtype(dtype).kind == "f":
            a = (wave * (40000 if dtype == "float16" else 1e5)).astype(dtype)
            a[0, :4] = [np.nan, np.inf, -np.inf, -0.0]
        else:
            info = np.iinfo(dtype)
            a = np.clip((wave + 1.2) / 2.4 * (float(info.max) - info.min) + info.min, info.min, info.max).astype(dtype)
        stack.append(a)
    return np.stack(stack)


def by_gdal(folder, dtype, options, bands=1):
    path = os.path.join(folder, "image.tif")
    a = values(dtype, bands)
    dataset = gdal.GetDriverByName("GTiff").Create(path, WIDTH, HEIGHT, bands, GDAL_TYPES[dtype], options)
    for band in range(bands):
        dataset.GetRasterBand(band + 1).WriteArray(a[band])
    del dataset
    assert np.array_equal(gdal.Open(path).ReadAsArray().reshape(a.shape), a, equal_nan=a.dtype.kind == "f"), options
    return path, a


def by_tifffile(folder, dtype, bands=1, **options):
    path = os.path.join(folder, "image.tif")
    a = values(dtype, bands)
    tifffile.imwrite(path, a[0] if bands == 1 else a, **options)
    return path, a


def plain(array):
    return [v if np.isfinite(v) else str(v) for v in array.astype("float64").ravel().tolist()]


def main():
    cases, truths = {}, {}

    def add(name, made):
        path, a = made
        with open(path, "rb") as file:
            cases[name] = {"dtype": a.dtype.name, "bands": a.shape[0], "file": base64.b64encode(file.read()).decode()}
        truths[f"{a.dtype.name} {a.shape[0]}"] = plain(a)
        os.remove(path)

    with tempfile.TemporaryDirectory() as folder:
        for dtype, compress in itertools.product(GDAL_TYPES, ["NONE", "LZW", "DEFLATE", "PACKBITS", "ZSTD"]):
            predictors = [1, 2] + ([3] if dtype.startswith("float") else []) if compress in ("LZW", "DEFLATE", "ZSTD") else [1]
            if dtype == "float64":
                predictors = [p for p in predictors if p != 2]  # GDAL of Debian 12 does not write it
            for i, predictor in enumerate(predictors):
                # Layouts and byte orders take turns, so that every encoding meets several without a product of all.
                tiled = (len(cases) + i) % 2 == 0
                # libtiff writes predictor 3 in the wrong order when it is not the machine's own: GDAL cannot read that back.
                big = (len(cases) // 2) % 2 == 0 and predictor != 3
                options = [f"COMPRESS={compress}", f"PREDICTOR={predictor}", f"ENDIANNESS={'BIG' if big else 'LITTLE'}"]
                options += ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"] if tiled else ["BLOCKYSIZE=5"]
                add(f"gdal {dtype} {compress} predictor {predictor} {'tiles' if tiled else 'strips'} {'big' if big else 'little'} endian",
                    by_gdal(folder, dtype, options))
        for interleave, compress, tiled in itertools.product(["PIXEL", "BAND"], ["LZW", "DEFLATE"], [False, True]):
            options = [f"COMPRESS={compress}", "PREDICTOR=2", f"INTERLEAVE={interleave}", "PHOTOMETRIC=MINISBLACK"]
            options += ["TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"] if tiled else ["BLOCKYSIZE=4"]
            add(f"gdal 3 bands {interleave} {compress} {'tiles' if tiled else 'strips'}", by_gdal(folder, "uint16", options, 3))
        add("gdal BigTIFF", by_gdal(folder, "uint16", ["BIGTIFF=YES", "COMPRESS=DEFLATE"]))
        add("gdal BigTIFF big endian", by_gdal(folder, "float32", ["BIGTIFF=YES", "ENDIANNESS=BIG", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"]))
        for dtype, order in itertools.product(["int8", "float16", "uint8", "uint16", "float32"], "<>"):
            add(f"tifffile {dtype} {order}", by_tifffile(folder, dtype, byteorder=order, rowsperstrip=6))
        add("tifffile zlib predictor", by_tifffile(folder, "uint16", compression="zlib", predictor=True, byteorder=">"))
        add("tifffile 3 pages", by_tifffile(folder, "uint16", 3, photometric="minisblack", metadata=None))

    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "tifffile": tifffile.__version__, "gdal": gdal.__version__}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "tiffEncodings.json"), "w") as out:
        json.dump({"madeBy": "generateEncodings.py", "versions": versions, "widthPx": WIDTH, "heightPx": HEIGHT, "truths": truths, "cases": cases}, out, separators=(",", ":"))
        out.write("\n")
    print(len(cases), "encodings")


if __name__ == "__main__":
    main()
