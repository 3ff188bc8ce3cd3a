"""Institutions: rows of tests/cases/institutions.yaml and canonical.yaml, and what must hold for any text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.extract.institutions import institutions
from policyparse.passing import Facts, Outline
from policyparse.vocabulary import Vocabulary, shipped

CASES = Path(__file__).parent / "cases"


def rows(name: str) -> list[Any]:
    return [pytest.param(row, id=row["name"]) for row in yaml.safe_load((CASES / name).read_text("utf-8"))]


def outline(text: str, facts: dict[str, Any] | None = None, places: list[str] | None = None) -> Outline:
    """A text without structure. `places` are names that the document has elsewhere: put on a line of their own."""
    given_facts = dict(facts or {})
    if "issuers" in given_facts:
        given_facts["issuers"] = tuple(given_facts["issuers"])
    if places:
        text = text + "\n" + "，".join(places) + "。"
    return Outline(text, [], [], [], Facts(**given_facts))


@pytest.mark.parametrize("row", rows("institutions.yaml"))
def test_mentions(row: dict[str, Any]) -> None:
    found = institutions(outline(row["text"], row.get("facts"), row.get("places")), shipped())
    assert [mention.text for mention in found] == row["found"]


@pytest.mark.parametrize("row", rows("canonical.yaml"))
def test_canonical_names(row: dict[str, Any]) -> None:
    found = institutions(outline(row["text"], row.get("facts")), shipped())
    names = {mention.text: mention.canonical for mention in found}
    assert {text: names.get(text) for text in row["canonical"]} == row["canonical"]


# Words of the genre, so that random texts hit the grammar's branches and not only its first test.
WORDS = st.sampled_from(
    [
        "市",
        "区",
        "县",
        "镇",
        "街道",
        "佛山市",
        "顺德区",
        "石龙镇",
        "XX镇",
        "----县",
        "省委",
        "政府",
        "党委",
        "委",
        "局",
        "厅",
        "办",
        "办公室",
        "领导小组",
        "委员会",
        "中心",
        "分局",
        "派出所",
        "公司",
        "财政",
        "环保",
        "市场监管",
        "发展和改革",
        "和",
        "与",
        "、",
        "，",
        "。",
        "（",
        "）",
        "《",
        "》",
        "“",
        "”",
        "等部门",
        "部门",
        "各",
        "各级",
        "我",
        "的",
        "成立",
        "推进",
        "加强",
        "以下简称",
        "试点镇",
        "国务院",
        "科技部",
        "书记",
        "会议",
        "机关",
        "国",
        "一",
        "1",
        "〔2009〕",
        "号",
        "\n",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(WORDS, max_size=40).map("".join), st.text(max_size=200)))
def test_any_text(text: str) -> None:
    """Offsets cut their text, mentions are in order and never overlap, names are never empty; twice is the same."""
    given_outline = outline(text, {"place": "广东省/佛山市/顺德区", "level": "county", "date": "2010-01-01"})
    found = institutions(given_outline, shipped())
    assert found == institutions(given_outline, shipped())
    end = 0
    for mention in found:
        assert mention.start >= end
        assert text[mention.start : mention.end] == mention.text
        assert mention.text.strip()
        assert mention.canonical.strip()
        end = mention.end


@settings(max_examples=100, deadline=None)
@given(st.lists(WORDS, max_size=40).map("".join))
def test_titles_hold_no_mention(text: str) -> None:
    """Nothing is found in the document's own title lines."""
    whole = Outline(text, [], [], [], Facts(), ((0, len(text)),))
    assert institutions(whole, shipped()) == []


def examples(column: str) -> list[Any]:
    """The vocabulary's own examples: every row of a head or a function word that has one."""
    return [
        pytest.param(row[column], id=f"{table}-{row[column]}")
        for table in ("institutions_functions", "institutions_kinds", "institutions_bodies", "institutions_names")
        for row in shipped().table(table)
        if row.get(column) and row.get("class") != "none" and "某" not in row[column]
    ]


@pytest.mark.parametrize("example", examples("example"))
def test_every_example_is_found(example: str) -> None:
    found = [mention.text for mention in institutions(outline(f"成立{example}，会同{example}办理。"), shipped())]
    assert example in found, f"词表例子“{example}”没有被认出：认出的是 {found}；请检查职能词、通名是否都在词表里"


@pytest.mark.parametrize("counter", examples("counter_example"))
def test_no_counter_example_is_found(counter: str) -> None:
    found = [mention.text for mention in institutions(outline(f"{counter}。"), shipped())]
    assert counter not in found, f"词表反例“{counter}”被当成了机构；请在 not_before 里加字"


def test_an_expert_adds_a_department(tmp_path: Path) -> None:
    """A row in an overlay folder is all that a new function word, abbreviation or class needs."""
    text = "县低空经济局、县航促办负责，支持零工驿站建设。"
    before = [mention.text for mention in institutions(outline(text), shipped())]
    (tmp_path / "institutions_functions.csv").write_text(
        "function,full,department,from,to,example\n低空经济,,yes,2024,,县低空经济局\n航促,航空产业促进,,2024,,\n",
        "utf-8",
    )
    own = Vocabulary(tmp_path)
    found = {mention.text: mention.canonical for mention in institutions(outline(text), own)}
    assert before == ["县低空经济局"]
    assert found == {"县低空经济局": "县低空经济局", "县航促办": "县航空产业促进办公室"}


@pytest.mark.parametrize(
    "piece",
    [
        "财政局、",
        "派出所",
        "领导小组办公室",
        "市",
        "市委",
        "和财政",
        "《",
        "（以下简称办）",
        "XX",
        "有限公司",
        "各级",
        "等部门、公安",
    ],
)
def test_long_runs_of_one_piece(piece: str) -> None:
    """A list, a chain or a stutter of any length is read to its end."""
    text = piece * 3000
    for mention in institutions(outline(text, {"place": "广东省/佛山市", "level": "prefecture"}), shipped()):
        assert text[mention.start : mention.end] == mention.text
