"""The ruled tables of a PDF page → their cells, filled with the page's characters.

In: a page of pdfplumber (for the rules) and its glyphs. Out: `Grid`s and the glyphs that stand in none. Touches nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

from pdfplumber.page import Page as PlumberPage

from policyparse.read.grid import Cell
from policyparse.read.layout import Glyph, Line, lines
from policyparse.read.pages import Grid
from policyparse.read.paragraphs import ENDS, LABEL, joined

_SAME = 2.0  # points: edges nearer than this are one rule drawn twice
_Box = tuple[float, float, float, float]


def grids(page: PlumberPage, glyphs: Sequence[Glyph], most_cells: int) -> tuple[list[Grid], list[Glyph]] | None:
    """The tables of `page` with two columns and two rows or more, and the glyphs outside them.

    None when they have more than `most_cells` cells.
    """
    tables = [table.cells for table in page.find_tables()]
    out, rest = [], list(glyphs)
    for cells in tables:
        xs, ys = _edges(cells, 0), _edges(cells, 1)
        if len(xs) < 3 or len(ys) < 3:
            continue
        if (len(xs) - 1) * (len(ys) - 1) > most_cells:
            return None
        most_cells -= (len(xs) - 1) * (len(ys) - 1)
        left, top, right, bottom = xs[0], ys[0], xs[-1], ys[-1]
        inside: list[Glyph] = []
        outside: list[Glyph] = []
        for glyph in rest:
            x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
            (inside if left < x < right and top < y < bottom else outside).append(glyph)
        if not any(glyph.text.isalnum() for glyph in inside):
            continue
        rest = outside
        out.append(Grid(top, bottom, tuple(xs), _filled(cells, xs, ys, inside)))
    return out, rest


def _edges(cells: Sequence[_Box], axis: int) -> list[float]:
    """The distinct places of the cells' sides along an axis."""
    out: list[float] = []
    for place in sorted(place for cell in cells for place in (cell[axis], cell[axis + 2])):
        if not out or place - out[-1] > _SAME:
            out.append(place)
    return out


def _filled(cells: Sequence[_Box], xs: list[float], ys: list[float], glyphs: Sequence[Glyph]) -> list[list[Cell]]:
    """The rows of the table, a cell that covers several places standing in each."""
    owner: dict[tuple[int, int], int] = {}
    for number, (x0, top, x1, bottom) in enumerate(cells):
        for row in range(_index(ys, top), _index(ys, bottom)):
            for column in range(_index(xs, x0), _index(xs, x1)):
                owner.setdefault((row, column), number)
    content: defaultdict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        place = bisect_right(ys, (glyph.top + glyph.bottom) / 2) - 1, bisect_right(xs, (glyph.x0 + glyph.x1) / 2) - 1
        content[owner.get(place, -1)].append(glyph)
    made = {number: Cell(_cell_lines(content[number])) for number in range(len(cells))}
    blank = Cell()
    return [
        [made[owner[row, column]] if (row, column) in owner else blank for column in range(len(xs) - 1)]
        for row in range(len(ys) - 1)
    ]


def _index(edges: Sequence[float], place: float) -> int:
    return max(bisect_right(edges, place + _SAME) - 1, 0)


def _cell_lines(glyphs: Sequence[Glyph]) -> list[str]:
    """A cell's paragraphs. A narrow cell breaks its lines anywhere, so that only a label after a full stop tells."""
    parts: list[list[Line]] = []
    for line in lines(glyphs, 0.0):
        if parts and not (LABEL.match(line.text) and parts[-1][-1].text.endswith(ENDS)):
            parts[-1].append(line)
        else:
            parts.append([line])
    return [joined(part) for part in parts]
