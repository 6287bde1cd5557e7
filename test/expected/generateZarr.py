#!/usr/bin/env python3
"""Makes zarr.json: small OME-Zarr images and their samples; with DATA also zarrOutcomes.json.

    python3 generateZarr.py           writes zarr.json beside this script
    python3 generateZarr.py DATA      and the hashes of the real images below DATA/omezarr

Zarr 2 is written and read by zarr and numcodecs. They are older than zarr 3: its stores are put together here by the
specification, with the compressors of numcodecs, and what is expected of them is the array that they were made of.
Debian 12: apt-get install python3-zarr. The versions are inside the file.
"""
import base64
import hashlib
import itertools
import json
import os
import struct
import sys
import tempfile

import numcodecs
import numpy as np
import zarr

HERE = os.path.dirname(os.path.abspath(__file__))
VERSIONS = {"zarr": zarr.__version__, "numcodecs": numcodecs.__version__, "numpy": np.__version__}
rng = np.random.default_rng(20240)


def text(data):
    return base64.b64encode(data).decode()


def as_text(path, data):
    """Metadata as it is, chunks in base64."""
    return json.loads(data) if path.endswith((".json", ".zattrs", ".zgroup", ".zarray")) else text(data)


def kept(samples):
    """As we keep samples: little-endian, half floats as float32, truth values as bytes, integers of 64 bits as float64."""
    if samples.dtype == np.float16:
        samples = samples.astype(np.float32)
    if samples.dtype == bool:
        samples = samples.astype(np.uint8)
    if samples.dtype.kind in "iu" and samples.dtype.itemsize == 8:
        samples = samples.astype(np.float64)
    return np.ascontiguousarray(samples.astype(samples.dtype.newbyteorder("<")))


def tissue(shape, dtype):
    """Compressible values that use every byte of the type, with runs and repeats."""
    dtype = np.dtype(dtype)
    flat = np.cumsum(rng.integers(-2, 9, int(np.prod(shape))) // 4).reshape(shape)
    if dtype.kind == "b":
        return flat % 3 == 0
    if dtype.kind == "f":
        values = (flat * 0.37 - 5).astype(dtype)
        values.flat[:4] = [np.nan, np.inf, -0.0, np.finfo(dtype).tiny]
        return values
    info = np.iinfo(dtype)
    values = (flat * max(1, info.max // 500) % info.max).astype(dtype)
    values.flat[:2] = [info.min, info.max]
    values[..., -3:, :] = 7
    return values


def wide(shape, dtype):
    """Integers of 64 bits that use every bit that a float64 holds."""
    low = -(2**53) + 1 if np.dtype(dtype).kind == "i" else 0
    values = rng.integers(low, 2**53, shape, dtype="int64").astype(dtype)
    values.flat[:3] = [low, 2**53 - 1, 2**32 - 1]
    return values


def files_below(folder):
    return {
        os.path.relpath(os.path.join(parent, name), folder): open(os.path.join(parent, name), "rb").read()
        for parent, _, names in os.walk(folder)
        for name in names
    }


def reads_of(array, level=0, whole=True):
    """Regions of a few planes: (level, planes, region, samples). Large ones by their hash."""
    height, width = array.shape[-2:]
    planes = list(itertools.product(*(range(side) for side in array.shape[:-2])))
    some = [planes[-1], planes[0]] if len(planes) > 1 else planes
    regions = [(0, 0, width, height), (width - 1, height - 1, 1, 1), (width // 3, height // 4, width // 2, height // 2)]
    for x, y, w, h in regions if whole else regions[1:]:
        samples = [kept(array[(*plane, slice(y, y + h), slice(x, x + w))]) for plane in some]
        yield {
            "level": level,
            "planes": [list(plane) for plane in some],
            "region": [x, y, w, h],
            "dtype": samples[0].dtype.name,
            **(
                {"samples": [text(s.tobytes()) for s in samples]}
                if w * h == 1
                else {"sha256": hashlib.sha256(b"".join(s.tobytes() for s in samples)).hexdigest()}
            ),
        }


def multiscales(axes, levels, unit="micrometer", size=0.5):
    return {
        "axes": [{"name": axis, **({"type": "space", "unit": unit} if axis in "zyx" else {})} for axis in axes],
        "datasets": [
            {
                "path": str(i),
                "coordinateTransformations": [
                    {"type": "scale", "scale": [size * 2**i if axis in "yx" else 1 for axis in axes]}
                ],
            }
            for i in range(levels)
        ],
    }


def case_v2(name, axes, arrays, chunks, *, missing=(), drop=(), attributes=None, separator="/", fill=0, **options):
    with tempfile.TemporaryDirectory() as folder:
        group = zarr.open_group(zarr.storage.DirectoryStore(folder), mode="w")
        group.attrs.update(attributes or {"multiscales": [{**multiscales(axes, len(arrays)), "version": "0.4"}]})
        reads = []
        for i, array in enumerate(arrays):
            made = group.create_dataset(
                str(i), shape=array.shape, dtype=array.dtype, chunks=chunks, fill_value=fill,
                dimension_separator=separator, **options,
            )
            made[...] = array
            for key in missing:
                os.remove(os.path.join(folder, str(i), *key))
            if drop:
                path = os.path.join(folder, str(i), ".zarray")
                metadata = json.load(open(path))
                for key in drop:
                    del metadata[key]
                json.dump(metadata, open(path, "w"))
            back = zarr.open_array(zarr.storage.DirectoryStore(os.path.join(folder, str(i)), dimension_separator=separator), mode="r")[...]
            if not missing and "filters" not in options:
                assert back.tobytes() == array.tobytes(), name
            reads += reads_of(back, i)
        return name, files_below(folder), reads


CRC_TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ 0x82F63B78 if byte & 1 else byte >> 1
    CRC_TABLE.append(byte)


def with_crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_TABLE[(crc ^ byte) & 0xFF]
    return data + struct.pack("<I", crc ^ 0xFFFFFFFF)


assert with_crc32c(b"123456789")[-4:] == struct.pack("<I", 0xE3069283)  # the check value of the algorithm


def encode_v3(chunk, codecs):
    data = chunk
    for codec in codecs:
        name, configuration = codec["name"], codec.get("configuration", {})
        if name == "transpose":
            data = data.transpose(configuration["order"])
        elif name == "bytes":
            big = configuration.get("endian") == "big"
            data = np.ascontiguousarray(data).astype(data.dtype.newbyteorder(">" if big else "<")).tobytes()
        elif name == "zstd":
            data = bytes(numcodecs.Zstd(level=5).encode(data))
        elif name == "gzip":
            data = bytes(numcodecs.GZip(level=5).encode(data))
        elif name == "blosc":
            data = bytes(numcodecs.Blosc(cname=configuration["cname"], shuffle=1).encode(np.frombuffer(data, chunk.dtype)))
        elif name == "crc32c":
            data = with_crc32c(data)
        else:
            raise ValueError(name)
    return data


def grid(shape, chunks):
    return itertools.product(*(range(-(-side // chunk)) for side, chunk in zip(shape, chunks)))


def cut(array, position, chunks, fill):
    """One whole chunk, the part beyond the array filled up."""
    whole = np.full(chunks, fill, array.dtype)
    part = array[tuple(slice(p * c, (p + 1) * c) for p, c in zip(position, chunks))]
    whole[tuple(slice(0, side) for side in part.shape)] = part
    return whole


def shard_of(whole, inner, codecs, index_first, missing):
    """The chunks of a shard and their index, which has a checksum."""
    count = int(np.prod([side // part for side, part in zip(whole.shape, inner)]))
    start = count * 16 + 4 if index_first else 0
    entries, body = [], b""
    for i, position in enumerate(grid(whole.shape, inner)):
        if i in missing:
            entries.append((2**64 - 1, 2**64 - 1))
            continue
        data = encode_v3(cut(whole, position, inner, 0), codecs)
        entries.append((start + len(body), len(data)))
        body += data
    index = with_crc32c(b"".join(struct.pack("<QQ", *entry) for entry in entries))
    return index + body if index_first else body + index


def case_v3(name, axes, array, chunks, codecs, *, fill=0, fill_json=0, missing=(), shards=None, index_first=False, keys=None):
    array = array.copy()
    files = {}
    keys = keys or {"name": "default", "configuration": {"separator": "/"}}
    separator = keys.get("configuration", {}).get("separator", "/" if keys["name"] == "default" else ".")
    outer = shards or chunks
    for number, position in enumerate(grid(array.shape, outer)):
        key = separator.join((["c"] if keys["name"] == "default" else []) + [str(p) for p in position])
        box = tuple(slice(p * c, (p + 1) * c) for p, c in zip(position, outer))
        if shards:
            whole = cut(array, position, shards, fill)
            files[f"0/{key}"] = shard_of(whole, chunks, codecs, index_first, missing)
            for i, inner in enumerate(grid(shards, chunks)):
                if i in missing:
                    whole[tuple(slice(p * c, (p + 1) * c) for p, c in zip(inner, chunks))] = fill
            array[box] = whole[tuple(slice(0, side) for side in array[box].shape)]
        elif number in missing:
            array[box] = fill
        else:
            files[f"0/{key}"] = encode_v3(cut(array, position, chunks, fill), codecs)
    sharding = {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": list(chunks),
            "codecs": codecs,
            "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
            **({"index_location": "start"} if index_first else {}),
        },
    }
    metadata = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": array.shape,
        "data_type": array.dtype.newbyteorder("=").name,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(outer)}},
        "chunk_key_encoding": keys,
        "fill_value": fill_json,
        "codecs": [sharding] if shards else codecs,
        "attributes": {},
    }
    group = {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {"ome": {"version": "0.5", "multiscales": [multiscales(axes, 1)]}},
    }
    files["0/zarr.json"] = json.dumps(metadata).encode()
    files["zarr.json"] = json.dumps(group).encode()
    return name, files, list(reads_of(array))


def bytes_codec(endian="little"):
    return {"name": "bytes", "configuration": {"endian": endian}}


def cases():
    blosc = numcodecs.Blosc
    yield case_v2("uint8, not compressed, cyx", "cyx", [tissue((2, 9, 11), "|u1")], (1, 5, 6), compressor=None)
    yield case_v2("uint16, blosc lz4, tczyx", "tczyx", [tissue((2, 2, 1, 7, 9), "<u2")], (1, 1, 1, 5, 9), compressor=blosc("lz4", shuffle=1))
    yield case_v2("uint16 big-endian, zlib, keys with dots", "cyx", [tissue((3, 11, 9), ">u2")], (2, 8, 8), separator=".", compressor=numcodecs.Zlib(5))
    yield case_v2("uint32, gzip, Fortran order", "cyx", [tissue((3, 11, 9), "<u4")], (2, 5, 6), order="F", compressor=numcodecs.GZip(5))
    yield case_v2("int8, blosc zstd, not shuffled", "yx", [tissue((21, 18), "|i1")], (10, 18), compressor=blosc("zstd", shuffle=0))
    yield case_v2("int16 big-endian, blosc blosclz", "yx", [tissue((24, 17), ">i2")], (24, 16), compressor=blosc("blosclz", shuffle=1))
    yield case_v2("int32, zstd, zyx", "zyx", [tissue((2, 9, 10), "<i4")], (2, 4, 9), compressor=numcodecs.Zstd(3))
    yield case_v2("float16, blosc lz4hc bitshuffle, NaN where chunks are missing", "cyx", [tissue((2, 8, 24), "<f2")], (1, 8, 16), fill=np.nan, missing=[("0", "0", "1"), ("1", "0", "0")], compressor=blosc("lz4hc", shuffle=2))
    yield case_v2("float32 big-endian, lz4, -1.5 where a chunk is missing", "yx", [tissue((13, 14), ">f4")], (6, 6), fill=-1.5, missing=[("1", "1")], compressor=numcodecs.LZ4())
    yield case_v2("float64, blosc zlib bitshuffle", "yx", [tissue((12, 16), "<f8")], (12, 8), compressor=blosc("zlib", shuffle=2))
    yield case_v2("bool, blosc", "cyx", [tissue((2, 15, 15), "|b1")], (1, 8, 15), fill=False, compressor=blosc("lz4"))
    yield case_v2("channels in one chunk", "cyx", [tissue((5, 12, 12), "<u2")], (5, 8, 8), compressor=numcodecs.Zstd(3))
    pyramid = tissue((2, 26, 21), "<u2") // 4096
    yield case_v2("pyramid of three levels", "cyx", [pyramid, pyramid[:, ::2, ::2], pyramid[:, ::4, ::4]], (1, 16, 16), compressor=blosc("lz4"))
    yield case_v2("filter delta", "yx", [tissue((11, 13), "<u2")], (6, 13), filters=[numcodecs.Delta("<u2")], compressor=numcodecs.Zlib(5))
    for cname, shuffle in [("lz4", 1), ("blosclz", 2), ("zstd", 1), ("zlib", 1)]:
        yield case_v2(f"uint16, many blocks of blosc {cname}, shuffle {shuffle}", "yx", [tissue((61, 43), "<u2") // 1024 * 256], (61, 43), compressor=blosc(cname, shuffle=shuffle, blocksize=2048))
    once = rng.integers(0, 256, 200)
    far = np.concatenate([once, np.zeros(9800), once, np.arange(9800) // 1000]).astype("u1").reshape(-1, 20)
    yield case_v2("matches far away and long runs, blosclz", "yx", [far], far.shape, compressor=blosc("blosclz", clevel=9, shuffle=0, blocksize=far.size))
    yield case_v2("nested chunks that the metadata does not tell", "yx", [tissue((9, 9), "|u1")], (4, 4), drop=["dimension_separator"], compressor=None)
    yield case_v2("axes of 0.1", "tczyx", [tissue((1, 2, 1, 8, 8), "|u1")], (1, 1, 1, 8, 8), separator=".", attributes={"multiscales": [{"version": "0.1", "datasets": [{"path": "0"}]}]}, compressor=blosc("lz4"))
    yield case_v2("axes of 0.3", "cyx", [tissue((2, 8, 8), "|u1")], (1, 8, 8), attributes={"multiscales": [{"version": "0.3", "axes": ["C", "y", "X"], "datasets": [{"path": "0"}]}]}, compressor=None)
    yield case_v3("zarr 3, uint16, zstd", "cyx", tissue((2, 11, 9), "u2"), (1, 8, 8), [bytes_codec(), {"name": "zstd", "configuration": {"level": 5, "checksum": False}}])
    yield case_v3("zarr 3, int32 big-endian, gzip, missing chunks", "cyx", tissue((2, 12, 10), "i4"), (1, 6, 6), [bytes_codec("big"), {"name": "gzip", "configuration": {"level": 5}}], fill=-7, fill_json=-7, missing={1, 4})
    yield case_v3("zarr 3, float32, blosc, checksum, fill value in bits", "yx", tissue((10, 12), "f4"), (8, 8), [bytes_codec(), {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "shuffle", "typesize": 4, "blocksize": 0}}, {"name": "crc32c"}], fill=np.float32(0.1), fill_json="0x3dcccccd", missing={2})
    yield case_v3("zarr 3, transposed, keys as in zarr 2", "czyx", tissue((2, 3, 5, 6), "u2"), (2, 2, 4, 5), [{"name": "transpose", "configuration": {"order": [2, 0, 3, 1]}}, bytes_codec()], keys={"name": "v2"})
    yield case_v3("zarr 3, shards, a chunk missing in each", "cyx", tissue((3, 9, 10), "u2"), (1, 4, 4), [bytes_codec(), {"name": "zstd", "configuration": {"level": 1, "checksum": False}}], shards=(2, 8, 8), fill=9, fill_json=9, missing={3})
    yield case_v3("zarr 3, shards with the index first, transposed inside", "cyx", tissue((2, 8, 9), "f4"), (2, 6, 4), [{"name": "transpose", "configuration": {"order": [1, 2, 0]}}, bytes_codec("big"), {"name": "crc32c"}], shards=(2, 12, 8), index_first=True)
    yield case_v3("zarr 3, float16 in shards", "yx", tissue((12, 12), "f2"), (4, 4), [bytes_codec()], shards=(8, 8), fill=np.float16(-0.3333), fill_json=float(np.float16(-0.3333)), missing={0})
    yield case_v3("zarr 3, bool", "yx", tissue((9, 7), bool), (9, 4), [{"name": "bytes"}], fill=True, fill_json=True, missing={1})
    yield case_v2("int64, zlib, a chunk missing", "cyx", [wide((2, 9, 11), "<i8")], (1, 5, 6), fill=-3, missing=[("1", "1", "0")], compressor=numcodecs.Zlib(5))
    yield case_v2("int64 big-endian, filter delta, Fortran order", "yx", [wide((9, 7), ">i8")], (4, 7), order="F", filters=[numcodecs.Delta(">i8")], compressor=None)
    yield case_v2("uint64 big-endian, blosc, channels in one chunk", "cyx", [wide((3, 9, 11), ">u8")], (3, 5, 6), compressor=blosc("lz4", shuffle=1))
    yield case_v3("zarr 3, int64, zstd, transposed", "cyx", wide((2, 7, 9), "i8"), (1, 4, 4), [{"name": "transpose", "configuration": {"order": [2, 1, 0]}}, bytes_codec(), {"name": "zstd", "configuration": {"level": 5, "checksum": False}}], fill=2**40, fill_json=2**40, missing={2})
    yield case_v3("zarr 3, uint64 big-endian in shards, a chunk missing in each", "yx", wide((12, 11), "u8"), (4, 4), [bytes_codec("big"), {"name": "crc32c"}], shards=(8, 8), fill=5, fill_json=5, missing={1})


# ---------------------------------------------------------------------------------------------- real images

# What can be no image, and the code that we expect instead of samples.
REFUSED = {
    "ome-zarr-examples/invalid/image-01.zarr": "ImageUnreadable",
    "ome-zarr-examples/invalid/image-03.zarr": "ImageUnreadable",
}


def first_plane(array):
    return kept(array[(0,) * (array.ndim - 2)])


def read_v3(folder):
    """Only what the real images have: zstd or nothing, keys `c/…`."""
    metadata = json.load(open(os.path.join(folder, "zarr.json")))
    chunks = metadata["chunk_grid"]["configuration"]["chunk_shape"]
    names = [codec["name"] for codec in metadata["codecs"]]
    assert names == ["bytes", "zstd"], names
    array = np.full(metadata["shape"], metadata["fill_value"], metadata["data_type"])
    for position in grid(array.shape, chunks):
        path = os.path.join(folder, "c", *map(str, position))
        if os.path.exists(path):
            data = numcodecs.Zstd().decode(open(path, "rb").read())
            chunk = np.frombuffer(data, array.dtype).reshape(chunks)
            part = tuple(slice(p * c, (p + 1) * c) for p, c in zip(position, chunks))
            array[part] = chunk[tuple(slice(0, side) for side in array[part].shape)]
    return array


def levels_of(folder):
    if os.path.exists(os.path.join(folder, "zarr.json")):
        attributes = json.load(open(os.path.join(folder, "zarr.json")))["attributes"]["ome"]
        open_array = read_v3
    else:
        attributes = json.load(open(os.path.join(folder, ".zattrs")))
        open_array = lambda path: zarr.open_array(path, mode="r")  # noqa: E731
    for dataset in attributes["multiscales"][0]["datasets"]:
        yield open_array(os.path.join(folder, dataset["path"]))


def outcomes(data):
    """Every folder below that holds an image, by its path."""
    root = os.path.join(data, "omezarr")
    found = {}
    for parent, folders, _ in sorted(os.walk(root)):
        path = os.path.relpath(parent, root)
        v2, v3 = (os.path.join(parent, name) for name in (".zattrs", "zarr.json"))
        if path in REFUSED:
            found[path] = REFUSED[path]
        elif any(os.path.exists(f) and '"multiscales"' in open(f).read() for f in (v2, v3)):
            found[path] = [
                {
                    "size": list(level.shape[:-3:-1]),
                    "dtype": kept(np.zeros(1, level.dtype)).dtype.name,
                    "sha256": hashlib.sha256(first_plane(level).tobytes()).hexdigest(),
                }
                for level in levels_of(parent)
            ]
    return {"versions": VERSIONS, "images": found}


if __name__ == "__main__":
    made = [
        {"name": name, "files": {path: as_text(path, data) for path, data in sorted(files.items())}, "reads": reads}
        for name, files, reads in cases()
    ]
    with open(os.path.join(HERE, "zarr.json"), "w") as file:
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in made)
        file.write(f'{{"versions": {json.dumps(VERSIONS)}, "cases": [\n{lines}\n]}}\n')
    if len(sys.argv) > 1:
        with open(os.path.join(HERE, "zarrOutcomes.json"), "w") as file:
            json.dump(outcomes(sys.argv[1]), file, indent=1)
            file.write("\n")
