"""Who is responsible, from running sentences: 由X负责Y, X牵头会同Y做Z, X要…, 成立X，负责…, 发挥X作用，….

In: the text, its layout, the groups of actors, the vocabulary. Out: Assignments (units, role, task, the sentence
that proves it). Touches nothing.

annotation.md §7: a definite organ that is given a task makes an assignment, whatever the verb; a place only in
由…负责; appeals (希望…) make none; what is already a delegation (返还, 留用, 任免) makes none. X牵头、Y配合 is two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policyparse.extract.actors import Group
from policyparse.extract.assignment_grammar import (
    ADVERB,
    CARRIED,
    CARRIED_ON,
    CLASS_BEFORE,
    COMPOSED,
    CONDITION,
    EDGE,
    GOES_ON,
    IN_CHARGE,
    LATE,
    MAKES,
    NAME,
    NO_MATTER,
    NOT_ASSIGNING,
    OF,
    OFFICE,
    OTHERS,
    OTHERS_AT_END,
    PART_OF,
    PAST,
    POINTS_ON,
    PREAMBLE,
    SEATED,
    SET_UP_HERE,
    THE_CASE,
    TOLD,
    WORKING_GROUP,
    Grammar,
    grammar,
)
from policyparse.extract.assignment_tasks import definite, matter_before, shared_matter, task_words
from policyparse.extract.sentences import Layout, Segment, body_start, trim
from policyparse.model import Role
from policyparse.vocabulary import Vocabulary

# 成立由甲、乙、丙…组成的X: the list of who sits in it is at most so long
_FOUNDERS = 200


@dataclass(frozen=True, slots=True)
class Assignment:
    """`units` in `role` do `task`; [start, end) is the segment that says so."""

    units: tuple[str, ...]
    role: Role
    task: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class _Anchor:
    """Where an actor takes a task: [start, end) from its first word to where the task's words begin."""

    start: int
    end: int
    group: Group
    role: Role
    rule: str
    support: tuple[str, ...] = ()
    keep: bool = False  # the words before 由 belong to the task (税收由X征收)


def find(
    text: str,
    laid: Layout,
    groups: Sequence[Group],
    vocabulary: Vocabulary,
    *,
    tells: bool,
    taken: Sequence[tuple[int, int]] = (),
    times: Sequence[tuple[int, int]] = (),
) -> Iterator[Assignment]:
    """Every assignment of the text, in order.

    tells: the document tells what was done or appeals (speech, briefing): a bare verb assigns nothing
    taken: spans already read as tails; times: spans of the time points (2009年县财政安排…)
    """
    if not laid.segments:
        return
    g = grammar(vocabulary)
    time_ends = {end: start for start, end in times}
    blocked = sorted(taken)
    at_blocked = 0
    by_segment: dict[int, list[Group]] = {}
    for group in groups:
        while at_blocked < len(blocked) and blocked[at_blocked][1] <= group.start:
            at_blocked += 1
        if at_blocked < len(blocked) and blocked[at_blocked][0] <= group.start:
            continue
        by_segment.setdefault(laid.index_at(group.start), []).append(group)
    for index in sorted(by_segment):
        segment = laid.segments[index]
        anchors = _anchors(text, segment, by_segment[index], g, tells, time_ends)
        yield from _assignments(text, laid, segment, anchors, g)
        last = anchors[-1] if anchors else _seated(text, segment, by_segment[index], g)
        if last is not None:
            yield from _carried(text, laid, index, last, by_segment, tells)


def _carried(
    text: str, laid: Layout, index: int, anchor: _Anchor, own: Mapping[int, Sequence[Group]], tells: bool
) -> Iterator[Assignment]:
    """What the sentences behind segment `index` say of its last organ: 负责…, and after X要… as often as 要… follows.

    A segment that names an organ of its own (and does not begin with 负责), or another paragraph, ends it.
    """
    goes_on = anchor.group.kind == "organ" and anchor.rule in ("modal", "together", "asked") and not tells
    first = laid.segments[index]
    for at in range(index + 1, len(laid.segments)):
        segment = laid.segments[at]
        if segment.paragraph != first.paragraph:
            return
        start = body_start(text, segment.start, segment.end)
        match = CARRIED.match(text, start, segment.end) if at == index + 1 else None
        if at in own and not match:
            return
        if not match and goes_on and segment.sentence != laid.segments[at - 1].sentence:
            match = CARRIED_ON.match(text, start, segment.end)
        if not match:
            return
        a, b = trim(text, match.end(), segment.end)
        units = tuple(anchor.group.names)
        if b - a >= 2:
            yield Assignment(units, "responsible", text[a:b], segment.start, segment.end, "carried-subject")


def _seated(text: str, segment: Segment, groups: Sequence[Group], g: Grammar) -> _Anchor | None:
    """The body that a sentence without a task sets up (成立X。) or seats (下设X在Y。), which the next one may speak of."""
    begin = body_start(text, segment.start, segment.end)
    for group in groups:
        set_up = g.setup.search(text, max(begin, group.start - 60), group.start)
        seat = SEATED.match(text, group.end, segment.end)
        end = seat.end() if seat else group.end
        titled = group.start == begin and group.kind == "organ"  # 监督组。负责…
        if (
            (set_up or seat or titled)
            and (set_up or group.start == begin)
            and not text[end : segment.end].strip(" 。；;")
        ):
            return _Anchor(group.start, end, group, "responsible", "set-up")
    return None


def _anchors(
    text: str, segment: Segment, groups: Sequence[Group], g: Grammar, tells: bool, time_ends: dict[int, int]
) -> list[_Anchor]:
    begin = body_start(text, segment.start, segment.end)
    if g.hope.search(text, begin, min(segment.end, begin + 12)):
        return []
    anchors: list[_Anchor] = []
    starts = {group.start: group for group in groups}
    for group in groups:
        if anchors and group.start < anchors[-1].end:
            continue
        anchor = _anchor(text, segment, group, begin, g, tells, time_ends, starts)
        if anchor:
            anchors.append(anchor)
    return anchors


def _at_edge(text: str, begin: int, start: int, g: Grammar, time_ends: dict[int, int]) -> bool:
    """Whether a subject may begin at `start`: a clause begins there, but for an adverb or a time."""
    for _ in range(3):
        while start > begin and text[start - 1] in " 　":
            start -= 1
        if start <= begin or text[start - 1] in EDGE:
            return True
        if start in time_ends:
            start = max(time_ends[start], begin)
            continue
        left = max(text.rfind(sign, begin, start) for sign in "，,：:；;。") + 1
        left = max(left, begin)
        return bool(g.lead_in.match(text[left:start]))
    return False


def _anchor(
    text: str,
    segment: Segment,
    group: Group,
    begin: int,
    g: Grammar,
    tells: bool,
    time_ends: dict[int, int],
    starts: Mapping[int, Group],
) -> _Anchor | None:
    start, end, stop = group.start, group.end, segment.end
    near = max(begin, start - 60)
    if text.endswith("交由", begin, start):
        return None  # a delegation
    by = text[start - 1 : start] == "由" and start > begin
    ask = None if by else g.ask.search(text, near, start)
    if g.not_after.match(text, end, stop) or (g.done.match(text, end, stop) and not by):
        return None
    after = _skip_seat(text, end, stop)
    if by or ask:
        first = start - 1 if by else ask.start() if ask else start
        if text[end : end + 1] in ("、", "“", "《") or g.not_by.match(text, end, stop) or OF.match(text, end, stop):
            return None
        if by and (NOT_ASSIGNING.search(text, near, start) or THE_CASE.match(text, end, stop)):
            return None
        match = g.predicate.match(text, after, stop)
        role: Role = g.roles[match.group(1)] if match else "responsible"
        at = match.end() if match else end
        support, at = _together(text, at, stop, g, starts)
        if ask and not match and ask.group() == "请" and tells:
            return None
        if group.kind == "place" and not match:
            return None
        return _Anchor(first, at, group, role, "by" if by else "asked", support, keep=match is None)
    if group.kind == "place":
        return None
    if CLASS_BEFORE.search(text, near, start) and (match := g.verb.match(text, end, stop)):
        return _Anchor(max(text.rfind("由", near, start), near), end, group, "support", "together", keep=True)
    play = g.play.search(text, near, start)
    if play:
        match = re.compile(r"(?:的)?(?:在[^，,。；;]{1,40}中的)?([^，,。；;]{0,14}?)作用[，,]?").match(text, end, stop)
        if match and not PART_OF.search(match.group(1)) and trim(text, match.end(), stop)[1] - match.end() >= 4:
            return _Anchor(
                play.start(), match.end(), group, "lead" if "牵头" in match.group(1) else "responsible", "plays-part"
            )
        return None
    bring = g.bring.search(text, near, start)
    if bring:
        if re.match("统筹|指导|协调|统一(?:管理|领导|指导)", text[end : end + 6]):
            return _Anchor(bring.start(), end, group, "responsible", "brought-under", keep=True)
        return None
    if g.setup.search(text, max(begin, start - _FOUNDERS), start):
        if text.startswith("相应", max(start - 3, begin)) or text.startswith("相应", max(start - 2, begin)):
            return None  # 成立相应的领导小组: a class of bodies
        match = g.setup_task.match(text, end, stop)
        if match and SET_UP_HERE.match(text, end, stop) and not g.setup_word.search(text, end, match.end()):
            leads = text.startswith("牵头", match.end())
            return _Anchor(start, match.end() + 2 * leads, group, "lead" if leads else "responsible", "set-up")
        return None
    if not _at_edge(text, begin, start, g, time_ends) or CONDITION.match(text, end, stop):
        return None
    if PREAMBLE.match(text, end, stop):
        return None
    match = IN_CHARGE.match(text, after, stop)
    if match:
        return _Anchor(start, match.start(1), group, "lead" if "牵头" in match.group() else "responsible", "in-charge")
    match = COMPOSED.match(text, after, stop)
    if match:
        return _Anchor(start, match.end(), group, "responsible", "composed")
    match = g.predicate.match(text, after, stop)
    if match and POINTS_ON.match(text, match.end(), stop):
        return None
    if match and not (GOES_ON.match(text, match.end(), stop) and match.end() + 1 not in starts):
        role = g.roles[match.group(1)]
        support, at = _together(text, match.end(), stop, g, starts)
        return _Anchor(start, at, group, role, "predicate", support)
    support, at = _together(text, end, stop, g, starts)
    if at > end and (TOLD.match(text, at, stop) or (tells and PAST.search(text, at, stop))):
        return None
    if support or (at > end and group.kind in ("organ", "level")):
        return _Anchor(start, at, group, "responsible", "together", support)
    late = LATE.match(text, end, stop)
    joined = g.together.match(text, late.end(), stop) if late and late.end() > end else None
    if late and joined and joined.end() in starts:
        support, at = _together(text, late.end(), stop, g, starts)
        return _Anchor(start, at, group, "responsible", "together", support)
    if group.kind in ("organ", "purse", "level"):
        match = g.modal.match(text, end, stop)
        if match and not any(g.moves.match(text, at, stop) for at in (match.end() - 1, match.end())):
            support, at = _together(text, match.end(), stop, g, starts)
            if re.match("(?:全力|大力|继续|一如既往地?)?支持|(?:一如既往|高度重视)", text[at : at + 8]) and tells:
                return None
            return _Anchor(start, at, group, "responsible", "modal", support)
        match = re.compile(r"[:：。]\s*(?=[^\s])").match(text, end, stop)
        if (
            match
            and start == begin
            and re.match("负责|牵头|配合|承担|协助|组织|制定|做好", text[match.end() : match.end() + 4])
        ):
            found = g.predicate.match(text, match.end(), stop)
            return _Anchor(
                start,
                found.end() if found else match.end(),
                group,
                g.roles[found.group(1)] if found else "responsible",
                "duty-list",
            )
    if not tells and (start == begin or group.kind == "purse" or start in time_ends or text[start - 1] in "，,：:"):
        match = g.verb.match(text, end, stop) or (g.verb.match(text, after, stop) if after > end else None)
        if match and (g.done.search(text, end, match.end()) or _is_name(text, start, match.end(), segment)):
            return None
        if match and not re.match("[了过]|的(?:基础|要求|规定)", text[match.end() : match.end() + 4]):
            return _Anchor(start, end, group, "responsible", "bare-verb")
    return None


def _is_name(text: str, start: int, verb: int, segment: Segment) -> bool:
    """Whether the organ at `start` begins a whole line that no stop closes and that ends as documents' names do.

    What is drawn up (制定管理办法) is the object of the verb that ends at `verb`.
    """
    if MAKES.search(text, start, verb) or "，" in text[start : segment.end]:
        return False
    alone = text[segment.end : segment.end + 1] in ("", "\n") and start == body_start(text, segment.start, segment.end)
    return alone and bool(NAME.search(text, start, segment.end))


def _skip_seat(text: str, end: int, stop: int) -> int:
    """Past （设在县发改委） and 设在县发改委， after an office's name."""
    match = re.compile(r"(?:[（(][^（）()]{2,40}[)）]|设在[^，,。；;]{2,30}[，,])").match(text, end, stop)
    return match.end() if match else end


def _together(text: str, at: int, stop: int, g: Grammar, starts: Mapping[int, Group]) -> tuple[tuple[str, ...], int]:
    """The units after 会同, and where the task goes on; ((), at) when there are none."""
    match = g.together.match(text, at, stop) or g.jointly.match(text, at, stop)
    if not match:
        return (), at
    group = starts.get(match.end())
    if group and (OTHERS.match(text, group.end, stop) or OFFICE.match(text, group.end, stop)):
        group = None  # 会同国务院有关部门: a class; 会同省局督查处: an office of it
    elif group and text[group.end : group.end + 1] not in ("、", "和"):
        return tuple(group.names), group.end
    if not g.together.match(text, at, stop):
        return (), at  # 联合执法, 协调推进
    rest = re.compile(
        r"([^，,。；;]{2,120}?)(?:等(?:有关|相关)?(?:[一-鿿]{0,6}?(?:部门|单位|处室|机构))?[，,]?|[，,]"
        r"|(?=制定|制订|研究|负责|开展|组织|做好|建立|加强|对|按|每|不定期|定期|推进|出台|编制|进行|指导|实施|落实|完善|共同|提出|及时|确定|核定|办理|根据))"
    ).match(text, match.end(), stop)
    if not rest:
        return (), at
    units = tuple(g.names.units(rest.group(1)))
    return (() if OTHERS_AT_END.search(rest.group(1)) and len(units) < 2 else units), rest.end()


def _sentence_before(text: str, laid: Layout, segment: Segment) -> str:
    """What a sentence without a task of its own (由县住建局牵头负责。) refers to: the one before it in its paragraph."""
    index = laid.index_at(segment.start)
    before = laid.segments[index - 1] if index else None
    if before is None or before.paragraph != segment.paragraph:
        return ""
    a, b = trim(text, body_start(text, before.start, before.end), before.end)
    return text[a:b]


def _assignments(
    text: str, laid: Layout, segment: Segment, anchors: Sequence[_Anchor], g: Grammar
) -> Iterator[Assignment]:
    begin = body_start(text, segment.start, segment.end)
    previous_end = begin
    last_task = ""
    for number, anchor in enumerate(anchors):
        stop = anchors[number + 1].start if number + 1 < len(anchors) else segment.end
        if number + 1 < len(anchors) and anchors[number + 1].rule in ("by", "asked"):
            # what stands before 由 in its own clause is the next one's matter
            comma = max(text.rfind(sign, anchor.end, stop) for sign in "，,；;")
            stop = comma if comma > 0 else anchor.end if text[anchor.end - 1] in "，," else stop
        task = task_words(text, anchor.end, stop)
        before = matter_before(text, previous_end, anchor.start)
        follow = anchors[number + 1] if number + 1 < len(anchors) else None
        if anchor.role == "lead" and follow and follow.role == "support" and WORKING_GROUP.search(before) and not task:
            before = ""  # 保障组由X牵头，Y参加，负责Z: Z is the task of both
        if anchor.keep and before:
            task = before + ("，" if before.endswith(("的", "者")) else "") + ADVERB.sub("", task).removeprefix("负责")
        elif (
            anchor.rule == "bare-verb"
            and 1 < len(task) <= NO_MATTER
            and (matter := shared_matter(text, begin, anchor.start))
        ):
            task = matter  # 成员调整由所在单位提出，领导小组确定
        elif anchor.rule == "by" and before and 1 < len(task) <= NO_MATTER:
            task = before + task  # 本办法由X负责解释
        elif not task or re.fullmatch(r"[，,]?(?:等)?(?:工作|完成|落实|实施)?", task):
            if follow and follow.role == "support" and not before:
                far = anchors[number + 2].start if number + 2 < len(anchors) else segment.end
                task = task_words(text, follow.end, far)
            else:
                task = before or last_task
        if len(task) < 2 and number == 0:
            task = _sentence_before(text, laid, segment)
        if len(task) >= 2:
            units = definite(anchor.group.names, g)
            if units:
                yield Assignment(units, anchor.role, task, segment.start, segment.end, anchor.rule)
            if anchor.support:
                yield Assignment(anchor.support, "support", task, segment.start, segment.end, anchor.rule)
            last_task = task
        previous_end = anchor.end
