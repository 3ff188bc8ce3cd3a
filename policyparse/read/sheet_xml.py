"""Excel 2003's XML, which many office systems write and call .xls → blocks.

In: the file's bytes. Out: `Reading`. Touches nothing.

Ours, on lxml, because neither calamine nor openpyxl reads it.
"""

from __future__ import annotations

from typing import Any

from policyparse.passing import ReadError
from policyparse.read.container import parse_xml
from policyparse.read.grid import Cell
from policyparse.read.limits import Limits
from policyparse.read.reading import Reading
from policyparse.read.sheet import sheet_blocks, whole_book

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"


def read_spreadsheetml(data: bytes, path: str, limits: Limits) -> Reading:
    """Raises ReadError: damaged, too-large."""
    root = parse_xml(data, path, limits)
    read, warnings, cells = [], [], 0
    for number, sheet in enumerate(root.iterchildren(_SS + "Worksheet")):
        name = sheet.get(_SS + "Name") or ""
        visible = sheet.find("{urn:schemas-microsoft-com:office:excel}WorksheetOptions/{*}Visible")
        if visible is not None and (visible.text or "").strip().startswith("Sheet"):  # SheetHidden, SheetVeryHidden
            warnings.append(f"the hidden sheet {name} was left out")
            continue
        rows = _rows(sheet.find(_SS + "Table"), path, limits.max_cells - cells)
        cells += sum(map(len, rows))
        found = sheet_blocks(rows, number)
        if found:
            read.append((name, found))
    return whole_book(read, warnings)


def _rows(table: Any, path: str, allowed: int) -> list[list[Cell]]:
    """The rows of a sheet, empty ones filled in; a cell merged over others stands in each place."""
    rows: list[list[Cell]] = []
    below: dict[tuple[int, int], Cell] = {}
    spent = 0
    for row in table.iterchildren(_SS + "Row") if table is not None else ():
        index = _number(row, "Index", len(rows) + 1)
        if index - len(rows) < 1000:  # a far row is a stray one: it moves up
            rows += [[] for _ in range(index - 1 - len(rows))]
        line: list[Cell] = []
        here = len(rows)
        for cell in row.iterchildren(_SS + "Cell"):
            index = _number(cell, "Index", 0)
            while len(line) < min(index - 1, 500) or (here, len(line)) in below:
                line.append(below.pop((here, len(line)), Cell()))
            text = "".join(cell.find(_SS + "Data").itertext()) if cell.find(_SS + "Data") is not None else ""
            made = Cell(text.split("\n"))
            across, down = min(_number(cell, "MergeAcross", 0), 500), min(_number(cell, "MergeDown", 0), 5000)
            spent += (across + 1) * (down + 1)
            if spent > allowed:
                raise ReadError(path, "too-large", "its sheets have too many cells", "split the workbook")
            for lower in range(1, down + 1):
                for beside in range(across + 1):
                    below[(here + lower, len(line) + beside)] = made
            line += [made] * (across + 1)
        while (here, len(line)) in below:
            line.append(below.pop((here, len(line))))
        rows.append(line)
    return rows


def _number(element: Any, name: str, default: int) -> int:
    text = element.get(_SS + name)
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else default
