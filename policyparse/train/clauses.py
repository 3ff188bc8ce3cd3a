"""Labelled clauses: read from JSON Lines and checked, for training and evaluation.

In: `corpora/clauses/*.jsonl` (the row is described in the README beside them). Out:
LabelledClause. Touches: reads the files. A mistake in a row is one plain sentence.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from policyparse.model import TAGS
from policyparse.passing import PolicyparseError
from policyparse.tag import ClauseContext


class CorpusError(PolicyparseError):
    """A labelled clause or a set of them that cannot be trained on."""


@dataclass(frozen=True)
class LabelledClause:
    """A clause with its tags, the main one first. `document` groups those that could stand in one document."""

    text: str
    tags: tuple[str, ...]
    headings: tuple[str, ...] = ()
    kind: str = "other"
    level: str | None = None
    document: str = ""
    position: float = 0.5
    marks: tuple[str, ...] = ()

    def context(self) -> ClauseContext:
        return ClauseContext(self.text, self.headings, self.position, self.kind, self.level, self.marks)


def shipped_clauses() -> Path:
    """The folder of written clauses in a checkout (a wheel carries the model, not the clauses)."""
    return Path(__file__).parent.parent.parent / "corpora" / "clauses"


def read_clauses(source: Path | None = None, tags: Sequence[str] = TAGS) -> list[LabelledClause]:
    """The labelled clauses of a .jsonl file, or of all in a folder by name (None: the written ones of the checkout).

    Raises CorpusError naming file, line and fault: no file, no JSON, a field missing, a tag not among `tags`.
    """
    source = source or shipped_clauses()
    files = sorted(source.glob("*.jsonl")) if source.is_dir() else [source] if source.is_file() else []
    if not files:
        raise CorpusError(f"{source}: no labelled clauses there — give a .jsonl file or a folder of them")
    known = set(tags)
    return [clause for path in files for clause in _read(path, known)]


def lines_of(path: Path) -> list[tuple[int, str]]:
    """(number, line) of a .jsonl file's lines that are not empty. Raises CorpusError if it is not UTF-8."""
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path}: not UTF-8 text (at byte {error.start}) — save it as UTF-8") from None
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _read(path: Path, known: set[str]) -> Iterable[LabelledClause]:
    for number, line in lines_of(path):
        where = f"{path}, line {number}"
        try:
            row = json.loads(line)
            clause = LabelledClause(
                text=row["text"], tags=tuple(row["tags"]), headings=tuple(row.get("headings") or ()),
                kind=row.get("kind", "other"), level=row.get("level"), document=row.get("document", ""),
                position=float(row.get("position", 0.5)),
            )  # fmt: skip
        except json.JSONDecodeError as error:
            raise CorpusError(f"{where}: not a line of JSON ({error.msg}) — one clause a line, as an object") from None
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CorpusError(f"{where}: a labelled clause has at least text and tags ({error!r})") from None
        if not clause.text or not clause.tags:
            raise CorpusError(f"{where}: text or tags are empty — each clause needs at least one tag")
        if unknown := [tag for tag in clause.tags if tag not in known]:
            raise CorpusError(f"{where}: unknown tag {unknown[0]} — the tags are {', '.join(sorted(known))}")
        yield clause


def check_classes(clauses: Sequence[LabelledClause], tags: Sequence[str], least: int = 2) -> None:
    """Raises CorpusError when a tag is main tag of fewer than `least` clauses, or a clause has another tag."""
    if stray := sorted({tag for clause in clauses for tag in clause.tags} - set(tags)):
        raise CorpusError(f"unknown tag {stray[0]} in the clauses — the tags are {', '.join(tags)}")
    count = Counter(clause.tags[0] for clause in clauses)
    if short := [tag for tag in tags if count[tag] < least]:
        raise CorpusError(
            f"too few clauses to learn from: {', '.join(f'{tag} is main tag of {count[tag]}' for tag in short)}"
            f" — label at least {least} for each tag, or leave the tag out"
        )


def fingerprint(clauses: Sequence[LabelledClause], more: object = ()) -> str:
    """A hash of the clauses and labels, in order: which data a model was made of; `more` is what else it saw."""
    digest = hashlib.sha256()
    for clause in clauses:
        digest.update(repr((clause.text, clause.tags, clause.headings, clause.position)).encode())
    if more:
        digest.update(repr(more).encode())
    return digest.hexdigest()[:16]
