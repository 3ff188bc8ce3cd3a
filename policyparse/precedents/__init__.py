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

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from policyparse.corpus import Corpus
from policyparse.corpus.passages import path_of
from policyparse.model import Document
from policyparse.precedents import candidates
from policyparse.precedents.candidates import Clauses
from policyparse.precedents.model import SAMPLE, Model, learn
from policyparse.precedents.names import names_of, own_places
from policyparse.precedents.ranking import WEIGHTS, rank
from policyparse.precedents.wordings import Use, Wording, grouped
from policyparse.words import Change

__all__ = ["CLOSE", "Answer", "Change", "Use", "Wording", "find", "find_each", "prepare"]

#: From this score on a clause says the same: 99 of 100 sources of clauses rewritten by hand have it, and one of twenty
#: sentences of other matters (tests/benchmarks/bench_precedents.py).
CLOSE = 0.25

#: Characters without names from which on a clause can be compared: 特此通知。 and 加强领导。 say the same everywhere.
_LEAST = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """What the corpus has for one clause.

    text:     the clause; `clause` its id in the draft, `path` the headings above it
    wordings: best first; those with a score of CLOSE or more
    remark:   why there are none: "short" (too few characters to compare), "empty" (the corpus has no clauses, or none
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
        whole = asdict(self)
        for shown, own in zip((*whole["wordings"], *whole["nearest"]), (*self.wordings, *self.nearest), strict=True):
            for row, use in zip(shown["uses"], own.uses, strict=True):
                row["source"] = use.source
        return whole


def find(
    corpus: Corpus,
    text: str,
    *,
    limit: int = 10,
    where: str = "",
    without: str | None = None,
    places: tuple[str, ...] = (),
    close: float = CLOSE,
    weights: dict[str, float] = WEIGHTS,
) -> Answer:
    """The wordings in `corpus` of what the clause `text` says, at most `limit`.

    where:   a query of the search language within which to look ("place:广东 kind:plan year:2009-2012")
    without: a document's id that is left out (the draft itself, where it is in the corpus)
    places:  names in `text` that no table need have, to be looked through
    close:   the least score of a wording; `weights`: of the parts of a score (both for measuring)
    Raises QueryError when `where` cannot be understood. Learns from the corpus first when it has grown much since the
    last time, which takes a while (`prepare`).
    """
    return _find(corpus, Clauses(corpus, where), text, limit, without, places, close, weights)


def find_each(
    corpus: Corpus, draft: Document, *, limit: int = 10, where: str = "", weights: dict[str, float] = WEIGHTS
) -> Iterator[Answer]:
    """`find` for each clause of `draft`, in its order; the draft's own copy in the corpus is left out."""
    clauses = Clauses(corpus, where)
    places = own_places(draft.place, corpus.vocabulary)
    for clause in draft.clauses:
        answer = _find(corpus, clauses, clause.text, limit, draft.id, places, CLOSE, weights)
        yield replace(answer, clause=clause.id, path=path_of(draft, clause.section))


def prepare(corpus: Corpus) -> Model:
    """What was learned from the corpus; learns it first where there is nothing, or the corpus has doubled since.

    That takes half a minute at most, whatever the size of the corpus, and is kept beside it. A corpus that cannot be
    written to is learned from all the same, for as long as it is open.
    """
    version = candidates.version(corpus)
    known = _KEPT.get(corpus)
    if known is not None and known[0] == version:
        return known[1]
    number = candidates.number_of_clauses(corpus)
    path = candidates.model_path(corpus)
    model = known[1] if known is not None else _loaded(path)
    if model is None or not model.learned / 2 <= number <= 2 * model.learned:
        forms = names_of(corpus.vocabulary)
        model = learn(
            (
                forms.nameless(text, own_places(place, corpus.vocabulary))
                for text, place in candidates.sample(corpus, SAMPLE)
            ),
            number,
        )
        with suppress(OSError):  # a medium that takes no writing
            model.save(path)
    _KEPT[corpus] = (version, model)
    return model


def _loaded(path: Path) -> Model | None:
    """The model in the file, read once for all who have the corpus open (a page opens it anew for each visitor)."""
    try:
        found = path.stat()
    except OSError:
        return None
    return _read(path, found.st_ino, found.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _inode: int, _written: int) -> Model | None:
    return Model.load(path)


_KEPT: WeakKeyDictionary[Corpus, tuple[tuple[int, int], Model]] = WeakKeyDictionary()


def _find(
    corpus: Corpus,
    clauses: Clauses,
    text: str,
    limit: int,
    without: str | None,
    places: tuple[str, ...],
    close: float,
    weights: dict[str, float],
) -> Answer:
    if sum(map(str.isalnum, names_of(corpus.vocabulary).nameless(text, places))) < _LEAST:
        return Answer(text, [], remark="short")
    if clauses.empty:
        return Answer(text, [], remark="empty")
    ranked = rank(text, clauses, prepare(corpus), places, corpus.vocabulary, without, weights)
    near = [each for each in ranked if each.score >= close]
    if near:
        return Answer(text, grouped(text, near, clauses, limit, without))
    return Answer(text, [], remark="far", nearest=grouped(text, ranked, clauses, 1, without))
