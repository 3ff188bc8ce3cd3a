"""Export: every row leads to its clause, every program opens the files, and no document can put a formula into them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import docx
import openpyxl
import pytest
from corpus_builder import document, pilot_corpus
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policyparse.export import FORMATS, TABLES, Sheet, export, rows, workbook, write_book, write_table
from policyparse.passing import PolicyparseError


@pytest.mark.parametrize("table", list(TABLES))
def test_every_mention_leads_to_its_clause(table: str) -> None:
    documents = {each.id: each for each in pilot_corpus()}
    for row in rows(documents.values(), table):
        assert list(row) == list(TABLES[table].columns)
        if table in ("documents", "clauses"):
            continue
        name, _, clause = str(row["clause"]).partition("#")
        (text,) = [c.text for c in documents[name].clauses if c.id == clause]
        assert row["clause_text"] == text
        words = documents[name].text[int(row["start"] or 0) : int(row["end"] or 0)]
        assert words == row.get("quote", row.get("text"))


def test_the_numbers_of_rows_are_those_of_the_documents() -> None:
    documents = pilot_corpus()
    for name in TABLES:
        number = len(documents) if name == "documents" else sum(len(getattr(each, name)) for each in documents)
        assert len(list(rows(documents, name))) == number


def test_less_sure_records_are_left_out_and_documents_are_not() -> None:
    plan = pilot_corpus()[0]
    sure, unsure = (
        each.model_copy(update={"confidence": value})
        for each, value in zip(plan.institutions[:2], (0.9, 0.5), strict=True)
    )
    plan = plan.model_copy(update={"institutions": [sure, unsure, plan.institutions[2]]})
    assert [row["confidence"] for row in rows([plan], "institutions")] == [0.9, 0.5, None]
    assert [row["confidence"] for row in rows([plan], "institutions", 0.8)] == [0.9]
    assert len(list(rows([plan], "documents", 0.8))) == 1


def test_jsonl_and_csv_have_the_same_rows(tmp_path: Path) -> None:
    for format in ("jsonl", "csv"):
        files = export(pilot_corpus(), format, tmp_path / format)
        assert [path.name for path in files] == [f"{name}.{format}" for name in TABLES]
        assert sorted(path.name for path in (tmp_path / format).iterdir()) == sorted(path.name for path in files)
    for name in TABLES:
        lines = (tmp_path / "jsonl" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        raw = (tmp_path / "csv" / f"{name}.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbf")  # without it Excel shows gibberish
        table = list(csv.DictReader(raw.decode("utf-8-sig").splitlines(keepends=True)))
        assert [
            {key: "" if value is None else str(value) for key, value in json.loads(line).items()} for line in lines
        ] == table


def test_the_workbook_opens_and_can_be_worked_with(tmp_path: Path) -> None:
    (path,) = export(pilot_corpus(), "xlsx", tmp_path / "new" / "pilots.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [*TABLES, "说明"]
    for name, kind in TABLES.items():
        sheet = book[name]
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref
        head, *body = sheet.iter_rows(values_only=True)
        assert list(head) == list(kind.columns)
        expected = [[value if value != "" else None for value in row.values()] for row in rows(pilot_corpus(), name)]
        assert [list(row) for row in body] == expected
    assert book["clauses"]["H2"].alignment.wrap_text


@pytest.mark.parametrize(
    "words",
    [
        "=1+1",
        "＝1+1",
        "+1",
        "-1",
        "＠sum",
        "@sum",
        "\t=1",
        '=HYPERLINK("http://x")',
        "http://example.org",
        "{=1}",
        "0012",
    ],
)
def test_nothing_is_a_formula_or_a_link(words: str, tmp_path: Path) -> None:
    hostile = document(f"{words}\n{words}县政府下放权限。\n", title=words)
    (book,) = export([hostile], "xlsx", tmp_path / "x.xlsx", ["documents", "clauses"])
    cell = openpyxl.load_workbook(book)["documents"]["B2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value.strip() == words.strip()
    (table,) = export([hostile], "csv", tmp_path, ["documents"])
    (row,) = csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines())
    assert not row["title"].startswith(("=", "＝", "+", "-", "@", "＠", "\t", "\r"))
    assert row["title"].removeprefix("'").strip() == words.strip()


def test_heads_are_words_too(tmp_path: Path) -> None:
    """The heads of the matrix are places and titles as documents have them; two columns may have the same."""
    columns, heads = {"a": 5, "b": 5}, {"a": "=1|<b>", "b": "=1|<b>"}
    for ending in ("csv", "md", "xlsx", "docx"):
        write_table(
            "表",
            columns,
            {name: head + "\x0b" for name, head in heads.items()},
            [{"a": 1, "b": 2}],
            tmp_path / f"t.{ending}",
        )
    table = list(csv.reader((tmp_path / "t.csv").read_text(encoding="utf-8-sig").rstrip().split("\n")))
    assert ([head.startswith("'=") for head in table[0]], table[-1]) == ([True, True], ["1", "2"])
    assert (tmp_path / "t.md").read_text(encoding="utf-8").startswith("| =1\\|&lt;b&gt; |")
    assert openpyxl.load_workbook(tmp_path / "t.xlsx")["表"]["A1"].value == "=1|<b>"
    (written,) = docx.Document(str(tmp_path / "t.docx")).tables
    assert written.rows[0].cells[1].text == "=1|<b>"


def test_beyond_excels_links_a_clause_is_still_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_EXCEL_LINKS", 1)
    table = Sheet("表", {"number": 5, "clause": 20}, {}, [{"clause": "d1#c1"}, {"clause": "d1#c2"}], "来源")
    write_book([table, Sheet("来源", {"clause": 20}, {}, [])], tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["表"]
    assert [(sheet.cell(row, 2).value, bool(sheet.cell(row, 2).hyperlink)) for row in (2, 3)] == [
        ("d1#c1", True),
        ("d1#c2", False),
    ]
    assert sheet.freeze_panes == "C2"  # a number alone does not tell what a row is about


@settings(deadline=None, max_examples=30)
@given(st.text(st.characters(codec="utf-8"), max_size=30))
@example("a\ufffe\uffffb\x0b")
def test_any_text_makes_office_files_that_open(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    path = tmp_path_factory.mktemp("any") / "x.xlsx"
    write_table("表", {"a": 10}, {"a": "甲"}, [{"a": words}], path)
    openpyxl.load_workbook(path)
    write_table("表", {"a": 10}, {"a": "甲"}, [{"a": words}], path.with_suffix(".docx"))
    docx.Document(str(path.with_suffix(".docx")))


def test_a_cell_that_excel_cannot_hold_says_so(tmp_path: Path) -> None:
    write_table("表", {"a": 10}, {}, [{"a": "长" * 40_000}], tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx")["表"]["A2"].value.endswith("[cut: see the csv]")


@pytest.mark.parametrize("name", ["", "a:b", "[1]", "2009/2010", "'x'", "长" * 40, "\x0b?"])
def test_any_name_can_be_a_sheets(name: str, tmp_path: Path) -> None:
    write_table(name, {"a": 10}, {}, [{"a": 1}], tmp_path / "x.xlsx")
    assert openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0]["A2"].value == 1


def test_one_table_in_each_format(tmp_path: Path) -> None:
    table = [{"item": "许可|审批*", "n": 1}, {"item": None, "n": 2}]
    for ending in ("csv", "docx", "jsonl", "md", "xlsx"):
        write_table("表", {"item": 20, "n": 5}, {"item": "事项"}, table, tmp_path / f"t.{ending}")
    assert (tmp_path / "t.md").read_text(encoding="utf-8") == (
        "| 事项 | n |\n| --- | --- |\n| 许可\\|审批\\* | 1 |\n|  | 2 |\n"
    )
    assert json.loads((tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()[0]) == table[0]
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig").startswith("事项,n\n")
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".docx", ".jsonl", ".md", ".xlsx"]
    (written,) = docx.Document(str(tmp_path / "t.docx")).tables
    assert [[cell.text for cell in row.cells] for row in written.rows] == [
        ["事项", "n"],
        ["许可|审批*", "1"],
        ["", "2"],
    ]


def test_a_failed_export_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_text("old", encoding="utf-8")

    def broken():  # type: ignore[no-untyped-def]
        yield pilot_corpus()[0]
        raise KeyboardInterrupt

    for format, output in (("xlsx", path), ("csv", tmp_path / "folder")):
        with pytest.raises(KeyboardInterrupt):
            export(broken(), format, output)
    assert path.read_text(encoding="utf-8") == "old"
    assert list((tmp_path / "folder").iterdir()) == []


def test_mistakes_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    wrong = [("doc", tmp_path / "a", ["clauses"]), ("csv", tmp_path / "b", ["nothing"]), ("csv", tmp_path / "file", ["clauses"]),
             ("xlsx", tmp_path, ["clauses"])]  # fmt: skip
    for format, output, tables in wrong:
        with pytest.raises(PolicyparseError):
            export([], format, output, tables)
    for ending in ("csv", "docx", "md", "xlsx"):
        with pytest.raises(PolicyparseError, match="written"):
            write_table("表", {"a": 1}, {}, [], tmp_path / "file" / f"x.{ending}")
        (tmp_path / f"x.{ending}.part").mkdir()
        with pytest.raises(PolicyparseError, match="written"):
            write_table("表", {"a": 1}, {}, [], tmp_path / f"x.{ending}")
    with pytest.raises(PolicyparseError, match="endings"):
        write_table("表", {"a": 1}, {}, [], tmp_path / "x.doc")


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_corpus_gives_heads_alone(format: str, tmp_path: Path) -> None:
    assert all(path.exists() for path in export([], format, tmp_path / ("x.xlsx" if format == "xlsx" else "x")))
