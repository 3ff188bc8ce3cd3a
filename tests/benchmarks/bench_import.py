"""How fast a folder of twenty years comes in, what it takes, and whether that grows: 5,000 files, one and two cores.

    python tests/benchmarks/bench_import.py ../shared                  5,000 files with two workers, then once more
    python tests/benchmarks/bench_import.py ../shared --cores          the same 400 files with one worker and with two
    python tests/benchmarks/bench_import.py ../shared --growth 100000  what a document costs as the corpus grows
    POLICYPARSE_KILLS=50 pytest tests/test_import_killed.py -s        50 kills; the suite has 12

The files: corpora/samples, ../shared/seeds, ../shared/corpus in all its formats, and copies under other names: text in
other encodings, office files packed anew, so that no copy has the bytes of another. What is still missing are the first
2,000 characters of laws of laws.tar.gz. Pages that are pictures are not read (no OCR), and a file has a minute.

`--growth` cuts these laws into documents of four articles, and reads them with a light parse, since what can grow is the
store, the index and the importing process: the figures are that process's. The machine may be busy: the load is printed.
Nothing is kept but in --work.
"""

from __future__ import annotations

import argparse
import io
import itertools
import os
import shutil
import sys
import tarfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from policyparse.batch import Pipeline, Progress, Summary, import_files, report
from policyparse.batch.process import forget_peak, memory_now, peak_memory
from policyparse.batch.report_files import write_csv, write_html, write_xlsx
from policyparse.corpus import Corpus
from policyparse.model import Document

ROOT = Path(__file__).parent.parent.parent
_ENCODINGS = ("gb18030", "utf-16", "utf-8-sig", "big5")
_TEXT = {".txt", ".md", ".html", ".htm", ".srt"}
#: Only such files have copies, and laws are cut to the length of a notice: the run is to take minutes.
_SMALL = 40_000
_NOTICE = 2_000
#: Of a document whose cost is measured as the corpus grows.
_ARTICLES = 4
_PACKED = {".docx", ".xlsx", ".odt", ".ofd"}


def originals(shared: Path) -> Iterator[Path]:
    for folder in (ROOT / "corpora" / "samples", shared / "seeds", shared / "corpus"):
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".gz")


def laws(shared: Path) -> Iterator[str]:
    with tarfile.open(shared / "corpus" / "laws.tar.gz") as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".md") and not member.name.endswith("_index.md"):
                stream = archive.extractfile(member)
                if stream is not None:
                    yield stream.read().decode("utf-8", "replace")


def build(shared: Path, folder: Path, number: int) -> None:
    """The folder with `number` files, made once."""
    done = folder.with_name(f"{folder.name}.whole")
    if done.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = 0
    sources = list(originals(shared))
    for each, path in enumerate(sources[:number]):
        target = folder / "originals" / f"{each // 200:02}" / f"{each:05}-{path.name}"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        made += 1
    small = [path for path in sources if path.stat().st_size < _SMALL]
    for round_, path in itertools.product(range(4), small):
        if made >= number * 0.6:
            break
        data = another(path, round_)
        if data is not None:
            target = folder / "copies" / f"{made // 200:02}" / f"复件{round_}-{made:05}{path.suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            made += 1
    for each, text in enumerate(laws(shared)):
        if made >= number:
            break
        target = folder / "laws" / f"{each // 200:02}" / f"{each:05}.txt"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text[:_NOTICE], encoding=("utf-8", "gb18030", "utf-16")[each % 3], errors="replace")
        made += 1
    done.touch()


def another(path: Path, round_: int) -> bytes | None:
    """The same document as other bytes; None where that cannot be had."""
    data = path.read_bytes()
    if path.suffix.lower() in _TEXT:
        try:
            return data.decode("utf-8-sig").encode(_ENCODINGS[round_])
        except UnicodeError:
            return None
    if path.suffix.lower() in _PACKED:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as old:
                packed = io.BytesIO()
                with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=round_ + 1) as new:
                    for info in old.infolist():
                        new.writestr(info.filename, old.read(info))
                return packed.getvalue()
        except (zipfile.BadZipFile, RuntimeError, ValueError, NotImplementedError, EOFError):
            return None
    return None


def figures(name: str, summary: Summary) -> None:
    files = sum(summary.files[status] for status in ("done", "known", "failed", "skipped"))
    print(
        f"{name}: {files:,} files ({dict(summary.files)}), {summary.new:,} documents, {summary.bytes / 1e6:,.1f} MB in "
        f"{summary.seconds:,.1f} s = {files / summary.seconds:,.1f} files/s, {summary.bytes / 1e6 / summary.seconds:,.2f} MB/s; "
        f"peak memory {(summary.memory or 0) / 1e6:,.0f} MB the import, {(summary.worker_memory or 0) / 1e6:,.0f} MB a worker; "
        f"load of the machine {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def whole(shared: Path, work: Path, number: int, workers: int, go_on: bool) -> None:
    folder, directory = work / f"files-{number}", work / "corpus"
    build(shared, folder, number)
    if not go_on:
        shutil.rmtree(directory, ignore_errors=True)
    for name in (f"{workers} workers", "second run"):
        with Corpus.open(directory, create=True) as corpus:
            figures(name, import_files(corpus, [folder], parse=Pipeline(ocr=False), workers=workers, timeout=60))
    with Corpus.open(directory) as corpus:
        began = time.monotonic()
        found = report(corpus, 1)
        write_html(found, work / "report.html")
        write_xlsx(corpus, found, work / "report.xlsx")
        write_csv(corpus, found, work / "report.csv")
        print(f"  the report of the first run, as page, workbook and CSV in {time.monotonic() - began:.1f} s ({work}):")
        for section in found.sections:
            print(f"    {section.title[0]}: {len(section.rows)} rows")
        for row in found.rows("formats"):
            print(
                f"    {row['format']}: {row['files']} files, {row['megabytes']} MB, {row['seconds']:.0f} s of reading"
            )
        for row in found.rows("reasons"):
            print(f"    {row['status']} {row['code']}: {row['files']}")
        counts = corpus.store.counts()
        plain = sum(len(document.text.encode()) for document in corpus.documents())
    size = sum(path.stat().st_size for path in directory.rglob("*") if path.is_file())
    print(f"  corpus {counts}, {size / 1e6:,.1f} MB on disk = {size / plain:.2f} times the plain text", flush=True)


def cores(shared: Path, work: Path, number: int) -> None:
    """The same files on one and on two cores, side by side in time: their ratio is what counts on a busy machine."""
    folder = work / f"files-{number}"
    build(shared, folder, number)
    rates = {}
    for workers in (1, 2):
        directory = work / f"corpus-{workers}"
        shutil.rmtree(directory, ignore_errors=True)
        with Corpus.open(directory, create=True) as corpus:
            summary = import_files(corpus, [folder], parse=Pipeline(ocr=False), workers=workers, timeout=60)
        figures(f"{workers} worker(s)", summary)
        rates[workers] = 1 / summary.seconds
    print(f"two workers are {rates[2] / rates[1]:.2f} times as fast as one ({os.cpu_count()} cores)")


def light(path: str, data: bytes) -> list[Document]:
    sys.path.insert(0, str(ROOT / "tests"))
    from corpus_builder import document

    return [document(data.decode("utf-8"), path=path)]


def growth(shared: Path, work: Path, number: int) -> None:
    folder, directory = work / f"articles-{number}", work / "corpus-growth"
    if not folder.exists():
        made = 0
        for text in itertools.cycle(list(laws(shared))):
            lines = [line for line in text.splitlines() if "。" in line]
            for at in range(0, len(lines), _ARTICLES):
                target = folder / f"{made // 500:04}" / f"{made:06}.txt"
                target.parent.mkdir(parents=True, exist_ok=True)
                body = "\n".join(f"{line[:-1]}（{made}）。" for line in lines[at : at + _ARTICLES])
                target.write_text(f"第{made}号规定\n{body}\n", encoding="utf-8")
                made += 1
                if made >= number:
                    break
            if made >= number:
                break
    shutil.rmtree(directory, ignore_errors=True)
    marks = [mark for mark in (500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000) if mark <= number]
    before = (0, time.process_time(), time.monotonic())

    def note(progress: Progress) -> None:
        nonlocal before
        if marks and progress.counts["done"] >= marks[0]:
            at, cpu, clock = progress.counts["done"], time.process_time(), time.monotonic()
            cost = (cpu - before[1]) / (at - before[0]) * 1000
            wall = (clock - before[2]) / (at - before[0]) * 1000
            print(
                f"at {at:>7,} documents: {cost:.2f} ms of CPU a document ({wall:.2f} ms by the clock); the import has "
                f"{(memory_now() or 0) / 1e6:,.0f} MB, since the last line {(peak_memory() or 0) / 1e6:,.0f} MB at most",
                flush=True,
            )
            forget_peak()
            before = (at, cpu, clock)
            marks.pop(0)

    with Corpus.open(directory, create=True) as corpus:
        summary = import_files(corpus, [folder], parse=light, workers=2, progress=note)
    figures("all", summary)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("shared", type=Path)
    arguments.add_argument("--files", type=int, default=5_000)
    arguments.add_argument("--workers", type=int, default=2)
    arguments.add_argument("--work", type=Path, default=Path("/tmp/policyparse-bench-import"))
    arguments.add_argument(
        "--go-on", action="store_true", help="with the corpus that an interrupted benchmark has left"
    )
    arguments.add_argument("--cores", action="store_true")
    arguments.add_argument("--growth", type=int, metavar="N")
    given = arguments.parse_args()
    if given.growth:
        growth(given.shared, given.work, given.growth)
    elif given.cores:
        cores(given.shared, given.work, min(given.files, 400))
    else:
        whole(given.shared, given.work, given.files, given.workers, given.go_on)
