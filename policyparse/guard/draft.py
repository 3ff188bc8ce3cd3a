"""A document under examination: its text, lines and clauses, as all rules of the guard look at it.

In: a Document, the vocabulary. Out: Draft, which tells where an offset stands and makes Findings. Touches nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from policyparse.guard.findings import Finding, FindingKind, Said, SourceClause
from policyparse.model import Clause, Document, Section
from policyparse.passing import CleanText
from policyparse.structure import lines as roles
from policyparse.structure.lines import Line
from policyparse.vocabulary import Vocabulary


class Draft:
    """A document and the vocabulary it is read with."""

    #: Roles of lines that are the document's own names and not what it says.
    titles = (roles.TITLE, roles.COVER_TITLE)

    def __init__(self, document: Document, vocabulary: Vocabulary) -> None:
        self.document = document
        self.vocabulary = vocabulary
        self.text = document.text
        self._clause_starts = [clause.start for clause in document.clauses]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines with their roles (title, addressee, body, signature …)."""
        if not self.text:
            return []
        tables = {table.clause for table in self.document.tables}
        spans = tuple((clause.start, clause.end, ()) for clause in self.document.clauses if clause.id in tables)
        return roles.roles(CleanText(self.text, tables=spans), self.vocabulary)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [line.start for line in self.lines]

    def line_number(self, offset: int) -> int:
        """The index in `lines` of the line that holds `offset`."""
        return max(bisect_right(self._line_starts, offset) - 1, 0)

    def line_at(self, offset: int) -> Line:
        """The line that holds `offset`."""
        return self.lines[self.line_number(offset)]

    def clause_at(self, offset: int) -> Clause | None:
        """The clause that covers `offset`."""
        index = bisect_right(self._clause_starts, offset) - 1
        if index < 0 or offset >= self.document.clauses[index].end:
            return None
        return self.document.clauses[index]

    @cached_property
    def _organ_ends(self) -> dict[int, int]:
        ends: dict[int, int] = {}
        for mention in self.document.institutions:
            ends[mention.start] = max(mention.end, ends.get(mention.start, 0))
        return ends

    def organ_end(self, start: int) -> int:
        """Where the organ's name ends that begins at `start`; 0 where none begins."""
        return self._organ_ends.get(start, 0)

    @cached_property
    def year(self) -> int | None:
        """The document's year: of its date, else of its number, else of its title; None where none is printed."""
        for printed in (self.document.date, self.document.doc_number, self.document.title):
            if match := re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", printed or ""):
                return int(match[0])
        return None

    def starts_organ(self, start: int, end: int) -> bool:
        """Whether an organ's name begins with the words [start, end)."""
        return self._organ_ends.get(start, 0) > end

    @cached_property
    def annex_from(self) -> int:
        """Where the annexes begin: behind the signature, at a line that says 附件; the text's end where there are none."""
        signed = False
        for line in self.lines:
            signed = signed or line.role in (roles.SIGNATURE, roles.DATE)
            if signed and roles.ANNEX_LINE.match(line.text) and len(line.text) < 60:
                return line.start
        return len(self.text)

    @cached_property
    def sections(self) -> dict[str, Section]:
        return {section.id: section for section in self.document.sections}

    def where(self, offset: int) -> Said:
        """The label of the innermost item around `offset` (第三条, （二）), for use in a sentence."""
        found = None
        for section in self.document.sections:
            if section.start <= offset < section.end:
                found = section
            elif section.start > offset:
                break
        if found is None:
            return Said("the text", "正文")
        chain = []
        at: Section | None = found
        while at is not None:
            chain.append(at.label.rstrip("、.．"))
            at = self.sections.get(at.parent or "")
        label = "".join(reversed(chain))
        return Said(f"“{label}”", f"“{label}”")

    def finding(
        self,
        kind: FindingKind,
        start: int,
        end: int,
        reason: Said,
        advice: Said,
        sure: float,
        *,
        also: Sequence[tuple[int, int]] = (),
        sources: Sequence[SourceClause] = (),
    ) -> Finding:
        """A Finding at text[start:end]."""
        line = self.line_at(start)
        clause = self.clause_at(start)
        return Finding(
            kind, start, end, self.text[start:end], line.text.strip(), clause.id if clause else None,
            reason, advice, round(sure, 2), tuple(also), tuple(sources),
        )  # fmt: skip
