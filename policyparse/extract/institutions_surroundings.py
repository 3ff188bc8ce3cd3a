"""What a name's reader sees around a place of the text: places, levels, zones, brackets, verbs, where a name can begin.

In: the text, where its places end, the Lexicon, the names found so far. Out: Surroundings, from which the grammar of
institution names reads on (institutions_grammar.py). Touches nothing.
"""

from __future__ import annotations

import re

from policyparse.extract.institutions_candidate import LEVELS, ZONE, Candidate
from policyparse.extract.institutions_events import BRACKETED
from policyparse.extract.institutions_lexicon import Head, Lexicon

_PARTY = re.compile(r"(?:中国共产党|中共|共青团|中国人民政治协商会议|政协)$")
LEVEL_LAST = frozenset("镇区州道级国家团省市县盟旗乡")


class Surroundings:
    """One text, and the names found in it so far."""

    def __init__(self, text: str, places: dict[int, int], lexicon: Lexicon) -> None:
        self.text = text
        self.places = places
        self.lexicon = lexicon
        self.found: list[Candidate] = []

    def _previous(self, at: int) -> Candidate | None:
        """The candidate that ends at `at`."""
        for candidate in reversed(self.found):
            if candidate.end == at:
                return candidate
            if candidate.end < at:
                break
        return None

    def _prefix(self, at: int, zones: bool = False) -> tuple[int, str]:
        """Where the place or level that ends at `at` begins, and which of the two; (at, "") if none."""
        text = self.text
        start = at
        while (begin := self.places.get(start)) is not None:
            start = begin
        if start < at:
            return self._party(start), "place"
        if zones and ZONE.search(text, max(0, at - 4), at):
            return self._zone(at), "zone"
        if at and text[at - 1] in LEVEL_LAST and (level := LEVELS.search(text, max(0, at - 4), at)):
            return level.start(), "level"
        return at, ""

    def _party(self, at: int) -> int:
        """The start of 中共, 共青团 before a place that ends in a committee (中共佛山市委)."""
        match = _PARTY.search(self.text, max(0, at - 13), at)
        return match.start() if match else at

    def _zone(self, at: int) -> int:
        """The start of a development zone's name that ends at `at` (文旅新区, 县生态工业园区)."""
        text, lexicon = self.text, self.lexicon
        low = max(0, at - 20)
        suffix = ZONE.search(text, max(0, at - 4), at)
        start = suffix.start() if suffix else at
        while start > low:
            if (begin := self.places.get(start)) is not None and start < at:
                while (begin := self.places.get(start)) is not None:
                    start = begin
                break
            char = text[start - 1]
            if not "一" <= char <= "鿿":
                break
            if size := lexicon.functions.ending_at(text, start, low):
                start -= size
                continue
            if start < at - 1 and lexicon.boundaries.ending_at(text, start, low):
                break
            start -= 1
        return start

    def _named_zone(self, at: int, head: Head) -> bool:
        """Whether a zone with a proper name ends at `at`, before a bare 办公室 (台商投资区|办公室)."""
        suffix = ZONE.search(self.text, max(0, at - 4), at) if head.word == "办公室" else None
        return suffix is not None and self._zone(at) < suffix.start() - 1

    def _place_inside(self, at: int, size: int) -> int:
        """How many characters before `at` a place ends inside the word of `size` that ends there; 0 if none does."""
        return next((cut for cut in range(1, size) if at - cut in self.places), 0)

    def _bracket(self, at: int, low: int) -> int:
        """The start of a bracket that ends at `at` and belongs to the name: 临江（高新区）…中心, …（集团）公司; 0 if none.

        It does where a place stands before it or 集团 and the like in it; a list of levels （市、区） never does.
        """
        bracket = BRACKETED.search(self.text, max(low, at - 10), at)
        if bracket is None:
            return 0
        start = bracket.start()
        return start if bracket["form"] or start in self.places or self.text.endswith("中国", low, start) else 0

    def _without_verb(self, at: int, head_start: int, sort: str, end: int) -> int:
        """The start of a name without the verbs before it: 建设|…中心, 完善|…办公室.

        A group's name may begin with a verb of its own (推进…领导小组): where it is set up or listed, only those
        that never begin one go.
        """
        words = self.lexicon.act
        if sort == "group" and self._named(at):
            words = self.lexicon.cut
        # 组织|专家组: what is left need not be longer than the head
        least = 0 if self.text.endswith("组", head_start, end) and end - head_start > 2 else 2
        while size := words.starting_at(self.text, at, head_start - least):
            if self.lexicon.functions.starting_at(self.text, at, head_start) > size:
                break  # 组织人事|办公室, 建设工程|…中心
            at += size
        return at

    def _opens(self, at: int) -> bool:
        """Whether a name can begin at `at`: a sign, a boundary word or another name stands before it."""
        text = self.text
        return (
            at == 0
            or not "一" <= text[at - 1] <= "鿿"
            or text[at - 1] in "我本全"
            or at in self.places
            or self._previous(at) is not None
            or self.lexicon.boundaries.ending_at(text, at, max(0, at - 6)) > 0
        )

    def _closes(self, at: int) -> bool:
        """Whether a name plainly ends at `at`: before a list or closing sign, or 等."""
        return self.text[at : at + 1] in tuple("、，。；;,）)等〕") and self.text[at - 1] == "办"

    def _resplit(self, at: int, low: int) -> int | None:
        """Where another division of the function words reaches: 道路|运输管理 cannot be, 道路运输|管理 can."""
        text, functions = self.text, self.lexicon.functions
        for middle in range(at + 1, min(at + 5, len(text))):
            size = functions.ending_at(text, middle, low)
            if size > middle - at and any(
                text[middle:stop] in functions.words for stop in range(middle + 1, min(middle + 9, len(text)))
            ):
                return middle - size
        return None

    def _leads_to_prefix(self, at: int, low: int) -> bool:
        """Whether only function words stand between `at` and a place or level: then 和 is inside the name."""
        while at > low:
            if at in self.places or (self.text[at - 1] in LEVEL_LAST and self._opens(at - 1)):
                return True
            size = self.lexicon.functions.ending_at(self.text, at, low)
            if not size:
                return False
            at -= size
        return False

    def _to_sign(self, at: int, low: int) -> int:
        """From an unknown word of a section's name (食品生产|监管处) to the sign that it begins after; else `at`."""
        text = self.text
        here = at
        while here > max(low, at - 8) and "一" <= text[here - 1] <= "鿿":
            if self.lexicon.boundaries.ending_at(text, here, low):
                return at
            here -= 1
        return here if here and text[here - 1] in "、（(，,：:\n" and here < at else at

    def _named(self, at: int) -> bool:
        """Whether the word before `at` sets up, uses or lists a body, so that a verb may open its name."""
        before = self.text[at - 1] if at else "\n"
        return (
            before in "“、"
            or self.lexicon.setup.ending_at(self.text, at, max(0, at - 5)) > 0
            or ("一" <= before <= "鿿" and self.lexicon.boundaries.ending_at(self.text, at, max(0, at - 5)) > 0)
        )
