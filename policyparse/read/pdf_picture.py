"""A picture of a PDF's page with a passage marked: what `show --source` can write for a reader to check.

In: a file's bytes, a page, a place in its text. Out: a PNG's bytes. Touches nothing.
"""

from __future__ import annotations

import io

from PIL import Image, ImageChops, ImageDraw

from policyparse.read.layout import Line
from policyparse.read.limits import Limits
from policyparse.read.pdf import open_page

_YELLOW = (255, 226, 64)


def page_picture(
    data: bytes, number: int, start: int | None = None, end: int | None = None, dots_per_inch: int = 110
) -> bytes:
    """A PNG of page `number` (from 1), code points `start` to `end` of its text (`Origin`) marked in yellow.

    Where they are None nothing is marked. Raises ReadError: damaged, encrypted, not-found (no such page).
    """
    with open_page(data, number, Limits()) as (page, read):
        scale = dots_per_inch / 72
        picture = page.render(scale=scale).to_pil().convert("RGB")
        if start is None or end is None:
            marked = []
        else:
            marked = [box for line in read.lines if (box := _marked(line, start, end))]
        media, crop = page.get_mediabox(), page.get_cropbox()
    wash = Image.new("RGB", picture.size, (255, 255, 255))
    drawing = ImageDraw.Draw(wash)
    left, top = crop[0] - media[0], media[3] - crop[3]
    for x0, y0, x1, y1 in marked:
        drawing.rectangle([(x0 - left) * scale, (y0 - top) * scale, (x1 - left) * scale, (y1 - top) * scale], _YELLOW)
    out = io.BytesIO()
    ImageChops.multiply(picture, wash).save(out, "PNG")  # as a marker pen does: black stays black
    return out.getvalue()


def _marked(line: Line, start: int, end: int) -> tuple[float, float, float, float] | None:
    """The part of a line's box that holds [start, end) of the page's text; its characters are taken as equally wide."""
    first, last = max(start - line.start, 0), min(end - line.start, len(line.text))
    if first >= last:
        return None
    step = (line.x1 - line.x0) / len(line.text)
    return line.x0 + first * step, line.top, line.x0 + last * step, line.bottom
