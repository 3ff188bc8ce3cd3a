"""The grammar of time words: one pattern that finds them, smaller ones for their neighbours.

In: a Vocabulary (tables time_*.csv). Out: Grammar, compiled once for each vocabulary. Touches nothing.

The scanning pattern is an alternation of named branches, tried from left to right:
`quoted` (《…》, taken so that nothing inside counts), `often` (每月, 按季, 每5年), `once` (两年一次),
`issue` (自印发之日起), `century` (本世纪末), `plan` (“十二五”), `decade`, `figures` (2009-11-09), `date` (2009年11月9日, 今年,
7月底, 下半年, and ranges of these), `length` (30个工作日). No branch nests a repetition in a repetition, and every
repetition is bounded, so the search is linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from policyparse.numerals import ZERO
from policyparse.vocabulary import Row, Vocabulary

SPACE = r"[ \t\u3000\u00a0]{0,3}"
"""White space inside an expression: left by spaced-out printing (2023 年 6 月)."""

_NUMERAL_BEFORE = rf"(?<![A-Za-z\d.．%%{ZERO}一二三四五六七八九十百千第])"
_WORD_BEFORE = rf"(?<![A-Za-z\d%{ZERO}一二三四五六七八九十百千第])"
"""The same before a date, which may follow an item's number (3.2023年底前)."""
_LINK = rf"{SPACE}(?:[-－‐–—―──~～〜∼]{{1,2}}|至|到){SPACE}"
_YEAR = rf"(?:[1１][89８９]\d\d|[2２][01０１]\d\d|[一二][八九{ZERO}][{ZERO}一二三四五六七八九]{{2}})"
_MONTH = r"(?:1[0-2]|0?[1-9]|１[０-２]|０?[１-９]|十[一二]?|[一二三四五六七八九元])"
_DAY = (
    r"(?:3[01]|[12]\d|0?[1-9]|３[０１]|[１２][０-９]|０?[１-９]"
    r"|三十一?|二?十[一二三四五六七八九]?|[廿卅][一二三四五六七八九]?|[一二三四五六七八九])"
)
_COUNT = r"(?:\d{1,3}(?:\.\d{1,2})?|[一二三四五六七八九十两百]{1,5})"

_FIGURES = rf"{ZERO}\d一二三四五六七八九"
_SHORT_YEAR = rf"(?:[五六七八九][{ZERO}一二三四五六七八九]|[5-9]\d)"
_YEAR_SIGN = r"年(?!第?\d{1,4}号(?!楼|线)|代|鉴|级|版|间隔)"
"""年, unless it is part of a document number (一九八〇年223号文件) or of another word."""
_MONTH_SIGN = "月(?![季度球亮饼嫂台龄薪报均供票检考])"
_DAY_SIGN = "[日号](?!线|楼|文件)"
_END = "(?:底(?![线数册薪层子])|末(?![端位尾节]))"
_WITHIN = "年内(?![外容部蒙控涵])"
_BEGINNING = "初(?![步中级次始选期审评高创等婚诊一二三四五六七八九十])"  # 九月初九 is lunar


def _months(k: str) -> str:
    """A month or months (3月, 3至6月, 5、6月份), with a day, days, a third or an edge. `k` marks the groups' names."""
    return rf"""
    (?: (?P<ma{k}>{_MONTH}) {SPACE} (?: (?:月份?)? {_LINK} | 、 ) )? (?P<m{k}>{_MONTH}) {SPACE} {_MONTH_SIGN} 份?
    (?: {SPACE}
      (?: (?: (?P<da{k}>{_DAY}) {SPACE} [日号]? {_LINK} )? (?P<d{k}>{_DAY}) {SPACE} {_DAY_SIGN}
        | (?P<x{k}>[上中下]|上中|中上|中下)旬
        | (?P<me{k}>{_END}|{_BEGINNING}) ) )?
    """


def _parts(k: str) -> str:
    """Half-years and quarters: 下半年, 第三季度末, 一至三季度, 前三季度."""
    return rf"""
    (?: (?P<h{k}>[上下])半年 (?!度?报)
      | 第? (?: (?P<qa{k}>[一二三四1-4]) {SPACE} (?: (?:季度)? {_LINK} 第? | 、 ) )?
        (?P<q{k}>[一二三四1-4]) {SPACE} 季度 (?!报) (?P<qe{k}>{_END})?
      | 前 (?P<qf{k}>[二两三23]) 个?季度 )
    """


def _date(k: str, relative: str) -> str:
    """A date as printed: a year (or 今年, 次月, 本年度) with what is narrower, or the narrower part alone."""
    return rf"""
    (?P<lead{k}>
        (?: (?P<ya{k}>{_YEAR}) {SPACE} (?: 年? {_LINK} | 、 ) )? (?P<y{k}>{_YEAR}) {SPACE} {_YEAR_SIGN} 度?
      | (?P<ys{k}>{_SHORT_YEAR}) {SPACE} 年 (?={SPACE}{_MONTH}{SPACE}月)
      | (?P<yz{k}>0\d) {SPACE} 年
      | (?P<r{k}>{relative}) )?
    (?: {SPACE}
      (?: {_months(k)}
        | {_parts(k)}
        | (?(lead{k})
            (?: 前 (?P<fm{k}>{_MONTH}) 个月
              | (?P<xr{k}>[上中下]|上中|中上|中下)旬
              | (?P<dr{k}>{_DAY}) {SPACE} {_DAY_SIGN}
              | (?P<e{k}>年[底末终初]|{_WITHIN}|同期|年中(?![国央学小型心部])|月[底末初]|{_END}|{_BEGINNING}) )
          | (?P<b{k}>(?<![{_FIGURES}十百千半多几全余每正腊冬]) (?:年[底末终初]|{_WITHIN}|月[底末初])) ) )
      | (?(lead{k})|(?!)) )
    """


@dataclass(frozen=True, slots=True)
class Word:
    """A limit word: what it makes of its neighbour, and the characters that make it part of another word."""

    means: str
    not_after: str
    not_before: str


@dataclass(frozen=True, slots=True)
class Relative:
    """今年, 次月: what it counts (年 or 月), from the document's date or the last one named, how far, and whether it
    is a time point when nothing narrower follows. `not_after`, `not_before`: characters of other words (以来年均).
    """

    unit: str
    counts_from: str
    offset: int
    alone: bool
    not_after: str
    not_before: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """The compiled patterns and the tables that they refer to.

    scan:     finds candidates, one named branch each
    before / after: limit words that end where a moment begins / begin where it ends
    length_before / length_after: the same for a duration
    tail:     what may follow a frequency (每年 12月底前); its group `day` only where months recur
    """

    scan: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    length_before: re.Pattern[str]
    length_after: re.Pattern[str]
    not_before_length: re.Pattern[str]
    not_before_one: re.Pattern[str]
    not_length: frozenset[str]
    not_after_length: re.Pattern[str]
    near_length: re.Pattern[str]
    not_after_edge: re.Pattern[str]
    committee: re.Pattern[str]
    tail: re.Pattern[str]
    before_words: dict[str, Word]
    after_words: dict[str, Word]
    length_before_words: dict[str, Word]
    length_after_words: dict[str, Word]
    units: dict[str, tuple[str, int]]
    relative: dict[str, Relative]
    plans: dict[str, tuple[int, int, bool, str]]
    often: dict[str, tuple[str, str]]


def _any(words: Iterable[str]) -> str:
    """Longest first, so that 最长不超过 wins over 不超过. An empty list matches nothing."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(map(re.escape, ordered)) or r"(?!)"


def _words(rows: Iterable[Row], place: str) -> dict[str, Word]:
    return {
        row["word"]: Word(row.get("means", "limit"), row["not_after"], row["not_before"])
        for row in rows
        if row["place"] == place
    }


def _scan(vocabulary: Vocabulary, relative: str, units: str) -> str:
    often = _any(vocabulary.terms("time_frequencies"))
    always = _any(vocabulary.terms("time_plans", quoted_only="no"))
    quoted_only = _any(
        vocabulary.terms("time_plans", quoted_only="yes")
    )  # 十五 is a number, “十五” and 十五期间 are not
    branches = [
        r"(?P<quoted>《[^《》]{0,200}(?:《[^《》]{0,200}》[^《》]{0,200}){0,3}》)",
        rf"(?P<often>{often})",
        rf"(?P<every>每隔?{SPACE}(?P<en>{_COUNT}){SPACE}(?P<eu>{units}))",
        rf"(?P<once>{_NUMERAL_BEFORE}(?P<on>半|{_COUNT})个?(?P<ou>年|月|季度?|周|旬|日|天)(?P<ot>[一两二三四1234])次)",
        r"(?P<issue>[自从](?:本(?:办法|规定|通知|意见|方案|细则|决定|条例|制度|措施|规划|公告))?"
        r"(?:印发|发布|公布|颁布|下发|发文|签发|颁发|发出)之日起)",
        r"(?P<century>(?P<cw>[本下上]|20|21|二十|二十一)世纪(?P<ce>末|初|中叶|上半叶|下半叶)?)",
        rf"(?P<plan>(?P<po>[“\"‘'「『])?(?P<pt>{always}|(?:{quoted_only})(?=[”\"’'」』]|期间|时期))(?P<pc>[”\"’'」』])?"
        r"(?P<ps>期间|时期|末期|期末|末|初期|初|期内)?)",
        r"(?P<decade>(?:(?:上|20|二十)世纪)?(?P<dn>[二三四五六七八九]十|[2-9]0)年代(?P<de>初期?|中期|末期?|后期)?)",
        rf"(?P<figures>(?<![A-Za-z\d./\-])(?P<fy>(?:1[89]|20)\d\d)(?P<fs>[-./．])(?P<fo>1[0-2]|0?[1-9])"
        rf"(?:(?P=fs)(?P<fd>3[01]|[12]\d|0?[1-9]))?(?![\d%]|(?P=fs)\d)"
        rf"(?:{_LINK}(?:(?P<gy>(?:1[89]|20)\d\d)(?P=fs))?(?P<go>1[0-2]|0?[1-9])"
        rf"(?:(?P=fs)(?P<gd>3[01]|[12]\d|0?[1-9]))?(?![\d%年月]|(?P=fs)\d))?)",
        rf"(?P<span>(?<=[（(])(?P<sa>(?:19|20)\d\d){_LINK}(?P<sb>20\d\d)(?=[)）]))",
        rf"(?P<date>{_WORD_BEFORE}{_date('1', relative)}"
        rf"(?:起?(?P<link>{_LINK}){_date('2', relative)}(?P<stop>止)?)?)",
        rf"(?P<length>{_NUMERAL_BEFORE}(?:(?P<lh>半){SPACE}(?:(?P<lhu>年)|个?多?(?P<lhv>月|天|日|小时))"
        rf"|(?P<lm>{_COUNT})个半(?P<lmu>月|小时)"
        rf"|(?:(?P<la>{_COUNT}){SPACE}(?P<lau>{units})?{_LINK})?(?P<ln>{_COUNT}){SPACE}(?P<lq>多|余|来|几)?{SPACE}(?P<lu>{units})"
        rf"(?P<lr>半(?!年|数))?(?:零?(?P<lz>\d{{1,2}}|[一二三四五六七八九十]{{1,2}})个月)?))",
    ]
    first = {
        word[0]
        for word in (*relative.split("|"), *often.split("|"), *always.split("|"), *quoted_only.split("|"))
        if word
    }
    starts = "".join(sorted(first | set(f"《每自从“\"‘'「『上下前第年月半元廿卅两本当{ZERO}一二三四五六七八九十百")))
    return rf"(?=[\d{re.escape(starts)}])(?:{'|'.join(branches)})"


@lru_cache(maxsize=8)
def grammar(vocabulary: Vocabulary) -> Grammar:
    """The grammar of `vocabulary`, compiled once. Raises PolicyparseError when a time_*.csv is missing or malformed."""
    limits, lengths, nots = (vocabulary.table(f"time_{name}") for name in ("limits", "lengths", "not_length"))
    before, after = _words(limits, "before"), _words(limits, "after")
    length_before, length_after = _words(lengths, "before"), _words(lengths, "after")
    units = {row["unit"]: (row["iso"], int(row["size"])) for row in vocabulary.table("time_units")}
    relative = {
        row["word"]: Relative(
            row["unit"],
            row["counts_from"],
            int(row["offset"]),
            row["alone"] == "yes",
            row["not_after"],
            row["not_before"],
        )
        for row in vocabulary.table("time_relative")
    }
    named = {
        place: [row["word"] for row in nots if row["place"] in (place, "around")]
        for place in ("before", "before-one", "itself", "after", "near")
    }
    events = _any(row["word"] for row in vocabulary.table("institutions_context") if "event" in row["roles"].split())
    far = rf"(?:起?{_LINK}(?:次年|翌年|第二年|下年|当年)?{_months('4')}止?)?"  # 每年11月1日至次年3月31日
    tail = (
        rf"{SPACE}(?:的|在|于)?{SPACE}(?:{_months('3')}{far}(?:[、和]{_MONTH}{SPACE}月份?)?"
        rf"|末月{_DAY}{SPACE}[日号]|年?(?:底|末|终(?!了)|初)(?:的?{_DAY}{SPACE}[日号])?|[上下]半年|[上中下]旬|第?[一二三四]季度"
        rf"|(?:首个|最后一?个?|第[一二三四五\d]个?|前{_COUNT}个?)(?:工作日|季度|月|周|天|日)"
        rf"|(?P<day>(?:{_DAY}{SPACE}[日号]?{_LINK})?{_DAY}{SPACE}[日号](?:[、和]{_DAY}{SPACE}[日号]){{0,4}}))"
        r"(?:底|末)?(?:之前|以前|前(?!后|期)|以内|内)?"
    )
    return Grammar(
        scan=re.compile(_scan(vocabulary, _any(relative), _any(units)), re.VERBOSE),
        before=re.compile(rf"(?:{_any(before)})\Z"),
        after=re.compile(rf"{SPACE}(?P<word>{_any(after)})"),
        length_before=re.compile(rf"(?:{_any(length_before)})\Z"),
        length_after=re.compile(rf"{SPACE}(?P<word>{_any(length_after)})"),
        not_before_length=re.compile(rf"(?:{_any(named['before'])})\Z"),
        not_before_one=re.compile(rf"(?:{_any(named['before-one'])})\Z"),
        not_length=frozenset(named["itself"]),
        not_after_length=re.compile(_any(named["after"])),
        near_length=re.compile(rf"[”’\"]?[一-鿿]{{0,4}}?(?:{_any(named['near'])})"),
        not_after_edge=re.compile(
            rf"{_any(vocabulary.terms('time_not_edge', place='after'))}"
            rf"|[一-鿿]{{0,4}}?(?:{_any(vocabulary.terms('time_not_edge', place='near'))})"
        ),
        committee=re.compile(
            rf"(?:第[一二三四五六七八九十\d]{{1,4}}届)?[一-鿿]{{0,16}}?(?:{events})[一-鿿]{{0,16}}?"
            r"(?:(?:组织|执行|筹备|协调|筹办)委员会|[组筹执]委会|领导小组|指挥部)"
        ),
        tail=re.compile(tail, re.VERBOSE),
        before_words=before,
        after_words=after,
        length_before_words=length_before,
        length_after_words=length_after,
        units=units,
        relative=relative,
        plans={
            row["term"]: (int(row["start"]), int(row["end"]), row["quoted_only"] == "yes", row["not_before"])
            for row in vocabulary.table("time_plans")
        },
        often={row["word"]: (row["value"], row["not_before"]) for row in vocabulary.table("time_frequencies")},
    )
