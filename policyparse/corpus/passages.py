"""What search can find in a document: its clauses, and the lines that belong to no clause.

In: a Document. Out: Passages in the text's order, which together cover every printed character.
Touches: nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from policyparse.model import Clause, Document, Section
from policyparse.words import squeezed

_NO_LETTER = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Passage:
    """A clause, or a line outside all clauses.

    what:  "clause", "title", "heading" or "line" (addressee, signature, annex line)
    path:  the headings above it, from the outside in
    start, end: its span in the document's text
    tags:  a clause's tags with their scores, best first
    fold:  equal for passages of the same words, so that copies can be shown as one
    """

    clause: str | None
    what: str
    section: str | None
    path: tuple[str, ...]
    start: int
    end: int
    text: str
    fold: int
    tags: tuple[tuple[str, float], ...] = ()


def fold_key(text: str) -> int:
    """A 47-bit number of the letters and digits of `text`: SQLite holds it in six bytes, and among ten million wordings
    one pair in three corpora has the same by chance."""
    letters = _NO_LETTER.sub("", squeezed(text))
    return int.from_bytes(blake2b(letters.encode("utf-8", "replace"), digest_size=6).digest(), "big") >> 1


def heading(section: Section) -> str:
    """A section's label and title as they are shown: （一）下放权限."""
    return section.label + section.title


def path_of(document: Document, section: str | None) -> tuple[str, ...]:
    """The headings that stand above, from the outside in, the section's own last."""
    sections = {each.id: each for each in document.sections}
    return _path(sections[section], sections) if section in sections else ()


def before_repairs(document: Document, start: int, end: int) -> str:
    """`document.text[start:end]` as it stood before cleaning: every repair inside the span undone."""
    pieces: list[str] = []
    at = start
    for repair in sorted(document.repairs, key=lambda repair: (repair.start, repair.end)):
        if repair.end < start or repair.start < at:
            continue
        if repair.start > end or (repair.start == end and repair.end > end):
            break
        if repair.end > end:
            break
        pieces += (document.text[at : repair.start], repair.before)
        at = repair.end
    pieces.append(document.text[at:end])
    return "".join(pieces)


def passages(document: Document) -> list[Passage]:
    """The passages of `document` in order of their start."""
    sections = {section.id: section for section in document.sections}
    above = {section.id: _path(section, sections) for section in document.sections}
    found = [
        _passage(document, clause.start, clause.end, "clause", clause, clause.section, above)
        for clause in document.clauses
    ]
    title = squeezed(document.title)
    starts = {section.start: section for section in document.sections}
    for start, end in _between(document):
        text = document.text[start:end]
        section = starts.get(start)
        if section is not None:
            what = "heading"
        else:
            section = _around(start, document.sections)
            what = "title" if section is None and squeezed(text) and squeezed(text) in title else "line"
        found.append(_passage(document, start, end, what, None, section.id if section else None, above))
    return sorted(found, key=lambda passage: (passage.start, passage.end))


def _passage(
    document: Document,
    start: int,
    end: int,
    what: str,
    clause: Clause | None,
    section: str | None,
    above: dict[str, tuple[str, ...]],
) -> Passage:
    text = document.text[start:end]
    path = above.get(section, ()) if section else ()
    tags = tuple((tag.tag, tag.score) for tag in clause.tags) if clause else ()
    return Passage(clause.id if clause else None, what, section, path, start, end, text, fold_key(text), tags)


def _path(section: Section, sections: dict[str, Section]) -> tuple[str, ...]:
    path: list[str] = []
    walked: set[str] = set()
    at: Section | None = section
    while at is not None and at.id not in walked:
        walked.add(at.id)
        path.append(heading(at))
        at = sections.get(at.parent) if at.parent else None
    return tuple(reversed(path))


def _around(offset: int, sections: list[Section]) -> Section | None:
    """The innermost section that holds `offset`: sections come in order, so it is the last one that does."""
    return next((section for section in reversed(sections) if section.start <= offset < section.end), None)


def _between(document: Document) -> Iterator[tuple[int, int]]:
    """The stretches of the text that no clause covers, a line each, without their white space."""
    reached = 0
    gaps = []
    for clause in sorted(document.clauses, key=lambda clause: clause.start):
        if clause.start > reached:
            gaps.append((reached, clause.start))
        reached = max(reached, clause.end)
    gaps.append((reached, len(document.text)))
    for start, end in gaps:
        at = start
        for line in document.text[start:end].split("\n"):
            text = line.strip()
            if text:
                first = at + line.index(text)
                yield first, first + len(text)
            at += len(line) + 1
