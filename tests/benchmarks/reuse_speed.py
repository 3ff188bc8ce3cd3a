"""Who may share what with whom: time and memory at several sizes, beside MinHash.

    python tests/benchmarks/reuse_speed.py [--sizes 10000,100000] [--laws laws.tar.gz] [--minhash]

The clauses are paragraphs of the law texts in --laws (../shared/corpus/laws.tar.gz where it is there), fifty in a row a
document; beyond their number they come again with half-sentences left out and in another order, so that the largest
size holds much reuse. Without the laws the clauses are those of corpora/clauses. Times are seconds of processor time:
letters (documents → arrays), shingles (how many documents have each), pairs (clauses that share rare ones). Memory is the
peak of the process so far, so a size should be run alone for its own.

--minhash: rensa and datasketch (LSH, 128 permutations, bands for a Jaccard of 0.2) on the same clauses in the same run (up to
100,000), and how many planted passages of reuse_pairs.py each way finds as a pair of clauses, by words kept.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import tarfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from reuse_pairs import CLAUSES, RATES, made

from policyparse.reuse.boilerplate import common_from
from policyparse.reuse.letters import Letters, gathered
from policyparse.reuse.shingles import Shingles, clause_pairs, shingles
from policyparse.words import squeezed

ROOT = Path(__file__).parents[2]
LAWS = ROOT.parent / "shared" / "corpus" / "laws.tar.gz"
A_DOCUMENT = 50
MINHASH_MOST = 100_000


def paragraphs(laws: Path) -> list[str]:
    """The source's paragraphs of at least 20 characters, each once."""
    if laws.is_file():
        with tarfile.open(laws) as archive:
            files = [archive.extractfile(member) for member in archive if member.isfile()]
            texts = [file.read().decode("utf-8", "replace") for file in files if file]
        lines = (line.strip()[:400] for text in texts for line in text.split("\n"))
    else:
        rows = (line for path in sorted(CLAUSES.glob("*.jsonl")) for line in path.open(encoding="utf-8"))
        lines = (json.loads(row)["text"] for row in rows)
    return list(dict.fromkeys(line for line in lines if len(line) >= 20))


def clauses(lines: Sequence[str], number: int) -> Iterator[str]:
    dice = random.Random(20091109)
    for at in range(number):
        text = lines[at % len(lines)]
        if at >= len(lines):
            parts = text.split("，")
            dice.shuffle(parts)
            text = "，".join(parts[: max(1, len(parts) - dice.randrange(2))])
        yield text


def texts(lines: Sequence[str], number: int) -> Iterator[tuple[str, list[tuple[str, int, int]]]]:
    """Documents of fifty clauses, as reuse.letters takes them."""
    some: list[str] = []
    for text in clauses(lines, number):
        some.append(text)
        if len(some) == A_DOCUMENT:
            yield document(some)
            some = []
    if some:
        yield document(some)


def document(some: Sequence[str]) -> tuple[str, list[tuple[str, int, int]]]:
    spans, at = [], 0
    for number, text in enumerate(some, 1):
        spans.append((f"c{number}", at, at + len(text)))
        at += len(text) + 1
    return "\n".join(some), spans


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    began = time.process_time()
    answer = work()
    return answer, time.process_time() - began


def rare(letters: Letters, found: Shingles) -> tuple[Shingles, int]:
    common = common_from(len(letters.documents) - 1)
    return Shingles(np.where(found.having >= common, np.uint64(0), found.hashes), found.having), common


def our_pairs(letters: Letters) -> set[tuple[int, int]]:
    one, other, _ = clause_pairs(letters, *rare(letters, shingles(letters)))
    return set(zip(np.minimum(one, other).tolist(), np.maximum(one, other).tolist(), strict=True))


def grams(text: str) -> list[str]:
    whole = squeezed(text)
    return [whole[at : at + 4] for at in range(max(1, len(whole) - 3))]


def rensa_pairs(some: Sequence[str]) -> set[tuple[int, int]]:
    import rensa

    index = rensa.RMinHashLSH(threshold=0.2, num_perm=128, num_bands=64)
    found: set[tuple[int, int]] = set()
    for number, text in enumerate(some):
        sketch = rensa.RMinHash(num_perm=128, seed=1)
        sketch.update(grams(text))
        found |= {(other, number) for other in index.query(sketch)}
        index.insert(number, sketch)
    return found


def datasketch_pairs(some: Sequence[str]) -> set[tuple[int, int]]:
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(num_perm=128, params=(64, 2))
    found: set[tuple[int, int]] = set()
    for number, text in enumerate(some):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([gram.encode() for gram in grams(text)])
        found |= {(other, number) for other in index.query(sketch)}
        index.insert(number, sketch)
    return found


WAYS: dict[str, Callable[[Sequence[str]], set[tuple[int, int]]]] = {
    "rensa": rensa_pairs,
    "datasketch": datasketch_pairs,
}


def planted() -> None:
    """The share of the planted passages whose two clauses each way names as a pair, by words kept."""
    whole = made(600, 1)
    bounds = {each.id: each for each in whole.documents}
    numbers: dict[tuple[str, str], int] = {}
    some: list[str] = []
    for each in whole.documents:
        for clause in each.clauses:
            numbers[each.id, clause.id] = len(some)
            some.append(clause.text)
    letters = gathered((each.text, [(c.id, c.start, c.end) for c in each.clauses]) for each in whole.documents)
    wanted: dict[float, list[tuple[int, int]]] = defaultdict(list)
    for (source, taker), passages in whole.planted.items():
        for passage in passages:
            ends = [
                next(c.id for c in bounds[name].clauses if c.start <= at < c.end)
                for name, at in ((source, passage.source[0]), (taker, passage.taker[0]))
            ]
            one, other = sorted((numbers[source, ends[0]], numbers[taker, ends[1]]))
            wanted[passage.rate].append((one, other))
    for name, way in {"ours": lambda _: our_pairs(letters), **WAYS}.items():
        found, seconds = timed(lambda way=way: way(some))  # type: ignore[misc]
        shares = "  ".join(
            f"{rate:.0%}: {sum(pair in found for pair in wanted[rate]) / len(wanted[rate]):.2f}" for rate in RATES
        )
        print(
            f"planted pairs among {len(some):,} clauses, {name:10} {shares}   named in all {len(found):>9,}  {seconds:6.1f} s"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000")
    parser.add_argument("--laws", type=Path, default=LAWS)
    parser.add_argument("--minhash", action="store_true")
    arguments = parser.parse_args()
    lines = paragraphs(arguments.laws)
    print(f"{'clauses':>9}{'letters':>13}{'letters s':>11}{'shingles s':>12}{'pairs s':>9}{'pairs':>12}{'peak MB':>9}")
    for size in map(int, arguments.sizes.split(",")):
        letters, first = timed(lambda size=size: gathered(texts(lines, size)))  # type: ignore[misc]
        found, second = timed(lambda letters=letters: shingles(letters))  # type: ignore[misc]
        (one, _, _), third = timed(lambda letters=letters, found=found: clause_pairs(letters, *rare(letters, found)))  # type: ignore[misc]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(
            f"{size:>9,}{len(letters.codes):>13,}{first:>11.1f}{second:>12.1f}{third:>9.1f}{len(one):>12,}{peak:>9,}",
            flush=True,
        )
        if arguments.minhash and size <= MINHASH_MOST:
            some = list(clauses(lines, size))
            for name, way in WAYS.items():
                pairs, seconds = timed(lambda way=way, some=some: way(some))  # type: ignore[misc]
                print(f"{size:>9,} {name:12} {seconds:.1f} s, {len(pairs):,} pairs", flush=True)
        del letters, found, one
    if arguments.minhash:
        planted()


if __name__ == "__main__":
    main()
