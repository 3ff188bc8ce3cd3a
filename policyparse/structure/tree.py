"""Numbering → a tree of sections, and the clauses that stand in it (annotation guide, 3 and 8).

In: lines with their roles. Out: sections, clauses (without origin and tags), and what is wrong with the numbering.
Touches nothing.

The level is the depth in this document's tree. A label opens, goes on with or leaves a series: the next number of
an open series goes on with it and closes what stood inside; a style not yet open begins a series inside the
innermost one whose style ranks above it; number one of an open style begins it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from policyparse.labels import RANK, Label, inline_labels, label_at
from policyparse.model import Clause, Section
from policyparse.structure import lines as roles
from policyparse.structure.lines import Line

# Words before the first item of a paragraph are a clause if they are more than a lead-in (annotation guide, 8).
LEAD_IN = 18
# The longest first sentence that is read as an item's heading; longer ones give particulars.
LONGEST_HEADING = 36
RUN_IN = ("是", "(1)", "①")
# Series of Chinese numerals that are mixed in speeches: 一、…二是…三要…
CHINESE = ("一、", "是")
_SENTENCE_END = re.compile(r"[。！？!?]")
_TITLE_END = re.compile(r"[。：:；;！!]")
_CLOSING_WORDS = re.compile(r"(?:同志们|各位|综上所述|总之|最后[,，]|特此|以上)")


@dataclass(slots=True)
class _Item:
    """A label in the document, before its place in the tree is known."""

    label: Label
    start: int  # in the document's text
    text_start: int
    line: int
    inline: bool


@dataclass(slots=True)
class _Open:
    style: str
    number: int
    section: int


@dataclass(frozen=True, slots=True)
class Tree:
    sections: tuple[Section, ...]
    clauses: tuple[Clause, ...]
    warnings: tuple[str, ...]


def build(text: str, lines: Sequence[Line]) -> Tree:
    """The tree of a document: `lines` are those of `text`, with their roles."""
    items = _items(text, lines)
    sections, warnings, section_of_line = _sections(text, lines, items)
    clauses = _clauses(text, lines, items, section_of_line)
    return Tree(tuple(sections), tuple(clauses), tuple(warnings))


def _items(text: str, lines: Sequence[Line]) -> list[_Item]:
    """Every label that counts: those at a line's beginning, and series in running text."""
    items: list[_Item] = []
    region: list[_Item] = []  # candidates since the last label that opens a line
    opener: Label | None = None
    for index, line in enumerate(lines):
        if line.role != roles.BODY:
            if line.role in (roles.TITLE, roles.ANNEX):
                items += _series(region, opener)
                region, opener = [], None
            continue
        label = label_at(line.text)
        inner_from = 0
        if label:
            item = _Item(label, line.start + label.start, line.start + label.end, index, False)
            inner_from = label.end
            if label.style in RUN_IN:
                region.append(item)
            else:
                items += _series(region, opener)
                region, opener = [], label
                items.append(item)
        for found in inline_labels(line.text, inner_from):
            region.append(_Item(found, line.start + found.start, line.start + found.end, index, True))
    items += _series(region, opener)
    items.sort(key=lambda item: item.start)
    return items


def _series(candidates: Sequence[_Item], opener: Label | None) -> list[_Item]:
    """Of `candidates` those that make up series 1, 2, 3 … of one style; at a line's beginning one alone will do."""
    kept: list[_Item] = []
    for style in dict.fromkeys(item.label.style for item in candidates):
        if opener and style == opener.style:
            continue
        run: list[_Item] = []
        for item in (item for item in candidates if item.label.style == style):
            number = item.label.number
            if number == 1:
                kept += _enough(run)
                run = [item]
            elif run and number == run[-1].label.number + 1:
                run.append(item)
            elif not run and style == "是" and opener and opener.style == "一、" and number == opener.number + 1:
                run = [item]  # 一、…二是…三是…: one series
            elif not item.inline:
                kept += _enough(run)
                run = [item]
        kept += _enough(run)
    return kept


def _enough(run: Sequence[_Item]) -> Sequence[_Item]:
    if len(run) >= 2 or any(not item.inline for item in run):
        return run
    if len(run) == 1 and run[0].label.style == "是" and run[0].label.number > 1:
        return run
    return ()


def _sections(
    text: str, lines: Sequence[Line], items: Sequence[_Item]
) -> tuple[list[Section], list[str], dict[int, list[tuple[int, str | None]]]]:
    """Sections, warnings, and for each line the (offset, section id) from which on a section is current."""
    sections: list[Section] = []
    warnings: list[str] = []
    current: dict[int, list[tuple[int, str | None]]] = {}
    stack: list[_Open] = []
    latest: dict[str, int] = {}  # the last number of each style: some documents number on across their sections
    ends: list[int] = []
    queue = list(items)
    position = 0
    for index, line in enumerate(lines):
        marks: list[tuple[int, str | None]] = []
        if line.role in (roles.TITLE, roles.ANNEX, roles.SIGNATURE) and stack:
            _close(stack, 0, ends, line.start)
            latest.clear()
        here = []
        while position < len(queue) and queue[position].line == index:
            here.append(queue[position])
            position += 1
        starts_with_label = bool(here) and not here[0].inline
        if line.role == roles.BODY and not starts_with_label and stack:
            keep = len(stack)
            while keep and stack[keep - 1].style in RUN_IN:
                keep -= 1
            if not here or here[0].label.number == 1:
                if _CLOSING_WORDS.match(line.text) and index > len(lines) - 6:
                    keep = 0
                _close(stack, keep, ends, line.start)
        marks.append((line.start, sections[stack[-1].section].id if stack else None))
        for item in here:
            if item.start > line.start:  # what is open reaches into this line up to here
                for entry in stack:
                    ends[entry.section] = item.start
            depth = _depth(stack, item.label, latest, warnings)
            latest[item.label.style] = item.label.number
            _close(stack, depth, ends, item.start)
            number = len(sections)
            parent = sections[stack[-1].section].id if stack else None
            sections.append(
                Section(
                    id=f"s{number + 1}",
                    parent=parent,
                    level=depth + 1,
                    label=item.label.text,
                    title="",
                    start=item.start,
                    end=item.start,
                )
            )
            ends.append(item.start)
            stack.append(_Open(item.label.style, item.label.number, number))
            marks.append((item.start, sections[number].id))
        current[index] = marks
        if line.role in (roles.BODY, roles.TABLE):
            for entry in stack:
                ends[entry.section] = line.end
    finished = []
    for number, section in enumerate(sections):
        title = _title(text, lines, items, number)
        end = max(min(ends[number], len(text)), items[number].text_start)
        finished.append(section.model_copy(update={"title": title, "end": end}))
    return finished, warnings, current


def _close(stack: list[_Open], depth: int, ends: list[int], at: int) -> None:
    for entry in stack[depth:]:
        ends[entry.section] = min(ends[entry.section], at)
    del stack[depth:]


def _depth(stack: Sequence[_Open], label: Label, latest: dict[str, int], warnings: list[str]) -> int:
    """How many open series the new item stands inside."""
    for depth in range(len(stack) - 1, -1, -1):
        entry = stack[depth]
        if entry.style == label.style and label.number == entry.number + 1:
            return depth
    for depth in range(len(stack) - 1, -1, -1):  # 一、… followed by 二是…
        entry = stack[depth]
        both_chinese = entry.style in CHINESE and label.style in CHINESE
        if both_chinese and entry.style != label.style and label.number > 1 and label.number == entry.number + 1:
            return depth
    for depth in range(len(stack) - 1, -1, -1):
        entry = stack[depth]
        if entry.style == label.style:
            if label.number != 1 and label.number != latest.get(label.style, 0) + 1:
                warnings.append(f"numbering: {label.text} follows number {entry.number} of its series")
            return depth
    depth = len(stack)
    while depth and RANK[stack[depth - 1].style] > RANK[label.style]:
        depth -= 1
    if label.number > 1 and label.number != latest.get(label.style, 0) + 1:
        warnings.append(f"numbering: the series of {label.text} begins with {label.number}")
    return depth


def _title(text: str, lines: Sequence[Line], items: Sequence[_Item], number: int) -> str:
    """The heading's words, "" where the item starts with its running text (annotation guide, 3)."""
    item, following = items[number], _after(items, number)
    line = lines[item.line]
    end = following.start if following and following.line == item.line else line.end
    words = text[item.text_start : end].strip()
    if not words:
        return ""
    if alone(text, lines, items, number):
        return _unclosed(_TITLE_END.split(words, maxsplit=1)[0].strip())
    # behind the colon stands its text, or its own items on the lines below
    if pointed := _POINT.match(words + "\n。" if words[-1] in "：:" else words):
        return pointed["point"]
    match = _SENTENCE_END.search(words)
    if match is None or match.group() != "。":
        return ""
    sentence = words[: match.start()]
    rest = _BRACKET_TAIL.sub("", words[match.end() :].strip())
    # Text of the item may also follow as paragraphs without a label.
    inner = following and end < line.end and RANK[following.label.style] > RANK[item.label.style]
    more = bool(rest) or inner or (end == line.end and _paragraph_follows(lines, item.line, following))
    if _listed(lines, items, number):
        return ""
    if not more or len(sentence) > LONGEST_HEADING or re.search(r"[：:；;]", sentence):
        return ""
    if _particular(sentence) or (item.label.style == "条" and not _ARTICLE.fullmatch(sentence)):
        return ""
    return sentence


# 受理：…, 准备阶段（2012年3月—6月）：…: a short name of the point, and its text behind the colon
_POINT = re.compile(
    r"(?P<point>(?![^：:]*(?:如下|以下|下列)|[^：:]*(?:要求是|包括|为|是|要|应|须|将|等)[：:])(?:(?![要应须将是在对从按由])[一-鿿、“”]){2,14}(?:[（(][^（()）]{2,24}[)）])?)"
    r"[：:](?=\s*[^\s：:])"
)
# （责任单位：…） alone behind the first sentence is no text of the item
_BRACKET_TAIL = re.compile(r"^[（(〔［\[【][^（()）〔〕]*[)）〕］\]】][。；;]?$")
# An article's sentence that only names its subject (首问责任人的职责。统一受理。), and rules nothing
_ARTICLE = re.compile(
    r"(?!.*(?:应|不|得|可|须|由|是|为|将|被|禁止|实行|适用|鼓励|坚持|负责|施行|享有|承担|遵循|根据|按照|本法|本条例))[一-鿿A-Za-z0-9“”、]{2,14}"
)
_ASSIGNS = re.compile(r"各[^，。]{0,24}[要应须]")
_PARTICULAR = re.compile(
    r"^各[^，。]{0,24}[要应须]|^(?:为|根据|按照|经|自|从|本|对于|凡|对(?:已|于|在)|由|在.{2,12}[，,]|到\d)|\d{2,}|是(?:历史|一项|一个)|因此|以下"
)


def _particular(sentence: str) -> bool:
    """Whether a sentence tells more than the point: figures, grounds, a judgement (a span of time in brackets does not)."""
    return bool(_PARTICULAR.search(re.sub(r"[（(][^（()）]*[）)]", "", sentence)))


def _unclosed(title: str) -> str:
    """Cuts a bracket that the title's end left open."""
    for opening, closing in ("（）", "()", "〔〕", "[]", "［］"):
        if title.count(opening) > title.count(closing):
            title = title[: title.rfind(opening)]
    return title.strip()


def _paragraph_follows(lines: Sequence[Line], index: int, following: _Item | None) -> bool:
    """Whether the next line of body text belongs to the item without a label of its own."""
    for position in range(index + 1, len(lines)):
        if lines[position].role == roles.BODY:
            return following is None or following.line != position or following.inline
        if lines[position].role == roles.TABLE:
            return True
        if lines[position].role not in (roles.DATE, roles.NOTE):
            return False
    return False


def _after(items: Sequence[_Item], number: int) -> _Item | None:
    return items[number + 1] if number + 1 < len(items) else None


def _listed(lines: Sequence[Line], items: Sequence[_Item], number: int) -> bool:
    """Whether the item is one of a bare list: the one before it in its series ends as a list's items do."""
    if not number:
        return False
    item, before = items[number], items[number - 1]
    if before.label.style != item.label.style or before.label.number != item.label.number - 1:
        return False
    return before.line != item.line and lines[before.line].text[-1] in "；;，,、"


def alone(text: str, lines: Sequence[Line], items: Sequence[_Item], number: int) -> bool:
    """Whether the item's label and heading stand alone on their line, its text (or its own items) below."""
    item, following = items[number], _after(items, number)
    line = lines[item.line]
    if item.inline or (following and following.line == item.line):
        return False
    words = text[item.text_start : line.end].strip()
    if not words or item.label.style in ("编", "章", "节"):
        return True
    if len(words) > 70 or item.label.style == "条":
        return False
    if words[-1] in "。！!" and (len(words) > 46 or _SENTENCE_END.search(words[:-1]) or _ASSIGNS.match(words)):
        return False
    if words[-1] in "；;：:，," or _listed(lines, items, number):
        return False
    if "。" in words[:-1]:  # text runs on behind the heading, cut off in its middle
        return False
    if _paragraph_follows(lines, item.line, following):
        return True
    if following is None or following.line > item.line + 1:
        return words[-1] not in "。！!" and following is not None
    # the next label: one of an inner series makes this its heading
    return (
        RANK[following.label.style] > RANK[item.label.style]
        and (
            following.label.number == 1
            or words[-1] not in "。！!"
            # an inner series that numbers on across its sections
            or any(
                before.label.style == following.label.style and before.label.number == following.label.number - 1
                for before in items[:number]
            )
        )
    )


def _clauses(
    text: str, lines: Sequence[Line], items: Sequence[_Item], current: dict[int, list[tuple[int, str | None]]]
) -> Iterable[Clause]:
    spans: list[tuple[int, int, str | None]] = []
    by_line: dict[int, list[int]] = {}
    for number, item in enumerate(items):
        by_line.setdefault(item.line, []).append(number)
    for index, line in enumerate(lines):
        if line.role == roles.TABLE:
            section = current[index][-1][1]
            if spans and index and lines[index - 1].role == roles.TABLE and spans[-1][1] == lines[index - 1].end:
                spans[-1] = (spans[-1][0], line.end, spans[-1][2])
            else:
                spans.append((line.start, line.end, section))
            continue
        if line.role != roles.BODY:
            continue
        numbers = by_line.get(index, [])
        marks = dict(current[index])
        cursor, section = line.start, current[index][0][1]
        led = False
        for number in numbers:
            item = items[number]
            _add(spans, text, cursor, item.start, section, lead=item.inline and not led)
            led = led or item.inline
            cursor, section = item.start, marks.get(item.start, section)
        if numbers and alone(text, lines, items, numbers[-1]):
            continue
        _add(spans, text, cursor, line.end, section, lead=False)
    return [
        Clause(id=f"c{number}", section=section, start=start, end=end, text=text[start:end])
        for number, (start, end, section) in enumerate(spans, 1)
    ]


def _add(
    spans: list[tuple[int, int, str | None]], text: str, start: int, end: int, section: str | None, lead: bool
) -> None:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    end -= len(piece) - len(piece.rstrip())
    if start >= end:
        return
    if lead:
        label = label_at(text[start:end])
        if len(text[start:end]) - (label.end if label else 0) <= LEAD_IN:
            return
    spans.append((start, end, section))
