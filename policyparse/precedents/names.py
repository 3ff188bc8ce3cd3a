"""A clause without its names: what stays the same when another county takes it over.

In: a clause's text, the vocabulary (places, organs' functions and abbreviations). Out: its words without place names and
figures; its characters with every name in one form. Touches: nothing.

Both sides of a comparison go through here, so a form need not be right, only the same on both: 县, 市 and 区
become one level, 发改局 and 发展和改革委员会 one organ, every number one figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from weakref import WeakKeyDictionary

from policyparse.places import gazetteer
from policyparse.vocabulary import Vocabulary, shipped
from policyparse.words import segmenter, squeezed

#: What stands for a place's name, an organ's last word and a figure: characters of no text (Unicode's private use).
PLACE, ORGAN, FIGURE = "\ue000", "\ue001", "\ue002"

_NUMERALS = "0-9〇零一二三四五六七八九十百千万亿两几"
_FIGURES = re.compile(f"(?:百分之)?[{_NUMERALS}][{_NUMERALS}.%]*")
#: What parts words: a place, and figures but for the single numeral that may belong to a word (统一).
_GAPS = re.compile(f"{PLACE}|百分之[{_NUMERALS}]+|[0-9][{_NUMERALS}.%]*|[{_NUMERALS}]{{2,}}")
_PLACES = re.compile(f"{PLACE}{{2,}}")

#: Longest function word of an organ's name that is looked for before its last word (农业农村, 发展和改革).
_LONGEST = 10
#: Clauses that are remembered: those of a long draft find the same ones again and again.
_REMEMBERED = 8_192


class Names:
    """Takes names out of clauses. Build once and keep: `names_of(vocabulary)` does."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._gazetteer = gazetteer(vocabulary)
        self._segmenter = segmenter(vocabulary)
        self._functions = {
            row["function"]: row["full"] or row["function"] for row in vocabulary.table("institutions_functions")
        }
        kinds = {"部门"}
        for row in vocabulary.table("institutions_kinds"):
            if row["class"] in ("closed", "strict"):
                kinds |= {row["kind"], row["full"] or row["kind"]}
        self._kinds = re.compile("|".join(sorted(map(re.escape, kinds), key=len, reverse=True)))
        self._abbreviations: dict[str, str] = {}
        for row in vocabulary.table("institutions_abbreviations"):
            if kind := self._kinds.search(row["full"], max(len(row["full"]) - 3, 0)):
                self._abbreviations[row["short"].split("@")[0]] = row["full"][: kind.start()]
        levels: dict[str, str] = {}
        for row in vocabulary.table("places_suffixes"):
            if row["level"] in ("prefecture", "county"):
                levels[row["suffix"]] = "县"
            elif row["level"] == "town":
                levels[row["suffix"]] = "镇"
        self._levels = str.maketrans({suffix: level for suffix, level in levels.items() if len(suffix) == 1})

        self._kept: Callable[[str, tuple[str, ...]], str] = lru_cache(_REMEMBERED)(self._nameless)

    def words(self, text: str, places: tuple[str, ...] = ()) -> list[str]:
        """The words of `text` as the index has them, in order, without places and figures.

        places: names that no table need have, such as the document's own place
        """
        whole = self._without_places(squeezed(text), places)
        return [word for piece in _GAPS.split(whole) if piece for word in self._segmenter.terms_of_normal(piece)]

    def nameless(self, text: str, places: tuple[str, ...] = ()) -> str:
        """The characters of `text` without white space, every name in one form."""
        return self._kept(text, places)

    def _nameless(self, text: str, places: tuple[str, ...]) -> str:
        whole = "".join(self._organs(self._without_places(squeezed(text), places)))
        return _FIGURES.sub(FIGURE, whole).translate(self._levels).replace("街道", "镇")

    def _without_places(self, whole: str, places: tuple[str, ...]) -> str:
        for name in sorted(places, key=len, reverse=True):
            if len(name) > 1:
                whole = whole.replace(name, PLACE)
        pieces: list[str] = []
        at = 0
        for start, end, _ in self._gazetteer.find(whole):
            pieces += (whole[at:start], PLACE)
            at = end
        return _PLACES.sub(PLACE, "".join((*pieces, whole[at:])))

    def _organs(self, text: str) -> Iterator[str]:
        """The pieces of `text` with organs' functions in full and their last words made one."""
        at = 0
        for kind in self._kinds.finditer(text):
            for size in range(min(_LONGEST, kind.start() - at), 0, -1):
                start = kind.start() - size
                name = text[start : kind.start()]
                full = self._abbreviations.get(name + kind[0]) or self._functions.get(name)
                if full is not None and size > 1:
                    yield text[at:start]
                    yield full + ORGAN
                    at = kind.end()
                    break
        yield text[at:]


_BUILT: WeakKeyDictionary[Vocabulary, Names] = WeakKeyDictionary()


def names_of(vocabulary: Vocabulary | None = None) -> Names:
    """The Names of `vocabulary` (the shipped one if None), built once."""
    key = vocabulary or shipped()
    if key not in _BUILT:
        _BUILT[key] = Names(key)
    return _BUILT[key]


@lru_cache(maxsize=4096)
def own_places(path: str | None, vocabulary: Vocabulary | None = None) -> tuple[str, ...]:
    """The names of the places on a document's path 省/市/县/镇, in full and without their last word."""
    found: dict[str, None] = {}
    suffixes = (vocabulary or shipped()).terms("places_suffixes")
    for part in squeezed(path or "").split("/"):
        found[part] = None
        for suffix in suffixes:
            if part.endswith(suffix) and len(part) - len(suffix) >= 2:
                found[part.removesuffix(suffix)] = None
    return tuple(name for name in found if len(name) > 1)
