"""Writes h5adIndependent.json: small AnnData files with what is in them, hostile ones, and what real ones hold.

    python3 test/expected/generateH5adIndependent.py [folder of the real data]

Needs h5py and numpy (Debian 12: python3-h5py python3-numpy). The files are laid out by hand as anndata 0.6 to 0.12
writes them, so that what is expected comes from the arrays here and not from a reader of AnnData. For the real files
it comes from `read_real` below, which shares nothing with ours but HDF5. Without the folder of real data what is known
of real files stays as it is.
"""

import base64
import hashlib
import io
import json
import math
import os
import struct
import sys
import tempfile
import zlib
from pathlib import Path

import h5py
import numpy as np

HERE = Path(__file__).parent
TEXT = h5py.string_dtype()
FOVS = ["A", "A", "B", "B"]
LABELS = [7, 9, 7, 9]
NAMES = ["c1", "c2", "c3", "c4"]


def texts(values):
    return np.array(values, dtype=TEXT)


def names_attribute(values):
    return np.array(values, dtype=object) if values else np.array([], dtype=float)


def frame(root, name, columns, index=NAMES, index_name="_index"):
    """A group as anndata writes a data frame since 0.7; columns are arrays or functions that write one."""
    group = root.create_group(name)
    group.attrs["encoding-type"] = "dataframe"
    group.attrs["encoding-version"] = "0.2.0"
    group.attrs["_index"] = index_name
    group.attrs.create("column-order", names_attribute(list(columns)), dtype=TEXT if columns else float)
    group[index_name] = texts(index)
    for key, column in columns.items():
        if callable(column):
            column(group, key)
        else:
            group[key] = column
    return group


def categorical(codes, categories):
    def write(group, key):
        part = group.create_group(key)
        part.attrs["encoding-type"] = "categorical"
        part["codes"] = np.array(codes, dtype="i1")
        part["categories"] = categories

    return write


def masked(kind, values, mask):
    def write(group, key):
        part = group.create_group(key)
        part.attrs["encoding-type"] = f"nullable-{kind}"
        part["values"] = values
        part["mask"] = np.array(mask)

    return write


def cells(root, **more):
    return frame(root, "obs", {"fov": texts(FOVS), "label": np.array(LABELS), **more})


def sparse(root, name, matrix, kind, index_type="i4", **options):
    """CSR or CSC by hand; explicit zeros are kept where the matrix has a negative zero."""
    rows = matrix if kind == "csr" else matrix.T
    data, indices, indptr = [], [], [0]
    for row in rows:
        for i, value in enumerate(row):
            if value != 0 or math.copysign(1, value) < 0:
                data.append(value)
                indices.append(i)
        indptr.append(len(data))
    group = root.create_group(name)
    group.attrs["encoding-type"] = f"{kind}_matrix"
    group.attrs["shape"] = np.array(matrix.shape)
    group.create_dataset("data", data=np.array(data, dtype=matrix.dtype), **options)
    group.create_dataset("indices", data=np.array(indices, dtype=index_type), **options)
    group.create_dataset("indptr", data=np.array(indptr, dtype=index_type), **options)


MATRIX = np.array([[1.5, 0, 0], [0, 2.25, 0], [0, 0, 0], [-3, 0, 4e9]])
MARKERS = ["DNA", "CD3", "β-catenin"]


def matrix_columns(matrix=MATRIX, names=MARKERS):
    return {name: number(matrix[:, i]) for i, name in enumerate(names)}


def number(values):
    return {"kind": "number", "values": [None if math.isnan(v) else float(v) for v in values]}


def text(values):
    return {"kind": "text", "values": list(values)}


OWN = {"fov": text(FOVS), "label": number(LABELS)}
INDEX = {"obs_names": text(NAMES)}


def dense(dtype="f4", **options):
    def write(f):
        cells(f)
        frame(f, "var", {}, MARKERS)
        f.create_dataset("X", data=MATRIX.astype(dtype), **options)

    return write


def every_kind(f):
    cells(
        f,
        kind=categorical([0, -1, 1, 0], texts(["T cell", "B cell"])),
        grade=categorical([1, -1, 0, 1], np.array([5, 70])),
        area=np.array([1.5, np.nan, -2, np.inf]),
        small=np.array([0, 255, 3, 4], dtype="u1"),
        big=np.array([1, 2**40, -5, 2**53]),
        swapped=np.array([1, 258, 3, 4], dtype=">i2"),
        flag=np.array([True, False, True, True]),
        count=masked("integer", np.array([1, 2, 3, 4]), [False, True, False, False]),
        maybe=masked("boolean", np.array([True, False, True, False]), [False, False, True, False]),
        note=texts(["a", "Größe", "a", "x y"]),
        word=masked("string-array", texts(["p", "q", "", "r"]), [False, False, True, False]),
        fixed=np.array([b"ab", b"cde", b"", b"f"]),
    )


EVERY_KIND = {
    **OWN,
    "kind": text(["T cell", None, "B cell", "T cell"]),
    "grade": number([70, math.nan, 5, 70]),
    "area": {"kind": "number", "values": [1.5, None, -2.0, "inf"]},
    "small": number([0, 255, 3, 4]),
    "big": number([1, 2**40, -5, 2**53]),
    "swapped": number([1, 258, 3, 4]),
    "flag": text(["True", "False", "True", "True"]),
    "count": number([1, math.nan, 3, 4]),
    "maybe": text(["True", "False", None, "False"]),
    "note": text(["a", "Größe", "a", "x y"]),
    "word": text(["p", "q", None, "r"]),
    "fixed": text(["ab", "cde", "", "f"]),
    **INDEX,
}


def of_07(f):
    """anndata 0.7: codes beside the other columns, their categories by reference."""
    group = cells(f, kind=np.array([1, -1, 0, 1], dtype="i1"))
    kept = group.create_group("__categories")
    kept["kind"] = texts(["B cell", "T cell"])
    group["kind"].attrs["categories"] = kept["kind"].ref
    frame(f, "var", {}, MARKERS)
    f["X"] = MATRIX.astype("f4")


def of_06(f):
    """anndata 0.6: tables of rows, categories in `uns`."""
    row = np.dtype([("index", "S2"), ("fov", "S1"), ("label", "i8"), ("kind", "i1"), ("area", "f4")])
    f["obs"] = np.array(
        [(n.encode(), v.encode(), l, k, a) for n, v, l, k, a in zip(NAMES, FOVS, LABELS, [1, -1, 0, 1], [1, 2, 3.5, 4])],
        dtype=row,
    )
    f["uns/kind_categories"] = texts(["B cell", "T cell"])
    f["var"] = np.array([(b"DNA",), (b"CD3",), (b"CD8",)], dtype=[("index", "S3")])
    f["X"] = MATRIX.astype("f4")


def in_space(f):
    cells(f, CD3=np.array([9.0, 8, 7, 6]), spatial1=np.array([-1.0, -2, -3, -4]))
    frame(f, "var", {}, MARKERS)
    f["X"] = MATRIX
    f["obsm/spatial"] = np.array([[10.0, 20], [11, 21], [12, 22], [13, 23]])
    f["obsm/umap"] = np.arange(12.0).reshape(4, 3)
    f["obsm/pca"] = np.zeros((4, 4))


IN_SPACE = {
    **OWN,
    "CD3": number([9, 8, 7, 6]),
    "spatial1": number([-1, -2, -3, -4]),
    "DNA": number(MATRIX[:, 0]),
    "CD3_var": number(MATRIX[:, 1]),
    "β-catenin": number(MATRIX[:, 2]),
    "spatial1_obsm": number([10, 11, 12, 13]),
    "spatial2": number([20, 21, 22, 23]),
    "umap1": number([0, 3, 6, 9]),
    "umap2": number([1, 4, 7, 10]),
    "umap3": number([2, 5, 8, 11]),
    **INDEX,
}


def with_sparse(kind, **options):
    def write(f):
        cells(f)
        frame(f, "var", {}, MARKERS)
        sparse(f, "X", MATRIX, kind, **options)

    return write


WHOLE = {**OWN, **matrix_columns(), **INDEX}
GZIP = {"compression": "gzip", "shuffle": True, "chunks": True}

GOOD = {
    "every kind of column, no X": (every_kind, EVERY_KIND),
    "dense float32": (dense("f4"), WHOLE),
    "dense float64, gzip and shuffle": (dense("f8", **GZIP), WHOLE),
    "dense int64": (
        dense("i8"),
        {**OWN, **matrix_columns(np.trunc(MATRIX)), **INDEX},
    ),
    "CSR": (with_sparse("csr"), WHOLE),
    "CSR with 64-bit indices, gzip": (with_sparse("csr", index_type="i8", **GZIP), WHOLE),
    "CSC": (with_sparse("csc"), WHOLE),
    "anndata 0.7: codes and __categories": (
        of_07,
        {**OWN, "kind": text(["T cell", None, "B cell", "T cell"]), **matrix_columns(), **INDEX},
    ),
    "anndata 0.6: tables of rows": (
        of_06,
        {
            **OWN,
            "kind": text(["T cell", None, "B cell", "T cell"]),
            "area": number([1, 2, 3.5, 4]),
            **matrix_columns(names=["DNA", "CD3", "CD8"]),
            **INDEX,
        },
    ),
    "obsm, and columns of one name": (in_space, IN_SPACE),
}


# Hostile files. What is expected: `DatasetInvalid` in one sentence, soon, for `cells` by the columns fov and label.


def change(write, edit):
    def both(f):
        write(f)
        edit(f)

    return both


def replace(f, name, value, **options):
    del f[name]
    f.create_dataset(name, data=value, **options)


def broken_x(f):
    """A chunk that is no zlib stream."""
    del f["X"]
    x = f.create_dataset("X", (4, 3), "f8", chunks=(4, 3), compression="gzip")
    x.id.write_direct_chunk((0, 0), b"this is no zlib stream")


def blosc_x(f):
    del f["X"]
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((4, 3))
    plist.set_filter(32001, h5py.h5z.FLAG_OPTIONAL, (2, 2, 8, 96, 5, 1, 1))
    x = h5py.h5d.create(f.id, b"X", h5py.h5t.IEEE_F64LE, h5py.h5s.create_simple((4, 3)), plist)
    x.write_direct_chunk((0, 0), bytes(96))


def external_labels(f):
    """Raw data of a dataset may lie in any file of the machine."""
    del f["obs/label"]
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_external(b"labels.bin", 0, 32)
    h5py.h5d.create(f["obs"].id, b"label", h5py.h5t.STD_I64LE, h5py.h5s.create_simple((4,)), plist)


def virtual_labels(f):
    del f["obs/label"]
    layout = h5py.VirtualLayout((4,), "i8")
    layout[:] = h5py.VirtualSource("labels.h5", "label", (4,))
    f["obs"].create_virtual_dataset("label", layout)


def linked_labels(f):
    del f["obs/label"]
    f["obs/label"] = h5py.ExternalLink("labels.h5", "/label")


def linked_obs(f):
    del f["obs"]
    f["obs"] = h5py.ExternalLink("labels.h5", "/obs")


def soft_cycle(f):
    del f["obs/label"]
    f["obs/label"] = h5py.SoftLink("/obs/label")


def huge(f):
    """Says that it has a terabyte of rows, and has none of them."""
    for name, kind in [("_index", "S1"), ("fov", "S1"), ("label", "i8")]:
        del f[f"obs/{name}"]
        f["obs"].create_dataset(name, (2**40,), kind, chunks=(2**16,))
    del f["X"]


def csr(edit):
    return change(with_sparse("csr"), edit)


HOSTILE = {
    "no obs": change(dense(), lambda f: f.__delitem__("obs")),
    "obs is a number": change(dense(), lambda f: replace(f, "obs", 5)),
    "obs columns of different lengths": change(dense(), lambda f: replace(f, "obs/label", [7, 9])),
    "X of other rows": change(dense(), lambda f: replace(f, "X", np.zeros((3, 3)))),
    "X of fewer columns": change(dense(), lambda f: replace(f, "X", np.zeros((4, 2)))),
    "X of more columns": change(dense(), lambda f: replace(f, "X", np.zeros((4, 5)))),
    "X of three dimensions": change(dense(), lambda f: replace(f, "X", np.zeros((4, 3, 2)))),
    "X of texts": change(dense(), lambda f: replace(f, "X", np.full((4, 3), b"a"))),
    "a category beyond the last": lambda f: cells(f, DNA=categorical([0, 5, 0, 0], texts(["a"]))),
    "a mask of another length": lambda f: cells(f, DNA=masked("integer", np.arange(4), [True])),
    "sparse rows beyond the data": csr(lambda f: replace(f, "X/indptr", [0, 1, 2, 2, 400])),
    "sparse rows that go back": csr(lambda f: replace(f, "X/indptr", [0, 3, 1, 2, 4])),
    "sparse rows below 0": csr(lambda f: replace(f, "X/indptr", [-3, 1, 2, 2, 4])),
    "too few sparse rows": csr(lambda f: replace(f, "X/indptr", [0, 1, 2])),
    "sparse columns beyond the last": change(
        with_sparse("csc"), lambda f: replace(f, "X/indices", [0, 9, 1, 3])
    ),
    "fewer sparse indices than values": csr(lambda f: replace(f, "X/indices", [0, 1])),
    "sparse of no known kind": csr(lambda f: f["X"].attrs.__setitem__("encoding-type", "coo_matrix")),
    "sparse of another shape": csr(lambda f: f["X"].attrs.__setitem__("shape", [40, 3])),
    "LZF, which the library cannot read": dense("f4", compression="lzf", shuffle=True),
    "numbers of 16 bits, which the library cannot read": change(dense(), lambda f: replace(f, "X", MATRIX.astype("f2"))),
    "a damaged chunk": change(dense("f8"), broken_x),
    "Blosc": change(dense("f8"), blosc_x),
    "a huge claim": change(dense(), huge),
    "labels in another HDF5 file by a link": change(dense(), linked_labels),
    "obs in another HDF5 file by a link": change(dense(), linked_obs),
    "labels in a file of raw bytes": change(dense(), external_labels),
    "labels of a virtual dataset in another file": change(dense(), virtual_labels),
    "a link to itself": change(dense(), soft_cycle),
}


def bytes_of(write):
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "t.h5ad")
        with h5py.File(file, "w", libver="earliest") as f:
            write(f)
        return Path(file).read_bytes()


# Real files.


def decode(values):
    return [v.decode() if isinstance(v, bytes) else str(v) for v in values]


def values_of(node, group=None, key=None):
    """A column of obs as a list: numbers, texts, or None where a value is missing."""
    if isinstance(node, h5py.Group):
        if "codes" in node:
            names = values_of(node["categories"])
            return [None if c < 0 else names[c] for c in node["codes"][:]]
        values = values_of(node["values"])
        return [None if m else v for v, m in zip(values, node["mask"][:])]
    values = node[:]
    if "categories" in node.attrs:
        names = values_of(group["__categories"][key])
        return [None if c < 0 else names[c] for c in values]
    if values.dtype == bool:
        return [str(bool(v)) for v in values]
    return decode(values) if values.dtype.kind in "OS" else [float(v) for v in values]


def read_real(file):
    with h5py.File(file, "r") as f:
        obs, columns = f["obs"], {}
        for key in obs.attrs["column-order"]:
            columns[key] = values_of(obs[key], obs, key)
        index = values_of(obs[obs.attrs["_index"]])
        if "X" in f:
            names = values_of(f["var"][f["var"].attrs["_index"]])
            x = f["X"]
            if isinstance(x, h5py.Group):
                shape = x.attrs["shape"]
                matrix = np.zeros(shape)
                ptr, at, data = x["indptr"][:], x["indices"][:], x["data"][:]
                for row in range(shape[0]):
                    matrix[row, at[ptr[row] : ptr[row + 1]]] = data[ptr[row] : ptr[row + 1]]
            else:
                matrix = x[:].astype(float)
            for i, name in enumerate(names):
                columns[name + ("_var" if name in columns else "")] = list(matrix[:, i])
        for key, node in sorted(f.get("obsm", {}).items()):
            if isinstance(node, h5py.Dataset) and node.ndim == 2 and node.shape[1] <= 3:
                for i in range(node.shape[1]):
                    name = f"{key}{i + 1}"
                    columns[name + ("_obsm" if name in columns else "")] = [float(v) for v in node[:, i]]
        columns["obs_names"] = index
        return {"rows": len(index), "columns": {name: fingerprint(values) for name, values in columns.items()}}


def fingerprint(values):
    """Kind and SHA-256: numbers as little-endian float64, missing ones as one NaN; texts with their lengths in bytes."""
    is_number = all(v is None or isinstance(v, float) for v in values)
    hashed = hashlib.sha256()
    for v in values:
        if is_number:
            is_missing = v is None or math.isnan(v)
            hashed.update(struct.pack("<d", 0 if is_missing else v) + (b"-" if is_missing else b"+"))
        else:
            hashed.update(b"-;" if v is None else f"{len(v.encode())}:{v};".encode())
    return f"{'number' if is_number else 'text'} {hashed.hexdigest()[:16]}"


def main():
    target = HERE / "h5adIndependent.json"
    known = json.loads(target.read_text()) if target.exists() else {}
    blobs, sizes, good, hostile = io.BytesIO(), [], [], []
    for name, (write, columns) in GOOD.items():
        content = bytes_of(write)
        good.append({"name": name, "columns": [{"name": n, **c} for n, c in columns.items()]})
        sizes.append(len(content))
        blobs.write(content)
    for name, write in HOSTILE.items():
        content = bytes_of(write)
        hostile.append(name)
        sizes.append(len(content))
        blobs.write(content)
    with tempfile.TemporaryDirectory() as folder:  # what hostile files point at
        file = os.path.join(folder, "labels.h5")
        with h5py.File(file, "w") as f:
            f["label"] = np.array(LABELS)
            cells(f)
        other = Path(file).read_bytes()
    real = known.get("real", {})
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        real = {
            str(file.relative_to(folder)): read_real(file) for file in sorted((folder / "tables").rglob("*.h5ad"))
        }
    compressed = zlib.compress(blobs.getvalue(), 9)
    result = {
        "versions": {"h5py": h5py.__version__, "hdf5": h5py.version.hdf5_version, "numpy": np.__version__},
        "good": good,
        "hostile": hostile,
        "blobBytes": sizes,
        "blobs": base64.b64encode(compressed).decode(),
        "other": base64.b64encode(zlib.compress(other, 9)).decode(),
        "real": real,
    }
    target.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
    print(f"{target}: {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
