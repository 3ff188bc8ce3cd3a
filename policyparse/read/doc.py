"""Word 97–2003's .doc and WPS's .wps → blocks.

In: the file's bytes. Out: `Reading`. Touches a folder of its own under the system's temporary files, gone afterwards;
runs no macros.

msdoc2docx and then our docx reader, because it is pure Python and keeps lists, tables, notes and changes; legacy-doc
where it refuses twice, because that one reads the bare text of half-broken files.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import doc2docx
from doc2docx.cfb import CompoundFile, CompoundFileLimits
from doc2docx.errors import Doc2DocxError, EncryptedDocumentError
from legacy_doc import ExtractionOptions, LegacyDocError, extract_text

from policyparse.model import Origin
from policyparse.passing import Block, ReadError
from policyparse.read.doc_lenient import lenient
from policyparse.read.doc_word95 import lines_of
from policyparse.read.docx import read_docx
from policyparse.read.limits import Limits
from policyparse.read.locked import REMEDY
from policyparse.read.reading import Reading


def read_doc(data: bytes, path: str, limits: Limits) -> Reading:
    """Raises ReadError: damaged, encrypted, too-large."""
    try:
        return _converted(data, path, limits)
    except EncryptedDocumentError as error:
        raise _encrypted(path) from error
    except Exception as error:  # the converter throws many kinds at broken files; the text may still be there
        refusal = error
    try:
        with lenient():
            reading = _converted(data, path, limits)
        warning = "some of its formatting, pictures or notes are broken and were passed over"
        return Reading(reading.blocks, reading.metadata, (*reading.warnings, warning))
    except Exception:
        pass
    try:
        return _word95(data, path) or _bare_text(data, limits)
    except ReadError:
        raise
    except LegacyDocError as error:
        if "encrypt" in str(error).lower():
            raise _encrypted(path) from error
        raise _refused(data, path) from refusal
    except Exception as error:
        raise _refused(data, path) from error


def _converted(data: bytes, path: str, limits: Limits) -> Reading:
    with tempfile.TemporaryDirectory(prefix="policyparse-") as folder:
        source, target = Path(folder, "in.doc"), Path(folder, "out.docx")
        source.write_bytes(data)
        doc2docx.convert(source, target, limits=CompoundFileLimits(max_input_bytes=limits.max_bytes))
        return read_docx(target.read_bytes(), path, limits)


def _bare_text(data: bytes, limits: Limits) -> Reading:
    options = ExtractionOptions(max_file_bytes=limits.max_bytes, max_text_bytes=4 * limits.max_characters)
    text = extract_text(data, options=options).text
    return _lines(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def _word95(data: bytes, path: str) -> Reading | None:
    """The bare text of a Word 6 or 95 file, None for another."""
    try:
        lines = lines_of(CompoundFile(data).open_stream("WordDocument"))
    except Doc2DocxError:
        return None
    except ValueError as error:
        if str(error) == "encrypted":
            raise _encrypted(path) from error
        return None
    return _lines(lines) if lines is not None else None


def _lines(lines: list[str]) -> Reading:
    blocks = [
        Block(line, Origin(paragraph=number, start=0, end=len(line)))
        for number, line in enumerate(lines)
        if line.strip()
    ]
    warning = "only its bare text could be read: automatic numbers, tables' columns, notes and styles are lost"
    return Reading(tuple(blocks), {}, (warning,))


def _encrypted(path: str) -> ReadError:
    return ReadError(path, "encrypted", "it is locked with a password", REMEDY)


def _refused(data: bytes, path: str) -> ReadError:
    return ReadError(
        path, "damaged", "its Word text is broken", "let Word or WPS repair it, save it as .docx and import that"
    )
