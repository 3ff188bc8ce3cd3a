"""Documents as tables: JSON Lines, CSV or an Excel workbook.

In: Documents. Out: a table each for documents, clauses, institutions, time points, delegations, responsibilities and
citations; beside every row of a mention stand its clause's id and text. Touches: the files it is told to write.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

import xlsxwriter

from policyparse.corpus.passages import path_of
from policyparse.model import Clause, Document
from policyparse.passing import PolicyparseError

Value = str | int | float | bool | None
Row = dict[str, Value]

FORMATS = ("jsonl", "csv", "xlsx")

#: Excel's own limits.
_EXCEL_ROWS = 1_048_576
_EXCEL_CELL = 32_767

#: What begins a formula in a spreadsheet program that opens a CSV file.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class TableKind:
    """One table: its columns with their width in an Excel sheet (in characters), and how a document becomes rows."""

    columns: Mapping[str, int]
    rows: Callable[[Document], Iterator[Row]] = field(compare=False)


def _path(document: Document, clause: Clause | None) -> str:
    return " › ".join(path_of(document, clause.section)) if clause else ""


def _joined(values: Iterable[str]) -> str:
    return "；".join(values)


def _documents(document: Document) -> Iterator[Row]:
    yield {
        "document": document.id,
        "title": document.title,
        "cover_title": document.cover_title,
        "kind": document.kind,
        "doc_number": document.doc_number,
        "issuers": _joined(document.issuers),
        "date": document.date,
        "place": document.place,
        "level": document.level,
        "masked": document.masked,
        "clauses": len(document.clauses),
        "institutions": len(document.institutions),
        "time_points": len(document.time_points),
        "delegations": len(document.delegations),
        "responsibilities": len(document.responsibilities),
        "characters": len(document.text),
        "path": document.source.path,
        "part": document.source.part,
        "sha256": document.source.sha256,
    }


def _clauses(document: Document) -> Iterator[Row]:
    for clause in document.clauses:
        yield {
            "clause": f"{document.id}#{clause.id}",
            "document": document.id,
            "title": document.title,
            "headings": _path(document, clause),
            "tag": clause.tags[0].tag if clause.tags else None,
            "tags": _joined(tag.tag for tag in clause.tags),
            "score": round(clause.tags[0].score, 4) if clause.tags else None,
            "text": clause.text,
            "start": clause.start,
            "end": clause.end,
            "page": clause.origin.page,
            "paragraph": clause.origin.paragraph,
        }


def _mentions(name: str, fields: Callable[[Any], Row]) -> Callable[[Document], Iterator[Row]]:
    """Rows of the list `name` of a document: which document, the record's own fields, the span, the clause."""

    def rows(document: Document) -> Iterator[Row]:
        clauses = {clause.id: clause for clause in document.clauses}
        for mention in getattr(document, name):
            clause = clauses.get(mention.clause) if mention.clause else None
            yield {
                "document": document.id,
                "title": document.title,
                "place": document.place,
                "date": document.date,
                **fields(mention),
                "start": mention.start,
                "end": mention.end,
                "clause": f"{document.id}#{mention.clause}" if mention.clause else None,
                "headings": _path(document, clause),
                "clause_text": clause.text if clause else None,
            }

    return rows


_BEFORE = {"document": 18, "title": 36, "place": 26, "date": 11}
_AFTER = {"start": 7, "end": 7, "clause": 22, "headings": 30, "clause_text": 70}

TABLES: dict[str, TableKind] = {
    "documents": TableKind(
        {
            "document": 18, "title": 44, "cover_title": 36, "kind": 10, "doc_number": 20, "issuers": 28, "date": 11,
            "place": 28, "level": 10, "masked": 8, "clauses": 8, "institutions": 8, "time_points": 8, "delegations": 8,
            "responsibilities": 8, "characters": 10, "path": 36, "part": 6, "sha256": 20,
        },
        _documents,
    ),
    "clauses": TableKind(
        {
            "clause": 22, "document": 18, "title": 36, "headings": 30, "tag": 14, "tags": 22, "score": 8, "text": 80,
            "start": 7, "end": 7, "page": 6, "paragraph": 10,
        },
        _clauses,
    ),
    "institutions": TableKind(
        {**_BEFORE, "text": 24, "canonical": 34, **_AFTER},
        _mentions("institutions", lambda m: {"text": m.text, "canonical": m.canonical}),
    ),
    "time_points": TableKind(
        {**_BEFORE, "text": 24, "type": 11, "value": 24, **_AFTER},
        _mentions("time_points", lambda m: {"text": m.text, "type": m.type, "value": m.value}),
    ),
    "delegations": TableKind(
        {**_BEFORE, "item": 40, "from": 20, "to": 20, "mode": 16, "quote": 60, **_AFTER},
        _mentions(
            "delegations",
            lambda m: {"item": m.item, "from": _joined(m.from_), "to": _joined(m.to), "mode": _joined(m.mode)},
        ),
    ),
    "responsibilities": TableKind(
        {**_BEFORE, "departments": 34, "role": 12, "task": 46, "deadline": 16, "quote": 60, **_AFTER},
        _mentions(
            "responsibilities",
            lambda m: {
                "departments": _joined(m.departments), "role": m.role, "task": m.task, "deadline": m.deadline,
            },
        ),
    ),
    "citations": TableKind(
        {**_BEFORE, "text": 40, "cited_title": 40, "cited_number": 20, **_AFTER},
        _mentions("citations", lambda m: {"text": m.text, "cited_title": m.title, "cited_number": m.doc_number}),
    ),
}  # fmt: skip


def rows(documents: Iterable[Document], table: str) -> Iterator[Row]:
    """The rows of `table` (a key of TABLES) over `documents`, in their order."""
    kind = _kind(table)
    for document in documents:
        yield from _complete(kind, document)


def _complete(kind: TableKind, document: Document) -> Iterator[Row]:
    """A kind's rows with its columns in their order; `quote` is the sentence that a record's span cuts."""
    for row in kind.rows(document):
        if "quote" in kind.columns:
            row["quote"] = document.text[int(row["start"] or 0) : int(row["end"] or 0)]
        yield {name: row.get(name) for name in kind.columns}


def _kind(table: str) -> TableKind:
    if table not in TABLES:
        raise PolicyparseError(f"{table}: no such table — one of: {', '.join(TABLES)}")
    return TABLES[table]


class _Writer(Protocol):
    def write(self, row: Row) -> None: ...


class JsonLines:
    """Rows as JSON Lines."""

    def __init__(self, stream: IO[str], columns: Mapping[str, int]) -> None:
        self._stream = stream

    def write(self, row: Row) -> None:
        self._stream.write(json.dumps(row, ensure_ascii=False) + "\n")


class Csv:
    """Rows as CSV. A cell that a spreadsheet would take for a formula gets an apostrophe in front."""

    def __init__(self, stream: IO[str], columns: Mapping[str, int]) -> None:
        self._writer = csv.DictWriter(stream, list(columns), lineterminator="\r\n")
        self._writer.writeheader()

    def write(self, row: Row) -> None:
        self._writer.writerow({name: _harmless(value) for name, value in row.items()})


def _harmless(value: Value) -> Value:
    return "'" + value if isinstance(value, str) and value.startswith(_FORMULA) else value


def export(
    documents: Iterable[Document], format: str, output: Path, tables: Iterable[str] = tuple(TABLES)
) -> list[Path]:
    """Writes `tables` over `documents` and returns the files: one workbook, or a file a table in the folder `output`.

    Each file appears when it is whole. Raises PolicyparseError for an unknown format or table, and where a workbook
    cannot hold the rows.
    """
    kinds = {name: _kind(name) for name in tables}
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
                name: table_writer(stack.enter_context(_text_file(path, format)), format, kinds[name].columns)
                for name, path in parts.items()
            }
            for document in documents:
                for name, writer in writers.items():
                    for row in _complete(kinds[name], document):
                        writer.write(row)
        for name, path in files.items():
            os.replace(parts[name], path)
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return list(files.values())


def table_writer(stream: IO[str], format: str, columns: Mapping[str, int]) -> _Writer:
    """A writer of rows to a text stream, for jsonl or csv."""
    return JsonLines(stream, columns) if format == "jsonl" else Csv(stream, columns)


def _text_file(path: Path, format: str) -> IO[str]:
    # Excel takes a CSV file for UTF-8 only when it begins with a byte order mark.
    return path.open("w", encoding="utf-8-sig" if format == "csv" else "utf-8", newline="", errors="replace")


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
        self._head = self._book.add_format(
            {**base, "bold": True, "bg_color": "#DDE6F0", "border": 1, "border_color": "#B0B8C0", "text_wrap": True}
        )
        self._sheets: dict[str, tuple[Any, list[str], int]] = {}
        self._counts: dict[str, int] = {}

    def add_sheet(self, name: str, columns: Mapping[str, int], heads: Mapping[str, str] | None = None) -> None:
        """A sheet with its head row; `heads` are the columns' titles where they differ from their names."""
        sheet = self._book.add_worksheet(name[:31])
        sheet.freeze_panes(1, 1)
        for at, (column, width) in enumerate(columns.items()):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, (heads or {}).get(column, column), self._head)
        self._sheets[name] = (sheet, list(columns), len(columns))
        self._counts[name] = 0

    def write(self, name: str, row: Row) -> None:
        """Adds a row to the sheet `name`."""
        sheet, columns, _ = self._sheets[name]
        self._counts[name] += 1
        at = self._counts[name]
        if at >= _EXCEL_ROWS:
            raise PolicyparseError(
                f"{name}: more rows than an Excel sheet can hold ({_EXCEL_ROWS:,}) — export as csv, or fewer documents"
            )
        for column, title in enumerate(columns):
            value = row.get(title)
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                sheet.write_boolean(at, column, value, self._plain)
            elif isinstance(value, int | float):
                sheet.write_number(at, column, value, self._plain)
            else:
                sheet.write_string(at, column, _cell(value), self._wrapped)

    def close(self) -> None:
        """Puts the filters on and writes the file."""
        for name, (sheet, _, width) in self._sheets.items():
            sheet.autofilter(0, 0, max(1, self._counts[name]), width - 1)
        self._book.close()


def _cell(value: str) -> str:
    """What an Excel cell can hold of `value`; a cut is shown."""
    text = value.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _EXCEL_CELL else text[: _EXCEL_CELL - 20] + "…[cut: see the csv]"


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
                for row in _complete(kind, document):
                    book.write(name, row)
        book.close()
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)


def write_table(
    title: str, columns: Mapping[str, int], heads: Mapping[str, str], rows: Iterable[Mapping[str, Value]], output: Path
) -> None:
    """Writes one table to a .csv, .jsonl, .xlsx or .md file, by the ending of `output`.

    heads: column → what stands over it (not in JSON Lines, whose keys stay the same in every language)
    """
    format = output.suffix.lower().removeprefix(".")
    if format not in (*FORMATS, "md"):
        raise PolicyparseError(
            f"{output}: a table is written as .csv, .jsonl, .xlsx or .md — give one of these endings"
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
        else:
            with _text_file(part, format) as stream:
                if format == "md":
                    _markdown(stream, columns, heads, rows)
                else:
                    named = heads if format == "csv" else {}
                    shown = {named.get(name, name): width for name, width in columns.items()}
                    writer = table_writer(stream, format, shown)
                    for row in rows:
                        writer.write({named.get(name, name): row.get(name) for name in columns})
        os.replace(part, output)
    finally:
        part.unlink(missing_ok=True)


def _markdown(
    stream: IO[str], columns: Mapping[str, int], heads: Mapping[str, str], rows: Iterable[Mapping[str, Value]]
) -> None:
    stream.write("| " + " | ".join(heads.get(name, name) for name in columns) + " |\n")
    stream.write("|" + " --- |" * len(columns) + "\n")
    for row in rows:
        stream.write("| " + " | ".join(_markdown_cell(row.get(name)) for name in columns) + " |\n")


def _markdown_cell(value: Value) -> str:
    text = "" if value is None else " ".join(str(value).split())
    for sign in "\\|<>`*_[]":
        text = text.replace(sign, "\\" + sign if sign not in "<>" else {"<": "&lt;", ">": "&gt;"}[sign])
    return text
