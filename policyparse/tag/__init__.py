"""The clause classifier, in use: clauses in, their tags with scores out.

In: ClauseContext (a clause, the headings above it, its place, its marks) and a model
file that `policyparse train` made. Out: TagScore, best first; and why. Touches: reads
the model file once, which is data only: no code in it is run, and one that holds
anything but numbers, text and scikit-learn's own classes is refused.

The model is two linear heads over the same features (`features.py`): which tag is the
*main* one (softmax), and which tags the clause has *at all* (one yes-or-no a tag). The
tag whose weighted mean of both is highest comes first; the others that reach their
threshold in the second follow. A score is how likely the clause has that tag,
calibrated on held-out clauses; no other tag's exceeds the first's.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from policyparse.model import TagName, TagScore
from policyparse.passing import PolicyparseError
from policyparse.tag.features import BLOCKS, ClauseContext, Features, blocks_of, marks_of, position_of

__all__ = ["ClauseContext", "Model", "Tagger", "marks_of", "position_of", "shipped_model"]

MODEL_FORMAT = 2
Floats = NDArray[np.float32]
Curve = tuple[NDArray[Any], NDArray[Any]]
# Clauses that are turned into a matrix at once: large enough for numpy, small enough for memory.
BATCH = 2048


class ModelError(PolicyparseError):
    """A model file that is missing, damaged, tampered with, or of another version."""


def shipped_model() -> Path:
    """The model that came with the package, or the checkout's."""
    package = Path(__file__).parent.parent
    inside = package / "models" / "clauses.skops"
    return inside if inside.is_file() else package.parent / "models" / "clauses.skops"


@dataclass(frozen=True)
class Model:
    """What training made: plain numbers and names.

    weights:    a column a tag for each head, main head first: (features, 2 × tags)
    bias:       of the same columns
    share:      the main head's part in the choice of the first tag, 0 to 1
    thresholds: the least probability in the second head with which a tag that is not first is given
    first, others: (probabilities, scores), both growing: the calibrated score of the first tag at its weighted
                mean, and of any other at its probability in the second head; straight lines between
    made:       what it was made of and with (clauses, seed, versions), as text
    """

    tags: tuple[str, ...]
    features: Features
    weights: Floats
    bias: Floats
    share: float
    thresholds: Floats
    first: Curve
    others: Curve
    made: dict[str, str]

    def heads(self, contexts: Sequence[ClauseContext]) -> tuple[Floats, Floats]:
        """(main, any): the probability of each tag to be the main one, and to be there at all; a row a clause."""
        matrix = self.features.matrix(blocks_of(context) for context in contexts)
        return split_heads(np.asarray(matrix @ self.weights) + self.bias)

    def judged(self, contexts: Sequence[ClauseContext]) -> tuple[list[list[int]], Floats]:
        """(given, scores): the columns of the tags given to each clause, best first; the score of every tag."""
        given: list[list[int]] = []
        scores = [np.zeros((0, len(self.tags)), dtype=np.float32)]
        for start in range(0, len(contexts), BATCH):
            main, any_ = self.heads(contexts[start : start + BATCH])
            found, part = decide(main, any_, self.share, self.thresholds, self.first, self.others)
            given += found
            scores.append(part)
        return given, np.concatenate(scores)


def mean_of_heads(main: NDArray[Any], any_: NDArray[Any], share: float) -> NDArray[Any]:
    """What decides which tag comes first."""
    return share * main + (1 - share) * any_


def decide(
    main: NDArray[Any], any_: NDArray[Any], share: float, thresholds: NDArray[Any], first: Curve, others: Curve
) -> tuple[list[list[int]], Floats]:
    """The tags given to each row (first tag first, then by score) and the scores of all, from the two heads."""
    means, rows = mean_of_heads(main, any_, share), np.arange(len(main))
    best = means.argmax(axis=1)
    top = np.interp(means[rows, best], *first)
    scores = np.minimum(np.interp(any_, *others), top[:, None])
    chosen = any_ >= thresholds
    chosen[rows, best] = False
    found = [
        [int(head), *(int(at) for at in np.argsort(-row, kind="stable") if more[at])]
        for head, row, more in zip(best, scores, chosen, strict=True)
    ]
    scores[rows, best] = top
    return found, scores.astype(np.float32)


def split_heads(logits: NDArray[Any]) -> tuple[Floats, Floats]:
    """Softmax of the first half of the columns, logistic of the second."""
    half = logits.shape[1] // 2
    main = np.exp(logits[:, :half] - logits[:, :half].max(axis=1, keepdims=True))
    main /= main.sum(axis=1, keepdims=True)
    return main.astype(np.float32), (1.0 / (1.0 + np.exp(-logits[:, half:]))).astype(np.float32)


def save_model(model: Model, path: Path) -> None:
    """Writes `model` as a skops file of numbers and text; the same model gives the same bytes."""
    import skops.io

    names = "\n".join(model.features.names)
    state = {
        "format": MODEL_FORMAT, "tags": list(model.tags), "features": names, "blocks": list(BLOCKS),
        "rarity": model.features.rarity, "weights": model.weights.astype(np.float16),
        "bias": model.bias, "share": model.share, "thresholds": model.thresholds,
        "first": list(model.first), "others": list(model.others), "made": dict(model.made),
    }  # fmt: skip
    data = skops.io.dumps(state)
    path.parent.mkdir(parents=True, exist_ok=True)
    _repack(data, path)


def _repack(data: bytes, path: Path) -> None:
    """The skops archive with fixed dates and numbered objects (skops names them by memory address)."""
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        numbers: dict[int, int] = {}
        files: dict[str, str] = {}

        def renumber(node: dict[str, Any]) -> dict[str, Any]:
            if "__id__" in node:
                node["__id__"] = numbers.setdefault(node["__id__"], len(numbers) + 1)
            if "file" in node:
                node["file"] = files.setdefault(node["file"], f"{len(files) + 1}.npy")
            return node

        schema = json.loads(old.read("schema.json"), object_hook=renumber)
        entries = {"schema.json": json.dumps(schema).encode()} | {to: old.read(name) for name, to in files.items()}
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)


def load_model(path: Path) -> Model:
    """The model in `path`. Raises ModelError in one plain sentence when it is not one that can be trusted and used."""
    import skops.io

    again = "train it again with `policyparse train`, or reinstall policyparse"
    if not path.is_file():
        raise ModelError(f"{path}: no model file there — {again}")
    try:
        if strange := skops.io.get_untrusted_types(file=path):
            raise ModelError(f"{path}: the model file was tampered with: it holds {', '.join(strange)} — {again}")
        state = skops.io.load(path, trusted=[])
        if state["format"] != MODEL_FORMAT:
            raise ModelError(f"{path}: model format {state['format']}, this version reads {MODEL_FORMAT} — {again}")
        model = _from_state(state)
    except ModelError:
        raise
    except Exception as error:  # skops and zipfile raise whatever the damage leads them to
        raise ModelError(f"{path}: the model file is damaged ({type(error).__name__}: {error}) — {again}") from None
    _warn_if_older(path, model)
    return model


def _warn_if_older(path: Path, model: Model) -> None:
    """Says so when `model` was made with another scikit-learn: the numbers stay the same, the training may not."""
    import sklearn

    made = model.made.get("scikit-learn", "of unknown version")
    if made.split(".")[:2] != sklearn.__version__.split(".")[:2]:
        warnings.warn(
            f"{path}: made with scikit-learn {made}, installed is {sklearn.__version__}: it works as it did, but "
            "training again may give other figures — `policyparse evaluate` shows them",
            stacklevel=3,
        )


def _from_state(state: dict[str, Any]) -> Model:
    names = state["features"].split("\n") if state["features"] else []
    tags = tuple(state["tags"])
    weights = np.asarray(state["weights"], dtype=np.float32)
    if weights.shape != (len(names), 2 * len(tags)) or len(state["rarity"]) != len(names):
        raise ValueError(f"{len(names)} features and {len(tags)} tags, but weights of {weights.shape}")
    if list(state["blocks"]) != list(BLOCKS):
        raise ValueError("its blocks of features are not this version's")
    numbers = [weights, state["bias"], state["thresholds"], *state["first"], *state["others"]]
    if not all(np.isfinite(np.asarray(part)).all() for part in numbers):
        raise ValueError("a number in it is not finite")
    return Model(
        tags=tags, features=Features(names, state["rarity"]), weights=weights,
        bias=np.asarray(state["bias"], dtype=np.float32), share=float(state["share"]),
        thresholds=np.asarray(state["thresholds"], dtype=np.float32),
        first=_curve(state["first"]), others=_curve(state["others"]),
        made=dict(state["made"]),
    )  # fmt: skip


def _curve(pair: Sequence[Any]) -> Curve:
    return np.asarray(pair[0]), np.asarray(pair[1])


class Tagger:
    """Tags clauses with a trained model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    @classmethod
    def load(cls, path: Path | str | None = None) -> Tagger:
        """The tagger of the model in `path`; of the shipped one if None. Raises ModelError."""
        return cls(load_model(Path(path) if path is not None else shipped_model()))

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags that the model knows, in the order of its columns."""
        return self.model.tags

    def ranked(self, contexts: Sequence[ClauseContext]) -> list[list[tuple[str, float]]]:
        """(tag, score) of each clause, best first: the best tag, and all that reach their threshold."""
        given, scores = self.model.judged(contexts)
        return [
            [(self.model.tags[at], float(row[at])) for at in found] for found, row in zip(given, scores, strict=True)
        ]

    def tag(self, contexts: Sequence[ClauseContext]) -> list[list[TagScore]]:
        """The tags of each clause with calibrated scores in 0–1, best first, at least one.

        `contexts` are the clauses of one document or of many; each is judged alone.
        """
        return [
            [TagScore(tag=cast(TagName, tag), score=round(score, 4)) for tag, score in found]
            for found in self.ranked(contexts)
        ]

    def explain(self, context: ClauseContext, tag: str | None = None, most: int = 12) -> list[tuple[str, float]]:
        """(feature, weight) that spoke most for `tag` (the clause's best if None), and against it, strongest first.

        A feature is "block: what": `word: 下放`, `head: =组织领导`, `mark: responsibility`. The weight
        is what it added to the tag's logit, over the mean of all tags, mean of the two heads.
        """
        model = self.model
        if tag is not None and tag not in model.tags:
            raise PolicyparseError(f"no tag {tag} in this model — it knows {', '.join(model.tags)}")
        column = model.tags.index(tag) if tag else model.judged([context])[0][0][0]
        row = model.features.matrix([blocks_of(context)])
        size = len(model.tags)
        main, any_ = model.weights[row.indices, :size], model.weights[row.indices, size:]
        parts = model.share * (main[:, column] - main.mean(axis=1)) + (1 - model.share) * any_[:, column]
        parts = parts * row.data
        best = np.argsort(-np.abs(parts), kind="stable")[:most]
        return [(model.features.names[row.indices[at]].replace("\t", ": "), round(float(parts[at]), 4)) for at in best]
