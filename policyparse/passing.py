"""What one room hands to the next: the values between bytes and the finished Document.

In: nothing. Out: plain frozen classes and ReadError. Touches nothing.

read  → RawDocument  (blocks in reading order, each with its place in the source)
clean → CleanText    (one document of the file: repaired text, repairs, origins)
structure → Outline  (sections, clauses, tables and facts of one clean text)
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from policyparse.model import Annex, Clause, Kind, Level, Origin, Repair, Section, Speech, Table


class PolicyparseError(Exception):
    """A user's mistake or a bad input, said in one plain sentence."""


class ReadError(PolicyparseError):
    """A file that could not be read. `code` is for programs, `reason` and `remedy` for people.

    Of the file:      empty (no bytes, or an archive without files), no-text (a scan, blank pages), encrypted, damaged,
                      too-large (for the limits), unknown-format, archive (of several files: `read` takes one; or nested
                      too deep), not-found, no-permission
    Of the reading:   needs-extra (a library is not installed), timed-out and crashed (said by the process that waited),
                      internal (policyparse's own fault)
    """

    def __init__(self, path: str, code: str, reason: str, remedy: str = "") -> None:
        super().__init__(f"{path}: {reason}" + (f" — {remedy}" if remedy else ""))
        self.path, self.code, self.reason, self.remedy = path, code, reason, remedy


NOWHERE = Origin()
_ANYWHERE = {"start": None, "end": None}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (or a table) as the source has it.

    text:   the block's characters; for a table, its rows as lines, cells joined by a tab
    origin: where it stands in the source
    kind:   "paragraph", "line" (a printed line of a text or PDF that may be half a paragraph),
            "table" (`rows` holds the cells), "furniture" (page numbers, running heads, footnote marks:
            kept out of the text)
    heading: 1–9 where the source's own style says that it is a heading of that depth, 0 where it is the
            title, None where it says nothing
    rows:   a table's cells, head row first, merged cells repeated in each place they cover
    """

    text: str
    origin: Origin = NOWHERE
    kind: str = "paragraph"
    heading: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A file as read. `metadata` holds facts printed outside the text (索引号, 发文机关, 成文日期, 发文字号, 标题)."""

    path: str
    sha256: str
    media_type: str
    encoding: str | None
    blocks: tuple[Block, ...]
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class Trace(NamedTuple):
    """The character at `offset` of a text stood at `start` of `place`; those that follow stand one by one behind."""

    offset: int
    place: Origin
    start: int


@dataclass(frozen=True, slots=True)
class CleanText:
    """One document of a file. Lines of `text` are paragraphs.

    origins: a Trace wherever the way back to the source changes, sorted by offset
    tables:  (start, end, rows) of each table's lines in `text`
    headings: start offset of a line → depth that the source's style gives it (Block.heading)
    """

    text: str
    repairs: tuple[Repair, ...] = ()
    origins: tuple[Trace, ...] = ()
    part: int = 1
    parts: int = 1
    tables: tuple[tuple[int, int, tuple[tuple[str, ...], ...]], ...] = ()
    headings: dict[int, int] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def origin(self, start: int, end: int) -> Origin:
        """Where text[start:end] stood: the place of its first character, to the end of its last where both
        stand in the same page, paragraph or cell (else `end` is None)."""
        if not self.origins:
            return NOWHERE
        first, start_at = self._stood(start)
        last, end_at = self._stood(max(end - 1, start))
        # in a text file the lines' places differ by their characters alone, which count through the whole file
        same = first.model_copy(update=_ANYWHERE) == last.model_copy(update=_ANYWHERE)
        return first.model_copy(update={"start": start_at, "end": end_at + 1 if same else None})

    def _stood(self, offset: int) -> tuple[Origin, int]:
        index = max(bisect_right(self.origins, offset, key=lambda entry: entry.offset) - 1, 0)
        at, place, start = self.origins[index]
        return place, start + offset - at


@dataclass(frozen=True, slots=True)
class Facts:
    """A document's facts, as the contract names them."""

    title: str = ""
    cover_title: str | None = None
    kind: Kind = "other"
    doc_number: str | None = None
    issuers: tuple[str, ...] = ()
    date: str | None = None
    place: str | None = None
    level: Level | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Elements:
    """What the standard prints around the body, as the contract names it."""

    addressees: tuple[str, ...] = ()
    copied_to: tuple[str, ...] = ()
    printed: str | None = None
    annexes: tuple[Annex, ...] = ()
    speech: Speech | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """One document's structure. `title_spans` are its own title lines (and a site's upload date), in which
    nothing is a mention."""

    text: str
    sections: Sequence[Section]
    clauses: Sequence[Clause]
    tables: Sequence[Table]
    facts: Facts
    title_spans: tuple[tuple[int, int], ...] = ()
    warnings: tuple[str, ...] = ()
    elements: Elements = Elements()

    def clause_at(self, offset: int) -> str | None:
        """The id of the clause that covers `offset`, or None."""
        low, high = 0, len(self.clauses)
        while low < high:
            middle = (low + high) // 2
            if self.clauses[middle].start <= offset:
                low = middle + 1
            else:
                high = middle
        if low and offset < self.clauses[low - 1].end:
            return self.clauses[low - 1].id
        return None

    def in_title(self, start: int, end: int) -> bool:
        """Whether [start, end) touches one of the document's own title lines."""
        return any(start < b and a < end for a, b in self.title_spans)
