"""How well delegated items are matched across towns, on the rows of tests/cases/items.yaml.

    python tests/benchmarks/item_matching.py

The threshold was set on the odd rows; the even rows are what to expect. `letters` is what was used before: pairs of
characters in common (Dice, 0.6), or the one wholly inside the other.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import yaml

from policyparse.compare.items import SAME_ITEM, item, likeness
from policyparse.words import pairs, squeezed

CASES = Path(__file__).parents[1] / "cases" / "items.yaml"


def letters(one: str, other: str) -> bool:
    short, long = sorted((squeezed(one), squeezed(other)), key=len)
    a, b = frozenset(pairs(short)), frozenset(pairs(long))
    return (len(short) >= 4 and short in long) or 2 * len(a & b) >= 0.6 * (len(a) + len(b))


def figures(rows: list[dict[str, object]], same: Callable[[str, str], bool]) -> str:
    said = [(bool(row["same"]), same(str(row["one"]), str(row["other"]))) for row in rows]
    right = sum(truth and answer for truth, answer in said)
    precision = right / max(1, sum(answer for _, answer in said))
    recall = right / max(1, sum(truth for truth, _ in said))
    return f"P {precision:.2f}  R {recall:.2f}  F1 {2 * precision * recall / max(1e-9, precision + recall):.2f}"


def meaning(least: float) -> Callable[[str, str], bool]:
    return lambda one, other: likeness(item(one), item(other)) >= least


def main() -> None:
    rows = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    odd, even = rows[0::2], rows[1::2]
    for least in (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8):
        print(f"odd rows ({len(odd)}), likeness from {least:.2f}: {figures(odd, meaning(least))}")
    print(f"even rows ({len(even)}), likeness from {SAME_ITEM:.2f}: {figures(even, meaning(SAME_ITEM))}")
    print(f"even rows ({len(even)}), letters:              {figures(even, letters)}")


if __name__ == "__main__":
    main()
