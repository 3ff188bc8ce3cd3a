"""Dates that contradict each other: title, number, signature, imprint, body; days that no calendar has.

In: a Draft. Out: Findings. Touches nothing.

The genre prints its year in several places (GB/T 9704—2012, 7.2.5 number, 7.3.5.4 date, 7.4.2 imprint); a clerk who
starts from last year's file changes some of them. Each rule compares two printed dates and names both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from policyparse.guard.calendar import first_day, printed_days
from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.structure import lines as roles
from policyparse.structure.facts import iso

_CORRECT = Said("see which one is right and correct the other", "核对哪一个正确，改正另一个")
_DASH = r"\s*[—–－\-~～至到]{1,2}\s*"
_YEARS = re.compile(rf"(?<!\d)(?P<a>(?:19|20)\d\d)年?{_DASH}(?P<b>(?:19|20)\d\d)(?:年|(?=[）)]))")
_MONTHS = re.compile(
    rf"(?<!\d)(?P<a>(?:19|20)\d\d)年(?P<am>\d{{1,2}})月(?:(?P<ad>\d{{1,2}})日)?{_DASH}"
    rf"(?P<b>(?:19|20)\d\d)年(?P<bm>\d{{1,2}})月(?:(?P<bd>\d{{1,2}})日)?"
)
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?=年)")
_WEEKDAY = re.compile(r"\s*[（(，,]?\s*(?:星期|周|礼拜)(?P<day>[一二三四五六日天])(?![一-鿿])(?:\s*[)）])?")
# A document on a year that is over: its title's year lies before its date by rights.
_LOOKS_BACK = re.compile(
    r"总结|报告|决算|通报|情况|考核|考评|评估|评价|表彰|表扬|结果|统计|公报|年报|述职|版|修订|审计|验收|综述|纪实|清算|结算"
)
_LOOKS_AHEAD = re.compile(r"规划|纲要|远景|展望|到(?:19|20)\d\d年")
_PLANS = re.compile(r"要点|计划|方案|安排|任务|行动|工作部署|目标|预算|清单|措施|举措")
_CARRIED = re.compile(r"(?:印发|转发|批转|公布|发布|下发)《?(?P<name>[^》]+?)》?的(?:通知|决定|函|公告)$")
_HAPPENED = re.compile(r"^[^。；;]{0,25}?(?:召开|审议通过|讨论通过|会议通过|通过|批准|批复|收悉|公布|挂牌|印发)")
_WILL = re.compile(r"(?:将|拟|定于|计划|决定于|预计|截至|截止|于)$")
_GOES_ON = re.compile(r"取得|以来|成效|实现了|完成了|增长|同比|相比|比上年|基础上|结转|已经|回顾")


def dates(draft: Draft) -> Iterator[Finding]:
    """Every contradiction between two printed dates, and every impossible one."""
    yield from _impossible(draft)
    yield from _backwards(draft)
    yield from _weekdays(draft)
    yield from _witnesses(draft)
    yield from _own_title(draft)
    yield from _frame(draft)
    yield from _imprint(draft)
    yield from _events(draft)


def _impossible(draft: Draft) -> Iterator[Finding]:
    for day in printed_days(draft.text):
        if not day.exists():
            words = draft.text[day.start : day.end]
            yield draft.finding(
                "date", day.start, day.end,
                Said(f"no calendar has {words}", f"日历上没有“{words}”这一天"),
                Said("correct the date", "改正日期"), 0.97,
            )  # fmt: skip


def _backwards(draft: Draft) -> Iterator[Finding]:
    for match in _MONTHS.finditer(draft.text):
        start = (int(match["a"]), int(match["am"]), int(match["ad"] or 0))
        end = (int(match["b"]), int(match["bm"]), int(match["bd"] or (99 if match["ad"] else 0)))
        if start > end:
            yield _reversed(draft, match)
    for match in _YEARS.finditer(draft.text):
        if int(match["a"]) > int(match["b"]):
            yield _reversed(draft, match)


def _reversed(draft: Draft, match: re.Match[str]) -> Finding:
    return draft.finding(
        "date", match.start(), match.end(),
        Said("the time ends before it begins", "起止时间颠倒，结束早于开始"),
        Said("correct the beginning or the end", "改正起止时间"), 0.95,
    )  # fmt: skip


def _weekdays(draft: Draft) -> Iterator[Finding]:
    signed = first_day(draft.document.date or "")
    for day in printed_days(draft.text):
        match = _WEEKDAY.match(draft.text, day.end)
        year = day.year or (signed.year if signed else None)
        if match is None or year is None or not day.exists():
            continue
        try:
            really = "一二三四五六日"[date(year, day.month, day.day).weekday()]
        except ValueError:
            continue
        if really != match["day"].replace("天", "日"):
            yield draft.finding(
                "date", day.start, match.end(),
                Said(f"that day of {year} is another day of the week", f"{year}年{day.month}月{day.day}日是星期{really}"),
                Said("correct the date or the day of the week", "改正日期或者星期"), 0.95 if day.year else 0.8,
            )  # fmt: skip


class _Witness(NamedTuple):
    """A printed year of the document's own: where it stands, what it says, whether the date agrees."""

    start: int
    end: int
    said: Said
    years: tuple[int, int]
    sure: float


def _witnesses(draft: Draft) -> Iterator[Finding]:
    """The years of the document's own number and title against its date; where both speak against it, it is the date."""
    signed = first_day(draft.document.date or "")
    if signed is None:
        return
    against = [witness for witness in (_number(draft, signed), _title_year(draft, signed)) if witness]
    printed = draft.document.date
    if len(against) == 2 and against[0].years[0] <= against[1].years[1] and against[1].years[0] <= against[0].years[1]:
        number, title = against
        start, end = _date_span(draft) or (number.start, number.end)
        yield draft.finding(
            "date", start, end,
            Said(
                f"the document is dated {printed}, but {number.said.en} and {title.said.en}",
                f"落款日期是{printed}，而{number.said.zh}、{title.said.zh}，互相矛盾",
            ),
            _CORRECT, 0.95,
        )  # fmt: skip
        return
    for witness in against:
        yield draft.finding(
            "date", witness.start, witness.end,
            Said(
                f"{witness.said.en}, the document is dated {printed}",
                f"{witness.said.zh}，落款日期是{printed}，两者不一致",
            ),
            _CORRECT, witness.sure,
        )  # fmt: skip


def _date_span(draft: Draft) -> tuple[int, int] | None:
    """Where the document's date is printed."""
    for line in reversed(draft.lines):
        if line.role in (roles.DATE, roles.SIGNATURE) and iso(line.text) == draft.document.date:
            return line.start, line.end
    return None


def _number(draft: Draft, signed: date) -> _Witness | None:
    """The document's own number, where its year is not that of the date."""
    for line in draft.lines:
        match = roles.NUMBER_LINE.fullmatch(line.text) if line.role == roles.NUMBER else None
        if match is None or int(match["year"]) == signed.year:
            continue
        year = int(match["year"])
        turn = (year == signed.year + 1 and signed.month == 12) or (year == signed.year - 1 and signed.month <= 2)
        said = Said(f"the number is of {year}", f"文号年份是{year}年")
        return _Witness(line.start, line.end, said, (year, year), 0.55 if turn else 0.9)
    return None


def _title_year(draft: Draft, signed: date) -> _Witness | None:
    """The year in the title, where it does not fit the date: a plan for 2019 is signed in 2019, or late in 2018."""
    if draft.document.kind in ("briefing", "request", "speech", "minutes", "law"):
        return None
    if _LOOKS_BACK.search(draft.document.title):
        return None
    for line in draft.lines:
        if line.role not in draft.titles:
            continue
        span = _YEARS.search(line.text)
        single = _YEAR.search(line.text)
        if span:
            first, last = int(span["a"]), int(span["b"])
            if first - 1 <= signed.year <= last:
                return None
            said = Said(f"the title speaks of {first}–{last}", f"标题写的是{first}—{last}年")
            return _Witness(line.start + span.start(), line.start + span.end(), said, (first, last), 0.85)
        if single:
            year = int(single["year"])
            early = year == signed.year + 1 and signed.month >= 9
            ahead = year > signed.year and _LOOKS_AHEAD.search(draft.document.title)
            if year == signed.year or early or ahead:
                return None
            said = Said(f"the title speaks of {year}", f"标题写的是{year}年")
            plan = _PLANS.search(draft.document.title) and year != signed.year - 1
            start = line.start + single.start()
            return _Witness(start, start + 5, said, (year, year), 0.85 if plan else 0.6)
    return None


def _own_title(draft: Draft) -> Iterator[Finding]:
    """The document's title, or that of what it carries, as it comes again with other years."""
    names: dict[str, None] = {}
    for title in (draft.document.title, draft.document.cover_title or ""):
        title = "".join(title.split())
        names[title] = None
        if carried := _CARRIED.search(title):
            names[carried["name"]] = None
    done: set[int] = set()
    for name in names:
        if not re.search(r"(?:19|20)\d\d", name) or len(name) < 10:
            continue
        found = [match for match in re.finditer(r"\s*".join(_pieces(name)), draft.text) if match.end() not in done]
        kinds = Counter(match.groups() for match in found)
        if len(kinds) < 2:
            continue
        usual = kinds.most_common(1)[0][0]
        if list(kinds.values()).count(kinds[usual]) > 1:  # as often one as the other: the date decides
            signed = first_day(draft.document.date or "")
            usual = next((years for years in kinds if signed and str(signed.year) in years), found[0].groups())
        for match in found:
            if match.groups() == usual:
                continue
            done.add(match.end())
            yield draft.finding(
                "date", match.start(), match.end(),
                Said(
                    f"the same title has {'/'.join(match.groups())} here and {'/'.join(usual)} elsewhere",
                    f"同一标题此处写{'、'.join(match.groups())}年，别处写{'、'.join(usual)}年",
                ),
                Said("make the title the same everywhere", "统一标题中的年份"), 0.95,
            )  # fmt: skip


def _pieces(title: str) -> list[str]:
    """A title's signs as pieces of a pattern in which its years are groups."""
    out: list[str] = []
    at = 0
    for match in re.finditer(r"(?:19|20)\d\d", title):
        out += [*map(re.escape, title[at : match.start()]), r"((?:19|20)\d\d)"]
        at = match.end()
    return [*out, *map(re.escape, title[at:])]


def _frame(draft: Draft) -> Iterator[Finding]:
    """2018年全市深化…改革工作 in a document whose title is 2019年…深化…改革工作要点."""
    title = "".join(draft.document.title.split())
    single = _YEAR.search(title)
    if single is None or _YEARS.search(title):
        return
    subject = re.sub(r"^年度?(?:全[省市县区镇乡]|我[省市县区镇乡])?", "", title[single.end() :])[:5]
    if len(subject) < 4:
        subject = ""
    for match in _YEAR.finditer(draft.text):
        line = draft.line_at(match.start())
        if line.role != roles.BODY or match["year"] == single["year"] or int(match["year"]) > int(single["year"]):
            continue
        following = draft.text[match.end() : min(match.end() + 24, line.end)]
        if not subject or subject not in following or _GOES_ON.search(draft.text[match.end() : match.end() + 50]):
            continue
        if draft.text[max(match.start() - 1, 0)] in "《〈":
            continue
        yield draft.finding(
            "date", match.start(), match.end() + following.index(subject) + len(subject),
            Said(
                f"the title is of {single['year']}, the text speaks of {match['year']}",
                f"标题是{single['year']}年，正文此处写{match['year']}年",
            ),
            _CORRECT, 0.85,
        )  # fmt: skip


def _imprint(draft: Draft) -> Iterator[Finding]:
    """印发 comes after the signature, by some days."""
    signed = first_day(draft.document.date or "")
    for line in draft.lines:
        printed = first_day(iso(line.text) or "") if line.role == roles.IMPRINT else None
        if signed is None or printed is None or len(draft.document.date or "") < 10:
            continue
        days = (printed - signed).days
        if 0 <= days <= 60:
            continue
        day = next(printed_days(line.text), None)
        start, end = (line.start + day.start, line.start + day.end) if day else (line.start, line.end)
        yield draft.finding(
            "date", start, end,
            Said(
                f"printed {'before' if days < 0 else 'long after'} the document's date, {draft.document.date}",
                f"印发日期{'早于' if days < 0 else '远晚于'}落款日期{draft.document.date}",
            ),
            _CORRECT, 0.9 if days < 0 else 0.6,
        )  # fmt: skip


def _events(draft: Draft) -> Iterator[Finding]:
    """What has happened cannot be dated after the document."""
    signed = first_day(draft.document.date or "")
    if signed is None or len(draft.document.date or "") < 10:
        return
    for day in printed_days(draft.text):
        if day.year is None or not day.exists() or date(day.year, day.month, day.day) <= signed:
            continue
        line = draft.line_at(day.start)
        before = draft.text[max(line.start, day.start - 4) : day.start]
        if line.role == roles.BODY and not _WILL.search(before) and _HAPPENED.match(draft.text[day.end : line.end]):
            after = draft.text[day.end : day.end + 30]
            if re.search(r"[前起后]|将|拟|要|应|须", after[:6]):
                continue
            yield draft.finding(
                "date", day.start, day.end,
                Said(
                    f"the text tells of it as done, but the document is dated {draft.document.date}",
                    f"正文说的是已经发生的事，日期却晚于落款日期{draft.document.date}",
                ),
                _CORRECT, 0.85,
            )  # fmt: skip
