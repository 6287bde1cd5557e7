"""Writes small AnnData files in the layouts of several versions of anndata, and what their columns hold, to h5ad.json;
and what h5py finds in real ones.

    python3 generateH5ad.py [DATA]     DATA: the folder that holds `tables`

Needs h5py and numpy (Debian 12: python3-h5py).
"""

import base64
import io
import json
import math
import sys
import zlib
from pathlib import Path

import h5py
import numpy as np

here = Path(__file__).parent
text = h5py.string_dtype()
rows = 4


def new(write, **options):
    memory = io.BytesIO()
    with h5py.File(memory, "w", **options) as file:
        write(file)
    return memory.getvalue()


def frame(parent, name, index, columns):
    group = parent.create_group(name)
    group.attrs["encoding-type"] = "dataframe"
    group.attrs["encoding-version"] = "0.2.0"
    group.attrs["_index"] = "_index"
    group.attrs["column-order"] = np.array(list(columns), dtype=text)
    group["_index"] = np.array(index, dtype=text)
    for column, write in columns.items():
        write(group, column)
    return group


def plain(values, **options):
    return lambda group, name: group.create_dataset(name, data=values, **options)


def categorical(codes, categories):
    def write(group, name):
        part = group.create_group(name)
        part.attrs["encoding-type"] = "categorical"
        part["codes"] = np.array(codes, dtype="i1")
        part["categories"] = categories

    return write


def nullable(kind, values, mask):
    def write(group, name):
        part = group.create_group(name)
        part.attrs["encoding-type"] = kind
        part["values"] = values
        part["mask"] = np.array(mask)

    return write


names = ["c1", "c2", "c3", "c4"]
obs = {
    "fov": categorical([0, 0, 1, 1], np.array(["A", "B"], dtype=text)),
    "label": plain(np.array([7, 9, 7, 9], dtype="i8")),
    "area": plain(np.array([1.5, math.nan, 3, 1e300])),
    "kind": categorical([0, -1, 1, 0], np.array(["T cell", "B, cell"], dtype=text)),
    "leiden": plain(np.array(["0", "1", "10", "0"], dtype=text)),
    "batch": categorical([1, 0, -1, 1], np.array([5, 70], dtype="i4")),
    "good": plain(np.array([True, False, True, True])),
    "count": nullable("nullable-integer", np.array([1, 2, 3, 4], dtype="i8"), [False, True, False, False]),
    "sure": nullable("nullable-boolean", np.array([True, False, True, False]), [False, False, True, False]),
    "passed": categorical([1, 0, -1, 1], np.array([False, True])),
    "CD3": plain(np.array([9, 8, 7, 6], dtype="u2"), compression="gzip", shuffle=True, chunks=(2,)),
}
obs_values = {
    "fov": ["A", "A", "B", "B"],
    "label": [7, 9, 7, 9],
    "area": [1.5, None, 3, 1e300],
    "kind": ["T cell", None, "B, cell", "T cell"],
    "leiden": ["0", "1", "10", "0"],
    "batch": [70, 5, None, 70],
    "good": ["True", "False", "True", "True"],
    "count": [1, None, 3, 4],
    "sure": ["True", "False", None, "False"],
    "passed": ["True", "False", None, "True"],
    "CD3": [9, 8, 7, 6],
    "obs_names": names,
}
markers = np.array([[0, 1.5, 0], [2.25, 0, 0], [0, 0, 0], [0, -3, 4]], dtype="f4")
marker_values = {"CD3_var": [0, 2.25, 0, 0], "CD8": [1.5, 0, 0, -3], "Ki-67": [0, 0, 0, 4]}
space = np.array([[1, 2], [3, 4], [5, 6], [7, 8]], dtype="f8")
space_values = {"spatial1": [1, 3, 5, 7], "spatial2": [2, 4, 6, 8]}


def modern(x):
    def write(file):
        frame(file, "obs", names, obs)
        frame(file, "var", ["CD3", "CD8", "Ki-67"], {})
        obsm = file.create_group("obsm")
        obsm["spatial"] = space
        obsm["X_pca"] = np.zeros((rows, 9))
        x(file)

    return write


def sparse(kind, encoding="encoding-type"):
    def write(file):
        part = file.create_group("X")
        part.attrs[encoding] = f"{kind}_matrix" if encoding == "encoding-type" else kind
        part.attrs["shape" if encoding == "encoding-type" else "h5sparse_shape"] = np.array(markers.shape)
        lines = markers if kind == "csr" else markers.T
        indptr, indices, data = [0], [], []
        for line in lines:
            at = np.nonzero(line)[0]
            indices += list(at)
            data += list(line[at])
            indptr.append(len(indices))
        part["data"] = np.array(data, dtype="f4")
        part["indices"] = np.array(indices, dtype="i4")
        part["indptr"] = np.array(indptr, dtype="i4")

    return write


def seven(file):
    """anndata 0.7: categories beside the columns, under a reference."""
    group = file.create_group("obs")
    group.attrs["encoding-type"] = "dataframe"
    group.attrs["encoding-version"] = "0.1.0"
    group.attrs["_index"] = "index"
    group.attrs["column-order"] = np.array(["fov", "label"], dtype=text)
    group["index"] = np.array(names, dtype=text)
    kept = group.create_group("__categories").create_dataset("fov", data=np.array(["A", "B"], dtype=text))
    codes = group.create_dataset("fov", data=np.array([0, 0, 1, -1], dtype="i1"))
    codes.attrs["categories"] = kept.ref
    group["label"] = np.array([7, 9, 7, 9], dtype="i4")
    frame(file, "var", ["CD3"], {})
    file["X"] = markers[:, :1]


def six(file):
    """anndata 0.6: tables of rows, categories in uns."""
    obs_type = np.dtype([("index", "S2"), ("fov", "i1"), ("label", "i4"), ("area", "f4"), ("note", "S3"), ("good", bool)])
    table = [(b"c1", 0, 7, 1.5, b"x", True), (b"c2", 0, 9, 2, b"yy", False), (b"c3", 1, 7, 3, b"", False), (b"c4", -1, 9, 4, b"zzz", True)]
    file["obs"] = np.array(table, dtype=obs_type)
    file["var"] = np.array([(b"CD3",)], dtype=np.dtype([("index", "S3")]))
    file["uns/fov_categories"] = np.array(["A", "B"], dtype=text)
    sparse("csr", "h5sparse_format")(file)
    del file["X"]
    file["X"] = markers[:, 0]


def repeats(file):
    frame(file, "obs", names, {"label": obs["label"], "CD3": obs["CD3"], "CD8_var_2": obs["area"]})
    frame(file, "var", ["CD3", "CD8", "CD3", "CD8", "CD8"], {})
    file["X"] = np.arange(20.0).reshape(4, 5)


cases = {
    "modern, dense": (new(modern(plain_x := lambda file: file.create_dataset("X", data=markers))), {**obs_values, **marker_values, **space_values}),
    "modern, dense in chunks": (
        new(modern(lambda file: file.create_dataset("X", data=markers.astype("f8"), chunks=(3, 2), compression="gzip"))),
        {**obs_values, **marker_values, **space_values},
    ),
    "modern, csr": (new(modern(sparse("csr"))), {**obs_values, **marker_values, **space_values}),
    "modern, csc": (new(modern(sparse("csc"))), {**obs_values, **marker_values, **space_values}),
    "modern, without X": (new(modern(lambda file: None)), {**obs_values, **space_values}),
    "columns of one name": (
        new(repeats),
        {
            "label": [7, 9, 7, 9],
            "CD3": [9, 8, 7, 6],
            "CD8_var_2": [1.5, None, 3, 1e300],
            "CD3_var": [0, 5, 10, 15],
            "CD8": [1, 6, 11, 16],
            "CD3_var_2": [2, 7, 12, 17],
            "CD8_var": [3, 8, 13, 18],
            "CD8_var_3": [4, 9, 14, 19],
            "obs_names": names,
        },
    ),
    "modern, newest layout of groups": (
        new(modern(plain_x), libver="latest"),
        {**obs_values, **marker_values, **space_values},
    ),
    "anndata 0.7": (new(seven), {"fov": ["A", "A", "B", None], "label": [7, 9, 7, 9], "CD3": [0, 2.25, 0, 0], "obs_names": names}),
    "anndata 0.6": (
        new(six),
        {"fov": ["A", "A", "B", None], "label": [7, 9, 7, 9], "area": [1.5, 2, 3, 4], "note": ["x", "yy", "", "zzz"], "good": ["True", "False", "False", "True"], "CD3": [0, 2.25, 0, 0], "obs_names": names},
    ),
}


def broken():
    def lzf(file):
        frame(file, "obs", names, {"area": plain(np.arange(4.0), compression="lzf", chunks=(2,))})

    def short(file):
        frame(file, "obs", names, {"area": plain(np.arange(3.0))})

    def beyond(file):
        frame(file, "obs", names, {"kind": categorical([0, 5, 0, 0], np.array(["a"], dtype=text))})

    def two_axes(write):
        return lambda file: frame(file, "obs", names, {"two": write})

    pairs = np.array([[0, 1], [1, 0], [0, 1], [1, 0]], dtype="i1")
    words = np.array([["a", "b"], ["c", "d"]], dtype=text)

    def arrays(group, name):
        group.create_dataset(name, shape=(rows,), dtype=np.dtype("(2,)i4"))

    def nested(file):
        frame(file, "obs", names, {})
        frame(file, "var", ["CD3", "CD8", "Ki-67"], {})
        sparse("csr")(file)
        data = file["X/data"][:]
        del file["X/data"]
        file["X/data"] = np.stack([data, data + 1], axis=1)

    def rows_of_rows(file):
        file["obs"] = np.array([[(b"c1", 7), (b"c2", 9)]], dtype=np.dtype([("index", "S2"), ("label", "i4")]))

    def elsewhere(file):
        frame(file, "obs", names, {})
        file["var"] = h5py.ExternalLink("other.h5ad", "/var")
        file["X"] = markers

    def huge(file):
        frame(file, "obs", names, {})
        frame(file, "var", ["CD3"], {})
        file.create_dataset("X", shape=(2**40, 1), dtype="f4", chunks=(1024, 1))

    whole = cases["modern, dense"][0]
    return {
        "compressed with lzf": (new(lzf), "area", "obs/area|area is compressed with lzf"),
        "a column that is too short": (new(short), None, "obs/area has 3 values for 4 rows"),
        "a category that is not there": (new(beyond), "kind", "kind names category 5 of 1"),
        "a column of two axes": (new(two_axes(plain(pairs))), "two", "obs/two has 4 × 2 values, and a column is a list"),
        "texts of two axes": (new(two_axes(plain(np.array([["a", "b"]] * 4, dtype=text)))), "two", "obs/two has 4 × 2 values"),
        "codes of two axes": (new(two_axes(categorical(pairs, np.array(["a", "b"], dtype=text)))), "two", "obs/two/codes has 4 × 2 values"),
        "categories of two axes": (new(two_axes(categorical([0, 1, 2, 3], words))), "two", "obs/two/categories has 2 × 2 values"),
        "nullable values of two axes": (new(two_axes(nullable("nullable-integer", pairs, [False] * 4))), "two", "obs/two/values has 4 × 2 values"),
        "a mask of two axes": (new(two_axes(nullable("nullable-integer", np.arange(4), [[False, True]] * 4))), "two", "obs/two/mask has 4 × 2 values"),
        "a column of lists": (new(two_axes(arrays)), "two", "obs/two holds neither numbers nor texts"),
        "sparse values of two axes": (new(nested), "CD8", "X/data has 4 × 2 values"),
        "a table of rows of two axes": (new(rows_of_rows), "label", "obs has 1 × 2 values"),
        "markers in another file": (new(elsewhere), None, "part of it is in another file, other.h5ad"),
        "X of another size": (new(huge), "CD3", "X has 1099511627776 × 1 values for 4 rows"),
        "no obs": (new(lambda file: file.create_group("var")), None, "it has no table obs"),
        "cut short": (whole[: len(whole) // 2], None, "truncated file"),
        "no HDF5": (b"fov,label\nA,7\n", None, "file signature not found"),
        "empty": (b"", None, "file signature not found"),
    }


def unread(file):
    """A column that is not there, and some that are kept in a way that nobody knows."""
    frame(file, "obs", names, {"label": obs["label"], "odd": lambda group, name: group.create_group(name).create_dataset("parts", data=np.arange(4))})
    file["obs"].attrs["column-order"] = np.array(["label", "gone", "odd"], dtype=text)


def claims():
    """Small files that say they are big: nothing is written of most rows, and the rest is packed well."""

    def of_rows(count):
        def write(file):
            obs = file.create_group("obs")
            obs.attrs["_index"] = "_index"
            for name, kind in {"_index": "i8", "fov": "S1", "label": "i8", "centroid-0": "f8", "centroid-1": "f8"}.items():
                value = b"A" if kind == "S1" else 7
                obs.create_dataset(name, shape=(count,), dtype=kind, chunks=(2**16,), fillvalue=value)

        return write

    def of_names(file):
        frame(file, "obs", names, {"fov": obs["fov"], "label": obs["label"]})
        file.create_group("var").attrs["_index"] = "_index"
        file["var"].create_dataset("_index", shape=(2**21,), dtype="S1", chunks=(2**21,), compression="gzip", compression_opts=9)[:] = b"m"
        file.create_dataset("X", shape=(rows, 2**21), dtype="f4", chunks=(rows, 2**18))

    return {
        "2^27 rows": (new(of_rows(2**27)), "it claims 134217728 rows, more than 16777216"),
        "2^24 rows in a few kilobytes": (new(of_rows(2**24)), r"it claims 16777216 rows|_?[a-z]+ claims 16777216 values, more than a file of \d+ bytes can hold"),
        "2^21 markers": (new(of_names), "var claims 2097152 names, more than 1048576"),
    }


def content(data):
    return base64.b64encode(zlib.compress(data, 9)).decode()


def plain_value(value):
    if isinstance(value, bytes):
        return value.decode()
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and math.isnan(value) else value


def real(data):
    """Sums and first values of real files, read by h5py without anndata."""
    found = {}
    for path in sorted(Path(data, "tables").rglob("*.h5ad")):
        with h5py.File(path) as file:
            columns = {}
            for name in file["obs"].attrs.get("column-order", []):
                part = file["obs"][name]
                if isinstance(part, h5py.Group) or part.attrs.get("categories") is not None or (part.chunks and part.compression == "lzf"):
                    continue
                if part.dtype.kind in "iuf":
                    columns[name] = {"first": [plain_value(v) for v in part[:3]], "sum": float(np.nansum(part[:].astype("f8")))}
            x = file.get("X")
            if isinstance(x, h5py.Dataset):
                index = file["var"].attrs["_index"]
                if isinstance(file["var"][index], h5py.Dataset):
                    for position, marker in enumerate(file["var"][index][:3]):
                        columns[marker.decode()] = {
                            "first": [plain_value(v) for v in x[:3, position]],
                            "sum": float(x[:, position].astype("f8").sum()),
                        }
            if columns:
                found[str(path.relative_to(data))] = columns
    return found


result = {
    "madeBy": "generateH5ad.py",
    "versions": {"h5py": h5py.__version__, "numpy": np.__version__, "hdf5": h5py.version.hdf5_version},
    "tables": {name: {"zlib": content(data), "columns": values} for name, (data, values) in cases.items()},
    "broken": {name: {"zlib": content(data), "column": column, "reason": reason} for name, (data, column, reason) in broken().items()},
    "unread": content(new(unread)),
    "claims": {name: {"zlib": content(data), "reason": reason} for name, (data, reason) in claims().items()},
    "real": real(sys.argv[1]) if len(sys.argv) > 1 else {},
}
(here / "h5ad.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")
