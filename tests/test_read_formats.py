"""One text in every office format, the kind by content, archives, limits: the reading room's entry."""

from __future__ import annotations

import difflib
import io
import os
import struct
import zipfile
from pathlib import Path

import openpyxl
import pytest
from office_builders import FLAT, MHT, RTF, WORD, WORDML, docx, workbook, zipped

from policyparse.passing import Block, RawDocument, ReadError
from policyparse.read import Limits, read, read_all, sniff
from policyparse.read.sheet_size import check_xls
from policyparse.read.zipped import members

HERE = Path(__file__).parent
FORMATS = HERE / "documents" / "formats"
CORPUS = HERE.parents[1] / "shared" / "corpus"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def squeezed(document: RawDocument) -> str:
    text = "".join(block.text for block in document.blocks if block.kind != "furniture")
    return "".join(text.split())


def likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other, autojunk=False).ratio()


# One text, many formats ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["doc", "odt", "rtf"])
@pytest.mark.parametrize("name", ["notice", "typed"])
def test_same_text_in_office_formats(name, suffix):
    one, other = read(FORMATS / f"{name}.docx"), read(FORMATS / f"{name}.{suffix}")
    assert squeezed(other) == squeezed(one)
    assert [block.rows for block in other.blocks if block.rows] == [block.rows for block in one.blocks if block.rows]
    assert [b.text for b in other.blocks if b.kind == "furniture"] == ["— 1 —"]


def test_automatic_numbers_equal_typed_ones():
    assert squeezed(read(FORMATS / "notice.docx")) == squeezed(read(FORMATS / "typed.docx"))


@pytest.mark.skipif(not CORPUS.is_dir() and not os.environ.get("CI"), reason="../shared/corpus is not here")
@pytest.mark.parametrize("suffix", ["doc", "odt", "rtf"])
def test_real_notices_in_office_formats(suffix):
    if not CORPUS.is_dir() and not CORPUS.parent.exists():
        pytest.skip("no ../shared")
    sources = sorted((CORPUS / "one-text-seven-formats").glob("*.docx"))
    assert sources
    for source in sources:
        one, other = squeezed(read(source)), squeezed(read(source.with_suffix(f".{suffix}")))
        assert one == other or likeness(one, other) >= 0.99, source


# The kind by content ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "path", "kind"),
    [
        (WORD, "a.doc", "docx"),
        (WORD, "a.zip", "docx"),
        ((FORMATS / "typed.doc").read_bytes(), "a.docx", "doc"),
        ((FORMATS / "typed.doc").read_bytes(), "a.wps", "doc"),
        ((FORMATS / "typed.odt").read_bytes(), "a.docx", "odt"),
        (RTF, "a.doc", "rtf"),
        (b"\xef\xbb\xbf\r\n" + RTF, "a.doc", "rtf"),
        ("<html><body>通知</body></html>".encode("gb18030"), "a.doc", "html"),
        ("<!DOCTYPE html><html>通知</html>".encode("utf-16"), "a.xls", "html"),
        (WORDML, "a.doc", "wordml"),
        (FLAT, "a.doc", "flat-docx"),
        (MHT, "a.doc", "mhtml"),
        (b"%PDF-1.4\n", "a.txt", "pdf"),
        ("关于扩权强镇的通知".encode("utf-16"), "a.txt", "text"),
        ("关于扩权强镇的通知".encode("utf-16-le"), "a.txt", "text"),
        ("关于扩权强镇的通知".encode("gb18030"), "a.doc", "text"),
        (b"# title\n", "a.md", "markdown"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a.doc", "image"),
        (b"Rar!\x1a\x07\x00", "a.zip", "rar"),
        (b"", "a.docx", "empty"),
        (b"\x00" * 500, "a.doc", "empty"),
        (OLE + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + b"\0\0", "a.docx", "encrypted"),
        (zipped(**{"a.txt": b"x"}), "a.docx", "zip"),
        (zipped(**{"OFD.xml": b"<x/>"}), "a.zip", "ofd"),
        (bytes(range(256)) * 20, "a.doc", "unknown"),
    ],
)
def test_kind_by_content(data, path, kind):
    assert sniff(data, path) == kind


@pytest.mark.parametrize(
    ("data", "text"),
    [(WORD, "特此通知。"), (RTF, "特此通知。"), (FLAT, "特此通知。"), (WORDML, "一、总体要求"), (MHT, "特此通知。")],
)
def test_a_doc_that_is_something_else(data, text):
    document = read("公文.doc", data)
    assert [block.text for block in document.blocks] == [text]
    assert len(document.sha256) == 64


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (docx("<w:p/>"), "no-text"),
        (OLE + bytes(1000) + "EncryptedPackage".encode("utf-16-le") + b"\0\0", "encrypted"),
        (WORD[: len(WORD) // 2], "damaged"),
        (OLE + bytes(600), "unknown-format"),
        (OLE + bytes(1000) + "WordDocument".encode("utf-16-le") + b"\0\0", "damaged"),
        (bytes(range(256)) * 20, "unknown-format"),
        (zipped(**{"a.txt": b"x"}), "archive"),
    ],
)
def test_errors_have_a_code_and_a_remedy(data, code):
    with pytest.raises(ReadError) as caught:
        read("坏文件.docx", data)
    assert caught.value.code == code
    assert caught.value.path == "坏文件.docx"
    assert caught.value.reason
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


def test_absent_file_and_folder(tmp_path):
    for path in (tmp_path / "absent.docx", tmp_path):
        with pytest.raises(ReadError) as caught:
            read(path)
        assert caught.value.code == "not-found"


# RTF ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (rb"\'b9\'d8\'d3\'da\par \'cd\'a8\'d6\'aa\par", ["关于", "通知"]),
        (rb"\uc1\u38215?\u-30335?\par", ["镇要"]),
        (rb"\uc2\u38215\'d5\'f2X\par", ["镇X"]),
        (rb"\u-10179?\u-8705?\par", ["\U0001f5ff"]),
        (rb"A{\v hidden}B{\deleted gone}C\par", ["ABC"]),
        (rb"{\field{\*\fldinst HYPERLINK x}{\fldrslt result}}\par", ["result"]),
        (rb"{\listtext\pard\plain 1.\tab}item\par{\listtext\'b7\tab}item\par", ["1. item", "item"]),
        (rb"one\line two\par", ["one", "two"]),
        (rb"{\pict\bin4 {}{}0102}after{\*\unknown x}\par", ["after"]),
        (rb"body{\footnote note}\par last\par", ["body", "last", "note"]),
        (rb"{\*\shpinst{\sp{\sn x}{\sv y}}{\shptxt box\par}}anchor\par", ["anchor", "box"]),
        (rb"{\upr{ansi}{\*\ud{\u38215?}}}\par", ["镇"]),
        (
            rb"\trowd\cellx1000\cellx2000 a\cell b\cell\row\trowd\cellx2000 c\cell\row\pard end\par",
            ["a\tb", "c", "end"],
        ),
        (rb"\trowd\clvmgf\cellx9\cellx99 a\cell b\cell\row\trowd\clvmrg\cellx9\cellx99\cell c\cell\row", ["a\tb\n\tc"]),
        (rb"\{\}\\ 5\~6\_7\par", ["{}\\ 5\u00a06-7"]),
    ],
)
def test_rtf(body, lines):
    data = rb"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}\f0 " + body + b"}"
    assert [block.text for block in read("a.rtf", data).blocks] == lines


# Sheets -------------------------------------------------------------------------------------------------------------


def test_sheet_with_title_row_and_merged_cells():
    rows = [
        [],
        ["序号", "事项", "下放单位"],
        [1, "户外广告设置审批", None],
        [2, "占道许可", None],
        [3, "临时用地", "县国土局"],
    ]
    data = workbook(("附件1", rows, [(0, 0, 0, 2, "下放事项目录"), (2, 2, 3, 2, "县城管局")], False))
    blocks = read("目录.et", data).blocks
    assert [block.kind for block in blocks] == ["paragraph", "table"]
    assert blocks[0].text == "下放事项目录"
    assert blocks[1].rows == (
        ("序号", "事项", "下放单位"),
        ("1", "户外广告设置审批", "县城管局"),
        ("2", "占道许可", "县城管局"),
        ("3", "临时用地", "县国土局"),
    )
    assert blocks[1].text.split("\n")[2] == "2\t占道许可\t"
    assert (blocks[1].origin.table, blocks[1].origin.row) == (0, 1)


def test_sheets_are_named_and_hidden_ones_left_out():
    table = [["序号", "名称"], [1, "甲"]]
    data = workbook(("委托事项", table, [], False), ("Sheet2", table, [], False), ("草稿", table, [], True))
    document = read("a.xlsx", data)
    assert [(block.kind, block.heading, block.text[:4]) for block in document.blocks] == [
        ("paragraph", 1, "委托事项"),
        ("table", None, "序号\t名"),
        ("table", None, "序号\t名"),
    ]
    assert "草稿" in document.warnings[0]


def test_unmerged_title_and_unit_stand_above_the_head_row():
    rows = [["下放事项目录"], ["填报单位：青坪镇", None, "单位：项"], ["序号", "名称", "数量"], [1, "甲", 2.5]]
    blocks = read("a.xlsx", workbook(("Sheet1", rows, [], False))).blocks
    assert [block.text for block in blocks] == [
        "下放事项目录",
        "填报单位：青坪镇",
        "单位：项",
        "序号\t名称\t数量\n1\t甲\t2.5",
    ]


def biff(*records: tuple[int, bytes]) -> bytes:
    """A bare stream of .xls records."""
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


@pytest.mark.parametrize(
    ("records", "code"),
    [
        ([(0x0203, struct.pack("<HHHd", 1, 2, 0, 1.5))], None),
        (
            [(0x0203, struct.pack("<HHHd", 1, 2, 0, 1.5)), (0x0203, struct.pack("<HHHd", 60_000, 60_000, 0, 1))],
            "too-large",
        ),
        ([(0x0200, struct.pack("<IIHHH", 0, 2**31, 0, 9, 0))], "too-large"),
        ([(0x002F, b"\0\0")], "encrypted"),
    ],
)
def test_xls_is_measured_before_it_is_read(records, code):
    stream = biff((0x0809, b"\x00\x06\x10\x00" + bytes(12)), *records, (0x000A, b""))
    if code is None:
        check_xls(stream, "a.xls", Limits())
    else:
        with pytest.raises(ReadError) as caught:
            check_xls(stream, "a.xls", Limits())
        assert caught.value.code == code


def test_excel_2003_xml():
    cell = '<Cell{0}><Data ss:Type="String">{1}</Data></Cell>'
    rows = [
        cell.format(' ss:MergeAcross="2"', "下放事项目录"),
        cell.format("", "序号") + cell.format("", "事项") + cell.format("", "下放单位"),
        cell.format("", "1") + cell.format("", "甲项") + cell.format(' ss:MergeDown="1"', "县水务局"),
        cell.format("", "2") + cell.format("", "乙项"),
        cell.format("", "3") + cell.format(' ss:Index="3"', "县林业局"),
    ]
    data = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Sheet1"><Table>'
        + "".join(f"<Row>{row}</Row>" for row in rows)
        + "</Table></Worksheet></Workbook>"
    ).encode()
    blocks = read("目录.xls", data).blocks
    assert blocks[0].text == "下放事项目录"
    assert blocks[1].rows[1:] == (("1", "甲项", "县水务局"), ("2", "乙项", "县水务局"), ("3", "", "县林业局"))


def test_stray_cell_far_away_is_refused():
    book = openpyxl.Workbook()
    book.active["A1"] = "甲"
    book.active["XFD1048576"] = "乙"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(ReadError) as caught:
        read("a.xlsx", stream.getvalue())
    assert caught.value.code == "too-large"


# Archives -----------------------------------------------------------------------------------------------------------


def gbk_zip(name: str, content: bytes) -> bytes:
    """An archive whose member's name is GBK without a word about it, as Windows packers write it."""
    raw = name.encode("gbk")
    stand_in = "x" * len(raw)
    return zipped(**{stand_in: content}).replace(stand_in.encode(), raw)


def test_chinese_member_names():
    assert [name for name, _ in members(gbk_zip("附件1：下放目录.txt", b"x"), Limits())] == ["附件1：下放目录.txt"]
    assert [name for name, _ in members(zipped(**{"附件/目录.txt": b"x"}), Limits())] == ["附件/目录.txt"]


def test_member_names_cannot_leave_the_folder():
    data = zipped(**{"../../etc/passwd": b"a", "/abs.txt": b"b", "C:\\x\\..\\y.txt": b"c", "__MACOSX/._a": b"d"})
    assert [name for name, _ in members(data, Limits())] == ["etc/passwd", "abs.txt", "x/y.txt"]


def test_archives_nest_once():
    third = zipped(**{"c.txt": b"c"})
    second = zipped(**{"third.zip": third, "b.txt": b"b"})
    first = zipped(**{"second.zip": second, "a.docx": WORD})
    assert [name for name, _ in members(first, Limits())] == ["second.zip/third.zip", "second.zip/b.txt", "a.docx"]
    found = list(read_all("批文.zip", first))
    assert [type(each).__name__ for each in found] == ["ReadError", "RawDocument", "RawDocument"]
    assert found[2].path == "批文.zip/a.docx"


def broken(data: bytes, content: bytes) -> bytes:
    """The archive with one stored member's bytes changed, so that its checksum is wrong."""
    return data.replace(content, content[::-1], 1)


def test_a_bad_member_does_not_stop_the_others():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in (
            ("a.txt", "特此通知。"),
            ("b.txt", "broken part"),
            ("c.bin", "\x00\x01" * 99),
            ("d.docx", WORD),
        ):
            archive.writestr(name, content)
        archive.writestr("inner.zip", zipped(**{"e.txt": "特此批复。".encode()})[:-30])
        archive.writestr("f.txt", "特此函复。")
    found = list(read_all("批文.zip", broken(stream.getvalue(), b"broken part")))
    assert [(each.path, getattr(each, "code", "read")) for each in found] == [
        ("批文.zip/a.txt", "read"),
        ("批文.zip/b.txt", "damaged"),
        ("批文.zip/c.bin", "unknown-format"),
        ("批文.zip/d.docx", "read"),
        ("批文.zip/inner.zip", "damaged"),
        ("批文.zip/f.txt", "read"),
    ]


def test_bombs_are_not_unpacked():
    bomb = zipped(**{"a.txt": b"0" * (40 * 2**20)})
    (found,) = read_all("a.zip", bomb)
    assert (found.path, found.code) == ("a.zip/a.txt", "too-large")
    packed = docx("<w:p><w:r><w:t>" + " " * (40 * 2**20) + "</w:t></w:r></w:p>")
    with pytest.raises(ReadError) as caught:
        read("a.docx", packed)
    assert caught.value.code == "too-large"
    many = zipped(**{f"{number}.txt": b"x" * 1000 for number in range(20)})
    for limits in (Limits(max_members=10), Limits(max_unpacked=10_000), Limits(max_bytes=100)):
        assert any(
            isinstance(each, ReadError) and each.code == "too-large" for each in read_all("a.zip", many, limits=limits)
        )


def test_entities_are_not_expanded():
    name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    body = f'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "yyyy">]><w:document xmlns:w="{name}"><w:body><w:p><w:r><w:t>甲&x;&y;</w:t></w:r></w:p></w:body></w:document>'
    document = read("a.docx", zipped(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": body.encode()}))
    assert [block.text for block in document.blocks] == ["甲"]


def test_blocks_say_where_they_stand():
    for path in sorted(FORMATS.glob("typed.*")):
        if path.suffix in (".docx", ".doc", ".odt", ".rtf"):
            for block in read(path).blocks:
                assert isinstance(block, Block)
                if block.kind != "furniture":
                    assert block.origin.paragraph is not None or block.origin.table is not None
