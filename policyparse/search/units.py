"""The words that a typed word is made of, and those that mean the same.

In: squeezed words, a vocabulary. Out: words. Touches: nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from policyparse.vocabulary import Vocabulary, shipped
from policyparse.words import Segmenter, segmenter, squeezed


class Units:
    """The words of a vocabulary and of jieba's dictionary; `synonyms`: word → the words of its group, itself among them."""

    def __init__(self, vocabulary: Vocabulary | None, synonyms: bool) -> None:
        self.segmenter: Segmenter = segmenter(vocabulary)
        self.synonyms = synonym_groups(vocabulary or shipped()) if synonyms else {}
        self._cut: dict[str, list[str]] = {}
        self._units: dict[str, list[str]] = {}

    def of(self, whole: str) -> list[str]:
        """The words that must all be there: those of the segmentation, long ones as the words they are made of."""
        if whole not in self._units:
            keep_small(self._units)
            self._units[whole] = list(
                dict.fromkeys(part for word in self.words_of(whole) for part in self._made_of(word))
            )
        return self._units[whole]

    def words_of(self, whole: str) -> list[str]:
        """The words of the segmentation, without signs."""
        if whole not in self._cut:
            keep_small(self._cut)
            self._cut[whole] = [word for word in self.segmenter.cut(whole) if any(map(str.isalnum, word))]
        return self._cut[whole]

    def _made_of(self, word: str) -> list[str]:
        """权限下放 → 权限, 下放: the dictionary words that tile `word`, itself when they do not."""
        inner = {term for term in self.segmenter.terms(word) if 1 < len(term) < len(word)}
        tiles: list[list[str] | None] = [[], *[None] * len(word)]
        for end in range(2, len(word) + 1):
            for term in sorted(inner, key=len):
                before = tiles[end - len(term)] if end >= len(term) else None
                if before is not None and word.endswith(term, 0, end):
                    tiles[end] = [*before, term]
                    break
        return tiles[-1] or [word]


def keep_small(kept: dict[Any, Any]) -> None:
    """Begins anew with what is kept at hand once that has become much."""
    if len(kept) >= 4096:
        kept.clear()


@lru_cache(maxsize=4)
def synonym_groups(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Word → the words of its group in vocab/synonyms.csv, itself among them."""
    groups: dict[str, tuple[str, ...]] = {}
    for row in vocabulary.table("synonyms"):
        words = tuple(squeezed(word) for word in row["words"].split())
        for word in words:
            groups[word] = tuple(dict.fromkeys((*groups.get(word, ()), *words)))
    return groups
