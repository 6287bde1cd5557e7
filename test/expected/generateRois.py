#!/usr/bin/env python3
"""Makes rois.json: the regions of interest in the real files, and which pixels lie in polygons.

    python3 generateRois.py DATA      writes rois.json beside this script

files: every file below DATA/rois, the tables of DATA/assembled and the OME files elsewhere that have ROIs. .roi is unpacked
with struct after the table in the documentation of ImageJ's ij.io.RoiDecoder, GeoJSON with json, OME-XML with
xml.etree, UELer's tables with csv. Of each ROI: id, name, FOV and tags where there are any, box [xMin, yMin, xMax, yMax], kind, the
vertices of each ring and its area by the shoelace formula; a curve has no vertices ("curve": its corners are ours to choose),
and its area and box are exact. leftOut: how many are of no use (points, labels, masks). Lines of ImageJ run through pixel
centres, hence the half pixel. Which files are no ROIs at all was told by looking. The ROIs of hadim/read-roi have
a .json beside them, made by that library: it must agree.

masks: polygons and which pixel centres are inside, from matplotlib's Path, ring by ring, joined by exclusive or.
"""
import csv
import glob
import json
import math
import os
import re
import struct
import sys
import xml.etree.ElementTree as ET
import zipfile

import matplotlib
import numpy as np
from matplotlib.path import Path

NO_ROIS = {
    "rois/imagej_RImageJROI/imagej-logo.png": "a picture",
    "rois/qupath_TD01/classes.json": "classes of QuPath",
    "rois/qupath_TD01/server.json": "an image server of QuPath",
    "rois/qupath_TD01/summary.json": "a summary of QuPath",
    "rois/ueler_map_descriptors/malformed.json": "a map descriptor",
    "rois/ueler_map_descriptors/valid_slide.json": "a map descriptor",
    "csv/tabulator/2-files.zip": "an archive of tables",
}

OTHERS = [
    "csv/tabulator/2-files.zip",
    "assembled/imc_pancreas/.UELer/roi_manager.csv",
    "assembled/mibi_dcis_Point2203/.UELer/roi_manager.csv",
    "assembled/mibi_tnbc_fov8/.UELer/roi_manager.csv",
    "ometiff/ome_xml/transformations-downgrade.ome.xml",
    "ometiff/ome_xml/timestampannotation.ome.xml",
    "ometiff/geomx/output_ome.ome.tiff",
]


def shoelace(points):
    x, y = np.array(points, dtype=float).T
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def opened(points):
    points = [list(map(float, point[:2])) for point in points]
    return points[:-1] if len(points) > 1 and points[0] == points[-1] else points


def shape(kind, rings, box=None):
    everything = np.array([point for ring in rings for point in ring])
    found = {"kind": kind, "vertices": [len(ring) for ring in rings],
             "box": box or [*everything.min(axis=0).tolist(), *everything.max(axis=0).tolist()]}
    if kind == "polygon":
        found["areas"] = [shoelace(ring) for ring in rings]
    return found


def plain(x, y, width, height):
    return {"kind": "box", "box": [x, y, x + width, y + height]}


# ImageJ


def signed(value):
    return value + 65536 if value < -5000 else value


def read_roi(data, stem):
    assert data[:4] == b"Iout"
    version, kind = struct.unpack(">hB", data[4:7])
    top, left, bottom, right = (signed(v) for v in struct.unpack(">4h", data[8:16]))
    count = struct.unpack(">H", data[16:18])[0] or struct.unpack(">i", data[18:22])[0]
    a, b, c, d = struct.unpack(">4f", data[18:34])
    path = struct.unpack(">i", data[36:40])[0]
    subtype, options = struct.unpack(">hh", data[48:52])
    corner = struct.unpack(">h", data[54:56])[0]
    ratio = struct.unpack(">f", data[52:56])[0]
    header2 = struct.unpack(">i", data[60:64])[0]
    exact = version >= 222 and options & 128
    name = ""
    if header2:
        at, length = struct.unpack(">ii", data[header2 + 16:header2 + 24])
        name = data[at:at + 2 * length].decode("utf-16-be")
    about = {"id": stem, "name": name or os.path.basename(stem)}
    if kind == 1 and path > 0:
        return {**about, **shape("polygon", read_path(struct.unpack(">%df" % path, data[64:64 + 4 * path])))}
    if kind in (1, 2):
        x, y, width, height = (a, b, c, d) if exact and version >= 223 else (left, top, right - left, bottom - top)
        box = [x, y, x + width, y + height]
        if kind == 2:
            return {**about, "kind": "curve", "box": box, "area": math.pi * width * height / 4}
        if corner > 0:
            lost = (4 - math.pi) * min(corner, width) * min(corner, height) / 4
            return {**about, "kind": "curve", "box": box, "area": width * height - lost}
        return {**about, **plain(x, y, width, height)}
    if kind == 3:
        return {**about, **shape("polyline", [[[a + .5, b + .5], [c + .5, d + .5]]])}
    if kind == 10:
        return None
    if kind == 7 and subtype == 3:
        turn = math.atan2(d - b, c - a)
        long = math.hypot(c - a, d - b) / 2
        short = long * ratio
        half = [math.hypot(long * math.cos(turn), short * math.sin(turn)), math.hypot(long * math.sin(turn), short * math.cos(turn))]
        middle = [(a + c) / 2, (b + d) / 2]
        return {**about, "kind": "curve", "area": math.pi * long * short,
                "box": [middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]]}
    if exact:
        numbers = np.frombuffer(data, ">f4", 2 * count, 64 + 4 * count).astype(float)
        points = numbers.reshape(2, count).T
    else:
        points = np.frombuffer(data, ">i2", 2 * count, 64).astype(float).reshape(2, count).T + [left, top]
    if kind in (4, 5, 9):
        return {**about, **shape("polyline", [(points + .5).tolist()])}
    assert kind in (0, 7, 8)
    return {**about, **shape("polygon", [opened(points.tolist())])}


def read_path(numbers):
    rings, ring, at = [], [], 0
    while at < len(numbers):
        segment = int(numbers[at])
        assert segment in (0, 1, 4), "no curves in these files"
        if segment == 0 and ring:
            rings.append(ring)
            ring = []
        if segment < 4:
            ring.append(list(numbers[at + 1:at + 3]))
        elif ring:
            rings.append(ring)
            ring = []
        at += 3 if segment < 4 else 1
    return [opened(ring) for ring in rings + [ring] if len(opened(ring)) > 2]


def check_against_library(file, roi):
    """What read-roi made of the file."""
    other = next(iter(json.load(open(file)).values()))
    if other["type"] in ("rectangle", "oval"):
        assert roi["box"] == [other["left"], other["top"], other["left"] + other["width"], other["top"] + other["height"]]
    elif other["type"] == "composite":
        assert roi["vertices"] == [len(opened(path)) for path in other["paths"]], (roi, file)
    elif "x" in other:
        shift = .5 if roi["kind"] == "polyline" else 0
        box = [min(other["x"]), min(other["y"]), max(other["x"]), max(other["y"])]
        assert roi["box"] == [v + shift for v in box] and roi["vertices"] == [len(other["x"])], (roi, box)


# GeoJSON


def read_geojson(value):
    items = value.get("features", [value])
    rois = []
    for i, item in enumerate(items):
        geometry = item.get("geometry", item)
        properties = item.get("properties", {})
        about = {"id": item.get("id", str(i + 1)), "name": properties.get("name", "")}
        tag = properties.get("classification", {}).get("name")
        if tag:
            about["tags"] = [tag]
        points = geometry["coordinates"]
        if geometry["type"] == "Point":
            rois.append(None)
        elif geometry["type"] == "LineString":
            rois.append({**about, **shape("polyline", [points])})
        elif geometry["type"] == "Polygon":
            rois.append({**about, **shape("polygon", [opened(ring) for ring in points])})
        else:
            assert geometry["type"] == "MultiPolygon"
            rois.append({**about, **shape("polygon", [opened(ring) for part in points for ring in part])})
    return rois


# OME


def read_ome(xml, fov):
    rois = []
    for roi in ET.fromstring(xml).iter():
        if not roi.tag.endswith("}ROI"):
            continue
        shapes = list(next(child for child in roi if child.tag.endswith("}Union")))
        useful = [each for each in shapes if re.sub("{.*}", "", each.tag) not in ("Point", "Label", "Mask")]
        rois += [None for each in shapes if each not in useful]
        parts = []
        for part in map(read_ome_shape, useful):
            if part not in parts:
                parts.append(part)
        if parts:
            rois.append({"id": roi.get("ID"), "name": roi.get("Name", ""), **fov, **(parts[0] if len(parts) == 1 else union(parts))})
    return rois


def union(parts):
    """Shapes of one ROI: the box is that of all of them together."""
    boxes = np.array([part["box"] for part in parts])
    areas = [rectangle(part["box"]) if part["kind"] == "box" else part for part in parts]
    return {"kind": "union", "box": [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)], "parts": areas}


def rectangle(box):
    x0, y0, x1, y1 = box
    return shape("polygon", [[[x0, y0], [x1, y0], [x1, y1], [x0, y1]]])


def read_ome_shape(each):
    kind = re.sub("{.*}", "", each.tag)
    value = lambda *keys: [float(each.get(key)) for key in keys]
    turn = next((child for child in each if child.tag.endswith("}Transform")), None)
    matrix = np.eye(3)
    if turn is not None:
        matrix[:2] = [[float(turn.get("A%d%d" % (row, column))) for column in range(3)] for row in range(2)]
    place = lambda points: (np.column_stack([points, np.ones(len(points))]) @ matrix.T)[:, :2].tolist()
    if kind == "Rectangle":
        x, y, width, height = value("X", "Y", "Width", "Height")
        corners = place([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
        if matrix[0, 1] == 0 and matrix[1, 0] == 0:
            return {"kind": "box", "box": corners[0] + corners[2]}
        return shape("polygon", [corners])
    if kind == "Line":
        x1, y1, x2, y2 = value("X1", "Y1", "X2", "Y2")
        return shape("polyline", [place([[x1, y1], [x2, y2]])])
    numbers = [float(number) for number in re.findall(r"[-+.\deE]+", each.get("Points"))]
    points = place(np.array(numbers).reshape(-1, 2))
    assert kind in ("Polygon", "Polyline")
    return shape("polygon", [opened(points)]) if kind == "Polygon" else shape("polyline", [points])


# UELer


def read_table(file):
    rois = []
    for row in csv.DictReader(open(file, newline="", encoding="utf-8")):
        box = [float(row[key]) for key in ("x_min", "y_min", "x_max", "y_max")]
        about = {"id": row["roi_id"], "name": row["name"], "fov": row["fov"]}
        if row["tags"]:
            about["tags"] = [tag.strip() for tag in row["tags"].split(",")]
        if not row["geometry"]:
            rois.append({**about, "kind": "box", "box": box})
            continue
        geometry = json.loads(row["geometry"])
        points = geometry["points"]
        rois.append({**about, **shape("polygon" if geometry["closed"] else "polyline", [points], box)})
    return rois


def outcome_of(root, file):
    path = os.path.join(root, file)
    stem = os.path.splitext(os.path.basename(file))[0]
    if file in NO_ROIS:
        return {"code": "DatasetInvalid", "reason": NO_ROIS[file]}
    if "imagej_read-roi" in file and file.endswith(".json"):
        return {"code": "DatasetInvalid", "reason": "JSON of read-roi"}
    if file.endswith(".roi"):
        rois = [read_roi(open(path, "rb").read(), stem)]
        if os.path.exists(path[:-4] + ".json"):
            check_against_library(path[:-4] + ".json", rois[0])
    elif file.endswith(".zip"):
        archive = zipfile.ZipFile(path)
        rois = [read_roi(archive.read(name), name[:-4]) for name in archive.namelist()]
    elif file.endswith(".geojson"):
        rois = read_geojson(json.load(open(path)))
    elif file.endswith(".csv"):
        rois = read_table(path)
    elif file.endswith(".tiff"):
        data = open(path, "rb").read()
        start = data.index(b"<?xml")
        xml = data[start:data.index(b"\0", start)]
        rois = read_ome(xml.strip(), {"fov": re.sub(r"(\.ome)?$", "", stem)})
    else:
        rois = read_ome(open(path, "rb").read(), {})
    return {"rois": [roi for roi in rois if roi], "leftOut": sum(roi is None for roi in rois)}


def mask_cases():
    random = np.random.RandomState(7)
    turn = np.sort(random.rand(17)) * 2 * math.pi
    star = np.column_stack([9.3 + (3 + 7 * random.rand(17)) * np.cos(turn), 8.1 + (3 + 6 * random.rand(17)) * np.sin(turn)])
    five = np.arange(5) * 4 * math.pi / 5
    pentagram = np.column_stack([10.21 + 9.7 * np.sin(five), 9.87 - 9.7 * np.cos(five)])
    donut = [[[1.2, 1.3], [21.7, 2.4], [19.9, 17.8], [2.6, 16.1]], [[6.2, 5.1], [15.3, 6.6], [12.1, 13.7]],
             [[9.7, 7.9], [11.9, 8.3], [10.6, 10.4]]]
    tangle = [random.rand(30, 2) * [24, 18] - [3.3, 4.4]]
    cases = {"star": ([star], [-2, -3, 24, 21]), "pentagram": ([pentagram], [0, 0, 21, 20]), "hole with an island": (donut, [0, 0, 24, 20]),
             "tangle": (tangle, [-4, -5, 26, 20]), "cut by the region": ([star], [6, 4, 7, 9]), "two that overlap": ([star, pentagram], [0, 0, 20, 20])}
    for name, (rings, (x, y, width, height)) in cases.items():
        centers = np.stack(np.meshgrid(x + np.arange(width) + .5, y + np.arange(height) + .5), -1).reshape(-1, 2)
        inside = np.zeros(len(centers), bool)
        for ring in rings:
            inside ^= Path(np.concatenate([ring, ring[:1]]), closed=True).contains_points(centers)
        yield {"name": name, "rings": [np.asarray(ring).tolist() for ring in rings],
               "region": {"x": x, "y": y, "widthPx": width, "heightPx": height},
               "rows": ["".join("01"[int(v)] for v in row) for row in inside.reshape(height, width)]}


def main():
    root = sys.argv[1]
    files = OTHERS + [os.path.relpath(file, root) for file in glob.glob(os.path.join(root, "rois", "*", "*"))]
    outcomes = {file: outcome_of(root, file) for file in sorted(files)}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "rois.json"), "w") as out:
        json.dump({"madeBy": "generateRois.py DATA",
                   "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "matplotlib": matplotlib.__version__},
                   "files": outcomes, "masks": list(mask_cases())}, out, indent=1, sort_keys=True)
        out.write("\n")


if __name__ == "__main__":
    main()
