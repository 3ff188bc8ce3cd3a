"""The findings as comments in a copy of the draft, each at its very words.

In: the draft's file, the Reports on its documents. Out: a .docx file. Touches: reads the draft, writes the copy.

A Word file is copied as it is and only commented. Of any other file (text, PDF, .doc …) a Word file of its text is
made. Where a finding stands is known from the reading: the paragraph and the character; tables are found by their
rows. What cannot be found word for word gets its comment at the whole paragraph.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from docx import Document as open_docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from policyparse.clean import clean
from policyparse.export.tables import xml_text
from policyparse.export.writing import whole
from policyparse.guard.findings import KINDS, LEVELS, Finding, Report
from policyparse.guard.word_runs import comment, paragraph_text
from policyparse.passing import CleanText, PolicyparseError
from policyparse.read import read, sniff, source_bytes
from policyparse.structure import lines as roles
from policyparse.vocabulary import Vocabulary, shipped

Language = Literal["zh", "en"]

#: Body text is 三号 仿宋 (16 pt), the title 二号 (22 pt), the page's margins 3.7/3.5/2.8/2.6 cm (GB/T 9704—2012, 5.2).
_BODY, _TITLE = Pt(16), Pt(22)
_WRAPPERS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo", "w:smartTag")))
_ROWS = qn("w:tr")


def commented_copy(
    draft: Path | str,
    reports: Sequence[Report],
    output: Path,
    *,
    language: Language = "zh",
    data: bytes | None = None,
    vocabulary: Vocabulary | None = None,
) -> int:
    """Writes a copy of `draft` with a comment for each finding (and each of its `also` places) and returns how many.

    reports: of the file's documents, in order, as `check` gave them
    data:    the file's bytes, where they are at hand
    Raises ReadError where the draft cannot be read, PolicyparseError where it is not the file the reports are of.
    """
    content = source_bytes(str(draft)) if data is None else data
    words = vocabulary or shipped()
    texts = clean(read(draft, content), words)
    if len(texts) != len(reports):
        raise PolicyparseError(f"{draft}: the file has changed since it was checked — check it again")
    copy: Any = None
    if sniff(content, str(draft)) == "docx":
        try:
            copy = open_docx(io.BytesIO(content))
        except (ValueError, KeyError):
            copy = None  # a template, a macro file, ISO strict: python-docx does not take it
    places: Sequence[_Places | _Lines]
    if copy is None:
        copy, places = _written(texts, words)
    else:
        places = [_Places(copy, text) for text in texts]
    count = 0
    for place, report in zip(places, reports, strict=True):
        for finding in report.findings:
            note = comment_text(finding, language)
            for start, end in ((finding.start, finding.end), *finding.also):
                paragraph, first, last = place.find(start, end)
                comment(copy, paragraph, first, last, xml_text(note))
                count += 1
    with whole(output) as part:
        copy.save(str(part))
    return count


def comment_text(finding: Finding, language: Language = "zh") -> str:
    """A finding as the words of a comment."""
    level, kind = LEVELS[finding.level][0], KINDS[finding.kind]
    if language == "zh":
        return f"【{level.zh}·{kind.zh}】{finding.reason.zh}。\n处理：{finding.advice.zh}。"
    return f"[{level.en}: {kind.en}] {finding.reason.en}.\nWhat to do: {finding.advice.en}."


class _Places:
    """Finds the paragraph of a Word file, and the characters in it, at which an offset of the clean text stands."""

    def __init__(self, copy: Any, text: CleanText) -> None:
        self.text = text
        body = copy.element.body
        self.paragraphs: list[Any] = []  # of the main text, as the reader counts them
        self.tables: list[Any] = []
        for element in _blocks(body):
            (self.tables if element.tag == qn("w:tbl") else self.paragraphs).append(element)
        self.every = list(body.iter(qn("w:p")))

    def find(self, start: int, end: int) -> tuple[Any, int, int]:
        """(paragraph, first, last): the characters [first, last) of it; (paragraph, 0, 0) for the whole one."""
        origin = self.text.origin(start, end)
        words = self.text.text[start:end]
        line_start = self.text.text.rfind("\n", 0, start) + 1
        line_end = self.text.text.find("\n", end)
        line = self.text.text[line_start : len(self.text.text) if line_end < 0 else line_end]
        for paragraph in self._candidates(origin.paragraph, origin.table, line, start - line_start):
            found = _occurrences(paragraph_text(paragraph), words)
            if found:
                before = len(list(_occurrences(line[: start - line_start + len(words) - 1], words)))
                first, last = found[min(before, len(found) - 1)]
                return paragraph, first, last
        fallback = self.every[0]
        if origin.table is None and origin.paragraph is not None and origin.paragraph < len(self.paragraphs):
            fallback = self.paragraphs[origin.paragraph]
        return fallback, 0, 0

    def _candidates(self, number: int | None, table: int | None, line: str, offset: int) -> Iterator[Any]:
        if table is None and number is not None and number < len(self.paragraphs):
            yield self.paragraphs[number]
        wanted = "".join(line.split())
        if table is not None and table < len(self.tables):
            rows = [row for row in self.tables[table].iter(_ROWS) if _squeezed(row) == wanted]
            column = line.count("\t", 0, offset)
            for row in rows or list(self.tables[table].iter(_ROWS)):
                cells = row.findall(qn("w:tc"))
                if rows and column < len(cells):
                    yield from cells[column].iter(qn("w:p"))
                yield from row.iter(qn("w:p"))
        for paragraph in self.every:  # a frame, a text box, a content control
            if _squeezed(paragraph) and _squeezed(paragraph) in wanted:
                yield paragraph


class _Lines:
    """The same for the Word file that was made of the text: a paragraph a line, a cell between two tabs."""

    def __init__(self, text: CleanText, lines: dict[int, list[Any]]) -> None:
        self.text, self.lines = text.text, lines

    def find(self, start: int, end: int) -> tuple[Any, int, int]:
        line_start = self.text.rfind("\n", 0, start) + 1
        cells = self.lines[line_start]
        if len(cells) == 1:
            return cells[0], start - line_start, min(end - line_start, len(paragraph_text(cells[0])))
        column = self.text.count("\t", line_start, start)
        cell_start = max(self.text.rfind("\t", line_start, start) + 1, line_start)
        paragraph = cells[min(column, len(cells) - 1)]
        return paragraph, start - cell_start, min(end - cell_start, len(paragraph_text(paragraph)))


def _blocks(parent: Any) -> Iterator[Any]:
    """Paragraphs and tables of a story in the order in which the reader counts them."""
    for element in parent.iterchildren():
        if element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag in _WRAPPERS:
            yield from _blocks(element)


def _squeezed(element: Any) -> str:
    if element.tag == qn("w:p"):
        return "".join(paragraph_text(element).split())
    return "".join(_squeezed(paragraph) for paragraph in element.iter(qn("w:p")))


def _occurrences(text: str, words: str) -> list[tuple[int, int]]:
    """Where `words` stand in `text`, white space apart (which cleaning takes out)."""
    signs = [re.escape(sign) for sign in words if not sign.isspace()]
    if not signs:
        return []
    return [match.span() for match in re.finditer(r"\s*".join(signs), text)]


def _written(texts: Sequence[CleanText], vocabulary: Vocabulary) -> tuple[Any, list[_Lines]]:
    """A new Word file of the texts, a page break between two, and where their lines stand in it."""
    copy: Any = open_docx()
    page = copy.sections[0]
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Cm(3.7), Cm(3.5), Cm(2.8), Cm(2.6)
    style = copy.styles["Normal"]
    style.font.name, style.font.size = "仿宋", _BODY
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    places = []
    for number, text in enumerate(texts):
        if number:
            copy.add_page_break()
        lines: dict[int, list[Any]] = {}
        rows = {}
        for start, end, cells in text.tables:
            at = start
            for printed in text.text[start:end].split("\n"):
                rows[at] = (start, max(len(row) for row in cells) if cells else 1)
                at += len(printed) + 1
        table: Any = None
        table_of = -1
        for line in roles.roles(text, vocabulary):
            if line.start in rows and "\t" in line.text:
                which, width = rows[line.start]
                if which != table_of:
                    table, table_of = copy.add_table(0, max(width, line.text.count("\t") + 1)), which
                    table.style = "Table Grid"
                cells_of_row = table.add_row().cells
                pieces = line.text.split("\t")
                for cell, piece in zip(cells_of_row, pieces, strict=False):
                    cell.paragraphs[0].add_run(xml_text(piece)).font.size = Pt(10.5)
                lines[line.start] = [cell.paragraphs[0]._p for cell in cells_of_row[: len(pieces)]]
                continue
            paragraph = copy.add_paragraph()
            run = paragraph.add_run(xml_text(line.text))
            _look(paragraph, run, line.role)
            lines[line.start] = [paragraph._p]
        places.append(_Lines(text, lines))
    return copy, places


def _look(paragraph: Any, run: Any, role: str) -> None:
    paragraph.paragraph_format.space_after = Pt(0)
    if role in (roles.TITLE, roles.COVER_TITLE):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run.font.size, run.bold = _TITLE, True
    elif role in (roles.NUMBER, roles.SUBTITLE, roles.SPEAKER):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif role in (roles.SIGNATURE, roles.DATE):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif role == roles.BODY:
        paragraph.paragraph_format.first_line_indent = 2 * _BODY
