"""Making and judging the clause classifier: labelled clauses in, a model file and figures out.

In: LabelledClause (from `corpora/clauses`, or a researcher's own with own tags), and ReadDocument (labels by hash, texts
read where they are). Out: Model (saved by `tag.save_model`), Evaluation. Touches: nothing but what the caller names.
The same clauses and seed give the same model; the seed shuffles the folds from which thresholds and scores come.

    clauses = read_clauses()
    documents, lost = read_labelled(Path("corpora/hashed"), Path("../shared/corpus"))
    model = train(clauses, documents)
    save_model(model, Path("models/clauses.skops"))
    print(as_text(evaluate_documents(model, documents)))
    print(as_text(cross_validate(clauses)))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from policyparse.model import TAGS
from policyparse.tag import Model, load_model, save_model, shipped_model
from policyparse.tag.features import Features, blocks_of
from policyparse.tag.heads import Around, decide, mean_of_heads, shifts, split_heads
from policyparse.train.clauses import CorpusError, LabelledClause, check_classes, fingerprint, read_clauses
from policyparse.train.coding import Coded, Scheme, read_coded, read_scheme
from policyparse.train.evaluation import Evaluation, as_text, confusion_table, evaluate_scores
from policyparse.train.hashed import ReadDocument, read_labelled, shipped_labels
from policyparse.train.learners import LEARNERS, linear_heads
from policyparse.train.marking import with_marks
from policyparse.train.settling import SHARE, Settled, settle

__all__ = [
    "Coded", "CorpusError", "Evaluation", "LabelledClause", "ReadDocument", "Scheme", "as_text", "compare", "confusion_table",
    "cross_validate", "evaluate", "evaluate_documents", "evaluate_scores", "learn", "load_model", "of_documents", "read_clauses",
    "read_coded", "read_labelled", "read_scheme", "save_model", "shipped_labels", "shipped_model", "train", "train_scheme",
    "with_and_without",
]  # fmt: skip

Array = NDArray[Any]
Given = list[list[tuple[str, float]]]
# scikit-learn's C for the two heads; swept 2–32 on the written clauses: flat.
STRENGTH = 8.0
# Swept in cross-validation on the documents of corpora/hashed: main tag right 0.788 without, 0.795 with 0.2 for the document
# and the neighbours, 0.796 with the list too; on laws, which are lists, 0.634, 0.655, 0.702.
AROUND = Around(document=0.2, neighbours=0.2, opener=0.6, items=0.2)
FOLDS = 5


class Seen(NamedTuple):
    """Clauses to learn from, the written ones first, then the labelled ones of the documents.

    tagged: their tags, main one first
    rows:   their features
    has, main: a yes-or-no a clause and tag; the number of the main tag
    groups: a number for each clause's document
    weights: how much a clause counts where thresholds and scores are settled
    """

    tagged: list[Sequence[str]]
    rows: list[list[list[str]]]
    has: Array
    main: Array
    groups: Array
    weights: Array


def labels(tagged: Sequence[Sequence[str]], tags: Sequence[str]) -> tuple[Array, Array]:
    """(has, main): a yes-or-no a clause and tag, and the number of each clause's main tag."""
    column = {tag: n for n, tag in enumerate(tags)}
    has = np.zeros((len(tagged), len(tags)), dtype=int)
    for n, given in enumerate(tagged):
        has[n, [column[tag] for tag in given]] = 1
    return has, np.array([column[given[0]] for given in tagged])


def seen(clauses: Sequence[LabelledClause], documents: Sequence[ReadDocument], tags: Sequence[str], seed: int) -> Seen:
    """What there is to learn from. Written clauses and those of documents weigh the same in all where scores are settled:
    the written ones are easier than the world, and the documents at hand are of few kinds."""
    tagged: list[Sequence[str]] = [clause.tags for clause in clauses]
    rows = [blocks_of(clause.context()) for clause in clauses]
    names = [clause.document or f"#{n}" for n, clause in enumerate(clauses)]
    for document in documents:
        for at, given in sorted(document.tags.items()):
            tagged.append(given)
            rows.append(blocks_of(document.contexts[at]))
            names.append(f"/{document.source}")
    more = len(tagged) - len(clauses)
    weights = np.ones(len(tagged))
    if more:
        weights[: len(clauses)] = 0.5 * len(tagged) / max(len(clauses), 1)
        weights[len(clauses) :] = 0.5 * len(tagged) / more
    return Seen(tagged, rows, *labels(tagged, tags), _numbered(names, seed), weights)


class Learned(NamedTuple):
    """A model, and the figures on the clauses that each fold's model had not seen: the written ones; the documents' ones."""

    model: Model
    own: Evaluation
    read: Evaluation | None


def learn(
    clauses: Sequence[LabelledClause], documents: Sequence[ReadDocument] = (), tags: Sequence[str] = TAGS,
    seed: int = 0,
) -> Learned:  # fmt: skip
    """The model learned from `clauses` and the labelled clauses of `documents`, and its figures in cross-validation.

    Thresholds and scores come from folds, grouped by document, that their clauses were not learned from.
    Raises CorpusError for an unknown tag or one with too few clauses.
    """
    check_classes(clauses, tags)
    clauses = with_marks(clauses)
    known = seen(clauses, documents, tags, seed)
    prior = _prior(known)
    heads = held_out_heads(known, len(clauses), documents, prior, seed)
    settled = settle(*heads, known.has, known.weights)
    features = Features.fit(known.rows)
    weights, bias = linear_heads(features.matrix(known.rows), known.has, known.main, STRENGTH, seed)
    model = Model(
        tags=tuple(tags), features=features, weights=weights.astype(np.float16).astype(np.float32),
        bias=bias.astype(np.float32), share=SHARE, prior=prior, around=AROUND,
        thresholds=settled.thresholds, first=settled.first, others=settled.others,
        made={"clauses": str(len(clauses)), "read": str(len(known.rows) - len(clauses)),
              "data": fingerprint(clauses, [(d.source, sorted(d.tags.items())) for d in documents]),
              "seed": str(seed), "scikit-learn": sklearn.__version__},
    )  # fmt: skip
    return Learned(model, *_held_out_figures(known, heads, len(clauses), tags))


def train(
    clauses: Sequence[LabelledClause], documents: Sequence[ReadDocument] = (), tags: Sequence[str] = TAGS,
    seed: int = 0,
) -> Model:  # fmt: skip
    """The model that `learn` makes."""
    return learn(clauses, documents, tags, seed).model


def train_scheme(scheme: Scheme, clauses: Sequence[LabelledClause], seed: int = 0) -> tuple[Model, Evaluation]:
    """The model of a researcher's own tags, and its figures in cross-validation."""
    learned = learn(clauses, tags=scheme.tags, seed=seed)
    return replace(learned.model, made={**learned.model.made, "scheme": scheme.name}), learned.own


def _prior(known: Seen) -> Array:
    """How often each tag is the main one, a clause more for each, so that none is impossible."""
    count = np.bincount(known.main, weights=known.weights, minlength=known.has.shape[1]) + 1.0
    return np.asarray(count / count.sum(), dtype=np.float32)


def evaluate(model: Model, clauses: Sequence[LabelledClause]) -> Evaluation:
    """The figures of `model` on labelled clauses, each judged alone, which it should not have been trained on."""
    _check_known(model, [clause.tags for clause in clauses])
    contexts = [clause.context() for clause in with_marks(clauses)]
    given, scores = model.judged(contexts, alone=True)
    return evaluate_scores([clause.tags for clause in clauses], _named(given, scores, model.tags), model.tags, scores)


def evaluate_documents(model: Model, documents: Sequence[ReadDocument]) -> Evaluation:
    """The figures of `model` on the labelled clauses of whole documents, which it should not have been trained on."""
    tagged: list[tuple[str, ...]] = []
    found: Given = []
    every = []
    for document in documents:
        given, scores = model.judged(document.contexts)
        ranked = _named(given, scores, model.tags)
        for at, right in sorted(document.tags.items()):
            tagged.append(right)
            found.append(ranked[at])
            every.append(scores[at])
    _check_known(model, tagged)
    return evaluate_scores(tagged, found, model.tags, np.array(every))


def _check_known(model: Model, tagged: Sequence[Sequence[str]]) -> None:
    if stray := sorted({tag for given in tagged for tag in given} - set(model.tags)):
        raise CorpusError(f"unknown tag {stray[0]} in the clauses — the model knows {', '.join(model.tags)}")


def _named(given: Sequence[Sequence[int]], scores: Array, tags: Sequence[str]) -> Given:
    return [[(tags[at], float(row[at])) for at in found] for found, row in zip(given, scores, strict=True)]


def cross_validate(
    clauses: Sequence[LabelledClause], documents: Sequence[ReadDocument] = (), tags: Sequence[str] = TAGS,
    seed: int = 0,
) -> tuple[Evaluation, Evaluation | None]:  # fmt: skip
    """Figures on clauses whose documents each fold's model has not seen: of the written ones; of the documents' ones."""
    check_classes(clauses, tags)
    clauses = with_marks(clauses)
    known = seen(clauses, documents, tags, seed)
    heads = held_out_heads(known, len(clauses), documents, _prior(known), seed)
    return _held_out_figures(known, heads, len(clauses), tags)


def _held_out_figures(
    known: Seen, heads: tuple[Array, Array], written: int, tags: Sequence[str]
) -> tuple[Evaluation, Evaluation | None]:
    """Figures from the held-out heads; each fold's thresholds and scores are settled on the other folds."""
    main, any_ = heads
    given: Given = [[] for _ in known.rows]
    scores = np.zeros(known.has.shape)
    for rest, test in _folds(known.groups):
        settled = settle(main[rest], any_[rest], known.has[rest], known.weights[rest])
        _judge(main[test], any_[test], settled, test, tags, given, scores)
    own = evaluate_scores(known.tagged[:written], given[:written], tags, scores[:written])
    if written == len(known.rows):
        return own, None
    return own, evaluate_scores(known.tagged[written:], given[written:], tags, scores[written:])


def _judge(
    main: Array, any_: Array, settled: Settled, rows: Array, tags: Sequence[str], given: Given, scores: Array
) -> None:
    """Puts what `decide` says of `rows` into their places of `given` and `scores`."""
    found, part = decide(main, any_, SHARE, *settled)
    scores[rows] = part
    for row, columns in zip(rows, found, strict=True):
        given[row] = [(tags[at], float(scores[row, at])) for at in columns]


def held_out_heads(
    known: Seen, written: int, documents: Sequence[ReadDocument], prior: Array, seed: int = 0
) -> tuple[Array, Array]:
    """The two heads' probabilities for each clause from a model that has not seen its document.

    Written clauses are judged alone; those of a document with all that stands around them, as in use.
    """
    out = np.zeros(known.has.shape), np.zeros(known.has.shape)
    firsts = _firsts(written, documents)
    for learn, test in _folds(known.groups):
        features = Features.fit([known.rows[n] for n in learn])
        weights, bias = linear_heads(
            features.matrix(known.rows[n] for n in learn), known.has[learn], known.main[learn], STRENGTH, seed
        )
        alone = test[test < written]
        out[0][alone], out[1][alone] = split_heads(features.matrix(known.rows[n] for n in alone) @ weights + bias)
        held = set(test.tolist())
        for first, document in zip(firsts, documents, strict=True):
            if first in held:
                logits = features.matrix(map(blocks_of, document.contexts)) @ weights + bias
                main, any_ = split_heads(logits + shifts(logits, prior, AROUND, document.contexts))
                places = sorted(document.tags)
                part = slice(first, first + len(places))
                out[0][part], out[1][part] = main[places], any_[places]
    return out


def _firsts(written: int, documents: Sequence[ReadDocument]) -> list[int]:
    """The row of each document's first labelled clause in `Seen`."""
    sizes = [written, *(len(document.tags) for document in documents)]
    return [int(at) for at in np.cumsum(sizes)[:-1]]


def _numbered(names: Sequence[str], seed: int) -> Array:
    """A number a document. `seed` shuffles them, and with that which share a fold; 0 leaves them by name."""
    number = {name: n for n, name in enumerate(sorted(set(names)))}
    if len(number) < 2:
        raise CorpusError("all clauses are of one document — label clauses of at least two documents")
    order = np.random.default_rng(seed).permutation(len(number)) if seed else np.arange(len(number))
    return np.asarray(order[[number[name] for name in names]])


def _folds(groups: Array, folds: int = FOLDS) -> list[tuple[Array, Array]]:
    """(learn, test) row numbers of each fold; clauses of one document stay together."""
    folds = min(folds, len(set(groups.tolist())))
    return list(GroupKFold(folds).split(groups, groups=groups))


def compare(
    clauses: Sequence[LabelledClause], documents: Sequence[ReadDocument] = (), tags: Sequence[str] = TAGS,
    seed: int = 0, told: Callable[[str], None] = lambda line: None,
) -> dict[str, Evaluation]:  # fmt: skip
    """Figures of every learner in nested cross-validation: inner folds choose its setting, outer ones judge it.

    Every clause is judged alone, so that the learners alone are compared. What the documents hold beside the labelled
    clauses is there for text statistics.
    """
    check_classes(clauses, tags)
    known = seen(with_marks(clauses), documents, tags, seed)
    unlabelled = [
        (known.groups[first], blocks_of(context))
        for first, document in zip(_firsts(len(clauses), documents), documents, strict=True)
        for at, context in enumerate(document.contexts)
        if at not in document.tags
    ]
    out = {}
    for name, learner in LEARNERS.items():
        given: Given = [[] for _ in known.rows]
        scores = np.zeros(known.has.shape)
        for learn, test in _folds(known.groups, 4):
            held = set(known.groups[test].tolist())
            more = [row for group, row in unlabelled if group not in held]
            inner: Mapping[float, tuple[Array, Array]] = {
                setting: _inner(known, learn, learner.fit, setting, seed, more) for setting in learner.settings
            }
            right = {
                setting: float((mean_of_heads(*heads, SHARE).argmax(axis=1) == known.main[learn]).mean())
                for setting, heads in inner.items()
            }
            setting = max(right, key=right.__getitem__)
            features = Features.fit([known.rows[n] for n in learn])
            score = learner.fit(
                features.matrix(known.rows[n] for n in learn), known.has[learn], known.main[learn], setting, seed,
                features.matrix(more),
            )  # fmt: skip
            _judge(
                *score(features.matrix(known.rows[n] for n in test)),
                settle(*inner[setting], known.has[learn], known.weights[learn]), test, tags, given, scores,
            )  # fmt: skip
            told(f"{name}: setting {setting} chosen")
        out[name] = evaluate_scores(known.tagged, given, tags, scores)
    return out


def with_and_without(
    clauses: Sequence[LabelledClause], documents: Sequence[ReadDocument],
    measured: Mapping[str, Sequence[ReadDocument]], seed: int = 0,
) -> dict[str, dict[str, Evaluation]]:  # fmt: skip
    """What the labelled documents are worth: figures of the model of `clauses` alone, and of that of both, side by side.

    Each model is judged on the written clauses in cross-validation, and on every set of `measured` documents, none of
    which may be among `documents`.
    """
    if shared := sorted({d.source for d in documents} & {d.source for given in measured.values() for d in given}):
        raise CorpusError(
            f"{shared[0]} would be both learned from and measured on — take its labels out of one of the two"
        )
    out = {}
    for name, read in (("written clauses alone", ()), ("and those of documents", documents)):
        model, own, _ = learn(clauses, read, seed=seed)
        judged = {name: evaluate_documents(model, given) for name, given in measured.items()}
        out[name] = {"written, cross-validated": own, **judged}
    return out


def of_documents(
    clauses: Sequence[LabelledClause], documents: Sequence[ReadDocument], part: float, seed: int = 0
) -> tuple[list[LabelledClause], list[ReadDocument]]:
    """`part` of the documents drawn by chance, with all their clauses."""
    chance = np.random.default_rng(seed)
    names = sorted({clause.document for clause in clauses} | {document.source for document in documents})
    kept = {names[at] for at in chance.permutation(len(names))[: max(2, round(part * len(names)))]}
    return [c for c in clauses if c.document in kept], [d for d in documents if d.source in kept]


def _inner(
    known: Seen, learn: Array, fit: Any, setting: float, seed: int, more: Sequence[list[list[str]]]
) -> tuple[Array, Array]:
    """The heads of a learner with one setting for the clauses `learn`, each from a model without its document."""
    heads = np.zeros((len(learn), known.has.shape[1])), np.zeros((len(learn), known.has.shape[1]))
    for part, rest in _folds(known.groups[learn], 3):
        rows = learn[part]
        features = Features.fit([known.rows[n] for n in rows])
        matrix = features.matrix(known.rows[n] for n in rows)
        score = fit(matrix, known.has[rows], known.main[rows], setting, seed, features.matrix(more))
        heads[0][rest], heads[1][rest] = score(features.matrix(known.rows[learn[n]] for n in rest))
    return heads
