"""The learners that are compared, and the one that is used: from a matrix of features to two heads of scores.

In: a sparse matrix (features of `tag.features`), a yes-or-no a tag, the main tag's
number. Out: a function from another matrix to (main, any) scores in 0–1. Touches nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from policyparse.tag.heads import split_heads

Array = NDArray[Any]
Matrix: TypeAlias = "sparse.csr_matrix"
Scorer = Callable[[Matrix], tuple[Array, Array]]
# Directions of text learned without labels, and their part in a clause's vector beside its own features.
DIRECTIONS, DIRECTIONS_PART = 150, 1.0


class Learner(NamedTuple):
    """How to fit (matrix, has, main, setting, seed, clauses without labels), and the settings that the inner folds try."""

    fit: Callable[[Matrix, Array, Array, float, int, Matrix], Scorer]
    settings: tuple[float, ...]


def linear_heads(matrix: Matrix, has: Array, main: Array, strength: float, seed: int) -> tuple[Array, Array]:
    """(weights, bias) of the two logistic heads: columns of the main head, then of the yes-or-no heads.

    `strength` is scikit-learn's C: the larger, the closer to the data. In the main head every tag weighs the same, since the
    documents at hand are of few kinds; in the others a rare tag weighs no more than a common one: with weights by tag
    second tags were given too readily (micro-F1 on the documents of corpora/hashed 0.809, without 0.819).
    """
    tags = has.shape[1]
    weights, bias = np.zeros((matrix.shape[1], 2 * tags)), np.full(2 * tags, -20.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        classes = np.unique(main)
        if len(classes) == 1:  # a fold of few documents can lack all other tags
            bias[classes] = 0.0
        else:
            first = LogisticRegression(C=strength, max_iter=300, tol=1e-3, class_weight="balanced").fit(matrix, main)
            coefficients, intercepts = first.coef_, first.intercept_
            if len(classes) == 2:  # one column of log odds stands for both
                coefficients = np.vstack([-coefficients, coefficients]) / 2
                intercepts = np.hstack([-intercepts, intercepts]) / 2
            weights[:, classes], bias[classes] = coefficients.T, intercepts
        for tag in range(tags):
            if 0 < has[:, tag].sum() < len(has):
                # far more features than clauses: the dual is solved 30 times faster than the primal (0.09 s, 2.7 s)
                one = LogisticRegression(
                    C=strength, solver="liblinear", dual=True, max_iter=1000, random_state=seed
                ).fit(matrix, has[:, tag])
                weights[:, tags + tag], bias[tags + tag] = one.coef_[0], one.intercept_[0]
    return weights, bias


def _logistic(matrix: Matrix, has: Array, main: Array, strength: float, seed: int, unlabelled: Matrix) -> Scorer:
    weights, bias = linear_heads(matrix, has, main, strength, seed)
    return lambda other: split_heads(other @ weights + bias)


def _statistics(matrix: Matrix, has: Array, main: Array, strength: float, seed: int, unlabelled: Matrix) -> Scorer:
    """The same, with directions beside the features that were learned from clauses without labels too."""
    condense = TruncatedSVD(DIRECTIONS, random_state=seed).fit(sparse.vstack([matrix, unlabelled]))

    def wide(other: Matrix) -> Matrix:
        directions = condense.transform(other)
        sizes = np.linalg.norm(directions, axis=1, keepdims=True)
        directions = DIRECTIONS_PART * directions / np.where(sizes > 0, sizes, 1.0)
        return sparse.hstack([other, sparse.csr_matrix(directions)]).tocsr()

    score = _logistic(wide(matrix), has, main, strength, seed, unlabelled)
    return lambda other: score(wide(other))


def _bayes(matrix: Matrix, has: Array, main: Array, alpha: float, seed: int, unlabelled: Matrix) -> Scorer:
    first = ComplementNB(alpha=alpha).fit(matrix, main)
    rest = OneVsRestClassifier(ComplementNB(alpha=alpha)).fit(matrix, has)

    def score(other: Matrix) -> tuple[Array, Array]:
        return _spread(first.predict_proba(other), first.classes_, has.shape[1]), np.asarray(rest.predict_proba(other))

    return score


def _svm(matrix: Matrix, has: Array, main: Array, strength: float, seed: int, unlabelled: Matrix) -> Scorer:
    first = LinearSVC(C=strength, random_state=seed).fit(matrix, main)
    rest = OneVsRestClassifier(LinearSVC(C=strength, random_state=seed)).fit(matrix, has)

    def score(other: Matrix) -> tuple[Array, Array]:
        # margins: doubled, a margin of 1 reads as 0.88
        margins = _spread(first.decision_function(other), first.classes_, has.shape[1], -5.0)
        return split_heads(2 * np.hstack([margins, rest.decision_function(other)]))

    return score


def _boosting(matrix: Matrix, has: Array, main: Array, depth: float, seed: int, unlabelled: Matrix) -> Scorer:
    """Trees need few, dense columns: the matrix is first condensed to 96 directions."""
    condense = TruncatedSVD(96, random_state=seed).fit(matrix)
    dense = condense.transform(matrix)
    settings = {"max_iter": 60, "max_depth": int(depth), "learning_rate": 0.15, "random_state": seed}
    first = HistGradientBoostingClassifier(**settings).fit(dense, main)
    rest = OneVsRestClassifier(HistGradientBoostingClassifier(**settings)).fit(dense, has)

    def score(other: Matrix) -> tuple[Array, Array]:
        rows = condense.transform(other)
        return _spread(first.predict_proba(rows), first.classes_, has.shape[1]), np.asarray(rest.predict_proba(rows))

    return score


def _spread(scores: Array, classes: Array, tags: int, empty: float = 0.0) -> Array:
    out = np.full((len(scores), tags), empty)
    out[:, classes] = scores
    return out


LEARNERS: Mapping[str, Learner] = {
    "logistic regression": Learner(_logistic, (2.0, 8.0, 32.0)),
    "logistic regression + text statistics": Learner(_statistics, (2.0, 8.0)),
    "complement naive Bayes": Learner(_bayes, (0.03, 0.1, 0.5)),
    "linear SVM": Learner(_svm, (0.1, 0.5, 2.0)),
    "gradient boosting": Learner(_boosting, (3.0,)),
}
