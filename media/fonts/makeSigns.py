#!/usr/bin/env python3
"""Makes BatchExportSigns.ttf: signs of the field that Liberation Sans lacks, from DejaVu Sans 2.37, and its licence.

Debian 12: fonts-dejavu-core 2.37-6, python3-fonttools 4.38.0. Equal versions give equal bytes.
The letters are scaled so that capitals are as tall as those of Liberation Sans; hence a name of its own, as a DejaVu Sans
of the machine has other sizes.
"""

import os

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

here = os.path.dirname(os.path.abspath(__file__))
capitals = {"ours": 1409, "theirs": 1493}  # of 2048 units
name = "Batch Export Signs"

ranges = [
    (0x02B0, 0x02FF),  # modifier letters
    (0x1D2C, 0x1DBF),  # superscript and subscript letters
    (0x1E00, 0x1EFF),  # Latin with more than one accent
    (0x2000, 0x206F),  # dashes and hyphens, among them the one that does not break
    (0x2070, 0x209F),  # superscripts and subscripts
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x218F),  # letter-like signs, fractions, Roman numbers
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x2300, 0x23CF),  # technical
    (0x2460, 0x2473),  # numbers in circles
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2605, 0x2612),  # stars and boxes
    (0x26A0, 0x26A5),
    (0x2713, 0x2718),  # ticks and crosses
    (0x27C2, 0x27C2),
    (0x27E6, 0x27EB),  # brackets
    (0x2A7D, 0x2A7E),
]

known = TTFont(os.path.join(here, "LiberationSans-Regular.ttf")).getBestCmap()
font = TTFont("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", recalcTimestamp=False)
licence = font["name"].getDebugName(13)
wanted = [c for first, last in ranges for c in range(first, last + 1) if c in font.getBestCmap() and c not in known]

options = subset.Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 3, 4, 5, 6], glyph_names=False)
options.notdef_outline = True
options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB", "MATH"]
options.recalc_timestamp = False
subsetter = subset.Subsetter(options)
subsetter.populate(unicodes=wanted)
subsetter.subset(font)

unitsPerEm = font["head"].unitsPerEm
scale_upem(font, round(unitsPerEm * capitals["ours"] / capitals["theirs"]))
font["head"].unitsPerEm = unitsPerEm

for record in font["name"].names:
    text = {1: name, 3: f"{name} 1, of DejaVu Sans 2.37", 4: name, 5: "Version 1.0", 6: name.replace(" ", "")}
    if record.nameID in text:
        record.string = text[record.nameID]

font.save(os.path.join(here, "BatchExportSigns.ttf"), reorderTables=False)
with open(os.path.join(here, "BatchExportSigns-LICENSE.txt"), "w", encoding="utf-8") as file:
    file.write("Batch Export Signs (BatchExportSigns.ttf): a part of DejaVu Sans 2.37, made smaller by makeSigns.py.\n\n")
    file.write("\n".join(line.rstrip() for line in licence.splitlines()).strip() + "\n")
print(len(wanted), "characters", os.path.getsize(os.path.join(here, "BatchExportSigns.ttf")), "bytes")
