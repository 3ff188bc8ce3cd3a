"""How far two people agree on the tags of our own clauses: Cohen's κ of the main tag, over all and tag by tag.

    python tests/benchmarks/agreement.py

320 clauses, 16 a main tag, drawn by chance from corpora/clauses and labelled again, blind (texts and headings only);
the second labels are corpora/blind/own/second.jsonl, joined to the first by the hash of the text.
"""

from __future__ import annotations

import json
from pathlib import Path

from sklearn.metrics import cohen_kappa_score

from policyparse.train.hashed import key

CORPORA = Path(__file__).parents[2] / "corpora"


def main() -> None:
    first = {}
    for file in sorted((CORPORA / "clauses").glob("*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            first[key(row["text"])] = row["tags"]
    second = [json.loads(line) for line in (CORPORA / "blind/own/second.jsonl").read_text("utf-8").splitlines()]
    pairs = [(first[row["clause"]], row["tags"]) for row in second if row["clause"] in first]
    one, other = [a[0] for a, _ in pairs], [b[0] for _, b in pairs]
    print(f"{len(pairs)} clauses labelled twice ({len(second) - len(pairs)} were written anew since)")
    print(f"main tag: the same in {sum(a == b for a, b in zip(one, other, strict=True)) / len(pairs):.3f}, "
          f"κ {cohen_kappa_score(one, other):.3f}")  # fmt: skip
    hit = sum(len(set(a) & set(b)) for a, b in pairs)
    print(f"all tags: F1 {2 * hit / sum(len(a) + len(b) for a, b in pairs):.3f}")
    for tag in sorted(set(one)):
        print(f"{tag:16}{cohen_kappa_score([a == tag for a in one], [b == tag for b in other]):6.2f}")


if __name__ == "__main__":
    main()
