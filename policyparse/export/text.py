"""Rows as text: JSON Lines, CSV, Markdown.

In: rows. Out: characters. Touches: the stream that it is given.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Protocol

from policyparse.export.tables import Row, Value

#: What begins a formula in a spreadsheet program that opens a CSV file (OWASP's list); the full-width signs do in East
#: Asian settings.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


class Writer(Protocol):
    def write(self, row: Row) -> None: ...


class JsonLines:
    """Rows as JSON Lines."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, row: Row) -> None:
        self._stream.write(json.dumps(row, ensure_ascii=False) + "\n")


class Csv:
    """Rows as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe in front, a head too: some are
    names of places, as printed."""

    def __init__(self, stream: IO[str], columns: Mapping[str, int], heads: Mapping[str, str]) -> None:
        self._columns = list(columns)
        self._writer = csv.writer(stream, lineterminator="\r\n")
        self._writer.writerow(_harmless(heads.get(name, name)) for name in columns)

    def write(self, row: Row) -> None:
        self._writer.writerow(_harmless(row.get(name)) for name in self._columns)


def _harmless(value: Value) -> Value:
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def table_writer(
    stream: IO[str], format: str, columns: Mapping[str, int], heads: Mapping[str, str] | None = None
) -> Writer:
    """A writer of rows to a text stream, for jsonl or csv; `heads` are the columns' titles where they differ (csv)."""
    return JsonLines(stream) if format == "jsonl" else Csv(stream, columns, heads or {})


def text_file(path: Path, format: str) -> IO[str]:
    # Excel takes a CSV file for UTF-8 only when it begins with a byte order mark.
    return path.open("w", encoding="utf-8-sig" if format == "csv" else "utf-8", newline="", errors="replace")


def markdown(
    stream: IO[str], columns: Mapping[str, int], heads: Mapping[str, str], rows: Iterable[Mapping[str, Value]]
) -> None:
    stream.write("| " + " | ".join(_markdown_cell(heads.get(name, name)) for name in columns) + " |\n")
    stream.write("|" + " --- |" * len(columns) + "\n")
    for row in rows:
        stream.write("| " + " | ".join(_markdown_cell(row.get(name)) for name in columns) + " |\n")


def _markdown_cell(value: Value) -> str:
    text = "" if value is None else " ".join(str(value).split())
    for sign in "\\|<>`*_[]":
        text = text.replace(sign, "\\" + sign if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return text
