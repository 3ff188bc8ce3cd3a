"""A table as its format holds it → blocks: title rows and notes as paragraphs, the rest as one table.

In: rows of cells, a merged cell being one object that stands in every place it covers. Out: blocks. Touches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from policyparse.model import Origin
from policyparse.passing import Block

Rows = Sequence[Sequence["Cell"]]


class Cell:
    """One cell and its paragraphs. Merged cells share the object; that is how they are known as one."""

    __slots__ = ("lines",)

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.lines = [line.replace("\t", " ").strip() for line in lines if line.strip()]

    @property
    def text(self) -> str:
        """The paragraphs in one line. Words stacked in a narrow column (序/号, 牵头/单位) join without a space."""
        if len(self.lines) > 1 and all(len(line) <= 2 for line in self.lines):
            return "".join(self.lines)
        return " ".join(self.lines)


def table_blocks(
    rows: Rows, table: int | None = None, paragraph: int | None = None, *, loose: bool = False, first_row: int = 0
) -> list[Block]:
    """The blocks of one table.

    rows:      cells, head row first; rows may be of unequal length
    table:     the table's number in its document, for the origin; paragraph: where it stands
    loose:     a sheet, where a title stands unmerged in the first cell of its row
    first_row: the number that rows[0] has in the source

    A table of one column is layout, not data: its cells become paragraphs. Rows that one cell fills from side to
    side before the head (附件1, the title, 单位：万元) or after the last row (注：…) become paragraphs too.
    One row alone is no data either (the printing line of a 版记): it becomes a line, or the paragraphs of its cells.
    A merged cell stands once in `text`, at its first place, and in `rows` in every place that it covers; the lines of
    `text` are the rows of `rows`, and each line has one tab fewer than its row has cells.
    """
    numbered = [(first_row + number, row) for number, row in enumerate(rows) if any(cell.lines for cell in row)]
    if not numbered:
        return []
    width = max(_width(row) for _, row in numbered)
    columns = _columns([row for _, row in numbered], width)
    if len(columns) < width:
        numbered = [(number, [row[column] for column in columns if column < len(row)]) for number, row in numbered]
        width = len(columns)
    if width <= 1:
        return [block for number, row in numbered for block in _spread(row, number, table, paragraph)]
    end = len(numbered)
    start = _head([row for _, row in numbered], width, loose)
    while end > start and _is_banner(numbered[end - 1][1], width):
        end -= 1
    blocks = [block for number, row in numbered[:start] for block in _spread(row, number, table, paragraph)]
    body = numbered[start:end]
    if len(body) == 1 and not loose:
        blocks += _line(body[0][1], body[0][0], table, paragraph)
    elif body:
        seen: set[int] = set()
        lines, filled = [], []
        for _, row in body:
            texts = []
            for cell in row[:width]:
                texts.append("" if id(cell) in seen else cell.text)
                seen.add(id(cell))
            texts += [""] * (width - len(texts))
            lines.append("\t".join(texts))
            filled.append(tuple(cell.text for cell in row[:width]) + ("",) * (width - len(row)))
        origin = Origin(table=table, paragraph=paragraph, row=body[0][0])
        blocks.append(Block("\n".join(lines), origin, "table", None, tuple(filled)))
    blocks += [block for number, row in numbered[end:] for block in _spread(row, number, table, paragraph)]
    return blocks


def _width(row: Sequence[Cell]) -> int:
    """How many columns the row needs; empty cells at its end are not needed."""
    width = len(row)
    while width and not row[width - 1].lines:
        width -= 1
    return width


def _columns(rows: Rows, width: int) -> list[int]:
    """The columns that say something: not empty, and not the mere breadth of merged cells."""
    kept = []
    for column in range(width):
        for row in rows:
            if column < len(row) and row[column].lines and not (column and row[column] is row[column - 1]):
                kept.append(column)
                break
    return kept


def _is_banner(row: Sequence[Cell], width: int) -> bool:
    """Whether one cell fills the row from side to side."""
    return len(row) >= width and all(cell is row[0] for cell in row[:width])


# In sheets up to so many rows may stand above the head row: 附件, title, 填报单位, date, unit.
_ABOVE = 6


def _head(rows: Rows, width: int, loose: bool) -> int:
    """Which row is the head row: the first that is no banner; in a sheet, the first that is about as full as any."""
    start = 0
    while start < len(rows) and _is_banner(rows[start], width):
        start += 1
    if loose:
        filled = [sum(1 for cell in row if cell.lines) for row in rows[start : start + _ABOVE]]
        for number, cells in enumerate(filled):
            if cells >= max(2, 0.75 * max(filled)):
                return start + number
    return start


def _line(row: Sequence[Cell], number: int, table: int | None, paragraph: int | None) -> list[Block]:
    """A row alone: one line where each cell is one, else the cells one after the other."""
    cells = [cell for place, cell in enumerate(row) if cell.lines and not (place and cell is row[place - 1])]
    if any(len(cell.lines) > 1 for cell in cells):
        return _spread(row, number, table, paragraph)
    return [Block("\t".join(cell.text for cell in cells), Origin(table=table, paragraph=paragraph, row=number))]


def _spread(row: Sequence[Cell], number: int, table: int | None, paragraph: int | None) -> list[Block]:
    blocks, seen = [], set()
    for column, cell in enumerate(row):
        if id(cell) not in seen:
            seen.add(id(cell))
            origin = Origin(table=table, paragraph=paragraph, row=number, column=column)
            blocks += [Block(line, origin) for line in cell.lines]
    return blocks
