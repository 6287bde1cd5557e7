"""How a lab's own script makes these pictures: one decode for each FOV, tifffile, numpy and scikit-image, one process.
pythonLoop.py DATASET OUT fovs|cells|rois [CELLS_PER_FOV]"""
import csv
import json
import sys
from pathlib import Path

import numpy as np
import tifffile
from skimage.io import imsave
from skimage.segmentation import find_boundaries

data, out, mode = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
per_fov = int(sys.argv[4]) if len(sys.argv) > 4 else 500
out.mkdir(parents=True, exist_ok=True)
marker_set = json.loads((data / ".batch-export" / "marker-sets.json").read_text())["markerSets"][0]
channels = [
    (c["channel"], [int(c["color"][i : i + 2], 16) / 255 for i in (1, 3, 5)], *c["contrastLimits"])
    for c in marker_set["channels"]
]


def picture(planes, labels, top, bottom, left, right):
    rgb = np.zeros((bottom - top, right - left, 3), np.float32)
    for plane, (_, color, low, high) in zip(planes, channels):
        part = np.clip((plane[top:bottom, left:right].astype(np.float32) - low) / (high - low), 0, 1)
        for k, weight in enumerate(color):
            if weight > 0:
                rgb[..., k] += weight * part
    pixels = np.floor(255 * np.clip(rgb, 0, 1) + 0.5).astype(np.uint8)
    pixels[find_boundaries(labels[top:bottom, left:right], connectivity=1, mode="inner")] = 255
    return pixels


with open(data / "cell_table.csv", newline="") as file:
    cells = list(csv.DictReader(file))
rois = json.loads((data / ".batch-export" / "rois.json").read_text())["rois"]
for folder in sorted(data.glob("FOV*")):
    fov = folder.name
    planes = [tifffile.imread(folder / f"{name}.tiff") for name, *_ in channels]
    labels = tifffile.imread(data / "masks" / f"{fov}_whole_cell.tiff")
    height, width = labels.shape
    if mode == "fovs":
        jobs = [(fov, 0, height, 0, width)]
    elif mode == "cells":
        jobs = []
        for cell in [c for c in cells if c["fov"] == fov and int(c["label"]) <= per_fov]:
            cy, cx = int(cell["centroid-0"]), int(cell["centroid-1"])
            box = max(0, cy - 50), min(height, cy + 50), max(0, cx - 50), min(width, cx + 50)
            jobs.append((f"{fov}_cell_{cell['label']}", *box))
    else:
        jobs = [
            (f"{fov}_roi_{r['id']}", r["y"], r["y"] + r["heightPx"], r["x"], r["x"] + r["widthPx"])
            for r in rois
            if r["fov"] == fov
        ]
    for name, *box in jobs:
        imsave(out / f"{name}.png", picture(planes, labels, *box), check_contrast=False)
