"""Who cites whom inside a corpus: by number, by title, by a title in short; and the other way round."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_builder import document

from policyparse.corpus import Corpus, Imported
from policyparse.extract.citations import citations
from policyparse.model import Document
from policyparse.passing import Facts, Outline
from policyparse.vocabulary import shipped

OPINION = "临江市人民政府关于下放镇级管理权限的意见"


def citing(text: str) -> Document:
    """A document of one clause whose citations are those of `text`."""
    found = citations(Outline(text, (), (), (), Facts()), shipped())
    made = document(text, title="白石镇实施方案")
    offset = made.text.index(text)
    moved = [c.model_copy(update={"start": c.start + offset, "end": c.end + offset}) for c in found]
    return made.model_copy(update={"citations": moved})


@pytest.mark.parametrize(
    "text",
    [
        "根据《临江市人民政府关于下放镇级管理权限的意见》，制定本方案。",
        "根据《关于下放镇级管理权限的意见》（临府〔2011〕8号），制定本方案。",
        "根据市政府《关于下放镇级管理权限的意见》，制定本方案。",
        "按照临府[2011]8号文，制定本方案。",
    ],
)
def test_a_citation_leads_to_its_document_and_back(tmp_path: Path, text: str) -> None:
    opinion = document("将一批权限下放到镇。", title=OPINION, doc_number="临府〔2011〕8号")
    plan = citing(text)
    for order in ([opinion, plan], [plan, opinion]):
        with Corpus.open(tmp_path / str(order[0].id), create=True) as corpus:
            for one in order:
                corpus.add(one)
            assert corpus.store.references.cited(plan) == {0: opinion.id}
            assert corpus.store.references.citing(opinion) == [plan.id]
            corpus.store.remove(opinion.id)
            assert corpus.store.references.cited(plan) == {}


def test_who_cites_whom_follows_every_change(tmp_path: Path) -> None:
    opinion = document("将一批权限下放到镇。", title=OPINION, doc_number="临府〔2011〕8号", path="opinion.txt")
    plan = citing("按照临府[2011]8号文，制定本方案。")
    other = document("本文不引用任何文件。", title="白石镇实施方案")
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        references = corpus.store.references

        def put(made: Document, sha256: str, number: int = 0) -> None:
            corpus.add_file([made], Imported(made.source.path, "done", sha256, documents=1, number=number))

        put(opinion, "0", 3)
        put(plan, "1", 2)
        assert references.citing(opinion) == [plan.id]
        corpus.correct(f"{plan.id}#c1", ["basis"], by="a reader")
        assert references.citing(opinion) == [plan.id]
        put(other, "2")  # the file has changed: its older version cites nobody any more
        assert references.citing(opinion) == []
        assert references.cited(plan) == {0: opinion.id}
        put(plan, "3")  # and has its old words back
        assert references.citing(opinion) == [plan.id]
        twin = plan.model_copy(update={"source": plan.source.model_copy(update={"path": "first.txt"})})
        put(twin, "4", 1)  # a file that comes before it has it too: it moves to that file's place
        assert references.citing(opinion) == [plan.id]
        order = [each.id for each in corpus.documents()]
        assert order.index(plan.id) < order.index(opinion.id)
        assert corpus.database.rows.execute("SELECT count(DISTINCT document) FROM cited_by").fetchone()[0] == 1


def test_a_title_that_two_documents_bear_leads_nowhere(tmp_path: Path) -> None:
    one = document("将第一批权限下放到镇。", title="甲县人民政府关于下放镇级管理权限的意见")
    other = document("把财政管理交给试点镇自主安排。", title="乙县人民政府关于下放镇级管理权限的意见")
    plan = citing("根据《关于下放镇级管理权限的意见》，制定本方案。")
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        for each in (one, other, plan):
            corpus.add(each)
        assert corpus.store.references.cited(plan) == {}
        assert corpus.store.references.citing(one) == [plan.id]


def test_a_short_title_names_nothing(tmp_path: Path) -> None:
    one = document("将第一批权限下放到镇。", title="意见")
    plan = citing("按照《意见》执行。")
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        corpus.add(one)
        corpus.add(plan)
        assert corpus.store.references.cited(plan) == {}
