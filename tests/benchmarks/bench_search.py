"""Search at several sizes beside plain tantivy and SQLite FTS5, on the same clauses and queries in the same run.

    python tests/benchmarks/bench_search.py [--sizes 10000,100000] [--laws laws.tar.gz] [--keep FOLDER] [--json]

The clauses are paragraphs of the law texts in `--laws` (../shared/corpus/laws.tar.gz where it is there), else of the
samples, drawn in a fixed order; so that none is a copy, most end in a number, and nearly the same as each other they are
all the more. Documents have titles but no headings. With `--keep` what was built is used again.

    ranked    query language, ranking, the count, and the ten hits' texts and facts from the store
    bare      search(…, facets=(), fold=False, synonyms=False): with highlights, too
    page      search(…, facets=(), advise=False): with synonyms and the folding of copies, too
    facets    facets(…): how many passages, in how many documents, and ten facets; apart, as a page may ask for them
    all       search(…), as the command asks: page, facets and, where nothing is found, what to try
    tantivy   the same words of one field of pre-segmented text, the count, the ten texts from its own store
    snippets  tantivy with its own highlights
    fts5      the same of SQLite's index, in the order of bm25

The questions go to all of them in turn, in an order that is drawn for each, so that whatever else the machine does meets all
alike; in each round the pairs of words are others, so that nobody has the texts at hand. p50 and p99 are milliseconds of processor time; index time is
processor time of all threads. Building and asking are processes of their own: MB of memory is what the one that asks holds
in the end, without the files that it has mapped.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sqlite3
import statistics
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import chain, permutations
from pathlib import Path
from typing import Any

import tantivy

from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.search import engine_of, facets, search
from policyparse.search.query import parse_query
from policyparse.words import cut, segmenter

ROOT = Path(__file__).parents[2]
LAWS = ROOT.parent / "shared" / "corpus" / "laws.tar.gz"
CLAUSES_A_DOCUMENT = 50
ROUNDS = 3
WORDS = (
    "行政许可", "权限", "委托", "财政", "人民政府", "监督检查", "公安机关", "土地", "审批", "责任", "登记", "县级以上", "处罚",
    "乡镇", "事业单位", "申请", "机构", "社会保险", "农民", "环境保护",
)  # fmt: skip

Ask = Callable[[tuple[str, ...]], object]


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


def rounds() -> list[list[tuple[str, ...]]]:
    """In each round all single words, and pairs of words that come but once."""
    pairs = list(permutations(WORDS, 2))
    random.Random(1).shuffle(pairs)
    return [[*((word,) for word in WORDS), *pairs[80 * at : 80 * at + 80]] for at in range(ROUNDS)]


# -- building --------------------------------------------------------------------------------------------------------


def build(laws: Path | None, clauses: int, folder: Path) -> None:
    """Builds the three in `folder`, and notes the processor seconds and bytes of each; what is there already stays."""
    lines = paragraphs(laws)
    for name, fill in (("ours", _fill_ours), ("tantivy", _fill_tantivy), ("fts5", _fill_fts5)):
        noted = folder / f"{name}.json"
        if noted.exists():
            continue
        began = time.process_time()
        plain = fill(documents(lines, clauses), folder / name)
        seconds = time.process_time() - began
        noted.write_text(json.dumps({"index_s": round(seconds, 1), "bytes": size(folder / name), "plain": plain}))


def _fill_ours(source: Iterator[Document], folder: Path) -> int:
    plain = 0
    with Corpus.open(folder, create=True) as corpus:
        for document in source:
            corpus.add(document)
            plain += len(document.text.encode())
    return plain


def _fill_tantivy(source: Iterator[Document], folder: Path) -> int:
    folder.mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", tokenizer_name="spaces", index_option="freq", stored=True)
    index = _with_spaces(tantivy.Index(builder.build(), str(folder)))
    writer = index.writer(96_000_000, 1)
    words, plain = segmenter(), 0
    for document in source:
        plain += len(document.text.encode())
        for clause in document.clauses:
            entry = tantivy.Document()
            entry.add_text("words", " ".join(words.terms(clause.text)))
            writer.add_document(entry)
    writer.commit()
    writer.wait_merging_threads()
    return plain


def _with_spaces(index: tantivy.Index) -> tantivy.Index:
    index.register_tokenizer("spaces", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def _fill_fts5(source: Iterator[Document], path: Path) -> int:
    db = sqlite3.connect(path)
    db.execute("CREATE VIRTUAL TABLE clauses USING fts5(words)")
    words, plain = segmenter(), 0
    for document in source:
        plain += len(document.text.encode())
        db.executemany(
            "INSERT INTO clauses VALUES (?)", [(" ".join(words.terms(clause.text)),) for clause in document.clauses]
        )
    db.commit()
    db.execute("INSERT INTO clauses(clauses) VALUES ('optimize')")
    db.commit()
    db.close()
    return plain


def size(path: Path) -> int:
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


# -- asking ----------------------------------------------------------------------------------------------------------


def ask_all(folder: Path) -> dict[str, Any]:
    """p50 and p99 of every way of asking, and the memory of this process."""
    with Corpus.open(folder / "ours") as corpus:
        ways: dict[str, Ask] = {
            "ranked": lambda words: _ranked(corpus, " ".join(words)),
            "bare": lambda words: search(
                corpus, " ".join(words), facets=(), advise=False, fold=False, synonyms=False
            ),
            "page": lambda words: search(corpus, " ".join(words), facets=(), advise=False),
            "facets": lambda words: facets(corpus, " ".join(words)),
            "all": lambda words: search(corpus, " ".join(words)),
            "tantivy": _plain_tantivy(folder / "tantivy"),
            "snippets": _plain_tantivy(folder / "tantivy", snippets=True),
            "fts5": _fts5(folder / "fts5"),
        }  # fmt: skip
        asked = rounds()
        for words in asked[0][: len(WORDS)]:  # opens files, fills the caches of the system
            for ask in ways.values():
                ask(words)
        taken: dict[str, list[float]] = {name: [] for name in ways}
        dice = random.Random(2)
        for words in chain.from_iterable(asked):
            for name, ask in dice.sample(list(ways.items()), len(ways)):
                began = time.process_time_ns()
                ask(words)
                taken[name].append((time.process_time_ns() - began) / 1e6)
    figures: dict[str, Any] = {
        name: {"p50": round(statistics.median(times), 3), "p99": round(sorted(times)[int(len(times) * 0.99)], 3)}
        for name, times in taken.items()
    }
    figures["memory_MB"] = memory()
    return figures


def memory() -> int:
    """Anonymous memory of this process in MB."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").split("\n")
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon:")), 0)


def _ranked(corpus: Corpus, query: str) -> object:
    question = engine_of(corpus).question(parse_query(query), {})
    return question.window("relevance", 0, 10), question.count()


def _plain_tantivy(folder: Path, snippets: bool = False) -> Ask:
    index = _with_spaces(tantivy.Index.open(str(folder)))
    schema, searcher = index.schema, index.searcher()

    def ask(asked: tuple[str, ...]) -> object:
        terms = [term for word in asked for term in cut(word)]
        must = [(tantivy.Occur.Must, tantivy.Query.term_query(schema, "words", term)) for term in terms]
        query = tantivy.Query.boolean_query(must)
        found = [searcher.doc(address) for _, address in searcher.search(query, 10).hits]
        if snippets:
            generator = tantivy.SnippetGenerator.create(searcher, query, schema, "words")
            return [generator.snippet_from_doc(each).highlighted() for each in found]
        return found

    return ask


def _fts5(path: Path) -> Ask:
    db = sqlite3.connect(path)

    def ask(asked: tuple[str, ...]) -> object:
        match = " ".join(f'"{term}"' for word in asked for term in cut(word))
        found = db.execute("SELECT words FROM clauses WHERE clauses MATCH ? ORDER BY rank LIMIT 10", (match,))
        return found.fetchall()

    return ask


def measure(laws: Path | None, clauses: int, folder: Path) -> dict[str, Any]:
    """All figures at one size."""
    folder.mkdir(parents=True, exist_ok=True)
    processes = multiprocessing.get_context("spawn")
    with processes.Pool(1) as pool:
        pool.apply(build, (laws, clauses, folder))
    with processes.Pool(1) as pool:
        figures = pool.apply(ask_all, (folder,))
    for name in ("ours", "tantivy", "fts5"):
        figures["page" if name == "ours" else name] |= json.loads((folder / f"{name}.json").read_text())
    return {"clauses": clauses, **figures}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000")
    parser.add_argument("--laws", type=Path, default=LAWS)
    parser.add_argument("--keep", type=Path, help="a folder for what is built, to be used again")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not arguments.json:
        print(
            f"{'clauses':>9}  {'':8}{'index s':>9}{'MB':>8}{'× text':>8}{'p50 ms':>9}{'p99 ms':>9}{'p99 × tantivy':>15}"
        )
    for clauses in map(int, arguments.sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(arguments.laws, clauses, (arguments.keep or Path(folder)) / str(clauses))
        print(json.dumps(figures) if arguments.json else shown(clauses, figures), flush=True)


def shown(clauses: int, figures: dict[str, Any]) -> str:
    lines = []
    for name in ("ranked", "bare", "page", "facets", "all", "tantivy", "snippets", "fts5"):
        one = figures[name]
        built = (
            f"{one['index_s']:>9}{one['bytes'] / 1e6:>8.1f}{one['bytes'] / one['plain']:>8.2f}"
            if "bytes" in one
            else " " * 25
        )
        ratio = one["p99"] / figures["tantivy"]["p99"]
        lines.append(f"{clauses:>9}  {name:8}{built}{one['p50']:>9.3f}{one['p99']:>9.3f}{ratio:>15.2f}")
    lines.append(f"{'':11}memory of the process that asks {figures['memory_MB']} MB")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
