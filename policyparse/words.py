"""Words and n-grams: how a text is cut for search, and how two writings of it are made equal or set side by side.

In: text, the words that a Vocabulary adds to jieba's dictionary (vocab/words.csv), and those that official texts are full
of (vocab/frequent_words.csv).
Out: normal forms, words with their offsets, pairs of neighbouring characters, what was changed from one text to another.
Touches: nothing (reads the two dictionaries once).

Segmentation is rjieba: jieba's dictionary and the same words in 98–100 % of cases, 7–20 times
faster (measured in the field notes). `normal` keeps the length, so offsets into the normal
form are offsets into the text.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Literal

import opencc
import rjieba

from policyparse.vocabulary import Vocabulary, shipped

#: Signs that mean the same in these texts though NFKC keeps them apart: brackets of document
#: numbers (GB/T 9704 prints 〔2010〕, the web [2010]), quotes, and the round zero of 二○○九.
_SAME_SIGN = {"〔": "[", "〕": "]", "【": "[", "】": "]", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "○": "〇"}

#: Signs that nearly every text has, and their normal form.
_COMMON_SIGNS = (("，", ","), ("；", ";"), ("：", ":"), ("（", "("), ("）", ")"), ("“", '"'), ("”", '"'), ("　", " "))

#: jieba's own weight for a word that must not be split (its `suggest_freq` is used as the floor).
_OWN_FREQUENCY = 2000

#: Beyond this length changes are marked by words: comparing characters grows with the square of the length.
_BY_CHARACTER = 800


@cache
def _table() -> dict[int, str]:
    """Character → its normal character, for the planes that Chinese texts use; always one for one."""
    ideographs = [chr(code) for code in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000), *range(0xF900, 0xFB00))]
    # A line each, so that no phrase rule of opencc sees two of them together.
    simple = opencc.OpenCC("t2s").convert("\n".join(ideographs)).split("\n")
    table = {ord(old): new for old, new in zip(ideographs, simple, strict=True) if old != new and len(new) == 1}
    for code in (*range(0x41, 0x250), *range(0x370, 0x530), *range(0x2000, 0x3400), *range(0xFE10, 0x10000)):
        old = chr(code)
        new = unicodedata.normalize("NFKC", old).lower()
        if new != old and len(new) == 1:
            table[code] = new
    table.update({ord(old): new for old, new in _SAME_SIGN.items()})
    return table


def normal(text: str) -> str:
    """`text` with Traditional, full-width, capital and variant signs made one; as long as `text`, place for place."""
    if _uncommon().search(text) is not None:
        return text.translate(_table())
    for old, new in _COMMON_SIGNS:  # all that most texts need, in a third of the time
        text = text.replace(old, new)
    return text


def squeezed(text: str) -> str:
    """The normal form of `text` without its white space: what phrases are compared in."""
    pieces = normal(text).split()
    return pieces[0] if len(pieces) == 1 else "".join(pieces)


@cache
def _changed() -> re.Pattern[str]:
    """Letters and digits that are not their own normal form."""
    return re.compile(f"[{re.escape(''.join(chr(old) for old, new in _table().items() if new.isalnum()))}]")


@cache
def _uncommon() -> re.Pattern[str]:
    """All that is not its own normal form but for _COMMON_SIGNS."""
    common = {old for old, _ in _COMMON_SIGNS}
    return re.compile(f"[{re.escape(''.join(set(map(chr, _table())) - common))}]")


def squeezed_offsets(text: str, letters: bool = False) -> tuple[str, Callable[[int], int] | None]:
    """`squeezed(text)`, and a function from a place in it to the place in `text`; None where they are the same.

    letters: only letters and digits will be looked for in it; signs may then stay as they are, which is quicker.
    """
    whole = text if letters and _changed().search(text) is None else normal(text)
    pieces = whole.split()
    if len(pieces) == 1 and len(pieces[0]) == len(whole):
        return whole, None
    starts: list[int] = []
    shifts: list[int] = []

    def place(squeezed_at: int) -> int:
        if not starts:  # found out when it is asked for, which is seldom
            at = reached = 0
            for piece in pieces:
                found = whole.index(piece, reached)
                starts.append(at)
                shifts.append(found - at)
                at += len(piece)
                reached = found + len(piece)
        return squeezed_at + shifts[bisect_right(starts, squeezed_at) - 1]

    return "".join(pieces), place


def pairs(text: str) -> list[str]:
    """The overlapping pairs of characters of a squeezed text; of a single character, itself."""
    if len(text) < 2:
        return [text] if text else []
    return [first + second for first, second in itertools.pairwise(text)]


class Segmenter:
    """Cuts a text into words with jieba's dictionary and the words of `vocabulary`'s table `words`."""

    def __init__(self, vocabulary: Vocabulary | None = None) -> None:
        self._jieba = rjieba.Jieba()
        for row in (vocabulary or shipped()).table("words"):
            word = normal(row["word"])
            self._jieba.add_word(word, max(_OWN_FREQUENCY, self._jieba.suggest_freq(word)), None)
        self._frequent = frozenset(map(normal, (vocabulary or shipped()).terms("frequent_words")))

    def cut(self, text: str) -> list[str]:
        """The words of `text` in order; joined they are its normal form."""
        return list(self._jieba.cut(normal(text)))

    def knows(self, word: str) -> bool:
        """Whether `word` stands in the dictionary."""
        return bool(self._jieba.has_word(normal(word)))

    def long_words(self, whole: str) -> list[str]:
        """The words of three letters and more that the dictionary finds anywhere in `whole`, a text in its normal form;
        they overlap. Numbers are none: nearly each of them would be a term that is asked for once."""
        return [word for word in self._jieba.cut_all(whole) if len(word) > 2 and word.isalpha()]

    def is_long_word(self, word: str) -> bool:
        """Whether `long_words` gives `word` wherever it stands."""
        return len(word) > 2 and word.isalpha() and bool(self._jieba.has_word(word))

    def set_phrases(self, grams: Sequence[str]) -> list[str]:
        """The four characters, wherever they stand, that are two frequent words and no word of the dictionary (县级以上),
        of the text that has these `pairs`.

        Of frequent pairs a search for the run reads half the index (Lucene's CommonGramsFilter is for the same); as a term it
        is found at once.
        """
        frequent = self._frequent
        starts = [at for at, pair in enumerate(grams) if pair in frequent]
        second = set(starts)
        found = [grams[at] + grams[at + 2] for at in starts if at + 2 in second]
        return [phrase for phrase in found if not self._jieba.has_word(phrase)]

    def is_set_phrase(self, run: str) -> bool:
        """Whether `set_phrases` gives `run` wherever it stands."""
        halves = len(run) == 4 and run[:2] in self._frequent and run[2:] in self._frequent
        return halves and not self._jieba.has_word(run)

    def spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, word) of every word of `text`, in code points of `text`."""
        start = 0
        for word in self._jieba.cut(normal(text)):
            yield start, start + len(word), word
            start += len(word)

    def term_spans(self, text: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, word) of the words that `terms` gives, which can lie inside each other."""
        for word, start, end in self._jieba.tokenize(normal(text), "search"):
            yield start, end, word

    def terms(self, text: str) -> list[str]:
        """The words to be indexed: those of `cut` and the dictionary words inside them, without signs and space."""
        return self.terms_of_normal(normal(text))

    def terms_of_normal(self, whole: str) -> list[str]:
        """`terms` of a text that is in its normal form already."""
        # signs and spaces come as words of one character, but for a few runs (——) that do no harm
        return [word for word in self._jieba.cut_for_search(whole) if len(word) > 1 or word.isalnum()]


@lru_cache(maxsize=4)
def segmenter(vocabulary: Vocabulary | None = None) -> Segmenter:
    """The segmenter of `vocabulary` (the shipped one if None), made once."""
    return Segmenter(vocabulary)


def cut(text: str, vocabulary: Vocabulary | None = None) -> list[str]:
    """The words of `text`: see `Segmenter.cut`."""
    return segmenter(vocabulary).cut(text)


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of two texts: the same in both ("equal"), or what one has in the place of the other."""

    kind: Literal["equal", "replace", "delete", "insert"]
    one: str
    other: str


def changes(one: str, other: str) -> tuple[Change, ...]:
    """What was changed from `one` to `other`; the pieces joined give both texts back."""
    long = max(len(one), len(other)) > _BY_CHARACTER
    left: Sequence[str] = [one[a:b] for a, b, _ in segmenter().spans(one)] if long else one
    right: Sequence[str] = [other[a:b] for a, b, _ in segmenter().spans(other)] if long else other
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    return tuple(
        Change(kind, "".join(left[a:b]), "".join(right[c:d])) for kind, a, b, c, d in matcher.get_opcodes()
    )  # fmt: skip
