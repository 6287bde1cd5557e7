#!/usr/bin/env python3
"""Makes csvOutcomes.json: what Python's csv module reads in the tables of the real data.

    python3 generateCsv.py DATA      writes csvOutcomes.json beside this script

Every file below DATA/csv and DATA/tables, and some tables elsewhere. Encoding and delimiter were told by looking at each
file, not by a program; csv is strict. Which files are no table, and why, was also told by looking.

A record is what csv gives, the first one the header; empty lines are no records. The hash is SHA-256 over all records:
of each cell its length in UTF-8 bytes, a colon and the bytes, of each record then a line feed. Blanks around the names in
the header are left out. Files that end with .gz are read as what is in them. Records that are shorter
than the header are filled up with empty cells; one empty cell beyond the header is left out. Columns whose name occurs
twice cannot be asked for: below the header they are not hashed.
"""
import csv
import gzip
import hashlib
import json
import os
import sys

OTHER_TABLES = [
    "assembled/imc_pancreas/cell_table.csv",
    "assembled/mibi_dcis_Point2203/cell_table.csv",
    "assembled/mibi_tnbc_fov8/cell_table.csv",
    "assembled/mibi_tnbc_fov8/.UELer/roi_manager.csv",
    "fov_folders/ark_fov8/single_cell_output/normalized_data.csv",
    "fov_folders/ark_tb_fov6/example_expression_matrix.csv",
    "imc/cytomapper/pancreasSCE.RData",
    "imc/cytomapper/panel.csv",
    "imc/imcRtools_mock/raw/20210305_NE_mockData2_ROI_002_2.txt",
    "imc/mcmicro_small/channels.csv",
    "ometiff/minerva/markers.csv",
    "vectra/FIHC4_tables_0_1/FIHC4__0929309_HP_IM3_0_cell_seg_data.txt",
    "vectra/FIHC4_tables_0_1/FIHC4__0929309_HP_IM3_2_comma_cell_seg_data_summary.txt",
    "vectra/Set4_1/Set4_1-6plex_[16142,55840]_cell_seg_data_summary.txt",
    "vectra/Set4_1/sample_cell_seg_data.rda",
]

# Where it is not UTF-8 (with or without byte order mark).
ENCODINGS = {
    "csv/csvkit/test_latin1.csv": "cp1252",
    "csv/csvkit/test_utf16_little.csv": "utf-16",
    "csv/messytables/spanish_chars.csv": "cp1252",
    "csv/messytables/utf-16le_encoded.csv": "utf-16",
    "csv/node-csv/demo/issues-cjs/lib/327.cws.csv": "cp1252",
    "csv/tabulator/special/latin1.csv": "cp1252",
}

# Where it is not what the name says: a tab in .tsv and .txt, else a comma.
DELIMITERS = {
    "csv/clevercsv/milk.csv": "\t",
    "csv/csvkit/sniff_limit.csv": ";",
    "csv/tabulator/special/accent.csv": ";",
    "tables/qupath_cuisto/mouse0_030_annotations_measurements.csv": "\t",
    "tables/spiat/tiny_cellprofiler.txt.gz": ",",
}

# Tables that must not be read, because no reading of them is certain.
REFUSED = {
    "csv/csvkit/bad.csv": "line 2 has four fields and the header three",
    "csv/csvkit/null_byte.csv": "a NUL byte in line 2",
    "csv/fast-csv/__fixtures__/tmp/malformed.csv": "text follows the closing quote of a field in line 2",
    "csv/messytables/complex.csv": 'line 4 has six fields: a blank before "6,000,000" makes its quotes text',
    "csv/messytables/weird_head_padding.csv": "a title and notes stand above the header and have fewer fields than the rows",
    "csv/node-csv/demo/issues-esm/lib/415.csv": "comment lines stand above the rows and have fewer fields",
    "csv/papaparse/docs/resources/files/malformed.tsv": "a quote in line 9 is never closed; lines 3 and 6 do not have as many fields as the header",
    "csv/tabulator/special/skip-rows.csv": "a comment line stands above the header and has fewer fields",
    "tables/anndata/adata-comments.tsv": "comment lines stand above the rows and have fewer fields",
}

NO_TABLE = {
    ".h5ad": "HDF5, not text",
    ".zip": "a ZIP archive",
    ".json": "JSON",
    ".RData": "R's data format, compressed",
    ".rda": "R's data format, compressed",
}


def records_of(path, encoding, delimiter):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding=encoding, newline="") as text:
        rows = list(csv.reader(text, delimiter=delimiter, strict=True))
    rows = [row for row in rows if row]
    header = rows[0] = [name.strip() for name in rows[0]]
    for row in rows[1:]:
        row.extend([""] * (len(header) - len(row)))
        if len(row) == len(header) + 1 and row[-1] == "":
            row.pop()
        if len(row) != len(header):
            raise ValueError(f"{path}: {row}")
    return rows


def outcome_of(root, file):
    if file in REFUSED:
        return {"code": "DatasetInvalid", "reason": REFUSED[file]}
    suffix = os.path.splitext(file.removesuffix(".gz"))[1]
    if suffix in NO_TABLE:
        return {"code": "DatasetInvalid", "reason": NO_TABLE[suffix]}
    encoding = ENCODINGS.get(file, "utf-8-sig")
    delimiter = DELIMITERS.get(file, "\t" if suffix in (".tsv", ".txt") else ",")
    digest = hashlib.sha256()
    rows = records_of(os.path.join(root, file), encoding, delimiter)
    askable = [i for i, name in enumerate(rows[0]) if rows[0].count(name) == 1]
    for row in [rows[0]] + [[row[i] for i in askable] for row in rows[1:]]:
        for cell in row:
            data = cell.encode("utf-8")
            digest.update(b"%d:%s" % (len(data), data))
        digest.update(b"\n")
    return {"encoding": encoding, "delimiter": delimiter, "rows": len(rows) - 1, "columns": len(rows[0]),
            "hashedColumns": len(askable), "sha256": digest.hexdigest()}


def main():
    root = sys.argv[1]
    files = list(OTHER_TABLES)
    for top in ("csv", "tables"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            files += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    outcomes = {file: outcome_of(root, file) for file in sorted(files)}
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "csvOutcomes.json"), "w") as out:
        json.dump({"madeBy": "generateCsv.py DATA", "versions": {"python": sys.version.split()[0], "csv": csv.__version__},
                   "files": outcomes}, out, indent=1, sort_keys=True)
        out.write("\n")


if __name__ == "__main__":
    main()
