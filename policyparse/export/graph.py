"""Who copied whom as a graph: GraphML for Gephi, yEd and R, and a picture to be looked at.

In: Reuse. Out: a networkx graph, a .graphml or .svg file. Touches: the file that it is told to write.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import networkx as nx  # type: ignore[import-untyped]

from policyparse.export.svg import INK, PALE, Drawing, fitted, wide
from policyparse.export.tables import xml_text
from policyparse.export.writing import whole
from policyparse.reuse import Facts, Pair, Reuse

#: A picture with more arrows than this cannot be read.
MOST = 40

_ROW, _TOP, _LEFT, _AXIS, _LABELS = 30, 84, 40, 560, 460
_KNOWN, _UNKNOWN = "#2b6cb0", "#a0a8b0"


def graph(found: Reuse) -> nx.DiGraph:
    """A node for each document that shares passages, an edge from source to taker.

    Nodes: label, title, place, date, kind, copies. Edges: weight and shared (letters), passages, from_share, to_share,
    sure (0: direction unknown), first_hand, why.
    """
    drawn = nx.DiGraph()
    copies = {family[0].id: max(len(family), len(family[0].files)) for family in found.folded}
    for pair in found.pairs:
        for each in (pair.source, pair.taker):
            drawn.add_node(
                each.id, label=xml_text(each.label), title=xml_text(each.title), place=xml_text(each.place or ""),
                date=each.dated.shown or "", kind=each.kind, copies=copies.get(each.id, 1),
            )  # fmt: skip
        drawn.add_edge(
            pair.source.id, pair.taker.id, weight=pair.shared, shared=pair.shared, passages=len(pair.passages),
            from_share=pair.from_share, to_share=pair.to_share, sure=pair.direction.sure, first_hand=pair.first_hand,
            why=xml_text("; ".join(f"{each.reason}: {each.words}" for each in pair.direction.evidence)),
        )  # fmt: skip
    return drawn


def write_graphml(found: Reuse, path: Path) -> None:
    """Writes `graph` as GraphML; the file appears when it is whole."""
    with whole(path) as part:
        nx.write_graphml(graph(found), part, encoding="utf-8", named_key_ids=True)


def picture(found: Reuse, chinese: bool = True, most: int = MOST) -> Drawing:
    """The `most` largest pairs: a row a document, by date from left to right; arrows from source to taker.

    An arrow counts the passages of which no older holder is known; it is as wide as they have letters. Grey and without
    a head where the direction is unknown. Documents that nothing dates stand at the left edge.
    """
    shown = sorted(_first_hand(found.pairs), key=lambda each: -each[1])[:most]
    days = _days([pair for pair, _ in shown])
    rows = _rows([pair for pair, _ in shown], days)
    axis = _Axis(days)
    height = _TOP + _ROW * max(1, len(rows)) + 56
    drawing = Drawing(_LEFT + axis.width + _LABELS, height, "谁抄了谁" if chinese else "Who copied whom")
    drawing.definition(
        f'<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" orient="auto" '
        f'markerUnits="userSpaceOnUse"><path d="M0 0L8 4L0 8z" fill="{_KNOWN}"/></marker>'
    )
    _frame(drawing, axis, height, chinese, len(shown), len(found.pairs))
    places = {each.id: (axis.x(each), _TOP + _ROW * (number + 0.5)) for number, each in enumerate(rows)}
    widest = max((letters for _, letters in shown), default=1)
    for pair, letters in reversed(shown):
        _arrow(drawing, pair, letters, widest, places, chinese)
    for each in rows:
        x, y = places[each.id]
        drawing.shape("circle", each.title, cx=x, cy=y, r=5.0, fill="#fff", stroke=INK, stroke_width=1.6)
        halo = {"paint_order": "stroke", "stroke": "#fff", "stroke_width": 3}  # arrows pass behind the words
        drawing.words(x + 12, y + 4.5, each.label, font_size=14, font_weight=600, fill=INK, **halo)
        after = x + 12 + 14 * wide(each.label) + 10
        drawing.words(
            after, y + 4, fitted(each.title, (drawing.width - after - 12) / 12), font_size=12, fill=PALE, **halo
        )
    return drawing


def _first_hand(pairs: Sequence[Pair]) -> list[tuple[Pair, int]]:
    """The pairs with the letters of those passages that are not known to be older elsewhere, where there are any."""
    counted = [(pair, sum(p.shared for p in pair.passages if p.earlier is None)) for pair in pairs]
    return [(pair, letters) for pair, letters in counted if letters]


def _days(pairs: Sequence[Pair]) -> dict[str, float | None]:
    """Document → the year (and part of it) at which it is drawn: the first day on which it can have been written, else
    the last; a taker never before its source."""
    days = {
        each.id: _number(day) if (day := each.dated.first or each.dated.last) else None
        for pair in pairs
        for each in (pair.source, pair.taker)
    }
    known = [(pair.source.id, pair.taker.id) for pair in pairs if pair.direction.forward is not None]
    for _ in range(len(days)):  # at most as many steps as a chain of takers is long
        moved = False
        for source, taker in known:
            one, other = days[source], days[taker]
            if one is not None and other is not None and other < one:
                days[taker], moved = one, True
        if not moved:
            break
    return days


def _rows(pairs: Sequence[Pair], days: Mapping[str, float | None]) -> list[Facts]:
    """The documents in the order of their rows: those that hang together stand together, the oldest first."""
    known = {each.id: each for pair in pairs for each in (pair.source, pair.taker)}
    takers = Counter(pair.taker.id for pair in pairs if pair.direction.forward is not None)
    together = nx.Graph([(pair.source.id, pair.taker.id) for pair in pairs])

    def place(name: str) -> tuple[float, int, str]:
        return days[name] or 0.0, takers[name], name

    groups = sorted(nx.connected_components(together), key=lambda group: min(map(place, group)))
    return [known[name] for group in groups for name in sorted(group, key=place)]


class _Axis:
    """From days to places on the page; a span of less than two years is drawn by months."""

    def __init__(self, days: Mapping[str, float | None]) -> None:
        self._days = days
        known = sorted(day for day in days.values() if day is not None)
        self.first: float = known[0] if known else 2000.0
        self.last: float = known[-1] if known else 2001.0
        self.unknown = 90 if None in days.values() else 0
        self.width = self.unknown + _AXIS

    def x(self, each: Facts) -> float:
        day = self._days[each.id]
        return self.at(day) if day is not None else _LEFT + 20.0

    def at(self, year: float) -> float:
        share = (year - self.first) / (self.last - self.first) if self.last > self.first else 0.5
        return _LEFT + self.unknown + 20 + share * (_AXIS - 60)

    def ticks(self) -> list[tuple[float, str]]:
        span = self.last - self.first
        if span < 2:
            months = [(year, month) for year in range(int(self.first), int(self.last) + 1) for month in range(1, 13)]
            step = 3 if span > 1 else 1
            return [
                (year + (month - 1) / 12, f"{year}-{month:02}")
                for year, month in months
                if (month - 1) % step == 0 and self.first - 0.09 <= year + (month - 1) / 12 <= self.last + 0.01
            ]
        step = max(1, round(span / 10))
        return [(float(year), str(year)) for year in range(int(self.first), int(self.last) + 1, step)]


def _number(day: str) -> float:
    return int(day[:4]) + (int(day[5:7]) - 1) / 12 + (int(day[8:10]) - 1) / 372


def _frame(drawing: Drawing, axis: _Axis, height: float, chinese: bool, shown: int, pairs: int) -> None:
    """Title, years and what the picture means."""
    title = f"谁抄了谁：{pairs} 对文件" if chinese else f"Who copied whom: {pairs} pairs of documents"
    if shown < pairs:
        title += f"，图中为最多的 {shown} 对" if chinese else f", the largest {shown} of them"
    drawing.heading(
        _LEFT, title,
        "箭头由来源指向采用者，越粗共用的字越多；灰线表示先后不明；更早已见于别处的段落不计"
        if chinese else
        "Arrows lead from source to taker, wider for more shared characters; grey: order unknown; passages known earlier "
        "elsewhere are not counted",
    )  # fmt: skip
    if axis.unknown:
        drawing.words(_LEFT, _TOP - 8, "日期不明" if chinese else "no date", font_size=11, fill=PALE)
    for year, label in axis.ticks():
        x = max(axis.at(year), _LEFT + axis.unknown)
        drawing.tick(x, _TOP - 2, height - 40, label)
        drawing.words(x, height - 24, label, font_size=11, fill=PALE, text_anchor="middle")


def _arrow(
    drawing: Drawing, pair: Pair, letters: int, widest: int, places: dict[str, tuple[float, float]], chinese: bool
) -> None:
    known = pair.direction.forward is not None
    one, other = places[pair.source.id], places[pair.taker.id]
    (x1, y1), (x2, y2) = (one, other) if known else sorted((one, other))
    bend = min(x1, x2) - 14 - 0.16 * abs(y2 - y1) if abs(x2 - x1) < 40 else None
    path = (
        f"M{x1 - 5:.1f} {y1:.1f}C{bend:.1f} {y1:.1f} {bend:.1f} {y2:.1f} {x2 - 7:.1f} {y2:.1f}"
        if bend is not None
        else f"M{x1:.1f} {y1 + (6 if y2 > y1 else -6):.1f}C{x1:.1f} {y2:.1f} {x1:.1f} {y2:.1f} {x2 - 7:.1f} {y2:.1f}"
    )
    tip = f"{pair.source.label} {'→' if known else '—'} {pair.taker.label}: " + (
        f"{len(pair.passages)} 段，{letters} 字" if chinese else f"{len(pair.passages)} passages, {letters} characters"
    )
    drawing.shape(
        "path", tip, d=path, fill="none", stroke=_KNOWN if known else _UNKNOWN,
        stroke_width=round(1.2 + 5.8 * (letters / widest) ** 0.5, 2),
        stroke_opacity=0.75 if pair.direction.sure >= 0.8 else 0.45, **({"marker_end": "url(#head)"} if known else {}),
    )  # fmt: skip


__all__ = ["MOST", "graph", "picture", "write_graphml"]
