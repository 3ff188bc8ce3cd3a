"""parse(): the one place that states the order of the steps.

In: a path (or bytes). Out: Documents. Touches: reads the file.

read → clean → structure → extract (institutions, time points, citations, delegations, responsibilities) → tag
"""

from __future__ import annotations

import hashlib
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from policyparse.clean import clean
from policyparse.extract.citations import citations
from policyparse.extract.delegations import delegations
from policyparse.extract.institutions import institutions
from policyparse.extract.responsibilities import responsibilities
from policyparse.extract.tails import bracket_tails
from policyparse.extract.time_points import time_points
from policyparse.model import Citation, Delegation, Document, Institution, Responsibility, Source, TimePoint
from policyparse.passing import CleanText, Outline, PolicyparseError, RawDocument, ReadError
from policyparse.read import Limits, read_all
from policyparse.structure import structure
from policyparse.tag import ClauseContext, Tagger, marks_of, position_of
from policyparse.vocabulary import Vocabulary, shipped

__all__ = ["parse", "parse_all", "parse_raw"]


def parse(
    path: Path | str, data: bytes | None = None, *, vocabulary: Vocabulary | None = None, tagger: Tagger | None = None
) -> list[Document]:
    """The documents in the file at `path`, in order (`data`: its bytes, where they are at hand).

    Of an archive those of all its members, whose `source.path` is "archive.zip/name inside"; a member that cannot be
    read is said in a Python warning while there are others (`parse_all` gives it as a value).
    Raises ReadError where the file cannot be read or holds no text.
    """
    documents: list[Document] = []
    errors: list[ReadError] = []
    for found in parse_all(path, data, vocabulary=vocabulary, tagger=tagger):
        if isinstance(found, ReadError):
            errors.append(found)
        else:
            documents.append(found)
    if errors and not documents:
        raise errors[0]
    for error in errors:
        warnings.warn(str(error), stacklevel=2)
    return documents


def parse_all(
    path: Path | str,
    data: bytes | None = None,
    *,
    vocabulary: Vocabulary | None = None,
    tagger: Tagger | None = None,
    limits: Limits | None = None,
) -> Iterator[Document | ReadError]:
    """What `parse` gives, one after the other, and a ReadError (not raised) for the file or member that gave nothing.

    The error's `path` tells which: that of the file, or "archive.zip/name inside". `limits`: what the file may cost.
    """
    for raw in read_all(path, data, limits=limits or Limits()):
        if isinstance(raw, ReadError):
            yield raw
            continue
        try:
            documents = parse_raw(raw, vocabulary=vocabulary, tagger=tagger)
        except PolicyparseError:
            raise
        except Exception as error:
            if raw.path == str(path):
                raise
            # a member on which we fail must not take the others with it
            reason = f"policyparse failed on it ({type(error).__name__})"
            yield ReadError(raw.path, "internal", reason, "please report it, with the file if you may")
            continue
        if not documents:
            yield ReadError(raw.path, "no-text", "no document was found in it", "look at it by hand")
        yield from documents


def parse_raw(
    raw: RawDocument, *, vocabulary: Vocabulary | None = None, tagger: Tagger | None = None
) -> list[Document]:
    """The documents of a file that has been read."""
    words = vocabulary or shipped()
    return [_document(raw, text, words, tagger or default_tagger()) for text in clean(raw, words)]


@cache
def default_tagger() -> Tagger:
    """The trained classifier that ships with the package, loaded once."""
    return Tagger.load()


def _document(raw: RawDocument, text: CleanText, vocabulary: Vocabulary, tagger: Tagger) -> Document:
    outline = structure(text, vocabulary)
    tails = bracket_tails(outline, vocabulary)
    organs = institutions(outline, vocabulary, tails)
    times = time_points(outline, vocabulary)
    cited = citations(outline, vocabulary)
    moved = delegations(outline, organs, vocabulary)
    tasks = responsibilities(outline, organs, times, vocabulary, tails)
    facts = outline.facts
    contexts = contexts_of(outline, organs, times, moved, tasks, cited)
    clauses = [
        clause.model_copy(update={"tags": tags})
        for clause, tags in zip(outline.clauses, tagger.tag(contexts), strict=True)
    ]
    return Document(
        id=document_id(text),
        source=Source(
            path=raw.path,
            sha256=raw.sha256,
            media_type=raw.media_type,
            encoding=raw.encoding,
            part=text.part,
            parts=text.parts,
        ),
        title=facts.title,
        cover_title=facts.cover_title,
        kind=facts.kind,
        doc_number=facts.doc_number,
        issuers=list(facts.issuers),
        date=facts.date,
        place=facts.place,
        level=facts.level,
        masked=facts.masked,
        addressees=list(outline.elements.addressees),
        copied_to=list(outline.elements.copied_to),
        printed=outline.elements.printed,
        annexes=list(outline.elements.annexes),
        speech=outline.elements.speech,
        text=outline.text,
        repairs=list(text.repairs),
        sections=list(outline.sections),
        clauses=clauses,
        institutions=organs,
        time_points=times,
        delegations=moved,
        responsibilities=tasks,
        citations=cited,
        tables=list(outline.tables),
        warnings=list(outline.warnings),
    )


def document_id(text: CleanText) -> str:
    """From the content: the clean text without white space, so that the same document gives the same id everywhere."""
    return "d" + hashlib.sha256("".join(text.text.split()).encode()).hexdigest()[:16]


def contexts_of(
    outline: Outline,
    organs: Sequence[Institution],
    times: Sequence[TimePoint],
    moved: Sequence[Delegation],
    tasks: Sequence[Responsibility],
    cited: Sequence[Citation],
) -> list[ClauseContext]:
    """What the classifier sees of each clause: its words, the headings above it, its place, the records in it."""
    sections = {section.id: section for section in outline.sections}
    paths = _heading_paths(outline)
    held = {
        "delegations": Counter(record.clause for record in moved),
        "responsibilities": Counter(record.clause for record in tasks),
        "institutions": Counter(record.clause for record in organs),
        "citations": Counter(record.clause for record in cited),
    }
    types: dict[str | None, set[str]] = {}
    for point in times:
        types.setdefault(point.clause, set()).add(point.type)
    out = []
    for number, clause in enumerate(outline.clauses):
        # an item whose label stands on the clause's line is the clause itself, not a heading above it
        at = clause.section
        while at is not None and sections[at].start >= clause.start:
            at = sections[at].parent
        out.append(
            ClauseContext(
                text=clause.text,
                headings=paths.get(at or "", ()),
                position=position_of(number, len(outline.clauses)),
                kind=outline.facts.kind,
                level=outline.facts.level,
                marks=marks_of(
                    **{name: count[clause.id] for name, count in held.items()}, times=types.get(clause.id, ())
                ),
            )
        )
    return out


def _heading_paths(outline: Outline) -> dict[str, tuple[str, ...]]:
    """Section id → the headings from the outermost to its own, label and title as printed."""
    paths: dict[str, tuple[str, ...]] = {}
    for section in outline.sections:
        above = paths.get(section.parent or "", ())
        paths[section.id] = (*above, section.label + section.title)
    return paths
