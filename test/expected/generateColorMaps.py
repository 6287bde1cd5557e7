"""Writes the colour maps of src/core/model/colorMapData.ts: 256 colours each, sampled from matplotlib's definitions.

viridis, magma: Nathaniel Smith and Stefan van der Walt, CC0. cividis: Nunez, Anderton and Renslow 2018, CC0.
turbo: Anton Mikhailov, Google, Apache-2.0. coolwarm: Kenneth Moreland's diverging map. greys: ColorBrewer, Cynthia Brewer.
"""
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
