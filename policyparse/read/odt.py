"""OpenDocument text (.odt, .fodt) → blocks.

In: the file's bytes. Out: `Reading`. Touches nothing; follows no links.

lxml on the file's own XML, because odfpy gives elements but neither list numbers nor hidden text nor merged cells,
and python's other ODF readers are wrappers around it.

Origins: as in `docx`: `paragraph` counts the text's paragraphs outside tables, boxes and notes; `table` its tables.
"""

from __future__ import annotations

from typing import Any

from policyparse.model import Origin
from policyparse.passing import Block, ReadError
from policyparse.read.container import Container, parse_xml
from policyparse.read.grid import Cell, table_blocks
from policyparse.read.limits import Limits
from policyparse.read.odt_styles import OFFICE, STYLE, TABLE, TEXT, XML_ID, Numbers, Styles
from policyparse.read.reading import Reading

_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
# White space in the XML is a space; U+FFFC stands for an object that is not text, U+00AD is a hyphen unseen.
_PLAIN = {9: " ", 10: " ", 13: " ", 0xFFFC: None, 0xAD: None}
# Elements that only wrap blocks.
_WRAPPERS = frozenset(
    [TEXT + tag for tag in ("section", "index-body", "index-title", "list-header", "numbered-paragraph")]
    + [_DRAW + "a", OFFICE + "text"]
)
_INDEXES = frozenset(
    TEXT + tag
    for tag in (
        "table-of-content", "illustration-index", "table-index", "object-index", "user-index", "alphabetical-index",
        "bibliography",
    )
)  # fmt: skip
_SKIPPED = frozenset(
    [TEXT + tag for tag in ("tracked-changes", "ruby-text", "note-citation", "hidden-text", "number", "sequence-decls")]
    + [OFFICE + "annotation", OFFICE + "forms", OFFICE + "scripts", _DRAW + "image", _DRAW + "object"]
    + ["{http://www.w3.org/1998/Math/MathML}annotation"]
)


def read_odt(data: bytes, path: str, limits: Limits) -> Reading:
    """Raises ReadError: damaged, encrypted, too-large."""
    container = Container(data, path, limits)
    if "META-INF/manifest.xml" in container and b"encryption-data" in container.read("META-INF/manifest.xml"):
        raise ReadError(
            path, "encrypted", "it is locked with a password", "open it, save it without the password and import that"
        )
    content, styles = container.xml("content.xml"), container.xml("styles.xml")
    if content is None:
        raise ReadError(path, "damaged", "its text part is missing", "let LibreOffice repair it")
    return _Document(content, styles, path, limits).reading()


def read_flat_odt(data: bytes, path: str, limits: Limits) -> Reading:
    """An OpenDocument text in one XML file. Raises ReadError: damaged, too-large."""
    root = parse_xml(data, path, limits)
    return _Document(root, root, path, limits).reading()


class _Inline:
    """One paragraph's characters, and what hangs on it."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self.pieces: list[str] = []
        self.boxes: list[Any] = []
        self.notes: list[Any] = []

    def walk(self, element: Any) -> None:
        self._say(element.text)
        for child in element.iterchildren():
            tag = child.tag
            if tag == TEXT + "s":
                self.pieces.append(" " * min(_whole(child.get(TEXT + "c"), 1), 1000))
            elif tag == TEXT + "tab":
                self.pieces.append("\t")
            elif tag == TEXT + "line-break":
                self.pieces.append("\n")
            elif tag == TEXT + "note":
                body = child.find(TEXT + "note-body")
                if body is not None:
                    self.notes.append(body)
            elif tag == _DRAW + "text-box":
                self.boxes.append(child)
            elif tag == TEXT + "span" and self.styles.hidden(child.get(TEXT + "style-name")):
                pass
            elif isinstance(tag, str) and tag.startswith(_DRAW) and tag not in _SKIPPED:
                self._shape(child)
            elif isinstance(tag, str) and tag not in _SKIPPED:
                self.walk(child)
            self._say(child.tail)

    def _shape(self, shape: Any) -> None:
        """A frame or drawn shape: its text stands in a box, whether the box is an element of its own or not."""
        if any(child.tag in (TEXT + "p", TEXT + "list") for child in shape.iterchildren()):
            self.boxes.append(shape)
            return
        for child in shape.iterchildren():
            if child.tag == _DRAW + "text-box":
                self.boxes.append(child)
            elif isinstance(child.tag, str) and child.tag.startswith(_DRAW) and child.tag not in _SKIPPED:
                self._shape(child)

    def _say(self, text: str | None) -> None:
        """Characters of the XML: white space in it is one space (OpenDocument 1.2 §6.1.2)."""
        if text:
            self.pieces.append(text.translate(_PLAIN))

    def text(self) -> str:
        return "".join(self.pieces)


class _Document:
    def __init__(self, content: Any, styles: Any, path: str, limits: Limits) -> None:
        self.content, self.sheet, self.path, self.limits = content, styles, path, limits
        self.styles = Styles([root for root in (styles, content) if root is not None])
        self.numbers = Numbers(self.styles)
        self.paragraphs = self.tables = self.cells = 0
        self.notes: list[tuple[Any, int | None]] = []

    def reading(self) -> Reading:
        body = self.content.find(f"{OFFICE}body/{OFFICE}text")
        if body is None:
            raise ReadError(self.path, "damaged", "its text part holds no text document", "let LibreOffice repair it")
        blocks: list[Block] = []
        self._walk(body, blocks, main=True, at=None, kind="paragraph")
        for note, place in self.notes:
            self._walk(note, blocks, main=False, at=place, kind="paragraph")
        running: dict[str, list[Block]] = {"header": [], "footer": []}
        for master in self.sheet.iter(STYLE + "master-page") if self.sheet is not None else ():
            for story in master.iterchildren():
                name = story.tag.rpartition("}")[2] if isinstance(story.tag, str) else ""
                side = name.partition("-")[0]
                if side in running and story.get(STYLE + "display") != "false":
                    self._walk(story, running[side], main=False, at=None, kind="furniture")
        warnings: tuple[str, ...] = ()
        if body.find(TEXT + "tracked-changes") is not None:
            warnings = ("tracked changes are read as accepted: insertions kept, deletions left out",)
        return Reading(tuple(running["header"] + blocks + running["footer"]), {}, warnings)

    def _walk(self, parent: Any, blocks: list[Block], *, main: bool, at: int | None, kind: str) -> None:
        for element in parent.iterchildren():
            tag = element.tag
            if tag == TEXT + "p" or tag == TEXT + "h":
                self._paragraph(element, blocks, main, at, kind, "")
            elif tag == TEXT + "list":
                self._list(element, blocks, main, at, kind, 1, None, "")
            elif tag == TABLE + "table":
                self._table(element, blocks, main, at, kind)
            elif tag in _INDEXES:
                self._walk(element, blocks, main=main, at=at, kind="furniture")
            elif tag in _WRAPPERS:
                if element.get(TEXT + "display") != "none":
                    self._walk(element, blocks, main=main, at=at, kind=kind)
            elif isinstance(tag, str) and tag.startswith(_DRAW):
                inline = _Inline(self.styles)
                inline._shape(element)
                for box in inline.boxes:
                    self._walk(box, blocks, main=False, at=at, kind=kind)

    def _list(
        self, element: Any, blocks: list[Block], main: bool, at: int | None, kind: str, level: int, key: str | None,
        style: str,
    ) -> None:  # fmt: skip
        """A list at its depth. `key` names the counters of the list that it belongs to, `style` the list's style."""
        style = element.get(TEXT + "style-name") or style
        if key is None:
            key = self.numbers.open_list(
                style,
                element.get(XML_ID),
                element.get(TEXT + "continue-list"),
                element.get(TEXT + "continue-numbering"),
            )
        for item in element.iterchildren():
            if item.tag not in (TEXT + "list-item", TEXT + "list-header"):
                continue
            first = item.tag == TEXT + "list-item"
            start = item.get(TEXT + "start-value")
            for child in item.iterchildren():
                if child.tag == TEXT + "list":
                    self._list(child, blocks, main, at, kind, level + 1, key, style)
                elif child.tag in (TEXT + "p", TEXT + "h"):
                    label = ""
                    if first and child.get(TEXT + "is-list-header") != "true":
                        own = style or self.styles.list_style(child.get(TEXT + "style-name"))
                        label = self.numbers.label(key, own, level, _whole(start, 0) if start else None)
                    first = False
                    self._paragraph(child, blocks, main, at, kind, label, listed=True)
                elif child.tag == TABLE + "table":
                    self._table(child, blocks, main, at, kind)

    def _paragraph(
        self, element: Any, blocks: list[Block], main: bool, at: int | None, kind: str, label: str, listed: bool = False
    ) -> None:
        place = at
        if main:
            place = self.paragraphs
            self.paragraphs += 1
        style = element.get(TEXT + "style-name")
        heading = self.styles.heading(style)
        if element.tag == TEXT + "h":
            level = _whole(element.get(TEXT + "outline-level"), 1)
            heading = min(level, 9) or None
            if not listed and element.get(TEXT + "is-list-header") != "true":
                label = self.numbers.outline(level)
        inline = _Inline(self.styles)
        inline.walk(element)
        text = (
            "" if self.styles.hidden(style) or element.find(f".//{TEXT}hidden-paragraph") is not None else inline.text()
        )
        if label:
            text = label + text.lstrip("\t ")
        start = 0
        for line in text.split("\n"):
            if line.strip():
                origin = Origin(paragraph=place, start=start, end=start + len(line))
                blocks.append(Block(line, origin, kind, heading))
            start += len(line) + 1
        self.notes += [(note, place) for note in inline.notes]
        for box in inline.boxes:
            self._walk(box, blocks, main=False, at=place, kind=kind)

    # Tables ------------------------------------------------------------------------------------------------------

    def _table(self, element: Any, blocks: list[Block], main: bool, at: int | None, kind: str) -> None:
        number = self.tables
        self.tables += 1
        place = self.paragraphs if main else at
        rows: list[list[Cell]] = []
        covered: dict[tuple[int, int], Cell] = {}
        self._rows(element, rows, covered, place)
        found = table_blocks(rows, number, place)
        if kind == "furniture":
            found = [Block(block.text, block.origin, kind) for block in found]
        blocks += found

    def _rows(
        self, parent: Any, rows: list[list[Cell]], covered: dict[tuple[int, int], Cell], place: int | None
    ) -> None:
        for element in parent.iterchildren():
            tag = element.tag
            if tag in (TABLE + "table-header-rows", TABLE + "table-row-group", TABLE + "table-rows"):
                self._rows(element, rows, covered, place)
            elif tag == TABLE + "table-row":
                for _ in range(min(_whole(element.get(TABLE + "number-rows-repeated"), 1), 1000)):
                    rows.append(self._row(element, len(rows), covered, place))

    def _cell_lines(self, cell: Any) -> list[str]:
        """A cell's paragraphs; those of a table within it too."""
        story: list[Block] = []
        saved = self.paragraphs, self.tables
        self._walk(cell, story, main=False, at=None, kind="paragraph")
        self.paragraphs, self.tables = saved
        return [text for block in story for text in block.text.split("\n")]

    def _row(self, element: Any, number: int, covered: dict[tuple[int, int], Cell], place: int | None) -> list[Cell]:
        line: list[Cell] = []
        for cell in element.iterchildren():
            if cell.tag not in (TABLE + "table-cell", TABLE + "covered-table-cell"):
                continue
            lines: list[str] | None = None
            for _ in range(min(_whole(cell.get(TABLE + "number-columns-repeated"), 1), 1000)):
                made = covered.pop((number, len(line)), None)
                if made is None:
                    if lines is None:
                        lines = self._cell_lines(cell)
                    made = Cell(lines)
                    across = min(_whole(cell.get(TABLE + "number-columns-spanned"), 1), 500)
                    down = min(_whole(cell.get(TABLE + "number-rows-spanned"), 1), 5000)
                    self.cells += across * down
                    if self.cells > self.limits.max_cells:
                        raise ReadError(self.path, "too-large", "its tables hold too many cells", "split the document")
                    for below in range(down):
                        for beside in range(across):
                            if below or beside:
                                covered[(number + below, len(line) + beside)] = made
                line.append(made)
        return line


def _whole(text: str | None, default: int) -> int:
    try:
        return max(0, int(text)) if text is not None and len(text) < 10 else default
    except ValueError:
        return default
