"""The structure room: a clean text → its outline: sections, clauses, tables, document facts.

In: CleanText, vocabulary. Out: Outline. Touches nothing.

Lines first get a role (title, addressee, body, signature …), then the labels of the body make the tree, then the
facts are read off the front and the back matter.
"""

from __future__ import annotations

from policyparse.model import Clause, Table
from policyparse.passing import CleanText, Outline
from policyparse.structure import lines as roles
from policyparse.structure.elements import elements
from policyparse.structure.facts import facts
from policyparse.structure.lines import Line, title_end
from policyparse.structure.tree import build
from policyparse.vocabulary import Vocabulary

__all__ = ["structure"]


def structure(clean: CleanText, vocabulary: Vocabulary) -> Outline:
    """The outline of one document; clauses carry their origin, no tags yet."""
    if not clean.text:
        return Outline("", (), (), (), facts(clean, [], vocabulary))
    lines = roles.roles(clean, vocabulary)
    tree = build(clean.text, lines)
    known = facts(clean, lines, vocabulary)
    clauses = [clause.model_copy(update={"origin": clean.origin(clause.start, clause.end)}) for clause in tree.clauses]
    return Outline(
        text=clean.text,
        sections=tree.sections,
        clauses=clauses,
        tables=_tables(clean, clauses),
        facts=known,
        title_spans=_silent(lines),
        warnings=(*clean.warnings, *tree.warnings),
        elements=elements(lines, known.title, known.kind),
    )


def _silent(lines: list[Line]) -> tuple[tuple[int, int], ...]:
    spans = []
    for line in lines:
        if line.role in (roles.TITLE, roles.COVER_TITLE):
            spans.append((line.start, line.start + title_end(line.text)))
        elif line.role == roles.UPLOAD_DATE:
            spans.append((line.start, line.end))
    return tuple(spans)


def _tables(clean: CleanText, clauses: list[Clause]) -> list[Table]:
    out = []
    for start, end, rows in clean.tables:
        clause = next((c.id for c in clauses if c.start <= start < c.end or start <= c.start < end), None)
        out.append(Table(header=list(rows[0]), rows=[list(row) for row in rows[1:]], clause=clause))
    return out
