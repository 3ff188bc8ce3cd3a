"""Days of the calendar as the guard compares them: ISO dates of any precision, printed dates, the draft's own date.

In: values and texts. Out: (first day, last day) as datetime.date, spans. Touches nothing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from policyparse.numerals import ZERO, chinese_to_int

_HAN = "一二三四五六七八九十"
#: A printed day: 2010年5月18日, 5月18日, 二○一○年五月十八日; the year may be missing.
DAY = re.compile(
    rf"(?:(?P<y>(?<!\d)(?:19|20)\d\d|[一二][{ZERO}{_HAN[:9]}]{{3}})年\s*)?"
    rf"(?<![\d{_HAN}])(?P<m>\d{{1,2}}|[{_HAN}]{{1,3}})月\s*(?P<d>\d{{1,2}}|[{_HAN}]{{1,3}})日"
)


class Printed(NamedTuple):
    """A printed day and where it stands; `year` is None where none is printed, 0 < month, day as printed."""

    start: int
    end: int
    year: int | None
    month: int
    day: int

    def exists(self) -> bool:
        """Whether the calendar has the day (29 February without a year: yes)."""
        return 1 <= self.month <= 12 and 1 <= self.day <= monthrange(self.year or 2000, self.month)[1]


def printed_days(text: str) -> Iterator[Printed]:
    """Every printed day of a text, also those that no calendar has."""
    for match in DAY.finditer(text):
        try:
            month, number = chinese_to_int(match["m"]), chinese_to_int(match["d"])
            year = chinese_to_int(match["y"]) if match["y"] else None
        except ValueError:
            continue
        yield Printed(match.start(), match.end(), year, month, number)


def first_day(value: str) -> date | None:
    """The first day of an ISO date (2010, 2010-04, 2010-04-27); None where it is none (XXXX-04)."""
    return _day(value, last=False)


def last_day(value: str) -> date | None:
    """The last day of an ISO date."""
    return _day(value, last=True)


def _day(value: str, last: bool) -> date | None:
    parts = value.split("-")
    if not (1 <= len(parts) <= 3 and all(part.isascii() and part.isdigit() for part in parts) and len(parts[0]) == 4):
        return None
    numbers = [int(part) for part in parts]
    try:
        month = numbers[1] if len(numbers) > 1 else (12 if last else 1)
        number = numbers[2] if len(numbers) > 2 else (monthrange(numbers[0], month)[1] if last else 1)
        return date(numbers[0], month, number)
    except ValueError:
        return None
