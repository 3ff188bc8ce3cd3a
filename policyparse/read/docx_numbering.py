"""Word's automatic numbers, which stand in no paragraph: numbering.xml → 一、（一）1. 第一条 as Word shows them.

In: the root of word/numbering.xml and the styles. Out: `Numbering`, asked once for each numbered paragraph in order.
Touches nothing. Rules: ECMA-376 part 1 §17.9.

Ours, because neither python-docx nor any library that reads docx without an office suite restores them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from policyparse.read.counting import count, parted
from policyparse.read.docx_styles import VAL, Styles, W, on, whole

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_MC_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_MC_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


@dataclass(slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    suffix: str = "tab"
    restart: int | None = None
    legal: bool = False
    paragraph_style: str | None = None


@dataclass(slots=True)
class _List:
    """One w:num: its abstract list, its levels after overrides, and the starts that it has still to force."""

    abstract: str
    levels: dict[int, _Level] = field(default_factory=dict)
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The running counters of a document. Lists of one abstract list count on together, as in Word."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, list[int | None]] = {}
        if root is None:
            return
        links: dict[str, str] = {}  # numbering style → the abstract list that defines it
        asks: dict[str, str] = {}  # abstract list → the numbering style that it borrows
        for element in root.iterchildren(W + "abstractNum"):
            name = element.get(W + "abstractNumId") or ""
            self._abstract[name] = {}
            for child in element.iterchildren(W + "lvl"):
                index = whole(child.get(W + "ilvl"))
                if index is not None and 0 <= index < _LEVELS:
                    self._abstract[name][index] = _read_level(child)
            for tag, where in (("styleLink", links), ("numStyleLink", asks)):
                link = element.find(W + tag)
                if link is not None and link.get(VAL):
                    if where is links:
                        links[link.get(VAL)] = name
                    else:
                        asks[name] = link.get(VAL)
        borrowed = {name: links[style] for name, style in asks.items() if style in links}
        for element in root.iterchildren(W + "num"):
            self._read_list(element, borrowed)

    def _read_list(self, element: Any, borrowed: dict[str, str]) -> None:
        link = element.find(W + "abstractNumId")
        abstract = link.get(VAL, "") if link is not None else ""
        abstract = borrowed.get(abstract, abstract)
        made = _List(abstract, dict(self._abstract.get(abstract, {})))
        for override in element.iterchildren(W + "lvlOverride"):
            index = whole(override.get(W + "ilvl"))
            if index is None or not 0 <= index < _LEVELS:
                continue
            level = override.find(W + "lvl")
            if level is not None:
                made.levels[index] = _read_level(level)
            start = override.find(W + "startOverride")
            if start is not None and (value := whole(start.get(VAL))) is not None:
                made.starts[index] = value
        self._lists[element.get(W + "numId") or ""] = made

    def label(self, style_id: str | None, num_id: str | None, level: int | None) -> str:
        """The number that stands before a paragraph, with what parts it from the text; "" where there is none.

        style_id: the paragraph's style; num_id, level: its own w:numPr, None where it has none
        """
        style = self._styles.get(style_id)
        by_style = num_id is None
        if num_id is None:
            num_id = style.num_id
        made = self._lists.get(num_id or "0")
        if made is None or num_id == "0":
            return ""
        if level is None:
            level = self._style_level(made, style_id) if by_style else None
        if level is None:
            level = style.level or 0
        level = min(max(level, 0), _LEVELS - 1)
        shape = made.levels.get(level)
        if shape is None:
            return ""
        self._advance(made, level)
        return self._write(made, level, shape)

    @staticmethod
    def _style_level(made: _List, style_id: str | None) -> int | None:
        for index, level in made.levels.items():
            if level.paragraph_style is not None and level.paragraph_style == style_id:
                return index
        return None

    def _advance(self, made: _List, level: int) -> None:
        counters = self._counters.setdefault(made.abstract, [None] * _LEVELS)
        if level in made.starts:
            # w:startOverride: once, when the list first comes to this level (§17.9.26)
            counters[level] = made.starts.pop(level)
        elif counters[level] is None:
            counters[level] = made.levels[level].start
        else:
            counters[level] = (counters[level] or 0) + 1
        for upper in range(level):
            if counters[upper] is None:  # a level that was skipped counts as begun
                counters[upper] = made.starts.pop(upper, made.levels.get(upper, _Level()).start)
        for lower in range(level + 1, _LEVELS):
            restart = made.levels[lower].restart if lower in made.levels else None
            # w:lvlRestart: 0 never; k only after a paragraph of level k or above (§17.9.10); else after any above
            if restart is None or (restart > 0 and level < restart):
                counters[lower] = None

    def _write(self, made: _List, level: int, shape: _Level) -> str:
        if shape.style == "bullet" or not shape.text:
            return ""  # a bullet says nothing that its own paragraph does not
        counters = self._counters[made.abstract]

        def place(match: re.Match[str]) -> str:
            index = int(match.group(1)) - 1
            other = made.levels.get(index, shape)
            value = counters[index] if index <= level else None
            if value is None:
                return ""
            style = "decimal" if shape.legal and other.style not in ("none", "decimalZero") else other.style
            return count(value, style)

        text = _PLACE.sub(place, shape.text).strip()
        return text if shape.suffix == "nothing" else parted(text)


def _read_level(element: Any) -> _Level:
    level = _Level()

    def value(tag: str) -> str | None:
        child = element.find(W + tag)
        return child.get(VAL) if child is not None else None

    start = whole(value("start"))
    if start is not None:
        level.start = start
    style = element.find(W + "numFmt")
    if style is None:  # newer formats are wrapped, with an older one beside them
        fallback = element.find(f"{_MC_CHOICE}/{_MC_FALLBACK}/{W}numFmt")
        style = fallback
    if style is not None:
        level.style = style.get(VAL) or "decimal"
    level.text = (value("lvlText") or "")[:200]
    level.suffix = value("suff") or "tab"
    level.restart = whole(value("lvlRestart"))
    level.legal = on(element.find(W + "isLgl"))
    level.paragraph_style = value("pStyle")
    return level
