"""What a Word style says of its paragraphs: heading depth, numbering, hidden text.

In: the root of word/styles.xml. Out: `Styles`. Touches nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = W + "val"
_OFF = {"0", "false", "off", "none"}
# Word stores the English names of its own styles in every language (ECMA-376 §17.7.4.9).
_HEADING = re.compile(r"heading ([1-9])$")
_CONTENTS = re.compile(r"(?:toc [1-9]|contents [1-9]|toc heading|contents heading|table of figures)$")


@dataclass(slots=True)
class Style:
    """One style, after its ancestors: outline 0–8 (None: unset, 9: body text), numbering, hidden runs."""

    name: str = ""
    kind: str = ""
    outline: int | None = None
    num_id: str | None = None
    level: int | None = None
    hidden: bool = False


def on(element: Any) -> bool:
    """Whether a toggle property (w:vanish, w:isLgl …) is there and not switched off."""
    return element is not None and element.get(VAL, "1").lower() not in _OFF


def whole(text: str | None) -> int | None:
    """A whole number of a file, or None: attributes of damaged files hold anything."""
    try:
        return int(text) if text is not None and len(text) < 12 else None
    except ValueError:
        return None


class Styles:
    """Styles by id, each with what it inherits through w:basedOn."""

    def __init__(self, root: Any) -> None:
        self._raw: dict[str, Any] = {}
        self.default = ""
        for element in root.iterchildren(W + "style") if root is not None else ():
            style_id = element.get(W + "styleId") or ""
            self._raw.setdefault(style_id, element)
            if element.get(W + "type") == "paragraph" and element.get(W + "default") in ("1", "true", "on"):
                self.default = style_id
        self._known: dict[str, Style] = {}

    def get(self, style_id: str | None) -> Style:
        """The style of that id, or the empty one."""
        style_id = style_id or ""
        if style_id in self._known:
            return self._known[style_id]
        chain: list[Any] = []
        seen: set[str] = set()
        step = style_id
        while step in self._raw and step not in seen and len(chain) < 50:
            seen.add(step)
            chain.append(self._raw[step])
            based = self._raw[step].find(W + "basedOn")
            step = based.get(VAL, "") if based is not None else ""
        style = Style()
        for element in reversed(chain):
            self._apply(element, style)
        self._known[style_id] = style
        return style

    def _apply(self, element: Any, style: Style) -> None:
        name = element.find(W + "name")
        style.name = (name.get(VAL) or "").strip().lower() if name is not None else ""
        style.kind = element.get(W + "type") or ""
        paragraph = element.find(W + "pPr")
        if paragraph is not None:
            outline = paragraph.find(W + "outlineLvl")
            if outline is not None:
                style.outline = whole(outline.get(VAL))
            number = paragraph.find(W + "numPr")
            if number is not None:
                number_id, level = number.find(W + "numId"), number.find(W + "ilvl")
                if number_id is not None:
                    style.num_id = number_id.get(VAL)
                if level is not None:
                    style.level = whole(level.get(VAL))
        if style.outline is None and (match := _HEADING.match(style.name)):
            style.outline = int(match.group(1)) - 1
        run = element.find(W + "rPr")
        if run is not None and (vanish := run.find(W + "vanish")) is not None:
            style.hidden = on(vanish)

    def heading(self, style_id: str | None) -> int | None:
        """1–9 for a heading's depth, 0 for the title, None for a style that says nothing."""
        style = self.get(style_id)
        if style.outline is not None and 0 <= style.outline <= 8:
            return style.outline + 1
        return 0 if style.name == "title" else None

    def is_contents(self, style_id: str | None) -> bool:
        """Whether the style is that of a table of contents' lines."""
        return bool(_CONTENTS.match(self.get(style_id).name))
