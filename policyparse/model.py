"""The contract's models: what comes out of policyparse, field for field.

In: nothing. Out: pydantic models and SCHEMA_VERSION. Touches nothing.

Every offset is half-open, in Unicode code points, into `Document.text`.
The JSON Schema (`json_schema()`) is generated from these classes; a field may be
added in a minor version, none changes its meaning or goes without a major one.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = "1.1"

Kind = Literal[
    "notice", "opinion", "plan", "measures", "decision", "reply", "request",
    "speech", "briefing", "minutes", "list", "law", "other",
]  # fmt: skip
Level = Literal["nation", "province", "prefecture", "county", "town", "village"]
TagName = Literal[
    "basis", "guidance", "principle", "goal", "delegation", "organization", "personnel",
    "finance", "land", "service", "welfare", "economy", "supervision", "leadership",
    "responsibility", "schedule", "publicity", "effect", "result", "rhetoric",
]  # fmt: skip
TimeType = Literal["date", "range", "deadline", "start", "duration", "frequency"]
Mode = Literal["entrust", "authorize", "devolve", "extend", "return", "transfer", "approve-on"]
Role = Literal["lead", "support", "responsible"]
Relation = Literal["basis", "answers", "repeals", "carries", "mention"]

TAGS: tuple[TagName, ...] = get_args(TagName)
KINDS: tuple[Kind, ...] = get_args(Kind)
LEVELS: tuple[Level, ...] = get_args(Level)

Offset = Annotated[int, Field(ge=0)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, serialize_by_alias=True)


class _Span(_Model):
    """A stretch of the document's text, and the clause that it stands in (null in headings, addressee, signature)."""

    start: Offset
    end: Offset
    clause: str | None = None


class _Record(_Span):
    """What an extractor found.

    rule:       the rule that made it, with its version: grant@2
    confidence: the share of what this rule finds that is right, as counted on labelled documents
                (vocab/confidence.csv); null for what nothing was counted for
    """

    rule: str = ""
    confidence: float | None = None


class Source(_Model):
    """The file that a document came from, and which of its documents this is (`part`, from 1)."""

    path: str
    sha256: str
    media_type: str
    encoding: str | None = None
    part: int = 1
    parts: int = 1


class Repair(_Model):
    """`text[start:end]` stands where the source had `before`; an empty stretch is something taken out."""

    start: Offset
    end: Offset
    before: str
    reason: str


class Section(_Model):
    """A numbered heading or item; its span runs from its label to the end of all that it contains."""

    id: str
    parent: str | None = None
    level: int
    label: str
    title: str
    start: Offset
    end: Offset


class TagScore(_Model):
    tag: TagName
    score: float


class Origin(_Model):
    """Where in the source: page (from 1), paragraph (from 0), characters of the source text; null where unknown.

    `table`, `row`, `column` (from 0) name a table's cell. `start`/`end` count
    code points of the decoded text in a text file, of the paragraph's, cell's or
    page's own text elsewhere.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    page: int | None = None
    paragraph: int | None = None
    start: int | None = None
    end: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None


class Clause(_Model):
    id: str
    section: str | None = None
    start: Offset
    end: Offset
    text: str
    tags: list[TagScore] = []
    origin: Origin = Origin()


class Institution(_Record):
    text: str
    canonical: str


class TimePoint(_Record):
    """`value` is ISO 8601 / EDTF as spec'd: 2010-04, 2012-03/2012-06, ../2015, 2010/.., P1M, R/P6M, XXXX-10-31."""

    text: str
    type: TimeType
    value: str


class Delegation(_Record):
    """A power that moves; its span is the sentence that proves it."""

    item: str
    from_: list[str] = Field(default_factory=list, alias="from")
    to: list[str] = []
    mode: list[Mode] = []


class Responsibility(_Record):
    """Departments with a task; its span is the sentence that proves it. `deadline` is a time point's value."""

    departments: list[str]
    role: Role
    task: str
    deadline: str | None = None


class Citation(_Record):
    """A cited document, or one of this document's own.

    issuer:   the organ that issued it, from its title or the code of its number
    date:     when it was issued, as far as it is printed beside it, else the year of its number
    superior: whether its issuer stands above this document's own; null where either is unknown
    relation: basis (根据《…》), answers (a reply's request), repeals (《…》同时废止), carries (what a covering notice
              prints), mention
    """

    text: str
    title: str
    doc_number: str | None = None
    issuer: str | None = None
    date: str | None = None
    superior: bool | None = None
    relation: Relation = "mention"


class Annex(_Model):
    """An annex that the annex note lists: 附件1 and its title; `start` is where it is printed, null if it is not."""

    label: str
    title: str
    start: Offset | None = None


class Speech(_Model):
    """Who spoke, in which post, and where: a speech's line under the title, or its title."""

    speaker: str | None = None
    post: str | None = None
    occasion: str | None = None


class Table(_Model):
    header: list[str] = []
    rows: list[list[str]] = []
    clause: str | None = None


class Document(_Model):
    """One official document. addressees: 主送机关; copied_to: 抄送机关; printed: 印发日期 (GB/T 9704—2012, 7.3–7.4)."""

    schema_version: str = SCHEMA_VERSION
    id: str
    source: Source
    title: str
    cover_title: str | None = None
    kind: Kind = "other"
    doc_number: str | None = None
    issuers: list[str] = []
    date: str | None = None
    place: str | None = None
    level: Level | None = None
    masked: bool = False
    addressees: list[str] = []
    copied_to: list[str] = []
    printed: str | None = None
    annexes: list[Annex] = []
    speech: Speech | None = None
    text: str
    repairs: list[Repair] = []
    sections: list[Section] = []
    clauses: list[Clause] = []
    institutions: list[Institution] = []
    time_points: list[TimePoint] = []
    delegations: list[Delegation] = []
    responsibilities: list[Responsibility] = []
    citations: list[Citation] = []
    tables: list[Table] = []
    warnings: list[str] = []


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a document, as shipped in `policyparse/document.schema.json`."""
    return Document.model_json_schema(by_alias=True)
