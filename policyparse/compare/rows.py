"""What the tables of comparison are made of: their kind, the names of clauses, the sentences of a text.

In: a text, a document. Out: PilotTable, Made, spans. Touches: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyparse.corpus.passages import path_of
from policyparse.model import Clause, Document
from policyparse.reuse.dating import dated

Row = dict[str, str | int | float | None]

_END = re.compile("[。；！？\n]")


@dataclass(frozen=True, slots=True)
class PilotTable:
    """columns: name → width in a sheet; heads: name → Chinese head; rows: what makes it; english: its title in English."""

    title: str
    columns: Mapping[str, int]
    heads: Mapping[str, str]
    rows: Callable[[Sequence[Document]], list[Row]]
    english: str


@dataclass(frozen=True, slots=True)
class Made:
    """A table that was made: PilotTable's columns and heads, its rows; `left_out`: how many rows, or records of them, were
    not sure enough."""

    name: str
    title: str
    columns: Mapping[str, int]
    heads: Mapping[str, str]
    rows: list[Row]
    english: str
    left_out: int = 0


def named(document: Document, clause: str | None) -> str:
    """The clause's id in a corpus: `document#c7`; of what stands in no clause, the document's."""
    return f"{document.id}#{clause}" if clause else document.id


def headings(document: Document, clause: Clause | None) -> str:
    """The headings above a clause, from the outside in."""
    return " › ".join(path_of(document, clause.section)) if clause else ""


def when(document: Document) -> str | None:
    """The document's date; without one, the year that it speaks of (2009~, ≥2009): see reuse.dating."""
    return document.date or dated(document).shown


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the sentences of text[start:end], by 。；！？ and line ends, without white space around them."""
    at = start
    for stop in (*(match.end() for match in _END.finditer(text, start, end)), end):
        piece = text[at:stop]
        if piece.strip():
            yield at + len(piece) - len(piece.lstrip()), stop - (len(piece) - len(piece.rstrip()))
        at = stop


def sentence(document: Document, clause: Clause | None, start: int) -> str:
    """The sentence of the clause (or of the text, in headings) that `start` stands in."""
    first, last = (clause.start, clause.end) if clause else (0, len(document.text))
    return next((document.text[a:b] for a, b in sentences(document.text, first, last) if a <= start < b), "")


def lowest(values: Iterator[float | None]) -> float | None:
    """The lowest of several confidences: a row is as sure as its weakest part. None where one is not known."""
    found = list(values)
    known = [value for value in found if value is not None]
    return min(known) if found and len(known) == len(found) else None
