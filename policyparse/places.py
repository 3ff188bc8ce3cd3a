"""Gazetteer: the administrative divisions of China and what their names look like.

In: the vocabulary's places tables (three upper levels 1980–2024 with years, towns of 2023,
development zones, suffixes) and a name or a text. Out: paths "省/市/县/镇", levels, and the
place names of a text. Touches nothing; a Gazetteer does not change once built.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import cast
from weakref import WeakKeyDictionary

from policyparse.model import LEVELS, Level
from policyparse.vocabulary import Vocabulary

_TOWN_SUFFIX = ("街道", "镇", "乡", "苏木")

# XX镇, ××县, ----县, ??市, **镇, 某市, 某某县, ○○区: what publishers put for a name that they hide. A single
# dash, star or question mark is punctuation, so those come at least in pairs.
_MASK = r"(?:某{1,3}|[XxＸｘ×]{1,6}|[-—*＊?？○〇□_]{2,8})"
MASKED = re.compile(_MASK + r"(?:省|自治区|自治州|自治县|市|区|县|州|旗|镇|乡|街道|村|社区|开发区|新区|高新区|经开区)")

MAX_UNLISTED = 40

# A town or village that the tables do not have is a name right after a known place, or where a name can begin
# (a line's start, a sign, 在, 于, 中共); its characters hold none that build phrases instead (试点镇, 各街道).
_UNLISTED = re.compile(
    r"(?:(?<=[省市区县州旗在于：“《（(\n\s])|(?<=中共)|^)"
    r"[^\W\d_a-zA-Z各本该全每和与及或了是等我以给为的不要由向把对到在于从被按照较大小强试点级城乡镇街村新旧老古名中重建农]"
    r"{2,3}(?:街道|镇|乡(?!镇)|苏木|嘎查|社区)(?![化长域落庄容貌级])"
)


#: The level of a place by the word that stands for it (我市, 县政府) or ends its name; longer words before shorter.
LEVEL_WORDS: dict[str, Level] = {
    "自治区": "province", "省": "province", "自治州": "prefecture", "市": "prefecture", "州": "prefecture",
    "盟": "prefecture", "县": "county", "区": "county", "旗": "county", "镇": "town", "乡": "town",
    "街道": "town", "村": "village", "社区": "village",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """A division under one name: `first`–`last` are the years in which the lists have it (0 and 9999: open)."""

    path: str
    name: str
    short: str
    level: Level
    first: int = 0
    last: int = 9999

    def stands(self, year: int | None) -> bool:
        """Whether the name was in use in `year`, or in any year when None."""
        return year is None or self.first <= year <= self.last


class Gazetteer:
    """Looks up places of the vocabulary. Build once and keep: `gazetteer(vocabulary)` does."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._named: dict[str, list[Place]] = {}
        for table in ("places", "places_zones", "places_history"):
            for row in vocabulary.table(table):
                name = row["path"].rsplit("/", 1)[-1]
                place = Place(
                    row["path"],
                    name,
                    row.get("short") or name,
                    cast(Level, row["level"]),
                    int(row["from"] or 0),
                    int(row.get("to") or 9999),
                )
                for key in {name, place.short}:
                    self._named.setdefault(key, []).append(place)
        suffixes = {row["suffix"]: cast(Level, row["level"]) for row in vocabulary.table("places_suffixes")}
        self._suffixes = dict(sorted(suffixes.items(), key=lambda item: -len(item[0])))
        self._zone = re.compile(
            r"(.+?)(" + "|".join(s for s, level in self._suffixes.items() if len(s) > 1 and level == "county") + ")"
        )
        self._ambiguous = frozenset(vocabulary.terms("places_ambiguous"))

    @cached_property
    def _towns(self) -> dict[str, list[str]]:
        """Town name → paths of its parents. 38,000 names, so only when first asked."""
        towns: dict[str, list[str]] = {}
        for row in self._vocabulary.table("places_towns"):
            for name in row["towns"].split():
                towns.setdefault(name, []).append(row["path"])
        return towns

    @cached_property
    def _index(self) -> tuple[frozenset[str], dict[str, tuple[int, ...]], frozenset[str]]:
        """The names that `find` looks for: all names, lengths by first two characters, short forms."""
        full = {place.name for places in self._named.values() for place in places} | set(self._towns)
        short = set()
        for places in self._named.values():
            short |= {place.short for place in places}
        short |= {name.removesuffix(s) for name in self._towns for s in _TOWN_SUFFIX if name.endswith(s)}
        short = {name for name in short - full if len(name) > 1}
        lengths: dict[str, set[int]] = {}
        for name in full | short:
            if len(name) > 1:
                lengths.setdefault(name[:2], set()).add(len(name))
        return (
            frozenset(full),
            {two: tuple(sorted(sizes, reverse=True)) for two, sizes in lengths.items()},
            frozenset(short),
        )

    @cached_property
    def _major(self) -> frozenset[str]:
        """Short forms that stand alone in a text: of provinces, prefectures and zones with one."""
        return frozenset(
            place.short
            for places in self._named.values()
            for place in places
            if place.level in ("province", "prefecture") and place.last == 9999 and place.short not in self._ambiguous
        )

    def places(self, name: str) -> tuple[Place, ...]:
        """Every place of the three upper levels (and the zones) that is called `name`, in full or in short."""
        return tuple(self._named.get(name, ()))

    def paths(self, name: str) -> tuple[str, ...]:
        """Every path that a full name can be in the tables, of towns too (there are many 城关镇); none for a short form."""
        listed = [place.path for place in self._named.get(name, ()) if place.name == name]
        return (*dict.fromkeys(listed), *(f"{parent}/{name}" for parent in self._towns.get(name, ())))

    def level_of(self, name: str) -> Level | None:
        """The level of a name or path, from the tables, else from its suffix; None where nothing tells.

        An unlisted 市 counts as a prefecture, a zone as a county.
        """
        last = name.rsplit("/", 1)[-1]
        path = name if "/" in name else self.path_of(name)
        known = self._named.get(last, ())
        for place in known:
            if place.path == path or len(known) == 1:
                return place.level
        if path and path != name:
            return self.level_of(path)
        if known:
            return min((place.level for place in known), key=LEVELS.index)
        for suffix, level in self._suffixes.items():
            if last.endswith(suffix) and len(last) > len(suffix):
                return level
        return None

    def path_of(self, name: str, date: str | None = None, within: str | None = None) -> str | None:
        """The path of a place as printed: 顺德, 顺德区, 佛山市顺德区, 广东省/佛山市/顺德区, 佛山市顺德区容桂街道.

        date:   ISO date; a name counts in the years in which it was in use (增城市 until 2014)
        within: a path or name that the place lies in (or whose sibling it is: any of its parts helps)
        None when the tables do not have the name or when several places bear it and nothing decides. Parts of a
        long name that the tables lack (a town that was merged, a masked one) stay below the part they have.
        """
        year = int(date[:4]) if date and date[:4].isdigit() else None
        parts = [part for piece in name.split("/") if piece for part in self._split(piece)]
        if not parts:
            return None
        best = self._resolve(parts, year, within)
        return best if best is not None or year is None else self._resolve(parts, None, within)

    def _resolve(self, parts: list[str], year: int | None, within: str | None) -> str | None:
        path = within
        found: str | None = None
        for number, part in enumerate(parts):
            nxt = self._one(part, year, found or path, parts[number + 1 :])
            if nxt is None:
                if found is None and not MASKED.fullmatch(part):
                    return None
                # printed below a known place, or masked: the text proves it
                nxt = f"{found}/{part}" if found else part
            elif found and not nxt.startswith(found + "/"):
                nxt = f"{found}/{part}"  # a namesake elsewhere: it is printed below a place that the tables lack
            found = nxt
        return found

    def _one(self, part: str, year: int | None, within: str | None, below: list[str]) -> str | None:
        """The path of one name. `within` prefers, `below` (the parts that follow) decides between namesakes."""
        known = [place for place in self._named.get(part, ()) if place.stands(year)]
        full = [place for place in known if place.name == part]
        paths = [place.path for place in full or known]
        if not paths:
            paths = [f"{parent}/{part}" for parent in self._towns.get(part, ())]
        if not paths and (zone := self._zone.fullmatch(part)):
            parent = self._one(zone[1], year, within, [])
            if parent:
                paths = [f"{parent}/{part}"]
        if within:
            steps = set(within.split("/"))
            inside = [path for path in paths if path.startswith(within + "/") or path == within]
            near = inside or [path for path in paths if steps & set(path.split("/")[:-1])]
            if near:
                most = max(len(steps & set(path.split("/"))) for path in near)
                paths = [path for path in near if len(steps & set(path.split("/"))) == most]
            elif any(step in self._named for step in steps) and not MASKED.search(within):
                return None
        if len(paths) > 1 and below:
            lower = [path for path in paths if any(place.path.startswith(path) for place in self.places(below[0]))]
            paths = lower or paths
        if len(paths) > 1 and known:
            levels = {place.path: LEVELS.index(place.level) for place in known}
            highest = min(levels.get(path, len(LEVELS)) for path in paths)
            paths = [path for path in paths if levels.get(path) == highest]
        if len(paths) > 1 and year is None:
            current = [place.path for place in known if place.last == 9999 and place.path in paths]
            ended = sorted((place for place in known if place.path in paths), key=lambda place: -place.last)
            paths = current or [place.path for place in ended[:1]] or paths
        return paths[0] if len(set(paths)) == 1 else None

    def _split(self, name: str) -> list[str]:
        """A long name as its parts, longest known first: 广东省佛山市顺德区容桂街道 → 广东省 佛山市 顺德区 容桂街道."""
        if name in self._named or name in self._towns:
            return [name]
        parts: list[str] = []
        at = 0
        while at < len(name):
            rest = name[at:]
            if rest in self._named or rest in self._towns:
                parts.append(rest)
                break
            size = next(
                (
                    n
                    for n in range(min(len(rest) - 1, 15), 1, -1)
                    if rest[:n] in self._named and rest[n:] not in self._suffixes
                ),
                0,
            )
            if size and self._zone.fullmatch(rest) and not rest[:size].endswith(("省", "市", "区", "县", "州", "旗")):
                size = 0
            if size and rest[size:] in self._suffixes:
                size = 0  # 云台县 is no 县 below 云台区
            if not size and (masked := MASKED.match(rest)) and masked.end() < len(rest):
                size = masked.end()
            if not size:
                parts.append(rest)
                break
            parts.append(rest[:size])
            at += size
        return parts

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """The place names of a text as (start, end, name), in order, none overlapping, longest first.

        Full names of all levels, masked ones, unlisted towns and villages where a name can begin; short forms
        of provinces and prefectures; those of counties and towns where the text has their full name too
        (顺德区 … 顺德). One pass, linear.
        """
        full, lengths, short = self._index
        hits: list[tuple[int, int, str]] = []
        shorts: list[tuple[int, int, str]] = []
        seen: set[str] = set()
        taken = 0
        starts = [at for at, two in enumerate(map("".join, pairwise(text))) if two in lengths]
        for at in starts:
            if at < taken:
                continue
            for size in lengths[text[at : at + 2]]:
                name = text[at : at + size]
                if name in full and (
                    (hits and hits[-1][1] == at)
                    or (name not in self._ambiguous and (size > 2 or not at or not "一" <= text[at - 1] <= "鿿"))
                ):
                    hits.append((at, at + size, name))
                    seen.add(name)
                    taken = at + size
                    break
                if name in short:
                    shorts.append((at, at + size, name))
        supported = self._major | {
            key for name in seen for place in self._named.get(name, ()) for key in (place.short,)
        }
        supported |= {name.removesuffix(s) for name in seen for s in _TOWN_SUFFIX if name.endswith(s)}
        spans = list(hits)
        spans += [hit for hit in shorts if hit[2] in supported]
        spans += [(m.start(), m.end(), m[0]) for m in MASKED.finditer(text)]
        ends = {end for _, end, _ in hits}
        counts: dict[str, int] = {}
        unlisted = []
        for match in _UNLISTED.finditer(text):
            name = match[0]
            if name in self._ambiguous:
                continue
            if name not in counts:
                counts[name] = text.count(name) if len(counts) < MAX_UNLISTED else 0
            # once only, it may be a verb before 镇 (赋予镇政府), unless a place leads to it
            if counts[name] > 1 or match.start() in ends:
                unlisted.append((match.start(), match.end(), name))
        spans += unlisted
        spans += _short_forms(text, {name for *_, name in unlisted})
        spans.sort(key=lambda span: (span[0], -span[1]))
        out: list[tuple[int, int, str]] = []
        for span in spans:
            if not out or span[0] >= out[-1][1]:
                out.append(span)
        return out


def _short_forms(text: str, names: set[str]) -> list[tuple[int, int, str]]:
    """Where the short forms of unlisted towns stand (青溪镇 … 青溪分局). At most MAX_UNLISTED: one pass each."""
    shorts = {name.removesuffix(s) for name in sorted(names)[:MAX_UNLISTED] for s in _TOWN_SUFFIX if name.endswith(s)}
    return [
        (match.start(), match.end(), short)
        for short in shorts
        if len(short) > 1
        for match in re.finditer(re.escape(short), text)
    ]


_BUILT: WeakKeyDictionary[Vocabulary, Gazetteer] = WeakKeyDictionary()


def gazetteer(vocabulary: Vocabulary) -> Gazetteer:
    """The Gazetteer of `vocabulary`, built once."""
    if vocabulary not in _BUILT:
        _BUILT[vocabulary] = Gazetteer(vocabulary)
    return _BUILT[vocabulary]
