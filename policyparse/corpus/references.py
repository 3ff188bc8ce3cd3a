"""Which documents of a corpus cite which: a citation's document, and who cites a document.

In: Documents as they are stored. Out: ids. Touches: the tables `names_of` and `cited_by` of the corpus database.

A document is known by its number (brackets of any form) and by its title, in full, without the issuer before 关于 and
without 中华人民共和国, as it is cited. Both are kept as 62-bit keys: a corpus of a million documents has tens of
millions of citations.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from policyparse.corpus.packing import unpack
from policyparse.corpus.passages import fold_key
from policyparse.corpus.versions import CURRENT
from policyparse.model import Citation, Document

TABLES = """
    CREATE TABLE names_of (key INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (key, document)) WITHOUT ROWID;
    CREATE TABLE cited_by (key INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (key, document)) WITHOUT ROWID;
    CREATE INDEX names_of_document ON names_of (document);
    CREATE INDEX cited_by_document ON cited_by (document);
"""

# A title of fewer characters (《意见》, 《决定》) names no document.
_LEAST = 5
_ABOUT = re.compile("关于|印发|转发")
_STATE = "中华人民共和国"
_BRACKETS = re.compile(r"[\[【（(﹝〔\]】）)﹞〕\s]")


def _number_key(number: str | None) -> list[int]:
    bare = _BRACKETS.sub("", number or "")
    return [fold_key(f"number {bare}")] if bare else []


def _title_keys(title: str | None) -> list[int]:
    """Of a title and of what is left of it where it is cited in short."""
    words = re.sub(r"[\s《》〈〉<>]", "", title or "")
    forms = {words, words.removeprefix(_STATE)}
    if about := _ABOUT.search(words):
        forms.add(words[about.start() :])
    return [fold_key(form) for form in sorted(forms) if len(form) >= _LEAST]


def names(document: Document) -> set[int]:
    """The keys by which a document can be cited."""
    return {*_number_key(document.doc_number), *_title_keys(document.title), *_title_keys(document.cover_title)}


def asked(citation: Citation) -> list[list[int]]:
    """The keys that a citation gives, the surest first: its number, its title in full, its title in short."""
    titles = _title_keys(citation.title)
    return [keys for keys in (_number_key(citation.doc_number), titles) if keys]


def _rows(document: Document) -> dict[str, set[int]]:
    """Table → the keys that a document has there."""
    cites = {key for citation in document.citations for keys in asked(citation) for key in keys}
    return {"names_of": names(document), "cited_by": cites}


def fill(connection: sqlite3.Connection) -> None:
    """Writes the keys of all documents of a database that has none yet."""
    references = References(connection)
    bodies = connection.execute(
        "SELECT d.seq, coalesce(d.first, 0), d.passages, b.data FROM documents d JOIN bodies b ON b.document = d.seq"
    )
    for place, first, count, data in bodies:  # one at a time: there may be a million
        texts = connection.execute(
            "SELECT text FROM texts WHERE number BETWEEN ? AND ? ORDER BY number", (first, first + count - 1)
        )
        references.write(place, unpack(data, [row[0] for row in texts]))


class References:
    """The citations in an open database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def write(self, place: int, document: Document) -> None:
        """Keeps what `document`, with the number `place`, is called and whom it cites."""
        self.forget(place)
        for table, keys in _rows(document).items():
            self._db.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?, ?)", [(key, place) for key in sorted(keys)])

    def forget(self, place: int) -> None:
        for table in ("names_of", "cited_by"):
            self._db.execute(f"DELETE FROM {table} WHERE document = ?", (place,))

    def has(self, place: int, document: Document) -> bool:
        """Whether what is kept of `document` is what it is called and whom it cites."""
        return all(
            {row[0] for row in self._db.execute(f"SELECT key FROM {table} WHERE document = ?", (place,))} == keys
            for table, keys in _rows(document).items()
        )

    def cited(self, document: Document) -> dict[int, str]:
        """Which citations of `document` (by their place in `citations`) mean a document of the corpus: its id.

        Where near-duplicates bear the name, the first of them; where documents of several families do, none is meant.
        """
        found: dict[int, str] = {}
        for place, citation in enumerate(document.citations):
            for keys in asked(citation):
                if identity := self._one(keys, document.id):
                    found[place] = identity
                    break
        return found

    def citing(self, document: Document) -> list[str]:
        """The ids of the documents that cite `document`, in the order in which they came."""
        marks = sorted(names(document))
        rows = self._db.execute(
            "SELECT DISTINCT d.id, d.seq FROM cited_by n JOIN documents d ON d.seq = n.document "
            f"WHERE n.key IN ({', '.join('?' * len(marks))}) AND d.id <> ? AND d.{CURRENT} ORDER BY d.seq",
            (*marks, document.id),
        )
        return [row[0] for row in rows]

    def _one(self, keys: Iterable[int], apart_from: str) -> str | None:
        families: dict[int, str] = {}
        marks = list(keys)
        for row in self._db.execute(
            "SELECT d.id, d.family FROM names_of n JOIN documents d ON d.seq = n.document "
            f"WHERE n.key IN ({', '.join('?' * len(marks))}) AND d.id <> ? AND d.{CURRENT} ORDER BY d.seq",
            (*marks, apart_from),
        ):
            families.setdefault(row[1], row[0])
        return next(iter(families.values())) if len(families) == 1 else None
