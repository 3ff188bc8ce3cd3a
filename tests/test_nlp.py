"""The spaCy factories: a Doc's spans are the records that `parse` gives, and displaCy shows them."""

from __future__ import annotations

from pathlib import Path

import pytest
import spacy
from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc

from policyparse import nlp, parse
from policyparse.model import Document
from policyparse.passing import PolicyparseError

SAMPLES = Path(__file__).parent.parent / "corpora" / "samples"
PLAN = SAMPLES / "01-青溪县-石桥镇扩权强镇试点方案.txt"
STEPS = ("structure", "institutions", "time_points", "citations", "delegations", "responsibilities", "tag")


@pytest.fixture(scope="module")
def document() -> Document:
    (found,) = parse(PLAN)
    return found


@pytest.fixture(scope="module")
def pipeline() -> Language:
    made = nlp.blank()
    made.add_pipe("policyparse")
    return made


@pytest.fixture(scope="module")
def doc(pipeline: Language) -> Doc:
    (found,) = nlp.docs(PLAN, pipeline)
    return found


@pytest.mark.parametrize("group", list(nlp.LABELS))
def test_the_spans_are_the_records_of_parse(group: str, doc: Doc, document: Document) -> None:
    records = getattr(document, group)
    assert records
    assert [(span.start_char, span.end_char) for span in doc.spans[group]] == [(r.start, r.end) for r in records]
    assert all(span.text == document.text[r.start : r.end] for span, r in zip(doc.spans[group], records, strict=True))


def test_spans_lead_back_to_their_records(doc: Doc, document: Document) -> None:
    assert doc._.facts.title == document.title
    assert [s._.record.canonical for s in doc.spans["institutions"]] == [i.canonical for i in document.institutions]
    assert [s._.record.value for s in doc.spans["time_points"]] == [t.value for t in document.time_points]
    assert [s._.record.tags for s in doc.spans["clauses"]] == [c.tags for c in document.clauses]


def test_one_step_after_the_other_gives_what_all_in_one_give(doc: Doc) -> None:
    steps = nlp.blank()
    for step in STEPS:
        steps.add_pipe(f"policyparse_{step}")
    other = steps(doc.text)
    for group in nlp.LABELS:
        assert [span._.record for span in other.spans[group]] == [span._.record for span in doc.spans[group]]


def test_entities_are_mentions(doc: Doc, document: Document) -> None:
    assert {entity.label_ for entity in doc.ents} == set(nlp.COLOURS)
    mentions = (*document.institutions, *document.time_points, *document.citations)
    assert {(e.start_char, e.end_char) for e in doc.ents} <= {(m.start, m.end) for m in mentions}


def test_a_step_without_the_structure_says_what_is_missing() -> None:
    alone = spacy.blank("zh")
    alone.add_pipe("policyparse_institutions")
    with pytest.raises(PolicyparseError, match="policyparse_structure"):
        alone("县政府下放权限。")


def test_displacy_shows_a_document_and_runs_nothing_of_it(document: Document) -> None:
    shown = displacy.render(nlp.displacy(document), style="ent", manual=True, jupyter=False)
    assert "青溪县" in shown
    assert "INSTITUTION" in shown
    hostile = document.model_copy(update={"text": "<script>" + document.text[8:], "title": "<script>"})
    assert "<script>" not in displacy.render(nlp.displacy(hostile), style="ent", manual=True, jupyter=False)
