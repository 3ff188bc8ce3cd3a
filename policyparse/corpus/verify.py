"""A corpus proved: every document whole, its clauses cut where it says, in the index, and nothing in the index besides.

In: an open Corpus. Out: Faults; repaired, what can be made again from what is stored. Touches: reads the corpus; `repair`
writes it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from tantivy import FieldType, Query

from policyparse.corpus.imports import Imported
from policyparse.corpus.originals import Originals
from policyparse.corpus.passages import Passage, passages
from policyparse.corpus.store import DamagedDocument, facts
from policyparse.corpus.versions import CURRENT
from policyparse.model import Document

if TYPE_CHECKING:
    from policyparse.corpus import Corpus

#: Passages of which the numbers are compared at a time.
_AT_ONCE = 100_000
#: The ids that the pipeline gives; a caller of the library may give others.
_OF_CONTENT = re.compile(r"d[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not agree.

    code:  database, unreadable, content, span, passages, references, facts, index, source, record, version, original
    what:  the id, path or hash that is concerned
    repair: what --repair does about it; "" where nothing here can
    """

    code: str
    what: str
    reason: str
    repair: str


_AGAIN = "take it out, and have its file read again by the next import"


def verify(corpus: Corpus, step: Callable[[int], None] | None = None) -> Iterator[Fault]:
    """Every fault of the corpus; `step` hears the number of documents looked at so far."""
    yield from _database(corpus)
    yield from _documents(corpus, step)
    yield from _index(corpus)
    yield from _sources(corpus)
    yield from _versions(corpus)
    yield from _originals(corpus)


def repair(corpus: Corpus, faults: Iterable[Fault]) -> int:
    """Does what the faults say about themselves, and returns how many it could do something about.

    The corpus is open for writing. Nothing is invented: passages and the index are made again from the documents; a
    document that cannot be read goes, and its file waits for the next import.
    """
    number = 0
    reindex = False
    for fault in faults:
        if not fault.repair:
            continue
        number += 1
        if fault.code == "database":
            with suppress(sqlite3.Error):
                corpus.database.rows.execute("REINDEX")
        elif fault.code in ("unreadable", "content", "span"):
            with corpus.store.transaction():
                paths = {path for path, _ in corpus.store.sources(fault.what)}
                for path in paths:
                    corpus.store.leave_source(path, keep=set(corpus.store.of_source(path)) - {fault.what})
                corpus.store.remove(fault.what)
                tops = {corpus.imports.top_of(Imported(path, "")).path for path in paths}
                corpus.imports.note_pending(tops)
        elif fault.code in ("passages", "references", "facts"):
            corpus.store.renew(fault.what)
            reindex = True
        elif fault.code == "index":
            reindex = True
        elif fault.code == "record":
            corpus.imports.note_pending([fault.what])
        elif fault.code == "version":
            version = corpus.store.versions.of(fault.what)
            newer = version.newer if version is not None else None
            if not corpus.store.has(fault.what):
                corpus.store.versions.forget(fault.what, newer)
            elif newer is not None:
                corpus.store.versions.forget(newer)
        elif fault.code == "original":
            Originals(corpus.directory).path(fault.what).unlink(missing_ok=True)
    if reindex:
        corpus.reindex()
    corpus.commit()
    return number


def _database(corpus: Corpus) -> Iterator[Fault]:
    try:
        found = [row[0] for row in corpus.database.rows.execute("PRAGMA integrity_check(20)")]
    except sqlite3.Error as error:
        found = [str(error)]
    for sentence in found:
        if sentence != "ok":
            mends = "make its own indexes again" if "index" in sentence else ""
            yield Fault("database", "corpus.sqlite", " ".join(str(sentence).split()), mends)


def _documents(corpus: Corpus, step: Callable[[int], None] | None) -> Iterator[Fault]:
    rows = corpus.database.rows.execute(f"SELECT id, seq, {CURRENT} FROM documents ORDER BY seq").fetchall()
    for number, (identity, place, current) in enumerate(rows, 1):
        if step and number % 100 == 0:
            step(number)
        try:
            document = corpus.store.as_parsed(identity)
        except DamagedDocument as error:
            reason = str(error).removeprefix(f"{identity}: ").partition(" — ")[0]
            yield Fault("unreadable", identity, reason, _AGAIN)
            continue
        if document is None:
            yield Fault("unreadable", identity, "its content is not there", _AGAIN)
            continue
        if _OF_CONTENT.fullmatch(identity) and content_id(document.text) != identity:
            yield Fault("content", identity, "its text is not the one that its id was made of", _AGAIN)
            continue
        wrong = _wrong_span(document)
        if wrong:
            yield Fault("span", identity, wrong, _AGAIN)
            continue
        if current and not _has_its_passages(corpus, document):
            reason = "the passages that search finds are not those of the document"
            yield Fault("passages", identity, reason, "make them again from the document")
        elif current and not corpus.store.references.has(place, document):
            reason = "what it is called and whom it cites is not kept as the document has it"
            yield Fault("references", identity, reason, "make them again from the document")
        elif current and (columns := _wrong_facts(corpus, document)):
            reason = f"its {', '.join(columns)} is not kept as the document has it"
            yield Fault("facts", identity, reason, "make them again from the document")


def content_id(text: str) -> str:
    """The id of a document with this text, as `policyparse.pipeline.document_id` makes it."""
    return "d" + sha256("".join(text.split()).encode()).hexdigest()[:16]


def _wrong_span(document: Document) -> str | None:
    """What of a document's clauses and mentions does not stand where it says."""
    text = document.text
    for clause in document.clauses:
        if text[clause.start : clause.end] != clause.text:
            return f"the clause {clause.id} is not cut where it says ({clause.start}–{clause.end})"
    mentions = [(mention.start, mention.end, mention.text) for mention in document.institutions]
    mentions += [(mention.start, mention.end, mention.text) for mention in document.time_points]
    mentions += [(mention.start, mention.end, mention.text) for mention in document.citations]
    for start, end, words in mentions:
        if text[start:end] != words:
            return f"a mention is not cut where it says ({start}–{end})"
    spans = [(section.start, section.end) for section in document.sections]
    spans += [(record.start, record.end) for record in (*document.delegations, *document.responsibilities)]
    for start, end in spans:
        if not 0 <= start <= end <= len(text):
            return f"a record lies outside the text ({start}–{end})"
    return None


def _wrong_facts(corpus: Corpus, document: Document) -> list[str]:
    """The columns of the table `documents` that have not what the document has."""
    wanted = facts(document)
    row = corpus.database.rows.execute(
        f"SELECT {', '.join(wanted)} FROM documents WHERE id = ?", (document.id,)
    ).fetchone()
    return [name for name, value in wanted.items() if row[name] != value]


def _has_its_passages(corpus: Corpus, document: Document) -> bool:
    stored = [part for _, part in corpus.store.passages_of(document.id)]
    made = passages(corpus.corrections.applied(document))
    return list(map(_kept, stored)) == list(map(_kept, made))


def _kept(part: Passage) -> tuple[object, ...]:
    """What the store keeps of a passage: the scores of its tags in ten-thousandths."""
    tags = [(tag, round(score * 10_000)) for tag, score in part.tags]
    return part.clause, part.what, part.section, part.start, part.end, part.text, part.fold, tags


def _index(corpus: Corpus) -> Iterator[Fault]:
    """Numbers of passages that only the store has, or only the index."""
    again = "make the index again"
    behind = set(corpus.store.behind(int(corpus.store.state("index") or 1)))
    held = corpus.database.rows
    last = max(held.execute("SELECT max(seq) FROM passages").fetchone()[0] or 0, _last_number(corpus))
    for first in range(0, last + 1, _AT_ONCE):
        rows = held.execute(
            "SELECT seq, document FROM passages WHERE seq BETWEEN ? AND ?", (first, first + _AT_ONCE - 1)
        )
        stored = {row[0]: row[1] for row in rows}
        indexed = _numbers(corpus, first, first + _AT_ONCE - 1)
        for number, identity in stored.items():
            if number not in indexed and identity not in behind:
                yield Fault("index", identity, f"its passage {number} is not in the search index", again)
        for number in sorted(indexed - stored.keys()):
            yield Fault("index", f"passage {number}", "the search index has it, and the store has not", again)


def _last_number(corpus: Corpus) -> int:
    answer = corpus.index.searcher().aggregate(Query.all_query(), {"last": {"max": {"field": "seq"}}})
    return int(answer["last"]["value"] or 0)


def _numbers(corpus: Corpus, first: int, last: int) -> set[int]:
    """The numbers of passages in the index, between two numbers."""
    searcher = corpus.index.searcher()
    query = Query.range_query(corpus.index.schema, "seq", FieldType.Integer, first, last)
    most = max(1, searcher.num_docs)
    addresses = [address for _, address in searcher.search(query, most, False).hits]
    return {int(number) for number in searcher.fast_field_values("seq", addresses) if number is not None}


def _sources(corpus: Corpus) -> Iterator[Fault]:
    rows = corpus.database.rows
    for row in rows.execute(f"SELECT id FROM documents WHERE {CURRENT} AND id NOT IN (SELECT document FROM sources)"):
        yield Fault("source", row[0], "no file is known that it came from", "")
    for record in corpus.imports.all("done"):
        if record.documents and not corpus.store.of_source(record.path):
            reason = "the report says that it was imported, and the corpus has no document of it"
            yield Fault("record", record.path, reason, "have it read again by the next import")


def _versions(corpus: Corpus) -> Iterator[Fault]:
    for version in corpus.store.versions.all():
        if not corpus.store.has(version.document):
            yield Fault("version", version.document, "an older version that is not there", "forget it")
        elif version.newer and not corpus.store.has(version.newer):
            reason = f"its newer version {version.newer} is not there"
            yield Fault("version", version.document, reason, "note that nothing took its place")


def _originals(corpus: Corpus) -> Iterator[Fault]:
    originals = Originals(corpus.directory)
    for digest in originals.all():
        if originals.read(digest) is None:
            reason = "the original's bytes are not those of its name"
            yield Fault(
                "original", digest, reason, "take it out; importing its file with --keep-originals puts it back"
            )
