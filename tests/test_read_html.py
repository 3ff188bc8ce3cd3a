"""The reader of web pages: what is text, what is furniture, what are facts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.passing import ReadError
from policyparse.read.html import read_html
from policyparse.read.limits import Limits

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "read_html.yaml").read_text(encoding="utf-8"))
FRAGMENTS = [case["html"] for case in CASES["pages"]]


def shown(block: Any, like: Any) -> Any:
    """`block` in the words of the case that it is compared with."""
    if isinstance(like, str):
        return block.text if block.kind == "paragraph" and block.heading is None else block
    return {key: [list(row) for row in block.rows] if key == "rows" else getattr(block, key) for key in like}


@pytest.mark.parametrize("case", CASES["pages"], ids=lambda case: case["name"])
def test_page(case: dict[str, Any]) -> None:
    reading = read_html(case["html"].encode("utf-8"), "a.html", Limits())
    blocks = [block for block in reading.blocks if block.kind != "furniture"]
    assert len(blocks) == len(case["blocks"]), [block.text for block in blocks]
    assert [shown(block, like) for block, like in zip(blocks, case["blocks"], strict=True)] == case["blocks"]
    assert [block.text for block in reading.blocks if block.kind == "furniture"] == case.get("furniture", [])
    assert reading.metadata == case.get("facts", {})


@pytest.mark.parametrize("case", CASES["encodings"], ids=lambda case: case["name"])
def test_encoding(case: dict[str, str]) -> None:
    page = f"<html><head><meta charset='{case['declared']}'></head><p>县政府同意将审批权限委托给镇里行使。</p></html>"
    reading = read_html(page.encode(case["encoding"]), "a.html", Limits())
    assert reading.encoding == case["says"]
    assert reading.blocks[0].text == "县政府同意将审批权限委托给镇里行使。"


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_refused(case: dict[str, str]) -> None:
    with pytest.raises(ReadError) as error:
        read_html(case["html"].encode("utf-8"), "a.html", Limits())
    assert error.value.code == case["code"]


def test_limits_are_held() -> None:
    wide = (
        "<table><tr><td colspan=1000>甲</td><td>乙</td></tr>" + "<tr><td rowspan=60000>丙</td></tr>" * 50 + "</table>"
    )
    with pytest.raises(ReadError) as error:
        read_html(wide.encode("utf-8"), "a.html", Limits(max_cells=500))
    assert error.value.code == "too-large"
    with pytest.raises(ReadError) as error:
        read_html(("<div>" * 2_000 + "甲").encode("utf-8"), "a.html", Limits())
    assert error.value.code == "too-large"


def test_tables_do_not_hide_in_one_another() -> None:
    nested = "<table><tr><td>外</td><td>" * 40 + "里" + "</td></tr></table>" * 40
    reading = read_html(nested.encode("utf-8"), "a.html", Limits())
    assert "".join(block.text for block in reading.blocks) == "外" * 40 + "里"


def test_places_are_in_order() -> None:
    reading = read_html("<p>甲</p><p>乙</p><nav>丙</nav><p>丁</p>".encode(), "a.html", Limits())
    assert [block.origin.paragraph for block in reading.blocks] == [0, 1, 2, 3]


TAGS = st.sampled_from(
    ["<p>", "</p>", "<table>", "<tr>", "<td rowspan=2>", "</td>", "</table>", "<ol>", "<li value=x>", "<h2>", "<pre>",
     "<a href=#>", "</a>", "<nav>", "<!--", "-->", "<![CDATA[", "<script>", "</script>", "<br>", "&#0;", "&#xD800;",
     "索引号：", "文字", "\0", "\n", "<svg>", "<td colspan=99999999999>", "<div id=zoom>", "</div>", "<title>"]
)  # fmt: skip


@given(st.lists(TAGS, max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_soup_is_read_or_refused(soup: str) -> None:
    try:
        reading = read_html(soup.encode("utf-8"), "a.html", Limits(max_cells=10_000))
    except ReadError:
        return
    assert all((block.text.strip() and "\n" not in block.text) or block.kind == "table" for block in reading.blocks)


@given(st.sampled_from(FRAGMENTS), st.integers(0, 400), st.binary(max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_damaged_page_is_read_or_refused(page: str, place: int, junk: bytes) -> None:
    data = page.encode("utf-8")
    try:
        read_html(data[:place] + junk + data[place + 2 :], "a.html", Limits())
    except ReadError:
        return
