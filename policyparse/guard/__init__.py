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

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator

from policyparse.corpus import Corpus
from policyparse.guard.abbreviations import abbreviations
from policyparse.guard.basis import bases, contradicting, later_than_draft
from policyparse.guard.copied import copied
from policyparse.guard.dates import dates
from policyparse.guard.deadlines import deadlines
from policyparse.guard.departments import departments
from policyparse.guard.draft import Draft
from policyparse.guard.findings import KINDS, LEVELS, Finding, Report, Said, SourceClause
from policyparse.guard.home import home_of
from policyparse.guard.numbering import numbering
from policyparse.guard.organs import former_organs, level_words
from policyparse.guard.placeholders import placeholders
from policyparse.guard.places import foreign_places, mentions
from policyparse.guard.word import commented_copy
from policyparse.model import Document
from policyparse.vocabulary import Vocabulary, shipped

__all__ = ["KINDS", "LEVELS", "Finding", "Report", "Said", "SourceClause", "check", "commented_copy"]

Rule = Callable[[Draft], Iterator[Finding]]

#: What needs the draft alone.
RULES: tuple[Rule, ...] = (
    placeholders,
    numbering,
    dates,
    deadlines,
    abbreviations,
    departments,
    former_organs,
    later_than_draft,
    contradicting,
)


def check(document: Document, corpus: Corpus | None = None, *, vocabulary: Vocabulary | None = None) -> Report:
    """What was left over and what is wrong in `document`.

    corpus: knows repealed and mis-cited documents, other places' names, and where passages were copied from;
            without it these are not checked, and a remark says so. A document that is itself in the corpus is not
            compared with itself.
    """
    draft = Draft(document, vocabulary or shipped())
    remarks: list[Said] = []
    findings = [finding for rule in RULES for finding in rule(draft)]
    known = {} if corpus is None else place_names(corpus)
    found = mentions(draft, known)
    home = home_of(draft, found, known)
    if home is not None:
        findings += [*foreign_places(draft, home, found), *level_words(draft, home)]
    else:
        remarks.append(Said(
            "the document's place could not be told: names of other places were not looked for",
            "判断不出本文件是哪个地方的，外地地名未作核对",
        ))  # fmt: skip
    if corpus is not None:
        findings += [*bases(draft, corpus), *copied(draft, corpus)]
    else:
        remarks.append(
            Said(
                "no corpus given: repealed bases, wrong titles and numbers, and copied passages were not looked for",
                "未指定语料库：依据是否废止、引文标题文号、照搬段落未作核对",
            )
        )
    findings = _once(findings)
    order = list(LEVELS)
    findings.sort(key=lambda finding: (order.index(finding.level), finding.start, finding.end))
    return Report(
        document.id,
        document.title,
        home.path if home else document.place,
        document.date,
        tuple(findings),
        tuple(remarks),
    )


def _once(findings: list[Finding]) -> list[Finding]:
    """One finding where two rules see the same wrong date; the surer one."""
    kept: list[Finding] = []
    taken: list[tuple[int, int]] = []  # the spans of the dates kept, in order; no two of them overlap
    for finding in sorted(findings, key=lambda finding: -finding.sure):
        if finding.kind in ("date", "deadline"):
            behind = bisect_left(taken, (finding.end, 0))
            if behind and taken[behind - 1][1] > finding.start:
                continue
            insort(taken, (finding.start, finding.end))
        kept.append(finding)
    return kept


def place_names(corpus: Corpus) -> dict[str, set[str]]:
    """The names of the places whose documents the corpus has, each with those above it: what a leftover is likely to be."""
    rows = corpus.database.rows.execute("SELECT DISTINCT place FROM documents WHERE place IS NOT NULL AND masked = 0")
    names: dict[str, set[str]] = {}
    for row in rows:
        steps = row[0].split("/")
        for at, step in enumerate(steps):
            names.setdefault(step, set()).update(steps[:at])
    return names
