"""The connection to the corpus database: how it is opened, what a transaction is, how it comes to its present shape.

In: a path. Out: Database, on which store.py (documents), imports.py (files) and corrections.py (a person's tags)
write their tables. Touches: `corpus.sqlite` in the corpus directory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from policyparse.corpus import migrations
from policyparse.corpus.blocks import words_in
from policyparse.passing import PolicyparseError

#: So much of the file is read where the system has it in memory, without a copy, which takes half the time; SQLite makes
#: of it what it is built for, two gigabytes mostly.
_MAPPED = 1 << 40

#: Migrations after which a corpus takes less room.
_SMALLER = frozenset(("compact_store", "words_in_blocks"))


class Database:
    """An open database; `rows` is its sqlite3 connection. Open with `write=True` to change it."""

    def __init__(self, path: Path, write: bool = False) -> None:
        self.path = path
        self._write_mode = write
        mode = "rwc" if write else "ro"
        try:
            self.rows = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=30
            )
            self.rows.row_factory = sqlite3.Row
            self.rows.execute("PRAGMA cache_size = -32768")  # 32 MB
            self.rows.execute(f"PRAGMA mmap_size = {_MAPPED}")
            self.rows.create_function("words_in", 2, words_in, deterministic=True)
            if write:
                self.rows.execute("PRAGMA page_size = 8192")  # of a new one; packed documents leave less room unused
                self._journal("WAL")  # readers and the writer do not wait for each other
                self.rows.execute("PRAGMA synchronous = NORMAL")
                if _SMALLER.intersection(migrations.migrate(self.rows)):
                    self.rows.execute("VACUUM")  # gives back the room that a corpus of before had
            else:
                self.rows.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            raise PolicyparseError(
                f"{path}: the corpus database cannot be opened ({error}) — restore it from a copy"
            ) from None

    def close(self) -> None:
        """Closes the database; at rest it is one plain file, which can be read on a medium that takes no writing."""
        if self._write_mode:
            self.rows.execute("PRAGMA busy_timeout = 0")  # do not wait for readers
            self._journal("DELETE")
        self.rows.close()

    def _journal(self, mode: str) -> None:
        # another connection that is open just now keeps the old mode, which is no less safe
        with suppress(sqlite3.OperationalError):
            self.rows.execute(f"PRAGMA journal_mode = {mode}").fetchone()

    def missing_migrations(self) -> list[str]:
        """Steps that this version has and the database has not."""
        have = migrations.applied(self.rows)
        return [name for name, _ in migrations.STEPS if name not in have]

    def unknown_migrations(self) -> list[str]:
        """Steps that a newer version has made."""
        return sorted(migrations.applied(self.rows) - {name for name, _ in migrations.STEPS})

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read inside is of one moment; and whether another program is writing is asked once, which takes as
        long as reading some ten rows."""
        if self.rows.in_transaction:
            yield
            return
        self.rows.execute("BEGIN")
        try:
            yield
        finally:
            if self.rows.in_transaction:
                self.rows.execute("COMMIT")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written inside is kept together or not at all."""
        if self.rows.in_transaction:
            yield
            return
        self.rows.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.rows.execute("ROLLBACK")
            raise
        self.rows.execute("COMMIT")
