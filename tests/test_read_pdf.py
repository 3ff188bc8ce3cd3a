"""The reader of PDF: paragraphs by their places, tables, furniture; and what it refuses."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from printed import LEFT, PITCH, SIZE, Printer

from policyparse.passing import Block, ReadError
from policyparse.read import ocr
from policyparse.read.limits import Limits
from policyparse.read.pdf import page_text, read_pdf
from policyparse.read.pdf_picture import page_picture

LONG = (
    "为进一步理顺县镇事权关系，经县委、县政府研究同意，从2014年3月1日起，将86项审批权限委托给临江镇人民政府行使，"
    "委托期限为三年，期满前由县机构编制委员会办公室会同县监察局组织评估。"
)
NEXT = (
    "县财政局牵头，县地方税务局配合，以2012年为基数，土地出让金县级留成部分的八成返还镇里，专项用于基础设施建设，"
    "不得用于人员经费。"
)
LABELLED = "（一）县国土资源局在镇设立分局，人员由县局统一调配，分局主要负责人的任免须事先征求镇党委的意见，业务经费列入县级预算。"


def text_blocks(data: bytes) -> list[str]:
    return [block.text for block in read_pdf(data, "a.pdf", Limits()).blocks if block.kind == "paragraph"]


def furniture(data: bytes) -> list[str]:
    return [block.text for block in read_pdf(data, "a.pdf", Limits()).blocks if block.kind == "furniture"]


def tables(data: bytes) -> list[Block]:
    return [block for block in read_pdf(data, "a.pdf", Limits()).blocks if block.kind == "table"]


def test_indented_lines_begin_paragraphs() -> None:
    page = Printer()
    for text in (LONG, NEXT, LABELLED, LONG):
        page.paragraph(text)
    assert text_blocks(page.bytes()) == [LONG, NEXT, LABELLED, LONG]


def test_paragraphs_without_indent_are_told_by_their_last_lines() -> None:
    page = Printer()
    for text in (LONG, NEXT, LABELLED):
        page.paragraph(text, indent=0)
    assert text_blocks(page.bytes()) == [LONG, NEXT, LABELLED]


def test_an_addressee_that_fills_its_line_is_a_paragraph() -> None:
    address = "各镇人民政府，各街道办事处，县政府各部门，县直各企业事业单位："
    page = Printer()
    for text in (address[4:], LONG, NEXT):
        page.paragraph(text, indent=0)
    assert text_blocks(page.bytes()) == [address[4:], LONG, NEXT]


def test_a_first_line_that_ends_as_far_in_as_it_begins_is_not_centred() -> None:
    long_number = (
        "县财政局按规定返还土地出让金县级留成部分的八成共计人民币1234567.89万元，专项用于基础设施建设和公共服务。"
    )
    page = Printer()
    for text in (LONG, long_number, NEXT):
        page.paragraph(text)
    assert text_blocks(page.bytes()) == [LONG, long_number, NEXT]


def test_white_between_lines_parts_paragraphs() -> None:
    full = LONG[:27] + "。"
    page = Printer()
    for text in (full, NEXT, LONG):
        page.paragraph(text, indent=0)
        page.top += 14
    assert text_blocks(page.bytes()) == [full, NEXT, LONG]


def test_a_full_last_line_is_ended_by_the_next_label() -> None:
    full = (LONG + NEXT)[:53] + "。"
    page = Printer()
    page.paragraph(full, indent=0)
    page.paragraph(LABELLED, indent=0)
    assert text_blocks(page.bytes()) == [full, LABELLED]


def test_a_title_over_two_lines_is_one_and_stands_alone() -> None:
    page = Printer()
    page.centred("关于扩大临江镇经济社会管理权限", 22)
    page.centred("试点工作的实施意见", 22)
    page.centred("某府发〔2014〕9号")
    page.paragraph("各镇人民政府，县直各单位：", indent=0)
    page.paragraph(LONG)
    page.text(370, page.top + 40, "某县人民政府")
    page.text(360, page.top + 69, "2014年2月11日")
    assert text_blocks(page.bytes()) == [
        "关于扩大临江镇经济社会管理权限试点工作的实施意见", "某府发〔2014〕9号", "各镇人民政府，县直各单位：", LONG,
        "某县人民政府", "2014年2月11日",
    ]  # fmt: skip


def test_a_paragraph_goes_on_overleaf_past_the_page_numbers() -> None:
    page = Printer()
    page.top = 700
    page.paragraph(LONG + NEXT)
    page.text(270, 790, "— 2 —", 14)
    data = page.bytes()
    assert text_blocks(data) == [LONG + NEXT]
    assert furniture(data) == ["—2—"]


@pytest.mark.parametrize("form", ["— {} —", "- {} -", "{}", "第{}页", "第 {} 页 共 4 页", "{}/4", "–– {} ––"])
def test_page_numbers_are_furniture(form: str) -> None:
    page = Printer()
    for number in range(1, 5):
        page.paragraph(LONG)
        page.text(280, 790, form.format(number), 14)
        page.turn()
    assert text_blocks(page.bytes()) == [LONG] * 4


def test_running_heads_are_furniture_but_no_line_of_the_text() -> None:
    page = Printer()
    for number in range(1, 5):
        page.text(LEFT, 50, "某县人民政府公报", 10)
        page.text(440, 50, f"2014年第{number}期", 10)
        page.paragraph(LONG)
        page.turn()
    data = page.bytes()
    assert text_blocks(data) == [LONG] * 4
    assert furniture(data)[0] == "某县人民政府公报 2014年第1期"


def test_footnotes_do_not_part_a_paragraph_and_stand_at_the_end() -> None:
    page = Printer()
    page.text(LEFT, 740, "①指省人民政府确定的经济发达镇行政管理体制改革试点，", 10)
    page.text(LEFT, 755, "不含县人民政府自行确定的中心镇。", 10)
    page.text(LEFT, 770, "②含乡。", 10)
    page.top = 600
    page.paragraph(LONG + NEXT, page=700)
    page.paragraph(LABELLED)
    assert text_blocks(page.bytes()) == [
        LONG + NEXT, LABELLED,
        "①指省人民政府确定的经济发达镇行政管理体制改革试点，不含县人民政府自行确定的中心镇。", "②含乡。",
    ]  # fmt: skip


def test_white_space_that_only_pleases_the_eye_vanishes() -> None:
    page = Printer()
    x = LEFT
    for part, gap in (("自", 4), ("2014", 4), ("年", 4), ("3", 4), ("月起施行", 16), ("Annex", 6), ("list", 0)):
        page.text(x, 100, part)
        x += page.canvas.stringWidth(part, "STSong-Light", SIZE) + gap
    page.text(LEFT, 180, "共 86 项，其中 A 类 12 项")
    assert text_blocks(page.bytes()) == ["自2014年3月起施行 Annex list", "共86项，其中A类12项"]


def test_two_columns_are_read_one_after_the_other() -> None:
    page = Printer()
    page.centred("某县人民政府公报目录及正文", 22)
    start = page.top
    page.paragraph(LONG + NEXT, size=10, right=280)
    page.paragraph(LABELLED, size=10, right=280)
    page.top = start
    page.paragraph(NEXT + LONG, size=10, left=312)
    page.paragraph(LABELLED, size=10, left=312)
    assert text_blocks(page.bytes()) == [
        "某县人民政府公报目录及正文", LONG + NEXT, LABELLED, NEXT + LONG, LABELLED
    ]  # fmt: skip


def test_a_watermark_is_not_mixed_into_the_text() -> None:
    page = Printer()
    page.paragraph(LONG)
    page.canvas.saveState()
    page.canvas.translate(150, 600)
    page.canvas.rotate(45)
    page.canvas.drawString(0, 0, "内部资料注意保存")
    page.canvas.restoreState()
    data = page.bytes()
    assert text_blocks(data) == [LONG]
    assert furniture(data) == ["内部资料注意保存"]


def test_a_page_that_lies_on_its_side_is_read_upright() -> None:
    page = Printer()
    page.canvas.translate(595, 0)
    page.canvas.rotate(90)
    page.canvas.setFont("STSong-Light", 16)
    page.canvas.drawString(100, 500, "附件：下放事项目录")
    page.canvas.drawString(100, 470, "第二行文字在下面。")
    assert text_blocks(page.bytes()) == ["附件：下放事项目录", "第二行文字在下面。"]


def test_a_table_with_merged_cells_between_paragraphs() -> None:
    page = Printer()
    page.paragraph(LONG)
    top = page.top + 10
    page.grid(
        [80, 130, 330, 500],
        [top, top + 24, top + 64, top + 88],
        {
            (0, 0, 1, 1): "序号", (0, 1, 1, 1): "事项", (0, 2, 1, 1): "承接单位",
            (1, 0, 1, 1): "1", (1, 1, 1, 1): "临时占道\n审批", (1, 2, 2, 1): "临江镇",
            (2, 0, 1, 1): "2", (2, 1, 1, 1): "户外广告设置审批",
        },
    )  # fmt: skip
    page.top = top + 100
    page.paragraph(NEXT)
    reading = read_pdf(page.bytes(), "a.pdf", Limits())
    assert [block.kind for block in reading.blocks] == ["paragraph", "table", "paragraph"]
    assert reading.blocks[1].rows == (
        ("序号", "事项", "承接单位"), ("1", "临时占道审批", "临江镇"), ("2", "户外广告设置审批", "临江镇")
    )  # fmt: skip
    assert reading.blocks[1].origin.page == 1


def test_a_table_goes_on_overleaf_and_its_head_row_is_not_repeated() -> None:
    page = Printer()
    for first in (1, 4):
        ys = [600.0 + 24 * number for number in range(5)] if first == 1 else [60.0 + 24 * number for number in range(5)]
        cells = {(0, 0, 1, 1): "序号", (0, 1, 1, 1): "事项"}
        for row in range(1, 4):
            cells |= {(row, 0, 1, 1): str(first + row - 1), (row, 1, 1, 1): f"第{first + row - 1}项审批"}
        page.grid([80, 130, 500], ys, cells)
        page.text(280, 790, f"— {first} —", 14)
        page.turn()
    (table,) = tables(page.bytes())
    assert table.rows == (("序号", "事项"), *((str(n), f"第{n}项审批") for n in range(1, 7)))


def test_one_box_around_a_text_is_no_table() -> None:
    page = Printer()
    page.canvas.rect(70, 500, 460, 290)
    page.paragraph(LONG)
    data = page.bytes()
    assert text_blocks(data) == [LONG]
    assert tables(data) == []


def test_origins_are_places_in_the_page_text() -> None:
    page = Printer()
    page.paragraph(LONG)
    page.turn()
    page.paragraph(NEXT)
    page.paragraph(LABELLED)
    data = page.bytes()
    reading = read_pdf(data, "a.pdf", Limits())
    for number, block in enumerate(reading.blocks):
        place = block.origin
        assert place.paragraph == number
        assert page_text(data, place.page or 0)[place.start : place.end].replace("\n", "") == block.text


def test_a_page_is_pictured_with_a_passage_marked() -> None:
    page = Printer()
    page.paragraph(LONG)
    data = page.bytes()
    start = LONG.index("委托期限")
    picture = Image.open(io.BytesIO(page_picture(data, 1, start + 2, start + 6))).convert("RGB")
    plain = Image.open(io.BytesIO(page_picture(data, 1))).convert("RGB")
    assert picture.size == plain.size
    x0, top, x1, bottom = ImageChops.difference(picture, plain).getbbox() or (0, 0, 0, 0)
    assert 3 * SIZE < (x1 - x0) * 72 / 110 < 5 * SIZE  # four characters of one line
    assert (bottom - top) * 72 / 110 < PITCH
    with pytest.raises(ReadError):
        page_picture(data, 2)


def test_text_without_a_size_or_a_place_is_not_seen() -> None:
    page = Printer()
    page.text(LEFT, 100, "看不见", 0.01)
    page.text(LEFT, 1e9, "看不见")
    page.paragraph(LONG)
    assert text_blocks(page.bytes()) == [LONG]


def refused(data: bytes, limits: Limits | None = None) -> ReadError:
    with pytest.raises(ReadError) as error:
        read_pdf(data, "a.pdf", limits or Limits())
    return error.value


def test_refused() -> None:
    page = Printer()
    page.paragraph(LONG)
    page.turn()
    page.paragraph(LONG)
    data = page.bytes()
    assert refused(b"").code == "damaged"
    assert refused(b"%PDF-1.7 \n%%EOF").code == "damaged"
    assert refused(data, Limits(max_pages=1)).code == "too-large"
    assert refused(data, Limits(max_bytes=100)).code == "too-large"
    assert refused(data, Limits(max_characters=100)).code == "too-large"
    secret = Printer(password="geheim")
    secret.paragraph(LONG)
    assert refused(secret.bytes()).code == "encrypted"
    empty = Printer()
    empty.canvas.line(0, 0, 100, 100)
    assert refused(empty.bytes()).code == "no-text"


def scan(text: str) -> bytes:
    """A PDF whose page is a picture of `text`."""
    import pypdfium2
    from reportlab.lib.utils import ImageReader

    page = Printer()
    page.paragraph(text)
    document = pypdfium2.PdfDocument(page.bytes())
    picture = document[0].render(scale=150 / 72).to_pil().convert("RGB")
    out = Printer()
    out.canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    return out.bytes()


def test_a_scan_without_the_extra_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    error = refused(scan(LONG))
    assert error.code == "needs-extra"
    assert "pip install 'policyparse[ocr]'" in error.remedy


@pytest.mark.skipif(not ocr.available(), reason="the OCR extra is not installed")
def test_a_scan_is_read_by_ocr() -> None:
    reading = read_pdf(scan(LONG), "a.pdf", Limits())
    assert [block.text for block in reading.blocks] == [LONG]
    assert "OCR" in reading.warnings[0]


def _sample() -> bytes:
    page = Printer()
    page.paragraph(LONG)
    page.grid([80, 130, 500], [600, 624, 648], {(0, 0, 1, 1): "序号", (0, 1, 1, 1): "事项", (1, 0, 1, 2): "一"})
    return page.bytes()


SAMPLE = _sample()


@given(
    st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.binary(min_size=1, max_size=3)), max_size=6), st.booleans()
)
@settings(max_examples=150, deadline=None)
def test_a_damaged_pdf_is_read_or_refused(changes: list[tuple[int, bytes]], cut: bool) -> None:
    data = bytearray(SAMPLE)
    for place, junk in changes:
        data[place : place + len(junk)] = junk
    if cut and changes:
        del data[changes[0][0] :]
    try:
        read_pdf(bytes(data), "a.pdf", Limits())
    except ReadError as error:
        assert error.reason  # noqa: PT017
