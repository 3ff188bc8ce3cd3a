"""The office formats of the reading room: what Word shows is what is read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from office_builders import docx, numbering, paragraph

from policyparse.passing import RawDocument
from policyparse.read import read
from policyparse.read.counting import count

HERE = Path(__file__).parent
CASES = HERE / "cases"


def cases(name: str) -> list:
    return yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))


def named(rows: list) -> dict:
    return {"argvalues": rows, "ids": [row["name"] for row in rows]}


def lines(document: RawDocument) -> list[str]:
    return [block.text for block in document.blocks if block.kind != "furniture"]


@pytest.mark.parametrize(
    ("style", "value", "text"),
    [(style, value, text) for style, values in cases("counting").items() for value, text in values.items()],
)
def test_counting(style, value, text):
    assert count(value, style) == text


@pytest.mark.parametrize("row", **named(cases("docx_numbering")))
def test_docx_automatic_numbers(row):
    body = ""
    for entry in row["body"]:
        if len(entry) == 3:
            body += paragraph(entry[2], entry[0], entry[1])
        else:
            body += paragraph(entry[1], style=entry[0])
    data = docx(body, numbering=numbering(row["lists"], row["nums"]), styles=row.get("styles", ""))
    document = read("list.docx", data)
    assert lines(document) == row["shown"]
    if "headings" in row:
        assert [block.heading for block in document.blocks] == row["headings"]


PARTS = ("numbering", "styles", "footnotes", "endnotes", "header1", "footer1")


@pytest.mark.parametrize("row", **named(cases("docx_text")))
def test_docx_text(row):
    document = read("case.docx", docx(row["body"], **{name: row[name] for name in PARTS if name in row}))
    shown = [block for block in document.blocks if block.kind != "furniture"]
    assert [block.text for block in shown] == row["shown"]
    assert [block.text for block in document.blocks if block.kind == "furniture"] == row.get("furniture", [])
    if "headings" in row:
        assert [block.heading for block in shown] == row["headings"]
    if "paragraphs" in row:
        assert [block.origin.paragraph for block in shown] == row["paragraphs"]
    if "tables" in row:
        assert [block.origin.table for block in shown] == row["tables"]
    if "rows" in row:
        assert [[list(cells) for cells in block.rows] for block in shown if block.kind == "table"] == row["rows"]
    assert any(row.get("warning", "") in warning for warning in document.warnings) or "warning" not in row
