"""One page of a PDF → its characters with their places, and what else is drawn on it.

In: a page of pypdfium2. Out: `Sheet`. Touches nothing.

Places are in points from the top left of the page as it is read: the way in which most of its text stands upright,
whatever the file says of its rotation.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from policyparse.read.layout import Glyph
from policyparse.read.pdf_rules import Box, drawn

_BOLD = 600
_TILT = 10  # degrees; more is a watermark or a label that runs along a margin
_NO_CHARACTERS = "\0\ufffd\ufffe\uffff"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page's upright characters and its size; `aside` is the text that stands askew.

    rules:   the drawn lines that are level or upright, as x0, top, x1, bottom
    picture: which share of it pictures cover
    unreadable: characters whose font does not say what they are
    """

    width: float
    height: float
    glyphs: list[Glyph]
    aside: str
    rules: list[Box]
    picture: float
    unreadable: int


def read_sheet(page: pypdfium2.PdfPage) -> Sheet:
    """The characters of `page` and what is drawn on it."""
    textpage = page.get_textpage()
    try:
        raw = list(_characters(textpage))
    finally:
        textpage.close()
    box = page.get_mediabox()
    rotation = page.get_rotation()
    angles = Counter(round(angle / 90) * 90 % 360 for *_, angle in raw)
    upright = angles.most_common(1)[0][0] if angles else rotation
    place = _turned(box, upright)
    glyphs, aside, unreadable = [], [], 0
    for text, left, bottom, right, top, size, bold, angle in raw:
        if abs((angle - upright + 180) % 360 - 180) > _TILT:
            aside.append(text)
        elif text in _NO_CHARACTERS:
            unreadable += 1
        else:
            x0, y0, x1, y1 = place(left, bottom, right, top)
            if x0 > x1 or y0 > y1:  # mirrored fonts
                x0, y0, x1, y1 = min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
            glyphs.append(Glyph(text, x0, y0, x1, y1, size, bold))
    width, height = box[2] - box[0], box[3] - box[1]
    rules, picture = drawn(page.raw)
    if upright % 180:
        width, height = height, width
    share = min(picture / max(width * height, 1.0), 1.0)
    return Sheet(width, height, glyphs, "".join(aside), [place(*rule) for rule in rules], share, unreadable)


_Raw = tuple[str, float, float, float, float, float, bool, float]


def _characters(textpage: pypdfium2.PdfTextPage) -> Iterator[_Raw]:
    """(text, left, bottom, right, top, size, bold, angle) of each character, in the page's own space.

    What pdfium makes up itself (line ends, and spaces where it sees a gap) is left out: we look at the gaps ourselves.
    """
    page = textpage.raw
    box, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    pointers = ctypes.byref(box), ctypes.byref(matrix)
    lead = 0
    for index in range(pdfium.FPDFText_CountChars(page)):
        code = pdfium.FPDFText_GetUnicode(page, index)
        if code <= 32 and code and (code != 32 or pdfium.FPDFText_IsGenerated(page, index)):
            continue
        if 0xD800 <= code < 0xDC00:
            lead = code
            continue
        if 0xDC00 <= code < 0xE000:
            code, lead = (0x10000 + ((lead - 0xD800) << 10) + code - 0xDC00 if lead else 0xFFFD), 0
        if not pdfium.FPDFText_GetLooseCharBox(page, index, pointers[0]):
            continue
        pdfium.FPDFText_GetMatrix(page, index, pointers[1])
        a, b = matrix.a, matrix.b
        size = pdfium.FPDFText_GetFontSize(page, index) * math.hypot(matrix.c, matrix.d)
        bold = pdfium.FPDFText_GetFontWeight(page, index) >= _BOLD
        angle = 0.0 if not b and a > 0 else math.degrees(math.atan2(b, a)) % 360
        text = chr(code) if code <= 0x10FFFF else "\ufffd"
        if "\u2e80" <= text < "\u2fe0":  # radicals, where the font's map takes ⼈ for 人
            text = unicodedata.normalize("NFKC", text)
        yield text, box.left, box.bottom, box.right, box.top, size or box.top - box.bottom, bold, angle


def _turned(box: Box, upright: int) -> Callable[[float, float, float, float], Box]:
    """How (left, bottom, right, top) of the page's space becomes (x0, top, x1, bottom) of the page as it is read."""
    x_min, y_min, x_max, y_max = box
    if upright == 90:
        return lambda left, bottom, right, top: (bottom - y_min, left - x_min, top - y_min, right - x_min)
    if upright == 180:
        return lambda left, bottom, right, top: (x_max - right, bottom - y_min, x_max - left, top - y_min)
    if upright == 270:
        return lambda left, bottom, right, top: (y_max - top, x_max - right, y_max - bottom, x_max - left)
    return lambda left, bottom, right, top: (left - x_min, y_max - top, right - x_min, y_max - bottom)
