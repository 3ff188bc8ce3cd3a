"""The institution vocabulary, compiled for look-up by a word's end.

In: Vocabulary (institutions_*.csv, places_foreign.csv). Out: Lexicon, built once per vocabulary.
Touches nothing else. Names are read from right to left, because a Chinese organ's name says what
it is in its last word (局, 委员会, 中心), so every table here is keyed by last characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from policyparse.vocabulary import Row, Vocabulary


@dataclass(frozen=True, slots=True)
class Head:
    """The last word of a name: a kind (局), a body that every level has (纪委), or a whole fixed name (国务院).

    sort: "kind" classes closed/group/open/branch/company, or "body", or "name"
    full: how the official name writes it; "" where as printed
    bare: "yes" counts alone, "list" after a sibling of the same level, "context" where something is set up, "no"
    """

    word: str
    sort: str
    full: str = ""
    bare: str = "no"
    stop: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A set of words found by where they end."""

    words: frozenset[str]
    sizes: dict[str, tuple[int, ...]] = field(repr=False)

    @classmethod
    def of(cls, words: Iterable[str]) -> Words:
        kept = frozenset(word for word in words if word)
        sizes: dict[str, set[int]] = {}
        for word in kept:
            sizes.setdefault(word[-1], set()).add(len(word))
        return cls(kept, {last: tuple(sorted(found, reverse=True)) for last, found in sizes.items()})

    def starting_at(self, text: str, start: int, limit: int) -> int:
        """The length of the longest word (of at most four characters) that begins at `start` and ends by `limit`."""
        for size in (4, 3, 2):
            if start + size <= limit and text[start : start + size] in self.words:
                return size
        return 0

    def ending_at(self, text: str, end: int, limit: int = 0) -> int:
        """The length of the longest word that ends at `end` and begins at or after `limit`; 0 if none."""
        if end <= limit:
            return 0
        for size in self.sizes.get(text[end - 1], ()):
            if end - size >= limit and text[end - size : end] in self.words:
                return size
        return 0


@dataclass(frozen=True, slots=True)
class Lexicon:
    heads: dict[str, tuple[Head, ...]]
    head_words: Words
    head_ends: re.Pattern[str]
    functions: Words
    function_full: dict[str, str]
    departments: Words
    components: frozenset[str]
    boundaries: Words
    verbs: Words
    centred: Words
    generic: Words
    posts: re.Pattern[str]
    after: re.Pattern[str]
    setup: Words
    inside: tuple[str, ...]
    cut: Words
    act: Words
    leads: Words
    authorities: frozenset[str]
    managing: Words
    foreign: Words
    classes: frozenset[str]
    always_classes: Words
    abbreviations: dict[str, tuple[Row, ...]]
    names: dict[str, Row]
    events: re.Pattern[str]


def _stop(cell: str) -> re.Pattern[str] | None:
    words = cell.split()
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))) if words else None


def _any(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))


def _build(vocabulary: Vocabulary) -> Lexicon:
    heads: dict[str, list[Head]] = {}
    for row in vocabulary.table("institutions_names"):
        heads.setdefault(row["name"], []).append(
            Head(row["name"], "name", row["canonical"], "yes", _stop(row["not_before"]))
        )
    for row in vocabulary.table("institutions_bodies"):
        heads.setdefault(row["body"], []).append(
            Head(row["body"], "body", row["canonical"], row["bare"], _stop(row["not_before"]))
        )
    for row in vocabulary.table("institutions_kinds"):
        heads.setdefault(row["kind"], []).append(
            Head(row["kind"], row["class"], row["full"], row["bare"], _stop(row["not_before"]))
        )
    functions = vocabulary.table("institutions_functions")
    roles: dict[str, list[str]] = {}
    for row in vocabulary.table("institutions_context"):
        for role in row["roles"].split():
            roles.setdefault(role, []).append(row["word"])
    abbreviations: dict[str, list[Row]] = {}
    for row in vocabulary.table("institutions_abbreviations"):
        abbreviations.setdefault(row["short"].split("@")[0], []).append(row)
    lasts = {word[-1] for word in heads}
    return Lexicon(
        heads={word: tuple(found) for word, found in heads.items()},
        head_words=Words.of(heads),
        head_ends=re.compile("[" + "".join(sorted(lasts)) + "]"),
        functions=Words.of([*(row["function"] for row in functions), *roles["event"]]),
        function_full={row["function"]: row["full"] for row in functions if row["full"]},
        departments=Words.of(row["function"] for row in functions if row["department"] == "yes"),
        components=frozenset(row["function"] for row in functions if not row["department"] and not row["example"]),
        boundaries=Words.of(roles["boundary"]),
        verbs=Words.of(roles["verb"]),
        centred=Words.of(roles["centred"]),
        generic=Words.of(roles["generic"]),
        posts=re.compile("(?:原|前|现任|常务)?(?:" + _any(roles["post"]).pattern + ")"),
        after=_any(roles["after"]),
        inside=tuple(roles["inside"]),
        cut=Words.of(roles["cut"]),
        act=Words.of(roles["act"] + roles["cut"]),
        authorities=frozenset(roles["authority"]),
        managing=Words.of(roles["managing"]),
        leads=Words.of(roles["lead"]),
        setup=Words.of(roles["setup"]),
        foreign=Words.of(vocabulary.terms("places_foreign")),
        classes=frozenset(vocabulary.terms("institutions_generic")),
        always_classes=Words.of(vocabulary.terms("institutions_generic", always="yes")),
        abbreviations={short: tuple(rows) for short, rows in abbreviations.items()},
        names={row["name"]: row for row in vocabulary.table("institutions_names")},
        events=_any(roles["event"]),
    )


_BUILT: WeakKeyDictionary[Vocabulary, Lexicon] = WeakKeyDictionary()


def lexicon(vocabulary: Vocabulary) -> Lexicon:
    """The Lexicon of `vocabulary`, built once."""
    if vocabulary not in _BUILT:
        _BUILT[vocabulary] = _build(vocabulary)
    return _BUILT[vocabulary]
