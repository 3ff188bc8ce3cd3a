"""spaCy factories: our steps as components of a spaCy pipeline.

In: a Doc whose text is one clean document (`docs()` makes such Docs from a file). Out: the same Doc with our spans in
`doc.spans` (sections, clauses, institutions, time_points, citations, delegations, responsibilities), mentions in
`doc.ents`, facts in `doc._.facts`. Touches the Doc, nothing else.

    nlp = blank()                                   # spacy.blank("zh") with the jieba segmenter
    nlp.add_pipe("policyparse")                     # all steps; or one a step, in this order:
    # policyparse_structure, policyparse_institutions, policyparse_time_points, policyparse_citations,
    # policyparse_delegations, policyparse_responsibilities, policyparse_tag

spaCy installs this module by its entry points, so `spacy.blank("zh").add_pipe("policyparse")` needs no import.
Tokens are split where one of our spans begins or ends inside them, so that `span.text` is the words themselves.
"""

from __future__ import annotations

import html
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from policyparse.clean import clean
from policyparse.extract.citations import citations
from policyparse.extract.delegations import delegations
from policyparse.extract.institutions import institutions
from policyparse.extract.responsibilities import responsibilities
from policyparse.extract.time_points import time_points
from policyparse.model import (
    Citation,
    Clause,
    Delegation,
    Document,
    Institution,
    Responsibility,
    Section,
    TagScore,
    TimePoint,
)
from policyparse.passing import CleanText, Outline, PolicyparseError
from policyparse.pipeline import contexts_of, default_tagger
from policyparse.read import read
from policyparse.structure import structure
from policyparse.tag import Tagger
from policyparse.vocabulary import Vocabulary, shipped

Record = Section | Clause | Institution | TimePoint | Citation | Delegation | Responsibility

LABELS = {
    "sections": "SECTION",
    "clauses": "CLAUSE",
    "institutions": "INSTITUTION",
    "time_points": "TIME",
    "citations": "CITATION",
    "delegations": "DELEGATION",
    "responsibilities": "RESPONSIBILITY",
}
COLOURS = {"INSTITUTION": "#cfe8d5", "TIME": "#fde2b8", "CITATION": "#d6dcf5"}

for _name in ("outline", "records"):
    Doc.set_extension(_name, default=None, force=True)
Doc.set_extension("facts", getter=lambda doc: _outline(doc).facts, force=True)
Span.set_extension("record", getter=lambda span: record_of(span), force=True)


def blank(**config: Any) -> Language:
    """`spacy.blank("zh")` with the jieba segmenter."""
    tokenizer = {"@tokenizers": "spacy.zh.ChineseTokenizer", "segmenter": "jieba"}
    return spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}, **config})


def docs(path: Path | str, nlp: Language, vocabulary: Vocabulary | None = None) -> Iterator[Doc]:
    """A Doc for each document in the file at `path`: read and cleaned, then through `nlp`. Raises ReadError."""
    for text in clean(read(Path(path)), vocabulary or shipped()):
        yield nlp(text.text)


def record_of(span: Span) -> Record | None:
    """The record of the contract that `span` (one of `doc.spans`) was made of."""
    group, _, number = span.id_.partition(":")
    records = span.doc._.records or {}
    return records[group][int(number)] if number and group in records else None


def displacy(document: Document) -> dict[str, Any]:
    """`document`'s mentions as `spacy.displacy.render(…, style="ent", manual=True)` takes them."""
    marked: list[dict[str, Any]] = [
        {"start": record.start, "end": record.end, "label": label}
        for records, label in (
            (document.institutions, "INSTITUTION"),
            (document.time_points, "TIME"),
            (document.citations, "CITATION"),
        )
        for record in cast("Iterable[Institution]", records)
    ]
    marked.sort(key=lambda mark: (mark["start"], -mark["end"]))
    kept: list[dict[str, Any]] = []
    for mark in marked:
        if not kept or mark["start"] >= kept[-1]["end"]:
            kept.append(mark)
    # displaCy escapes the text, but not the title
    return {"text": document.text, "ents": kept, "title": html.escape(document.title)}


class Step:
    """One step as a component: `match` finds the records of a Doc, `set_annotations` writes them into it."""

    def __init__(self, group: str, match: Callable[[Doc], Sequence[Record]]) -> None:
        self.group = group
        self.match = match

    def __call__(self, doc: Doc) -> Doc:
        self.set_annotations(doc, self.match(doc))
        return doc

    def set_annotations(self, doc: Doc, records: Sequence[Record]) -> None:
        """Puts `records` into `doc.spans[group]` and mentions into `doc.ents`."""
        doc._.records = {**(doc._.records or {}), self.group: list(records)}
        _split_tokens(doc, {offset for record in records for offset in (record.start, record.end)})
        label = LABELS[self.group]
        spans = []
        for number, record in enumerate(records):
            span = doc.char_span(record.start, record.end, label=label, span_id=f"{self.group}:{number}")
            if span is not None:
                spans.append(span)
        doc.spans[self.group] = spans
        if label in COLOURS:
            doc.ents = tuple(filter_spans([*doc.ents, *spans]))


class Structure:
    """The structure step: `doc.spans` sections and clauses, `doc._.facts`."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def match(self, doc: Doc) -> Outline:
        """The outline of the Doc's text, which must be clean: lines are paragraphs."""
        return structure(CleanText(doc.text), self.vocabulary)

    def __call__(self, doc: Doc) -> Doc:
        outline = self.match(doc)
        doc._.outline = outline
        Step("sections", lambda _: outline.sections)(doc)
        Step("clauses", lambda _: outline.clauses)(doc)
        return doc


class Tags:
    """The classifier step: each clause's record gets its tags."""

    def __init__(self, tagger: Tagger) -> None:
        self.tagger = tagger

    def match(self, doc: Doc) -> list[list[TagScore]]:
        """Tags for each clause, best first."""
        found = doc._.records
        contexts = contexts_of(
            _outline(doc),
            found.get("institutions", ()),
            found.get("time_points", ()),
            found.get("delegations", ()),
            found.get("responsibilities", ()),
            found.get("citations", ()),
        )
        return self.tagger.tag(contexts)

    def __call__(self, doc: Doc) -> Doc:
        clauses = doc._.records["clauses"]
        tagged = [c.model_copy(update={"tags": t}) for c, t in zip(clauses, self.match(doc), strict=True)]
        doc._.records = {**doc._.records, "clauses": tagged}
        return doc


class All:
    """The whole pipeline as one component."""

    def __init__(self, steps: Sequence[Callable[[Doc], Doc]]) -> None:
        self.steps = steps

    def __call__(self, doc: Doc) -> Doc:
        for step in self.steps:
            doc = step(doc)
        return doc


def _outline(doc: Doc) -> Outline:
    outline = doc._.outline
    if outline is None:
        raise PolicyparseError("the Doc has no outline yet — add the pipe “policyparse_structure” before this one")
    return cast("Outline", outline)


def _records(doc: Doc, group: str) -> Any:
    return (doc._.records or {}).get(group, [])


def _split_tokens(doc: Doc, offsets: set[int]) -> None:
    """Splits the tokens inside which one of `offsets` (characters) lies; spans that the Doc has keep their characters."""
    starts = [token.idx for token in doc]
    cuts: dict[int, list[int]] = {}
    for offset in offsets:
        index = bisect_right(starts, offset) - 1
        if index >= 0 and starts[index] < offset < starts[index] + len(doc[index]):
            cuts.setdefault(index, []).append(offset - starts[index])
    if not cuts:
        return
    # spaCy counts spans in tokens and leaves those numbers as they were when tokens are split
    groups = {name: [(s.start_char, s.end_char, s.label, s.id) for s in doc.spans[name]] for name in doc.spans}
    with doc.retokenize() as retokenizer:
        for index, at in cuts.items():
            token = doc[index]
            edges = [0, *sorted(at), len(token)]
            parts = [token.text[a:b] for a, b in pairwise(edges)]
            retokenizer.split(token, parts, heads=[(token, n) for n in range(len(parts))])
    for name, spans in groups.items():
        kept = (doc.char_span(start, end, label=label, span_id=number) for start, end, label, number in spans)
        doc.spans[name] = [span for span in kept if span is not None]


def _steps(vocabulary: Vocabulary) -> dict[str, Callable[[Doc], Doc]]:
    return {
        "structure": Structure(vocabulary),
        "institutions": Step("institutions", lambda doc: institutions(_outline(doc), vocabulary)),
        "time_points": Step("time_points", lambda doc: time_points(_outline(doc), vocabulary)),
        "citations": Step("citations", lambda doc: citations(_outline(doc), vocabulary)),
        "delegations": Step(
            "delegations", lambda doc: delegations(_outline(doc), _records(doc, "institutions"), vocabulary)
        ),
        "responsibilities": Step(
            "responsibilities",
            lambda doc: responsibilities(
                _outline(doc), _records(doc, "institutions"), _records(doc, "time_points"), vocabulary
            ),
        ),
        "tag": Tags(default_tagger()),
    }


_MENTIONS = ["doc.ents"]


@Language.factory("policyparse", assigns=["doc.spans", "doc.ents", "doc._.facts", "doc._.records"])
def make_policyparse(nlp: Language, name: str) -> All:
    """All steps."""
    return All(list(_steps(shipped()).values()))


@Language.factory("policyparse_structure", assigns=["doc.spans", "doc._.facts"])
def make_structure(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Sections, clauses, facts."""
    return _steps(shipped())["structure"]


@Language.factory("policyparse_institutions", assigns=["doc.spans", *_MENTIONS], requires=["doc._.facts"])
def make_institutions(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Institutions with canonical names."""
    return _steps(shipped())["institutions"]


@Language.factory("policyparse_time_points", assigns=["doc.spans", *_MENTIONS], requires=["doc._.facts"])
def make_time_points(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Time points with values."""
    return _steps(shipped())["time_points"]


@Language.factory("policyparse_citations", assigns=["doc.spans", *_MENTIONS], requires=["doc._.facts"])
def make_citations(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Cited documents."""
    return _steps(shipped())["citations"]


@Language.factory("policyparse_delegations", assigns=["doc.spans"], requires=["doc.spans"])
def make_delegations(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Delegated items."""
    return _steps(shipped())["delegations"]


@Language.factory("policyparse_responsibilities", assigns=["doc.spans"], requires=["doc.spans"])
def make_responsibilities(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Responsible departments."""
    return _steps(shipped())["responsibilities"]


@Language.factory("policyparse_tag", assigns=["doc._.records"], requires=["doc.spans"])
def make_tag(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Tags of the clauses."""
    return _steps(shipped())["tag"]
