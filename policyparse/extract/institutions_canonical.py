"""Full official names: the place put in front, abbreviations opened (annotation guide §4, `canonical`).

In: the Outline's facts, the candidates that count, Lexicon, Gazetteer. Out: one name for each. Touches nothing.

A name is rebuilt as place + function + kind. The place is the printed one, completed from the city down; for a
printed level (市) the document's own place of that level; for nothing printed that of the sibling in the list
(省编办、财政厅), else the document's own. What the document does not prove stays as printed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import chain

from policyparse.extract.institutions_candidate import SECTIONS, Candidate
from policyparse.extract.institutions_context import LEVEL_RANK, WORD_RANK
from policyparse.extract.institutions_lexicon import Lexicon
from policyparse.extract.institutions_places import ZONED, Places
from policyparse.passing import Outline
from policyparse.vocabulary import Row

_YEAR = re.compile(r"(?<![0-9])((?:19[5-9]|20[0-4])[0-9])(?![0-9])")
_NATIONAL = re.compile(r"国家|中央|全国|中国|国务院|中共中央|最高|中华|世界|联合国|部际|香港|澳门")
# The reform of 2018 made the office for posts one of the Party committee
_PARTY_OFFICE = 2018
# An organ's own short name before its section or its Party group: 局政策法规科, 局党组
_OWNED = re.compile("[局厅](?=..)|委(?=党组)")
_PARTY = re.compile(r"^(?:中国共产党|中共|共青团)")
_GROUP = re.compile(r"(?:领导|协调|工作|推进|专责)小组|委员会|指挥部|联席会议|专班")
# What a plan for a town sets up there; leading groups and bureaus without a place are the issuer's.
_TOWN_BODIES = ("办公室", "办", "队", "大队", "中心", "服务中心", "所", "站", "服务站", "科", "室")
_FOUNDS = re.compile(r"(?:牵头|决定|将|已)?(?:成立|设立|组建|建立)$")
# How many full names a short one is compared with: keeps the work linear in a document of any size.
MAX_FULLER = 60
# No official name is so long; a chain of names that point back to each other is no name.
_MAX_CANONICAL = 120
# Rank 1 is a province; the city and what is below it make the name of a local organ.
_CITY = 2


class Namer:
    """Builds the canonical names of one document."""

    def __init__(self, outline: Outline, places: Places, kept: Sequence[Candidate], lexicon: Lexicon) -> None:
        self.text = outline.text
        self.lexicon = lexicon
        self.places = places
        self.issuers = outline.facts.issuers
        self.nation = outline.facts.level == "nation"
        self.year = self._year(outline)
        self.kept = kept
        self.memory: dict[int, str] = {}
        levels = Counter(self.text[c.start : c.prefix] for c in kept if c.prefix_sort == "level")
        self.upper = max(("县", "区", "市"), key=lambda level: levels[level]) if levels else ""
        # What short mentions point back to, by the last word, in text order (each name once where that is enough).
        # a group whose office alone is named was named with it: 县改革领导小组|办公室 … 领导小组办公室
        owners = (c.parent for c in kept if c.parent is not None and c.parent.head.sort == "group")
        groups = {(c.start, c.end): c for c in chain((c for c in kept if c.head.sort == "group"), owners)}
        self.groups = [groups[span] for span in sorted(groups)]
        self.kept_ends = [c.end for c in kept]
        self.group_starts = [c.start for c in self.groups]
        self.named_groups: dict[str, dict[str, Candidate]] = {}
        self.fuller: dict[str, dict[str, Candidate]] = {}
        self.bureaus: dict[str, Candidate] = {}
        self.titled: dict[str, str] = {}
        for candidate in kept:
            word, modifiers = candidate.head.word, self._modifiers(candidate)
            if candidate.head.sort == "group" and modifiers:
                self._remember(self.named_groups, word, modifiers, candidate)
            if candidate.prefix_sort and candidate.head.sort in ("branch", "open", "closed", "strict"):
                self._remember(self.fuller, word, self.text[candidate.start : candidate.end], candidate)
            if word in ("局", "厅", "委"):
                name_place = candidate.prefix_sort != "place" or self._own_place(candidate)
                if name_place:
                    self.bureaus.setdefault(modifiers, candidate)

    @staticmethod
    def _remember(table: dict[str, dict[str, Candidate]], word: str, name: str, candidate: Candidate) -> None:
        """At most MAX_FULLER names for each last word: what a document points back to is among its first."""
        names = table.setdefault(word, {})
        if len(names) < MAX_FULLER:
            names.setdefault(name, candidate)

    def _own_place(self, candidate: Candidate) -> bool:
        place = self.places.complete(self.text[candidate.start : candidate.prefix])
        return place == (self.places.of_own() or "")

    def _year(self, outline: Outline) -> int | None:
        date = outline.facts.date or ""
        if date[:4].isdigit():
            return int(date[:4])
        years = Counter(_YEAR.findall(self.text))
        return int(max(years, key=lambda year: (years[year], -int(year)))) if years else None

    def _modifiers(self, candidate: Candidate) -> str:
        return self.text[candidate.prefix : candidate.head_start]

    def name(self, candidate: Candidate) -> str:
        """The canonical name of one candidate."""
        key = candidate.start * 100 + candidate.end - candidate.start
        if key not in self.memory:
            self.memory[key] = self.text[candidate.start : candidate.end]  # ends any circle
            name = self._build(candidate)
            if len(name) <= _MAX_CANONICAL:
                self.memory[key] = name
        return self.memory[key]

    def _build(self, c: Candidate) -> str:
        text = self.text
        surface = text[c.start : c.end]
        if c.prefix_sort == "foreign":
            return surface
        if c.head.sort == "alias" and c.parent is not None:
            return self.name(c.parent)
        if c.head.sort in ("department", "function"):
            return self._function(c, surface)
        if c.head.sort == "own":
            return self._own(c, surface)
        if c.parent is not None:
            return self._merged(c)
        if c.head.sort == "group" and (mark := _PARTY.match(surface)):
            return mark[0] + self._kind(c, surface)
        if c.head.sort == "body":
            return self._body(c) + ("机关" if surface.endswith("机关") else "")
        if c.head.sort == "name":
            return self._whole(c, surface)
        if c.head.sort == "group":
            return self._group(c, surface)
        return self._kind(c, surface)

    def _place(self, c: Candidate) -> tuple[str, bool]:
        """(the place in front of the name, whether it is a known place)."""
        printed = self.text[c.start : c.prefix]
        printed = _PARTY.sub("", printed)
        if c.prefix_sort == "place":
            return self.places.complete(printed), True
        if c.prefix_sort == "zone":
            own = self.places.of_own() or ""
            if own.endswith(printed) or (self.places.zone and ZONED.fullmatch(printed)):
                return own, True
            level = printed[:1]
            if level in WORD_RANK and (place := self.places.of_level(level)):
                return place + printed[1:], True
            if printed[:2] in own or self.places.gazetteer.path_of(printed):
                return printed, True
            return (self._city() + printed), True
        if c.prefix_sort == "level":
            place = self.places.of_level(printed)
            return (place, True) if place else (printed, False)
        if c.elided is not None:
            return self._place(c.elided)
        if c.head.word == "厅" and (place := self.places.chain(1)):
            return place, True
        county = c.head.word in self.lexicon.abbreviations or c.head.full.startswith("{地}")
        if c.head.sort == "name" and county and self.places.own == 4:
            # a town has no 建委 of its own: the county's
            place = self.places.chain(3) or self.places.chain(_CITY)
            return (place, True) if place else (self.upper, False)
        if c.head.word in _TOWN_BODIES and self.places.own < 4 and self.places.lowest == 4:
            return self.places.chain(4) or "", True  # set up in the town that a county's plan is about
        place = self.places.of_own()
        return (place, True) if place and not self.nation else ("", False)

    def _city(self) -> str:
        return self.places.chain(_CITY) or ""

    def _open(self, words: str, head_full: str, head: str) -> str:
        """A function and its kind as the official name has them (市场监管局 → 市场监督管理局)."""
        rows = self.lexicon.abbreviations.get(words)
        if rows and (full := self._dated(rows)):
            return full
        modifiers = words[: len(words) - len(head)]
        return self.lexicon.function_full.get(modifiers, modifiers) + (head_full or head)

    def _dated(self, rows: Sequence[Row]) -> str:
        """The full form of the row whose years hold the document's; the earlier one where two meet."""
        if self.year is None:
            return rows[-1]["full"]
        for row in rows:
            if int(row["from"] or 0) <= self.year <= int(row["to"] or 9999):
                return row["full"]
        return min(
            rows, key=lambda row: min(abs(int(row[side] or 3000) - (self.year or 0)) for side in ("from", "to"))
        )["full"]

    def _body(self, c: Candidate) -> str:
        place, known = self._place(c)
        template = c.head.full
        if c.prefix_sort == "level" and not self.places.proved(place):
            place, known = self.text[c.start : c.prefix], False
        if c.head.word in ("法院", "人民法院", "检察院"):
            rank = self._rank(c)
            court = {1: "高级人民法院", 2: "中级人民法院"}.get(rank, "人民法院")
            template = template.replace("人民法院", court)
        if not known and template.startswith(("中共", "共青团", "中国")):
            return self.text[c.start : c.end]
        if c.head.word == "街办" and not place.endswith("街道"):
            place += "街道"
        if template.startswith("{地}街道") and place.endswith("街道"):
            place = place.removesuffix("街道")
        return template.replace("{地}", place)

    def _rank(self, c: Candidate) -> int:
        printed = self.text[c.start : c.prefix]
        if c.prefix_sort == "level":
            place = self.places.of_level(printed)
            for rank, part in self.places.parts.items():
                if place and place.endswith(part):
                    return rank
            return WORD_RANK.get(printed, 9)
        if c.prefix_sort == "place":
            level = self.places.gazetteer.level_of(printed)
            return LEVEL_RANK.get(level or "", 9)
        return self._rank(c.elided) if c.elided is not None else self.places.own

    def _whole(self, c: Candidate, surface: str) -> str:
        word = self.text[c.prefix : c.end] if c.prefix_sort else surface
        full = c.head.full
        if _OWNED.match(surface) and (owner := self._owner()):
            return "中共" + owner + surface[1:]  # 局党组
        if "{地}" in full:
            place, known = self._place(c)
            if not known:
                if full.startswith("中共"):
                    return surface
                if not place:
                    return self._open(word, "", "")
            return full.replace("{地}", place)
        local = not _NATIONAL.match(word) and not self.nation
        rows = self.lexicon.abbreviations.get(word)
        if c.prefix_sort or (local and (rows or (word.endswith("局") and not word.endswith("总局")))):
            place, _ = self._place(c)
            return place + (self._dated(rows) if rows else word)
        return full or surface

    def _merged(self, c: Candidate) -> str:
        parent = c.parent
        assert parent is not None
        rest = self.text[parent.end : c.end]
        if c.head.sort == "name" and "{地}" in c.head.full:
            place, known = self._place(parent)
            if known and c.head.word == "编办" and parent.head.word == "委" and (self.year or 0) >= _PARTY_OFFICE:
                return f"中共{place}委机构编制委员会办公室"
            return c.head.full.replace("{地}", place) if known else self.text[c.start : c.end]
        if c.head.word == "办事处":
            return self.name(parent) + rest
        if c.head.sort == "body":
            owner = self.name(parent)
            return c.head.full.replace("{地}", owner)
        if c.head.sort == "branch":
            return self.name(parent) + rest
        owner, opened = self.name(parent), self._open(rest, c.head.full, c.head.word)
        return owner + (opened.removeprefix("人民政府") if owner.endswith("人民政府") else opened)  # 省政府|国资委

    def _group(self, c: Candidate, surface: str) -> str:
        modifiers = self._modifiers(c)
        if not modifiers and not c.prefix_sort:
            among_sections = c.elided is not None and c.elided.head.word in SECTIONS
            if found := "" if among_sections else self._antecedent(c):
                return found
            if c.head.word == "办公室" and (owner := self._owner()):
                return owner + c.head.word
        elif not c.prefix_sort and c is not (first := self.named_groups.get(c.head.word, {}).get(modifiers, c)):
            return self.name(first)
        fuller = [
            other
            for longer, other in self.named_groups.get(c.head.word, {}).items()
            if modifiers and len(longer) > len(modifiers) and _within(modifiers, longer)
        ]
        if len(fuller) == 1 and (len(modifiers) >= 4 or self._modifiers(fuller[0]).endswith(modifiers)):
            return self.name(fuller[0])
        if not c.prefix_sort and (founder := self._founder(c)):
            return founder + self._kind_words(c)
        return self._kind(c, surface)

    def _owner(self) -> str:
        """The bureau that issued the document, to which sections without an owner belong; "" if none did."""
        return next((issuer for issuer in self.issuers if issuer.endswith(("局", "厅", "委员会"))), "")

    def _founder(self, c: Candidate) -> str:
        """The bureau right before the verb that sets the group up: 省局|成立|…领导小组. A government's group has its place."""
        verb = _FOUNDS.search(self.text, max(0, c.start - 6), c.start)
        index = bisect_left(self.kept_ends, verb.start()) if verb else len(self.kept)
        if verb is None or index >= len(self.kept) or self.kept[index].end != verb.start():
            return ""
        return self.name(self.kept[index]) if self.kept[index].head.sort in ("closed", "strict") else ""

    def _kind_words(self, c: Candidate) -> str:
        return self._open(self.text[c.prefix : c.end], c.head.full, c.head.word)

    def _antecedent(self, c: Candidate) -> str:
        """What a bare 领导小组 or 办公室 points back to."""
        index = bisect_left(self.group_starts, c.start)
        word = c.head.word
        if word in ("办公室", "工作办公室"):
            for group in reversed(self.groups[max(0, index - 4) : index]):
                if c.start - group.end < 200 and _GROUP.search(group.head.word):
                    return self.name(group) + "办公室"
                if c.start - group.end < 200 and group.head.word == word and (group.parent or self._modifiers(group)):
                    return self.name(group)
            return ""
        for group in reversed(self.groups[max(0, index - MAX_FULLER) : index]):
            if group.head.word == word and self._modifiers(group):
                return self.name(group)
        if word not in self.titled:
            match = re.search("(?:成立|设立|组建|调整)([^《》，。、\\s]{4,40}?" + re.escape(word) + ")", self.text)
            self.titled[word] = match[1] if match else ""
        printed = self.titled[word]
        if not printed:
            return ""
        size = max((n for n in range(2, 10) if self.places.gazetteer.places(printed[:n])), default=0)
        own = self.places.of_own() or ""
        if size or any(printed.startswith(part) for part in self.places.parts.values()):
            part = next((p for p in self.places.parts.values() if printed.startswith(p)), printed[:size])
            return self.places.complete(part) + printed[len(part) :]
        if printed[:1] in WORD_RANK and (place := self.places.of_level(printed[0])):
            return place + printed[1:]
        return own + printed

    def _kind(self, c: Candidate, surface: str) -> str:
        words = self.text[c.prefix : c.end]
        modifiers = self._modifiers(c)
        if not c.prefix_sort and modifiers:
            full = [
                other
                for other in self.fuller.get(c.head.word, {}).values()
                if _within(modifiers, self._modifiers(other) or self.text[other.start : other.head_start])
            ]
            if len({self.name(other) for other in full}) == 1:
                return self.name(full[0])
            if c.head.word == "分局" and (branch := self._branch(c, modifiers)):
                return branch
        if c.head.word in SECTIONS and not c.prefix_sort and (owner := self._owner()):
            return owner + (words[1:] if _OWNED.match(words) else words)
        if c.head.word in ("局", "厅") and not modifiers and c.prefix_sort:
            own = next((issuer for issuer in self.issuers if issuer.endswith(c.head.word)), "")
            if not own and c.head.word == "厅":  # 省厅 in the document of a city's bureau
                own = next((issuer[:-1] + "厅" for issuer in self.issuers if issuer.endswith("局")), "")
            place, _ = self._place(c)
            for part in sorted(self.places.parts.values(), key=len, reverse=True):
                if part in own:
                    return place + own.rsplit(part, 1)[1]
            return place + surface[c.prefix - c.start :]
        if c.head.bare == "named" and not c.prefix_sort and c.unknown and not c.functions:
            return surface  # 西湖大学: a proper name needs no place
        if _NATIONAL.match(words) or (c.head.sort == "company" and c.prefix_sort != "level"):
            return surface[: c.prefix - c.start] + words
        place, _ = self._place(c)
        if c.prefix_sort in ("place", "level") and any(
            "{地}" in row["full"] for row in self.lexicon.abbreviations.get(words, ())
        ):
            local = re.sub("(?:省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$", "", self._local(c, place))
            return self._dated(self.lexicon.abbreviations[words]).replace("{地}", local)
        # 奥组委, 执委: an unknown word before 委 may be half of another abbreviation
        opened = "" if c.unknown and c.head.word == "委" else c.head.full
        return place + self._open(words, opened, c.head.word)

    def _local(self, c: Candidate, place: str) -> str:
        """The place in the name of a central organ's branch: as printed, or the last part of the level's own place."""
        if c.prefix_sort == "place":
            return self._printed(c)
        return next((part for part in self.places.parts.values() if place.endswith(part)), place)

    def _branch(self, c: Candidate, modifiers: str) -> str:
        """财政分局 in a town's document: the branch there of the county's, else the city's, bureau."""
        if self.places.own != 4:
            return ""
        parent = self.places.chain(3) or self.places.chain(_CITY)
        if not parent:
            return ""
        town = re.sub(r"(?:街道|镇|乡)$", "", self.places.parts[4])
        return parent + self._open(modifiers + "局", "", "局") + town + "分局"

    def _printed(self, c: Candidate) -> str:
        return self.text[c.start : c.prefix]

    def _function(self, c: Candidate, surface: str) -> str:
        word = self.text[c.prefix : c.end] if c.prefix_sort else surface
        if c.head.sort == "department" and not c.prefix_sort:
            if c.elided is None:
                return surface
            place, known = self._place(c)
            return place + word + "部门" if known else surface
        if rows := self.lexicon.abbreviations.get(word):
            place, _ = self._place(c)
            return place + self._dated(rows)
        stem = re.sub(r"(?:行政)?(?:主管|管理)?(?:部门|机关)$", "", word)
        bureau = self.bureaus.get(stem)
        if bureau is not None and (not c.prefix_sort or self._printed(c) == self._printed(bureau)):
            return self.name(bureau)
        if c.prefix_sort in ("level", "place"):
            place, known = self._place(c)
            return place + (word if word.endswith(("部门", "机关")) else word + "部门") if known else surface
        return surface

    def _own(self, c: Candidate, surface: str) -> str:
        """我局, 局机关: the issuer, else who signs below; 你局: the first organ of that kind before it, the addressee."""
        last = surface.removesuffix("机关")[-1]
        others = (other for other in self.kept if other.head.sort != "own")
        if surface[0] in "你贵":
            return next((n for o in others if o.start < c.start and _ends_in(n := self.name(o), last)), surface)
        signers = (other for other in others if other.start > c.end and self._fills_line(other))
        names = chain(self.issuers, (self.name(other) for other in signers))
        own = next((name for name in names if _ends_in(name, last)), "")
        return own + ("机关" if surface.endswith("机关") else "") if own else surface

    def _fills_line(self, c: Candidate) -> bool:
        before = self.text[max(0, c.start - 3) : c.start].rstrip(" \u3000")
        return before.endswith("\n") and self.text[c.end : c.end + 3].lstrip(" \u3000")[:1] in ("", "\n")


def _ends_in(name: str, last: str) -> bool:
    """Whether `name` is one that 我局, 我委 or 我办 (by its `last` character) may stand for."""
    return name.endswith(last) or (last == "委" and name.endswith("委员会")) or (last == "办" and "办公" in name)


def _within(short: str, long: str) -> bool:
    """Whether the characters of `short` stand in `long` in that order."""
    rest = iter(long)
    return all(char in rest for char in short)


def canonical_names(outline: Outline, places: Places, kept: Sequence[Candidate], lexicon: Lexicon) -> list[str]:
    """The canonical name of every candidate in `kept`, in the same order."""
    namer = Namer(outline, places, kept, lexicon)
    return [namer.name(candidate) for candidate in kept]
