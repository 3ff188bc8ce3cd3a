"""The passages of the store: their words, and what a hit shows of them, a row each.

In: Passages of a document. Out: the same, by number, with their document's facts.
Touches: the tables `texts` and `tag_codes` of the corpus database.

A row has the words and little of what follows from them or stands beside them: clauses and sections as numbers, no end
(it is the start and the length), no document (its rows are neighbours, and know how many stand before them). The view
`passages` shows it all as the contract has it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from policyparse.corpus.database import Database
from policyparse.corpus.passages import Passage

#: What a passage is, as the number that the column `what` has; migrations.py has the same in the view.
KINDS = ("clause", "heading", "line", "title")

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")

#: A row as the view `passages` has it, with the facts of its document.
_ROWS = (
    "SELECT p.*, d.title, d.kind, d.doc_number, d.date, d.place, d.level, d.issuers, d.family "
    "FROM passages p JOIN documents d ON d.id = p.document "
)

_HELD = (
    "SELECT t.number, t.nth, t.clause, t.what, t.path, t.lead, t.start, t.text, t.tags, t.fold, "
    "NOT EXISTS (SELECT 1 FROM texts o WHERE o.fold = t.fold AND o.number <> t.number) "
    "FROM texts t WHERE t.number IN "
)

_NAMES = (
    "SELECT t.number, d.id, t.clause FROM texts t JOIN documents d ON d.first = t.number - t.nth WHERE t.number IN "
)

_FACTS = "SELECT first, id, title, kind, doc_number, date, place, level, issuers FROM documents WHERE first IN "

#: Documents of which the facts are kept at hand: some 5 MB.
_AT_HAND = 8192

INSERT_TEXT = (
    "INSERT INTO texts (number, nth, clause, what, section, start, path, lead, tags, fold, text) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

#: Between the headings of a path.
_PATH = "\x1f"

Tags = Sequence[tuple[str, float]]


def text_row(first: int, nth: int, part: Passage, tags: Tags, codes: Mapping[str, int]) -> tuple[object, ...]:
    """What INSERT_TEXT is to be given for a document's passage; `first`: the number of the document's first one."""
    path = [heading.replace(_PATH, " ") for heading in part.path]
    lead = len(path[-1]) if path and part.text.startswith(path[-1]) else 0
    return (
        first + nth,
        nth,
        _short(part.clause, "c"),
        KINDS.index(part.what),
        _short(part.section, "s"),
        part.start,
        _PATH.join(path[:-1] if lead else path) or None,
        lead,
        _coded(tags, codes),
        part.fold,
        part.text,
    )


def headings(row: sqlite3.Row) -> list[str]:
    """A passage's path: the headings above it, from the outside in."""
    path = row["above"].split(_PATH) if row["above"] is not None else []
    if row["lead"]:
        path.append(row["text"][: row["lead"]])
    return path


class Facts(NamedTuple):
    """A document's facts, as its hits show them."""

    document: str
    title: str
    kind: str
    doc_number: str | None
    date: str | None
    place: str | None
    level: str | None
    issuers: list[str]


class Held(NamedTuple):
    """A passage as a hit shows it; `alone`: no other passage has its words."""

    number: int
    facts: Facts
    clause: str | None
    what: str
    path: list[str]
    start: int
    text: str
    tags: list[tuple[str, float]]
    fold: int
    alone: bool


class Texts:
    """The passages of an open database."""

    def __init__(self, database: Database) -> None:
        self._db = database.rows
        self._names: dict[int, str] = {}
        self._at_hand: dict[int, Facts] = {}

    def write(self, parts: Sequence[Passage]) -> int:
        """Keeps the passages of a document, and returns the number of the first; the others follow it."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'texts'").fetchone()
        first: int = (row[0] if row else 0) + 1
        codes = self._codes(tag for part in parts for tag, _ in part.tags)
        self._db.executemany(
            INSERT_TEXT, [text_row(first, nth, part, part.tags, codes) for nth, part in enumerate(parts)]
        )
        return first

    def remove(self, first: int, count: int) -> None:
        self._db.execute("DELETE FROM texts WHERE number BETWEEN ? AND ?", (first, first + count - 1))

    def renew_tags(self, first: int, count: int, tags: Mapping[str, Tags]) -> None:
        """Gives the clauses named in `tags` these tags."""
        codes = self._codes(tag for own in tags.values() for tag, _ in own)
        self._db.executemany(
            "UPDATE texts SET tags = ? WHERE number BETWEEN ? AND ? AND clause = ?",
            [(_coded(own, codes), first, first + count - 1, _short(clause, "c")) for clause, own in tags.items()],
        )

    def words(self, first: int, count: int) -> list[str]:
        """The texts of the passages `first` to `first + count`, in order."""
        rows = self._db.execute(
            "SELECT text FROM texts WHERE number BETWEEN ? AND ? ORDER BY number", (first, first + count - 1)
        )
        return [row[0] for row in rows]

    def of(self, first: int, count: int) -> list[tuple[int, Passage]]:
        """The passages `first` to `first + count` with their numbers, in order."""
        rows = self._db.execute(
            "SELECT * FROM passages WHERE seq BETWEEN ? AND ? ORDER BY seq", (first, first + count - 1)
        )
        return [
            (
                row["seq"],
                Passage(
                    row["clause"], row["what"], row["section"], tuple(headings(row)), row["start"],
                    row["end"], row["text"], row["fold"], tuple(self.tags(row["tags"])),
                ),
            )
            for row in rows
        ]  # fmt: skip

    def with_facts(self, numbers: Sequence[int]) -> Iterator[sqlite3.Row]:
        """Passages by their numbers, each with its document's facts, in no order."""
        for at in range(0, len(numbers), 500):
            some = numbers[at : at + 500]
            yield from self._db.execute(_ROWS + f"WHERE p.seq IN ({', '.join('?' * len(some))})", some)

    def held(self, numbers: Sequence[int]) -> dict[int, Held]:
        """What a hit shows, by the passages' numbers; what is replaced just now is left out."""
        found: dict[int, Held] = {}
        for at in range(0, len(numbers), 500):
            some = numbers[at : at + 500]
            rows = self._plain(_HELD, some)
            facts = self._facts({row[0] - row[1] for row in rows})
            for number, nth, clause, what, above, lead, start, text, tags, fold, alone in rows:
                if number - nth not in facts:  # its document was written anew since its row was read
                    continue
                path = above.split(_PATH) if above is not None else []
                if lead:
                    path.append(text[:lead])
                found[number] = Held(
                    number, facts[number - nth], f"c{clause}" if isinstance(clause, int) else clause, KINDS[what], path,
                    start, text, self.tags(tags) if tags is not None else [], fold, bool(alone),
                )  # fmt: skip
        return found

    def _facts(self, firsts: Set[int]) -> Mapping[int, Facts]:
        """The facts of documents, by the numbers of their first passages.

        A document that is written anew gets new numbers, so that what is at hand is never out of date.
        """
        missing = [first for first in firsts if first not in self._at_hand]
        if missing:
            if len(self._at_hand) > _AT_HAND:
                self._at_hand.clear()
                missing = list(firsts)
            for first, *facts, issuers in self._plain(_FACTS, missing):
                self._at_hand[first] = Facts._make((*facts, json.loads(issuers)))
        return self._at_hand

    def _plain(self, asked: str, values: Sequence[int]) -> list[tuple[Any, ...]]:
        """The rows of a statement that ends in IN, as tuples, which are quicker."""
        cursor = self._db.cursor()
        cursor.row_factory = None
        return cursor.execute(asked + f"({', '.join('?' * len(values))})", values).fetchall()

    def folds(self, numbers: Sequence[int]) -> dict[int, int]:
        """The folds of passages, by their numbers."""
        found: dict[int, int] = {}
        for at in range(0, len(numbers), 500):
            some = numbers[at : at + 500]
            marks = ", ".join("?" * len(some))
            found.update(self._db.execute(f"SELECT number, fold FROM texts WHERE number IN ({marks})", some).fetchall())
        return found

    def with_folds(self, folds: Sequence[int]) -> list[tuple[int, int]]:
        """The numbers of the passages that have one of these folds, each with its fold."""
        found: list[tuple[int, int]] = []
        for at in range(0, len(folds), 500):
            found += self._plain("SELECT number, fold FROM texts WHERE fold IN ", folds[at : at + 500])
        return found

    def names_of(self, numbers: Sequence[int]) -> dict[int, str]:
        """What passages are called: `document#c7`, or the document where it is no clause."""
        found: dict[int, str] = {}
        for at in range(0, len(numbers), 500):
            rows = self._plain(_NAMES, numbers[at : at + 500])
            found.update(
                (number, document if clause is None else f"{document}#{'c' if isinstance(clause, int) else ''}{clause}")
                for number, document, clause in rows
            )
        return found

    def repeated(self, folds: Sequence[int]) -> set[int]:
        """Which of these folds more than one passage has."""
        marks = ", ".join("?" * len(folds))
        rows = self._db.execute(
            f"SELECT fold FROM texts WHERE fold IN ({marks}) GROUP BY fold HAVING count(*) > 1", folds
        )
        return {row[0] for row in rows}

    def tags(self, coded: int | str | None) -> list[tuple[str, float]]:
        """The column `tags` of a row as (tag, score)."""
        if coded is None:
            return []
        numbers = [coded] if isinstance(coded, int) else [int(number) for number in coded.split(",")]
        if any(number // 100_000 not in self._names for number in numbers):
            self._names = dict(self._db.execute("SELECT code, tag FROM tag_codes").fetchall())
        return [(self._names[number // 100_000], number % 100_000 / 10_000) for number in numbers]

    def _codes(self, tags: Iterable[str]) -> dict[str, int]:
        """The number of each tag; one that the contract has got since gets the next."""
        known = dict(self._db.execute("SELECT tag, code FROM tag_codes").fetchall())
        for tag in sorted(set(tags) - known.keys()):
            known[tag] = self._db.execute("INSERT INTO tag_codes (tag) VALUES (?) RETURNING code", (tag,)).fetchone()[0]
        return known


def _coded(tags: Tags, codes: Mapping[str, int]) -> int | str | None:
    """One tag as a number of three bytes, several as a list of such."""
    numbers = [codes[tag] * 100_000 + round(score * 10_000) for tag, score in tags]
    return numbers[0] if len(numbers) == 1 else ",".join(map(str, numbers)) or None


def _short(identity: str | None, letter: str) -> int | str | None:
    """c7 as 7, s3 as 3: the pipeline's ids; others stay as they are."""
    if identity and identity[0] == letter and _NUMBER.fullmatch(identity, 1):
        return int(identity[1:])
    return identity
