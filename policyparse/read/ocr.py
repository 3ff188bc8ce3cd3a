"""A picture of a page → its printed lines with their places, by optical character recognition.

In: a picture (height × width × 3 bytes, RGB). Out: `Glyph`s, one a printed line or part of one. Touches nothing: the
models are in the wheel, nothing is downloaded.
Why rapidocr: its Chinese models come with it and run off line on a processor alone (extra `policyparse[ocr]`).
"""

from __future__ import annotations

import importlib.util
import logging
from functools import cache
from statistics import median
from typing import TYPE_CHECKING, Any

from policyparse.read.layout import Glyph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

HOW_TO_INSTALL = "install the OCR extra: pip install 'policyparse[ocr]'"
DOTS_PER_INCH = 150  # the same characters as at 200 on our scan, for two thirds of the time; 3号 type is 33 pixels high
_SURE = 0.6  # of 1: below this a line is a stamp's ring or a stain
_SURE_IN_RED = 0.85  # letters along a seal's ring come out below it
# A pixel is red where its red passes its green and blue by so much; a page with more red than this share has a seal
_REDDER, _SEALED = 60, 0.002


def available() -> bool:
    """Whether the OCR extra is installed."""
    return all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime"))


def glyphs_of_picture(picture: Picture, scale: float) -> list[Glyph]:
    """The lines of `picture`, in its pixels times `scale`.

    A page with much red is read twice: in its red channel, where a seal is as white as the paper and the black text
    under it plain; and its red alone, for a heading in red. Of that, what stands on black text is the seal.
    """
    red = picture[..., 0].astype("int16") - picture[..., 1:].max(axis=2) > _REDDER
    if red.mean() < _SEALED:
        found = _recognised(picture, _SURE)
    else:
        found = _recognised(picture[..., :1].repeat(3, axis=2), _SURE)
        only_red = picture.copy()
        only_red[~red] = 255
        printed = _recognised(only_red, _SURE_IN_RED)
        found += [glyph for glyph in printed if not any(_overlap(glyph, other) for other in found)]
    return [_scaled(glyph, scale) for glyph in _even_sizes(found)]


def _recognised(picture: Picture, sure: float) -> list[Glyph]:
    result = _engine()(picture)
    if result.boxes is None:
        return []
    out = []
    for box, text, score in zip(result.boxes, result.txts, result.scores, strict=True):
        if score >= sure and text.strip():
            xs, ys = [float(point[0]) for point in box], [float(point[1]) for point in box]
            out.append(Glyph(text.strip(), min(xs), min(ys), max(xs), max(ys), max(ys) - min(ys)))
    return out


@cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    # line by line: six at a time, its own way, are no faster and take a hundred MiB more
    return RapidOCR(params={"Global.log_level": "error", "Rec.rec_batch_num": 1})


def _overlap(one: Glyph, other: Glyph) -> bool:
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return wide > 0 and high > 0 and wide * high > 0.3 * (one.x1 - one.x0) * (one.bottom - one.top)


def _even_sizes(glyphs: list[Glyph]) -> list[Glyph]:
    """Boxes hug their ink, so that lines of one type differ in height; near the usual height they are set to it."""
    if not glyphs:
        return []
    usual = median(glyph.size for glyph in glyphs)
    return [glyph._replace(size=usual) if 0.7 < glyph.size / usual < 1.35 else glyph for glyph in glyphs]


def _scaled(glyph: Glyph, scale: float) -> Glyph:
    return glyph._replace(
        x0=glyph.x0 * scale, top=glyph.top * scale, x1=glyph.x1 * scale, bottom=glyph.bottom * scale,
        size=glyph.size * scale,
    )  # fmt: skip
