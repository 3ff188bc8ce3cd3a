"""Duties that are listed under an organ's name: X主要职责：…, X承担以下职责：（1）…（2）…, X职责 as a heading.

A bare heading (主要职责) speaks of the body that the document founds: the one whose short form it has introduced.

In: the text, the mentions in it. Out: Duties (the organ, its task, the words that say so), by offsets.
Touches nothing. Emergency plans and notices on leading groups assign their work in this form; the items under it have
no subject of their own, so that sentence by sentence they would say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyparse.extract.sentences import LABEL, body_start, trim
from policyparse.model import Institution

_HEAD = re.compile(
    "(?:的?(?:主要|工作|基本|具体){0,2}(?:职责(?:任务|分工)?|职能)|(?:主要)?(?:承担|履行)(?:以下|下列|如下)(?:主要|工作){0,2}(?:职责|任务|职能))"
    r"(?:如下)?(?:(?:是|为|包括|有)[:：]?|[:：]|[ 　]*(?=\n|$))"
)
_BARE = re.compile("(?:主要|工作|基本)?(?:职责|职能)(?:任务)?")
_SHORT_FORM = re.compile('[（(]以下(?:简称|称)[“"]?([^”"）)]{2,24})[”"]?[）)]')
_DIGITS = re.compile(r"[\d一二三四五六七八九十百①-⑳]+")
_COMMAS = ("，", ",")
_BEGINS = "。；;：:\n 　"
# A list of duties longer than this is another chapter.
_MOST = 30
# The short form stands in the first lines of the document or annex that the heading divides.
_FAR = 2000
# A sentence that names the organ, its seat or rank, and then its duties is shorter than this.
_NEAR = 120


@dataclass(frozen=True, slots=True)
class Duty:
    """`unit` does `task`; [start, end) is the line or item that says so."""

    unit: str
    task: str
    start: int
    end: int


def find(text: str, institutions: Sequence[Institution]) -> Iterator[Duty]:
    """Every duty listed under an organ's name, in order; an item that begins with an organ of its own is none."""
    ends = {mention.end: mention for mention in institutions}
    starts = {mention.start: mention for mention in institutions}
    known = frozenset(mention.text for mention in institutions)
    for head in _HEAD.finditer(text):
        named = _named(text, head.start(), starts, ends)
        if named is None:
            yield from _founded(text, head, ends, starts, known)
            continue
        unit, begin = named
        line = text.rfind("\n", 0, begin) + 1
        if begin != body_start(text, line, begin + len(unit)) and text[begin - 1] not in _BEGINS:
            continue
        stop = text.find("\n", head.end())
        stop = len(text) if stop < 0 else stop
        a, b = trim(text, head.end(), stop)
        if a < b:
            if b - a >= 4 and a not in starts:
                yield Duty(unit, text[a:b], begin, b)
            continue
        yield from _listed(text, unit, stop + 1, starts)


def _named(
    text: str, at: int, starts: Mapping[int, Institution], ends: Mapping[int, Institution]
) -> tuple[str, int] | None:
    """The organ whose duties are named at `at`, and where it stands: right before, or at the head of the sentence."""
    mention = ends.get(at)
    if mention is None and text[at - 1 : at] == "。":  # X负责…。主要职责包括：
        line = text.rfind("\n", 0, at) + 1
        mention = starts.get(body_start(text, line, at))
    if mention is None and text[at - 1 : at] in _COMMAS:
        first = _sentence(text, at)
        mention = starts.get(first)  # 办公室设在县发改局，主要职责是：…
        short = _SHORT_FORM.search(text, first, at)
        if mention is None and short:  # 县热线受理中心（以下简称热线中心）是热线工作机构，主要职责是：…
            return short.group(1), first
    return (mention.text, mention.start) if mention else None


def _sentence(text: str, at: int) -> int:
    """Where the words of the sentence begin that `at` stands in."""
    start = max(text.rfind(sign, max(0, at - _NEAR), at) for sign in "。；;\n") + 1
    return body_start(text, start, at)


def _founded(
    text: str,
    head: re.Match[str],
    ends: Mapping[int, Institution],
    starts: Mapping[int, Institution],
    known: frozenset[str],
) -> Iterator[Duty]:
    """The duties under a bare heading, of the organ whose short form was introduced last before it."""
    line = text.rfind("\n", 0, head.end()) + 1
    stop = text.find("\n", head.end())
    if stop < 0 or not _BARE.fullmatch(text[body_start(text, line, stop) : stop].strip(" 　")):
        return
    name = None
    for short in _SHORT_FORM.finditer(text, max(0, line - _FAR), line):
        if short.start() in ends or short.group(1) in known:
            name = short.group(1)
    if name:
        yield from _listed(text, name, stop + 1, starts)


def _listed(text: str, unit: str, at: int, starts: Mapping[int, Institution]) -> Iterator[Duty]:
    for start, end in _items(text, at):
        a, b = trim(text, body_start(text, start, end), end)
        if a in starts:
            return
        b = _before_another(text, a, b, starts)
        if b - a >= 4:
            yield Duty(unit, text[a:b], start, b)


def _before_another(text: str, start: int, end: int, starts: Mapping[int, Institution]) -> int:
    """The end of the first sentence where a later one in the line speaks of an organ: the paragraph behind a list."""
    first = text.find("。", start, end)
    at = first
    while at >= 0:
        if at + 1 in starts:
            return first
        at = text.find("。", at + 1, end)
    return end


def _items(text: str, at: int) -> Iterator[tuple[int, int]]:
    """The lines from `at` on that carry the same form of label as the first; without labels, one line."""
    form: str | None = None
    for _ in range(_MOST):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        match = LABEL.match(text, at, stop)
        label = _DIGITS.sub("n", match.group().strip()) if match else ""
        if at >= len(text) or (form is not None and (label != form or not form)):
            return
        form = label
        yield at, stop
        at = stop + 1
