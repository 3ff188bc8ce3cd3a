"""A table as a Word document, for people who live in Word: landscape, head row on every page, one source line.

In: columns with widths, heads, rows. Out: a .docx file. Touches the file it is given, nothing else.

Library: python-docx, the kept library for writing Word files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from policyparse.export.tables import Value, xml_text

#: Body text of an official document is 仿宋_GB2312; tables in it are set smaller than its 三号 (GB/T 9704—2012, 5.2.2).
FONT, SIZE = "仿宋", Pt(9)


def word(
    path: Path, title: str, columns: Mapping[str, int], heads: Mapping[str, str], rows: Iterable[Mapping[str, Value]]
) -> None:
    """Writes `rows` under `title` to `path`; `columns` are the keys to show with their relative widths."""
    document = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin = section.right_margin = Cm(1.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, SIZE
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    document.add_heading(title, level=1)
    table = document.add_table(rows=1, cols=len(columns))
    table.style = "Table Grid"
    total = sum(columns.values())
    widths = [
        int((section.page_width - section.left_margin - section.right_margin) * w / total) for w in columns.values()
    ]
    for cell, name in zip(table.rows[0].cells, columns, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(xml_text(heads.get(name, name))).bold = True
    _repeat(table.rows[0]._tr)
    for row in rows:
        for cell, name in zip(table.add_row().cells, columns, strict=True):
            value = row.get(name)
            cell.text = "" if value is None else xml_text(str(value))
    for cells in table.rows:
        for cell, width in zip(cells.cells, widths, strict=True):
            cell.width = width
    document.save(str(path))


def _repeat(row: object) -> None:
    """Marks a row as one that is printed again at the head of each page."""
    properties = row.get_or_add_trPr()  # type: ignore[attr-defined]
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    properties.append(head)
