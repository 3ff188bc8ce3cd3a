"""Word's .docx → blocks, as Word shows them with all changes accepted.

In: the file's bytes. Out: `Reading`. Touches nothing; opens neither links nor macros nor embedded files.

lxml on the package's own XML, because python-docx (which opens 76 of the corpus's 80 odd files) knows nothing of
automatic numbers, text boxes, tracked changes, hidden text and notes, and unpacks without a limit.

Origins: `paragraph` counts the paragraphs of the main text outside tables and text boxes, from 0, empty ones
included (python-docx's `Document.paragraphs`); a text box, a note and a table carry the paragraph that they hang on;
`table` counts the tables of the main text, `row` and `column` their cells. start/end are characters of the paragraph.
"""

from __future__ import annotations

import posixpath
from typing import Any

from policyparse.model import Origin
from policyparse.passing import Block, ReadError
from policyparse.read.container import Container, parse_xml
from policyparse.read.counting import written_label
from policyparse.read.docx_inline import Inline
from policyparse.read.docx_numbering import Numbering
from policyparse.read.docx_styles import VAL, Styles, W, on, whole
from policyparse.read.grid import Cell, table_blocks
from policyparse.read.limits import Limits
from policyparse.read.reading import Reading

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_STRICT_R = b"http://purl.oclc.org/ooxml/officeDocument/relationships"
_WORD = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WORD_R = _R[1:-1].encode()
_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_WORD_2003 = b"http://schemas.microsoft.com/office/word/2003/wordml"
_WX = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_AML = "{http://schemas.microsoft.com/aml/2001/core}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Elements that only wrap blocks.
_WRAPPERS = frozenset(
    [W + tag for tag in ("sdtContent", "customXml", "ins", "moveTo", "body", "smartTag")]
    + [_WX + tag for tag in ("sect", "sub-section", "pBdrGroup", "borders")]
    + [_AML + tag for tag in ("annotation", "content")]
)
_GONE = frozenset(W + tag for tag in ("del", "moveFrom"))


def read_docx(data: bytes, path: str, limits: Limits) -> Reading:
    """Raises ReadError: damaged, too-large, encrypted."""
    container = Container(data, path, limits)

    def part(name: str) -> Any:
        if name not in container:
            return None
        content = container.read(name)
        if _STRICT in content or _STRICT_R in content:  # ISO 29500 strict: other names, the same elements
            content = content.replace(_STRICT, _WORD).replace(_STRICT_R, _WORD_R)
        return parse_xml(content, path, limits) if content.strip() else None

    return _Document(part, container.names, path, limits).reading()


def read_flat_docx(data: bytes, path: str, limits: Limits) -> Reading:
    """A docx in one XML file (flat OPC). Raises ReadError: damaged, too-large."""
    parts = {}
    for element in parse_xml(data, path, limits).iterchildren(_PKG + "part"):
        body = element.find(_PKG + "xmlData")
        if body is not None and len(body):
            parts[element.get(_PKG + "name", "").lstrip("/").lower()] = body[0]
    return _Document(lambda name: parts.get(name.lower()), list(parts), path, limits).reading()


def read_wordml(data: bytes, path: str, limits: Limits) -> Reading:
    """Word 2003's XML, which many office systems fill in and call .doc. Raises ReadError: damaged, too-large.

    Its elements are those of .docx under another name, save that each automatic number stands beside its paragraph.
    """
    root = parse_xml(data.replace(_WORD_2003, _WORD), path, limits)
    parts = {"word/document.xml": root, "word/styles.xml": root.find(W + "styles")}
    link = '<Relationships><Relationship Id="s" Type="/styles" Target="styles.xml"/></Relationships>'
    parts["word/_rels/document.xml.rels"] = parse_xml(link.encode(), path, limits)
    return _Document(parts.get, list(parts), path, limits).reading()


class _Document:
    """A package being read: its parts by name, its running counters."""

    def __init__(self, part: Any, names: list[str], path: str, limits: Limits) -> None:
        self.part, self.path, self.limits = part, path, limits
        self.main_name = self._main(names)
        self.main = part(self.main_name)
        if self.main is None:
            raise ReadError(path, "damaged", "its main text is missing", "let Word or WPS repair it")
        self.links = self._relationships(self.main_name)
        self.styles = Styles(self._linked("styles"))
        self.numbering = Numbering(self._linked("numbering"), self.styles)
        self.paragraphs = self.tables = self.cells = self.contents = 0
        self.pending: Inline | None = None
        self.notes: list[tuple[str, str, int | None]] = []
        self.warnings: list[str] = []
        self.changes = False

    def _main(self, names: list[str]) -> str:
        for kind, target in self._relationships("").values():
            if kind == "officeDocument" and self.part(target) is not None:
                return target
        for name in names:
            if name.lower().startswith("word/document") and name.lower().endswith(".xml"):
                return name
        return "word/document.xml"

    def _relationships(self, name: str) -> dict[str, tuple[str, str]]:
        """Relationship id → (kind, part name) of a part's links into the package; links out of it are left alone."""
        folder, _, base = name.rpartition("/")
        root = self.part(posixpath.join(folder, "_rels", base + ".rels"))
        links: dict[str, tuple[str, str]] = {}
        for element in root if root is not None else ():
            target = element.get("Target") if isinstance(element.tag, str) else None
            if target is None or element.get("TargetMode") == "External":
                continue
            kind = (element.get("Type") or "").rpartition("/")[2]
            if not target.startswith("/"):
                target = posixpath.normpath(posixpath.join(folder, target))
            links[element.get("Id") or ""] = (kind, target.lstrip("/"))
        return links

    def _linked(self, kind: str) -> Any:
        for found, target in self.links.values():
            if found == kind and (root := self.part(target)) is not None:
                return root
        return None

    # The document ------------------------------------------------------------------------------------------------

    def reading(self) -> Reading:
        bodies = self.main.findall(W + "body") or [self.main]  # a few broken writers leave several
        furniture: dict[str, list[Block]] = {"header": [], "footer": []}
        for target, kind in self._running_parts():
            root = self.part(target)
            if root is not None:
                furniture[kind] += [
                    Block(block.text, Origin(), "furniture") for block in self._sub(root, None) if block.text.strip()
                ]
        blocks: list[Block] = []
        for body in bodies:
            self._walk(body, blocks, main=True)
        self._flush(blocks)
        blocks += self._note_blocks()
        if self.changes:
            self.warnings.append("tracked changes are read as accepted: insertions kept, deletions left out")
        return Reading(tuple(furniture["header"] + blocks + furniture["footer"]), {}, tuple(self.warnings))

    def _running_parts(self) -> list[tuple[str, str]]:
        """The parts of headers and footers in use, each once, with "header" or "footer"."""
        found: dict[str, str] = {}
        for tag in ("header", "footer"):
            for reference in self.main.iter(f"{W}{tag}Reference"):
                link = self.links.get(reference.get(_R + "id") or "")
                if link:
                    found.setdefault(link[1], tag)
        return list(found.items())

    def _sub(self, root: Any, paragraph: int | None) -> list[Block]:
        """A story beside the main text: its counters do not touch the main text's."""
        saved = self.paragraphs, self.tables, self.pending
        self.pending = None
        blocks: list[Block] = []
        self._walk(root, blocks, main=False, at=paragraph)
        self._flush(blocks)
        self.paragraphs, self.tables, self.pending = saved
        return blocks

    def _note_blocks(self) -> list[Block]:
        """The notes at the end of the text, in the order of their marks."""
        blocks: list[Block] = []
        stories: dict[str, dict[str, Any]] = {}
        for kind in ("footnote", "endnote"):
            root = self._linked(kind + "s")
            stories[kind] = {note.get(W + "id") or "": note for note in root} if root is not None else {}
        done: set[tuple[str, str]] = set()
        for kind, note_id, paragraph in self.notes:
            note = stories[kind].get(note_id)
            if note is not None and (kind, note_id) not in done:
                done.add((kind, note_id))
                blocks += self._sub(note, paragraph)
        return blocks

    # Blocks ------------------------------------------------------------------------------------------------------

    def _walk(
        self, parent: Any, blocks: list[Block], *, main: bool, at: int | None = None, contents: bool = False
    ) -> None:
        """Append the blocks of a story's elements. `at`: the paragraph that a story beside the text hangs on."""
        for element in parent.iterchildren():
            tag = element.tag
            if tag == W + "p":
                self._paragraph(element, blocks, main, at, contents)
            elif tag == W + "tbl":
                self._flush(blocks)
                self._table(element, blocks, main, at)
            elif tag == W + "sdt":
                content = element.find(W + "sdtContent")
                if content is not None:
                    self._walk(content, blocks, main=main, at=at, contents=contents or _is_contents(element))
            elif tag in _WRAPPERS:
                self._walk(element, blocks, main=main, at=at, contents=contents)
            elif tag in _GONE:
                self.changes = True
            elif tag == _MC + "AlternateContent":
                for branch in _branches(element):
                    before = len(blocks)
                    self._walk(branch, blocks, main=main, at=at, contents=contents)
                    if len(blocks) > before:
                        break
            elif tag == W + "altChunk":
                self.warnings.append("a file inserted into the document (altChunk) was left out")

    def _paragraph(self, element: Any, blocks: list[Block], main: bool, at: int | None, contents: bool) -> None:
        place = at
        if main:
            place = self.paragraphs
            self.paragraphs += 1
        properties = element.find(W + "pPr")
        style_id, outline, num_id, level, joined = self.styles.default, None, None, None, False
        label = ""
        if properties is not None:
            for child in properties.iterchildren():
                if child.tag == W + "pStyle":
                    style_id = child.get(VAL) or style_id
                elif child.tag == W + "outlineLvl":
                    outline = whole(child.get(VAL))
                elif child.tag == W + "numPr":
                    for number in child.iterchildren():
                        if number.tag == W + "numId":
                            num_id = number.get(VAL)
                        elif number.tag == W + "ilvl":
                            level = whole(number.get(VAL))
                elif child.tag == W + "listPr":  # Word 2003 writes the number out
                    written = child.find(_WX + "t")
                    label = (written.get(_WX + "val") or "").strip() if written is not None else ""
                elif child.tag == W + "rPr":
                    # a mark that is deleted or hidden lets the next paragraph run on
                    gone = child.find(W + "del") is not None or child.find(W + "moveFrom") is not None
                    self.changes = self.changes or gone
                    joined = gone or on(child.find(W + "vanish"))
        inline = self.pending or Inline(self.styles, place, self.contents if main else 0)
        self.pending = None
        inline.run(element, self.styles.get(style_id).hidden)
        self.changes = self.changes or inline.changes
        if main:
            self.contents = inline.contents
        if joined:
            self.pending = inline
            return
        label = written_label(label) or self.numbering.label(style_id, num_id, level)
        heading = self.styles.heading(style_id)
        if outline is not None:
            heading = outline + 1 if 0 <= outline <= 8 else None
        self._emit(inline, blocks, label, heading, contents or self.styles.is_contents(style_id))

    def _flush(self, blocks: list[Block]) -> None:
        if self.pending is not None:
            inline, self.pending = self.pending, None
            self._emit(inline, blocks, "", None, False)

    def _emit(self, inline: Inline, blocks: list[Block], label: str, heading: int | None, contents: bool) -> None:
        text = inline.text()
        if label:
            text = label + text.lstrip("\t ")
        kind = "furniture" if contents or inline.in_contents(text) else "paragraph"
        start = 0
        for line in text.split("\n"):
            if line.strip():
                origin = Origin(paragraph=inline.place, start=start, end=start + len(line))
                blocks.append(Block(line, origin, kind, heading))
            start += len(line) + 1
        self.notes += [(note, note_id, inline.place) for note, note_id in inline.notes]
        for box in inline.boxes:
            blocks += self._sub(box, inline.place)

    # Tables ------------------------------------------------------------------------------------------------------

    def _table(self, element: Any, blocks: list[Block], main: bool, at: int | None) -> None:
        number = self.tables
        self.tables += 1
        rows = self._rows(element, blocks)
        place = self.paragraphs if main else at
        single = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else None
        if isinstance(single, _Story):
            # one cell around everything is a frame: what stands in it stands in the text
            for block in single.blocks:
                origin = block.origin.model_copy(update={"table": number, "row": 0, "column": 0, "paragraph": place})
                blocks.append(Block(block.text, origin, block.kind, block.heading, block.rows))
            return
        blocks += table_blocks(rows, number, place)

    def _rows(self, element: Any, blocks: list[Block]) -> list[list[Cell]]:
        rows: list[list[Cell]] = []
        above: dict[int, Cell] = {}
        for row in _descend(element, W + "tr"):
            properties = row.find(W + "trPr")
            if properties is not None and properties.find(W + "del") is not None:
                self.changes = True
                continue
            cells: list[Cell] = [Cell()] * _number(properties, "gridBefore")
            for cell in _descend(row, W + "tc"):
                setting = cell.find(W + "tcPr")
                if setting is not None and setting.find(W + "cellDel") is not None:
                    continue
                span = max(1, min(_number(setting, "gridSpan"), 500))
                merge = _either(setting, "vMerge", "vmerge")
                across = _either(setting, "hMerge", "hmerge")
                column = len(cells)
                if merge is not None and merge.get(VAL, "continue") == "continue" and column in above:
                    made = above[column]
                elif across is not None and across.get(VAL, "continue") == "continue" and cells:
                    made = cells[-1]
                else:
                    made = _Story(self._sub(cell, None))
                for place in range(column, column + span):
                    above[place] = made
                cells += [made] * span
                self.cells += span
                if self.cells > self.limits.max_cells:
                    raise ReadError(self.path, "too-large", "its tables hold too many cells", "split the document")
            rows.append(cells)
        return rows


class _Story(Cell):
    """A table cell with the blocks that stand in it."""

    __slots__ = ("blocks",)

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        super().__init__([line for block in blocks for line in block.text.split("\n")])


def _descend(parent: Any, tag: str) -> Any:
    """The rows of a table or the cells of a row, also where content controls or insertions wrap them."""
    for element in parent.iterchildren():
        if element.tag == tag:
            yield element
        elif element.tag == W + "sdt" or element.tag in _WRAPPERS:
            yield from _descend(element, tag)


def _either(properties: Any, name: str, older: str) -> Any:
    """A property's element by its name in .docx or in Word 2003's XML."""
    if properties is None:
        return None
    element = properties.find(W + name)
    return properties.find(W + older) if element is None else element


def _number(properties: Any, tag: str) -> int:
    element = properties.find(W + tag) if properties is not None else None
    value = whole(element.get(VAL)) if element is not None else None
    return min(max(value or 0, 0), 500)


def _is_contents(sdt: Any) -> bool:
    """Whether a content control is the table of contents."""
    gallery = sdt.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(VAL) == "Table of Contents"


def _branches(alternate: Any) -> list[Any]:
    """What may be read of mc:AlternateContent, best first."""
    return [*alternate.iterchildren(_MC + "Choice"), *alternate.iterchildren(_MC + "Fallback")]
