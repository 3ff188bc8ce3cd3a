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
from policyparse.vocabulary import shipped

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
    "市 区 县 镇 街道 佛山市 顺德区 石龙镇 XX镇 ----县 省委 政府 党委 委 局 厅 办 办公室 领导小组 委员会 中心 分局 派出所 公司 财政 "
    "环保 市场监管 发展和改革 和 与 、 ， 。 （ ） 《 》 “ ” 等部门 部门 各 各级 我 的 成立 推进 加强 以下简称 试点镇 国务院 科技部 "
    "书记 会议 机关 国 一 1 〔2009〕 号 \n".split(" ")
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
