"""A person's corrections win over the machine's, and outlive imports, versions and indexes."""

from __future__ import annotations

import csv
import json
import sqlite3
from pathlib import Path

import pytest
from corpus_builder import document, pilot_corpus

from policyparse.cli import run
from policyparse.compare.clause_tables import coding
from policyparse.corpus import Corpus, Imported
from policyparse.export import rows
from policyparse.passing import PolicyparseError
from policyparse.search import search
from policyparse.train import LabelledClause, train
from policyparse.train.applying import all_corrected

PLAN = pilot_corpus()[0]


@pytest.fixture
def pilots(tmp_path: Path) -> Path:
    with Corpus.open(tmp_path / "pilots", create=True) as corpus:
        for each in pilot_corpus():
            corpus.add(each)
    return tmp_path / "pilots"


def tags(directory: Path, identity: str) -> list[str]:
    with Corpus.open(directory) as corpus:
        return [tag.tag for tag in corpus.clause(identity)[1].tags]


def correct(directory: Path, identity: str, given: list[str], by: str = "李") -> int:
    with Corpus.open(directory, write=True) as corpus:
        return corpus.correct(identity, given, by=by, note="对照原文").number


def test_a_correction_wins_everywhere(pilots: Path) -> None:
    identity = f"{PLAN.id}#c3"
    correct(pilots, identity, ["delegation", "finance"])
    assert tags(pilots, identity) == ["delegation", "finance"]
    with Corpus.open(pilots) as corpus:
        shown = next(each for each in corpus.documents() if each.id == PLAN.id)
        assert [tag.tag for tag in shown.clauses[2].tags] == ["delegation", "finance"]
        assert next(row for row in coding([shown]) if row["clause"].endswith("#c3"))["tag"] == "delegation"
        assert (
            next(row for row in rows([shown], "clauses") if row["clause"] == identity)["tags"] == "delegation；finance"
        )
        hits = search(corpus, "tag:delegation 每季度末拨付").hits
        assert [hit.tags[0]["tag"] for hit in hits if hit.id == identity] == ["delegation"]
    with sqlite3.connect(pilots / "corpus.sqlite") as database:
        found = database.execute(
            "SELECT tag, score FROM tags WHERE document = ? AND clause = 'c3' ORDER BY rank", (PLAN.id,)
        ).fetchall()
    assert found == [("delegation", 1.0), ("finance", 1.0)]


def test_who_when_and_what_the_machine_said_are_kept(pilots: Path) -> None:
    correct(pilots, f"{PLAN.id}#c3", ["delegation"])
    correct(pilots, f"{PLAN.id}#c3", ["land"], by="王")
    with Corpus.open(pilots) as corpus:
        first, second = corpus.corrections.all(PLAN.id)
    assert (first.by, first.note, first.before, second.before) == ("李", "对照原文", ["finance"], ["finance"])
    assert second.when >= first.when
    assert tags(pilots, f"{PLAN.id}#c3") == ["land"]


def test_a_correction_that_is_withdrawn_gives_way_to_the_one_before(pilots: Path) -> None:
    identity = f"{PLAN.id}#c3"
    numbers = [correct(pilots, identity, [tag]) for tag in ("delegation", "land")]
    for number, left in zip(reversed(numbers), ("delegation", "finance"), strict=True):
        with Corpus.open(pilots, write=True) as corpus:
            corpus.withdraw(number)
        assert tags(pilots, identity) == [left]


def test_corrections_outlive_reimport_removal_and_reindex(pilots: Path) -> None:
    identity = f"{PLAN.id}#c3"
    correct(pilots, identity, ["delegation"])
    again = PLAN.model_copy(deep=True)
    again.clauses[2].tags = [again.clauses[2].tags[0].model_copy(update={"tag": "economy"})]
    with Corpus.open(pilots, write=True) as corpus:
        assert not corpus.add(again)
        corpus.add(again, replace=True)
    assert tags(pilots, identity) == ["delegation"]
    with Corpus.open(pilots, write=True) as corpus:
        corpus.add_file([], Imported("plan.txt", "failed"))
        with pytest.raises(PolicyparseError):
            corpus.document(PLAN.id)
        corpus.add_file([again], Imported("plan.txt", "done"))
        corpus.reindex()
        assert any(hit.id == identity for hit in search(corpus, "tag:delegation 每季度末拨付").hits)
    assert tags(pilots, identity) == ["delegation"]


def test_a_clause_that_is_numbered_otherwise_keeps_its_correction(pilots: Path) -> None:
    correct(pilots, f"{PLAN.id}#c3", ["delegation"])
    cut = PLAN.model_copy(deep=True)
    del cut.clauses[0]
    for number, clause in enumerate(cut.clauses, 1):
        clause.id = f"c{number}"
    with Corpus.open(pilots, write=True) as corpus:
        corpus.add(cut, replace=True)
    assert tags(pilots, f"{PLAN.id}#c2") == ["delegation"]
    assert tags(pilots, f"{PLAN.id}#c3") == ["organization"]


def test_a_new_version_of_the_file_keeps_what_was_corrected_in_words_that_it_still_has(pilots: Path) -> None:
    correct(pilots, f"{PLAN.id}#c3", ["delegation"])
    correct(pilots, f"{PLAN.id}#c1", ["goal"])
    changed = document(PLAN.text.replace("理顺县镇权责关系", "理顺县镇财政关系"), title=PLAN.title, path="plan.txt")
    with Corpus.open(pilots, write=True) as corpus:
        corpus.add_file([changed], Imported("plan.txt", "done"))
    assert tags(pilots, f"{changed.id}#c3") == ["delegation"]
    assert tags(pilots, f"{changed.id}#c1") == []


def test_clauses_of_the_same_words_are_told_apart(tmp_path: Path) -> None:
    twice = document(
        "甲县方案\n一、经费\n按季度拨付。\n二、人员\n按季度拨付。\n", tags={1: ["finance"], 2: ["finance"]}
    )
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        corpus.add(twice)
        corpus.correct(f"{twice.id}#c2", ["personnel"], by="李")
        assert [clause.tags[0].tag for clause in corpus.document(twice.id).clauses] == ["finance", "personnel"]


@pytest.mark.parametrize(
    ("identity", "given", "by", "sentence"),
    [
        ("#c3", ["power"], "李", "unknown tag power"),
        ("#c3", [], "李", "no tag given"),
        ("#c3", ["land"], " ", "needs the name of who made it"),
        ("#c99", ["land"], "李", "has no clause 'c99'"),
    ],
)
def test_what_cannot_be_corrected_is_one_sentence(
    pilots: Path, identity: str, given: list[str], by: str, sentence: str
) -> None:
    with pytest.raises(PolicyparseError, match=sentence):
        correct(pilots, PLAN.id + identity, given, by)


def test_a_wrong_record_goes_and_an_amended_one_changes(pilots: Path) -> None:
    moved, task = PLAN.delegations[0], PLAN.responsibilities[0]
    with Corpus.open(pilots, write=True) as corpus:
        amended = corpus.correct_record(PLAN.id, moved, {"to": ["柳溪镇人民政府"], "mode": ["entrust"]}, by="李")
        corpus.correct_record(PLAN.id, task, None, by="李", note="不是分工")
        shown = corpus.document(PLAN.id)
        assert (shown.delegations[0].to, shown.delegations[0].mode) == (["柳溪镇人民政府"], ["entrust"])
        assert (shown.delegations[0].item, shown.responsibilities) == (moved.item, [])
        # what is amended once more is laid on top of the first, and the whole can be taken back
        corpus.correct_record(PLAN.id, shown.delegations[0], {"item": "规划许可权"}, by="王")
        shown = corpus.document(PLAN.id)
        assert (shown.delegations[0].item, shown.delegations[0].to) == ("规划许可权", ["柳溪镇人民政府"])
        for correction in reversed(corpus.corrections.all()):
            corpus.withdraw(correction.number)
        assert corpus.document(PLAN.id) == PLAN
    assert amended.before == {"item": moved.item, "from": ["县政府"], "to": ["柳溪镇"], "mode": ["devolve", "entrust"]}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [({"mode": ["give"]}, "mode"), ({"start": 3}, "no field start to amend"), ({"to": 7}, "to")],
)
def test_a_record_is_not_amended_into_nonsense(pilots: Path, fields: dict[str, object], sentence: str) -> None:
    with Corpus.open(pilots, write=True) as corpus, pytest.raises(PolicyparseError, match=sentence):
        corpus.correct_record(PLAN.id, PLAN.delegations[0], fields, by="李")
    with Corpus.open(pilots) as corpus:
        assert corpus.corrections.all() == []


def test_a_corpus_from_before_corrections_is_migrated_on_writing(pilots: Path) -> None:
    with sqlite3.connect(pilots / "corpus.sqlite") as database:
        database.execute("DROP TABLE corrections")
        database.execute("DELETE FROM migrations WHERE name = 'corrections'")
    with pytest.raises(PolicyparseError, match="policyparse reindex"):
        Corpus.open(pilots)
    correct(pilots, f"{PLAN.id}#c3", ["delegation"])
    assert tags(pilots, f"{PLAN.id}#c3") == ["delegation"]
    assert json.loads((pilots / "corpus.json").read_text("utf-8"))["format"] == "policyparse-corpus"


def test_commands_correct_and_list(pilots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = ["--corpus", str(pilots)]
    identity = f"{PLAN.id}#c3"
    assert run(["correct", identity, "--tag", "delegation", "--tag", "land", "--by", "李", *corpus]) == 0
    assert (
        run(["correct", PLAN.id, "--record", "delegations/1", "--set", "to=柳溪镇政府；柳溪镇", "--by", "李", *corpus])
        == 0
    )
    assert run(["correct", PLAN.id, "--record", "responsibilities/1", "--wrong", "--by", "李", *corpus]) == 0
    capsys.readouterr()
    assert run(["corrections", "--json", *corpus]) == 0
    kept = json.loads(capsys.readouterr().out)
    assert [each["value"] for each in kept] == [["delegation", "land"], {"to": ["柳溪镇政府", "柳溪镇"]}, None]
    assert run(["show", identity, *corpus]) == 0
    assert "(by 李, " in capsys.readouterr().out
    assert run(["correct", "--withdraw", "1", *corpus]) == 0
    assert tags(pilots, identity) == ["finance"]


def test_a_table_whose_tags_were_changed_corrects_those_clauses_alone(
    pilots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Corpus.open(pilots) as corpus:
        table = list(rows(corpus.documents(), "clauses"))
    table[1]["tag"] = "service"  # the main tag alone
    table[2]["tags"] = "finance；land"
    with (tmp_path / "changed.csv").open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    assert run(["correct", "--from", str(tmp_path / "changed.csv"), "--by", "王", "--corpus", str(pilots)]) == 0
    assert "2 corrections kept" in capsys.readouterr().out
    assert tags(pilots, str(table[1]["clause"])) == ["service"]
    assert tags(pilots, str(table[2]["clause"])) == ["finance", "land"]
    assert tags(pilots, str(table[4]["clause"])) == ["supervision", "schedule"]


def changed_table(path: Path, changed: dict[str, str]) -> Path:
    lines = ["clause,更正", *(f"{clause},{tags}" for clause, tags in changed.items())]
    path.write_text("\n\n".join(lines), "utf-8")  # a researcher's empty lines
    return path


def test_a_table_names_tags_as_people_write_them(pilots: Path, tmp_path: Path) -> None:
    table = changed_table(
        tmp_path / "c.csv", {f"{PLAN.id}#c2": "审批服务； land", f"{PLAN.id}#c3": "财政资金 用地规划"}
    )
    assert run(["correct", "--from", str(table), "--by", "王", "--corpus", str(pilots)]) == 0
    assert tags(pilots, f"{PLAN.id}#c2") == ["service", "land"]
    assert tags(pilots, f"{PLAN.id}#c3") == ["finance", "land"]


@pytest.mark.parametrize(
    ("last", "by", "sentence"),
    [("praise", "王", "row 5: unknown tag praise"), ("land", " ", "row 3: nobody is named who corrects it")],
)
def test_a_table_with_a_fault_is_not_kept_in_part(
    pilots: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], last: str, by: str, sentence: str
) -> None:
    table = changed_table(tmp_path / "c.csv", {f"{PLAN.id}#c2": "land", f"{PLAN.id}#c3": last})
    assert run(["correct", "--from", str(table), "--by", by, "--corpus", str(pilots)]) == 2
    assert sentence in capsys.readouterr().err
    with Corpus.open(pilots) as corpus:
        assert corpus.corrections.all() == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["d1#c1", "--tag", "land", "--wrong", "--by", "李"],
        ["d1#c1", "--tag", "land", "--set", "to=柳溪镇", "--by", "李"],
        ["d1#c1", "--by", "李"],
        ["d1#c1", "--tag", "land", "--withdraw", "1"],
        ["--tag", "land", "--by", "李"],
        ["d1#c1", "--from", "t.csv"],
    ],
)
def test_commands_called_wrongly(pilots: Path, arguments: list[str]) -> None:
    assert run(["correct", *arguments, "--corpus", str(pilots)]) == 2


def test_what_was_corrected_is_learned_from(pilots: Path) -> None:
    correct(pilots, f"{PLAN.id}#c3", ["delegation", "finance"])
    with Corpus.open(pilots) as corpus:
        held = corpus.corrections.holding(PLAN)
        (read,) = all_corrected([(PLAN, held)])
    assert read.tags == {2: ("delegation", "finance")}
    assert len(read.contexts) == len(PLAN.clauses)
    assert read.contexts[2].headings == ("二、主要任务",)
    town = [
        LabelledClause(f"由{name}镇财政按季拨付{n}万元。", (tag,), document=f"d{n}")
        for n, name in enumerate(("青岭", "白沙", "临江", "东桥"), 1)
        for tag in (("finance",) if n % 2 else ("delegation",))
    ]
    without = train(town, tags=("delegation", "finance"))
    learned = train(town, [read], tags=("delegation", "finance"))
    assert (without.made["read"], learned.made["read"]) == ("0", "1")
    assert learned.made["data"] != without.made["data"]


def test_show_says_why_a_clause_has_its_tags(pilots: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = ["--corpus", str(pilots)]
    assert run(["show", f"{PLAN.id}#c2", "--why", *corpus]) == 0
    out = capsys.readouterr().out
    assert "# Why delegation" in out
    assert "cue word of the tag\ttext:delegation\t+" in out
    correct(pilots, f"{PLAN.id}#c2", ["service"])
    assert run(["show", f"{PLAN.id}#c2", "--why", "--json", *corpus]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [tag["tag"] for tag in shown["tags"]] == ["service"]
    assert shown["why"][0]["tag"] == "delegation", "the machine's reasons are for what the machine said"
    assert shown["corrections"][0]["by"] == "李"
    assert run(["show", PLAN.id, "--why", *corpus]) != 0
