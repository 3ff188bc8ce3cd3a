"""Figures of tagging: how often the main tag is right, F1 by tag, confusion, calibration, coverage.

In: gold tags, ranks and given tags of clauses. Out: Evaluation, plain numbers; and as
text. Touches nothing. Main accuracy, micro- and macro-F1 are those of `../shared/score/score.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
BINS = 10


@dataclass(frozen=True)
class TagFigures:
    precision: float
    recall: float
    f1: float
    support: int
    given: int


@dataclass(frozen=True)
class Evaluation:
    """The figures over a set of clauses.

    confusion:   [gold main][given main] counts, tags in order
    calibration: (mean score, share right, count) of each tenth of the scores of first tags; right is a clause that has
                the tag, as the score promises
    calibration_error: expected calibration error of these: mean distance of the two, by count. A set of 200 clauses
                shows about 0.05 of pure chance, one of 560 about 0.03
    main_calibration_error: the same, where a score is read as how likely the tag is the *main* one: too much is promised
    all_tags_calibration_error: over the scores of all tags; None where those are not known
    coverage:    part of the clauses whose main tag is given at the score from which `coverage_precision` holds
    """

    clauses: int
    main_accuracy: float
    micro_f1: float
    macro_f1: float
    by_tag: dict[str, TagFigures]
    tags: tuple[str, ...]
    confusion: list[list[int]]
    calibration: list[tuple[float, float, int]]
    calibration_error: float
    main_calibration_error: float
    all_tags_calibration_error: float | None
    coverage: float
    coverage_threshold: float
    coverage_precision: float = 0.90


def evaluate_scores(
    gold: Sequence[Sequence[str]], given: Sequence[Sequence[tuple[str, float]]], tags: Sequence[str],
    scores: Array | None = None, precision: float = 0.90,
) -> Evaluation:  # fmt: skip
    """Figures of `given` ((tag, score) best first, a list a clause) against `gold` (main tag first).

    `scores` (clauses × tags), where known, serves the calibration error over all tags.
    """
    column = {tag: n for n, tag in enumerate(tags)}
    size = len(tags)
    hit, want, got = np.zeros(size), np.zeros(size), np.zeros(size)
    confusion = np.zeros((size, size), dtype=int)
    main_scores, right, has = [], [], []
    for answer, found in zip(gold, given, strict=True):
        for tag in answer:
            want[column[tag]] += 1
        for tag, _ in found:
            got[column[tag]] += 1
            hit[column[tag]] += tag in answer
        confusion[column[answer[0]], column[found[0][0]]] += 1
        main_scores.append(found[0][1])
        right.append(answer[0] == found[0][0])
        has.append(found[0][0] in answer)
    ps = np.divide(hit, got, out=np.zeros(size), where=got > 0)
    rs = np.divide(hit, want, out=np.zeros(size), where=want > 0)
    f1 = np.divide(2 * hit, want + got, out=np.zeros(size), where=want + got > 0)
    bins, error = calibration(np.array(main_scores), np.array(has, dtype=float))
    truth = np.zeros((len(gold), size))
    for n, answer in enumerate(gold):
        truth[n, [column[tag] for tag in answer]] = 1
    threshold, coverage = _coverage(np.array(main_scores), np.array(right, dtype=float), precision)
    return Evaluation(
        clauses=len(gold),
        main_accuracy=float(np.mean(right)) if right else 0.0,
        micro_f1=float(2 * hit.sum() / (want.sum() + got.sum())) if want.sum() + got.sum() else 0.0,
        macro_f1=float(f1[want > 0].mean()) if (want > 0).any() else 0.0,
        by_tag={
            tag: TagFigures(float(ps[n]), float(rs[n]), float(f1[n]), int(want[n]), int(got[n]))
            for tag, n in column.items()
        },
        tags=tuple(tags),
        confusion=confusion.tolist(),
        calibration=bins,
        calibration_error=error,
        main_calibration_error=calibration(np.array(main_scores), np.array(right, dtype=float))[1],
        all_tags_calibration_error=calibration(scores.ravel(), truth.ravel())[1] if scores is not None else None,
        coverage=coverage,
        coverage_threshold=threshold,
        coverage_precision=precision,
    )


def calibration(scores: Array, right: Array) -> tuple[list[tuple[float, float, int]], float]:
    """(bins, expected calibration error): (mean score, share right, count) of each tenth of 0–1 that is not empty."""
    if not len(scores):
        return [], 0.0
    place = np.minimum((scores * BINS).astype(int), BINS - 1)
    bins = [
        (float(scores[place == n].mean()), float(right[place == n].mean()), int((place == n).sum()))
        for n in range(BINS)
        if (place == n).any()
    ]
    return bins, float(sum(abs(a - b) * n for a, b, n in bins) / len(scores))


def _coverage(scores: Array, right: Array, precision: float) -> tuple[float, float]:
    """(least score, part of clauses at or above it) such that those are right with at least `precision`."""
    order = np.argsort(-scores, kind="stable")
    share = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    good = np.nonzero(share >= precision)[0]
    if not len(good):
        return 1.0, 0.0
    last = int(good[-1])
    return float(scores[order][last]), (last + 1) / len(order)


def as_text(evaluation: Evaluation) -> str:
    """The figures as a Markdown table and lines, as the model card has them."""
    e = evaluation
    of_all = "" if e.all_tags_calibration_error is None else f", {e.all_tags_calibration_error:.3f} (all tags)"
    lines = [
        f"clauses {e.clauses} · main tag right {e.main_accuracy:.3f} · micro-F1 {e.micro_f1:.3f} · "
        f"macro-F1 {e.macro_f1:.3f}",
        f"calibration error {e.calibration_error:.3f} (first tag), {e.main_calibration_error:.3f} (read as main tag)"
        f"{of_all} · "
        f"main tag at precision {e.coverage_precision:.2f}: score ≥ {e.coverage_threshold:.2f}, "
        f"coverage {e.coverage:.2f}",
        "",
        "| tag | precision | recall | F1 | support | given |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {tag} | {f.precision:.2f} | {f.recall:.2f} | {f.f1:.2f} | {f.support} | {f.given} |"
        for tag, f in e.by_tag.items()
    ]
    return "\n".join(lines)


def confusion_table(evaluation: Evaluation) -> str:
    """Gold main tag (rows) by given main tag (columns) as a Markdown table; zeros left empty."""
    short = [tag[:4] for tag in evaluation.tags]
    lines = ["| gold ↓ given → | " + " | ".join(short) + " |", "| --- |" + " ---: |" * len(short)]
    for tag, row in zip(evaluation.tags, evaluation.confusion, strict=True):
        lines.append(f"| {tag} | " + " | ".join(str(n) if n else "" for n in row) + " |")
    return "\n".join(lines)


def comparison_table(results: dict[str, Evaluation]) -> str:
    """Learner by learner as a Markdown table."""
    lines = [
        "| learner | main tag | micro-F1 | macro-F1 | calibration error | coverage at 0.90 |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {name} | {e.main_accuracy:.3f} | {e.micro_f1:.3f} | {e.macro_f1:.3f} | {e.calibration_error:.3f} "
        f"| {e.coverage:.2f} |"
        for name, e in results.items()
    ]
    return "\n".join(lines)


def side_by_side(results: dict[str, dict[str, Evaluation]]) -> str:
    """Models in rows, sets of clauses in columns: main tag right / micro-F1, as a Markdown table."""
    sets = [f"{name} ({e.clauses})" for name, e in next(iter(results.values())).items()]
    lines = [f"| main tag / micro-F1 | {' | '.join(sets)} |", "| --- |" + " ---: |" * len(sets)]
    for name, judged in results.items():
        cells = (f"{e.main_accuracy:.3f} / {e.micro_f1:.3f}" for e in judged.values())
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
