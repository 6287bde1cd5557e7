#!/usr/bin/env python3
"""Makes ometiffOutcomes.json: what is to be found in the real files of many channels, and in real OME-XML.

    python3 generateOmeTiff.py DATA      writes ometiffOutcomes.json beside this script

Which files are FOVs, what their channels are called and what is refused was told by looking at each file, and is written
down below. Which page is which channel, too: a channel is a page, or a page and a sample. The hashes are SHA-256 of the
samples, little-endian, as tifffile reads them, or GDAL where tifffile lacks the codec. OME-XML is parsed by Python's own
parser. Debian 12: apt-get install python3-tifffile python3-gdal. The versions are inside the file.
"""
import hashlib
import json
import os
import sys
import xml.etree.ElementTree as ElementTree

import numpy as np
import tifffile
from osgeo import gdal

gdal.UseExceptions()
DATA = sys.argv[1]


def sha256(samples):
    return hashlib.sha256(np.ascontiguousarray(samples.astype(samples.dtype.newbyteorder("<"))).tobytes()).hexdigest()


def sample_of(array, index):
    return array if array.ndim == 2 else array[..., index]


def read(path, page, sample):
    """Samples of a page, and of its SubIFDs or reduced pages."""
    try:
        with tifffile.TiffFile(path) as tiff:
            found = tiff.pages[page]
            levels = [sample_of(level.asarray(), sample) for level in found.pages or []]
            if page == 0 and not levels:
                levels = [sample_of(level.asarray(), sample) for level in list(tiff.pages)[1:] if level.is_reduced]
            return sample_of(found.asarray(), sample), levels
    except (ImportError, ValueError, RuntimeError):
        dataset = gdal.Open(path if page == 0 else f"GTIFF_DIR:{page + 1}:{path}")
        band = dataset.GetRasterBand(sample + 1)
        return band.ReadAsArray(), [band.GetOverview(i).ReadAsArray() for i in range(band.GetOverviewCount())]


def channel(folder, name, file, page=0, sample=0):
    pixels, levels = read(os.path.join(DATA, folder, file), page, sample)
    kept = {"name": name, "sampleType": str(pixels.dtype), "size": [pixels.shape[1], pixels.shape[0]], "sha256": sha256(pixels)}
    if levels:
        kept["levels"] = [{"size": [level.shape[1], level.shape[0]], "sha256": sha256(level)} for level in levels]
    return kept


def fov(name, channels, um=None, origin="ome", masks=()):
    found = {"name": name, "channels": channels}
    if um is not None:
        found["pixelSize"] = {"um": um, "origin": origin}
    if masks:
        found["masks"] = list(masks)
    return found


def refused(name, *words, code="ImageUnreadable"):
    return {"name": name, "error": {"code": code, "words": list(words)}}


def unreadable(name, count, *words, code="ImageUnsupported"):
    """Channels that are known, with pixels that we do not read."""
    return {"name": name, "channels": [{"name": f"Channel_{i}", "error": {"code": code, "words": list(words)}} for i in range(count)]}


def warning(code, *words):
    return {"code": code, "words": list(words)}


def samples(folder, file, count, pages=(0,)):
    """Channels that have no names."""
    places = [(page, sample) for page in pages for sample in range(count)]
    return [channel(folder, f"Channel_{i}", file, page, sample) for i, (page, sample) in enumerate(places)]


def pages(folder, file, names):
    return [channel(folder, name, file, page) for page, name in enumerate(names)]


def left_out(*files):
    return warning("DatasetInvalid", "Left out", "one channel each", *files)


BIGTIFF, COG, VIV, QUPATH, SETS = (f"ometiff/{name}" for name in ("bigtiff", "cog", "viv", "qupath", "viv_multifile"))
CYTOMAPPER, MOCK, MIBI = "imc/cytomapper", "imc/imcRtools_mock/tiffs", "fov_folders/ark_fov8/mibitiff"
MOCK_FOV = "20210305_NE_mockData2_s0_a1_ac_fullFiltered"
MIBI_FOV = "fov8_RowNumber0_Depth_Profile0-MassCorrected-Filtered"
MIBI_NAMES = ("Background BetaCatenin BetaTubulin CD20 CD3 CD4 CD45 CD8 CD9 ECadherin ER GLUT1 HER2 HH3 HLA_Class_1 Ki67 LaminAC "
              "Membrane NaK_ATPase PanKeratin SMA Vimentin").split()
MIBI_NAMES[MIBI_NAMES.index("NaK_ATPase")] = "NaK ATPase"
VECTRA = "Set4_1-6plex_[16142,55840]_binary_seg_maps"
IDS = ["Channel:0:0", "Channel:0:1", "Channel:0:2"]

DATASETS = {
    BIGTIFF: {
        "fovs": [fov(name, samples(BIGTIFF, f"{name}.tif", 3, range(2) if name.endswith("4") else (0,)))
                 for name in ("BigTIFF", "BigTIFFLong8", "BigTIFFMotorola", "BigTIFFSubIFD4", "Classic")],
    },
    COG: {
        "fovs": [
            fov("big.endian", samples(COG, "big.endian.tiff", 3)),
            unreadable("cog", 3, "cog.tiff", "JPEG"),
            fov("rgba8_cog", samples(COG, "rgba8_cog.tiff", 4)),
            unreadable("rgba8_strip", 4, "rgba8_strip.tiff", "WebP"),
            unreadable("sparse", 4, "sparse.tiff", "WebP"),
        ],
        "warnings": [left_out("DEM_BS28_2016_1000_1141.tif")],
    },
    "ometiff/geomx": {"fovs": [refused("output_ome", "1 sample per pixel", "page 1 has 4")]},
    "ometiff/mcmicro_rename": {"fovs": [refused("rename_test", "page 3", "2 pages")]},
    "ometiff/minerva": {
        # Its pixels are 1 "pixel" wide, which is no length.
        "fovs": [fov("2048x2048_ome6_tiled", pages("ometiff/minerva", "2048x2048_ome6_tiled.ome.tif", IDS))],
        "warnings": [warning("ChannelNotFound", "Expected 3", "markers.csv", "found 4")],
    },
    "ometiff/ome-types": {"fovs": [fov("ome", pages("ometiff/ome-types", "ome.tiff", IDS[:2]))]},
    "ometiff/ome2010": {
        "fovs": [fov("2010-06-18x24y5z1t2c8b-text", pages("ometiff/ome2010", "2010-06-18x24y5z1t2c8b-text.ome.tiff", IDS[:2]))],
        "warnings": [warning("ImageUnsupported", "5 z planes", "first one")],
    },
    "ometiff/ome_xml": {"error": {"code": "DatasetInvalid", "words": ["21 other files"]}},
    QUPATH: {
        "fovs": [fov("cells-2c", pages(QUPATH, "cells-2c.ome.tif", IDS[:2]), 0.25),
                 fov("cells-2z", pages(QUPATH, "cells-2z.ome.tif", IDS[:1]), 0.25)],
        "warnings": [warning("ImageUnsupported", "cells-2z", "2 z planes"), left_out("cells-gray16.tif")],
    },
    VIV: {
        "fovs": [fov("multi-channel", pages(VIV, "multi-channel.ome.tif", IDS))],
        "warnings": [left_out("Channel_0.tif", "Channel_1.tif", "Channel_2.tif")],
    },
    SETS: {
        "fovs": [fov("multifile", [channel(SETS, "Channel:0", "multifile-Z1.ome.tiff")])],
        "warnings": [warning("ImageUnsupported", "5 z planes")],
    },
    "ometiff/voltron": {"fovs": [fov("xy_12bit__plant", pages("ometiff/voltron", "xy_12bit__plant.ome.tiff", ["CH2"]), 2.485922277608956)]},
    CYTOMAPPER: {
        "fovs": [fov(f"{name}_imc", samples(CYTOMAPPER, f"{name}_imc.tiff", 1, range(5)),
                     masks=[channel(CYTOMAPPER, "mask", f"{name}_mask.tiff")]) for name in ("E34", "G01", "J02")],
        # It is the panel of all that was measured, and the files hold five of it.
        "warnings": [warning("ChannelNotFound", "Expected 5", f"{name}_imc", "panel.csv", "found 38") for name in ("E34", "G01", "J02")],
    },
    MOCK: {"fovs": [fov(MOCK_FOV, samples(MOCK, f"{MOCK_FOV}.tiff", 1, range(5)))]},
    "imc/mcmicro_small": {"error": {"code": "DatasetInvalid", "words": ["3 TIFF files of one channel"]}},
    MIBI: {"fovs": [fov(MIBI_FOV, pages(MIBI, f"{MIBI_FOV}.tiff", MIBI_NAMES), 400 / 1024, "mibi")]},
    # Drawn regions, not intensities; by its form a stack all the same. Its XML is no OME-XML.
    "vectra": {"fovs": [fov(VECTRA, samples("vectra/Set4_1", f"{VECTRA}.tif", 1, range(4)))]},
    "vectra/Set4_1": {"fovs": [fov(VECTRA, samples("vectra/Set4_1", f"{VECTRA}.tif", 1, range(4)))]},
}


def local(element):
    return element.tag.rsplit("}", 1)[-1]


def children(element, name):
    return [child for child in element if local(child) == name]


def parse_xml(path):
    """Of each image what `Pixels` says; `None` where it says nothing."""
    images = []
    for image in children(ElementTree.parse(path).getroot(), "Image"):
        [found] = children(image, "Pixels")
        images.append({
            "size": [int(found.get(f"Size{axis}")) for axis in "XYCZT"],
            "order": found.get("DimensionOrder")[2:].lower(),
            "type": found.get("Type") or found.get("PixelType"),
            # The second before 2009.
            "names": [channel.get("Name") for channel in children(found, "Channel") or children(image, "LogicalChannel")],
            "tiffData": [[int(data.get(key, -1)) for key in ("FirstC", "FirstZ", "FirstT", "IFD", "PlaneCount")] +
                         [uuid.get("FileName") for uuid in children(data, "UUID")] for data in children(found, "TiffData")],
            "sizes": [[found.get(f"PhysicalSize{axis}"), found.get(f"PhysicalSize{axis}Unit")] for axis in "XY"],
        })
    return images


XML = os.path.join(DATA, "ometiff", "ome_xml")
XMLS = {name: parse_xml(os.path.join(XML, name)) for name in sorted(os.listdir(XML))}
VERSIONS = {"tifffile": tifffile.__version__, "gdal": gdal.__version__, "numpy": np.__version__}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ometiffOutcomes.json"), "w", encoding="utf-8") as file:
    json.dump({"versions": VERSIONS, "datasets": DATASETS, "xml": XMLS}, file, ensure_ascii=False, indent=1)
    file.write("\n")
print(len(DATASETS), "datasets,", len(XMLS), "documents")
