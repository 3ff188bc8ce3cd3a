"""Cuts a file into its documents.

In: the lines that stay, in Simplified characters. Out: ranges of lines, one a document. Touches nothing.

Two kinds of file hold several documents: a compilation that numbers them (第一篇：…, 篇二：…), and one that
sets them one after the other, each under its own speech title. A notice with the plan that it carries is one
document, so other titles cut nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from policyparse.labels import label_at
from policyparse.numerals import chinese_to_int

_HEADING = re.compile(
    r"[【\[(（]?(?:第\s*(?P<a>[一二三四五六七八九十]{1,3}|\d{1,2})\s*篇|篇\s*(?P<b>[一二三四五六七八九十]{1,3}|\d{1,2}))"
    r"[】\])）]?\s*[:：、.．\s]?\s*(?P<title>.{0,80})"
)
_SPEECH_TITLE = re.compile(r"(?:[一-鿿、\s]{0,14})在.{2,50}(?:讲话|发言|致辞|致词|演讲)(?:稿)?(?:[（(].{1,12}[)）])?")
_ENDED = re.compile(r"[。！!？?…；;”’）)—–-]$")
# What stands before a compilation's first heading is its page's furniture, unless it is a document's worth of text.
PREFACE = 1500


class Part(NamedTuple):
    """Lines [start, end) are one document; `heading_cut` characters of the first are the compilation's heading."""

    start: int
    end: int
    heading_cut: int = 0


def split(lines: Sequence[str]) -> list[Part]:
    """The documents in `lines` (stripped, none empty), in order."""
    parts = _numbered(lines) or ([Part(0, len(lines))] if lines else [])
    return [piece for part in parts for piece in _speeches(lines, part)]


def _numbered(lines: Sequence[str]) -> list[Part]:
    found: list[tuple[int, re.Match[str]]] = []
    for index, line in enumerate(lines):
        if len(line) > 100 or not (match := _HEADING.fullmatch(line)):
            continue
        if chinese_to_int(match["a"] or match["b"]) == len(found) + 1:
            found.append((index, match))
    if len(found) < 2:
        return []
    parts = []
    if sum(map(len, lines[: found[0][0]])) > PREFACE:
        parts.append(Part(0, found[0][0]))
    ends = [index for index, _ in found[1:]] + [len(lines)]
    for (index, match), end in zip(found, ends, strict=True):
        if index + 1 < end and (_is_title(lines[index + 1]) or not match["title"]):
            parts.append(Part(index + 1, end))
        else:  # the document has no title of its own: the heading's words are kept as its title
            parts.append(Part(index, end, match.start("title")))
    return [part for part in parts if part.start < part.end]


def _is_title(line: str) -> bool:
    return len(line) <= 60 and line[-1] not in "。！!；;：:，," and not label_at(line)


def _speeches(lines: Sequence[str], part: Part) -> list[Part]:
    """Cuts before a speech's title that follows ended text, where the numbering that follows begins anew."""
    cuts = [part.start]
    for index in range(part.start + 3, part.end - 2):
        line = lines[index]
        if len(line) > 60 or not _SPEECH_TITLE.fullmatch(line) or not _ENDED.search(lines[index - 1]):
            continue
        before = [label for text in lines[cuts[-1] : index] if (label := label_at(text))]
        after = next((label for text in lines[index + 1 : part.end] if (label := label_at(text))), None)
        if before and after and after.number == 1 and sum(map(len, lines[cuts[-1] : index])) > 200:
            cuts.append(index)
    ends = [*cuts[1:], part.end]
    return [
        Part(start, end, part.heading_cut if start == part.start else 0) for start, end in zip(cuts, ends, strict=True)
    ]
