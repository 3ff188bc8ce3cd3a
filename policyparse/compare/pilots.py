"""The tables that researchers of the town pilots draw up by hand, across documents.

In: Documents. Out: rows (column → text), each with the id of the clause that it comes from. Touches: nothing.

下放事项目录: what was delegated, by whom, to whom, in which form · 责任分工表: the form that 督办 offices use ·
时间节点: what is due when.
"""

from __future__ import annotations

from collections.abc import Sequence

from policyparse.compare.rows import PilotTable, Row, named, sentences
from policyparse.corpus.passages import path_of
from policyparse.model import Clause, Document, Responsibility
from policyparse.words import pairs, squeezed

#: Items of two towns are one when they share this much of their pairs of characters (Dice), or when the shorter, of at
#: least this many characters, stands whole in the longer (行政处罚权 in 县级行政处罚权).
_SAME_ITEM = 0.6
_INSIDE = 4


def delegated_items(documents: Sequence[Document]) -> list[Row]:
    """A row for each delegated item; `group` is the same for items of one meaning, and those of most places come first."""
    found: list[tuple[int, Document, Row]] = []
    groups: list[tuple[str, frozenset[str]]] = []
    places: dict[int, set[str]] = {}
    for document in documents:
        clauses = {clause.id: clause for clause in document.clauses}
        cited: dict[str | None, list[str]] = {}
        for citation in document.citations:
            cited.setdefault(citation.clause, []).append(citation.title or citation.text)
        for moved in document.delegations:
            group = _group(squeezed(moved.item), groups)
            places.setdefault(group, set()).add(document.id)
            clause = clauses.get(moved.clause or "")
            found.append((group, document, {
                "item": moved.item, "place": document.place, "from": "；".join(moved.from_), "to": "；".join(moved.to),
                "mode": "；".join(moved.mode), "basis": "；".join(dict.fromkeys(cited.get(moved.clause, []))),
                "date": document.date, "headings": " › ".join(path_of(document, clause.section)) if clause else "",
                "quote": document.text[moved.start : moved.end], "document": document.title,
                "clause": named(document, moved.clause),
            }))  # fmt: skip
    order = sorted(places, key=lambda group: (-len(places[group]), group))
    rank = {group: number for number, group in enumerate(order, 1)}
    rows = [{"group": rank[group], "documents": len(places[group]), **row} for group, _, row in found]
    return sorted(rows, key=lambda row: int(row["group"] or 0))


def _group(item: str, groups: list[tuple[str, frozenset[str]]]) -> int:
    """The number of the first group whose first item means the same; a new one if there is none."""
    grams = frozenset(pairs(item))
    for number, (other, others) in enumerate(groups):
        short, long = sorted((item, other), key=len)
        if (len(short) >= _INSIDE and short in long) or (
            grams and 2 * len(grams & others) >= _SAME_ITEM * (len(grams) + len(others))
        ):
            return number
    groups.append((item, grams))
    return len(groups) - 1


def responsibilities(documents: Sequence[Document]) -> list[Row]:
    """A row for each task, with who leads, who supports and who is responsible."""
    rows: list[Row] = []
    for document in documents:
        tasks: dict[tuple[str | None, str, str | None], list[Responsibility]] = {}
        for record in document.responsibilities:
            tasks.setdefault((record.clause, squeezed(record.task), record.deadline), []).append(record)
        clauses = {clause.id: clause for clause in document.clauses}
        for records in tasks.values():
            clause = clauses.get(records[0].clause or "")
            who = {role: [d for r in records if r.role == role for d in r.departments] for role in _ROLES}
            rows.append({
                "number": len(rows) + 1, "task": records[0].task,
                **{role: "、".join(dict.fromkeys(departments)) for role, departments in who.items()},
                "deadline": records[0].deadline,
                "headings": " › ".join(path_of(document, clause.section)) if clause else "",
                "quote": document.text[records[0].start : records[0].end], "document": document.title,
                "clause": named(document, records[0].clause),
            })  # fmt: skip
    return rows


_ROLES = ("lead", "support", "responsible")


def timeline(documents: Sequence[Document]) -> list[Row]:
    """A row for each date, range, deadline and start, by time; durations and frequencies have no place in it.

    `certain` is no where the document does not say the year.
    """
    rows: list[tuple[str, Row]] = []
    for document in documents:
        clauses = {clause.id: clause for clause in document.clauses}
        for point in document.time_points:
            if point.type in ("duration", "frequency"):
                continue
            clause = clauses.get(point.clause or "")
            first, _, last = point.value.partition("/")
            key = last if first in ("..", "") else first
            rows.append((key.replace("X", "~"), {
                "value": point.value, "type": point.type, "words": point.text,
                "certain": "no" if "X" in point.value else "yes", "place": document.place,
                "sentence": _sentence(document, clause, point.start), "document": document.title,
                "headings": " › ".join(path_of(document, clause.section)) if clause else "",
                "clause": named(document, point.clause),
            }))  # fmt: skip
    return [row for _, row in sorted(rows, key=lambda each: each[0])]


def _sentence(document: Document, clause: Clause | None, start: int) -> str:
    """The sentence of the clause (or of the text, in headings) that `start` stands in."""
    first, last = (clause.start, clause.end) if clause else (0, len(document.text))
    return next((document.text[a:b] for a, b in sentences(document.text, first, last) if a <= start < b), "")


MENTION_TABLES: dict[str, PilotTable] = {
    "items": PilotTable(
        "下放事项目录",
        {
            "group": 6, "item": 40, "place": 26, "from": 18, "to": 18, "mode": 14, "basis": 30, "date": 11,
            "documents": 6, "headings": 28, "quote": 60, "document": 34, "clause": 22,
        },
        {
            "group": "组", "item": "事项", "place": "地区", "from": "下放方", "to": "承接方", "mode": "方式", "basis": "依据",
            "date": "日期", "documents": "文件数", "headings": "所在标题", "quote": "原文", "document": "文件", "clause": "条款",
        },
        delegated_items,
    ),
    "responsibilities": PilotTable(
        "责任分工表",
        {
            "number": 6, "task": 50, "lead": 24, "support": 24, "responsible": 28, "deadline": 14, "headings": 28,
            "quote": 60, "document": 34, "clause": 22,
        },
        {
            "number": "序号", "task": "任务", "lead": "牵头单位", "support": "配合单位", "responsible": "责任单位",
            "deadline": "期限", "headings": "所在标题", "quote": "原文", "document": "文件", "clause": "条款",
        },
        responsibilities,
    ),
    "timeline": PilotTable(
        "时间节点",
        {
            "value": 22, "type": 10, "words": 22, "certain": 8, "place": 26, "sentence": 60, "document": 34,
            "headings": 28, "clause": 22,
        },
        {
            "value": "时间", "type": "类型", "words": "原文写法", "certain": "年份确定", "place": "地区", "sentence": "事项",
            "document": "文件", "headings": "所在标题", "clause": "条款",
        },
        timeline,
    ),
}  # fmt: skip
