"""The whole way, on whole documents: golden files of the samples, and what must hold for every Document.

`pytest tests/test_documents.py --rewrite` writes the golden files anew (and fails, so that nobody leaves it on).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import policyparse
from policyparse.clean.mending import undo
from policyparse.model import Document, json_schema
from policyparse.passing import ReadError
from policyparse.pipeline import parse_raw
from policyparse.read import read

ROOT = Path(__file__).parent.parent
SAMPLES = sorted(path for path in (ROOT / "corpora/samples").iterdir() if path.suffix not in (".md", ".py"))
GOLDEN = Path(__file__).parent / "documents" / "golden"
SCHEMA = ROOT / "policyparse" / "document.schema.json"
VALUE = re.compile(r"[\dXP.R/:DMYWTHSB-]+|\.\./.+|.+/\.\.")


def digest(document: Document) -> dict[str, Any]:
    """What a golden file keeps: all but the text (it is in the sample) and the classifier's scores."""
    return {
        "title": document.title,
        "cover_title": document.cover_title,
        "kind": document.kind,
        "doc_number": document.doc_number,
        "issuers": document.issuers,
        "date": document.date,
        "place": document.place,
        "level": document.level,
        "masked": document.masked,
        "sections": [f"{s.level} {s.label} {s.title}".strip() for s in document.sections],
        "clauses": [clause.text[:24] for clause in document.clauses],
        "institutions": [f"{m.text} = {m.canonical}" for m in document.institutions],
        "time_points": [f"{m.text} = {m.type} {m.value}" for m in document.time_points],
        "citations": [f"{m.title} {m.doc_number or ''}".strip() for m in document.citations],
        "delegations": [
            f"{r.item} | {'、'.join(r.from_)} → {'、'.join(r.to)} | {'、'.join(r.mode)}" for r in document.delegations
        ],
        "responsibilities": [
            f"{'、'.join(r.departments)} | {r.role} | {r.task} | {r.deadline or ''}" for r in document.responsibilities
        ],
        "repairs": sorted({repair.reason for repair in document.repairs}),
        "warnings": document.warnings,
    }


def check(document: Document) -> None:
    """What every Document keeps: offsets cut their text, ids lead somewhere, values are well formed."""
    text = document.text
    clauses = {clause.id: clause for clause in document.clauses}
    sections = {section.id: section for section in document.sections}
    for clause in document.clauses:
        assert text[clause.start : clause.end] == clause.text
        assert clause.section is None or clause.section in sections
        assert clause.tags, "every clause is tagged"
        assert all(0 <= tag.score <= 1 for tag in clause.tags)
        assert any(value is not None for value in clause.origin.model_dump().values())
    for section in document.sections:
        assert re.sub(r"\s", "", text[section.start : section.end]).startswith(section.label)
    for mention in [*document.institutions, *document.time_points, *document.citations]:
        assert text[mention.start : mention.end] == mention.text
        if mention.clause:
            assert clauses[mention.clause].start <= mention.start < clauses[mention.clause].end
    for record in [*document.delegations, *document.responsibilities]:
        assert 0 <= record.start < record.end <= len(text)
        assert record.clause is None or record.clause in clauses
    for point in document.time_points:
        assert VALUE.fullmatch(point.value), point.value
    assert Document.model_validate_json(document.model_dump_json()) == document


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_samples_give_their_golden_files(path: Path, request: pytest.FixtureRequest) -> None:
    documents = policyparse.parse(path)
    for document in documents:
        check(document)
    golden = GOLDEN / f"{path.stem}.json"
    found = [digest(document) for document in documents]
    if request.config.getoption("--rewrite"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"{golden.name} was written anew: look at the difference, then run without --rewrite")
    assert found == json.loads(golden.read_text("utf-8"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_repairs_give_back_the_source(path: Path) -> None:
    raw = read(path)
    source = "\n".join(block.text for block in raw.blocks if block.kind != "furniture" and block.text.strip())
    for document in parse_raw(raw):
        assert undo(document.text, document.repairs) in source


@pytest.mark.parametrize("path", [path for path in SAMPLES if path.suffix == ".txt"], ids=lambda path: path.name)
def test_the_origin_of_a_clause_in_a_text_file_is_its_characters(path: Path) -> None:
    raw = read(path)
    decoded = path.read_bytes().decode(raw.encoding or "utf-8").removeprefix("\ufeff")
    for document in parse_raw(raw):
        for clause in document.clauses:
            assert clause.origin.start is not None
            assert decoded[clause.origin.start] == clause.text[0]
            if clause.origin.end is not None:
                assert decoded[clause.origin.end - 1] == clause.text[-1]


def test_the_same_document_has_the_same_id_in_another_file(tmp_path: Path) -> None:
    source = next(path for path in SAMPLES if path.name.startswith("03"))
    text = source.read_bytes().decode("gb18030")
    copy = tmp_path / "别的名字.txt"
    copy.write_text(text, "utf-8")
    assert [d.id for d in policyparse.parse(copy)] == [d.id for d in policyparse.parse(source)]


def test_the_shipped_schema_is_the_models(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--rewrite"):
        SCHEMA.write_text(json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail("the schema was written anew")
    assert json.loads(SCHEMA.read_text("utf-8")) == json_schema()


CONTRACT = {
    "": "schema_version id source title cover_title kind doc_number issuers date place level masked text repairs sections "
    "clauses institutions time_points delegations responsibilities citations tables",
    "Source": "path sha256 media_type encoding part parts",
    "Repair": "start end before reason",
    "Section": "id parent level label title start end",
    "Clause": "id section start end text tags origin",
    "TagScore": "tag score",
    "Institution": "text canonical start end clause",
    "TimePoint": "text type value start end clause",
    "Delegation": "item from to mode start end clause",
    "Responsibility": "departments role task deadline start end clause",
    "Citation": "text title doc_number start end clause",
    "Table": "header rows clause",
}


@pytest.mark.parametrize("model", CONTRACT, ids=lambda model: model or "Document")
def test_the_contracts_fields_are_there(model: str) -> None:
    schema = json_schema()
    fields = schema["$defs"][model]["properties"] if model else schema["properties"]
    assert set(CONTRACT[model].split()) <= set(fields)


def test_seeds(shared: Path) -> None:
    counts = []
    for path in sorted((shared / "seeds").glob("*.txt")):
        documents = policyparse.parse(path)
        counts.append(len(documents))
        for document in documents:
            check(document)
            assert document.title
            assert document.kind != "other"
            assert document.sections
            for words in ("下载", "会员上传", "版权", "相关范文", "猜你喜欢", "转载", "导航"):
                assert words not in document.text[:120] + document.text[-120:]
    assert counts == [5, 5, 2, 1, 1]


def test_other_real_documents_keep_the_promises(shared: Path) -> None:
    folders = ("notices-2023", "state-council-html", "speeches-2026")
    paths = [path for folder in folders for path in sorted((shared / "corpus" / folder).iterdir())[::6]]
    assert paths
    for path in paths:
        for document in policyparse.parse(path):
            check(document)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("空.txt", b"", "empty"),
        ("噪声.txt", bytes(range(256)) * 40, "unknown-format"),
        ("坏.docx", b"PK\x03\x04" + b"\x00" * 200, "damaged"),
        ("坏.pdf", b"%PDF-1.7\nnothing of a pdf", "damaged"),
    ],
)
def test_bad_input_is_one_plain_sentence(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ReadError) as caught:
        policyparse.parse(path)
    assert caught.value.code == code
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
