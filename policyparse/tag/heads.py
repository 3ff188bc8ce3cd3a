"""The model of the clause classifier as numbers, and what they say of a document's clauses.

In: ClauseContexts, in the order of their document. Out: which tags each gets, and the score of every tag. Touches nothing.

Two linear heads see the same features (`features.py`): which tag is the *main* one (softmax), and which tags the
clause has *at all* (one yes-or-no a tag). A clause is first judged alone; then what stands around it shifts that a little:
a document on setting up a body speaks of bodies throughout, and the items of a list are what the clause that opens it says.
The tag whose weighted mean of both heads is highest comes first; the others that reach their threshold in the
second follow. A score is how likely the clause has that tag, calibrated; no other tag's exceeds the first's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from policyparse.tag.features import ClauseContext, Features, blocks_of, fold

Floats = NDArray[np.float32]
Array = NDArray[Any]
# Clauses that are turned into a matrix at once: large enough for numpy, small enough for memory.
BATCH = 2048
# In the document's mean of the main head the mean of all documents stands for so many clauses more, so that a short
# document does not speak louder than it can. In a neighbour's say it has half the weight.
PRIOR_CLAUSES = 2
# The second head's part of what document and list shift. Neighbours shift the main head alone.
SECOND_PART = 0.5


class Around(NamedTuple):
    """How much the log odds of a clause are shifted by what seems to stand around it.

    document:   the rest of its document
    neighbours: the clauses before and after it
    opener:     the clause that opens the list that it is an item of (第五条……应当遵循下列原则：)
    items:      the other items of that list
    """

    document: float = 0.0
    neighbours: float = 0.0
    opener: float = 0.0
    items: float = 0.0


@dataclass(frozen=True)
class Model:
    """What training made: plain numbers and names.

    weights:    a column a tag for each head, main head first: (features, 2 × tags)
    bias:       of the same columns
    share:      the main head's part in the choice of the first tag, 0 to 1
    prior:      each tag's mean in the main head over the training documents
    around:     how much what stands around a clause shifts it
    thresholds: the least probability in the second head with which a tag that is not first is given
    first, others: (slope, offset): the score of the first tag from its weighted mean, and of any other from its
                probability in the second head: a logistic curve over its log odds
    made:       what it was made of and with (clauses, seed, versions), as text
    """

    tags: tuple[str, ...]
    features: Features
    weights: Floats
    bias: Floats
    share: float
    prior: Floats
    around: Around
    thresholds: Floats
    first: tuple[float, float]
    others: tuple[float, float]
    made: dict[str, str]

    def logits(self, contexts: Sequence[ClauseContext]) -> Array:
        """Both heads' log odds of each clause judged alone; a row a clause."""
        parts = [np.zeros((0, 2 * len(self.tags)), dtype=np.float32)]
        for start in range(0, len(contexts), BATCH):
            matrix = self.features.matrix(blocks_of(context) for context in contexts[start : start + BATCH])
            parts.append(np.asarray(matrix @ self.weights) + self.bias)
        return np.concatenate(parts)

    def judged(self, contexts: Sequence[ClauseContext], *, alone: bool = False) -> tuple[list[list[int]], Floats]:
        """(given, scores): the columns of the tags given to each clause, best first; the score of every tag.

        `contexts` are the clauses of one document in order; with `alone` they have nothing to do with each other.
        """
        logits = self.logits(contexts)
        if not alone:
            logits = logits + shifts(logits, self.prior, self.around, contexts)
        main, any_ = split_heads(logits)
        return decide(main, any_, self.share, self.thresholds, self.first, self.others)


def split_heads(logits: Array) -> tuple[Floats, Floats]:
    """Softmax of the first half of the columns, logistic of the second."""
    half = logits.shape[1] // 2
    main = np.exp(logits[:, :half] - logits[:, :half].max(axis=1, keepdims=True))
    main /= main.sum(axis=1, keepdims=True)
    return main.astype(np.float32), (1.0 / (1.0 + np.exp(-np.clip(logits[:, half:], -30, 30)))).astype(np.float32)


def shifts(logits: Array, prior: Array, around: Around, contexts: Sequence[ClauseContext]) -> Array:
    """What a document's clauses add to each other's log odds in both heads; nothing where there is but one."""
    main, _ = split_heads(logits)
    count = len(main)
    if count < 2:
        return np.zeros_like(logits)
    edge = prior[None, :]
    rest = (main.sum(axis=0) - main + PRIOR_CLAUSES * prior) / (count - 1 + PRIOR_CLAUSES)
    both = around.document * np.log(rest / prior)
    before, after = np.vstack([edge, main[:-1]]), np.vstack([main[1:], edge])
    beside = around.neighbours * sum(_said(neighbour, prior) for neighbour in (before, after))
    lists, openers = lists_of(contexts)
    sums, sizes = np.zeros_like(main), np.bincount(lists, minlength=count)
    np.add.at(sums, lists, main)
    others = (sums[lists] - main + prior) / sizes[lists][:, None]
    both += around.items * np.log(others / prior)
    # a clause that no other opens hears what is usual, which says nothing
    both += around.opener * _said(np.vstack([main, edge])[openers], prior)
    return np.hstack([both + beside, SECOND_PART * both])


def _said(main: Array, prior: Array) -> Array:
    """What one other clause says, half of it taken for what is usual."""
    return np.asarray(np.log((main + prior) / (2 * prior)))


def lists_of(contexts: Sequence[ClauseContext]) -> tuple[Array, Array]:
    """(lists, openers): a number a clause, the same for the items of one list; the place of the clause that opens it, or -1.

    Items are clauses in a row under the same heading; the clause before them opens them if that heading is its own.
    A clause under no heading is a list of its own.
    """
    lists, openers = np.arange(len(contexts)), np.full(len(contexts), -1)
    for at, (before, here) in enumerate(pairwise(contexts), 1):
        if here.headings and here.headings == before.headings:
            lists[at], openers[at] = lists[at - 1], openers[at - 1]
        elif here.headings and _begins(before.text, here.headings[-1]):
            openers[at] = at - 1
    return lists, openers


def _begins(text: str, heading: str) -> bool:
    """Whether a clause's text begins with a heading, white space aside; most differ in their first sign."""
    return text[:1] == heading[:1] and fold(text[: 2 * len(heading)]).startswith(fold(heading))


def mean_of_heads(main: Array, any_: Array, share: float) -> Array:
    """What decides which tag comes first."""
    return share * main + (1 - share) * any_


def calibrated(probabilities: Array, curve: tuple[float, float]) -> Array:
    """The scores that (slope, offset) make of probabilities."""
    odds = log_odds(probabilities)
    return np.asarray(1.0 / (1.0 + np.exp(-(curve[0] * odds + curve[1]))))


def log_odds(probabilities: Array) -> Array:
    kept = np.clip(probabilities, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(kept / (1 - kept)))


def decide(
    main: Array, any_: Array, share: float, thresholds: Array, first: tuple[float, float], others: tuple[float, float]
) -> tuple[list[list[int]], Floats]:
    """The tags given to each row (first tag first, then by score) and the scores of all, from the two heads."""
    means, rows = mean_of_heads(main, any_, share), np.arange(len(main))
    best = means.argmax(axis=1)
    top = calibrated(means[rows, best], first)
    scores = np.minimum(calibrated(any_, others), top[:, None])
    chosen = any_ >= thresholds
    chosen[rows, best] = False
    found = [
        [int(head), *(int(at) for at in np.argsort(-row, kind="stable") if more[at])]
        for head, row, more in zip(best, scores, chosen, strict=True)
    ]
    scores[rows, best] = top
    return found, scores.astype(np.float32)
