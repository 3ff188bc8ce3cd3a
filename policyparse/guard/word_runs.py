"""Puts a Word comment exactly at some characters of a paragraph: splits the runs that they begin and end in.

In: python-docx paragraphs, offsets into their text, the comment. Out: nothing; the paragraph's XML is changed.
Touches nothing else. Rules: ECMA-376 part 1 §17.3.2 (runs), §17.13.4 (comments; python-docx ≥ 1.2 writes them).
"""

from __future__ import annotations

import copy
from typing import Any

from docx.oxml.ns import qn
from docx.text.run import Run

AUTHOR, INITIALS = "policyparse", "PP"

_TEXT = qn("w:t")
# What a run's children count for in the paragraph's text (as the reader counts them).
_SIGNS = {qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_GONE = frozenset(map(qn, ("w:del", "w:moveFrom", "w:txbxContent")))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def runs_of(paragraph: Any) -> list[Any]:
    """The w:r elements of a w:p in order, also inside links and insertions; none of deleted text or text boxes."""
    found: list[Any] = []

    def walk(parent: Any) -> None:
        for element in parent.iterchildren():
            if element.tag == qn("w:r"):
                found.append(element)
            elif element.tag not in _GONE and isinstance(element.tag, str):
                walk(element)

    walk(paragraph)
    return found


def run_text(run: Any) -> str:
    """The characters of a w:r."""
    return "".join(_child_text(child) for child in run.iterchildren())


def paragraph_text(paragraph: Any) -> str:
    """The characters of a w:p, all changes accepted; automatic numbers are not among them."""
    return "".join(run_text(run) for run in runs_of(paragraph))


def comment(document: Any, paragraph: Any, start: int, end: int, text: str) -> None:
    """Puts a comment at the characters [start, end) of a w:p; at the whole paragraph where end <= start."""
    runs = _cut_out(paragraph, start, end) if end > start else runs_of(paragraph)
    if not runs:
        run = paragraph.makeelement(qn("w:r"), {})
        paragraph.append(run)
        runs = [run]
    document.add_comment([Run(run, document) for run in (runs[0], runs[-1])], text, author=AUTHOR, initials=INITIALS)


def _cut_out(paragraph: Any, start: int, end: int) -> list[Any]:
    """The runs that hold exactly the characters [start, end), after those at the edges have been split."""
    for cut in (start, end):
        at = 0
        for run in runs_of(paragraph):
            size = len(run_text(run))
            if at < cut < at + size:
                _split(run, cut - at)
                break
            at += size
    inside, at = [], 0
    for run in runs_of(paragraph):
        size = len(run_text(run))
        if size and at >= start and at + size <= end:
            inside.append(run)
        at += size
    return inside


def _split(run: Any, offset: int) -> None:
    """Splits a run before its character `offset`; both halves keep its look."""
    rest = copy.copy(run)  # an empty element of the same kind, for what stands behind the cut
    for child in list(rest):
        rest.remove(child)
    look = run.find(qn("w:rPr"))
    if look is not None:
        rest.append(copy.deepcopy(look))
    at = 0
    for child in list(run):
        if child is look:
            continue
        size = len(_child_text(child))
        if at >= offset:
            rest.append(child)
        elif at + size > offset:
            half = copy.deepcopy(child)
            half.text, child.text = child.text[offset - at :], child.text[: offset - at]
            for piece in (half, child):
                piece.set(_SPACE, "preserve")
            rest.append(half)
        at += size
    run.addnext(rest)


def _child_text(child: Any) -> str:
    if child.tag == _TEXT:
        return child.text or ""
    return _SIGNS.get(child.tag, "")
