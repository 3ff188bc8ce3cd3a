"""Who copied whom, as tables: the pairs of documents, the passages, what was folded and what was set aside.

In: Reuse. Out: rows (column → value), each with the ids of its clauses. Touches: nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from policyparse.compare.rows import Row
from policyparse.reuse import Direction, Facts, Pair, Reuse


@dataclass(frozen=True, slots=True)
class ReuseTable:
    """columns: name → width in a sheet; heads: name → Chinese head; rows: what makes it, in Chinese or English."""

    title: str
    columns: dict[str, int]
    heads: dict[str, str]
    rows: Callable[[Reuse, bool], list[Row]]


#: Reason → what it says, in Chinese and in English.
_REASONS = {
    "cites": ("引用了对方：{}", "cites it: {}"),
    "signed": ("成文日期：{}", "dates of signing: {}"),
    "number": ("文号年份：{}", "years of the numbers: {}"),
    "spoken": ("文中所说的时间：{}", "times spoken of: {}"),
    "left-over": ("留有对方地名：{}", "the other place's name left over: {}"),
    "above": ("上级在先：{}", "the higher level goes first: {}"),
}


def why(direction: Direction, chinese: bool = True) -> str:
    """What speaks for a direction, the strongest first; what speaks against it is marked."""
    if direction.forward is None:
        return "没有可判断先后的依据" if chinese else "nothing says who was first"
    parts = []
    for each in direction.evidence:
        words = _REASONS[each.reason][0 if chinese else 1].format(each.words)
        against = "相反：" if chinese else "against: "
        parts.append(words if each.forward == direction.forward else against + words)
    return ("；" if chinese else "; ").join(parts)


def arrow(pair: Pair) -> str:
    """→ from source to taker; ? where their order is unknown."""
    return "→" if pair.direction.forward is not None else "?"


def pair_rows(found: Reuse, chinese: bool = True) -> list[Row]:
    """A row for each pair of documents, the most shared characters first."""
    return [
        {
            "number": number, **_side("from", pair.source), "arrow": arrow(pair), **_side("to", pair.taker),
            "passages": len(pair.passages), "shared": pair.shared, "from_share": _percent(pair.from_share),
            "to_share": _percent(pair.to_share), "first_hand": _percent(pair.first_hand),
            "only_two": _percent(pair.only_two),
            "sure": pair.direction.sure or None, "why": why(pair.direction, chinese), "set_aside": pair.common,
        }
        for number, pair in enumerate(found.pairs, 1)
    ]  # fmt: skip


def passage_rows(found: Reuse, chinese: bool = True) -> list[Row]:
    """A row for each passage, under the number of its pair, in the source's order."""
    return [
        {
            "pair": number, "from_place": place(pair.source), "from_date": pair.source.dated.shown, "arrow": arrow(pair),
            "to_place": place(pair.taker), "to_date": pair.taker.dated.shown, "shared": passage.shared,
            "from_text": passage.from_text, "to_text": passage.to_text, "families": passage.families,
            "earlier": passage.earlier, "from_clause": passage.from_clause, "from_start": passage.from_start,
            "from_end": passage.from_end, "to_clause": passage.to_clause, "to_start": passage.to_start,
            "to_end": passage.to_end,
        }
        for number, pair in enumerate(found.pairs, 1)
        for passage in pair.passages
    ]  # fmt: skip


def folded_rows(found: Reuse, chinese: bool = True) -> list[Row]:
    """A row for each document that was folded because it has several printings."""
    return [
        {
            "title": family[0].title, "place": family[0].place, "date": family[0].dated.shown,
            "copies": max(len(family), len(files)), "document": "；".join(each.id for each in family),
            "files": "；".join(files),
        }
        for family in found.folded
        for files in [list(dict.fromkeys(path for each in family for path in each.files))]
    ]  # fmt: skip


def boilerplate_rows(found: Reuse, chinese: bool = True) -> list[Row]:
    """A row for each stretch of words that was set aside because many document families have it."""
    return [{"text": each.text, "families": each.families, "clause": each.clause} for each in found.boilerplate]


def place(each: Facts) -> str:
    """The place of a document, its title where it names none."""
    return each.place or each.title


def _side(name: str, each: Facts) -> Row:
    return {
        f"{name}_place": place(each), f"{name}_date": each.dated.shown, f"{name}_title": each.title,
        f"{name}_document": each.id,
    }  # fmt: skip


def _percent(share: float) -> str:
    return f"{share:.1%}"


#: Name in JSON and in a workbook → table.
REUSE_TABLES: dict[str, ReuseTable] = {
    "pairs": ReuseTable(
        "谁抄了谁",
        {
            "number": 6, "from_place": 24, "from_date": 11, "arrow": 4, "to_place": 24, "to_date": 11, "passages": 7,
            "shared": 9, "from_share": 9, "to_share": 9, "first_hand": 9, "only_two": 9, "sure": 8, "why": 44, "set_aside": 9,
            "from_title": 34, "to_title": 34, "from_document": 19, "to_document": 19,
        },
        {
            "number": "序号", "from_place": "来源", "from_date": "来源日期", "arrow": "先后", "to_place": "采用者",
            "to_date": "采用者日期", "passages": "段数", "shared": "共用字数", "from_share": "占来源",
            "to_share": "占采用者", "first_hand": "首见于来源", "only_two": "仅两家有", "sure": "先后把握", "why": "先后依据",
            "set_aside": "另有套话字数", "from_title": "来源文件", "to_title": "采用者文件", "from_document": "来源编号",
            "to_document": "采用者编号",
        },
        pair_rows,
    ),
    "passages": ReuseTable(
        "共用段落",
        {
            "pair": 6, "from_place": 20, "from_date": 11, "arrow": 4, "to_place": 20, "to_date": 11, "shared": 8,
            "from_text": 56, "to_text": 56, "families": 8, "earlier": 22, "from_clause": 23, "from_start": 8,
            "from_end": 8, "to_clause": 23, "to_start": 8, "to_end": 8,
        },
        {
            "pair": "对", "from_place": "来源", "from_date": "来源日期", "arrow": "先后", "to_place": "采用者",
            "to_date": "采用者日期", "shared": "共用字数", "from_text": "来源原文", "to_text": "采用者原文",
            "families": "见于文件数", "earlier": "更早见于", "from_clause": "来源条款", "from_start": "起", "from_end": "止",
            "to_clause": "采用者条款", "to_start": "起", "to_end": "止",
        },
        passage_rows,
    ),
    "folded": ReuseTable(
        "重复文件",
        {"title": 44, "place": 26, "date": 11, "copies": 8, "document": 24, "files": 70},
        {"title": "文件", "place": "地区", "date": "日期", "copies": "份数", "document": "编号", "files": "所在文件"},
        folded_rows,
    ),
    "boilerplate": ReuseTable(
        "套话",
        {"text": 70, "families": 10, "clause": 24},
        {"text": "人人都用的话", "families": "见于文件数", "clause": "例见条款"},
        boilerplate_rows,
    ),
}  # fmt: skip


def clauses_of(rows: Sequence[Row]) -> list[str]:
    """The ids of all clauses that stand in rows, each once."""
    names = ("clause", "from_clause", "to_clause")
    return list(dict.fromkeys(str(row[name]) for row in rows for name in names if row.get(name)))
