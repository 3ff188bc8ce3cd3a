"""Prints how fast files come in on one core, on two, and over a Dask cluster of two workers: the same input, one run.

And what an OpenSearch answers beside the corpus directory: what is found must be the same; the times are those of
osmem-server, a stand-in that keeps everything in memory, and say nothing of an OpenSearch of several machines.

    python tests/benchmarks/bench_cluster.py                       300 files made from corpora/samples
    python tests/benchmarks/bench_cluster.py FOLDER --files 1000   the first thousand files of a folder
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from dask_cluster import dask_cluster  # noqa: E402

from policyparse.batch import Pipeline, Progress, Summary, find_files, import_files  # noqa: E402
from policyparse.cluster import OpenSearchEngine, Store, dask_readers, send  # noqa: E402
from policyparse.corpus import Corpus  # noqa: E402
from policyparse.search import SORTS, Engine, Results, search  # noqa: E402

QUERIES = (
    "下放", "权限下放", "权限 镇", "财政 返还", '"试点工作"', "行政审批", "建设用地 指标", "便民服务中心", "编制 -干部",
    "(财政 OR 税收) 留成", "授权*", "*委员会", "扩权强镇", "责任单位", "督促检查", "镇 NOT 县", "实施方案", "2010年",
    "year:2009-2012", "tag:delegation", "tag:schedule 前", "institution:财政局", "机构:市发改委", "kind:plan", "place:广东",
    "title:方案", "deadline:..2012", "mode:devolve", "level:town 镇", "item:审批", "人民政府 决定", "条例 第一条",
)  # fmt: skip


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("folder", nargs="?", type=Path)
    arguments.add_argument("--files", type=int, default=300)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-cluster-") as home:
        measure(Path(home), asked.folder, asked.files)


def measure(home: Path, folder: Path | None, number: int) -> None:
    files = made(home, number) if folder is None else [f.path for f in find_files([folder]) if f.code is None][:number]
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files)} files, {size / 1e6:.2f} MB; every run into a corpus of its own. all: from the start of the")
    print("processes to the last commit; running: between the first file that is done and the last")
    print(f"{'':24}{'all, s':>8}{'running, s':>12}{'files/s':>9}{'characters/s':>14}{'× one core':>12}")
    corpora: dict[str, list[str]] = {}
    first = 0.0

    def run(name: str, importing: Callable[[Corpus, Callable[[Progress], None]], Summary]) -> None:
        nonlocal first
        done: list[tuple[float, int]] = []

        def heard(progress: Progress) -> None:
            if progress.last is not None and progress.last.status == "done":
                done.append((time.monotonic(), progress.last.documents))

        with Corpus.open(home / name, create=True) as corpus:
            began = time.monotonic()
            importing(corpus, heard)
            seconds = time.monotonic() - began
            documents = list(corpus.documents())
        corpora[name] = [document.model_dump_json() for document in documents]
        running, files_a_second = done[-1][0] - done[0][0], (len(done) - 1) / (done[-1][0] - done[0][0])
        characters = sum(len(document.text) for document in documents) / len(done) * files_a_second
        first = first or files_a_second
        print(
            f"{name:24}{seconds:8.1f}{running:12.1f}{files_a_second:9.1f}{characters:14,.0f}"
            f"{files_a_second / first:12.2f}",
            flush=True,
        )

    run("one core (one process)", lambda corpus, heard: import_files(corpus, files, workers=1, progress=heard))
    run("two cores (pebble)", lambda corpus, heard: import_files(corpus, files, workers=2, progress=heard))
    (home / "dask").mkdir()
    with dask_cluster(home / "dask") as address, dask_readers(address, Pipeline()) as readers:
        run("Dask, two workers", lambda corpus, heard: import_files(corpus, files, readers=readers, progress=heard))
    same = all(documents == corpora["one core (one process)"] for documents in corpora.values())
    print(f"the {len(corpora)} corpora are {'the same, byte for byte' if same else 'NOT THE SAME'}")
    with Corpus.open(home / "one core (one process)", write=True) as corpus:
        compare(corpus)


def made(home: Path, number: int) -> list[Path]:
    """Files of their own made from the samples: each with a document number that no other has."""
    texts = []
    for path in sorted((ROOT / "corpora" / "samples").glob("*.txt")):
        with suppress(UnicodeDecodeError):  # one of them is in GBK
            texts.append(path.read_text(encoding="utf-8"))
    folder = home / "files"
    folder.mkdir()
    files = []
    for at in range(number):
        text = texts[at % len(texts)]
        files.append(folder / f"{at:05}.txt")
        files[-1].write_text(f"{text.rstrip()}\n本件登记为第{at}号。\n", encoding="utf-8")
    return files


def compare(corpus: Corpus) -> None:
    from osmem_server import OsmemServer

    with OsmemServer.start(japanese=False) as server, Store(f"{server.url.replace('http:', 'opensearch:')}/b") as store:
        began = time.monotonic()
        sent = send(corpus, store)
        seconds = time.monotonic() - began
        print(
            f"\nsent to osmem-server {server.version}: {sent.documents:,} documents, {sent.passages:,} passages in "
            f"{seconds:.1f} s ({sent.passages / seconds:,.0f} passages/s)"
        )
        engine = OpenSearchEngine(store)
        alike = 0
        times: dict[str, list[float]] = {"directory": [], "osmem-server": []}
        for query in QUERIES:
            answers = []
            for name, where in (("directory", corpus), ("osmem-server", engine)):
                began = time.perf_counter()
                search(where, query)
                times[name].append(time.perf_counter() - began)
                answers.append(whole(where, query))
            alike += answers[0] == answers[1]
        print(f"queries that find the same passages, facets and copies in both: {alike} of {len(QUERIES)}")
        for name, taken in times.items():
            print(f"{name:16} {statistics.median(taken) * 1e3:7.1f} ms a page at the median, facets included")
        orders = sum(order(corpus, query) == order(engine, query) for query in QUERIES)
        print(f"queries whose first ten by relevance are the same ten: {orders} of {len(QUERIES)} (scores differ)")


def whole(where: Corpus | Engine, query: str) -> tuple[object, ...]:
    """All that a query finds, but for the order."""
    found: Results = search(where, query, limit=100_000, fold=False, facet_size=1_000)
    hits = sorted((hit.id, hit.start, hit.end, hit.text, tuple(hit.highlights)) for hit in found.hits)
    return found.total, found.documents, hits, {name: sorted(values) for name, values in found.facets.items()}


def order(where: Corpus | Engine, query: str) -> set[tuple[str, int]]:
    return {(hit.id, hit.start) for hit in search(where, query, sort=SORTS[0]).hits}


if __name__ == "__main__":
    main()
