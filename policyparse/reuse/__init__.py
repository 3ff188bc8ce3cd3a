"""Who copied whom: the passages that documents share, and which of two had them first.

In: a Corpus or Documents. Out: Reuse: pairs of documents with their passages, what was set aside, what was folded.
Touches: reads the corpus.

    from policyparse.corpus import Corpus
    from policyparse.reuse import reuse
    with Corpus.open("pilots") as corpus:
        for pair in reuse(corpus).pairs:
            print(pair.source.title, "→", pair.taker.title, pair.shared, pair.direction.sure)

letters.py (documents → letters with their offsets) → shingles.py (who may share what) → alignment.py (exact runs, joined)
→ direction.py, dating.py (who was first) → here (what counts, folding of copies, boilerplate)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.reuse.alignment import Aligner, Chain, Run
from policyparse.reuse.dating import Dated, dated
from policyparse.reuse.direction import Direction, Evidence, Facts, direction, facts
from policyparse.reuse.families import folded
from policyparse.reuse.letters import Letters, gathered
from policyparse.reuse.shingles import SIZE, Shingles, clause_pairs, shingles
from policyparse.vocabulary import Vocabulary, shipped

__all__ = [
    "Boilerplate", "Dated", "Direction", "Evidence", "Facts", "Pair", "Passage", "Reuse", "dated", "direction", "facts",
    "reuse",
]  # fmt: skip

#: A shingle that this many document families have is what everyone uses: 2 % of them, at least 6, at most 40.
COMMON_SHARE, COMMON_LEAST, COMMON_MOST = 0.02, 6, 40

#: A passage counts from this many letters in runs that not everyone uses; in a pair that has one such passage the
#: weaker ones count too. Swept by tests/benchmarks/reuse_pairs.py.
STRONG, WEAK = 20, 12
#: … and from this share of the letters between its first and its last run.
DENSE = 0.4
#: … and one run of a passage must be this long: six characters in a row are seldom chance.
LONGEST = 6


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the source's clause that the taker's clause has too.

    from_clause, to_clause: `document#c7`; from_start … to_end: offsets into the two documents' texts
    runs:     the parts that are word for word the same, as (from_start, from_end, to_start, to_end)
    shared:   letters and digits in the runs; families: in how many document families its rarest words stand
    """

    from_clause: str
    to_clause: str
    from_start: int
    from_end: int
    to_start: int
    to_end: int
    from_text: str
    to_text: str
    runs: tuple[tuple[int, int, int, int], ...]
    shared: int
    families: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents that share passages; where `direction.forward` is None, source and taker are not told apart.

    from_share, to_share: the share of all letters of the source's and the taker's clauses
    common: letters in passages that were set aside, because everyone uses them
    """

    source: Facts
    taker: Facts
    passages: tuple[Passage, ...]
    shared: int
    from_share: float
    to_share: float
    common: int
    direction: Direction


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Words that many document families use: one place where they stand, and in how many families."""

    text: str
    families: int
    clause: str


@dataclass(frozen=True, slots=True)
class Reuse:
    """pairs by shared letters, most first; folded: copies of one document (the one that is shown, the others);
    boilerplate: what was set aside, most used first; documents, clauses: how many were looked at."""

    pairs: tuple[Pair, ...]
    folded: tuple[tuple[Facts, ...], ...]
    boilerplate: tuple[Boilerplate, ...]
    documents: int
    clauses: int
    facts: tuple[Facts, ...] = field(repr=False)


def reuse(
    source: Corpus | Iterable[Document],
    *,
    between: Sequence[str] | None = None,
    vocabulary: Vocabulary | None = None,
) -> Reuse:
    """Looks for passages that documents of `source` have from each other.

    between: ids (or their beginnings) of documents; then only pairs with both among them are shown. What everyone uses
             is still judged by the whole source.
    Raises PolicyparseError when an id of `between` is not there.
    """
    known, texts, names = _read(source)
    letters = gathered(texts)
    wanted = _wanted(known, between)
    found = shingles(letters)
    families, kept = folded(known, letters, found)
    if len(kept) < len(known):
        known = [known[number] for number in kept]
        texts = [texts[number] for number in kept]
        names = [names[number] for number in kept]
        letters = gathered(texts)
        found = shingles(letters)
    everyones = common_from(len(known))
    common = (found.having >= everyones) | _stock(letters, found, vocabulary or shipped())
    aligner = Aligner(letters, found, common, _in_names(letters, names))
    pairs = []
    for one, other in _document_pairs(
        letters, Shingles(np.where(common, np.uint64(0), found.hashes), found.having), everyones
    ):
        if wanted is None or (known[one].id in wanted and known[other].id in wanted):
            pair = _pair(known, texts, letters, found, aligner.chains(one, other), one, other)
            if pair is not None:
                pairs.append(pair)
    pairs.sort(key=lambda pair: (-pair.shared, pair.source.id, pair.taker.id))
    return Reuse(
        tuple(pairs), tuple(families), tuple(_boilerplate(known, texts, letters, found, everyones)),
        sum(len(family) for family in families) + len(kept) - len(families), len(letters.clauses), tuple(known),
    )  # fmt: skip


def common_from(families: int) -> int:
    """The number of families from which on words are what everyone uses."""
    return max(COMMON_LEAST, min(COMMON_MOST, round(families * COMMON_SHARE)))


_Text = tuple[str, list[tuple[str, int, int]]]
_Spans = list[tuple[int, int]]


def _read(source: Corpus | Iterable[Document]) -> tuple[list[Facts], list[_Text], list[_Spans]]:
    """The documents' facts, texts with their clauses, and names; a document that comes twice is one with two files."""
    at: dict[str, int] = {}
    known: list[Facts] = []
    texts: list[_Text] = []
    names: list[_Spans] = []
    files: dict[str, list[str]] = defaultdict(list)
    store = source.store if isinstance(source, Corpus) else None
    for document in source.documents() if isinstance(source, Corpus) else source:
        files[document.id].append(document.source.path)
        if document.id in at:
            continue
        at[document.id] = len(known)
        where = [path for path, _ in store.sources(document.id)] if store else ()
        known.append(facts(document, where))
        texts.append((document.text, [(clause.id, clause.start, clause.end) for clause in document.clauses]))
        names.append([(name.start, name.end) for name in (*document.institutions, *document.citations)])
    if store is None:
        known = [replace(each, files=tuple(dict.fromkeys(files[each.id]))) for each in known]
    return known, texts, names


def _wanted(known: Sequence[Facts], between: Sequence[str] | None) -> set[str] | None:
    if between is None:
        return None
    wanted: set[str] = set()
    for prefix in between:
        found = [each.id for each in known if each.id.startswith(prefix)]
        if len(found) != 1:
            raise PolicyparseError(
                f"{prefix}: {'no such document' if not found else f'{len(found)} documents begin so'} — "
                "policyparse search shows the ids"
            )
        wanted.add(found[0])
    return wanted


def _document_pairs(letters: Letters, found: Shingles, common: int) -> Iterator[tuple[int, int]]:
    """Documents with at least one pair of clauses that share enough rare shingles, in order."""
    one, other, _ = clause_pairs(letters, found, common)
    document = letters.document_of_clauses().astype(np.int64)
    number = np.int64(len(letters.documents) - 1)
    a, b = np.minimum(document[one], document[other]), np.maximum(document[one], document[other])
    for each in np.unique(a * number + b).tolist():
        yield each // int(number), each % int(number)


def _in_names(letters: Letters, names: Sequence[_Spans]) -> NDArray[np.bool_]:
    """The letters of names of organs and of cited documents: both have them from the world, not from each other."""
    inside = np.zeros(len(letters.codes), np.bool_)
    for document, spans in enumerate(names):
        start, end = letters.span(document)
        for first, last in spans:
            low, high = np.searchsorted(letters.offsets[start:end], (first, last))
            inside[start + low : start + high] = True
    return inside


def _stock(letters: Letters, found: Shingles, vocabulary: Vocabulary) -> NDArray[np.bool_]:
    """Where a shingle of the stock phrases of the trade begins (vocab/boilerplate.csv)."""
    phrases = [row["phrase"] for row in vocabulary.table("boilerplate")]
    stock = shingles(gathered((phrase, [("", 0, len(phrase))]) for phrase in phrases))
    return np.isin(found.hashes, stock.hashes[stock.hashes != 0])


def _pair(
    known: Sequence[Facts], texts: Sequence[_Text], letters: Letters, found: Shingles, chains: Sequence[Chain],
    one: int, other: int,
) -> Pair | None:  # fmt: skip
    """The pair with its direction, when its documents share a passage that counts."""
    dense = [chain for chain in chains if _is_passage(chain)]
    if not any(chain.distinct >= STRONG for chain in dense):
        return None
    taken = [chain for chain in dense if chain.distinct >= WEAK]
    aside = sum(chain.shared for chain in chains if chain.distinct < WEAK <= chain.shared)
    spans = [(_span(letters, *chain.one), _span(letters, *chain.other)) for chain in taken]
    way = direction(
        known[one], known[other],
        "\n".join(texts[one][0][a:b] for (a, b), _ in spans), "\n".join(texts[other][0][a:b] for _, (a, b) in spans),
    )  # fmt: skip
    if way.forward is False:
        one, other = other, one
        taken = sorted(map(_turned, taken), key=lambda chain: chain.one)
        turned = tuple(Evidence(each.reason, not each.forward, each.words) for each in way.evidence)
        way = Direction(True, way.sure, turned)
    sizes = [max(1, letters.span(number)[1] - letters.span(number)[0]) for number in (one, other)]
    shared = sum(chain.shared for chain in taken)
    return Pair(
        known[one], known[other],
        tuple(_passage(known, texts, letters, found, chain, one, other) for chain in taken),
        shared, round(shared / sizes[0], 4), round(shared / sizes[1], 4), aside, way,
    )  # fmt: skip


def _is_passage(chain: Chain) -> bool:
    length = min(chain.one[1] - chain.one[0], chain.other[1] - chain.other[0])
    return chain.longest >= LONGEST and chain.shared >= DENSE * length


def _turned(chain: Chain) -> Chain:
    return replace(chain, runs=tuple(Run(run.other, run.one, run.length) for run in chain.runs))


def _span(letters: Letters, start: int, end: int) -> tuple[int, int]:
    """The span in its document's text of the letters `start` to `end`."""
    return int(letters.offsets[start]), int(letters.offsets[end - 1]) + 1


def _passage(
    known: Sequence[Facts],
    texts: Sequence[_Text],
    letters: Letters,
    found: Shingles,
    chain: Chain,
    one: int,
    other: int,
) -> Passage:
    a, b = _span(letters, *chain.one)
    c, d = _span(letters, *chain.other)
    rarest = min(int(found.having[run.one]) for run in chain.runs if run.length >= SIZE)
    return Passage(
        f"{known[one].id}#{letters.clause_at(chain.one[0])}", f"{known[other].id}#{letters.clause_at(chain.other[0])}",
        a, b, c, d, texts[one][0][a:b], texts[other][0][c:d],
        tuple(
            (*_span(letters, run.one, run.one + run.length), *_span(letters, run.other, run.other + run.length))
            for run in chain.runs
        ),
        chain.shared, max(2, rarest),
    )  # fmt: skip


def _boilerplate(
    known: Sequence[Facts], texts: Sequence[_Text], letters: Letters, found: Shingles, common: int
) -> Iterator[Boilerplate]:
    """The longest stretches of shingles that `common` families have, the most used first, each once."""
    everyones = np.concatenate(([0], (found.having >= common).astype(np.int8), [0]))
    edges = np.diff(everyones)
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    long = ends - starts + SIZE - 1 >= _PHRASE
    seen: set[str] = set()
    rows = []
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        words = letters.text(start, end + SIZE - 1)
        if words not in seen:
            seen.add(words)
            rows.append((int(found.having[start:end].min()), start, end + SIZE - 1))
    for families, start, end in sorted(rows, key=lambda row: (-row[0], row[1]))[:_PHRASES]:
        document = int(np.searchsorted(letters.bounds[letters.documents], start, "right")) - 1
        a, b = _span(letters, start, end)
        yield Boilerplate(texts[document][0][a:b], families, f"{known[document].id}#{letters.clause_at(start)}")


#: Common stretches are shown from this many letters on (以科学发展观为指导 has nine), and this many of them.
_PHRASE, _PHRASES = 9, 100
