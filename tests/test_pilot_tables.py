"""The pilot tables: items of one meaning, item by place, event history, calendar, picture, where each row comes from."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from math import fsum
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import yaml
from corpus_builder import document, pilot_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

import policyparse
from policyparse.cli import run
from policyparse.cli.compare_tables import _time
from policyparse.compare import (
    TABLE_NAMES,
    bodies,
    compare,
    frame,
    history,
    item_matrix,
    make,
    responsibilities,
    shares,
    timeline,
)
from policyparse.compare.items import SAME_ITEM, groups, item, likeness
from policyparse.compare.sources import sources
from policyparse.compare.taking import with_origins
from policyparse.corpus import Corpus
from policyparse.export.calendar import calendar, escaped, folded
from policyparse.export.moments import in_years
from policyparse.export.svg import Drawing, fitted
from policyparse.export.timeline_picture import timeline_picture
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.reuse import reuse

ITEMS = yaml.safe_load((Path(__file__).parent / "cases" / "items.yaml").read_text(encoding="utf-8"))


def alike(row: dict[str, Any]) -> bool:
    return likeness(item(row["one"]), item(row["other"])) >= SAME_ITEM


def test_items_are_matched_by_meaning() -> None:
    """96 of 100 rows and more; tests/benchmarks/item_matching.py prints the figures by halves."""
    wrong = [(row["one"], row["other"]) for row in ITEMS if alike(row) != row["same"]]
    assert len(wrong) <= 4, wrong


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from([row[side] for row in ITEMS for side in ("one", "other")]), max_size=40))
def test_looking_only_at_what_may_be_alike_changes_no_group(printed: list[str]) -> None:
    assert groups(printed) == by_all_pairs(printed)


def by_all_pairs(printed: list[str]) -> list[int]:
    """What groups() says, each item compared with all before it."""
    members: list[list[Any]] = []
    of: dict[Any, int] = {}
    found = []
    for each in map(item, printed):
        if each not in of:
            means = [fsum(likeness(each, one) for one in some) / len(some) for some in members]
            best = max(range(len(means)), key=lambda at: (means[at], -at), default=-1)
            of[each] = best if best >= 0 and means[best] >= SAME_ITEM else len(members)
            members += [[]] if of[each] == len(members) else []
        members[of[each]].append(each)
        found.append(of[each])
    return found


@pytest.mark.parametrize("row", ITEMS[::10], ids=[row["one"] for row in ITEMS[::10]])
def test_likeness_has_no_direction(row: dict[str, Any]) -> None:
    one, other = item(row["one"]), item(row["other"])
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1.0


@given(st.lists(st.text(st.sampled_from("县级审批许可权备案登记农村宅基地户口 的"), max_size=9), max_size=12))
def test_any_items_can_be_grouped(printed: list[str]) -> None:
    of = groups(printed)
    assert len(of) == len(printed)
    assert all(
        one == other for one, a in zip(of, printed, strict=True) for other, b in zip(of, printed, strict=True) if a == b
    )


def town(name: str, date: str | None, *items: tuple[str, str], confidence: float | None = None) -> Document:
    lines = [f"县政府将{words}{form}{name}。" for words, form in items]
    made = document(f"{name}方案\n" + "\n".join(lines) + "\n", place=f"云山县/{name}", date=date, path=f"{name}.txt", delegations=[
        {"item": words, "from": ["县政府"], "to": [name], "mode": ["entrust" if "委托" in form else "devolve"], "quote": line}
        for (words, form), line in zip(items, lines, strict=True)
    ])  # fmt: skip
    sure = [each.model_copy(update={"confidence": confidence}) for each in made.delegations]
    return made.model_copy(update={"delegations": sure})


def two_towns() -> list[Document]:
    return [
        town("甲镇", "2010-05-01", ("农村宅基地审批权", "下放到"), ("户口登记", "委托给"), confidence=0.9),
        town("乙镇", "2008-03-01", ("农民建房用地审批", "下放到"), confidence=0.7),
    ]


def test_item_by_place_has_a_clause_in_each_cell() -> None:
    documents = two_towns()
    made = item_matrix(documents)
    assert list(made.heads.values())[-2:] == ["甲镇", "乙镇"]
    first, second = made.rows
    assert (first["documents"], second["documents"]) == (2, 1)
    assert first["云山县/甲镇"] == f"下放 县政府→甲镇 2010-05-01 [{documents[0].id}#c1]"
    assert first["云山县/乙镇"] == f"下放 县政府→乙镇 2008-03-01 [{documents[1].id}#c1]"
    assert second["云山县/乙镇"] is None
    assert first["confidence"] == 0.7


def test_event_history_has_the_first_date_of_each_place() -> None:
    again = town("甲镇", "2007-01-01", ("宅基地审批", "下放到"))
    rows = history([*two_towns(), again, town("丙镇", None, ("宅基地审批", "下放到"))])
    events = [(row["place"], row["first"], row["known"]) for row in rows if row["group"] == 1]
    assert events == [
        ("云山县/甲镇", "2007-01-01", "signed"), ("云山县/乙镇", "2008-03-01", "signed"), ("云山县/丙镇", None, "nothing"),
    ]  # fmt: skip


def test_rows_that_are_less_sure_are_left_out_and_counted() -> None:
    made = make("items", two_towns(), 0.8)
    assert ([row["place"] for row in made.rows], made.left_out) == (["云山县/甲镇", "云山县/甲镇"], 1)
    assert make("coding", two_towns(), 0.8).left_out == 0  # nothing there has a confidence
    with pytest.raises(PolicyparseError, match="no such table"):
        make("none", [])


def test_an_unsure_record_takes_no_sure_one_with_it() -> None:
    """In the matrix both stand in one row; in the history the unsure one is the earlier."""
    documents = [*two_towns(), town("甲镇", "2007-01-01", ("农村宅基地审批权", "下放到"), confidence=0.3)]
    matrix = make("matrix", documents, 0.8)
    assert ([row["meaning"] for row in matrix.rows], matrix.left_out) == (["农村宅基地审批权", "户口登记"], 2)
    assert "云山县/乙镇" not in matrix.columns
    assert [(row["item"], row["first"]) for row in make("history", documents, 0.8).rows] == [
        ("农村宅基地审批权", "2010-05-01"), ("户口登记", "2010-05-01"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_frames_have_the_tables_columns_and_their_sources(name: str) -> None:
    table = frame(pilot_corpus(), name)
    assert list(table.columns) == list(make(name, []).columns) or name == "matrix"
    assert table.attrs["folded"] == [pilot_corpus()[4].id]
    if "clause" in table.columns:
        assert [row["row"] for row in table.attrs["sources"]] == list(range(len(table)))
        assert [row["clause"] for row in table.attrs["sources"]] == list(table["clause"])


def test_tables_of_the_public_api(tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        for each in pilot_corpus():
            corpus.add(each)
        assert len(policyparse.tables(corpus, "items")) == 1
    assert list(policyparse.tables(tmp_path / "c", "items")["item"]) == ["乡村建设规划许可权限"]


def test_articles_as_the_offices_write_them() -> None:
    text = "方案\n三、保障措施\n（二）明确责任。县编办牵头做好人员划转。\n"
    record = {"departments": ["县编办"], "role": "lead", "task": "做好人员划转", "quote": "县编办牵头做好人员划转。"}
    (row,) = responsibilities([document(text, responsibilities=[record], doc_number="青政发〔2009〕18号")])
    assert row["article"] == "青政发〔2009〕18号 三（二）"
    (row,) = responsibilities([document(text, responsibilities=[record])])
    assert row["article"] == "《方案》 三（二）"


def test_how_often_is_told_in_words_and_by_when_as_one_says_it() -> None:
    text = "方案\n县编办每月通报一次进度。\n"
    record = {
        "departments": ["县编办"],
        "role": "responsible",
        "task": "通报进度",
        "deadline": "R/P1M",
        "quote": "县编办每月通报一次进度。",
    }
    (row,) = responsibilities([document(text, responsibilities=[record], time_points=[("每月", "frequency", "R/P1M")])])
    assert row["deadline"] == "每月"
    assert [_time(value, True) for value in ("../2010-06-30", "2009/..", "2010/2012", "2011", "每月", "P5Y", "R/P1M")] == [
        "2010-06-30前", "自2009起", "2010至2012", "2011", "每月", "P5Y", "R/P1M",
    ]  # fmt: skip
    assert [_time(value, False) for value in ("../2010", "2009/..", "2010/2012")] == [
        "by 2010",
        "from 2009",
        "2010 to 2012",
    ]


def test_dates_say_what_they_hang_on() -> None:
    words = [("2010年6月底前", "deadline", "../2010-06-30"), ("年底前", "deadline", "../2010-12-31"),
             ("“十二五”期间", "range", "2011/2015"), ("自印发之日起", "start", "2010-03-01/.."), ("10月底", "date", "XXXX-10-31")]  # fmt: skip
    text = "方案\n" + "，".join(word for word, _, _ in words) + "。\n"

    def anchors(date: str | None) -> dict[object, tuple[object, object]]:
        rows = timeline([document(text, time_points=words, date=date)])
        return {row["words"]: (row["anchor"], row["certain"]) for row in rows}

    assert anchors("2010-03-01") == {
        "2010年6月底前": ("printed", "yes"), "年底前": ("document", "inferred"), "“十二五”期间": ("plan", "yes"),
        "自印发之日起": ("event", "inferred"), "10月底": ("document", "no"),
    }  # fmt: skip
    assert anchors(None)["年底前"] == ("document", "guessed")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("设立便民中心，由镇政府管理。", [("便民中心", "set-up", "new")]),
        ("将农技站合并为便民中心。", [("农技站", "merge", "old"), ("便民中心", "merge", "new")]),
        ("撤销农技站，组建便民中心。", [("农技站", "abolish", "old"), ("便民中心", "set-up", "new")]),
        ("建立协调机制，镇政府按月报告。", []),
        ("设置便民中心(政务大厅在内,加挂农技站牌子)、水利所。", [("便民中心", "set-up", "new"), ("农技站", "second-name", "one"), ("水利所", "set-up", "new")]),
        ("1、便民中心（加挂农技站牌子）。", [("便民中心", "second-name", "one"), ("农技站", "second-name", "one")]),
        ("农技站（加挂水利所牌子）与便民中心合署办公。",
         [("农技站", "share-office", "one"), ("水利所", "second-name", "one"), ("便民中心", "share-office", "one")]),
        ("水利所合并组建便民中心后与农技站合署办公。",
         [("水利所", "merge", "old"), ("便民中心", "set-up", "new"), ("农技站", "share-office", "one")]),
        ("组建便民中心（挂农技站牌子）。", [("便民中心", "set-up", "new"), ("农技站", "second-name", "one")]),
        ("便民中心与水利所挂钩考核。", []),
        ("保留设置农技站、水利所。", [("农技站", "keep", "one"), ("水利所", "keep", "one")]),
        ("镇政府设立便民中心。", [("便民中心", "set-up", "new")]),
        ("农技站、水利所按有关规定设置。", [("农技站", "set-up", "new"), ("水利所", "set-up", "new")]),
        ("便民中心由镇政府批准组建。", [("便民中心", "set-up", "new")]),
        ("整合运用农技站、水利所等部门数据。", []),
        ("争取镇政府对便民中心的设立支持。", []),
        ("整合后镇政府综合设置内设机构七个。", []),
        ("根据镇政府《关于机构设置的意见》配备人员。", []),
    ],
)  # fmt: skip
def test_bodies_old_and_new(sentence: str, expected: list[tuple[str, str, str]]) -> None:
    names = sorted(
        ((name, name) for name in ("便民中心", "农技站", "镇政府", "水利所") if name in sentence),
        key=lambda n: sentence.index(n[0]),
    )
    rows = bodies([document(f"方案\n{sentence}\n", tags={1: ["organization"]}, institutions=names)])
    assert [(row["body"], row["change"], row["part"]) for row in rows] == expected


def test_who_keeps_which_share_since_when() -> None:
    text = "方案\n从2009年起，土地出让净收益的百分之七十由县财政返还柳溪镇。\n规费的三成留归镇财政，其余上缴。\n"
    (kept, other) = shares([document(text, tags={1: ["finance"], 2: ["finance"]}, time_points=[("从2009年起", "start", "2009/..")],
        delegations=[{"item": "土地出让净收益", "from": ["县财政"], "to": ["柳溪镇"], "mode": ["return"],
                      "quote": "从2009年起，土地出让净收益的百分之七十由县财政返还柳溪镇。"}])])  # fmt: skip
    assert (kept["item"], kept["share"], kept["keeper"], kept["payer"], kept["since"]) == (
        "土地出让净收益", "百分之七十", "柳溪镇", "县财政", "2009/..",
    )  # fmt: skip
    assert (other["share"], other["keeper"], other["since"]) == ("三成", "镇财政", "")


def test_a_row_says_from_which_older_document_its_words_are() -> None:
    rule = "县里在柏塘镇征收的砂石资源价款，自试点之日起全额返还柏塘镇，专项用于通村道路、排水管网和垃圾中转站建设。"

    def plan(name: str, date: str, item: str, *more: str) -> Document:
        text = rule.replace("柏塘", name)
        moved = {"item": item.replace("柏塘", name), "from": [], "to": [], "mode": ["return"], "quote": text}
        return document(
            f"{name}镇试点方案\n{text}\n" + "\n".join(more), place=f"云山县/{name}镇", date=date, delegations=[moved]
        )

    old = plan("柏塘", "2009-05-01", "柏塘镇征收的砂石资源价款")
    young = plan("松源", "2011-05-01", "松源镇征收的砂石资源价款", "镇里成立便民中心。")
    alone = document(
        "竹溪镇方案\n把户外广告审批下放竹溪镇。\n",
        place="云山县/竹溪镇",
        date="2012-01-01",
        delegations=[
            {"item": "户外广告审批", "from": [], "to": [], "mode": ["devolve"], "quote": "把户外广告审批下放竹溪镇。"}
        ],
    )
    documents = [alone, young, old]
    for name in ("items", "history"):
        made = with_origins(make(name, documents), reuse(documents))
        origins = {row["place"]: row["taken_from"] for row in made.rows}
        assert origins.pop("云山县/松源镇") == f"云山县/柏塘镇 2009-05-01 [{old.id}#c1]"
        assert set(origins.values()) == {None}
        assert list(made.columns).index("taken_from") == list(made.columns).index("confidence") - 1
    assert [(row["place"], row["order"]) for row in history(documents)[:2]] == [
        ("云山县/柏塘镇", 1),
        ("云山县/松源镇", 2),
    ]
    assert list(frame(documents, "history", taken_over=True)["taken_from"].dropna()) == [
        f"云山县/柏塘镇 2009-05-01 [{old.id}#c1]"
    ]
    with pytest.raises(PolicyparseError, match="taken over"):
        with_origins(make("bodies", documents), reuse(documents))


def test_taken_over_is_asked_of_the_tables_of_delegations(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "--corpus", str(pilots / "c"), "--table", "history", "--taken-over"]) == 0
    assert "taken_from" in capsys.readouterr().out
    assert run(["compare", "--corpus", str(pilots / "c"), "--table", "bodies", "--taken-over"]) == 2
    assert "--taken-over" in capsys.readouterr().err


def test_an_item_of_its_own_words_is_named_before_one_that_points_elsewhere() -> None:
    rows = make("items", [document("方案\n下放其年度考核。\n下放派驻机构年度考核。\n", delegations=[
        {"item": item, "from": [], "to": [], "mode": ["devolve"], "quote": item} for item in ("其年度考核", "年度考核")])]).rows  # fmt: skip
    assert {row["meaning"] for row in rows} == {"年度考核"}


def test_how_long_a_share_is_kept_is_told_in_words() -> None:
    text = "方案\n超收部分五年内全额留给镇政府。\n"
    (kept,) = shares([document(text, tags={1: ["finance"]}, time_points=[("五年内", "duration", "P5Y")])])
    assert kept["since"] == "五年内"


@pytest.mark.parametrize(
    ("sentence", "keepers"),
    [
        ("区财政返还的超收资金全部留给镇政府使用。", ["镇政府"]),
        ("罚没收入全额上缴国库。", ["国库"]),
        ("返还资金4600万元，全部用于道路建设。", []),
        ("配套资金全部用于道路建设。", []),
        ("行政编制精简百分之二十。", []),
        ("土地收益的70%用于基础设施。", [""]),
    ],
)
def test_a_share_is_of_money(sentence: str, keepers: list[str]) -> None:
    rows = shares([document(f"方案\n{sentence}\n", tags={1: ["finance"]})])
    assert [row["keeper"] for row in rows] == keepers


def test_every_row_leads_to_its_place_in_the_file() -> None:
    plan = pilot_corpus()[0]
    (where,) = sources([plan], [{"clause": f"{plan.id}#c2"}])
    assert (where["row"], where["file"], where["clause_text"]) == (2, "plan.txt", plan.clauses[1].text)
    assert plan.text[int(str(where["start"])) : int(str(where["end"]))] == plan.clauses[1].text


# -- the calendar --------------------------------------------------------------------------------------------------------


def row(value: str, kind: str = "deadline", certain: str = "yes", sentence: str = "报县政府。") -> dict[str, Any]:
    return {"value": value, "type": kind, "words": "某日前", "certain": certain, "sentence": sentence, "place": "云山县/甲镇",
            "document": "方案", "clause": "d1#c1"}  # fmt: skip


def lines(text: str) -> Iterator[str]:
    """The content lines of a calendar, unfolded (RFC 5545, 3.1)."""
    yield from text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2010-06-30", ("20100630", "20100701")),
        ("../2010-12-31", ("20101231", "20110101")),
        ("2010-01-01/..", ("20100101", "20100102")),
        ("2010-01-01/2010-02-28", ("20100101", "20100301")),
    ],
)
def test_a_definite_date_is_an_all_day_entry(value: str, days: tuple[str, str]) -> None:
    text, left = calendar([row(value)])
    assert not left
    assert [line for line in lines(text) if line.startswith("DT")][1:] == [
        f"DTSTART;VALUE=DATE:{days[0]}", f"DTEND;VALUE=DATE:{days[1]}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (row("XXXX-10-31"), "no-year"), (row("../2010-06"), "no-day"), (row("2011/2015"), "no-day"), (row("../2015"), "no-day"),
        (row("2010-06-30", certain="guessed"), "guessed"), (row("2010-06-30/2010-01-01"), "reversed"), (row("2010-02-31"), "no-day"),
    ],
)  # fmt: skip
def test_what_has_no_definite_date_is_left_out_and_told(entry: dict[str, Any], reason: str) -> None:
    text, left = calendar([entry])
    assert left == [(entry, reason)]
    assert "VEVENT" not in text


def test_the_same_row_has_the_same_uid_and_another_row_another() -> None:
    def uids(*rows: dict[str, Any]) -> list[str]:
        return [line for line in lines(calendar(rows)[0]) if line.startswith("UID")]

    assert uids(row("2010-06-30")) == uids(row("2010-06-30"))
    assert len(set(uids(row("2010-06-30"), row("2010-07-01"), {**row("2010-06-30"), "clause": "d2#c1"}))) == 3
    # a clause that names one day twice has two entries, and the same ones the next time
    assert len(set(uids(row("2010-06-30"), row("2010-06-30")))) == 2
    assert uids(row("2010-06-30"), row("2010-06-30")) == uids(row("2010-06-30"), row("2010-06-30"))


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2010", 2010.0, 2010.999), ("2010-07", 2010.5, 2010.583), ("2010-07-01", 2010.5, 2010.503), ("2010/2012", 2010.0, 2012.999),
        ("../2012-12-31", None, 2013.0), ("2009/..", 2009.0, None), ("XXXX-10-31", None, None), ("2012/2010", 2010.0, 2012.999),
        ("", None, None),
    ],
)  # fmt: skip
def test_a_value_lies_between_two_moments(value: str, first: float | None, last: float | None) -> None:
    assert in_years(value) == (pytest.approx(first, abs=1e-3), pytest.approx(last, abs=1e-3))


@given(st.text(st.characters(codec="utf-8"), max_size=120))
def test_any_text_is_escaped_and_folded(words: str) -> None:
    text, _ = calendar([row("2010-06-30", sentence=words)], datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    physical = text.split("\r\n")
    assert all(len(line.encode("utf-8")) <= 75 for line in physical)
    assert not re.search("[\r\n]", text.replace("\r\n", ""))
    names = [line.partition(":")[0].partition(";")[0] for line in lines(text)]
    assert names == [
        "BEGIN", "VERSION", "PRODID", "CALSCALE", "BEGIN", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION",
        "LOCATION", "STATUS", "TRANSP", "END", "END",
    ]  # fmt: skip


def test_escapes_of_the_standard() -> None:
    assert escaped("a\\b;c,d\ne") == "a\\\\b\\;c\\,d\\ne"
    assert folded("x" * 80) == "x" * 75 + "\r\n " + "x" * 5 + "\r\n"


# -- pictures and the command ---------------------------------------------------------------------------------------------


@given(st.text(max_size=60))
def test_any_words_can_be_drawn(words: str) -> None:
    drawing = Drawing(100, 100, words)
    drawing.words(1, 1, words)
    drawing.shape("circle", words, r=1, stroke=words)
    ElementTree.fromstring(drawing.text())
    assert len(fitted(words, 5)) <= 10


def test_the_timeline_is_drawn_with_all_its_dates() -> None:
    rows = [
        row("2010-06-30"),
        row("2010/2012", "range"),
        row("2011-01-01/..", "start"),
        row("XXXX-10-31", certain="no"),
    ]
    drawn = ElementTree.fromstring(timeline_picture(rows).text())
    shapes = [
        each.tag.rpartition("}")[2]
        for each in drawn.iter()
        if each.find("{http://www.w3.org/2000/svg}title") is not None
    ]
    assert sorted(shapes) == ["circle", "path", "rect", "svg"]
    assert "?" in [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    ElementTree.fromstring(timeline_picture([]).text())


@pytest.fixture
def pilots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        for each in pilot_corpus():
            corpus.add(each)
    monkeypatch.setenv("POLICYPARSE_CORPUS", str(tmp_path / "c"))
    return tmp_path


def test_a_table_of_the_whole_corpus_leaves_copies_out(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "--table", "coding", "--json"]) == 0
    out, err = capsys.readouterr()
    copy = pilot_corpus()[4].id
    assert copy in err
    assert not any(copy in each["clause"] for each in json.loads(out))


@pytest.mark.parametrize("name", TABLE_NAMES)
def test_every_table_can_be_shown_and_kept(name: str, pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "--table", name]) == 0
    assert capsys.readouterr().out.startswith("# ")
    for ending in ("csv", "jsonl", "xlsx", "docx", "md"):
        assert run(["compare", "--table", name, "--output", str(pilots / f"t.{ending}")]) == 0
    book = openpyxl.load_workbook(pilots / "t.xlsx")
    assert book.sheetnames[1:] == ["来源", "说明"]
    table, where = book.worksheets[:2]
    assert table.freeze_panes
    assert table.auto_filter.ref
    assert where.max_row >= 2
    if name != "matrix":
        assert where.max_row == table.max_row
        at = list(make(name, []).columns).index("clause") + 1
        assert table.cell(2, at).hyperlink.location == "'来源'!A2"
        assert where.cell(2, 2).value == table.cell(2, at).value


def test_the_timeline_becomes_a_picture_or_a_calendar(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "--table", "timeline", "--output", str(pilots / "t.svg")]) == 0
    ElementTree.parse(pilots / "t.svg")
    assert run(["compare", "--table", "timeline", "--output", str(pilots / "t.ics")]) == 0
    assert "2 of 3 dates" in capsys.readouterr().err
    assert (pilots / "t.ics").read_bytes().count(b"BEGIN:VEVENT") == 2
    assert run(["compare", "--table", "items", "--output", str(pilots / "t.ics")]) == 2


def test_min_confidence_says_how_many_it_leaves(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", "--table", "items", "--min-confidence", "0.5"]) == 0
    assert "left out" in capsys.readouterr().err
    assert run(["compare", "--table", "items", "--min-confidence", "2"]) == 2
    one, other = pilot_corpus()[:2]
    assert run(["compare", "--table", "coding", "--min-confidence", "0.5"]) == 2  # it would do nothing
    assert run(["compare", one.id, other.id, "--min-confidence", "0.5"]) == 2


def test_two_documents_side_by_side_in_a_workbook(pilots: Path) -> None:
    one, other = pilot_corpus()[:2]
    for ending in ("xlsx", "md"):
        assert run(["compare", one.id, other.id, "--output", str(pilots / f"two.{ending}")]) == 0
    book = openpyxl.load_workbook(pilots / "two.xlsx", rich_text=True)
    assert book.sheetnames == ["条款对照", "按标签", "按章节", "来源", "说明"]
    rows = list(book["条款对照"].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == ["仅甲有", "对应", "仅甲有", "仅甲有", "仅甲有", "仅乙有"]
    assert str(rows[1][4]) == one.clauses[1].text
    red = [str(piece) for piece in rows[1][4] if not isinstance(piece, str) and piece.font.b]
    assert "柳溪" in red
    assert "【柳溪】镇" in (pilots / "two.md").read_text(encoding="utf-8")


def test_a_short_rule_answers_the_part_of_a_long_paragraph_that_it_is() -> None:
    rule = "土地出让净收益的七成由县财政按季返还柳溪镇，五年不变"
    long = (
        "完善财政体制。"
        + rule
        + "；城市维护建设税、污水处理费、排污费等地方留成部分，由镇政府统筹用于基础设施建设和社会事业。"
    )
    (pair,) = compare(document(f"甲\n{long}。\n"), document(f"乙\n{rule}。\n")).pairs
    assert pair.similarity < 0.6
    assert compare(document("甲\n镇政府负责解释，自印发之日起施行。\n"), document("乙\n县政府负责考核。\n")).pairs == ()


@pytest.mark.parametrize(
    ("sentence", "conditions"),
    [
        ("五百万元以下内资项目的备案权在法律允许的范围内委托给甲镇。", "五百万元以下；在法律允许的范围内"),
        ("站所负责人任免须征求镇党委意见，除公安机构外下放到甲镇。", "须征求镇党委意见；除公安机构外"),
        ("超收部分全额返还甲镇，一定五年不变。", "一定五年不变"),
        ("户口登记下放到甲镇。", ""),
    ],
)
def test_conditions_of_a_delegation(sentence: str, conditions: str) -> None:
    record = {"item": "某权", "from": [], "to": ["甲镇"], "mode": ["devolve"], "quote": sentence}
    made = make("items", [document(f"方案\n{sentence}\n", delegations=[record])])
    assert made.rows[0]["conditions"] == conditions
