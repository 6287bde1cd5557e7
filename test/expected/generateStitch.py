#!/usr/bin/env python3
"""Makes stitch.json: label images cut into tiles, and the outlines that the stitched tiles should have.

    python3 generateStitch.py      writes stitch.json beside this script (Debian 12: python3-numpy python3-skimage)

The cells are those of a Voronoi diagram, with or without background between them. Tiles have the labels of the whole
image ("agree"), or are numbered each on its own, at random ("own"). "outline" is that of the whole image by
skimage.segmentation.find_boundaries(mode="inner"); where there are gaps between the tiles, by comparing each pixel
with its neighbours that are in a tile.

"own" has besides, as "ambiguous", the cells for which the rule for joining, worked out here by another way, says something
else than the truth: two parts of one cell that are not each other's longest contact (thin ends), or two that are, and
are parts of different cells; of these cells the pixels on seams. Nowhere else may the outlines differ.
"""
import base64
import json
import os
import zlib
from collections import Counter

import numpy as np
import skimage
from skimage.segmentation import find_boundaries

SEED = 20261123


def pack(array, dtype):
    return base64.b64encode(zlib.compress(np.ascontiguousarray(array, dtype).tobytes(), 9)).decode()


def voronoi(random, width, height, cells, background):
    """Labels with gaps in their numbering; background where two seeds are almost equally far, and around small cells."""
    seeds = random.rand(cells, 2) * (height, width)
    rows, columns = np.mgrid[:height, :width]
    distance = np.hypot(rows[..., None] - seeds[:, 0], columns[..., None] - seeds[:, 1])
    nearest = np.sort(distance, axis=2)
    labels = (random.permutation(3 * cells)[:cells] + 1)[distance.argmin(axis=2)]
    if background:
        labels[(nearest[..., 1] - nearest[..., 0] < 1.5) | (nearest[..., 0] > background)] = 0
    return labels


def make_tiles(size, stride, offset, width, height):
    """Boxes x, y, w, h, row by row; those at the end are cut by the image. A stride below the size makes overlaps."""
    (w, h), (step_x, step_y) = size, stride
    return [(x, y, min(x + w, width) - x, min(y + h, height) - y)
            for j, y in enumerate(range(0, height, step_y))
            for x in [0, *range(offset * (j % 2) or step_x, width, step_x)]
            if min(x + w, width) > x]


def renumbered(random, labels):
    found = np.unique(labels[labels > 0])
    table = np.zeros(labels.max() + 1, np.uint32)
    table[found] = random.permutation(len(found)) + 1
    return table[labels]


def neighbours(array):
    """Pairs of arrays: the pixels that have a neighbour on the right, and these; the same for below."""
    return [(array[:, :-1], array[:, 1:]), (array[:-1], array[1:])]


def outline_within(labels, inside):
    """The outline of labels where only some pixels exist."""
    result = np.zeros(labels.shape, bool)
    for (a, b), (inside_a, inside_b), (out_a, out_b) in zip(neighbours(labels), neighbours(inside), neighbours(result)):
        differ = (a != b) & inside_a & inside_b
        out_a |= differ & (a > 0)
        out_b |= differ & (b > 0)
    return result


def ambiguous_pixels(true, seen, own):
    """The pixels on seams of cells that are joined otherwise than in truth, and how many of how many contacts that are.

    seen: of each pixel the tile that is seen, -1 for none; own: its label there."""
    on_seam = np.zeros(true.shape, bool)
    lengths = Counter()
    truth = {}
    for (t, u), (a, b), (p, q), (out_t, out_u) in zip(*map(neighbours, (seen, own, true, on_seam))):
        at = (t != u) & (t >= 0) & (u >= 0) & (a > 0) & (b > 0)
        out_t |= at
        out_u |= at
        for one, other, cell, other_cell in zip(zip(t[at], a[at]), zip(u[at], b[at]), p[at], q[at]):
            truth |= {one: cell, other: other_cell}
            lengths[one, other] += 1
            lengths[other, one] += 1
    best = {}
    for (one, other), length in lengths.items():
        rank = (-length, other[1])
        key = (one, other[0])
        best[key] = min(best.get(key, (rank, other)), (rank, other))
    wrong = [(one, other) for one, other in lengths
             if (best[one, other[0]][1] == other and best[other, one[0]][1] == one) != (truth[one] == truth[other])]
    cells = [truth[one] for one, _ in wrong]
    return on_seam & np.isin(true, cells), len(wrong) // 2, len(lengths) // 2


def make_case(name, seed, size=(96, 80), cells=90, background=0, tile=(32, 40), stride=None, offset=0, leave_out=(), own=False):
    random = np.random.RandomState(seed)
    width, height = size
    true = voronoi(random, width, height, cells, background)
    boxes = [box for i, box in enumerate(make_tiles(tile, stride or tile, offset, width, height)) if i not in leave_out]
    seen = np.full(true.shape, -1)
    label = np.zeros(true.shape, np.int64)
    tiles = []
    for i, (x, y, w, h) in enumerate(boxes):
        part = true[y:y + h, x:x + w]
        labels = renumbered(random, part) if own else part
        seen[y:y + h, x:x + w] = i
        label[y:y + h, x:x + w] = labels
        tiles.append({"x": x, "y": y, "widthPx": w, "heightPx": h, "labels": pack(labels, "<u4")})
    inside = seen >= 0
    outline = find_boundaries(true, mode="inner", connectivity=1) if inside.all() else outline_within(true, inside)
    assert inside.all() == (not leave_out) and (outline_within(true, inside) == outline).all()
    case = {"name": name, "labels": "own" if own else "agree", "widthPx": width, "heightPx": height, "tiles": tiles,
            "whole": pack(np.where(inside, true, 0), "<u4"), "inside": pack(inside, "u1"), "outline": pack(outline, "u1")}
    if own:
        ambiguous, wrong, contacts = ambiguous_pixels(true, seen, label)
        case |= {"ambiguous": pack(ambiguous, "u1"), "ambiguousContacts": wrong, "contacts": contacts}
    return case


layouts = [
    ("cells side by side", {}),
    ("background between cells", {"background": 7}),
    ("sparse cells", {"background": 6, "cells": 25}),
    ("tiles that overlap", {"background": 8, "tile": (40, 44), "stride": (28, 31)}),
    ("rows of tiles that are shifted", {"offset": 13}),
    ("gaps between tiles", {"background": 9, "leave_out": (1, 3)}),
    ("cells larger than tiles", {"cells": 12, "tile": (16, 16)}),
    ("larger", {"size": (200, 180), "cells": 260, "background": 11, "tile": (48, 48), "stride": (45, 44)}),
]
cases = [make_case(f"{name}, {'numbered by tile' if own else 'one segmentation'}", SEED + i, own=own, **layout)
         for own in (False, True) for i, (name, layout) in enumerate(layouts)]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "stitch.json"), "w") as file:
    json.dump({"madeBy": "generateStitch.py", "seed": SEED,
               "versions": {"numpy": np.__version__, "skimage": skimage.__version__}, "cases": cases}, file, indent=1)
    file.write("\n")
for case in cases:
    print(case["name"], len(case["tiles"]), case.get("ambiguousContacts"), case.get("contacts"))
