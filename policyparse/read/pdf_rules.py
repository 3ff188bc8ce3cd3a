"""What is drawn on a page of a PDF: the horizontal and vertical rules of its tables, and how much of it pictures cover.

In: a page of pypdfium2. Out: places in the page's own space. Touches nothing.
Our own walk over the drawing, because pdfplumber, whose table finder takes these rules (`pdf_tables.py`), gets them by
interpreting the whole page a second time: a tenth of the speed, and exceptions of all kinds on damaged files.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium

Box = tuple[float, float, float, float]
_Matrix = tuple[float, float, float, float, float, float]

_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_STRAIGHT = 1.0  # points that a rule may be out of the level
_SHORTEST = 3.0  # points: as pdfplumber's edge_min_length; shorter ones are dots and hatching
_MOST_DRAWN = 20_000  # objects, and pieces of paths, of one page; drawings have more, tables do not
_DEEPEST = 8  # forms within forms


def drawn(page: Any) -> tuple[list[Box], float]:
    """(rules as left, bottom, right, top; area of the pictures) of a page, its forms included."""
    rules: list[Box] = []
    area = 0.0
    bounds = tuple(ctypes.c_float() for _ in range(4))
    for thing, matrix in _objects(page):
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind == pdfium.FPDF_PAGEOBJ_PATH and len(rules) < _MOST_DRAWN:
            rules.extend(_rules(thing, _times(_matrix(thing), matrix)))
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE and pdfium.FPDFPageObj_GetBounds(thing, *bounds):
            left, bottom, right, top = (bound.value for bound in bounds)
            (x0, y0), (x1, y1) = _moved(matrix, left, bottom), _moved(matrix, right, top)
            area += abs(x1 - x0) * abs(y1 - y0)
    return rules, area


def _objects(page: Any) -> Iterator[tuple[Any, _Matrix]]:
    """The page's objects in no order, those in forms too, and the matrix that brings each to the page."""
    count = min(pdfium.FPDFPage_CountObjects(page), _MOST_DRAWN)
    stack = [(pdfium.FPDFPage_GetObject(page, index), _IDENTITY, 0) for index in range(count)]
    seen = 0
    while stack and seen < _MOST_DRAWN:
        thing, matrix, depth = stack.pop()
        seen += 1
        if pdfium.FPDFPageObj_GetType(thing) == pdfium.FPDF_PAGEOBJ_FORM:
            if depth < _DEEPEST:
                inner = _times(_matrix(thing), matrix)
                count = min(pdfium.FPDFFormObj_CountObjects(thing), _MOST_DRAWN)
                stack += [(pdfium.FPDFFormObj_GetObject(thing, index), inner, depth + 1) for index in range(count)]
        else:
            yield thing, matrix


def _rules(path: Any, matrix: _Matrix) -> Iterator[Box]:
    """The straight pieces of a path that lie level or upright on the page."""
    x, y = ctypes.c_float(), ctypes.c_float()
    here = start = (0.0, 0.0)
    for index in range(min(pdfium.FPDFPath_CountSegments(path), _MOST_DRAWN)):
        piece = pdfium.FPDFPath_GetPathSegment(path, index)
        if not pdfium.FPDFPathSegment_GetPoint(piece, x, y):
            continue
        there = _moved(matrix, x.value, y.value)
        kind = pdfium.FPDFPathSegment_GetType(piece)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            start = there
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield from _rule(here, there)
        here = there
        if pdfium.FPDFPathSegment_GetClose(piece):
            yield from _rule(here, start)
            here = start


def _rule(one: tuple[float, float], other: tuple[float, float]) -> Iterator[Box]:
    (x0, y0), (x1, y1) = min(one, other), max(one, other)
    wide, high = x1 - x0, abs(y1 - y0)
    if (high <= _STRAIGHT and wide >= _SHORTEST) or (wide <= _STRAIGHT and high >= _SHORTEST):
        yield x0, min(y0, y1), x1, max(y0, y1)


def _matrix(thing: Any) -> _Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(thing, matrix):
        return _IDENTITY
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _times(first: _Matrix, then: _Matrix) -> _Matrix:
    """The matrix that does `first`, then `then` (ISO 32000-1, 8.3.4)."""
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


def _moved(matrix: _Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f
