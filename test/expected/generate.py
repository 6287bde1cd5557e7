#!/usr/bin/env python3
"""Makes rendering.json: small random FOVs and the pictures that they should become, by numpy and scikit-image alone.

    python3 generate.py            writes rendering.json beside this script
    python3 generate.py DATA       also hashes of pictures of real datasets below DATA (see real_cases)

Debian 12: apt-get install python3-numpy python3-skimage python3-scipy python3-tifffile
The versions that made the file are inside it. Nothing here shares a line with the product: the definition is written
a second time, on whole arrays.
"""
import hashlib
import json
import os
import sys

import numpy as np
import scipy
import skimage
from scipy.ndimage import distance_transform_cdt
from skimage.segmentation import find_boundaries

SEED = 20261122


def downsample_mean(plane, d):
    """Mean over the finite pixels of each block; NaN where there is none."""
    h, w = plane.shape
    padded = np.full((-(-h // d) * d, -(-w // d) * d), np.nan)
    padded[:h, :w] = np.where(np.isfinite(plane), plane, np.nan)
    blocks = padded.reshape(padded.shape[0] // d, d, padded.shape[1] // d, d)
    count = np.isfinite(blocks).sum(axis=(1, 3))
    total = np.nansum(blocks, axis=(1, 3))
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def downsample_nearest(plane, d):
    h, w = plane.shape
    off = (d - 1) // 2
    ys = np.minimum(np.arange(0, h, d) + off, h - 1)
    xs = np.minimum(np.arange(0, w, d) + off, w - 1)
    return plane[np.ix_(ys, xs)]


def outline(labels, width):
    """City-block distance to the nearest pixel of another label, up to width; the border of the image is none."""
    result = np.zeros(labels.shape, bool)
    for label in np.unique(labels):
        inside = labels == label
        if label == 0 or inside.all():
            continue
        result |= inside & (distance_transform_cdt(inside, metric="taxicab") <= width)
    if width == 1:
        assert (result == (find_boundaries(labels, connectivity=1, mode="inner") & (labels > 0))).all()
    return result


def rgb_of(color):
    return np.array([int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)])


def render(channels, masks, d, resample):
    """255·RGB before rounding, float64, (rows, columns, 3)."""
    rgb = None
    for c in channels:
        plane = c["array"].astype(np.float64)
        if d > 1:
            plane = downsample_mean(plane, d) if resample == "mean" else downsample_nearest(plane, d)
        low, high = c["contrastLimits"]
        n = np.nan_to_num(np.clip((plane - low) / (high - low), 0, 1), nan=0.0)
        layer = n[..., None] * rgb_of(c["color"])
        rgb = layer if rgb is None else rgb + layer
    rgb = np.clip(rgb, 0, 1)
    for m in masks:
        labels = downsample_nearest(m["array"], d) if d > 1 else m["array"]
        marked = outline(labels, m["widthPx"])
        rgb[marked] = (1 - m["alpha"]) * rgb[marked] + m["alpha"] * rgb_of(m["color"])
    return rgb * 255


def random_case(rng, i):
    h, w = (int(v) for v in rng.integers(1, 24, 2))
    kind = ["uint8", "uint16", "float32", "int16", "uint32", "float64"][i % 6]
    d = int([1, 1, 2, 3, 4][i % 5])
    channels = []
    for k in range(int(rng.integers(1, 5))):
        if kind.startswith("float"):
            a = rng.gamma(2, 50, (h, w)).astype(kind)
            odd = rng.random((h, w))
            a[odd < 0.06] = np.nan
            a[(odd >= 0.06) & (odd < 0.08)] = np.inf
            a[(odd >= 0.08) & (odd < 0.10)] = -np.inf
            low, high = 3.25, 180.5
        elif kind == "int16":
            a, low, high = rng.integers(-300, 300, (h, w)).astype(kind), -120, 200
        elif kind == "uint32":  # values that float32 cannot tell apart
            a, low, high = rng.integers(4_000_000_000, 4_000_000_200, (h, w)).astype(kind), 4_000_000_020, 4_000_000_150
        else:
            top = 255 if kind == "uint8" else 4000
            a, low, high = rng.integers(0, top + 1, (h, w)).astype(kind), 7, top * 0.8
        color = "#%02x%02x%02x" % tuple(int(v) for v in rng.integers(0, 256, 3))
        channels.append({"channel": f"c{k}", "color": color, "contrastLimits": [low, high], "array": a})
    masks = []
    for k in range(int(rng.integers(0, 3))):
        side = int(rng.integers(2, 6))
        coarse = rng.integers(0, 5, (h // side + 1, w // side + 1)).astype(np.uint32) * 1000
        labels = np.kron(coarse, np.ones((side, side), np.uint32))[:h, :w]
        masks.append({"name": f"m{k}", "color": "#%02x%02x%02x" % tuple(int(v) for v in rng.integers(0, 256, 3)),
                      "alpha": float(rng.choice([1, 0.5, 0.25])), "widthPx": int(rng.integers(1, 4)), "array": labels})
    resample = "mean" if i % 3 else "nearest"
    return {"name": f"{i} {kind} {w}x{h} d{d} {resample} {len(channels)} channels {len(masks)} masks", "sampleType": kind,
            "widthPx": w, "heightPx": h, "downsample": d, "resample": resample, "channels": channels, "masks": masks}


def plain(values):
    """JSON has no NaN and no infinity."""
    return [v if np.isfinite(v) else str(v) for v in np.asarray(values).ravel().tolist()]


def to_json(case):
    expected = render(case["channels"], case["masks"], case["downsample"], case["resample"])
    strip = lambda layer: {**{k: v for k, v in layer.items() if k != "array"}, "samples": plain(layer["array"])}
    return {**case, "channels": [strip(c) for c in case["channels"]], "masks": [strip(m) for m in case["masks"]],
            "expected": {"widthPx": expected.shape[1], "heightPx": expected.shape[0],
                         "rgb": [round(v, 7) for v in expected.ravel().tolist()]}}


def real_cases(root):
    """Hashes of the 8-bit RGB rows of real FOVs."""
    import tifffile
    wanted = [
        ("assembled/mibi_tnbc_fov8", "fov8", [("HH3", "#0000ff", [0, 51]), ("PanKeratin", "#00ff00", [0, 51]), ("CD45", "#ff0000", [0, 51])], 1),
        ("assembled/mibi_tnbc_fov8", "fov8", [("HH3", "#ffffff", [0, 51])], 2),
        ("assembled/mibi_dcis_Point2203", "Point2203", [("HH3", "#0000ff", [0, 15]), ("PanKRT", "#00ff00", [0, 15])], 1),
        ("assembled/imc_pancreas", "E34", [("H3", "#0000ff", [0, 20]), ("CDH", "#00ff00", [0, 20])], 1),
        ("assembled/imc_pancreas", "J02", [("PIN", "#ffa500", [0, 10]), ("CD99", "#00ffff", [0, 20])], 1),
    ]
    cases = []
    for dataset, fov, channels, width in wanted:
        folder = os.path.join(root, dataset)
        find = lambda stem: next(stem + e for e in (".tiff", ".tif") if os.path.exists(stem + e))
        layers = [{"color": c, "contrastLimits": l, "array": tifffile.imread(find(os.path.join(folder, fov, n)))} for n, c, l in channels]
        mask = tifffile.imread(find(os.path.join(folder, "masks", fov + "_whole_cell"))).astype(np.uint32)
        reference = render(layers, [{"color": "#ffffff", "alpha": 1, "widthPx": width, "array": mask}], 1, "mean")
        cases.append({"dataset": dataset, "fov": fov, "outlineWidthPx": width,
                      "channels": [{"channel": n, "color": c, "contrastLimits": l} for n, c, l in channels],
                      "widthPx": reference.shape[1], "heightPx": reference.shape[0],
                      "sha256": hashlib.sha256(np.floor(reference + 0.5).astype(np.uint8).tobytes()).hexdigest()})
    return cases


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    rng = np.random.default_rng(SEED)
    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "scipy": scipy.__version__, "skimage": skimage.__version__}
    cases = [to_json(random_case(rng, i)) for i in range(60)]
    with open(os.path.join(here, "rendering.json"), "w") as file:
        json.dump({"madeBy": "generate.py", "seed": SEED, "versions": versions, "cases": cases}, file, separators=(",", ":"))
        file.write("\n")
    if len(sys.argv) > 1:
        with open(os.path.join(here, "real.json"), "w") as file:
            json.dump({"madeBy": "generate.py DATA", "versions": versions, "cases": real_cases(sys.argv[1])}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
