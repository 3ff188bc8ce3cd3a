"""Writes small PDFs for tests, by reportlab, with the CJK fonts that every PDF reader has (nothing is embedded)."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
A4 = (595.0, 842.0)
LEFT, RIGHT, TOP, PITCH, SIZE = 80.0, 512.0, 100.0, 29.0, 16.0
NOT_FIRST = "，。、；：！？）》”"


class Printer:
    """A PDF in the making. Places are in points from the top left, as the readers count them."""

    def __init__(self, password: str | None = None) -> None:
        self.out = io.BytesIO()
        encrypt = StandardEncryption(password) if password else None
        self.canvas = Canvas(self.out, pagesize=A4, encrypt=encrypt, invariant=1)
        self.top = TOP

    def text(self, x: float, top: float, text: str, size: float = SIZE) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, A4[1] - top - 0.88 * size, text)

    def centred(self, text: str, size: float = SIZE) -> None:
        width = pdfmetrics.stringWidth(text, FONT, size)
        self.text((LEFT + RIGHT - width) / 2, self.top, text, size)
        self.top += PITCH * max(size / SIZE, 1.0)

    def paragraph(
        self,
        text: str,
        indent: float = 2,
        size: float = SIZE,
        left: float = LEFT,
        right: float = RIGHT,
        page: float = 760,
    ) -> None:
        """Sets `text` in lines from `left` to `right`, the first indented by `indent` characters, over pages."""
        x, line = left + indent * size, ""
        for character in text:
            width = pdfmetrics.stringWidth(line + character, FONT, size)
            if x + width > right + 0.1 and character not in NOT_FIRST:
                self._line(x, line, size, page)
                x, line = left, ""
            line += character
        self._line(x, line, size, page)

    def _line(self, x: float, line: str, size: float, page: float) -> None:
        if self.top > page:
            self.turn()
        self.text(x, self.top, line, size)
        self.top += PITCH * size / SIZE

    def grid(self, xs: Sequence[float], ys: Sequence[float], cells: dict[tuple[int, int, int, int], str]) -> None:
        """A ruled table: cells by (row, column, rows, columns)."""
        for (row, column, high, wide), text in cells.items():
            x0, x1, y0, y1 = xs[column], xs[column + wide], ys[row], ys[row + high]
            self.canvas.rect(x0, A4[1] - y1, x1 - x0, y1 - y0)
            for number, line in enumerate(text.split("\n")):
                self.text(x0 + 3, y0 + 4 + 14 * number, line, 12)

    def turn(self, top: float = TOP) -> None:
        self.canvas.showPage()
        self.top = top

    def bytes(self) -> bytes:
        self.canvas.save()
        return self.out.getvalue()
