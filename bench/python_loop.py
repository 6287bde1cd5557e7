"""What a lab's own script does: reads each FOV once with tifffile, composites and draws outlines with numpy and
scikit-image, and saves PNGs. The other side of `npm run bench`.

    python_loop.py versions
    python_loop.py DATA OUT full|cells|rois MAX_LABEL

Prints one line of JSON: versions, or how many pictures were made and the CPU seconds that took without the imports.
"""
import json
import os
import platform
import sys
import time

import numpy as np
import pandas as pd
import skimage
import tifffile
from skimage.io import imsave
from skimage.segmentation import find_boundaries

CROP_PX = 100


def load_channels(data):
    with open(os.path.join(data, ".batch-export", "marker-sets.json")) as file:
        marker_set = json.load(file)["markerSets"][0]
    for channel in marker_set["channels"]:
        rgb = [int(channel["color"][i : i + 2], 16) / 255 for i in (1, 3, 5)]
        yield channel["channel"], rgb, *channel["contrastLimits"]


def read_fov(data, fov, channels):
    planes = [tifffile.imread(os.path.join(data, fov, f"{name}.tiff")) for name, *_ in channels]
    return planes, tifffile.imread(os.path.join(data, "masks", f"{fov}_whole_cell.tiff"))


def draw(channels, planes, labels, left, top, width, height):
    """The box as 8-bit RGB: composite and white outlines, black beyond the image."""
    full_height, full_width = labels.shape
    x0, x1 = max(left, 0), min(left + width, full_width)
    y0, y1 = max(top, 0), min(top + height, full_height)
    total = np.zeros((y1 - y0, x1 - x0, 3), np.float32)
    for (_, rgb, low, high), plane in zip(channels, planes):
        n = np.clip((plane[y0:y1, x0:x1].astype(np.float32) - low) / (high - low), 0, 1)
        for i, part in enumerate(rgb):
            if part:
                total[..., i] += n * part
    picture = (np.clip(total, 0, 1) * 255 + 0.5).astype(np.uint8)
    # One pixel more on each side, so that lines go on at the border of the box.
    around = labels[max(y0 - 1, 0) : y1 + 1, max(x0 - 1, 0) : x1 + 1]
    lines = find_boundaries(around, mode="inner")
    dy, dx = y0 - max(y0 - 1, 0), x0 - max(x0 - 1, 0)
    picture[lines[dy : dy + y1 - y0, dx : dx + x1 - x0]] = 255
    if (x1 - x0, y1 - y0) == (width, height):
        return picture
    padded = np.zeros((height, width, 3), np.uint8)
    padded[y0 - top : y1 - top, x0 - left : x1 - left] = picture
    return padded


def boxes(mode, data, max_label):
    """For each FOV its pictures: name, left, top, width, height; None for the whole image."""
    fovs = sorted(f for f in os.listdir(data) if f.startswith("FOV_"))
    if mode == "full":
        return {fov: [(fov, None)] for fov in fovs}
    if mode == "cells":
        table = pd.read_csv(os.path.join(data, "cell_table.csv"))
        found = {fov: [] for fov in fovs}
        for row in table[table.label <= max_label].to_dict("records"):
            left, top = (int(np.floor(row[c] + 0.5)) - CROP_PX // 2 for c in ("centroid-1", "centroid-0"))
            found[row["fov"]].append((f"{row['fov']}_cell_{row['label']}", (left, top, CROP_PX, CROP_PX)))
        return found
    rois = pd.read_csv(os.path.join(data, ".UELer", "roi_manager.csv"))
    found = {fov: [] for fov in fovs}
    for row in rois.to_dict("records"):
        left, top = int(np.floor(row["x_min"])), int(np.floor(row["y_min"]))
        size = int(np.ceil(row["x_max"])) - left, int(np.ceil(row["y_max"])) - top
        found[row["fov"]].append((f"{row['fov']}_roi_{row['name']}", (left, top, *size)))
    return found


def main():
    if sys.argv[1] == "versions":
        packages = {p.__name__: p.__version__ for p in (np, tifffile, skimage, pd)}
        print(json.dumps({"python": platform.python_version(), **packages}))
        return
    data, out, mode, max_label = sys.argv[1:5]
    start = time.process_time()
    os.makedirs(out, exist_ok=True)
    channels = list(load_channels(data))
    count = 0
    for fov, pictures in boxes(mode, data, int(max_label)).items():
        if not pictures:
            continue
        planes, labels = read_fov(data, fov, channels)
        for name, box in pictures:
            picture = draw(channels, planes, labels, *(box or (0, 0, *labels.shape[::-1])))
            imsave(os.path.join(out, f"{name}.png"), picture, check_contrast=False)
            count += 1
    print(json.dumps({"items": count, "cpuSeconds": round(time.process_time() - start, 3)}))


main()
