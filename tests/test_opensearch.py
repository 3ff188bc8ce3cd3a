"""A corpus in an OpenSearch finds what the corpus directory finds, and is brought up to date without loss.

Over HTTP against osmem-server, which speaks OpenSearch 3's interface; its scores are not Lucene's. So what is compared is
which passages are found, with their spans, highlights, copies and numbers; their order by date and place; and by relevance
that a page follows the other without a gap, not the order itself.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from corpus_builder import document, pilot_corpus
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyparse.cli import run as command
from policyparse.cluster import OpenSearchEngine, Sent, Store, send
from policyparse.cluster.store import Address
from policyparse.corpus import Corpus, words_of
from policyparse.corpus.backup import backup, restore
from policyparse.passing import PolicyparseError
from policyparse.search import SORTS, Engine, QueryError, Results, matching_documents, search
from policyparse.vocabulary import Vocabulary

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "search.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    from osmem_server import OsmemServer

    with OsmemServer.start(japanese=False) as running:
        yield running.url.replace("http:", "opensearch:")


_names = (f"corpus-{number}" for number in itertools.count())


@pytest.fixture
def address(server: str) -> str:
    return f"{server}/{next(_names)}"


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    with Store(address) as opened:
        yield opened


@pytest.fixture
def corpus(tmp_path: Path) -> Iterator[Corpus]:
    with Corpus.open(tmp_path / "corpus", create=True) as opened:
        for each in pilot_corpus():
            opened.add(each)
        opened.commit()
        yield opened


@pytest.fixture(scope="module")
def both(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Corpus, Engine]]:
    with (
        Corpus.open(tmp_path_factory.mktemp("both") / "corpus", create=True) as opened,
        Store(f"{server}/both") as held,
    ):
        for each in pilot_corpus():
            opened.add(each)
        send(opened, held)
        yield opened, OpenSearchEngine(held)


def found(results: Results) -> dict[str, Any]:
    """What a search found, but for the order and the scores."""
    hits = [
        (h.id, h.what, h.start, h.end, h.text, h.title, tuple(h.path), tuple(h.highlights), h.copies, repr(h.tags), h.kind,
         h.doc_number, h.date, h.place, h.level, tuple(h.issuers), tuple(h.copy_ids))
        for h in results.hits
    ]  # fmt: skip
    facets = {name: sorted(values) for name, values in results.facets.items()}
    return {
        "total": results.total, "documents": results.documents, "hits": sorted(hits, key=repr), "facets": facets,
        "more": results.more, "advice": (results.advice, results.advice_zh),
    }  # fmt: skip


def assert_same(corpus: Corpus, engine: Engine, query: str = "", **options: Any) -> None:
    """The same answer, or the same refusal."""
    options = {"limit": 200, "facet_size": 100, **options}
    try:
        here: Results | str = search(corpus, query, **options)
    except QueryError as error:
        here = str(error)
    try:
        there: Results | str = search(engine, query, **options)
    except QueryError as error:
        there = str(error)
    if isinstance(here, Results) and isinstance(there, Results):
        assert found(there) == found(here)
    else:
        assert there == here


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_row_of_the_search_tests_is_answered_alike(case: dict[str, Any], both: tuple[Corpus, Engine]) -> None:
    options = {name: case[name] for name in ("filters", "synonyms") if name in case}
    assert_same(*both, case.get("query", ""), **options)
    assert_same(*both, case.get("query", ""), fold=False, **options)


@pytest.mark.parametrize("sort", SORTS)
def test_the_order_by_date_and_place_is_the_same(sort: str, both: tuple[Corpus, Engine]) -> None:
    here, there = (search(engine, "镇", sort=sort, limit=100) for engine in both)
    keys = {"relevance": lambda h: 0, "place": lambda h: h.place or "\U0010ffff"}
    key = keys.get(sort, lambda h: h.date or "")
    assert [key(hit) for hit in there.hits] == [key(hit) for hit in here.hits]


@pytest.mark.parametrize("sort", SORTS)
def test_pages_follow_each_other_without_a_gap(
    sort: str, both: tuple[Corpus, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("policyparse.cluster.answers._AT_ONCE", 3)
    monkeypatch.setattr("policyparse.cluster.answers._COUNTED", 5 if sort != "relevance" else 10_000)
    monkeypatch.setattr("policyparse.search._WINDOW", 4)
    _, engine = both
    for fold in (True, False):
        whole = [hit.id + hit.text for hit in search(engine, "镇", sort=sort, limit=200, fold=fold).hits]
        pages = [search(engine, "镇", sort=sort, limit=2, offset=at, fold=fold) for at in range(0, len(whole) + 2, 2)]
        assert [hit.id + hit.text for page in pages for hit in page.hits] == whole
        assert [page.more for page in pages[: len(whole) // 2 - 1]] == [True] * (len(whole) // 2 - 1)
        assert not search(engine, "镇", sort=sort, offset=10_000).hits


def test_many_hits_are_not_searched_more_widely(server: str, tmp_path: Path) -> None:
    """Of a word that stands often as it was typed, passages that have its parts apart are left out, here as there."""
    texts = [f"第{n}号通知\n现将审批权限下放到各镇，编号{n}。\n" for n in range(120)]
    apart = "另一份通知\n下放的事项包括审批的权限。\n"
    with Corpus.open(tmp_path / "corpus", create=True) as corpus, Store(f"{server}/many") as held:
        for number, text in enumerate([*texts, apart]):
            corpus.add(document(text, path=f"{number}.txt"))
        send(corpus, held)
        engine = OpenSearchEngine(held)
        for query in ("权限下放", "审批权限下放", "编号7 权限下放"):
            assert_same(corpus, engine, query, fold=False)


def test_a_clause_that_many_documents_have_is_shown_once(corpus: Corpus, store: Store) -> None:
    for number in range(60):  # more than a window: to find ten that are no copies, all are looked through
        corpus.add(document(f"第{number}号通知\n各镇应当将审批权限下放情况报县备案。\n", path=f"{number}.txt"))
    send(corpus, store)
    assert search(OpenSearchEngine(store), "权限下放情况").hits[0].copies == 59
    assert_same(corpus, OpenSearchEngine(store), "权限下放情况")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["权限", "下放", "财政 返还", "镇", "柳溪镇", '"委托协议书"', "“下放”", "-土地", "NOT 镇", "OR", "AND", "(", ")", "授*",
             "*政府", "?放", "place:青岭县", "year:2009-2010", "year:2009..", "tag:delegation", "机构:县发改局", "item:许可",
             "title:方案", "deadline:..2010", "kind:plan", "number:9", "document:a", '"', "x", "＊", "“", "[", "\\", "a\"b", "~1"]
        ),
        min_size=1,
        max_size=5,
    )
)  # fmt: skip
def test_any_query_finds_the_same(both: tuple[Corpus, Engine], parts: list[str]) -> None:
    assert_same(*both, " ".join(parts))


def test_documents_with_a_hit_come_in_the_same_order(
    both: tuple[Corpus, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus, engine = both
    monkeypatch.setattr("policyparse.cluster.answers._AT_ONCE", 2)
    for query in ("下放", "镇 -土地", "kind:plan", "没有这样的词"):
        assert matching_documents(engine, query) == matching_documents(corpus, query)
    monkeypatch.setattr("policyparse.search.MOST_DOCUMENTS", 1)
    with pytest.raises(QueryError, match="more than 1 documents"):
        matching_documents(engine, "下放")


# -- bringing it up to date --------------------------------------------------------------------------------------


def test_only_what_has_changed_is_sent(corpus: Corpus, store: Store) -> None:
    assert send(corpus, store).documents == 6
    assert send(corpus, store) == Sent()
    engine = OpenSearchEngine(store)

    corpus.add(document("东平镇事权清单\n将市容管理权下放到东平镇。\n", path="new.txt", date="2012-03-01"))
    assert send(corpus, store).documents == 1
    assert_same(corpus, engine, "市容管理权")

    clause = search(corpus, "市容管理权").hits[0].id
    corpus.correct(clause, ["publicity"], by="a reader")
    assert send(corpus, store).documents == 1
    assert_same(corpus, engine, filters={"tag": ["publicity"]})
    assert search(engine, filters={"tag": ["publicity"]}).hits[0].id == clause

    gone = clause.partition("#")[0]
    with corpus.store.transaction():
        corpus.store.remove(gone)
    assert send(corpus, store).removed == 1
    assert search(engine, "市容管理权").total == 0
    assert not store.client.exists(index=store.alias("documents"), id=gone)
    for query in ("下放", "镇", "财政"):
        assert_same(corpus, engine, query)


def test_a_document_that_has_become_shorter_leaves_nothing_behind(corpus: Corpus, store: Store) -> None:
    long = document("短文件\n第一条旧的规定。\n第二条旧的规定。\n", id="1" * 16)
    short = document("短文件\n第一条新的规定。\n", id="1" * 16)
    corpus.add(long)
    send(corpus, store)
    engine = OpenSearchEngine(store)
    assert search(engine, '"旧的规定"').total == 2
    corpus.add(short, replace=True)
    send(corpus, store)
    assert search(engine, '"旧的规定"').total == 0
    assert search(engine, '"新的规定"').total == 1
    assert_same(corpus, engine, "规定")


def test_a_changed_file_leaves_its_old_version(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    arguments = ["import", str(folder), "--corpus", str(tmp_path / "c"), "--workers", "0", "--store", address]
    (folder / "a.txt").write_text("甲通知\n各镇：\n将审批权限下放到镇。\n", encoding="utf-8")
    assert command(arguments) == 0
    (folder / "a.txt").write_text("甲通知\n各镇：\n将审批权限收回到县。\n", encoding="utf-8")
    assert command(arguments) == 0
    with Store(address) as held:
        engine = OpenSearchEngine(held)
        assert (search(engine, '"下放到镇"').total, search(engine, '"收回到县"').total) == (0, 1)


def test_a_sending_that_was_broken_off_goes_on(corpus: Corpus, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policyparse.cluster.sending._AT_ONCE", 1)
    send(corpus, store)
    for number in range(5):
        corpus.add(document(f"第{number}份\n第{number}项权限下放到镇。\n", path=f"{number}.txt"))

    def breaks(done: int, total: int) -> None:
        assert total == 5
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send(corpus, store, progress=breaks)
    assert send(corpus, store).documents == 2
    assert_same(corpus, OpenSearchEngine(store), "权限下放")


def test_it_is_filled_anew_behind_the_alias(corpus: Corpus, store: Store) -> None:
    send(corpus, store)
    old = store.indices()
    engine = OpenSearchEngine(store)
    total = search(engine, "下放").total

    def still_the_old(done: int, total_documents: int) -> None:
        assert store.indices() > old
        assert search(engine, "下放").total == total

    assert send(corpus, store, anew=True, progress=still_the_old).whole
    assert len(store.indices()) == 3
    assert not store.indices() & old
    assert_same(corpus, engine, "下放")


def test_fields_of_another_version_are_said_and_filled_anew(
    corpus: Corpus, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("policyparse.cluster.sending.FIELDS_VERSION", "0/0/0")
        send(corpus, store)
    with pytest.raises(PolicyparseError, match="policyparse reindex --store"):
        OpenSearchEngine(store)
    assert send(corpus, store).whole
    assert_same(corpus, OpenSearchEngine(store), "下放")


@pytest.mark.parametrize("added", [0, 3])
def test_a_corpus_put_back_from_an_older_copy_is_sent_whole(
    added: int, corpus: Corpus, store: Store, tmp_path: Path
) -> None:
    """Also where it has had as many changes since as the copy has seen: they are others."""
    send(corpus, store)
    backup(corpus.directory, tmp_path / "monday.zip")
    for number in range(2):
        corpus.add(document(f"第{number}份\n第{number}项权限下放到镇。\n", path=f"{number}.txt"))
    send(corpus, store)
    restore(tmp_path / "monday.zip", tmp_path / "again", lambda part: Corpus.open(part, write=True).close())
    with Corpus.open(tmp_path / "again", write=True) as again:
        for number in range(added):
            again.add(document(f"别的第{number}份\n另外{number}项权限收回到县。\n", path=f"other{number}.txt"))
        assert send(again, store).whole
        assert_same(again, OpenSearchEngine(store), "权限")
        assert send(again, store) == Sent()


def test_words_of_another_vocabulary_are_found_too(tmp_path: Path, store: Store) -> None:
    """A word is one term only where all was sent with a dictionary that has it."""
    (tmp_path / "vocab").mkdir()
    (tmp_path / "vocab" / "words.csv").write_text("word,note\n承接能力,\n", encoding="utf-8")
    own = Vocabulary(tmp_path / "vocab")
    place = tmp_path / "corpus"
    texts = [document(f"{name}\n提升承接能力。\n", path=f"{name}.txt") for name in "甲乙丙"]

    def sent(number: int, vocabulary: Vocabulary | None, anew: bool = False) -> Any:
        with Corpus.open(place, create=True, vocabulary=vocabulary) as corpus:
            corpus.add(texts[number])
            send(corpus, store, anew=anew)
            for words in (own, None):
                assert search(OpenSearchEngine(store, words), '"承接能力"', fold=False).total == number + 1
        return (store.meta() or {})["words"]

    assert sent(0, None) == words_of(None)
    assert sent(1, own) == ""
    assert sent(2, own, anew=True) == words_of(own)


def test_one_corpus_does_not_write_over_another(corpus: Corpus, store: Store, tmp_path: Path) -> None:
    send(corpus, store)
    with (
        Corpus.open(tmp_path / "other", create=True) as other,
        pytest.raises(PolicyparseError, match="give another name"),
    ):
        send(other, store)


def test_changes_are_noted_from_the_first_copy_on_and_not_before(corpus: Corpus, store: Store) -> None:
    def tables() -> set[str]:
        return {
            row[0] for row in corpus.database.rows.execute("SELECT name FROM sqlite_master WHERE name LIKE 'changes%'")
        }

    assert not tables()
    send(corpus, store)
    assert "changes_added" in tables()
    for name in ("changes_added", "changes_removed"):  # as a step that makes the table anew would
        corpus.database.rows.execute(f"DROP TRIGGER {name}")
    corpus.add(document("丁通知\n将许可权下放到镇。\n", path="d.txt"))
    corpus.store.remove(next(corpus.documents()).id)
    sent = send(corpus, store)
    assert (sent.documents, sent.removed, sent.whole) == (6, 1, False)
    for query in ("许可权", "下放", "镇"):
        assert_same(corpus, OpenSearchEngine(store), query)


def test_a_corpus_that_is_taken_away_under_a_reader_is_said(corpus: Corpus, store: Store) -> None:
    send(corpus, store)
    engine = OpenSearchEngine(store)
    store.client.indices.delete(index=",".join(store.indices()))
    with pytest.raises(PolicyparseError, match="no corpus here"):
        search(engine, "下放")


def test_a_query_that_is_too_much_for_it_is_said(corpus: Corpus, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in takes any query; OpenSearch has limits (1,024 words in a query, and others), and says so with 400."""
    from opensearchpy import RequestError

    def refuses(**request: Any) -> None:
        reason = {"type": "too_many_clauses", "reason": "maxClauseCount is set to 1024"}
        raise RequestError(400, "search_phase_execution_exception", {"error": {"root_cause": [reason]}})

    send(corpus, store)
    engine = OpenSearchEngine(store)
    monkeypatch.setattr(store.client, "search", refuses)
    with pytest.raises(QueryError, match="maxClauseCount is set to 1024") as refused:
        search(engine, "下放")
    assert "写得简单些" in refused.value.chinese


# -- the command line --------------------------------------------------------------------------------------------


def test_the_commands(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    samples = Path(__file__).parent.parent / "corpora" / "samples"
    here = str(tmp_path / "c")
    assert command(["import", str(samples), "--corpus", here, "--workers", "0", "--store", address]) == 0
    assert f"sent to {address}: 17 documents" in capsys.readouterr().out
    asked = ["search", "权限 下放", "--year", "2009-2012", "--limit", "50", "--json"]
    assert command([*asked, "--corpus", here]) == 0
    directory = json.loads(capsys.readouterr().out)
    assert command([*asked, "--corpus", str(tmp_path / "nowhere"), "--store", address]) == 0
    remote = json.loads(capsys.readouterr().out)
    assert remote["total"] == directory["total"] > 3
    names = [{hit["id"] for hit in answer["hits"]} for answer in (directory, remote)]
    assert names[0] == names[1]
    assert directory["hits"][0].keys() == remote["hits"][0].keys()
    assert command(["reindex", "--corpus", here, "--store", address]) == 0
    assert "17 documents" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://head:9200/pilots", "write it as opensearch://host:9200/name"),
        ("opensearch://head:9200", "is no name for a corpus"),
        ("opensearch://head:9200/Pilots", "is no name for a corpus"),
        ("opensearch://head:9200/a/b", "is no name for a corpus"),
        ("opensearch://head:999999/a", "write it as opensearch://host:9200/name"),
        ("opensearch:///a", "write it as opensearch://host:9200/name"),
        ("opensearch://user:secret@127.0.0.1:1/pilots", "no OpenSearch answers there"),
    ],
)
def test_an_address_that_leads_nowhere(
    address: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["search", "x"], ["import", str(tmp_path), "--corpus", str(tmp_path / "c")]):
        assert command([*arguments, "--store", address]) == 2
        said = capsys.readouterr().err.strip()
        assert says in said
        assert "secret" not in said
        assert "\n" not in said
    assert not (tmp_path / "c").exists()


def test_an_address_is_read_whole() -> None:
    assert Address.of("opensearch+tls://me:p%40ss@[::1]/x") == Address("::1", 443, "x", True, "me", "p@ss")
    assert str(Address.of("opensearch+tls://me:p%40ss@[::1]/x")) == "opensearch+tls://[::1]:443/x"
    assert "p@ss" not in repr(Address.of("opensearch+tls://me:p%40ss@h/x"))


def test_a_store_without_a_corpus(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["search", "x", "--store", address]) == 2
    assert f"policyparse import FILES --store {address}" in capsys.readouterr().err


def test_without_the_library_one_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opensearchpy", None)
    with pytest.raises(PolicyparseError, match=r"pip install 'policyparse\[cluster\]'"):
        Store("opensearch://head:9200/pilots")
