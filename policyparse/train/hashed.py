"""Labels of clauses whose text is not ours to keep: hashes and tags here, the documents somewhere else.

In: a .jsonl of labels (or a folder of them) and the folder of the documents that they speak of. Out: ReadDocument, each
with all its clauses as the pipeline cuts them and the tags of those that are labelled. Touches: reads both.

A label is {"source": path in that folder, "clause": hash, "tags": […]}; the hash is `key` of the clause's text. A source
may stand in an archive there (`laws.tar.gz/…`). Labels of clauses that are cut otherwise today are counted, not guessed at.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from policyparse.model import TAGS, TagScore
from policyparse.pipeline import parse
from policyparse.tag import ClauseContext, Tagger
from policyparse.train.clauses import CorpusError, lines_of


@dataclass(frozen=True)
class ReadDocument:
    """A document with the tags of some of its clauses: place in `contexts` → tags, main one first."""

    source: str
    contexts: tuple[ClauseContext, ...]
    tags: dict[int, tuple[str, ...]]


def key(text: str) -> str:
    """What names a clause: the first twenty hexadecimal digits of its hash, width folded and white space gone."""
    return hashlib.sha256("".join(unicodedata.normalize("NFKC", text).split()).encode()).hexdigest()[:20]


def shipped_labels() -> Path:
    """The labels for learning in a checkout."""
    return Path(__file__).parent.parent.parent / "corpora" / "hashed"


def read_labelled(labels: Path, texts: Path, tags: Sequence[str] = TAGS) -> tuple[list[ReadDocument], int]:
    """(documents, lost): the labelled documents by name; how many labels found no clause.

    Where several files of a folder label a clause, the first by name is believed. Raises CorpusError for a label that is
    none, and where no document is there.
    """
    wanted: dict[str, dict[str, tuple[str, ...]]] = {}
    for source, clause, given in _labels(labels, set(tags)):
        wanted.setdefault(source, {}).setdefault(clause, given)
    out, found = [], 0
    with tempfile.TemporaryDirectory() as unpacked:
        there = _files(texts, wanted, Path(unpacked))
        if not there:
            raise CorpusError(f"{texts}: none of the documents that {labels} speaks of — give their folder")
        for source, path in sorted(there.items()):
            for contexts in contexts_in(path):
                tagged: dict[int, tuple[str, ...]] = {}
                seen: set[str] = set()
                for number, context in enumerate(contexts):
                    name = key(context.text)
                    if name in wanted[source] and name not in seen:  # the same words again are one label
                        seen.add(name)
                        tagged[number] = wanted[source][name]
                if tagged:
                    out.append(ReadDocument(source, contexts, tagged))
                    found += len(tagged)
    return out, sum(map(len, wanted.values())) - found


def _files(texts: Path, sources: Iterable[str], into: Path) -> dict[str, Path]:
    """Where each source is, those that are there; one in an archive is unpacked into `into`."""
    found: dict[str, Path] = {}
    inside: dict[Path, dict[str, str]] = {}
    for source in sources:
        archive, packed, member = source.partition(".tar.gz/")
        if packed:
            inside.setdefault(texts / f"{archive}.tar.gz", {})[member] = source
        elif (texts / source).is_file():
            found[source] = texts / source
    for path, members in inside.items():
        if path.is_file():
            with tarfile.open(path) as archived:
                for entry in archived:
                    if entry.name in members and (held := archived.extractfile(entry)) is not None:
                        folder = into / str(len(found))  # two folders of an archive may hold the same name
                        folder.mkdir()
                        copy = folder / Path(entry.name).name
                        copy.write_bytes(held.read())
                        found[members[entry.name]] = copy
    return found


def contexts_in(path: Path) -> list[tuple[ClauseContext, ...]]:
    """What the classifier sees of each document in a file."""
    seen = _Seen()
    parse(path, tagger=seen)
    return seen.contexts


class _Seen(Tagger):
    """A tagger that gives no tags and keeps what it was shown."""

    def __init__(self) -> None:
        self.contexts: list[tuple[ClauseContext, ...]] = []

    def tag(self, contexts: Sequence[ClauseContext]) -> list[list[TagScore]]:
        self.contexts.append(tuple(contexts))
        return [[] for _ in contexts]


def _labels(path: Path, known: set[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.is_file() else []
    if not files:
        raise CorpusError(f"{path}: no labels there — give a .jsonl file or a folder of them")
    for file in files:
        for number, line in lines_of(file):
            try:
                row = json.loads(line)
                source, clause, given = str(row["source"]), str(row["clause"]), tuple(map(str, row["tags"]))
            except (ValueError, KeyError, TypeError):
                raise CorpusError(f"{file}, line {number}: a label has source, clause and tags") from None
            if not given or (unknown := [tag for tag in given if tag not in known]):
                what = f"unknown tag {unknown[0]}" if given else "no tag"
                raise CorpusError(f"{file}, line {number}: {what} — the tags are {', '.join(sorted(known))}")
            yield source, clause, given
