#!/usr/bin/env python3
"""Makes filters.json: which rows of cell tables pandas finds by filters.

    python3 generateFilters.py DATA      writes filters.json beside this script

DATA/assembled/*/cell_table.csv are the real tables. Each filter is given to DataFrame.query(engine="python"), as UELer
does; where our language has a form of its own (`is null`, dots in names), "pandas" is the same in pandas' words. Numbers
are parsed with float_precision="round_trip": pandas' default parser is off by one unit in the last place at times.

generated: a table of 200 rows, its CSV text, and the matching row numbers of each filter, from 0, with blanks between; or
"refused": the type of the exception that pandas ends with.
h5ad: an AnnData file that anndata wrote, with ordered categories, nullable types and names with slashes, and the same of its
`obs` as anndata reads it.
real: for each table, how many rows each filter matches and the SHA-256 of their numbers, written the same way.
"""
import base64
import hashlib
import json
import os
import sys
import tempfile
import warnings
import zlib

import anndata
import h5py
import numpy as np
import pandas as pd

ROWS = 200
MISSING = ["", "NA", "nan", "NaN", "NULL", "null", "N/A", "n/a", "<NA>", "#N/A"]
TYPES = ["T cell", "B cell", "Treg", 'odd "quoted"', "it's", "back\\slash", "a, b", "ﬁbroblast", "😀", "Zelle ß", "Ångström",
         "two\nlines", " blank ", "t cell"]


def quoted(text):
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def generated_table():
    random = np.random.RandomState(42)

    def missing(values, share):
        return [MISSING[random.randint(len(MISSING))] if random.rand() < share else v for v in values]

    def decimals(scale):
        return [repr(float(v)) for v in random.gamma(2, scale, ROWS)]

    coarse = [repr(float(v)) for v in random.randint(0, 8, ROWS) / 4]
    columns = {
        "fov": ["FOV%d" % (i // 50 + 1) for i in range(ROWS)],
        "label": [str(i % 50 + 1) for i in range(ROWS)],
        "area": missing(decimals(150), 0.15),
        "CD3": missing(coarse, 0.1),
        "CD8": missing([repr(float(v)) for v in random.randint(0, 8, ROWS) / 4], 0.1),
        "cell_type": missing([TYPES[random.randint(len(TYPES))] for _ in range(ROWS)], 0.15),
        "second_type": missing([TYPES[random.randint(3)] for _ in range(ROWS)], 0.15),
        "positive": [["True", "False"][random.randint(2)] for _ in range(ROWS)],
        "bright": [["TRUE", "false"][random.randint(2)] for _ in range(ROWS)],
        "control": missing([["True", "False"][random.randint(2)] for _ in range(ROWS)], 0.2),
        "empty": missing([""] * ROWS, 1),
        "cluster": missing([["3", "3.0", "4", "5.0", "+6"][random.randint(5)] for _ in range(ROWS)], 0.1),
        "code": missing([["3", "3.0", "T3", "12"][random.randint(4)] for _ in range(ROWS)], 0.1),
        "signed": [["-1.5", "0", "-0.0", "1e-3", "2.5E+2", "-3", "inf", "-inf"][random.randint(8)] for _ in range(ROWS)],
        "Größe": decimals(10),
        "面积": missing(decimals(3), 0.1),
        "NaK ATPase": decimals(1),
        "centroid-0": decimals(200),
        "Nucleus.Area": missing(decimals(50), 0.1),
        "in": decimals(1),
        "Area ^2 (nucleus)": decimals(40),
    }
    lines = [",".join(columns)] + [",".join(quoted(column[i]) for column in columns.values()) for i in range(ROWS)]
    return "\n".join(lines) + "\n"


# (filter, the same in pandas' words where they differ)
FILTERS = [
    "area > 300", "area >= 300", "area < 300", "area <= 300", "label == 7", "label != 7", "area != 300", "300 < area",
    "label == 7.0", "area > 1e2", "area < .5E3", "area > 100.", "area == area", "area != area",
    "100 < area < 500", "100 <= area <= 500 != label", "0.5 < CD3 < CD8 <= 1.5", "500 > area > 100",
    "CD3 > CD8", "CD3 >= CD8", "CD3 == CD8", "CD3 != CD8", "CD3 < CD8", "CD3 <= CD8",
    "not area > 300", "not CD3 == CD8", "not not area > 300", "~(area > 300)", "~~(area > 300)",
    "not area > 300 and label < 10", "not (area > 300 and label < 10)", "not (not area > 300)",
    "area > 300 and CD3 > 1 or label < 5", "label < 5 or area > 300 and CD3 > 1", "(label < 5 or area > 300) and CD3 > 1",
    "area > 300 & CD3 > 1", "area > 300 | CD3 > 1", "label < 5 | area > 300 & CD3 > 1", "label < 5 or area > 300 & CD3 > 1",
    "label < 5 | area > 300 and CD3 > 1", "~(area > 300) & CD3 > 1", "not area > 300 & CD3 > 1", "(area) > (300)",
    'cell_type == "T cell"', "cell_type == 'T cell'", 'cell_type != "T cell"', '"T cell" == cell_type',
    'cell_type == "odd \\"quoted\\""', "cell_type == 'odd \"quoted\"'", 'cell_type == "it\'s"', "cell_type == 'it\\'s'",
    'cell_type == "back\\\\slash"', 'cell_type == "a, b"', 'cell_type == "😀"', 'cell_type == " blank "', 'cell_type == "blank"',
    'cell_type == "t cell"', 'cell_type == "absent"', 'cell_type != "absent"', 'cell_type == ""',
    'cell_type in ("T cell", "B cell")', 'cell_type in ["T cell", "Treg"]', 'cell_type not in ("T cell", "B cell")',
    'cell_type in ("T cell",)', 'cell_type in ("T cell")', 'cell_type in []', 'cell_type not in []', 'not cell_type in ["Treg"]',
    'cell_type == ["T cell", "Treg"]', 'cell_type != ["T cell", "Treg"]', 'cell_type == ("T cell", "Treg")',
    'cell_type == ("Treg")', "label in [1, 2, 3.0, -4]", "label not in (1, 2)", "area in [1, 2]", "area not in [1, 2]",
    "CD3 in [0.25, 1.0]", "CD3 not in [0.25, 1.0]", "CD3 == [0.25, 1]", "CD3 == (0.25, 1)", "CD3 != (-1, 1)",
    'label in [1, "a"]', 'cell_type in ["Treg", 1]', 'label in ["1"]', 'label not in ["1"]', "cell_type in [1]",
    'cell_type < "T cell"', 'cell_type <= "T cell"', 'cell_type > "T cell"', 'cell_type >= "T cell"', 'cell_type > "ﬁ"',
    'cell_type < "😀"', 'cell_type >= "😀"', '"B" < cell_type < "U"',
    "cell_type == second_type", "cell_type != second_type",
    'area == "300"', 'area != "300"', "cell_type == 3", "cell_type != 3", "area == cell_type", "area != cell_type",
    "cell_type == area", 'area < "300"', 'area >= "a"', "cell_type > 3", "3 <= cell_type", "area < cell_type", "cell_type >= area",
    "positive", "not positive", "~positive", "positive and area > 300", "positive & ~bright", "positive == True",
    "positive != True", "positive == False", "False == positive", "positive == 1", "positive > 0", "positive < True",
    "positive in [True]", "positive not in [True, 7]", "positive in [1, 0]", "positive == bright", "positive != bright",
    "bright", "bright == True", "control == True", "control == False", "control != True", "control in [True]",
    "control not in [True]", "control == positive", "control != positive", "not (control == True)", "control == 0",
    "label == True", "CD3 == True", "CD3 > True", "cell_type == True", "cell_type != True", "cell_type < True", "positive < label",
    "empty == 1", "empty != 1", 'empty == "a"', 'empty != "a"', "empty < 1", "empty == empty", "empty in [1]", "empty not in [1]",
    "cluster == 3", "cluster != 3", "cluster in [3, 5]", "cluster == 6", 'cluster == "3"', 'cluster != "3"',
    'code == "3"', 'code == "3.0"', "code == 3", "code != 3", 'code in ["3", "T3"]', 'code < "3.0"',
    "signed == 0", "signed < 0", "signed == -1.5", "signed == -3", "signed in [-3, +250]", "signed > - 2", "signed == 1e-3",
    "signed == inf", "signed == -inf", "signed < inf", "-inf < signed < inf", "-3 <= signed <= 0",
    "Größe > 20", "面积 < 5", "Größe > 面积", "`NaK ATPase` > 1", "`centroid-0` > 400", "`NaK ATPase`>1 and`centroid-0`>400",
    "`in` > 1", "`Area ^2 (nucleus)` > 80", "`area` > 300", 'fov == "FOV2" and label in [3, 4, 50]',
    'fov in ("FOV1", "FOV3") and (CD3 > CD8 or cell_type == "Treg") and not area < 200',
    '(fov == "FOV1" or fov == "FOV2") and ((area > 100 and area < 400) or not (CD3 <= 1)) and cell_type not in ["Treg", "t cell"]',
    "area>300 and(label<20)", "  area   >\t300  ",
    ("area is null", "area != area"), ("area is not null", "area == area"), ("not area is null", "area == area"),
    ("cell_type is null", "cell_type != cell_type"), ("cell_type is not None", "cell_type == cell_type"),
    ("empty is null", "empty != empty"), ("control is null and area > 300", "control != control and area > 300"),
    ("Nucleus.Area > 100", "`Nucleus.Area` > 100"), ("40 < Nucleus.Area < area", "40 < `Nucleus.Area` < area"),
]


GRADES = ["low", "medium", "high"]


def generated_h5ad():
    """The bytes of a file of 12 cells, and its obs as anndata reads it."""
    grade = ["low", "high", None, "medium", "high", "low", "medium", None, "low", "high", "medium", "low"]
    count = [5, 3, None, 7, 5, None, 0, 2, 9, 5, None, 1]
    sure = [True, False, None, True, False, False, None, True, True, False, True, None]
    obs = pd.DataFrame({
        "grade": pd.Categorical(grade, categories=GRADES, ordered=True),
        "before": pd.Categorical(grade[3:] + grade[:3], categories=GRADES, ordered=True),
        "other": pd.Categorical(grade, categories=GRADES[::-1], ordered=True),
        "kind": pd.Categorical(grade),
        "HLA-DR/DP": [0.5 * i for i in range(12)],
        "CD4/CD8/ratio": pd.Categorical(grade, categories=GRADES, ordered=True),
        "PD-1/PD-L1": pd.array(count, dtype="Int64"),
        "stage": pd.Categorical([3, 1, None, 2, 3, 3, 1, 2, None, 1, 2, 3], categories=[2, 3, 1], ordered=True),
        "count": pd.array(count, dtype="Int64"),
        "small": pd.array(count[5:] + count[:5], dtype="UInt8"),
        "sure": pd.array(sure, dtype="boolean"),
        "plain": [True, False] * 6,
        "area": [np.nan if i % 5 == 0 else 1.0 * i for i in range(12)],
    }, index=["c%d" % i for i in range(12)])
    table = anndata.AnnData(np.ones((12, 1), "float32"), obs=obs, dtype="float32")
    table.obsm["spatial"] = pd.DataFrame({"x": range(12), "y": range(12)}, index=obs.index)
    file = os.path.join(tempfile.mkdtemp(), "cells.h5ad")
    table.write_h5ad(file)
    with open(file, "rb") as read:
        data = read.read()
    frame = anndata.read_h5ad(file).obs.reset_index(drop=True)
    os.remove(file)
    os.rmdir(os.path.dirname(file))
    return data, frame


H5AD_FILTERS = [
    'grade < "high"', 'grade <= "medium"', 'grade > "low"', 'grade >= "medium"', '"low" < grade < "high"', '"low" <= grade',
    'not grade < "high"', 'not (grade > "low")', 'grade == "low"', 'grade != "low"', 'grade in ["low", "high"]',
    'grade not in ["low"]', 'grade == "absent"', 'grade != "absent"', 'grade < "absent"', 'grade >= ""', "grade < 3", "grade == 3",
    "grade < before", "grade <= before", "grade == before", "grade != before", "grade < other", "grade < area", "area > grade",
    "stage < 3", "stage >= 3", "stage > 2", "stage <= 1", "stage == 3", "stage != 3", "stage < 2.5", 'stage < "3"', "stage in [1, 2]",
    'grade > "low" and not grade == "high"', 'grade < "high" or count > 4', "kind == \"low\"", 'kind != "low"',
    "`HLA-DR/DP` > 2", '`CD4/CD8/ratio` > "low"', '`CD4/CD8/ratio` == grade', "`PD-1/PD-L1` != 5",
    "count == 5", "count != 5", "not count == 5", "not (count != 5)", "~(count == 5)", "count > 4", "count <= 5", "not count > 4",
    "count in [5]", "count not in [5]", "not count in [5]", "count == [5, 3]", "count != [5, 3]", "1 < count < 6",
    "not 1 < count < 6", "count == count", "count != count", "not (count == count)", "count == small", "count != small",
    "count < small", "small >= count", "count == area", "count != area", "area != count", "not (count < area)", "area == area",
    "area != area", "count == 5 or area == 2", "count == 5 and area == 2", "not (count == 5 or area == 2)",
    "not (count == 5 and area == 2)", "not (count != 5 and area != 2)", "count > 2 & sure", "count > 2 | sure", "~(count > 2) | ~sure",
    'count == "x"', 'count != "x"', 'not (count == "x")', 'count < "x"', 'count in ["x"]', 'count not in ["x"]',
    "sure", "not sure", "~sure", "not not sure", "sure == True", "sure != True", "not (sure == True)", "sure == False", "sure == 1",
    "sure != 0", "sure > 0", "sure in [True]", "sure not in [True]", "sure == plain", "sure != plain", "not (sure == plain)",
    "plain and sure", "sure or plain", "not (sure or plain)", "not (sure and plain)", "sure and count == 5", "sure or count == 3",
    ("count is null", "count.isna()"), ("not count is null", "count.notna()"), ("sure is not null", "sure.notna()"),
    ("grade is null", "grade.isna()"), ("count is null or count > 4", "count.isna() or count > 4"),
]


def matching(frame, query):
    found = frame.query(query, engine="python").index
    return " ".join(str(i) for i in found)


def with_rows(frame, entry):
    ours, pandas = (entry, entry) if isinstance(entry, str) else entry
    case = {"filter": ours}
    if pandas != ours:
        case["pandas"] = pandas
    try:
        case["rows"] = matching(frame, pandas)
    except TypeError:
        case["refused"] = "TypeError"
    return case


def named(column):
    return column if column.isidentifier() and column not in ("in", "is") else "`%s`" % column


def real_filters(frame, count=50):
    random = np.random.RandomState(7)
    numbers = [c for c in frame if frame[c].dtype.kind in "if"]
    texts = [c for c in frame if frame[c].dtype == object]
    truths = [c for c in frame if frame[c].dtype == bool]

    def number():
        return numbers[random.randint(len(numbers))]

    def limit(column):
        return repr(frame[column].iloc[random.randint(len(frame))].item())

    def listed(column):
        values = [v.item() if hasattr(v, "item") else v for v in frame[column].unique()]
        chosen = [values[i] for i in random.permutation(len(values))[:random.randint(1, 4)]]
        marks = "[%s]" if random.rand() < 0.5 else "(%s,)"
        return marks % ", ".join(json.dumps(v, ensure_ascii=False) if isinstance(v, str) else repr(v) for v in chosen)

    def term():
        kind = random.randint(8)
        if kind <= 2:
            column = number()
            return "%s %s %s" % (named(column), ["==", "!=", "<", "<=", ">", ">="][random.randint(6)], limit(column))
        if kind == 3:
            column = number()
            low, high = sorted([limit(column), limit(column)], key=float)
            return "%s <%s %s < %s" % (low, ["", "="][random.randint(2)], named(column), high)
        if kind == 4:
            return "%s %s %s" % (named(number()), ["<", ">=", "==", "!="][random.randint(4)], named(number()))
        if kind == 5 and truths:
            return ["", "not ", "~"][random.randint(3)] + named(truths[random.randint(len(truths))])
        column = texts[random.randint(len(texts))] if kind < 7 else number()
        return "%s %s %s" % (named(column), ["in", "not in", "=="][random.randint(3)], listed(column))

    def condition(depth):
        if depth == 0:
            return term()
        parts = [condition(random.randint(depth)) for _ in range(random.randint(1, 4))]
        joined = parts[0]
        for part in parts[1:]:
            joined += " %s %s" % (["and", "or", "&", "|"][random.randint(4)], part)
        return [joined, "(%s)" % joined, "not (%s)" % joined, "~(%s)" % joined][random.randint(4)]

    return [condition(random.randint(4)) for _ in range(count)]


def main():
    root = sys.argv[1]
    here = os.path.dirname(os.path.abspath(__file__))
    csv = generated_table()
    scratch = os.path.join(here, "filters.csv")
    try:
        with open(scratch, "w", encoding="utf-8", newline="") as out:
            out.write(csv)
        frame = pd.read_csv(scratch, float_precision="round_trip")
    finally:
        os.remove(scratch)
    warnings.simplefilter("ignore")
    data, obs = generated_h5ad()
    h5ad = {"zlib": base64.b64encode(zlib.compress(data, 9)).decode(), "filters": [with_rows(obs, entry) for entry in H5AD_FILTERS]}
    real = {}
    for name in sorted(os.listdir(os.path.join(root, "assembled"))):
        file = "assembled/%s/cell_table.csv" % name
        if not os.path.exists(os.path.join(root, file)):
            continue
        table = pd.read_csv(os.path.join(root, file), float_precision="round_trip")
        real[file] = {"rows": len(table), "filters": []}
        for query in real_filters(table):
            rows = matching(table, query)
            digest = hashlib.sha256(rows.encode()).hexdigest()
            real[file]["filters"].append({"filter": query, "count": len(rows.split()), "sha256": digest})
    with open(os.path.join(here, "filters.json"), "w") as out:
        json.dump({"madeBy": "generateFilters.py DATA",
                   "versions": {"python": sys.version.split()[0], "pandas": pd.__version__, "numpy": np.__version__,
                                "anndata": anndata.__version__, "h5py": h5py.__version__},
                   "h5ad": h5ad, "generated": {"csv": csv, "filters": [with_rows(frame, entry) for entry in FILTERS]}, "real": real},
                  out, indent=1, sort_keys=True)
        out.write("\n")


if __name__ == "__main__":
    main()
