#!/usr/bin/env python3
"""Copies a report with its pictures in 32 colours: about half the size, for pages that the repository keeps without their pictures.

usage: smaller_pictures.py PAGE.html COPY.html     (needs Pillow: Debian's python3-pil)
"""

import base64
import io
import pathlib
import re
import sys

try:
    from PIL import Image
except ImportError:
    sys.exit("smaller_pictures: Pillow is missing (Debian: apt-get install python3-pil)")


def smaller(match):
    png = base64.b64decode(match[1])
    made = io.BytesIO()
    colours = Image.open(io.BytesIO(png)).convert("RGB")
    colours.quantize(32, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(min(png, made.getvalue(), key=len)).decode()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    page = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    page = re.sub(r"data:image/png;base64,([A-Za-z0-9+/=]+)", smaller, page)
    pathlib.Path(sys.argv[2]).write_text(page.replace("; the file next to this page is the original", ""), encoding="utf-8")


main()
