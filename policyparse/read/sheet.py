"""Excel's and WPS's sheets (.xls .xlsx .et .ods) → blocks: the annexed lists of delegated items.

In: the file's bytes. Out: `Reading`. Touches at most a temporary file; runs no macros; of a formula the stored value
is read.

python-calamine, because it reads all four formats in one way, 20 times faster than openpyxl, with merged cells, and
knows no macros. It takes memory without a limit, so a workbook is measured first (`sheet_size`).
"""

from __future__ import annotations

import datetime
import io
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import python_calamine as calamine

from policyparse.model import Origin
from policyparse.passing import Block, ReadError
from policyparse.read.container import Container
from policyparse.read.grid import Cell, table_blocks
from policyparse.read.limits import Limits
from policyparse.read.locked import REMEDY
from policyparse.read.reading import Reading
from policyparse.read.sheet_size import check_xls, check_zip

# Names that the program gave, not the author.
_UNNAMED = re.compile(r"(?:sheet|工作表|表|feuil\w{0,2}|tabelle|table)\s?\d{0,3}$", re.IGNORECASE)

_EMPTY = Cell()


def read_sheet(data: bytes, path: str, limits: Limits) -> Reading:
    """Raises ReadError: damaged, encrypted, too-large.

    Origins: `table` is the sheet's number from 0, hidden ones counted; `row` and `column` are the sheet's own.
    """
    if data.startswith(b"PK"):
        check_zip(Container(data, path, limits), path, limits)
    else:
        check_xls(data, path, limits)
    try:
        with _silent():
            book = _open(data)
        shown = [sheet for sheet in book.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    except BaseException as error:
        raise _refusal(error, data, path) from error
    warnings: list[str] = []
    cells = 0
    read: list[tuple[str, list[Block]]] = []
    for number, sheet in enumerate(shown):
        if sheet.visible != calamine.SheetVisibleEnum.Visible:
            warnings.append(f"the hidden sheet {sheet.name} was left out")
            continue
        try:
            with _silent():
                content = book.get_sheet_by_name(sheet.name)
            cells += content.height * content.width
            if cells > limits.max_cells:
                raise ReadError(
                    path, "too-large", f"its sheets have more than {limits.max_cells} cells", "split the workbook"
                )
            found = _sheet_blocks(content, number)
        except ReadError:
            raise
        except BaseException as error:
            if _is_foreign(error):
                raise
            warnings.append(f"the sheet {sheet.name} is damaged and was left out")
            continue
        if found:
            read.append((sheet.name, found))
    if warnings and not read and all("damaged" in warning for warning in warnings):
        raise ReadError(path, "damaged", "none of its sheets can be read", "open it in Excel or WPS and save it again")
    return whole_book(read, warnings)


def whole_book(read: list[tuple[str, list[Block]]], warnings: list[str]) -> Reading:
    """The sheets one after the other, each under its name where there are several and the author named them."""
    blocks: list[Block] = []
    for name, found in read:
        if (
            len(read) > 1
            and name.strip()
            and not _UNNAMED.match(name.strip())
            and name.strip() != found[0].text.strip()
        ):
            blocks.append(Block(name, Origin(table=found[0].origin.table), "paragraph", 1))
        blocks += found
    return Reading(tuple(blocks), {}, tuple(warnings))


def _open(data: bytes) -> Any:
    """The workbook. calamine guesses the format of bytes by trial; where that fails, a suffix makes it say why."""
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.CalamineError:
        with tempfile.TemporaryDirectory(prefix="policyparse-") as folder:
            path = Path(folder, "book.xlsx" if data.startswith(b"PK") else "book.xls")
            path.write_bytes(data)
            return calamine.CalamineWorkbook.from_path(path)


def _sheet_blocks(sheet: Any, number: int) -> list[Block]:
    if sheet.start is None:
        return []
    top, left = sheet.start
    rows = [
        [_EMPTY if value == "" else Cell(_text(value).split("\n")) for value in row]
        for row in sheet.to_python(skip_empty_area=True)
    ]
    for (first_row, first_column), (last_row, last_column) in sheet.merged_cell_ranges or ():
        if first_row < top or first_column < left or first_row - top >= len(rows):
            continue
        cell = rows[first_row - top][first_column - left] if first_column - left < len(rows[first_row - top]) else None
        if cell is None:
            continue
        for row in rows[first_row - top : last_row - top + 1]:
            for column in range(first_column - left, min(last_column - left + 1, len(row))):
                row[column] = cell
    return sheet_blocks(rows, number, top)


def sheet_blocks(rows: list[list[Cell]], number: int, top: int = 0) -> list[Block]:
    """The blocks of one sheet: its tables with what stands above and below them. `top`: the number of its first row."""
    blocks: list[Block] = []
    for start, end in _tables(rows):
        blocks += table_blocks(rows[start:end], number, None, loose=True, first_row=top + start)
    return blocks


def _tables(rows: list[list[Cell]]) -> list[tuple[int, int]]:
    """A sheet's rows in tables: an empty row parts two where a row with one filled cell (the next title) follows it."""
    parts, start, empty = [], 0, False
    for number, row in enumerate(rows):
        distinct = {id(cell) for cell in row if cell.lines}
        if not distinct:
            empty = True
            continue
        if empty and len(distinct) == 1 and len(row) > 1 and row[0].lines and number + 1 < len(rows):
            parts.append((start, number))
            start = number
        empty = False
    parts.append((start, len(rows)))
    return [(start, end) for start, end in parts if start < end]


def _text(value: Any) -> str:
    """A cell's value as a reader would write it: 3 not 3.0, dates as ISO 8601."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat(" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return str(value)


@contextmanager
def _silent() -> Iterator[None]:
    """Rust writes its panics to standard error itself; the user hears our one sentence instead."""
    try:
        saved = os.dup(2)
    except OSError:  # no standard error at all
        yield
        return
    try:
        with open(os.devnull, "wb") as nothing:
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)


def _is_foreign(error: BaseException) -> bool:
    """Whether an exception is not the library's (its Rust panics are no `Exception`)."""
    return not isinstance(error, Exception) and type(error).__name__ != "PanicException"


def _refusal(error: BaseException, data: bytes, path: str) -> BaseException:
    if _is_foreign(error):
        return error
    if "assword" in str(error) or "assword" in type(error).__name__:
        return ReadError(path, "encrypted", "it is locked with a password", REMEDY)
    return ReadError(path, "damaged", "it is no readable workbook", "open it in Excel or WPS and save it again")
