"""Printed characters with their places → lines in reading order: what the readers of PDF, OFD and scans share.

In: `Glyph`s of one page, in points (or any unit), y growing downwards. Out: `Line`s. Touches nothing.

White space is rebuilt from the places: what a layout engine put between 2023 and 年 to please the eye vanishes, a
gap between words stays. Rotated text must be left out before; columns are read one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple


class Glyph(NamedTuple):
    """One printed character (an OCR line is one glyph of many) and its box."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of one column.

    column: which of its page's columns it stands in; lines across all columns are columns of their own
    left, right: that column's edges
    gaps: how many gaps wide enough to part columns are inside it: a row of a form or of a table without rules
    start: where it begins in the page's text, which is its lines joined by a line feed
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool
    column: int = 0
    left: float = 0.0
    right: float = 0.0
    gaps: int = 0
    start: int = 0

    @property
    def indent(self) -> float:
        return self.x0 - self.left

    @property
    def short(self) -> float:
        """How far it ends before its column's right edge."""
        return self.right - self.x1

    @property
    def centred(self) -> bool:
        """Off both edges, and as far from the one as from the other: nearly so, where it might be an indented line."""
        least = 0.5 * self.size if self.indent < 4 * self.size else max(1.2 * self.size, 0.15 * self.indent)
        return self.indent > 1.5 * self.size and abs(self.indent - self.short) < least


# In ems. A gap between two letters of one word stays below 0.2; CJK-Latin spacing is 0.25 (JLREQ, CLREQ 3.2.2)
_WORD_GAP = 0.2
_WIDE_GAP = 0.9
_AUTO_SPACE = 0.4
_COLUMN_GAP = 1.2
_LEAST_SIZE, _FARTHEST = 0.5, 1e5  # points; a PDF's page has at most 14,400 (ISO 32000-1, annex C)
# A page is in two columns when so many of its rows have text on both sides of a gutter that so few lines cross
_COLUMN_ROWS = 6
_CROSSING = 0.25
_COLUMN_FILL = 0.6


def lines(glyphs: Iterable[Glyph], width: float) -> list[Line]:
    """The lines of a page `width` wide, in reading order; their edges are not known yet."""
    rows = [row for row in map(_segments, _rows(glyph for glyph in glyphs if _is_placed(glyph))) if row]
    gutter = _gutter(rows, width)
    columns = [[_line(row) for row in rows]] if gutter is None else _columns(rows, gutter)
    return numbered([replace(line, column=number) for number, column in enumerate(columns) for line in column])


def _is_placed(glyph: Glyph) -> bool:
    """Whether a glyph has a place and a size at all: a damaged file gives nan, infinity and nought (nan compares false)."""
    return (
        bool(glyph.text)
        and _LEAST_SIZE <= glyph.size < _FARTHEST
        and -_FARTHEST < glyph.x0 <= glyph.x1 < _FARTHEST
        and -_FARTHEST < glyph.top <= glyph.bottom < _FARTHEST
    )


def numbered(ordered: Sequence[Line]) -> list[Line]:
    """`ordered` with the offsets that each has in the page's text."""
    out, start = [], 0
    for line in ordered:
        out.append(replace(line, start=start))
        start += len(line.text) + 1
    return out


def _rows(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs that stand beside one another, from the top down, each row from left to right."""
    rows: list[list[Glyph]] = []
    middle = size = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: glyph.top + glyph.bottom):
        centre = (glyph.top + glyph.bottom) / 2
        if rows and centre - middle < 0.5 * min(size, glyph.size):
            rows[-1].append(glyph)
        elif rows and glyph.size < 0.8 * size and centre - middle < 0.5 * size:
            rows[-1].append(glyph)  # a raised or lowered sign of the line above
        elif rows and glyph.size > 1.25 * size and centre - middle < 0.5 * glyph.size and _few(rows[-1]):
            rows[-1].append(glyph)
            middle, size = centre, glyph.size
        else:
            rows.append([glyph])
            middle, size = centre, glyph.size
    for row in rows:
        row.sort(key=lambda glyph: glyph.x0)
    return rows


def _few(row: Sequence[Glyph]) -> bool:
    return sum(len(glyph.text) for glyph in row) <= 4


def _segments(row: Sequence[Glyph]) -> list[list[Glyph]]:
    """`row` cut where a gap is wide enough to part two columns; blanks cut nothing and belong to no end."""
    out: list[list[Glyph]] = []
    edge = 0.0
    for glyph in row:
        if glyph.text.isspace():
            if out:
                out[-1].append(glyph)
            continue
        if out and glyph.x0 - edge <= _COLUMN_GAP * glyph.size:
            out[-1].append(glyph)
        else:
            out.append([glyph])
        edge = max(edge, glyph.x1) if out and len(out[-1]) > 1 else glyph.x1
    return out


def _ends(segment: Sequence[Glyph]) -> tuple[float, float]:
    inked = [glyph for glyph in segment if not glyph.text.isspace()]
    return inked[0].x0, max(glyph.x1 for glyph in inked)


def _gutter(rows: Sequence[Sequence[Sequence[Glyph]]], width: float) -> float | None:
    """The x of a gutter between two columns of running text; None for one column, and for a table without rules."""
    ends = [[_ends(segment) for segment in row] for row in rows if row]
    both = [row for row in ends if len(row) == 2]
    if len(both) < _COLUMN_ROWS:
        return None
    gutter = median((row[0][1] + row[1][0]) / 2 for row in both)
    if not 0.3 * width < gutter < 0.7 * width:
        return None
    flat = [end for row in ends for end in row]
    crossing = sum(1 for x0, x1 in flat if x0 < gutter < x1)
    left = [(x0, x1) for x0, x1 in flat if x1 <= gutter]
    right = [(x0, x1) for x0, x1 in flat if x0 >= gutter]
    if crossing > _CROSSING * len(ends) or not left or not right:
        return None
    for side in (left, right):
        span = max(x1 for _, x1 in side) - min(x0 for x0, _ in side)
        if median(x1 - x0 for x0, x1 in side) < _COLUMN_FILL * span:
            return None
    return gutter


def _columns(rows: Sequence[Sequence[Sequence[Glyph]]], gutter: float) -> list[list[Line]]:
    """Lines column by column; a line that crosses the gutter ends the columns above it."""
    out: list[list[Line]] = []
    left: list[Line] = []
    right: list[Line] = []
    for row in rows:
        crossing = any(x0 < gutter < x1 for x0, x1 in map(_ends, row))
        if crossing:
            out += [left, right, [_line(row)]]
            left, right = [], []
            continue
        for side, wanted in ((left, True), (right, False)):
            part = [segment for segment in row if (_ends(segment)[1] <= gutter) == wanted]
            if part:
                side.append(_line(part))
    return [*out, left, right]


def _line(segments: Sequence[Sequence[Glyph]]) -> Line:
    """One line's text, with white space where it means something, and its box without the white space at its ends."""
    row = [glyph for segment in segments for glyph in segment]
    inked = [glyph for glyph in row if not glyph.text.isspace()]
    text: list[str] = []
    last: Glyph | None = None
    blank = ""
    for glyph in row:
        if glyph.text.isspace():
            blank = "\u3000" if "\u3000" in glyph.text + blank else " "
            continue
        if last is not None:
            if glyph.text == last.text and abs(glyph.x0 - last.x0) < 0.25 * glyph.size:
                continue  # printed twice to look bold
            text.append(_between(last, glyph, blank))
        text.append(glyph.text)
        last, blank = glyph, ""
    sizes: Counter[float] = Counter()
    for glyph in inked:
        sizes[round(glyph.size, 1)] += len(glyph.text)
    return Line(
        "".join(text).strip(),
        inked[0].x0,
        min(glyph.top for glyph in inked),
        max(glyph.x1 for glyph in inked),
        max(glyph.bottom for glyph in inked),
        sizes.most_common(1)[0][0],
        sum(glyph.bold for glyph in inked) > 0.8 * len(inked),
        gaps=len(segments) - 1,
    )


def _between(left: Glyph, right: Glyph, blank: str) -> str:
    """The white space between two glyphs: `blank` is what the source has there, if anything."""
    gap = (right.x0 - left.x1) / max(right.size, 1.0)
    before, after = left.text[-1], right.text[0]
    if before < "\u2000" and after < "\u2000":
        return " " if blank or gap > _WORD_GAP else ""
    if gap > _WIDE_GAP:
        return blank or " "
    if blank == " " and gap < _AUTO_SPACE and (before < "\u2000" or after < "\u2000"):
        return ""
    return blank
