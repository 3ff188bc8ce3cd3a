"""Where the rows of a table stand in the text.

In: an Outline with tables. Out: each table with its rows' places, by offsets into the text. Touches nothing.

The clause that covers a table holds its rows as lines, head row first (passing.CleanText.tables), so that row k is
line k. Where the lines do not tally with the rows (a cell that runs over lines, a clause that holds more than the
table), a row is the next line behind the head row's that holds its longest cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policyparse.model import Table
from policyparse.passing import Outline

_LINE = re.compile("[^\n]+")
_SPACE = re.compile(r"\s+")


def tables(outline: Outline) -> Iterator[tuple[Table, list[tuple[Sequence[str], int, int]]]]:
    """Every table of the outline with (cells, start, end) of each row; start/end: its line in the text.

    A row that cannot be found in the table's clause stands where the row before it stood.
    """
    clauses = {clause.id: clause for clause in outline.clauses}
    after: dict[str, int] = {}  # two tables in one clause: the second begins behind the first
    for table in outline.tables:
        clause = clauses.get(table.clause or "")
        if clause is None:
            continue
        begin = max(clause.start, after.get(clause.id, 0))
        lines = [match.span() for match in _LINE.finditer(outline.text, begin, clause.end)]
        places = _tally(lines, table) or _search(outline.text, lines, table)
        if places:
            after[clause.id] = places[-1][1]
        yield table, [(cells, *place) for cells, place in zip(table.rows, places, strict=bool(places))]


def _tally(lines: Sequence[tuple[int, int]], table: Table) -> list[tuple[int, int]]:
    """The lines behind the head row's, where there is one for each row."""
    return list(lines[1:]) if len(lines) == len(table.rows) + 1 else []


def _search(text: str, lines: Sequence[tuple[int, int]], table: Table) -> list[tuple[int, int]]:
    """For each row the next line that holds its longest cell (its first line, without white space)."""
    if not lines:
        return []
    words = [_SPACE.sub("", text[start:end]) for start, end in lines]
    out: list[tuple[int, int]] = []
    head = [_SPACE.sub("", cell) for cell in table.header]
    at = next((k + 1 for k, line in enumerate(words) if all(cell in line for cell in head)), 0)
    for cells in table.rows:
        sought = max((_SPACE.sub("", cell.strip().split("\n")[0]) for cell in cells), key=len, default="")
        found = next((k for k in range(at, len(lines)) if sought and sought in words[k]), None)
        if found is not None:
            out.append(lines[found])
            at = found + 1
        else:
            out.append(out[-1] if out else lines[0])
    return out
