"""policyparse: Chinese policy texts in, data out.

The public API, nothing else:

    import policyparse
    for document in policyparse.parse("方案.docx"):
        print(document.title, len(document.clauses))

`parse` gives the documents of a file as objects of the contract (`Document`); `ReadError` says why a file could not
be read. A corpus is opened with `policyparse.corpus.Corpus`, searched with `policyparse.search`; `tables(corpus, "items")`
gives a pilot table as a pandas DataFrame, `policyparse.reuse.reuse(corpus)` says who copied whom,
`policyparse.precedents.find(corpus, text)` who said the same, `policyparse.guard.check(document, corpus)` what is left over in a
draft.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policyparse.model import SCHEMA_VERSION, Document
from policyparse.passing import PolicyparseError, ReadError

if TYPE_CHECKING:
    from policyparse.compare.frames import frame as tables
    from policyparse.pipeline import parse

__all__ = ["SCHEMA_VERSION", "Document", "PolicyparseError", "ReadError", "parse", "tables"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`parse` and `tables` on first use: they bring libraries that a look at a corpus does not need."""
    if name == "parse":
        from policyparse.pipeline import parse

        return parse
    if name == "tables":
        from policyparse.compare.frames import frame

        return frame
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
