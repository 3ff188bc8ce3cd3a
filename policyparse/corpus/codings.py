"""Tags of a researcher's own scheme, given by a model that was trained from coded clauses; beside the contract's tags.

In: a scheme's name, a document, (tag, score) of each clause. Out: the same. Touches: the table `codings` of the corpus
database.

The contract's twenty tags stay what they are: a scheme is another reading of the same clauses, and a corpus can have
several. What a clause was given holds while its words are the same; `policyparse code` makes all anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from policyparse.corpus.database import Database
from policyparse.corpus.passages import fold_key
from policyparse.model import Document

Tags = list[tuple[str, float]]


class Codings:
    """The own tags in an open database."""

    def __init__(self, database: Database) -> None:
        self._db = database.rows
        self._transaction = database.transaction

    def put(self, scheme: str, document: Document, tags: Sequence[Tags]) -> None:
        """Keeps the tags of each clause of `document`, best first, in place of those that it had in `scheme`."""
        with self._transaction():
            self._db.execute("DELETE FROM codings WHERE scheme = ? AND document = ?", (scheme, document.id))
            self._db.executemany(
                "INSERT INTO codings (scheme, document, clause, fold, tags) VALUES (?, ?, ?, ?, ?)",
                [
                    (scheme, document.id, clause.id, fold_key(clause.text), json.dumps(found, ensure_ascii=False))
                    for clause, found in zip(document.clauses, tags, strict=True)
                ],
            )

    def tags_of(self, scheme: str) -> set[str]:
        """The tags that clauses have in `scheme`, by the last one coded; empty where nothing is coded in it."""
        row = self._db.execute(
            "SELECT tags FROM codings WHERE scheme = ? ORDER BY rowid DESC LIMIT 1", (scheme,)
        ).fetchone()
        return {tag for tag, _ in json.loads(row[0])} if row else set()

    def of(self, document: Document) -> dict[str, dict[str, Tags]]:
        """Scheme → clause id → tags, of the clauses whose words are still those that were coded."""
        folds = {clause.id: fold_key(clause.text) for clause in document.clauses}
        found: dict[str, dict[str, Tags]] = {}
        for row in self._db.execute(
            "SELECT * FROM codings WHERE document = ? ORDER BY scheme, rowid", (document.id,)
        ).fetchall():
            if folds.get(row["clause"]) == row["fold"]:
                tags = [(tag, score) for tag, score in json.loads(row["tags"])]
                found.setdefault(row["scheme"], {})[row["clause"]] = tags
        return found

    def schemes(self) -> Iterator[tuple[str, int]]:
        """Each scheme with the number of clauses that it has coded."""
        for row in self._db.execute("SELECT scheme, count(*) FROM codings GROUP BY scheme ORDER BY scheme"):
            yield row[0], row[1]
