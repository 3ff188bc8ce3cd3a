"""What people have corrected: a clause's tags, a delegation or responsibility that is wrong or amended.

In: a correction of a clause or record, with who made it. Out: Documents as corrected; the corrections themselves.
Touches: the table `corrections` of the corpus database.

A correction names its clause by document and words (`passages.fold_key`), not by number: it holds when the file is
imported again, when a newer program cuts the clauses otherwise, and when the model is trained anew. The document in the
store stays as the machine read it; corrections are laid over it whenever it is read. Nothing is overwritten: the newest
correction of a thing holds, and `withdraw` puts the machine's answer back.

    with Corpus.open("pilots", write=True) as corpus:
        corpus.correct("d9f6#c7", ["delegation", "service"], by="李")
        corpus.correct_record("d9f6", document.delegations[0], None, by="李")          # it is none
        corpus.correct_record("d9f6", document.delegations[1], {"to": ["镇政府"]}, by="李")
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar, cast

from pydantic import ValidationError

from policyparse.corpus.database import Database
from policyparse.corpus.passages import fold_key
from policyparse.model import TAGS, Clause, Delegation, Document, Responsibility, TagName, TagScore
from policyparse.passing import PolicyparseError

Sort = Literal["tags", "delegation", "responsibility"]
Record = Delegation | Responsibility
_R = TypeVar("_R", bound=Record)
Laid = dict[str, dict[tuple["Sort", str], "Correction"]]

#: A tag that a person gave: there is no doubt to put into a number.
CERTAIN = 1.0
#: What names a record inside its clause: its words. Who gives and receives, and when, may be what is amended.
_NAMES: Mapping[Sort, tuple[str, ...]] = {"delegation": ("item",), "responsibility": ("role", "task")}
#: What may be amended; the span stays where the machine found the proof.
AMENDABLE: Mapping[Sort, tuple[str, ...]] = {
    "delegation": ("item", "from", "to", "mode"),
    "responsibility": ("departments", "role", "task", "deadline"),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction, as it was made.

    clause:  the clause's id when it was made
    sort:    what was corrected: the clause's tags, or a record in it
    subject: for a record, the words that name it; None for tags
    value:   the tags, main one first; for a record its amended fields, None where it is wrong
    before:  what the machine had said: tags, or the record's fields
    withdrawn: it holds no longer
    """

    number: int
    document: str
    clause: str
    sort: Sort
    subject: dict[str, str] | None
    value: Any
    before: Any
    by: str
    when: str
    note: str
    withdrawn: bool


class Corrections:
    """The corrections of an open database."""

    def __init__(self, database: Database) -> None:
        self._db = database.rows
        self._transaction = database.transaction

    def add(
        self, document: Document, identity: str, tags: Sequence[str], *, by: str, note: str = "",
        when: datetime | None = None,
    ) -> Correction:  # fmt: skip
        """Notes that the clause `identity` (c7) of `document`, as the machine read it, has `tags`, main one first.

        Raises PolicyparseError for a clause that is not there and for what is no tag.
        """
        clause = next((clause for clause in document.clauses if clause.id == identity), None)
        if clause is None:
            raise PolicyparseError(f"{document.id}#{identity}: the document has no such clause")
        if not tags:
            raise PolicyparseError(f"{document.id}#{identity}: no tag given — a clause has at least one")
        if unknown := [tag for tag in tags if tag not in TAGS]:
            raise PolicyparseError(f"unknown tag {unknown[0]} — the tags are {', '.join(TAGS)}")
        value = list(dict.fromkeys(tags))
        before = [tag.tag for tag in clause.tags]
        return self._write(document, clause, "tags", "null", value, before, by, note, when)

    def add_record(
        self, document: Document, record: Record, fields: Mapping[str, Any] | None, *, by: str, note: str = "",
        when: datetime | None = None,
    ) -> Correction:  # fmt: skip
        """Notes that `record` is none (`fields` None), or that the fields named are otherwise.

        `document` is as the machine read it, `record` one of its records, or what an earlier correction made of one
        (the two are then laid together). Raises PolicyparseError for a record or field that is not there.
        """
        sort = _sort(record)
        laid = self._laid(document.id, document.clauses)
        for read in document.delegations if sort == "delegation" else document.responsibilities:
            earlier = laid.get(read.clause or "", {}).get((sort, _subject(read)))
            if record == read or (earlier is not None and earlier.value and record == _amended(read, earlier.value)):
                break
        else:
            raise PolicyparseError(f"{document.id}: it has no such {sort} — policyparse show lists them")
        clause = next((clause for clause in document.clauses if clause.id == read.clause), None)
        if clause is None:
            raise PolicyparseError(f"{document.id}: the {sort} stands in no clause — it cannot be corrected")
        value = None
        if fields is not None:
            if strange := sorted(set(fields) - set(AMENDABLE[sort])):
                known = ", ".join(AMENDABLE[sort])
                raise PolicyparseError(f"a {sort} has no field {strange[0]} to amend — those are {known}")
            value = {**((earlier and earlier.value) or {}), **fields}
            _amended(read, value)
        whole = read.model_dump(mode="json", by_alias=True)
        before = {name: whole[name] for name in AMENDABLE[sort]}
        return self._write(document, clause, sort, _subject(read), value, before, by, note, when)

    def withdraw(self, number: int) -> Correction:
        """The correction holds no longer; what held before it holds again. Raises PolicyparseError if there is none."""
        with self._transaction():
            changed = self._db.execute("UPDATE corrections SET withdrawn = 1 WHERE number = ?", (number,)).rowcount
        if not changed:
            raise PolicyparseError(f"{number}: no such correction — policyparse corrections lists them")
        return _from(self._db.execute("SELECT * FROM corrections WHERE number = ?", (number,)).fetchone())

    def all(self, document: str | None = None) -> list[Correction]:
        """Every correction ever made (of one document), oldest first."""
        rows = self._db.execute(
            "SELECT * FROM corrections WHERE ?1 IS NULL OR document = ?1 ORDER BY number", (document,)
        )
        return [_from(row) for row in rows]

    def holding(self, document: Document) -> dict[str, list[Correction]]:
        """Clause id → the corrections that hold for it now: the newest of its tags and of each record."""
        return {clause: list(found.values()) for clause, found in self._laid(document.id, document.clauses).items()}

    def applied(self, document: Document) -> Document:
        """`document` with the corrections that hold; itself where there are none. A person's tag has the score 1."""
        laid = self._laid(document.id, document.clauses)
        if not laid:
            return document
        clauses = []
        for clause in document.clauses:
            tags = next((c for (sort, _), c in laid.get(clause.id, {}).items() if sort == "tags"), None)
            if tags is not None:
                given = [TagScore(tag=cast(TagName, tag), score=CERTAIN) for tag in tags.value if tag in TAGS]
                clause = clause.model_copy(update={"tags": given})
            clauses.append(clause)
        return document.model_copy(
            update={
                "clauses": clauses,
                "delegations": list(_records(document.delegations, laid)),
                "responsibilities": list(_records(document.responsibilities, laid)),
            }
        )

    def carry(self, old: str, new: Document) -> int:
        """Copies what holds for clauses of the document `old` to those of `new` that have the same words.

        For a new version of a document, which has another id. Returns how many; what `new` has already stays.
        """
        if old == new.id:
            return 0
        mine = self._laid(new.id, new.clauses)
        copied = 0
        with self._transaction():
            for clause, found in self._laid(old, new.clauses).items():
                for what, correction in found.items():
                    if what not in mine.get(clause, {}):
                        self._db.execute(
                            "INSERT INTO corrections (document, clause, fold, nth, sort, subject, value, before, who, "
                            "made, note) SELECT ?, ?, fold, nth, sort, subject, value, before, who, made, note "
                            "FROM corrections WHERE number = ?",
                            (new.id, clause, correction.number),
                        )
                        copied += 1
        return copied

    def _write(
        self, document: Document, clause: Clause, sort: Sort, subject: str, value: Any, before: Any, by: str,
        note: str, when: datetime | None,
    ) -> Correction:  # fmt: skip
        if not by.strip():
            raise PolicyparseError("a correction needs the name of who made it — give it with --by NAME")
        fold, nth = _keys(document.clauses)[clause.id]
        values = (
            document.id, clause.id, fold, nth, sort, subject, _json(value), _json(before), by.strip(),
            (when or datetime.now(UTC)).isoformat(timespec="seconds"), note,
        )  # fmt: skip
        with self._transaction():
            number = self._db.execute(
                "INSERT INTO corrections (document, clause, fold, nth, sort, subject, value, before, who, made, note) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            ).lastrowid
        return _from(self._db.execute("SELECT * FROM corrections WHERE number = ?", (number,)).fetchone())

    def _laid(self, document: str, clauses: Sequence[Clause]) -> Laid:
        """Clause id → (sort, subject) → the newest correction, for the clauses whose words are corrected in `document`."""
        rows = self._db.execute(
            "SELECT * FROM corrections WHERE document = ? AND NOT withdrawn ORDER BY number", (document,)
        ).fetchall()
        if not rows:
            return {}
        names = {key: identity for identity, key in _keys(clauses).items()}
        laid: Laid = {}
        for row in rows:
            clause = names.get((row["fold"], row["nth"]))
            if clause is not None:
                laid.setdefault(clause, {})[row["sort"], row["subject"]] = _from(row)
        return laid


def _keys(clauses: Iterable[Clause]) -> dict[str, tuple[int, int]]:
    """Clause id → (its words' number, how many clauses of the same words stand before it)."""
    seen: Counter[int] = Counter()
    keys = {}
    for clause in clauses:
        fold = fold_key(clause.text)
        keys[clause.id] = fold, seen[fold]
        seen[fold] += 1
    return keys


def _sort(record: Record) -> Sort:
    return "delegation" if isinstance(record, Delegation) else "responsibility"


def _subject(record: Record) -> str:
    """What names a record in its clause, as it is kept."""
    return _json({name: getattr(record, name) for name in _NAMES[_sort(record)]})


def _records(records: Sequence[_R], laid: Laid) -> Iterable[_R]:
    for record in records:
        correction = laid.get(record.clause or "", {}).get((_sort(record), _subject(record)))
        if correction is None:
            yield record
        elif correction.value is not None:
            yield _amended(record, correction.value)


def _amended(record: _R, fields: Mapping[str, Any]) -> _R:
    try:
        return cast(_R, type(record).model_validate({**record.model_dump(by_alias=True), **fields}))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PolicyparseError(f"{where}: {first['msg']} — the record was not amended") from None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _from(row: Any) -> Correction:
    return Correction(
        number=row["number"], document=row["document"], clause=row["clause"], sort=row["sort"],
        subject=json.loads(row["subject"]), value=json.loads(row["value"]), before=json.loads(row["before"]),
        by=row["who"], when=row["made"], note=row["note"], withdrawn=bool(row["withdrawn"]),
    )  # fmt: skip
