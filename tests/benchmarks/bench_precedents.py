"""Precedents: is the clause that was rewritten found again, how fast, and which part of the ranking earns it.

    python tests/benchmarks/bench_precedents.py [--corpus DIR] [--json]

The corpus: the samples and our own labelled clauses, and from ../shared, where it is there, the notices of
notices-2023, the web pages of state-council-html and the texts of laws.tar.gz (more than 100,000 clauses). It is made
anew in a temporary folder, or kept in --corpus, which serves again the next time.

The sets, the first three in precedents.jsonl (`source` is the digest of the clause that was rewritten):

hand:     100 clauses of our own documents as another clerk would write them: other places, organs and figures, half of
          the words and more, another order
dev:      40 more, retold in plain words as one would say them on the telephone. The weights were chosen on these.
other:    sentences of other matters (cooking, football), for which nothing is close enough
machine:  100 clauses of ../shared drawn in a fixed order: places and figures changed, half of the words exchanged for
          others, the parts of the sentences in another order. Written at run time, kept nowhere.
names:    the same clauses with nothing changed but places and figures

A source counts as found where a wording's uses have it (or its equal, letter by letter). `close` is the share that scores
above all sentences of other matters but one. Milliseconds are processor time on one core, the differences marked and the
uses looked up, as a caller gets them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import statistics
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import Any

from policyparse.batch import import_files
from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.places import gazetteer
from policyparse.precedents import CLOSE, Answer, candidates, find, prepare
from policyparse.precedents.ranking import WEIGHTS
from policyparse.vocabulary import shipped
from policyparse.words import segmenter, squeezed

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "corpus"
ROWS = Path(__file__).with_name("precedents.jsonl")

#: Name in the table → the parts that count.
RANKINGS = {
    "words (BM25)": ("words",),
    "+ characters": ("words", "characters"),
    "+ meaning": ("words", "meaning"),
    "all three": tuple(WEIGHTS),
}


@dataclass(frozen=True)
class Row:
    """A clause as rewritten, and the digest of what it was (None: of nothing in the corpus)."""

    source: str | None
    rewrite: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="keep the corpus here")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        directory = arguments.corpus or Path(folder) / "corpus"
        if not (directory / "corpus.json").exists():
            build(directory, Path(folder))
        with Corpus.open(directory) as corpus:
            report(measure(corpus), arguments.json)


def build(directory: Path, folder: Path) -> None:
    """The corpus of the measurement."""
    sources = [ROOT / "corpora" / "samples"]
    sources += [path for path in (SHARED / "notices-2023", SHARED / "state-council-html") if path.is_dir()]
    if (SHARED / "laws.tar.gz").is_file():
        with tarfile.open(SHARED / "laws.tar.gz") as archive:
            archive.extractall(folder / "laws", filter="data")
        sources.append(folder / "laws")
    with Corpus.open(directory, create=True) as corpus:
        for document in own_documents():
            corpus.add(document)
        import_files(corpus, sources, workers=os.cpu_count() or 1)


def own_documents() -> Iterator[Document]:
    """Our labelled clauses as the documents that they belong to."""
    for path in sorted((ROOT / "corpora" / "clauses").glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for name, group in groupby(rows, key=lambda row: row["document"]):
            clauses: list[dict[str, Any]] = []
            text = ""
            for row in group:
                clause = {"id": f"c{len(clauses) + 1}", "start": len(text), "end": len(text) + len(row["text"])}
                clauses.append({**clause, "text": row["text"]})
                text += row["text"] + "\n"
            digest = sha256(text.encode()).hexdigest()
            source = {"path": f"{path.name}/{name}", "sha256": digest, "media_type": "text/plain"}
            yield Document.model_validate(
                {"id": "d" + digest[:16], "source": source, "title": name, "text": text, "clauses": clauses}
            )


def measure(corpus: Corpus) -> dict[str, Any]:
    """All figures."""
    sets = rows_of(corpus)
    started = time.process_time()
    model = prepare(corpus)
    figures: dict[str, Any] = {
        "documents": corpus.store.counts()["documents"],
        "clauses": candidates.number_of_clauses(corpus),
        "prepare_s": round(time.process_time() - started, 1),
        "model_bytes": candidates.model_path(corpus).stat().st_size,
        "dimensions": model.basis.shape[1],
        "text_bytes": sum(len(text.encode()) for text, _ in corpus.store.clause_texts()),
        "found": [],
    }
    for name, parts in RANKINGS.items():
        weights = {part: weight for part, weight in WEIGHTS.items() if part in parts}
        # the threshold that lets all but one in twenty of the sentences of other matters pass as far
        highest = sorted(top(find(corpus, row.rewrite, limit=1, weights=weights)) for row in sets["other"])
        threshold = highest[-2]
        for kind, rows in sets.items():
            if kind != "other":
                figures["found"].append({"ranking": name, "set": kind, **tried(corpus, rows, weights, threshold)})
    figures["other"] = len(sets["other"])
    figures["other_far"] = sum(find(corpus, row.rewrite, limit=1).remark == "far" for row in sets["other"])
    return figures


def rows_of(corpus: Corpus) -> dict[str, list[Row]]:
    """The sets that are tried, by name."""
    sets: dict[str, list[Row]] = {}
    for line in ROWS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        sets.setdefault(row["set"], []).append(Row(row["source"], row["rewrite"]))
    drawn = draw(corpus, 100)
    if drawn:
        dice = random.Random(7)
        stock = [word for text in drawn for word in segmenter().cut(text) if len(word) > 1]
        sets["machine"] = [Row(digest(text), rewritten(text, dice, stock)) for text in drawn]
        sets["names"] = [Row(digest(text), renamed(text, dice)) for text in drawn]
    return sets


def tried(corpus: Corpus, rows: Sequence[Row], weights: dict[str, float], threshold: float) -> dict[str, Any]:
    """How many sources come first, and among the first ten; how many score beyond `threshold`; how long a clause takes."""
    first = ten = close = 0
    milliseconds: list[float] = []
    for row in rows:
        started = time.process_time()
        answer = find(corpus, row.rewrite, close=0.0, weights=weights)
        milliseconds.append(1000 * (time.process_time() - started))
        place = rank_of(row.source, answer)
        first += place == 0
        ten += place is not None
        close += place is not None and answer.wordings[place].score > threshold
    return {
        "clauses": len(rows), "first": first / len(rows), "in_ten": ten / len(rows), "close": close / len(rows),
        "ms_median": round(statistics.median(milliseconds), 1),
        "ms_p95": round(statistics.quantiles(milliseconds, n=20)[-1], 1),
    }  # fmt: skip


def rank_of(source: str | None, answer: Answer) -> int | None:
    """The place of the wording that `source` has, from 0."""
    for at, wording in enumerate(answer.wordings):
        if any(digest(use.text) == source for use in wording.uses):
            return at
    return None


def digest(text: str) -> str:
    """Sixteen digits that a clause is known by."""
    return sha256(squeezed(text).encode()).hexdigest()[:16]


def top(answer: Answer) -> float:
    """The score of the nearest."""
    best = (answer.wordings or answer.nearest)[:1]
    return best[0].score if best else 0.0


# -- rewriting by machine ------------------------------------------------------------------------------------------------


def draw(corpus: Corpus, number: int) -> list[str]:
    """Clauses of the documents that are not ours, always the same ones."""
    ours = [f"{ROOT}%", "%.jsonl/%"]
    texts = [
        row[0]
        for row in corpus.database.rows.execute(
            "SELECT w.text FROM clauses c JOIN words_of w USING (seq) JOIN sources s ON s.document = c.document "
            'WHERE s.path NOT LIKE ? AND s.path NOT LIKE ? AND c."end" - c.start BETWEEN 40 AND 300 '
            "ORDER BY c.id",
            ours,
        )
    ]
    return random.Random(20261125).sample(texts, number) if len(texts) >= number else []


def renamed(text: str, dice: random.Random) -> str:
    """`text` with other places and other figures."""
    places = gazetteer(shipped())
    pieces: list[str] = []
    at = 0
    for start, end, name in places.find(text):
        pieces += (text[at:start], other_place(name, dice))
        at = end
    text = "".join((*pieces, text[at:]))
    return re.sub(r"\d", lambda _: str(dice.randint(1, 9)), text)


def other_place(name: str, dice: random.Random) -> str:
    """A place of the same kind, by its last character."""
    named = [row["path"].rsplit("/", 1)[-1] for row in shipped().table("places")]
    alike = [other for other in named if other[-1] == name[-1] and other != name]
    return dice.choice(alike or named)


def rewritten(text: str, dice: random.Random, stock: Sequence[str]) -> str:
    """`renamed`, half of the words exchanged for others as long, the parts of the sentences in another order."""
    words = segmenter().cut(renamed(text, dice))
    long = [at for at, word in enumerate(words) if len(word) > 1]
    for at in dice.sample(long, len(long) // 2):
        alike = [word for word in stock if len(word) == len(words[at])]
        words[at] = dice.choice(alike or list(stock))
    parts = [part for part in re.split(r"[,，;；。:：]", "".join(words)) if part]
    dice.shuffle(parts)
    return "，".join(parts) + "。"


def report(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(figures, ensure_ascii=False))
        return
    share = figures["model_bytes"] / figures["text_bytes"]
    print(f"{figures['documents']:,} documents, {figures['clauses']:,} clauses; learned in {figures['prepare_s']} s")
    print(
        f"model: {figures['model_bytes'] / 1e6:.2f} MB, {figures['dimensions']} dimensions; {share:.3f} of the text\n"
    )
    print(
        f"{'ranking':<16}{'set':<10}{'clauses':>8}{'first':>7}{'in ten':>8}{'close':>8}{'median ms':>11}{'p95 ms':>9}"
    )
    for row in figures["found"]:
        print(
            f"{row['ranking']:<16}{row['set']:<10}{row['clauses']:>8}{row['first']:>7.0%}{row['in_ten']:>8.0%}"
            f"{row['close']:>8.0%}{row['ms_median']:>11.1f}{row['ms_p95']:>9.1f}"
        )
    print(
        f"\nnothing close enough (below {CLOSE}): told of {figures['other_far']} of {figures['other']} sentences of "
        "other matters"
    )


if __name__ == "__main__":
    main()
