"""OFD (GB/T 33190—2016) → paragraphs and furniture, with page and place.

In: a file's bytes. Out: a Reading. Touches nothing.
Why ofdkit: Apache-2.0, pure Python without dependencies; it opens all of our 30 sample files, resolves templates and
composite objects, repairs the XML of careless producers and refuses DTDs. We take its placed runs of text; the order
of reading and the paragraphs are ours, the same as for PDF. (easyofd pulls an AGPL library.)
"""

from __future__ import annotations

import unicodedata

import ofdkit

from policyparse.passing import ReadError
from policyparse.read.container import Container
from policyparse.read.layout import Glyph, lines
from policyparse.read.limits import Limits
from policyparse.read.pages import Page
from policyparse.read.paragraphs import blocks
from policyparse.read.reading import Reading

_POINTS = 72 / 25.4  # OFD counts in millimetres
_ASCENT, _DESCENT = 0.88, 0.12  # of the size: above and below the baseline, as in Chinese fonts
_BEYOND = 2.0  # millimetres that text may stick out of its page and still be seen
_UNREADABLE_SHARE = 0.3
_ENCRYPTED_PARTS = ("Encryptions.xml", "Doc_0/Encryptions.xml")


def read_ofd(data: bytes, path: str, limits: Limits) -> Reading:
    """The blocks of an OFD in reading order. Tables come as the lines that they are printed in.

    Raises ReadError: damaged, encrypted, too-large, no-text (its pages are drawings or pictures).
    """
    _guard(data, path, limits)
    warnings: list[str] = []
    try:
        with ofdkit.open(data) as document:
            if len(document.pages) > limits.max_pages:
                raise _too_large(path, f"it has {len(document.pages):,} pages, more than {limits.max_pages:,}")
            pages = [_page(page, warnings) for page in document.pages]
    except ReadError:
        raise
    except ofdkit.OFDLimitError as error:
        if "DTD" in str(error):
            raise _damaged(path) from None
        raise _too_large(path, str(error)) from None
    except Exception:  # a young library, and hostile files: whatever it stumbles over, the file is damaged
        raise _damaged(path) from None
    if sum(len(line.text) for page in pages for line in page.lines) > limits.max_characters:
        raise _too_large(path, f"its text has more than {limits.max_characters:,} characters")
    found = tuple(blocks(pages))
    text = "".join(block.text for block in found if block.kind != "furniture")
    if not text:
        raise ReadError(
            path, "no-text", "its pages are drawings or pictures without text", "print it to a PDF and import that"
        )
    hidden = sum(unicodedata.category(character) == "Co" for character in text)
    if hidden > _UNREADABLE_SHARE * len(text):
        warnings.append("its fonts hide which characters they print: print it to a PDF and have that read by OCR")
    elif hidden:
        warnings.append(f"{hidden} characters stand only in the file's own fonts and could not be read")
    return Reading(found, warnings=tuple(warnings))


def _guard(data: bytes, path: str, limits: Limits) -> None:
    """Refuses what is no container, is locked, or unpacks to more than the limits, before ofdkit opens it."""
    if len(data) > limits.max_bytes:
        raise _too_large(path, f"the file has more than {limits.max_bytes:,} bytes")
    container = Container(data, path, limits)
    infos = container.infos.values()
    if any(info.flag_bits & 1 for info in infos) or any(part in container for part in _ENCRYPTED_PARTS):
        raise ReadError(path, "encrypted", "it is encrypted", "save a copy without a password in the OFD reader")
    if sum(info.file_size for info in infos) > limits.max_unpacked:
        raise _too_large(path, "its parts unpack to far more than they should")
    if any(info.file_size > limits.max_xml for name, info in container.infos.items() if name.endswith(".xml")):
        raise _too_large(path, "one of its parts has too much XML")
    if "OFD.xml" not in container:
        raise _damaged(path)


def _page(page: ofdkit.Page, warnings: list[str]) -> Page:
    try:
        x, y, width, height = page.box
        runs = page.runs
    except ofdkit.OFDError:
        warnings.append(f"page {page.index + 1}: damaged, left out")
        return Page(page.index + 1, 1.0, 1.0, [])
    glyphs = [
        Glyph(
            run.text, (run.x - x) * _POINTS, (run.y - y - _ASCENT * run.size) * _POINTS,
            (run.x - x + run.width) * _POINTS, (run.y - y + _DESCENT * run.size) * _POINTS, run.size * _POINTS,
        )
        for run in runs
        if run.text and -_BEYOND <= run.x - x <= width + _BEYOND and -_BEYOND <= run.y - y <= height + _BEYOND
    ]  # fmt: skip
    return Page(page.index + 1, width * _POINTS, height * _POINTS, lines(glyphs, width * _POINTS))


def _too_large(path: str, reason: str) -> ReadError:
    return ReadError(path, "too-large", reason, "split it")


def _damaged(path: str) -> ReadError:
    return ReadError(path, "damaged", "the OFD is damaged", "get it again, or print it to a PDF in the OFD reader")
