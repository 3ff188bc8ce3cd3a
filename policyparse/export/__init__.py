"""Documents as tables: JSON Lines, CSV or an Excel workbook.

In: Documents. Out: a table each for documents, clauses, institutions, time points, delegations, responsibilities and
citations; beside every row of a mention stand its clause's id and text. Touches: the files it is told to write.

tables.py (document → rows) → text.py (JSON Lines, CSV, Markdown) or workbook.py (Excel)
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from policyparse.export.tables import TABLES, Row, TableKind, Value, complete, rows, table_kind
from policyparse.export.text import markdown, table_writer, text_file
from policyparse.export.word import word
from policyparse.export.workbook import Workbook
from policyparse.model import Document
from policyparse.passing import PolicyparseError

__all__ = ["FORMATS", "TABLES", "Row", "Workbook", "export", "rows", "table_writer", "write_table"]

FORMATS = ("jsonl", "csv", "xlsx")


def export(
    documents: Iterable[Document], format: str, output: Path, tables: Iterable[str] = tuple(TABLES)
) -> list[Path]:
    """Writes `tables` over `documents` and returns the files: one workbook, or a file a table in the folder `output`.

    Each file appears when it is whole. Raises PolicyparseError for an unknown format or table, and where a workbook
    cannot hold the rows.
    """
    kinds = {name: table_kind(name) for name in tables}
    if format == "xlsx":
        _workbook(documents, output, kinds)
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
                    for row in complete(kinds[name], document):
                        writer.write(row)
        for name, path in files.items():
            os.replace(parts[name], path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return list(files.values())


def _workbook(documents: Iterable[Document], output: Path, kinds: Mapping[str, TableKind]) -> None:
    if output.is_dir():
        raise PolicyparseError(f"{output}: is a folder, and xlsx needs a file — give one with --output")
    output.parent.mkdir(parents=True, exist_ok=True)
    part = output.with_name(output.name + ".part")
    try:
        book = Workbook(part)
        for name, kind in kinds.items():
            book.add_sheet(name, kind.columns)
        for document in documents:
            for name, kind in kinds.items():
                for row in complete(kind, document):
                    book.write(name, row)
        book.close()
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)


def write_table(
    title: str, columns: Mapping[str, int], heads: Mapping[str, str], rows: Iterable[Mapping[str, Value]], output: Path
) -> None:
    """Writes one table to a .csv, .jsonl, .xlsx, .docx or .md file, by the ending of `output`.

    heads: column → what stands over it (not in JSON Lines, whose keys stay the same in every language)
    """
    format = output.suffix.lower().removeprefix(".")
    if format not in (*FORMATS, "md", "docx"):
        raise PolicyparseError(
            f"{output}: a table is written as .csv, .jsonl, .xlsx, .docx or .md — give one of these endings"
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    part = output.with_name(output.name + ".part")
    try:
        if format == "xlsx":
            book = Workbook(part)
            book.add_sheet(title, columns, heads)
            for row in rows:
                book.write(title, dict(row))
            book.close()
        elif format == "docx":
            word(part, title, columns, heads, rows)
        else:
            with text_file(part, format) as stream:
                if format == "md":
                    markdown(stream, columns, heads, rows)
                else:
                    named = heads if format == "csv" else {}
                    shown = {named.get(name, name): width for name, width in columns.items()}
                    writer = table_writer(stream, format, shown)
                    for row in rows:
                        writer.write({named.get(name, name): row.get(name) for name in columns})
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)
