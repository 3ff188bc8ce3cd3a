"""A document as its page shows it: outline, lines with everything found in them, tags, corrections, tables.

In: a document of the corpus. Out: the values of the templates. Touches: reads the corpus.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from policyparse.corpus import Corpus
from policyparse.corpus.passages import before_repairs, passages
from policyparse.export import TABLES
from policyparse.export import rows as table_rows
from policyparse.export.tables import Value
from policyparse.model import Clause, Document, Section
from policyparse.web.language import labels, values_of
from policyparse.web.marks import Mark, Piece, marks_of, pieces
from policyparse.web.pages import document_link

#: Tables of one document, in their order; each has a download.
DOCUMENT_TABLES = ("delegations", "responsibilities", "time_points", "institutions", "citations")

#: Columns that are the same in every row of one document, or that the link to the clause says.
_HIDDEN = {"document", "title", "place", "date", "start", "end", "clause", "clause_text", "quote", "rule", "confidence"}


@dataclass(frozen=True, slots=True)
class Line:
    """A passage: what it is, the ids that links lead to, its pieces; of a clause also its tags."""

    what: str
    level: int
    anchors: list[str]
    pieces: list[Piece]
    clause: Clause | None = None
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is shown. rows: the clause's id, then the cells."""

    name: str
    columns: list[str]
    rows: list[tuple[str | None, list[str]]] = field(default_factory=list)


def lines(corpus: Corpus, document: Document, language: str) -> list[Line]:
    """The document's passages with everything found in them."""
    marks = marks_of(document, dict(values_of("type", language)), cited_documents(corpus, document))
    sections = sorted(document.sections, key=lambda section: section.start)
    levels = {section.id: section.level for section in document.sections}
    clauses = {clause.id: clause for clause in document.clauses}
    people = people_of(corpus, document)
    found: list[Line] = []
    at = first = 0
    for passage in passages(document):
        anchors = []
        while at < len(sections) and sections[at].start < passage.end:
            anchors.append(sections[at].id)
            at += 1
        while first < len(marks) and marks[first].start < passage.start - _LONGEST_MARK:
            first += 1
        clause = clauses.get(passage.clause or "")
        near = _near(marks, first, passage.end)
        found.append(
            Line(
                passage.what,
                levels.get(passage.section or "", 0),
                anchors,
                pieces(document.text, near, passage.start, passage.end),
                clause,
                people.get(clause.id, "") if clause else "",
            )
        )
    return found


#: No sentence or name is longer; marks are sorted by start, so those before this distance are over.
_LONGEST_MARK = 5_000


def _near(marks: Sequence[Mark], first: int, end: int) -> list[Mark]:
    near = []
    for mark in marks[first:]:
        if mark.start >= end:
            break
        near.append(mark)
    return near


def people_of(corpus: Corpus, document: Document) -> dict[str, str]:
    """Clause → who corrected its tags last, and when; of clauses that nobody corrected nothing."""
    found = {}
    for clause, corrections in corpus.corrections.holding(document).items():
        for correction in corrections:
            if correction.sort == "tags":
                found[clause] = f"{correction.by} {correction.when[:10]}"
    return found


def outline(document: Document) -> list[Section]:
    """The headings that have words, for the list at the side; labelled items without a heading are left out."""
    return [section for section in document.sections if section.title and len(section.title) <= 60]


def cited_documents(corpus: Corpus, document: Document) -> dict[str, str]:
    """A citation's text → the page of the document of this corpus that it means."""
    return {
        document.citations[place].text: document_link(identity)
        for place, identity in corpus.store.references.cited(document).items()
    }


def tables(document: Document, language: str) -> list[Table]:
    """What was found in the document, as tables; empty ones are left out."""
    found = []
    for name in DOCUMENT_TABLES:
        columns = [column for column in TABLES[name].columns if column not in _HIDDEN]
        rows = [
            (str(row["clause"]) if row["clause"] else None, [cell(column, row.get(column), language) for column in columns])
            for row in table_rows([document], name)
        ]  # fmt: skip
        if rows:
            found.append(Table(name, columns, rows))
    return found


def cell(column: str, value: Value, language: str) -> str:
    """A cell as it is read: labels for codes."""
    if value is None:
        return ""
    words = labels(column, value, language)
    if words is not None:
        return "、".join(words)
    if column == "place":
        return str(value).replace("/", " ")
    return str(value)


@dataclass(frozen=True, slots=True)
class Mended:
    """A repair of cleaning with a little text around it."""

    reason: str
    before: str
    after: str
    left: str
    right: str
    clause: str | None


def repairs(document: Document, most: int = 500) -> list[Mended]:
    """What cleaning changed, in the text's order."""
    found = []
    at = 0
    clauses = sorted(document.clauses, key=lambda clause: clause.start)
    for repair in sorted(document.repairs, key=lambda repair: repair.start)[:most]:
        while at < len(clauses) and clauses[at].end < repair.start:
            at += 1
        inside = at < len(clauses) and clauses[at].start <= repair.start
        found.append(
            Mended(
                repair.reason,
                repair.before,
                document.text[repair.start : repair.end],
                document.text[max(0, repair.start - 12) : repair.start],
                document.text[repair.end : repair.end + 12],
                clauses[at].id if inside else None,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Beside:
    """A passage of the text with the characters that the source had there."""

    clause: str | None
    page: int | None
    before: str
    text: str

    @property
    def changed(self) -> bool:
        return self.before.strip() != self.text.strip()


def beside(document: Document, page: int | None) -> list[Beside]:
    """The passages, each with the source's characters; of one page where the source has pages."""
    clauses = {clause.id: clause for clause in document.clauses}
    found = []
    last = 1 if page is not None else None
    for passage in passages(document):
        clause = clauses.get(passage.clause or "")
        if clause is not None and clause.origin.page is not None:
            last = clause.origin.page
        if page is None or last == page:
            before = before_repairs(document, passage.start, passage.end)
            found.append(Beside(passage.clause, last, before, passage.text))
    return found
