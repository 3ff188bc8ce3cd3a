"""What the reuse guard says: a Finding, its kinds and levels, the Report on a document.

In: nothing. Out: plain frozen values that a table, JSON, a Word comment and a page can show. Touches nothing.

Every sentence is given twice, English and Chinese (`Said`): the reader's face picks one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

FindingKind = Literal[
    "place", "organ", "date", "deadline", "basis", "numbering", "abbreviation", "department", "placeholder", "copied"
]
FindingLevel = Literal["must", "check", "note"]


class Said(NamedTuple):
    """One sentence in both languages."""

    en: str
    zh: str


#: Kind of finding → its name.
KINDS: dict[FindingKind, Said] = {
    "place": Said("another place's name", "外地地名"),
    "organ": Said("an organ that does not belong", "机构名称不符"),
    "date": Said("dates that contradict", "日期矛盾"),
    "deadline": Said("deadline already past", "期限已过"),
    "basis": Said("basis to be checked", "依据有误"),
    "numbering": Said("numbering", "序号错漏"),
    "abbreviation": Said("short name not introduced", "简称未交代"),
    "department": Said("departments that contradict", "责任单位矛盾"),
    "placeholder": Said("blank left in", "空白待填"),
    "copied": Said("copied passage", "照搬段落"),
}

#: Level → its name, and the least sureness that has it.
LEVELS: dict[FindingLevel, tuple[Said, float]] = {
    "must": (Said("must be changed", "必改"), 0.85),
    "check": (Said("please check", "建议核对"), 0.5),
    "note": (Said("for your information", "供参考"), 0.0),
}


@dataclass(frozen=True, slots=True)
class SourceClause:
    """A clause of the corpus that a finding refers to.

    document: its id; title, doc_number, date: what a clerk cites it by
    clause:   id of the clause there, None for the document as a whole
    text:     its words, as far as they matter
    share:    of a copied passage: which share of the draft's passage stands there word for word, 0–1
    """

    document: str
    title: str
    clause: str | None = None
    text: str = ""
    doc_number: str | None = None
    date: str | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was left over or is wrong.

    start, end: half-open offsets into the document's text; `quote` is text[start:end]
    line:       the line that it stands in
    clause:     id of the clause that it stands in; None in headings, title, signature
    reason:     why, as a clerk accepts it; advice: what to do
    sure:       0–1, how sure that something must be changed (LEVELS)
    also:       further places of the same words for which the same holds
    sources:    clauses of the corpus that prove it
    """

    kind: FindingKind
    start: int
    end: int
    quote: str
    line: str
    clause: str | None
    reason: Said
    advice: Said
    sure: float
    also: tuple[tuple[int, int], ...] = ()
    sources: tuple[SourceClause, ...] = ()

    @property
    def level(self) -> FindingLevel:
        """must, check or note, by `sure`."""
        return next(name for name, (_, least) in LEVELS.items() if self.sure >= least)

    def as_json(self) -> dict[str, Any]:
        """The shape of `policyparse check --json`; fields are added, never changed."""
        whole = asdict(self)
        whole["reason"], whole["advice"] = self.reason._asdict(), self.advice._asdict()
        return {**whole, "level": self.level, "also": [list(span) for span in self.also]}


@dataclass(frozen=True, slots=True)
class Report:
    """What the guard says of one document.

    place, date: of the document, as the guard took them (None: it could not tell)
    findings:    surest level first, in the text's order within a level
    remarks:     what could not be checked, and why
    """

    document: str
    title: str
    place: str | None
    date: str | None
    findings: tuple[Finding, ...]
    remarks: tuple[Said, ...] = ()

    def at_least(self, level: FindingLevel) -> Report:
        """The report with the findings of `level` and surer ones."""
        shown = list(LEVELS)[: list(LEVELS).index(level) + 1]
        return replace(self, findings=tuple(finding for finding in self.findings if finding.level in shown))

    def as_json(self) -> dict[str, Any]:
        """The shape of `policyparse check --json`; fields are added, never changed."""
        return {
            "document": self.document,
            "title": self.title,
            "place": self.place,
            "date": self.date,
            "findings": [finding.as_json() for finding in self.findings],
            "remarks": [remark._asdict() for remark in self.remarks],
        }
