"""A stretch of time as it is typed: 2009, 2009-2012 (years), 2009..2012, ..2012, 2009.., <2012, >=2009-04.

In: the value of a field. Out: the first and the last day, as numbers (20090401). Touches: nothing.
"""

from __future__ import annotations

from policyparse.corpus.entries import day_number
from policyparse.search.query import QueryError


def bounds(text: str, name: str) -> tuple[int | None, int | None]:
    """The first and the last day that a range leaves open."""
    for sign in ("<=", ">=", "<", ">"):
        if text.startswith(sign):
            day = _day(text.removeprefix(sign), name, latest=sign in ("<=", ">"))
            if sign[0] == "<":
                return None, day if sign == "<=" else day - 1
            return day if sign == ">=" else day + 1, None
    if ".." in text:
        low, _, high = text.partition("..")
        if not low and not high:
            raise QueryError(
                f"{name}:.. has no end — write {name}:2009..2012", f"{name}:.. 两端都没写——请写成 {name}:2009..2012"
            )
        return (_day(low, name) if low else None), (_day(high, name, latest=True) if high else None)
    low, _, high = text.partition("-")
    if len(low) == 4 and len(high) == 4:
        return _day(low, name), _day(high, name, latest=True)
    return _day(text, name), _day(text, name, latest=True)


def _day(text: str, name: str, latest: bool = False) -> int:
    day = day_number(text, latest)
    if day is None or not (1 <= day // 100 % 100 <= 12 and 1 <= day % 100 <= 31):
        raise QueryError(
            f"{name}:{text} is no date — write {name}:2009, {name}:2009-2012, {name}:2009.. or {name}:..2012-06-30",
            f"{name}:{text} 不是日期——请写成 {name}:2009、{name}:2009-2012、{name}:2009.. 或 {name}:..2012-06-30",
        )
    return day
