"""The reuse guard: what was left over and what is wrong in a draft, before it is signed.

In: a Document, a corpus if there is one. Out: a Report of Findings. Touches: reads the corpus;
word.py writes a Word file.

    from policyparse import guard
    report = guard.check(policyparse.parse("草稿.docx")[0], corpus)
    for finding in report.findings:
        print(finding.level, finding.quote, finding.reason.zh, finding.advice.zh)
    guard.commented_copy("草稿.docx", [report], "草稿-批注.docx")

draft.py (lines, clauses) and home.py (the document's own place) → a file a kind of mistake → here, in the reader's order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policyparse.corpus import Corpus
from policyparse.guard.dates import dates
from policyparse.guard.deadlines import deadlines
from policyparse.guard.draft import Draft
from policyparse.guard.findings import KINDS, LEVELS, Finding, Report, Said, SourceClause
from policyparse.guard.numbering import numbering
from policyparse.guard.placeholders import placeholders
from policyparse.guard.word import commented_copy
from policyparse.model import Document
from policyparse.vocabulary import Vocabulary, shipped

__all__ = ["KINDS", "LEVELS", "Finding", "Report", "Said", "SourceClause", "check", "commented_copy"]

Rule = Callable[[Draft], Iterator[Finding]]

#: What needs the draft alone.
RULES: tuple[Rule, ...] = (placeholders, numbering, dates, deadlines)


def check(document: Document, corpus: Corpus | None = None, *, vocabulary: Vocabulary | None = None) -> Report:
    """What was left over and what is wrong in `document`.

    corpus: knows repealed and mis-cited documents, other places' names, and where passages were copied from;
            without it these are not checked, and a remark says so. A document that is itself in the corpus is not
            compared with itself.
    """
    draft = Draft(document, vocabulary or shipped())
    remarks: list[Said] = []
    findings = [finding for rule in RULES for finding in rule(draft)]
    if corpus is None:
        remarks.append(
            Said(
                "no corpus given: repealed bases, wrong titles and numbers, and copied passages were not looked for",
                "未指定语料库：依据是否废止、引文标题文号、照搬段落未作核对",
            )
        )
    order = list(LEVELS)
    findings.sort(key=lambda finding: (order.index(finding.level), finding.start, finding.end))
    return Report(document.id, document.title, document.place, document.date, tuple(findings), tuple(remarks))
