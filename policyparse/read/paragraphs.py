"""Printed lines of pages → paragraphs, tables and furniture: what the readers of PDF, OFD and scans share.

In: `Page`s of `Line`s and tables. Out: blocks with page, place in the page's text and number. Touches nothing.

A printed line says by its place whether the next one goes on with its paragraph: the next stands at the left edge,
the line itself is full, and size and distance stay the same. Punctuation is asked only where the places leave it open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from policyparse.model import Origin
from policyparse.passing import Block
from policyparse.read.grid import Cell, table_blocks
from policyparse.read.layout import Line
from policyparse.read.margins import NOTE, furniture_apart, notes_apart, running_heads
from policyparse.read.pages import Grid, Page

# In ems of the following line
_INDENT = 1.2  # a first line is indented by two; one that is out by less is badly set
_HIGHEST_INDENT = 3.5
_KINSOKU = 2.0  # a full line may lack a sign that must not end it or begin the next, and that sign's neighbour
_FAR = 0.3  # of the column's width
_GAP = 0.4  # so much more white than usual between two lines parts them
_SIZE_CHANGE = 0.12
_TITLE_PITCH = 2.0
_TITLE_SIZE = 1.15  # of the body's size: from here on centred lines are one title
_HANGING = "，。、；：！？"
ENDS = tuple("。！？；：!?;:”’」』）)》】")
# 一、 （一） 1. (1) 第一条 ① 附件1; 一是 and the like stand inside paragraphs
LABEL = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,3}(?:[.．、](?!\d)|[.．]\d| )"
    r"|第[一二三四五六七八九十百零〇\d]{1,6}[章节条款篇部编]|[①-⑳]|附[件表：:])"
)
_NARROWEST = 0.6  # of the page's width: where a text of one column may end at the earliest
_EDGE_SHARE = 0.05  # of a column's lines: an edge that fewer share is an accident


def blocks(pages: Sequence[Page]) -> list[Block]:
    """The blocks of a document, in reading order, furniture among them.

    Origins: `page` from 1; `paragraph` counts the blocks from 0; start/end are code points of the page's text
    (its lines joined by line feeds). A paragraph that goes on overleaf ends, in its origin, with its first page.
    Footnotes stand at the end, as they do in a Word file.
    """
    running = running_heads(pages)
    split = [furniture_apart(page, running) for page in pages]
    body_size = _body_size([page for page, _ in split])
    parted = [notes_apart(page, body_size) for page, _ in split]
    kept = _with_edges([page for page, _ in parted])
    assembly = _Assembly(kept, body_size)
    for page, (_, furniture) in zip(kept, split, strict=True):
        assembly.page(page, furniture)
    for page, notes in parted:
        assembly.notes(page, notes)
    return assembly.finished()


class _Assembly:
    """The paragraph that is being put together, and the blocks that are finished."""

    def __init__(self, pages: Sequence[Page], body_size: float) -> None:
        self.body_size = body_size
        self.indented = _first_lines_are_indented(pages)
        self.pitch = 0.0
        self.out: list[Block] = []
        self.waiting: list[Block] = []  # furniture that stands between the two halves of a paragraph
        self.lines: list[Line] = []
        self.number = 0
        self.grid: Grid | None = None
        self.grid_page = 0
        self.tables = 0

    def page(self, page: Page, furniture: Sequence[Line]) -> None:
        """Takes in a page: its lines and tables in order, then its furniture."""
        self.pitch = _usual_pitch(page.lines) or self.pitch
        grids = sorted(page.grids, key=lambda grid: grid.top)
        crossed = True  # whether a page has ended since the last line
        for line in page.lines:
            while grids and grids[0].top < line.top:
                self._take_grid(grids.pop(0), page.number)
            self._end_grid()
            if self.lines and not self._goes_on(self.lines[-1], line, crossed):
                self._end_paragraph()
            if not self.lines:
                self.number = page.number
            self.lines.append(line)
            crossed = False
        for grid in grids:
            self._take_grid(grid, page.number)
        for line in furniture:
            place = Origin(page=page.number, start=line.start, end=line.start + len(line.text))
            self.waiting.append(Block(line.text, place, "furniture"))
        if page.aside.strip():
            self.waiting.append(Block(page.aside.strip(), Origin(page=page.number), "furniture"))
        if not self.lines and self.grid is None:
            self._flush_furniture()

    def notes(self, page: Page, notes: Sequence[Line]) -> None:
        """Takes in a page's footnotes, each from its mark to the next."""
        self._end_paragraph()
        self._end_grid()
        for line in notes:
            if NOTE.match(line.text):
                self._end_paragraph()
            self.number = page.number
            self.lines.append(line)
        self._end_paragraph()

    def finished(self) -> list[Block]:
        self._end_paragraph()
        self._end_grid()
        self._flush_furniture()
        return [
            replace(block, origin=block.origin.model_copy(update={"paragraph": number}))
            for number, block in enumerate(self.out)
        ]

    def _flush_furniture(self) -> None:
        self.out += self.waiting
        self.waiting = []

    def _end_paragraph(self) -> None:
        if self.lines:
            first = self.lines[0]
            end = first.start + len(first.text)
            for before, line in pairwise(self.lines):
                if line.start <= before.start:  # overleaf
                    break
                end = line.start + len(line.text)
            self.out.append(Block(joined(self.lines), Origin(page=self.number, start=first.start, end=end)))
            self.lines = []
        self._flush_furniture()

    def _take_grid(self, grid: Grid, number: int) -> None:
        """Takes a table, as the open one's other half if that stood on the page before and has the same columns."""
        if self.lines:
            self._end_paragraph()
        open_ = self.grid
        if open_ is not None and number == self.grid_page + 1 and _same_columns(open_, grid):
            rows = grid.rows
            head = _head_rows(open_.rows, rows)
            self.grid = replace(open_, rows=open_.rows + rows[head:], edges=grid.edges)
            self.grid_page = number
            return
        self._end_grid()
        self.grid, self.grid_page, self.number = grid, number, number

    def _end_grid(self) -> None:
        if self.grid is not None:
            for block in table_blocks(self.grid.rows, self.tables):
                self.out.append(replace(block, origin=block.origin.model_copy(update={"page": self.number})))
            self.tables += 1
            self.grid = None
            self._flush_furniture()

    def _goes_on(self, above: Line, line: Line, overleaf: bool) -> bool:
        """Whether `line` belongs to the paragraph of `above`, the line before it."""
        em = line.size
        if abs(above.size - line.size) > _SIZE_CHANGE * max(above.size, line.size):
            return False
        beside = overleaf or line.column != above.column
        pitch = line.top - above.top
        usual = max(self.pitch + _GAP * em, (1.3 if self.pitch and not self._is_title(line) else _TITLE_PITCH) * em)
        if not beside and pitch > usual:
            return False
        if self._is_title(line) and _centred(above) and _centred(line):
            return not beside and above.bold == line.bold
        if self._is_centred(above) or self._is_centred(line) or _set_off(above, line) or above.gaps + line.gaps > 1:
            return False
        if above.short > _first_unit(line) + _KINSOKU * em:
            return False
        if line.indent > _INDENT * em and (self.indented or line.indent > above.indent + 0.5 * em):
            return False
        labelled = LABEL.match(line.text) is not None
        if above.text.endswith(ENDS):
            # The last line of a paragraph may be as good as full: then the next one's label or weight tells
            loose = above.short > 0.6 * em + _first_unit(line) or above.bold != line.bold or self._is_address()
            return not (labelled or (loose and not self.indented))
        return not (labelled and above.short > _first_unit(line))

    def _is_centred(self, line: Line) -> bool:
        """Whether a line is centred, and not the first of a paragraph that happens to end as far from its edge."""
        return line.centred and not (self.indented and line.indent < _HIGHEST_INDENT * line.size)

    def _is_address(self) -> bool:
        """Whether the open paragraph is no sentence but ends in a colon: an addressee, or 现批复如下："""
        return self.lines[-1].text.endswith("：") and not any("。" in line.text for line in self.lines)

    def _is_title(self, line: Line) -> bool:
        return line.size > _TITLE_SIZE * self.body_size


def _centred(line: Line) -> bool:
    """As far from the left edge as from the right one, also where the line is full."""
    return abs(line.indent - line.short) < 1.5 * line.size


def _set_off(above: Line, line: Line) -> bool:
    """Whether either stands on the right half, as a signature and its date do, and not both in one block."""
    far = _FAR * (line.right - line.left)
    return (above.indent > far or line.indent > far) and abs(above.x0 - line.x0) > 0.3 * line.size


def joined(lines: Sequence[Line]) -> str:
    """The lines' texts as one: nothing between them but the space between two words or numbers of Latin script."""
    out = [lines[0].text]
    for line in lines[1:]:
        before, after = out[-1][-1], line.text[0]
        if before.isascii() and after.isascii() and before.isalnum() and after.isalnum():
            out.append("" if before.isdigit() and after.isdigit() else " ")
        out.append(line.text)
    return "".join(out)


_UNIT = re.compile(r"[“‘「『（〔【《(\[]{0,3}(?:([0-9A-Za-z.\-/%+]{1,30})|.)[”’」』）〕】》)\]。，、；：！？]{0,3}")


def _first_unit(line: Line) -> float:
    """The width of what would have had to fit on the line above: a character, or a word, with its signs.

    No line ends in an opening sign or begins with a closing one (GB/T 15834—2011, 5.1).
    """
    match = _UNIT.match(line.text)
    if not match:
        return line.size
    word = len(match.group(1) or "")
    return (len(match.group()) - word + 0.55 * word) * line.size


def _body_size(pages: Sequence[Page]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 12.0


def _first_lines_are_indented(pages: Sequence[Page]) -> bool:
    """Whether the document sets off its paragraphs by an indent of about two characters."""
    body = [line for page in pages for line in page.lines if not line.centred]
    indented = sum(1 for line in body if _INDENT * line.size < line.indent < _HIGHEST_INDENT * line.size)
    flush = sum(1 for line in body if line.indent < 0.6 * line.size)
    return indented > 0.1 * max(flush, 1) and indented > 0.06 * len(body)


def _usual_pitch(lines: Sequence[Line]) -> float:
    """The usual distance from line to line: the commonest of a page, the smaller of two that are as common."""
    steps: Counter[int] = Counter()
    for above, line in pairwise(lines):
        step = line.top - above.top
        if above.column == line.column and 0 < step < 4 * line.size and abs(above.size - line.size) < 0.5:
            steps[round(step * 2)] += 1
    if not steps:
        return 0.0
    most = max(steps.values())
    return min(step for step, count in steps.items() if count >= 0.6 * most) / 2


def _with_edges(pages: Sequence[Page]) -> list[Page]:
    """The pages with each line's column edges: those of the column, or the document's where the column has few lines."""
    typical: dict[int, tuple[float, float]] = {}
    for width in {round(page.width) for page in pages}:
        found = [
            _edges(page.lines)
            for page in pages
            if round(page.width) == width and len(page.lines) >= 5 and len({line.column for line in page.lines}) == 1
        ]
        if found:
            typical[width] = (median(left for left, _ in found), median(right for _, right in found))
    out = []
    for page in pages:
        lines: list[Line] = []
        columns = sorted({line.column for line in page.lines})
        for column in columns:
            part = [line for line in page.lines if line.column == column]
            left, right = _edges(part)
            usual = typical.get(round(page.width))
            if len(columns) == 1:
                sides = [usual] if usual else [(grid.edges[0], grid.edges[-1]) for grid in page.grids]
                left = min([left, *(x for x, _ in sides)])
                right = max([right, _NARROWEST * page.width, *(x for _, x in sides)])
            lines += [replace(line, left=left, right=right) for line in part]
        out.append(replace(page, lines=lines))
    return out


def _edges(lines: Sequence[Line]) -> tuple[float, float]:
    """The left and the right edge of a column: the outermost that more than an accidental line reaches.

    Signs that may hang over the right edge (GB/T 15834—2011, 5.1) do not count for it.
    """
    em = median(line.size for line in lines) / 2
    least = _EDGE_SHARE * len(lines)
    starts = [line.x0 for line in lines]
    ends = [line.x1 - (line.size if line.text[-1] in _HANGING else 0) for line in lines]
    lefts, rights = (Counter(round(place / em) for place in places) for places in (starts, ends))
    left = min(edge for edge, count in lefts.items() if count > least or count == max(lefts.values()))
    right = max(edge for edge, count in rights.items() if count > least or count == max(rights.values()))
    return (
        min(place for place in starts if round(place / em) == left),
        max(place for place in ends if round(place / em) == right),
    )


def _same_columns(above: Grid, grid: Grid) -> bool:
    return len(above.edges) == len(grid.edges) and all(
        abs(one - other) < 6 for one, other in zip(above.edges, grid.edges, strict=True)
    )


def _head_rows(above: Sequence[Sequence[Cell]], rows: Sequence[Sequence[Cell]]) -> int:
    """How many rows at the top of `rows` repeat those at the top of `above`: the head, printed on each page."""
    count = 0
    for one, other in zip(above, rows, strict=False):
        if [cell.text for cell in one] != [cell.text for cell in other]:
            break
        count += 1
    return count
