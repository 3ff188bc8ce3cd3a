"""A timeline that one can read: where each time point of several documents is drawn.

In: rows of the table 时间节点. Out: Timeline: years, lanes and marks with their places in a picture. Touches: nothing.

A lane a document; in a lane the marks are set in as many rows as their labels need, so that no label lies on another.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policyparse.export.moments import in_years

WIDTH, LEFT, RIGHT = 1080.0, 16.0, 190.0
ROW, LANE = 24.0, 28.0
#: Width of a letter of the labels (13 pixels a Chinese character).
_LETTER = 6.8
_LABEL = 26
#: Width of an arrow: of a deadline, which has no beginning, and of a start, which has no end.
_ARROW = 14.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A time point as it is drawn: a bar from `x` to `end`; `open_left`, `open_right` where it has no beginning or end."""

    x: float
    end: float
    y: float
    type: str
    label: str
    title: str
    clause: str
    open_left: bool = False
    open_right: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """years: (x, year); lanes: (y, the document); marks: the rows that have a year."""

    height: float
    years: list[tuple[float, int]]
    lanes: list[tuple[float, str]]
    marks: list[Mark]
    width: float = WIDTH


def timeline(rows: Sequence[Mapping[str, object]], most: int = 400) -> Timeline | None:
    """The picture of at most `most` rows; None where no row has a year."""
    placed: dict[str, list[tuple[float, float, str, Mapping[str, object]]]] = {}
    for row in rows[:most]:
        span = _span(str(row["value"]))
        if span is not None:
            first, last, opening = span
            lane = " ".join(part for part in (str(row["document"] or ""), _last(row.get("place"))) if part)
            placed.setdefault(lane, []).append((first, last, opening, row))
    if not placed:
        return None
    everything = [point for lane in placed.values() for point in lane]
    first_year = int(min(first for first, _, _, _ in everything))
    last_year = int(max(last for _, last, _, _ in everything)) + 1
    scale = (WIDTH - LEFT - RIGHT) / max(1, last_year - first_year)

    def x(year: float) -> float:
        return round(LEFT + (year - first_year) * scale, 1)

    y = 40.0
    lanes, marks = [], []
    for lane, points in placed.items():
        lanes.append((y, lane))
        reached: list[float] = []
        top = y + 12
        for first, last, opening, row in sorted(points, key=lambda point: (point[0], point[1])):
            start, end = x(first), max(x(last), x(first) + 6)
            if opening == "right":
                end = start + _ARROW
            elif opening == "left":
                start = end - _ARROW
            label = str(row["words"])[:_LABEL]
            stop = end + 8 + _width(label)
            at = next((number for number, right in enumerate(reached) if right < start), len(reached))
            reached[at : at + 1] = [stop]
            title = f"{row['value']}　{row['sentence']}"
            marks.append(
                Mark(
                    start, end, top + at * ROW, str(row["type"]), label, title, str(row["clause"]),
                    opening == "left", opening == "right",
                )
            )  # fmt: skip
        y = top + len(reached) * ROW + LANE
    step = max(1, -(-(last_year - first_year) // 16))
    years = [(x(year), year) for year in range(first_year, last_year + 1, step)]
    return Timeline(y, years, lanes, marks)


def _span(value: str) -> tuple[float, float, str] | None:
    """First and last moment in years, and the side on which it is open; None without a year."""
    first, last = in_years(value)
    if first is not None and last is not None:
        return first, last, ""
    if first is not None:
        return first, in_years(value.partition("/")[0]).last or first, "right"
    return (in_years(value.rpartition("/")[2]).first or last, last, "left") if last is not None else None


def _width(label: str) -> float:
    return sum(_LETTER * (2 if unicodedata.east_asian_width(sign) in "WF" else 1) for sign in label)


def _last(place: object) -> str:
    return str(place).rpartition("/")[2] if place else ""
