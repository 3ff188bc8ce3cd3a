"""The passages of the store: what a hit shows of them, a row each, and their words in blocks.

In: Passages of a document. Out: the same, by number, with their document's facts.
Touches: the tables `texts`, `words` and `tag_codes` of the corpus database.

A row has little of what follows from others or stands beside it: clauses and sections as numbers, no end (it is the
start and the size), no document (its rows are neighbours, and know how many stand before them), the headings above only
where no row before it has the same. Its words stand in the block with the highest number that is not above its own. The
view `passages` shows it all as the contract has it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from policyparse.corpus.blocks import Damaged, blocks, unpack_block
from policyparse.corpus.database import Database
from policyparse.corpus.passages import Passage
from policyparse.passing import PolicyparseError

#: What a passage is, as the number that the column `what` has; migrations.py has the same in the view.
KINDS = ("clause", "heading", "line", "title")

_NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")

#: The headings above a passage `t`, but for the one that its words begin with.
_ABOVE = (
    "CASE typeof(t.path) WHEN 'integer' THEN (SELECT o.path FROM texts o WHERE o.number = t.number - t.nth + t.path) "
    "ELSE t.path END"
)
#: The number of the block that has the words of a passage `t`.
_BLOCK = "(SELECT max(w.number) FROM words w WHERE w.number <= t.number)"

_HELD = (
    f"SELECT t.number, t.nth, t.clause, t.what, {_ABOVE}, t.lead, t.start, w.number, w.data, t.tags, t.fold, "
    "NOT EXISTS (SELECT 1 FROM texts o WHERE o.fold = t.fold AND o.number <> t.number) "
    f"FROM texts t JOIN words w ON w.number = {_BLOCK} WHERE t.number IN "
)

#: A passage's row with the facts of its document.
_ROWS = (
    f"SELECT t.number AS seq, d.id AS document, t.clause, t.what, t.section, t.start, t.fold, {_ABOVE} AS above, t.lead, "
    f"{_BLOCK} AS block, d.title, d.kind, d.doc_number, d.date, d.place, d.level, d.issuers, d.family "
    "FROM texts t JOIN documents d ON d.first = t.number - t.nth WHERE t.number IN "
)

_NAMES = (
    "SELECT t.number, d.id, t.clause FROM texts t JOIN documents d ON d.first = t.number - t.nth WHERE t.number IN "
)

_FACTS = "SELECT first, id, title, kind, doc_number, date, place, level, issuers FROM documents WHERE first IN "

#: Documents of which the facts are kept at hand (some 5 MB), and opened blocks (some 10 MB).
_AT_HAND = 8192
_OPEN_BLOCKS = 4096

INSERT_TEXT = (
    "INSERT INTO texts (number, nth, clause, what, section, start, size, path, lead, tags, fold) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
INSERT_WORDS = "INSERT INTO words VALUES (?, ?)"

#: A tag and its score are one number below this, three of them one number of SQLite's.
_TAG = 1 << 21
#: Scores are kept in ten-thousandths.
_SCORES = 10_001

#: Between the headings of a path.
_PATH = "\x1f"

Tags = Sequence[tuple[str, float]]


def text_rows(first: int, parts: Sequence[Passage], codes: Mapping[str, int]) -> Iterator[tuple[object, ...]]:
    """What INSERT_TEXT is to be given for a document's passages; `first`: the number of the first one."""
    paths: dict[str, int] = {}
    for nth, part in enumerate(parts):
        path = [heading.replace(_PATH, " ") for heading in part.path]
        lead = len(path[-1]) if path and part.text.startswith(path[-1]) else 0
        above = _PATH.join(path[:-1] if lead else path) or None
        known = paths.setdefault(above, nth) if above else nth
        yield (
            first + nth, nth, kept_id(part.clause, "c"), KINDS.index(part.what), kept_id(part.section, "s"), part.start,
            len(part.text), above if known == nth else known, lead, _coded(part.tags, codes), part.fold,
        )  # fmt: skip


def word_rows(first: int, parts: Sequence[Passage]) -> Iterator[tuple[int, bytes]]:
    """What INSERT_WORDS is to be given for a document's passages."""
    for nth, block in blocks([part.text for part in parts]):
        yield first + nth, block


def headings(above: str | None, text: str, lead: int) -> list[str]:
    """A passage's path, the headings above it from the outside in: those of the column, and the one that `text` begins
    with."""
    path = above.split(_PATH) if above is not None else []
    if lead:
        path.append(text[:lead])
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
        self._db, self._path = database.rows, database.path
        self._names: dict[int, str] = {}
        self._at_hand: dict[int, Facts] = {}
        self._open: dict[int, list[str]] = {}

    def write(self, parts: Sequence[Passage]) -> int:
        """Keeps the passages of a document, and returns the number of the first; the others follow it."""
        row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'texts'").fetchone()
        first: int = (row[0] if row else 0) + 1
        codes = self._codes(tag for part in parts for tag, _ in part.tags)
        self._db.executemany(INSERT_TEXT, text_rows(first, parts, codes))
        self._db.executemany(INSERT_WORDS, word_rows(first, parts))
        return first

    def remove(self, first: int, count: int) -> None:
        for table in ("texts", "words"):
            self._db.execute(f"DELETE FROM {table} WHERE number BETWEEN ? AND ?", (first, first + count - 1))

    def renew_tags(self, first: int, count: int, tags: Mapping[str, Tags]) -> None:
        """Gives the clauses named in `tags` these tags."""
        codes = self._codes(tag for own in tags.values() for tag, _ in own)
        self._db.executemany(
            "UPDATE texts SET tags = ? WHERE number BETWEEN ? AND ? AND clause = ?",
            [(_coded(own, codes), first, first + count - 1, kept_id(clause, "c")) for clause, own in tags.items()],
        )

    def words(self, first: int, count: int) -> list[str]:
        """The texts of the passages `first` to `first + count`, in order. Raises Damaged."""
        rows = self._db.execute(
            "SELECT data FROM words WHERE number BETWEEN ? AND ? ORDER BY number", (first, first + count - 1)
        )
        return [text for row in rows for text in unpack_block(row[0])]

    def of(self, first: int, count: int) -> list[tuple[int, Passage]]:
        """The passages `first` to `first + count` with their numbers, in order. Raises Damaged."""
        rows = self._db.execute(
            "SELECT clause, what, section, start, path, lead, tags, fold FROM texts WHERE number BETWEEN ? AND ? "
            "ORDER BY number",
            (first, first + count - 1),
        ).fetchall()
        words = self.words(first, count)
        if len(words) != len(rows):
            raise Damaged(f"it has {len(rows)} passages and the words of {len(words)}")
        found = []
        for nth, (row, text) in enumerate(zip(rows, words, strict=True)):
            clause, what, section, start, path, lead, tags, fold = row
            above = rows[path]["path"] if isinstance(path, int) else path
            found.append((
                first + nth,
                Passage(
                    given_id(clause, "c"), KINDS[what], given_id(section, "s"), tuple(headings(above, text, lead)), start,
                    start + len(text), text, fold, tuple(self.tags(tags)),
                ),
            ))  # fmt: skip
        return found

    def clause_texts(self) -> Iterator[tuple[str, str | None]]:
        """(text, place of its document) of every clause, in the order of their numbers."""
        block, opened = -1, [""]
        for number, found, place in self._db.execute(
            f"SELECT t.number, {_BLOCK}, d.place FROM texts t JOIN documents d ON d.first = t.number - t.nth "
            "WHERE t.what = 0 ORDER BY t.number"
        ):
            if found != block:
                block, opened = found, self._opened({found})[found]
            yield opened[number - block], place

    def with_facts(self, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """Passages by their numbers, each with its document's facts, in no order.

        seq, document, clause, what, section, start, text, fold, path; title, kind, doc_number, date, place, level,
        issuers (JSON), family
        """
        for at in range(0, len(numbers), 500):
            some = numbers[at : at + 500]
            rows = self._db.execute(_ROWS + f"({', '.join('?' * len(some))})", some).fetchall()
            opened = self._opened({row["block"] for row in rows})
            for row in map(dict, rows):
                block = row.pop("block")
                if block not in opened:  # its document was written anew since its row was read
                    continue
                row["text"] = opened[block][row["seq"] - block]
                row["path"] = headings(row.pop("above"), row["text"], row.pop("lead"))
                row["clause"], row["section"] = given_id(row["clause"], "c"), given_id(row["section"], "s")
                row["what"] = KINDS[row["what"]]
                yield row

    def held(self, numbers: Sequence[int]) -> dict[int, Held]:
        """What a hit shows, by the passages' numbers; what is replaced just now is left out."""
        found: dict[int, Held] = {}
        for at in range(0, len(numbers), 500):
            some = numbers[at : at + 500]
            rows = self._plain(_HELD, some)
            facts = self._facts({row[0] - row[1] for row in rows})
            for number, nth, clause, what, above, lead, start, block, data, tags, fold, alone in rows:
                if number - nth not in facts:
                    continue  # its document was written anew since its row was read
                text = self._open_block(block, data)[number - block]
                found[number] = Held(
                    number, facts[number - nth], given_id(clause, "c"), KINDS[what], headings(above, text, lead),
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

    def _opened(self, numbers: Set[int]) -> Mapping[int, list[str]]:
        """Blocks by their numbers, which are never given to other words; kept at hand as `_facts` are.

        Raises PolicyparseError where one is damaged.
        """
        missing = [number for number in numbers if number not in self._open]
        if missing:
            if len(self._open) + len(missing) > _OPEN_BLOCKS:
                self._open.clear()
                missing = list(numbers)
            for number, data in self._plain("SELECT number, data FROM words WHERE number IN ", missing):
                self._open_block(number, data)
        return self._open

    def _open_block(self, number: int, data: bytes) -> list[str]:
        """The texts of a block, which are kept at hand. Raises PolicyparseError where it is damaged."""
        if number not in self._open:
            try:
                texts = unpack_block(data)
            except Damaged as error:
                raise PolicyparseError(
                    f"{self._path.parent}: {error} — run policyparse verify --repair --corpus {self._path.parent}"
                ) from None
            if len(self._open) > _OPEN_BLOCKS:
                self._open.clear()
            self._open[number] = texts
        return self._open[number]

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
                (number, document if clause is None else f"{document}#{given_id(clause, 'c')}")
                for number, document, clause in rows
            )
        return found

    def tags(self, coded: int | str | None) -> list[tuple[str, float]]:
        """The column `tags` of a row as (tag, score)."""
        if coded is None:
            return []
        numbers = _apart(coded)
        if any(number // _SCORES not in self._names for number in numbers):
            self._names = dict(self._db.execute("SELECT code, tag FROM tag_codes").fetchall())
        return [(self._names[number // _SCORES], number % _SCORES / 10_000) for number in numbers]

    def _codes(self, tags: Iterable[str]) -> dict[str, int]:
        """The number of each tag; one that the contract has got since gets the next."""
        known = dict(self._db.execute("SELECT tag, code FROM tag_codes").fetchall())
        for tag in sorted(set(tags) - known.keys()):
            known[tag] = self._db.execute("INSERT INTO tag_codes (tag) VALUES (?) RETURNING code", (tag,)).fetchone()[0]
        return known


def _coded(tags: Tags, codes: Mapping[str, int]) -> int | str | None:
    """Up to three tags as one number, the first in its lowest bits; more as a list of such."""
    numbers = [codes[tag] * _SCORES + round(score * 10_000) for tag, score in tags]
    if len(numbers) > 3 or any(number >= _TAG for number in numbers):
        return ",".join(map(str, numbers))
    return sum(number << 21 * at for at, number in enumerate(numbers)) or None


def _apart(coded: int | str) -> list[int]:
    """The numbers of the tags in a column `tags`."""
    if isinstance(coded, str):
        return [int(number) for number in coded.split(",")]
    numbers = []
    while coded:
        numbers.append(coded % _TAG)
        coded >>= 21
    return numbers


def kept_id(identity: str | None, letter: str) -> int | str | None:
    """c7 as 7, s3 as 3: the pipeline's ids; others stay as they are."""
    if identity and identity[0] == letter and _NUMBER.fullmatch(identity, 1):
        return int(identity[1:])
    return identity


def given_id(kept: int | str | None, letter: str) -> str | None:
    """What `kept_id` made a number of."""
    return f"{letter}{kept}" if isinstance(kept, int) else kept
