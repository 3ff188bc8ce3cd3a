"""The structure room: rows of documents, and what must hold for any numbering."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.labels import inline_labels, label_at
from policyparse.passing import CleanText, Outline
from policyparse.structure import structure
from policyparse.vocabulary import shipped

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/structure.yaml").read_text("utf-8"))


ELEMENTS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases/elements.yaml").read_text("utf-8"))


def outline(text: str) -> Outline:
    return structure(CleanText(text), shipped())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_rows(case: dict[str, Any]) -> None:
    found = outline(case["text"])
    if "sections" in case:
        assert [f"{s.level} {s.label} {s.title}" for s in found.sections] == case["sections"]
    if "spans" in case:
        assert [found.text[s.start : s.end] for s in found.sections] == case["spans"]
    if "clauses" in case:
        assert len(found.clauses) == len(case["clauses"]), [clause.text for clause in found.clauses]
        for clause, beginning in zip(found.clauses, case["clauses"], strict=True):
            assert clause.text.startswith(beginning)
    for name, value in case.get("facts", {}).items():
        got = getattr(found.facts, name)
        assert (list(got) if isinstance(got, tuple) else got) == value, name
    if "warnings" in case:
        assert len(found.warnings) == case["warnings"], found.warnings


@pytest.mark.parametrize("case", ELEMENTS, ids=lambda case: case["name"])
def test_elements(case: dict[str, Any]) -> None:
    text = case["text"]
    found = outline(text).elements
    shown = {
        "addressees": list(found.addressees),
        "copied_to": list(found.copied_to),
        "printed": found.printed,
        "annexes": [
            f"{a.label} {a.title}" + (f" at {text[a.start :].splitlines()[0]}" if a.start is not None else "")
            for a in found.annexes
        ],
        "speech": found.speech.model_dump() if found.speech else None,
    }
    assert {name: shown[name] for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("above", [[], ["首批下放事项"], ["附件", "首批下放事项"], ["首批下放事项", "单位：项"]])
def test_a_signature_above_an_annexed_table(above: list[str]) -> None:
    before = ["青溪县关于下放权限的通知", "经研究，决定下放一批权限。", "青溪县人民政府", "2013年5月8日", *above]
    rows = (("序号", "事项"), ("1", "临时占道许可"))
    start = sum(len(line) + 1 for line in before)
    text = "\n".join([*before, *("\t".join(row) for row in rows)])
    found = structure(CleanText(text, tables=((start, len(text), rows),)), shipped())
    assert (found.facts.date, found.facts.issuers) == ("2013-05-08", ("青溪县人民政府",))


PIECE = st.sampled_from(
    ["一、", "二、", "三、", "（一）", "（二）", "(1)", "1.", "2、", "①", "一是", "二是", "第一条 ", "第二章 ", "附件1：", "——", "目录",
     "抓落实", "各镇要抓紧抓好。", "权限下放，", "；", "：", "县人民政府", "2011年6月8日", "的通知", "青政发〔2010〕5号", "\n", "\n", "同志们："]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECE, min_size=1, max_size=60))
def test_any_numbering_gives_a_sound_outline(pieces: list[str]) -> None:
    lines = [line.strip() for line in "".join(pieces).split("\n")]
    text = "\n".join(line for line in lines if line)
    found = outline(text)
    ids = {section.id: section for section in found.sections}
    for section in found.sections:
        assert text[section.start :].startswith(section.label[0])
        assert section.start <= section.end <= len(text)
        parent = ids.get(section.parent or "")
        assert section.level == (parent.level + 1 if parent else 1)
        if parent:
            assert parent.start <= section.start
            assert section.end <= parent.end
    last = 0
    for clause in found.clauses:
        assert text[clause.start : clause.end] == clause.text
        assert clause.text.strip() == clause.text != ""
        assert clause.start >= last
        assert clause.section is None or clause.section in ids
        if clause.section:  # a section's span holds its clauses
            assert max(clause.start, ids[clause.section].start) < ids[clause.section].end
        last = clause.end
    assert structure(CleanText(text), shipped()) == found


@pytest.mark.parametrize(
    ("line", "text", "style", "number"),
    [
        ("第十二条 本办法", "第十二条", "条", 12),
        ("（二十三）强化", "（二十三）", "（一）", 23),
        ("（３）强化", "（３）", "(1)", 3),
        ("10．优化", "10．", "1.", 10),
        ("⑫其他", "⑫", "①", 12),
        ("十一、附则", "十一、", "一、", 11),
        ("一、2025年工作回顾", "一、", "一、", 1),
        ("四要严格纪律", "四要", "是", 4),
        ("第 三 章 职责", "第三章", "章", 3),
    ],
)
def test_labels(line: str, text: str, style: str, number: int) -> None:
    label = label_at(line)
    assert label is not None
    assert (label.text, label.style, label.number) == (text, style, number)


@pytest.mark.parametrize(
    "line", ["2009年，全镇", "1.5万人", "一要求各村", "第三条规定的", "一方面，要", "首先，要", "第55次会议"]
)
def test_what_is_no_label(line: str) -> None:
    assert label_at(line) is None


def test_inline_labels_need_a_boundary() -> None:
    assert [label.text for label in inline_labels("主要有：(1)清理；(2)编目。统一是前提")] == ["(1)", "(2)"]
