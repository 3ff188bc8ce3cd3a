"""Search at several sizes beside plain tantivy and SQLite FTS5, on the same clauses and queries in the same run.

    python tests/benchmarks/bench_search.py [--sizes 10000,100000] [--laws laws.tar.gz] [--json]

The clauses are paragraphs of the law texts in `--laws` (../shared/corpus/laws.tar.gz where it is there), else of the
samples, drawn in a fixed order; so that none is a copy, most end in a number. Index time is processor
time of this process, all threads. `ours` is a whole search: query language, ranking, folding of copies, facets, highlights, the hits'
texts from the store; `bare` is ours without facets and folding. `tantivy` asks the same words of one field of
pre-segmented text; `fts5` the same of SQLite's index with bm25 order. p50 and p99 are milliseconds of processor time.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import tantivy

from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.search import search
from policyparse.words import cut, segmenter

ROOT = Path(__file__).parents[2]
LAWS = ROOT.parent / "shared" / "corpus" / "laws.tar.gz"
CLAUSES_A_DOCUMENT = 50
WORDS = (
    "行政许可", "权限", "委托", "财政", "人民政府", "监督检查", "公安机关", "土地", "审批", "责任", "登记", "县级以上", "处罚",
    "乡镇", "事业单位", "申请", "机构", "社会保险", "农民", "环境保护",
)  # fmt: skip


def paragraphs(laws: Path | None) -> list[str]:
    """The source's paragraphs of at least 20 characters."""
    texts: Iterator[str]
    if laws is not None and laws.is_file():
        with tarfile.open(laws) as archive:
            files = (archive.extractfile(member) for member in archive if member.isfile())
            texts = iter([file.read().decode("utf-8", "replace") for file in files if file])
    else:
        samples = sorted((ROOT / "corpora" / "samples").rglob("*.txt"))
        texts = (path.read_bytes().decode("utf-8", "replace") for path in samples)
    return [line.strip()[:400] for text in texts for line in text.split("\n") if len(line.strip()) >= 20]


def documents(lines: Sequence[str], clauses: int) -> Iterator[Document]:
    """`clauses` clauses in documents of fifty, always the same ones."""
    dice = random.Random(20091109)
    for number in range(clauses // CLAUSES_A_DOCUMENT):
        texts = [dice.choice(lines) for _ in range(CLAUSES_A_DOCUMENT)]
        texts = [f"{text}第{dice.randrange(10**6)}号" if dice.random() < 0.9 else text for text in texts]
        at, found = 0, []
        for place, text in enumerate(texts, 1):
            found.append({"id": f"c{place}", "start": at, "end": at + len(text), "text": text})
            at += len(text) + 1
        whole = "\n".join(texts)
        yield Document.model_validate(
            {
                "id": "d" + sha256(whole.encode()).hexdigest()[:16],
                "source": {"path": f"{number}.txt", "sha256": "0", "media_type": "text/plain"},
                "title": f"第{number}号办法",
                "kind": "measures",
                "date": f"{dice.randrange(1999, 2025)}-05-01",
                "place": dice.choice(["广东省/佛山市", "浙江省/宁波市", "湖北省", "贵州省/遵义市"]),
                "text": whole,
                "clauses": found,
            }
        )


def questions() -> list[tuple[str, ...]]:
    """Single words and pairs of words, in a fixed order."""
    dice = random.Random(1)
    return [*((word,) for word in WORDS), *(tuple(dice.sample(WORDS, 2)) for _ in range(80))]


def spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def times(ask: Callable[[tuple[str, ...]], object]) -> dict[str, float]:
    """p50 and p99 of a question, in milliseconds; the first round warms the caches."""
    for words in questions()[:10]:
        ask(words)
    taken = sorted(spent(lambda words=words: ask(words)) * 1000 for _ in range(3) for words in questions())  # type: ignore[misc]
    return {"p50": round(statistics.median(taken), 2), "p99": round(taken[int(len(taken) * 0.99)], 2)}


def measure(lines: Sequence[str], clauses: int, folder: Path) -> dict[str, Any]:
    """All figures at one size."""
    figures: dict[str, Any] = {"clauses": clauses}

    def ours() -> None:
        with Corpus.open(folder / "corpus", create=True) as corpus:
            for document in documents(lines, clauses):
                corpus.add(document)

    figures["ours"] = {"index_s": round(spent(ours), 1), "MB": size(folder / "corpus")}
    corpus = Corpus.open(folder / "corpus")
    figures["ours"] |= times(lambda words: search(corpus, " ".join(words)))
    bare = times(lambda words: search(corpus, " ".join(words), facets=(), fold=False, synonyms=False))
    figures["bare"] = bare
    corpus.close()
    figures["tantivy"] = plain_tantivy(lines, clauses, folder / "tantivy")
    figures["fts5"] = fts5(lines, clauses, folder / "fts5.sqlite")
    figures["peak_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return figures


def plain_tantivy(lines: Sequence[str], clauses: int, folder: Path) -> dict[str, float]:
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", tokenizer_name="spaces", index_option="freq", stored=True)
    schema = builder.build()
    index = tantivy.Index(schema, str(folder))
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())

    def fill() -> None:
        writer = index.writer(96_000_000, 1)
        words = segmenter()
        for document in documents(lines, clauses):
            for clause in document.clauses:
                entry = tantivy.Document()
                entry.add_text("words", " ".join(words.terms(clause.text)))
                writer.add_document(entry)
        writer.commit()
        writer.wait_merging_threads()

    figures: dict[str, float] = {"index_s": round(spent(fill), 1), "MB": size(folder)}
    index.reload()
    searcher = index.searcher()

    def ask(asked: tuple[str, ...]) -> None:
        terms = [term for word in asked for term in cut(word)]
        must = [(tantivy.Occur.Must, tantivy.Query.term_query(schema, "words", term)) for term in terms]
        for _, address in searcher.search(tantivy.Query.boolean_query(must), 10).hits:
            searcher.doc(address)

    return figures | times(ask)


def fts5(lines: Sequence[str], clauses: int, path: Path) -> dict[str, float]:
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE clauses USING fts5(words)")

    def fill() -> None:
        words = segmenter()
        for document in documents(lines, clauses):
            db.executemany(
                "INSERT INTO clauses VALUES (?)", [(" ".join(words.terms(c.text)),) for c in document.clauses]
            )
        db.commit()

    figures: dict[str, float] = {"index_s": round(spent(fill), 1), "MB": size(path)}

    def ask(asked: tuple[str, ...]) -> None:
        match = " ".join(f'"{term}"' for word in asked for term in cut(word))
        db.execute("SELECT words FROM clauses WHERE clauses MATCH ? ORDER BY rank LIMIT 10", (match,)).fetchall()

    return figures | times(ask)


def size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file()) // 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000")
    parser.add_argument("--laws", type=Path, default=LAWS)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    lines = paragraphs(arguments.laws)
    if not arguments.json:
        print(f"{'clauses':>9}  {'':8}{'index s':>9}{'MB':>7}{'p50 ms':>9}{'p99 ms':>9}")
    for clauses in map(int, arguments.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(lines, clauses, Path(folder))
        if arguments.json:
            print(json.dumps(figures))
            continue
        for name in ("ours", "bare", "tantivy", "fts5"):
            one = figures[name]
            shown = f"{one.get('index_s', ''):>9}{one.get('MB', ''):>7}{one['p50']:>9}{one['p99']:>9}"
            print(f"{clauses:>9}  {name:8}{shown}")
        print(f"{'':11}peak memory of the process {figures['peak_MB']} MB", flush=True)


if __name__ == "__main__":
    main()
