"""policyparse: Chinese policy texts in, data out.

The public API, nothing else:

    import policyparse
    for document in policyparse.parse("方案.docx"):
        print(document.title, len(document.clauses))

`parse` gives the documents of a file as objects of the contract (`Document`); `ReadError` says why a file could not
be read. A corpus is opened with `policyparse.corpus.Corpus`, searched with `policyparse.search`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from policyparse.model import SCHEMA_VERSION, Document
from policyparse.passing import PolicyparseError, ReadError

if TYPE_CHECKING:
    from policyparse.pipeline import parse

__all__ = ["SCHEMA_VERSION", "Document", "PolicyparseError", "ReadError", "parse"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """`parse` on first use: it brings the classifier's libraries, which a look at a corpus does not need."""
    if name == "parse":
        from policyparse.pipeline import parse

        return parse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
