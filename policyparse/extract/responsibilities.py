"""Responsible departments: from bracket tails, labelled lines, task tables and running sentences.

In: an Outline, its institutions and time points, the vocabulary. Out: Responsibility records, in order.
Touches nothing. The order matters: tails and tables are read first, and what they cover is not read again
as a sentence.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from policyparse.extract import assignments, duties, sentences, task_tables
from policyparse.extract.actors import groups
from policyparse.extract.confidence import made_by
from policyparse.extract.tails import Tail, bracket_tails
from policyparse.model import Institution, Responsibility, Role, TimePoint
from policyparse.passing import Outline
from policyparse.vocabulary import Vocabulary

# Kinds that lay down who acts: there 乡镇人民政府 is an actor, elsewhere any of them.
_RULING = frozenset({"law", "measures"})
# Kinds that tell what was done, or speak to an audience: there a bare verb (县政府高度重视…) assigns nothing.
_TELLING = frozenset({"speech", "briefing", "minutes", "request", "other"})
# What governs a task when several times stand in it: a limit before a span, a span before a rhythm.
_RANK = {"deadline": 0, "range": 1, "date": 2, "duration": 3, "start": 4, "frequency": 5}


def responsibilities(
    outline: Outline,
    institutions: Sequence[Institution],
    time_points: Sequence[TimePoint],
    vocabulary: Vocabulary,
    tails: Sequence[Tail] | None = None,
) -> list[Responsibility]:
    """Every responsibility that the document assigns (annotation.md §7).

    tails: the document's bracket tails, if they were found before
    start/end: the sentence that proves it; for a tail the tail itself; for a table its row.
    """
    text = outline.text
    laid = sentences.layout(text)
    clock = _Clock(time_points)
    out: list[Responsibility] = []
    taken: list[tuple[int, int]] = [(section[0], section[1]) for section in outline.title_spans]

    def add(units: Sequence[str], role: Role, task: str, deadline: str | None, start: int, end: int, rule: str) -> None:
        out.append(
            Responsibility(
                departments=list(units),
                role=role,
                task=task,
                deadline=deadline,
                start=start,
                end=end,
                clause=outline.clause_at(start),
                **made_by("responsibilities", rule, vocabulary),
            )
        )

    found_tails = bracket_tails(outline, vocabulary) if tails is None else tails
    ends = {(tail.task_start, tail.task_end): tail.end for tail in found_tails}  # of the last tail of an item
    for tail in found_tails:
        if tail.parties:
            taken.append((tail.start, tail.end))
        item = text[tail.task_start : tail.task_end]
        deadline = (
            clock.within(tail.start, tail.end)
            or clock.within(tail.task_end, ends[tail.task_start, tail.task_end])
            or clock.within(tail.task_start, tail.task_end)
        )
        for party in tail.parties:
            if party.task:
                add(party.units, party.role, party.task, None, tail.start, tail.end, tail.rule)
            elif sum(map(str.isalnum, item)) > 1:
                add(party.units, party.role, item, deadline, tail.start, tail.end, tail.rule)
    for row in task_tables.find(outline, vocabulary):
        taken.append((row.start, row.end))
        deadline = clock.within(row.start, row.end)
        for party in row.parties:
            add(party.units, party.role, row.task, deadline, row.start, row.end, "task-table")
    for duty in duties.find(text, institutions):
        taken.append((duty.start, duty.end))
        add([duty.unit], "responsible", duty.task, clock.within(duty.start, duty.end), duty.start, duty.end, "duties")
    for found in assignments.find(
        text,
        laid,
        groups(text, institutions, vocabulary, levels=outline.facts.kind in _RULING),
        vocabulary,
        tells=outline.facts.kind in _TELLING,
        taken=taken,
        times=[(point.start, point.end) for point in time_points],
    ):
        deadline = clock.within(found.start, found.end) or _governing(text, laid, laid.index_at(found.start), clock)
        start, end = sentences.trim(text, found.start, found.end, " \t\r\n　")
        add(found.units, found.role, found.task, deadline, start, end, found.rule)
    out.sort(key=lambda record: record.start)
    return out


def _governing(text: str, laid: sentences.Layout, index: int, clock: _Clock) -> str | None:
    """A limit that an earlier part of the sentence sets, or the sentence before where this one only shares out the work.

    年底前完成编制。具体由甲负责…；乙负责…
    """
    here = laid.segments[index]
    shares_out = False
    while index:
        start = sentences.body_start(text, laid.segments[index].start, laid.segments[index].end)
        shares_out = text.startswith(("具体", "其中", "由", "分别"), start)
        index -= 1
        before = laid.segments[index]
        new = before.sentence != here.sentence
        if before.paragraph != here.paragraph or before.sentence < here.sentence - 1 or (new and not shares_out):
            return None
        limit = clock.within(before.start, before.end, limits_only=True)
        if limit or new:
            return limit
    return None


class _Clock:
    """The time points by place."""

    def __init__(self, points: Sequence[TimePoint]) -> None:
        self.points = sorted(points, key=lambda point: point.start)
        self.starts = [point.start for point in self.points]

    def within(self, start: int, end: int, limits_only: bool = False) -> str | None:
        """The value of the time point in [start, end) that governs, by _RANK; None where there is none."""
        low, high = bisect_left(self.starts, start), bisect_left(self.starts, end)
        points = [p for p in self.points[low:high] if not limits_only or _RANK[p.type] <= 1]
        return min(points, key=lambda point: _RANK[point.type]).value if points else None
