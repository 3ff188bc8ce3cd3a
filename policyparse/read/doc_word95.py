"""Word 6 and Word 95 documents (.doc before 1997): their bare text.

In: the WordDocument stream. Out: lines of text, or None where the stream is not of those versions. Touches nothing.

Ours, because msdoc2docx and legacy-doc both begin with Word 97. Only text: character and paragraph properties of these
versions are left unread. Layout: Microsoft's “Word 6 binary file format” (FIB: wIdent 0xA5DC, fcMin, fcMac, fcClx).
"""

from __future__ import annotations

import re
import struct

_IDENT = 0xA5DC
_COMPLEX, _ENCRYPTED, _WIDE = 0x0004, 0x0100, 0x1000
# The document's language → the code page of its 8-bit text; Western where it is not one of these.
_CODE_PAGES = {
    0x0804: "gb18030", 0x1004: "gb18030", 0x0404: "cp950", 0x0C04: "cp950", 0x0411: "cp932", 0x0412: "cp949",
    0x0419: "cp1251", 0x0405: "cp1250", 0x0415: "cp1250", 0x0408: "cp1253", 0x041F: "cp1254",
}  # fmt: skip
# A field is 0x13 code 0x14 result 0x15: only the result is text.
_FIELD_CODE = re.compile(r"\x13[^\x13\x14\x15]{0,2000}[\x14\x15]|[\x13-\x15]")
_UNSEEN = re.compile(r"[\x00-\x06\x08\x0e-\x12\x16-\x1d\x1f]")


def lines_of(stream: bytes) -> list[str] | None:
    """The paragraphs of a Word 6 or 95 stream; a table row is a line of cells with tabs.

    Returns None for another version. Raises ValueError: "encrypted" or "damaged".
    """
    if len(stream) < 0x180 or struct.unpack_from("<H", stream, 0)[0] != _IDENT:
        return None
    language = struct.unpack_from("<H", stream, 6)[0]
    flags = struct.unpack_from("<H", stream, 0x0A)[0]
    if flags & _ENCRYPTED:
        raise ValueError("encrypted")
    start, end = struct.unpack_from("<II", stream, 0x18)
    length = struct.unpack_from("<I", stream, 0x34)[0]
    if flags & _COMPLEX:
        raw = _pieces(stream, *struct.unpack_from("<II", stream, 0x160))
    elif start < end <= len(stream):
        raw = stream[start:end]
    else:
        raise ValueError("damaged")
    if flags & _WIDE:
        text = raw.decode("utf-16-le", "replace")
    else:
        western = "mac_roman" if stream[0x13] & 1 else "cp1252"  # fMac
        text = raw[:length].decode(_CODE_PAGES.get(language, western), "replace")
    for _ in range(3):  # fields stand within fields, seldom deeper
        text = _FIELD_CODE.sub("", text)
    text = text.replace("\x07\x07", "\r").replace("\x07", "\t").replace("\x0b", "\r").replace("\x0c", "\r")
    return _UNSEEN.sub("", text.replace("\x1e", "-")).replace("\n", "\r").split("\r")


def _pieces(stream: bytes, offset: int, size: int) -> bytes:
    """The text of a fast-saved file, its pieces in order."""
    at, end = offset, min(offset + size, len(stream))
    while at + 5 <= end and stream[at] == 1:
        at += 3 + struct.unpack_from("<H", stream, at + 1)[0]
    if at + 5 > end or stream[at] != 2:
        raise ValueError("damaged")
    count = (struct.unpack_from("<I", stream, at + 1)[0] - 4) // 12
    at += 5
    if count < 1 or at + 12 * count + 4 > len(stream):
        raise ValueError("damaged")
    bounds = struct.unpack_from(f"<{count + 1}I", stream, at)
    parts = []
    for number in range(count):
        begin = struct.unpack_from("<I", stream, at + 4 * (count + 1) + 8 * number + 2)[0]
        parts.append(stream[begin : begin + max(0, bounds[number + 1] - bounds[number])])
    if sum(map(len, parts)) > len(stream):  # pieces do not overlap in an honest file
        raise ValueError("damaged")
    return b"".join(parts)
