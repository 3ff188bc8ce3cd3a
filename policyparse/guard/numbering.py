"""Numbering that skips, repeats or goes back: 一、 三、; （二） （二）; 第五条 第七条; 一是…三是….

In: a Draft. Out: a Finding at each label that does not follow. Touches nothing.

Headings and items at a line's beginning come from the parser's sections; series in running text (一是, (1), ①) are read
here, because the parser takes for a series only what counts on. A label may go on with its own series (the one before
it under the same heading), or with the document's (1. to 12. across several headings); it may begin a new one with 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.labels import Label, inline_labels, label_at
from policyparse.model import Section
from policyparse.numerals import int_to_chinese
from policyparse.structure import lines as roles

#: Styles of series that stand in running text.
_RUN_IN = ("是", "(1)", "①")
# A list whose first item stands in the running text before it: 附件：1.…
_FIRST = re.compile(r"[:：]\s*1\s*[.．、]")


#: More than so many numbers are not lost by the parser.
_MOST_UNSEEN = 12


class _Item(NamedTuple):
    """A label of a series; `document_last`: the number before it of its style, anywhere, and where that one ends."""

    section: Section
    label: Label
    document_last: int
    document_since: int


def numbering(draft: Draft) -> Iterator[Finding]:
    """Labels that skip, repeat or go back."""
    yield from _headings(draft)
    yield from _running(draft)


def _headings(draft: Draft) -> Iterator[Finding]:
    found = []
    for section in draft.document.sections:
        label = label_at(section.label + "　某")
        if label and label.style not in _RUN_IN and section.start == draft.line_at(section.start).start:
            found.append((section, label))
    wide = _document_wide(found)
    series: dict[tuple[str | None, str], list[_Item]] = {}  # under a heading, of a style
    latest: dict[str, tuple[int, int]] = {}  # of a style: the last number in the whole document, and where it ends
    for section, label in found:
        key = (None if label.style in wide else section.parent, label.style)
        series.setdefault(key, []).append(_Item(section, label, *latest.get(label.style, (0, 0))))
        latest[label.style] = (label.number, section.start + len(section.label))
    for items in series.values():
        previous, since, before = 0, 0, ""
        for at, (section, label, document_last, document_since) in enumerate(items):
            number = label.number
            following = items[at + 1].label.number if at + 1 < len(items) else None
            if number == 1 and previous > 1 and following == previous + 1:
                continue  # a wrapped line that begins like a label: 三、 … 统｜一、服务 … 四、
            if (
                number in (1, previous + 1)
                or number == document_last + 1
                or (at == 0 and number == 2 and _begun_before(draft, section))
                or _unseen(draft, label, previous, since, section.start)
                or (document_last and _unseen(draft, label, document_last, document_since, section.start))
            ):
                previous = number
            else:
                end = section.start + len(section.label)
                yield _finding(draft, section.start, end, number, previous, before)
                # 六 八 八 or 六 六 八: this one alone is misprinted, the next one is right
                alone = following == previous + 2
                previous = previous + 1 if alone else number
            before, since = section.label, section.start + len(section.label)


def _unseen(draft: Draft, label: Label, previous: int, since: int, until: int) -> bool:
    """Whether the numbers between `previous` and the label are printed in between, where the parser took them for
    something else (2.2023年底前…, a label within a line)."""
    missing = range(previous + 1, label.number)
    if not 0 < len(missing) <= _MOST_UNSEEN:
        return False
    text = draft.text
    return all(re.compile(_printed(label.style, number)).search(text, since, until) for number in missing)


def _printed(style: str, number: int) -> str:
    """A pattern of the label of `number` in a style."""
    han = int_to_chinese(number)
    either = f"(?:{han}|{number})"
    if style in ("编", "章", "节", "条"):
        return rf"第\s*{either}\s*{style}"
    if style in ("（一）", "(1)"):
        return rf"[（(]\s*{either}\s*[)）]"
    if style == "一、":
        return rf"(?<![一二三四五六七八九十]){han}\s*[、.．]"
    if style == "1.":
        return rf"(?<!\d){number}\s*[、.．]"
    return r"(?!)"  # letters and circles: the parser sees them all


def _document_wide(found: Sequence[tuple[Section, Label]]) -> set[str]:
    """Styles that number on across the headings above them: articles by rule, others where a group goes on so."""
    wide = {"条"}
    groups: dict[str, dict[str | None, int]] = {}
    latest: dict[str, int] = {}
    for section, label in found:
        begun = groups.setdefault(label.style, {})
        if section.parent not in begun:
            begun[section.parent] = label.number
            if label.number > 1 and label.number == latest.get(label.style, 0) + 1:
                wide.add(label.style)
        latest[label.style] = label.number
    return {style for style in wide if list(groups.get(style, {}).values()).count(1) <= 1}


def _begun_before(draft: Draft, section: Section) -> bool:
    """Whether the item goes on with a list that begins in the text before it: 附件：1.…"""
    return bool(_FIRST.search(draft.text, max(0, section.start - 200), section.start))


def _running(draft: Draft) -> Iterator[Finding]:
    """Series in running text, each within its paragraph."""
    for line in draft.lines:
        if line.role != roles.BODY:
            continue
        own = label_at(line.text)
        found = inline_labels(line.text, own.end if own and own.style not in _RUN_IN else 0)
        if own and own.style in _RUN_IN and (not found or found[0].start != own.start):
            found.insert(0, own)
        for style in _RUN_IN:
            series = [label for label in found if label.style == style]
            if len(series) < 2 or series[0].number != 1:
                continue
            previous = 1
            for label in series[1:]:
                if label.number not in (1, previous + 1):
                    start = line.start + label.start
                    yield _finding(draft, start, start + len(label.text), label.number, previous, "")
                previous = label.number


def _finding(draft: Draft, start: int, end: int, number: int, previous: int, before: str) -> Finding:
    printed = draft.text[start:end]
    last = f"“{before}”" if before else f"第{previous}项"
    last_en = f"“{before}”" if before else f"number {previous}"
    if not previous:
        reason = Said(
            f"the series begins with “{printed}” and not with the first", f"这一组序号从“{printed}”开始，前面的缺失"
        )
        sure = 0.7
    elif number == previous:
        reason = Said(f"“{printed}” comes twice in its series", f"序号“{printed}”重复")
        sure = 0.9
    elif number > previous:
        missing = number - previous - 1
        reason = Said(
            f"“{printed}” follows {last_en}: {missing} missing between them",
            f"{last}之后直接是“{printed}”，中间缺{missing}个序号",
        )
        sure = 0.9 if missing <= 3 else 0.75
    else:
        reason = Said(f"“{printed}” follows {last_en}: it goes back", f"{last}之后又出现“{printed}”，序号倒退")
        sure = 0.75
    return draft.finding(
        "numbering", start, end, reason,
        Said("renumber, or restore what was left out", "改正序号；如是删漏了条文，请补回"), sure,
    )  # fmt: skip
