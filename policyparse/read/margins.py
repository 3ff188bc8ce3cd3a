"""What stands in the margins of printed pages: page numbers, running heads and feet, footnotes.

In: `Page`s. Out: the pages without these, and these. Touches nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from policyparse.read.layout import Line
from policyparse.read.pages import Page

# Where running heads and page numbers stand, as shares of the page's height. GB/T 9704—2012: the text ends at 0.89 of
# an A4 page, the number stands 7 mm below it
_HEAD, _FOOT = 0.17, 0.86
_MARGIN_LINES = 3  # a running head has no more lines
_RUNNING_PAGES, _RUNNING_SHARE = 3, 0.2  # a head that so many pages share is a running one
_WIDEST_HEAD = 0.6  # of the page's width: a line of text across the page is no head
_SIGNS = r"[\s\-‐‑‒–—―─－﹣_~～·•.|]*"
_ARABIC = r"(?:\d{1,4}|[ivxlc]{1,6}|[IVXLC]{1,6})"
_PAGE_NUMBER = re.compile(
    rf"{_SIGNS}(?:第?\s?{_ARABIC}\s?页?(?:\s?[/，,]?\s?(?:共|总|of)?\s?\d{{1,4}}\s?页?)?"
    rf"|第\s?[一二三四五六七八九十百〇]{{1,5}}\s?页|Page\s?\d{{1,4}}(?:\s?of\s?\d{{1,4}})?){_SIGNS}",
    re.IGNORECASE,
)
_MARKED = re.compile(r"[\-‐‑‒–—―─－页/]|page", re.IGNORECASE)

_NOTE_SIZE = 0.88  # of the body's size: 小五 under 五号, or less
NOTE = re.compile(r"[①-⑳*]|[\[〔]\d{1,2}[\]〕]|\d{1,2} ?[^\d\s.．、,，:：/%年月日号]")


def furniture_apart(page: Page, running: frozenset[str]) -> tuple[Page, list[Line]]:
    """The page without its page number, running heads and feet; and these."""
    furniture = []
    for lines, first in ((page.lines[:_MARGIN_LINES], True), (page.lines[: -_MARGIN_LINES - 1 : -1], False)):
        for index, line in enumerate(lines):
            inner = lines[index + 1] if index + 1 < len(lines) else None
            if not _in_margin(line, page, first):
                break
            if _key(line) in running or _is_page_number(line, inner):
                furniture.append(line)
    starts = {line.start for line in furniture}
    kept = [line for line in page.lines if line.start not in starts]
    return replace(page, lines=kept), sorted(furniture, key=lambda line: line.start)


def notes_apart(page: Page, body_size: float) -> tuple[Page, list[Line]]:
    """The page without its footnotes: the small lines at its foot, from one that begins with a mark; and these."""
    first = len(page.lines)
    while first and page.lines[first - 1].size < _NOTE_SIZE * body_size and page.lines[first - 1].top > page.height / 2:
        first -= 1
    while first < len(page.lines) and not NOTE.match(page.lines[first].text):
        first += 1
    if any(grid.bottom > page.lines[first].top for grid in page.grids if first < len(page.lines)):
        return page, []
    return replace(page, lines=page.lines[:first]), page.lines[first:]


def _in_margin(line: Line, page: Page, head: bool) -> bool:
    return line.bottom < _HEAD * page.height if head else line.top > _FOOT * page.height


def _is_page_number(line: Line, inner: Line | None) -> bool:
    """— 1 —, 第 1 页, 1/12 anywhere in a margin; a bare number only where it stands off the text."""
    if not _PAGE_NUMBER.fullmatch(line.text):
        return False
    apart = inner is None or abs(line.top - inner.top) > 2.0 * max(line.size, inner.size) or inner.size != line.size
    return apart or _MARKED.search(line.text) is not None


def running_heads(pages: Sequence[Page]) -> frozenset[str]:
    """The keys of lines that stand in the margins of many pages."""
    seen: Counter[str] = Counter()
    for page in pages:
        margin = [line for line in page.lines[:_MARGIN_LINES] if _in_margin(line, page, True)]
        margin += [line for line in page.lines[-_MARGIN_LINES:] if _in_margin(line, page, False)]
        seen.update({_key(line) for line in margin if line.gaps or line.x1 - line.x0 < _WIDEST_HEAD * page.width})
    needed = max(_RUNNING_PAGES, _RUNNING_SHARE * len(pages))
    return frozenset(key for key, count in seen.items() if count >= needed and len(key) < 60)


def _key(line: Line) -> str:
    """What a running head is known by: its text, whatever numbers it counts, and its height on the page."""
    return f"{re.sub(r'[0-9]+', '#', line.text)}@{round(line.top / 12)}"
