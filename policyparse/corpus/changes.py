"""What has changed in a corpus since a copy of it was last brought up to date: for copies elsewhere (an OpenSearch).

In: an open database. Out: numbered changes, a document each. Touches: the table `changes` and the triggers that fill it,
which are made when the first copy is: other corpora do not have them.

Every document stands there once, with the number of its last change. A copy that has all changes up to a number asks for
those behind it; it makes no difference how often it was broken off on the way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policyparse.corpus.database import Database
from policyparse.corpus.versions import CURRENT

_NOTE = "BEGIN DELETE FROM changes WHERE document = {id}; INSERT INTO changes (document) VALUES ({id}); END"

#: Name → when a document has changed. `indexed` is set to 0 by everything that changes what search is to find.
_TRIGGERS = {
    "changes_added": "AFTER INSERT ON documents " + _NOTE.format(id="NEW.id"),
    "changes_renewed": "AFTER UPDATE OF indexed ON documents WHEN NEW.indexed = 0 " + _NOTE.format(id="NEW.id"),
    "changes_moved": "AFTER UPDATE OF seq ON documents " + _NOTE.format(id="NEW.id"),
    "changes_removed": "AFTER DELETE ON documents " + _NOTE.format(id="OLD.id"),
    "changes_replaced": "AFTER INSERT ON versions " + _NOTE.format(id="NEW.document"),
    "changes_revived": "AFTER DELETE ON versions " + _NOTE.format(id="OLD.document"),
}


def _key(copy: str) -> str:
    return f"sent to {copy}"


@dataclass(frozen=True, slots=True)
class Change:
    """`order`: the document's place among all; None where search is not to find it any more."""

    number: int
    document: str
    order: int | None


class Changes:
    """The changes of a database that is open for writing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._db = database.rows

    def watch(self) -> str:
        """Begins to note changes, if nobody did before: all documents are new then. Returns the corpus' identity."""
        with self._database.transaction():
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS changes "
                "(number INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL UNIQUE)"
            )
            held = {row[0] for row in self._db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
            if not held.issuperset(_TRIGGERS):
                for name, when in _TRIGGERS.items():
                    self._db.execute(f"DROP TRIGGER IF EXISTS {name}")
                    self._db.execute(f"CREATE TRIGGER {name} {when}")
                # of what went while nobody noted it, there is the old entry
                self._db.execute(
                    "INSERT OR REPLACE INTO changes (document) "
                    "SELECT document FROM changes WHERE document NOT IN (SELECT id FROM documents)"
                )
                self._db.execute("DELETE FROM changes WHERE document IN (SELECT id FROM documents)")
                self._db.execute("INSERT INTO changes (document) SELECT id FROM documents ORDER BY seq")
            self._db.execute("INSERT OR IGNORE INTO state VALUES ('identity', lower(hex(randomblob(16))))")
            identity: str = self._db.execute("SELECT value FROM state WHERE key = 'identity'").fetchone()[0]
        return identity

    def last(self) -> int:
        """The number of the last change."""
        number: int = self._db.execute("SELECT coalesce(max(number), 0) FROM changes").fetchone()[0]
        return number

    def sent(self, copy: str) -> int:
        """The number that the copy of this name was last brought up to, as this corpus remembers it."""
        row = self._db.execute("SELECT value FROM state WHERE key = ?", (_key(copy),)).fetchone()
        return int(row[0]) if row else 0

    def note_sent(self, copy: str, number: int) -> None:
        """To be noted before the copy notes it: then a copy that has more was fed by a later state of this corpus."""
        with self._database.transaction():
            self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (_key(copy), str(number)))

    def count(self, after: int) -> int:
        """How many changes there are behind number `after`."""
        number: int = self._db.execute("SELECT count(*) FROM changes WHERE number > ?", (after,)).fetchone()[0]
        return number

    def after(self, number: int, size: int) -> Iterator[list[Change]]:
        """The changes behind `number`, `size` at a time, in the order in which they happened."""
        while True:
            rows = self._db.execute(
                f"SELECT c.number, c.document, d.seq FROM changes c LEFT JOIN documents d ON d.id = c.document AND d.{CURRENT} "
                "WHERE c.number > ? ORDER BY c.number LIMIT ?",
                (number, size),
            ).fetchall()
            if not rows:
                return
            yield [Change(*row) for row in rows]
            number = rows[-1][0]
