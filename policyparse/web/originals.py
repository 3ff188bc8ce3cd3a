"""The file that a document came from, as it was when it was imported.

In: a document of the corpus. Out: its source's bytes, its pages as pictures. Touches: reads the source files, of which
only those are given out whose bytes are the imported ones.
"""

from __future__ import annotations

from policyparse.batch.originals import source_of
from policyparse.corpus import Corpus
from policyparse.corpus.passages import before_repairs
from policyparse.model import Clause, Document
from policyparse.passing import PolicyparseError
from policyparse.read.pdf_picture import page_picture

PDF = "application/pdf"


def original(corpus: Corpus, document: Document) -> bytes:
    """The bytes of the document's file. Raises PolicyparseError where they are no longer there."""
    try:
        return source_of(corpus, document)
    except PolicyparseError:
        raise PolicyparseError(
            f"{file_name(document)}: the file is no longer there as it was imported — put it back, or import its new place"
        ) from None


def file_name(document: Document) -> str:
    """The last part of the source's path, without the folders of this machine."""
    return document.source.path.replace("\\", "/").rpartition("/")[2] or "file"


def pages_of(document: Document) -> list[int]:
    """The pages of a PDF (or OFD, or scan) on which the document's clauses begin."""
    return sorted({clause.origin.page for clause in document.clauses if clause.origin.page is not None})


def picture(corpus: Corpus, document: Document, number: int, clause: Clause | None) -> bytes:
    """A PNG of page `number` of the document's PDF, the clause marked. Raises PolicyparseError where it cannot be."""
    if document.source.media_type != PDF:
        raise PolicyparseError(f"{file_name(document)}: a picture can be made of a PDF only")
    start = end = None
    if clause is not None and clause.origin.page == number:
        start, end = clause.origin.start, clause.origin.end
        if end is None and start is not None:  # it goes on in another paragraph, or on the next page
            end = start + len(before_repairs(document, clause.start, clause.end))
    return page_picture(original(corpus, document), number, start, end)
