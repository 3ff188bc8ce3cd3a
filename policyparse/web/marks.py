"""A text cut where marked stretches begin and end, so that stretches that overlap can all be shown.

In: a text, spans. Out: Pieces in order, which joined are the text. Touches: nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from policyparse.model import Document


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a document's text: `kind` is its colour, `title` what is said of it, `link` where it leads."""

    start: int
    end: int
    kind: str
    title: str = ""
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text with the kinds of all marks over it, what the innermost says, and its link."""

    text: str
    kinds: str = ""
    title: str = ""
    link: str | None = None


def pieces(text: str, marks: Iterable[Mark], start: int = 0, end: int | None = None) -> list[Piece]:
    """`text[start:end]` under `marks` (offsets into the whole text; what lies outside is cut off)."""
    end = len(text) if end is None else end
    inside = [mark for mark in marks if mark.start < end and mark.end > start and mark.start < mark.end]
    if not inside:
        return [Piece(text[start:end])] if start < end else []
    borders = sorted({start, end, *(max(m.start, start) for m in inside), *(min(m.end, end) for m in inside)})
    waiting = sorted(inside, key=lambda mark: (mark.start, -mark.end))
    opened: list[Mark] = []
    found: list[Piece] = []
    at = 0
    for first, last in pairwise(borders):
        opened = [mark for mark in opened if mark.end > first]
        while at < len(waiting) and waiting[at].start <= first:
            opened.append(waiting[at])
            at += 1
        opened = [mark for mark in opened if mark.end > first]
        if not opened:
            found.append(Piece(text[first:last]))
            continue
        kinds = " ".join(dict.fromkeys(mark.kind for mark in opened))
        titles = " · ".join(dict.fromkeys(mark.title for mark in reversed(opened) if mark.title))
        link = next((mark.link for mark in reversed(opened) if mark.link), None)
        found.append(Piece(text[first:last], kinds, titles, link))
    return found


def highlighted(text: str, spans: Sequence[tuple[int, int]], start: int = 0, end: int | None = None) -> Markup:
    """`text[start:end]` as HTML, with the spans that were searched for (in order, none in another) marked."""
    end = len(text) if end is None else end
    found: list[str] = []
    at = start
    for first, last in spans:
        first, last = max(first, at), min(last, end)
        if first < last:
            found += (escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>")
            at = last
    return Markup("".join((*found, escape(text[at:end]))))


#: Kinds of mark that a document's legend switches, in its order: name → list of the document that makes them.
KINDS = {
    "institution": "institutions",
    "time": "time_points",
    "delegation": "delegations",
    "responsibility": "responsibilities",
    "citation": "citations",
}


def marks_of(document: Document, type_name: dict[str, str], cited: dict[str, str]) -> list[Mark]:
    """All that was found in a document. type_name: of time points; cited: a citation's text → the page it leads to."""
    marks = [Mark(m.start, m.end, "delegation", _flow(m.from_, m.to, m.item)) for m in document.delegations]
    marks += [
        Mark(m.start, m.end, "responsibility", f"{'、'.join(m.departments)}：{m.task}")
        for m in document.responsibilities
    ]
    marks += [Mark(m.start, m.end, "citation", m.doc_number or "", cited.get(m.text)) for m in document.citations]
    marks += [Mark(m.start, m.end, "institution", m.canonical) for m in document.institutions]
    marks += [Mark(m.start, m.end, "time", f"{type_name.get(m.type, m.type)} {m.value}") for m in document.time_points]
    return sorted(marks, key=lambda mark: (mark.start, -mark.end))


def _flow(givers: Sequence[str], takers: Sequence[str], item: str) -> str:
    parties = " → ".join("、".join(names) for names in (givers, takers) if names)
    return f"{item}（{parties}）" if parties else item
