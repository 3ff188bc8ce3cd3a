"""时间节点: what is due when, with what each date hangs on and how certain it is.

In: Documents. Out: rows in the order of time, each with the id of its clause. Touches: vocab/time_plans.csv.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from policyparse.compare.rows import PilotTable, Row, headings, named, sentence
from policyparse.model import Document, TimePoint
from policyparse.vocabulary import shipped

#: A year that is printed: 2010年, 二〇一〇年, 10年 has none.
_YEAR = re.compile(r"(?:19|20)\d{2}|[一二][〇零○O九一二三四五六七八]{2}[〇零○O一二三四五六七八九]")
_EVENT = re.compile("(?:印发|发布|公布|下发|施行|实施|批准|签订|受理|本[^，。]{1,6}?)之日")


def timeline(documents: Sequence[Document]) -> list[Row]:
    """A row for each date, range, deadline and start, by time; durations and frequencies have no place in it.

    anchor:  what the value hangs on: printed (its year is in the words), plan (“十二五”), event (自印发之日起), document (今年,
             12月底前: the year is the document's)
    certain: yes; inferred where the year comes from the document's date; guessed where the document has none and its year
             was itself inferred; no where the value has no year
    """
    plans = tuple(row["term"] for row in shipped().table("time_plans"))
    rows: list[tuple[str, Row]] = []
    for document in documents:
        clauses = {clause.id: clause for clause in document.clauses}
        for point in document.time_points:
            if point.type in ("duration", "frequency"):
                continue
            clause = clauses.get(point.clause or "")
            anchor = _anchor(point, plans)
            rows.append((_order(point.value), {
                "value": point.value, "type": point.type, "words": point.text, "anchor": anchor,
                "certain": _certain(point, anchor, document), "confidence": point.confidence, "place": document.place,
                "sentence": sentence(document, clause, point.start), "document": document.title,
                "headings": headings(document, clause), "clause": named(document, point.clause),
            }))  # fmt: skip
    return [row for _, row in sorted(rows, key=lambda each: each[0])]


def _order(value: str) -> str:
    """What a value is sorted by: its first day, else its last; a value without a year comes after all."""
    first, _, last = value.partition("/")
    return (last if first in ("..", "") else first).replace("X", "~")


def _anchor(point: TimePoint, plans: Sequence[str]) -> str:
    if _YEAR.search(point.text):
        return "printed"
    if any(plan in point.text for plan in plans):
        return "plan"
    return "event" if _EVENT.search(point.text) else "document"


def _certain(point: TimePoint, anchor: str, document: Document) -> str:
    if "X" in point.value:
        return "no"
    if anchor in ("printed", "plan"):
        return "yes"
    return "inferred" if document.date else "guessed"


TIMELINE = PilotTable(
    "时间节点",
    {
        "value": 22, "type": 10, "words": 22, "anchor": 10, "certain": 8, "confidence": 8, "place": 26, "sentence": 60,
        "document": 34, "headings": 28, "clause": 22,
    },
    {
        "value": "时间", "type": "类型", "words": "原文写法", "anchor": "时间依据", "certain": "确定程度", "confidence": "可信度",
        "place": "地区", "sentence": "事项", "document": "文件", "headings": "所在标题", "clause": "条款",
    },
    timeline,
    "Timeline",
)  # fmt: skip
