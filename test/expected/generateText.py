#!/usr/bin/env python3
"""Makes text.json: a line of text in the bundled font as FreeType draws it (by way of PIL), for the shape of our own.

    python3 generateText.py      writes text.json beside this script (Debian 12: python3-pil)
"""
import json
import os

import PIL
from PIL import Image, ImageDraw, ImageFont, features

here = os.path.dirname(os.path.abspath(__file__))
SIZE = 64
cases = []
for text in ["20 µm", "500 nm", "1 mm", "ÅβΩ gj"]:
    font = ImageFont.truetype(os.path.join(here, "../../media/fonts/LiberationSans-Regular.ttf"), SIZE)
    image = Image.new("L", (int(font.getlength(text)) + 4, SIZE + SIZE // 4), 0)
    # "ls": left end of the baseline, which is one em below the top.
    ImageDraw.Draw(image).text((0, SIZE), text, fill=255, font=font, anchor="ls")
    rows = ["".join("#" if image.getpixel((x, y)) >= 128 else "." for x in range(image.width)) for y in range(image.height)]
    cases.append({"text": text, "sizePx": SIZE, "rows": rows})
with open(os.path.join(here, "text.json"), "w") as file:
    json.dump({"madeBy": "generateText.py", "versions": {"pillow": PIL.__version__, "freetype": features.version("freetype2")}, "cases": cases}, file, indent=1, ensure_ascii=False)
    file.write("\n")
