"""Text reuse: exact passages, who was first, what is folded and what is set aside; on the seeds, the known truths."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import openpyxl
import pytest
import yaml
from corpus_builder import document, pilot_corpus
from hypothesis import given, settings
from hypothesis import strategies as st

import policyparse
from policyparse.cli import run
from policyparse.compare.copying import REUSE_TABLES
from policyparse.corpus import Corpus
from policyparse.export.graph import graph, picture
from policyparse.model import Citation, Document, TimePoint
from policyparse.passing import PolicyparseError
from policyparse.reuse import Reuse, dated, reuse
from policyparse.reuse.direction import direction, facts
from policyparse.reuse.families import one_of_each
from policyparse.reuse.letters import letters
from policyparse.reuse.shingles import clause_pairs, shingles
from policyparse.words import squeezed

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "reuse.yaml").read_text(encoding="utf-8"))

#: Written for the tests: what a town plan says, and nobody else here.
PASSAGE = (
    "凡在本镇租住满三年的务工人员及其未成年子女，可凭租赁备案证明登记为城镇居民，子女就近入学不收借读费，"
    "原有山林承包权五年内予以保留，并可参加城镇职工医疗保险。"
)


def told(text: str, **rest: Any) -> Document:
    """A document whose facts say when it was written, as a row of reuse.yaml has them."""
    span = {"start": 0, "end": 1}
    points = [
        TimePoint(text="某时", type=kind, value=rest.pop(name), **span)
        for name, kind in (("waits", "deadline"), ("tells", "date"))
        if name in rest
    ]
    cited = Citation(text="《…》", title=rest.pop("cites_title", ""), doc_number=rest.pop("cites_number", None), **span)
    if "date" in rest:
        rest["date"] = str(rest["date"])
    made = document(text, title=rest.pop("title", "方案"), **rest)
    return made.model_copy(update={"time_points": points, "citations": [cited]})


@pytest.mark.parametrize("case", CASES, ids=[case["trait"] for case in CASES])
def test_who_was_first(case: dict[str, Any]) -> None:
    one, other = facts(told("甲。", **case["one"])), facts(told("乙。", **case["other"]))
    in_one, in_other = case.get("in_one", ""), case.get("in_other", "")
    for turned in (False, True):
        found = direction(other, one, in_other, in_one) if turned else direction(one, other, in_one, in_other)
        wanted = None if case["first"] is None else (case["first"] == "one") != turned
        assert found.forward is wanted
        assert (found.sure > 0) == (wanted is not None)
        if wanted is not None:
            assert found.evidence[0].reason == case["why"]


def town(name: str, year: int, *paragraphs: str, **rest: Any) -> Document:
    text = f"{name}试点方案\n" + "\n".join(paragraphs) + "\n"
    return document(text, place=f"云山县/{name}", date=f"{year}-05-01", path=f"{name}.txt", **rest)


def others(number: int, *paragraphs: str) -> list[Document]:
    """Documents of random characters, each with the paragraphs given."""
    dice = random.Random(number)
    signs = [chr(dice.randrange(0x4E00, 0x9FA0)) for _ in range(400)]
    return [
        town(f"镇{at}", 2015, *paragraphs, *("".join(dice.choices(signs, k=60)) + "。" for _ in range(4)))
        for at in range(number)
    ]


def test_a_passage_is_found_to_the_character_and_its_direction_is_right() -> None:
    changed = PASSAGE.replace("本镇", "白河镇").replace("三年", "两年")
    source = town("青石镇", 2009, "第一条说别的事。", "前面另有一句话。" + PASSAGE)
    taker = town("白河镇", 2012, changed, "末条说的是另一回事。")
    (pair,) = reuse([taker, source, *others(5)]).pairs
    assert (pair.source.id, pair.taker.id, pair.direction.forward) == (source.id, taker.id, True)
    (passage,) = pair.passages
    assert (passage.from_clause, passage.to_clause) == (f"{source.id}#c2", f"{taker.id}#c1")
    assert source.text[passage.from_start : passage.from_end] == passage.from_text
    assert taker.text[passage.to_start : passage.to_end] == passage.to_text
    assert passage.from_text == PASSAGE[: len(passage.from_text)] == PASSAGE[:-1]
    assert passage.shared == sum(map(str.isalnum, PASSAGE)) - 2  # 本 and 三 are not the same
    for a, b, c, d in passage.runs:
        assert squeezed(source.text[a:b]) == squeezed(taker.text[c:d])


def test_words_kept_here_and_there_add_up_and_those_of_a_subject_do_not() -> None:
    told_anew = (
        "在镇区租住达到三年的外来务工家庭，凭房屋租赁证明就可登记成为居民，其子女一律就近入学且免收借读费，"
        "老家山林的承包权保留五年，还可自愿参加职工医疗保险。"
    )
    of_the_subject = (
        "务工人员较多的村要设立登记点，子女入学由教育部门统筹，山林承包纠纷由司法所调解，医疗保险由各村负责宣传。"
    )
    first = town("柏塘镇", 2009, PASSAGE)
    found = reuse(
        [first, town("松源镇", 2012, "镇里修路。", told_anew), town("竹溪镇", 2013, of_the_subject), *others(30)]
    )
    (pair,) = found.pairs
    (passage,) = pair.passages
    assert (pair.source.place, pair.taker.place) == ("云山县/柏塘镇", "云山县/松源镇")
    assert len(passage.to_text) > 0.8 * len(told_anew)
    assert len(passage.from_text) > 0.8 * len(PASSAGE)
    for start, end, other, stop in passage.runs:
        assert squeezed(first.text[start:end]) in squeezed(passage.from_text)
        assert end - start >= 2 <= stop - other


def test_what_everyone_uses_is_set_aside_and_said() -> None:
    everyone = "各镇人民政府要把试点任务分解到每一名干部身上，逐月销号，逐季讲评，年底逐镇验收打分。"
    found = reuse(others(30, everyone))
    assert found.pairs == ()
    assert found.boilerplate[0].families == 30
    assert squeezed(found.boilerplate[0].text) in squeezed(everyone)
    assert reuse(others(3, everyone)).pairs != ()  # three are no everyone


def test_stock_phrases_are_nobodys() -> None:
    stock = "高举中国特色社会主义伟大旗帜，以邓小平理论和“三个代表”重要思想为指导，深入贯彻落实科学发展观。"
    assert reuse([town("青石镇", 2009, stock), town("白河镇", 2012, stock)]).pairs == ()


def test_stock_phrases_of_ones_own_are_nobodys_too(
    three: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "boilerplate.csv").write_text(f"phrase,from,to,example\n{PASSAGE},,,\n", encoding="utf-8")
    for options, pairs in (([], 3), (["--vocab", str(own)], 0)):
        assert run(["reuse", "--json", *options]) == 0
        assert len(json.loads(capsys.readouterr().out)["pairs"]) == pairs


def test_copies_are_folded_and_adapted_plans_are_not() -> None:
    body = [PASSAGE, "第二条写了许多别的内容，与户籍没有关系，只是为了让文件够长。" * 2]
    plan, reprint = town("青石镇", 2009, *body), town("青石镇", 2009, *body, "（本文转载）。")
    adapted = town("白河镇", 2012, *body)
    found = reuse([plan, reprint, adapted])
    assert [[each.id for each in family] for family in found.folded] == [[plan.id, reprint.id]]
    assert [(pair.source.id, pair.taker.id) for pair in found.pairs] == [(plan.id, adapted.id)]
    assert one_of_each([plan, reprint, adapted]) == ([plan, adapted], [reprint])
    twice = reuse([plan, plan.model_copy(update={"source": plan.source.model_copy(update={"path": "b.txt"})})])
    assert twice.folded[0][0].files == ("青石镇.txt", "b.txt")


def test_a_hundred_copies_are_one_document() -> None:
    body = [PASSAGE, "第二条写了许多别的内容，与户籍没有关系，只是为了让文件够长。"]
    copies = [town("青石镇", 2009, *body, f"第{number}次转载。") for number in range(100)]
    found = reuse(copies)
    assert ([len(family) for family in found.folded], found.pairs, found.documents) == ([100], (), 100)


def test_an_older_holder_is_named() -> None:
    first, second, third = (
        town(name, year, PASSAGE) for name, year in (("甲镇", 2008), ("乙镇", 2010), ("丙镇", 2012))
    )
    found = {(pair.source.id, pair.taker.id): pair for pair in reuse([third, first, second, *others(4)]).pairs}
    assert found[first.id, third.id].passages[0].earlier is None
    assert found[second.id, third.id].passages[0].earlier == f"{first.id}#c1"
    assert found[second.id, third.id].first_hand == 0.0


def test_names_and_dates_alone_are_no_passage() -> None:
    line = "青岭县发展和改革局、青岭县财政局、青岭县国土资源局、青岭县住房和城乡建设局负责。"
    names = line.removesuffix("负责。").split("、")
    pair = [town(name, 2009, line, institutions=[(name, name) for name in names]) for name in ("甲镇", "乙镇")]
    assert reuse(pair).pairs == ()


def test_the_zeros_of_two_tables_are_no_passages() -> None:
    tables = [
        [f"项目{chr(first + row)}\t" + "\t".join("0" * 10) + "。" for row in range(60)] for first in (0x5000, 0x6000)
    ]
    one, other = town("甲镇", 2008, PASSAGE, *tables[0]), town("乙镇", 2010, PASSAGE, *tables[1])
    (pair,) = reuse([one, other]).pairs
    assert [passage.to_text for passage in pair.passages] == [PASSAGE[:-1]]


def test_only_the_two_that_are_asked_for() -> None:
    documents = [town(name, year, PASSAGE) for name, year in (("甲镇", 2008), ("乙镇", 2010), ("丙镇", 2012))]
    found = reuse(documents, between=(documents[0].id[:10], documents[2].id))
    assert [(pair.source.id, pair.taker.id) for pair in found.pairs] == [(documents[0].id, documents[2].id)]
    with pytest.raises(PolicyparseError, match="no such document"):
        reuse(documents, between=("zz", documents[0].id))


def test_nothing_comes_of_nothing() -> None:
    assert reuse([]).pairs == ()
    assert reuse([document("只有标题\n"), document("另一个标题\n")]).pairs == ()


WORDS = st.lists(
    st.sampled_from(["县政府", "将许可", "下放到镇", "。", "，", "\n", "（一）", "2009年", "𠮷", "Ａb"]), max_size=40
)


@settings(deadline=None, max_examples=60)
@given(WORDS, WORDS)
def test_whatever_is_found_stands_in_both_texts(one: list[str], other: list[str]) -> None:
    texts = ["".join(some) + PASSAGE + "".join(some[::-1]) for some in (one, other)]
    documents = [document(f"标题{number}\n{text}。", path=str(number)) for number, text in enumerate(texts)]
    for pair in reuse(documents).pairs:
        by_id = {each.id: each.text for each in documents}
        for passage in pair.passages:
            ours, theirs = by_id[pair.source.id], by_id[pair.taker.id]
            assert ours[passage.from_start : passage.from_end] == passage.from_text
            assert theirs[passage.to_start : passage.to_end] == passage.to_text
            reached_one = reached_other = 0
            for a, b, c, d in passage.runs:
                kept = [[sign for sign in squeezed(text) if sign.isalnum()] for text in (ours[a:b], theirs[c:d])]
                assert kept[0] == kept[1]
                assert reached_one <= a < b
                assert reached_other <= c < d
                reached_one, reached_other = b, d


def test_large_collections_are_looked_through_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = letters([*others(12, PASSAGE)])
    whole = shingles(looked)
    pairs = clause_pairs(looked, whole, 40)
    monkeypatch.setattr("policyparse.reuse.shingles._SLICE", 50)
    sliced = shingles(looked)
    assert (sliced.having == whole.having).all()
    again = clause_pairs(looked, sliced, 40)
    assert {*zip(*map(list, again), strict=True)} == {*zip(*map(list, pairs), strict=True)}
    assert len(again[0]) == 12 * 11 // 2


@pytest.fixture
def three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        hostile = town("<丙>镇", 2014, PASSAGE, title='<b>&"方案')
        for each in (town("甲镇", 2008, PASSAGE), town("乙镇", 2010, PASSAGE), hostile, *others(4)):
            corpus.add(each)
    monkeypatch.setenv("POLICYPARSE_CORPUS", str(tmp_path / "c"))
    return tmp_path


def test_the_command_and_its_files(three: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["reuse"]) == 0
    out, err = capsys.readouterr()
    head, *rows = out.splitlines()[1:]
    assert head.split("\t")[:4] == ["number", "from_place", "from_date", "arrow"]
    assert len(rows) == 3
    assert "7 documents" in err
    assert run(["reuse", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert {each["direction"] for each in printed["pairs"]} == {"known"}
    files = {name: str(three / f"r.{name}") for name in ("csv", "xlsx", "graphml", "svg")}
    flags = zip(("--csv", "--xlsx", "--graphml", "--picture"), files.values(), strict=True)
    assert run(["reuse", *(word for flag in flags for word in flag)]) == 0
    assert capsys.readouterr().out.split() == [files["csv"], str(three / "r-passages.csv"), *list(files.values())[1:]]
    book = openpyxl.load_workbook(files["xlsx"], rich_text=True)
    assert book.sheetnames == ["谁抄了谁", "共用段落", "来源", "说明"]
    assert book["来源"].max_row == 1 + 2 * 3  # both clauses of each passage
    drawn = nx.read_graphml(files["graphml"])
    assert len(drawn.nodes) == 3
    assert len(drawn.edges) == 3
    ElementTree.parse(files["svg"])
    assert run(["reuse", "--between", "zz", "yy"]) == 2


def test_what_was_changed_in_a_passage_is_red_in_the_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        corpus.add(town("甲镇", 2008, PASSAGE))
        corpus.add(town("乙镇", 2010, PASSAGE.replace("满三年", "满两年")))
    monkeypatch.setenv("POLICYPARSE_CORPUS", str(tmp_path / "c"))
    assert run(["reuse", "--xlsx", str(tmp_path / "r.xlsx")]) == 0
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx", rich_text=True)["共用段落"]
    for column, changed in ((8, "三"), (9, "两")):
        red = [str(piece) for piece in sheet.cell(2, column).value if not isinstance(piece, str) and piece.font.b]
        assert red == [changed]


def test_the_picture_has_the_first_hand_arrows_alone(three: Path) -> None:
    with Corpus.open(three / "c") as corpus:
        found = reuse(corpus)
    drawn = ElementTree.fromstring(picture(found, chinese=False).text())
    arrows = [each for each in drawn.iter("{http://www.w3.org/2000/svg}path") if each.get("fill") == "none"]
    assert len(arrows) == 2  # what the third has of the second, both have of the first
    assert len(graph(found).edges) == 3
    assert ElementTree.fromstring(picture(Reuse((), (), (), 0, 0, ())).text()).tag.endswith("svg")


@pytest.mark.parametrize("name", list(REUSE_TABLES))
@pytest.mark.parametrize("chinese", [True, False])
def test_every_table_has_its_columns(name: str, chinese: bool) -> None:
    everyone = "各镇人民政府要把试点任务分解到每一名干部身上，逐月销号，逐季讲评，年底逐镇验收打分。"
    plan = town("青石镇", 2009, PASSAGE, everyone)
    found = reuse([plan, plan.model_copy(update={"id": "copy"}), town("白河镇", 2012, PASSAGE), *others(20, everyone)])
    table = REUSE_TABLES[name]
    rows = table.rows(found, chinese)
    assert rows
    assert all(set(row) == set(table.columns) == set(table.heads) for row in rows)


def test_pilots_of_the_builder_are_dated() -> None:
    plan, *_, undated = pilot_corpus()
    assert dated(plan).shown == "2009-03-12"
    assert dated(undated).shown is None


def test_the_known_truths_of_the_seeds(shared: Path) -> None:
    """Two documents stand in two files each; a plan of 2012 took passages from one of 2009, and neither is signed."""
    found = reuse(each for path in sorted((shared / "seeds").iterdir()) for each in policyparse.parse(path))
    assert sorted(str(family[0].place).rsplit("/", 1)[-1] for family in found.folded) == ["XX区", "石龙镇"]
    (pair,) = [each for each in found.pairs if "蒲场镇" in str(each.taker.place)]
    assert (pair.source.place, pair.direction.forward, pair.direction.evidence[0].reason) == ("临溪镇", True, "spoken")
    assert pair.source.date is None
    assert pair.taker.date is None
    words = "".join(passage.to_text for passage in pair.passages)
    assert "户口" in words
    assert "贷款" in words
