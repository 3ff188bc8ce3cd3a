"""Precedents: the clauses of a corpus that say what a clause says, best first, each wording with who uses it.

In: an open corpus, a clause's text or a draft (a Document). Out: Answers. Touches: reads the corpus; keeps what was
learned from it beside it, in precedents.npz, which may be deleted.

names.py (a clause without its names) → candidates.py (the index) → ranking.py (with model.py, learned from the
corpus) → wordings.py (the same wording once, who uses it, since when) → here · word.py (a Word file to take away)

>>> with Corpus.open("pilots") as corpus:                                  # doctest: +SKIP
...     answer = find(corpus, "土地出让净收益的七成返还镇级财政。")
...     for wording in answer.wordings:
...         print(wording.score, wording.since, wording.uses[0].source, wording.text)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from policyparse.corpus import Corpus
from policyparse.corpus.passages import path_of
from policyparse.model import Document
from policyparse.precedents import candidates
from policyparse.precedents.candidates import Clauses
from policyparse.precedents.model import Model, learn
from policyparse.precedents.names import Nameless, nameless, own_places
from policyparse.precedents.ranking import WEIGHTS, Ranking
from policyparse.precedents.wordings import Use, Wording, wordings
from policyparse.words import Change

__all__ = ["CLOSE", "Answer", "Change", "Use", "Wording", "find", "find_each", "prepare"]

#: From this score on a clause says the same.
CLOSE = 0.3

#: Words of a clause from which on it can be compared; 特此通知。 says the same everywhere.
_LEAST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What the corpus has for one clause.

    text:     the clause; `clause` its id in the draft, `path` the headings above it
    wordings: best first; those with a score of CLOSE or more
    remark:   why there are none: "short" (too few words to compare), "empty" (the corpus has no clauses, or none
              within `where`), "far" (nothing close enough; `nearest` has the nearest), or None
    """

    text: str
    wordings: list[Wording]
    clause: str | None = None
    path: tuple[str, ...] = ()
    remark: str | None = None
    nearest: list[Wording] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The shape of `policyparse precedents --json`; fields are added, never changed."""
        return asdict(self)


def find(
    corpus: Corpus,
    text: str,
    *,
    limit: int = 10,
    where: str = "",
    without: str | None = None,
    places: tuple[str, ...] = (),
    ranking: Ranking | None = None,
) -> Answer:
    """The wordings in `corpus` of what the clause `text` says, at most `limit`.

    where:   a query of the search language within which to look ("place:广东 kind:plan year:2009-2012")
    without: a document's id that is left out (the draft itself, where it is in the corpus)
    places:  names in `text` that no table need have, to be looked through
    ranking: other weights, for measuring
    Raises QueryError when `where` cannot be understood. Learns from the corpus first when it has grown much since the
    last time, which takes a while (`prepare`).
    """
    return _find(corpus, Clauses(corpus, where), text, limit, without, places, ranking or Ranking(WEIGHTS))


def find_each(
    corpus: Corpus, draft: Document, *, limit: int = 10, where: str = "", ranking: Ranking | None = None
) -> Iterator[Answer]:
    """`find` for each clause of `draft`, in its order; the draft's own copy in the corpus is left out."""
    clauses = Clauses(corpus, where)
    places = own_places(draft.place, corpus.vocabulary)
    for clause in draft.clauses:
        answer = _find(corpus, clauses, clause.text, limit, draft.id, places, ranking or Ranking(WEIGHTS))
        yield Answer(
            answer.text,
            answer.wordings,
            clause.id,
            path_of(draft, clause.section),
            answer.remark,
            answer.nearest,
        )


def prepare(corpus: Corpus, step: Callable[[int, int], None] | None = None) -> Model:
    """Learns what there is to learn from the corpus, or places what was imported since; what was learned is kept.

    step: is told after each clause how many are done, of how many
    A corpus that cannot be written to is learned from all the same, for as long as it is open.
    """
    known = _KEPT.get(corpus)
    version = candidates.version(corpus)
    if known is not None and known[0] == version:
        return known[1]
    number = candidates.number_of_clauses(corpus)
    path = candidates.model_path(corpus)
    model = known[1] if known is not None else Model.load(path)
    if model is None or (number and model.clauses != number):
        model = _refreshed(corpus, model, number, step)
        with suppress(OSError):  # a medium that takes no writing
            model.save(path)
    _KEPT[corpus] = (version, model)
    return model


_KEPT: WeakKeyDictionary[Corpus, tuple[tuple[int, int], Model]] = WeakKeyDictionary()


def _refreshed(corpus: Corpus, model: Model | None, number: int, step: Callable[[int, int], None] | None) -> Model:
    def clauses(all_of_them: bool = True) -> Iterator[tuple[int, Nameless]]:
        for at, (fold, text, place) in enumerate(candidates.texts(corpus)):
            if step is not None:
                step(at, number)
            if all_of_them or (model is not None and not model.knows(fold)):
                yield fold, nameless.__wrapped__(text, own_places(place, corpus.vocabulary), corpus.vocabulary)

    if model is None or not model.learned / 2 <= number < 2 * model.learned:
        return learn(clauses, number)
    return model.with_clauses(clauses(False), number)


def _find(
    corpus: Corpus,
    clauses: Clauses,
    text: str,
    limit: int,
    without: str | None,
    places: tuple[str, ...],
    ranking: Ranking,
) -> Answer:
    clause = nameless(text, places, corpus.vocabulary)
    if len(set(clause.words)) < _LEAST_WORDS:
        return Answer(text, [], remark="short")
    if clauses.empty:
        return Answer(text, [], remark="empty")
    ranked = [
        each
        for each in ranking.rank(clause, clauses, prepare(corpus), corpus.vocabulary)
        if each.row["document"] != without
    ]
    close = [each for each in ranked if each.score >= CLOSE]
    if close:
        return Answer(text, wordings(text, close, clauses, limit, without))
    return Answer(text, [], remark="far", nearest=wordings(text, ranked, clauses, 1, without))
