"""The cleaning room: rows of files, and what must hold for every file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policyparse.clean import clean
from policyparse.clean.mending import Edit, Mending, undo
from policyparse.clean.script import is_traditional
from policyparse.model import Origin
from policyparse.passing import Block, CleanText, PolicyparseError, RawDocument
from policyparse.vocabulary import Vocabulary, shipped

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/clean.yaml").read_text("utf-8"))


def raw(lines: list[str], kind: str = "line") -> tuple[str, RawDocument]:
    """A text file of these lines, as the reader gives it; and its decoded text."""
    blocks, at = [], 0
    for line in lines:
        if line.strip():
            blocks.append(Block(line, Origin(start=at, end=at + len(line)), kind))
        at += len(line) + 1
    return "\n".join(lines), RawDocument("file.txt", "", "text/plain", "utf-8", tuple(blocks))


def run(lines: list[str]) -> tuple[str, list[CleanText]]:
    text, document = raw(lines)
    return text, clean(document, shipped())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_rows(case: dict[str, Any]) -> None:
    _, documents = run(case["lines"])
    assert [document.text for document in documents] == case["texts"]
    reasons = {repair.reason for document in documents for repair in document.repairs}
    assert set(case.get("repairs", ())) <= reasons
    assert [(d.part, d.parts) for d in documents] == [(n, len(documents)) for n in range(1, len(documents) + 1)]


LINE = st.text(
    alphabet="一二三四五（）()、。，；：是要第条章镇县区政府在的权限下放由转轉變講話 \t　0123456789—-年月日附件XX网下载zhuǎn",
    max_size=60,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINE, max_size=30))
def test_any_file_can_be_cleaned_and_every_repair_undone(lines: list[str]) -> None:
    text, documents = run(lines)
    squeezed = "\n".join(line for line in lines if line.strip())
    for document in documents:
        source = undo(document.text, document.repairs)
        assert source in squeezed
        assert all(line.strip() for line in document.text.split("\n"))
        for offset in range(0, len(document.text), 7):
            origin = document.origin(offset, offset + 1)
            assert origin.start is not None
            simplified = document.text[offset]
            original = text[origin.start]
            assert simplified == original or any(repair.start <= offset < repair.end for repair in document.repairs), (
                "a character that was not repaired stands in the source where its origin says"
            )


@settings(max_examples=100, deadline=None)
@given(st.lists(LINE, max_size=25))
def test_cleaning_what_is_clean_changes_nothing(lines: list[str]) -> None:
    _, documents = run(lines)
    for document in documents:
        # a file just below the share of Traditional characters passes it when a line goes: one repair more
        assume(not is_traditional(document.text))
        # the lines of a cleaned text are paragraphs
        _, paragraphs = raw(document.text.split("\n"), "paragraph")
        assert [again.text for again in clean(paragraphs, shipped())] == [document.text]


def test_a_pattern_that_is_not_well_formed_is_named(tmp_path: Path) -> None:
    (tmp_path / "furniture.csv").write_text(
        "pattern,place,reason,example,counter_example\n(没有右括号,line,x,,\n", "utf-8"
    )
    with pytest.raises(PolicyparseError, match=r"没有右括号.*not well formed"):
        clean(raw(["青溪镇方案", "清理权限。"])[1], Vocabulary(tmp_path))


@given(st.text("abcdef", min_size=1, max_size=40), st.data())
def test_mending_undoes_any_edits(source: str, data: st.DataObject) -> None:
    mending = Mending(source)
    for _ in range(data.draw(st.integers(1, 4))):
        cuts = sorted(data.draw(st.lists(st.integers(0, len(mending.text)), max_size=6, unique=True)))
        pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
        mending.apply(Edit(a, b, data.draw(st.sampled_from(["", "X"])), "test") for a, b in pairs)
        assert undo(mending.text, mending.repairs()) == source
    for offset, at in mending.alignment():
        assert offset < len(mending.text)
        assert at <= len(source)


def table(*rows: str) -> Block:
    """A table as the readers give it: rows as lines, cells parted by tabs."""
    cells = tuple(tuple(row.split("\t")) for row in rows)
    return Block("\n".join(rows), Origin(table=0), "table", rows=cells)


def cleaned(*blocks: Block) -> CleanText:
    (document,) = clean(RawDocument("a.docx", "", "", None, blocks), shipped())
    return document


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("1\t内资项目备案\t县发展和改革局", "1\t内资项目备案\t县发展和改革局"),
        ("甲\t乙\t丙\t丁", "甲\t乙\t丙\t丁"),  # cells of one character are no spaced-out word
        ("3\t临时占道许可\t\t交办", "3\t临时占道许可\t\t交办"),
        ("4 \t 2012 年\t交 办\t", "4\t2012年\t交 办"),
    ],
)
def test_the_cells_of_a_row_stay_apart(row: str, kept: str) -> None:
    document = cleaned(Block("下放事项目录"), table("序号\t事项\t单位\t方式", row), Block("以上 3 项。"))
    assert document.text.split("\n")[2:] == [kept, "以上3项。"]
    assert [document.text[start:end].split("\n")[-1] for start, end, _ in document.tables] == [kept]


def test_figures_in_cells_are_no_page_numbers() -> None:
    rows = [f"县直属部门下放权限事项\t{number}\t件，{'由镇便民服务中心受理' * 30}" for number in range(1, 5)]
    document = cleaned(Block("下放事项目录"), table(*rows))
    assert document.text.split("\n")[1:] == rows


@pytest.mark.parametrize("kind", ["line", "paragraph"])
def test_an_item_cut_before_its_first_sign_is_whole_in_every_format(kind: str) -> None:
    lines = ["青溪镇经验", "主要做法如下。", "一是推行", "“一窗受理”模式，群众少跑路。"]
    _, document = raw(lines, kind)
    assert [d.text for d in clean(document, shipped())] == [
        "青溪镇经验\n主要做法如下。\n一是推行“一窗受理”模式，群众少跑路。"
    ]
