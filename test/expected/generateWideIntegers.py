#!/usr/bin/env python3
"""Makes wideIntegers.json: small TIFFs of 64-bit integers, those that are numbers exactly and those that are not.

    python3 generateWideIntegers.py      writes wideIntegers.json beside this script

Each case holds a file (base64), whose values are in `truths` as in tiffEncodings.json; each refused one the value that no number
is exactly, and where it is. Written by
tifffile, and compressed with a predictor by libtiff. Debian 12: python3-tifffile libtiff-tools.
"""
import base64
import io
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import tifffile

WIDTH, HEIGHT = 21, 19


def values(dtype, bands=1):
    """Every bit that a number holds, and differences that run over in 64 bits; labels of more than 31 bits."""
    rng = np.random.default_rng(11)
    low = -(2**53) + 1 if dtype == "int64" else 0
    a = rng.integers(low, 2**53, (bands, HEIGHT, WIDTH), dtype="int64").astype(dtype)
    a[:, 0, :4] = [low, 2**53 - 1, 0, 2**32 - 1]
    a[:, 5:9, 3:9] = 2**31 + 5
    return a


def tiles_of(a, side, fill):
    """Whole tiles, their parts beyond the image filled with what no number is exactly."""
    for y in range(0, a.shape[0], side):
        for x in range(0, a.shape[1], side):
            tile = np.full((side, side), fill, a.dtype)
            part = a[y : y + side, x : x + side]
            tile[: part.shape[0], : part.shape[1]] = part
            yield tile


def write(a, **options):
    out = io.BytesIO()
    tifffile.imwrite(out, a, metadata=None, **options)
    return out.getvalue()


def by_libtiff(file, *options):
    """A TIFF as libtiff writes it: byte order, layout and compression by the options of tiffcp."""
    with tempfile.TemporaryDirectory() as folder:
        given, made = (os.path.join(folder, name) for name in ("given.tif", "made.tif"))
        with open(given, "wb") as out:
            out.write(file)
        subprocess.run(["tiffcp", *options, given, made], check=True)
        with open(made, "rb") as out:
            return out.read()


def read(file):
    with tifffile.TiffFile(io.BytesIO(file)) as tiff:
        return np.stack([page.asarray() for page in tiff.pages])


def main():
    cases, refused, truths = {}, {}, {}

    def add(name, file, a):
        assert np.array_equal(read(by_libtiff(file, "-c", "none")).reshape(a.shape), a), name
        bands = int(a.size // (WIDTH * HEIGHT))
        cases[name] = {"dtype": a.dtype.name, "bands": bands, "file": base64.b64encode(file).decode()}
        truths[f"{a.dtype.name} {bands}"] = [int(v) for v in a.ravel()]

    for dtype in ("int64", "uint64"):
        a = values(dtype)[0]
        for order in "<>":
            add(f"{dtype} {order} strips", write(a, byteorder=order, rowsperstrip=5), a)
            add(f"{dtype} {order} tiles, zlib", write(a, byteorder=order, tile=(16, 16), compression="zlib"), a)
            endian = "-L" if order == "<" else "-B"
            for compression, layout in (("zip:2", ["-r", "4"]), ("lzw:2", ["-t", "-w", "16", "-l", "16"]), ("zstd:2", ["-r", "7"]), ("packbits", ["-r", "3"])):
                file = by_libtiff(write(a), endian, "-c", compression, *layout)
                add(f"{dtype} {order} libtiff {compression} {' '.join(layout)}", file, a)
        odd = -(2**62) if dtype == "int64" else 2**64 - 1
        padded = write(tiles_of(a, 16, odd), tile=(16, 16), shape=a.shape, dtype=dtype)
        add(f"{dtype} tiles with odd values beyond the border", padded, a)
        add(f"{dtype} BigTIFF", write(a, bigtiff=True, compression="zlib"), a)
        three = values(dtype, 3)
        add(f"{dtype} three planes", write(three, planarconfig="separate", photometric="minisblack"), three)
        side_by_side = np.ascontiguousarray(np.moveaxis(three, 0, -1))
        file = write(side_by_side, planarconfig="contig", photometric="minisblack", compression="zlib")
        assert np.array_equal(read(file)[0], side_by_side)
        predicted = by_libtiff(write(side_by_side, planarconfig="contig", photometric="minisblack"), "-c", "zip:2")
        assert np.array_equal(read(by_libtiff(predicted, "-c", "none"))[0], side_by_side)
        for name, made in (("three samples of a pixel", file), ("three samples of a pixel, predictor 2", predicted)):
            cases[f"{dtype} {name}"] = {**cases[f"{dtype} three planes"], "file": base64.b64encode(made).decode()}

    def refuse(name, dtype, value, x, y, **options):
        a = values(dtype)[0]
        a[y, x] = value
        file = base64.b64encode(write(a, **options)).decode()
        refused[name] = {"file": file, "value": str(value), "x": x, "y": y}

    refuse("2⁵³, the first that is not", "int64", 2**53, 7, 3)
    refuse("2⁵³ + 1, which would become 2⁵³", "uint64", 2**53 + 1, 20, 18, tile=(16, 16), compression="zlib")
    refuse("below −2⁵³", "int64", -(2**53) - 1, 0, 11, byteorder=">", rowsperstrip=3)
    refuse("the least", "int64", -(2**63), 16, 17, tile=(16, 16))
    refuse("the greatest", "uint64", 2**64 - 1, 4, 18, rowsperstrip=8)

    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "tifffile": tifffile.__version__}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "wideIntegers.json"), "w") as out:
        json.dump({"madeBy": "generateWideIntegers.py", "versions": versions, "widthPx": WIDTH, "heightPx": HEIGHT, "truths": truths, "cases": cases, "refused": refused}, out, separators=(",", ":"))
        out.write("\n")
    print(len(cases) + len(refused), "files")


if __name__ == "__main__":
    main()
