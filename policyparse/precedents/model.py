"""What the clauses of a corpus teach: how much a word or a pair of characters tells, and which ones mean alike.

In: clauses without names (names.py). Out: Model: weights, vectors of clauses, the clauses nearest to one; a file.
Touches: the file that it is told to write or read.

Latent semantic analysis: words and pairs of characters weighted by tf-idf, a truncated singular value decomposition
over them, and each clause as a direction in its space, a byte a dimension. Clauses are known by their fold
(corpus/passages.py), so that the model fits the corpus whatever was imported again; new ones are placed in the space
as it is, until the corpus has doubled.
"""

from __future__ import annotations

import os
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from policyparse.passing import PolicyparseError
from policyparse.precedents.names import Nameless

#: Goes up when features or file change; a file of another number is learned anew.
MODEL_VERSION = 1

DIMENSIONS = 64
#: A space of so many dimensions means nothing below this number of clauses: then there are weights only.
_LEAST = 1000
#: Clauses from which the space is learned, evenly over the corpus; more move the figures by less than the noise.
_SAMPLE = 40_000
#: Features kept, the most frequent first; what stands in one clause only tells nothing of likeness.
_FEATURES = 60_000
#: Clauses made to vectors at a time.
_BATCH = 2_000

Floats = NDArray[np.float32]
#: (fold, its clause without names)
Clauses = Iterable[tuple[int, Nameless]]


def features(clause: Nameless) -> Counter[str]:
    """The words and the pairs of characters of a clause; a word of two characters is also one of the pairs."""
    found = Counter(f"{word} " for word in clause.words if len(word) > 1)
    found.update(clause.pairs)
    return found


class Model:
    """Weights of features, and vectors of clauses.

    folds, rows: known clauses and their vectors, each of length 1
    clauses:     how many clauses the corpus had when the model was brought up to date
    learned:     how many it had when the space was learned
    """

    def __init__(
        self,
        names: Sequence[str],
        weights: Floats,
        basis: Floats,
        folds: NDArray[np.int64],
        rows: NDArray[np.int8],
        clauses: int,
        learned: int,
    ) -> None:
        self.names, self.weights, self.basis = names, weights, basis
        self.folds, self.clauses, self.learned = folds, clauses, learned
        self._place = {name: at for at, name in enumerate(names)}
        self._bytes = rows
        self._rows = rows.astype(np.float32) / 127
        self._row_of: dict[int, int] | None = None
        #: what a feature weighs that too few clauses have: as much as the rarest
        self.rarest = float(weights.max()) if len(weights) else 1.0

    def weight(self, feature: str) -> float:
        """How much a feature tells: its inverse document frequency."""
        place = self._place.get(feature)
        return self.rarest if place is None else float(self.weights[place])

    @property
    def has_vectors(self) -> bool:
        """Whether there is a space; a small corpus has weights only."""
        return bool(self.basis.shape[1])

    def vector(self, clause: Nameless) -> Floats:
        """A clause's direction in the space; zero when it has no known feature."""
        found: Floats = self.vectors([clause])[0]
        return found

    def vectors(self, clauses: Sequence[Nameless]) -> Floats:
        """`vector` of many."""
        out = np.zeros((len(clauses), self.basis.shape[1]), np.float32)
        for at, clause in enumerate(clauses):
            places, values = self._values(clause)
            if len(places):
                out[at] = values @ self.basis[places]
        lengths = np.linalg.norm(out, axis=1, keepdims=True)
        return np.asarray(out / np.maximum(lengths, 1e-9), np.float32)

    def nearest(self, vector: Floats, number: int) -> list[int]:
        """The folds of the `number` clauses whose directions are nearest to `vector`, in no order."""
        if not len(self.folds) or not vector.any():
            return []
        likeness = self._rows @ vector
        number = min(number, len(likeness))
        return [int(fold) for fold in self.folds[np.argpartition(-likeness, number - 1)[:number]]]

    def likeness(self, vector: Floats, fold: int, clause: Callable[[], Nameless]) -> float:
        """The cosine of `vector` and of the clause `fold`, which `clause` gives where it is not known."""
        if self._row_of is None:
            self._row_of = {int(one): at for at, one in enumerate(self.folds)}
        at = self._row_of.get(fold)
        other = self._rows[at] if at is not None else self.vector(clause())
        return max(0.0, float(other @ vector))

    def knows(self, fold: int) -> bool:
        if self._row_of is None:
            self._row_of = {int(one): at for at, one in enumerate(self.folds)}
        return fold in self._row_of

    def with_clauses(self, clauses: Clauses, number: int) -> Model:
        """The same space with more clauses in it; `number` is how many the corpus has now."""
        folds, rows = [self.folds], [self._bytes]
        stream = iter(clauses)
        while self.has_vectors and (some := list(islice(stream, _BATCH))):
            folds.append(np.array([fold for fold, _ in some], np.int64))
            rows.append(np.rint(self.vectors([clause for _, clause in some]) * 127).astype(np.int8))
        return Model(
            self.names, self.weights, self.basis, np.concatenate(folds), np.concatenate(rows), number, self.learned
        )

    def _values(self, clause: Nameless) -> tuple[list[int], Floats]:
        places: list[int] = []
        counts: list[int] = []
        for name, count in features(clause).items():
            place = self._place.get(name)
            if place is not None:
                places.append(place)
                counts.append(count)
        return places, (1 + np.log(np.array(counts, np.float32))) * self.weights[places]

    # -- the file ----------------------------------------------------------------------------------------------------

    def save(self, path: Path) -> None:
        """Writes the model; it appears under `path` when it is whole."""
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                np.savez(
                    file,
                    version=np.array([MODEL_VERSION, self.clauses, self.learned], np.int64),
                    names=np.frombuffer("\n".join(self.names).encode(), np.uint8),
                    weights=self.weights.astype(np.float16),
                    basis=self.basis.astype(np.float16),
                    folds=self.folds,
                    rows=self._bytes,
                )
            os.replace(part, path)
        finally:
            part.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> Model | None:
        """The model in the file; None when there is none, or one that this version cannot use (then learn anew)."""
        try:
            with np.load(path, allow_pickle=False) as file:
                version, clauses, learned = (int(number) for number in file["version"])
                if version != MODEL_VERSION:
                    return None
                names = file["names"].tobytes().decode().split("\n")
                arrays = (file["weights"].astype(np.float32), file["basis"].astype(np.float32))
                folds, rows = file["folds"], file["rows"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        weights, basis = arrays
        if len(names) != len(weights) or basis.shape[0] != len(names) or rows.shape != (len(folds), basis.shape[1]):
            return None
        return cls(names, weights, basis, folds, rows, clauses, learned)


def learn(clauses: Callable[[], Clauses], number: int, dimensions: int = DIMENSIONS) -> Model:
    """The model of `number` clauses, which `clauses` gives as often as it is called."""
    if not number:
        raise PolicyparseError("there are no clauses to learn from — import documents first")
    step = max(1, number // _SAMPLE)
    sample = [features(clause) for _, clause in islice(clauses(), 0, None, step)]
    frequency = Counter(name for each in sample for name in each)
    names = [name for name, times in frequency.most_common(_FEATURES) if times > 1 and "\n" not in name]
    count = len(sample)
    weights = np.array([np.log((1 + count) / (1 + frequency[name])) + 1 for name in names], np.float32)
    basis = np.zeros((len(names), 0), np.float32)
    if count >= _LEAST:
        basis = _space(sample, names, weights, min(dimensions, len(names) - 1))
    empty = np.zeros(0, np.int64), np.zeros((0, basis.shape[1]), np.int8)
    return Model(names, weights, basis, *empty, number, number).with_clauses(clauses(), number)


def _space(sample: Sequence[Counter[str]], names: Sequence[str], weights: Floats, dimensions: int) -> Floats:
    """The directions in which the sample's clauses differ most, a column each."""
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD

    place = {name: at for at, name in enumerate(names)}
    starts, places, values = [0], [], []
    for each in sample:
        known = [(place[name], 1 + np.log(count)) for name, count in each.items() if name in place]
        row = np.array([value for _, value in known], np.float32) * weights[[at for at, _ in known]]
        values.append(row / max(float(np.linalg.norm(row)), 1e-9))
        places += [at for at, _ in known]
        starts.append(len(places))
    matrix = csr_matrix((np.concatenate(values), places, starts), shape=(len(sample), len(names)), dtype=np.float32)
    found = TruncatedSVD(dimensions, n_iter=4, random_state=0).fit(matrix)
    return np.asarray(found.components_.T, np.float32)
