"""A web page, saved or scraped → paragraphs, tables and the facts printed above them.

In: a file's bytes. Out: a Reading. Touches nothing: no network, no external entities, no scripts.
Why lxml.html and not trafilatura: on 39 pages of the State Council both keep every line, but trafilatura puts the table
of facts into the text, changes the table cells of one page, knows no merged cells, and takes 2.8 times as long.

Text that the page shows outside its article (navigation, feet, bars of links) is furniture; scripts, styles and
hidden elements are left out. White space is collapsed as a browser does, and dropped at a paragraph's ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from lxml import etree, html

from policyparse.model import Origin
from policyparse.passing import Block, ReadError
from policyparse.read.grid import table_blocks
from policyparse.read.html_table import (
    Element,
    collapsed,
    facts_at_head,
    facts_of_table,
    grid,
    is_data,
    own_rows,
    standard_names,
    visible,
)
from policyparse.read.limits import Limits
from policyparse.read.reading import Reading
from policyparse.read.text import decoded_text
from policyparse.vocabulary import shipped

# In the head of the page (HTML Standard: the first 1,024 bytes; saved pages have longer comments before it)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_:.-]{2,20})""", re.IGNORECASE)
_HEAD_BYTES = 4_096
_TAG = re.compile(r"<[!/?a-zA-Z]")

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# Elements that end the line before and after them (HTML Standard 15.3: display: block, list-item, table-*)
_LINES = {
    "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "legend", "li",
    "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search", "section", "summary", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul", "xmp", *_HEADINGS,
}  # fmt: skip
_AS_TYPED = {"pre", "listing", "xmp", "plaintext"}
_FURNITURE = {"nav", "footer", "aside", "button", "canvas"}
_FURNITURE_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary"}
_ANNEX = "附件"
_LONG = 80  # characters: longer than any line above a document's title


def read_html(data: bytes, path: str, limits: Limits) -> Reading:
    """The blocks of a page in reading order, h1–h6 as headings; metadata: the table of facts, and 页面标题 (<title>).

    Raises ReadError: empty, too-large, unknown-format, damaged (no HTML in it), no-text.
    """
    claim = _DECLARED.search(data[:_HEAD_BYTES])
    decoded = decoded_text(data, path, limits, claim.group(1).decode("ascii") if claim else None)
    root = _parsed(decoded.text, path)
    page = _Page(path, limits, _content_region(root))
    page.walk(root)
    found, used = facts_at_head([block.text for block in page.blocks])
    blocks = _with_heading_depths(block for index, block in enumerate(page.blocks) if index not in used)
    if not any(block.kind != "furniture" for block in blocks):
        raise ReadError(path, "no-text", "the page shows no text", "save it again when it has loaded, or as a PDF")
    metadata = standard_names(page.facts or found)
    title = collapsed("".join(root.xpath("string(//title[1])")))
    if title:
        metadata["页面标题"] = title
    return Reading(blocks, metadata, decoded.warnings, decoded.encoding)


def _parsed(text: str, path: str) -> Element:
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )  # huge_tree: texts above 10 MB and nesting above 256; the limits hold both
    try:
        if not _TAG.search(text):
            raise ValueError
        return html.document_fromstring(text.replace("\0", "\ufffd").encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise ReadError(path, "damaged", "there is no HTML in it", "save the page again") from None


class _Page:
    """The walk over a page's elements: the line it is in, and the blocks and facts found so far."""

    def __init__(self, path: str, limits: Limits, region: Element | None) -> None:
        self.path, self.limits, self.region = path, limits, region
        self.blocks: list[Block] = []
        self.facts: dict[str, str] = {}
        self._line: list[str] = []
        self._linked = 0  # how many of the line's characters stand in links
        self._links = 0
        self._in_link = 0
        self._as_typed = 0
        self._furniture = 0
        self._region_over = False
        self._body_begun = False  # a paragraph so long has been read that the head of the page must be over
        self._heading: int | None = None
        self._numbers: list[int | None] = []  # the next number of each open list; None for one without numbers
        self._label = ""  # an item's number, until the item's first words come (they may stand in a <p> of their own)
        self._depth = 0
        self._tables = 0
        self._cells = 0

    def walk(self, root: Element) -> None:
        """Goes through the visible elements of `root` in document order. Raises ReadError: too-large."""
        steps = etree.iterwalk(root, events=("start", "end"))
        skipped: Element | None = None
        for event, node in steps:
            if event == "start":
                self._depth += 1
                if self._depth > self.limits.max_depth * 5:  # pages of word processors nest far deeper than XML does
                    raise self._too_large("its elements nest too deep")
                if not visible(node) or node.tag in ("head", "title") or (node.tag == "table" and self._table(node)):
                    skipped = node
                    steps.skip_subtree()
                else:
                    self._open(node)
            else:
                self._depth -= 1
                if node is skipped:
                    skipped = None
                else:
                    self._close(node)
                if node.tail and node is not root:
                    self._add(node.tail)
        self._end_line()

    def _open(self, node: Element) -> None:
        tag = node.tag
        if tag in _LINES:
            self._end_line()
        if tag in _HEADINGS:
            self._heading = _HEADINGS[tag]
        self._furniture += _is_furniture(node)
        self._in_link += tag == "a"
        self._links += tag == "a"
        self._as_typed += tag in _AS_TYPED
        if tag in ("ol", "ul", "menu", "dir"):
            self._numbers.append(_first_number(node) if tag == "ol" else None)
        elif tag == "li":
            self._number(node)
        if node.text:
            self._add(node.text)

    def _close(self, node: Element) -> None:
        tag = node.tag
        if tag in _LINES:
            self._end_line()
        if tag in _HEADINGS:
            self._heading = None
        if node is self.region:
            self._region_over = True
        self._furniture -= _is_furniture(node)
        self._in_link -= tag == "a"
        self._as_typed -= tag in _AS_TYPED
        if tag in ("ol", "ul", "menu", "dir") and self._numbers:
            self._numbers.pop()
        elif tag == "li":
            self._label = ""  # the item was empty

    def _number(self, item: Element) -> None:
        """Notes the number that a browser shows before an item of a numbered list."""
        if self._numbers and self._numbers[-1] is not None:
            number = _integer(item.get("value"), self._numbers[-1])
            self._numbers[-1] = number + 1
            self._label += f" {number}." if self._label else f"{number}."

    def _add(self, text: str) -> None:
        if self._as_typed:
            first, *others = re.split("\r\n|\r|\n", text)
            self._line.append(first)
            for line in others:
                self._end_line()
                self._line.append(line)
        else:
            self._line.append(text)
        if self._in_link:
            self._linked += len(text.strip())

    def _end_line(self) -> None:
        raw = "".join(self._line)
        text = raw.strip("\r\n") if self._as_typed else collapsed(raw)
        if text.strip():
            if self._label:
                text, self._label = self._label + text.lstrip(), ""
            kind = "line" if self._as_typed else "paragraph"
            if self._furniture or (_ANNEX not in text and (self._region_over or self._is_bar(text))):
                kind = "furniture"
            self._body_begun = self._body_begun or (kind == "paragraph" and len(text) > _LONG)
            heading = self._heading if kind == "paragraph" else None
            self.blocks.append(Block(text, Origin(paragraph=len(self.blocks)), kind, heading))
        self._line.clear()
        self._linked, self._links = 0, self._in_link

    def _is_bar(self, text: str) -> bool:
        """Whether the line is a bar of links: several, and nothing between them but signs."""
        return self._links > 1 and len(text) - self._linked <= 2 * self._links

    def _table(self, table: Element) -> bool:
        """Takes `table` as facts or as data if it is either; else its cells are read as running text."""
        rows = own_rows(table)
        found = facts_of_table(rows) if not self._body_begun else {}
        if found:
            self._end_line()
            self.facts.update(found)
            return True
        if not is_data(rows):
            return False
        self._end_line()
        cells = grid(rows, self.limits.max_cells - self._cells)
        if cells is None:
            raise self._too_large("its tables have too many cells")
        self._cells += sum(map(len, cells))
        blocks = table_blocks(cells, self._tables, len(self.blocks))
        if self._furniture or self._region_over:
            blocks = [replace(block, kind="furniture", rows=()) for block in blocks]
        self.blocks.extend(blocks)
        self._tables += 1
        return True

    def _too_large(self, reason: str) -> ReadError:
        return ReadError(self.path, "too-large", reason, "split the page, or save it again from the browser")


def _is_furniture(node: Element) -> bool:
    return node.tag in _FURNITURE or (node.get("role") or "").lower() in _FURNITURE_ROLES


def _first_number(node: Element) -> int:
    return _integer(node.get("start"), 1)


def _integer(value: str | None, otherwise: int) -> int:
    try:
        return int(value or "")
    except ValueError:
        return otherwise


def _content_region(root: Element) -> Element | None:
    """The article's element by the id or class that a content manager gives it: the one with the most text."""
    names = _region_names()
    best, longest = None, 0
    steps = etree.iterwalk(root, events=("start",), tag=("div", "td", "article", "section"))
    for _, node in steps:
        marks = f"{node.get('id') or ''} {node.get('class') or ''}".lower().split()
        if not names.isdisjoint(marks):
            length = sum(map(len, node.itertext()))
            if length > longest:
                best, longest = node, length
            steps.skip_subtree()  # one inside it holds less
    return best


@cache
def _region_names() -> frozenset[str]:
    return frozenset(name.lower() for name in shipped().terms("content_regions"))


def _with_heading_depths(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """`blocks` with depths counted from the title, where there is one: the only h1, before all other headings."""
    listed = list(blocks)
    depths = [block.heading for block in listed if block.heading is not None]
    if depths[:1] != [1] or depths.count(1) != 1:
        return tuple(listed)
    return tuple(block if block.heading is None else replace(block, heading=block.heading - 1) for block in listed)
