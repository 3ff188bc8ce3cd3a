"""The reuse guard: what it finds and what it leaves alone, offsets that cut their words, comments that stand at them."""

from __future__ import annotations

import io
import itertools
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

import policyparse
from policyparse import guard
from policyparse.cli import run
from policyparse.corpus import Corpus
from policyparse.guard.word_runs import comment, paragraph_text
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.vocabulary import Vocabulary, shipped

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))
import guard_drafts

ROOT = Path(__file__).parent.parent
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "guard.yaml").read_text(encoding="utf-8"))
SAMPLES = sorted(path for path in (ROOT / "corpora/samples").iterdir() if path.suffix != ".md")


def draft(row: dict[str, Any]) -> Document:
    """The document of a row: its body in the frame."""
    frame = {**CASES["frame"], **row}
    lines = [frame["title"], *([frame["number"]] if "number" in frame else []), row["body"].replace("\\n", "\n")]
    text = "\n".join([*lines, frame["signer"], frame["date"]])
    (document,) = policyparse.parse("draft.txt", text.encode())
    return document


def found(report: guard.Report) -> list[tuple[str, str]]:
    return sorted((finding.kind, finding.quote) for finding in report.findings)


def wanted(row: dict[str, Any]) -> list[tuple[str, str]]:
    return sorted((kind, words) for each in row.get("finds", ()) for kind, words in each.items())


@pytest.mark.parametrize("row", CASES["rows"], ids=lambda row: row["name"])
def test_what_the_draft_itself_shows(row: dict[str, Any]) -> None:
    assert found(guard.check(draft(row))) == wanted(row)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    with Corpus.open(tmp_path_factory.mktemp("guard") / "corpus", create=True) as corpus:
        for name, text in CASES["corpus"].items():
            corpus.add(policyparse.parse(f"{name}.txt", text.encode())[0])
        corpus.commit()
        yield corpus


@pytest.mark.parametrize("row", CASES["against_corpus"], ids=lambda row: row["name"])
def test_what_a_corpus_shows(row: dict[str, Any], library: Corpus) -> None:
    report = guard.check(draft(row), library)
    assert found(report) == wanted(row)
    for finding in report.findings:
        if finding.kind in ("basis", "copied"):
            assert finding.sources
            assert all(library.document(source.document) for source in finding.sources)


def test_a_document_of_the_corpus_is_not_compared_with_itself(library: Corpus) -> None:
    for document in library.documents():
        assert not [f for f in guard.check(document, library).findings if f.kind in ("basis", "copied")]


@pytest.mark.parametrize("name", ["a basis that was repealed in a list behind the verb", "a basis that has run out"])
def test_a_basis_that_many_cite_is_found_among_them(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hits stand for the sixty that are looked at, a dozen documents for the hundreds that cite a basis."""
    monkeypatch.setattr("policyparse.guard.library._LOOKED_AT", 2)
    row = next(row for row in CASES["against_corpus"] if row["name"] == name)
    citing = draft(row).citations[0].text
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        for text in (*(f"第{n}镇方案\n一、按照{citing}办理。\n" for n in range(12)), *CASES["corpus"].values()):
            corpus.add(policyparse.parse("citing.txt", text.encode())[0])
        corpus.commit()
        assert [kind for kind, _ in found(guard.check(draft(row), corpus))] == ["basis"]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_samples_have_no_mistakes_but_the_masked_one(path: Path) -> None:
    for document in policyparse.parse(path):
        kinds = {finding.kind for finding in guard.check(document).findings}
        assert kinds <= ({"placeholder"} if document.masked else set())


def coherent(document: Document, report: guard.Report) -> None:
    """What every finding keeps."""
    clauses = {clause.id: clause for clause in document.clauses}
    for finding in report.findings:
        assert document.text[finding.start : finding.end] == finding.quote != ""
        assert finding.line in document.text
        assert 0 < finding.sure <= 1
        assert finding.level == next(name for name, (_, least) in guard.LEVELS.items() if finding.sure >= least)
        assert all((finding.reason.en, finding.reason.zh, finding.advice.en, finding.advice.zh))
        if finding.clause:
            clause = clauses[finding.clause]
            assert clause.start <= finding.start < clause.end
        assert all(0 <= start < end <= len(document.text) for start, end in finding.also)
    json.dumps(report.as_json())


PIECES = st.sampled_from([
    "一、", "三、", "（二）", "1.", "一是", "三是", "XX镇", "××", "____", "【】", "〔20 〕号", "待定", "《办法》", "《", "》",
    "石龙镇", "石桥镇人民政府", "德清县", "梅溪镇", "安吉县", "根据", "由", "负责", "2010年", "2031年5月底前", "2月30日",
    "2021年3月—2020年2月", "（以下简称专班）", "专班", "县国土资源局", "领导小组办公室设在县财政局", "牵头制定配套政策", "，", "。",
    "\n", "附件：", "安政发〔2019〕5号", "安吉县人民政府\n2021年5月18日\n", "关于印发方案的通知\n",
])  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=40))
def test_offsets_cut_their_words_whatever_is_written(pieces: list[str]) -> None:
    for document in policyparse.parse("draft.txt", "".join(["放", *pieces]).encode()):
        coherent(document, guard.check(document))


def test_the_examples_of_the_placeholders_are_found_and_their_counter_examples_are_not() -> None:
    for row in shipped().table("guard_placeholders"):
        pattern = re.compile(row["pattern"], re.MULTILINE)
        assert pattern.search(row["example"]), row["pattern"]
        assert not row["counter_example"] or not pattern.search(row["counter_example"]), row["pattern"]


def test_every_successor_is_of_a_function_that_was_given_up() -> None:
    given_up = {row["function"] for row in shipped().table("institutions_functions") if row["to"]}
    assert {row["function"] for row in shipped().table("guard_successors")} <= given_up


def test_a_malformed_pattern_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "guard_placeholders.csv").write_text(
        "pattern,what,what_en,blank,sure,example,counter_example\n(一,空白,a blank,,0.9,,\n", "utf-8"
    )
    with pytest.raises(PolicyparseError, match=r"guard_placeholders.csv: the pattern \(一 is not well formed"):
        guard.check(draft({"body": "一、照办。"}), vocabulary=Vocabulary(tmp_path))


# -- Word ------------------------------------------------------------------------------------------------------------


def commented(data: bytes) -> list[tuple[str, str]]:
    """(the words that a comment stands at, the comment's text) of a Word file, in the text's order."""
    file = docx.Document(io.BytesIO(data))
    texts = {str(each.comment_id): each.text for each in file.comments}
    out: list[tuple[str, str]] = []
    opened: dict[str, list[str]] = {}
    for element in file.element.body.iter():
        if element.tag == qn("w:commentRangeStart"):
            opened[element.get(qn("w:id"))] = []
        elif element.tag == qn("w:commentRangeEnd"):
            identity = element.get(qn("w:id"))
            out.append(("".join(opened.pop(identity)), texts[identity]))
        elif element.tag == qn("w:t"):
            for words in opened.values():
                words.append(element.text or "")
    return out


BROKEN = (
    "安吉县梅溪镇扩权强镇试点实施方案\n一、由XX局牵头，把石龙镇建设成为副中心，2020年9月底前完成。\n"
    "三、由XX局验收。\n事项\t单位\t时间\n审批\t石龙镇人民政府\t2021年6月31日\n安吉县人民政府\n2021年5月18日"
)


def word_draft(text: str, cuts: list[int]) -> bytes:
    """A Word file of `text`, each paragraph in runs that end at `cuts`, every other one bold; rows with tabs as a table."""
    file = docx.Document()
    table = None
    for line in text.split("\n"):
        if "\t" in line:
            cells = line.split("\t")
            table = table or file.add_table(0, len(cells))
            for cell, words in zip(table.add_row().cells, cells, strict=True):
                cell.text = words
            continue
        paragraph = file.add_paragraph()
        edges = [0, *sorted({cut for cut in cuts if cut < len(line)}), len(line)]
        for number, (start, end) in enumerate(itertools.pairwise(edges)):
            paragraph.add_run(line[start:end]).bold = bool(number % 2)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


@settings(deadline=None, max_examples=15)
@given(st.lists(st.integers(1, 40), max_size=12))
def test_comments_stand_at_their_words(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    data = word_draft(BROKEN, cuts)
    output = tmp_path_factory.mktemp("word") / "out.docx"
    reports = [guard.check(document) for document in policyparse.parse("draft.docx", data)]
    count = guard.commented_copy("draft.docx", reports, output, data=data)
    notes = commented(output.read_bytes())
    places = [
        (document.text[start:end], finding)
        for report, document in zip(reports, policyparse.parse("draft.docx", data), strict=True)
        for finding in report.findings
        for start, end in ((finding.start, finding.end), *finding.also)
    ]
    assert count == len(notes) == len(places) > 6
    assert sorted(words for words, _ in notes) == sorted(words for words, _ in places)
    assert all(any(finding.reason.zh in note for _, finding in places) for _, note in notes)
    before, after = docx.Document(io.BytesIO(data)), docx.Document(output)
    assert [p.text for p in before.paragraphs] == [p.text for p in after.paragraphs]


def test_a_split_run_keeps_its_look() -> None:
    file = docx.Document()
    paragraph = file.add_paragraph()
    paragraph.add_run("由XX局牵头").bold = True
    comment(file, paragraph._p, 1, 4, "占位符")
    assert paragraph_text(paragraph._p) == "由XX局牵头"
    assert [(run.text, run.bold) for run in paragraph.runs if run.text] == [
        ("由", True),
        ("XX局", True),
        ("牵头", True),
    ]


@pytest.mark.parametrize("name", ["draft.txt", "draft.html"])
def test_of_any_other_file_a_word_file_is_made(name: str, tmp_path: Path) -> None:
    text = BROKEN if name.endswith("txt") else "<p>" + BROKEN.replace("\n", "</p><p>") + "</p>"
    reports = [guard.check(document) for document in policyparse.parse(name, text.encode())]
    count = guard.commented_copy(name, reports, tmp_path / "new" / "out.docx", language="en", data=text.encode())
    notes = commented((tmp_path / "new" / "out.docx").read_bytes())
    assert len(notes) == count == sum(1 + len(finding.also) for report in reports for finding in report.findings)
    assert {finding.quote for report in reports for finding in report.findings} <= {words for words, _ in notes}


def test_a_changed_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(PolicyparseError, match="has changed since it was checked"):
        guard.commented_copy("a.txt", [], tmp_path / "out.docx", data=BROKEN.encode())


# -- the command -----------------------------------------------------------------------------------------------------


def test_the_command_groups_by_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "草稿.txt"
    path.write_text(BROKEN, encoding="utf-8")
    assert run(["check", str(path), "--docx", str(tmp_path / "out.docx")]) == 0
    out, err = capsys.readouterr()
    assert "# must be changed (" in out
    assert "石龙镇" in out
    assert "comments" in out
    assert "no corpus given" in err
    assert zipfile.is_zipfile(tmp_path / "out.docx")


def test_json_and_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "draft.txt"
    path.write_text(BROKEN, encoding="utf-8")
    assert run(["check", str(path), "--json", "--level", "must"]) == 0
    (report,) = json.loads(capsys.readouterr().out)
    assert {finding["level"] for finding in report["findings"]} == {"must"}
    assert report["findings"][0]["reason"].keys() == {"en", "zh"}
    assert all(report["remarks"][0].values())


def test_the_draft_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "draft.txt"
    path.write_text(BROKEN, encoding="utf-8")
    assert run(["check", str(path), "--docx", str(tmp_path / "." / "draft.txt")]) == 2
    assert "would overwrite the draft" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == BROKEN


def test_a_clean_draft_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SAMPLES[0])]) == 0
    assert "nothing found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "code", "says"),
    [
        ("empty.docx", b"", 1, "the file is empty"),
        ("scan.pdf", None, 1, "scan"),
        ("nothing.txt", None, 1, "no such file"),
    ],
)
def test_what_cannot_be_checked_is_one_sentence(
    name: str, content: bytes | None, code: int, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    elif name.endswith(".pdf"):
        from reportlab.pdfgen.canvas import Canvas

        canvas = Canvas(str(path))
        canvas.rect(50, 50, 200, 200)
        canvas.showPage()
        canvas.save()
    assert run(["check", str(path)]) == code
    error = capsys.readouterr().err
    assert says in error
    assert len(error.strip().split("\n")) == 1


def test_a_corpus_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SAMPLES[0]), "--corpus", str(tmp_path / "none")]) == 2
    assert "no such directory" in capsys.readouterr().err


def test_a_place_that_nothing_tells_is_a_remark() -> None:
    (document,) = policyparse.parse("draft.txt", "工作要点\n一、加强学习。\n二、抓好落实。".encode())
    report = guard.check(document)
    assert any("place could not be told" in remark.en for remark in report.remarks)


def test_the_written_down_mistakes_are_found(tmp_path: Path) -> None:
    """The floors of tests/benchmarks/guard_drafts.py: nine mistakes of ten, one false finding in two clean drafts."""
    with guard_drafts.corpus_in(tmp_path / "corpus") as corpus:
        marred = guard_drafts.measure("held", corpus, show=False)
        clean = guard_drafts.measure("clean", corpus, show=False)
    assert marred["found"].total() >= 0.9 * marred["written"].total()
    assert clean["false"] <= clean["drafts"] / 2
