"""Small office files for tests, written part by part, so that a test shows the very XML it is about.

In: XML of the body, the numbering and the styles; rows of sheets. Out: bytes of files. Touches nothing.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

import xlsxwriter

_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    "</Types>"
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'


def docx(body: str, **parts: str) -> bytes:
    """A .docx whose w:body holds `body`. Other parts by name: numbering, styles, footnotes, endnotes, header1, footer1."""
    roots = {
        "numbering": "numbering", "styles": "styles", "footnotes": "footnotes", "endnotes": "endnotes",
        "header1": "hdr", "footer1": "ftr",
    }  # fmt: skip
    links = ""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        link = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>'
        archive.writestr("_rels/.rels", _RELS.format(link))
        archive.writestr("word/document.xml", f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", f"<w:{roots[name]} {_NAMES}>{content}</w:{roots[name]}>")
            kind = name.rstrip("1")
            links += f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
        archive.writestr("word/_rels/document.xml.rels", _RELS.format(links))
    return stream.getvalue()


def paragraph(text: str, num: int | None = None, level: int | None = None, style: str | None = None) -> str:
    """A w:p with an optional w:numPr of its own and an optional style."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if num is not None or level is not None:
        inner = f'<w:ilvl w:val="{level}"/>' if level is not None else ""
        inner += f'<w:numId w:val="{num}"/>' if num is not None else ""
        properties += f"<w:numPr>{inner}</w:numPr>"
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbering(abstracts: Sequence[Sequence[Mapping[str, object]]], nums: Sequence[Mapping[str, object]]) -> str:
    """numbering.xml's content.

    abstracts: for each abstract list its levels: {format, text, start, suffix, restart, legal, style}
    nums:      for each list, numbered from 1: {list: abstract's place, starts: {level: start}, levels: {level: {…}}}
    """
    content = ""
    for number, levels in enumerate(abstracts):
        inner = "".join(_level(index, level) for index, level in enumerate(levels))
        content += f'<w:abstractNum w:abstractNumId="{number}">{inner}</w:abstractNum>'
    for number, num in enumerate(nums, 1):
        inner = f'<w:abstractNumId w:val="{num.get("list", 0)}"/>'
        for index, start in dict(num.get("starts") or {}).items():  # type: ignore[call-overload]
            inner += f'<w:lvlOverride w:ilvl="{index}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        for index, level in dict(num.get("levels") or {}).items():  # type: ignore[call-overload]
            inner += f'<w:lvlOverride w:ilvl="{index}">{_level(index, level)}</w:lvlOverride>'
        content += f'<w:num w:numId="{number}">{inner}</w:num>'
    return content


def _level(index: int, level: Mapping[str, object]) -> str:
    parts = [f'<w:start w:val="{level.get("start", 1)}"/>', f'<w:numFmt w:val="{level.get("format", "decimal")}"/>']
    for key, tag in (("restart", "lvlRestart"), ("style", "pStyle"), ("suffix", "suff")):
        if key in level:
            parts.append(f'<w:{tag} w:val="{level[key]}"/>')
    if level.get("legal"):
        parts.append("<w:isLgl/>")
    parts.append(f'<w:lvlText w:val="{level.get("text", "")}"/>')
    return f'<w:lvl w:ilvl="{index}">{"".join(parts)}</w:lvl>'


def zipped(**files: bytes) -> bytes:
    """A zip archive of these members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def workbook(*sheets: tuple[str, list, list, bool]) -> bytes:
    """An .xlsx of sheets: (name, rows, merges as (first row, first column, last row, last column, text), hidden)."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name, rows, merges, hidden in sheets:
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, column, value)
            for first_row, first_column, last_row, last_column, text in merges:
                sheet.merge_range(first_row, first_column, last_row, last_column, text)
            if hidden:
                sheet.hide()
    return stream.getvalue()


# The same short text in formats that call themselves .doc
WORD = docx(paragraph("特此通知。"))
WORDML = (
    '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    '<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
    'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint"><w:body><wx:sect>'
    '<w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><w:ilfo w:val="1"/><wx:t wx:val="一、"/></w:listPr></w:pPr>'
    "<w:r><w:t>总体要求</w:t></w:r></w:p></wx:sect></w:body></w:wordDocument>"
).encode()
FLAT = (
    '<?xml version="1.0"?><pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">'
    '<pkg:part pkg:name="/word/document.xml"><pkg:xmlData><w:document '
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>特此通知。</w:t></w:r>'
    "</w:p></w:body></w:document></pkg:xmlData></pkg:part></pkg:package>"
).encode()
RTF = rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}\f0 \'cc\'d8\'b4\'cb\'cd\'a8\'d6\'aa\'a1\'a3\par}"
MHT = (
    b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
    b"Content-Type: text/html; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n<html><body><p>"
    + "特此通知。".encode("gb18030")
    + b"</p></body></html>\r\n--x--\r\n"
)
