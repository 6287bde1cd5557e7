"""Writes parts.json: the parts of labels in masks, by scikit-image, and which labels are in places far apart.

A part is 8-connected (connectivity=2). A label is scattered if the gap between the box of a part and that of its largest part
(of equal ones the first from the top, then from the left) is longer than the longer side of the latter.
"""

import json
import platform
from pathlib import Path

import numpy as np
import skimage
from skimage.measure import label, regionprops

random = np.random.RandomState(3)


def noise(height, width, share, labels):
    mask = random.randint(1, labels + 1, (height, width))
    mask[random.rand(height, width) > share] = 0
    return mask


def blobs(height, width, count, labels):
    mask = np.zeros((height, width), int)
    for _ in range(count):
        y, x, high, wide = random.randint(0, [height, width, 6, 9])
        mask[y:y + high + 1, x:x + wide + 1] = random.randint(1, labels + 1)
    return mask


def spiral(size):
    """One line that goes round and round, so that its arms are one part only at its very end."""
    mask = np.zeros((size, size), int)
    y, x, dy, dx = 0, 0, 0, 1
    inside = lambda y, x: 0 <= y < size and 0 <= x < size
    while True:
        mask[y, x] = 1
        ahead = (y + 2 * dy, x + 2 * dx)
        if not inside(y + dy, x + dx) or (inside(*ahead) and mask[ahead]):
            dy, dx = dx, -dy
            ahead = (y + 2 * dy, x + 2 * dx)
            if mask[y + dy, x + dx] or (inside(*ahead) and mask[ahead]):
                return mask
        y, x = y + dy, x + dx


def describe(mask):
    found = {}
    for value in np.unique(mask[mask > 0]):
        parts = []
        for part in regionprops(label(mask == value, connectivity=2)):
            top, left, bottom, right = part.bbox
            parts.append([int(part.area), left, top, right - left, bottom - top,
                          float(part.coords[:, 1].mean()), float(part.coords[:, 0].mean())])
        parts.sort(key=lambda part: (-part[0], part[2], part[1]))
        _, x, y, width, height = parts[0][:5]
        gap = lambda part: np.hypot(max(0, part[1] - x - width, x - part[1] - part[3]),
                                    max(0, part[2] - y - height, y - part[2] - part[4]))
        far = sum(bool(gap(part) > max(width, height)) for part in parts)
        rows, columns = np.nonzero(mask == value)
        found[str(value)] = {"parts": parts, "far": far, "area": len(rows),
                             "center": [float(columns.mean()), float(rows.mean())]}
    return found


masks = {
    "sparse noise": noise(24, 40, 0.12, 4),
    "noise": noise(30, 30, 0.4, 3),
    "dense noise": noise(20, 50, 0.95, 5),
    "one label everywhere": noise(18, 18, 0.6, 1),
    "blobs": blobs(60, 60, 40, 9),
    "many labels": blobs(60, 60, 60, 60),
    "few blobs": blobs(80, 40, 12, 5),
    "a spiral": spiral(21),
    "a checkerboard": np.indices((9, 9)).sum(axis=0) % 2,
    "combs": np.array([[int(x % 2 == 0 or y == 8) + int(x % 2 == 1 and y < 7) for x in range(15)] for y in range(9)]),
    "arches about posts, one under the other": np.tile([[int(c) for c in row] for row in (
        "111111111", "100000001", "100010001", "100011111", "000000000")], (25, 1)),
    "one row": np.array([[1, 1, 0, 2, 1, 1, 0, 0, 0, 0, 2]]),
    "one column": np.array([[1], [0], [1], [2], [0], [0], [2]]),
}

here = Path(__file__).parent
with open(here / "parts.json", "w") as out:
    json.dump({"madeBy": "generateParts.py", "versions": {"python": platform.python_version(), "numpy": np.__version__,
                                                          "skimage": skimage.__version__},
               "masks": {name: {"rows": mask.tolist(), "labels": describe(mask)} for name, mask in masks.items()}}, out)
    out.write("\n")
