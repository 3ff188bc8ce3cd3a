"""Small Word packages for tests, written part by part, so that a test shows the very XML it is about.

In: XML of the body, the numbering and the styles. Out: bytes of a .docx. Touches nothing.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

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
