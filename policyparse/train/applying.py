"""A stored document as the classifier sees it, for own tags, for the reasons of a tag, and for learning from corrections.

In: a Document. Out: ClauseContexts, clause for clause. Touches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from policyparse.corpus.corrections import Correction
from policyparse.model import Document
from policyparse.passing import Facts, Outline
from policyparse.pipeline import contexts_of
from policyparse.tag import ClauseContext
from policyparse.train.hashed import ReadDocument


def contexts_of_document(document: Document) -> list[ClauseContext]:
    """What the classifier saw of each clause when the document was parsed."""
    outline = Outline(
        text=document.text,
        sections=document.sections,
        clauses=document.clauses,
        tables=document.tables,
        facts=Facts(title=document.title, kind=document.kind, level=document.level),
    )
    return contexts_of(
        outline,
        document.institutions,
        document.time_points,
        document.delegations,
        document.responsibilities,
        document.citations,
    )


def corrected(document: Document, holding: dict[str, list[Correction]]) -> ReadDocument | None:
    """`document` (as it was parsed) with the tags that people gave its clauses; None where they gave none."""
    tags = {}
    for number, clause in enumerate(document.clauses):
        for correction in holding.get(clause.id, ()):
            if correction.sort == "tags":
                tags[number] = tuple(correction.value)
    return ReadDocument(document.id, tuple(contexts_of_document(document)), tags) if tags else None


def all_corrected(pairs: Iterable[tuple[Document, dict[str, list[Correction]]]]) -> list[ReadDocument]:
    """Those of the documents in which a person gave tags."""
    return [found for document, holding in pairs if (found := corrected(document, holding)) is not None]
