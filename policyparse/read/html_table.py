"""A <table> of a web page: what it is for, its grid, and the facts printed in it.

In: lxml elements. Out: plain rows, or facts by their labels. Touches nothing.

Pages use <table> for three things: data, layout (a frame around the whole page), and the table of facts above a
document (索引号, 发文机关, 发文字号). Only the first is a table of the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from policyparse.read.grid import Cell
from policyparse.vocabulary import shipped

Element = Any  # lxml.etree._Element, which has no types of its own

_SECTIONS = {"tbody", "thead", "tfoot"}
_CELLS = {"td", "th"}
_BREAKS = {"br", "p", "div", "li", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "section"}
_UNSEEN = {
    "script",
    "style",
    "template",
    "noscript",
    "rt",
    "rp",
    "del",
    "select",
    "textarea",
    "iframe",
    "object",
    "svg",
}
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_ASCII_SPACE = " \t\n\r\f\v"
_SPACES = re.compile(f"[{_ASCII_SPACE}]+")
# A line end of the source between characters that are written without spaces is the saving program's, not the text's
_WIDE = "[\u2e80-\u303f\u3105-\u9fff\uf900-\ufaff\uff01-\uff60\u2018-\u201d\u2026]"
_WRAP = re.compile(rf"(?<={_WIDE})[ \t]*[\r\n][{_ASCII_SPACE}]*(?={_WIDE})")
_FACT_LINES = 40  # the facts stand at the head of the page, below its navigation
# A cell that holds so much of a table's text, and so long, is the page's body and the table its frame
_FRAME_SHARE, _FRAME_LENGTH = 0.6, 600
_MAX_SPAN = 1_000  # HTML Standard 4.9.11: colspan is at most 1,000


def visible(element: Element) -> bool:
    """Whether a browser shows `element`: a tag of text, not hidden by its own attributes."""
    if not isinstance(element.tag, str) or element.tag in _UNSEEN or element.get("hidden") is not None:
        return False
    style = element.get("style")
    return style is None or _HIDDEN.search(style) is None


def collapsed(text: str) -> str:
    """`text` with the source's white space as a browser shows it: no-break and ideographic spaces stay inside.

    Those at the ends are indents, and go.
    """
    return _SPACES.sub(" ", _WRAP.sub("", text)).strip()


def pieces(element: Element) -> Iterator[str]:
    """The visible text below `element` in order; a line end where a new line begins."""
    stack: list[tuple[Element, bool]] = [(element, False)]
    while stack:
        node, done = stack.pop()
        if not done:
            shown = visible(node)
            if shown and node.tag in _BREAKS:
                yield "\v"
            if shown and node.text:
                yield node.text
            stack.append((node, True))
            if shown:
                stack.extend((child, False) for child in reversed(node))
        elif node is not element:
            if isinstance(node.tag, str) and node.tag in _BREAKS:
                yield "\v"
            if node.tail:
                yield node.tail


def cell_lines(cell: Element) -> list[str]:
    """A cell's lines of text, blank ones left out."""
    return [line for line in map(collapsed, "".join(pieces(cell)).split("\v")) if line]


def own_rows(table: Element) -> list[list[Element]]:
    """The cells of each row of `table`, without those of tables inside it."""
    rows: list[list[Element]] = []
    for child in table:
        group = child if child.tag in _SECTIONS else [child]
        rows.extend([cell for cell in row if cell.tag in _CELLS] for row in group if row.tag == "tr")
    return [row for row in rows if row]


def is_data(rows: Sequence[Sequence[Element]]) -> bool:
    """Whether the rows make a table of the document, not a frame for layout."""
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return False
    if _holds_tables(rows):
        return False
    lengths = [sum(map(len, cell.itertext())) for row in rows for cell in row]
    return max(lengths) < max(_FRAME_LENGTH, _FRAME_SHARE * sum(lengths))


def _holds_tables(rows: Sequence[Sequence[Element]]) -> bool:
    return any(next(cell.iter("table"), None) is not None for row in rows for cell in row)


def grid(rows: Sequence[Sequence[Element]], most_cells: int) -> list[list[Cell]] | None:
    """The cells as a rectangle, a merged cell standing in each place that it covers; blank columns are left out.

    None when there would be more than `most_cells`.
    """
    places: dict[tuple[int, int], Cell] = {}
    for y, row in enumerate(rows):
        x = 0
        for element in row:
            while (y, x) in places:
                x += 1
            wide, high = _span(element, "colspan"), min(_span(element, "rowspan"), len(rows) - y)
            if len(places) + wide * high > most_cells:
                return None
            cell = Cell(cell_lines(element))
            places.update(((y + down, x + right), cell) for down in range(high) for right in range(wide))
            x += wide
    used = sorted({x for (_, x), cell in places.items() if cell.lines})
    if len(rows) * len(used) > most_cells:
        return None
    blank = Cell()
    return [[places.get((y, x), blank) for x in used] for y in range(len(rows))]


def _span(cell: Element, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), _MAX_SPAN) if value.isascii() and value.isdigit() else 1


def facts_of_table(rows: Sequence[Sequence[Element]]) -> dict[str, str]:
    """The facts of a table that holds nothing else, by their labels; {} when it holds anything else."""
    if _holds_tables(rows):
        return {}
    return facts([" ".join(cell_lines(cell)) for row in rows for cell in row])


def facts(texts: Sequence[str]) -> dict[str, str]:
    """Facts of texts “label：value”, or “label：” and then the value; {} when any text is neither.

    At least one label ends in a colon or stands only on pages: two bare labels in a row are the head of a list.
    """
    found: dict[str, str] = {}
    waiting = ""
    proven = False
    for text in texts:
        label, colon, value = split_fact(text)
        if label and (colon or not waiting):
            found[label] = value
            proven = proven or colon
            waiting = "" if value else label
        elif label:
            return {}
        elif waiting:
            found[waiting] = text
            waiting = ""
        elif text:
            return {}
    return found if proven or any(_labels()[label][1] for label in found) else {}


def facts_at_head(texts: Sequence[str]) -> tuple[dict[str, str], frozenset[int]]:
    """The facts printed as a run of lines at the head of a page, and the indexes of the lines that hold them.

    The run must have two facts of which one has a label that stands only on pages; a lone line 主题词：… is text.
    """
    for start in range(min(len(texts), _FACT_LINES)):
        if split_fact(texts[start])[0]:
            end = start
            while end < len(texts) and end < start + _FACT_LINES and _goes_on(texts, start, end):
                end += 1
            found = facts(texts[start:end])
            if len(found) > 1 and any(_labels()[label][1] for label in found):
                return found, frozenset(range(start, end))
    return {}, frozenset()


def _goes_on(texts: Sequence[str], start: int, index: int) -> bool:
    """Whether the line at `index` is a fact, or the value of a label that stands alone before it."""
    if split_fact(texts[index])[0]:
        return True
    label, colon, value = split_fact(texts[index - 1]) if index > start else ("", False, "")
    return bool(label and colon and not value)


def split_fact(text: str) -> tuple[str, bool, str]:
    """(label without white space, whether a colon follows it, value) of “索 引 号： …”; ("", …) for another text."""
    head, colon, value = text.partition("：") if "：" in text else text.partition(":")
    label = "".join(head.split())
    if label not in _labels() or (value and not colon):
        return "", False, ""
    return label, bool(colon), value.strip()


def standard_names(found: dict[str, str]) -> dict[str, str]:
    """`found` as printed, and under the standard name of each label that has one; facts without a value left out."""
    named = {label: value for label, value in found.items() if value}
    for label, value in list(named.items()):
        standard = _labels()[label][0]
        if standard:
            named.setdefault(standard, value)
    return named


@cache
def _labels() -> dict[str, tuple[str, bool]]:
    """label → (standard name or "", whether it stands only on pages)"""
    rows = shipped().table("page_facts")
    return {row["label"]: (row["stands_for"], row["only_on_pages"] == "yes") for row in rows}
