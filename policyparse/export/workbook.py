"""Rows as an Excel workbook.

In: rows. Out: a .xlsx file in which every string is a string. Touches: the file that it is told to write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from policyparse.export.tables import Marked, Row, Value, xml_text
from policyparse.passing import PolicyparseError

#: Excel's own limits.
_EXCEL_ROWS = 1_048_576
_EXCEL_CELL = 32_767
_EXCEL_LINKS = 65_530

#: Characters of width that can still be read on a landscape page.
_A4, _A3 = 180, 380

#: What a sheet's name may not have; a scheme of somebody's own tags may.
_NO_SHEET = re.compile(r"[\[\]:*?/\\]|^'|'$|^$")

#: Columns up to the first of this width are numbers and codes; with it they tell what a row is about, wherever one scrolls.
_NAMES = 12

#: Points a line of 10-point type takes, and how many lines a row may show: the rest is seen on clicking into the cell.
_LINE = 13.5
_MOST_LINES = 12


class Workbook:
    """An Excel workbook that is written from top to bottom: frozen heads, filters, wrapped text, no formulas."""

    def __init__(self, path: Path) -> None:
        self._book = xlsxwriter.Workbook(
            str(path),
            {
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "constant_memory": True,
            },
        )
        base = {"font_name": "宋体", "font_size": 10, "valign": "top"}
        self._wrapped = self._book.add_format({**base, "text_wrap": True})
        self._plain = self._book.add_format(base)
        self._red = self._book.add_format({"font_name": "宋体", "font_size": 10, "font_color": "#C00000", "bold": True})
        self._black = self._book.add_format({"font_name": "宋体", "font_size": 10})
        self._head = self._book.add_format(
            {**base, "bold": True, "bg_color": "#DDE6F0", "border": 1, "border_color": "#B0B8C0", "text_wrap": True}
        )
        self._link = self._book.add_format({**base, "text_wrap": True, "font_color": "#1F5FA8", "underline": 1})
        self._sheets: dict[str, tuple[Any, list[str], list[int]]] = {}
        self._links: dict[str, str] = {}
        self._counts: dict[str, int] = {}

    def add_sheet(
        self, name: str, columns: Mapping[str, int], heads: Mapping[str, str] | None = None, links: str | None = None
    ) -> None:
        """A sheet with its head row; `heads` are the columns' titles where they differ from their names.

        links: a sheet that has a row for each of this one's; the cells of the column `clause` lead there
        """
        sheet = self._book.add_worksheet(_NO_SHEET.sub("_", xml_text(name)[:31]))
        if links:
            self._links[name] = links
        named = next((at for at, width in enumerate(columns.values(), 1) if width >= _NAMES), 1)
        sheet.freeze_panes(1, named)
        for at, (column, width) in enumerate(columns.items()):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, _cell((heads or {}).get(column, column)), self._head)
        sheet.set_landscape()
        wide = sum(columns.values())
        sheet.set_paper(9 if wide <= _A4 else 8)  # A4, A3
        if wide <= _A3:
            sheet.fit_to_pages(1, 0)
        else:  # shrunk to one page nobody could read it
            sheet.set_print_scale(60)
            sheet.repeat_columns(0, named - 1)
        sheet.repeat_rows(0)
        self._sheets[name] = (sheet, list(columns), list(columns.values()))
        self._counts[name] = 0

    def write(self, name: str, row: Row) -> None:
        """Adds a row to the sheet `name`."""
        sheet, columns, widths = self._sheets[name]
        self._counts[name] += 1
        at = self._counts[name]
        if at >= _EXCEL_ROWS:
            raise PolicyparseError(
                f"{name}: more rows than an Excel sheet can hold ({_EXCEL_ROWS:,}) — export as csv, or fewer documents"
            )
        sheet.set_row(at, _LINE * _lines([row.get(title) for title in columns], widths))
        for column, title in enumerate(columns):
            value = row.get(title)
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(at, column, value, self._plain)
            elif isinstance(value, int | float):
                sheet.write_number(at, column, value, self._plain)
            elif title == "clause" and name in self._links and at <= _EXCEL_LINKS:  # beyond, the cell would be empty
                sheet.write_url(at, column, f"internal:'{self._links[name]}'!A{at + 1}", self._link, _cell(value))
            elif isinstance(value, Marked) and value.spans and _cell(value) == value:
                self._marked(sheet, at, column, value)
            else:
                sheet.write_string(at, column, _cell(value), self._wrapped)

    def _marked(self, sheet: Any, row: int, column: int, value: Marked) -> None:
        """A cell with its marked spans in red. Excel wants at least two pieces, none of them empty."""
        pieces: list[Any] = []
        at = 0
        for start, end in (*value.spans, (len(value), len(value))):
            if start > at:
                pieces += (self._black, value[at:start])
            if end > start:
                pieces += (self._red, value[start:end])
            at = max(at, end)
        if len(pieces) > 2:
            sheet.write_rich_string(row, column, *pieces, self._wrapped)
        else:
            sheet.write_string(row, column, str(value), self._wrapped)

    def close(self) -> None:
        """Puts the filters on and writes the file. Raises OSError where it cannot be written."""
        for name, (sheet, columns, _) in self._sheets.items():
            sheet.autofilter(0, 0, max(1, self._counts[name]), len(columns) - 1)
        self._about()
        try:
            self._book.close()
        except FileCreateError as error:  # holds the system's own error, and is none
            raise (error.args[0] if isinstance(error.args[0], OSError) else OSError(str(error))) from None

    def _about(self) -> None:
        """The last sheet: what the others hold and where each row comes from."""
        sheet = self._book.add_worksheet("说明")
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 90)
        lines = [(name, f"{number:,} 行 rows") for name, number in self._counts.items()]
        lines += [
            ("clause 条款", "每行所据的条款编号：policyparse show 编号 可查原文和出处。"),
            ("", "The clause that a row comes from: policyparse show ID prints it with its place in the source file."),
            ("start, end", "该行文字在文件 text 中的位置（从0起，不含末位）。Offsets into the document's text."),
            ("confidence 可信度", "这条记录所用的规则在标注文件中有多大比例是对的；空着表示没有统计过。"),
            ("", "How often this rule is right on labelled documents; empty where nothing was counted."),
            ("tag, score", "机器所加的标签和得分，供人复核。Tags are the machine's and are to be checked."),
        ]
        for at, (name, meaning) in enumerate(lines):
            sheet.write_string(at, 0, name, self._wrapped)
            sheet.write_string(at, 1, meaning, self._wrapped)


def _lines(values: list[Value], widths: list[int]) -> int:
    """How many lines the fullest cell of a row needs; a Chinese character is as wide as two letters."""
    most = 1
    for value, width in zip(values, widths, strict=True):
        if isinstance(value, str) and len(value) * 2 > width:
            shown = value[: _MOST_LINES * width]
            wide = len(shown) + sum(1 for sign in shown if sign > "\u2e7f")
            # a tenth is lost where a word does not fit the line any more
            most = max(most, -(-wide // max(1, width * 9 // 10)) + shown.count("\n"))
    return min(most, _MOST_LINES)


def _cell(value: str) -> str:
    """What an Excel cell can hold of `value`; a cut is shown."""
    text = xml_text(value)
    return text if len(text) <= _EXCEL_CELL else text[: _EXCEL_CELL - 20] + "…[cut: see the csv]"
