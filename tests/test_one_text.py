"""One text in many formats: the same sections, clauses and facts come out, whatever it was typed in."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest

import policyparse
from policyparse.model import Document

FORMATS = Path(__file__).parent / "documents" / "formats"
OFFICE = (".docx", ".doc", ".odt", ".rtf", ".html", ".pdf")


def facts(document: Document) -> dict[str, Any]:
    names = ("title", "cover_title", "kind", "doc_number", "issuers", "date", "place", "level", "masked")
    return {name: getattr(document, name) for name in names}


def sections(document: Document) -> list[tuple[str, int, str]]:
    return [(section.label, section.level, section.title) for section in document.sections]


def clauses(document: Document) -> list[str]:
    return ["".join(clause.text.split()) for clause in document.clauses]


def share_alike(one: Document, other: Document) -> float:
    """The share of the characters that stand in clauses which both have."""
    first, second = clauses(one), clauses(other)
    blocks = difflib.SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    same = sum(len(clause) for a, _, size in blocks for clause in first[a : a + size])
    return same / max(sum(map(len, first)), sum(map(len, second)), 1)


def check_origins(document: Document) -> None:
    """Every clause says where it stood, in the terms of its format."""
    for clause in document.clauses:
        place = clause.origin
        assert place.start is not None
        if document.source.media_type == "application/pdf":
            assert place.page
        if document.source.media_type != "text/plain":
            assert place.paragraph is not None or place.table is not None


@pytest.mark.parametrize("name", ["typed", "notice"])
def test_our_notice_is_the_same_in_every_format(name: str) -> None:
    (one,) = policyparse.parse(FORMATS / f"{name}.docx")
    assert (one.date, one.doc_number, len(one.sections)) == ("2012-04-16", "云府发〔2012〕18号", 12)
    for suffix in OFFICE:
        path = FORMATS / f"{name}{suffix}"
        if not path.exists():  # LibreOffice writes automatic numbers into HTML as lists of its own: not kept
            assert (name, suffix) == ("notice", ".html")
            continue
        (other,) = policyparse.parse(path)
        assert facts(other) == facts(one), path.name
        assert sections(other) == sections(one), path.name
        assert clauses(other) == clauses(one), path.name
        assert [table.rows for table in other.tables] == [table.rows for table in one.tables], path.name
        assert other.id == one.id, path.name
        check_origins(other)
    # plain text has no tables: its cells are lines of their own
    (plain,) = policyparse.parse(FORMATS / f"{name}.txt")
    assert facts(plain) == facts(one)
    assert sections(plain) == sections(one)
    assert clauses(plain)[: len(one.clauses) - 1] == clauses(one)[:-1]
    check_origins(plain)


def test_real_notices_are_the_same_in_seven_formats(shared: Path) -> None:
    folder = shared / "corpus" / "one-text-seven-formats"
    names = sorted({path.name.split(".")[0] for path in folder.iterdir()})
    assert len(names) == 6
    for name in names:
        (one,) = policyparse.parse(folder / f"{name}.docx")
        for suffix in (*OFFICE[1:], ".gbk.txt"):
            (other,) = policyparse.parse(folder / (name + suffix))
            assert facts(other) == facts(one), (name, suffix)
            assert sections(other) == sections(one), (name, suffix)
            assert "".join(clauses(other)) == "".join(clauses(one)), (name, suffix)
            # a page's end hides whether a paragraph ended there: two clauses in one, of the same characters
            assert share_alike(one, other) >= 0.97, (name, suffix)
            check_origins(other)
