"""Model files: a Model into a skops file, and out of one that holds numbers and text alone.

In: a Model or a path. Out: the file, byte for byte the same for the same model; or the Model. Touches: that file.

skops writes the file, and `skops.io.load` opens it. We read it ourselves, because `import skops.io` loads all of
scikit-learn (2–3 s at every start of the program) for what is a zip with a JSON tree and arrays. The reader builds
dict, list, text, numbers and arrays of numbers, and refuses every other node: no name in the file is ever imported.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from policyparse.passing import PolicyparseError
from policyparse.tag.features import BLOCKS, Features
from policyparse.tag.heads import Around, Model

Arrays = Callable[[str], Any]
MODEL_FORMAT = 4
# A model is below 20 MB packed; what unpacks to more than this is none of ours. The tree with the names of 90,000 features
# is 2.4 MB; in memory JSON can take 25 times its size.
MOST_BYTES, MOST_TREE = 400_000_000, 20_000_000


class ModelError(PolicyparseError):
    """A model file that is missing, damaged, tampered with, or of another version."""


class _Strange(Exception):
    """A node that is neither number nor text."""


def shipped_model() -> Path:
    """The model that came with the package, or the checkout's."""
    package = Path(__file__).parent.parent
    inside = package / "models" / "clauses.skops"
    return inside if inside.is_file() else package.parent / "models" / "clauses.skops"


def save_model(model: Model, path: Path) -> None:
    """Writes `model` as a skops file of numbers and text; the same model gives the same bytes."""
    import skops.io

    state = {
        "format": MODEL_FORMAT, "tags": list(model.tags), "features": "\n".join(model.features.names),
        "blocks": list(BLOCKS), "rarity": model.features.rarity, "weights": model.weights.astype(np.float16),
        "bias": model.bias, "share": model.share, "prior": model.prior, "around": list(model.around),
        "thresholds": model.thresholds, "first": list(model.first), "others": list(model.others),
        "made": dict(model.made),
    }  # fmt: skip
    data = skops.io.dumps(state)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        _repack(data, part)
        _from_state(read_state(part))  # what cannot be read again is never put in place of what can
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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
    again = "train it again with `policyparse train`, or reinstall policyparse"
    if not path.is_file():
        raise ModelError(f"{path}: no model file there — {again}")
    try:
        state = read_state(path)
        if state["format"] != MODEL_FORMAT:
            raise ModelError(f"{path}: model format {state['format']}, this version reads {MODEL_FORMAT} — {again}")
        model = _from_state(state)
    except ModelError:
        raise
    except _Strange as error:
        raise ModelError(f"{path}: the model file was tampered with: it holds {error} — {again}") from None
    except Exception as error:  # zipfile, json and numpy raise whatever the damage leads them to
        raise ModelError(f"{path}: the model file is damaged ({type(error).__name__}: {error}) — {again}") from None
    _warn_if_older(path, model)
    return model


def read_state(path: Path) -> dict[str, Any]:
    """The numbers and text in a skops file. Raises _Strange for anything else, and whatever damage leads to."""
    with zipfile.ZipFile(path) as archive:
        whole = sum(entry.file_size for entry in archive.infolist())
        if whole > MOST_BYTES or archive.getinfo("schema.json").file_size > MOST_TREE:
            raise ValueError("it unpacks to more than a model can be")
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in archive.infolist()):
            raise ValueError("it is packed otherwise than models are")

        @cache  # however many nodes name a file, it is in memory once
        def array(name: str) -> Any:
            return np.lib.format.read_array(io.BytesIO(archive.read(name)), allow_pickle=False)

        state = _value(json.loads(archive.read("schema.json")), array)
    if not isinstance(state, dict):
        raise ValueError("it holds no model")
    return state


def _value(node: dict[str, Any], array: Arrays) -> Any:
    """What a node of the JSON tree stands for; `array` gives the numbers in a file of the archive."""
    reader = _READERS.get(_kind(node))
    if reader is None:
        raise _Strange(f"{node.get('__module__')}.{node.get('__class__')}")
    return reader(node, array)


def _kind(node: dict[str, Any]) -> tuple[Any, Any, Any]:
    return node.get("__loader__"), node.get("__module__"), node.get("__class__")


def _dictionary(node: dict[str, Any], array: Arrays) -> dict[str, Any]:
    for key in node["key_types"]["content"]:
        if _kind(key) != ("TypeNode", "builtins", "str"):
            raise _Strange(f"a key of type {key.get('__class__')}")
    return {name: _value(part, array) for name, part in node["content"].items()}


_READERS: dict[tuple[Any, Any, Any], Callable[[dict[str, Any], Arrays], Any]] = {
    ("DictNode", "builtins", "dict"): _dictionary,
    ("ListNode", "builtins", "list"): lambda node, array: [_value(part, array) for part in node["content"]],
    # text and numbers, whatever their type, are written in this way
    ("JsonNode", "builtins", "str"): lambda node, _: json.loads(node["content"]),
    ("NdArrayNode", "numpy", "ndarray"): lambda node, array: array(node["file"]),
}


def _warn_if_older(path: Path, model: Model) -> None:
    """Says so when `model` was made with another scikit-learn: the numbers stay the same, the training may not."""
    made = model.made.get("scikit-learn", "of unknown version")
    try:
        installed = version("scikit-learn")
    except PackageNotFoundError:
        return
    if made.split(".")[:2] != installed.split(".")[:2]:
        warnings.warn(
            f"{path}: made with scikit-learn {made}, installed is {installed}: it works as it did, but "
            "training again may give other figures — `policyparse evaluate` shows them",
            stacklevel=3,
        )


def _from_state(state: dict[str, Any]) -> Model:
    names = state["features"].split("\n") if state["features"] else []
    tags = tuple(state["tags"])
    if not tags or len(set(tags)) < len(tags) or not all(isinstance(tag, str) for tag in tags):
        raise ValueError("its tags are not different names")
    if list(state["blocks"]) != list(BLOCKS):
        raise ValueError("its blocks of features are not this version's")
    count = len(tags)
    shapes: dict[str, tuple[int, ...]] = {
        "weights": (len(names), 2 * count), "rarity": (len(names),), "bias": (2 * count,), "prior": (count,),
        "thresholds": (count,), "share": (), "around": (4,), "first": (2,), "others": (2,),
    }  # fmt: skip
    numbers = {}
    for name, shape in shapes.items():
        read = np.asarray(state[name])
        if read.shape != shape or read.dtype.kind not in "fiu":
            raise ValueError(f"{len(names)} features and {count} tags, but {name} of {read.shape} {read.dtype}")
        numbers[name] = read.astype(np.float32)
        if not np.isfinite(numbers[name]).all():
            raise ValueError(f"{name} is not finite")
    if (numbers["prior"] <= 0).any():
        raise ValueError("a tag that is never the main one")
    return Model(
        tags=tags, features=Features(names, numbers["rarity"]), weights=numbers["weights"], bias=numbers["bias"],
        share=float(state["share"]), prior=numbers["prior"], around=Around(*map(float, state["around"])),
        thresholds=numbers["thresholds"], first=_pair(state["first"]), others=_pair(state["others"]),
        made={str(name): str(value) for name, value in state["made"].items()},
    )  # fmt: skip


def _pair(numbers: Sequence[float]) -> tuple[float, float]:
    one, other = numbers
    return float(one), float(other)
