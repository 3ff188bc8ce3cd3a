"""Import of files and folders: nothing twice, nothing lost, whatever the folder holds and whenever it is killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from corpus_builder import document

from policyparse.batch import Task, find_files, import_files, printable, read_file
from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.passing import PolicyparseError, ReadError
from policyparse.search import search


def parse(path: str, data: bytes) -> list[Document]:
    """Stands in for the pipeline: a file is a document, and some words make it fail."""
    text = data.decode("utf-8")
    if not text.strip():
        raise ReadError(path, "empty", "the file is empty", "take it out of the folder")
    if "explode" in text:
        raise ZeroDivisionError("division\nby zero")
    if "nothing" in text:
        return []
    return [document(part, path=path) for part in text.split("====\n")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    notices = tmp_path / "notices"
    (notices / "2009").mkdir(parents=True)
    (notices / "2009" / "a.txt").write_text("甲通知\n下放权限到镇。\n", encoding="utf-8")
    (notices / "b.txt").write_text("乙通知\n财政返还给镇。\n====\n丙通知\n设立服务中心。\n", encoding="utf-8")
    (notices / "empty.txt").write_text("", encoding="utf-8")
    return notices


def run(folder: Path, **options: object) -> tuple[dict[str, int], int]:
    with Corpus.open(folder.parent / "corpus", create=True) as corpus:
        summary = import_files(corpus, [folder], parse=parse, **options)  # type: ignore[arg-type]
        return dict(summary.files), summary.new


def test_every_file_has_its_record(folder: Path) -> None:
    assert run(folder) == ({"done": 2, "failed": 1}, 3)
    with Corpus.open(folder.parent / "corpus") as corpus:
        records = {Path(record.path).name: record for record in corpus.imports.all()}
    assert records["a.txt"].status == "done"
    assert records["b.txt"].documents == 2
    assert (records["empty.txt"].status, records["empty.txt"].code) == ("failed", "empty")
    assert records["empty.txt"].remedy
    assert all(record.seconds is not None for record in records.values())


def test_a_second_run_imports_nothing_twice(folder: Path) -> None:
    run(folder)
    assert run(folder) == ({"known": 2, "failed": 1}, 0)


def test_a_moved_folder_is_known_by_its_bytes(folder: Path) -> None:
    run(folder)
    moved = folder.rename(folder.parent / "moved")
    files, new = run(moved)
    assert (files, new) == ({"skipped": 2, "failed": 1}, 0)
    with Corpus.open(folder.parent / "corpus") as corpus:
        assert len(list(corpus.documents())) == 3
        assert corpus.imports.of(str(moved / "b.txt")).code == "same-file"  # type: ignore[union-attr]


def test_a_changed_file_takes_the_place_of_its_old_documents(folder: Path) -> None:
    run(folder)
    (folder / "2009" / "a.txt").write_text("甲通知\n收回权限到县。\n", encoding="utf-8")
    assert run(folder) == ({"done": 1, "known": 1, "failed": 1}, 1)
    with Corpus.open(folder.parent / "corpus") as corpus:
        assert search(corpus, '"下放权限"').total == 0
        assert search(corpus, '"收回权限"').total == 1


def test_again_reads_all_anew(folder: Path) -> None:
    run(folder)
    assert run(folder, again=True)[0] == {"done": 2, "failed": 1}


def test_a_mended_file_is_imported_by_the_next_run(folder: Path) -> None:
    run(folder)
    (folder / "empty.txt").write_text("丁通知\n不再为空。\n", encoding="utf-8")
    assert run(folder) == ({"known": 2, "done": 1}, 1)


def test_our_own_fault_ends_no_run(folder: Path) -> None:
    (folder / "0.txt").write_text("explode", encoding="utf-8")
    (folder / "1.txt").write_text("nothing", encoding="utf-8")
    files, new = run(folder)
    assert (files, new) == ({"done": 2, "failed": 3}, 3)
    with Corpus.open(folder.parent / "corpus") as corpus:
        failed = {record.code: record.reason for record in corpus.imports.all("failed")}
    assert "ZeroDivisionError" in (failed["internal"] or "")
    assert "\n" not in (failed["internal"] or "")
    assert "no-text" in failed


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_no_file_is_never_opened(folder: Path) -> None:
    outside = folder.parent / "secret.txt"
    outside.write_text("密\n外面的文件。\n", encoding="utf-8")
    os.mkfifo(folder / "pipe.txt")
    (folder / "link.txt").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "away").symlink_to(folder.parent)
    (folder / "dangling.txt").symlink_to(folder / "nowhere")
    (folder / "~$b.docx").write_text("x", encoding="utf-8")
    (folder / ".DS_Store").write_text("x", encoding="utf-8")
    codes = {found.path.name: found.code for found in find_files([folder])}
    assert codes == {
        "a.txt": None, "b.txt": None, "empty.txt": None, "pipe.txt": "not-a-file", "link.txt": "link", "loop": "link",
        "away": "link", "dangling.txt": "link", "~$b.docx": "not-a-document", ".DS_Store": "not-a-document",
    }  # fmt: skip
    files, _ = run(folder)
    assert files == {"done": 2, "failed": 1, "skipped": 7}
    with Corpus.open(folder.parent / "corpus") as corpus:
        assert search(corpus, '"外面的文件"').total == 0


def test_the_corpus_itself_is_not_imported(folder: Path) -> None:
    with Corpus.open(folder / "corpus", create=True) as corpus:
        assert dict(import_files(corpus, [folder], parse=parse).files) == {"done": 2, "failed": 1}


def test_sources_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        summary = import_files(corpus, [tmp_path / "nowhere", tmp_path / "nothing"], parse=parse)
    assert [record.code for record in summary.left] == ["not-found", "empty"]
    assert not summary.complete


def test_a_name_that_is_no_utf8(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(str(tmp_path)) + b"/\xb9\xab\xce\xc4.txt"))
    try:
        path.write_text("通知\n下放权限。\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert printable(path).endswith("\\xb9\\xab\\xce\\xc4.txt")
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        summary = import_files(corpus, [path], parse=lambda path, data: [document(data.decode("utf-8"), path=path)])
    assert summary.complete


def test_an_outcome_can_travel_between_processes(folder: Path) -> None:
    import pickle

    outcome = read_file(Task.of(folder / "b.txt"), parse)
    assert pickle.loads(pickle.dumps(outcome)) == outcome


def hostile(path: str, data: bytes) -> list[Document]:
    """Stands in for a reader that a file brings down."""
    text = data.decode("utf-8")
    if "hang" in text:
        time.sleep(60)
    if "crash" in text:
        os._exit(11)
    return parse(path, data)


def test_workers_outlive_files_that_hang_and_crash(folder: Path) -> None:
    (folder / "0.txt").write_text("crash", encoding="utf-8")
    (folder / "1.txt").write_text("hang", encoding="utf-8")
    with Corpus.open(folder.parent / "corpus", create=True) as corpus:
        summary = import_files(corpus, [folder], parse=hostile, workers=2, timeout=5)
        assert {Path(record.path).name: record.code for record in summary.left} == {
            "0.txt": "crashed",
            "1.txt": "timed-out",
            "empty.txt": "empty",
        }
        assert summary.files["done"] == 2
        assert search(corpus, '"下放权限"').total == 1


def without_model(path: str, data: bytes) -> list[Document]:
    raise PolicyparseError("models/clauses.skops: not there — reinstall policyparse")


@pytest.mark.parametrize("workers", [0, 2])
def test_what_every_file_needs_is_missed_once(workers: int, folder: Path) -> None:
    with Corpus.open(folder.parent / "corpus", create=True) as corpus:
        with pytest.raises(PolicyparseError, match="reinstall"):
            import_files(corpus, [folder], parse=without_model, workers=workers)
        assert len(corpus.imports.all("pending")) == 2


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="no signal masks on this system")
def test_an_interrupted_import_is_quiet(folder: Path) -> None:
    program = folder.parent / "program.py"
    program.write_text(
        "import os, signal, sys, threading\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "if __name__ == '__main__':\n"
        "    from policyparse import cli\n"
        "    threading.Timer(1.0, lambda: os.killpg(0, signal.SIGINT)).start()\n"
        f"    sys.exit(cli.run(['import', {str(folder)!r}, '--corpus', {str(folder.parent / 'corpus')!r}, '--workers', '2']))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, start_new_session=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_workers_give_what_one_process_gives(folder: Path) -> None:
    run(folder)
    with Corpus.open(folder.parent / "other", create=True) as corpus:
        import_files(corpus, [folder], parse=parse, workers=2)
        several = list(corpus.documents())
    with Corpus.open(folder.parent / "corpus") as corpus:
        assert list(corpus.documents()) == several


def test_the_same_bytes_twice_in_one_run(folder: Path) -> None:
    (folder / "c.txt").write_bytes((folder / "b.txt").read_bytes())
    assert run(folder) == ({"done": 2, "skipped": 1, "failed": 1}, 3)


SLOW_IMPORT = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from corpus_builder import document
from policyparse import corpus as room
from policyparse.batch import import_files
room._COMMIT_EVERY = 3

def parse(path, data):
    return [document(data.decode("utf-8"), path=path)]

def step(progress):
    if progress.last is not None:
        print(progress.settled, flush=True)

if __name__ == "__main__":
  with room.Corpus.open({corpus!r}, create=True) as corpus:
    import_files(corpus, [{folder!r}], parse=parse, progress=step, workers={workers})
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
@pytest.mark.parametrize("workers", [0, 2])
def test_killed_at_any_instant_it_goes_on(workers: int, tmp_path: Path) -> None:
    """Nothing is lost, nothing is there twice, and the index agrees with the store after every kill."""
    folder, directory = tmp_path / "notices", tmp_path / "corpus"
    folder.mkdir()
    number = 40
    for each in range(number):
        (folder / f"{each:02}.txt").write_text(f"第{each}号通知\n将第{each}项权限下放到镇。\n", encoding="utf-8")
    script = SLOW_IMPORT.format(
        tests=str(Path(__file__).parent), corpus=str(directory), folder=str(folder), workers=workers
    )
    program = tmp_path / "program.py"  # a file, so that its workers can load it too
    program.write_text(script, encoding="utf-8")
    dice = random.Random(20091109)
    for _ in range(3):
        with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            for _ in range(dice.randint(1, 12)):
                if not process.stdout.readline():
                    break
            time.sleep(dice.random() * 0.02)
            process.send_signal(signal.SIGKILL)
            process.wait()
        with Corpus.open(directory) as corpus:
            documents = list(corpus.documents())
            done = corpus.imports.all("done")
            assert len(documents) == len(done)
            assert search(corpus, '"权限下放到镇"', fold=False, limit=100).total == len(documents)
    assert subprocess.run([sys.executable, str(program)], stdout=subprocess.DEVNULL, check=False).returncode == 0
    with Corpus.open(directory) as corpus:
        assert len(list(corpus.documents())) == number
        assert corpus.imports.all("pending") == []
        results = search(corpus, '"权限下放到镇"', fold=False, limit=100)
        assert len({hit.document for hit in results.hits}) == results.total == number
