"""From a date as printed to its period in the calendar.

In: a match of the grammar's `date` branch, and the Context. Out: a Period, or None where the calendar has none such
(2月30日) or the words alone say nothing (当年). Touches nothing but the Context's memory of named years.
"""

from __future__ import annotations

import re

from policyparse.extract.time_context import Context
from policyparse.extract.time_grammar import Grammar
from policyparse.extract.time_values import Period, day, end_of, months, third, whole_year, year_text
from policyparse.numerals import chinese_to_int

_GOAL_FOLLOWS = re.compile(r"[底末]?(?:之|以)?前")
_OTHER = "上下每这那任某后近"
"""Before 一月, 一季度 these make it another one, not the first (上一月, 每一季度)."""


def period_of(
    rules: Grammar, context: Context, match: re.Match[str], k: str, first: Period | None = None
) -> Period | None:
    """The period of date `k` of `match`: "1", or "2", the far end of a range, which takes over what it does not print.

    `first` is the near end of that range.
    """
    at, text = match.start(), context.text
    word = match["r" + k]
    if word and not _whole_word(rules, text, match.start("r" + k), match.end("r" + k), word):
        return None
    month = _month(match["m" + k])
    if k == "1" and text[max(0, at - 2) : at] == "农历":
        return None
    if k == "1" and match[0][0] == "一" and text[at - 1 : at] in tuple(_OTHER):
        return None
    year, shifted = _lead(rules, context, match, k, at, first)
    month = shifted if month is None else month
    if word and not rules.relative[word].alone and not _narrower(match, k):
        return None
    if match["lead" + k] is not None:
        compared = word and rules.relative[word].counts_from == "sentence"  # 比上年: the sentence stays where it was
        if not compared and (month is not None or text[at - 1 : at] not in ("到", "至")):
            context.note(year, month, match.end())  # 到2025年… is a far goal: 年底前 behind it is not of that year
    elif first is None:
        goal = bool(_GOAL_FOLLOWS.match(text, match.end()))
        year = context.missing_year(at, month, goal)
        if match["b" + k] in ("月底", "月末", "月初"):
            month = context.named_month if context.near(at) is not None else context.month
    else:
        year = _year_of(first)
        if year is not None and month is not None and f"{month:02d}" < first.low[5:7]:
            year += 1  # 11月至3月
    return _narrow(match, k, year, month)


def _whole_word(rules: Grammar, text: str, start: int, end: int, word: str) -> bool:
    """Whether 今年, 后年, 来年 stands for itself and is no part of another word (以来年均, 以后年度)."""
    relative = rules.relative[word]
    previous, following = text[start - 1 : start] if start else "", text[end : end + 1]
    return not ((previous and previous in relative.not_after) or (following and following in relative.not_before))


def _year_of(period: Period) -> int | None:
    return int(period.low[:4]) if period.low[:4].isdigit() else None


def _month(numeral: str | None) -> int | None:
    return chinese_to_int(numeral.replace("元", "一")) if numeral else None


def _narrower(match: re.Match[str], k: str) -> bool:
    return any(match[name + k] for name in ("m", "h", "q", "qf", "fm", "xr", "dr", "e"))


def _lead(
    rules: Grammar, context: Context, match: re.Match[str], k: str, at: int, first: Period | None
) -> tuple[int | None, int | None]:
    """The year that the leading words say (2009年, 今年, 八一年), and the month (本月, 次月)."""
    if match["y" + k]:
        return chinese_to_int(match["y" + k]), None
    if match["ys" + k]:
        return 1900 + chinese_to_int(match["ys" + k]), None
    if match["yz" + k]:
        return 2000 + int(match["yz" + k]), None
    if match["r" + k] is None:
        return None, None
    relative = rules.relative[match["r" + k]]
    of_document = relative.counts_from == "document"
    named = context.near(at) if first is None else _year_of(first)
    base = context.year if of_document else named
    if relative.counts_from == "sentence":
        base = context.year if named is None else named  # 2003年…比上年增长; else the document's
    if base is None:
        return None, None
    if relative.unit == "年":
        return base + relative.offset, None
    base_month = context.month if of_document else context.named_month
    if base_month is None:
        return None, None
    total = base * 12 + base_month - 1 + relative.offset
    return total // 12, total % 12 + 1


def _narrow(match: re.Match[str], k: str, year: int | None, month: int | None) -> Period | None:
    """The period inside `year` that the narrower words name; `month` may come from 本月 or 月底."""
    word = match["r" + k] or ""
    edge = match["e" + k] or match["b" + k] or ""
    if match["h" + k]:
        return months(year, 1, 6) if match["h" + k] == "上" else months(year, 7, 12)
    if match["q" + k] or match["qf" + k]:
        return _quarters(match, k, year)
    if match["fm" + k]:
        return months(year, 1, chinese_to_int(match["fm" + k]))
    of_month = match["m" + k] is not None or word.endswith("月") or edge.startswith("月")
    if not of_month:
        if edge:
            return _year_edge(edge.removeprefix("年"), year)
        if match["ya" + k]:
            return Period(year_text(chinese_to_int(match["ya" + k])), year_text(year))
        return whole_year(year)
    number = match["d" + k] or match["dr" + k]
    if month is None:
        text = f"{year_text(year)}-XX" + (f"-{chinese_to_int(number):02d}" if number else "")
        return Period(text, text)
    if number:
        last = day(year, month, chinese_to_int(number))
        begin = day(year, month, chinese_to_int(match["da" + k])) if match["da" + k] else last
        return Period(begin.low, last.high) if begin and last else None
    which = match["x" + k] or match["xr" + k]
    if which:
        return third(year, month, which)
    if (match["me" + k] or edge).removeprefix("月") in ("底", "末"):
        return end_of(year, month)
    begin_month = _month(match["ma" + k]) or month
    if begin_month > month:  # 11月至3月
        return None if year is None else Period(months(year, begin_month, 12).low, months(year + 1, 1, month).high)
    return months(year, begin_month, month)


def _quarters(match: re.Match[str], k: str, year: int | None) -> Period | None:
    if match["qf" + k]:
        return months(year, 1, 3 * chinese_to_int(match["qf" + k]))
    last = chinese_to_int(match["q" + k])
    begin = chinese_to_int(match["qa" + k]) if match["qa" + k] else last
    if match["qe" + k]:
        return end_of(year, 3 * last)
    return months(year, 3 * begin - 2, 3 * last) if begin <= last else None


def _year_edge(edge: str, year: int | None) -> Period:
    """底, 末, 终: the last day; 初, 中: the month alone; 内, 同期: the year."""
    if edge in ("底", "末", "终"):
        return end_of(year)
    if edge == "初":
        return months(year, 1, 1)
    if edge == "中":
        return months(year, 6, 6)
    return whole_year(year)
