"""Writes the colour maps of src/core/model/colorMapData.ts: 256 colours each, sampled from matplotlib's definitions;
and colorMaps.json, colours of numbers along them.

    python3 generateColorMaps.py ../../src/core/model/colorMapData.ts

viridis, magma: Nathaniel Smith and Stefan van der Walt, CC0. cividis: Nunez, Anderton and Renslow 2018, CC0.
turbo: Anton Mikhailov, Google, Apache-2.0. coolwarm: Kenneth Moreland's diverging map. greys: ColorBrewer, Cynthia Brewer.
"""
import json
import os
import sys

import matplotlib
import numpy as np

names = {"viridis": "viridis", "magma": "magma", "cividis": "cividis", "turbo": "turbo", "coolwarm": "coolwarm", "greys": "Greys"}
lines = [
    f"/** Written by test/expected/generateColorMaps.py (matplotlib {matplotlib.__version__}); 256 colours each, `rrggbb` in a row. */",
    "export const colorMapData = {",
]
for ours, theirs in names.items():
    rgb = np.floor(matplotlib.colormaps[theirs](np.arange(256))[:, :3] * 255 + 0.5).astype(np.uint8)
    lines.append(f"  {ours}:")
    lines.append("    '" + rgb.tobytes().hex() + "',")
lines.append("} as const;")
open(sys.argv[1], "w").write("\n".join(lines) + "\n")

# Colours of numbers along the maps, for test/unit/colorCells.test.ts.
rng = np.random.default_rng(20261122)
cases = []
for ours, theirs in names.items():
    for cofactor in (None, 5.0):
        values = np.round(rng.gamma(2, 30, 24) - 20, 4)
        low, high = 1.5, 96.25
        t = (lambda v: v) if cofactor is None else (lambda v: np.arcsinh(v / cofactor))
        fractions = np.clip((t(values) - t(low)) / (t(high) - t(low)), 0, 1)
        rgb = np.floor(matplotlib.colormaps[theirs](fractions)[:, :3] * 255 + 0.5).astype(int)
        cases.append({"colorMap": ours, "cofactor": cofactor, "range": [low, high], "values": values.tolist(),
                      "colors": ["#%02x%02x%02x" % tuple(c) for c in rgb]})
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "colorMaps.json"), "w") as file:
    json.dump({"madeBy": "generateColorMaps.py", "versions": {"matplotlib": matplotlib.__version__, "numpy": np.__version__}, "cases": cases}, file, separators=(",", ":"))
    file.write("\n")
