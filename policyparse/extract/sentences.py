"""Sentences and brackets of a text: what citations, delegations and responsibilities all stand on.

In: the document's text. Out: Segments (what a full stop or a semicolon ends, brackets kept whole) and
bracket pairs, all by offsets into the text. Touches nothing.

One scan over the punctuation; a line's end closes whatever was left open, so that one lost bracket
cannot swallow the rest of a document.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# The longest real sentence of 190 documents has some 1,300 characters, seven have more than 800; a longer stretch is
# no sentence (a table run together, an attack) and is cut at a comma, so that no rule looks far around.
_LONGEST = 800
_SIGN = re.compile(r"[。！？；;\n（）()〔〕【】\[\]［］“”《》]")
_OPEN = frozenset("（(〔【[［")
_CLOSE = frozenset("）)〕】]］")

# An item's printed label at the head of a line or sentence (GB/T 9704—2012, 7.3.3: 一、（一）1.（1）; and 一是, 第一条, ①, ——).
LABEL = re.compile(
    r"\s*(?:[（(][一二三四五六七八九十百零〇\d]{1,4}[)）]"
    r"|[一二三四五六七八九十]{1,3}(?:[、.．]|[是要]\s*)"
    r"|\d{1,3}(?:[、．]|[.](?!\d)|[)）])|\d{1,2}(?:[.．]\d{1,2}){1,3}(?=[^\d.．%％万亿元倍米吨度公平千克个])"
    r"|第[一二三四五六七八九十百零〇\d]{1,5}[条章节项]"
    r"|[①-⑳]|——|[•●○■□◆\-])?[\s　]*"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """`text[start:end]` up to its stop, which is left out; segments of one full-stop sentence share `sentence`."""

    start: int
    end: int
    sentence: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Bracket:
    """A pair of round or square brackets: `text[start]` opens it and `text[end - 1]` closes it. `depth` from 0."""

    start: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The segments and brackets of one text, each in the order of their starts."""

    segments: Sequence[Segment]
    brackets: Sequence[Bracket]
    starts: Sequence[int]

    def index_at(self, offset: int) -> int:
        """The index of the segment that holds `offset` (of the last one before it, between two)."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def at(self, offset: int) -> Segment:
        """The segment that holds `offset`. Raises IndexError in a text without segments."""
        return self.segments[self.index_at(offset)]


@lru_cache(maxsize=4)
def layout(text: str) -> Layout:
    """Segments and brackets of `text`. Linear; the last few texts are kept, as three extractors ask for the same."""
    segments: list[Segment] = []
    brackets: list[Bracket] = []
    stack: list[int] = []
    start = sentence = paragraph = quotes = 0

    def close(end: int) -> None:
        nonlocal start
        while end - start > _LONGEST:
            cut = max(text.rfind("，", start + 1, start + _LONGEST), text.rfind(",", start + 1, start + _LONGEST)) + 1
            cut = cut or start + _LONGEST
            segments.append(Segment(start, cut, sentence, paragraph))
            start = cut
        if end > start and not text[start:end].isspace():
            segments.append(Segment(start, end, sentence, paragraph))

    for match in _SIGN.finditer(text):
        sign, at = match.group(), match.start()
        if sign == "\n":
            close(at)
            start, sentence, paragraph, quotes = at + 1, sentence + 1, paragraph + 1, 0
            stack.clear()
        elif sign in _OPEN:
            stack.append(at)
        elif sign in _CLOSE:
            if stack:
                begin = stack.pop()
                brackets.append(Bracket(begin, at + 1, len(stack)))
        elif sign in "“《":
            quotes += 1
        elif sign in "”》":
            quotes = max(quotes - 1, 0)
        elif not stack and not quotes:
            close(at)
            start = at + 1
            if sign not in "；;":
                sentence += 1
    close(len(text))
    brackets.sort(key=lambda bracket: bracket.start)
    return Layout(tuple(segments), tuple(brackets), tuple(segment.start for segment in segments))


def body_start(text: str, start: int, end: int) -> int:
    """`start`, moved over a printed label and white space."""
    match = LABEL.match(text, start, end)
    return match.end() if match else start


def trim(text: str, start: int, end: int, signs: str = " \t\r\n　，,、；;。：:") -> tuple[int, int]:
    """[start, end) without white space and stray punctuation at either edge."""
    while start < end and text[start] in signs:
        start += 1
    while end > start and text[end - 1] in signs:
        end -= 1
    return start, end
