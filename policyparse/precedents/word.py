"""Precedents as a Word file to take away: each clause, its wordings with what differs, who uses them.

In: Answers. Out: a .docx file. Touches the file it is given, nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from policyparse.precedents import Answer
from policyparse.precedents.wordings import Use, Wording
from policyparse.words import Change

Language = Literal["zh", "en"]

#: 仿宋 for the body and 黑体 for headings, A4 with the margins 2.8 and 2.6 cm left and right (GB/T 9704—2012, 5.2); the
#: body smaller than its 三号, because this is a table and no document.
_BODY, _HEADING = "仿宋", "黑体"
_MARGINS = {"top_margin": 2.5, "bottom_margin": 2.5, "left_margin": 2.8, "right_margin": 2.6}
_WIDTHS = (1.2, 8.2, 6.2)

_ADDED, _GONE = RGBColor(0x0B, 0x5C, 0x2E), RGBColor(0xA3, 0x1D, 0x1D)

#: Uses of a wording that a cell names; the rest is counted.
_NAMED = 6

#: What XML 1.0 cannot hold.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "title": "条款先例",
        "legend": "与草稿不同之处：绿色加粗为先例所有而草稿没有，红色删除线为草稿所有而先例没有。",
        "number": "序号",
        "wording": "先例原文",
        "uses": "出处",
        "likeness": "相近度",
        "since": "最早",
        "more": "另有{}处采用同一写法",
        "printings": "另有{}份转载",
        "short": "这一条字数太少，不足以比较。",
        "empty": "语料库中没有可供比较的条款。",
        "far": "语料库中没有足够相近的条款。",
        "nearest": "最接近的一条（相近度 {}）：",
    },
    "en": {
        "title": "Precedents of clauses",
        "legend": "Where a precedent differs: bold green is in the precedent only, red struck out in the draft only.",
        "number": "No.",
        "wording": "Precedent",
        "uses": "Sources",
        "likeness": "likeness",
        "since": "since",
        "more": "{} more have the same wording",
        "printings": "printed in {} more",
        "short": "This clause has too few words to compare.",
        "empty": "The corpus has no clauses to compare with.",
        "far": "The corpus has nothing close enough.",
        "nearest": "The nearest (likeness {}): ",
    },
}


def write_word(answers: Iterable[Answer], path: Path, *, title: str = "", language: Language = "zh") -> None:
    """Writes `answers` to `path`, a section a clause; `title`: of the draft that the clauses are from."""
    say = _WORDS[language]
    document = _page()
    document.add_heading(_clean("：".join(part for part in (say["title"], title) if part)), level=1)
    document.add_paragraph(say["legend"])
    headings: tuple[str, ...] = ()
    for number, answer in enumerate(answers, 1):
        if answer.path and answer.path != headings:
            document.add_heading(_clean(" › ".join(answer.path)), level=2)
        headings = answer.path
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.add_run(f"{number}. ").bold = True
        paragraph.add_run(_clean(answer.text)).bold = True
        if answer.wordings:
            _table(document, answer.wordings, say)
        else:
            _remark(document, answer, say)
    document.save(str(path))


def _page() -> Any:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    for name, size in _MARGINS.items():
        setattr(section, name, Cm(size))
    for name, font, size in (("Normal", _BODY, 10.5), ("Heading 1", _HEADING, 16), ("Heading 2", _HEADING, 12)):
        style = document.styles[name]
        style.font.name, style.font.size = font, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)  # a theme's font would come before ours
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia"):
            fonts.set(qn(script), font)
        style.font.color.rgb = RGBColor(0, 0, 0)
    return document


def _table(document: Any, wordings: Sequence[Wording], say: dict[str, str]) -> None:
    table = document.add_table(rows=1, cols=3)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for cell, name in zip(table.rows[0].cells, ("number", "wording", "uses"), strict=True):
        cell.paragraphs[0].add_run(say[name]).bold = True
    _mark(table.rows[0], "w:tblHeader")  # printed again at the head of each page
    for number, wording in enumerate(wordings, 1):
        row = table.add_row()
        _mark(row, "w:cantSplit")
        row.cells[0].paragraphs[0].add_run(str(number))
        _differences(row.cells[1].paragraphs[0], wording.changes)
        _uses(row.cells[2], wording, say)
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = Cm(width)  # the grid, which LibreOffice goes by
        for cell in column.cells:
            cell.width = Cm(width)  # and the cells, which Word goes by
    document.add_paragraph()


def _mark(row: Any, name: str) -> None:
    mark = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _differences(paragraph: Any, changes: Sequence[Change]) -> None:
    """The wording, with what only the draft has struck out before it."""
    for change in changes:
        if change.kind == "equal":
            paragraph.add_run(_clean(change.other))
            continue
        if change.one:
            gone = paragraph.add_run(_clean(change.one))
            gone.font.strike, gone.font.color.rgb = True, _GONE
        if change.other:
            added = paragraph.add_run(_clean(change.other))
            added.bold, added.font.color.rgb = True, _ADDED


def _uses(cell: Any, wording: Wording, say: dict[str, str]) -> None:
    cell.paragraphs[0].add_run(f"{say['likeness']} {wording.score:.2f}")
    if wording.since and wording.count > 1:
        cell.add_paragraph(f"{say['since']} {wording.since}")
    best = wording.best
    shown = [best, *(use for use in wording.uses if use is not best)][:_NAMED]
    for use in shown:
        cell.add_paragraph(_clean(_source(use, say)))
    if wording.count > len(shown):
        cell.add_paragraph(say["more"].format(wording.count - len(shown)))


def _source(use: Use, say: dict[str, str]) -> str:
    return use.source + (f"（{say['printings'].format(use.printings)}）" if use.printings else "")


def _remark(document: Any, answer: Answer, say: dict[str, str]) -> None:
    document.add_paragraph(say[answer.remark or "far"])
    for wording in answer.nearest:
        paragraph = document.add_paragraph(say["nearest"].format(f"{wording.score:.2f}"))
        paragraph.add_run(_clean(wording.text + " —— " + wording.best.source))


def _clean(text: str) -> str:
    return _UNPRINTABLE.sub("", text)
