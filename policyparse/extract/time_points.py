"""Time points: what places something in time, limits it, or says how often.

In: one document's Outline and a Vocabulary (time_*.csv). Out: TimePoint records in text order. Touches nothing.

Two passes: the grammar's scan gives candidates; then each is read in turn, with what
stands just before and after it, and with the years named so far. The rules are those
of the annotation guide, §5. A year that is not printed comes from its own
sentence, else from the document (see time_context.py), else it is XXXX.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from policyparse.extract.annex_titles import annex_titles
from policyparse.extract.confidence import made_by
from policyparse.extract.time_amounts import amount, every_value, length_value, once_value
from policyparse.extract.time_context import Context, context_of
from policyparse.extract.time_dates import period_of
from policyparse.extract.time_grammar import Grammar, grammar
from policyparse.extract.time_neighbours import (
    REACH,
    bracketed,
    clock,
    extend_back,
    extend_on,
    joined,
    listed_day,
    names_meeting,
    no_limit,
    of_frequency,
    past,
    set_off,
)
from policyparse.extract.time_values import UNKNOWN, Period, day, duration, end_of, months, whole_year
from policyparse.model import TimePoint, TimeType
from policyparse.numerals import chinese_to_int
from policyparse.passing import Outline
from policyparse.vocabulary import Vocabulary

_COMPARED = re.compile(r"[ \u3000]?(?:的|\d)")
"""After 从2010年 these compare (从2010年的30%提高到…): no start."""
_SHARES = re.compile(
    r"[、和及](?:(?:19|20)\d\d年)?(?:\d{1,2}月(?:\d{1,2}[日号]|底|[上中下]旬|末)?|\d{1,2}[日号])(?:之前|以前|前(?![后期]))"
)
"""6月10日、10月10日前: a listed date shares the limit word of the next."""
_DECADE_BEGINS = {"中期": 3, "后期": 5, "末期": 8, "末": 9}
_CENTURY_PARTS = {"末": (99, 99), "初": (0, 0), "中叶": (49, 49), "上半叶": (0, 49), "下半叶": (50, 99)}
"""Years of a century counted from its first (2001): 末 the last, 中叶 the fiftieth."""
_IN_FORCE = re.compile(r"[ \u3000]?(?:起?正式|开始|起)?(?:施行|实施|执行|生效|实行|试行|起效)|[，,]?有效期")


@dataclass(frozen=True, slots=True)
class _Found:
    """A time point before it gets its clause."""

    start: int
    end: int
    type: TimeType
    value: str
    also: _Found | None = None


def time_points(outline: Outline, vocabulary: Vocabulary) -> list[TimePoint]:
    """The time points of `outline.text`, in order, not overlapping.

    Offsets are code points into `outline.text`. Nothing is found in the document's own title lines
    (but the full date in brackets that ends one is), inside 《…》 or in document numbers.
    Raises PolicyparseError when a vocabulary table is missing or malformed.
    """
    rules = grammar(vocabulary)
    text = outline.text
    context = context_of(outline, rules.scan)
    first_clause = outline.clauses[0].start if outline.clauses else 0
    titles = annex_titles(text)
    points: list[TimePoint] = []
    floor = 0
    for match in rules.scan.finditer(text):
        if match.lastgroup == "quoted" or match.start() < floor:
            continue
        found = _READERS[match.lastgroup or ""](rules, context, match, floor)
        if found is None:
            continue
        if (also := found.also) is not None:
            floor = found.end
            points.append(_point(outline, found, match, vocabulary))
            found = also
        if outline.in_title(found.start, found.end) and not _bracketed_date(text, found):
            continue
        if titles and any(begin <= found.start < stop for begin, stop in titles):
            continue
        unsupported = match.lastgroup == "figures" or (outline.facts.date is None and found.end <= first_clause)
        if unsupported and found.value != outline.facts.date and _fills_its_line(text, found):
            continue  # a web page's upload date
        floor = found.end
        points.append(_point(outline, found, match, vocabulary))
    return points


def _point(outline: Outline, found: _Found, match: re.Match[str], vocabulary: Vocabulary) -> TimePoint:
    return TimePoint(
        text=outline.text[found.start : found.end],
        type=found.type,
        value=found.value,
        start=found.start,
        end=found.end,
        clause=outline.clause_at(found.start),
        **made_by("time_points", _rule(found, match), vocabulary),
    )


def _rule(found: _Found, match: re.Match[str]) -> str:
    """The branch of the scan, the type, and whether the year is one that is not printed."""
    unprinted = match.lastgroup == "date" and match["y1"] is None and found.type != "frequency"
    return f"{match.lastgroup}/{found.type}" + ("/year-inferred" if unprinted else "")


# --- readers: one for each branch of the scan ----------------------------------------------------------------------


def _read_date(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    text, start, end = context.text, match.start(), match.end()
    first = period_of(rules, context, match, "1")
    if first is None:
        return None
    if match["link"]:
        second = period_of(rules, context, match, "2", first)
        if second is None:
            return None
        start, _ = extend_back(rules, text, start, floor, only="start")
        return _Found(start, end, "range", f"{first.low}/{second.high}")
    if match["b1"] or (match["e1"] or "")[:1] == "年":
        if rules.not_after_edge.match(text, end):
            return None
        if "年内" in (match["b1"], match["e1"]):
            return _Found(start, end, "deadline", f"../{first.high}")
    if names_meeting(text, match) or rules.committee.match(text, end):
        return None
    if match["d1"]:
        context.note_day(first.high, end)
        end, hour = clock(text, end)
        if hour and not match["da1"]:
            first = Period(first.low + hour, first.high + hour)
    return _limited(rules, context, start, end, first, floor)


def _limited(rules: Grammar, context: Context, start: int, end: int, period: Period, floor: int) -> _Found | None:
    """A period with the limit words around it: date, range, deadline or start."""
    text = context.text
    after, word = extend_on(rules, text, end)
    begin, means = extend_back(rules, text, start, floor)
    if word is not None and word.means == "deadline":
        keep = begin if means == "deadline" else start
        return _Found(keep, after, "deadline", f"../{period.high}")
    if word is not None and word.means == "start":
        return _Found(begin if means == "start" else start, after, "start", f"{period.low}/..")
    if means == "start" and not _COMPARED.match(text, end):
        return _Found(begin, end, "start", f"{period.low}/..")
    if means is None and _SHARES.match(text, end):
        return _Found(start, end, "deadline", f"../{period.high}")
    if means == "due":  # 完成时限：2023年6月底; the label is no part of the words
        return _Found(start, end, "deadline", f"../{period.high}")
    if means == "finished":
        # 截至2010年底已办结 tells; 实施期限截至2030年底, beyond the document's own date, limits
        means = "deadline" if context.date and not period.high.startswith(UNKNOWN) else None
    compared = text.startswith("的", end) and (context.year is None or period.high[:4] <= f"{context.year:04d}")
    if means == "deadline" and not compared and not past(period.high, context.date):
        return _Found(begin, end, "deadline", f"../{period.high}")
    return _Found(start, end, "date" if period.low == period.high else "range", period.value)


def _read_figures(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    text = context.text
    year, month = int(match["fy"]), int(match["fo"])
    if match["go"]:
        if bool(match["fd"]) != bool(match["gd"]) or not (match["fd"] or match["gy"] or set_off(text, *match.span())):
            return None
        low = _figures(year, month, match["fd"])
        high = _figures(int(match["gy"] or year), int(match["go"]), match["gd"])
        return _Found(match.start(), match.end(), "range", f"{low.low}/{high.high}") if low and high else None
    if match["fd"] is None and not set_off(text, *match.span()):
        return None  # 1865.7 is an amount
    period = _figures(year, month, match["fd"])
    if period is None:
        return None
    context.note(year, month, match.end())
    return _limited(rules, context, match.start(), match.end(), period, floor)


def _figures(year: int, month: int, number: str | None) -> Period | None:
    return months(year, month, month) if number is None else day(year, month, int(number))


def _read_span(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    if match["sa"] >= match["sb"]:
        return None
    return _Found(match.start(), match.end(), "range", f"{match['sa']}/{match['sb']}")


def _read_plan(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    """“十二五”, with 末, 初 and the like, without 期间; quotes belong to it when both are there."""
    text, start, end = context.text, match.start(), match.end()
    first, last, quoted_only, not_before = rules.plans[match["pt"]]
    both = match["po"] is not None and match["pc"] is not None
    named = match["ps"] in ("期间", "时期", "末期", "期末", "初期")
    if not both:
        if match["po"] or (quoted_only and not named):
            return None
        if match["pc"]:
            end = match.start("pc")
        if text[start - 1 : start] in "零〇一二三四五六七八九十百千第之%" and start:
            return None
    if not_before and text.startswith(tuple(not_before.split()), end):
        return None
    tail = match["ps"] or ""
    if tail in ("期间", "时期", "期内"):
        end -= len(tail)  # “十二五” says when, 期间 adds nothing
    if "末" in tail:
        period = end_of(last)
    elif "初" in tail:
        period = whole_year(first)
    else:
        period = Period(str(first), str(last))
    return _limited(rules, context, start, end, period, floor)


def _read_decade(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    """90年代: the decade; since then (自80年代后期以来) begins with its first year, in its later half with the sixth."""
    decade = chinese_to_int(match["dn"]) // 10
    value = f"19{decade}X"
    found = _limited(rules, context, match.start(), match.end(), Period(value, value), floor)
    if found is not None and found.type == "start":
        first = _DECADE_BEGINS.get(match["de"] or "", 0)
        return _Found(found.start, found.end, found.type, f"19{decade}{first}/..")
    return found


def _read_century(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    """本世纪末, 下世纪初, 本世纪以来, counted from the document's year. 21世纪 alone is an age, no time point."""
    word, edge = match["cw"], match["ce"] or ""
    offset = {"本": 0, "上": -1, "下": 1}.get(word)
    if offset is None:
        century = 20 if word in ("20", "二十") else 21
    elif context.year is None:
        return None
    else:
        century = (context.year - 1) // 100 + 1 + offset
    first = (century - 1) * 100 + 1
    low, high = _CENTURY_PARTS.get(edge, (0, 99))
    period = Period(f"{first + low:04d}", f"{first + high:04d}")
    found = _limited(rules, context, match.start(), match.end(), period, floor)
    return found if edge or (found is not None and found.type == "start") else None


def _read_issue(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    """自印发之日起 when this document itself takes effect: its own date is the anchor."""
    if context.date is None or not _IN_FORCE.match(context.text, match.end()):
        return None
    return _Found(match.start(), match.end(), "start", f"{context.date}/..")


def _read_often(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    value, not_before = rules.often[match["often"]]
    text, end = context.text, match.end()
    if joined(text[end : end + 1], not_before):
        return None
    if match["often"].startswith("每"):
        tail = rules.tail.match(text, end)
        if tail and (tail["day"] is None or "月" in match["often"]):
            end = tail.end()
    return _Found(match.start(), end, "frequency", value)


def _read_every(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    value = every_value(rules, match)
    return _Found(match.start(), match.end(), "frequency", value) if value else None


def _read_once(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    value = once_value(match)
    return _Found(match.start(), match.end(), "frequency", value) if value else None


def _read_length(rules: Grammar, context: Context, match: re.Match[str], floor: int) -> _Found | None:
    """An amount of time with its limit words: 30日内, 不超过30个工作日, 50多年来, 今后五年."""
    text, start, end = context.text, match.start(), match.end()
    if match["lu"] == "日" and not match["la"]:
        listed = listed_day(context, match)
        if listed is not None:
            return _limited(rules, context, start, end, listed, floor)
        if text[start - 1 : start] == "月":
            return None  # 双月10日
    value = length_value(rules, match)
    if value is None:
        return _shortened(rules, match)
    begin = start
    before = rules.length_before.search(text, max(floor, start - REACH), start)
    if before and not joined(text[before.start() - 1 : before.start()], rules.length_before_words[before[0]].not_after):
        begin = before.start()
    after = rules.length_after.match(text, end)
    if after and joined(text[after.end() : after.end() + 1], rules.length_after_words[after["word"]].not_before):
        after = None
    if rules.not_after_length.match(text, end) and not text.startswith("期间", end):
        return None
    if after is None and begin == start and (no_limit(rules, text, match, value) or of_frequency(text, match, floor)):
        return None
    if text[start - 1 : start] == "第" and start:
        return None
    return _Found(begin, after.end() if after else end, "duration", value)


def _shortened(rules: Grammar, match: re.Match[str]) -> _Found | None:
    """由20个工作日至15个工作日: a falling pair is two amounts."""
    if match["lau"] is None or match.string[match.start() - 1 : match.start()] not in ("由", "从", "自"):
        return None
    low, high = (
        duration(amount(match[number]) * rules.units[match[unit]][1], rules.units[match[unit]][0])
        for number, unit in (("la", "lau"), ("ln", "lu"))
    )
    second = _Found(match.start("ln"), match.end(), "duration", high)
    return _Found(match.start(), match.end("lau"), "duration", low, second)


_READERS: dict[str, Callable[[Grammar, Context, re.Match[str], int], _Found | None]] = {
    "date": _read_date,
    "figures": _read_figures,
    "span": _read_span,
    "plan": _read_plan,
    "decade": _read_decade,
    "century": _read_century,
    "issue": _read_issue,
    "often": _read_often,
    "every": _read_every,
    "once": _read_once,
    "length": _read_length,
}


def _bracketed_date(text: str, found: _Found) -> bool:
    """A full date in brackets that ends a title line: （2023年6月23日）."""
    full = found.type == "date" and len(found.value) == 10
    return full and bracketed(text, found.start, found.end) and text[found.end + 1 : found.end + 2] in ("", "\n")


def _fills_its_line(text: str, found: _Found) -> bool:
    before, after = text[max(0, found.start - 4) : found.start].rstrip(" \t\u3000"), text[found.end : found.end + 4]
    return before.endswith(("", "\n")[found.start > 0]) and after.lstrip(" \t\u3000")[:1] in ("", "\n")
