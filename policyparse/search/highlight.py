"""Where the words that were searched for stand in a passage's own text.

In: a passage's text, the needles of a query. Out: spans into that text. Touches: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from policyparse.words import Segmenter, segmenter, squeezed_offsets

Span = tuple[int, int]


def highlights(
    text: str, needles: Sequence[str], patterns: Sequence[re.Pattern[str]] = (), words: Segmenter | None = None
) -> list[Span]:
    """The spans of `text` that are one of `needles` (squeezed forms), in order; touching ones are joined.

    patterns: of wildcards; a word of the segmentation `words` that one of them matches as a whole counts too.

    White space inside a phrase, capital and Traditional letters do not matter, and the span is cut from `text`
    as it is.
    """
    return marker(needles, patterns, words)(text)


def marker(
    needles: Sequence[str], patterns: Sequence[re.Pattern[str]] = (), words: Segmenter | None = None
) -> Callable[[str], list[Span]]:
    """`highlights` for many texts: what follows from the needles alone is found out once."""
    wanted = [(needle, len(needle)) for needle in needles if needle]
    letters = all(map(str.isalnum, needles))

    def spans_of(text: str) -> list[Span]:
        whole, place = squeezed_offsets(text, letters)
        # with white space in the text, but in none of the needles, as is usual
        if place is not None and letters and all(whole.count(needle) == text.count(needle) for needle, _ in wanted):
            whole, place = text, None
        found: list[Span] = []
        for needle, length in wanted:
            at = whole.find(needle)
            while at >= 0:
                found.append((at, at + length))
                at = whole.find(needle, at + 1)
        if place is not None:
            found = [(place(start), place(end - 1) + 1) for start, end in found]
        if patterns:
            found += [
                (start, end)
                for start, end, word in (words or segmenter()).term_spans(text)
                if any(pattern.fullmatch(word) for pattern in patterns)
            ]
        return _joined(found) if len(found) > 1 else found

    return spans_of


def _joined(spans: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def excerpt(text: str, spans: list[Span], width: int) -> Span:
    """The at most `width` characters of `text` that show most of `spans`, from a sentence's start if one is near."""
    if len(text) <= width:
        return 0, len(text)
    best, shown = 0, -1
    for start, _ in spans or [(0, 0)]:
        first = max(0, min(start - width // 6, len(text) - width))
        count = sum(1 for a, b in spans if a >= first and b <= first + width)
        if count > shown:
            best, shown = first, count
    stop = max(text.rfind(sign, max(0, best - width // 6), best + 1) for sign in "。；\n")
    if stop >= 0 and all(b <= stop + 1 + width for a, b in spans if best <= a and b <= best + width):
        best = stop + 1
    return best, min(len(text), best + width)
