"""No input may fail: damaged files of every format give text or a ReadError, and nothing else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_builders import MHT, WORDML, docx, numbering, paragraph, workbook

from policyparse.passing import RawDocument, ReadError
from policyparse.read import Limits, read, read_all, sniff

FORMATS = Path(__file__).parent / "documents" / "formats"
SMALL = Limits(max_bytes=2**20, max_unpacked=2**24, max_cells=20_000)
TABLE = (
    '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr><w:p/></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr>'
    "<w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)
LEVEL = {"format": "chineseCounting", "text": "%1、"}
SEEDS: dict[str, bytes] = {path.name: path.read_bytes() for path in sorted(FORMATS.glob("*.*")) if path.suffix != ".py"}
SEEDS |= {
    "sheet.xlsx": workbook(("附件1", [[], ["序号", "事项"], [1, "甲"], [2.5, "乙"]], [(0, 0, 0, 1, "目录")], False)),
    "word2003.doc": WORDML,
    "page.mht": MHT,
}
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def outcome(data: bytes, name: str) -> str:
    """Read, and say what came of it. Anything but a RawDocument or a ReadError flies on and fails the test."""
    try:
        document: RawDocument | ReadError = read(name, data, limits=SMALL)
    except ReadError as error:
        document = error
    if isinstance(document, ReadError):
        assert document.code
        assert document.reason
        assert "\n" not in str(document)
        return document.code
    assert isinstance(document, RawDocument)
    for block in document.blocks:
        assert block.text.isprintable() or block.text
        block.text.encode("utf-8")  # no lone surrogates
    return "read"


@st.composite
def wounds(draw):
    """How to hurt a file: bytes changed, cut out, doubled, or the end lost."""
    return draw(
        st.lists(
            st.tuples(
                st.sampled_from(["change", "cut", "double", "end", "insert"]),
                st.floats(0, 1, exclude_max=True),
                st.integers(1, 64),
                st.binary(min_size=1, max_size=8),
            ),
            min_size=1,
            max_size=6,
        )
    )


def wound(data: bytes, how) -> bytes:
    for kind, place, size, content in how:
        at = int(place * len(data))
        if kind == "change":
            data = data[:at] + content + data[at + len(content) :]
        elif kind == "cut":
            data = data[:at] + data[at + size :]
        elif kind == "double":
            data = data[: at + size] + data[at:]
        elif kind == "insert":
            data = data[:at] + content + data[at:]
        else:
            data = data[:at]
    return data


@pytest.mark.parametrize("name", sorted(SEEDS))
@QUICK
@given(how=wounds())
def test_wounded_files(name, how):
    outcome(wound(SEEDS[name], how), name)


@pytest.mark.parametrize("name", ["notice.docx", "notice.odt", "sheet.xlsx"])
@QUICK
@given(how=wounds(), part=st.integers(0, 20))
def test_wounded_parts(name, how, part):
    """The container is whole, one part in it is not."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SEEDS[name])) as source, zipfile.ZipFile(stream, "w") as target:
        names = source.namelist()
        for number, member in enumerate(names):
            content = source.read(member)
            target.writestr(member, wound(content, how) if number == part % len(names) else content)
    outcome(stream.getvalue(), name)


ATTRIBUTE = st.one_of(st.integers(-5, 10).map(str), st.sampled_from(["", "99999999999999999999", "x", "-1", "²", "一"]))


@QUICK
@given(
    values=st.lists(ATTRIBUTE, min_size=6, max_size=6),
    text=st.text(alphabet="%123456789.、（）第条 ", max_size=12),
    form=st.sampled_from(
        ["decimal", "chineseCounting", "lowerRoman", "upperLetter", "none", "bullet", "custom", "chicago"]
    ),
)
def test_odd_numbers_in_numbering(values, text, form):
    a, b, c, d, e, f = values
    level = {"format": form, "text": text, "start": a, "restart": b}
    body = paragraph("甲", c, d) + paragraph("乙", 1, 0) + paragraph("丙", e, 1) + TABLE.replace('"2"', f'"{f}"')  # type: ignore[arg-type]
    data = docx(body, numbering=numbering([[level, LEVEL]], [{"list": 0, "starts": {e: f}}]))
    assert outcome(data, "a.docx") == "read"


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(
    [rb"{", rb"}", rb"\par ", rb"\cell ", rb"\row ", rb"\trowd ", rb"\cellx100", rb"\cellx-5", rb"\intbl", rb"\pard ",
     rb"\'b9", rb"\'d8\'d3", rb"\u-1?", rb"\u55357?", rb"\uc-3 ", rb"\uc99999 ", rb"{\listtext 1.}", rb"{\*\ud x}", rb"{\upr",
     rb"{\footnote ", rb"{\header ", rb"\shptxt ", rb"{\*\shptxt ", rb"\bin9999999 ", rb"\bin-4 ", rb"\f99999 ", rb"text",
     rb"\outlinelevel9999999999 ", rb"\s-1 ", rb"\clvmrg", rb"\clmrg", rb"\ansicpg0 ", rb"\ansicpg99999 ", rb"{\fonttbl",
     rb"{\stylesheet", rb"\nestcell ", rb"\deleted ", rb"\v ", rb"{\info ", rb"\\", rb"\~", rb"\dbch ", rb"\loch\af1 "]
), max_size=60))  # fmt: skip
def test_any_rtf(tokens):
    outcome(b"{\\rtf1 " + b"".join(tokens), "a.rtf")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(
    [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf1 ", b"%PDF-1.4 ", b"<html>", b"<?xml version='1.0'?>",
     b"\xff\xfe", b"\xfe\xff", b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n"]
))  # fmt: skip
def test_any_bytes(content, head):
    assert sniff(head + content, "a.doc")
    outcome(head + content, "a.doc")
    for found in read_all("a.zip", head + content, limits=SMALL):
        assert isinstance(found, (RawDocument, ReadError))
