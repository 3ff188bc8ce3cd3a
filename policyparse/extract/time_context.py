"""Which year is meant where none is printed.

In: the Outline, the grammar's scanning pattern, and the years named so far. Out: years and months, None where nothing
proves them. Touches nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from policyparse.numerals import chinese_to_int
from policyparse.passing import Outline

_SENTENCE_END = re.compile(r"[。；;！!？?\n]")
_NUMBER_YEAR = re.compile(r"[〔\[［(（【]\s*((?:19|20)\d\d)\s*[〕\]］)）】]")
_TITLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年")
_SECTION_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年(?![\d底前以至—-])")
"""A heading's year: 一、2025年工作回顾. Not one that is itself a term (2025年底前)."""
_CARRY = 300
"""How many characters a named year carries over at most: about the length of a long paragraph's sentence chain."""


_HALF_YEAR = 6


@dataclass(slots=True)
class Context:
    """What the reader of one document knows: its own date, and the last year and month that were named, and where.

    `section_years`: (start, end, year) of the sections whose heading names a year, in text order.
    `year`, `month`: what 今年 and 本月 count from. `plan_year`: what a month without a year belongs to; another than
    `year` where the title says so (a plan for 2023, signed in December 2022).
    """

    text: str
    date: str | None
    year: int | None
    month: int | None
    plan_year: int | None
    section_years: tuple[tuple[int, int, int], ...] = ()
    named: int | None = None
    named_at: int = -1
    named_month: int | None = None
    day: str | None = None
    day_end: int = -1

    def note(self, year: int | None, month: int | None, at: int) -> None:
        """Remember a printed year, and the month that it was printed with."""
        if year is not None:
            self.named, self.named_at, self.named_month = year, at, month

    def note_day(self, date: str, end: int) -> None:
        """Remember a full date and where its words end, for the bare days listed behind it (5月10日、20日)."""
        self.day, self.day_end = date, end

    def near(self, at: int) -> int | None:
        """The year named earlier in the sentence that `at` stands in, whatever it is."""
        if self.named is None or at - self.named_at > _CARRY or _SENTENCE_END.search(self.text, self.named_at, at):
            return None
        return self.named

    def missing_year(self, at: int, month: int | None, goal: bool) -> int | None:
        """The year of a date that prints none.

        Within a sentence the named year carries over; one before the document's own only to what is told in
        sequence (2010年3月启动，9月验收), not to goals (根据2010年3月会议精神，9月底前…) nor from a bare base year.
        Within a paragraph it does in a told sequence (2003年5月…。8月…), that is, where the months go on and
        the document's own year would put a told thing into the future.
        """
        near = self.near(at)
        section = self._section_year(at)
        if near is not None and (self.year is None or near >= self.year):
            return near
        if near is not None and self.named_month is not None and not goal and (month or 12) >= self.named_month:
            return near
        if self._told(at, month) and not goal:
            return self.named
        if section is not None:
            return section
        if goal and month and self.month and self.plan_year == self.year and self.month - month > _HALF_YEAR:
            return self.plan_year and self.plan_year + 1  # 1月底前, asked for in December
        return self.plan_year

    def _section_year(self, at: int) -> int | None:
        """The year that the heading over `at` names (the innermost such heading)."""
        index = bisect_right(self.section_years, at, key=lambda section: section[0])
        for _, end, year in reversed(self.section_years[max(0, index - 8) : index]):
            if at < end:
                return year
        return None

    def _told(self, at: int, month: int | None) -> bool:
        if self.named is None or self.named_month is None or month is None or self.date is None or self.year is None:
            return False
        if at - self.named_at > _CARRY or "\n" in self.text[self.named_at : at]:
            return False
        ahead = f"{self.year:04d}-{month:02d}" > self.date[:7] and len(self.date) >= 7
        return ahead and self.named < self.year and month >= self.named_month


def context_of(outline: Outline, scan: re.Pattern[str]) -> Context:
    """The context of `outline` before its first candidate.

    The year comes from the document's date; else from its own number; else from its title; else from what the body
    proves: the latest year in which something is told or starts to be so (2009年, 从2009年), since later ones are
    goals; else from the first stage of its schedule.
    """
    facts = outline.facts
    sections = tuple(_section_years(outline))
    title_year = _TITLE_YEAR.search(facts.title or "")
    if facts.date and facts.date[:4].isdigit():
        year = int(facts.date[:4])
        month = int(facts.date[5:7]) if facts.date[5:7].isdigit() else None
        ahead = title_year is not None and int(title_year[1]) == year + 1
        return Context(outline.text, facts.date, year, month, year + 1 if ahead else year, sections)
    numbered = _NUMBER_YEAR.search(facts.doc_number or "")
    proven = int(numbered[1]) if numbered else int(title_year[1]) if title_year else _year_of_body(outline, scan)
    return Context(outline.text, None, proven, None, proven, sections)


def _section_years(outline: Outline) -> Iterator[tuple[int, int, int]]:
    for section in outline.sections:
        years = _SECTION_YEAR.findall(section.title)
        if len(years) == 1:
            yield section.start, section.end, int(years[0])


def _year_of_body(outline: Outline, scan: re.Pattern[str]) -> int | None:
    told, staged = [], []
    for match in scan.finditer(outline.text):
        if match.lastgroup != "date" or match["y1"] is None or outline.in_title(*match.span()):
            continue
        if match["link"] or match["ya1"]:
            staged.append(chinese_to_int(match["ya1"] or match["y1"]))
        elif (
            match["lead1"] == match[0]
            and not outline.text.startswith(("前", "之前", "以前"), match.end())
            and outline.text[max(0, match.start() - 1) : match.start()] not in ("到", "至")
        ):
            told.append(chinese_to_int(match["y1"]))
    if told:
        return max(told)
    return min(staged) if staged else None
