"""The clause classifier, in use: the clauses of a document in, their tags with scores out.

In: ClauseContexts (a clause, the headings above it, its place, its marks) in the order of their document, and a model
file that `policyparse train` made. Out: TagScore, best first; and why. Touches: reads the model file once, which is
data only (`files.py`); how the numbers decide is in `heads.py`, what they see of a clause in `features.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from policyparse.model import TAGS, TagName, TagScore
from policyparse.passing import PolicyparseError
from policyparse.tag.features import ClauseContext, blocks_of, marks_of, position_of
from policyparse.tag.files import ModelError, load_model, save_model, shipped_model
from policyparse.tag.heads import Around, Model, shifts

__all__ = [
    "ClauseContext", "Model", "ModelError", "Reason", "Tagger", "load_model", "marks_of", "position_of", "save_model",
    "shipped_model",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that spoke for a tag (weight above 0) or against it.

    block: which sort of feature (`features.BLOCKS`); "document", "neighbours" and "list" for what stands around the clause
    what:  the feature: a word, a pair of signs, a mark; "" for what stands around
    weight: what it added to the tag's log odds, over the mean of all tags, mean of the two heads
    """

    block: str
    what: str
    weight: float


class Tagger:
    """Tags clauses with a trained model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @classmethod
    def load(cls, path: Path | str | None = None) -> Tagger:
        """The tagger of the model in `path`; of the shipped one if None. Raises ModelError."""
        return cls(load_model(Path(path) if path is not None else shipped_model()))

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that the model knows, in the order of its columns."""
        return self.model.tags

    def ranked(self, contexts: Sequence[ClauseContext], *, alone: bool = False) -> list[list[tuple[str, float]]]:
        """(tag, score) of each clause, best first: the best tag, and all that reach their threshold.

        `contexts` are the clauses of one document in order, which tell of each other; with `alone` they do not.
        """
        given, scores = self.model.judged(contexts, alone=alone)
        return [
            [(self.model.tags[at], float(row[at])) for at in found] for found, row in zip(given, scores, strict=True)
        ]

    def tag(self, contexts: Sequence[ClauseContext]) -> list[list[TagScore]]:
        """The tags of each clause of one document with calibrated scores in 0–1, best first, at least one.

        Raises PolicyparseError for a model of own tags, which the contract does not know (`ranked` gives those).
        """
        if strange := sorted(set(self.tags) - set(TAGS)):
            raise PolicyparseError(
                f"the model gives own tags ({', '.join(strange)}) — use it with policyparse code, beside the contract's"
            )
        return [
            [TagScore(tag=cast(TagName, tag), score=round(score, 4)) for tag, score in found]
            for found in self.ranked(contexts)
        ]

    def explain(
        self, contexts: Sequence[ClauseContext], at: int = 0, tag: str | None = None, most: int = 12
    ) -> list[Reason]:
        """What spoke most for `tag` (the best if None) in clause `at` of the document, and against it, strongest first."""
        model = self.model
        if tag is not None and tag not in model.tags:
            raise PolicyparseError(f"no tag {tag} in this model — it knows {', '.join(model.tags)}")
        column = model.tags.index(tag) if tag else model.judged(contexts)[0][at][0]
        row = model.features.matrix([blocks_of(contexts[at])])
        weights, size = model.weights[row.indices], len(model.tags)
        parts = _towards(weights[:, :size], weights[:, size:], column, model.share) * row.data
        names = [model.features.names[index] for index in row.indices]
        reasons = []
        for name, part in zip(names, parts, strict=True):
            block, _, what = name.partition("\t")
            reasons.append(Reason(block, what, round(float(part), 4)))
        logits = model.logits(contexts)
        view = model.around
        for block, around in (
            ("document", Around(document=view.document)),
            ("neighbours", Around(neighbours=view.neighbours)),
            ("list", Around(opener=view.opener, items=view.items)),
        ):
            shift = shifts(logits, model.prior, around, contexts)[at : at + 1]
            part = _towards(shift[:, :size], shift[:, size:], column, model.share)[0]
            if abs(part) >= 0.0001:
                reasons.append(Reason(block, "", round(float(part), 4)))
        return sorted(reasons, key=lambda reason: -abs(reason.weight))[:most]


def _towards(main: np.ndarray, any_: np.ndarray, column: int, share: float) -> np.ndarray:
    """What log odds of the two heads say for one tag, over the mean of all."""
    return np.asarray(share * (main[:, column] - main.mean(axis=1)) + (1 - share) * any_[:, column])
