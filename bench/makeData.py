"""The benchmark's dataset: FOVs of 2048 x 2048 pixels with three uint16 and three float32 channels (a noisy background, cells that
are brighter in some of them), an int32 mask of about 1,200 cells each, a cell table, ROIs and a marker set.
makeData.py FOLDER [FOVS]"""
import csv
import json
import sys
from pathlib import Path

import numpy as np
import tifffile

folder, fovs = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10
side, spacing, radius = 2048, 58, 20
names = ["DNA", "CD3", "CD8", "CD68", "PanCK", "SMA"]
colors = ["#0000ff", "#00ff00", "#ff0000", "#ffff00", "#ff00ff", "#00ffff"]
rng = np.random.default_rng(1)
y, x = np.mgrid[:side, :side]
(folder / "masks").mkdir(parents=True, exist_ok=True)
(folder / ".batch-export").mkdir(exist_ok=True)
rows, rois = [], []
for f in range(fovs):
    fov = f"FOV{f + 1:02d}"
    (folder / fov).mkdir(exist_ok=True)
    labels = np.zeros((side, side), np.int32)
    grid = [(cy, cx) for cy in range(spacing // 2, side, spacing) for cx in range(spacing // 2, side, spacing)]
    centers = np.array(grid) + rng.integers(-8, 9, (len(grid), 2))
    for label, (cy, cx) in enumerate(centers, 1):
        y0, y1, x0, x1 = max(cy - radius, 0), min(cy + radius, side), max(cx - radius, 0), min(cx + radius, side)
        box = labels[y0:y1, x0:x1]
        inside = (y[y0:y1, x0:x1] - cy) ** 2 + (x[y0:y1, x0:x1] - cx) ** 2 < rng.integers(12, radius) ** 2
        box[inside & (box == 0)] = label
        rows.append([fov, label, cy, cx])
    tifffile.imwrite(folder / "masks" / f"{fov}_whole_cell.tiff", labels)
    level = rng.gamma(2, 1, (len(names), len(centers) + 1))
    level[:, 0] = 0
    for c, name in enumerate(names):
        plane = rng.gamma(1.2, 60, (side, side)) + 900 * level[c][labels]
        dtype = np.uint16 if c < 3 else np.float32
        tifffile.imwrite(folder / fov / f"{name}.tiff", plane.astype(dtype))
    for r in range(5):
        w, h = rng.integers(200, 500, 2)
        x0, y0 = rng.integers(0, side - w), rng.integers(0, side - h)
        rois.append({"id": f"{fov}-{r}", "fov": fov, "name": f"{fov}-{r}", "x": int(x0), "y": int(y0), "widthPx": int(w), "heightPx": int(h)})
with open(folder / "cell_table.csv", "w", newline="") as file:
    csv.writer(file).writerows([["fov", "label", "centroid-0", "centroid-1"], *rows])
channels = [{"channel": n, "color": k, "contrastLimits": [20, 2500]} for n, k in zip(names, colors)]
(folder / ".batch-export" / "marker-sets.json").write_text(json.dumps({"version": 1, "markerSets": [{"name": "all", "channels": channels}]}))
(folder / ".batch-export" / "rois.json").write_text(json.dumps({"version": 1, "rois": rois}))
