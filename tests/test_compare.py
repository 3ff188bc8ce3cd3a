"""Comparison: clauses find their counterpart, changes give both texts back, and the pilot tables lead to their clauses."""

from __future__ import annotations

import pytest
from corpus_builder import document, pilot_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

from policyparse.compare import (
    PILOT_TABLES,
    bodies,
    by_section,
    by_tag,
    changes,
    compare,
    delegated_items,
    responsibilities,
    shares,
    timeline,
)
from policyparse.model import Document

TEXT = st.text(st.sampled_from("县政府将许可权限下放到镇。（一）2009年\n"), max_size=60)


def test_adapted_clauses_are_aligned_and_the_rest_is_named() -> None:
    plan, adapted, *_ = pilot_corpus()
    result = compare(plan, adapted)
    assert [(pair.one.id, pair.other.id) for pair in result.pairs] == [("c2", "c1")]
    assert [clause.id for clause in result.only_one] == ["c1", "c3", "c4", "c5"]
    assert [clause.id for clause in result.only_other] == ["c2"]
    marked = [(change.one, change.other) for change in result.pairs[0].changes if change.kind != "equal"]
    assert ("柳溪", "大桥") in marked


def test_order_does_not_matter() -> None:
    one = document("甲\n设立便民服务中心，统一受理申请。\n财政超收部分全额返还给镇。\n")
    other = document("乙\n财政超收部分全部返还给镇。\n设立便民服务大厅，统一受理申请。\n")
    assert [(pair.one.id, pair.other.id) for pair in compare(one, other).pairs] == [("c1", "c2"), ("c2", "c1")]


def test_a_document_is_wholly_shared_with_itself() -> None:
    for each in pilot_corpus():
        result = compare(each, each)
        assert result.shared == 1.0
        assert all(pair.one == pair.other and pair.similarity == 1.0 for pair in result.pairs)


def test_documents_without_clauses_can_be_compared() -> None:
    empty = document("只有标题\n")
    assert compare(empty, pilot_corpus()[0]).pairs == ()
    assert compare(empty, empty).shared == 0.0


@settings(deadline=None)
@given(TEXT, TEXT)
def test_changes_give_both_texts_back(one: str, other: str) -> None:
    found = changes(one, other)
    assert "".join(change.one for change in found) == one
    assert "".join(change.other for change in found) == other


def test_changes_of_long_texts_give_both_back() -> None:
    one, other = "县政府将许可权限下放到镇。" * 90, "市政府将许可权限委托给镇。" * 90
    found = changes(one, other)
    assert "".join(change.one for change in found) == one
    assert "".join(change.other for change in found) == other


def test_side_by_side_by_tag() -> None:
    plan, adapted, *_ = pilot_corpus()
    table = by_tag([plan, adapted])
    assert [[clause.id for clause in cell] for cell in table["delegation"]] == [["c2"], ["c1"]]
    assert table["organization"][1] == []
    assert "rhetoric" not in table


def test_side_by_side_by_section() -> None:
    one = document("甲\n一、总体要求\n要点。\n二、财政扶持政策\n返还。\n三、组织领导\n成立小组。\n")
    other = document("乙\n一、组织领导和保障\n成立。\n二、总体要求\n要点。\n")
    titles = [[section.title if section else None for section in row] for row in by_section([one, other])]
    assert titles == [["总体要求", "总体要求"], ["财政扶持政策", None], ["组织领导", "组织领导和保障"]]


def clause_text(documents: list[Document], name: object) -> str:
    identity, _, clause = str(name).partition("#")
    (found,) = [d for d in documents if d.id == identity]
    return next(c.text for c in found.clauses if c.id == clause)


@pytest.mark.parametrize("name", list(PILOT_TABLES))
def test_pilot_tables_lead_to_their_clauses(name: str) -> None:
    documents = pilot_corpus()
    table = PILOT_TABLES[name]
    rows = table.rows(documents)
    assert rows
    assert set(table.heads) == set(table.columns)
    for row in rows:
        assert set(row) == set(table.columns)
        words = row.get("quote") or row.get("sentence") or row.get("text") or row["mode"]
        assert name == "history" or str(words) in clause_text(documents, row["clause"])


def test_items_of_one_meaning_stand_together() -> None:
    def town(name: str, item: str) -> Document:
        return document(f"{name}方案\n县政府将{item}下放到{name}。\n", place=name, delegations=[
            {"item": item, "from": ["县政府"], "to": [name], "mode": ["devolve"], "quote": f"县政府将{item}下放到{name}。"}
        ])  # fmt: skip

    rows = delegated_items(
        [
            town("甲镇", "行政处罚权"),
            town("乙镇", "林木采伐许可"),
            town("丙镇", "县级行政处罚权"),
            town("丁镇", "户口登记"),
        ]
    )
    assert [(row["group"], row["item"], row["documents"]) for row in rows] == [
        (1, "行政处罚权", 2), (1, "县级行政处罚权", 2), (2, "林木采伐许可", 1), (3, "户口登记", 1),
    ]  # fmt: skip


def test_who_leads_and_who_supports_stand_in_one_row() -> None:
    quote = "县编办牵头、县人社局配合做好人员划转，9月底前完成。"
    shared = {"task": "做好人员划转", "deadline": "../2010-09-30", "quote": quote}
    (row,) = responsibilities(
        [document(f"方案\n{quote}\n", responsibilities=[
            {"departments": ["县编办"], "role": "lead", **shared}, {"departments": ["县人社局"], "role": "support", **shared}
        ])]
    )  # fmt: skip
    assert (row["lead"], row["support"], row["responsible"], row["deadline"]) == (
        "县编办",
        "县人社局",
        "",
        "../2010-09-30",
    )


def test_the_timeline_is_in_order_and_without_durations() -> None:
    text = "方案\n2010年6月底前完成，1个月内上报，自2009年1月1日起试行，10月底总结。\n"
    rows = timeline([document(text, time_points=[
        ("2010年6月底前", "deadline", "../2010-06-30"), ("1个月内", "duration", "P1M"),
        ("自2009年1月1日起", "start", "2009-01-01/.."), ("10月底", "date", "XXXX-10-31"),
    ])])  # fmt: skip
    assert [(row["value"], row["certain"]) for row in rows] == [
        ("2009-01-01/..", "yes"), ("../2010-06-30", "yes"), ("XXXX-10-31", "no"),
    ]  # fmt: skip


def test_bodies_and_what_becomes_of_them() -> None:
    text = "方案\n镇党委研究决定，镇农技站、镇水利站合并为农业服务中心。\n撤销镇企业办。\n镇政府负责解释。\n"
    rows = bodies([document(text, tags={number: ["organization"] for number in (1, 2, 3)}, institutions=[
        ("镇农技站", "镇农技站"), ("农业服务中心", "农业服务中心"), ("镇企业办", "镇企业办"), ("镇政府", "镇人民政府"),
    ])])  # fmt: skip
    assert {(row["body"], row["change"]) for row in rows} == {
        ("镇农技站", "merge"), ("农业服务中心", "merge"), ("镇企业办", "abolish"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "share"),
    [
        ("土地收益的70%留镇。", "70%"), ("按６:４分成。", "６:４"), ("按6:4的比例分成。", "6:4"), ("百分之三十五返还。", "百分之三十五"),
        ("新增部分三成归镇。", "三成"), ("超收部分全额返还。", "全额"), ("各部门三成员参加。", None), ("上午10:300人。", None),
    ],
)  # fmt: skip
def test_shares_of_money(sentence: str, share: str | None) -> None:
    rows = shares([document(f"方案\n{sentence}\n", tags={1: ["finance"]})])
    assert [row["share"] for row in rows] == ([share] if share else [])
    assert shares([document(f"方案\n{sentence}\n", tags={1: ["land"]})]) == []


def test_the_verbs_of_bodies_find_their_examples() -> None:
    from policyparse.vocabulary import shipped

    for row in shipped().table("body_changes"):
        assert row["verb"] in row["example"]
