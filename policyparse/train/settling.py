"""From what two heads say of clauses that they were not learned from to the numbers that decide: thresholds, scores.

In: the heads' probabilities, the right tags, a weight a clause. Out: Settled. Touches nothing.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from policyparse.tag.heads import log_odds, mean_of_heads

Array = NDArray[Any]
# The main head's part in the choice of the first tag. Swept 0–1 on gold and on blindly labelled documents: main
# tag right 0.82 from the second head alone, 0.85 from 0.5 on. Sets of tags from the second head alone were the
# best (micro-F1 0.83, 0.77 from the first).
SHARE = 0.6
# Written clauses carry fewer second tags than annotated documents (1.3 a clause, gold 1.45), so thresholds that are
# best on them are too strict for the world. On gold and blind labels micro-F1 is flat from 0.4 to 0.5.
HIGHEST_THRESHOLD = 0.45
# A tag's own threshold is drawn half-way to that of all tags together: few clauses decide each.
OWN_PART = 0.5


class Settled(NamedTuple):
    """thresholds, and the (slope, offset) of the first tag's score and of the others', as `tag.heads.decide` takes them."""

    thresholds: Array
    first: tuple[float, float]
    others: tuple[float, float]


def settle(main: Array, any_: Array, has: Array, weights: Array | None = None) -> Settled:
    """Thresholds and scores that fit the right tags `has` (a yes-or-no a clause and tag) best."""
    weights = np.ones(len(main)) if weights is None else weights
    means, rows = mean_of_heads(main, any_, SHARE), np.arange(len(main))
    best = np.zeros(has.shape, dtype=bool)
    best[rows, means.argmax(axis=1)] = True
    beside = np.repeat(weights[:, None], has.shape[1], axis=1)[~best]
    return Settled(
        _thresholds(any_, best, has, weights).astype(np.float32),
        _curve(means[best], has[best], weights),
        _curve(any_[~best], has[~best], beside),
    )


def _thresholds(any_: Array, best: Array, has: Array, weights: Array) -> Array:
    """A threshold a tag: where F1 of the tags beside the best is highest, half-way to that of all tags together."""
    grid = np.linspace(0.1, HIGHEST_THRESHOLD, 15)

    def f1(columns: slice, at: float) -> float:
        got = best[:, columns] | (any_[:, columns] >= at)
        want = has[:, columns] == 1
        weigh = weights[:, None]
        return float(2 * (weigh * (got & want)).sum() / max((weigh * got).sum() + (weigh * want).sum(), 1e-9))

    together = -max((f1(slice(None), at), -at) for at in grid)[1]
    own = []
    for n in range(has.shape[1]):
        column = slice(n, n + 1)
        own.append(max((f1(column, at), -abs(at - together), at) for at in grid)[2])
    return np.asarray(OWN_PART * np.asarray(own) + (1 - OWN_PART) * together)


def _curve(probabilities: Array, right: Array, weights: Array) -> tuple[float, float]:
    """(slope, offset) of a logistic curve over the log odds (Platt): two numbers cannot follow the noise of a set."""
    if right.min() == right.max():
        return 1.0, 0.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = LogisticRegression(C=1e6).fit(log_odds(probabilities)[:, None], right, sample_weight=weights)
    # a slope that falls would turn the order round; it can only come from a handful of clauses
    return max(float(fit.coef_[0, 0]), 0.05), float(fit.intercept_[0])
