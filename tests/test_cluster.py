"""Files read elsewhere: by a Dask scheduler and two workers in processes of their own, and by any executor.

What is read there becomes the same corpus as what is read here, byte for byte in its export, whatever happens to a worker.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import cluster_parsers
import pytest
from dask_cluster import PATIENCE, dask_cluster, wait_for, workers_of

from policyparse.batch import Parse, Pipeline, Summary, import_files
from policyparse.cli import run as command
from policyparse.cluster import Elsewhere, dask_readers
from policyparse.cluster.elsewhere import Request
from policyparse.cluster.scheduler import _Packing
from policyparse.corpus import Corpus
from policyparse.export import export
from policyparse.passing import PolicyparseError

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "corpora" / "samples"


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    pytest.importorskip("distributed")
    with dask_cluster(tmp_path_factory.mktemp("dask")) as address:
        yield address


def files(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def over_dask(
    scheduler: str, folder: Path, parse: Parse = cluster_parsers.plain, name: str = "far", **options: Any
) -> Summary:
    with (
        dask_readers(scheduler, parse, **options) as readers,
        Corpus.open(folder.parent / name, create=True) as corpus,
    ):
        return import_files(corpus, [folder], readers=readers)


def exported(corpus: Path) -> list[str]:
    """Every document as the corpus has it, every table of the export, and what became of every file."""
    target = corpus.with_name(f"{corpus.name}-export")
    with Corpus.open(corpus) as opened:
        documents = list(opened.documents())
        tables = export(documents, "jsonl", target)
        records = [(r.path, r.status, r.code, r.documents, r.sha256, r.format) for r in opened.imports.all()]
    return [
        *(document.model_dump_json(by_alias=True) for document in documents),
        *(path.read_text(encoding="utf-8") for path in tables),
        repr(records),
    ]


def codes(corpus: Path) -> dict[str, str | None]:
    with Corpus.open(corpus) as opened:
        return {Path(record.path).name: record.code or record.status for record in opened.imports.all()}


def test_a_corpus_read_over_dask_is_the_corpus_read_here(scheduler: str, tmp_path: Path) -> None:
    mixed = files(tmp_path / "more", empty="", hello="你好", twin="关于试点的通知\n将审批权限下放到镇。\n")
    files(mixed / "copies", twin="关于试点的通知\n将审批权限下放到镇。\n")
    assert command(["import", str(SAMPLES), str(mixed), "--corpus", str(tmp_path / "here"), "--workers", "2"]) == 1
    arguments = ["import", str(SAMPLES), str(mixed), "--corpus", str(tmp_path / "far"), "--scheduler", scheduler]
    assert command(arguments) == 1
    far = exported(tmp_path / "far")
    assert far == exported(tmp_path / "here")
    assert sum(map(len, far)) > 100_000
    assert command(arguments) == 1  # what could not be read is told again, and nothing is read twice
    assert exported(tmp_path / "far") == far


def test_a_file_that_hangs_or_crashes_costs_neither_the_worker_nor_the_others(scheduler: str, tmp_path: Path) -> None:
    before = workers_of(scheduler)
    folder = files(tmp_path / "files", hangs="hang", crashes="crash", **{f"good{n}": f"第{n}份通知" for n in range(8)})
    over_dask(scheduler, folder, timeout=2.0)
    found = codes(tmp_path / "far")
    assert {found.pop("hangs.txt"), found.pop("crashes.txt")} == {"timed-out", "crashed"}
    assert set(found.values()) == {"done"}
    assert workers_of(scheduler) == before


def test_a_worker_killed_in_the_middle_of_a_file(scheduler: str, tmp_path: Path) -> None:
    """The nanny starts another one, the file is read once more, and the corpus is the one of an undisturbed import."""
    folder = files(tmp_path / "files", wait="等待中的通知", **{f"good{n}": f"第{n}份通知" for n in range(4)})
    importing = threading.Thread(target=over_dask, args=(scheduler, folder, cluster_parsers.once))
    importing.start()
    begun = tmp_path / "files" / "begun"
    reader = int(wait_for(lambda: begun.exists() and begun.read_text()))
    workers = set(workers_of(scheduler).values())
    (killed,) = ancestors(reader) & workers
    os.kill(killed, signal.SIGKILL)
    importing.join(PATIENCE)
    assert not importing.is_alive()
    begun.unlink()
    with Corpus.open(tmp_path / "here", create=True) as corpus:
        import_files(corpus, [folder], parse=cluster_parsers.plain)
    assert exported(tmp_path / "far") == exported(tmp_path / "here")
    wait_for(lambda: len(set(workers_of(scheduler).values()) - {killed}) == 2)
    wait_for(lambda: not Path(f"/proc/{reader}").exists())  # nothing of the dead worker goes on reading


def ancestors(process: int) -> set[int]:
    found = set()
    while process > 1:
        found.add(process)
        process = int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    return found


def test_what_every_file_needs_is_missed_once(scheduler: str, tmp_path: Path) -> None:
    folder = files(tmp_path / "files", a="甲", b="乙")
    with pytest.raises(PolicyparseError, match="the model is not there"):
        over_dask(scheduler, folder, cluster_parsers.without_model)
    assert set(codes(tmp_path / "far").values()) == {"pending"}


# -- any executor ------------------------------------------------------------------------------------------------


class Blind(Executor):
    """Workers of an executor that do not see the folder: the paths that they are given lead nowhere."""

    def __init__(self, inner: Executor) -> None:
        self.inner, self.sent = inner, 0

    def submit(self, function: Any, /, request: Request) -> Future[Any]:  # type: ignore[override]
        self.sent += len(request.task.data or b"")
        return self.inner.submit(function, replace(request, task=replace(request.task, file="/nowhere/at/all")))


class Newer(Blind):
    """Workers with another version of the program."""

    def submit(self, function: Any, /, request: Request) -> Future[Any]:  # type: ignore[override]
        return self.inner.submit(function, replace(request, made_by="9.9"))


class Gone(Blind):
    def submit(self, function: Any, /, request: Request) -> Future[Any]:  # type: ignore[override]
        raise RuntimeError("cannot schedule new futures after shutdown")


@pytest.fixture
def threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(2) as executor:
        yield executor


def through(executor: Executor, folder: Path, name: str = "far", **options: Any) -> Summary:
    readers = Elsewhere(executor, cluster_parsers.plain, places=lambda: 2, **options)
    with Corpus.open(folder.parent / name, create=True) as corpus:
        return import_files(corpus, [folder], readers=readers)


def test_workers_that_do_not_see_the_folder_are_sent_the_bytes(
    threads: Executor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = files(tmp_path / "files", big="很" * 1000, **{f"good{n}": f"第{n}份通知" for n in range(5)})
    (folder / "secret.txt").write_text("密", encoding="utf-8")
    monkeypatch.setattr("policyparse.cluster.elsewhere.MOST_SENT", 2_000)
    blind = Blind(threads)
    summary = through(blind, folder)
    assert summary.files == {"done": 6, "failed": 1}
    assert blind.sent == sum(path.stat().st_size for path in folder.iterdir() if path.name != "big.txt")
    (left,) = summary.left
    assert (left.code, Path(left.path).name) == ("too-large", "big.txt")
    assert "do not see it" in (left.reason or "")
    (folder / "big.txt").unlink()
    through(threads, folder, "seen")
    assert through(Blind(threads), folder, "sent").files == {"done": 6}
    assert exported(tmp_path / "seen") == exported(tmp_path / "sent")


def test_workers_of_another_version_are_named(threads: Executor, tmp_path: Path) -> None:
    with pytest.raises(PolicyparseError, match="install the same policyparse"):
        through(Newer(threads), files(tmp_path / "files", a="甲"))


def test_an_executor_that_is_gone(threads: Executor, tmp_path: Path) -> None:
    with pytest.raises(PolicyparseError, match="goes on where it was"):
        through(Gone(threads), files(tmp_path / "files", a="甲"))
    assert codes(tmp_path / "far") == {"a.txt": "pending"}


def test_workers_that_come_are_used_and_workers_that_are_gone_are_missed(
    threads: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [2]
    readers = Elsewhere(threads, cluster_parsers.plain, places=lambda: places[0])
    assert readers.room == 4
    monkeypatch.setattr("policyparse.cluster.elsewhere._COUNT_EVERY", -1.0)
    places[0] = 5
    readers.busy()
    assert readers.room == 10
    places[0] = 0
    readers.busy()
    monkeypatch.setattr("policyparse.cluster.elsewhere._NONE_FOR", -1.0)
    with pytest.raises(PolicyparseError, match="no worker has been there"):
        readers.busy()


# -- what is said ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("head:8786", "write it as tcp://host:8786"),
        ("http://head:8786", "write it as tcp://host:8786"),
        ("tcp://127.0.0.1:1", "no Dask scheduler answers there"),
    ],
)
def test_a_scheduler_that_cannot_be_reached(
    address: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policyparse.cluster.scheduler._PATIENCE", 0.5)
    folder = files(tmp_path / "files", a="甲")
    assert command(["import", str(folder), "--corpus", str(tmp_path / "c"), "--scheduler", address]) == 2
    said = capsys.readouterr().err.strip()
    assert says in said
    assert "\n" not in said
    assert not (tmp_path / "c").exists()


def test_without_dask_one_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with (
        pytest.raises(PolicyparseError, match=r"pip install 'policyparse\[cluster\]'"),
        dask_readers("tcp://127.0.0.1:8786", Pipeline()),
    ):
        pass


def test_a_scheduler_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("policyparse.cluster.scheduler._PATIENCE", 2.0)
    with (
        distributed.LocalCluster(
            n_workers=0, processes=False, protocol="tcp", scheduler_port=0, dashboard_address=":0", host="127.0.0.1"
        ) as cluster,
        pytest.raises(PolicyparseError, match="has no workers"),
        dask_readers(cluster.scheduler_address, Pipeline()),
    ):
        pass


def test_a_worker_without_the_program_says_so(tmp_path: Path) -> None:
    """What is sent can be opened without policyparse: only calling it needs it."""
    cloudpickle = pytest.importorskip("cloudpickle")

    class Taking(Executor):
        def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
            (tmp_path / "call").write_bytes(cloudpickle.dumps((function, arguments)))
            return Future()

    _Packing(Taking()).submit(cluster_parsers.plain, "a.txt", b"")
    (tmp_path / "policyparse.py").write_text("raise ImportError('none here')", encoding="utf-8")
    calls = (
        "import pickle; function, arguments = pickle.load(open('call', 'rb')); print('opened'); function(*arguments)"
    )
    done = subprocess.run([sys.executable, "-c", calls], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "opened"
    assert done.stderr.strip().splitlines()[-1].startswith(("ModuleNotFoundError", "ImportError"))


def test_neither_library_is_loaded_before_it_is_asked_for() -> None:
    asked = "import sys, policyparse.cli; print(sorted({'distributed', 'dask', 'opensearchpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
