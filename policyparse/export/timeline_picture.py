"""The timeline as a picture: a line for each date, grouped by document, on one axis of years.

In: rows of the timeline (value, type, words, certain, sentence, document, place, clause). Out: a Drawing. Touches: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyparse.export.moments import in_years
from policyparse.export.svg import GRID, INK, PALE, Drawing, fitted
from policyparse.export.tables import Value

#: A picture with more lines than this is too long to be read.
MOST = 150

_ROW, _HEAD, _TOP, _LEFT, _AXIS, _TEXT = 22, 30, 92, 40, 380, 620
_COLOURS = {"yes": "#2b6cb0", "inferred": "#63a0dd", "guessed": "#a0a8b0", "no": "#a0a8b0"}


def timeline_picture(rows: Sequence[Mapping[str, Value]], chinese: bool = True, most: int = MOST) -> Drawing:
    """The first `most` rows, those of one document together: ● a date, ▬ a span, ◀ a deadline, ▶ a start.

    Pale: the year comes from the document's date; grey and hollow: guessed; without a year, a question mark in the margin.
    """
    shown = list(rows[:most])
    groups: dict[str, list[Mapping[str, Value]]] = {}
    for row in shown:
        groups.setdefault(str(row["clause"]).partition("#")[0], []).append(row)
    spans = [in_years(str(row["value"])) for row in shown]
    years = [year for span in spans for year in span if year is not None]
    first, last = (int(min(years)), int(max(years)) + 1) if years else (2000, 2001)
    height = _TOP + sum(_HEAD + _ROW * len(some) for some in groups.values()) + 30
    drawing = Drawing(_LEFT + _AXIS + 24 + _TEXT, height, "时间节点" if chinese else "Timeline")
    _frame(drawing, first, last, height, chinese, len(shown), len(rows))
    at = float(_TOP)
    for some in groups.values():
        place = str(some[0]["place"] or "").rsplit("/", 1)[-1]
        title = fitted(f"{place + ' · ' if place else ''}{some[0]['document']}", 60)
        drawing.words(_LEFT, at + 20, title, font_size=13, font_weight=600, fill=INK)
        at += _HEAD
        for row in some:
            _line(drawing, row, at + _ROW / 2, first, last)
            at += _ROW
    return drawing


def _frame(drawing: Drawing, first: int, last: int, height: float, chinese: bool, shown: int, whole: int) -> None:
    title = f"时间节点：{whole} 个" if chinese else f"Timeline: {whole} dates"
    if shown < whole:
        title += f"，图中为前 {shown} 个" if chinese else f", the first {shown} of them"
    drawing.heading(
        _LEFT, title,
        "● 时点　▬ 期间　◀ 截止　▶ 起始；浅色：年份按成文日期推定；灰色空心：推测；？：年份不明"
        if chinese else
        "● date  ▬ span  ◀ deadline  ▶ start; pale: the document's year; grey and hollow: guessed; ?: no year",
    )  # fmt: skip
    step = max(1, round((last - first) / 8))
    for year in range(first, last + 1, step):
        drawing.tick(_x(year, first, last), _TOP - 6, height - 24, str(year))


def _line(drawing: Drawing, row: Mapping[str, Value], y: float, first: int, last: int) -> None:
    colour = _COLOURS.get(str(row["certain"]), PALE)
    begin, end = in_years(str(row["value"]))
    tip = f"{row['value']} {row['words']} {row['clause']}"
    fill = "#fff" if row["certain"] == "guessed" else colour
    line = {"stroke": colour, "stroke_width": 1.5}
    known = end if end is not None else begin
    if known is None:
        drawing.words(_LEFT - 4, y + 4, "?", font_size=13, font_weight=600, fill=colour)
        edge = _LEFT + 10.0
    else:
        edge = _x(known, first, last)
        if begin is not None and end is not None and end - begin > 0.02:
            left = _x(begin, first, last)
            drawing.shape(
                "rect", tip, x=left, y=y - 3.5, width=max(4.0, edge - left), height=7, rx=2, fill=fill, **line
            )
        elif begin is None:
            drawing.shape(
                "path", tip, d=f"M{edge:.1f} {y - 6:.1f}V{y + 6:.1f}L{edge - 9:.1f} {y:.1f}z", fill=fill, **line
            )
        elif end is None:
            edge = _x(begin, first, last)
            drawing.shape(
                "path", tip, d=f"M{edge:.1f} {y - 6:.1f}V{y + 6:.1f}L{edge + 9:.1f} {y:.1f}z", fill=fill, **line
            )
            edge += 9
        else:
            drawing.shape("circle", tip, cx=edge, cy=y, r=4.5, fill=fill, **line)
    start = _LEFT + _AXIS + 24.0
    drawing.shape("line", x1=edge + 8, x2=start - 6, y1=y, y2=y, stroke=GRID, stroke_width=1, stroke_dasharray="2 3")
    words = fitted(str(row["words"]), 12)
    drawing.words(start, y + 4, words, font_size=12, font_weight=600, fill=INK)
    drawing.words(
        start + 158, y + 4, fitted(str(row["sentence"] or ""), (_TEXT - 170) / 12), font_size=12, fill="#4a5568"
    )


def _x(year: float, first: int, last: int) -> float:
    return _LEFT + 10 + (year - first) / max(1, last - first) * (_AXIS - 20)
