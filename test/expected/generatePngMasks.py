#!/usr/bin/env python3
"""Makes pngMasks.json: label images as PNG in every way that the format can hold grey of 8 and 16 bits, and those that it cannot.

    python3 generatePngMasks.py      writes pngMasks.json beside this script

Pillow writes the plain ones, and reads all of them back. What it does not write (each filter, interlaced, chunks about colours)
is put together here by the specification. Debian 12: python3-numpy python3-pil.
"""
import base64
import io
import json
import os
import struct
import sys
import zlib

import numpy as np
import PIL
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
WIDTH, HEIGHT = 23, 17
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def labels(dtype, width=WIDTH, height=HEIGHT):
    rng = np.random.default_rng(5)
    a = rng.integers(0, np.iinfo(dtype).max + 1, (height, width)).astype(dtype)
    a[: height // 2, : width // 2] = np.iinfo(dtype).max
    a[height // 3 :, : width // 4] = 0
    return a


def by_pillow(a):
    out = io.BytesIO()
    Image.fromarray(a).save(out, "PNG")
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def filtered(rows, pixel_bytes, kind):
    """The rows of one pass with a filter, `kind` 5: each in turn."""
    out = b""
    above = np.zeros(rows.shape[1], np.int16)
    for number, row in enumerate(rows.astype(np.int16)):
        left = np.concatenate([np.zeros(pixel_bytes, np.int16), row[:-pixel_bytes]])
        above_left = np.concatenate([np.zeros(pixel_bytes, np.int16), above[:-pixel_bytes]])
        estimate = left + above - above_left
        distances = np.abs(np.stack([estimate - left, estimate - above, estimate - above_left]))
        paeth = np.choose(distances.argmin(0), [left, above, above_left])
        predicted = [0, left, above, (left + above) // 2, paeth]
        used = number % 5 if kind == 5 else kind
        out += bytes([used]) + ((row - predicted[used]) % 256).astype(np.uint8).tobytes()
        above = row
    return out


def assemble(a, kind=0, interlaced=False, before=(), pieces=1, color_type=0, bits=None):
    bits = bits or a.dtype.itemsize * 8
    height, width = a.shape[:2]
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, int(interlaced))
    body = b""
    for x, y, step_x, step_y in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        part = a[y::step_y, x::step_x]
        if part.size == 0:
            continue
        pixel_bytes = a.dtype.itemsize
        rows = np.frombuffer(np.ascontiguousarray(part).astype(a.dtype.newbyteorder(">")).tobytes(), np.uint8)
        body += filtered(rows.reshape(part.shape[0], -1), pixel_bytes, kind)
    data = zlib.compress(body)
    step = -(-len(data) // pieces)
    idat = b"".join(chunk(b"IDAT", data[i : i + step]) for i in range(0, len(data), step))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(before) + idat + chunk(b"IEND", b"")


def main():
    cases, refused = {}, {}

    def add(name, file, a):
        with Image.open(io.BytesIO(file)) as image:
            assert np.array_equal(np.asarray(image).astype("int64"), a), name
        cases[name] = {"file": base64.b64encode(file).decode(), "size": [a.shape[1], a.shape[0]], "labels": [int(v) for v in a.ravel()]}

    for dtype in ("uint8", "uint16"):
        a = labels(dtype)
        add(f"{dtype}, as Pillow writes it", by_pillow(a), a)
        for kind, name in enumerate(["none", "sub", "up", "average", "Paeth", "each in turn"]):
            add(f"{dtype}, filter {name}", assemble(a, kind), a)
        add(f"{dtype}, interlaced", assemble(a, 5, interlaced=True), a)
        add(f"{dtype}, interlaced, one column", assemble(a[:, :1], 5, interlaced=True), a[:, :1])
        add(f"{dtype}, one pixel", assemble(a[:1, :1]), a[:1, :1])
        add(f"{dtype}, in many pieces", assemble(a, 5, pieces=40), a)
        # None of these changes a label: gamma, significant bits, a value that is transparent, a background, pixels per metre.
        about = [
            chunk(b"gAMA", struct.pack(">I", 45455)), chunk(b"sBIT", b"\x05"), chunk(b"tRNS", struct.pack(">H", 255)),
            chunk(b"bKGD", struct.pack(">H", 7)), chunk(b"pHYs", struct.pack(">IIB", 11811, 11811, 1)), chunk(b"tEXt", b"Software\0x" * 400),
        ]
        add(f"{dtype}, with chunks about colours", assemble(a, 4, before=about), a)

    def refuse(name, file, words):
        refused[name] = {"file": base64.b64encode(file).decode(), "words": words}

    def saved(image):
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()

    small = labels("uint8")
    palette = Image.fromarray(small // 3, "P")
    palette.putpalette([i % 256 for i in range(768)])
    refuse("a palette", saved(palette), "8-bit with a palette")
    refuse("colours", saved(Image.fromarray(np.stack([small] * 3, -1))), "8-bit RGB")
    refuse("transparency", saved(Image.fromarray(np.stack([small] * 4, -1))), "8-bit RGB with transparency")
    refuse("grey with transparency", saved(Image.fromarray(np.stack([small] * 2, -1), "LA")), "8-bit grey with transparency")
    refuse("truth values", saved(Image.fromarray(small > 9)), "1-bit grey")

    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "pillow": PIL.__version__}
    with open(os.path.join(HERE, "pngMasks.json"), "w") as out:
        json.dump({"madeBy": "generatePngMasks.py", "versions": versions, "cases": cases, "refused": refused}, out, separators=(",", ":"))
        out.write("\n")
    print(len(cases) + len(refused), "files")


if __name__ == "__main__":
    main()
