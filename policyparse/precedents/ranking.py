"""How like two clauses are, and in which order their precedents come.

In: a clause without names, candidates from the index. Out: Ranked, best first, each with the parts of its score.
Touches: through candidates.py.

Two nets are cast, BM25 over words and the directions of the learned space; what they catch is weighed by three parts,
each between 0 and 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from sqlite3 import Row

from policyparse.precedents.candidates import Candidate, Clauses
from policyparse.precedents.model import Floats, Model
from policyparse.precedents.names import Nameless, nameless, own_places
from policyparse.vocabulary import Vocabulary

#: What each part counts.
WEIGHTS = {"words": 0.3, "characters": 0.4, "meaning": 0.3}

#: Clauses that each net may catch,
_CAUGHT = 100
#: and those whose characters are compared: the reading of a text costs more than the finding of it.
_COMPARED = 50


@dataclass(frozen=True, slots=True)
class Ranked:
    """A clause of the corpus: its row, its score and the parts of it (words, characters, meaning), without its names."""

    row: Row
    score: float
    parts: dict[str, float]
    clause: Nameless


@dataclass(frozen=True, slots=True)
class Ranking:
    """The parts that are used; those left out (for measuring) count nothing and cast no net."""

    weights: dict[str, float]

    def rank(
        self, clause: Nameless, clauses: Clauses, model: Model, vocabulary: Vocabulary | None = None
    ) -> list[Ranked]:
        """The clauses that are like `clause`, best first."""
        weights = self._weights(model)
        vector = model.vector(clause) if weights["meaning"] else None
        rough = sorted(
            self._caught(clause, clauses, model, vector, weights),
            key=lambda each: (-each[0], each[1].seq),
        )[:_COMPARED]
        rows = clauses.rows([candidate.seq for _, candidate, _ in rough])
        ranked: list[Ranked] = []
        for _, candidate, parts in rough:
            row = rows.get(candidate.seq)
            if row is None or row["clause"] is None:  # replaced since the index was committed; a title or a heading
                continue
            other = nameless(row["text"], own_places(row["place"], vocabulary), vocabulary)
            if weights["characters"]:
                parts["characters"] = overlap(clause, other, model)
            score = sum(weights[name] * part for name, part in parts.items())
            ranked.append(Ranked(row, score, {name: round(part, 3) for name, part in parts.items()}, other))
        return sorted(ranked, key=lambda each: (-each.score, each.row["seq"]))

    def _weights(self, model: Model) -> dict[str, float]:
        used = {**self.weights, "meaning": self.weights["meaning"] if model.has_vectors else 0.0}
        whole = sum(used.values())
        return {name: weight / whole for name, weight in used.items()}

    def _caught(
        self, clause: Nameless, clauses: Clauses, model: Model, vector: Floats | None, weights: dict[str, float]
    ) -> list[tuple[float, Candidate, dict[str, float]]]:
        found = clauses.with_words(clause.words, _CAUGHT)
        near: Sequence[int] = model.nearest(vector, _CAUGHT) if vector is not None else ()
        known = {candidate.fold for candidate in found}
        found += clauses.with_folds([fold for fold in near if fold not in known], clause.words)
        out: list[tuple[float, Candidate, dict[str, float]]] = []
        seen: set[int] = set()
        for candidate in found:
            if candidate.fold in seen:
                continue
            seen.add(candidate.fold)
            parts = {"words": candidate.words}
            if vector is not None and model.knows(candidate.fold):
                parts["meaning"] = model.likeness(vector, candidate.fold, lambda: clause)
            elif vector is not None:
                parts["meaning"] = candidate.words  # imported since the model was brought up to date
            out.append((sum(weights[name] * part for name, part in parts.items()), candidate, parts))
        return out


def overlap(one: Nameless, other: Nameless, model: Model) -> float:
    """The share of characters' pairs that two clauses have in common, each weighed by how much it tells.

    Half of it is what they share of both together (Dice), half what they share of the shorter: a draft often takes
    over a part of a clause, or adds to it.
    """
    if not one.pairs or not other.pairs:
        return 0.0
    mine, its = weight_of(one, model), weight_of(other, model)
    shared = sum(model.weight(pair) for pair in one.pairs & other.pairs)
    return (2 * shared / (mine + its) + shared / min(mine, its)) / 2


def weight_of(clause: Nameless, model: Model) -> float:
    return sum(map(model.weight, clause.pairs))
