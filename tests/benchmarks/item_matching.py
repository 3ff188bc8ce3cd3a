"""How well delegated items are matched across towns, on pairs that a person judged.

    python tests/benchmarks/item_matching.py [--wrong] [--speed 1000,10000]

tests/cases/items.yaml: what the threshold was first set on (its odd rows). tests/cases/items_blind.yaml: 173 pairs written
before the matcher was run on any of them; the word table was enlarged by what its odd rows show (`tuned`), its even rows
are what to expect (`blind`). `letters` is what was used at first: pairs of characters in common (Dice, 0.6), or the one
wholly inside the other. --wrong prints the misjudged pairs of the rows that may be tuned on.
--speed: how long so many items, all different, take to be grouped, made of the words of the rows.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from policyparse.compare.items import SAME_ITEM, groups, item, likeness
from policyparse.words import cut, pairs, squeezed

CASES = Path(__file__).parents[1] / "cases"


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


def speed(rows: list[dict[str, object]], number: int) -> str:
    """Items of four words in a row, drawn from all words of the rows."""
    dice = random.Random(number)
    words = [word for row in rows for side in ("one", "other") for word in cut(str(row[side]))]
    made: dict[str, None] = {}
    while len(made) < number:
        made["".join(dice.choices(words, k=4))] = None
    some = list(made)
    began = time.process_time()
    of = groups(some)
    return f"{number:>7,} items: {time.process_time() - began:6.1f} s of processor time, {max(of) + 1:,} groups"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--speed", default="")
    arguments = parser.parse_args()
    rows, blind = (
        yaml.safe_load((CASES / name).read_text(encoding="utf-8")) for name in ("items.yaml", "items_blind.yaml")
    )
    tuned = rows[0::2] + blind[0::2]
    for least in (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8):
        print(f"tuned rows ({len(tuned)}), likeness from {least:.2f}: {figures(tuned, meaning(least))}")
    for name, some in (("items.yaml, even", rows[1::2]), ("blind, tuned", blind[0::2]), ("blind", blind[1::2])):
        print(f"{name} ({len(some)}), likeness from {SAME_ITEM:.2f}: {figures(some, meaning(SAME_ITEM))}")
        print(f"{name} ({len(some)}), letters:            {figures(some, letters)}")
    for number in filter(None, arguments.speed.split(",")):
        print(speed(rows + blind, int(number)))
    if arguments.wrong:
        for row in tuned:
            alike = likeness(item(row["one"]), item(row["other"]))
            if (alike >= SAME_ITEM) != row["same"]:
                print(f"   {'same' if row['same'] else 'not'} {alike:.2f} {row['one']} | {row['other']}")


if __name__ == "__main__":
    main()
