"""Documents as tables: JSON Lines, CSV or an Excel workbook.

In: Documents. Out: a table each for documents, clauses, institutions, time points, delegations, responsibilities and
citations; beside every row of a mention stand its clause's id and text. Touches: the files it is told to write.

tables.py (document → rows) → text.py (JSON Lines, CSV, Markdown), workbook.py (Excel) or word.py; graph.py, svg.py and
calendar.py write what is no table: who copied whom, pictures, an .ics file
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from policyparse.export.tables import TABLES, Marked, Row, TableKind, Value, complete, rows, table_kind
from policyparse.export.text import markdown, table_writer, text_file
from policyparse.export.word import word
from policyparse.export.workbook import Workbook
from policyparse.export.writing import whole
from policyparse.model import Document
from policyparse.passing import PolicyparseError

__all__ = [
    "FORMATS",
    "TABLES",
    "Marked",
    "Row",
    "Sheet",
    "Value",
    "Workbook",
    "export",
    "rows",
    "table_writer",
    "write_book",
    "write_table",
]

FORMATS = ("jsonl", "csv", "xlsx")


def export(
    documents: Iterable[Document],
    format: str,
    output: Path,
    tables: Iterable[str] = tuple(TABLES),
    min_confidence: float | None = None,
) -> list[Path]:
    """Writes `tables` over `documents` and returns the files: one workbook, or a file a table in the folder `output`.

    min_confidence: see `rows`.

    Each file appears when it is whole. Raises PolicyparseError for an unknown format or table, and where a workbook
    cannot hold the rows.
    """
    kinds = {name: table_kind(name) for name in tables}
    if format == "xlsx":
        _workbook(documents, output, kinds, min_confidence)
        return [output]
    if format not in FORMATS:
        raise PolicyparseError(f"{format}: no such format — one of: {', '.join(FORMATS)}")
    if output.exists() and not output.is_dir():
        raise PolicyparseError(f"{output}: is a file, and {format} needs a folder — give one with --output")
    output.mkdir(parents=True, exist_ok=True)
    files = {name: output / f"{name}.{format}" for name in kinds}
    parts = {name: path.with_name(path.name + ".part") for name, path in files.items()}
    try:
        with ExitStack() as stack:
            writers = {
                name: table_writer(stack.enter_context(text_file(path, format)), format, kinds[name].columns)
                for name, path in parts.items()
            }
            for document in documents:
                for name, writer in writers.items():
                    for row in complete(kinds[name], document, min_confidence):
                        writer.write(row)
        for name, path in files.items():
            os.replace(parts[name], path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return list(files.values())


def _workbook(
    documents: Iterable[Document], output: Path, kinds: Mapping[str, TableKind], min_confidence: float | None
) -> None:
    if output.is_dir():
        raise PolicyparseError(f"{output}: is a folder, and xlsx needs a file — give one with --output")
    with whole(output) as part:
        book = Workbook(part)
        for name, kind in kinds.items():
            book.add_sheet(name, kind.columns)
        for document in documents:
            for name, kind in kinds.items():
                for row in complete(kind, document, min_confidence):
                    book.write(name, row)
        book.close()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table for a workbook. `links`: the sheet that each row's clause leads to, row for row."""

    title: str
    columns: Mapping[str, int]
    heads: Mapping[str, str]
    rows: Sequence[Mapping[str, Value]]
    links: str | None = None


def write_book(sheets: Sequence[Sheet], output: Path) -> None:
    """Writes the sheets to an .xlsx file, which appears when it is whole."""
    with whole(output) as part:
        book = Workbook(part)
        for sheet in sheets:
            book.add_sheet(sheet.title, sheet.columns, sheet.heads, sheet.links)
            for row in sheet.rows:
                book.write(sheet.title, dict(row))
        book.close()


def write_table(
    title: str,
    columns: Mapping[str, int],
    heads: Mapping[str, str],
    rows: Iterable[Mapping[str, Value]],
    output: Path,
    more: Sequence[Sheet] = (),
) -> None:
    """Writes one table to a .csv, .jsonl, .xlsx, .docx or .md file, by the ending of `output`.

    heads: column → what stands over it (not in JSON Lines, whose keys stay the same in every language)
    more:  further sheets of a workbook, the first with a row for each row of this one (where it comes from); the other
           formats have one table and leave them out
    """
    format = output.suffix.lower().removeprefix(".")
    if format not in (*FORMATS, "md", "docx"):
        raise PolicyparseError(
            f"{output}: a table is written as .csv, .jsonl, .xlsx, .docx or .md — give one of these endings"
        )
    if format == "xlsx":
        write_book([Sheet(title, columns, heads, list(rows), more[0].title if more else None), *more], output)
        return
    with whole(output) as part:
        if format == "docx":
            word(part, title, columns, heads, rows)
        else:
            with text_file(part, format) as stream:
                if format == "md":
                    markdown(stream, columns, heads, rows)
                else:
                    writer = table_writer(stream, format, columns, heads)
                    for row in rows:
                        writer.write({name: row.get(name) for name in columns})
