"""Where a point of time stands on an axis of years.

In: a value of the timeline (2010, 2010-04/2010-06, ../2012-12-31, XXXX-10-31). Out: years with their parts. Touches: nothing.

One reading for all pictures of a timeline, on paper and on the page.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")

#: A month is drawn with so many days; a year and a month end this much before the next begins.
_DAYS, _BEFORE = 31, 0.001


class Years(NamedTuple):
    """The first and the last moment as years; None where it is open, or has no year."""

    first: float | None
    last: float | None


def in_years(value: str) -> Years:
    """The moments between which a value lies: of a date its own beginning and end, of a deadline only the end."""
    first, slash, last = value.partition("/")
    one, other = _moment(first, False), _moment(last if slash else first, True)
    if one is not None and other is not None and other < one:  # a span that is told backwards
        one, other = _moment(last, False), _moment(first, True)
    return Years(one, other)


def _moment(text: str, end: bool) -> float | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = int(match[1]), match[2], match[3]
    if month is None:
        return year + (1 - _BEFORE if end else 0.0)
    if day is None:
        return year + (int(month) - (_BEFORE if end else 1)) / 12
    return year + (int(month) - 1 + (min(int(day), _DAYS) - (0 if end else 1)) / _DAYS) / 12
