"""Who was given what, across towns; and who has to do what: the tables that researchers draw up by hand.

In: Documents. Out: rows (column → text), each with the id of the clause that it comes from. Touches: nothing.

下放事项目录: what was delegated, by whom, to whom, in which form, on which basis · 事项对照: item × town · 事件史: place × item
× first date · 责任分工表: the form that 督办 offices use.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from policyparse.compare.items import groups
from policyparse.compare.rows import Made, PilotTable, Row, headings, lowest, named, when
from policyparse.model import Document, Responsibility, Section
from policyparse.reuse.dating import dated
from policyparse.vocabulary import shipped
from policyparse.words import squeezed


def delegated_items(documents: Sequence[Document]) -> list[Row]:
    """A row for each delegated item.

    `group` is the same for items of one meaning (see items.py), `meaning` is the group's most usual wording, `documents` in
    how many documents it stands; groups of most documents come first. `basis`: what the clause cites, else what the
    document names as its basis. `conditions`: those that the sentence itself names.
    """
    moved = [(document, each) for document in documents for each in document.delegations]
    group_of = groups([each.item for _, each in moved])
    having: dict[int, set[str]] = defaultdict(set)
    wordings: dict[int, Counter[str]] = defaultdict(Counter)
    for (document, each), group in zip(moved, group_of, strict=True):
        having[group].add(document.id)
        wordings[group][each.item] += 1
    rank = {group: number for number, group in enumerate(sorted(having, key=lambda g: (-len(having[g]), g)), 1)}
    facts = {document.id: _Cited(document) for document in documents}
    rows: list[Row] = []
    for (document, each), group in zip(moved, group_of, strict=True):
        known = facts[document.id]
        rows.append({
            "group": rank[group], "documents": len(having[group]), "meaning": _usual(wordings[group]), "item": each.item,
            "place": document.place, "from": "；".join(each.from_), "to": "；".join(each.to), "mode": "；".join(each.mode),
            "conditions": _conditions(document.text[each.start : each.end]),
            "basis": known.basis(each.clause), "date": known.date, "confidence": each.confidence,
            "headings": headings(document, known.clauses.get(each.clause or "")),
            "quote": document.text[each.start : each.end], "document": document.title,
            "clause": named(document, each.clause),
        })  # fmt: skip
    return sorted(rows, key=lambda row: int(row["group"] or 0))


#: On which conditions a power is given: within what, without what, how long, up to which amount, what must come first.
#: Every part is bounded, so the pattern is linear.
_CONDITION = re.compile(
    "在[^，,。；;、]{1,24}(?:前提下|范围内|条件下|额度内|基础上)"
    "|除[^，,。；;]{1,24}外|但[^，,。；;]{2,30}"
    "|(?:[一二三四五六七八九十两百千万\\d.]{1,8}(?:万元|亿元|亩|公顷|平方米|公里|人|层)(?:及以下|以下|以内|以上))"
    "|(?:一定)?[一二三四五六七八九十两\\d]{1,3}年不变"
    "|(?:须(?!始终)|应当?先|需(?:经|报|事?先))[^，,。；;]{2,30}"
)


def _conditions(quote: str) -> str:
    """The conditions that the sentence names, in its words."""
    return "；".join(dict.fromkeys(_CONDITION.findall(quote)))


class _Cited:
    """What a document's rows share: its date, its clauses by id, what it cites where."""

    def __init__(self, document: Document) -> None:
        self.date = when(document)
        self.clauses = {clause.id: clause for clause in document.clauses}
        self._by_clause: dict[str | None, list[str]] = defaultdict(list)
        for citation in document.citations:
            self._by_clause[citation.clause].append(citation.title or citation.text)
        self._own = [each.title or each.text for each in document.citations if each.relation == "basis"]

    def basis(self, clause: str | None) -> str:
        return "；".join(dict.fromkeys(self._by_clause.get(clause) or self._own))


def _usual(wordings: Counter[str]) -> str:
    """The wording that is used most, of those the shortest; 其年度考核 names nothing by itself and comes last."""
    return min(wordings, key=lambda words: (words.startswith(_POINTING), -wordings[words], len(words), words))


#: Words that begin an item with what stands elsewhere.
_POINTING = ("其", "该", "上述", "以上", "这些", "此")


def item_matrix(documents: Sequence[Document]) -> Made:
    """Item × place: a row for each item by meaning, a column for each place, in each cell form, date and clause."""
    rows = delegated_items(documents)
    forms = {row["value"]: row["zh"] for row in shipped().table("labels") if row["field"] == "mode"}
    places = list(dict.fromkeys(str(row["place"] or row["document"]) for row in rows))
    table: dict[int, Row] = {}
    cells: dict[tuple[int, str], list[str]] = defaultdict(list)
    sure: dict[int, list[float | None]] = defaultdict(list)
    for row in rows:
        group = int(row["group"] or 0)
        table.setdefault(group, {"group": group, "meaning": row["meaning"], "documents": row["documents"]})
        form = "、".join(forms.get(mode, mode) for mode in str(row["mode"]).split("；") if mode) or "—"
        given = f"{row['from']}→{row['to']} " if row["from"] or row["to"] else ""
        cells[group, str(row["place"] or row["document"])].append(
            f"{form} {given}{row['date'] or ''} [{row['clause']}]".replace("  ", " ")
        )
        sure[group].append(row["confidence"] if isinstance(row["confidence"], float) else None)
    for (group, place), cell in cells.items():
        table[group][place] = "\n".join(dict.fromkeys(cell))
    for group, values in sure.items():
        table[group]["confidence"] = lowest(iter(values))
    columns = {"group": 6, "meaning": 40, "documents": 8, "confidence": 8, **dict.fromkeys(places, 34)}
    heads = {
        "group": "组", "meaning": "事项", "documents": "文件数", "confidence": "可信度",
        **{place: place.rsplit("/", 1)[-1] for place in places},
    }  # fmt: skip
    ends = Counter(heads.values())
    heads |= {place: place.replace("/", " ") for place in places if ends[heads[place]] > 1}
    return Made(
        "matrix",
        "事项对照",
        columns,
        heads,
        [{**dict.fromkeys(columns), **row} for row in table.values()],
        "Items by place",
    )


def history(documents: Sequence[Document]) -> list[Row]:
    """Event history: for each place and item by meaning the first date on which it was delegated there.

    `first`, `last`: the day, or the span in which it lies; `known`: signed (a date of signing), number (the year of its
    number), spoken (the years that the document speaks of), nothing. Rows by item, then by date; `order`: the how manieth
    place it was, by the first date, the same for places of one date; empty without a date.
    """
    day = {document.id: dated(document) for document in documents}
    best: dict[tuple[int, str], Row] = {}
    for row in delegated_items(documents):
        known = day[str(row["clause"]).partition("#")[0]]
        place = str(row["place"] or row["document"])
        event: Row = {
            "group": row["group"], "item": row["meaning"], "place": place, "first": known.first, "last": known.last,
            "known": known.basis, "mode": row["mode"], "printed": row["item"], "confidence": row["confidence"],
            "document": row["document"], "clause": row["clause"],
        }  # fmt: skip
        key = (int(row["group"] or 0), place)
        if key not in best or _day(event) < _day(best[key]):
            best[key] = event
    rows = sorted(best.values(), key=lambda row: (int(row["group"] or 0), _day(row), str(row["place"])))
    days: dict[int, list[str]] = defaultdict(list)
    for row in rows:
        so_far = days[int(row["group"] or 0)]
        so_far.append(_day(row))
        row["order"] = so_far.index(_day(row)) + 1 if row["first"] or row["last"] else None
    return rows


def _day(row: Row) -> str:
    return str(row["first"] or row["last"] or "9999")


def responsibilities(documents: Sequence[Document]) -> list[Row]:
    """A row for each task, with who leads, who supports and who is responsible, by when, and on what it rests."""
    rows: list[Row] = []
    for document in documents:
        tasks: dict[tuple[str | None, str, str | None], list[Responsibility]] = {}
        for record in document.responsibilities:
            tasks.setdefault((record.clause, squeezed(record.task), record.deadline), []).append(record)
        clauses = {clause.id: clause for clause in document.clauses}
        sections = {section.id: section for section in document.sections}
        for records in tasks.values():
            clause = clauses.get(records[0].clause or "")
            who = {role: [d for r in records if r.role == role for d in r.departments] for role in _ROLES}
            rows.append({
                "number": len(rows) + 1, "task": records[0].task,
                **{role: "、".join(dict.fromkeys(departments)) for role, departments in who.items()},
                "deadline": _until(document, records[0]),
                "article": _article(document, sections.get(clause.section or "") if clause else None, sections),
                "confidence": lowest(record.confidence for record in records),
                "headings": headings(document, clause), "quote": document.text[records[0].start : records[0].end],
                "document": document.title, "clause": named(document, records[0].clause),
            })  # fmt: skip
    return rows


_ROLES = ("lead", "support", "responsible")


def _until(document: Document, record: Responsibility) -> str | None:
    """By when, as a date; how often or how long (R/P1M, P3M) in the document's words."""
    if not str(record.deadline).startswith(("P", "R")):
        return record.deadline
    points = [p for p in document.time_points if p.value == record.deadline and p.clause == record.clause]
    return min(points, key=lambda point: abs(point.start - record.start)).text if points else record.deadline


def _article(document: Document, section: Section | None, sections: Mapping[str, Section]) -> str:
    """How a 督办 form names a clause: the document's number (else its title) and the labels: 青政办发〔2010〕31号 三（二）."""
    labels: list[str] = []
    while section is not None and len(labels) < _DEPTH:
        labels.append(section.label.rstrip("、.．"))
        section = sections.get(section.parent or "")
    return f"{document.doc_number or f'《{document.title}》'} {''.join(reversed(labels))}".strip()


#: Deeper than any numbering goes (GB/T 9704 has four); a broken document's sections may run in a circle.
_DEPTH = 9


MENTION_TABLES: dict[str, PilotTable] = {
    "items": PilotTable(
        "下放事项目录",
        {
            "group": 6, "meaning": 30, "item": 40, "place": 26, "from": 18, "to": 18, "mode": 14,
            "conditions": 26, "basis": 30, "date": 11, "documents": 6, "confidence": 8, "headings": 28, "quote": 60, "document": 34, "clause": 22,
        },
        {
            "group": "组", "meaning": "事项（归并）", "item": "事项（原文）", "place": "地区", "from": "下放方", "to": "承接方",
            "mode": "方式", "conditions": "条件", "basis": "依据", "date": "日期", "documents": "文件数", "confidence": "可信度",
            "headings": "所在标题", "quote": "原文", "document": "文件", "clause": "条款",
        },
        delegated_items,
        "Delegated items",
    ),
    "history": PilotTable(
        "事件史",
        {
            "group": 6, "item": 36, "order": 6, "place": 26, "first": 12, "last": 12, "known": 10, "mode": 14, "printed": 36,
            "confidence": 8, "document": 34, "clause": 22,
        },
        {
            "group": "组", "item": "事项", "order": "第几个", "place": "地区", "first": "最早不早于", "last": "不晚于", "known": "日期依据",
            "mode": "方式", "printed": "原文写法", "confidence": "可信度", "document": "文件", "clause": "条款",
        },
        history,
        "Event history",
    ),
    "responsibilities": PilotTable(
        "责任分工表",
        {
            "number": 6, "task": 50, "lead": 24, "support": 24, "responsible": 28, "deadline": 14, "article": 30,
            "confidence": 8, "headings": 28, "quote": 60, "document": 34, "clause": 22,
        },
        {
            "number": "序号", "task": "任务", "lead": "牵头单位", "support": "配合单位", "responsible": "责任单位",
            "deadline": "完成时限", "article": "依据条款", "confidence": "可信度", "headings": "所在标题", "quote": "原文",
            "document": "文件", "clause": "条款",
        },
        responsibilities,
        "Responsibilities",
    ),
}  # fmt: skip
