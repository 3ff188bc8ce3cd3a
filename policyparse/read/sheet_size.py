"""How far a workbook's cells reach, before a library lays the whole rectangle out in memory.

In: the file's bytes. Out: nothing, or ReadError (too-large). Touches nothing.

calamine unpacks without a limit and holds a sheet as one rectangle: one stray or forged cell far away makes it take
gigabytes (measured: an .xls of 15 kB with a changed byte, 214 million cells, 86 s). So the places of the cells are
read first: of .xlsx from its XML, of .xls from its records ([MS-XLS] 2.5), of .ods from its repeat counts.
"""

from __future__ import annotations

import re
import struct

from doc2docx.cfb import CompoundFile
from doc2docx.errors import Doc2DocxError

from policyparse.passing import ReadError
from policyparse.read.container import Container
from policyparse.read.limits import Limits
from policyparse.read.locked import REMEDY

# A cell of an .xlsx sheet that holds something (an empty one ends in "/>").
_FILLED = re.compile(rb'<(?:\w{1,8}:)?c\s[^>]{0,200}?\br="([A-Z]{1,3})(\d{1,7})"(?:[^>]{0,200}[^/>])?>')
_REPEATED_CELL = re.compile(rb'<table:table-cell\s[^>]{0,400}?number-columns-repeated="(\d{4,9})"[^>]{0,400}>')
_REPEATED_ROW = re.compile(rb'<table:table-row\s[^>]{0,400}?number-rows-repeated="(\d{4,9})"[^>]{0,400}>')
# FORMULA, RK, NUMBER, LABEL, LABELSST, RSTRING, BOOLERR, MULRK: records of a cell with a value, row and column first
_CELLS = frozenset((0x0006, 0x027E, 0x0203, 0x0204, 0x00FD, 0x00D6, 0x0205, 0x00BD, 0x0406, 0x0206))
_BEGIN, _DIMENSIONS = frozenset((0x0809, 0x0409, 0x0209, 0x0009)), 0x0200
_FILE_PASS = 0x002F
_BOF = b"\x09\x08\x10\x00\x00\x06"  # the first record of every Excel 97–2003 workbook
# An .xls sheet has at most so many rows and columns ([MS-XLS] 2.2.1).
_XLS_ROWS, _XLS_COLUMNS = 65_536, 256


def check_zip(container: Container, path: str, limits: Limits) -> None:
    """Refuse an .xlsx or .ods that unpacks to too much or spans too many cells. Raises ReadError."""
    for name in container.names:
        lower = name.lower()
        if lower == "content.xml":
            _check_ods(container.read(name), path)
        elif lower.startswith("xl/") and lower.endswith(".xml"):
            content = container.read(name)
            if lower.startswith("xl/worksheets/"):
                _check_sheet(content, path, limits)


def _check_sheet(content: bytes, path: str, limits: Limits) -> None:
    low_row, high_row, low_column, high_column = 2**31, 0, 2**31, 0
    known: dict[bytes, int] = {}
    for match in _FILLED.finditer(content):
        letters, row = match.group(1), int(match.group(2))
        column = known.get(letters)
        if column is None:
            column = 0
            for letter in letters:
                column = column * 26 + letter - 64
            known[letters] = column
        low_row, high_row = min(low_row, row), max(high_row, row)
        low_column, high_column = min(low_column, column), max(high_column, column)
    if high_row and (high_row - low_row + 1) * (high_column - low_column + 1) > limits.max_cells:
        raise _stray(path)


def _check_ods(content: bytes, path: str) -> None:
    for match in _REPEATED_CELL.finditer(content):
        if b"office:value" in match.group() or content[match.end() : match.end() + 20].lstrip().startswith(b"<text:p"):
            raise _stray(path)
    for match in _REPEATED_ROW.finditer(content):
        row = content[match.end() : match.end() + 4000].partition(b"</table:table-row>")[0]
        if b"office:value" in row or b"<text:p" in row:
            raise _stray(path)


def check_xls(data: bytes, path: str, limits: Limits) -> None:
    """Refuse an .xls whose cells span too much, or that is in cipher. Raises ReadError."""
    stream = _workbook_stream(data) if data.startswith(b"\xd0\xcf\x11\xe0") else data
    at, end = 0, len(stream) - 4
    low_row, high_row, low_column, high_column = 2**31, -1, 2**31, -1
    while at <= end:
        kind, size = struct.unpack_from("<HH", stream, at)
        at += 4
        if kind == _FILE_PASS:  # what follows is in cipher
            raise ReadError(
                path,
                "encrypted",
                "it is locked with a password",
                REMEDY,
            )
        if kind in _CELLS and size >= 4 and at + 4 <= len(stream):
            row, column = struct.unpack_from("<HH", stream, at)
            low_row, high_row = min(low_row, row), max(high_row, row)
            low_column, high_column = min(low_column, column), max(high_column, column)
            if (high_row - low_row + 1) * (high_column - low_column + 1) > limits.max_cells:
                raise _stray(path)
        elif kind == _DIMENSIONS and size >= 12 and at + 12 <= len(stream):
            rows, columns = struct.unpack_from("<4xI2xH", stream, at)
            if rows > _XLS_ROWS or columns > _XLS_COLUMNS:
                raise _stray(path)
        elif kind in _BEGIN:
            low_row, high_row, low_column, high_column = 2**31, -1, 2**31, -1
        at += size


def _workbook_stream(data: bytes) -> bytes:
    """The workbook's records; where the container is broken, what follows the first record in the file as it lies."""
    try:
        container = CompoundFile(data)
    except Doc2DocxError:
        return data[max(0, data.find(_BOF)) :]
    for name in ("Workbook", "Book", "WORKBOOK", "BOOK"):
        try:
            return bytes(container.open_stream(name))
        except Doc2DocxError:
            continue
    return data[max(0, data.find(_BOF)) :]


def _stray(path: str) -> ReadError:
    return ReadError(path, "too-large", "its cells lie too far apart", "delete the stray cells and save it again")
