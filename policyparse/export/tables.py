"""The tables of an export: their columns, and how a document becomes their rows.

In: Documents. Out: rows (column → value), each with the id and the text of its clause. Touches: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from policyparse.corpus.passages import path_of
from policyparse.model import Clause, Document
from policyparse.passing import PolicyparseError

Value = str | int | float | bool | None
Row = dict[str, Value]


class Marked(str):
    """A cell's text with the spans in it that are shown in red in a workbook; elsewhere it is its text."""

    spans: tuple[tuple[int, int], ...]

    def __new__(cls, text: str, spans: Iterable[tuple[int, int]] = ()) -> Marked:
        made = super().__new__(cls, text)
        made.spans = tuple(spans)
        return made


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
                "rule": mention.rule,
                "confidence": mention.confidence,
                "start": mention.start,
                "end": mention.end,
                "clause": f"{document.id}#{mention.clause}" if mention.clause else None,
                "headings": _path(document, clause),
                "clause_text": clause.text if clause else None,
            }

    return rows


_BEFORE = {"document": 18, "title": 36, "place": 26, "date": 11}
_AFTER = {"rule": 14, "confidence": 8, "start": 7, "end": 7, "clause": 22, "headings": 30, "clause_text": 70}

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
        {
            **_BEFORE, "text": 40, "cited_title": 40, "cited_number": 20, "cited_issuer": 24, "cited_date": 11, "superior": 8,
            "relation": 10, **_AFTER,
        },
        _mentions(
            "citations",
            lambda m: {
                "text": m.text, "cited_title": m.title, "cited_number": m.doc_number, "cited_issuer": m.issuer,
                "cited_date": m.date, "superior": m.superior, "relation": m.relation,
            },
        ),
    ),
}  # fmt: skip


def xml_text(text: str) -> str:
    """`text` without the characters that XML 1.0 (2.2) and so no office file can hold."""
    return _NO_XML.sub("", text)


_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def rows(documents: Iterable[Document], table: str, min_confidence: float | None = None) -> Iterator[Row]:
    """The rows of `table` (a key of TABLES) over `documents`, in their order.

    min_confidence: records of rules that are less often right, or of which that is not known, are left out
    """
    kind = table_kind(table)
    for document in documents:
        yield from complete(kind, document, min_confidence)


def complete(kind: TableKind, document: Document, min_confidence: float | None = None) -> Iterator[Row]:
    """A kind's rows with its columns in their order; `quote` is the sentence that a record's span cuts."""
    for row in kind.rows(document):
        if min_confidence is not None and "confidence" in row and float(row["confidence"] or 0) < min_confidence:
            continue
        if "quote" in kind.columns:
            row["quote"] = document.text[int(row["start"] or 0) : int(row["end"] or 0)]
        yield {name: row.get(name) for name in kind.columns}


def table_kind(table: str) -> TableKind:
    if table not in TABLES:
        raise PolicyparseError(f"{table}: no such table — one of: {', '.join(TABLES)}")
    return TABLES[table]
