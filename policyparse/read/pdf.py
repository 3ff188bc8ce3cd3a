"""PDF → paragraphs, tables and furniture, with page and place.

In: a file's bytes. Out: a Reading. Touches nothing; runs no scripts, follows no links.
Why pypdfium2: five times as many pages a second as pdfplumber (61 against 12 of our six notices on one busy core,
paragraphs included), and it opens what that cannot. pdfplumber's table finder works on the rules that pypdfium2 shows
(`pdf_tables.py`). Pages that are pictures go to `ocr.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pypdfium2
import pypdfium2.raw as pdfium

from policyparse.passing import ReadError
from policyparse.read import ocr
from policyparse.read.layout import Glyph, lines
from policyparse.read.limits import Limits
from policyparse.read.pages import Grid, Page
from policyparse.read.paragraphs import blocks
from policyparse.read.pdf_glyphs import Sheet, read_sheet
from policyparse.read.pdf_tables import grids
from policyparse.read.reading import Reading

# Fewer characters than this on a page that is a picture are a stamp or a page number, not its text
_TEXT_LAYER = 20
_PICTURE_SHARE = 0.3
_UNREADABLE_SHARE = 0.3
_POINTS_PER_INCH = 72
_WIDEST_PICTURE = 4_000  # dots: an A2 sheet at 150 an inch; a page may claim to be five metres wide


def read_pdf(data: bytes, path: str, limits: Limits) -> Reading:
    """The blocks of a PDF in reading order.

    Raises ReadError: damaged, encrypted, too-large, no-text, needs-extra (nothing but pictures, and no OCR installed).
    """
    with closing(_opened(data, path, limits)) as document:
        return _Document(document, path, limits).reading()


def page_text(data: bytes, number: int) -> str:
    """The text of page `number` (from 1), into which origins count: its lines outside tables, joined by line feeds.

    Raises ReadError: damaged, encrypted, not-found (no such page).
    """
    with open_page(data, number, Limits()) as (_, page):
        return "\n".join(line.text for line in page.lines)


@contextmanager
def open_page(data: bytes, number: int, limits: Limits) -> Iterator[tuple[pypdfium2.PdfPage, Page]]:
    """Page `number` (from 1) as pypdfium2 has it and as it is read. Raises ReadError as `page_text` does."""
    with closing(_opened(data, "the PDF", limits)) as document:
        if not 0 < number <= len(document):
            raise ReadError("the PDF", "not-found", f"it has no page {number}", f"it has {len(document)} pages")
        page = _Document(document, "the PDF", limits).page(number)
        if page is None:
            raise _damaged("the PDF")
        yield document[number - 1], page


def _opened(data: bytes, path: str, limits: Limits) -> pypdfium2.PdfDocument:
    if len(data) > limits.max_bytes:
        raise ReadError(path, "too-large", f"the file has more than {limits.max_bytes:,} bytes", "split it")
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise ReadError(path, "encrypted", "the PDF has a password", "save a copy without it") from None
        raise _damaged(path) from None
    if pages > limits.max_pages:
        document.close()
        raise ReadError(path, "too-large", f"the PDF has {pages:,} pages, more than {limits.max_pages:,}", "split it")
    return document


def _damaged(path: str) -> ReadError:
    return ReadError(path, "damaged", "the PDF is damaged", "get it again, or open it and print it to a new PDF")


class _Document:
    """A PDF being read, page after page."""

    def __init__(self, document: pypdfium2.PdfDocument, path: str, limits: Limits) -> None:
        self.document, self.path, self.limits = document, path, limits
        self.warnings: list[str] = []
        self.pictures: list[int] = []
        self.cells = self.characters = 0

    def reading(self) -> Reading:
        pages = [page for number in range(1, len(self.document) + 1) if (page := self.page(number))]
        found = blocks(pages)
        if self.pictures and not self.limits.ocr:
            if not any(block.kind != "furniture" for block in found):
                remedy = "read it with: policyparse import --retry needs-ocr --ocr"
                raise ReadError(self.path, "needs-ocr", "its pages are pictures without text", remedy)
            self.warnings.append(
                f"{_pages(self.pictures)}: a picture without text, not read — import it with --again --ocr"
            )
        elif self.pictures and not ocr.available():
            if not any(block.kind != "furniture" for block in found):
                raise ReadError(self.path, "needs-extra", "its pages are pictures without text", ocr.HOW_TO_INSTALL)
            self.warnings.append(f"{_pages(self.pictures)}: a picture without text, not read — {ocr.HOW_TO_INSTALL}")
        elif self.pictures:
            self.warnings.append(f"{_pages(self.pictures)}: read by OCR, which makes mistakes: check the text")
        if not any(block.kind != "furniture" for block in found):
            raise ReadError(self.path, "no-text", "the PDF has no text on its pages", "look at it, and leave it out")
        return Reading(tuple(found), warnings=tuple(self.warnings))

    def page(self, number: int) -> Page | None:
        try:
            page = self.document[number - 1]
        except pypdfium2.PdfiumError:
            self.warnings.append(f"page {number}: damaged, left out")
            return None
        try:
            sheet = read_sheet(page)
            self.characters += len(sheet.glyphs)
            if self.characters > self.limits.max_characters:
                raise self._too_large(f"its text has more than {self.limits.max_characters:,} characters")
            if _is_picture(sheet):
                self.pictures.append(number)
                if self.limits.ocr and ocr.available():
                    return self._recognised(page, number)
            tables, rest = self._tables(sheet)
            return Page(number, sheet.width, sheet.height, lines(rest, sheet.width), tables, sheet.aside)
        except pypdfium2.PdfiumError:
            self.warnings.append(f"page {number}: damaged, left out")
            return None
        finally:
            page.close()

    def _recognised(self, page: pypdfium2.PdfPage, number: int) -> Page:
        """The page read from its picture."""
        scale = min(ocr.DOTS_PER_INCH / _POINTS_PER_INCH, _WIDEST_PICTURE / max(*page.get_size(), 1.0))
        picture = page.render(scale=scale, rev_byteorder=True, may_draw_forms=False).to_numpy()[..., :3]
        glyphs = ocr.glyphs_of_picture(picture, 1 / scale)
        height, width = picture.shape[0] / scale, picture.shape[1] / scale
        return Page(number, width, height, lines(glyphs, width))

    def _tables(self, sheet: Sheet) -> tuple[list[Grid], list[Glyph]]:
        """The page's tables and the characters outside them."""
        found = grids(sheet.rules, sheet.glyphs, self.limits.max_cells - self.cells)
        if found is None:
            raise self._too_large("its tables have too many cells")
        self.cells += sum(len(row) for grid in found[0] for row in grid.rows)
        return found

    def _too_large(self, reason: str) -> ReadError:
        return ReadError(self.path, "too-large", reason, "split it")


def _is_picture(sheet: Sheet) -> bool:
    """Whether the page's text must be read from a picture: none to speak of, or in a font without a map."""
    count = sum(not glyph.text.isspace() for glyph in sheet.glyphs)
    if sheet.unreadable > _UNREADABLE_SHARE * (count + sheet.unreadable):
        return True
    return count < _TEXT_LAYER and sheet.picture > _PICTURE_SHARE


def _pages(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"page {numbers[0]}"
    return "pages " + ", ".join(map(str, numbers[:8])) + (", …" if len(numbers) > 8 else "")
