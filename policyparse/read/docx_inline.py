"""The characters of one Word paragraph: runs, fields, symbols, breaks; hidden and deleted text left out.

In: a w:p element and the styles. Out: `Inline`: text with "\\n" at soft breaks, the text boxes and the notes that
hang on it. Touches nothing. Rules: ECMA-376 part 1 §17.3, §17.13, §17.16.
"""

from __future__ import annotations

import re
from typing import Any

from policyparse.read.counting import count
from policyparse.read.docx_styles import VAL, Styles, W, on

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
# Symbol fonts hold other signs at their own codes; these are the ones that forms and lists use.
_SYMBOLS: dict[str, dict[int, str]] = {
    "wingdings": {
        0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x74: "◆", 0x75: "◆", 0x76: "❖",
        0x77: "◆", 0x9F: "•", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xD8: "➢", 0xDF: "←",
        0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✘", 0xFC: "✔", 0xFD: "☒", 0xFE: "☑",
        **{0x81 + i: chr(0x2460 + i) for i in range(10)}, **{0x8C + i: chr(0x2776 + i) for i in range(10)},
    },
    "wingdings 2": {0x50: "✔", 0x4F: "✘", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0xA3: "□",
                    **{0x6A + i: chr(0x2460 + i) for i in range(10)}},
    "symbol": {0xB7: "•", 0xB4: "×", 0xB8: "÷", 0xB1: "±", 0xA3: "≤", 0xB3: "≥", 0xB9: "≠", 0xAE: "→", 0xB0: "°",
               0xA5: "∞", 0xE5: "∑"},
}  # fmt: skip
# Line ends in the XML are spaces; U+FFFC stands for an object that is not text, U+00AD is a hyphen unseen.
_PLAIN = {10: " ", 13: " ", 0xFFFC: None, 0xAD: None}
_SKIP = frozenset(
    W + tag
    for tag in (
        "pPr", "rPr", "delText", "delInstrText", "softHyphen", "proofErr", "bookmarkStart", "bookmarkEnd", "rt",
        "sdtPr", "commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef", "footnoteRef", "endnoteRef",
        "lastRenderedPageBreak", "fldData", "sdtEndPr", "rubyPr", "smartTagPr", "customXmlPr", "pgNum", "separator",
        "continuationSeparator",
    )
)  # fmt: skip
_SIGNS = {W + "tab": "\t", W + "ptab": "\t", W + "br": "\n", W + "cr": "\n", W + "noBreakHyphen": "-"}
_BOXES = frozenset((W + "drawing", W + "pict", W + "object"))
# EQ \o\ac(○,3): Word's way to ring a character (“带圈字符”), which has no stored result
_RINGED = re.compile(r"\s{0,9}eq\s{1,9}\\o\s{0,9}(?:\\a[clr]\s{0,9})?\((.{1,40})\)\s{0,9}$", re.IGNORECASE)
_ENTRY = re.compile(r"(?:\t|[.…·]{2,40}\s{0,4})[0-9ivxIVX]{1,5}\s{0,4}$")


class Inline:
    """A paragraph's text as it grows; paragraphs whose mark is deleted grow into the next."""

    def __init__(self, styles: Styles, place: int | None, contents: int = 0) -> None:
        """`contents`: how many fields of a table of contents are still open from the paragraphs before."""
        self.styles, self.place = styles, place
        self.contents = contents
        self.boxes: list[Any] = []
        self.notes: list[tuple[str, str]] = []
        self.changes = False
        self._pieces: list[str] = []
        self._fields: list[list[Any]] = []  # [in its result, its code]
        self._contents = contents > 0

    def text(self) -> str:
        return "".join(self._pieces)

    def in_contents(self, text: str) -> bool:
        """Whether it is an entry of a table of contents: inside its field, with a page number at its end."""
        return self._contents and _ENTRY.search(text[-60:]) is not None

    def run(self, paragraph: Any, hidden: bool) -> None:
        """Read a w:p. `hidden`: its style hides it."""
        self._walk(paragraph, hidden)
        if any(code.strip().upper().startswith("TOC") for _, code in self._fields):
            self.contents += len(self._fields)
        # a field's code ends within its paragraph: one left open is damage, and must not swallow the rest
        self._fields = []

    def _shown(self) -> bool:
        return all(in_result for in_result, _ in self._fields)

    def _walk(self, parent: Any, hidden: bool) -> None:
        for element in parent.iterchildren():
            tag = element.tag
            if tag == W + "r":
                self._run(element, hidden)
            elif tag == W + "t":
                if not hidden and element.text and self._shown():
                    self._pieces.append(element.text.translate(_PLAIN))
            elif tag in _SKIP:
                continue
            elif tag in _SIGNS:
                if not hidden and self._shown():
                    self._pieces.append(_SIGNS[tag])
            elif tag == W + "del" or tag == W + "moveFrom":
                self.changes = True
            elif tag == W + "fldChar":
                self._field(element, hidden)
            elif tag == W + "instrText":
                if self._fields and not self._fields[-1][0]:
                    self._fields[-1][1] += element.text or ""
                    if (element.text or "").strip().upper().startswith("TOC"):
                        self._contents = True
            elif tag == W + "sym":
                if not hidden and self._shown():
                    self._pieces.append(_symbol(element))
            elif tag in _BOXES:
                if not hidden:
                    self._drawing(element)
            elif tag == W + "footnoteReference" or tag == W + "endnoteReference":
                if not hidden and self._shown():
                    kind = "footnote" if tag == W + "footnoteReference" else "endnote"
                    self.notes.append((kind, element.get(W + "id") or ""))
            elif tag == W + "footnote" or tag == W + "endnote":  # Word 2003's XML has the note in its place
                self.boxes.append(element)
            elif tag == _MC + "AlternateContent":
                self._alternate(element, hidden)
            elif tag == _M + "t":
                if element.text and self._shown():
                    self._pieces.append(element.text)
            elif tag == W + "sdt":
                showing = element.find(f"{W}sdtPr/{W}showingPlcHdr")
                if not on(showing):  # a form's “click here to enter text” is no text
                    self._walk(element, hidden)
            elif isinstance(tag, str):
                if tag in (W + "ins", W + "moveTo"):
                    self.changes = True
                self._walk(element, hidden)

    def _run(self, run: Any, hidden: bool) -> None:
        properties = run.find(W + "rPr")
        if properties is not None:
            vanish = properties.find(W + "vanish")
            if vanish is not None:
                hidden = on(vanish)
            elif not hidden:
                style = properties.find(W + "rStyle")
                hidden = style is not None and self.styles.get(style.get(VAL)).hidden
        self._walk(run, hidden)

    def _field(self, element: Any, hidden: bool) -> None:
        kind = element.get(W + "fldCharType")
        if kind == "begin":
            self._fields.append([False, ""])
        elif kind == "separate" and self._fields:
            self._fields[-1][0] = True
        elif kind == "end" and self._fields:
            in_result, code = self._fields.pop()
            if not in_result and not hidden and self._shown():
                self._pieces.append(_ring(code))
        elif kind == "end" and self.contents:
            self.contents -= 1

    def _alternate(self, element: Any, hidden: bool) -> None:
        before = len(self._pieces), len(self.boxes)
        for branch in (*element.iterchildren(_MC + "Choice"), *element.iterchildren(_MC + "Fallback")):
            self._walk(branch, hidden)
            if (len(self._pieces), len(self.boxes)) != before:
                return

    def _drawing(self, parent: Any) -> None:
        """Collect the text boxes of a drawing, the outermost of each nest."""
        for element in parent.iterchildren():
            if element.tag == W + "txbxContent":
                self.boxes.append(element)
            elif element.tag == _MC + "AlternateContent":
                before = len(self.boxes)
                for branch in (*element.iterchildren(_MC + "Choice"), *element.iterchildren(_MC + "Fallback")):
                    self._drawing(branch)
                    if len(self.boxes) > before:
                        break
            elif isinstance(element.tag, str):
                self._drawing(element)


def _symbol(element: Any) -> str:
    """The character of w:sym; one that no table knows stays in the private area, so that nothing is lost."""
    try:
        code = int(element.get(W + "char") or "", 16)
    except ValueError:
        return ""
    font = (element.get(W + "font") or "").lower()
    sign = _SYMBOLS.get(font, {}).get(code & 0xFF if 0xF000 <= code <= 0xF0FF else code)
    if sign:
        return sign
    return chr(code) if 0x20 <= code <= 0xFFFF and not 0xD800 <= code < 0xE000 else ""


def _ring(code: str) -> str:
    """What an EQ field shows: the ringed number, or the characters laid over each other without their ring."""
    match = _RINGED.match(code)
    if not match:
        return ""
    inner = re.sub(r"\\s\\(?:up|do)\s{0,4}\d{0,4}|[○〇□△◇()\\]", "", match.group(1)).strip(" ,;，")
    if inner.isdecimal() and inner.isascii() and int(inner) <= 50:
        return count(int(inner), "decimalEnclosedCircle")
    return inner
