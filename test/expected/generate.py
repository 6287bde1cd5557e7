#!/usr/bin/env python3
"""Makes rendering.json: small random FOVs and the pictures that they should become, by numpy and scikit-image alone.

    python3 generate.py            writes rendering.json beside this script
    python3 generate.py DATA       also hashes of pictures of real datasets below DATA (see real_cases)

Debian 12: apt-get install python3-numpy python3-skimage python3-scipy python3-tifffile
The versions that made the file are inside it. Nothing here shares a line with the product: the definition is written
a second time, on whole arrays.
"""
import base64
import hashlib
import json
import os
import sys
import zlib

import numpy as np
import scipy
import skimage
from scipy.ndimage import distance_transform_cdt
from skimage.segmentation import find_boundaries

SEED = 20261122


def cut(array, region, fill):
    """The region of a plane, as floats (labels: as integers); `fill` beyond the image."""
    x, y, w, h = region
    result = np.full((h, w), fill, array.dtype if fill == 0 else np.float64)
    rows, columns = array.shape
    y0, y1, x0, x1 = max(y, 0), min(y + h, rows), max(x, 0), min(x + w, columns)
    if y1 > y0 and x1 > x0:
        result[y0 - y:y1 - y, x0 - x:x1 - x] = array[y0:y1, x0:x1]
    return result


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


def outline_in_region(labels, region, d, width):
    """The outline on the grid of a region: at d = 1 the crop of the whole image's outline."""
    x, y, w, h = region
    if d == 1:
        return cut(outline(labels, width).astype(np.uint8), region, 0).astype(bool)
    # The grid goes on beyond the region as far as the image does; only there may lines cross the region's border.
    off, (rows, columns) = (d - 1) // 2, labels.shape

    def positions(start, length, size):
        n = -(-length // d)
        picked = []
        for k in range(-width, n + width):
            p = start + k * d + off
            if k == n - 1:
                p = min(p, start + length - 1)
            picked.append((k, p))
        return [(k, p) for k, p in picked if 0 <= p < size], n

    ys, out_h = positions(y, h, rows)
    xs, out_w = positions(x, w, columns)
    result = np.zeros((out_h, out_w), bool)
    if not ys or not xs:
        return result
    grid = outline(labels[np.ix_([p for _, p in ys], [p for _, p in xs])], width)
    for i, (ky, _) in enumerate(ys):
        for j, (kx, _) in enumerate(xs):
            if 0 <= ky < out_h and 0 <= kx < out_w:
                result[ky, kx] = grid[i, j]
    return result


def rgb_of(color):
    return np.array([int(color[i:i + 2], 16) / 255 for i in (1, 3, 5)])


def paint(rgb, labels, where, alpha, color_of):
    """Blends the colour of each label over the pixels of it that `where` marks."""
    for label in np.unique(labels[where]):
        color = color_of(int(label))
        if color is not None:
            at = where & (labels == label)
            rgb[at] = (1 - alpha) * rgb[at] + alpha * rgb_of(color)


def render(channels, masks, d, resample, region=None, annotation=None):
    """255·RGB before rounding, float64, (rows, columns, 3)."""
    if region is None:
        first = (channels or masks)[0]["array"]
        region = [0, 0, first.shape[1], first.shape[0]]
    shape = (-(-region[3] // d), -(-region[2] // d), 3)
    rgb = np.zeros(shape)
    for c in channels:
        plane = cut(c["array"].astype(np.float64), region, np.nan)
        if d > 1:
            plane = downsample_mean(plane, d) if resample == "mean" else downsample_nearest(plane, d)
        low, high = c["contrastLimits"]
        n = np.nan_to_num(np.clip((plane - low) / (high - low), 0, 1), nan=0.0)
        rgb = rgb + n[..., None] * rgb_of(c["color"])
    rgb = np.clip(rgb, 0, 1)
    # Beyond the image there is no class, not even class 0.
    inside = lambda array: downsample_nearest(cut(np.ones(array.shape, np.uint8), region, 0), d).astype(bool)
    labels_of = lambda array: downsample_nearest(cut(array, region, 0), d)
    if annotation:
        classes = labels_of(annotation["array"])
        where = inside(annotation["array"]) & ((classes != 0) | annotation["background"])
        paint(rgb, classes, where, annotation["alpha"], lambda i: annotation["colors"].get(str(i), annotation["otherColor"]))
    for mode in ("fill", "outline"):
        for m in masks:
            if m.get("mode", "outline") != mode:
                continue
            labels = labels_of(m["array"])
            where = labels != 0
            if mode == "outline":
                where &= outline_in_region(m["array"], region, d, m["widthPx"])
            by = m.get("labelColors")
            paint(rgb, labels, where, m["alpha"], lambda i: m["color"] if by is None else by.get(str(i), m["otherColor"]))
    return rgb * 255


def hex_color(rng):
    return "#%02x%02x%02x" % tuple(int(v) for v in rng.integers(0, 256, 3))


def random_labels(rng, h, w):
    side = int(rng.integers(2, 6))
    coarse = rng.integers(0, 5, (h // side + 1, w // side + 1)).astype(np.uint32) * 1000
    return np.kron(coarse, np.ones((side, side), np.uint32))[:h, :w]


def random_overlays(rng, h, w):
    masks = []
    for k in range(int(rng.integers(0, 3))):
        mask = {"name": f"m{k}", "mode": str(rng.choice(["outline", "outline", "fill"])), "color": hex_color(rng),
                "alpha": float(rng.choice([1, 0.5, 0.25])), "widthPx": int(rng.integers(1, 4)), "array": random_labels(rng, h, w)}
        if rng.random() < 0.4:  # by the cell table, which does not know every cell
            mask["labelColors"] = {str(label): hex_color(rng) for label in (1000, 2000, 4000)}
            mask["otherColor"] = hex_color(rng)
        masks.append(mask)
    annotation = None
    if rng.random() < 0.4:
        annotation = {"name": "a", "alpha": float(rng.choice([1, 0.5])), "background": bool(rng.random() < 0.5),
                      "colors": {"0": hex_color(rng), "1": hex_color(rng), "2": hex_color(rng)}, "otherColor": hex_color(rng),
                      "array": rng.integers(0, 4, (h, w)).astype(np.uint32)}
    return masks, annotation


def random_region(rng, h, w, beyond):
    """Half of them the whole image, the others inside it or reaching beyond."""
    if rng.random() < 0.5:
        return [0, 0, w, h]
    if beyond:
        x, y = int(rng.integers(-w, w + 2)), int(rng.integers(-h, h + 2))
        return [x, y, int(rng.integers(1, w + 6)), int(rng.integers(1, h + 6))]
    x, y = int(rng.integers(0, w)), int(rng.integers(0, h))
    return [x, y, int(rng.integers(1, w - x + 1)), int(rng.integers(1, h - y + 1))]


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
        channels.append({"channel": f"c{k}", "color": hex_color(rng), "contrastLimits": [low, high], "array": a})
    masks, annotation = random_overlays(rng, h, w)
    if i % 10 == 9:
        channels = []  # masks only
        masks = masks or [{"name": "m", "mode": "fill", "color": "#123456", "alpha": 1.0, "widthPx": 1, "array": random_labels(rng, h, w)}]
    resample = "mean" if i % 3 else "nearest"
    region = random_region(rng, h, w, beyond=True)
    name = f"{i} {kind} {w}x{h} region {region} d{d} {resample} {len(channels)} channels {len(masks)} masks{' annotation' if annotation else ''}"
    return {"name": name, "sampleType": kind, "widthPx": w, "heightPx": h, "region": region, "downsample": d,
            "resample": resample, "channels": channels, "masks": masks, **({"annotation": annotation} if annotation else {})}


def encoded_cases(rng, here):
    """Pictures of the files in tiffEncodings.json: every encoding there, in random regions with random overlays."""
    with open(os.path.join(here, "tiffEncodings.json")) as file:
        encodings = json.load(file)
    w, h = encodings["widthPx"], encodings["heightPx"]
    cases = []
    for i, (name, encoding) in enumerate(encodings["cases"].items()):
        dtype, bands = encoding["dtype"], encoding["bands"]
        truth = np.array([float(v) for v in encodings["truths"][f"{dtype} {bands}"]], np.float64).reshape(bands, h, w)
        finite = truth[np.isfinite(truth)]
        low, high = float(np.percentile(finite, 20)), float(np.percentile(finite, 85))
        channels = [{"channel": str(b), "color": ["#ff0000", "#00ff80", "#2040ff"][b % 3], "contrastLimits": [low, high], "array": truth[b]}
                    for b in range(bands)]
        masks, annotation = random_overlays(rng, h, w)
        cases.append({"name": name, "region": random_region(rng, h, w, beyond=False), "downsample": [1, 2, 3][i % 3],
                      "resample": "mean" if i % 4 else "nearest", "widthPx": w, "heightPx": h, "channels": channels, "masks": masks,
                      **({"annotation": annotation} if annotation else {})})
    return cases


def plain(values):
    """JSON has no NaN and no infinity."""
    return [v if np.isfinite(v) else str(v) for v in np.asarray(values).ravel().tolist()]


def packed(array):
    """Bytes as base64 of a zlib stream: labels repeat, and JSON numbers are long."""
    return base64.b64encode(zlib.compress(np.ascontiguousarray(array).tobytes(), 9)).decode()


def to_json(case, with_samples=True):
    """`rgb` is rounded; `edges` are the positions where the exact value lies between two levels, so that either will do."""
    exact = render(case["channels"], case["masks"], case["downsample"], case["resample"], case["region"], case.get("annotation")).ravel()
    edges = np.flatnonzero(np.abs(exact - np.floor(exact) - 0.5) < 1e-3)
    rgb = np.floor(exact + 0.5).astype(np.uint8)
    strip = lambda layer: {**{k: v for k, v in layer.items() if k != "array"}, "samples": plain(layer["array"])}
    bare = lambda layer: {k: v for k, v in layer.items() if k != "array"}
    labelled = lambda layer: {**bare(layer), "labels": packed(layer["array"].astype("<u4"))}
    d, region = case["downsample"], case["region"]
    return {**case, "channels": [(strip if with_samples else bare)(c) for c in case["channels"]], "masks": [labelled(m) for m in case["masks"]],
            **({"annotation": labelled(case["annotation"])} if "annotation" in case else {}),
            "expected": {"widthPx": -(-region[2] // d), "heightPx": -(-region[3] // d),
                         "rgb": packed(rgb), "edges": edges.tolist()}}


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
    cases = [to_json(random_case(rng, i)) for i in range(120)]
    encoded = [to_json(case, with_samples=False) for case in encoded_cases(rng, here)]
    with open(os.path.join(here, "rendering.json"), "w") as file:
        json.dump({"madeBy": "generate.py", "seed": SEED, "versions": versions, "cases": cases, "encoded": encoded}, file, separators=(",", ":"))
        file.write("\n")
    if len(sys.argv) > 1:
        with open(os.path.join(here, "real.json"), "w") as file:
            json.dump({"madeBy": "generate.py DATA", "versions": versions, "cases": real_cases(sys.argv[1])}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
