#!/usr/bin/env python3
"""Writes the notices of the libraries inside the prebuilt libvips, a file each, named as in its versions.json.

Debian 12 keeps the copyright notices of each library, its parts and the crates inside it, in
/usr/share/doc/PACKAGE/copyright; what is about its own packaging, and lists of files, are left out here. What Debian
does not have, or has in another version under another licence, stands below. Equal packages give equal bytes.
"""

import os
import re

here = os.path.dirname(os.path.abspath(__file__))

packages = {
    "aom": "libaom3",
    "archive": "libarchive13",
    "cairo": "libcairo2",
    "cgif": "libcgif0",
    "exif": "libexif12",
    "expat": "libexpat1",
    "ffi": "libffi8",
    "fontconfig": "libfontconfig1",
    "freetype": "libfreetype6",
    "fribidi": "libfribidi0",
    "glib": "libglib2.0-0",
    "harfbuzz": "libharfbuzz0b",
    "heif": "libheif1",
    "highway": "libhwy1",
    "lcms": "liblcms2-2",
    "mozjpeg": "libjpeg62-turbo",
    "pango": "libpango-1.0-0",
    "pixman": "libpixman-1-0",
    "png": "libpng16-16",
    "rsvg": "librsvg2-2",
    "tiff": "libtiff6",
    "vips": "libvips42",
    "webp": "libwebp7",
    "xml2": "libxml2",
    "zlib-ng": "zlib1g",
}

mit = """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""

disclaimer = """THIS SOFTWARE IS PROVIDED BY THE COPYRIGHT HOLDERS AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED
WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A PARTICULAR
PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE COPYRIGHT HOLDER OR CONTRIBUTORS BE LIABLE FOR ANY DIRECT, INDIRECT,
INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO, PROCUREMENT OF SUBSTITUTE
GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER CAUSED AND ON ANY THEORY OF
LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR OTHERWISE) ARISING IN ANY WAY OUT OF
THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE."""

conditions = """Redistribution and use in source and binary forms, with or without modification, are permitted provided that
the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the following
   disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following
   disclaimer in the documentation and/or other materials provided with the distribution."""

own = {
    # Of version 2.4, before it went under the GPL; Debian has a later one.
    "imagequant": f"""Copyright (C) 1989, 1991 by Jef Poskanzer.
Copyright (C) 1997-2002 by Greg Roelofs; based on an idea by Stefan Schneider.
Copyright (C) 2009-2014 by Kornel Lesinski.
All rights reserved.

{conditions}

{disclaimer}""",
    # Inside libvips, without a version of its own in versions.json.
    "nsgif": f"""Copyright 2003 James Bursa, 2004 John Tytgat, 2004 Richard Wilson, 2008 Sean Fox, 2013-2022 Michael Drake

{mit}""",
    "proxy-libintl": """Copyright (C) 2008 Tor Lillqvist

GNU Library General Public License, version 2 or any later version; used under version 3 of the GNU Lesser General
Public License (media/licenses/LGPL-3.0.txt).""",
    "uhdr": f"""Copyright (c) 2022 The Android Open Source Project

Under the MIT License or the Apache License 2.0; used under the former.

{mit}""",
}

# Before what Debian says.
heads = {
    "mozjpeg": f"""This software is based in part on the work of the Independent JPEG Group.

mozjpeg is libjpeg-turbo with these additions: Copyright (C) 2014 Mozilla Corporation. All rights reserved.

{conditions}

3. Neither the name of the Mozilla Corporation nor the names of its contributors may be used to endorse or promote
   products derived from this software without specific prior written permission.

{disclaimer}""",
    "freetype": """Portions of this software are copyright (C) The FreeType Project (www.freetype.org). All rights reserved.""",
    "zlib-ng": """zlib-ng is zlib with changes: Copyright (C) 1995-2024 Jean-loup Gailly, Mark Adler and the authors of
zlib-ng, under the same licence.""",
}


def notices(text: str) -> str:
    """The notices of a copyright file, each once."""
    if not text.startswith("Format:"):
        return text.strip()
    kept = []
    for paragraph in re.split(r"\n\s*\n", text)[1:]:
        if re.match(r"Files:\s*debian/", paragraph):
            continue
        # A field goes on over the lines that begin with a blank.
        fields = re.findall(r"^\S[^\n]*(?:\n[ \t][^\n]*)*", paragraph, re.M)
        lines = "\n".join(field for field in fields if not re.match(r"Files(-Excluded)?:", field)).split("\n")
        plain = "\n".join("" if line.strip() == "." else re.sub(r"^ ", "", line).rstrip() for line in lines).strip()
        if plain and plain not in kept:
            kept.append(plain)
    return "\n\n".join(kept)


# What crates inside librsvg are under; the other licences in full are beside it, and the project's own.
with open("/usr/share/common-licenses/MPL-2.0", encoding="utf8") as file:
    mpl = file.read()
with open(os.path.join(here, "..", "MPL-2.0.txt"), "w", encoding="utf8") as file:
    file.write(mpl)

for part in sorted({*packages, *own}):
    if part in own:
        said = own[part]
    else:
        with open(f"/usr/share/doc/{packages[part]}/copyright", encoding="utf8") as file:
            said = notices(file.read())
    text = "\n\n".join([heads[part], said] if part in heads else [said])
    with open(os.path.join(here, f"{part}.txt"), "w", encoding="utf8") as file:
        file.write(f"{text}\n")
