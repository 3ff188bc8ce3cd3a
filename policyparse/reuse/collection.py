"""The documents that are looked through: their facts, texts, letters and shingles, copies folded.

In: a Corpus or Documents. Out: Collection. Touches: reads the corpus.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.reuse.direction import Facts, facts
from policyparse.reuse.families import folded
from policyparse.reuse.letters import Letters, gathered
from policyparse.reuse.shingles import Shingles, shingles

Text = tuple[str, list[tuple[str, int, int]]]
Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Collection:
    """One document of each family, all lists in one order.

    facts, texts (with clauses as id, start, end), names (spans of names and dates); folded: families of several printings
    """

    facts: Sequence[Facts]
    texts: Sequence[Text]
    names: Sequence[Spans]
    letters: Letters
    found: Shingles
    folded: Sequence[tuple[Facts, ...]]

    def text(self, document: int, span: tuple[int, int]) -> str:
        """The words that stand at a span of a document."""
        return self.texts[document][0][span[0] : span[1]]

    def clause(self, document: int, letter: int) -> str:
        """The id, `document#c7`, of the clause that a letter stands in."""
        return f"{self.facts[document].id}#{self.letters.clause_at(letter)}"

    def size(self, document: int) -> int:
        """How many letters a document has, at least one."""
        start, end = self.letters.span(document)
        return max(1, end - start)

    def in_names(self) -> NDArray[np.bool_]:
        """The letters of organs' names, cited titles and dates: two documents have them from the world, not from each other."""
        inside = np.zeros(len(self.letters.codes), np.bool_)
        for document, spans in enumerate(self.names):
            start, end = self.letters.span(document)
            for first, last in spans:
                low, high = np.searchsorted(self.letters.offsets[start:end], (first, last))
                inside[start + low : start + high] = True
        return inside


def collection(source: Corpus | Iterable[Document]) -> Collection:
    """Reads `source` once; nothing of a document is kept but its text, its clauses' places and its facts."""
    known, texts, names = _read(source)
    letters = gathered(texts)
    found = shingles(letters)
    families, kept = folded(known, letters, found)
    if len(kept) < len(known):
        known, texts, names = ([some[number] for number in kept] for some in (known, texts, names))  # type: ignore[assignment]
        letters = gathered(texts)
        found = shingles(letters)
    return Collection(known, texts, names, letters, found, families)


def _read(source: Corpus | Iterable[Document]) -> tuple[list[Facts], list[Text], list[Spans]]:
    """Facts, texts with their clauses, and names; a document that comes twice is one with two files."""
    known: dict[str, Facts] = {}
    texts: list[Text] = []
    names: list[Spans] = []
    files: dict[str, list[str]] = defaultdict(list)
    store = source.store if isinstance(source, Corpus) else None
    for document in source.documents() if isinstance(source, Corpus) else source:
        files[document.id] += [path for path, _ in store.sources(document.id)] if store else [document.source.path]
        if document.id in known:
            continue
        known[document.id] = facts(document)
        texts.append((document.text, [(clause.id, clause.start, clause.end) for clause in document.clauses]))
        mentions = (*document.institutions, *document.citations, *document.time_points)
        names.append([(mention.start, mention.end) for mention in mentions])
    found = [replace(each, files=tuple(dict.fromkeys(files[each.id]))) for each in known.values()]
    return found, texts, names
