"""The documents of a corpus, in one SQLite file: the truth from which the index can be made again.

In: Documents with their passages. Out: the same, by id.
Touches: the corpus database, all tables but those of imports.py and corrections.py.

Every public method that writes is one transaction, or joins the one opened by `transaction()`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

from policyparse.corpus.corrections import Corrections
from policyparse.corpus.database import Database
from policyparse.corpus.imports import MEMBER
from policyparse.corpus.passages import Passage, passages
from policyparse.corpus.versions import CURRENT, Versions
from policyparse.model import Document

#: Two documents are near-duplicates when this share of the longer one's clauses, by characters, stands in the
#: other word for word. Copies of one notice on several sites keep 90 % and more; a plan adapted by another
#: town keeps less than half.
NEAR_DUPLICATE = 0.8


_IN_FILE = f"(path = :path OR {MEMBER})"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


class Store:
    """The documents of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db = database.rows
        self.transaction = database.transaction
        self.corrections = Corrections(database)
        self.versions = Versions(database)

    def add(self, document: Document, replace: bool = False, seq: int | None = None) -> bool:
        """Keeps `document` and the file it came from; False when the corpus had it already.

        seq:     its place among all documents (the next one if None). Of a document that several files have, the one
                 with the lowest is kept, so that a corpus does not depend on which file was read first
        replace: renew also what the corpus has
        """
        with self.transaction():
            source = document.source
            known = self._db.execute("SELECT seq FROM documents WHERE id = ?", (document.id,)).fetchone()
            if known is None or self.versions.of(document.id):
                write = True
            elif seq is None:
                write = replace
            else:
                write, seq = self._renews(document, known[0], seq, replace)
            if write:
                self._write(document, seq)
            self._db.execute(
                "INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?)",
                (document.id, source.path, source.sha256, source.part),
            )
        return write

    def _renews(self, document: Document, known: int, seq: int, replace: bool) -> tuple[bool, int | None]:
        """Whether a document that the corpus has is written anew, and its place if that changes."""
        held, source = self.as_parsed(document.id), document.source
        if held is None:
            return True, seq
        if held.source.path == source.path:
            return replace or held.source.sha256 != source.sha256, None
        if held.source.path not in {path for path, _ in self.sources(document.id)}:
            return True, seq  # the file that it came from has it no longer
        return seq < known, seq

    def has(self, identity: str) -> bool:
        """Whether there is a document with this id, current or not."""
        return self._db.execute("SELECT 1 FROM documents WHERE id = ?", (identity,)).fetchone() is not None

    def _write(self, document: Document, seq: int | None) -> None:
        self.versions.revive(document.id)
        self._db.execute("DELETE FROM removed WHERE id = ?", (document.id,))
        self._db.execute("DELETE FROM passages WHERE document = ?", (document.id,))
        parts = passages(self.corrections.applied(document))
        family = self._family(document.id, parts)
        values: dict[str, Any] = {
            "id": document.id,
            "title": document.title,
            "cover_title": document.cover_title,
            "kind": document.kind,
            "doc_number": document.doc_number,
            "issuers": _json(document.issuers),
            "date": document.date,
            "place": document.place,
            "level": document.level,
            "masked": int(document.masked),
            "family": family or 0,
            "indexed": 0,
            "json": document.model_dump_json(by_alias=True),
        }
        if seq is not None:
            values["seq"] = seq
        columns = ", ".join(values)
        renewed = ", ".join(f"{name} = excluded.{name}" for name in values if name != "id")
        self._db.execute(
            f"INSERT INTO documents ({columns}) VALUES ({', '.join('?' * len(values))}) "
            f"ON CONFLICT (id) DO UPDATE SET {renewed}",
            list(values.values()),
        )
        if family is None:
            self._db.execute("UPDATE documents SET family = seq WHERE id = ?", (document.id,))
        self._db.executemany(
            'INSERT INTO passages (document, clause, what, section, path, start, "end", text, fold, tags) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (document.id, p.clause, p.what, p.section, _json(p.path), p.start, p.end, p.text, p.fold, _json(p.tags))
                for p in parts
            ],
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO names VALUES (?, ?)",
            {(mention.text, mention.canonical) for mention in document.institutions},
        )

    def leave_source(self, path: str, keep: Set[str] = frozenset()) -> list[str]:
        """Forgets that the file `path` had documents, except `keep`; names those that no other file has."""
        with self.transaction():
            left = [identity for identity in self.of_source(path) if identity not in keep]
            self._db.executemany(
                f"DELETE FROM sources WHERE {_IN_FILE} AND document = :document",
                [{"path": path, "document": identity} for identity in left],
            )
        return [identity for identity in left if not self.sources(identity)]

    def remove(self, identity: str) -> None:
        """Takes a document out."""
        with self.transaction():
            self._db.execute("DELETE FROM passages WHERE document = ?", (identity,))
            self._db.execute("DELETE FROM documents WHERE id = ?", (identity,))
            self._db.execute("INSERT OR IGNORE INTO removed VALUES (?)", (identity,))

    def retire(self, identity: str, newer: str | None, path: str) -> None:
        """Takes a document out of what is searched and counted; it stays as the version before `newer`."""
        with self.transaction():
            self.versions.replace(identity, newer, path)
            self._db.execute("DELETE FROM passages WHERE document = ?", (identity,))
            self._db.execute("INSERT OR IGNORE INTO removed VALUES (?)", (identity,))

    def of_source(self, path: str) -> list[str]:
        """The documents that the file, or the members of the archive, `path` has."""
        rows = self._db.execute(f"SELECT DISTINCT document FROM sources WHERE {_IN_FILE}", {"path": path})
        return [row[0] for row in rows]

    def share_sources(self, path: str, other: str) -> int:
        """Notes that the file `other` has the documents of the file `path`; returns how many."""
        with self.transaction():
            return self._db.execute(
                "INSERT OR REPLACE INTO sources SELECT document, :other || substr(path, length(:path) + 1), sha256, part "
                f"FROM sources WHERE {_IN_FILE}",
                {"path": path, "other": other},
            ).rowcount

    def removed(self) -> list[str]:
        """Documents that are gone here, but perhaps not from the index."""
        return [row[0] for row in self._db.execute("SELECT id FROM removed")]

    def forget_removed(self, identities: Iterable[str]) -> None:
        with self.transaction():
            self._db.executemany("DELETE FROM removed WHERE id = ?", [(identity,) for identity in identities])

    def _family(self, document: str, parts: Sequence[Passage]) -> int | None:
        """The family of a stored document of which this one is a near-duplicate."""
        sizes = {p.fold: len(p.text) for p in parts if p.what == "clause"}
        whole = sum(sizes.values())
        folds = sorted(sizes, key=sizes.__getitem__, reverse=True)[:500]
        if not folds:
            return None
        marks = ", ".join("?" * len(folds))
        candidates = self._db.execute(
            "SELECT document, sum(size) AS shared FROM "
            "(SELECT DISTINCT document, fold, length(text) AS size FROM passages "
            f"WHERE fold IN ({marks}) AND what = 'clause' AND document <> ?) "
            "GROUP BY document ORDER BY shared DESC LIMIT 5",
            (*folds, document),
        ).fetchall()
        for other, shared in candidates:
            size = self._db.execute(
                "SELECT sum(length(text)) FROM passages WHERE document = ? AND what = 'clause'", (other,)
            ).fetchone()[0]
            if shared >= NEAR_DUPLICATE * max(whole, size):
                family: int = self._db.execute("SELECT family FROM documents WHERE id = ?", (other,)).fetchone()[0]
                return family
        return None

    def as_parsed(self, identity: str) -> Document | None:
        """The document with this id, as it was parsed."""
        row = self._db.execute("SELECT json FROM documents WHERE id = ?", (identity,)).fetchone()
        return Document.model_validate_json(row[0]) if row else None

    def document(self, identity: str) -> Document | None:
        """The document with this id, as it was parsed and corrected."""
        document = self.as_parsed(identity)
        return document and self.corrections.applied(document)

    def renew_tags(self, document: Document) -> None:
        """Puts the tags of `document`, as corrected, where search finds them; the index has it no longer."""
        with self.transaction():
            self._db.executemany(
                "UPDATE passages SET tags = ? WHERE document = ? AND clause = ?",
                [(_json([(t.tag, t.score) for t in c.tags]), document.id, c.id) for c in document.clauses],
            )
            self._db.execute("UPDATE documents SET indexed = 0 WHERE id = ?", (document.id,))

    def documents(self, identities: Sequence[str] | None = None) -> Iterator[Document]:
        """All documents but older versions, in the order in which they came; or those asked for, in the order asked."""
        if identities is not None:
            for identity in identities:
                document = self.document(identity)
                if document is not None:
                    yield document
            return
        last = 0
        while True:  # a page at a time, so that a write between two pages disturbs nothing
            rows = self._db.execute(
                f"SELECT seq, json FROM documents WHERE seq > ? AND {CURRENT} ORDER BY seq LIMIT 50", (last,)
            ).fetchall()
            if not rows:
                return
            for row in rows:
                yield self.corrections.applied(Document.model_validate_json(row["json"]))
            last = rows[-1]["seq"]

    def in_order(self, identities: Iterable[str]) -> list[str]:
        """The ids in the order in which their documents came; those that are not there are left out."""
        wanted = set(identities)
        return [row[0] for row in self._db.execute("SELECT id FROM documents ORDER BY seq") if row[0] in wanted]

    def find(self, prefix: str) -> list[str]:
        """The ids that begin with `prefix`."""
        if self._db.execute("SELECT 1 FROM documents WHERE id = ?", (prefix,)).fetchone():
            return [prefix]
        rows = self._db.execute(
            "SELECT id FROM documents WHERE substr(id, 1, ?) = ? ORDER BY id LIMIT 10", (len(prefix), prefix)
        )
        return [row[0] for row in rows]

    def counts(self) -> dict[str, int]:
        """How many documents, clauses and files there are."""
        one = self._db.execute
        return {
            "documents": one(f"SELECT count(*) FROM documents WHERE {CURRENT}").fetchone()[0],
            "clauses": one("SELECT count(*) FROM passages WHERE clause IS NOT NULL").fetchone()[0],
            "files": one("SELECT count(DISTINCT path) FROM sources").fetchone()[0],
        }

    def sources(self, identity: str) -> list[tuple[str, int]]:
        """The files (path, part) that a document was found in."""
        rows = self._db.execute("SELECT path, part FROM sources WHERE document = ? ORDER BY path, part", (identity,))
        return [(row[0], row[1]) for row in rows]

    def relatives(self, identity: str) -> list[tuple[str, str]]:
        """The near-duplicates (id, title) of a document, without itself."""
        rows = self._db.execute(
            f"SELECT id, title FROM documents WHERE id <> ?1 AND {CURRENT} "
            "AND family = (SELECT family FROM documents WHERE id = ?1) ORDER BY seq",
            (identity,),
        )
        return [(row[0], row[1]) for row in rows]

    # -- for search --------------------------------------------------------------------------------------------

    def passages(self, sequence: Sequence[int]) -> dict[int, sqlite3.Row]:
        """Passages by their number, each with its document's facts."""
        found: dict[int, sqlite3.Row] = {}
        for at in range(0, len(sequence), 500):
            some = sequence[at : at + 500]
            for row in self._db.execute(
                "SELECT p.*, d.title, d.kind, d.doc_number, d.date, d.place, d.level, d.issuers, d.family "
                f"FROM passages p JOIN documents d ON d.id = p.document WHERE p.seq IN ({', '.join('?' * len(some))})",
                some,
            ):
                found[row["seq"]] = row
        return found

    def repeated(self, folds: Sequence[int]) -> set[int]:
        """Which of these folds more than one passage has."""
        marks = ", ".join("?" * len(folds))
        rows = self._db.execute(
            f"SELECT fold FROM passages WHERE fold IN ({marks}) GROUP BY fold HAVING count(*) > 1", folds
        )
        return {row[0] for row in rows}

    def passages_of(self, identity: str) -> list[sqlite3.Row]:
        """The passages of a document, in the text's order."""
        return self._db.execute("SELECT * FROM passages WHERE document = ? ORDER BY seq", (identity,)).fetchall()

    def names(self) -> Iterator[tuple[str, str]]:
        """Every institution (as printed, in full) of the corpus."""
        for row in self._db.execute("SELECT text, canonical FROM names"):
            yield row[0], row[1]

    # -- what the index still lacks ------------------------------------------------------------------------------

    def behind(self, index: int, limit: int = -1) -> list[str]:
        """Ids of documents that index number `index` has not."""
        rows = self._db.execute(
            f"SELECT id FROM documents WHERE indexed <> ? AND {CURRENT} ORDER BY seq LIMIT ?", (index, limit)
        )
        return [row[0] for row in rows]

    def mark_indexed(self, identities: Iterable[str], index: int) -> None:
        with self.transaction():
            self._db.executemany(
                "UPDATE documents SET indexed = ? WHERE id = ?", [(index, identity) for identity in identities]
            )

    def state(self, key: str) -> str | None:
        row = self._db.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def set_state(self, key: str, value: str) -> None:
        with self.transaction():
            self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, value))
