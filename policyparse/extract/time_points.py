"""Time points: what places something in time, limits it, or says how often.

In: one document's Outline and a Vocabulary (time_*.csv). Out: TimePoint records in text order. Touches nothing.

Two passes: the grammar's scan gives candidates; then each is read in turn, with what
stands just before and after it, and with the years named so far. The rules are those
of the annotation guide, §5. A year that is not printed comes from its own
sentence, else from the document (see `_document_year`), else it is XXXX.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from policyparse.extract.time_grammar import Grammar, Word, grammar
from policyparse.extract.time_values import (
    UNKNOWN,
    Period,
    day,
    duration,
    end_of,
    months,
    third,
    whole_year,
    year_text,
)
from policyparse.model import TimePoint, TimeType
from policyparse.numerals import chinese_to_int
from policyparse.passing import Outline
from policyparse.vocabulary import Vocabulary

_REACH = 8
"""How far back a limit word is looked for: the longest in time_limits.csv and time_lengths.csv has 7 characters."""

_SENTENCE_END = re.compile(r"[。；;！!？?\n]")
_CLOCK = re.compile(
    r"[ \u3000]{0,2}(?P<part>上午|下午|晚上?|凌晨|中午)?"
    r"(?:[ \u3000]{0,2}(?P<hour>2[0-4]|1\d|0?\d)(?:[:：](?P<minute>[0-5]\d)"
    r"|[时点](?:(?P<m2>[0-5]?\d)分|(?P<half>半)|整)?(?!间|代|候)))?"
)
_IN_FORCE = re.compile(r"[ \u3000]?(?:起?正式|开始|起)?(?:施行|实施|执行|生效|实行|试行|起效)|[，,]?有效期")
_NUMBER_YEAR = re.compile(r"[〔\[［(（【]\s*((?:19|20)\d\d)\s*[〕\]］)）】]")
_BARE_DATE_LINE = re.compile(r"[ \t\u3000]*[(（]?[^\n]{6,18}[)）]?[ \t\u3000]*")


@dataclass(frozen=True, slots=True)
class _Found:
    """A time point before it gets its clause."""

    start: int
    end: int
    type: TimeType
    value: str


@dataclass(slots=True)
class _Reading:
    """What the reader of one document knows: its own date, and the last year that was named, and where."""

    text: str
    date: str | None
    year: int | None
    month: int | None
    named: int | None = None
    named_at: int = -1
    named_narrow: bool = False
    named_month: int | None = None

    def note(self, year: int | None, month: int | None, at: int) -> None:
        """Remember a printed year (or month) for what follows it."""
        if year is not None:
            self.named, self.named_at, self.named_narrow = year, at, month is not None
        if month is not None:
            self.named_month = month

    def near(self, at: int) -> int | None:
        """The year named earlier in the sentence that `at` stands in, if it may carry over."""
        if self.named is None or at - self.named_at > 200 or _SENTENCE_END.search(self.text, self.named_at, at):
            return None
        if self.named_narrow or self.year is None or self.named >= self.year:
            return self.named
        return None

    def missing_year(self, at: int) -> int | None:
        """The year of a date that prints none."""
        near = self.near(at)
        return self.year if near is None else near


def time_points(outline: Outline, vocabulary: Vocabulary) -> list[TimePoint]:
    """The time points of `outline.text`, in order, not overlapping.

    Offsets are code points into `outline.text`. Nothing is found in the document's own title lines
    (but the full date in brackets that ends one is), inside 《…》 or in document numbers.
    Raises PolicyparseError when a vocabulary table is missing or malformed.
    """
    rules = grammar(vocabulary)
    text = outline.text
    matches = [match for match in rules.scan.finditer(text) if match.lastgroup != "quoted"]
    year, month = _document_year(outline, matches)
    reading = _Reading(text, outline.facts.date, year, month)
    first_clause = outline.clauses[0].start if outline.clauses else 0
    points: list[TimePoint] = []
    floor = 0
    for match in matches:
        if match.start() < floor:
            continue
        found = _READERS[match.lastgroup or ""](rules, reading, match, floor)
        if found is None:
            continue
        if outline.in_title(found.start, found.end) and not _bracketed_date(text, found):
            continue
        if _fills_its_line(text, found) and found.value != outline.facts.date:
            if match.lastgroup == "figures" or (outline.facts.date is None and found.end <= first_clause):
                continue  # a web page's upload date: nothing supports it
        floor = found.end
        points.append(
            TimePoint(
                text=text[found.start : found.end],
                type=found.type,
                value=found.value,
                start=found.start,
                end=found.end,
                clause=outline.clause_at(found.start),
            )
        )
    return points


# --- the document's own year ---------------------------------------------------------------------------------------


def _document_year(outline: Outline, matches: list[re.Match[str]]) -> tuple[int | None, int | None]:
    """Year and month that unprinted ones are counted from.

    The document's date; else the year of its own number; else a year in its title; else what the body proves: the
    latest year in which something is told or starts to be so (a bare year, or 从2009年), since later ones are goals.
    """
    facts = outline.facts
    if facts.date and facts.date[:4].isdigit():
        return int(facts.date[:4]), int(facts.date[5:7]) if facts.date[5:7].isdigit() else None
    numbered = _NUMBER_YEAR.search(facts.doc_number or "")
    if numbered:
        return int(numbered[1]), None
    told, staged = [], []
    for match in matches:
        if match.lastgroup != "date" or match["y1"] is None:
            continue
        year = chinese_to_int(match["y1"])
        if outline.in_title(*match.span()):
            return year, None
        if match["link"] or match["ya1"]:
            staged.append(chinese_to_int(match["ya1"] or match["y1"]))
        elif match["lead1"] == match[0] and not outline.text.startswith(("前", "底"), match.end()):
            before = outline.text[max(0, match.start() - 1) : match.start()]
            if before not in ("到", "至"):
                told.append(year)
    if told:
        return max(told), None
    return (min(staged), None) if staged else (None, None)


# --- readers: one for each branch of the scan ----------------------------------------------------------------------


def _read_date(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    text, start, end = reading.text, match.start(), match.end()
    first = _period(rules, reading, match, "1", None)
    if first is None:
        return None
    if match["link"]:
        second = _period(rules, reading, match, "2", first)
        if second is None:
            return None
        start, _ = _extend_back(rules, text, start, floor, only="start")
        return _Found(start, end, "range", f"{first.low}/{second.high}")
    if match["b1"] or (match["e1"] or "")[:1] == "年":
        if rules.not_after_edge.match(text, end):
            return None
        if match["b1"] == "年内":
            return _Found(start, end, "deadline", f"../{first.high}")
    if match["d1"]:
        end, clock = _clock(text, end)
        if clock and not match["da1"]:
            first = Period(first.low + clock, first.high + clock)
    return _limited(rules, reading, start, end, first, floor)


def _limited(rules: Grammar, reading: _Reading, start: int, end: int, period: Period, floor: int) -> _Found | None:
    """A period with the limit words around it: date, range, deadline or start."""
    text = reading.text
    after, word = _extend_on(rules, text, end)
    begin, means = _extend_back(rules, text, start, floor)
    if word is not None and word.means == "deadline":
        keep = begin if means == "deadline" else start
        return _Found(keep, after, "deadline", "../" + _future(reading, period.high))
    if word is not None and word.means == "start":
        return _Found(begin if means == "start" else start, after, "start", f"{period.low}/..")
    if means == "start" and not text.startswith("的", end):
        return _Found(begin, end, "start", f"{period.low}/..")
    if means == "deadline" and not _past(period.high, reading.date):
        return _Found(begin, end, "deadline", "../" + _future(reading, period.high))
    return _Found(start, end, "date" if period.low == period.high else "range", period.value)


def _read_figures(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    text = reading.text
    year, month = int(match["fy"]), int(match["fo"])
    bracketed = text[match.start() - 1 : match.start()] in ("(", "（") and text[match.end() : match.end() + 1] in (
        ")",
        "）",
    )
    if match["go"]:
        if bool(match["fd"]) != bool(match["gd"]):
            return None
        low, high = (
            _figures(year, month, match["fd"]),
            _figures(int(match["gy"] or year), int(match["go"]), match["gd"]),
        )
        return _Found(match.start(), match.end(), "range", f"{low.low}/{high.high}") if low and high else None
    if match["fd"] is None and not bracketed:
        return None  # 1865.7 is an amount
    period = _figures(year, month, match["fd"])
    if period is None:
        return None
    reading.note(year, month, match.end())
    return _limited(rules, reading, match.start(), match.end(), period, floor)


def _figures(year: int, month: int, number: str | None) -> Period | None:
    return months(year, month, month) if number is None else day(year, month, int(number))


def _read_span(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    if match["sa"] >= match["sb"]:
        return None
    return _Found(match.start(), match.end(), "range", f"{match['sa']}/{match['sb']}")


def _read_plan(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    """“十二五”, with 期间 and the like; quotes belong to it when both are there."""
    text, start, end = reading.text, match.start(), match.end()
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
    if "末" in tail:
        period = end_of(last)
    elif "初" in tail:
        period = whole_year(first)
    else:
        period = Period(str(first), str(last))
    return _limited(rules, reading, start, end, period, floor)


def _read_decade(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    decade = chinese_to_int(match["dn"]) // 10
    value = f"19{decade}X"
    return _limited(rules, reading, match.start(), match.end(), Period(value, value), floor)


def _read_issue(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    """自印发之日起 when this document itself takes effect: its own date is the anchor."""
    if reading.date is None or not _IN_FORCE.match(reading.text, match.end()):
        return None
    return _Found(match.start(), match.end(), "start", f"{reading.date}/..")


def _read_often(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    value, not_before = rules.often[match["often"]]
    text, end = reading.text, match.end()
    if not_before and text[end : end + 1] and text[end] in not_before:
        return None
    if match["often"].startswith("每"):
        tail = rules.tail.match(text, end)
        if tail:
            end = tail.end()
    return _Found(match.start(), end, "frequency", value)


def _read_every(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    amount, (unit, size) = _amount(match["en"]), rules.units[match["eu"]]
    if not amount:
        return None
    return _Found(match.start(), match.end(), "frequency", "R/" + duration(amount * size, unit))


def _read_once(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    """两年一次, 半年一次, 一年两次: the stretch divided by the times, in the smallest unit that divides it."""
    unit, size = {"年": ("M", 12), "月": ("M", 1), "季": ("M", 3), "周": ("D", 7), "旬": ("D", 10)}.get(
        match["ou"][0], ("D", 1)
    )
    amount = (0.5 if match["on"] == "半" else _amount(match["on"])) * size / chinese_to_int(match["ot"])
    if not amount:
        return None
    if unit == "M" and amount % 12 == 0:
        amount, unit = amount / 12, "Y"
    elif unit == "D" and amount % 7 == 0:
        amount, unit = amount / 7, "W"
    elif unit == "M" and amount != int(amount):
        amount, unit = round(amount * 30), "D"
    return _Found(match.start(), match.end(), "frequency", "R/" + duration(amount, unit))


def _read_length(rules: Grammar, reading: _Reading, match: re.Match[str], floor: int) -> _Found | None:
    """An amount of time with its limit words: 30日内, 不超过30个工作日, 50多年来, 今后五年."""
    text, start, end = reading.text, match.start(), match.end()
    value = _length_value(rules, match)
    if value is None:
        return None
    begin = start
    before = rules.length_before.search(text, max(floor, start - _REACH), start)
    if before and not _spoilt(rules.length_words[before[0]], text, before.start(), start, check_after=False):
        begin = before.start()
    after = rules.length_after.match(text, end)
    if after and _spoilt(rules.length_words[after["word"]], text, start, after.end(), check_before=False):
        after = None
    if rules.not_after_length.match(text, end) and not text.startswith("期间", end):
        return None
    if after is None and begin == start:
        if rules.near_length.match(text, end) or rules.not_before_length.search(text, max(0, start - _REACH), start):
            return None
        if "T" in value and not _narrowed(text, start):
            return None  # 24小时服务, 15分钟响应: a manner of service, no limit
    elif begin == start and rules.not_before_length.search(text, max(0, start - _REACH), start):
        return None
    return _Found(begin, after.end() if after else end, "duration", value)


_READERS: dict[str, Callable[[Grammar, _Reading, re.Match[str], int], _Found | None]] = {
    "date": _read_date,
    "figures": _read_figures,
    "span": _read_span,
    "plan": _read_plan,
    "decade": _read_decade,
    "issue": _read_issue,
    "often": _read_often,
    "every": _read_every,
    "once": _read_once,
    "length": _read_length,
}


# --- dates → periods -----------------------------------------------------------------------------------------------


def _period(rules: Grammar, reading: _Reading, match: re.Match[str], k: str, first: Period | None) -> Period | None:
    """The calendar period of date `k` (1, or 2: the other end of a range, which takes over what it does not print)."""
    get = {name: match[name + k] for name in ("y", "ya", "ys", "rd", "r", "m", "ma", "d", "da", "x", "me", "h", "q")}
    at = match.start()
    month = chinese_to_int(get["m"].replace("元", "一")) if get["m"] else None
    year, month, printed = _lead(rules, reading, get, month, at)
    if not printed:
        if first is not None:
            year = int(first.low[:4]) if first.low[:4].isdigit() else None
            if year is not None and month is not None and f"{month:02d}" < first.low[5:7]:
                year += 1  # 11月至次年3月 with 次年 left out
        else:
            year = reading.missing_year(at)
            if get["r"] is None and match["b" + k] in ("月底", "月末", "月初"):
                month = reading.named_month if reading.near(at) is not None else reading.month
    elif year is not None:
        reading.note(year, month, match.end())
    if (
        year is None
        and get["r"] is not None
        and not rules.relative[get["r"]][3]
        and month is None
        and not _narrower(match, k)
    ):
        return None
    return _narrow(match, k, get, year, month, first)


def _narrower(match: re.Match[str], k: str) -> bool:
    return any(match[name + k] for name in ("m", "h", "q", "qf", "fm", "xr", "dr", "e"))


def _lead(
    rules: Grammar, reading: _Reading, get: dict[str, str], month: int | None, at: int
) -> tuple[int | None, int | None, bool]:
    """Year, month, and whether the text says the year in any way (2009年, 今年, 次月, 本年度)."""
    if get["y"]:
        return chinese_to_int(get["y"]), month, True
    if get["ys"]:
        return 1900 + chinese_to_int(get["ys"]), month, True
    if get["rd"]:
        return (None if reading.year is None else reading.year - (get["rd"][0] == "上")), month, True
    if get["r"] is None:
        return None, month, False
    unit, counts_from, offset, _ = rules.relative[get["r"]]
    base = reading.year if counts_from == "document" else reading.near(at)
    if unit == "年":
        return (None if base is None else base + offset), month, True
    base_month = reading.month if counts_from == "document" else None
    if base is None or base_month is None:
        return None, None, True
    total = base * 12 + base_month - 1 + offset
    return total // 12, total % 12 + 1, True


def _narrow(
    match: re.Match[str], k: str, get: dict[str, str], year: int | None, month: int | None, first: Period | None
) -> Period | None:
    """The period inside `year` that the narrower words name. `month` may come from 本月, 月底."""
    edge = match["e" + k] or match["b" + k] or ""
    if get["h"]:
        return months(year, 1, 6) if get["h"] == "上" else months(year, 7, 12)
    if get["q"] or match["qf" + k]:
        return _quarters(match, k, get, year)
    if match["fm" + k]:
        return months(year, 1, chinese_to_int(match["fm" + k]))
    if edge[:1] == "年" or (edge and not get["m"] and not (get["r"] or "").endswith("月") and edge[:1] != "月"):
        return _year_edge(edge.removeprefix("年"), year)
    number = get["d"] or match["dr" + k]
    if month is None:
        if (get["r"] or "").endswith("月") or edge[:1] == "月":
            return _unknown_month(year, number)
        if get["ya"]:
            return Period(year_text(chinese_to_int(get["ya"])), year_text(year))
        return whole_year(year)
    if number:
        last = day(year, month, chinese_to_int(number))
        begin = day(year, month, chinese_to_int(get["da"])) if get["da"] else last
        return Period(begin.low, last.high) if begin and last else None
    which = get["x"] or match["xr" + k]
    if which:
        return third(year, month, which)
    edge = (get["me"] or edge).removeprefix("月")
    if edge in ("底", "末"):
        return end_of(year, month)
    start_month = chinese_to_int(get["ma"].replace("元", "一")) if get["ma"] else month
    return months(year, start_month, month) if start_month <= month else None


def _quarters(match: re.Match[str], k: str, get: dict[str, str], year: int | None) -> Period:
    if match["qf" + k]:
        return months(year, 1, 3 * chinese_to_int(match["qf" + k]))
    last = chinese_to_int(get["q"])
    begin = chinese_to_int(match["qa" + k]) if match["qa" + k] else last
    if match["qe" + k]:
        return end_of(year, 3 * last)
    return months(year, 3 * begin - 2, 3 * last)


def _year_edge(edge: str, year: int | None) -> Period:
    if edge in ("底", "末", "终"):
        return end_of(year)
    if edge == "初":
        return months(year, 1, 1)
    if edge == "中":
        return months(year, 6, 6)
    return whole_year(year)


def _unknown_month(year: int | None, number: str | None) -> Period:
    text = f"{year_text(year)}-XX" + (f"-{chinese_to_int(number):02d}" if number else "")
    return Period(text, text)


# --- neighbours ----------------------------------------------------------------------------------------------------


def _spoilt(
    word: Word, text: str, start: int, end: int, *, check_before: bool = True, check_after: bool = True
) -> bool:
    """Whether the characters around text[start:end] make the limit word a part of another word."""
    previous, following = text[start - 1 : start] if start else "", text[end : end + 1]
    return bool((check_before or not check_after) and previous and previous in word.not_after) or bool(
        (check_after or not check_before) and following and following in word.not_before
    )


def _extend_back(rules: Grammar, text: str, start: int, floor: int, only: str | None = None) -> tuple[int, str | None]:
    """Where the limit word before `start` begins, and what it means; `start` and None where there is none."""
    before = rules.before.search(text, max(floor, start - _REACH), start)
    if before is None:
        return start, None
    word = rules.before_words[before[0]]
    previous = text[before.start() - 1 : before.start()] if before.start() else ""
    if (previous and previous in word.not_after) or word.means == "finished" or (only and word.means != only):
        return start, None
    return before.start(), word.means


def _extend_on(rules: Grammar, text: str, end: int) -> tuple[int, Word | None]:
    after = rules.after.match(text, end)
    if after is None:
        return end, None
    word = rules.after_words[after["word"]]
    following = text[after.end() : after.end() + 1]
    if following and following in word.not_before:
        return end, None
    return after.end(), word


def _clock(text: str, end: int) -> tuple[int, str]:
    """The end of a time of day that follows a date (15日上午9时), and its value (T09:00, or nothing)."""
    match = _CLOCK.match(text, end)
    if match is None or match.end() == end or not match[0].strip():
        return end, ""
    if match["hour"] is None:
        return match.end(), ""
    hour = int(match["hour"])
    if match["part"] in ("下午", "晚", "晚上") and hour < 12:
        hour += 12
    minute = 30 if match["half"] else int(match["minute"] or match["m2"] or 0)
    return match.end(), f"T{hour:02d}:{minute:02d}"


def _bracketed_date(text: str, found: _Found) -> bool:
    """A full date in brackets that ends a title line: （2023年6月23日）."""
    closing = found.end + 1
    return (
        found.type == "date"
        and len(found.value) == 10
        and text[found.start - 1 : found.start] in ("(", "（")
        and text[found.end : closing] in (")", "）")
        and text[closing : closing + 1] in ("", "\n")
    )


def _fills_its_line(text: str, found: _Found) -> bool:
    line_start = text.rfind("\n", 0, found.start) + 1
    line_end = text.find("\n", found.end)
    line = text[line_start : line_end if line_end >= 0 else len(text)]
    return line.strip() == text[found.start : found.end]


def _past(value: str, date: str | None) -> bool:
    """Whether `value` lies wholly before the document's date: 到2010年底已…, said in 2011."""
    if date is None or value.startswith(UNKNOWN):
        return False
    shared = min(len(value), len(date))
    return value[:shared] < date[:shared]


def _future(reading: _Reading, value: str) -> str:
    return value


# --- amounts -------------------------------------------------------------------------------------------------------


def _amount(numeral: str) -> float:
    try:
        return float(numeral) if "." in numeral else chinese_to_int(numeral)
    except ValueError:
        return 0


def _length_value(rules: Grammar, match: re.Match[str]) -> str | None:
    if match["lh"]:
        unit = match["lhu"] or match["lhv"]
        return duration(0.5, {"年": "Y", "月": "M", "小时": "H"}.get(unit, "D"))
    if match["lm"]:
        return duration(_amount(match["lm"]) + 0.5, "M" if match["lmu"] == "月" else "H")
    unit, size = rules.units[match["lu"]]
    figures = match["ln"]
    if (
        not match["la"]
        and len(figures) == 2
        and figures[0] in "一二两三四五六七八"
        and figures[1] in "二两三四五六七八九"
    ):
        low, high = _amount(figures[0]), _amount(figures[1])  # 两三年, 三五天
        return f"{duration(low * size, unit)}/{duration(high * size, unit)}" if low < high else None
    amount = _amount(figures)
    if not amount:
        return None
    if match["lr"]:
        amount += 0.5
    value = duration(amount * size, unit)
    if match["lz"]:
        value += f"{chinese_to_int(match['lz'])}M" if unit == "Y" else ""
    if match["la"]:
        low = _amount(match["la"])
        return f"{duration(low * size, unit)}/{value}" if 0 < low < amount else None
    return value


def _narrowed(text: str, start: int) -> bool:
    """Whether a short stretch (hours, minutes) is said to be a limit: 压缩至2小时, 时限为4小时, 提前24小时."""
    return text[max(0, start - 2) : start].endswith(("至", "到", "为", "提前", "间隔"))
