"""Precedents: the rows of cases/precedents.yaml over the samples; names, differences, the learned model, the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
import yaml
from corpus_builder import document
from hypothesis import given
from hypothesis import strategies as st

from policyparse.cli import run
from policyparse.corpus import Corpus
from policyparse.passing import PolicyparseError
from policyparse.precedents import CLOSE, find, find_each, prepare
from policyparse.precedents.model import Model, learn
from policyparse.precedents.names import names_of
from policyparse.precedents.wordings import differences
from policyparse.search import QueryError

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "precedents.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def samples(sample_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    directory = tmp_path_factory.mktemp("precedents") / "samples"
    shutil.copytree(sample_corpus, directory)
    with Corpus.open(directory) as corpus:
        yield corpus


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_finds_the_precedent(case: dict[str, Any], samples: Corpus) -> None:
    without = next((d.id for d in samples.documents() if d.title == case.get("without")), None)
    assert (without is not None) == ("without" in case)
    answer = find(samples, case["clause"], where=case.get("where", ""), without=without)
    assert answer.remark == case.get("remark")
    texts = [wording.text for wording in answer.wordings]
    if "first" in case:
        assert case["first"] in texts[0]
        best = answer.wordings[0]
        assert case.get("source", "") in best.best.source
        assert best.count == case.get("uses", best.count)
        assert best.since == case.get("since", best.since)
    for words in case.get("lacks", ()):
        assert not any(words in text for text in texts)
    scores = [wording.score for wording in answer.wordings]
    assert scores == sorted(scores, reverse=True)
    assert all(CLOSE <= score <= 1 for score in scores)
    for wording in (*answer.wordings, *answer.nearest):
        assert "".join(change.one for change in wording.changes) == case["clause"]
        assert "".join(change.other for change in wording.changes) == wording.text
        assert all(0 <= part <= 1 for part in wording.parts.values())


def test_each_clause_of_a_draft_without_the_draft_itself(samples: Corpus) -> None:
    draft = samples.document(next(d.id for d in samples.documents() if "塔岭镇扩权强镇试点实施方案" in d.title))
    answers = list(find_each(samples, draft, limit=2))
    assert [answer.clause for answer in answers] == [clause.id for clause in draft.clauses]
    assert any(answer.wordings for answer in answers)
    assert all(use.document != draft.id for answer in answers for w in answer.wordings for use in w.uses)
    assert all(len(answer.wordings) <= 2 for answer in answers)


def test_copies_of_a_document_are_printings_and_no_users(tmp_path: Path) -> None:
    clause = "土地出让净收益的百分之七十返还镇里，由县财政局在每季度末拨付，用于基础设施建设。"
    plan = document(f"甲方案\n{clause}\n为搞好农田水利，冬季组织群众清淤渠道，修复水毁工程。\n", date="2009-03")
    copy = document(plan.text + "转载\n", title=plan.title, date="2009-03", path="copy.txt")
    later = document(
        f"乙方案\n{clause}\n推行门前三包，取缔占道经营，划定夜市摊区。\n", date="2012-05", path="later.txt"
    )
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        for each in (plan, copy, later):
            corpus.add(each)
        corpus.commit()
        (wording,) = find(corpus, clause).wordings
        assert [(use.title, use.printings) for use in wording.uses] == [("甲方案", 1), ("乙方案", 0)]
        assert (wording.count, wording.since) == (2, "2009-03")
        assert wording.score > 0.95


def test_a_query_that_cannot_be_understood_is_said(samples: Corpus) -> None:
    with pytest.raises(QueryError):
        find(samples, "县财政局每季度拨付一次专项资金。", where="level:galaxy")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("由青溪县发改局牵头，2010年6月底前完成。", "由顺德区发展和改革局牵头,二〇一二年十二月底前完成。"),
        ("新兴县住建局负责", "高要市住房和城乡建设局负责"),
        ("返还百分之七十", "返还85%"),
        ("各街道办事处", "各镇办事处"),
    ],
)
def test_what_another_county_changes_makes_no_difference(one: str, other: str) -> None:
    forms = names_of()
    assert forms.nameless(one, ("青溪县",)).replace("办", "") == forms.nameless(other).replace("办", "")


@given(st.text(max_size=60))
def test_any_text_has_words_and_a_nameless_form(text: str) -> None:
    forms = names_of()
    assert not any(sign.isspace() for sign in forms.nameless(text))
    assert all(forms.words(text))


@given(st.text("县市政府返还收益，。", max_size=30), st.text("县市政府返还收益，。", max_size=30))
def test_differences_joined_are_both_texts(one: str, other: str) -> None:
    found = differences(one, other)
    assert "".join(change.one for change in found) == one
    assert "".join(change.other for change in found) == other
    assert all((change.one == change.other) == (change.kind == "equal") for change in found)


def _clauses(number: int) -> list[str]:
    dice = np.random.default_rng(0)
    themes = ("财政返还收益留成预算拨付", "土地指标用地审批规划许可", "人员编制考核任免招聘培训")
    return ["".join(dice.choice(list(themes[at % 3]), 20)) for at in range(number)]


def test_what_was_learned_is_the_same_when_read_again(tmp_path: Path) -> None:
    model = learn(_clauses(2000), 2000)
    assert model.has_space
    model.save(tmp_path / "m.npz")
    again = Model.load(tmp_path / "m.npz")
    assert again is not None
    assert (again.names, again.learned) == (model.names, 2000)
    one, other, third = (again.read(text) for text in _clauses(3000)[-3:])
    assert float(one.direction @ again.read(_clauses(6)[0]).direction) > 0.5  # of the same theme
    assert float(one.direction @ other.direction) < 0.3
    assert np.allclose(third.direction, model.read(_clauses(3000)[-1]).direction, atol=0.05)


def test_a_damaged_model_is_none_wherever_it_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    learn(_clauses(2000), 2000).save(path)
    whole = path.read_bytes()
    dice = np.random.default_rng(1)
    for place in dice.choice(len(whole), 300, replace=False).tolist():
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        assert (found := Model.load(path)) is None or found.learned == 2000


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_a_damaged_model_is_learned_anew(content: bytes, tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        corpus.add(document("甲方案\n县财政局每季度拨付一次专项资金，用于基础设施建设。\n"))
        corpus.commit()
        (tmp_path / "c" / "precedents.npz").write_bytes(content)
        assert prepare(corpus).learned == 1
    assert Model.load(tmp_path / "c" / "precedents.npz") is not None


def test_an_empty_corpus_and_no_corpus(tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "c", create=True) as corpus:
        assert find(corpus, "县财政局每季度拨付一次专项资金。").remark == "empty"
    with pytest.raises(PolicyparseError):
        Corpus.open(tmp_path / "none")


# -- the command ---------------------------------------------------------------------------------------------------------


def _command(samples: Corpus, *arguments: str) -> int:
    return run(["precedents", "--corpus", str(samples.directory), *arguments])


def test_a_line_a_wording_in_a_pipe(samples: Corpus, capsys: pytest.CaptureFixture[str]) -> None:
    assert _command(samples, "超收部分由市财政全额返还大桥镇，一定三年不变。", "--limit", "1") == 0
    (line,) = capsys.readouterr().out.splitlines()
    score, text, source = line.split("\t")
    assert float(score) > CLOSE
    assert "【-" in text
    assert "【+" in text
    assert "《" in source


def test_json_of_a_draft_and_its_word_file(samples: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "草稿.txt"
    draft.write_text(
        "大桥镇强镇扩权实施方案\n一、财政体制\n以2012年财政收入为基数，超收部分由市财政全额返还大桥镇，一定三年不变。\n"
        "二、其他\n先把五花肉切成麻将块，冷水下锅焯去血沫，再加冰糖小火炒出糖色。\n",
        encoding="utf-8",
    )
    assert _command(samples, "--draft", str(draft), "--json") == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["wordings"][0]["uses"][0]["source"].startswith("《")
    assert second["remark"] == "far"
    out = tmp_path / "结果" / "先例.docx"
    assert _command(samples, "--draft", str(draft), "--docx", str(out)) == 0
    written = docx.Document(str(out))
    (table,) = written.tables
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert 'w:eastAsia="仿宋"' in written.styles["Normal"].element.xml
    struck = [run.text for cell in table.rows[1].cells for p in cell.paragraphs for run in p.runs if run.font.strike]
    assert struck
    assert any("《" in p.text for p in table.rows[1].cells[2].paragraphs)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ([], 2, "--draft"),
        (["一条", "--draft", "x.txt"], 2, "--draft"),
        (["--draft", "gone.txt"], 1, "gone.txt"),
        (["县财政局每季度拨付一次专项资金", "--where", "level:galaxy"], 2, "galaxy"),
    ],
)
def test_called_wrongly_is_one_sentence(
    arguments: list[str], code: int, says: str, samples: Corpus, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _command(samples, *arguments) == code
    err = capsys.readouterr().err
    assert says in err
    assert len(err.splitlines()) == 1


def test_the_draft_is_not_overwritten(samples: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "草稿.txt"
    draft.write_text("县财政局每季度拨付一次专项资金。", encoding="utf-8")
    assert _command(samples, "--draft", str(draft), "--docx", str(draft)) == 2
    assert "would overwrite the draft" in capsys.readouterr().err
    assert draft.read_text(encoding="utf-8") == "县财政局每季度拨付一次专项资金。"


def test_an_empty_draft_is_one_sentence(samples: Corpus, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = tmp_path / "空.txt"
    draft.write_text("", encoding="utf-8")
    assert _command(samples, "--draft", str(draft)) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
