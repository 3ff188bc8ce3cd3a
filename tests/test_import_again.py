"""What comes after the first import: changed and vanished files, retries, versions, originals, reports, the corpus kept."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from concurrent.futures import Future
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from corpus_builder import document
from reportlab.pdfgen import canvas

from policyparse.batch import Outcome, Pipeline, Progress, Summary, Task, import_files, read_file, report
from policyparse.batch.originals import source_of
from policyparse.batch.report_files import html
from policyparse.batch.report_words import in_words
from policyparse.batch.workers import Here
from policyparse.cli import run as command
from policyparse.corpus import Corpus
from policyparse.corpus.backup import backup, restore
from policyparse.corpus.verify import content_id, repair, verify
from policyparse.model import Document
from policyparse.passing import CleanText, PolicyparseError, ReadError
from policyparse.pipeline import document_id
from policyparse.read import Limits, read_all
from policyparse.search import search

PLAN = "石桥镇方案\n一、下放权限。将项目审批权下放到镇。\n二、财政返还。超收部分返还镇里。\n"
REPLY = "关于同意扩权的批复\n一、同意石桥镇承接权限。\n"


def parse(path: str, data: bytes) -> list[Document]:
    text = data.decode("utf-8-sig")
    if "broken" in text:
        raise ReadError(path, "damaged", "it is broken", "mend it")
    return [document(part, path=path) for part in text.split("====\n")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notices"
    folder.mkdir()
    (folder / "plan.txt").write_text(PLAN, encoding="utf-8")
    (folder / "copy.txt").write_text(PLAN, encoding="utf-8-sig")
    (folder / "reply.txt").write_text("批复\n同意石桥镇承接权限。\n", encoding="utf-8")
    (folder / "bad.txt").write_text("broken", encoding="utf-8")
    return folder


def imported(folder: Path, **options: object) -> Summary:
    with Corpus.open(folder.parent / "corpus", create=True) as corpus:
        return import_files(corpus, [folder], parse=parse, **options)  # type: ignore[arg-type]


def opened(folder: Path) -> Corpus:
    return Corpus.open(folder.parent / "corpus")


# -- files that change, vanish, fail --------------------------------------------------------------------------------


def test_a_changed_file_is_a_new_version_and_keeps_its_corrections(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(folder)
    with Corpus.open(folder.parent / "corpus", write=True) as corpus:
        old = next(d.id for d in corpus.documents() if d.title == "批复")
        corpus.correct(f"{old}#c1", ["delegation"], by="李")
    (folder / "reply.txt").write_text("批复\n同意石桥镇承接权限。\n另行签订协议。\n", encoding="utf-8")
    summary = imported(folder)
    assert (summary.files["done"], summary.new, summary.versions) == (1, 1, 1)
    with opened(folder) as corpus:
        (new,) = [d for d in corpus.documents() if d.title == "批复"]
        assert new.id != old
        assert new.clauses[0].tags[0].tag == "delegation"
        assert corpus.store.versions.newest(old) == new.id
        assert [version.document for version in corpus.store.versions.older(new.id)] == [old]
        assert corpus.document(old).text == "批复\n同意石桥镇承接权限。\n"
        assert {hit.document for hit in search(corpus, '"承接权限"').hits} == {new.id}
        assert [row["newer"] for row in report(corpus).rows("versions")] == [new.id]
        assert command(["versions", "承接", "权限", "--corpus", str(corpus.directory)]) == 0
        assert f"{old}#c1" in capsys.readouterr().out
        assert command(["show", old, "--corpus", str(corpus.directory)]) == 0
        assert new.id in capsys.readouterr().out
        assert command(["show", new.id, "--corpus", str(corpus.directory)]) == 0
        assert old in capsys.readouterr().out
        assert list(verify(corpus)) == []
    (folder / "reply.txt").write_text("批复\n同意石桥镇承接权限。\n", encoding="utf-8")  # and back again
    imported(folder)
    with opened(folder) as corpus:
        assert [d.id for d in corpus.documents() if d.title == "批复"] == [old]
        assert corpus.store.versions.newest(new.id) == old
        assert {hit.document for hit in search(corpus, '"承接权限"').hits} == {old}
        assert list(verify(corpus)) == []


def test_a_file_that_can_no_longer_be_read_loses_nothing(folder: Path) -> None:
    imported(folder)
    (folder / "reply.txt").write_text("broken", encoding="utf-8")
    summary = imported(folder)
    assert {record.path.rsplit("/", 1)[1] for record in summary.left} == {"bad.txt", "reply.txt"}
    with opened(folder) as corpus:
        assert "批复" in {d.title for d in corpus.documents()}
        assert "stays" in (corpus.imports.of(str(folder / "reply.txt")).reason or "")  # type: ignore[union-attr]


def test_what_vanished_is_reported_once_and_stays(folder: Path) -> None:
    imported(folder)
    (folder / "reply.txt").unlink()
    assert [record.path for record in imported(folder).vanished] == [str(folder / "reply.txt")]
    assert imported(folder).vanished == []
    with opened(folder) as corpus:
        assert [row["path"] for row in report(corpus, 2).rows("vanished")] == [str(folder / "reply.txt")]
        assert len(list(corpus.documents())) == 2
    (folder / "reply.txt").write_text("批复\n同意石桥镇承接权限。\n", encoding="utf-8")
    assert imported(folder).files["known"] == 3
    with opened(folder) as corpus:
        assert corpus.imports.of(str(folder / "reply.txt")).vanished is None  # type: ignore[union-attr]


def test_retry_reads_only_what_failed(folder: Path) -> None:
    imported(folder)
    read: list[str] = []

    def mended(path: str, data: bytes) -> list[Document]:
        read.append(Path(path).name)
        return [document("补正\n现在能读了。\n", path=path)]

    with Corpus.open(folder.parent / "corpus", write=True) as corpus:
        assert import_files(corpus, [], parse=mended, retry=["timed-out"]).files == {}
        summary = import_files(corpus, [], parse=mended, retry=[])
    assert (read, dict(summary.files)) == (["bad.txt"], {"done": 1})
    with opened(folder) as corpus:
        assert [row["code"] for row in report(corpus, 1).rows("failed")] == ["damaged"]  # as it was that night
        assert report(corpus, 3).rows("failed") == []


class Backwards(Here):
    """Gives the outcomes of `number` files from the last to the first."""

    room = 100

    def __init__(self, number: int) -> None:
        super().__init__(parse)
        self._number = number
        self._held: list[tuple[Task, Future[Outcome]]] = []

    def submit(self, task: Task) -> Future[Outcome]:
        self._held.append((task, Future()))
        if len(self._held) == self._number:
            for each, future in reversed(self._held):
                future.set_result(read_file(each, parse))
        return self._held[-1][1]


class Changing(Here):
    """Writes to the first file just before it is read, when the others have been looked at."""

    room = 2

    def submit(self, task: Task) -> Future[Outcome]:
        if Path(task.file).name == "a.txt":
            Path(task.file).write_text("批复\n同意石桥镇另行承接。\n", encoding="utf-8")
        return super().submit(task)


def test_a_copy_of_a_file_that_changes_is_read_itself(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("批复\n同意石桥镇承接权限。\n", encoding="utf-8")
    assert dict(imported(folder, readers=Changing(parse)).files) == {"done": 2}
    with opened(folder) as corpus:
        assert corpus.imports.all("pending") == []
        assert len(list(corpus.documents())) == 2


def test_the_same_corpus_whichever_file_is_read_first(folder: Path) -> None:
    """The document of two files is that of the first by name, though the second is there earlier."""
    imported(folder)
    with opened(folder) as corpus:
        wanted = [d.model_dump_json() for d in corpus.documents()]
    with Corpus.open(folder.parent / "other", create=True) as corpus:
        import_files(corpus, [folder], readers=Backwards(4))
        assert [d.model_dump_json() for d in corpus.documents()] == wanted
        assert list(verify(corpus)) == []
    assert [json.loads(line)["source"]["path"].rsplit("/", 1)[1] for line in wanted] == ["copy.txt", "reply.txt"]


# -- reports ----------------------------------------------------------------------------------------------------------


def test_the_report_and_its_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "same.txt").write_bytes((folder / "plan.txt").read_bytes())
    (folder / "both.txt").write_text(f"{PLAN}====\n=SUM(1)通知\n另有一条。\n", encoding="utf-8")
    imported(folder)
    with opened(folder) as corpus:
        found = report(corpus)
        rows = {section.name: section.rows for section in found.sections}
    assert {row["code"]: row["files"] for row in rows["reasons"]} == {"damaged": 1, "same-file": 1}
    how = {str(row["path"]).rsplit("/", 1)[1]: row["how"] for row in rows["same"]}
    assert how == {
        "both.txt": "compiled with 1 other",
        "copy.txt": "another file of the same text",
        "plan.txt": "another file of the same text",
        "same.txt": "another file of the same text",
    }
    assert {row["missing"] for row in rows["gaps"]} >= {"date, issuer, structure"}
    where = ["--corpus", str(folder.parent / "corpus")]
    files = {name: folder.parent / f"r.{name}" for name in ("csv", "xlsx", "html")}
    assert command(["imports", "show", "1", *where, *(f"--{name}={path}" for name, path in files.items())]) == 0
    lines = list(csv.DictReader(files["csv"].open(encoding="utf-8-sig")))
    assert [line["path"].rsplit("/", 1)[1] for line in lines if line["status"] == "failed"] == ["bad.txt"]
    assert {"summary", "reasons", "files"} <= set(openpyxl.load_workbook(files["xlsx"]).sheetnames)
    page = files["html"].read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "")  # nothing is fetched
    assert "1 could not be read: 1 damaged." in page
    assert re.search(r'<td class="path">bad\.txt</td>', page)  # below the one source
    chinese = html(found, chinese=True)
    assert "没有读成 1 个：文件已损坏 1 个。" in chinese
    for words in ("与另一文件字节相同", "与另外 1 份同在一个文件", "日期、发文机关、结构", "失败", "完成"):
        assert words in chinese
    assert command(["imports", *where]) == 0
    assert "\tdone\t" in capsys.readouterr().out
    assert command(["imports", "show", "7", *where]) == 2
    assert command(["imports", "show", "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out)["run"]["state"] == "done"


def test_a_dry_run_touches_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--corpus", str(folder.parent / "corpus")]
    (folder / "~$x.docx").write_text("x", encoding="utf-8")
    assert command(["import", str(folder), "--dry-run", "--json", *where]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["files"], found["known"]) == (4, 0)
    assert [row["code"] for row in found["passed_over"]] == ["not-a-document"]
    assert not (folder.parent / "corpus").exists()
    imported(folder)
    # the one that failed fails again; the others are too young to be told by their time
    for more, figures in (([], (3, 1)), (["--again"], (4, 0))):
        assert command(["import", str(folder), "--dry-run", "--json", *where, *more]) == 0
        found = json.loads(capsys.readouterr().out)
        assert (found["files"], found["known"]) == figures
    assert command(["import", "--dry-run", "--retry", "failed", *where]) == 2
    assert command(["import", "--retry", "timed_out", *where]) == 0
    assert "no file has failed so: timed_out" in capsys.readouterr().err


def test_progress_tells_files_bytes_and_failures(folder: Path) -> None:
    heard: list[Progress] = []
    imported(folder, progress=heard.append)
    last = heard[-1]
    assert (last.settled, last.files, last.counts["failed"]) == (4, 4, 1)
    assert last.settled_bytes == last.bytes == sum(path.stat().st_size for path in folder.iterdir())


def test_a_run_that_was_killed_says_so(folder: Path) -> None:
    imported(folder)
    with sqlite3.connect(folder.parent / "corpus" / "corpus.sqlite") as database:
        database.execute("UPDATE runs SET state = 'running', pid = 999999999")
    with opened(folder) as corpus:
        assert corpus.runs.get().state == "killed"


def test_a_second_import_says_so_or_waits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--corpus", str(folder.parent / "corpus")]
    with Corpus.open(folder.parent / "corpus", create=True) as corpus:
        assert command(["import", str(folder), "--workers", "0", *where]) == 2
        assert "another program is writing" in capsys.readouterr().err
        waiting = subprocess.Popen(
            [sys.executable, "-c", "from policyparse.cli import main; main()", "import", str(folder), "--workers", "0", "--wait", *where],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert waiting.stderr is not None
        assert "waiting" in waiting.stderr.readline()
        corpus.commit()
    out, _ = waiting.communicate(timeout=120)
    assert "new documents: 3" in out


# -- originals, locks -------------------------------------------------------------------------------------------------


def test_originals_are_kept_once_and_found_when_the_folder_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    (folder / "plan.txt").write_text(PLAN, encoding="utf-8")
    (folder / "again.txt").write_text(PLAN, encoding="utf-8")
    with zipfile.ZipFile(folder / "批文.zip", "w") as archive:
        archive.writestr(
            "附件/批复.txt", "关于同意的批复\n石桥镇人民政府：\n同意你镇承接县级权限二十项，请抓好落实。\n"
        )
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        import_files(corpus, [folder], keep_originals=True)
        assert len(list((tmp_path / "corpus" / "originals").rglob("*"))) == 4  # two files, each in a folder
        for path in folder.iterdir():
            path.unlink()
        texts = [source_of(corpus, found).decode() for found in corpus.documents()]
        assert sorted(text[:4] for text in texts) == ["关于同意", "石桥镇方"]
        for path in (tmp_path / "corpus" / "originals").rglob("*"):
            if path.is_file():
                path.write_bytes(b"x")
        assert {fault.code for fault in verify(corpus)} == {"original"}
        with pytest.raises(PolicyparseError, match="no longer there"):
            source_of(corpus, next(corpus.documents()))


def locked_pdf(path: Path) -> None:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    page = canvas.Canvas(str(path), encrypt=StandardEncryption("镇2010".encode().hex(), canPrint=1))
    page.setFont("STSong-Light", 16)
    page.drawString(80, 700, "关于下放权限的通知")
    page.drawString(80, 660, "一、下放权限。将项目审批权下放到镇，抓好落实。")
    page.save()


def test_a_locked_pdf_is_read_with_its_password(tmp_path: Path) -> None:
    path = tmp_path / "locked.pdf"
    locked_pdf(path)
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(path)
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        assert [record.code for record in import_files(corpus, [path]).left] == ["encrypted"]
        parse = Pipeline(passwords=("wrong", "镇2010".encode().hex()))
        assert import_files(corpus, [], parse=parse, retry=["encrypted"]).new == 1
        assert "下放权限" in next(corpus.documents()).text


def test_a_locked_office_file_is_read_with_its_password(tmp_path: Path) -> None:
    pytest.importorskip("msoffcrypto")
    from docx import Document as Word
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = tmp_path / "plain.docx"
    word = Word()
    for line in PLAN.splitlines():
        word.add_paragraph(line)
    word.save(str(plain))
    path = tmp_path / "locked.docx"
    with plain.open("rb") as source, path.open("wb") as target:
        OOXMLFile(source).encrypt("密码123", target)
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        assert [record.code for record in import_files(corpus, [path]).left] == ["encrypted"]
        assert import_files(corpus, [], parse=Pipeline(passwords=("密码123",)), retry=[]).new == 1


def test_members_under_aes_are_read_with_their_password(tmp_path: Path) -> None:
    """What 7-Zip, WinRAR and Bandizip write; one member has another password than the others."""
    pyzipper = pytest.importorskip("pyzipper")
    path = tmp_path / "批文.zip"
    with pyzipper.AESZipFile(path, "w", pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        for name, text, password in (("方案.txt", PLAN, "密码123"), ("批复.txt", REPLY, "b"), ("c.txt", PLAN * 2, "?")):
            archive.setpassword(password.encode())
            archive.writestr(name, text.encode())
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        assert {record.code for record in import_files(corpus, [path]).left} == {"encrypted"}
        found = import_files(corpus, [], parse=Pipeline(passwords=("x", "密码123", "b")), retry=["encrypted"])
        assert found.new == 2
        assert [(record.path.rsplit("/", 1)[1], record.code) for record in found.left] == [("c.txt", "encrypted")]
        assert "--password-file" in str(found.left[0].remedy)


def test_aes_without_the_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pyzipper = pytest.importorskip("pyzipper")
    path = tmp_path / "批文.zip"
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"b")
        archive.writestr("a.txt", REPLY.encode())
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (error,) = read_all(path, limits=Limits(passwords=("b",)))
    assert isinstance(error, ReadError)
    assert (error.code, "policyparse[passwords]" in error.remedy) == ("needs-extra", True)


#: Those of passing.ReadError, and those that an import gives besides.
SAID = (
    "empty", "no-text", "encrypted", "damaged", "too-large", "unknown-format", "archive", "not-found", "no-permission",
    "needs-extra", "timed-out", "crashed", "internal", "needs-ocr", "out-of-memory", "changed", "not-a-file",
    "not-a-document", "link", "same-file",
)  # fmt: skip


@pytest.mark.parametrize("code", SAID)
def test_every_code_has_chinese_words(code: str) -> None:
    row = in_words({"code": code, "reason": f"the same bytes as /x/y.txt: {code}", "remedy": None}, True)
    assert "/x/y.txt" in str(row["reason"])
    assert re.search(r"[一-鿿]", str(row["reason"]))


# -- the corpus kept --------------------------------------------------------------------------------------------------


def test_the_id_is_the_pipelines() -> None:
    assert content_id("甲 乙\n丙") == document_id(CleanText("甲 乙\n丙"))


def test_verify_finds_what_is_wrong_and_repair_makes_it_right(folder: Path) -> None:
    imported(folder)
    directory = folder.parent / "corpus"
    with sqlite3.connect(directory / "corpus.sqlite") as database:
        database.execute("UPDATE texts SET fold = fold + 1 WHERE number = (SELECT min(number) FROM texts)")
        database.execute("DELETE FROM bodies WHERE document = (SELECT max(seq) FROM documents)")
    with Corpus.open(directory, write=True) as corpus:
        corpus.index.remove(next(corpus.documents()).id)
        corpus.index.commit()
        faults = list(verify(corpus))
        assert {fault.code for fault in faults} == {"passages", "unreadable", "index"}
        assert repair(corpus, faults) == len(faults)
        assert list(verify(corpus)) == []
        assert len(list(corpus.documents())) == 1
    assert imported(folder).files["done"] == 1  # the file of the document that could not be read
    with opened(folder) as corpus:
        assert len(list(corpus.documents())) == 2
        assert list(verify(corpus)) == []


def test_verify_finds_facts_that_are_not_the_documents(folder: Path) -> None:
    imported(folder)
    directory = folder.parent / "corpus"
    with sqlite3.connect(directory / "corpus.sqlite") as database:
        database.execute(
            "UPDATE documents SET title = '另一标题', date = '1999' WHERE seq = (SELECT min(seq) FROM documents)"
        )
    with Corpus.open(directory, write=True) as corpus:
        (fault,) = verify(corpus)
        assert (fault.code, "title, date" in fault.reason) == ("facts", True)
        assert repair(corpus, [fault]) == 1
        assert list(verify(corpus)) == []


@pytest.mark.parametrize("table", ["bodies", "words"])
@pytest.mark.parametrize("kept", [True, False])
def test_a_flipped_bit_is_named_and_mended(
    folder: Path, table: str, kept: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = folder.parent / "corpus"
    where = ["--corpus", str(directory)]
    command(["import", str(folder), "--workers", "0", *where, *(["--keep-originals"] if kept else [])])
    with opened(folder) as corpus:
        before = list(corpus.documents())
        plan = next(each for each in before if len(each.clauses) > 1)  # two files have it
    with Corpus.open(directory, write=True) as corpus:
        corpus.correct(f"{plan.id}#c1", ["land"], by="李")
        seq, first = corpus.database.rows.execute(
            "SELECT seq, first FROM documents WHERE id = ?", (plan.id,)
        ).fetchone()
        key = ("document", seq) if table == "bodies" else ("number", first)
        (data,) = corpus.database.rows.execute(f"SELECT data FROM {table} WHERE {key[0]} = ?", key[1:]).fetchone()
        at = len(data) // 2
        flipped = data[:at] + bytes([data[at] ^ 8]) + data[at + 1 :]
        corpus.database.rows.execute(f"UPDATE {table} SET data = ? WHERE {key[0]} = ?", (flipped, key[1]))
    capsys.readouterr()
    assert command(["verify", *where]) == 1
    out = capsys.readouterr().out
    assert f"unreadable\t{plan.id}" in out
    assert command(["show", plan.id, *where]) == 2
    assert "verify --repair" in capsys.readouterr().err
    if kept:
        shutil.rmtree(folder)
    assert command(["verify", "--repair", *where]) == 0
    assert "read again from their files: 2" in capsys.readouterr().out
    with opened(folder) as corpus:
        assert [each.id for each in corpus.documents()] == [each.id for each in before]
        assert [tag.tag for tag in corpus.document(plan.id).clauses[0].tags] == ["land"]
        assert corpus.store.as_parsed(plan.id) == plan
        assert list(verify(corpus)) == []


def test_a_backup_of_a_corpus_in_use_is_restored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(folder, keep_originals=True)
    directory, file = folder.parent / "corpus", folder.parent / "b.zip"
    with Corpus.open(directory, write=True) as corpus:
        corpus.add(document("在途\n写入之中。\n", path="x.txt"))
        made = backup(directory, file)
        wanted = [d.model_dump_json() for d in corpus.documents()]
    assert (made.documents, made.originals) == (3, 3)
    assert command(["restore", str(file), "--corpus", str(directory)]) == 2
    assert "already" in capsys.readouterr().err
    assert command(["restore", str(file), "--corpus", str(folder.parent / "again")]) == 0
    assert command(["verify", "--corpus", str(folder.parent / "again")]) == 0
    with Corpus.open(folder.parent / "again") as corpus:
        assert [d.model_dump_json() for d in corpus.documents()] == wanted
        assert search(corpus, '"写入之中"').total == 1
    with pytest.raises(PolicyparseError, match="already"):
        backup(directory, file)
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(PolicyparseError, match=r"cut short|damaged"):
        restore(file, folder.parent / "third", lambda _: None)
    assert not (folder.parent / "third").exists()
