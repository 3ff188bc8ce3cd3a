"""The vocabulary's loader, overlays, and `vocab check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from policyparse.passing import PolicyparseError
from policyparse.vocabulary import SHIPPED, Vocabulary, shipped
from policyparse.vocabulary_check import failures


def test_every_shipped_entry_does_what_its_examples_say() -> None:
    assert list(failures(shipped())) == []


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.csv")), ids=lambda path: path.name)
def test_every_shipped_table_loads(path: Path) -> None:
    assert shipped().table(path.stem)


def overlay(folder: Path, name: str, text: str) -> Vocabulary:
    (folder / name).write_text(text, "utf-8")
    return Vocabulary(folder)


def test_an_overlay_adds_replaces_and_takes_out(tmp_path: Path) -> None:
    words = overlay(
        tmp_path, "document_kinds.csv", "ending,kind,line,note\n通知,other,,\n督办单,notice,,\n-通告,,,\n# 说明,,,\n"
    )
    kinds = {row["ending"]: row["kind"] for row in words.table("document_kinds")}
    assert kinds["通知"] == "other"
    assert kinds["督办单"] == "notice"
    assert "通告" not in kinds
    assert kinds["意见"] == "opinion"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ending,kind,line,note\n督办单,notice\n", "has not 4 cells"),
        ("", "the file is empty"),
    ],
)
def test_a_malformed_file_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(PolicyparseError, match=says) as caught:
        overlay(tmp_path, "document_kinds.csv", text).table("document_kinds")
    assert "document_kinds.csv" in str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyparseError, match="no such folder"):
        Vocabulary(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("table", "row", "says"),
    [
        (
            "delegation_verbs",
            "verb,use,example,counter_example\n飞放,give,市里研究了工作,\n",
            "gives no delegated item",
        ),
        (
            "furniture",
            "pattern,place,reason,example,counter_example\n点击.*,line,web-furniture,请点击,点击下载\n",
            "row “点击",
        ),
    ],
)
def test_an_entry_that_fails_its_example_is_said_in_a_sentence(tmp_path: Path, table: str, row: str, says: str) -> None:
    said = list(failures(overlay(tmp_path, f"{table}.csv", row)))
    assert said
    assert all("\n" not in line for line in said)
    assert any(says in line for line in said)
