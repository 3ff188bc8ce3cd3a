"""What a file is, by its content and never by its suffix.

In: bytes (and the path, only to tell Markdown from plain text). Out: one of the `Sniffed` kinds. Touches nothing.

Twenty years of files carry wrong suffixes: a .doc that is HTML or RTF inside, a .wps that is a Word file,
a .docx that is an OLE container because it was encrypted. So the first bytes decide, and inside a zip or an
OLE container the names of its parts.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from pathlib import Path

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names that other formats start with, for a sentence that tells the reader what he holds.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"BM", "image"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\xdb\xa5", "old-word"),  # Word 2.0
    (b"\x31\xbe", "old-word"),  # Write
    (b"\xfe\x37", "old-word"),  # Word for DOS, Mac
    (b"CAJ", "caj"),
    (b"HN\x00", "caj"),
    (b"KDH", "caj"),
    (b"\x7fELF", "program"),
    (b"MZ", "program"),
)
# UTF-16 names of the OLE directory entries that say which program wrote the container.
_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
_HTML = re.compile(
    rb"<\s{0,4}(?:!doctype\s{1,8}html|html|head|body|meta|title|table|div|span|p|br|font|center|h[1-6]|ul|ol|script"
    rb"|style|article|section)[\s>/]",
    re.IGNORECASE,
)
_HEAD = 4096


def sniff(data: bytes, path: str | Path = "") -> str:
    """The kind of a file, by content.

    Returns: "docx", "doc", "rtf", "odt", "xlsx", "xls", "ods", "pdf", "ofd", "html", "mhtml", "wordml" (Word 2003 XML),
    "flat-odt", "text", "markdown", "zip"; "empty", "encrypted" (an Office file under a password); or the name of
    something that this program does not read ("ppt", "image", "rar", …, "unknown").
    """
    if not data.strip(b"\x00 \t\r\n"):
        return "empty"
    head = data[:_HEAD]
    if head.startswith(_OLE):
        return _ole_kind(data)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(data)
    start = head.lstrip(b"\xef\xbb\xbf\x00 \t\r\n\x0c")
    if start.startswith(b"{\\rtf"):
        return "rtf"
    # ISO 32000 allows rubbish before the header within the first 1024 bytes.
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"\x09\x08") or head[:2] in (b"\x09\x00", b"\x09\x02", b"\x09\x04"):
        return "xls"  # a BIFF stream without its container
    text_head = _as_ascii(head)
    lowered = text_head.lower()
    if b"mime-version:" in lowered and b"multipart/related" in lowered:
        return "mhtml"
    if lowered.lstrip().startswith(b"<?xml") or lowered.lstrip().startswith(b"<"):
        kind = _xml_kind(lowered)
        if kind:
            return kind
    for magic, kind in _MAGIC:
        # "BM" and "MZ" may begin a text: the short ones count only where the rest is no text
        if head.startswith(magic) and (len(magic) > 3 or not _is_text(head)):
            return kind
    if not _is_text(head):
        return "unknown"
    if _HTML.search(text_head) and lowered.lstrip().startswith(b"<"):
        return "html"
    suffix = Path(path).suffix.lower()
    if suffix in (".htm", ".html", ".shtml", ".xhtml") and _HTML.search(_as_ascii(data[: 16 * _HEAD])):
        return "html"
    if suffix in (".md", ".markdown"):
        return "markdown"
    if len(_HTML.findall(text_head)) >= 3:
        return "html"
    return "text"


def _as_ascii(head: bytes) -> bytes:
    """A head in which UTF-16 reads like ASCII, without its byte order mark, so that one pattern serves all."""
    head = head.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").removeprefix(b"\xef\xbb\xbf")
    return head.replace(b"\x00", b"") if b"\x00" in head else head


def _xml_kind(lowered: bytes) -> str | None:
    if b"schemas.microsoft.com/office/word/2003/wordml" in lowered or b'progid="word.document"' in lowered:
        return "wordml"
    if b"schemas.microsoft.com/office/2006/xmlpackage" in lowered:
        return "flat-docx"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in lowered and b"<html" not in lowered:
        return "spreadsheetml"
    if b"urn:oasis:names:tc:opendocument" in lowered:
        return "flat-odt"
    if b"<html" in lowered or b"<!doctype html" in lowered:
        return "html"
    return None


def _is_text(head: bytes) -> bool:
    """Text has few control characters; UTF-16 has zeros on one side only, or a mark at its start."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return True
    if b"\x00" in head:
        for codec in ("utf-16-le", "utf-16-be"):
            text = head[: len(head) // 2 * 2].decode(codec, "replace")
            usual = sum(
                1
                for ch in text
                if ch in "\t\r\n" or " " <= ch < "\u3100" or "\u4e00" <= ch < "\ua000" or ch >= "\uff00"
            )
            if text and usual / len(text) > 0.9 and "\x00" not in text:
                return True
        return False
    odd = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 11, 12, 13, 26, 27))
    return odd * 50 <= len(head)


def _ole_kind(data: bytes) -> str:
    """An OLE container's kind, by its directory; where that cannot be walked, by the names found anywhere."""
    kind = _root_kind(data)
    if kind is not None:
        return kind
    for name, found in _OLE_STREAMS:
        if name.encode("utf-16-le") + b"\x00\x00" in data:
            return found
    return "ole"


def _root_kind(data: bytes) -> str | None:
    """The kind whose stream hangs on the root storage itself (MS-CFB 2.6): a Word file may embed a workbook."""
    try:
        shift = struct.unpack_from("<H", data, 30)[0]
        size = 1 << shift
        offset = (struct.unpack_from("<I", data, 48)[0] + 1) * size
        # The root's child tree lies mostly in the first directory sectors; siblings are followed by their numbers.
        entries = [data[at : at + 128] for at in range(offset, min(len(data), offset + 4 * size), 128)]
        todo, seen = [struct.unpack_from("<I", entries[0], 76)[0]], set()
        names = []
        while todo:
            index = todo.pop()
            if index in seen or index >= len(entries):
                continue
            seen.add(index)
            entry = entries[index]
            length = struct.unpack_from("<H", entry, 64)[0]
            names.append(entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace").lower())
            todo.extend(struct.unpack_from("<II", entry, 68))
    except (struct.error, IndexError):
        return None
    for name, kind in _OLE_STREAMS:
        if name.lower() in names:  # some writers shout: WORDDOCUMENT
            return kind
    return None


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename.replace("\\", "/").lstrip("/").lower(): info for info in archive.infolist()[:20_000]}
            mime = b""
            if "mimetype" in names and names["mimetype"].file_size < 200:
                mime = archive.read(names["mimetype"])
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        # the directory at the end is gone; the names in the local headers still say what it was
        for mark, kind in (
            (b"word/document", "docx"),
            (b"xl/workbook", "xlsx"),
            (b"OFD.xml", "ofd"),
            (b"opendocument.text", "odt"),
            (b"ppt/presentation", "pptx"),
        ):
            if mark in data:
                return kind
        return "zip"
    if b"opendocument.text" in mime:
        return "odt"
    if b"opendocument.spreadsheet" in mime:
        return "ods"
    if "ofd.xml" in names:
        return "ofd"
    if "[content_types].xml" in names:
        for folder, kind in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(name.startswith(folder) for name in names):
                return kind
        return "docx"  # a package whose main part stands elsewhere: its reader follows the relationships
    if "content.xml" in names and "meta-inf/manifest.xml" in names:
        return "odt"
    return "zip"
