"""Tables that go through the clauses: bodies set up and merged, shares of money, and a sheet for coders.

In: Documents. Out: rows (column → text), each with the id of its clause. Touches: vocab/body_changes.csv.

机构设置: which body was set up, merged, renamed · 财政条款: who keeps which share, since when ·
编码表: clause by clause, with empty columns for two coders.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from policyparse.compare.rows import PilotTable, Row, headings, lowest, named, sentences, when
from policyparse.model import Clause, Delegation, Document
from policyparse.vocabulary import shipped

#: A share of money: 70%, 百分之七十, 七成, 6:4, 全额. Each part is bounded, so the pattern is linear.
_SHARE = re.compile(
    r"\d{1,3}(?:\.\d{1,4})?\s?[%％]|百分之[〇零一二三四五六七八九十百点\d]{1,8}|[一二三四五六七八九]成(?![立为本员就])"
    r"|(?<!\d)\d{1,2}[:：]\d{1,2}(?!\d)|全额|全部"
)


def bodies(documents: Sequence[Document]) -> list[Row]:
    """A row for each institution in a part of a sentence that says that a body is set up, merged, renamed, abolished …

    part: old (what was there: 将A、B合并为C names A and B), new (what comes of it: C), one (where neither is meant)
    """
    table = shipped().table("body_changes")
    changes = {row["verb"]: row["change"] for row in table}
    other = {row["verb"]: tuple(filter(None, row["not_before"].split("；"))) for row in table}
    changes["挂"] = "second-name"  # by itself only where a bracket begins: （挂…牌子）, but not 挂钩
    verbs = re.compile(
        "|".join(map(re.escape, sorted(changes.keys() - {"挂"}, key=len, reverse=True))) + "|(?<=[(（])挂"
    )
    rows: list[Row] = []
    for document in documents:
        for clause, start, end in _sentences_of(document):
            if not _has_tag(clause, "organization"):
                continue
            for first, last in _parts(document.text, start, end):
                part = document.text[first:last]
                found = [(verb.start(), verb.group()) for verb in verbs.finditer(part) if _is_said(part, verb, other)]
                for body in document.institutions:
                    if not (found and first <= body.start and body.end <= last):
                        continue
                    of = _of(part, found, body.start - first, body.end - first, changes)
                    if of is None:
                        continue
                    at, verb = of[0] + first, of[1]
                    rows.append({
                        "body": body.canonical, "change": changes[verb], "part": _part(changes[verb], body.start < at),
                        "words": verb, "printed": body.text, "place": document.place, "date": when(document),
                        "confidence": body.confidence, "sentence": document.text[start:end], "document": document.title,
                        "headings": headings(document, clause), "clause": named(document, clause.id),
                    })  # fmt: skip
    return rows


#: A body that stands further than this before the verb is who sets up, and not what is set up (将A、B合并为C stands near).
_REACH = 24


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a sentence between commas: what follows 组建综合执法队，由镇政府统一指挥 is no body that is set up. A bracket is not parted."""
    at, depth = start, 0
    for sign in re.finditer("[,，(（)）]", text[start:end]):
        if sign.group() in ",，" and depth == 0:
            yield at, start + sign.start()
            at = start + sign.end()
        else:
            depth = max(0, depth + (sign.group() in "(（") - (sign.group() in ")）"))
    yield at, end


def _is_said(part: str, verb: re.Match[str], other: Mapping[str, tuple[str, ...]]) -> bool:
    """Not in a title (《机构设置意见》), not as what was done before (整合后党工委设机构11个), not of something else (整合资源)."""
    in_title = part.count("《", 0, verb.start()) > part.count("》", 0, verb.start())
    return not in_title and not part.startswith(("后", *other.get(verb.group(), ())), verb.end())


def _bracket(part: str, at: int) -> int:
    """Where the bracket opens that a place stands in, -1 outside of brackets."""
    opened = max(part.rfind(sign, 0, at) for sign in "(（")
    return opened if opened > max(part.rfind(sign, 0, at) for sign in ")）") else -1


def _of(
    part: str, verbs: Sequence[tuple[int, str]], start: int, end: int, changes: Mapping[str, str]
) -> tuple[int, str] | None:
    """The verb that a name belongs to: the last one before it, else the first one behind it.

    A bracket is a sentence of its own, but for the name that it stands behind: A(加挂B牌子)、C. What shares an office stands
    before its verb (组建A后与B合署办公); who sets up does too, and is not what is set up.
    """
    if part[max(0, start - 1) : start] in _AGENT:
        return None
    here = [verb for verb in verbs if _bracket(part, verb[0]) == _bracket(part, start)]
    if not here and part[end : end + 1] in ("(", "（"):
        return next((verb for verb in verbs if _bracket(part, verb[0]) == end), None)
    before, behind = [verb for verb in here if verb[0] < start], [verb for verb in here if verb[0] >= end]
    if behind and changes[behind[0][1]] == "share-office" and behind[0][0] - end <= _NEXT:
        return behind[0]
    if before:
        return before[-1]
    if not behind or start < behind[0][0] - _REACH:
        return None
    at, verb = behind[0]
    passive = not any(sign.isalnum() for sign in part[at + len(verb) :])  # 工会、妇联按章程设置
    return (at, verb) if passive or changes[verb] not in ("set-up", "station", "keep") else None


#: So near is next to it. Behind these signs stands who does it, or is asked: 由总局批准组建, 经编委同意.
_NEXT = 2
_AGENT = ("由", "经", "报", "向", "请")


def _part(change: str, before: bool) -> str:
    """Whether a body before or behind the verb was there already or comes of the change."""
    if change in ("merge", "rename", "convert"):
        return "old" if before else "new"
    return {"abolish": "old", "set-up": "new", "station": "new"}.get(change, "one")


def shares(documents: Sequence[Document]) -> list[Row]:
    """A row for each sentence that states a share of money: of what, who keeps it, since when.

    item, keeper, payer: from the sentence's delegation of money where there is one; else item and keeper by its words
    since: the start or span in the sentence, else in its clause, or how long, in the document's words; empty where
           neither says
    """
    rows: list[Row] = []
    for document in documents:
        returned = [moved for moved in document.delegations if "return" in moved.mode]
        for clause, start, end in _sentences_of(document):
            sentence = document.text[start:end]
            found = _SHARE.findall(sentence)
            here = [
                moved for moved in returned if moved.clause == clause.id and moved.start < end and start < moved.end
            ]
            if found and (here or (_has_tag(clause, "finance") and _of_money(sentence, found))):
                rows.append({
                    "share": "；".join(dict.fromkeys(found)), "item": _joined(moved.item for moved in here) or _item(sentence),
                    "keeper": _keeper(sentence, here), "payer": _joined(name for moved in here for name in moved.from_),
                    "since": _since(document, clause, start, end), "place": document.place, "date": when(document),
                    "confidence": lowest(moved.confidence for moved in here), "sentence": sentence,
                    "document": document.title, "headings": headings(document, clause),
                    "clause": named(document, clause.id),
                })  # fmt: skip
    return rows


#: Who keeps: behind 返还, 留给, 归, 奖励给 …; bounded, so linear.
_KEEPER = re.compile(
    "(?:全额|全部)?(?:返还|返还给|上缴|留给|留归|划归|归|奖励|奖励给|补助给|安排给|分配给|拨付给)(?:给)?"
    "([^，,。；;、（(的]{0,10}?(?:国库|人民政府|镇政府|镇财政|镇级财政|县财政|市财政|区财政|街道|试点镇|中心镇|镇|乡|村))"
)


#: What a share of money is a share of, or what is done with it: a percentage of posts or of towns is none.
_MONEY = re.compile("收入|收益|税|费|资金|款|分成|返还|超收|留成|归|经费")
# 罚没收入|全额上缴, not 返还资金…，全部用于道路
_GIVEN = re.compile("(?:全额|全部)[^，,。；;]{0,6}?(?:返还|留|归|上缴|划|奖励|补助|拨|安排给|分配)")
_ITEM = re.compile("(?:^|[，,。；;])([^，,。；;]{2,30}?)(?:由[^，,。；;]{2,12})?(?:全额|全部)")


def _item(sentence: str) -> str:
    """What is shared out, where no delegation says it: the words before 全额 or 全部 in their own clause."""
    found = _ITEM.search(sentence)
    return found[1] if found else ""


def _of_money(sentence: str, found: Sequence[str]) -> bool:
    """Whether a sentence's shares are of money; 全部 and 全额 are shares only of what is given (全部用于道路 is none)."""
    whole = all(share in ("全部", "全额") for share in found)
    return bool(_MONEY.search(sentence)) and (not whole or bool(_GIVEN.search(sentence)))


def _keeper(sentence: str, moved: Sequence[Delegation]) -> str:
    named_so = _joined(name for each in moved for name in each.to)
    return named_so or _joined(_KEEPER.findall(sentence))


def _since(document: Document, clause: Clause, start: int, end: int) -> str:
    points = [p for p in document.time_points if p.clause == clause.id and p.type in ("start", "range", "duration")]
    here = [point for point in points if start <= point.start < end]
    # since when holds for the whole clause; how long is said of one sentence, and P5Y says nothing to a reader
    others = [point for point in points if point.type != "duration"]
    return _joined(point.text if point.type == "duration" else point.value for point in here or others)


def _joined(values: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(value for value in values if value))


def coding(documents: Sequence[Document]) -> list[Row]:
    """A row for each clause, with the machine's tags and empty columns for two coders and a note."""
    return [
        {
            "clause": named(document, clause.id), "headings": headings(document, clause),
            "text": clause.text, "tag": clause.tags[0].tag if clause.tags else None,
            "score": f"{clause.tags[0].score:.2f}" if clause.tags else None, "coder_1": None, "coder_2": None, "note": None,
            "place": document.place, "date": when(document), "document": document.title,
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
            "body": 32, "change": 10, "part": 9, "words": 10, "printed": 24, "place": 26, "date": 11, "confidence": 8,
            "sentence": 60, "document": 34, "headings": 28, "clause": 22,
        },
        {
            "body": "机构全称", "change": "变动", "part": "新旧", "words": "动词", "printed": "文中写法", "place": "地区",
            "date": "日期", "confidence": "可信度", "sentence": "原文", "document": "文件", "headings": "所在标题", "clause": "条款",
        },
        bodies,
        "Bodies set up, merged, renamed",
    ),
    "shares": PilotTable(
        "财政条款",
        {
            "item": 36, "share": 16, "keeper": 20, "payer": 16, "since": 16, "place": 26, "date": 11, "confidence": 8,
            "sentence": 60, "document": 34, "headings": 28, "clause": 22,
        },
        {
            "item": "款项", "share": "比例", "keeper": "归谁", "payer": "由谁返还", "since": "起止", "place": "地区",
            "date": "日期", "confidence": "可信度", "sentence": "原文", "document": "文件", "headings": "所在标题", "clause": "条款",
        },
        shares,
        "Shares of money",
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
        "Coding sheet",
    ),
}  # fmt: skip
