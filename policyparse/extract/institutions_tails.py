"""Institutions that only the form of a bracket tail proves: （成果转化与区域创新处牵头，…）, （责任单位：…、榕城海关）.

In: the tails of a document, its blanked text, the Lexicon, the vocabulary, the names found so far. Out: further Candidates.
Touches nothing.

A unit that a tail names is a definite organ (annotation guide §4, §7), whatever the words of its name; from there on
the same name is known in the rest of the document, where it begins as names do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policyparse.extract.institutions_candidate import SECTIONS, Candidate
from policyparse.extract.institutions_context import begins
from policyparse.extract.institutions_lexicon import Head, Lexicon
from policyparse.extract.tails import Tail, grammar
from policyparse.places import LEVEL_WORDS
from policyparse.vocabulary import Vocabulary

# Longer stretches of a tail are no names; shorter ones are levels and short forms that the grammar judges better.
_SHORTEST, _LONGEST = 3, 20
# Outside its tail a name must be so long to be told from running words.
_KNOWN = 5
# Each known name is looked for through the whole text: a bound keeps that linear.
_MOST_KNOWN = 60
_NAME = re.compile("[一-鿿]+")
_CLASS = re.compile(
    "(?:部门|单位|政府|企业|公司|学校|医院|机构|乡镇|街道|管委会?|办事处|处室|银行|[区园港市县旗州镇乡村])$"
)


def listed(
    tails: Sequence[Tail], text: str, lexicon: Lexicon, vocabulary: Vocabulary, found: Sequence[Candidate]
) -> list[Candidate]:
    """The units of bracket tails that the grammar of names does not know, and their further mentions.

    text: the document's, with what is no text blanked; found: the candidates so far, of which the longer ones stay.
    """
    out: list[Candidate] = []
    known: dict[str, None] = {}
    taken = {position for one in found if not one.rejected for position in (one.start, one.end)}
    for start, end in _units(tails, text, vocabulary):
        if start in taken and end in taken:
            continue
        out.append(_candidate(text, start, end))
        if end - start >= _KNOWN and len(known) < _MOST_KNOWN:
            known[text[start:end]] = None
    if known:
        for match in re.finditer("|".join(map(re.escape, sorted(known, key=len, reverse=True))), text):
            if begins(text, match.start(), lexicon):
                out.append(_candidate(text, *match.span()))
    return out


def _units(tails: Sequence[Tail], text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, int]]:
    """Where the definite units of the tails stand."""
    names = grammar(vocabulary).names
    for tail in tails:
        for unit in (unit for party in tail.parties for unit in party.units):
            at = text.find(unit, tail.start, tail.end)
            if at < 0 or not _SHORTEST <= len(unit) <= _LONGEST or not _NAME.fullmatch(unit):
                continue
            if names.is_organ(unit) and not names.is_generic(unit) and not _CLASS.search(unit):
                yield at, at + len(unit)


def _candidate(text: str, start: int, end: int) -> Candidate:
    last = text[end - 1 : end]
    level = text[start] in LEVEL_WORDS and end - start > _SHORTEST
    head = Head(last, "strict" if last in SECTIONS else "open")
    prefix = start + level
    return Candidate(start, end, head, end - 1, prefix, "level" if level else "", functions=1)
