"""The document's own place, by rank: what a printed level (市, 区, 试点镇) stands for in it.

In: an Outline's facts, the Gazetteer. Out: Places. Touches nothing.
"""

from __future__ import annotations

import re

from policyparse.extract.institutions_context import LEVEL_RANK, WORD_RANK
from policyparse.passing import Outline
from policyparse.places import MASKED, Gazetteer

# A name is a development zone's when it ends so.
ZONED = re.compile(r"(?:开发区|新区|园区|高新区|经开区|示范区|度假区|保税区|试验区|合作区|管理区|投资区|集中区|片区)$")


class Places:
    """The document's own place: its parts by rank (1 province … 5 village)."""

    def __init__(self, outline: Outline, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.date = outline.facts.date
        printed = outline.facts.place or ""
        self.printed = printed
        self.text = outline.text
        self.path = (gazetteer.path_of(printed, self.date) if printed else None) or printed
        self.parts: dict[int, str] = {}
        steps = [step for step in self.path.split("/") if step]
        for number, step in enumerate(steps):
            level = gazetteer.level_of("/".join(steps[: number + 1]) if number else step)
            rank = LEVEL_RANK.get(level or "", 9)
            self.parts.setdefault(rank, step)
        known = [rank for rank in self.parts if rank < 9]
        self.own = LEVEL_RANK.get(outline.facts.level or "", max(known, default=9))
        if self.own not in self.parts and known and self.own:
            self.own = max(known)

    @property
    def lowest(self) -> int:
        """The rank of the lowest place that the document is about; a 直辖市's own level counts as a city's too."""
        known = [rank for rank in self.parts if rank < 9]
        low = max([*known, self.own if self.own < 9 else 0], default=9)
        return 2 if low == 1 and self.parts.get(1, "").endswith("市") else low

    @property
    def zone(self) -> bool:
        """Whether the lowest place is a development zone."""
        last = self.path.rsplit("/", 1)[-1]
        return bool(ZONED.search(last)) and not any(
            place.path == self.path for place in self.gazetteer.places(last) if place.path.count("/") > 1
        )

    def proved(self, place: str) -> bool:
        """Whether the document itself names `place`; a province may be known from the tables only."""
        if place != self.parts.get(1) or place in self.printed:
            return True
        return re.sub(r"(?:省|市|自治区)$", "", place)[:2] in self.text

    def chain(self, rank: int) -> str | None:
        """The place of `rank` from the city down; a province by itself; None when the document does not prove it."""
        if rank not in self.parts:
            return None
        if rank == 1:
            return self.parts[1]
        return joined([self.parts[r] for r in range(1, rank + 1) if r in self.parts])

    def of_level(self, word: str) -> str | None:
        """The place that a printed level stands for (市 → 佛山市, 试点镇 → 容桂街道)."""
        rank = WORD_RANK.get(word, 9)
        if word.startswith("市"):
            own = self.parts.get(3, "")
            if self.own >= 3 and own.endswith("市"):
                return self.chain(3)
            if 2 not in self.parts and self.parts.get(1, "").endswith("市"):
                return self.parts[1]
            return self.chain(2)
        if word.startswith(("区", "县", "旗")):
            if self.parts.get(3, "").endswith(("区", "县", "旗")):
                return self.chain(3)
            return None
        return self.chain(rank)

    def of_own(self) -> str | None:
        return self.chain(self.own) if self.own < 9 else None

    def complete(self, printed: str) -> str:
        """A printed place with the higher ones in front, from the city down (顺德区 → 佛山市顺德区)."""
        if MASKED.match(printed):
            for rank in sorted(self.parts):
                if self.parts[rank] == printed:
                    return self.chain(rank) or printed
            return printed
        path = self.gazetteer.path_of(printed, self.date, self.path or None) or self.gazetteer.path_of(
            printed, self.date
        )
        if path is None:
            return printed
        steps = path.split("/")
        if not printed.startswith(steps[-1]):
            return printed  # a short form (石龙), or higher places are printed already
        return joined(steps) if len(steps) > 1 else printed


def joined(steps: list[str]) -> str:
    """Parts of a path as the name of a place: without its province, unless that is a city or all there is."""
    if len(steps) > 1 and not steps[0].endswith("市"):
        steps = steps[1:]
    out = ""
    for step, following in zip(steps, [*steps[1:], ""], strict=True):
        if following.startswith(step.removesuffix("市")) and not MASKED.match(step):
            continue  # 北京市 北京经济技术开发区
        out += step
    return out
