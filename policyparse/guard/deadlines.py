"""Deadlines that lie before the document's own date, and documents that begin to hold before they are made.

In: a Draft. Out: Findings. Touches nothing.

A time that limits a task (…前, 到…年, 完成时限：…, the last day of a stage) must lie ahead. Facts of earlier years
(2010年前建成的, 截至…, 已于…) are none. A document without a date is held against the years of the numbers that it
cites: it cannot be older than they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from policyparse.guard.calendar import first_day, last_day
from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.model import TimePoint
from policyparse.structure import lines as roles

_TOLD_BEFORE = re.compile(
    r"(?:截至|截止|早在|已于|已在|曾于|原定|原|比|较|自|从|追溯|追溯到|对|凡|凡在)$|已[^，。；]{0,6}$"
)
_TOLD_AFTER = re.compile(
    r"(?:的|已|就|曾)"
    r"|(?:建成|建造|投产|开工|出生|取得|登记|注册|成立|设立|入职|参加工作|签订|批准|印发|发布|施行|购[买置]|竣工|到期|届满|认定|备案|核准|开业|入库)[^，。；;]{0,8}的"
    r"|[^，。；;]{0,12}(?:已经|完成了|实现了|取得了|增长|以来)"
)
_LIMIT_LABEL = re.compile(
    r"(?:时限|期限|完成时间|截止时间|截止日期|办结时间|报送时间|时间要求|时间节点|完成日期)\s*[:：]?\s*$"
)
_GOAL = re.compile(r"^(?:[，,]|底|末)?[^，。；;]{0,4}?(?:全面|基本)?(?:完成|实现|建成|达到|启动|上报|报送|提交|出台)")
_TO = re.compile(r"(?<![截达得回提升增])到$")
_MUST = re.compile(r"(?:将在|将于|力争|确保|争取|要在|须在|应在|应于|须于|要于|计划|务必|必须)[^，。；]{0,6}$")
_EFFECT = re.compile(r"本(?:办法|规定|方案|通知|决定|意见|细则|条例|措施|规则|制度|标准)[^。；]{0,6}$")
_EFFECT_VERB = re.compile(r"^(?:正式)?(?:施行|实施|执行|生效|实行)")
_STAGE = re.compile(r"阶段|步骤|[（(]$")


def deadlines(draft: Draft) -> Iterator[Finding]:
    """Deadlines and stages that are over before the document is dated; effect that begins before."""
    signed, proof = _date(draft)
    if signed is None:
        return
    for point in draft.document.time_points:
        line = draft.line_at(point.start)
        if line.role not in (roles.BODY, roles.TABLE):
            continue
        before = draft.text[max(line.start, point.start - 16) : point.start]
        after = draft.text[point.end : min(point.end + 30, line.end)]
        if point.type == "start":
            yield from _effect(draft, point, signed, before, after)
            continue
        last = last_day(point.value.rpartition("/")[2])
        if last is None or last >= signed or not _limits(draft, point, before, after):
            continue
        sure = _sureness(draft, point, last, signed)
        if sure:
            yield draft.finding(
                "deadline", point.start, point.end,
                Said(
                    f"it ends {last.isoformat()}, before the document's {proof.en}",
                    f"期限（{last.isoformat()}）早于{proof.zh}，无法执行",
                ),
                Said("correct the year or the date", "改正年份或者日期"), sure,
            )  # fmt: skip


def _date(draft: Draft) -> tuple[date | None, Said]:
    """The day that the document cannot be older than, and how it is known."""
    signed = first_day(draft.document.date or "")
    if signed:
        return signed, Said(f"date, {draft.document.date}", f"本文件日期{draft.document.date}")
    years = [
        int(match[1])
        for citation in draft.document.citations
        if (match := re.search(r"〔((?:19|20)\d\d)〕", citation.doc_number or ""))
    ]
    if years:
        year = max(years)
        return date(year, 1, 1), Said(f"basis of {year}", f"所依据文件的年份{year}年")
    return None, Said("", "")


def _limits(draft: Draft, point: TimePoint, before: str, after: str) -> bool:
    """Whether the time limits a task that is still to be done."""
    if _TOLD_BEFORE.search(before) or _TOLD_AFTER.match(after):
        return False
    clause = draft.clause_at(point.start)
    told = clause is not None and bool(clause.tags) and clause.tags[0].tag in ("result", "basis")
    if told and not _MUST.search(before):
        return False
    if point.type == "deadline":
        return True
    if _LIMIT_LABEL.search(before):
        return point.type in ("date", "range")
    if point.type == "range":
        return bool(_STAGE.search(before)) and clause is not None and any(t.tag == "schedule" for t in clause.tags)
    if point.type == "date" and _TO.search(before):
        return True
    return point.type == "date" and bool(_MUST.search(before)) and bool(_GOAL.match(after))


def _sureness(draft: Draft, point: TimePoint, last: date, signed: date) -> float:
    printed = bool(re.search(r"\d{4}|[一二][〇○零O0一二三四五六七八九]{3}", point.text))
    if point.type == "range":
        return 0.85 if last.year < signed.year else 0.5
    if not draft.document.date:
        return 0.7 if printed else 0.0
    if not printed:
        return 0.75
    return 0.95


def _effect(draft: Draft, point: TimePoint, signed: date, before: str, after: str) -> Iterator[Finding]:
    begins = first_day(point.value.partition("/")[0])
    if begins is None or begins >= signed or not draft.document.date:
        return
    if not (_EFFECT.search(before) and _EFFECT_VERB.match(after)):
        return
    months = (signed - begins).days / 30
    if months < 1:
        return
    yield draft.finding(
        "date", point.start, point.end,
        Said(
            f"it takes effect before its own date, {draft.document.date}",
            f"施行日期早于本文件日期{draft.document.date}",
        ),
        Said("correct the date, or say why it holds back to then", "改正日期；确需追溯的，说明理由"),
        0.85 if months > 9 else 0.5,
    )  # fmt: skip
