"""The pilot tables by name: as rows, and as pandas DataFrames.

In: a name, Documents (or a Corpus). Out: Made, DataFrame. Touches: reads the corpus; pandas is loaded on first use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from policyparse.compare.clause_tables import CLAUSE_TABLES
from policyparse.compare.pilots import MENTION_TABLES, item_matrix
from policyparse.compare.rows import Made, PilotTable, Row
from policyparse.compare.sources import sources
from policyparse.compare.taking import with_origins
from policyparse.compare.timeline import TIMELINE
from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.reuse import reuse
from policyparse.reuse.families import one_of_each

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped]

#: Name on the command line → table.
PILOT_TABLES: dict[str, PilotTable] = {**MENTION_TABLES, "timeline": TIMELINE, **CLAUSE_TABLES}

#: Tables of delegations, of which several may be one row or one event.
_OF_DELEGATIONS = ("items", "matrix", "history")

#: All tables; `matrix` has a column for each place, so its columns are known only when it is made.
TABLE_NAMES: tuple[str, ...] = ("items", "matrix", *(name for name in PILOT_TABLES if name != "items"))


def make(name: str, documents: Sequence[Document], min_confidence: float | None = None) -> Made:
    """The table `name` over `documents`. Rows of less than `min_confidence`, or of which none is known, are left out.

    Where a row is made of several delegations, those that are less sure are left out before, and no sure one with them.
    Raises PolicyparseError for a name that is not in TABLE_NAMES.
    """
    if min_confidence is not None and name in _OF_DELEGATIONS:
        sure = [_sure_alone(each, min_confidence) for each in documents]
        left_out = sum(len(each.delegations) for each in documents) - sum(len(each.delegations) for each in sure)
        return replace(make(name, sure), left_out=left_out)
    if name == "matrix":
        made = item_matrix(documents)
    elif name in PILOT_TABLES:
        table = PILOT_TABLES[name]
        made = Made(name, table.title, table.columns, table.heads, table.rows(documents), table.english)
    else:
        raise PolicyparseError(f"{name}: no such table — one of: {', '.join(TABLE_NAMES)}")
    if min_confidence is None or "confidence" not in made.columns:
        return made
    kept = [row for row in made.rows if _sure(row) >= min_confidence]
    return replace(made, rows=kept, left_out=len(made.rows) - len(kept))


def _sure_alone(document: Document, least: float) -> Document:
    """The document with those delegations that are sure enough."""
    kept = [each for each in document.delegations if each.confidence is not None and each.confidence >= least]
    return document.model_copy(update={"delegations": kept})


def _sure(row: Row) -> float:
    value = row.get("confidence")
    return float(value) if isinstance(value, int | float) else -1.0


def frame(
    source: Corpus | Path | str | Iterable[Document],
    name: str,
    *,
    min_confidence: float | None = None,
    fold: bool = True,
    taken_over: bool = False,
) -> pandas.DataFrame:
    """The table `name` over an open corpus, a corpus directory or documents, a column for each of its columns.

    fold: of several printings of one document only one counts
    taken_over: of items and history; the column taken_from says from which older document the words are
    `frame.attrs`: "title"; "heads" (column → Chinese head); "folded" (the documents that were left out as copies);
    "sources" (a list of rows, to be made a DataFrame: where each row's clause stands: document, source file, offsets).
    Raises PolicyparseError for an unknown table or a directory that is no corpus.
    """
    import pandas

    if isinstance(source, str | Path):
        with Corpus.open(source) as corpus:
            return frame(corpus, name, min_confidence=min_confidence, fold=fold, taken_over=taken_over)
    documents = list(source.documents() if isinstance(source, Corpus) else source)
    copies: list[Document] = []
    if fold:
        documents, copies = one_of_each(documents)
    made = make(name, documents, min_confidence)
    if taken_over:
        made = with_origins(made, reuse(documents))
    table = pandas.DataFrame(made.rows, columns=list(made.columns))
    table.attrs |= {
        "title": made.title, "heads": dict(made.heads), "folded": [each.id for each in copies],
        "sources": sources(documents, made.rows, first=0),
    }  # fmt: skip
    return table
