"""Writes shapes.json: pixels that drawn ROIs cover and cut out, by brute force over the centres of pixels with numpy.

The definition, written anew: a shape in full-resolution pixels goes to the output grid as (x - region.x) / downsample. A
pixel is cut out if its centre is within the rings by the even-odd rule; it is drawn if its centre is in the rectangle of
the line's width about one of the segments, which ends half a width beyond the segment's ends. A centre on a left or top
edge is inside, one on a right or bottom edge is not. Shapes with slanted edges through a centre are not taken, except
those whose crossings are exact in binary.
"""

import json
import platform
from pathlib import Path

import numpy as np

margin = 1e-7


def centres(width, height):
    return np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)


def cut(rings, width, height):
    """Also how near a crossing comes to a centre without going through it."""
    x, y = centres(width, height)
    inside = np.zeros((height, width), bool)
    nearest = np.inf
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0)):
            if y0 == y1:
                continue
            (x0, y0), (x1, y1) = sorted([(x0, y0), (x1, y1)], key=lambda point: point[1])
            crosses = (y0 <= y) & (y < y1)
            at = x0 + (y - y0) * (x1 - x0) / (y1 - y0)
            off = np.abs(at - x)[crosses]
            nearest = min([nearest, *off[off > 0]])
            inside ^= crosses & (at <= x)
    return inside, nearest


def stroke(lines, thick, width, height):
    x, y = centres(width, height)
    half = thick / 2
    drawn = np.zeros((height, width), bool)
    nearest = np.inf
    for line in lines:
        for (x0, y0), (x1, y1) in zip(line[:-1], line[1:]):
            if x0 == x1 or y0 == y1:
                left, right, top, bottom = min(x0, x1) - half, max(x0, x1) + half, min(y0, y1) - half, max(y0, y1) + half
                drawn |= (left <= x) & (x < right) & (top <= y) & (y < bottom)
                continue
            length = np.hypot(x1 - x0, y1 - y0)
            along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / length
            across = np.abs((x - x0) * (y1 - y0) - (y - y0) * (x1 - x0)) / length
            for off in (along + half, along - length - half, across - half):
                nearest = min(nearest, np.abs(off).min())
            drawn |= (-half < along) & (along < length + half) & (across < half)
    return drawn, nearest


def rows(mask):
    return ["".join("1" if value else "0" for value in row) for row in mask]


def case(name, kind, rings, region, downsample, thick, exact=False):
    left, top, full_width, full_height = region
    width, height = -(-full_width // downsample), -(-full_height // downsample)
    grid = [(np.array(ring, float) - (left, top)) / downsample for ring in rings]
    closed = [np.vstack([ring, ring[:1]]) for ring in grid] if kind == "polygon" else grid
    drawn, near_line = stroke(closed, thick, width, height)
    inside, near_edge = cut(grid, width, height) if kind == "polygon" else (None, np.inf)
    if min(near_line, near_edge) < margin and not exact:
        return None
    return {
        "name": name,
        "kind": kind,
        "rings": [np.array(ring, float).tolist() for ring in rings],
        "region": list(region),
        "downsample": downsample,
        "widthPx": thick,
        "drawn": rows(drawn),
        **({"inside": rows(inside)} if kind == "polygon" else {}),
    }


def random_cases():
    random = np.random.default_rng(20261123)
    while True:
        kind = random.choice(["polygon", "polyline"]).item()
        region = [*random.integers(-9, 9, 2).tolist(), *random.integers(9, 40, 2).tolist()]
        downsample, thick = int(random.integers(1, 5)), int(random.integers(1, 6))
        count = int(random.integers(1, 4)) if kind == "polygon" else 1
        corner, size = np.array(region[:2]), np.array(region[2:])
        # Some of it beyond the region; UELer keeps two decimals.
        rings = [
            np.round(corner - 6 + random.random((int(random.integers(3, 9)), 2)) * (size + 12), 2) for _ in range(count)
        ]
        yield kind, rings, region, downsample, thick


def exact_cases():
    random = np.random.default_rng(7)
    for i in range(24):
        step, downsample = [(1, 1), (0.5, 1), (0.25, 1), (1, 2), (0.5, 4), (1, 4)][i % 6]
        corners = np.round(random.integers(-2, 14, (2, 2)) / step) * step
        (x0, y0), (x1, y1) = np.sort(corners, axis=0) + [[0, 0], [step, step]]
        ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
        region = [-1, -2, 15, 13]
        if i % 3 == 0:
            ring = ring[::-1]
        kind = "polyline" if i % 4 == 3 else "polygon"
        yield f"axis-aligned {i + 1}", kind, [ring], region, downsample, i % 5 + 1


def main():
    found = []
    for name, kind, rings, region, downsample, thick in exact_cases():
        found.append(case(name, kind, rings, region, downsample, thick, exact=True))
    for kind, rings, region, downsample, thick in random_cases():
        made = case(f"random {len(found) - 23}", kind, rings, region, downsample, thick)
        if made:
            found.append(made)
        if len(found) == 24 + 80:
            break
    content = {"madeWith": {"python": platform.python_version(), "numpy": np.__version__}, "shapes": found}
    Path(__file__).with_name("shapes.json").write_text(json.dumps(content, indent=1) + "\n")


main()
