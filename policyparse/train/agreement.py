"""How far coders agree: Cohen's κ for two, Fleiss' κ and Krippendorff's α for more.

In: for each unit the category that each coder gave it. Out: numbers. Touches nothing.

All three are 1 for full agreement and 0 for what chance would give. κ needs every unit coded by every coder (others are
left out); α takes what is there (Krippendorff, Content Analysis, 2004, ch. 11, nominal data).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

Unit = Mapping[str, str]


class Agreement(NamedTuple):
    """coders: their names; units: coded by two or more; same: part of pairs of codings that are the same; kappa: Cohen's for
    two coders, Fleiss' for more, None where no unit has all; alpha: Krippendorff's; by_pair: Cohen's κ of every two."""

    coders: tuple[str, ...]
    units: int
    same: float
    kappa: float | None
    alpha: float | None
    by_pair: dict[tuple[str, str], float | None]


def agreement(units: Sequence[Unit]) -> Agreement | None:
    """The agreement over `units` (coder → category); None where no unit has two codings."""
    twice = [unit for unit in units if len(unit) > 1]
    if not twice:
        return None
    coders = tuple(sorted({coder for unit in twice for coder in unit}))
    pairs = [(a, b) for unit in twice for a, b in combinations(unit.values(), 2)]
    by_pair = {pair: cohen(twice, *pair) for pair in combinations(coders, 2)}
    whole = [unit for unit in twice if len(unit) == len(coders)]
    kappa = by_pair[coders] if len(coders) == 2 else fleiss(whole)
    same = sum(a == b for a, b in pairs) / len(pairs)
    return Agreement(coders, len(twice), same, kappa, krippendorff(twice), by_pair)


def cohen(units: Sequence[Unit], one: str, other: str) -> float | None:
    """Cohen's κ of two coders over the units that both coded."""
    pairs = [(unit[one], unit[other]) for unit in units if one in unit and other in unit]
    if not pairs:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    seen = sum(a == b for a, b in pairs) / len(pairs)
    chance = sum(first[category] * second[category] for category in first) / len(pairs) ** 2
    return _over_chance(seen, chance)


def fleiss(units: Sequence[Unit]) -> float | None:
    """Fleiss' κ over units that each have the same number of codings."""
    if not units:
        return None
    size = len(units[0])
    all_: Counter[str] = Counter()
    seen = 0.0
    for unit in units:
        count = Counter(unit.values())
        all_ += count
        seen += (sum(n * n for n in count.values()) - size) / (size * (size - 1))
    total = sum(all_.values())
    return _over_chance(seen / len(units), sum((n / total) ** 2 for n in all_.values()))


def krippendorff(units: Sequence[Unit]) -> float | None:
    """Krippendorff's α for categories without order; units with one coding say nothing."""
    matches = 0.0
    totals: Counter[str] = Counter()
    for unit in units:
        count = Counter(unit.values())
        size = sum(count.values())
        if size > 1:
            totals += count
            matches += sum(n * (n - 1) for n in count.values()) / (size - 1)
    whole = sum(totals.values())
    if whole < 2:
        return None
    return _over_chance(matches / whole, sum(n * (n - 1) for n in totals.values()) / (whole * (whole - 1)))


def _over_chance(seen: float, chance: float) -> float:
    return 1.0 if chance >= 1.0 else (seen - chance) / (1 - chance)
