"""Calendar arithmetic of the time points: what words say → EDTF / ISO 8601 values.

In: years, months, days, parts of a year. Out: value strings. Touches nothing.

Values are EDTF level 1 (ISO 8601-2:2019): `2011-07`, `../2011-07-31`, `XXXX-10-31`
for a year that nothing proves; `BD` (business day) is the contract's own unit.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass

UNKNOWN = "XXXX"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the calendar. `low` and `high` are EDTF dates, equal where one date says it all."""

    low: str
    high: str

    @property
    def value(self) -> str:
        """One date, or `low/high`."""
        return self.low if self.low == self.high else f"{self.low}/{self.high}"


def year_text(year: int | None) -> str:
    """Four digits, or XXXX where the year is unknown."""
    return UNKNOWN if year is None else f"{year:04d}"


def last_day(year: int | None, month: int) -> int:
    """The last day of `month`; 28 for a February of an unknown year."""
    return monthrange(2001 if year is None else year, month)[1]


def day(year: int | None, month: int, number: int) -> Period | None:
    """A day, or None where the calendar has none such."""
    if not 1 <= month <= 12 or not 1 <= number <= (29 if year is None and month == 2 else last_day(year, month)):
        return None
    text = f"{year_text(year)}-{month:02d}-{number:02d}"
    return Period(text, text)


def months(year: int | None, first: int, last: int) -> Period:
    """`first` to `last` month of `year` (one month where they are the same)."""
    prefix = year_text(year)
    return Period(f"{prefix}-{first:02d}", f"{prefix}-{last:02d}")


def whole_year(year: int | None) -> Period:
    """The year itself."""
    return Period(year_text(year), year_text(year))


def third(year: int | None, month: int, which: str) -> Period:
    """上旬, 中旬 or 下旬 of a month: days 1–10, 11–20, 21 to the last; two of them together (中下旬)."""
    bounds = {"上": (1, 10), "中": (11, 20), "下": (21, last_day(year, month))}
    first, last = min(bounds[sign][0] for sign in which), max(bounds[sign][1] for sign in which)
    prefix = f"{year_text(year)}-{month:02d}"
    return Period(f"{prefix}-{first:02d}", f"{prefix}-{last:02d}")


def end_of(year: int | None, month: int = 12) -> Period:
    """底: the last day of `month`, or of the year."""
    text = f"{year_text(year)}-{month:02d}-{last_day(year, month):02d}"
    return Period(text, text)


def duration(amount: float, unit: str) -> str:
    """ISO 8601 duration: `unit` is Y, M, W, D, BD, H, MIN or SEC. Halves become the next smaller unit."""
    if unit == "Y" and amount % 1 == 0.5:
        amount, unit = amount * 12, "M"
    elif unit == "M" and amount == 0.5:
        amount, unit = 15, "D"
    elif unit == "H" and amount != int(amount):
        amount, unit = amount * 60, "MIN"
    number = f"{amount:g}"
    if unit in ("H", "MIN", "SEC"):
        return f"PT{number}{unit[0]}"
    return f"P{number}{unit}"
