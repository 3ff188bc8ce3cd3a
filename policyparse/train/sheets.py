"""Rows of a researcher's sheet: Excel, WPS or CSV, under Chinese or English heads.

In: a path. Out: rows, head → cell, with their numbers in the sheet. Touches: reads the file, workbooks through `read` with
its limits.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, repeat
from pathlib import Path

from policyparse.passing import PolicyparseError, ReadError
from policyparse.read import read_all

Row = dict[str, str]
Table = list[tuple[int, tuple[str, ...]]]
BOOKS = {".xlsx", ".xls", ".et", ".ods", ".xlsm"}
_SEVERAL = re.compile(r"[；;、,，|\s]+")


def read_rows(path: Path, heads: Mapping[str, Sequence[str]], needed: Iterable[str] = ()) -> list[tuple[int, Row]]:
    """(number in the sheet, row) of what is not empty in `path`, with the names that `heads` gives to the heads printed in it.

    `heads`: our name → the heads that mean it, in small letters. Of a workbook the first sheet that has the `needed` ones.
    A head that means nothing to us keeps its own name. Raises PolicyparseError: no such file, needed heads missing.
    """
    names = {head: name for name, printed in heads.items() for head in (name, *printed)}
    needed = list(needed)
    missing = needed
    for table in _tables(path):
        ours = [names.get(head.strip().lower(), head.strip()) for head in table[0][1]]
        missing = [name for name in needed if name not in ours]
        if not missing:
            # a row may be shorter than the heads: the rest of its cells are empty
            rows = (
                (n, dict(zip(ours, chain(map(str.strip, cells), repeat("")), strict=False))) for n, cells in table[1:]
            )
            return [(number, row) for number, row in rows if any(row.values())]
    if not missing:
        return []
    wanted = ", ".join(" / ".join((name, *heads.get(name, ()))) for name in missing)
    raise PolicyparseError(f"{path}: no column {wanted} in its first row — name the columns so")


def several(cell: str) -> list[str]:
    """The words of a cell that holds several, tags for instance."""
    return [word for word in _SEVERAL.split(cell) if word]


def _tables(path: Path) -> list[Table]:
    if not path.is_file():
        raise PolicyparseError(f"{path}: no such file")
    if path.suffix.lower() in BOOKS:
        found: list[Table] = []
        for raw in read_all(path):
            if isinstance(raw, ReadError):
                raise raw
            found += [list(enumerate(block.rows, 1)) for block in raw.blocks if block.kind == "table" and block.rows]
        return found
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise PolicyparseError(f"{path}: neither UTF-8 nor GB18030 text — save it as CSV UTF-8 or as .xlsx")
    try:
        delimiter = "\t" if "\t" in text.split("\n", 1)[0] else ","
        every = enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1)
        rows = [(number, tuple(cells)) for number, cells in every if any(cells)]
    except csv.Error as error:
        raise PolicyparseError(f"{path}: not readable as CSV ({error}) — save it as .xlsx") from None
    return [rows] if rows else []
