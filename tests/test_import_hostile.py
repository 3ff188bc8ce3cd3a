"""A folder made to hurt: every file of it ends as a record with a code, and nothing outside the corpus is touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from policyparse.batch import import_files, printable, report
from policyparse.corpus import Corpus
from policyparse.corpus.verify import verify

NOTICE = "关于下放权限的通知\n各镇人民政府：\n一、下放权限。将有关权限下放到镇。\n"
EMPTY = 10_000
GBK_NAME = "关于试点的通知.txt".encode("gbk")


def zipped(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def docx_with_entities(path: Path, secret: Path) -> None:
    """A Word file whose text is an external entity, and another that grows without end."""
    main = (
        f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY secret SYSTEM "{secret.as_uri()}"><!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
        + ']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
        "<w:p><w:r><w:t>一、下放权限。将有关权限下放到镇。&secret;&j;</w:t></w:r></w:p></w:body></w:document>"
    )
    types = (
        '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'wordprocessingml.document.main+xml"/></Types>'
    )
    relations = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    zipped(
        path,
        {"[Content_Types].xml": types.encode(), "_rels/.rels": relations.encode(), "word/document.xml": main.encode()},
    )


#: A page tree whose only branch is itself.
LOOPING_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000/Parent 2 0 R>>endobj\n"
    b"trailer<</Root 1 0 R/Size 3/Prev 9>>\nstartxref\n9\n%%EOF\n"
)


def make(folder: Path, outside: Path) -> None:
    folder.mkdir()
    (folder / "good.txt").write_text(NOTICE, encoding="utf-8")
    zipped(folder / "bomb.zip", {"zeros.txt": bytes(300 << 20), "good.txt": (NOTICE + "又及。\n").encode()})
    zipped(
        folder / "climbing.zip", {"../../climbed.txt": NOTICE.replace("权限", "事项").encode(), "/etc/x.txt": b"\x00"}
    )
    (folder / "link.txt").symlink_to(outside / "secret.txt")
    (folder / "away").symlink_to(outside)
    with (folder / "sparse.txt").open("wb") as sparse:
        sparse.truncate(2 << 30)
    os.mkfifo(folder / "pipe.txt")
    (folder / "locked.txt").write_text(NOTICE, encoding="utf-8")
    (folder / "locked.txt").chmod(0)
    empties = folder / "empties"
    empties.mkdir()
    for number in range(EMPTY):
        (empties / f"{number}.txt").touch()
    name = os.fsdecode(os.fsencode(folder) + b"/" + GBK_NAME)
    Path(name).write_text(NOTICE.replace("下放", "委托"), encoding="utf-8")
    docx_with_entities(folder / "entities.docx", outside / "secret.txt")
    (folder / "looping.pdf").write_bytes(LOOPING_PDF)
    (folder / "<script>alert(1).txt").write_bytes(b"\x00\x01\x02")


def state(folder: Path) -> dict[str, tuple[object, ...]]:
    """Every name of a folder with its kind, size and times."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *folder.rglob("*")]:
        seen = path.lstat()
        found[printable(path)] = (seen.st_mode, seen.st_size, seen.st_mtime_ns, seen.st_nlink)
    return found


PROGRAM = """
import os, sys
from policyparse.batch import import_files
from policyparse.corpus import Corpus

if __name__ == "__main__":
    with Corpus.open(sys.argv[2], create=True) as corpus:
        import_files(corpus, [sys.argv[1]], workers=2, timeout=60, memory=2 << 30)
"""


def _without_privilege() -> list[str]:
    """What a command must begin with so that root, too, may not read what is locked."""
    if os.getuid():
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may read everything, and setpriv (util-linux) is not here to take that away")
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]


@pytest.mark.skipif(sys.platform != "linux", reason="pipes, permissions and names of bytes")
def test_every_file_of_a_hostile_folder_ends_as_a_record(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_text("机密：外面的文件。\n", encoding="utf-8")
    folder = tmp_path / "hostile"
    make(folder, outside)
    home = tmp_path / "home"
    home.mkdir()
    before = state(folder), state(outside)
    done = subprocess.run(
        [*_without_privilege(), sys.executable, "-c", PROGRAM, str(folder), str(home / "corpus")],
        capture_output=True, text=True, check=False, cwd=home, env={**os.environ, "HOME": str(home), "TMPDIR": str(home)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (state(folder), state(outside)) == before
    assert [path.name for path in home.iterdir()] == ["corpus"]
    with Corpus.open(home / "corpus") as corpus:
        records = {record.path.removeprefix(f"{folder}/"): record for record in corpus.imports.all()}
        found = {path: (record.status, record.code) for path, record in records.items() if "empties" not in path}
        assert found.pop("looping.pdf")[0] == "failed"
        assert found == {
            "good.txt": ("done", None),
            "bomb.zip": ("done", None),
            "bomb.zip/zeros.txt": ("failed", "too-large"),
            "climbing.zip": ("done", None),
            "climbing.zip/etc/x.txt": ("failed", "empty"),
            "link.txt": ("skipped", "link"),
            "away": ("skipped", "link"),
            "sparse.txt": ("failed", "too-large"),
            "pipe.txt": ("skipped", "not-a-file"),
            "locked.txt": ("failed", "no-permission"),
            GBK_NAME.decode("utf-8", "backslashreplace"): ("done", None),
            "entities.docx": ("done", None),
            "<script>alert(1).txt": ("failed", "unknown-format"),
        }
        assert sum(path.startswith("empties/") and record.code == "empty" for path, record in records.items()) == EMPTY
        assert all(record.reason and record.remedy for record in records.values() if record.status == "failed")
        texts = "".join(document.text for document in corpus.documents())
        assert "机密" not in texts
        assert "aaaa" not in texts
        assert list(verify(corpus)) == []
        from policyparse.batch.report_files import html

        page = html(report(corpus))
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_file_that_changes_while_it_is_read_is_read_once_more(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    path = folder / "growing.txt"
    path.write_text(NOTICE, encoding="utf-8")
    reads = 0

    real = os.fstat

    def fstat(descriptor: int) -> os.stat_result:
        nonlocal reads
        if os.path.samestat(real(descriptor), path.stat()) and (reads := reads + 1) % 2 == 0 and reads <= grows:
            with path.open("a", encoding="utf-8") as handle:
                handle.write("又及。\n")
        return real(descriptor)

    from corpus_builder import document

    for grows, status in ((2, ("done", None)), (10, ("failed", "changed"))):
        reads = 0
        path.write_text(NOTICE + str(grows), encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch, Corpus.open(tmp_path / f"c{grows}", create=True) as corpus:
            patch.setattr("policyparse.batch.reading.os.fstat", fstat)
            import_files(corpus, [folder], parse=lambda path, data: [document(data.decode(), path=path)])
            record = corpus.imports.of(str(path))
            assert record is not None
            assert (record.status, record.code) == status
