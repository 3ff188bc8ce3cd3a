"""How far two people agree on the tags of clauses: Cohen's κ of the main tag, over all and tag by tag.

    python tests/benchmarks/agreement.py

Of our own clauses: 320, 16 a main tag, drawn by chance from corpora/clauses and labelled again, blind (texts and headings
only); the second labels are corpora/blind/own/second.jsonl, joined to the first by the hash of the text. Of real ones: those
of corpora/hashed that both the annotators of whole documents and the first reader labelled, neither knowing the other's.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sklearn.metrics import cohen_kappa_score

from policyparse.train.hashed import key

CORPORA = Path(__file__).parents[2] / "corpora"


Tags = list[str]


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def own() -> list[tuple[Tags, Tags]]:
    """(first, second) tags of the written clauses that were labelled twice."""
    first = {
        key(row["text"]): row["tags"] for file in sorted((CORPORA / "clauses").glob("*.jsonl")) for row in rows_of(file)
    }
    second = rows_of(CORPORA / "blind/own/second.jsonl")
    return [(first[row["clause"]], row["tags"]) for row in second if row["clause"] in first]


def real() -> list[tuple[Tags, Tags]]:
    """The same of the clauses of documents."""
    first = {(row["source"], row["clause"]): row["tags"] for row in rows_of(CORPORA / "hashed/corpus.jsonl")}
    rows = [row for file in sorted((CORPORA / "hashed").glob("annotators-*.jsonl")) for row in rows_of(file)]
    return [(first[at], row["tags"]) for row in rows if (at := (row["source"], row["clause"])) in first]


def told(what: str, pairs: list[tuple[Tags, Tags]]) -> None:
    one, other = [a[0] for a, _ in pairs], [b[0] for _, b in pairs]
    print(f"{what}: {len(pairs)} labelled twice")
    print(f"main tag: the same in {sum(a == b for a, b in zip(one, other, strict=True)) / len(pairs):.3f}, "
          f"κ {cohen_kappa_score(one, other):.3f}")  # fmt: skip
    hit = sum(len(set(a) & set(b)) for a, b in pairs)
    print(f"all tags: F1 {2 * hit / sum(len(a) + len(b) for a, b in pairs):.3f}, "
          f"the same set in {sum(set(a) == set(b) for a, b in pairs) / len(pairs):.3f}")  # fmt: skip
    for tag in sorted(set(one)):
        print(f"{tag:16}{cohen_kappa_score([a == tag for a in one], [b == tag for b in other]):6.2f}")


if __name__ == "__main__":
    told("written clauses", own())
    told("clauses of documents", real())
