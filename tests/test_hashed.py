"""Labels by hash: which documents they find, in a folder and in an archive there; what the labels are worth, side by side."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from policyparse.cli import run
from policyparse.train import CorpusError, LabelledClause, read_clauses, read_labelled, with_and_without
from policyparse.train.hashed import key

RULES = """青岭县集贸市场管理办法

第一条 为了规范集贸市场管理，制定本办法。

第二条 摊位费由县财政局核定，每年公布一次。

第三条 本办法自2006年7月1日起施行。
"""
TAGS = {"第一条": "basis", "第二条": "finance", "第三条": "effect"}


def label(source: str, text: str, tag: str) -> str:
    return json.dumps({"source": source, "clause": key(text), "tags": [tag]})


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A document in the folder and the same one in an archive, under two names there."""
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "one.txt").write_text(RULES, "utf-8")
    with tarfile.open(folder / "more.tar.gz", "w:gz") as archive:
        for name in ("a/two.txt", "b/two.txt"):
            archive.add(folder / "one.txt", name)
    return folder


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    file = tmp_path / "labels.jsonl"
    rows = [
        label(source, line, TAGS[line[:3]])
        for source in ("one.txt", "more.tar.gz/a/two.txt", "more.tar.gz/b/two.txt")
        for line in RULES.split("\n\n")[1:]
    ]
    file.write_text(
        "\n".join([*rows, label("one.txt", "没有这一条。", "goal"), label("gone.txt", "没有。", "goal")]), "utf-8"
    )
    return file


def test_labels_find_their_clauses_in_files_and_archives(labels: Path, texts: Path) -> None:
    documents, lost = read_labelled(labels, texts)
    assert [document.source for document in documents] == ["more.tar.gz/a/two.txt", "more.tar.gz/b/two.txt", "one.txt"]
    assert [list(document.tags.values()) for document in documents] == [[("basis",), ("finance",), ("effect",)]] * 3
    assert lost == 2, "a clause that is not there, and one of a document that is not there"


def test_the_first_file_that_labels_a_clause_is_believed(labels: Path, texts: Path) -> None:
    clause = RULES.split("\n\n")[2]
    (labels.parent / "another.jsonl").write_text(label("one.txt", clause, "service"), "utf-8")
    documents, _ = read_labelled(labels.parent, texts)
    assert [document.tags[1] for document in documents if document.source == "one.txt"] == [("service",)]


def test_what_labels_are_worth(labels: Path, texts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents, _ = read_labelled(labels, texts)
    by_tag: dict[str, list[LabelledClause]] = {}
    for clause in read_clauses():
        by_tag.setdefault(clause.tags[0], []).append(clause)
    few = [clause for clauses in by_tag.values() for clause in clauses[:6]]
    table = with_and_without(few, documents[1:], {"one": documents[:1]})
    assert list(table) == ["written clauses alone", "and those of documents"]
    assert [judged["one"].clauses for judged in table.values()] == [3, 3]
    assert table["and those of documents"]["one"].main_accuracy == 1.0, "the same words were learned"
    with pytest.raises(CorpusError, match="both learned from and measured on"):
        with_and_without(few, documents, {"one": documents[:1]})
    assert run(["evaluate", "--with-and-without"]) == 2
    assert "--labels" in capsys.readouterr().err
