"""The reader of OFD: order of reading, templates, and what it refuses. The files are made here, part by part."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.passing import ReadError
from policyparse.read.limits import Limits
from policyparse.read.ofd import read_ofd

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def text(x: float, y: float, words: str, size: float = 5.6) -> str:
    """A line of `words`; its baseline begins at (x, y) millimetres."""
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y - size} {210 - x} {size * 1.2}" Font="1" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="g {len(words) - 1} {size}">{words}</ofd:TextCode></ofd:TextObject>'
    )


def layer(*objects: str) -> str:
    return (
        f'<ofd:Page {NAMESPACE}><ofd:Content><ofd:Layer ID="2">{"".join(objects)}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def ofd(*pages: str, **parts: str) -> bytes:
    """An OFD of the given pages; `parts` replace or add parts by name, dots written as __."""
    places = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/{n}.xml"/>' for n in range(len(pages)))
    files = {
        "OFD.xml": f'<ofd:OFD {NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo/>'
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
        f"</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>{places}</ofd:Pages></ofd:Document>",
        **{f"Doc_0/Pages/{n}.xml": page for n, page in enumerate(pages)},
        **{name.replace("__", "."): part for name, part in parts.items()},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in files.items():
            archive.writestr(name, part)
    return out.getvalue()


FIRST = layer(
    text(28, 110, "权限委托给临江镇人民政府行使，委托期限为三年。"),
    text(60, 50, "关于扩大临江镇权限的批复", 7.7),
    text(39.2, 100, "从2014年3月1日起，将八十六项行政审批事项管理"),
    text(28, 80, "临江镇人民政府："),
    text(100, 275, "— 1 —", 4.9),
)
SECOND = layer(text(39.2, 50, "此复。"), text(120, 80, "某县人民政府"))
SAMPLE = ofd(FIRST, SECOND)


def test_the_order_is_that_of_the_places_and_lines_become_paragraphs() -> None:
    reading = read_ofd(SAMPLE, "a.ofd", Limits())
    assert [(block.text, block.kind, block.origin.page) for block in reading.blocks] == [
        ("关于扩大临江镇权限的批复", "paragraph", 1),
        ("临江镇人民政府：", "paragraph", 1),
        (
            "从2014年3月1日起，将八十六项行政审批事项管理权限委托给临江镇人民政府行使，委托期限为三年。",
            "paragraph", 1,
        ),
        ("— 1 —", "furniture", 1),
        ("此复。", "paragraph", 2),
        ("某县人民政府", "paragraph", 2),
    ]  # fmt: skip
    assert [block.origin.paragraph for block in reading.blocks] == [0, 1, 2, 3, 4, 5]


def test_text_off_the_page_is_not_seen() -> None:
    reading = read_ofd(ofd(layer(text(28, 50, "看得见"), text(28, 400, "看不见"))), "a.ofd", Limits())
    assert [block.text for block in reading.blocks] == ["看得见"]


def test_runs_of_blanks_are_no_lines() -> None:
    reading = read_ofd(
        ofd(layer(text(28, 50, "  "), text(28, 60, "此复。"), text(28, 70, "\u3000"))), "a.ofd", Limits()
    )
    assert [block.text for block in reading.blocks] == ["此复。"]


def test_characters_that_only_the_files_font_knows_are_told() -> None:
    reading = read_ofd(ofd(layer(text(28, 50, "\ue001\ue002县政府办公室文件"))), "a.ofd", Limits())
    assert "2 characters" in reading.warnings[0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04 no archive", "damaged"),
        (ofd(FIRST, OFD__xml="<html/>"), "damaged"),
        (ofd(layer()), "no-text"),
        (ofd(FIRST, Encryptions__xml="<ofd:Encryptions/>"), "encrypted"),
        (ofd(FIRST, OFD__xml='<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'), "damaged"),
    ],
    ids=["nothing", "no archive", "no OFD inside", "no text", "encrypted", "entities"],
)
def test_refused(data: bytes, code: str) -> None:
    with pytest.raises(ReadError) as error:
        read_ofd(data, "a.ofd", Limits())
    assert error.value.code == code


@pytest.mark.parametrize(
    "limits", [Limits(max_pages=1), Limits(max_bytes=50), Limits(max_characters=9), Limits(max_xml=99)]
)
def test_limits_are_held(limits: Limits) -> None:
    with pytest.raises(ReadError) as error:
        read_ofd(SAMPLE, "a.ofd", limits)
    assert error.value.code == "too-large"


@given(st.integers(0, len(FIRST) - 1), st.text("<>&\"'/ 09-.eEgNaif", max_size=4), st.integers(0, 9))
@settings(max_examples=150, deadline=None)
def test_a_damaged_page_is_read_or_refused(place: int, junk: str, length: int) -> None:
    try:
        read_ofd(ofd(FIRST[:place] + junk + FIRST[place + length :], SECOND), "a.ofd", Limits())
    except ReadError:
        return


@given(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_a_damaged_container_is_read_or_refused(place: int, junk: bytes) -> None:
    try:
        read_ofd(SAMPLE[:place] + junk + SAMPLE[place + len(junk) :], "a.ofd", Limits())
    except ReadError:
        return
