"""Counts how often each extraction rule is right, and checks what the confidences promise.

    python tests/benchmarks/confidence.py SHARED                     (how well today's table holds)
    python tests/benchmarks/confidence.py SHARED --take              (writes policyparse/vocab/confidence.csv anew)

The table is counted on the sealed halves of the second measure: the rules were made with the gold and the open halves
in view, on which they are nearly always right, and would promise too much. It is checked by leaving out each document
in turn. This command prints sums, never a record, so that the sealed halves stay sealed. A mention is right when the labels have its words (a time point also its value); a record when
the scorer pairs it with one of theirs. A rule's share is drawn towards its kind's as if DRAWN records more had been
counted with that share, so that a rule seen twice promises little.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib.util
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import second
from score import gold_sources

import policyparse
from policyparse.extract.confidence import ANY, RecordKind, row_name
from policyparse.model import Document
from policyparse.vocabulary import SHIPPED

TABLE = SHIPPED / "confidence.csv"
#: Chosen by leaving out one document at a time (0, 2, 5, 10, 20: the calibration error is flat from 5 to 10).
DRAWN = 5
MENTIONS: tuple[RecordKind, ...] = ("institutions", "time_points")
RECORDS: tuple[RecordKind, ...] = ("delegations", "responsibilities")
Judged = tuple[RecordKind, str, bool, float | None]  # kind, rule without version, right, confidence


def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("shared_score", shared / "score" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labelled(shared: Path, which: str) -> Iterator[tuple[dict[str, Any], Document]]:
    """The labels of `which` (gold, open, sealed), each with the document that policyparse makes of its source."""
    score = scorer(shared)
    if which == "gold":
        parsed = {path.name: policyparse.parse(path) for path in gold_sources(shared)}
        golds = [json.loads(path.read_text("utf-8")) for path in sorted((shared / "gold").glob("*.json"))]
    else:
        parsed, golds = {}, []
        for _, labels in second.labels_of(which):
            path = second.source_path(shared, labels["source"])
            source = second.squeezed(path)
            if hashlib.sha256(source.encode()).hexdigest() == labels["sha256"]:
                golds.append(second.show(labels, source))
                parsed.setdefault(labels["source"], policyparse.parse(path))
    for gold in golds:
        words = score.shingles("".join(clause["text"] for clause in gold["clauses"]) + gold["first"] + gold["last"])
        yield gold, max(parsed[gold["source"]], key=lambda one: len(words & score.shingles(one.text)))


def judge(gold: dict[str, Any], document: Document, score: ModuleType) -> Iterator[Judged]:
    """Every record of `document`: was it right?"""
    for kind in MENTIONS:
        rest: Counter[tuple[str, str]] = Counter()
        for label in gold[kind]:
            value = label["value"] if kind == "time_points" else ""
            rest[score.norm(label["text"]), value] += int(label.get("count", 1))
        for mention in getattr(document, kind):
            key = (score.norm(mention.text), mention.value if kind == "time_points" else "")
            yield kind, mention.rule.split("@")[0], rest[key] > 0, mention.confidence
            rest[key] -= 1
    for kind in RECORDS:
        records = getattr(document, kind)
        plain = [record.model_dump(by_alias=True) for record in records]
        rate = score.delegation_score if kind == "delegations" else score.responsibility_score
        right = {number for _, number, _ in score.best_pairs(gold[kind], plain, rate, 0.5)}
        for number, record in enumerate(records):
            yield kind, record.rule.split("@")[0], number in right, record.confidence


def shares(judged: Sequence[Judged]) -> dict[str, tuple[float, int, int]]:
    """Rule, with its kind before it → confidence, right, counted; `kind:*` is the kind as a whole."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for kind, rule, right, _ in judged:
        for name in (row_name(kind, ANY), row_name(kind, rule)):
            counts[name][0] += right
            counts[name][1] += 1
    out = {}
    for name, (right, counted) in sorted(counts.items()):
        whole = counts[row_name(name.split(":")[0], ANY)]
        prior = whole[0] / whole[1]
        out[name] = (round((right + DRAWN * prior) / (counted + DRAWN), 3), right, counted)
    return out


def calibration(promised: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error over ten bins of equal width."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in promised:
        bins[min(int(confidence * 10), 9)].append((confidence, right))
    return sum(
        abs(sum(confidence for confidence, _ in some) - sum(right for _, right in some)) for some in bins.values()
    ) / max(len(promised), 1)


def report(name: str, judged: Sequence[Judged]) -> None:
    print(f"\n{name:<28}{'records':>9}{'promised':>10}{'right':>8}{'calibration error':>20}")
    for kind in (*MENTIONS, *RECORDS):
        pairs = [(confidence, right) for of, _, right, confidence in judged if of == kind and confidence is not None]
        if pairs:
            promised, right = (sum(column) / len(pairs) for column in zip(*pairs, strict=True))
            print(f"  {kind:<26}{len(pairs):>9}{promised:>10.3f}{right:>8.3f}{calibration(pairs):>20.3f}")


def without_itself(by_document: Sequence[Sequence[Judged]]) -> list[Judged]:
    """Each document's records with the confidences that the other documents give their rules."""
    out: list[Judged] = []
    for number, own in enumerate(by_document):
        others = [one for index, some in enumerate(by_document) if index != number for one in some]
        table = shares(others)
        for kind, rule, right, _ in own:
            found = table.get(row_name(kind, rule)) or table.get(row_name(kind, ANY))
            out.append((kind, rule, right, found[0] if found else None))
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--take", action="store_true")
    options = parser.parse_args()
    score = scorer(options.shared)
    sets = {
        which: [list(judge(gold, document, score)) for gold, document in labelled(options.shared, which)]
        for which in ("gold", "open", "sealed")
    }
    counted = sets["sealed"]
    if options.take:
        comment = [row for row in TABLE.read_text("utf-8").splitlines() if row.startswith("#")]
        with TABLE.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(["rule", "confidence", "right", "counted"])
            handle.write("".join(line + "\n" for line in comment))
            for rule, row in shares([one for some in counted for one in some]).items():
                writer.writerow([rule, *row])
        print(f"{TABLE}: written")
    for which, documents in sets.items():
        report(f"{which}, today's table", [one for some in documents for one in some])
    report("counted on, each left out", without_itself(counted))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
