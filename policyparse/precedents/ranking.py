"""How like two clauses are, and in which order their precedents come.

In: a clause, the clauses that the index finds for its words. Out: Ranked, best first, each with the parts of its score.
Touches: through candidates.py.

BM25 over words casts the net; what it catches is weighed by three parts, each between 0 and 1: the words (BM25 again),
the pairs of characters that both have, and the direction of the clause in the learned space, which sees that 返还 and 留给
stand in the same places.
"""

from __future__ import annotations

from dataclasses import dataclass

from policyparse.precedents.candidates import Clauses, Row
from policyparse.precedents.model import Model, Read
from policyparse.precedents.names import names_of, own_places
from policyparse.vocabulary import Vocabulary

#: What each part counts. Chosen on forty clauses retold in plain words and twenty sentences of other matters (sets `dev`
#: and `other` of tests/benchmarks/precedents.jsonl): a fifth of meaning puts two more of the forty sources first, and more
#: than a quarter fewer; words and characters may be shifted by a fifth against each other without a difference.
WEIGHTS = {"words": 0.4, "characters": 0.4, "meaning": 0.2}

#: Clauses that are asked of the index, copies and headings among them,
_CAUGHT = 60
#: and those that are read: all sources of the set `hand` are among them; sixty find one more of the forty of `dev`.
_COMPARED = 40


@dataclass(frozen=True, slots=True)
class Ranked:
    """A clause of the corpus: its row, its score and the parts of it, and how the model reads it."""

    row: Row
    score: float
    parts: dict[str, float]
    read: Read


def rank(
    text: str,
    clauses: Clauses,
    model: Model,
    places: tuple[str, ...] = (),
    vocabulary: Vocabulary | None = None,
    without: str | None = None,
    weights: dict[str, float] = WEIGHTS,
) -> list[Ranked]:
    """The clauses that are like `text`, best first, each wording to the letter once.

    without: a document whose clauses are left out
    places:  names in `text` that no table need have
    weights: of the parts; those that lack count nothing (for measuring)
    """
    known = names_of(vocabulary)
    asked = model.read(known.nameless(text, places))
    used = {name: weight for name, weight in weights.items() if weight and (name != "meaning" or model.has_space)}
    whole = sum(used.values())
    ranked: list[Ranked] = []
    folds: set[int] = set()
    candidates = clauses.with_words(known.words(text, places), _CAUGHT)
    full = min(1.0, _full(len(text) / model.length))
    rows = clauses.rows([candidate.seq for candidate in candidates])
    for candidate in candidates:
        row = rows.get(candidate.seq)
        # replaced since the index was committed; a title or a heading; a copy
        if row is None or row["clause"] is None or row["document"] == without or candidate.fold in folds:
            continue
        folds.add(candidate.fold)
        other = model.read(known.nameless(row["text"], own_places(row["place"], vocabulary)))
        parts = {"words": min(1.0, candidate.words / full), "characters": overlap(asked, other, model)}
        if model.has_space:
            parts["meaning"] = max(0.0, float(asked.direction @ other.direction))
        score = sum(weight * parts[name] for name, weight in used.items()) / whole
        ranked.append(Ranked(row, score, {name: round(part, 3) for name, part in parts.items()}, other))
        if len(ranked) == _COMPARED:
            break
    return sorted(ranked, key=lambda each: (-each.score, each.row["seq"]))


def _full(length: float) -> float:
    """What a word adds to the BM25 score of a clause that has it once, as a share of its idf.

    length: of the clause, in clauses of average length. The formula and its k1 and b are tantivy's.
    """
    return 2.2 / (1 + 1.2 * (0.25 + 0.75 * length))


def overlap(one: Read, other: Read, model: Model) -> float:
    """The share of pairs of characters that two clauses have in common, each weighed by how much it tells.

    Half of it is what they share of both together (Dice), half what they share of the shorter: a draft often takes
    over a part of a clause, or adds to it.
    """
    if not one.pairs or not other.pairs:
        return 0.0
    shared = model.weigh(one.pairs & other.pairs)
    return (2 * shared / (one.weight + other.weight) + shared / min(one.weight, other.weight)) / 2
