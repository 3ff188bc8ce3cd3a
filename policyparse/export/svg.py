"""A small SVG writer: shapes and words on a page, every word escaped.

In: numbers and words. Out: an SVG document. Touches: the file that it is told to write.

Plain SVG 1.1 with a style sheet inside and nothing from outside: it opens in browsers, Word and Inkscape, and no word of
a document can become markup.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from policyparse.export.writing import whole

FONT = "'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', SimSun, sans-serif"

#: Of words, of what explains them, and of the lines of an axis.
INK, PALE, GRID = "#1a202c", "#718096", "#e2e8f0"

_NO_XML = re.compile("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Drawing:
    """A page of a width and a height that is drawn on from back to front."""

    def __init__(self, width: float, height: float, title: str, style: str = "") -> None:
        self.width, self.height = width, height
        self._head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" font-family={quoteattr(FONT)}>\n'
            f"<title>{clean(title)}</title>\n<style>{style}</style>\n"
            f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>\n'
        )
        self._parts: list[str] = []

    def definition(self, markup: str) -> None:
        """Markup of the program's own, such as an arrow head."""
        self._parts.append(f"<defs>{markup}</defs>")

    def shape(self, name: str, tip: str = "", **attributes: object) -> None:
        """A shape; `tip` is shown where the mouse rests. Underscores of attribute names become hyphens."""
        inside = f"<title>{clean(tip)}</title>" if tip else ""
        self._parts.append(f"<{name}{_attributes(attributes)}>{inside}</{name}>")

    def words(self, x: float, y: float, text: str, **attributes: object) -> None:
        """A line of text with its baseline at `y`."""
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}"{_attributes(attributes)}>{clean(text)}</text>')

    def heading(self, x: float, title: str, legend: str) -> None:
        """What the picture shows, and below it what its signs mean."""
        self.words(x, 30, title, font_size=18, font_weight=600, fill=INK)
        self.words(x, 50, legend, font_size=12, fill=PALE)

    def tick(self, x: float, top: float, bottom: float, label: str) -> None:
        """A line down the picture where the axis has `label`, which stands above it."""
        self.shape("line", x1=x, x2=x, y1=top, y2=bottom, stroke=GRID, stroke_width=1)
        self.words(x, top - 6, label, font_size=11, fill=PALE, text_anchor="middle")

    def text(self) -> str:
        return self._head + "\n".join(self._parts) + "\n</svg>\n"

    def write(self, path: Path) -> None:
        """Writes the drawing; the file appears when it is whole."""
        with whole(path) as part:
            part.write_text(self.text(), encoding="utf-8")


def clean(text: str) -> str:
    """`text` as XML character data, without the characters that XML cannot hold."""
    return escape(_NO_XML.sub(" ", text))


def fitted(text: str, em: float) -> str:
    """`text` cut to about `em` full-width characters; a cut is shown."""
    used = 0.0
    for at, sign in enumerate(text):
        used += 1.0 if sign > "\u2e7f" else 0.55
        if used > em:
            return text[:at].rstrip() + "…"
    return text


def wide(text: str) -> float:
    """How many full-width characters a line takes, about."""
    return sum(1.0 if sign > "\u2e7f" else 0.55 for sign in text)


def _attributes(attributes: dict[str, object]) -> str:
    return "".join(
        f" {name.replace('_', '-')}={quoteattr(_NO_XML.sub(' ', f'{value:.1f}' if isinstance(value, float) else str(value)))}"
        for name, value in attributes.items()
    )
