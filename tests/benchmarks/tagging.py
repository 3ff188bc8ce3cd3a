"""The classifier's cost: how long it takes to load, clauses a second on one core with their features, peak memory.

    python tests/benchmarks/tagging.py [MODEL.skops]

The clauses are those of corpora/clauses, 200 a document. Times are processor seconds, so that other programs on the
machine do not count.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from policyparse.tag import Tagger, shipped_model
from policyparse.train.clauses import read_clauses

DOCUMENT = 200


def peak() -> float:
    """The process's peak memory so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else shipped_model()
    contexts = [clause.context() for clause in read_clauses()]
    before = peak()
    start = time.process_time()
    tagger = Tagger.load(path)
    loaded = time.process_time() - start
    print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, loads in {loaded:.2f} s")
    documents = [contexts[at : at + DOCUMENT] for at in range(0, len(contexts), DOCUMENT)]
    tagger.tag(documents[0])  # the cue words and jieba's dictionary are loaded once
    start = time.process_time()
    for document in documents:
        tagger.tag(document)
    spent = time.process_time() - start
    signs = sum(len(context.text) for context in contexts)
    print(
        f"{len(contexts)} clauses, {signs} signs in {spent:.2f} s: {len(contexts) / spent:,.0f} clauses/s on one core"
    )
    print(f"peak memory {peak():.0f} MB, {peak() - before:.0f} MB of it for the model and its work")


if __name__ == "__main__":
    main()
