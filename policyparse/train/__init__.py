"""Making and judging the clause classifier: labelled clauses in, a model file and figures out.

In: LabelledClause (from `corpora/clauses`, or a researcher's own with own tags). Out:
Model (saved by `tag.save_model`), Evaluation. Touches: nothing but what the caller
names. The same clauses and seed give the same model; the seed shuffles the folds from which thresholds and
calibration come.

    clauses = read_clauses()
    model = train(clauses)
    save_model(model, Path("models/clauses.skops"))
    print(as_text(evaluate(model, read_clauses(other))))
    print(as_text(cross_validate(clauses)))
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.model_selection import GroupKFold

from policyparse.model import TAGS
from policyparse.tag import Curve, Model, Tagger, decide, load_model, mean_of_heads, save_model, shipped_model
from policyparse.tag.features import Features, blocks_of
from policyparse.train.clauses import CorpusError, LabelledClause, check_classes, fingerprint, read_clauses
from policyparse.train.evaluation import Evaluation, as_text, confusion_table, evaluate_scores
from policyparse.train.learners import LEARNERS, linear_heads
from policyparse.train.marking import with_marks

__all__ = [
    "CorpusError", "Evaluation", "LabelledClause", "as_text", "compare", "confusion_table", "cross_validate",
    "evaluate", "load_model", "read_clauses", "save_model", "shipped_model", "train",
]  # fmt: skip

Array = NDArray[Any]
Given = list[list[tuple[str, float]]]
# scikit-learn's C for the two heads; swept 2–32 on the written clauses: flat.
STRENGTH = 8.0
# The main head's part in the choice of the first tag. Swept 0–1 on gold and on blindly labelled documents: main
# tag right 0.82 from the second head alone, 0.85 from 0.5 on. Sets of tags from the second head alone were the
# best (micro-F1 0.83, 0.77 from the first).
SHARE = 0.6
FOLDS = 5
# Written clauses carry fewer second tags than annotated documents (1.3 a clause, gold 1.55), so thresholds that are
# best on them are too strict for the world. On gold and blind labels micro-F1 is flat from 0.4 to 0.5.
HIGHEST_THRESHOLD = 0.45
# A tag's own threshold is drawn half-way to that of all tags together: few clauses decide each.
OWN_PART = 0.5


def labels(clauses: Sequence[LabelledClause], tags: Sequence[str]) -> tuple[Array, Array]:
    """(has, main): a yes-or-no a clause and tag, and the number of each clause's main tag."""
    column = {tag: n for n, tag in enumerate(tags)}
    has = np.zeros((len(clauses), len(tags)), dtype=int)
    for n, clause in enumerate(clauses):
        has[n, [column[tag] for tag in clause.tags]] = 1
    return has, np.array([column[clause.tags[0]] for clause in clauses])


def train(clauses: Sequence[LabelledClause], tags: Sequence[str] = TAGS, seed: int = 0) -> Model:
    """The model learned from `clauses`. Raises CorpusError for an unknown tag or one with too few clauses.

    Thresholds and calibration come from folds, grouped by document, that their clauses were not learned from.
    """
    check_classes(clauses, tags)
    clauses = with_marks(clauses)
    has, main = labels(clauses, tags)
    thresholds, first, others = settle(*held_out_heads(clauses, tags, seed), has)
    rows = [blocks_of(clause.context()) for clause in clauses]
    features = Features.fit(rows)
    weights, bias = linear_heads(features.matrix(rows), has, main, STRENGTH, seed)
    return Model(
        tags=tuple(tags), features=features, weights=weights.astype(np.float16).astype(np.float32),
        bias=bias.astype(np.float32), share=SHARE, thresholds=thresholds.astype(np.float32),
        first=first,
        others=others,
        made={"clauses": str(len(clauses)), "data": fingerprint(clauses), "seed": str(seed),
              "scikit-learn": sklearn.__version__},
    )  # fmt: skip


def evaluate(model: Model, clauses: Sequence[LabelledClause]) -> Evaluation:
    """The figures of `model` on labelled clauses, which it should not have been trained on."""
    if stray := sorted({tag for clause in clauses for tag in clause.tags} - set(model.tags)):
        raise CorpusError(f"unknown tag {stray[0]} in the clauses — the model knows {', '.join(model.tags)}")
    contexts = [clause.context() for clause in with_marks(clauses)]
    return evaluate_scores(
        [c.tags for c in clauses], Tagger(model).ranked(contexts), model.tags, model.judged(contexts)[1]
    )


def cross_validate(clauses: Sequence[LabelledClause], tags: Sequence[str] = TAGS, seed: int = 0) -> Evaluation:
    """The figures on clauses whose documents each fold's model has not seen."""
    check_classes(clauses, tags)
    clauses = with_marks(clauses)
    has, _ = labels(clauses, tags)
    main, any_ = held_out_heads(clauses, tags, seed)
    given: Given = [[] for _ in clauses]
    scores = np.zeros(has.shape)
    for learn, test in _folds(clauses, FOLDS, seed):
        settled = settle(main[learn], any_[learn], has[learn])
        _judge(main[test], any_[test], settled, test, tags, given, scores)
    return evaluate_scores([clause.tags for clause in clauses], given, tags, scores)


def _judge(
    main: Array, any_: Array, settled: tuple[Array, Curve, Curve], rows: Array, tags: Sequence[str],
    given: Given, scores: Array,
) -> None:  # fmt: skip
    """Puts what `decide` says of `rows` into their places of `given` and `scores`."""
    found, part = decide(main, any_, SHARE, *settled)
    scores[rows] = part
    for row, columns in zip(rows, found, strict=True):
        given[row] = [(tags[at], float(scores[row, at])) for at in columns]


def held_out_heads(clauses: Sequence[LabelledClause], tags: Sequence[str], seed: int = 0) -> tuple[Array, Array]:
    """The two heads' probabilities for each clause from a model that has not seen its document."""
    has, main = labels(clauses, tags)
    rows = [blocks_of(clause.context()) for clause in clauses]
    fit = LEARNERS["logistic regression"].fit
    out = np.zeros(has.shape), np.zeros(has.shape)
    for learn, test in _folds(clauses, FOLDS, seed):
        features = Features.fit([rows[n] for n in learn])
        score = fit(features.matrix(rows[n] for n in learn), has[learn], main[learn], STRENGTH, seed)
        out[0][test], out[1][test] = score(features.matrix(rows[n] for n in test))
    return out


def settle(main: Array, any_: Array, has: Array) -> tuple[Array, Curve, Curve]:
    """(thresholds, first, others) from the heads' probabilities of clauses that they were not learned from."""
    means, rows = mean_of_heads(main, any_, SHARE), np.arange(len(main))
    best = np.zeros(has.shape, dtype=bool)
    best[rows, means.argmax(axis=1)] = True
    return (
        choose_thresholds(any_, best, has).astype(np.float32),
        _calibrate(means[best], has[best]),
        _calibrate(any_[~best], has[~best]),
    )


def choose_thresholds(any_: Array, best: Array, has: Array) -> Array:
    """A threshold a tag: where F1 of the tags beside the best is highest, half-way to that of all tags together."""
    grid = np.linspace(0.1, HIGHEST_THRESHOLD, 15)

    def f1(columns: slice, at: float) -> float:
        got = best[:, columns] | (any_[:, columns] >= at)
        want = has[:, columns] == 1
        return float(2 * (got & want).sum() / max(got.sum() + want.sum(), 1))

    together = -max((f1(slice(None), at), -at) for at in grid)[1]
    own = []
    for n in range(has.shape[1]):
        column = slice(n, n + 1)
        own.append(max((f1(column, at), -abs(at - together), at) for at in grid)[2])
    return np.asarray(OWN_PART * np.asarray(own) + (1 - OWN_PART) * together)


def _calibrate(probabilities: Array, right: Array) -> Curve:
    """(probabilities, scores): isotonic regression of being right, at 33 points, made strictly growing."""
    fit = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(probabilities, right)
    at = np.linspace(0.0, 1.0, 33)
    # ties in the score would hide the order of the probabilities
    scores = np.clip(fit.predict(at), 0, 1) * 0.998 + at * 0.001
    return at.astype(np.float32), scores.astype(np.float32)


def _folds(clauses: Sequence[LabelledClause], folds: int, seed: int) -> list[tuple[Array, Array]]:
    """(learn, test) row numbers of each fold; clauses of one document stay together.

    `seed` shuffles which documents share a fold; 0 leaves them in the order of their names.
    """
    names = [clause.document or f"#{n}" for n, clause in enumerate(clauses)]
    number = {name: n for n, name in enumerate(sorted(set(names)))}
    folds = min(folds, len(number))
    if folds < 2:
        raise CorpusError("all clauses are of one document — label clauses of at least two documents")
    order = np.random.default_rng(seed).permutation(len(number)) if seed else np.arange(len(number))
    groups = order[[number[name] for name in names]]
    return list(GroupKFold(folds).split(groups, groups=groups))


def compare(
    clauses: Sequence[LabelledClause], tags: Sequence[str] = TAGS, seed: int = 0,
    told: Callable[[str], None] = lambda line: None,
) -> dict[str, Evaluation]:  # fmt: skip
    """Figures of every learner in nested cross-validation: inner folds choose its setting, outer ones judge it."""
    check_classes(clauses, tags)
    has, main = labels(clauses, tags)
    rows = [blocks_of(clause.context()) for clause in with_marks(clauses)]
    out = {}
    for name, learner in LEARNERS.items():
        given: Given = [[] for _ in clauses]
        scores = np.zeros(has.shape)
        for learn, test in _folds(clauses, FOLDS, seed):
            part = [clauses[n] for n in learn]
            inner = {}
            for setting in learner.settings:
                heads = np.zeros((len(learn), len(tags))), np.zeros((len(learn), len(tags)))
                for inner_learn, inner_test in _folds(part, 3, seed):
                    features = Features.fit([rows[learn[n]] for n in inner_learn])
                    score = learner.fit(features.matrix(rows[learn[n]] for n in inner_learn),
                                        has[learn][inner_learn], main[learn][inner_learn], setting, seed)  # fmt: skip
                    heads[0][inner_test], heads[1][inner_test] = score(
                        features.matrix(rows[learn[n]] for n in inner_test)
                    )
                inner[setting] = heads
            setting = max(
                inner, key=lambda s: float((mean_of_heads(*inner[s], SHARE).argmax(axis=1) == main[learn]).mean())
            )
            features = Features.fit([rows[n] for n in learn])
            score = learner.fit(features.matrix(rows[n] for n in learn), has[learn], main[learn], setting, seed)
            _judge(*score(features.matrix(rows[n] for n in test)), settle(*inner[setting], has[learn]), test, tags,
                   given, scores)  # fmt: skip
            told(f"{name}: setting {setting} chosen")
        out[name] = evaluate_scores([clause.tags for clause in clauses], given, tags, scores)
    return out
