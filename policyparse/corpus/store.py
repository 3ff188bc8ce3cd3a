"""The documents of a corpus, in one SQLite file: the truth from which the index can be made again.

In: Documents with their passages. Out: the same, by id.
Touches: the corpus database, all tables but those of imports.py and corrections.py.

Every public method that writes is one transaction, or joins the one opened by `transaction()`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from policyparse.corpus.corrections import Corrections
from policyparse.corpus.database import Database
from policyparse.corpus.imports import MEMBER
from policyparse.corpus.packing import pack, unpack
from policyparse.corpus.passages import Passage, passages
from policyparse.corpus.references import References
from policyparse.corpus.texts import Held, Texts
from policyparse.corpus.versions import CURRENT, Versions
from policyparse.model import Document
from policyparse.passing import PolicyparseError

#: Two documents are near-duplicates when this share of the longer one's clauses, by characters, stands in the
#: other word for word. Copies of one notice on several sites keep 90 % and more; a plan adapted by another
#: town keeps less than half.
NEAR_DUPLICATE = 0.8
#: and of so many characters at least: two documents of a line each are alike by chance.
_LEAST_ALIKE = 50


_IN_FILE = f"(path = :path OR {MEMBER})"

_BODIES = (
    "SELECT d.id, d.seq, coalesce(d.first, 0) AS first, d.passages, b.data "
    "FROM documents d JOIN bodies b ON b.document = d.seq"
)


class DamagedDocument(PolicyparseError):
    """What is stored of a document is not what was written."""


def facts(document: Document) -> dict[str, str | int | None]:
    """What the table `documents` has of a document besides its body, column → value."""
    return {
        "title": document.title,
        "cover_title": document.cover_title,
        "kind": document.kind,
        "doc_number": document.doc_number,
        "issuers": _json(document.issuers),
        "date": document.date,
        "place": document.place,
        "level": document.level,
        "masked": int(document.masked),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _digest(sha256: str) -> bytes | str:
    """A digest in half the room; what is none stays as it is."""
    try:
        digest = bytes.fromhex(sha256)
    except ValueError:
        return sha256
    return digest if digest.hex() == sha256 else sha256


class Store:
    """The documents of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db = database.rows
        self.transaction = database.transaction
        self.reading = database.reading
        self.corrections = Corrections(database)
        self.versions = Versions(database)
        self.references = References(database.rows)
        self._texts = Texts(database)

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
            self._note_source(document.id, source.path, source.sha256, source.part)
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
        self._forget(document.id)
        parts = passages(self.corrections.applied(document))
        family = self._family(parts)
        values: dict[str, Any] = {
            "id": document.id,
            **facts(document),
            "family": family or 0,
            "indexed": 0,
            "clauses": sum(part.what == "clause" for part in parts),
        }
        if seq is not None:
            values["seq"] = seq
        columns = ", ".join(values)
        renewed = ", ".join(f"{name} = excluded.{name}" for name in values if name != "id")
        before = self._db.execute("SELECT seq FROM documents WHERE id = ?", (document.id,)).fetchone()
        place: int = self._db.execute(
            f"INSERT INTO documents ({columns}) VALUES ({', '.join('?' * len(values))}) "
            f"ON CONFLICT (id) DO UPDATE SET {renewed} RETURNING seq",
            list(values.values()),
        ).fetchone()[0]
        if before is not None and before[0] != place:
            self._db.execute("UPDATE found_in SET document = ? WHERE document = ?", (place, before[0]))
        first = self._texts.write(parts) if parts else None
        self._db.execute(
            "UPDATE documents SET first = ?, passages = ?, family = coalesce(?, seq) WHERE seq = ?",
            (first, len(parts), family, place),
        )
        packed = pack(document, [(part.start, part.end) for part in parts])
        self._db.execute("INSERT INTO bodies VALUES (?, ?)", (place, packed))
        self.references.write(place, document)
        self._db.executemany(
            "INSERT OR IGNORE INTO names VALUES (?, ?)",
            {(mention.text, mention.canonical) for mention in document.institutions},
        )

    def _note_source(self, identity: str, path: str, sha256: str, part: int) -> None:
        file = self._db.execute(
            "INSERT INTO files (path, sha256) VALUES (?, ?) ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256 "
            "RETURNING number",
            (path, _digest(sha256)),
        ).fetchone()[0]
        self._db.execute(
            "INSERT OR IGNORE INTO found_in SELECT seq, ?, ? FROM documents WHERE id = ?", (file, part, identity)
        )

    def renew(self, identity: str) -> None:
        """Makes all that follows from a document again, from its body; it keeps its place and its files."""
        with self.transaction():
            document = self.as_parsed(identity)
            if document is not None:
                self._write(document, None)

    def leave_source(self, path: str, keep: Set[str] = frozenset()) -> list[str]:
        """Forgets that the file `path` had documents, except `keep`; names those that no other file has."""
        with self.transaction():
            left = [identity for identity in self.of_source(path) if identity not in keep]
            for identity in left:
                self._db.execute(
                    f"DELETE FROM found_in WHERE file IN (SELECT number FROM files WHERE {_IN_FILE}) "
                    "AND document = (SELECT seq FROM documents WHERE id = :document)",
                    {"path": path, "document": identity},
                )
            self._db.execute(
                f"DELETE FROM files WHERE {_IN_FILE} AND number NOT IN (SELECT file FROM found_in WHERE file = number)",
                {"path": path},
            )
        return [identity for identity in left if not self.sources(identity)]

    def remove(self, identity: str, newer: str | None = None) -> None:
        """Takes a document out; the versions before it are those before `newer` from now on."""
        with self.transaction():
            self._forget(identity)
            self.versions.forget(identity, newer)
            self._db.execute("DELETE FROM documents WHERE id = ?", (identity,))
            self._db.execute("INSERT OR IGNORE INTO removed VALUES (?)", (identity,))

    def retire(self, identity: str, newer: str | None, path: str) -> None:
        """Takes a document out of what is searched and counted; it stays as the version before `newer`."""
        with self.transaction():
            document = self.as_parsed(identity)
            self.versions.replace(identity, newer, path)
            self._forget(identity)
            if document is not None:
                place = self._row(identity)["seq"]
                self._db.execute("INSERT INTO bodies VALUES (?, ?)", (place, pack(document)))
            self._db.execute("UPDATE documents SET first = NULL, passages = 0, clauses = 0 WHERE id = ?", (identity,))
            self._db.execute("INSERT OR IGNORE INTO removed VALUES (?)", (identity,))

    def _row(self, identity: str) -> Any:
        return self._db.execute(
            "SELECT seq, coalesce(first, 0) AS first, passages FROM documents WHERE id = ?", (identity,)
        ).fetchone()

    def _forget(self, identity: str) -> None:
        """Takes out the body and the passages of a document, if the corpus has it."""
        row = self._row(identity)
        if row is not None:
            self._texts.remove(row["first"], row["passages"])
            self._db.execute("DELETE FROM bodies WHERE document = ?", (row["seq"],))
            self.references.forget(row["seq"])

    def of_source(self, path: str) -> list[str]:
        """The documents that the file, or the members of the archive, `path` has."""
        rows = self._db.execute(f"SELECT DISTINCT document FROM sources WHERE {_IN_FILE}", {"path": path})
        return [row[0] for row in rows]

    def share_sources(self, path: str, other: str) -> int:
        """Notes that the file `other` has the documents of the file `path`; returns how many."""
        with self.transaction():
            rows = self._db.execute(
                f"SELECT document, :other || substr(path, length(:path) + 1), sha256, part FROM sources WHERE {_IN_FILE}",
                {"path": path, "other": other},
            ).fetchall()
            for row in rows:
                self._note_source(*row)
        return len(rows)

    def removed(self) -> list[str]:
        """Documents that are gone here, but perhaps not from the index."""
        return [row[0] for row in self._db.execute("SELECT id FROM removed")]

    def forget_removed(self, identities: Iterable[str]) -> None:
        with self.transaction():
            self._db.executemany("DELETE FROM removed WHERE id = ?", [(identity,) for identity in identities])

    def _family(self, parts: Sequence[Passage]) -> int | None:
        """The family of a stored document of which this one, which is not stored, is a near-duplicate."""
        sizes = {part.fold: len(part.text) for part in parts if part.what == "clause"}
        whole = sum(sizes.values())
        for place in self._alike(sizes, whole):
            row = self._db.execute("SELECT first, passages, family FROM documents WHERE seq = ?", (place,)).fetchone()
            held = dict(
                self._db.execute(
                    "SELECT fold, size FROM texts WHERE number BETWEEN ? AND ? AND what = 0",
                    (row["first"], row["first"] + row["passages"] - 1),
                ).fetchall()
            )
            shared = sum(size for fold, size in held.items() if fold in sizes)
            if shared >= max(_LEAST_ALIKE, NEAR_DUPLICATE * max(whole, sum(held.values()))):
                family: int = row["family"]
                return family
        return None

    def _alike(self, sizes: Mapping[int, int], whole: int) -> list[int]:
        """The documents that may be near-duplicates.

        One that has NEAR_DUPLICATE of the words lacks less than the rest of them, so it has one at least of the longest
        clauses that make up that rest; these are few, and seldom formulas that everyone uses.
        """
        asked, reached = [], 0
        for fold in sorted(sizes, key=lambda fold: (-sizes[fold], fold))[:500]:
            if reached > (1 - NEAR_DUPLICATE) * whole:
                break
            asked.append(fold)
            reached += sizes[fold]
        marks = ", ".join("?" * len(asked))
        rows = self._db.execute(
            "SELECT d.seq, count(*) AS shared FROM texts t JOIN documents d ON d.first = t.number - t.nth "
            f"WHERE t.fold IN ({marks}) AND t.what = 0 GROUP BY d.seq ORDER BY shared DESC, d.seq LIMIT 20",
            asked,
        )
        return [row[0] for row in rows]

    def as_parsed(self, identity: str) -> Document | None:
        """The document with this id, as it was parsed. Raises DamagedDocument."""
        row = self._db.execute(f"{_BODIES} WHERE d.id = ?", (identity,)).fetchone()
        return self._unpacked(row) if row else None

    def _unpacked(self, row: sqlite3.Row) -> Document:
        try:
            return unpack(row["data"], self._texts.words(row["first"], row["passages"]))
        except ValueError as error:
            raise DamagedDocument(
                f"{row['id']}: it cannot be read from the corpus ({' '.join(str(error).split())[:120]}) — run: policyparse "
                f"verify --repair --corpus {self._database.path.parent}"
            ) from None

    def document(self, identity: str) -> Document | None:
        """The document with this id, as it was parsed and corrected."""
        document = self.as_parsed(identity)
        return document and self.corrections.applied(document)

    def renew_tags(self, document: Document) -> None:
        """Puts the tags of `document`, as corrected, where search finds them; the index has it no longer."""
        with self.transaction():
            row = self._row(document.id)
            tags = {clause.id: [(tag.tag, tag.score) for tag in clause.tags] for clause in document.clauses}
            self._texts.renew_tags(row["first"], row["passages"], tags)
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
                f"{_BODIES} WHERE d.seq > ? AND d.{CURRENT} ORDER BY d.seq LIMIT 50", (last,)
            ).fetchall()
            if not rows:
                return
            for row in rows:
                yield self.corrections.applied(self._unpacked(row))
            last = rows[-1]["seq"]

    def beginning(self, firsts: Iterable[int]) -> list[str]:
        """The ids of the documents whose first passages have these numbers, in the order in which the documents came."""
        wanted = set(firsts)
        rows = self._db.execute("SELECT first, id FROM documents ORDER BY seq")
        return [row[1] for row in rows if row[0] in wanted]

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
            "clauses": one("SELECT coalesce(sum(clauses), 0) FROM documents").fetchone()[0],
            "files": one("SELECT count(*) FROM files").fetchone()[0],
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

    def passages(self, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
        """Passages by their number, each with its document's facts."""
        return {row["seq"]: row for row in self._texts.with_facts(numbers)}

    def clause_texts(self) -> Iterator[tuple[str, str | None]]:
        """(text, place of its document) of every clause, in the order of their numbers."""
        return self._texts.clause_texts()

    def held(self, numbers: Sequence[int]) -> dict[int, Held]:
        """What a hit shows, by the passages' numbers."""
        return self._texts.held(numbers)

    def folds(self, numbers: Sequence[int]) -> dict[int, int]:
        """The folds of passages, by their numbers."""
        return self._texts.folds(numbers)

    def with_folds(self, folds: Sequence[int]) -> list[tuple[int, int]]:
        """The numbers of the passages that have one of these folds, each with its fold."""
        return self._texts.with_folds(folds)

    def names_of(self, numbers: Sequence[int]) -> dict[int, str]:
        """What passages are called: `document#c7`, or the document where it is no clause."""
        return self._texts.names_of(numbers)

    def passages_of(self, identity: str) -> list[tuple[int, Passage]]:
        """The passages of a document with their numbers, in the text's order."""
        row = self._row(identity)
        return self._texts.of(row["first"], row["passages"]) if row else []

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
