"""Numbering that skips, repeats or goes back: 一、 三、; （二） （二）; 第五条 第七条; 一是…三是….

In: a Draft. Out: a Finding at each label that does not follow. Touches nothing.

Headings and items at a line's beginning come from the parser's sections; series in running text (一是, (1), ①) are read
here, because the parser takes for a series only what counts on. A label may go on with its own series (the one before
it under the same heading), or with the document's (1. to 12. across several headings); it may begin a new one with 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.labels import Label, inline_labels, label_at
from policyparse.model import Section
from policyparse.structure import lines as roles

#: Styles of series that stand in running text.
_RUN_IN = ("是", "(1)", "①")


def numbering(draft: Draft) -> Iterator[Finding]:
    """Labels that skip, repeat or go back."""
    yield from _headings(draft)
    yield from _running(draft)


def _headings(draft: Draft) -> Iterator[Finding]:
    last: dict[tuple[str | None, str], tuple[int, Section]] = {}  # under a heading, of a style: its last number
    latest: dict[str, int] = {}  # of a style in the whole document
    for section in draft.document.sections:
        label = label_at(section.label + "　某")
        if label is None or label.style in _RUN_IN:
            continue
        if section.start != draft.line_at(section.start).start:
            continue  # in running text
        key = (section.parent, label.style)
        before = last.get(key)
        number, previous = label.number, before[0] if before else 0
        follows = number in (1, previous + 1) or number == latest.get(label.style, 0) + 1
        if not follows and not (before is None and _in_annex_list(draft, section)):
            yield _finding(draft, section.start, section.start + len(section.label), label, previous, before)
        last[key] = (number, section)
        latest[label.style] = number


def _in_annex_list(draft: Draft, section: Section) -> bool:
    """Whether the item goes on with a list that begins on the line of its head: 附件：1.…"""
    index = draft.line_number(section.start)
    return index > 0 and bool(roles.ANNEX_LINE.match(draft.lines[index - 1].text))


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
            previous = series[0]
            for label in series[1:]:
                if label.number not in (1, previous.number + 1):
                    start = line.start + label.start
                    yield _finding(draft, start, start + len(label.text), label, previous.number, None)
                previous = label


def _finding(
    draft: Draft, start: int, end: int, label: Label, previous: int, before: tuple[int, Section] | None
) -> Finding:
    printed = draft.text[start:end]
    last = f"“{before[1].label}”" if before else f"第{previous}项" if previous else ""
    last_en = f"“{before[1].label}”" if before else f"number {previous}" if previous else ""
    number = label.number
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
