"""Archives the whole way (parse, command line, import), and from a clause back to its place in the source."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

import policyparse
from policyparse.batch import import_files
from policyparse.cli import run as command
from policyparse.corpus import Corpus
from policyparse.passing import ReadError
from policyparse.pipeline import parse_all

FORMATS = Path(__file__).parent / "documents" / "formats"
PLAN = "石桥镇承接权限工作方案\n一、总体要求\n由镇党政办牵头，各站所配合，把下放的权限接住、用好。\n"
REPLY = "青溪县人民政府关于同意石桥镇承接权限的批复\n石桥镇人民政府：\n同意你镇承接县级权限二十项，请抓好落实。\n"


def packed(path: Path, **members: str | bytes) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two documents, and between them a member that is none."""
    return packed(tmp_path / "批文.zip", 方案_txt=PLAN, 附件__坏_docx=b"PK\x03\x04 broken", 附件__批复_txt=REPLY)


def test_parse_gives_the_documents_of_all_members(archive: Path) -> None:
    with pytest.warns(UserWarning, match="坏.docx"):
        documents = policyparse.parse(archive)
    assert [document.source.path for document in documents] == [f"{archive}/方案.txt", f"{archive}/附件/批复.txt"]
    assert [document.kind for document in documents] == ["plan", "reply"]
    found = list(parse_all(archive))
    assert [type(each).__name__ for each in found] == ["Document", "ReadError", "Document"]
    assert isinstance(found[1], ReadError)
    assert (found[1].path, found[1].code) == (f"{archive}/附件/坏.docx", "damaged")


def test_an_archive_without_a_readable_member_is_an_error(tmp_path: Path) -> None:
    for members, code in (({"坏_docx": b"PK\x03\x04 broken"}, "damaged"), ({}, "empty")):
        with pytest.raises(ReadError) as caught:
            policyparse.parse(packed(tmp_path / "a.zip", **members))
        assert caught.value.code == code


def test_the_command_line_names_the_member_and_goes_on(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["parse", str(archive)]) == 1
    printed = capsys.readouterr()
    assert [json.loads(line)["kind"] for line in printed.out.splitlines()] == ["plan", "reply"]
    (line,) = printed.err.splitlines()
    assert "批文.zip/附件/坏.docx" in line


def test_a_members_record_stands_in_the_report_until_it_is_mended(archive: Path) -> None:
    directory = archive.parent / "corpus"

    def run() -> tuple[dict[str, int], int, dict[str, str]]:
        with Corpus.open(directory, create=True) as corpus:
            summary = import_files(corpus, [archive])
            assert summary.complete == ("failed" not in summary.files)
            records = {Path(each.path).name: each.status for each in corpus.imports.all()}
            return dict(summary.files), summary.new, records

    assert run() == ({"done": 1, "failed": 1}, 2, {"批文.zip": "done", "坏.docx": "failed"})
    assert run() == ({"known": 1, "failed": 1}, 0, {"批文.zip": "done", "坏.docx": "failed"})  # said until it is mended
    packed(archive, 方案_txt=PLAN)
    assert run() == ({"done": 1}, 0, {"批文.zip": "done"})
    assert run() == ({"known": 1}, 0, {"批文.zip": "done"})
    with Corpus.open(directory) as corpus:
        assert [document.kind for document in corpus.documents()] == ["plan"]  # the reply is no longer in the archive


def test_a_copy_of_an_archive_shares_its_documents(archive: Path) -> None:
    packed(archive, 方案_txt=PLAN)
    copy = archive.with_name("抄件.zip")
    copy.write_bytes(archive.read_bytes())
    with Corpus.open(archive.parent / "corpus", create=True) as corpus:
        summary = import_files(corpus, [archive, copy])
        assert dict(summary.files) == {"done": 1, "skipped": 1}
        (document,) = corpus.documents()
        assert [path for path, _ in corpus.store.sources(document.id)] == [f"{archive}/方案.txt", f"{copy}/方案.txt"]


@pytest.mark.parametrize("inside", [False, True])
def test_a_clause_of_a_pdf_is_shown_with_its_place_and_its_picture(
    inside: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = (FORMATS / "typed.pdf").read_bytes()
    source = packed(tmp_path / "批文.zip", 附件__通知_pdf=data) if inside else tmp_path / "通知.pdf"
    if not inside:
        source.write_bytes(data)
    corpus = str(tmp_path / "corpus")
    with Corpus.open(corpus, create=True) as opened:
        import_files(opened, [source])
        (document,) = opened.documents()
    clause = next(clause for clause in document.clauses if "内资项目备案" in clause.text)
    picture = tmp_path / "页.png"
    shown = ["show", f"{document.id}#{clause.id}", "--corpus", corpus]
    assert command([*shown, "--source", "--picture", str(picture)]) == 0
    printed = capsys.readouterr().out
    assert f"page 1, paragraph {clause.origin.paragraph}" in printed
    assert f"in the source: {clause.text}" in printed
    with Image.open(picture) as page:
        yellow = sum(count for count, colour in page.getcolors(1 << 24) or [] if colour == (255, 226, 64))
        assert 0.001 < yellow / (page.width * page.height) < 0.1
    source.write_bytes(b"other")
    assert command([*shown, "--picture", str(picture)]) == 2
    assert "no longer there" in capsys.readouterr().err
