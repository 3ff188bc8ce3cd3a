"""One story of an RTF file (its body, a note, a header, a text box): paragraphs and tables as they grow.

In: text and the control words of paragraphs and tables. Out: blocks. Touches nothing.
"""

from __future__ import annotations

from bisect import bisect_right

from policyparse.model import Origin
from policyparse.passing import Block, ReadError
from policyparse.read.counting import written_label
from policyparse.read.grid import Cell, table_blocks

# Cell edges nearer than this (twips: 1/1440 inch) are one column's edge; hand-drawn tables differ by a few.
_NEAR = 60


class _Row:
    __slots__ = ("cells", "edges", "merges")

    def __init__(self) -> None:
        self.edges: list[int] = []
        self.merges: list[str] = []
        self.cells: list[list[str]] = []


class Story:
    def __init__(self, max_cells: int) -> None:
        self.blocks: list[Block] = []
        self.boxes: list[Story] = []
        self.paragraphs = self.tables = self.cells = 0
        self.label = ""
        self.heading: int | None = None
        self.max_cells = max_cells
        self._text: list[str] = []
        self._in_table = False
        self._merge = ""
        self._row = _Row()  # the row being read
        self._shape = _Row()  # the shape that \trowd gave
        self._cell: list[str] = []
        self._rows: list[_Row] = []

    def say(self, text: str) -> None:
        self._text.append(text)

    def control(self, word: bytes, number: int | None) -> None:
        """A control word of paragraphs or tables; others mean nothing here."""
        if word == b"pard":
            self._in_table, self.heading = False, None
            self.label = ""
        elif word == b"intbl":
            self._in_table = True
        elif word == b"trowd":
            self._shape, self._merge = _Row(), ""
        elif word in (b"clvmgf", b"clmgf"):
            self._merge += "first-" + ("down" if word == b"clvmgf" else "across") + " "
        elif word in (b"clvmrg", b"clmrg"):
            self._merge += "down " if word == b"clvmrg" else "across "
        elif word == b"cellx":
            self._shape.edges.append(number or 0)
            self._shape.merges.append(self._merge)
            self._merge = ""
        elif word == b"cell":
            self._in_table = True
            self._end_line()
            self._row.cells.append(self._cell)
            self._cell = []
            self.cells += 1
            if self.cells > self.max_cells:
                raise ReadError("the document", "too-large", "its tables hold too many cells", "split it")
        elif word == b"nestcell":
            self._end_line()
        elif word == b"row":
            self._row.edges, self._row.merges = list(self._shape.edges), list(self._shape.merges)
            self._rows.append(self._row)
            self._row = _Row()

    def end_paragraph(self) -> None:
        if self._in_table:
            self._end_line()
            return
        self._end_table()
        text = self._take()
        start = 0
        for line in text.split("\n"):
            if line.strip():
                origin = Origin(paragraph=self.paragraphs, start=start, end=start + len(line))
                self.blocks.append(Block(line, origin, "paragraph", self.heading))
            start += len(line) + 1
        boxes, self.boxes = self.boxes, []
        for box in boxes:
            self.blocks += box.finish(aside=True)
        self.paragraphs += 1

    def finish(self, *, aside: bool = False) -> list[Block]:
        """The story's blocks. `aside`: it hangs on one paragraph of another story, and has no count of its own."""
        self._in_table = False
        place = self.paragraphs
        if self._text or self.boxes or self._cell:
            self._text[:0] = [line + "\n" for line in self._cell]
            self.end_paragraph()
        self._end_table()
        if aside and self.blocks:
            place = self.blocks[0].origin.paragraph or place
            self.blocks = [
                Block(b.text, b.origin.model_copy(update={"paragraph": place}), b.kind, b.heading, b.rows)
                for b in self.blocks
            ]
        return self.blocks

    def _take(self) -> str:
        text = "".join(self._text)
        self._text.clear()
        label, self.label = written_label(self.label), ""
        if label:
            text = label + text.lstrip("\t ")
        return text

    def _end_line(self) -> None:
        self._cell += [line for line in self._take().split("\n") if line.strip()]
        for box in self.boxes:
            self._cell += [block.text for block in box.finish(aside=True)]
        self.boxes = []

    def _end_table(self) -> None:
        if self._row.cells:  # a row that lost its \row
            self._row.edges, self._row.merges = list(self._shape.edges), list(self._shape.merges)
            self._rows.append(self._row)
            self._row = _Row()
        rows, self._rows = self._rows, []
        if rows:
            self.blocks += table_blocks(_grid(rows), self.tables, self.paragraphs)
            self.tables += 1


def _grid(rows: list[_Row]) -> list[list[Cell]]:
    """Rows of cells from the rows' right edges: a cell that reaches over several columns' edges covers them all."""
    edges: list[int] = []
    for edge in sorted({edge for row in rows for edge in row.edges}):
        if not edges or edge - edges[-1] > _NEAR:
            edges.append(edge)
    plain = len(edges) < 2 or len(edges) > 500 or any(len(row.edges) < len(row.cells) for row in rows)
    grid: list[list[Cell]] = []
    above: dict[int, Cell] = {}
    for row in rows:
        line: list[Cell] = []
        for number, lines in enumerate(row.cells):
            merge = row.merges[number] if number < len(row.merges) else ""
            column = len(line)
            if "first-down" not in merge and "down" in merge and column in above:
                cell = above[column]
            elif "first-across" not in merge and "across" in merge and line:
                cell = line[-1]
            else:
                cell = Cell(lines)
            span = 1
            if not plain:
                reach = row.edges[number]
                span = max(1, bisect_right(edges, reach + _NEAR) - column)
            for place in range(column, column + span):
                above[place] = cell
            line += [cell] * span
        grid.append(line)
    return grid
