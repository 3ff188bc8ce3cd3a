"""Versions: a document whose file has changed stays in the corpus, behind the one that took its place.

In: ids of documents. Out: which one is newer, which ones are older. Touches: the table `versions` of the database.

An older version keeps its text, its records and its corrections; it is not in the search index and not among
`Store.documents()`, and is read by its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from policyparse.corpus.database import Database
from policyparse.corpus.passages import fold_key
from policyparse.model import Document

#: SQL: a document that no newer one has replaced.
CURRENT = "id NOT IN (SELECT document FROM versions)"


@dataclass(frozen=True, slots=True)
class Version:
    """The file `path` was found changed: it has `newer` in the place of `document`, or nothing (None)."""

    document: str
    newer: str | None
    path: str
    since: str


class Versions:
    """The older versions in an open database."""

    def __init__(self, database: Database) -> None:
        self._transaction = database.transaction
        self._db = database.rows

    def replace(self, document: str, newer: str | None, path: str) -> None:
        """Notes that `newer` has taken the place of `document`, or that its file has it no longer."""
        with self._transaction():
            self._db.execute(
                "INSERT OR REPLACE INTO versions VALUES (?, ?, ?, ?)",
                (document, newer, path, datetime.now(UTC).isoformat(timespec="seconds")),
            )

    def revive(self, document: str) -> bool:
        """`document` is current again (a file has its old content back); whether it had not been."""
        with self._transaction():
            return self._db.execute("DELETE FROM versions WHERE document = ?", (document,)).rowcount > 0

    def forget(self, document: str, newer: str | None = None) -> None:
        """`document` is gone: what came before it comes before `newer` from now on (None: nothing took its place)."""
        with self._transaction():
            self._db.execute("DELETE FROM versions WHERE document = ?", (document,))
            self._db.execute("UPDATE versions SET newer = nullif(?, document) WHERE newer = ?", (newer, document))

    def of(self, document: str) -> Version | None:
        """What has replaced `document`; None where it is current."""
        row = self._db.execute(
            "SELECT document, newer, path, since FROM versions WHERE document = ?", (document,)
        ).fetchone()
        return Version(*row) if row else None

    def newest(self, document: str) -> str | None:
        """The current document at the end of the chain that begins with `document`; None where there is none."""
        seen: set[str] = set()
        at: str | None = document
        while at is not None and at not in seen:  # A, then B, then A again: each step was true once
            seen.add(at)
            version = self.of(at)
            if version is None:
                return None if at == document else at
            at = version.newer
        return None

    def older(self, document: str) -> list[Version]:
        """The versions before `document`, the last one first."""
        found: list[Version] = []
        seen, waiting = {document}, [document]
        while waiting:
            rows = self._db.execute(
                "SELECT document, newer, path, since FROM versions WHERE newer = ? ORDER BY since DESC, document",
                (waiting.pop(),),
            )
            for row in rows:
                if row[0] not in seen:
                    seen.add(row[0])
                    waiting.append(row[0])
                    found.append(Version(*row))
        return sorted(found, key=lambda version: version.since, reverse=True)

    def count(self) -> int:
        """How many older versions there are."""
        number: int = self._db.execute("SELECT count(*) FROM versions").fetchone()[0]
        return number

    def all(self) -> list[Version]:
        """Every older version."""
        return [Version(*row) for row in self._db.execute("SELECT document, newer, path, since FROM versions")]


#: A document is the newer version of one of which it has this share of the clauses, by characters. Plans are revised
#: clause by clause; what two plans of different matters share are their closing formulas.
_SAME_MATTER = 0.2


def successor(old: Document, documents: Sequence[Document]) -> Document | None:
    """Which of the documents that a file has now is the newer version of `old`, which it had; None where none is.

    The one with most of its words; where the only document of a file was rewritten, whatever it says now.
    """
    words = {fold_key(clause.text): len(clause.text) for clause in old.clauses}

    def shared(document: Document) -> int:
        return sum(words.get(key, 0) for key in {fold_key(clause.text) for clause in document.clauses})

    best = max(documents, key=shared, default=None)
    if best is not None and shared(best) > _SAME_MATTER * sum(words.values()):
        return best
    in_its_place = [document for document in documents if document.source.path == old.source.path]
    if old.source.parts == 1 and len(in_its_place) == 1:
        return in_its_place[0]
    return None
