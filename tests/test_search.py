"""Search: the rows of cases/search.yaml, and what must hold for every text and query."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from corpus_builder import document, pilot_corpus
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policyparse.corpus import Corpus
from policyparse.search import SORTS, QueryError, excerpt, facets, highlights, matching_documents, search
from policyparse.search.plan import Planner
from policyparse.search.query import parse_query
from policyparse.words import _table as words_table
from policyparse.words import normal, pairs, segmenter, squeezed

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "search.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pilots(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corpus]:
    directory = tmp_path_factory.mktemp("search") / "pilots"
    with Corpus.open(directory, create=True) as corpus:
        for each in pilot_corpus():
            corpus.add(each)
    with Corpus.open(directory) as corpus:
        yield corpus


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_finds_what_a_person_means(case: dict[str, Any], pilots: Corpus) -> None:
    results = search(
        pilots,
        case.get("query", ""),
        filters=case.get("filters"),
        synonyms=case.get("synonyms", True),
        limit=100,
    )
    texts = [hit.text for hit in results.hits]
    for words in case.get("finds", ()):
        assert any(words in text for text in texts), f"{words} not in {texts}"
    for words in case.get("lacks", ()):
        assert not any(words in text for text in texts), f"{words} in {texts}"
    if "top" in case:
        assert case["top"] in texts[0]
    if "total" in case:
        assert results.total == case["total"], texts
    if "documents" in case:
        assert results.documents == case["documents"], texts
    if "copies" in case:
        assert results.hits[0].copies == case["copies"]
        assert len(results.hits[0].copy_ids) == case["copies"]
    if "marks" in case:
        hit = results.hits[0]
        assert [hit.text[start:end] for start, end in hit.highlights] == case["marks"]
    if results.total == 0:
        assert results.advice


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ('"委托', "closing"), ("“委托", "closing"), ('""', "nothing between"), ("(下放", "bracket"), ("下放)", "bracket"),
        ("下放 AND", "ends"), ("OR 下放", "OR"), ("tag:", "no value"), ("tag:无此标签", "delegation"), ("year:abc", "no date"),
        ("year:2012-2009", "before it begins"), ("*", "wildcard"), ("(" * 200 + "a" + ")" * 200, "brackets"),
    ],
)  # fmt: skip
def test_a_query_that_is_not_understood_is_one_sentence(query: str, says: str, pilots: Corpus) -> None:
    with pytest.raises(QueryError, match=says) as caught:
        search(pilots, query)
    assert "\n" not in str(caught.value)


def test_facets_count_the_hits(pilots: Corpus) -> None:
    results = search(pilots, "下放", limit=1)
    assert sum(count for _, count in results.facets["kind"]) == results.total
    assert dict(results.facets["place"])["浙江省"] + dict(results.facets["place"])["湖北省"] == results.total
    assert dict(results.facets["year"])["2009"] > 0


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("fold", [True, False])
def test_pages_neither_shift_nor_overlap(sort: str, fold: bool, pilots: Corpus) -> None:
    def identify(offset: int, limit: int) -> list[tuple[str, int]]:
        found = search(pilots, "镇 OR 县 OR 省", sort=sort, offset=offset, limit=limit, fold=fold)
        return [(hit.document, hit.start) for hit in found.hits]

    whole = identify(0, 100)
    assert len(set(whole)) == len(whole) > 5
    assert [each for page in range(len(whole)) for each in identify(page, 1)] == whole
    assert identify(len(whole), 5) == []


def test_every_passage_is_shown_or_counted(pilots: Corpus) -> None:
    folded = search(pilots, "镇", limit=100)
    assert sum(1 + hit.copies for hit in folded.hits) == folded.total
    assert any(hit.copies for hit in folded.hits)


def test_nearly_equal_clauses_are_folded(tmp_path: Path) -> None:
    body = "镇人民政府应当在收到申请之日起十个工作日内，会同规划、国土、环保等站所完成现场勘验并出具书面意见。"
    with Corpus.open(tmp_path / "near", create=True) as corpus:
        corpus.add(document(f"甲\n{body}\n"))
        corpus.add(document(f"乙\n{body.replace('书面', '书面的')}\n"))
        corpus.add(document("丙\n镇人民政府应当定期公布现场勘验的结果。\n"))
        corpus.commit()
        results = search(corpus, "现场勘验")
    assert sorted(hit.copies for hit in results.hits) == [0, 1]


def test_documents_without_clauses_are_found_by_their_facts(tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "bare", create=True) as corpus:
        bare = document("目录\n", kind="list")
        corpus.add(bare)
        corpus.commit()
        assert matching_documents(corpus, "kind:list") == [bare.id]
        assert matching_documents(corpus, "kind:plan") == []


def test_order_by_date_and_place(pilots: Corpus) -> None:
    dates = [hit.date for hit in search(pilots, sort="oldest", limit=100).hits]
    assert dates == sorted(dates, key=lambda date: date or "9999")
    dates = [hit.date for hit in search(pilots, sort="date", limit=100).hits]
    assert dates == sorted(dates, key=lambda date: date or "", reverse=True)
    places = [hit.place for hit in search(pilots, sort="place", limit=100).hits]
    assert places == sorted(places, key=lambda place: place or "\U0010ffff")


def test_own_synonyms_are_used(tmp_path: Path) -> None:
    from policyparse.vocabulary import Vocabulary

    (tmp_path / "vocab").mkdir()
    (tmp_path / "vocab" / "synonyms.csv").write_text("group,words,note\nfee,规费 费用,\n", encoding="utf-8")
    with Corpus.open(tmp_path / "own", create=True, vocabulary=Vocabulary(tmp_path / "vocab")) as corpus:
        corpus.add(document("甲\n各项规费由镇收取。\n"))
        corpus.commit()
        assert search(corpus, "费用").total == 1
        assert search(corpus, "费用", synonyms=False).total == 0


def test_advice_names_the_word_that_is_missing(pilots: Corpus) -> None:
    advice = " ".join(search(pilots, "下放 火星", filters={"kind": ["批复"]}).advice)
    assert "火星" in advice


def test_an_empty_corpus_says_so(tmp_path: Path) -> None:
    with Corpus.open(tmp_path / "empty", create=True) as corpus:
        assert "empty" in search(corpus, "下放").advice[0]


def test_what_is_said_is_said_in_chinese_too(pilots: Corpus) -> None:
    results = search(pilots, "下放 火星", filters={"kind": ["批复"]})
    assert len(results.advice_zh) == len(results.advice) > 0
    assert all(any("一" <= sign <= "龥" for sign in sentence) for sentence in results.advice_zh)
    with pytest.raises(QueryError) as caught:
        search(pilots, "下放 AND")
    assert "AND" in caught.value.chinese
    assert caught.value.chinese != str(caught.value)


def test_facets_can_be_asked_for_apart(pilots: Corpus) -> None:
    whole = search(pilots, "下放")
    page = search(pilots, "下放", facets=())
    counts = facets(pilots, "下放")
    assert page.hits == whole.hits
    assert (page.total, page.documents, page.facets) == (whole.total, None, {})
    assert (counts.total, counts.documents, counts.facets) == (whole.total, whole.documents, whole.facets)
    assert dict(facets(pilots, filters={"item": ["规划"]}).facets["item"]) == {"乡村建设规划许可权限": 1}
    assert dict(facets(pilots, names=("deadline",)).facets["deadline"]) == {"2010": 1}
    with pytest.raises(QueryError, match="no such facet"):
        facets(pilots, names=("colour",))


def test_what_a_clause_cites(tmp_path: Path) -> None:
    quote = "根据《青岭县强镇扩权试行办法》（青政发〔2008〕3号）制定本方案。"
    cited = {
        "text": "《青岭县强镇扩权试行办法》",
        "title": "青岭县强镇扩权试行办法",
        "doc_number": "青政发〔2008〕3号",
        "quote": quote,
    }
    with Corpus.open(tmp_path / "cites", create=True) as corpus:
        corpus.add(document(f"甲\n{quote}\n本办法自公布之日起施行。\n", citations=[cited]))
        corpus.commit()
        for query in ("cites:强镇扩权试行办法", "引用:青政发[2008]3号"):
            assert [hit.clause for hit in search(corpus, query).hits] == ["c1"], query
        assert search(corpus, "cites:公司法").total == 0


def test_words_of_another_vocabulary_are_found_too(tmp_path: Path) -> None:
    from policyparse.vocabulary import Vocabulary

    (tmp_path / "vocab").mkdir()
    (tmp_path / "vocab" / "words.csv").write_text("word,note\n承接能力,\n", encoding="utf-8")
    with Corpus.open(tmp_path / "own", create=True) as corpus:
        corpus.add(document("甲\n提升承接能力。\n"))
    with Corpus.open(tmp_path / "own", vocabulary=Vocabulary(tmp_path / "vocab")) as corpus:
        assert not corpus.has_all_words
        assert search(corpus, '"承接能力"').total == 1  # in quotes, so that its parts are not looked for


def test_many_hits_are_not_widened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Corpus.open(tmp_path / "wide", create=True) as corpus:
        corpus.add(document("甲\n镇级权限下放。\n权限可以下放。\n"))
        corpus.commit()
        assert search(corpus, "权限下放").total == 2
        monkeypatch.setattr("policyparse.search.directory.ENOUGH", 1)
        assert search(corpus, "权限下放").total == 1


def quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


#: Characters that a policy text can hold, with those that are special in queries, patterns and indexes.
TEXTS = st.text(
    st.one_of(
        st.sampled_from("下放权限委托镇縣發「」“”\"'\\*?()（）:：-《》〔2009〕%\t\u3000\u00a0 ＡaB。；𠮷"),
        st.characters(codec="utf-8"),
    ),
    min_size=2,
    max_size=40,
).map(lambda text: "".join(" " if sign in "\r\n" or not sign.isprintable() else sign for sign in text))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXTS, min_size=1, max_size=6), data=st.data())
def test_any_piece_of_a_clause_is_found_in_its_place(
    texts: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("any") / "corpus"
    lines = [text.strip() + "。" for text in texts]
    with Corpus.open(directory, create=True) as corpus:
        stored = document("标题\n" + "\n".join(lines) + "\n")
        corpus.add(stored)
        corpus.commit()
        for _ in range(6):
            clause = data.draw(st.sampled_from(stored.clauses))
            start = data.draw(st.integers(0, max(0, len(clause.text) - 2)))
            end = data.draw(st.integers(min(len(clause.text), start + 2), len(clause.text)))
            piece = clause.text[start:end]
            if len("".join(piece.split())) < 2:
                continue
            first = start + len(piece) - len(piece.lstrip())
            last = end - (len(piece) - len(piece.rstrip()))
            results = search(corpus, quoted(piece), limit=50, fold=False)
            hit = next(hit for hit in results.hits if hit.clause == clause.id)
            assert any(a <= first and last <= b for a, b in hit.highlights), (piece, hit.text, hit.highlights)
            assert stored.text[hit.start : hit.end] == hit.text


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from('ab下 "“”()（）:：-*?ANDORT tag:year:\\'), max_size=20))
def test_every_query_is_understood_or_refused(query: str) -> None:
    try:
        parse_query(query)
    except QueryError as error:
        sentence = str(error)
    else:
        return
    assert "\n" not in sentence


@given(TEXTS, st.lists(TEXTS, max_size=4))
def test_highlights_lie_in_the_text_and_do_not_touch(text: str, needles: list[str]) -> None:
    from policyparse.words import squeezed

    spans = highlights(text, [squeezed(needle) for needle in needles])
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(a[1] < b[0] or text[a[1] : b[0]].isspace() for a, b in pairwise(spans))


@given(TEXTS, st.integers(1, 50))
def test_an_excerpt_is_as_wide_as_asked(text: str, width: int) -> None:
    start, end = excerpt(text, [(len(text) - 1, len(text))], width)
    assert 0 <= start <= end <= len(text)
    assert end - start <= width


@settings(deadline=None, max_examples=150)
@given(
    query=st.text(
        st.one_of(st.sampled_from("镇下放权限 \"“”()（）:：-*?.[\\AND OR NOT year:place:tag:date:title:2009..<>="), st.characters(codec="utf-8")),
        max_size=25,
    ),
    filters=st.dictionaries(
        st.sampled_from(["place", "year", "institution", "issuer", "title", "number", "deadline", "item", "document"]),
        st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6), max_size=2),
        max_size=2,
    ),
)  # fmt: skip
def test_no_query_brings_the_search_down(query: str, filters: dict[str, list[str]], pilots: Corpus) -> None:
    try:
        results = search(pilots, query, filters=filters)
    except QueryError:
        return
    assert len(results.hits) <= results.total
    assert results.hits or results.advice


@pytest.mark.parametrize("sort", SORTS)
def test_a_page_far_behind_the_last_one_is_empty(sort: str, pilots: Corpus) -> None:
    results = search(pilots, "下放", offset=10**15, sort=sort)
    assert results.total
    assert not results.hits
    assert not results.more


def test_more_documents_than_the_index_can_name_are_not_left_out_in_silence(
    pilots: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(matching_documents(pilots, "下放")) > 1
    monkeypatch.setattr("policyparse.search.MOST_DOCUMENTS", 1)
    with pytest.raises(QueryError, match="more than 1 documents"):
        matching_documents(pilots, "下放")


@pytest.mark.parametrize("query", ["date:2010-13", "date:2010-02-45", "deadline:2010-00..2012"])
def test_a_day_that_no_calendar_has_is_said(query: str, pilots: Corpus) -> None:
    with pytest.raises(QueryError, match="is no date"):
        search(pilots, query)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["人民", "政府", "县级", "以上", "管理", "部门", "村", "，", "a"]), max_size=12).map(
        "".join
    )
)
def test_set_phrases_are_terms_wherever_they_stand(text: str) -> None:
    words = segmenter()
    found = words.set_phrases(pairs(text))
    runs = [text[at : at + 4] for at in range(len(text) - 3)]
    assert found == [run for run in runs if words.is_set_phrase(run)]


def test_a_set_phrase_is_found_across_words_and_as_it_is_written(tmp_path: Path) -> None:
    assert segmenter().is_set_phrase("县级以上")
    with Corpus.open(tmp_path / "phrase", create=True) as corpus:
        corpus.add(document("甲\n由县级以上人民政府备案。\n乙级以上的，按县级办理。\n"))
        corpus.commit()
        assert search(corpus, '"县级以上"').total == 1
        assert search(corpus, '"縣級 以上"').total == 1
        assert search(corpus, "县级以上").hits[0].text.startswith("由县级以上")


@settings(deadline=None)
@given(st.text(st.sampled_from("县縣级，；（）“”　 \n\tAaＡ１1级〔㈠ﬁ"), max_size=20))
def test_normal_forms_are_those_of_the_table(text: str) -> None:
    whole = text.translate(words_table())
    assert normal(text) == whole
    assert squeezed(text) == "".join(whole.split())


@pytest.mark.parametrize(
    "query", ["镇", "权限 镇", "下放", "试点 财政 镇", "权限下放", "县人民政府", "备案 OR 镇", "镇 -县", "委托 协议书"]
)
def test_no_wide_plan_where_it_would_find_the_same(query: str, pilots: Corpus) -> None:
    planner, searcher = Planner(pilots), pilots.index.searcher()
    tree = parse_query(query)
    narrow, widely = planner.plans(tree, {})
    wide = widely()
    if wide is narrow:
        wide = planner.plan(tree)
        hits = [searcher.search(plan.query, 1000).hits for plan in (narrow, wide)]
        found = [[(round(score, 4), at.segment_ord, at.doc) for score, at in each] for each in hits]
        assert found[0] == found[1]
        assert sorted(narrow.needles) == sorted(wide.needles)


def test_highlights_with_white_space_and_traditional_letters() -> None:
    text = "第二条 行政 许可由行政許可机关实施，行政许可"
    marks = [text[start:end] for start, end in highlights(text, ["行政许可"])]
    assert marks == ["行政 许可", "行政許可", "行政许可"]
    assert highlights("第二条 行政许可", ["行政许可"]) == [(4, 8)]
