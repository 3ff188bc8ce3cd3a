"""The reading room: a file's bytes → `RawDocument`, whatever its format.

In: a path (or a path and its bytes). Out: blocks in reading order, each with its place in the source, or one
`ReadError` with a code and a sentence that says what to do. Touches the file that it is given, nothing else: no
network, no macros, no links, no other folder.

`sniff` tells the kind by content; each format has one file with one function that returns a `Reading`.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from policyparse.passing import RawDocument, ReadError
from policyparse.read.limits import Limits
from policyparse.read.locked import REMEDY, unlocked
from policyparse.read.reading import Reading
from policyparse.read.sniff import sniff

__all__ = ["Limits", "Reading", "read", "read_all", "sniff", "source_bytes"]

_DEFAULT = Limits()

Reader = Callable[[bytes, str, Limits], Reading]

# kind → (module, function, media type). Readers are imported when first needed: a text file needs no PDF library.
_READERS: dict[str, tuple[str, str, str]] = {
    "docx": ("docx", "read_docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "flat-docx": ("docx", "read_flat_docx", "application/xml"),
    "wordml": ("docx", "read_wordml", "application/xml"),
    "doc": ("doc", "read_doc", "application/msword"),
    "rtf": ("rtf", "read_rtf", "application/rtf"),
    "odt": ("odt", "read_odt", "application/vnd.oasis.opendocument.text"),
    "flat-odt": ("odt", "read_flat_odt", "application/vnd.oasis.opendocument.text-flat-xml"),
    "xlsx": ("sheet", "read_sheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "xls": ("sheet", "read_sheet", "application/vnd.ms-excel"),
    "ods": ("sheet", "read_sheet", "application/vnd.oasis.opendocument.spreadsheet"),
    "spreadsheetml": ("sheet_xml", "read_spreadsheetml", "application/xml"),
    "pdf": ("pdf", "read_pdf", "application/pdf"),
    "ofd": ("ofd", "read_ofd", "application/ofd"),
    "html": ("html", "read_html", "text/html"),
    "mhtml": ("mhtml", "read_mhtml", "multipart/related"),
    "text": ("text", "read_text", "text/plain"),
    "markdown": ("text", "read_text", "text/markdown"),
}
# kinds that are known and not read: what it is, what to do
_UNREAD: dict[str, tuple[str, str]] = {
    "ppt": ("it is a PowerPoint presentation", "save its text as .docx or .pdf and import that"),
    "pptx": ("it is a PowerPoint presentation", "save its text as .docx or .pdf and import that"),
    "image": ("it is a picture", "save the scan as a PDF and import that with the [ocr] extra"),
    "rar": ("it is a RAR archive", "unpack it and import the folder"),
    "7z": ("it is a 7-Zip archive", "unpack it and import the folder"),
    "gzip": ("it is a gzip archive", "unpack it and import the folder"),
    "caj": ("it is a CNKI CAJ file", "print it to PDF and import that"),
    "program": ("it is a program, not a document", "leave it out of the folder"),
    "old-word": ("it is a Word file from before Word 97", "open it in Word or WPS, save it as .docx and import that"),
    "ole": (
        "it is an OLE container without a Word or Excel document in it",
        "open it in the program that wrote it and save it as .docx",
    ),
    "unknown": (
        "its content is of no format that policyparse reads",
        "open it in its own program and save it as .docx or .pdf",
    ),
}

# what to do with a file in which there is no text
_NO_TEXT = {
    "pdf": "if it is a scan, import it with the [ocr] extra: pip install 'policyparse[ocr]'",
    "ofd": "if it is a scan, print it to PDF and import that with the [ocr] extra",
    **dict.fromkeys(("xls", "xlsx", "ods"), "look whether its sheets are empty or hidden"),
    **dict.fromkeys(("text", "markdown", "html", "mhtml"), "fetch it again from where it came from"),
    "": "if its pages are pictures, print it to PDF and import that with the [ocr] extra",
}


def read(path: Path | str, data: bytes | None = None, *, limits: Limits = _DEFAULT) -> RawDocument:
    """Read one file into blocks.

    path:   the file; only its name is used where `data` is given (a member of an archive)
    data:   its bytes, where the caller has them already
    limits: what the file may cost
    Raises: ReadError, and nothing else.
    """
    name = str(path)
    if data is None:
        data = _load(Path(path), limits)
    if len(data) > limits.max_bytes:
        raise _too_large(name, len(data), limits)
    digest = hashlib.sha256(data).hexdigest()
    kind = sniff(data, name)
    if limits.passwords:
        data = unlocked(data, kind, name, limits.passwords)
        kind = sniff(data, name)
    if kind == "empty":
        raise ReadError(name, "empty", "the file is empty", "fetch it again from where it came from")
    if kind == "encrypted":
        raise ReadError(
            name,
            "encrypted",
            "it is locked with a password",
            REMEDY,
        )
    if kind == "zip" and not zipfile.is_zipfile(io.BytesIO(data)):
        raise ReadError(name, "damaged", "it is an archive whose end is missing or broken", "fetch it again")
    if kind == "zip":
        raise ReadError(
            name, "archive", "it is an archive of several files", "import it as a folder: policyparse import"
        )
    if kind not in _READERS:
        what, remedy = _UNREAD.get(kind, _UNREAD["unknown"])
        raise ReadError(name, "unknown-format", what, remedy)
    module, function, media_type = _READERS[kind]
    try:
        reader: Reader = getattr(importlib.import_module(f"policyparse.read.{module}"), function)
    except ImportError as error:
        raise ReadError(
            name,
            "needs-extra",
            f"reading {kind} needs {error.name or error}",
            "install policyparse again, with its extras",
        ) from error
    try:
        reading = reader(data, name, limits)
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError(
            name, "too-large", "it needs more memory than there is", "split it into smaller files"
        ) from error
    except RecursionError as error:
        raise ReadError(
            name, "damaged", "its parts are nested too deeply", "open it in its own program and save it again"
        ) from error
    except Exception as error:  # whatever a library throws at a broken file, the user hears one sentence
        raise ReadError(
            name,
            "damaged",
            f"it could not be read as {kind} ({type(error).__name__})",
            "open it in its own program, save it again and import that",
        ) from error
    if sum(len(block.text) for block in reading.blocks) > limits.max_characters:
        raise ReadError(
            name,
            "too-large",
            f"it has more than {limits.max_characters:,} characters of text",
            "split it into smaller files",
        )
    if not any(block.text.strip() for block in reading.blocks if block.kind != "furniture"):
        raise ReadError(name, "no-text", "there is no text in it", _NO_TEXT.get(kind, _NO_TEXT[""]))
    return RawDocument(
        path=name,
        sha256=digest,
        media_type=media_type,
        encoding=reading.encoding,
        blocks=reading.blocks,
        metadata=reading.metadata,
        warnings=reading.warnings,
    )


def read_all(
    path: Path | str, data: bytes | None = None, *, limits: Limits = _DEFAULT
) -> Iterator[RawDocument | ReadError]:
    """Read a file, or each member of an archive: one RawDocument or ReadError apiece, none raised.

    A member's path is the archive's, a slash, and its own name: 批文.zip/附件/目录.doc.
    """
    from policyparse.read.zipped import members

    name = str(path)
    try:
        if data is None:
            data = _load(Path(path), limits)
        if sniff(data, name) != "zip":
            yield read(path, data, limits=limits)
            return
        some = False
        for member, content in members(data, limits, name):
            some = True
            if isinstance(content, ReadError):
                yield content
                continue
            try:
                yield read(f"{name}/{member}", content, limits=limits)
            except ReadError as error:
                yield error
        if not some:
            yield ReadError(name, "empty", "the archive holds no files", "fetch it again from where it came from")
    except ReadError as error:
        yield error


def source_bytes(path: Path | str, *, limits: Limits = _DEFAULT) -> bytes:
    """The bytes of a file, or of an archive's member as `read_all` names it (批文.zip/附件/目录.doc). Raises ReadError."""
    from policyparse.read.zipped import members

    whole = Path(path)
    archive = next((parent for parent in whole.parents if parent.is_file()), None)
    if archive is None:
        return _load(whole, limits)
    wanted = whole.relative_to(archive).as_posix()
    for name, content in members(_load(archive, limits), limits, str(archive)):
        if name == wanted and not isinstance(content, ReadError):
            return content
    raise ReadError(str(path), "not-found", "the archive has no such member", "import it again")


def _load(path: Path, limits: Limits) -> bytes:
    name = str(path)
    try:
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise _too_large(name, size, limits)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ReadError(name, "not-found", "there is no such file", "check the path") from error
    except IsADirectoryError as error:
        raise ReadError(
            name, "not-found", "it is a folder, not a file", "import it with: policyparse import"
        ) from error
    except PermissionError as error:
        raise ReadError(
            name, "no-permission", "it may not be opened", "ask its owner for the right to read it"
        ) from error
    except (OSError, ValueError) as error:
        raise ReadError(name, "not-found", "it could not be opened", "check the path and the disk") from error


def _too_large(name: str, size: int, limits: Limits) -> ReadError:
    return ReadError(
        name,
        "too-large",
        f"it has {size / 2**20:.0f} MiB, more than the {limits.max_bytes / 2**20:.0f} MiB allowed",
        "split it, or raise the limit max_bytes",
    )
