"""The corpus directory: what goes in comes out, and a damaged or foreign one is one plain sentence."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from corpus_builder import document, pilot_corpus
from hypothesis import given
from hypothesis import strategies as st

from policyparse.corpus import Corpus, Imported
from policyparse.corpus.blocks import Damaged, blocks, pack_block, unpack_block, words_in
from policyparse.corpus.migrations import STEPS
from policyparse.corpus.packing import pack, unpack
from policyparse.corpus.passages import before_repairs, passages
from policyparse.corpus.verify import repair, verify
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.search import search


@pytest.fixture
def pilots(tmp_path: Path) -> Path:
    with Corpus.open(tmp_path / "pilots", create=True) as corpus:
        for each in pilot_corpus():
            corpus.add(each)
    return tmp_path / "pilots"


def found(directory: Path, query: str = '"委托协议书"') -> int:
    with Corpus.open(directory) as corpus:
        return search(corpus, query).total


def test_documents_come_out_as_they_went_in(pilots: Path) -> None:
    with Corpus.open(pilots) as corpus:
        assert list(corpus.documents()) == pilot_corpus()
        assert corpus.store.counts() == {"documents": 6, "clauses": 15, "files": 6}


def test_the_manifest_describes_the_directory(pilots: Path) -> None:
    manifest = json.loads((pilots / "corpus.json").read_text(encoding="utf-8"))
    assert manifest["format"] == "policyparse-corpus"
    assert {"format_version", "schema_version", "index_version", "made_by", "created", "files"} <= manifest.keys()


def test_the_same_document_of_another_file_is_one_document_with_two_sources(pilots: Path) -> None:
    plan = pilot_corpus()[0]
    other = plan.model_copy(update={"source": plan.source.model_copy(update={"path": "elsewhere.txt"})})
    with Corpus.open(pilots, write=True) as corpus:
        assert not corpus.add(other)
        assert corpus.store.sources(plan.id) == [("elsewhere.txt", 1), ("plan.txt", 1)]
    assert found(pilots) == 3


def test_near_duplicates_are_one_family(pilots: Path) -> None:
    plan, adapted, _, _, copy, _ = pilot_corpus()
    with Corpus.open(pilots) as corpus:
        assert [identity for identity, _ in corpus.store.relatives(plan.id)] == [copy.id]
        assert corpus.store.relatives(adapted.id) == []


def test_ids_may_be_shortened(pilots: Path) -> None:
    plan = pilot_corpus()[0]
    with Corpus.open(pilots) as corpus:
        assert corpus.document(plan.id[:6]).id == plan.id
        assert corpus.clause(plan.id[:6] + "#c2")[1].id == "c2"
        for wrong in ("", "zzzz", f"{plan.id}#c99", "%", "_"):
            with pytest.raises(PolicyparseError):
                corpus.clause(wrong) if "#" in wrong else corpus.document(wrong)


def test_passages_cover_every_character() -> None:
    for each in pilot_corpus():
        covered = "".join("".join(passage.text.split()) for passage in passages(each))
        assert covered == "".join(each.text.split())
        assert all(each.text[p.start : p.end] == p.text for p in passages(each))


def test_passages_know_titles_and_headings() -> None:
    kinds = {passage.text: passage.what for passage in passages(pilot_corpus()[0])}
    assert kinds["青岭县柳溪镇扩权强镇试点实施方案"] == "title"
    assert kinds["一、指导思想"] == "heading"


def test_repairs_can_be_undone_within_a_clause() -> None:
    whole = document("标题\n县政府下放权限。\n")
    repaired = Document.model_validate(
        {
            **whole.model_dump(by_alias=True),
            "repairs": [
                {"start": 0, "end": 1, "before": "標", "reason": "traditional"},
                {"start": 5, "end": 5, "before": "(zhèng)", "reason": "pinyin-gloss"},
                {"start": 6, "end": 8, "before": "下 放", "reason": "spacing"},
            ],
        }
    )
    clause = repaired.clauses[0]
    assert before_repairs(repaired, clause.start, clause.end) == "县政(zhèng)府下 放权限。"


# -- what a kill or a wrong hand leaves -----------------------------------------------------------------------


def test_the_index_is_made_again_when_it_is_gone(pilots: Path) -> None:
    for index in pilots.glob("index-*"):
        shutil.rmtree(index)
    assert found(pilots) == 3


def test_documents_that_the_index_lacks_are_indexed_on_opening(pilots: Path) -> None:
    with sqlite3.connect(pilots / "corpus.sqlite") as db:
        db.execute("UPDATE documents SET indexed = 0")
    assert found(pilots) == 3
    with Corpus.open(pilots) as corpus:
        assert corpus.store.behind(1) == []


def test_a_document_that_went_from_the_store_goes_from_the_index(pilots: Path) -> None:
    adapted = pilot_corpus()[1]
    with Corpus.open(pilots, write=True) as corpus:
        corpus.add_file([], Imported(adapted.source.path, "failed", code="empty"))
    assert found(pilots) == 2


def test_versions_of_what_goes_are_those_of_what_comes_after_it(tmp_path: Path) -> None:
    """The bytes have changed, then the program has (other documents of the same bytes), then nothing can be read."""
    old, mended, again = (document(f"甲通知\n{words}审批权限。\n") for words in ("下放", "收回", "不再收回"))
    with Corpus.open(tmp_path / "chain", create=True) as corpus:
        for each, sha256 in ((old, "1"), (mended, "2"), (again, "2")):
            corpus.add_file([each], Imported("a.txt", "done", sha256, documents=1))
        assert corpus.store.versions.newest(old.id) == again.id
        assert not corpus.store.has(mended.id)
        corpus.add_file([], Imported("a.txt", "failed", "3", code="empty"))
        (version,) = corpus.store.versions.all()
        assert (version.document, version.newer) == (old.id, None)
        corpus.commit()
        assert list(verify(corpus)) == []


@pytest.mark.parametrize("shared", [True, False])
def test_corrections_that_come_to_a_document_that_is_there_are_searched(shared: bool, tmp_path: Path) -> None:
    """A file is replaced by one that another name has already: what was corrected in it holds there too."""
    kept = document("甲通知\n下放审批权限。\n镇要公开结果。\n", path="a.txt", tags={1: ["delegation"]})
    left = document("乙通知\n下放审批权限。\n县里定期检查。\n", path="b.txt", tags={1: ["delegation"]})
    with Corpus.open(tmp_path / "twins", create=True) as corpus:
        for each in (kept, left):
            corpus.add_file([each], Imported(each.source.path, "done", each.source.sha256, documents=1))
        corpus.correct(f"{left.id}#c1", ["land"], by="a reader")
        record = Imported("b.txt", "done", kept.source.sha256, documents=1)
        if shared:
            corpus.share_file("a.txt", record)
        else:
            twin = kept.model_copy(update={"source": kept.source.model_copy(update={"path": "b.txt"})})
            corpus.add_file([twin], record)
        corpus.commit()
        assert [hit.id for hit in search(corpus, "tag:land").hits] == [f"{kept.id}#c1"]
        assert list(verify(corpus)) == []


@pytest.mark.parametrize(
    ("damage", "codes"),
    [
        ("UPDATE texts SET tags = NULL WHERE tags IS NOT NULL", {"passages"}),
        ("DELETE FROM names_of", {"references"}),
        ("INSERT INTO cited_by SELECT 5, seq FROM documents", {"references"}),
        ("INSERT INTO versions SELECT 'gone', id, 'a.txt', '2026' FROM documents LIMIT 1", {"version"}),
        ("INSERT INTO versions SELECT 'gone', 'gone too', 'a.txt', '2026'", {"version"}),
    ],
)
def test_what_is_out_of_step_is_found_and_made_again(damage: str, codes: set[str], pilots: Path) -> None:
    with sqlite3.connect(pilots / "corpus.sqlite") as db:
        db.execute(damage)
    with Corpus.open(pilots, write=True) as corpus:
        faults = list(verify(corpus))
        assert {fault.code for fault in faults} == codes
        assert repair(corpus, faults) == len(faults)
        assert list(verify(corpus)) == []
        assert list(corpus.documents()) == pilot_corpus()


def test_an_older_version_whose_newer_one_is_lost_stays_an_older_one(tmp_path: Path) -> None:
    old, new = document("甲通知\n下放审批权限。\n"), document("甲通知\n收回审批权限。\n")
    with Corpus.open(tmp_path / "lost", create=True) as corpus:
        for each, sha256 in ((old, "1"), (new, "2")):
            corpus.add_file([each], Imported("a.txt", "done", sha256, documents=1))
        corpus.database.rows.execute("UPDATE versions SET newer = 'gone'")
        assert repair(corpus, list(verify(corpus))) == 1
        assert list(verify(corpus)) == []
        assert [each.id for each in corpus.documents()] == [new.id]


def test_a_passage_that_is_replaced_under_a_reader_is_left_out(pilots: Path) -> None:
    with Corpus.open(pilots) as corpus, sqlite3.connect(pilots / "corpus.sqlite") as db:
        corpus.index.searcher()
        db.execute("UPDATE documents SET first = first + 1000 WHERE id = ?", (pilot_corpus()[0].id,))
        db.commit()
        results = search(corpus, '"委托协议书"', facets=())
        assert {hit.document for hit in results.hits} == {pilot_corpus()[1].id, pilot_corpus()[4].id}


def test_a_damaged_index_is_made_again_by_reindex(pilots: Path) -> None:
    (pilots / "index-1" / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(PolicyparseError, match="reindex"):
        found(pilots)
    with Corpus.open(pilots, write=True) as corpus:
        assert corpus.reindex() == 6
    assert found(pilots) == 3


def test_reindex_leaves_one_index(pilots: Path) -> None:
    with Corpus.open(pilots, write=True) as corpus:
        corpus.reindex()
    assert [path.name for path in pilots.glob("index-*")] == ["index-2"]
    assert found(pilots) == 3


def test_a_corpus_whose_making_was_killed_is_made(pilots: Path) -> None:
    (pilots / "corpus.json").rename(pilots / "corpus.json.123.part")
    shutil.rmtree(pilots / "index-1")
    with Corpus.open(pilots, create=True) as corpus:
        assert corpus.store.counts()["documents"] == 6
    assert found(pilots) == 3


def test_only_one_writer(pilots: Path) -> None:
    with Corpus.open(pilots, write=True):
        with pytest.raises(PolicyparseError, match="another program"):
            Corpus.open(pilots, write=True)
        assert found(pilots) == 3  # reading goes on


def test_a_replaced_document_is_found_by_its_new_words_only(pilots: Path) -> None:
    adapted = pilot_corpus()[1]
    renewed = document("新的标题\n镇级承接能力评估。\n", id=adapted.id, path=adapted.source.path)
    with Corpus.open(pilots, write=True) as corpus:
        assert corpus.add(renewed, replace=True)
    assert found(pilots) == 2
    assert found(pilots, '"承接能力"') == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [({"format_version": 99}, "format 99"), ({"format": "other"}, "not a corpus"), (None, "JSON")],
)
def test_a_corpus_of_another_version_is_one_sentence(change: dict[str, object] | None, says: str, pilots: Path) -> None:
    path = pilots / "corpus.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text("{" if change is None else json.dumps({**manifest, **change}), encoding="utf-8")
    with pytest.raises(PolicyparseError, match=says) as caught:
        Corpus.open(pilots)
    assert "\n" not in str(caught.value)


def test_an_index_of_another_version_asks_for_reindex(pilots: Path) -> None:
    with sqlite3.connect(pilots / "corpus.sqlite") as db:
        db.execute("UPDATE state SET value = '0' WHERE key = 'index_version'")
    with pytest.raises(PolicyparseError, match="reindex"):
        Corpus.open(pilots)
    with Corpus.open(pilots, write=True) as corpus:
        assert corpus.store.state("index_version") != "0"
    assert found(pilots) == 3


def test_a_database_of_a_newer_version_is_left_alone(pilots: Path) -> None:
    with sqlite3.connect(pilots / "corpus.sqlite") as db:
        db.execute("INSERT INTO migrations VALUES ('from_the_future', '2099')")
    for write in (False, True):
        with pytest.raises(PolicyparseError, match="newer"):
            Corpus.open(pilots, write=write)


def test_a_directory_that_is_no_corpus_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("x", encoding="utf-8")
    for create in (False, True):
        with pytest.raises(PolicyparseError):
            Corpus.open(tmp_path, create=create)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(PolicyparseError, match="no such directory"):
        Corpus.open(tmp_path / "nowhere")


def test_a_corpus_on_a_read_only_medium_can_be_searched(pilots: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in pilots.rglob("*") if path.is_file()}
    assert found(pilots) == 3
    assert {path: path.stat().st_mtime_ns for path in pilots.rglob("*") if path.is_file()} == before


def test_other_programs_can_read_the_database(pilots: Path) -> None:
    with sqlite3.connect(pilots / "corpus.sqlite") as db:
        assert db.execute("SELECT count(*) FROM clauses").fetchone() == (15,)
        assert db.execute("SELECT tag FROM tags WHERE clause = 'c2' AND rank = 0 ORDER BY document").fetchall()
        plan = pilot_corpus()[0]
        assert db.execute("SELECT path, sha256 FROM sources WHERE document = ?", (plan.id,)).fetchall() == [
            (plan.source.path, plan.source.sha256)
        ]
        db.create_function("words_in", 2, words_in)  # only the words are packed
        path = "SELECT path FROM clauses JOIN words_of USING (seq) WHERE document = ? AND clause = 'c2'"
        assert db.execute(path, (plan.id,)).fetchone() == ("二、主要任务 › （一）下放管理权限",)
        start, end, text = db.execute(
            'SELECT start, "end", text FROM passages JOIN words_of USING (seq) WHERE document = ? AND what = ?',
            (plan.id, "title"),
        ).fetchone()
        assert plan.text[start:end] == text


def _before_it_was_compact(directory: Path, documents: list[Document]) -> None:
    """A corpus as it was made before the step `compact_store`."""
    directory.mkdir()
    with Corpus.open(directory / "new", create=True):
        pass
    shutil.copy(directory / "new" / "corpus.json", directory)
    shutil.rmtree(directory / "new")
    with sqlite3.connect(directory / "corpus.sqlite") as db:
        db.execute("CREATE TABLE migrations (name TEXT PRIMARY KEY, applied TEXT NOT NULL) WITHOUT ROWID")
        for name, step in STEPS[: [name for name, _ in STEPS].index("compact_store")]:
            step(db)
            db.execute("INSERT INTO migrations VALUES (?, '2026')", (name,))
        for seq, each in enumerate(documents, 1):
            db.execute(
                "INSERT INTO documents (seq, id, title, kind, issuers, masked, family, json) VALUES (?, ?, ?, ?, ?, 0, ?, ?)",
                (
                    seq,
                    each.id,
                    each.title,
                    each.kind,
                    json.dumps(each.issuers),
                    seq,
                    each.model_dump_json(by_alias=True),
                ),
            )
            db.execute("INSERT INTO sources VALUES (?, ?, ?, 1)", (each.id, each.source.path, each.source.sha256))
            db.executemany(
                'INSERT INTO passages (document, clause, what, path, start, "end", text, tags, fold) '
                "VALUES (?, ?, ?, '[]', ?, ?, ?, ?, 0)",
                [(each.id, p.clause, p.what, p.start, p.end, p.text, json.dumps(p.tags)) for p in passages(each)],
            )


def test_a_corpus_of_before_is_made_small_and_searchable(tmp_path: Path) -> None:
    _before_it_was_compact(tmp_path / "old", pilot_corpus())
    with pytest.raises(PolicyparseError, match="reindex"):
        Corpus.open(tmp_path / "old")
    Corpus.open(tmp_path / "old", write=True).close()
    assert found(tmp_path / "old") == 3
    with Corpus.open(tmp_path / "old") as corpus:
        assert list(corpus.documents()) == pilot_corpus()
        assert corpus.store.sources(pilot_corpus()[0].id) == [("plan.txt", 1)]
        assert corpus.store.counts() == {"documents": 6, "clauses": 15, "files": 6}


@given(
    text=st.text(st.sampled_from("一二三。\n 　abA𠮷\u001f\\\"'《》"), max_size=60),
    cuts=st.lists(st.integers(0, 60), max_size=8),
    data=st.data(),
)
def test_what_is_packed_comes_out_the_same(text: str, cuts: list[int], data: st.DataObject) -> None:
    ends = sorted({min(cut, len(text)) for cut in cuts})
    spans = list(pairwise(ends))
    clauses = [
        {"id": data.draw(st.sampled_from([f"c{n}", "x"])), "start": a, "end": b, "text": text[a:b],
         "tags": [{"tag": "land", "score": 0.123456}][: n % 2], "origin": {"start": a or None, "page": n or None}}
        for n, (a, b) in enumerate(spans)
    ]  # fmt: skip
    whole = Document.model_validate(
        {"id": "d", "source": {"path": "a", "sha256": "0", "media_type": "text/plain"}, "title": text[:9], "text": text,
         "clauses": clauses, "time_points": [{"start": a, "end": b, "text": "年", "type": "date", "value": "2010"} for a, b in spans[:1]],
         "tables": [{"rows": [["a", ""]]}]}
    )  # fmt: skip
    kept = [(part.start, part.end) for part in passages(whole)]
    assert unpack(pack(whole, kept), [text[a:b] for a, b in kept]) == whole
    assert unpack(pack(whole)) == whole


def test_clauses_that_overlap_are_kept_too(tmp_path: Path) -> None:
    text = "甲乙丙丁。"
    clauses = [
        {"id": "c1", "start": 0, "end": 4, "text": "other"},
        {"id": "c2", "start": 2, "end": 5, "text": text[2:5]},
    ]
    odd = document("题\n").model_copy(update={"text": text})
    odd = Document.model_validate({**odd.model_dump(by_alias=True), "text": text, "clauses": clauses})
    with Corpus.open(tmp_path / "odd", create=True) as corpus:
        corpus.add(odd)
        corpus.add(document("", id="empty"))
        assert list(corpus.documents()) == [odd, document("", id="empty")]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))))
def test_blocks_give_back_the_texts(texts: list[str]) -> None:
    packed = list(blocks(texts))
    assert [text for _, block in packed for text in unpack_block(block)] == texts
    for first, block in packed:
        assert words_in(block, 0) == texts[first]


@given(st.binary(max_size=200))
def test_what_is_no_block_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        unpack_block(data)


@given(st.data())
def test_no_flipped_bit_goes_unseen(data: st.DataObject) -> None:
    plan = pilot_corpus()[0]
    parts = passages(plan)
    body = bytearray(pack(plan, [(part.start, part.end) for part in parts]))
    block = bytearray(pack_block([part.text for part in parts]))
    for packed in (body, block):
        at = data.draw(st.integers(0, 8 * len(packed) - 1))
        packed[at // 8] ^= 1 << at % 8
    with suppress(Damaged):  # a few bits say nothing: those that fill up the last byte
        assert unpack(bytes(body), [part.text for part in parts]) == plan
    with suppress(Damaged):
        assert unpack_block(bytes(block)) == [part.text for part in parts]


def test_a_head_that_promises_gigabytes_takes_none() -> None:
    """A bit lost in a frame's head can make it say that it holds 900 MB; found under CI's memory limit."""
    texts = [part.text for part in passages(pilot_corpus()[0])]
    block = bytearray(pack_block(texts))
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + 256 * 1024 * 1024, limits[1]))
    try:
        for bit in range(8 * 12):
            block[bit // 8] ^= 1 << bit % 8
            with suppress(Damaged):
                assert unpack_block(bytes(block)) == texts
            block[bit // 8] ^= 1 << bit % 8
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def _address_space() -> int:
    """Bytes of address space that this process holds."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()


def test_two_documents_of_a_line_each_are_no_copies(tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "short", create=True) as corpus:
        for title in ("某县条例", "某市办法"):
            corpus.add(document(f"{title}\n一、以下从略。\n"))
        assert [corpus.store.relatives(each.id) for each in corpus.documents()] == [[], []]


def test_blocks_are_opened_by_several_threads_at_once() -> None:
    texts = [[f"第{n}条 县级以上人民政府应当建立第{n * k}项制度。" for k in range(6)] for n in range(200)]
    packed = [pack_block(each) for each in texts]
    with ThreadPoolExecutor(4) as threads:
        assert all(threads.map(lambda _: [unpack_block(block) for block in packed] == texts, range(200)))
