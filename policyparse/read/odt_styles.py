"""What OpenDocument styles say: heading depth, hidden text, and the numbers of lists and headings.

In: the roots of styles.xml and content.xml. Out: `Styles`, `Numbers`. Touches nothing.
Rules: OpenDocument 1.2 part 1 §16.30–16.34, §19.880; LibreOffice's loext:num-list-format.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from policyparse.read.counting import count, parted

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
_LEVELS = 10
_PLACE = re.compile(r"%([1-9]|10)%")
# style:num-format → ECMA-376's name of the same counting. LibreOffice writes the first numbers of an East Asian series.
_FORMATS = {
    "1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman",
    "一": "chineseCounting", "壹": "chineseLegalSimplified", "①": "decimalEnclosedCircle", "甲": "ideographTraditional",
    "子": "ideographZodiac", "１": "decimalFullWidth", "〇": "ideographDigital", "㊀": "ideographEnclosedCircle",
    "⑴": "decimalEnclosedParen", "01": "decimalZero",
}  # fmt: skip


@dataclass(slots=True)
class _Style:
    name: str
    parent: str
    outline: int | None
    list_style: str | None
    hidden: bool | None


@dataclass(slots=True)
class _Level:
    form: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1
    pattern: str | None = None
    followed: str = "listtab"


class Styles:
    """Paragraph and character styles by name; a name of content.xml goes before one of styles.xml."""

    def __init__(self, roots: list[Any]) -> None:
        self._styles: dict[str, _Style] = {}
        self.lists: dict[str, dict[int, _Level]] = {}
        self.outline: dict[int, _Level] = {}
        for root in roots:
            for element in root.iter(STYLE + "style"):
                if element.get(STYLE + "family") in ("paragraph", "text"):
                    self._read(element)
            for element in root.iter(TEXT + "list-style"):
                self.lists[element.get(STYLE + "name") or ""] = _levels(element)
            for element in root.iter(TEXT + "outline-style"):
                self.outline = _levels(element)

    def _read(self, element: Any) -> None:
        properties = element.find(STYLE + "text-properties")
        display = properties.get(TEXT + "display") if properties is not None else None
        outline = element.get(STYLE + "default-outline-level")
        name = element.get(STYLE + "name") or ""
        self._styles[name] = _Style(
            (element.get(STYLE + "display-name") or name).replace("_20_", " ").lower(),
            element.get(STYLE + "parent-style-name") or "",
            None if outline is None else int(outline) if outline.isdecimal() and len(outline) < 3 else 0,
            element.get(STYLE + "list-style-name"),
            None if display is None else display == "none",
        )

    def _chain(self, name: str | None) -> list[_Style]:
        chain, seen = [], set()
        step = name or ""
        while step in self._styles and step not in seen:
            seen.add(step)
            chain.append(self._styles[step])
            step = self._styles[step].parent
        return chain

    def hidden(self, name: str | None) -> bool:
        """Whether the style, or the nearest of its ancestors that says so, hides its text."""
        return next((style.hidden for style in self._chain(name) if style.hidden is not None), False)

    def heading(self, name: str | None) -> int | None:
        """1–9 where the style has an outline level, 0 for the title's style, None for others."""
        chain = self._chain(name)
        level = next((style.outline for style in chain if style.outline is not None), 0)
        if 1 <= level <= 9:
            return level
        return 0 if any(style.name == "title" for style in chain) else None

    def list_style(self, name: str | None) -> str:
        return next((style.list_style for style in self._chain(name) if style.list_style), "")


class Numbers:
    """The running counters of a document's lists and headings."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._counters: dict[str, list[int | None]] = {}
        self._last: dict[str, str] = {}
        self._ids: dict[str, str] = {}

    def open_list(self, style: str, list_id: str | None, continues: str | None, continued: str | None) -> str:
        """The key of the counters that a list uses: its own, or those of the list that it continues."""
        if continues and continues in self._ids:
            key = self._ids[continues]
        elif continued == "true" and style in self._last:
            key = self._last[style]
        else:
            key = f"{len(self._counters)}:{style}"
            self._counters[key] = [None] * (_LEVELS + 1)
        self._last[style] = key
        if list_id:
            self._ids[list_id] = key
        return key

    def label(self, key: str, style: str, level: int, start: int | None) -> str:
        """The number before a list item at `level` (from 1), or ""."""
        return self._write(key, self._styles.lists.get(style, {}), level, start)

    def outline(self, level: int) -> str:
        """The number before a heading at `level`, or ""."""
        self._counters.setdefault("outline", [None] * (_LEVELS + 1))
        return self._write("outline", self._styles.outline, level, None)

    def _write(self, key: str, levels: dict[int, _Level], level: int, start: int | None) -> str:
        if not 1 <= level <= _LEVELS:
            return ""
        shape = levels.get(level)
        counters = self._counters[key]
        if start is not None:
            counters[level] = start
        else:
            now = counters[level]
            counters[level] = (shape.start if shape else 1) if now is None else now + 1
        for upper in range(1, level):
            if counters[upper] is None:
                counters[upper] = levels[upper].start if upper in levels else 1
        for lower in range(level + 1, _LEVELS + 1):
            counters[lower] = None
        if shape is None or not shape.form:
            return ""

        def number(index: int) -> str:
            value = counters[index]
            return count(value, levels[index].form) if value is not None and index in levels else ""

        if shape.pattern is not None:
            text = _PLACE.sub(lambda match: number(int(match.group(1))), shape.pattern)
        else:
            shown = [number(index) for index in range(max(1, level - shape.shown + 1), level + 1)]
            text = shape.prefix + ".".join(part for part in shown if part) + shape.suffix
        text = text.strip()
        return text if shape.followed == "nothing" else parted(text)


def _levels(element: Any) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for child in element.iterchildren(TEXT + "list-level-style-number", TEXT + "outline-level-style"):
        number = child.get(TEXT + "level") or ""
        if not number.isdecimal() or len(number) > 2:
            continue
        level = _Level(
            prefix=child.get(STYLE + "num-prefix") or "",
            suffix=child.get(STYLE + "num-suffix") or "",
            pattern=child.get(_LOEXT + "num-list-format"),
        )
        form = child.get(STYLE + "num-format") or ""
        level.form = _FORMATS.get(form) or _FORMATS.get(form[:1], "decimal") if form else ""
        for name, value in (("start", child.get(TEXT + "start-value")), ("shown", child.get(TEXT + "display-levels"))):
            if value and value.isdecimal() and len(value) < 6:
                setattr(level, name, int(value))
        followed = child.find(f"{STYLE}list-level-properties/{STYLE}list-level-label-alignment")
        if followed is not None:
            level.followed = followed.get(TEXT + "label-followed-by") or "listtab"
        levels[int(number)] = level
    return levels
