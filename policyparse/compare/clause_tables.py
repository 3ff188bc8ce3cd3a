"""Tables that go through the clauses: bodies set up and merged, shares of money, and a sheet for coders.

In: Documents. Out: rows (column → text), each with the id of its clause. Touches: vocab/body_changes.csv.

机构设置: which body was set up, merged, renamed · 财政条款: who keeps which share, since when ·
编码表: clause by clause, with empty columns for two coders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policyparse.compare.rows import PilotTable, Row, named, sentences
from policyparse.corpus.passages import path_of
from policyparse.model import Clause, Document
from policyparse.vocabulary import shipped

#: A share of money: 70%, 百分之七十, 七成, 6:4, 全额. Each part is bounded, so the pattern is linear.
_SHARE = re.compile(
    r"\d{1,3}(?:\.\d{1,4})?\s?[%％]|百分之[〇零一二三四五六七八九十百点\d]{1,8}|[一二三四五六七八九]成(?![立为本员就])"
    r"|(?<!\d)\d{1,2}[:：]\d{1,2}(?!\d)|全额|全部"
)


def bodies(documents: Sequence[Document]) -> list[Row]:
    """A row for each institution in a sentence that says that a body is set up, merged, renamed, abolished …"""
    changes = {row["verb"]: row["change"] for row in shipped().table("body_changes")}
    verbs = re.compile("|".join(map(re.escape, sorted(changes, key=len, reverse=True))))
    rows: list[Row] = []
    for document in documents:
        for clause, start, end in _sentences_of(document):
            sentence = document.text[start:end]
            verb = verbs.search(sentence)
            if verb is None or not _has_tag(clause, "organization"):
                continue
            for body in document.institutions:
                if body.start >= start + verb.start() - _REACH and start <= body.start and body.end <= end:
                    rows.append({
                        "body": body.canonical, "change": changes[verb.group()], "words": verb.group(), "printed": body.text,
                        "place": document.place, "date": document.date, "sentence": sentence, "document": document.title,
                        "headings": " › ".join(path_of(document, clause.section)), "clause": named(document, clause.id),
                    })  # fmt: skip
    return rows


#: A body that stands further than this before the verb is who sets up, and not what is set up (将A、B合并为C stands near).
_REACH = 24


def shares(documents: Sequence[Document]) -> list[Row]:
    """A row for each sentence that states a share of money, with the start that the same clause names."""
    rows: list[Row] = []
    for document in documents:
        returned = {moved.clause for moved in document.delegations if "return" in moved.mode}
        since: dict[str | None, list[str]] = {}
        for point in document.time_points:
            if point.type in ("start", "range", "duration"):
                since.setdefault(point.clause, []).append(point.value)
        for clause, start, end in _sentences_of(document):
            found = _SHARE.findall(document.text, start, end)
            if found and (_has_tag(clause, "finance") or clause.id in returned):
                rows.append({
                    "share": "；".join(dict.fromkeys(found)), "sentence": document.text[start:end],
                    "since": "；".join(dict.fromkeys(since.get(clause.id, []))), "place": document.place,
                    "date": document.date, "document": document.title,
                    "headings": " › ".join(path_of(document, clause.section)), "clause": named(document, clause.id),
                })  # fmt: skip
    return rows


def coding(documents: Sequence[Document]) -> list[Row]:
    """A row for each clause, with the machine's tags and empty columns for two coders and a note."""
    return [
        {
            "clause": named(document, clause.id), "headings": " › ".join(path_of(document, clause.section)),
            "text": clause.text, "tag": clause.tags[0].tag if clause.tags else None,
            "score": f"{clause.tags[0].score:.2f}" if clause.tags else None, "coder_1": None, "coder_2": None, "note": None,
            "place": document.place, "date": document.date, "document": document.title,
        }
        for document in documents
        for clause in document.clauses
    ]  # fmt: skip


def _has_tag(clause: Clause, tag: str) -> bool:
    return any(each.tag == tag for each in clause.tags)


def _sentences_of(document: Document) -> Iterator[tuple[Clause, int, int]]:
    for clause in document.clauses:
        for start, end in sentences(document.text, clause.start, clause.end):
            yield clause, start, end


CLAUSE_TABLES: dict[str, PilotTable] = {
    "bodies": PilotTable(
        "机构设置",
        {
            "body": 32, "change": 14, "words": 10, "printed": 24, "place": 26, "date": 11, "sentence": 60, "document": 34,
            "headings": 28, "clause": 22,
        },
        {
            "body": "机构全称", "change": "变动", "words": "动词", "printed": "文中写法", "place": "地区", "date": "日期",
            "sentence": "原文", "document": "文件", "headings": "所在标题", "clause": "条款",
        },
        bodies,
    ),
    "shares": PilotTable(
        "财政条款",
        {
            "share": 18, "sentence": 70, "since": 18, "place": 26, "date": 11, "document": 34, "headings": 28, "clause": 22,
        },
        {
            "share": "比例", "sentence": "原文", "since": "起止", "place": "地区", "date": "日期", "document": "文件",
            "headings": "所在标题", "clause": "条款",
        },
        shares,
    ),
    "coding": PilotTable(
        "编码表",
        {
            "clause": 22, "headings": 30, "text": 80, "tag": 14, "score": 8, "coder_1": 14, "coder_2": 14, "note": 24,
            "place": 26, "date": 11, "document": 34,
        },
        {
            "clause": "条款", "headings": "所在标题", "text": "原文", "tag": "机器标签", "score": "得分", "coder_1": "编码员甲",
            "coder_2": "编码员乙", "note": "备注", "place": "地区", "date": "日期", "document": "文件",
        },
        coding,
    ),
}  # fmt: skip
