"""When a document was written, and how that is known.

In: a Document. Out: Dated: the first and last day on which it can have been written, and what says so. Touches: nothing.

A date of signing is best; then the year in its own number (…〔2012〕5号). Without either, a document is no older than
what it cites and what it tells, and no younger than the nearest day that it still looks forward to.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from typing import Literal

from policyparse.model import Document

Basis = Literal["signed", "number", "spoken", "nothing"]

_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")
_NUMBER_YEAR = re.compile(r"[〔\[【（(]?((?:19|20)\d{2})[〕\]】）)]?")

#: A year that is spoken of says when a document was written only within the age of its kind.
_FIRST_YEAR, _LAST_YEAR = 1949, 2049


@dataclass(frozen=True, slots=True)
class Dated:
    """first, last: days (ISO 8601), the same on both ends included; None where open. words: what says so."""

    first: str | None
    last: str | None
    basis: Basis
    words: str = ""

    @property
    def shown(self) -> str | None:
        """The date as it may be printed: 2010-04-27, 2010-04, 2010; where it is only spoken of, its year: 2009~, ≥2009, ≤2009."""
        if self.first and self.last:
            if self.basis == "spoken":
                return self.first[:4] + "~" if self.first[:4] == self.last[:4] else f"{self.first[:4]}~{self.last[:4]}"
            length = next((length for length in (10, 7, 4) if self.first[:length] == self.last[:length]), 4)
            return self.first[:length]
        if self.first:
            return "≥" + self.first[:4]
        return "≤" + self.last[:4] if self.last else None


def dated(document: Document) -> Dated:
    """When `document` was written, as far as it tells."""
    span = _span(document.date) if document.date else None
    if span:
        return Dated(*span, "signed", document.date or "")
    year = _NUMBER_YEAR.search(document.doc_number or "")
    if year:
        return Dated(f"{year[1]}-01-01", f"{year[1]}-12-31", "number", document.doc_number or "")
    return _spoken(document)


def _spoken(document: Document) -> Dated:
    """From the years that it speaks of: cited numbers and dates told bound it from below, what it waits for from above."""
    waited: list[tuple[str, str]] = []
    told: list[tuple[str, str]] = []
    for point in document.time_points:
        first, _, last = point.value.partition("/")
        if point.type in ("deadline", "range"):
            span = _span(last)
            if span:
                waited.append((span[1], point.text))
        elif point.type == "date":
            span = _span(first)
            if span:
                told.append((span[0], point.text))
    for citation in document.citations:
        year = _NUMBER_YEAR.search(citation.doc_number or "")
        span = _span(citation.date or "") or (_span(year[1]) if year else None)
        if span:
            told.append((span[0], citation.doc_number or citation.title))
    last, last_words = min(waited, default=("", ""))
    # what is told of a day after the nearest one that is waited for is looked forward to as well
    first, first_words = max((each for each in told if not last or each[0] <= last), default=("", ""))
    if not first and not last:
        return Dated(None, None, "nothing")
    words = "、".join(dict.fromkeys(word for word in (first_words, last_words) if word))
    return Dated(first or None, last or None, "spoken", words)


def _span(value: str) -> tuple[str, str] | None:
    """The first and last day of 2010, 2010-04 or 2010-04-27."""
    match = _DAY.match(value)
    if match is None or not _FIRST_YEAR <= int(match[1]) <= _LAST_YEAR:
        return None
    year, month, day = match.groups()
    if day:
        return value, value
    if month and 1 <= int(month) <= 12:
        return f"{year}-{month}-01", f"{year}-{month}-{monthrange(int(year), int(month))[1]}"
    return f"{year}-01-01", f"{year}-12-31"
