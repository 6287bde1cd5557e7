#!/usr/bin/env python3
"""Makes stacks.json: small TIFFs of many channels, the tables beside them, and what is to be found in them.

    python3 generateStacks.py           writes stacks.json beside this script

Files are written by tifffile: OME-TIFF and ImageJ by its own means, the rest page by page with metadata that are put
together here. What is expected are the arrays that the files were made of; where tifffile understands the metadata, it
reads the file back and must agree. Values tell channel, z and time apart, so that a wrong page never looks right.
Debian 12: apt-get install python3-numpy python3-tifffile. The versions are inside the file.
"""
import base64
import io
import itertools
import json
import os
import zlib

import numpy as np
import tifffile

HERE = os.path.dirname(os.path.abspath(__file__))
W, H = 6, 4
CASES = []


def plane(c=0, z=0, t=0, dtype="uint16", w=W, h=H):
    """A plane that no other one equals."""
    ramp = np.arange(h * w).reshape(h, w)
    if np.dtype(dtype).kind == "f":
        return (ramp * 0.25 + c * 100 + z * 30 + t * 10 - 3).astype(dtype)
    if np.dtype(dtype).itemsize == 1:
        return (ramp + c * 40 + z * 20 + t * 10).astype(dtype)
    return (ramp + c * 1000 + z * 300 + t * 100).astype(dtype)


def planes(n, **kwargs):
    return [plane(c, **kwargs) for c in range(n)]


BLOBS = {}


def keep(data):
    """The number of these bytes among the blobs; the same bytes are kept once."""
    return BLOBS.setdefault(data.encode() if isinstance(data, str) else data, len(BLOBS))


def samples(array):
    return keep(np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"))).tobytes())


# Files


def tiff(pages, xml=None, each=None, names=None, big=False, order="<", reduced=(), software=False, **kwargs):
    """A TIFF of these pages, one after the other; `xml` in the first one, `each` a description for each; `reduced` are marked so."""
    out = io.BytesIO()
    with tifffile.TiffWriter(out, bigtiff=big, byteorder=order) as writer:
        for i, page in enumerate(pages):
            description = each[i] if each else xml if i == 0 else None
            tags = [(285, "s", 0, names[i], False)] if names and names[i] else []
            options = {"photometric": "minisblack", "subfiletype": int(i in reduced), **kwargs}
            if page.ndim == 3:
                options.update(photometric="rgb")
            writer.write(page, description=None if description is None else description.encode(), metadata=None,
                         contiguous=False, extratags=tags, software=software, **options)
    return out.getvalue()


def own(data, read=None, **kwargs):
    """An OME or ImageJ TIFF as tifffile itself writes it."""
    out = io.BytesIO()
    tifffile.imwrite(out, data, software=False, **kwargs)
    if read is not None:
        out.seek(0)
        assert np.array_equal(tifffile.imread(out), read)
    return out.getvalue()


def pixels(c, z=1, t=1, order="XYCZT", channels=None, data='<TiffData IFD="0" PlaneCount="{n}"/>', more="", x=W, y=H,
           type="uint16", spp=1):
    """`Pixels` of this extent; `channels` are names, or XML."""
    if channels is None:
        channels = [f"M{i}" for i in range(c // spp)]
    if not isinstance(channels, str):
        channels = "".join(f'<Channel ID="Channel:0:{i}" Name="{name}" SamplesPerPixel="{spp}"/>' for i, name in
                           enumerate(channels))
    order = f'DimensionOrder="{order}"' if order else ""
    return (f'<Pixels ID="Pixels:0" {order} Type="{type}" SizeX="{x}" SizeY="{y}" SizeC="{c}" SizeZ="{z}" SizeT="{t}" '
            f'{more}>{channels}{data.format(n=c // spp * z * t)}</Pixels>')


def ome(*images, uuid=None, schema="2016-06", before=""):
    uuid = f' UUID="{uuid}"' if uuid else ""
    images = "".join(f'<Image ID="Image:{i}" Name="Image{i}">{image}</Image>' for i, image in enumerate(images))
    return (f'<?xml version="1.0" encoding="UTF-8"?>{before}<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/{schema}"'
            f'{uuid}>{images}</OME>')


def part(first, ifd, name, uuid, count=1, more=""):
    """A `TiffData` that names a file; `first` is (c, z, t)."""
    at = "".join(f' First{axis}="{index}"' for axis, index in zip("CZT", first))
    at += "" if ifd is None else f' IFD="{ifd}"'
    at += "" if count is None else f' PlaneCount="{count}"'
    return f'<TiffData{at}><UUID FileName="{name}">{uuid or ""}</UUID></TiffData>'


# What is expected


def channels(names, arrays):
    names = list(names)
    assert len(names) == len(arrays)
    return [{"name": name, "dtype": str(array.dtype), "size": [array.shape[1], array.shape[0]], "samples": samples(array)}
            for name, array in zip(names, arrays)]


def fov(name, names, arrays, um=None, origin="ome", problem=None, masks=(), levels=None):
    found = {"name": name, "channels": channels(names, arrays)}
    if um is not None:
        found["pixelSize"] = {"um": um, "origin": origin}
    if problem is not None:
        found["problem"] = problem
    if masks:
        found["masks"] = channels([mask for mask, _ in masks], [array for _, array in masks])
    if levels:
        found["levels"] = [channels(names, level) for level in levels]
    return found


def failed(name, *words, code="ImageUnreadable"):
    """A FOV that is refused, with a message that has these words."""
    return {"name": name, "error": {"code": code, "words": list(words)}}


def case(name, files, fovs, warnings=(), error=None, options=None):
    made = {"name": name, "files": {path: keep(data) for path, data in files.items()}}
    if options:
        made["options"] = options
    if error:
        made["error"] = {"code": error[0], "words": list(error[1:])}
    else:
        made["fovs"] = fovs
        made["warnings"] = [{"code": code, "words": list(words)} for code, *words in warnings]
    CASES.append(made)


def one(name, data, *args, file="A.ome.tif", **kwargs):
    """A case of one file and one FOV, `A`."""
    expected = {key: kwargs.pop(key) for key in ("warnings", "options", "files") if key in kwargs}
    files = {file: data, **expected.pop("files", {})}
    found = args[0] if args and isinstance(args[0], dict) else fov("A", *args, **kwargs)
    case(name, files, [found], **expected)


def first_only(z=1, t=1):
    return [("ImageUnsupported", f"FOV A has {n} {what}", "first one") for n, what in [(z, "z planes"), (t, "time points")]
            if n > 1]


M3 = ["M0", "M1", "M2"]
UM = 'PhysicalSizeX="0.5" PhysicalSizeY="0.5"'


def write_ome_images():
    one("OME-TIFF of tifffile, with names and pixel size",
        own(np.stack(planes(3)), np.stack(planes(3)), ome=True, photometric="minisblack",
            metadata={"axes": "CYX", "Channel": {"Name": ["DNA", "CD3", "αSMA"]}, "PhysicalSizeX": 0.39, "PhysicalSizeXUnit":
                      "µm", "PhysicalSizeY": 0.39, "PhysicalSizeYUnit": "µm"}),
        ["DNA", "CD3", "αSMA"], planes(3), 0.39)
    one("two channels of one name", tiff(planes(2), ome(pixels(2, channels=["DAPI", "DAPI"]))), ["DAPI", "DAPI_2"], planes(2))
    one("names with references and signs",
        tiff(planes(3), ome(pixels(3, channels=["A &amp; B", "&#945;SMA", "&lt;C&gt; &#x3B2;"]))),
        ["A & B", "αSMA", "<C> β"], planes(3))
    for dtype, kind in [("uint8", "uint8"), ("int16", "int16"), ("float32", "float"), ("float64", "double")]:
        one(f"{kind}", tiff(planes(2, dtype=dtype), ome(pixels(2, type=kind))), M3[:2], planes(2, dtype=dtype))
    one("one channel is a FOV, too", tiff(planes(1), ome(pixels(1))), M3[:1], planes(1))

    for axes in itertools.permutations("CZT"):
        sizes = {"C": 3, "Z": 2, "T": 2}
        data = np.empty([sizes[axis] for axis in axes] + [H, W], "uint16")
        for c, z, t in itertools.product(range(3), range(2), range(2)):
            data[tuple({"C": c, "Z": z, "T": t}[axis] for axis in axes)] = plane(c, z, t)
        order = "XY" + "".join(reversed(axes))
        file = own(data, data.squeeze(), ome=True, photometric="minisblack",
                   metadata={"axes": "".join(axes) + "YX", "Channel": {"Name": M3}})
        with tifffile.TiffFile(io.BytesIO(file)) as read:
            assert f'DimensionOrder="{order}"' in read.ome_metadata
        one(f"{order}, written by tifffile", file, M3, planes(3), warnings=first_only(2, 2))
        flat = list(data.reshape(-1, H, W))
        one(f"{order}, TiffData without attributes", tiff(flat, ome(pixels(3, 2, 2, order, data="<TiffData/>"))), M3, planes(3),
            warnings=first_only(2, 2))

    shuffled = [plane(1), plane(2, 1), plane(0), plane(2), plane(0, 1), plane(1, 1)]
    where = "".join(f'<TiffData FirstC="{c}" FirstZ="{z}" IFD="{ifd}"/>' for c, z, ifd in
                    [(0, 0, 2), (0, 1, 4), (1, 0, 0), (1, 1, 5), (2, 0, 3), (2, 1, 1)])
    file = tiff(shuffled, ome(pixels(3, 2, order="XYZCT", data=where)))
    assert np.array_equal(tifffile.imread(io.BytesIO(file))[:, 0], np.stack(planes(3)))
    one("pages in an order of their own, each placed by IFD", file, M3, planes(3), warnings=first_only(2))
    one("the same, where the order of the dimensions is not said",
        tiff(shuffled, ome(pixels(3, 2, order=None, data=where))), M3, planes(3), warnings=first_only(2))
    one("TiffData with PlaneCount and no IFD", tiff(planes(3), ome(pixels(3, data='<TiffData PlaneCount="3"/>'))), M3, planes(3))
    one("two runs of pages", tiff([plane(2), plane(0), plane(1)],
                                  ome(pixels(3, data='<TiffData IFD="1" PlaneCount="2"/><TiffData FirstC="2" IFD="0"/>'))),
        M3, planes(3))
    one("no TiffData, as many pages as planes", tiff(planes(3), ome(pixels(3, data=""))), M3, planes(3))
    one("no TiffData, and another number of pages", tiff(planes(3), ome(pixels(2, data=""))),
        failed("A", "2 planes", "not where they are (TiffData)", "3 pages"))
    one("no Channel elements", tiff(planes(3), ome(pixels(3, channels=""))), ["Channel_0", "Channel_1", "Channel_2"], planes(3))
    one("fewer Channel elements than channels: which ones they name is not said",
        tiff(planes(3), ome(pixels(3, channels=["DNA"]))), ["Channel_0", "Channel_1", "Channel_2"], planes(3))
    one("a Channel without name", tiff(planes(2), ome(pixels(2, channels='<Channel ID="Channel:0:0" Name="DNA"/><Channel/>'))),
        ["DNA", "Channel_1"], planes(2))


def write_samples():
    rgb = [np.stack([plane(c * 3 + s) for s in range(3)], -1) for c in range(2)]
    names = ["HE_0", "HE_1", "HE_2", "IF_0", "IF_1", "IF_2"]
    metadata = {"Channel": {"Name": ["HE", "IF"]}}
    one("three samples per pixel, together", own(np.stack(rgb), np.stack(rgb), ome=True, photometric="rgb",
                                                 metadata={"axes": "CYXS", **metadata}), names, planes(6))
    planar = np.stack([np.moveaxis(image, -1, 0) for image in rgb])
    one("three samples per pixel, apart", own(planar, planar, ome=True, photometric="rgb", planarconfig="separate",
                                              metadata={"axes": "CSYX", **metadata}), names, planes(6))
    one("FirstC counts channels, not samples", tiff([rgb[1], rgb[0]], ome(pixels(
        6, channels=["HE", "IF"], spp=3, data='<TiffData FirstC="1" IFD="0"/><TiffData FirstC="0" IFD="1"/>'))), names, planes(6))
    one("FirstC that counts samples", tiff(rgb, ome(pixels(
        6, channels=["HE", "IF"], spp=3, data='<TiffData FirstC="0" IFD="0"/><TiffData FirstC="3" IFD="1"/>'))),
        failed("A", "FirstC 3", "2 along C"))
    one("SizeC that the samples do not divide", tiff(rgb[:1], ome(pixels(4, channels=["HE"], spp=3))),
        failed("A", "SizeC 4", "3 samples per pixel"))
    one("channels of one and of three samples",
        tiff([plane(0), rgb[0]], ome(pixels(4, channels='<Channel SamplesPerPixel="1"/><Channel SamplesPerPixel="3"/>'))),
        failed("A", "different numbers of samples"))
    one("samples that the XML does not speak of", tiff(rgb[:1], ome(pixels(3, data="<TiffData/>"))),
        failed("A", "where channel 1 is"))
    one("samples that the XML counts otherwise", tiff(rgb[:1], ome(pixels(1))), failed("A", "1 sample per pixel", "page 1 has 3"))
    one("samples that the page has not", tiff(planes(1), ome(pixels(3, channels=["HE"], spp=3))),
        failed("A", "3 samples per pixel", "page 1 has 1"))


def write_pyramids():
    levels = [[plane(c, w=40 // f, h=24 // f) for c in range(2)] for f in (1, 2, 4)]

    def pyramid(order, big):
        out = io.BytesIO()
        with tifffile.TiffWriter(out, bigtiff=big, byteorder=order, ome=True) as writer:
            writer.write(np.stack(levels[0]), subifds=2, tile=(16, 16), photometric="minisblack", software=False, metadata={
                "axes": "CYX", "Channel": {"Name": M3[:2]}, "PhysicalSizeX": 650, "PhysicalSizeXUnit": "nm",
                "PhysicalSizeY": 0.65, "PhysicalSizeYUnit": "µm"})
            for level in levels[1:]:
                writer.write(np.stack(level), subfiletype=1, tile=(16, 16), photometric="minisblack", metadata=None, software=False)
        with tifffile.TiffFile(io.BytesIO(out.getvalue())) as read:
            assert [level.shape for level in read.series[0].levels] == [(2, 24, 40), (2, 12, 20), (2, 6, 10)]
        return out.getvalue()

    one("a pyramid in SubIFDs", pyramid("<", False), M3[:2], levels[0], 0.65, levels=levels)
    one("the same in big-endian BigTIFF", pyramid(">", True), M3[:2], levels[0], 0.65, levels=levels)

    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        for i, (page, kind) in enumerate([(levels[0][0], 0), (levels[1][0], 1), (levels[0][1], 0), (levels[1][1], 1)]):
            writer.write(page, subfiletype=kind, photometric="minisblack", metadata=None, contiguous=False, software=False,
                         description=ome(pixels(2, x=40, y=24, data='<TiffData FirstC="0" IFD="0"/><TiffData FirstC="1" '
                                                                    'IFD="2"/>')) if i == 0 else None)
    one("levels between the pages, which count as IFDs", out.getvalue(), M3[:2], levels[0], levels=levels[:2])

    out = io.BytesIO()
    with tifffile.TiffWriter(out) as writer:
        writer.write(levels[0][0], subifds=2, photometric="minisblack", metadata=None, software=False,
                     description=ome(pixels(1, x=40, y=24)))
        writer.write(plane(5, w=20, h=20), subfiletype=1, photometric="minisblack", metadata=None, software=False)
        writer.write(levels[1][0], subfiletype=1, photometric="minisblack", metadata=None, software=False)
    one("a label among the levels is none", out.getvalue(), M3[:1], [levels[0][0]], levels=[[levels[0][0]], [levels[1][0]]])

    images = [pixels(2, x=40 // f, y=24 // f, more=UM, data=f'<TiffData IFD="{i * 2}" PlaneCount="2"/>')
              for i, f in enumerate((1, 2))]
    case("a pyramid of images, all with the pixel size of the first", {"A.ome.tif": tiff(levels[0] + levels[1], ome(*images))},
         [fov("A_0", M3[:2], levels[0], 0.5), fov("A_1", M3[:2], levels[1], problem="smaller copy")])
    images[1] = images[1].replace(UM, UM.replace("0.5", "1"))
    case("a pyramid of images, each with its own pixel size", {"A.ome.tif": tiff(levels[0] + levels[1], ome(*images))},
         [fov("A_0", M3[:2], levels[0], 0.5), fov("A_1", M3[:2], levels[1], 1)])


def write_sets():
    a, b = "urn:uuid:00000000-0000-0000-0000-00000000000a", "urn:uuid:00000000-0000-0000-0000-00000000000b"
    whole = pixels(3, data=part((0, 0, 0), 0, "A.ome.tif", a, 2) + part((2, 0, 0), 0, "B.ome.tif", b), more=UM)
    A, B = tiff(planes(2), ome(whole, uuid=a)), tiff([plane(2)], ome(whole, uuid=b))
    case("a set of two files", {"A.ome.tif": A, "B.ome.tif": B}, [fov("A", M3, planes(3), 0.5)])
    case("a set without its second file", {"A.ome.tif": A}, [failed("A", "all 2 files of the set", "B.ome.tif", "missing")])
    case("a set without its first file", {"B.ome.tif": B}, [failed("B", "all 2 files of the set", "A.ome.tif", "missing")])
    case("the second file under the name of the first", {"A.ome.tif": B},
         [failed("A", "A.ome.tif is not the file that it means", "UUID")])
    other = tiff(planes(2), ome(pixels(2), uuid=b[:-1] + "c"))
    case("another file under the name of the second", {"A.ome.tif": A, "B.ome.tif": other},
         [failed("A", "B.ome.tif is not the file that it means", "UUID"), fov("B", M3[:2], planes(2))])
    case("a set with a file that is damaged", {"A.ome.tif": A, "B.ome.tif": B[:40]},
         [failed("A", "B.ome.tif", "cannot be read")])
    default = pixels(3, data=part((0, 0, 0), None, "A.ome.tif", a, None) + part((2, 0, 0), None, "B.ome.tif", b, None))
    case("a set whose files are as long as they are", {"A.ome.tif": tiff(planes(2), ome(default, uuid=a)),
                                                       "B.ome.tif": tiff([plane(2)], ome(default, uuid=b))},
         [fov("A", M3, planes(3))])
    case("a set whose second file has no metadata", {"A.ome.tif": A, "B.ome.tif": tiff([plane(2)])},
         [fov("A", M3, planes(3), 0.5)])
    case("a second file without metadata that comes before the first",
         {"B.ome.tif": tiff([plane(2)], ome(whole.replace("A.ome.tif", "0.tif").replace(a, ""), uuid=b)), "0.tif": tiff(planes(2))},
         [fov("B", M3, planes(3), 0.5)])
    deep = pixels(1, 2, data=part((0, 0, 0), 0, "A.ome.tif", a) + part((0, 1, 0), 0, "B.ome.tif", b))
    case("a set without the file of its second z plane", {"A.ome.tif": tiff(planes(1), ome(deep, uuid=a))},
         [failed("A", "B.ome.tif", "missing")])
    outside = pixels(2, data=part((0, 0, 0), 0, "img/A.ome.tif", a) + part((1, 0, 0), 0, "../B.ome.tif", b))
    case("a set that leads out of its folder",
         {"img/A.ome.tif": tiff(planes(2), ome(outside, uuid=a)), "img/C.tif": tiff(planes(2)), "B.ome.tif": B},
         [failed("A", "../B.ome.tif", "missing"), fov("C", ["Channel_0", "Channel_1"], planes(2))],
         warnings=[("DatasetInvalid", "1 TIFF file beside them")])

    single = ome(pixels(2, data=part((0, 0, 0), 0, "A.ome.tif", a) + part((1, 0, 0), 1, "A.ome.tif", a)), uuid=a)
    case("a file that was renamed", {"new.ome.tif": tiff(planes(2), single)}, [fov("new", M3[:2], planes(2))])
    changed = [plane(7), plane(8)]
    case("a copy beside the original, with other pixels",
         {"A.ome.tif": tiff(planes(2), single), "copy.ome.tif": tiff(changed, single)},
         [fov("A", M3[:2], planes(2)), fov("copy", M3[:2], changed)])
    nameless = single.replace(a, "")
    case("a file that was renamed, without UUIDs", {"new.ome.tif": tiff(planes(2), nameless)}, [fov("new", M3[:2], planes(2))])
    case("a copy beside the original, without UUIDs: whose pixels are meant is not said",
         {"A.ome.tif": tiff(planes(2), nameless), "copy.ome.tif": tiff(changed, nameless)},
         [fov("A", M3[:2], planes(2)), failed("copy", "A.ome.tif", "copy of that file")])
    case("a file that says that its planes are in another one, which is missing",
         {"new.ome.tif": tiff(planes(2), single.replace(f'06" UUID="{a}"', f'06" UUID="{b}"'))},
         [failed("new", "A.ome.tif", "missing")])
    case("planes in a file that is known by its UUID only",
         {"A.ome.tif": tiff(planes(1), ome(pixels(1, data=f'<TiffData IFD="0"><UUID>{b}</UUID></TiffData>'), uuid=a))},
         [failed("A", "missing", b)])
    wells = [pixels(1, data=part((0, 0, 0), 0, f"{name}.ome.tif", uuid), more=UM.replace("0.5", size))
             for name, uuid, size in [("W1", a, "0.5"), ("W2", b, "0.25")]]
    case("files that each tell of all images of a plate",
         {"W1.ome.tif": tiff([plane(1)], ome(*wells, uuid=a)), "W2.ome.tif": tiff([plane(2)], ome(*wells, uuid=b))},
         [fov("W1", ["M0"], [plane(1)], 0.5), fov("W2", ["M0"], [plane(2)], 0.25)])
    case("a plate without one of its files", {"W2.ome.tif": tiff([plane(2)], ome(*wells, uuid=b))},
         [failed("W1", "W1.ome.tif", "missing"), fov("W2", ["M0"], [plane(2)], 0.25)])

    c = b[:-1] + "c"
    binary = [ome(uuid=uuid).replace("</OME>", f'<BinaryOnly MetadataFile="S.companion.ome" UUID="{c}"/></OME>') for uuid in (a, b)]
    parts = {"P1.ome.tif": tiff([plane(0)], binary[0]), "P2.ome.tif": tiff([plane(1)], binary[1])}
    companion = ome(pixels(2, more=UM, data=part((0, 0, 0), 0, "P1.ome.tif", a) + part((1, 0, 0), 0, "P2.ome.tif", b)), uuid=c)
    case("a companion and its two files", {"S.companion.ome": companion, **parts}, [fov("S", M3[:2], planes(2), 0.5)])
    case("a companion without one of its files", {"S.companion.ome": companion, "P1.ome.tif": parts["P1.ome.tif"]},
         [failed("S", "P2.ome.tif", "missing")])
    case("two files without their companion", parts, [failed("S", "P1.ome.tif", "S.companion.ome", "not there")],
         warnings=[("ImageUnsupported", "P2.ome.tif", "S.companion.ome")])
    case("a companion that is cut off", {"S.companion.ome": companion[:-40], "P1.ome.tif": parts["P1.ome.tif"]},
         [failed("S", "S.companion.ome", "broken")])
    case("a companion of something else", {"S.companion.ome": companion.replace(c, a), "P1.ome.tif": parts["P1.ome.tif"]},
         [failed("S", "S.companion.ome", "another UUID")])
    case("a companion that places planes in no file",
         {"S.companion.ome": ome(pixels(2), uuid=c), "P1.ome.tif": parts["P1.ome.tif"]}, [failed("S", "missing")],)
    case("a file that its companion does not name",
         {"S.companion.ome": companion, **parts, "X.ome.tif": tiff([plane(4)], binary[0].replace(a, c[:-1] + "d"))},
         [fov("S", M3[:2], planes(2), 0.5)], warnings=[("ImageUnsupported", "X.ome.tif", "does not name it")])


def write_several_images():
    images = [pixels(2, channels=["DNA", "CD3"], data='<TiffData IFD="0" PlaneCount="2"/>', more=UM),
              pixels(1, x=3, y=2, channels=["DNA"], data='<TiffData IFD="2"/>', more=UM.replace("0.5", "2"))]
    case("two images of different size", {"A.ome.tif": tiff([plane(0), plane(1), plane(2, w=3, h=2)], ome(*images))},
         [fov("A_0", ["DNA", "CD3"], planes(2), 0.5), fov("A_1", ["DNA"], [plane(2, w=3, h=2)], 2)])
    lost = [pixels(2, channels="", data=""), pixels(1, channels="", data="")]
    case("two images without TiffData: pages in their order", {"A.ome.tif": tiff(planes(3), ome(*lost))},
         [fov("A_0", ["Channel_0", "Channel_1"], planes(2)), fov("A_1", ["Channel_0"], [plane(2)])])
    same = [pixels(2, data="<TiffData/>"), pixels(2, data="<TiffData/>")]
    case("two images on the same pages", {"A.ome.tif": tiff(planes(4), ome(*same))},
         [failed(name, "two images", "same page") for name in ("A_0", "A_1")])
    one_bad = [pixels(2, data='<TiffData IFD="0" PlaneCount="2"/>'), pixels(1, type="float", data='<TiffData IFD="2"/>')]
    case("two images, one of which contradicts its page", {"A.ome.tif": tiff(planes(3), ome(*one_bad))},
         [fov("A_0", M3[:2], planes(2)), failed("A_1", "float", "uint16")])


def write_contradictions():
    two = planes(2)
    for name, pixel, words in [
        ("SizeX", pixels(2, x=7), ["7 × 4", "6 × 4"]),
        ("SizeY", pixels(2, y=3), ["6 × 3", "6 × 4"]),
        ("SizeC, more than pages", pixels(3), ["page 3", "2 pages"]),
        ("SizeZ, more than pages", pixels(2, 2, order="XYZCT"), ["page 4", "2 pages"]),
        ("SizeZ, more than pages, where the first are the ones needed", pixels(2, 2), ["page 4", "2 pages"]),
        ("SizeC, fewer than Channel elements", pixels(1, channels=M3[:2]), ["SizeC 1", "2 channels"]),
        ("Type", pixels(2, type="int16"), ["int16", "uint16"]),
        ("Type of other width", pixels(2, type="uint8"), ["uint8", "uint16"]),
        ("PlaneCount", pixels(2, data='<TiffData PlaneCount="3"/>'), ["3 planes", "has 2"]),
        ("FirstC out of range", pixels(2, data='<TiffData FirstC="2" IFD="0"/>'), ["FirstC 2"]),
        ("FirstZ out of range", pixels(2, order="XYZCT", data='<TiffData IFD="0"/><TiffData FirstZ="1" IFD="1"/>'), ["FirstZ 1"]),
        ("one plane twice", pixels(1, data='<TiffData IFD="0"/><TiffData IFD="1"/>'), ["twice", "channel 0"]),
        ("a channel without plane", pixels(2, data='<TiffData IFD="0"/>'), ["where channel 1 is"]),
        ("two channels on one page", pixels(2, data='<TiffData IFD="0"/><TiffData FirstC="1" IFD="0"/>'), ["two channels", "same page"]),
        ("IFD that is no number", pixels(2, data='<TiffData IFD="first"/><TiffData FirstC="1" IFD="1"/>'), ['IFD="first"']),
        ("negative IFD", pixels(2, data='<TiffData IFD="-1" PlaneCount="2"/>'), ['IFD="-1"']),
        ("SizeC 0", pixels(0, channels=M3[:2]), ['SizeC="0"']),
        ("SizeC that is no number", pixels(2).replace('SizeC="2"', 'SizeC="1e9"'), ['SizeC="1e9"']),
        ("no SizeX", pixels(2).replace('SizeX="6"', ""), ["how big"]),
        ("a thousand million channels", pixels(2).replace('SizeC="2"', 'SizeC="999999999"'), ["999999999 channels"]),
        ("a thousand million z planes", pixels(2).replace('SizeZ="1"', 'SizeZ="999999999"').replace(
            'PlaneCount="2"', 'PlaneCount="999999999"'), ["page"]),
        ("no order of the dimensions", pixels(2, 2, order=None, data="<TiffData/>"), ["DimensionOrder"]),
        ("an order with an axis twice", pixels(2, 2, order="XYCCT", data="<TiffData/>"), ["DimensionOrder"]),
        ("several sets of pixels", pixels(2) + pixels(2), ["several sets of pixels"]),
    ]:
        pages = planes(4) if "order" in name else two
        one(f"refused: {name}", tiff(pages, ome(pixel)), failed("A", "A.ome.tif", "write the file anew", *words))
    one("more pages than the XML tells of", tiff(planes(3), ome(pixels(2))), M3[:2], two,
        warnings=[("ImageUnsupported", "3 pages", "tells of 2")])
    xml = ome(pixels(2, more=UM))
    broken = [("cut off", xml[:-30], "broken, cut off"), ("tags that do not match", xml.replace("</Pixels>", ""), "broken"),
              ("a closing tag of another name", xml.replace("</Pixels>", "</Pixel>"), "broken"),
              ("tags that are not closed", xml[:xml.index("</Pixels>")], "broken"),
              ("an attribute that does not end", xml.replace('Name="M1"', 'Name="M1'), "broken"),
              ("a comment that does not end", xml.replace("</OME>", "<!-- </OME>"), "broken"),
              ("two roots", xml + xml[38:], "broken"), ("no image", ome(), "no image")]
    for name, text, words in broken:
        one(f"refused: XML with {name}" if name != "cut off" else "refused: XML that is cut off", tiff(two, text),
            failed("A", "A.ome.tif", words))
    bomb = '<!DOCTYPE OME [<!ENTITY a "aaaaaaaaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{before};" * 16}">' for before, name in zip("abcdefghi", "bcdefghij")) + "]>"
    one("refused: XML whose entities would be 10^12 characters",
        tiff(two, ome(pixels(2, channels=["&j;", "M1"]), before=bomb)), failed("A", "broken"))
    one("XML of something else is passed over", tiff(two, '<?xml version="1.0"?><TissueClassMap><Version>1</Version></TissueClassMap>'),
        ["Channel_0", "Channel_1"], two)
    one("comments, CDATA and other elements do not matter",
        tiff(two, ome(pixels(2, more=UM)).replace("<Image ", "<!-- <Image> > --><Instrument><Pixels SizeX='1'/></Instrument><Image ", 1)
             .replace("</OME>", "<StructuredAnnotations><XMLAnnotation><Value><Image><Pixels SizeX='9'/></Image><![CDATA[</OME>"
                                "]]></Value></XMLAnnotation></StructuredAnnotations></OME>")), M3[:2], two, 0.5)
    case("a damaged file beside a good one", {"A.ome.tif": tiff(two, xml), "B.ome.tif": tiff(two, xml)[:30], "C.tif": b"not a TIFF"},
         [fov("A", M3[:2], two, 0.5), failed("B", "B.ome.tif", "cannot be read")], warnings=[("ImageUnreadable", "C.tif")])


def write_schemas():
    two = planes(2)
    one("schema 2008-09: LogicalChannel, NumPlanes, PixelType", tiff(two, ome(
        '<LogicalChannel ID="LogicalChannel:1" Name="CD3"><ChannelComponent Index="1" Pixels="Pixels:0"/></LogicalChannel>'
        '<LogicalChannel ID="LogicalChannel:0" Name="DNA"><ChannelComponent Index="0" Pixels="Pixels:0"/></LogicalChannel>'
        f'<Pixels ID="Pixels:0" DimensionOrder="XYZTC" PixelType="uint16" BigEndian="false" SizeX="{W}" SizeY="{H}" SizeZ="1" '
        'SizeT="1" SizeC="2" PhysicalSizeX="0.25" PhysicalSizeY="0.25"><TiffData IFD="0" NumPlanes="2"/></Pixels>',
        schema="2008-09")), ["DNA", "CD3"], two, 0.25)
    one("schema 2010-06: sizes without units", tiff(two, ome(pixels(2, more=UM), schema="2010-06")), M3[:2], two, 0.5)
    prefixed = ome(pixels(2, more=UM))
    for element in ("OME", "Image", "Pixels", "Channel", "TiffData"):
        prefixed = prefixed.replace(f"<{element} ", f"<ome:{element} ").replace(f"</{element}>", f"</ome:{element}>")
    one("elements with a prefix", tiff(two, prefixed), M3[:2], two, 0.5)


def write_pixel_sizes():
    def size(x, y=None, x_unit=None, y_unit=None):
        text = f'PhysicalSizeX="{x}"' + ("" if y is None else f' PhysicalSizeY="{y}"')
        text += "" if x_unit is None else f' PhysicalSizeXUnit="{x_unit}"'
        return text + ("" if (y_unit or x_unit) is None or y is None else f' PhysicalSizeYUnit="{y_unit or x_unit}"')

    for name, attributes, um, problem in [
        ("µm written by number", size(0.5, 0.5, "&#181;m"), 0.5, None),
        ("µm written by number, hexadecimal", size(0.5, 0.5, "&#xB5;m"), 0.5, None),
        ("µm with the Greek letter", size(0.5, 0.5, "μm"), 0.5, None),
        ("nm", size(500, 500, "nm"), 0.5, None),
        ("mm", size(0.0005, 0.0005, "mm"), 0.5, None),
        ("m", size(5e-7, 5e-7, "m"), 0.5, None),
        ("Å", size(5000, 5000, "Å"), 0.5, None),
        ("two units for one size", size(500, 0.5, "nm", "µm"), 0.5, None),
        ("micron", size(0.5, 0.5, "micron"), 0.5, None),
        ("pixel is no length", size(1, 1, "pixel"), None, None),
        ("reference frame is no length", size(1, 1, "reference frame"), None, None),
        ("0 is none", size(0, 0), None, None),
        ("an unknown unit", size(0.5, 0.5, "furlong"), None, "0.5 furlong wide"),
        ("MM is neither mm nor Mm", size(0.5, 0.5, "MM"), None, "0.5 MM wide"),
        ("a unit of Object.prototype", size(0.5, 0.5, "constructor"), None, "constructor"),
        ("a comma", size("0,5", "0,5"), None, "0,5 µm wide"),
        ("a negative size", size(-0.5, -0.5), None, "-0.5 µm wide"),
        ("infinite", size("INF", "INF"), None, "INF"),
        ("x only", size(0.5), None, "does not say how high"),
        ("y in pixels", size(0.5, 1, "µm", "pixel"), None, "does not say how high"),
        ("pixels that are not square", size(0.5, 0.6), None, "not square"),
        ("sizes that differ by rounding", size(0.325, 0.32501), 0.325, None),
    ]:
        one(f"pixel size: {name}", tiff(planes(1), ome(pixels(1, more=attributes))), ["M0"], planes(1), um, problem=problem)


def write_imagej():
    def imagej(axes, shape, **metadata):
        data = np.empty([*shape, H, W], "uint16")
        for index in np.ndindex(*shape):
            at = dict(zip(axes, index))
            data[index] = plane(at.get("C", 0), at.get("Z", 0), at.get("T", 0))
        return own(data, data.squeeze(), imagej=True, resolution=(2, 2), metadata={"axes": axes + "YX", **metadata})

    one("ImageJ: channels, slices and frames", imagej("TZC", (2, 2, 3), unit="um"), ["Channel_0", "Channel_1", "Channel_2"],
        planes(3), 0.5, origin="imagej", file="A.tif", warnings=[("ImageUnsupported", "12 pages", "3 are used", "first z plane")])
    one("ImageJ: channels only", imagej("C", (3,), unit="\\u00B5m"), ["Channel_0", "Channel_1", "Channel_2"], planes(3), 0.5,
        origin="imagej", file="A.tif")
    one("ImageJ: slices only are channels", imagej("Z", (3,)), ["Channel_0", "Channel_1", "Channel_2"], [plane(0, z) for z in range(3)],
        file="A.tif")
    one("ImageJ: frames only are times", imagej("T", (3,)), ["Channel_0"], planes(1), file="A.tif",
        warnings=[("ImageUnsupported", "3 pages", "1 is used", "time point")])
    one("ImageJ: slices and frames of one channel", imagej("TZ", (2, 2)), ["Channel_0"], planes(1), file="A.tif",
        warnings=[("ImageUnsupported", "4 pages", "1 is used")])
    one("ImageJ: other units along x and y",
        own(np.stack(planes(2)), imagej=True, resolution=(2, 0.002), metadata={"axes": "CYX", "unit": "um", "yunit": "nm"}),
        ["Channel_0", "Channel_1"], planes(2), 0.5, origin="imagej", file="A.tif")

    def text(*lines):
        return "ImageJ=1.54f\n" + "".join(f"{line}\n" for line in lines)

    one("ImageJ: counts that do not fit each other", tiff(planes(5), text("images=5", "channels=2", "slices=2")),
        failed("A", "2 channels, 2 slices and 1 frames", "not 5 images"), file="A.tif")
    one("ImageJ: fewer images than pages", tiff(planes(3), text("images=2", "channels=2")),
        failed("A", "2 images", "found 3"), file="A.tif")
    one("ImageJ: one directory for all images", tiff(planes(1), text("images=5", "slices=5")),
        failed("A", "5 images", "found 1", code="ImageUnsupported"), file="A.tif")
    case("ImageJ: the same as a channel of a FOV folder",
         {"F/A.tif": tiff(planes(1), text("images=5", "slices=5")), "F/0.tif": tiff(planes(1))},
         [{**fov("F", ["0"], planes(1)), "unreadable": {"A": {"code": "ImageUnsupported", "words": ["A.tif", "holds 5"]}}}])


def write_mibi():
    def mibi(i, target, mass, kind="SIMS"):
        return json.dumps({"mibi.size": 3, "mibi.run": "r", "image.type": kind, "channel.target": target, "channel.mass": mass})

    pages = [plane(c, w=6, h=6) for c in range(4)]
    targets = [("dsDNA", 89), ("CD3", 159), ("CD3", 160), (None, 12)]
    described = [mibi(i, *target) for i, target in enumerate(targets)]
    names = ["dsDNA (89)", "CD3 (159)", "CD3 (160)", "C 12"]
    expected = ["dsDNA", "CD3 (159)", "CD3 (160)", "C 12"]
    one("MIBI: targets, and page names where those are not enough", tiff(pages, each=described, names=names), expected, pages, 0.5,
        origin="mibi", file="A.tiff")
    optical = [np.stack([plane(s, dtype="uint8", w=9, h=9) for s in range(3)], -1), plane(8, w=6, h=6)]
    extra = [mibi(0, "Optical", 0, "Optical"), mibi(0, "Label", 0, "Label")]
    warning = [("ImageUnsupported", "6 pages", "4 are used", "one size and kind")]
    one("MIBI: pages that were not measured come last", tiff(pages + optical, each=described + extra, names=names + ["Optical", "Label"]),
        expected, pages, 0.5, origin="mibi", file="A.tiff", warnings=warning)
    one("MIBI: pages that were not measured come first", tiff(optical + pages, each=extra + described, names=["Optical", "Label"] + names),
        expected, pages, 0.5, origin="mibi", file="A.tiff", warnings=warning)
    one("MIBI: a FOV that was cut", tiff(planes(2), each=described[:2], names=names[:2]), expected[:1] + ["CD3"], planes(2),
        problem="a square of 3 µm", file="A.tiff")
    one("pages with names", tiff(planes(3), names=["DNA", "CD3", "CD8"]), ["DNA", "CD3", "CD8"], planes(3), file="A.tiff")
    one("pages of which one has a name", tiff(planes(3), names=["DNA", None, None]), ["DNA", "Channel_1", "Channel_2"], planes(3),
        file="A.tiff")
    one("pages of another size are no channels", tiff(planes(2) + [plane(w=3, h=2)]), ["Channel_0", "Channel_1"], planes(2),
        file="A.tiff", warnings=[("ImageUnsupported", "3 pages", "2 are used", "one size")])


def write_panels():
    three, plain = planes(3), tiff(planes(3))
    cds, numbered = ["DNA", "CD3", "CD8"], ["Channel_0", "Channel_1", "Channel_2"]
    steinbock = "channel,name,keep,ilastik\nIr191,DNA,1,1\nXe131,,0,\nEr168,CD3,1,\nNd145,CD4,0,2\nPr141,CD8,1,\n"
    cytomapper = "frame,MetalTag,Target,clean_Target\n2,Er168,CD3e,CD3\n3,Pr141,CD8a,CD8\n1,Ir191,Iridium,DNA\n"
    mcmicro = "channel_number,cycle_number,marker_name\n1,1,DNA\n2,1,CD3\n3,2,CD8\n"
    for name, file, text in [
        ("steinbock's, with rows that are not kept", "panel.csv", steinbock),
        ("cytomapper's, ordered by frame", "panel.csv", cytomapper),
        ("MCMICRO's", "markers.csv", mcmicro),
        ("a list of names", "channels.csv", "DNA\nCD3\nCD8\n"),
        ("in UTF-16", "panel.csv", "name\r\nDNA\r\nCD3\r\nCD8\r\n".encode("utf-16")),
        ("with semicolons, as a German Excel saves it", "panel.csv", "\ufeffchannel;name\r\nIr191;DNA\r\nEr168;CD3\r\nPr141;CD8\r\n"),
    ]:
        one(f"panel: {name}", plain, cds, three, file="A.tiff", files={file: text})
    for name, text, words in [
        ("one name too few", "name\nDNA\nCD3\n", ["Expected 3", "found 2"]),
        ("one name too many", steinbock.replace("CD4,0", "CD4,1"), ["Expected 3", "found 4"]),
        ("a row without name", "channel,name\n1,DNA\n2,\n3,CD8\n", ["Expected 3", "1 of them without a name"]),
    ]:
        one(f"panel: {name}", plain, numbered, three, file="A.tiff", files={"panel.csv": text},
            warnings=[("ChannelNotFound", "panel.csv", "not used", *words)])
    one("panel: one without names is passed over", plain, numbered, three, file="A.tiff", files={"channels.csv": "a,b\n1,2\n"},
        warnings=[("DatasetInvalid", "channels.csv", "found a, b")])
    one("panel: the next one is taken instead", plain, cds, three, file="A.tiff",
        files={"panel.csv": "a,b\n1,2\n", "markers.csv": mcmicro}, warnings=[("DatasetInvalid", "panel.csv", "found a, b")])
    case("panel: one without names that the user named", {"A.tiff": plain, "p.csv": "a,b\n1,2\n"}, [], options={"panelFile": "p.csv"},
         error=("DatasetInvalid", "p.csv", "found a, b"))
    named = tiff(three, ome(pixels(3)))
    one("panel: names in the image count more", named, M3, three, files={"panel.csv": steinbock})
    one("panel: unless the user named it", named, cds, three, files={"p.csv": steinbock}, options={"panelFile": "p.csv"})
    one("panel: one that the user named and that does not fit", named, M3, three, files={"p.csv": "name\nDNA\n"},
        options={"panelFile": "p.csv"}, warnings=[("ChannelNotFound", "p.csv", "found 1")])
    one("panel: numbers are no names", tiff(three, ome(pixels(3, channels=["Channel 1", "Channel 2", "Channel 3"]))), cds, three,
        files={"panel.csv": steinbock})
    case("panel: in the folder of stacks, and above", {"img/A.tiff": plain, "panel.csv": steinbock}, [fov("A", cds, three)])
    case("panel: a name twice", {"A.tiff": plain, "panel.csv": "name\nDNA\nDNA\nCD8\n"}, [fov("A", ["DNA", "DNA_2", "CD8"], three)])


def write_blanks():
    """Names without the blanks around them; those that differ by blanks only belong to no channel."""
    three = planes(3)
    trimmed = ["DNA", "CD3", "CD8 a"]
    blank = ["DNA ", " CD3", " CD8 a\u00a0"]
    one("blanks around the names of OME channels", tiff(three, ome(pixels(3, channels=blank))), trimmed, three)
    one("blanks around the names of pages", tiff(three, names=blank[:2] + ["CD8 a  "]), trimmed, three, file="A.tiff")
    one("blanks around the names in a panel", tiff(three), trimmed, three, file="A.tiff", files={"panel.csv": "name\nDNA \n CD3\nCD8 a\n"})
    one("a name of blanks only is none", tiff(three, names=["DNA", "  ", "CD8"]), ["DNA", "Channel_1", "CD8"], three, file="A.tiff")
    apart = [plane(1)]
    left = [("ChannelNotFound", "one channel DNA of FOV A", '"DNA" and "DNA "', "left out")]
    clashing = ["DNA", "CD3", "DNA "]
    one("two OME channels that differ by blanks only", tiff(three, ome(pixels(3, channels=clashing))), ["CD3"], apart, warnings=left)
    one("two pages that differ by blanks only", tiff(three, names=clashing), ["CD3"], apart, file="A.tiff", warnings=left)
    one("two rows of a panel that differ by blanks only", tiff(three), ["CD3"], apart, file="A.tiff", warnings=left,
        files={"panel.csv": "name\nDNA\nCD3\nDNA \n"})
    one("all channels differ by blanks only", tiff(planes(2), names=["DNA", "DNA "]), [], [], file="A.tiff", warnings=left)


def write_scans():
    """PerkinElmer-QPI (.qptiff, component data of inForm): channels, thumbnail, smaller copies of all channels, overview."""
    def qpi(kind, name=""):
        return (f'<?xml version="1.0" encoding="utf-16"?>\r\n<PerkinElmer-QPI-ImageDescription><DescriptionVersion>4</DescriptionVersion>'
                f'<ImageType>{kind}</ImageType><Name>{name}</Name></PerkinElmer-QPI-ImageDescription>')

    w, h = 8, 6
    full = planes(3, w=w, h=h)
    thumbnail = np.stack(planes(3, dtype="uint8", w=5, h=4), -1)
    half = [page[::2, ::2] for page in full]
    overview = np.stack(planes(3, dtype="uint8", w=w, h=h), -1)
    pages = [*full, thumbnail, *half, overview]
    kinds = ["FullResolution"] * 3 + ["Thumbnail"] + ["ReducedResolution"] * 3 + ["Overview"]
    each = [qpi(kind) for kind in kinds]
    names = ["Channel_0", "Channel_1", "Channel_2"]
    scanner = {"software": "PerkinElmer-QPI", "resolution": (20000, 20000), "resolutionunit": "CENTIMETER"}
    for file in ("A.qptiff", "A.tif", "A.QPTIFF"):
        one(f"a scan, {file}", tiff(pages, each=each, **scanner), names, full, file=file, levels=[full],
            warnings=[("ImageUnsupported", "8 pages", "3 are used")])
    one("a scan whose smaller copies are marked, of which none is a level of the last channel",
        tiff(pages, each=each, reduced=(3, 4, 5, 6, 7), **scanner), names, full, file="A.qptiff", levels=[full])
    floats = planes(2, dtype="float32", w=w, h=h)
    one("component data of inForm", tiff([*floats, thumbnail], each=[qpi("FullResolution"), qpi("FullResolution"), qpi("Thumbnail")], **scanner),
        names[:2], floats, file="A.tif", warnings=[("ImageUnsupported", "3 pages", "2 are used")])


def write_folders():
    two, names = planes(2), ["Channel_0", "Channel_1"]
    stack, single = tiff(two), tiff([plane(5)])
    mask = plane(0, dtype="uint8")
    masked = [("mask", mask)]
    case("masks beside stacks", {"E34_imc.tiff": stack, "E34_mask.tiff": tiff([mask]), "G01.tiff": stack, "G01_mask.tiff": tiff([mask]),
                                 "X_mask.tiff": tiff([mask])},
         [fov("E34_imc", names, two, masks=masked), fov("G01", names, two, masks=masked)],
         warnings=[("MaskNotFound", "X_mask.tiff", "no FOV")])
    case("a mask beside stacks that fits two", {"E_1.tiff": stack, "E_2.tiff": stack, "E_mask.tiff": tiff([mask])},
         [fov("E_1", names, two), fov("E_2", names, two)], warnings=[("MaskNotFound", "E_mask.tiff", "more than one FOV")])
    case("steinbock: img and masks", {"img/A.tiff": stack, "img/B.tiff": stack, "masks/A.tiff": tiff([mask]), "masks/B.tiff": tiff([mask]),
                                      "panel.csv": "channel,name,keep\n1,DNA,1\n2,CD3,1\n"},
         [fov("A", ["DNA", "CD3"], two, masks=[("masks", mask)]), fov("B", ["DNA", "CD3"], two, masks=[("masks", mask)])])
    case("masks that are OME-TIFF", {"A.ome.tiff": tiff(two, ome(pixels(2))), "masks/A_cell.ome.tiff": tiff([mask], ome(pixels(1, type="uint8"))),
                                     "masks/nuclei/A.ome.tif": tiff([mask])},
         [fov("A", M3[:2], two, masks=[("cell", mask), ("nuclei", mask)])])
    case("a folder of stacks whose first file is a mask", {"img/A_mask.tiff": tiff([mask]), "img/A.tiff": stack},
         [fov("A", names, two, masks=masked)])
    case("A.tif and A.ome.tif: a mask of A belongs to none",
         {"A.tif": stack, "A.ome.tif": tiff(two, ome(pixels(2))), "B.tif": stack, "masks/A.tif": tiff([mask]), "masks/B.tif": tiff([mask])},
         [fov("A.ome.tif", M3[:2], two), fov("A.tif", names, two), fov("B", names, two, masks=[("masks", mask)])],
         warnings=[("DatasetInvalid", "one file for FOV A", "A.ome.tif and A.tif", "none of them")])
    case("single channels beside stacks", {"A.tiff": stack, "B.tiff": single, "C.tif": single}, [fov("A", names, two)],
         warnings=[("DatasetInvalid", "Left out", "one channel each", "B.tiff, C.tif")])
    case("single channels only", {"B.tiff": single, "C.tif": single}, [], error=("DatasetInvalid", "2 TIFF files of one channel", "folder above"))
    case("stacks beside FOV folders", {"F/DNA.tiff": single, "A.ome.tif": tiff(two, ome(pixels(2)))}, [fov("F", ["DNA"], [plane(5)])],
         warnings=[("DatasetInvalid", "1 TIFF file beside them", "left out")])
    for i in (1, 4):
        # A few folders could be folders of stacks.
        folders = {f"F{n}/{name}.ome.tif": tiff([plane(n + c)], ome(pixels(1, more=UM))) for n in range(i) for c, name in enumerate(["CD3", "DNA"])}
        case(f"{i} FOV folders of OME-TIFFs of one channel each", folders,
             [fov(f"F{n}", ["CD3", "DNA"], [plane(n), plane(n + 1)], 0.5) for n in range(i)])
    for x, y in [(60, 40), (W, 40), (60, H)]:
        case(f"a FOV folder whose OME-TIFFs have the metadata of the uncut original, {x} × {y}",
             {"F/DNA.tif": tiff([plane(5)], ome(pixels(1, x=x, y=y, more=UM)))}, [fov("F", ["DNA"], [plane(5)], problem=f"{x} × {y}")])
    case("a FOV folder with a colour image, not first", {"F/DNA.tif": single, "F/HE.tif": tiff([np.stack(planes(3, dtype="uint8"), -1)])},
         [{**fov("F", ["DNA"], [plane(5)]), "unreadable": {"HE": {"code": "ImageUnsupported", "words": ["HE.tif", "3 samples"]}}}])
    case("three folders of stacks", {f"{name}/{name}.tif": stack for name in ("s1", "s2", "s3")}, [fov(f"s{n}", names, two) for n in (1, 2, 3)])
    case("rescaled and TIFs", {"F/rescaled/DNA.tif": single, "F/DNA.tif": stack, "G/TIFs/DNA.tif": single},
         [fov("F", ["DNA"], [plane(5)]), fov("G", ["DNA"], [plane(5)])])
    case("samples of a pixel are channels, with a panel",
         {"A.tif": tiff([np.stack(planes(3, dtype="uint8"), -1)]), "panel.csv": "name\nR\nG\nB\n"}, [fov("A", list("RGB"), planes(3, dtype="uint8"))])


for write in (write_ome_images, write_samples, write_pyramids, write_sets, write_several_images, write_contradictions, write_schemas,
              write_pixel_sizes, write_imagej, write_mibi, write_panels, write_folders, write_blanks, write_scans):
    write()
VERSIONS = {"tifffile": tifffile.__version__, "numpy": np.__version__}
with open(os.path.join(HERE, "stacks.json"), "w", encoding="utf-8") as file:
    # All together, for they are much alike.
    packed = base64.b64encode(zlib.compress(b"".join(BLOBS), 9)).decode()
    json.dump({"versions": VERSIONS, "cases": CASES, "blobBytes": [len(blob) for blob in BLOBS], "blobs": packed}, file,
              ensure_ascii=False, separators=(",", ":"))
    file.write("\n")
print(len(CASES), "cases")
