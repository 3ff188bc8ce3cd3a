"""The ruled tables of a PDF page → their cells, filled with the page's characters.

In: a page's rules and glyphs. Out: `Grid`s, and the glyphs that stand in none. Touches nothing.
Why pdfplumber's table finder: it joins broken and doubled rules and finds merged cells, which no other kept library does.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pdfplumber.table import cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

from policyparse.read.grid import Cell
from policyparse.read.layout import Glyph, Line, lines
from policyparse.read.pages import Grid
from policyparse.read.paragraphs import ENDS, LABEL, joined
from policyparse.read.pdf_rules import Box

_SNAP = 3.0  # points: pdfplumber's own tolerance for rules that ought to meet, swept by its authors
_SAME = 2.0  # points: edges nearer than this are one rule drawn twice
_LEAST_RULES = 2  # each way; the smallest table has two columns and two rows, its outer rules perhaps missing
# Crossings of rules on a page: the largest tables have a tenth; the finder's cost grows with the square
_MOST_CROSSINGS = 6_000


def grids(rules: Sequence[Box], glyphs: Sequence[Glyph], most_cells: int) -> tuple[list[Grid], list[Glyph]] | None:
    """The tables that `rules` make, with two columns and two rows or more, and the glyphs outside them.

    None when they have more than `most_cells` cells.
    """
    out: list[Grid] = []
    rest = list(glyphs)
    for cells in _tables(rules):
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


def _tables(rules: Sequence[Box]) -> list[list[Box]]:
    """The cells of each table, as x0, top, x1, bottom."""
    upright = [_edge(rule, "v") for rule in rules if rule[3] - rule[1] > rule[2] - rule[0]]
    level = [_edge(rule, "h") for rule in rules if rule[3] - rule[1] <= rule[2] - rule[0]]
    if min(len(upright), len(level)) < _LEAST_RULES:
        return []
    edges: list[dict[str, Any]] = merge_edges(upright + level, _SNAP, _SNAP, _SNAP, _SNAP)
    if sum(edge["orientation"] == "v" for edge in edges) * sum(edge["orientation"] == "h" for edge in edges) > 400_000:
        return []
    crossings = edges_to_intersections(edges, _SNAP, _SNAP)
    if len(crossings) > _MOST_CROSSINGS:
        return []
    found: list[list[Box]] = cells_to_tables(intersections_to_cells(crossings))
    return found


def _edge(rule: Box, orientation: str) -> dict[str, Any]:
    """A rule as pdfplumber has it."""
    x0, top, x1, bottom = rule
    return {
        "x0": x0, "x1": x1, "top": top, "bottom": bottom, "width": x1 - x0, "height": bottom - top,
        "orientation": orientation, "object_type": "line",
    }  # fmt: skip


def _edges(cells: Sequence[Box], axis: int) -> list[float]:
    """The distinct places of the cells' sides along an axis."""
    out: list[float] = []
    for place in sorted(place for cell in cells for place in (cell[axis], cell[axis + 2])):
        if not out or place - out[-1] > _SAME:
            out.append(place)
    return out


def _filled(cells: Sequence[Box], xs: list[float], ys: list[float], glyphs: Sequence[Glyph]) -> list[list[Cell]]:
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
