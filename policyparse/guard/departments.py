"""One task, two responsible departments: a clause gives to one what another clause gives to another.

In: a Draft. Out: Findings. Touches nothing.

Two assignments contradict when the task's first words are the same, both lead or are responsible, they stand in
different clauses, and no department is in both. Where the office of a leading group sits is one such task.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.model import Responsibility

_SEAT = re.compile(
    r"(?P<body>(?:领导小组|指挥部|委员会|专班|联席会议)办公室)(?:[，,]?(?:日常工作)?[，,]?)?(?:设在|设于|挂靠在?)(?P<seat>[^，,。；;、\n（(]{2,20})"
)
_LEAD_IN = re.compile(
    r"^(?:(?:于|在|从|到|至)?[^，,。；]{0,14}?(?:年|月|日|底|季度|周)(?:底|末)?(?:之?前|起|内)?[，,]?)?(?:负责|牵头|具体|组织|抓好|做好|切实|认真)?"
)
_LEVEL = re.compile(r"^(?:[一-鿿]{2,9}?)??(?:省|市|县|区|旗|镇|乡|街道)(?=[一-鿿]{2})")
_ADVERBIAL = re.compile(r"按照|根据|依据|依托|围绕|通过|结合|坚持|对于|针对|进一步|各")
#: Fewer letters tell no task; from so many on the words tell one task even if others do the like (加强宣传).
_SHORTEST, _PARTICULAR = 6, 11
_SHARED = re.compile(
    r"相关|有关|各自|本部门|本单位|本行业|职责|分工|配合|支持|指导|协助|协调|监督检查|日常|加强|宣传|贯彻|落实|推进|参与"
)


@dataclass(slots=True)
class _Given:
    """A task as one item gives it: who leads (or, where nobody does, who is responsible)."""

    task: Responsibility
    clause: int
    lead: list[str]
    responsible: list[str]

    @property
    def principal(self) -> list[str]:
        return self.lead or self.responsible


def departments(draft: Draft) -> Iterator[Finding]:
    """Tasks that two clauses give to different departments."""
    yield from _seats(draft)
    given = _given(draft)
    for words, places in given.items():
        first = places[0]
        other = next((place for place in places[1:] if not _shared(first.principal, place.principal)), None)
        vague = len(words) < _PARTICULAR and _SHARED.match(words)
        if other is None or (vague and first.task.task != other.task.task):
            continue
        start, end = _span(draft, other)
        one, two = "、".join(first.principal), "、".join(other.principal)
        where = draft.where(first.task.start)
        yield draft.finding(
            "department", start, end,
            Said(
                f"“{words}” is given to {two} here and to {one} in {where.en}",
                f"“{words}”此处由{two}负责，而{where.zh}由{one}负责",
            ),
            Said("decide who is responsible, and make both places the same", "明确由谁负责，前后统一"), 0.75,
            also=[_span(draft, first)],
        )  # fmt: skip


def _given(draft: Draft) -> dict[str, list[_Given]]:
    """The first words of a task → the items that give it, in order; a tail over two lines is one item."""
    number = {clause.id: at for at, clause in enumerate(draft.document.clauses)}
    found: dict[str, list[_Given]] = {}
    for task in draft.document.responsibilities:
        words = _head(task.task)
        if (len(words) < _SHORTEST and not words.endswith("解释")) or _ADVERBIAL.match(words) or task.role == "support":
            continue
        clause = number.get(task.clause or "", -1)
        places = found.setdefault(words, [])
        last = places[-1] if places else None
        tail = last and clause - last.clause <= 1 and task.role != "lead" and last.lead and not last.responsible
        if last is None or clause < 0 or (clause != last.clause and not tail):
            places.append(_Given(task, clause, [], []))
        places[-1].clause = clause
        (places[-1].lead if task.role == "lead" else places[-1].responsible).extend(task.departments)
    return found


def _head(task: str) -> str:
    """The task's first words, without a time and a bare verb before them."""
    words = re.split(r"[。；;，,：:（(]", _LEAD_IN.sub("", "".join(task.split())))[0]
    return words.removesuffix("工作")


def _shared(one: list[str], other: list[str]) -> bool:
    """Whether a department is in both, whatever level it is printed with."""
    return bool({_LEVEL.sub("", name) for name in one} & {_LEVEL.sub("", name) for name in other})


def _span(draft: Draft, given: _Given) -> tuple[int, int]:
    """Where the first department is printed in the sentence; else the sentence."""
    name, task = given.principal[0], given.task
    at = draft.text.find(name, task.start, task.end)
    return (at, at + len(name)) if at >= 0 else (task.start, task.end)


def _seats(draft: Draft) -> Iterator[Finding]:
    """领导小组办公室设在甲 … 领导小组办公室设在乙."""
    first: dict[str, re.Match[str]] = {}
    for match in _SEAT.finditer(draft.text):
        before = first.setdefault(match["body"], match)
        if before is match or before["seat"] == match["seat"]:
            continue
        yield draft.finding(
            "department", match.start(), match.end(),
            Said(
                f"the office sits in {match['seat']} here and in {before['seat']} before",
                f"{match['body']}此处设在{match['seat']}，前文设在{before['seat']}",
            ),
            Said("decide where it sits", "明确设在哪个单位，前后统一"), 0.75, also=[before.span()],
        )  # fmt: skip
