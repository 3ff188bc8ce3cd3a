"""An import that is killed at any instant, loses a worker or fills its disk goes on, and ends as if nothing had been.

The parse of the killed runs is a light one (tests/corpus_builder.py), so that a run takes about a second and the instants
fall on what is proved here: the store, the index, the records. 12 instants here; POLICYPARSE_KILLS=50 has 50.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from policyparse.corpus import Corpus
from policyparse.corpus.verify import verify
from policyparse.export import export
from policyparse.search import search

TESTS = Path(__file__).parent
KILLS = int(os.environ.get("POLICYPARSE_KILLS", "12"))
SEED = 20091109

PROGRAM = """
import os, sys
sys.path.insert(0, {tests!r})
from corpus_builder import document
from policyparse import corpus as room
from policyparse.batch import import_files
from policyparse.passing import PolicyparseError
room._COMMIT_EVERY = 7

def parse(path, data):
    text = data.decode("utf-8-sig")
    if "once" in text and not os.path.exists({flag!r}):
        open({flag!r}, "w").close()
        os.kill(os.getpid(), 9)
    return [document(part, path=path) for part in text.split("====\\n")]

if __name__ == "__main__":
    try:
        with room.Corpus.open({corpus!r}, create=True) as corpus:
            import_files(corpus, [{folder!r}], parse=parse, workers={workers}, keep_originals=True,
                         progress=lambda progress: progress.last and print(progress.settled, flush=True))
    except PolicyparseError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
"""


def write_folder(folder: Path, number: int = 60) -> None:
    """Notices, some with copies, some with the same text under other bytes, compilations, an empty one, a broken one."""
    folder.mkdir()
    for each in range(number):
        text = (
            f"第{each}号通知\n一、下放权限。将第{each}项权限下放到镇。\n二、抓好落实。第{each}项由县政府办公室督办。\n"
        )
        (folder / f"{each:03}.txt").write_text(text, encoding="utf-8")
        if each % 10 == 0:
            (folder / f"{each:03}-copy.txt").write_text(text, encoding="utf-8")
        if each % 10 == 5:
            (folder / f"0-{each:03}-other.txt").write_text(text, encoding="utf-8-sig")
            (folder / f"{each:03}-both.txt").write_text(f"{text}====\n第{each}号附件\n另有一条。\n", encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "broken.txt").write_bytes(b"\xff\xff")


def program(tmp_path: Path, name: str, workers: int, folder: Path) -> tuple[list[str], Path]:
    """The command of an import into a corpus of its own, and that corpus."""
    directory = tmp_path / name / "corpus"
    directory.parent.mkdir()
    path = directory.parent / "program.py"  # a file, so that its workers can load it too
    path.write_text(
        PROGRAM.format(
            tests=str(TESTS), corpus=str(directory), folder=str(folder), workers=workers, flag=str(tmp_path / "flag")
        ),
        encoding="utf-8",
    )
    return [sys.executable, str(path)], directory


def exported(directory: Path, to: Path) -> dict[str, bytes]:
    """The whole corpus as it goes out: every table, byte for byte."""
    with Corpus.open(directory) as corpus:
        files = export(corpus.documents(), "jsonl", to)
        return {path.name: path.read_bytes() for path in files}


def proved(directory: Path) -> None:
    with Corpus.open(directory) as corpus:
        assert list(verify(corpus)) == []
        documents = sum(1 for _ in corpus.documents())
        assert search(corpus, '"权限下放到镇"', fold=False, limit=0).total <= documents


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_killed_at_random_instants_it_ends_as_undisturbed(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    write_folder(folder)
    command, quiet = program(tmp_path, "quiet", 0, folder)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    wanted = exported(quiet, tmp_path / "wanted")
    dice = random.Random(SEED)
    began, kills, rounds = time.monotonic(), 0, 0
    while kills < KILLS:
        command, directory = program(tmp_path, f"killed-{rounds}", 2 * (rounds % 2), folder)
        rounds += 1
        finished = False
        for _ in range(4):  # several kills on one corpus, then to its end
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
                assert process.stdout is not None
                for _ in range(dice.randint(0, 30)):
                    if not process.stdout.readline():
                        break
                time.sleep(dice.random() * 0.05)
                finished = process.poll() is not None
                process.send_signal(signal.SIGKILL)
                process.stdout.read()
                process.wait()
            if finished:
                break
            kills += 1
            if (directory / "corpus.json").exists():
                proved(directory)
        assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
        proved(directory)
        assert exported(directory, tmp_path / f"found-{rounds}") == wanted
        with Corpus.open(directory) as corpus, Corpus.open(quiet) as other:
            assert corpus.imports.all("pending") == []
            known = [(r.path, r.status, r.code, r.documents) for r in corpus.imports.all()]
            assert known == [(r.path, r.status, r.code, r.documents) for r in other.imports.all()]
    print(f"\n{kills} kills in {rounds} corpora, {time.monotonic() - began:.0f} s")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_a_worker_killed_in_the_middle_of_a_file_is_replaced_and_the_file_read_once_more(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    write_folder(folder, 6)
    (folder / "003.txt").write_text("第三号通知\n将once权限下放到镇。\n", encoding="utf-8")
    command, directory = program(tmp_path, "killed", 2, folder)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    assert (tmp_path / "flag").exists()
    again, quiet = program(tmp_path, "quiet", 0, folder)
    subprocess.run(again, stdout=subprocess.DEVNULL, check=True)
    proved(directory)
    assert exported(directory, tmp_path / "found") == exported(quiet, tmp_path / "wanted")


def _small_disk(tmp_path: Path) -> Path:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk can only be mounted by root")
    return disk


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a tmpfs")
def test_a_disk_that_fills_stops_the_import_in_one_sentence_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    write_folder(folder)
    command, quiet = program(tmp_path, "quiet", 0, folder)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    disk = _small_disk(tmp_path)
    try:
        ballast = disk / "ballast"
        stopped = 0
        path = tmp_path / "program.py"
        path.write_text(
            PROGRAM.format(
                tests=str(TESTS), corpus=str(disk / "corpus"), folder=str(folder), workers=0, flag=str(tmp_path / "f")
            ),
            encoding="utf-8",
        )
        for room in (150_000, 350_000, 550_000, 750_000):
            used = sum(file.stat().st_blocks * 512 for file in disk.rglob("*") if file.is_file() and file != ballast)
            ballast.write_bytes(bytes(max(0, 1_500_000 - used - room)))
            done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
            stopped += done.returncode != 0
            assert "Traceback" not in done.stderr, done.stderr
            assert len(done.stderr.splitlines()) <= 1, done.stderr
        assert stopped
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        ballast.unlink()
        subprocess.run([sys.executable, str(path)], stdout=subprocess.DEVNULL, check=True)
        proved(disk / "corpus")
        assert exported(disk / "corpus", tmp_path / "found") == exported(quiet, tmp_path / "wanted")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
