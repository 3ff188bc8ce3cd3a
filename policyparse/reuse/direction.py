"""Who had a passage first: from dates, from one citing the other, from names left over, from who stands above whom.

In: two documents' facts and the passages that they share. Out: Direction, with what speaks for it and how sure that
is. Touches: nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from policyparse.model import LEVELS, Document
from policyparse.reuse.dating import Dated, dated
from policyparse.words import squeezed

Reason = Literal["cites", "signed", "number", "spoken", "left-over", "above"]

#: How sure a reason makes the direction, by the kind of reason. Set by what can go wrong with each, not measured: a
#: day of signing can be that of a reprint, a year spoken of can lie far from the day of writing, a town can have
#: drafted before its county printed. `tests/benchmarks/reuse_pairs.py` prints how often each was right there.
SURE: dict[Reason, float] = {
    "cites": 0.95, "signed": 0.95, "number": 0.9, "spoken": 0.8, "left-over": 0.85, "above": 0.6,
}  # fmt: skip

#: Reasons that point the other way take this much of what was sure.
_AGAINST = 0.6


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a document says whether another had it first."""

    id: str
    title: str
    kind: str
    place: str | None
    level: str | None
    date: str | None
    doc_number: str | None
    dated: Dated
    cited_titles: frozenset[str]
    cited_numbers: frozenset[str]
    names: frozenset[str]
    files: tuple[str, ...]

    @property
    def label(self) -> str:
        """The place and the year, for a picture: 临溪镇 2009~."""
        place = (self.place or self.title or self.id).rsplit("/", 1)[-1]
        return f"{place[:12]} {self.dated.shown or '?'}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for a direction: `forward` when it says that the first document was the source."""

    reason: Reason
    forward: bool
    words: str


@dataclass(frozen=True, slots=True)
class Direction:
    """forward: whether the first document was the source; None when nothing says so. sure: 0.5 to 1; 0 for unknown."""

    forward: bool | None
    sure: float
    evidence: tuple[Evidence, ...]


def facts(document: Document, files: Iterable[str] = ()) -> Facts:
    """The facts of a document; `files`: where it was found."""
    return Facts(
        document.id, document.title, document.kind, document.place, document.level, document.date, document.doc_number,
        dated(document),
        frozenset(squeezed(c.title) for c in document.citations if c.title),
        frozenset(squeezed(c.doc_number) for c in document.citations if c.doc_number),
        _own_names(document),
        tuple(files) or (document.source.path,),
    )  # fmt: skip


def _own_names(document: Document) -> frozenset[str]:
    """The names of the document's own county and town: what stays behind when another place takes its words.

    Only names with their class (石桥镇, not 石桥); a masked name (XX镇) is nobody's.
    """
    if document.masked or not document.place:
        return frozenset()
    return frozenset(part for part in document.place.split("/")[1:] if len(part) >= 3)


def direction(one: Facts, other: Facts, in_one: str = "", in_other: str = "") -> Direction:
    """Whether `one` or `other` had the passages first; `in_one`, `in_other`: the passages' words as they stand in each."""
    evidence = [
        *_by_citation(one, other), *_by_dates(one, other), *_by_names(one, other, in_one, in_other),
        *_by_level(one, other),
    ]  # fmt: skip
    if not evidence:
        return Direction(None, 0.0, ())
    first = max(evidence, key=lambda each: SURE[each.reason])
    against = [each for each in evidence if each.forward != first.forward and each.reason != "above"]
    sure = SURE[first.reason]
    if sum(each.forward == first.forward for each in evidence) > 1:
        sure = min(0.99, sure + 0.03)
    if against:
        sure = max(0.5, sure * _AGAINST)
    return Direction(first.forward, round(sure, 2), tuple(sorted(evidence, key=lambda each: each is not first)))


def _by_citation(one: Facts, other: Facts) -> list[Evidence]:
    found = []
    for cited, citing, forward in ((one, other, True), (other, one, False)):
        number = squeezed(cited.doc_number or "")
        title = squeezed(cited.title)
        if number and number in citing.cited_numbers:
            found.append(Evidence("cites", forward, cited.doc_number or ""))
        elif len(title) >= 8 and any(
            title.endswith(each) or each.endswith(title) for each in citing.cited_titles if len(each) >= 8
        ):
            found.append(Evidence("cites", forward, cited.title))
    return found if len(found) == 1 else []


def before(one: Dated, other: Dated) -> bool:
    """Whether the one was written before the other, as far as both tell."""
    return bool(one.last and other.first and one.last < other.first)


def _by_dates(one: Facts, other: Facts) -> list[Evidence]:
    a, b = one.dated, other.dated
    if before(a, b) or before(b, a):
        forward = before(a, b)
    elif a.basis == b.basis == "spoken" and a.last and b.last and a.last[:4] != b.last[:4]:
        forward = a.last < b.last  # neither says from when on, but one still waits for what is past in the other
    else:
        return []
    weakest = max((a.basis, b.basis), key=("signed", "number", "spoken", "nothing").index)
    early, late = (a, b) if forward else (b, a)
    return [Evidence("spoken" if weakest == "nothing" else weakest, forward, f"{early.words} < {late.words}")]


def _by_names(one: Facts, other: Facts, in_one: str, in_other: str) -> list[Evidence]:
    """A place's name that stands in another place's version of the passage was left over when it was taken."""
    found = []
    for owner, taker, words, forward in ((one, other, in_other, True), (other, one, in_one, False)):
        if not taker.place:  # it may be the taker's own
            continue
        left = [name for name in sorted(owner.names - taker.names) if name in words and name not in taker.title]
        if left:
            found.append(Evidence("left-over", forward, "、".join(left)))
    return found if len(found) == 1 else []


def _by_level(one: Facts, other: Facts) -> list[Evidence]:
    """A place takes from those above it: a province's words come down to its towns."""
    if not (one.level and other.level and one.place and other.place) or one.level == other.level:
        return []
    forward = LEVELS.index(one.level) < LEVELS.index(other.level)
    upper, lower = (one.place, other.place) if forward else (other.place, one.place)
    return [Evidence("above", forward, f"{upper} ⊃ {lower}")] if lower.startswith(upper + "/") else []
