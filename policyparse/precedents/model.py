"""What the clauses of a corpus teach: how much a pair of characters tells, and which pairs mean alike.

In: clauses without names (names.py). Out: Model, which reads a clause as weights and a direction; a file.
Touches: the file that it is told to write or read.

Latent semantic analysis: pairs of characters weighted by tf-idf, and a truncated singular value decomposition over a
sample of the clauses. The clauses themselves are not kept: those that are compared are read again, so that the model is
as small for a million clauses as for forty thousand, and what was imported since needs nothing. Measured and left out
(bench_precedents.py had them): vectors kept for all clauses as a second net beside BM25 (no source more was found, for
20 MB and 200 s at 320,000 clauses), words as features beside pairs, likeness of single words learned from their neighbours.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policyparse.words import pairs

#: Goes up when features or file change; a file of another number is learned anew.
MODEL_VERSION = 3

#: Clauses from which it is learned, evenly over the corpus.
SAMPLE = 40_000
#: Pairs that are known, the most frequent first: 40,000 rank no better.
_PAIRS = 20_000
#: Dimensions of the space: 64 rank worse, 256 no better. A space of many dimensions means nothing for few clauses, and
#: would be larger than their text.
_DIMENSIONS = 128
_CLAUSES_A_DIMENSION = 100
#: Below this number of clauses there are weights only.
_LEAST = 2000
#: Clauses read that are remembered: those of a long draft find the same ones again and again.
_REMEMBERED = 8_192

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Read:
    """A clause as the model reads it: its pairs of characters, what they weigh together, its direction in the space."""

    pairs: frozenset[str]
    weight: float
    direction: Floats


class Model:
    """Weights of pairs, and directions of clauses.

    learned: how many clauses the corpus had when it was learned; length: how many characters they have on average
    """

    def __init__(self, names: list[str], weights: Floats, basis: Floats, learned: int, length: int) -> None:
        self.names, self.weights, self.basis, self.learned, self.length = names, weights, basis, learned, length
        self._place = {name: at for at, name in enumerate(names)}
        self._weight = dict(zip(names, map(float, weights), strict=True))
        #: what a pair weighs that too few clauses have: as much as the rarest
        self._rarest = float(weights.max()) if len(weights) else 1.0
        self.read = lru_cache(_REMEMBERED)(self._read)

    @property
    def has_space(self) -> bool:
        """Whether clauses have directions; in a small corpus they have none."""
        return bool(self.basis.shape[1])

    def _read(self, text: str) -> Read:
        """A clause without names, as the model reads it."""
        counts = Counter(pairs(text))
        direction = np.zeros(self.basis.shape[1], np.float32)
        known = [(self._place[name], count) for name, count in counts.items() if name in self._place]
        if known and self.has_space:
            places = [place for place, _ in known]
            values = (1 + np.log(np.array([count for _, count in known], np.float32))) * self.weights[places]
            direction = np.asarray(values @ self.basis[places], np.float32)
            direction /= max(float(np.linalg.norm(direction)), 1e-9)
        return Read(frozenset(counts), self.weigh(counts), direction)

    def weigh(self, some: Iterable[str]) -> float:
        """How much these pairs tell together: the sum of their inverse document frequencies."""
        return sum(self._weight.get(pair, self._rarest) for pair in some)

    def save(self, path: Path) -> None:
        """Writes the model; it appears under `path` when it is whole."""
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        scale = np.maximum(np.abs(self.basis).max(axis=0, initial=0), 1e-9)
        try:
            with part.open("wb") as file:
                np.savez_compressed(
                    file,
                    version=np.array([MODEL_VERSION, self.learned, self.length], np.int64),
                    names=np.frombuffer("\n".join(self.names).encode(), np.uint8),
                    weights=self.weights.astype(np.float16),
                    basis=np.rint(self.basis / scale * 127).astype(np.int8),
                    scale=scale.astype(np.float32),
                )
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> Model | None:
        """The model in the file; None when there is none, or one that this version cannot use (then learn anew)."""
        try:
            with np.load(path, allow_pickle=False) as file:
                version, learned, length = (int(number) for number in file["version"])
                if version != MODEL_VERSION:
                    return None
                names = file["names"].tobytes().decode().split("\n") if len(file["names"]) else []
                weights = file["weights"].astype(np.float32)
                basis = file["basis"].astype(np.float32) * (file["scale"] / 127)
        except Exception:  # numpy, zipfile and zlib throw a dozen kinds at a damaged file; it is made again at no loss
            return None
        if len(names) != len(weights) or basis.ndim != 2 or len(basis) != len(names):
            return None
        return cls(names, weights, np.asarray(basis, np.float32), learned, length)


def learn(clauses: Iterable[str], number: int) -> Model:
    """The model of a sample of clauses without names, out of `number`."""
    sample = [Counter(pairs(text)) for text in clauses]
    frequency = Counter(name for each in sample for name in each)
    count = len(sample)
    # what stands in two clauses of forty thousand is a misprint or a name
    least = 2 if count < _LEAST else 3
    most = min(_PAIRS, max(2 * count, 1000))
    names = [name for name, times in frequency.most_common(most) if times >= least and "\n" not in name]
    weights = np.array([np.log((1 + count) / (1 + frequency[name])) + 1 for name in names], np.float32)
    basis = np.zeros((len(names), 0), np.float32)
    if count >= _LEAST:
        basis = _space(sample, names, weights, min(_DIMENSIONS, count // _CLAUSES_A_DIMENSION))
    length = max(1, round(sum(each.total() for each in sample) / max(1, count)))
    return Model(names, weights, basis, number, length)


def _space(sample: list[Counter[str]], names: list[str], weights: Floats, dimensions: int) -> Floats:
    """The directions in which the sample's clauses differ most, a column each."""
    from scipy.sparse import csr_matrix  # half a second to load, and only here
    from sklearn.utils.extmath import randomized_svd

    place = {name: at for at, name in enumerate(names)}
    starts, places, values = [0], [], []
    for each in sample:
        known = [(place[name], count) for name, count in each.items() if name in place]
        own = [at for at, _ in known]
        row = (1 + np.log(np.array([count for _, count in known], np.float32))) * weights[own]
        values.append(row / max(float(np.linalg.norm(row)), 1e-9))
        places += own
        starts.append(len(places))
    matrix = csr_matrix((np.concatenate(values), places, starts), shape=(len(sample), len(names)), dtype=np.float32)
    _, _, directions = randomized_svd(matrix, dimensions, n_iter=3, random_state=0)
    return np.asarray(directions.T, np.float32)
