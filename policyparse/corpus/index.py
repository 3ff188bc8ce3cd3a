"""The search index of a corpus: tantivy, made from the store and never the truth.

In: Documents with the numbers of their passages. Out: a searcher over them. entries.py has the fields.
Touches: one `index-N` directory in the corpus directory.

A tantivy document is a passage, an entry of entries.py without what the store has or what can be told from fewer fields:
a place is asked by `region`, the words of a title, number or issuer by the values of those fields that have them. `first`,
the number of the document's first passage, is what documents are counted by: numbers are counted in a third of the time that
names take.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import tantivy

from policyparse.corpus.entries import KEYWORDS, NUMBERS, RUNS, SETS, entries
from policyparse.corpus.passages import Passage
from policyparse.model import KINDS, LEVELS, TAGS, Document, Mode, Role
from policyparse.passing import PolicyparseError
from policyparse.vocabulary import Vocabulary, shipped
from policyparse.words import Segmenter, segmenter

#: Goes up when fields or segmentation change; an index of another number is made again from the store.
INDEX_VERSION = 10

#: tantivy's writing buffer. One thread's least is 15 MB; beyond 100 MB the indexing speed no longer rises.
_HEAP = 96_000_000

#: Fields of an entry that this index does without.
_LEFT_OUT = frozenset({*RUNS, "place", "fold", "clause"} - {"text"})
#: Keywords with few values are numbers here, the value's place in its list: a number has no file of lengths.
CODED: dict[str, tuple[str, ...]] = {
    "what": ("clause", "heading", "line", "title"),
    "tag": TAGS,
    "kind": KINDS,
    "level": LEVELS,
    "mode": get_args(Mode),
    "role": get_args(Role),
}
#: Keywords that are neither counted nor sorted by.
_NOT_COUNTED = frozenset({"document", "what", "title", "number", "cites"})


def schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("seq", indexed=True, fast=True)
    builder.add_integer_field("first", fast=True)
    for names, option in ((RUNS, "position"), (SETS, "basic")):
        for name in names:
            if name not in _LEFT_OUT:
                builder.add_text_field(name, tokenizer_name="spaces", index_option=option)
    for name in KEYWORDS:
        if name in CODED:
            builder.add_integer_field(name, indexed=True, fast=name not in _NOT_COUNTED)
        elif name not in _LEFT_OUT:
            builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name not in _NOT_COUNTED)
    for name in NUMBERS:
        if name not in _LEFT_OUT:
            builder.add_integer_field(name, indexed=False, fast=True)
    return builder.build()


class DamagedIndex(PolicyparseError):
    """The index cannot be opened; the store is not concerned."""


class CorpusBusy(PolicyparseError):
    """Another program is writing to the corpus."""


class Index:
    """An `index-N` directory, opened; `write` takes tantivy's lock, which only one program can have."""

    def __init__(self, directory: Path, write: bool = False, vocabulary: Vocabulary | None = None) -> None:
        self.directory = directory
        self.schema = schema()
        self._vocabulary = vocabulary or shipped()
        self._segmenter: Segmenter = segmenter(vocabulary)
        try:
            if write:
                directory.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(self.schema, str(directory)) if write else tantivy.Index.open(str(directory))
        except ValueError as error:
            raise DamagedIndex(
                f"{directory}: the search index is damaged ({str(error)[:80]}) — run policyparse reindex"
            ) from None
        spaces = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("spaces", spaces)
        self._seen = (0, 0)
        self._meta = str(directory / "meta.json")
        self._writer: tantivy.IndexWriter | None = None
        if write:
            try:
                self._writer = self._index.writer(_HEAP, 1)
            except ValueError:
                raise CorpusBusy(
                    f"{directory.parent}: another program is writing to this corpus — wait until it has finished"
                ) from None

    def searcher(self) -> tantivy.Searcher:
        """A view of what was committed last."""
        try:
            found = os.stat(self._meta)  # tantivy puts a new file in its place at every commit
            state = (found.st_ino, found.st_mtime_ns)
        except FileNotFoundError:  # a reindex has just put another one in its place; what is open serves on
            state = self._seen
        if state != self._seen:  # a reload costs as much as a search
            self._index.reload()
            self._seen = state
        return self._index.searcher()

    def put(self, document: Document, passages: Sequence[tuple[int, Passage]]) -> None:
        """Indexes a document's passages, each with its number, in place of those it had; visible after `commit`."""
        writer = self._writing()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            writer.delete_documents_by_term("document", document.id)
        first = passages[0][0] if passages else 0
        fields_of = entries(document, [part for _, part in passages], self._segmenter, self._vocabulary)
        for (number, _), fields in zip(passages, fields_of, strict=True):
            entry = tantivy.Document()
            entry.add_integer("seq", number)
            entry.add_integer("first", first)
            for name, values in fields.items():
                for value in values if name not in _LEFT_OUT else ():
                    if isinstance(value, int):
                        entry.add_integer(name, value)
                    elif name in CODED:
                        entry.add_integer(name, CODED[name].index(value))
                    else:
                        entry.add_text(name, value)
            writer.add_document(entry)

    def remove(self, identity: str) -> None:
        """Takes a document's passages out."""
        self._writing().delete_documents_by_term("document", identity)

    def commit(self) -> None:
        self._writing().commit()

    def close(self) -> None:
        """Waits for tantivy's merging; what was not committed is lost (the store knows it)."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
            self._writer = None

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            raise PolicyparseError(f"{self.directory}: the index was opened for reading only — open it with write=True")
        return self._writer
