"""Bytes on disk a document: the store and the index apart, beside the plain text (the UTF-8 bytes of the documents' text).

    python tests/benchmarks/disk.py [--laws laws.tar.gz] [--seconds 120] [--copies 100] [--json]

    laws      those of `--laws` (../shared/corpus/laws.tar.gz where it is there), every seventh one, until the seconds are over
    notices   ../shared/corpus/notices-2023, where it is there
    samples   the documents of corpora/samples, `--copies` times with other names of places and other figures
    all       all of these in one corpus

Each is parsed and put into a corpus as an import does it; `pack` and `open` are processor milliseconds a document for
writing it into the store and for reading it back. The goal is 3 × the plain text in all. Beside it: what the same documents
take as JSON, without what has its default, × the plain text, and how many terms the clause in the middle has in the index.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sqlite3
import statistics
import tarfile
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from policyparse import parse
from policyparse.corpus import Corpus, Imported
from policyparse.corpus.entries import entries
from policyparse.corpus.passages import passages
from policyparse.model import Document
from policyparse.vocabulary import shipped
from policyparse.words import segmenter

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "corpus"
EVERY = 7
_PLACES = re.compile(r"[一-鿿]{2}(?=[省市县区镇乡])|\d")


def laws(path: Path, seconds: float) -> Iterator[Document]:
    if not path.is_file():
        return
    began = time.monotonic()
    with tarfile.open(path) as archive:
        members = [each for each in archive if each.isfile() and not each.name.endswith("_index.md")]
        for member in members[::EVERY]:
            file = archive.extractfile(member)
            if file is not None:
                yield from parse(Path(member.name).with_suffix(".txt").name, file.read())
            if time.monotonic() - began > seconds:
                return


def folder(path: Path) -> Iterator[Document]:
    for file in sorted(path.rglob("*")) if path.is_dir() else ():
        if file.suffix in (".txt", ".docx", ".html", ".pdf"):
            yield from parse(file)


def copies(path: Path, number: int) -> Iterator[Document]:
    """The samples' texts with other names and figures in the place of theirs: no two are near-duplicates by chance."""
    dice = random.Random(5)
    signs = [chr(dice.randrange(0x4E00, 0x9000)) for _ in range(400)]
    for document in list(folder(path)):
        for copy in range(number):
            names: dict[str, str] = {}

            def other(match: re.Match[str], names: dict[str, str] = names) -> str:
                if match[0].isdigit():
                    return str(dice.randrange(10))
                return names.setdefault(match[0], "".join(dice.choices(signs, k=2)))

            text = _PLACES.sub(other, document.text)
            yield from parse(f"copies/{copy}-{Path(document.source.path).stem}.txt", text.encode())


def measure(documents: Sequence[Document]) -> dict[str, Any]:
    """The figures of one corpus of these documents."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "corpus"
        began = time.process_time()
        with Corpus.open(directory, create=True) as corpus:
            for number, document in enumerate(documents, 1):
                source = document.source
                record = Imported(source.path, "done", source.sha256, documents=1, number=number)
                corpus.add_file([document], record)
        packed = time.process_time() - began
        with Corpus.open(directory) as corpus:
            began = time.process_time()
            held = sum(1 for _ in corpus.documents())
            opened = time.process_time() - began
            clauses = corpus.store.counts()["clauses"]
        tables = _tables(directory / "corpus.sqlite")
        store = (directory / "corpus.sqlite").stat().st_size
        index = sum(file.stat().st_size for file in directory.glob("index-*/*"))
    plain = sum(len(document.text.encode()) for document in documents)
    whole = sum(len(each.model_dump_json(by_alias=True, exclude_defaults=True).encode()) for each in documents)
    return {
        "documents": held, "clauses": clauses, "plain": plain, "store": store, "index": index,
        "times_plain": round((store + index) / plain, 2), "pack_ms": round(packed / held * 1000, 1),
        "open_ms": round(opened / held * 1000, 1), "tables": tables, "json_times_plain": round(whole / plain, 2),
        "terms": _middle_terms(documents),
    }  # fmt: skip


def _middle_terms(documents: Sequence[Document]) -> int:
    """How many terms the clause in the middle has; of every tenth document."""
    words, vocabulary = segmenter(), shipped()
    lengths = [
        len(str(entry["text"][0]).split())
        for document in documents[::10]
        for entry in entries(document, passages(document), words, vocabulary)
        if entry["what"] == ["clause"]
    ]
    return round(statistics.median(lengths)) if lengths else 0


def _tables(path: Path) -> dict[str, int]:
    """Table or index → bytes, where SQLite can say it."""
    try:
        with sqlite3.connect(path) as db:
            found = db.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 6").fetchall()
    except sqlite3.OperationalError:
        return {}
    return dict(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--laws", type=Path, default=SHARED / "laws.tar.gz")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--copies", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    groups = {
        "laws": list(laws(arguments.laws, arguments.seconds)),
        "notices": list(folder(SHARED / "notices-2023")),
        "samples": list(copies(ROOT / "corpora" / "samples", arguments.copies)),
    }
    # one id is one document; the same text twice would be counted twice
    groups = {name: list({each.id: each for each in found}.values()) for name, found in groups.items()}
    groups["all"] = list({each.id: each for found in groups.values() for each in found}.values())
    if not arguments.json:
        print(
            f"{'':9}{'documents':>10}{'clauses':>9}   bytes a document: {'text':>8}{'store':>8}{'index':>8}{'× text':>8}{'pack ms':>9}{'open ms':>9}"
        )
    for name, documents in groups.items():
        if documents:
            print(
                json.dumps({"group": name, **measure(documents)})
                if arguments.json
                else _shown(name, measure(documents)),
                flush=True,
            )


def _shown(name: str, found: dict[str, Any]) -> str:
    number = found["documents"]
    sizes = "".join(f"{found[each] / number:>8.0f}" for each in ("plain", "store", "index"))
    shares = ", ".join(f"{table} {size / found['plain']:.2f}" for table, size in found["tables"].items())
    line = f"{name:9}{number:>10}{found['clauses']:>9}{'':21}{sizes}{found['times_plain']:>8}{found['pack_ms']:>9}{found['open_ms']:>9}"
    line += (
        f"\n{'':9}as JSON {found['json_times_plain']:.2f} × text; terms of the clause in the middle: {found['terms']}"
    )
    return f"{line}\n{'':9}of the store, × text: {shares}" if shares else line


if __name__ == "__main__":
    main()
