"""The search index of a corpus: tantivy, made from the store and never the truth.

In: Documents with the numbers of their passages. Out: a searcher over them.
Touches: one `index-N` directory in the corpus directory.

A tantivy document is a passage. Ranking works on jieba words (`words`, `head`), exact phrases on
overlapping pairs of characters (`pairs`), in which a phrase of any length is a run of neighbours;
so what was typed is found whatever the segmentation made of it, two-character words too.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from sqlite3 import Row

import tantivy

from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.vocabulary import Vocabulary, shipped
from policyparse.words import Segmenter, normal, pairs, segmenter, squeezed

#: Goes up when fields or segmentation change; an index of another number is made again from the store.
INDEX_VERSION = 3

#: tantivy's writing buffer. One thread's least is 15 MB; beyond 100 MB the indexing speed no longer rises.
_HEAP = 96_000_000


def schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("seq", indexed=True, fast=True)
    builder.add_integer_field("fold", indexed=True, fast=True)
    builder.add_text_field("document", tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("what", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("words", tokenizer_name="spaces", index_option="freq")
    builder.add_text_field("head", tokenizer_name="spaces", index_option="freq")
    builder.add_text_field("signs", tokenizer_name="spaces", index_option="basic")
    for name in ("pairs", "title_pairs", "heading_pairs", "item_pairs", "number_pairs", "issuer_pairs"):
        builder.add_text_field(name, tokenizer_name="spaces", index_option="position")
    for name in (
        "tag",
        "main_tag",
        "kind",
        "level",
        "place",
        "region",
        "issuer",
        "institution",
        "mode",
        "role",
        "clause",
    ):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    # sorting needs one value a passage; what is not known comes last
    builder.add_text_field("place_order", tokenizer_name="raw", index_option="basic", fast=True)
    # around: the years that an undated document speaks of, so that a search by year does not lose it
    for name in ("year", "around", "date", "date_order", "oldest_order", "deadline"):
        builder.add_integer_field(name, indexed=True, fast=True)
    return builder.build()


def count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """How many passages `query` finds."""
    return searcher.search(query, 1).count or 0  # type: ignore[attr-defined]  # tantivy's stub lacks it


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
            found = (self.directory / "meta.json").stat()  # tantivy puts a new file in its place at every commit
            state = (found.st_ino, found.st_mtime_ns)
        except FileNotFoundError:  # a reindex has just put another one in its place; what is open serves on
            state = self._seen
        if state != self._seen:  # a reload costs as much as a search
            self._index.reload()
            self._seen = state
        return self._index.searcher()

    def put(self, document: Document, rows: Sequence[Row]) -> None:
        """Indexes a document's passages in place of those it had; visible after `commit`."""
        writer = self._writing()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            writer.delete_documents_by_term("document", document.id)
        for entry in _entries(document, rows, self._segmenter, self._vocabulary):
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


def _entries(
    document: Document, rows: Sequence[Row], segmenter: Segmenter, vocabulary: Vocabulary
) -> Iterable[tantivy.Document]:
    shared = _facts(document, vocabulary)
    title_words = segmenter.terms(document.title)
    title_pairs = " ".join(pairs(squeezed(document.title)))
    number_pairs = " ".join(pairs(squeezed(document.doc_number or "")))
    issuer_pairs = [" ".join(pairs(squeezed(issuer))) for issuer in document.issuers]
    tags = {clause.id: [tag.tag for tag in clause.tags] for clause in document.clauses}
    mentioned: dict[str | None, set[str]] = {}
    items: dict[str | None, list[str]] = {}
    modes: dict[str | None, set[str]] = {}
    roles: dict[str | None, set[str]] = {}
    deadlines: dict[str | None, set[int]] = {}
    for mention in document.institutions:
        mentioned.setdefault(mention.clause, set()).add(normal(mention.canonical))
    for moved in document.delegations:
        items.setdefault(moved.clause, []).append(moved.item)
        modes.setdefault(moved.clause, set()).update(moved.mode)
    for task in document.responsibilities:
        roles.setdefault(task.clause, set()).add(task.role)
    for point in document.time_points:
        if point.type == "deadline":
            last = day_number(point.value.rpartition("/")[2], latest=True)
            if last:
                deadlines.setdefault(point.clause, set()).add(last)
    heads: dict[str, tuple[str, str]] = {}
    for row in rows:
        whole = normal(row["text"])
        text = "".join(whole.split())
        path = row["path"]
        if path not in heads:
            headings = normal(" ".join(json.loads(path)))
            words = " ".join([*title_words, *segmenter.terms_of_normal(headings)])
            heads[path] = (words, " ".join(pairs("".join(headings.split()))))
        entry = tantivy.Document()
        entry.add_integer("seq", row["seq"])
        entry.add_integer("fold", row["fold"])
        entry.add_text("document", document.id)
        entry.add_text("what", row["what"])
        entry.add_text("words", " ".join(segmenter.terms_of_normal(whole)))
        entry.add_text("head", heads[path][0])
        entry.add_text("pairs", " ".join(pairs(text)))
        entry.add_text("signs", " ".join(set(text)))
        entry.add_text("title_pairs", title_pairs)
        entry.add_text("heading_pairs", heads[path][1])
        if number_pairs:
            entry.add_text("number_pairs", number_pairs)
        for one in issuer_pairs:
            entry.add_text("issuer_pairs", one)
        for name, values in shared.items():
            for value in values:
                if isinstance(value, int):
                    entry.add_integer(name, value)
                else:
                    entry.add_text(name, value)
        clause = row["clause"]
        if clause is not None:
            entry.add_text("clause", clause)
            own = tags.get(clause, [])
            for tag in own:
                entry.add_text("tag", tag)
            if own:
                entry.add_text("main_tag", own[0])
            for name in sorted(mentioned.get(clause, ())):
                entry.add_text("institution", name)
            for item in items.get(clause, ()):
                entry.add_text("item_pairs", " ".join(pairs(squeezed(item))))
            for mode in modes.get(clause, ()):
                entry.add_text("mode", mode)
            for role in roles.get(clause, ()):
                entry.add_text("role", role)
            for deadline in deadlines.get(clause, ()):
                entry.add_integer("deadline", deadline)
        yield entry


def _facts(document: Document, vocabulary: Vocabulary) -> dict[str, Sequence[str | int]]:
    """The fields that all passages of a document share."""
    facts: dict[str, Sequence[str | int]] = {
        "kind": [document.kind],
        "issuer": [normal(issuer) for issuer in document.issuers],
        "place_order": [document.place or "\U0010ffff"],
        "date_order": [day_number(document.date or "") or 0],
        "oldest_order": [day_number(document.date or "") or 99999999],  # what has no date comes last either way
    }
    if document.level:
        facts["level"] = [document.level]
    if document.place:
        facts["place"] = place_terms(document.place, vocabulary)
        parts = document.place.split("/")
        facts["region"] = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    date = day_number(document.date or "")
    if date:
        facts["date"] = [date]
        facts["year"] = [date // 10000]
    else:
        facts["around"] = sorted({year for point in document.time_points if (year := _year(point.value))})
    return facts


def day_number(value: str, latest: bool = False) -> int | None:
    """An ISO date (2010, 2010-04, 2010-04-27) as 20100427; an unprinted part is the first, or the latest."""
    parts = value.split("-")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts[0]) != 4 or len(parts) > 3:
        return None
    month, day = (12, 31) if latest else (1, 1)
    if len(parts) > 1:
        month = int(parts[1])
    if len(parts) > 2:
        day = int(parts[2])
    return int(parts[0]) * 10000 + month * 100 + day


def _year(value: str) -> int | None:
    """The first year that a time point's value names."""
    for part in value.split("/"):
        day = day_number(part)
        if day:
            return day // 10000
    return None


def place_terms(place: str, vocabulary: Vocabulary) -> list[str]:
    """All ways in which a place that lies on the path `place` is asked for.

    广东省/佛山市/顺德区 → 广东省, 广东, 广东省/佛山市, 广东省佛山市, 佛山市, 佛山, …
    """
    parts = [part for part in normal(place).split("/") if part]
    terms: dict[str, None] = {}
    for end in range(1, len(parts) + 1):
        terms["/".join(parts[:end])] = None
        for start in range(end):
            terms["".join(parts[start:end])] = None
        terms[_short(parts[end - 1], vocabulary)] = None
    return list(terms)


def _short(name: str, vocabulary: Vocabulary) -> str:
    for suffix in _suffixes(vocabulary):
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


@lru_cache(maxsize=4)
def _suffixes(vocabulary: Vocabulary) -> tuple[str, ...]:
    return tuple(sorted(vocabulary.terms("places_suffixes"), key=len, reverse=True))
