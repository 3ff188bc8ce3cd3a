"""What the tables of comparison are made of: their kind, the names of clauses, the sentences of a text.

In: a text, a document. Out: PilotTable, spans. Touches: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyparse.model import Document

Row = dict[str, str | int | float | None]

_END = re.compile("[。；！？\n]")


@dataclass(frozen=True, slots=True)
class PilotTable:
    """columns: name → width in a sheet; heads: name → Chinese head; rows: what makes it."""

    title: str
    columns: Mapping[str, int]
    heads: Mapping[str, str]
    rows: Callable[[Sequence[Document]], list[Row]]


def named(document: Document, clause: str | None) -> str:
    """The clause's id in a corpus: `document#c7`; of what stands in no clause, the document's."""
    return f"{document.id}#{clause}" if clause else document.id


def sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The spans of the sentences of text[start:end], by 。；！？ and line ends, without white space around them."""
    at = start
    for stop in (*(match.end() for match in _END.finditer(text, start, end)), end):
        piece = text[at:stop]
        if piece.strip():
            yield at + len(piece) - len(piece.lstrip()), stop - (len(piece) - len(piece.rstrip()))
        at = stop
