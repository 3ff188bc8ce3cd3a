"""The page without a browser: what each address answers, and what stays as it is in every corner.

The gate (who may come in) is in test_web_gate.py, Chromium in test_web_browser.py.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import shutil
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from starlette.testclient import TestClient

from policyparse.corpus import Corpus
from policyparse.passing import PolicyparseError
from policyparse.precedents import find
from policyparse.web import Settings, create_app
from policyparse.web.drafts import Draft, Drafts
from policyparse.web.import_page import below, safe_name
from policyparse.web.language import preferred
from policyparse.web.library import Library
from policyparse.web.marks import Mark, pieces
from policyparse.web.similar import source_line
from policyparse.web.timeline import timeline

BASE = "http://127.0.0.1:8765"
ENGLISH = {"accept-language": "en"}


@pytest.fixture(scope="module")
def corpus_copy(sample_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("web") / "corpus"
    shutil.copytree(sample_corpus, directory)
    return directory


@pytest.fixture(scope="module")
def client(corpus_copy: Path) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(corpus_copy)), base_url=BASE, raise_server_exceptions=False) as made:
        yield made


def document_id(corpus: Path, title: str) -> str:
    with Corpus.open(corpus) as opened:
        return next(document.id for document in opened.documents() if title in document.title)


def mark_of(client: TestClient) -> str:
    found = re.search(r'name="mark" value="(\w+)"', client.get("/imports").text)
    assert found
    return found[1]


# -- pages -----------------------------------------------------------------------------------------------------------


def test_search_page(client: TestClient) -> None:
    page = client.get("/", params={"q": "下放 权限", "kind": "plan"}).text
    assert "<mark>下放</mark>" in page
    assert 'class="path"' in page, "the headings above a hit"
    assert 'href="/?q=%E4%B8%8B%E6%94%BE+%E6%9D%83%E9%99%90"' in page, "a facet that is on can be taken off"
    assert "/search.xlsx?q=" in page
    assert "seen=" in page


def test_search_says_when_the_result_has_changed_since_a_link_was_made(client: TestClient) -> None:
    kept = re.search(r'href="(/\?q=[^"]*seen=[^"]*)"', client.get("/", params={"q": "下放"}).text)
    assert kept
    link = unescape(kept[1])
    assert "结果与生成链接时相同" in client.get(link).text
    assert "此后库中文件有增减" in client.get(re.sub("seen=[0-9]+", "seen=999", link)).text


def test_a_query_that_cannot_be_understood_is_one_sentence(client: TestClient) -> None:
    answer = client.get("/", params={"q": '"委托'})
    assert answer.status_code == 400
    assert "引号" in answer.text
    assert 'value="&#34;委托"' in answer.text, "what was typed is still there"
    assert "年份：abc" in client.get("/", params={"q": "镇", "year": "abc"}).text, "and can be taken off"


def test_nothing_found_says_what_to_try(client: TestClient) -> None:
    page = client.get("/", params={"q": "下放 天鹅绒"}).text
    assert "没有找到" in page
    assert "天鹅绒" in page.partition("advice")[2]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_search_result_to_take_away(client: TestClient, format: str) -> None:
    answer = client.get(f"/search.{format}", params={"q": "下放", "fold": "no"})
    assert answer.headers["content-disposition"].startswith("attachment")
    total = json.loads(client.get("/api/v1/search", params={"q": "下放", "fold": False}).text)["total"]
    if format == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert len(rows) == total
        assert rows[0]["条款"].startswith("d")
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        assert sheet.max_row == total + 1


def test_pages_are_stable(client: TestClient) -> None:
    one = [client.get("/api/v1/search", params={"q": "镇", "limit": 5, "offset": at}).json()["hits"] for at in (0, 5)]
    both = client.get("/api/v1/search", params={"q": "镇", "limit": 10}).json()["hits"]
    assert [hit["id"] for hits in one for hit in hits] == [hit["id"] for hit in both]


def test_document_pages(client: TestClient, corpus_copy: Path) -> None:
    name = document_id(corpus_copy, "石桥镇扩权强镇")
    page = client.get(f"/documents/{name}").text
    for kind in ("institution", "time", "delegation", "responsibility"):
        assert f'id="show-{kind}"' in page
        assert re.search(rf'<span class="m [^"]*{kind}', page)
    assert 'id="c7"' in page
    assert "权限下放 <span" in page
    tables = client.get(f"/documents/{name}/tables").text
    assert "宅基地审批权" in tables
    assert f'href="/documents/{name}#c7"' in tables
    for format in ("csv", "xlsx", "docx"):
        assert client.get(f"/documents/{name}/tables/delegations.{format}").status_code == 200
    assert client.get(f"/documents/{name}/tables/secrets.csv").status_code == 404
    assert client.get(f"/documents/{name}/repairs").status_code == 200
    original = client.get(f"/documents/{name}/original/file")
    assert original.headers["content-disposition"].startswith("attachment")
    sample = next(Path(__file__).parent.parent.glob("corpora/samples/01-*"))
    assert original.content == sample.read_bytes()


def test_the_page_of_a_pdf_with_a_clause_marked(client: TestClient, corpus_copy: Path) -> None:
    name = document_id(corpus_copy, "2019年深化乡镇")
    page = client.get(f"/documents/{name}/original?clause=c2").text
    image = re.search(r'src="(/documents/[^"]+\.png\?clause=c2)"', page)
    assert image
    assert client.get(image[1]).content.startswith(b"\x89PNG")
    assert client.get(f"/documents/{name}/original/99.png").status_code == 404


def test_a_citation_leads_to_the_document_of_the_corpus(tmp_path: Path) -> None:
    from corpus_builder import document

    basis = document("关于推进强镇扩权的若干意见\n放权到镇，责任到人。\n", doc_number="云政发〔2010〕5号", path="b.txt")
    citing = document(
        "云岭镇实施方案\n根据《关于推进强镇扩权的若干意见》（云政发〔2010〕5号），制定本方案。\n",
        citations=[
            {
                "quote": "《关于推进强镇扩权的若干意见》（云政发〔2010〕5号）", "text": "《关于推进强镇扩权的若干意见》（云政发〔2010〕5号）",
                "title": "关于推进强镇扩权的若干意见", "doc_number": "云政发[2010]5号",
            }
        ],
    )  # fmt: skip
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        corpus.add(basis)
        corpus.add(citing)
    with TestClient(create_app(Settings(tmp_path / "corpus")), base_url=BASE) as client:
        assert f'<a class="m citation" href="/documents/{basis.id}"' in client.get(f"/documents/{citing.id}").text


def test_a_correction_is_kept_with_who_and_when_and_can_be_withdrawn(client: TestClient, corpus_copy: Path) -> None:
    name = document_id(corpus_copy, "石桥镇扩权强镇")
    mark = mark_of(client)
    answer = client.post(
        f"/documents/{name}/c7/tags",
        data={"mark": mark, "main": "service", "tag": ["delegation"], "by": "王小明", "note": "试"},
    )
    assert answer.status_code == 200
    assert "已保存" in answer.text
    assert "王小明" in answer.text
    with Corpus.open(corpus_copy) as corpus:
        assert [tag.tag for tag in corpus.clause(f"{name}#c7")[1].tags] == ["service", "delegation"]
    assert "更正： 王小明" in client.get(f"/documents/{name}").text
    number = re.search(r'/withdraw">.*?name="number" value="(\d+)"', answer.text, re.DOTALL)
    assert number
    client.post(f"/documents/{name}/c7/withdraw", data={"mark": mark, "number": number[1]})
    with Corpus.open(corpus_copy) as corpus:
        assert corpus.clause(f"{name}#c7")[1].tags[0].tag == "delegation"


def test_a_record_can_be_amended_and_said_to_be_none(client: TestClient, corpus_copy: Path) -> None:
    name = document_id(corpus_copy, "石桥镇扩权强镇")
    mark = mark_of(client)
    with Corpus.open(corpus_copy) as corpus:
        number, record = next((n, d) for n, d in enumerate(corpus.document(name).delegations) if d.clause == "c7")
    fields = {"mark": mark, "sort": "delegation", "number": str(number), "words": record.item, "by": "李"}
    changed = {**fields, "item": record.item, "from": "县政府", "to": "石桥镇、荷湾镇", "mode": ["devolve"]}
    assert client.post(f"/documents/{name}/c7/record", data=changed).status_code == 200
    with Corpus.open(corpus_copy) as corpus:
        assert corpus.document(name).delegations[number].to == ["石桥镇", "荷湾镇"]
    stale = client.post(f"/documents/{name}/c7/record", data={**fields, "words": "别的", "wrong": "yes"})
    assert stale.status_code == 400
    before = len(client.get(f"/api/v1/documents/{name}").json()["delegations"])
    assert client.post(f"/documents/{name}/c7/record", data={**fields, "wrong": "yes"}).status_code == 200
    assert len(client.get(f"/api/v1/documents/{name}").json()["delegations"]) == before - 1


def test_a_correction_needs_a_name(client: TestClient, corpus_copy: Path) -> None:
    name = document_id(corpus_copy, "石桥镇扩权强镇")
    answer = client.post(f"/documents/{name}/c7/tags", data={"mark": mark_of(client), "main": "service", "by": " "})
    assert answer.status_code == 400
    assert "更正人" in answer.text


def test_precedents_of_a_pasted_clause(client: TestClient) -> None:
    text = "县政府各部门将城镇规划、项目审批、市容管理等县级经济社会管理权限下放到白杨镇。"
    answer = client.post("/precedents", data={"mark": mark_of(client), "text": text, "do": "precedents"})
    assert "/precedents?text=" in str(answer.url), "a link that can be kept"
    assert "石桥镇扩权强镇试点实施方案" in answer.text
    assert "<ins>" in answer.text


def test_while_the_corpus_is_being_learned_from_the_page_says_so(client: TestClient, corpus_copy: Path) -> None:
    library = client.app.state.library  # type: ignore[attr-defined]
    library.learned.wait(60)
    name = document_id(corpus_copy, "石桥镇扩权强镇")
    try:
        library.learned.clear()
        assert "正在从语料库学习" in client.get(f"/documents/{name}/c8").text, "without waiting"
        assert client.get("/precedents").status_code == 200
        with pytest.raises(PolicyparseError, match="try again later"):
            asyncio.run(library.need_learned(0.01))
    finally:
        library.learned.set()
    assert "梧台区塔岭镇扩权强镇试点实施方案" in client.get(f"/documents/{name}/c8").text


def test_what_comes_while_the_corpus_is_learned_from_is_learned_too(
    monkeypatch: pytest.MonkeyPatch, corpus_copy: Path
) -> None:
    begun, go_on, rounds = threading.Event(), threading.Event(), []

    def slow(corpus: Corpus) -> None:
        rounds.append(len(rounds))
        begun.set()
        assert go_on.wait(60)

    monkeypatch.setattr("policyparse.web.library.prepare", slow)
    library = Library(Settings(corpus_copy))
    try:
        library.learn()
        assert begun.wait(60)
        library.learn()  # an import has ended meanwhile
        assert not library.learned.is_set()
        go_on.set()
        assert library.learned.wait(60)
        assert len(rounds) == 2
    finally:
        library.close()


def test_a_draft_is_checked_and_comes_back_with_comments(client: TestClient) -> None:
    draft = "白杨镇强镇扩权实施方案\n一、指导思想\n以发展为主线，提升××镇治理水平。\n三、任务\n由县发改局牵头，于____年底前完成。\n"
    answer = client.post(
        "/precedents",
        data={"mark": mark_of(client), "do": "check"},
        files={"file": ("草稿.txt", draft.encode(), "text/plain")},
    )
    assert "/drafts/" in str(answer.url)
    assert "空白待填" in answer.text
    word = client.get(f"{answer.url.path}.docx")
    assert word.content.startswith(b"PK")
    stranger = TestClient(client.app, base_url=BASE, raise_server_exceptions=False)
    assert stranger.get(answer.url.path).status_code == 404, "another visitor does not see it"


def test_a_draft_that_cannot_be_read_is_one_sentence(client: TestClient) -> None:
    answer = client.post(
        "/precedents",
        data={"mark": mark_of(client), "do": "check"},
        files={"file": ("坏.docx", b"PK\x03\x04 broken", "x/y")},
    )
    assert answer.status_code == 400
    assert "坏.docx" in answer.text


def test_compare(client: TestClient, corpus_copy: Path) -> None:
    where = {"where": "标题:扩权强镇"}
    for view in ("items", "responsibilities", "timeline", "bodies", "shares", "tags", "clauses", "coding"):
        assert client.get("/compare", params={**where, "view": view}).status_code == 200
    page = client.get("/compare", params=where).text
    assert re.search(r'<td[^>]*><a tabindex="-1" href="/documents/\w+#c\d+">', page), "each cell opens its clause"
    assert "<svg" in client.get("/compare", params={**where, "view": "timeline"}).text
    names = [document_id(corpus_copy, title) for title in ("中心镇建设现场会", "石桥镇扩权强镇")]
    assert "另有 2 个只列在下表中" in client.get("/compare", params={"d": names, "view": "timeline"}).text, "no year"
    for format in ("csv", "xlsx", "docx"):
        assert client.get(f"/compare/items.{format}", params=where).status_code == 200
    for table in ("items", "matrix"):
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/compare/{table}.xlsx", params=where).content))
        rows, sources = book.worksheets[:2]
        assert sources.title == "来源", "each row leads back to its file"
        assert {row[0] for row in sources.iter_rows(min_row=2, values_only=True)} <= set(range(2, rows.max_row + 1))
        assert sources.max_row > 1
    two = [document_id(corpus_copy, "石桥镇扩权强镇"), document_id(corpus_copy, "荷湾镇")]
    assert client.get("/compare", params={"d": two, "view": "clauses"}).status_code == 200
    assert client.get("/compare", params={"d": "nothing"}).status_code == 404


def test_the_report_is_in_the_readers_language(client: TestClient) -> None:
    page = client.get("/imports/1").text
    assert "<td>开始</td>" in page
    assert "<td>began</td>" not in page
    for number in ("99", "9" * 30):
        assert client.get(f"/imports/{number}").status_code == 404
        assert client.get(f"/imports/{number}/files.csv").status_code == 404


def test_a_clause_has_the_same_source_line_on_its_page_and_as_a_precedent(corpus_copy: Path) -> None:
    with Corpus.open(corpus_copy) as corpus:
        uses = [
            use
            for document in corpus.documents()
            for clause in document.clauses[:4]
            for wording in find(corpus, clause.text, limit=2).wordings
            for use in wording.uses
        ]
        assert len(uses) > 20
        for use in uses:
            assert source_line(*corpus.clause(use.id)) == use.source


def test_drafts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("policyparse.web.drafts.time.monotonic", lambda: now[0])
    drafts = Drafts()

    def keep(name: str, size: int = 1) -> str:
        return drafts.keep(Draft("visitor", name, b"x" * size, [], made=now[0]))

    first = keep("a.txt")
    assert drafts.get(first, "visitor") is not None
    assert drafts.get(first, "other") is None
    large = [keep("b.txt", 250 << 20), keep("c.txt", 250 << 20)]
    assert [drafts.get(each, "visitor") is not None for each in (first, *large)] == [False, False, True], (
        "by their bytes"
    )
    names = [keep("d.txt") for _ in range(60)]
    assert sum(drafts.get(each, "visitor") is not None for each in names) == 50
    now[0] = 4 * 3600 + 1
    assert drafts.get(names[-1], "visitor") is None, "also where no other draft has come since"


def test_reading_processes_that_do_not_start_are_no_end(monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = Drafts()
    try:
        with monkeypatch.context() as broken:
            broken.setattr("policyparse.web.drafts._start", os._exit)  # called without its argument, so it fails
            with pytest.raises(PolicyparseError, match="try again"):
                asyncio.run(drafts.read("方案.txt", "白杨镇方案\n由县发改局牵头落实。\n".encode()))
        assert asyncio.run(drafts.read("方案.txt", "白杨镇方案\n由县发改局牵头落实。\n".encode()))
    finally:
        drafts.close()


@pytest.mark.parametrize(
    ("path", "referer", "back"),
    [("/imports/folder", "/imports?folder=a", "/imports?folder=a"), ("/imports/folder", "", "/"), ("/imports/folder", "http://evil.example/x", "/"),
     ("/imports/folder", "//evil.example/", "/evil.example/")],
)  # fmt: skip
def test_after_a_mistake_one_goes_on_where_the_form_is(client: TestClient, path: str, referer: str, back: str) -> None:
    headers = {"referer": BASE + referer if referer.startswith("/") else referer}
    answer = client.post(path, data={"mark": mark_of(client), "folder": "x"}, headers=headers)
    assert answer.status_code == 400
    assert f'<a href="{back}">返回' in answer.text


def test_a_question_without_an_answer_leads_back_to_its_room(client: TestClient) -> None:
    assert '<a href="/compare">返回' in client.get("/compare", params={"where": "("}).text
    assert '<a href="/">返回' in client.get("/nothing").text


def test_codes_have_words_on_the_page_and_in_its_files(client: TestClient, corpus_copy: Path) -> None:
    where = {"where": "标题:扩权强镇"}
    assert re.search(r"<td>\s*<a[^>]*>确定</a>", client.get("/compare", params={**where, "view": "timeline"}).text)
    rows = list(csv.DictReader(io.StringIO(client.get("/compare/items.csv", params=where).content.decode("utf-8-sig"))))
    assert {"下放", "委托"} <= {part for row in rows for part in row["方式"].split("；")}
    name = document_id(corpus_copy, "石桥镇扩权强镇")
    for format, words in (("csv", "下放"), ("jsonl", "devolve")):
        assert words in client.get(f"/documents/{name}/tables/delegations.{format}").content.decode()


def test_no_corpus_leads_to_the_imports(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(tmp_path / "none")), base_url=BASE) as client:
        assert client.get("/").url.path == "/imports"
        assert not (tmp_path / "none").exists()


def test_english_by_the_browsers_language_and_by_choice(client: TestClient) -> None:
    assert "Search clauses" in client.get("/", headers=ENGLISH).text
    other = TestClient(client.app, base_url=BASE)
    assert "Search clauses" in other.get("/language", params={"to": "en", "back": "/"}).text


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9,zh;q=0.8", "en"), ("fr,en;q=0.5", "en"), ("fr", "zh"),
     ("zh;q=0.1,en;q=0.2", "en"), ("en;q=x,zh", "zh"), ("*", "zh")],
)  # fmt: skip
def test_language_of_a_browser(header: str, language: str) -> None:
    assert preferred(header) == language


# -- the interface for programs ----------------------------------------------------------------------------------------


def test_openapi_describes_every_call(client: TestClient) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert set(described["paths"]) == {
        f"/api/v1/{path}"
        for path in (
            "search", "documents", "documents/{identity}", "documents/{identity}/clauses/{clause}", "compare/{table}",
            "imports", "precedents", "check",
        )
    }  # fmt: skip
    docs = client.get("/api/v1/").text
    assert all(path in docs for path in described["paths"])


def test_api(client: TestClient, corpus_copy: Path) -> None:
    name = document_id(corpus_copy, "荷湾镇")
    found = client.get("/api/v1/search", params={"q": "下放", "kind": "plan", "limit": 3}).json()
    assert len(found["hits"]) <= 3
    assert all(hit["kind"] == "plan" for hit in found["hits"])
    assert client.get(f"/api/v1/documents/{name}").json()["id"] == name
    assert client.get(f"/api/v1/documents/{name}/clauses/c1").json()["document"]["id"] == name
    assert client.get("/api/v1/compare/timeline", params={"where": "kind:plan"}).json()["rows"]
    assert client.get("/api/v1/imports").json()["files"]
    text = "县级经济社会管理权限下放到镇，由镇人民政府承接。"
    assert "wordings" in client.post("/api/v1/precedents", json={"text": text}).json()
    assert client.get("/api/v1/documents/none").status_code == 404
    assert "error" in client.get("/api/v1/search", params={"q": "("}).json()
    assert client.get("/api/v1/search", params={"limit": 10**9}).status_code == 422


# -- the parts -------------------------------------------------------------------------------------------------------

_MARKS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from(["institution", "time", "delegation"])),
    max_size=12,
)


@trying(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=30), _MARKS, st.integers(0, 30), st.integers(0, 30))
def test_pieces_joined_are_the_text(text: str, marks: list[tuple[int, int, str]], one: int, two: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    made = [Mark(min(a, len(text)), min(b, len(text)), kind) for a, b, kind in marks]
    cut = pieces(text, made, start, end)
    assert "".join(piece.text for piece in cut) == text[start:end]
    at = start
    for piece in cut:
        over = {
            mark.kind
            for mark in made
            if mark.start <= at and mark.end >= at + len(piece.text) and mark.start < mark.end
        }
        assert set(piece.kinds.split()) == over
        at += len(piece.text)


@trying(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(max_size=300), max_size=4))
def test_an_uploaded_name_is_a_name_inside_its_folder(names: list[str]) -> None:
    taken: set[str] = set()
    for name in names:
        safe = safe_name(name, taken)
        assert safe not in taken
        assert safe
        assert not safe.startswith(".")
        assert not set(safe) & set('/\\\x00<>:"|?*\n\r')
        assert len(safe.encode("utf-8", "surrogatepass")) <= 255
        taken.add(safe)


@pytest.mark.parametrize(
    ("name", "safe"),
    [("../../etc/passwd", "passwd"), ("C:\\Users\\x\\方案.docx", "方案.docx"), (".bashrc", "bashrc"), ("CON.txt", "_CON.txt"),
     ("a<b>.txt", "a_b_.txt"), ("附件\u202etxt.exe", "附件_txt.exe"), ("", "_"), ("/", "_")],
)  # fmt: skip
def test_names_of_uploads(name: str, safe: str) -> None:
    assert safe_name(name, set()) == safe


@pytest.mark.parametrize("name", ["..", "../x", "/etc", "a/../../x", "link", "nothing", "a\x00b", "x" * 5000])
def test_only_folders_below_the_root(tmp_path: Path, name: str) -> None:
    root = tmp_path / "root"
    (root / "a").mkdir(parents=True)
    (root / "link").symlink_to(tmp_path)
    with pytest.raises(PolicyparseError):
        below(root.resolve(), name)
    assert below(root.resolve(), "a") == root.resolve() / "a"


def test_timeline_places_every_row() -> None:
    rows = [
        {"value": value, "type": kind, "words": value, "document": "甲方案", "place": "甲省/乙县", "sentence": "。", "clause": "d#c1"}
        for value, kind in (
            ("2010-09-30", "date"), ("../2011-06", "deadline"), ("2009/..", "start"), ("2012-03/2012-06", "range"), ("XXXX-10-31", "date"),
        )
    ]  # fmt: skip
    picture = timeline(rows)
    assert picture is not None
    assert len(picture.marks) == 4, "not the one without a year"
    places = sorted((mark.y, mark.x) for mark in picture.marks)
    assert len(set(places)) == 4
    assert all(0 <= mark.x < mark.end <= picture.width for mark in picture.marks)
    assert timeline([]) is None
