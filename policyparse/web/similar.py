"""Likenesses of a clause elsewhere, and the line that says where a clause comes from.

In: a clause of the corpus. Out: the wordings of other documents. Touches: reads the corpus, through precedents.
"""

from __future__ import annotations

from policyparse import precedents
from policyparse.corpus import Corpus
from policyparse.corpus.passages import path_of
from policyparse.labels import label_at
from policyparse.model import Clause, Document


def source_line(document: Document, clause: Clause) -> str:
    """《标题》（文号）第八条，发文机关，日期: as `precedents.Use.source` has it."""
    number = f"（{document.doc_number}）" if document.doc_number else ""
    path = path_of(document, clause.section)
    label = label_at(clause.text) or (label_at(path[-1]) if path else None)
    parts = (f"《{document.title}》{number}{label.text if label else ''}", "、".join(document.issuers), document.date)
    return "，".join(part for part in parts if part)


def similar_to(corpus: Corpus, document: Document, clause: Clause, most: int = 5) -> precedents.Answer:
    """What other documents say that this clause says."""
    return precedents.find(corpus, clause.text, limit=most, without=document.id)
