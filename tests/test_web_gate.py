"""Who may come in, and what a stranger, a hostile page, a hostile file or a hostile question gets."""

from __future__ import annotations

import http.client
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import sleep

import pytest
from starlette.testclient import TestClient
from web_server import served

from policyparse.corpus import Corpus
from policyparse.web import Settings, create_app

BASE = "http://127.0.0.1:8765"
TOKEN = "correct-horse-battery-staple"
SCRIPT = "<script>window.hit=1</script>"

#: Values for the parts of addresses, so that every route can be asked.
PARTS = {
    "identity": "d0", "clause": "c1", "table": "items", "format": "csv", "number": "1", "name": "x", "run": "1", "path": "style.css",
}  # fmt: skip


@pytest.fixture(scope="module")
def settings(sample_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("gate")
    shutil.copytree(sample_corpus, folder / "corpus")
    (folder / "root" / "inside").mkdir(parents=True)
    return Settings(folder / "corpus", import_root=folder / "root")


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), base_url=BASE, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="module")
def guarded(settings: Settings) -> Iterator[TestClient]:
    """The same page listening for others, with a token."""
    with_token = replace(settings, host="0.0.0.0", token=TOKEN)
    with TestClient(create_app(with_token), base_url="http://192.0.2.7:8765", raise_server_exceptions=False) as made:
        yield made


def addresses(client: TestClient, method: str) -> list[str]:
    """Every address that answers `method`, with something in place of its parts."""
    found = []
    for route in client.app.routes:  # type: ignore[attr-defined]
        methods = getattr(route, "methods", None) or set()
        path = getattr(route, "path", "")
        if method in methods and path:
            found.append(re.sub(r"\{(\w+)(?::\w+)?\}", lambda match: PARTS[match[1]], path))
    assert len(found) > 5
    return found


def mark_of(client: TestClient) -> str:
    found = re.search(r'name="mark" value="(\w+)"', client.get("/precedents").text)
    assert found
    return found[1]


# -- other pages -----------------------------------------------------------------------------------------------------


def test_every_post_needs_the_mark_of_its_visitor(client: TestClient) -> None:
    stranger = mark_of(TestClient(client.app, base_url=BASE))
    for address in addresses(client, "POST"):
        if address.startswith("/api/"):  # JSON: no other site's form can send that
            assert client.post(address, data={"text": "x"}).status_code == 422, address
            continue
        assert client.post(address, data={"by": "x"}).status_code == 403, address
        assert client.post(address, data={"mark": stranger}).status_code == 403, address
        assert client.post(address, files={"files": ("a.txt", b"x")}).status_code == 403, address


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
     {"origin": "http://127.0.0.1:9999"}],
)  # fmt: skip
def test_a_post_from_another_page_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    mark = mark_of(client)
    for address in addresses(client, "POST"):
        assert client.post(address, data={"mark": mark, "text": "条款。"}, headers=headers).status_code == 403, address


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "192.0.2.7", "", "localhost.evil"]
)
def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8765", "127.0.0.1:1", "[::1]:8765", "LOCALHOST"])
def test_this_machines_own_names(client: TestClient, host: str) -> None:
    assert client.get("/imports", headers={"host": host}).status_code == 200


def test_a_name_cannot_be_rebound_to_a_page_that_listens_everywhere(guarded: TestClient) -> None:
    assert guarded.get("/", headers={"host": "evil.example"}).status_code == 421


def test_headers_of_every_answer(client: TestClient, guarded: TestClient) -> None:
    asked = ["/", "/nothing", "/static/style.css", "/api/v1/openapi.json", "/search.csv?q=镇", "/imports", "/?q=("]
    for made in [*(client.get(each) for each in asked), guarded.get("/"), client.get("/", headers={"host": "evil"})]:
        policy = made.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert made.headers["x-content-type-options"] == "nosniff"
        assert made.headers["referrer-policy"] == "same-origin"
        assert "access-control-allow-origin" not in made.headers


def test_headers_of_an_answer_that_failed(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/fails")
    def fails() -> None:
        raise RuntimeError("secret")

    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        answer = client.get("/fails")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"


def test_the_pages_hold_no_inline_script_or_style(client: TestClient) -> None:
    for address in addresses(client, "GET"):
        answer = client.get(address)
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|javascript:|<style", answer.text), address
            assert not re.search(r'(?:src|href|action)="(?:https?:)?//', answer.text), address


def test_language_leads_nowhere_else(client: TestClient) -> None:
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = client.get("/language", params={"to": "en", "back": back}, follow_redirects=False)
        assert answer.headers["location"] == "/"


# -- the token -------------------------------------------------------------------------------------------------------


def test_without_the_token_nothing_is_shown(guarded: TestClient) -> None:
    for method in ("GET", "POST"):
        for address in addresses(guarded, method):
            if address == "/static":
                continue
            for headers in (
                {},
                {"authorization": "Bearer wrong"},
                {"authorization": "Bearer "},
                {"cookie": "policyparse-token-8765=x"},
            ):
                answer = guarded.request(method, address, headers=headers)
                assert answer.status_code == 401, (method, address)
                assert "石桥镇" not in answer.text
    for wrong in ("", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper()):
        assert guarded.get("/", params={"token": wrong}).status_code == 401


def test_the_token_opens_the_page_once_shown(settings: Settings) -> None:
    with_token = replace(settings, host="0.0.0.0", token=TOKEN)
    with TestClient(create_app(with_token), base_url="http://192.0.2.7:8765") as visitor:
        for _ in ("who comes", "who is in already"):
            shown = visitor.get("/documents", params={"token": TOKEN, "title": "镇"})
            first = shown.history[0]
            cookie = first.headers["set-cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Lax" in cookie
            assert TOKEN not in cookie + first.text + shown.text
            assert first.headers["location"].startswith("/documents?title="), "the token does not stay in the address"
        assert "石桥镇" in visitor.get("/documents").text
    with TestClient(create_app(with_token), base_url="http://192.0.2.7:8765") as program:
        assert program.get("/api/v1/documents", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert program.get("/api/v1/documents").status_code == 401
    with TestClient(create_app(with_token), base_url="http://192.0.2.7:8765") as visitor:
        assert visitor.post("/enter", data={"token": "wrong"}).status_code == 401
        assert visitor.post("/enter", data={"token": "x" * 9000}).status_code == 401
        assert "policyparse" in visitor.post("/enter", data={"token": TOKEN}).text
        assert visitor.get("/documents").status_code == 200


@pytest.mark.parametrize(
    ("path", "target"),
    [("//evil.example/", "/evil.example/"), ("/%09/evil.example", "/%09/evil.example"), ("/%5Cevil.example", "/evil.example"),
     ("/documents/%23a%3Fb", "/documents/%23a%3Fb"), ("/%0D%0Ax:y", "/%0D%0Ax%3Ay")],
)  # fmt: skip
def test_a_tokens_link_leads_nowhere_else(guarded: TestClient, path: str, target: str) -> None:
    visitor = TestClient(guarded.app, base_url="http://192.0.2.7:8765")
    answer = visitor.get(f"http://192.0.2.7:8765{path}", params={"token": TOKEN}, follow_redirects=False)
    assert answer.headers["location"] == target


# -- hostile questions -----------------------------------------------------------------------------------------------

_HOSTILE = [
    SCRIPT, '"><img src=x onerror=window.hit=1>', "'-alert(1)-'", "javascript:alert(1)", "{{7777*7}}{% raw %}", "\x00\x01\u202e", "%00", "(" * 3000,
    "镇" * 6_000, '"' * 999, "a* " * 500, "year:" + "9" * 500, "../" * 100, "\ud7ff\uffff", "NOT " * 400, "{}" * 200,
]  # fmt: skip


@pytest.mark.parametrize("text", _HOSTILE, ids=lambda text: ascii(text[:20]))
def test_hostile_text_in_every_parameter(client: TestClient, text: str) -> None:
    asked = (
        ("/", "q"), ("/", "place"), ("/", "tag"), ("/", "sort"), ("/", "page"), ("/", "seen"), ("/search.csv", "q"), ("/documents", "title"),
        ("/documents", "page"), ("/compare", "where"), ("/compare", "d"), ("/compare", "title"), ("/precedents", "text"), ("/precedents", "clause"),
        ("/precedents", "where"), ("/imports", "folder"), ("/language", "back"), ("/api/v1/search", "q"), ("/api/v1/documents", "where"),
    )  # fmt: skip
    for address, name in asked:
        answer = client.get(
            address,
            params={name: text, **({"q": "镇"} if name != "q" and address == "/" else {})},
            follow_redirects=False,
        )
        assert answer.status_code < 500, (address, name, answer.text[-500:])
        if "json" not in answer.headers.get("content-type", ""):
            assert SCRIPT not in answer.text
            assert "<img src=x" not in answer.text
        assert "54439" not in answer.text


def test_a_megabyte_in_the_address_of_a_real_server(settings: Settings) -> None:
    with served(settings) as base:
        host, port = base.removeprefix("http://").split(":")
        for target in ("/?q=" + "a" * 1_000_000, "/documents/" + "a" * 1_000_000):
            connection = http.client.HTTPConnection(host, int(port), timeout=20)
            try:
                connection.request("GET", target)
                assert connection.getresponse().status in (400, 404, 414, 431)
            except (ConnectionError, http.client.HTTPException):
                pass  # hung up on, which is an answer too
            finally:
                connection.close()
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        connection.request("GET", "/imports")
        assert connection.getresponse().status == 200, "it serves on"


@pytest.mark.parametrize(
    "path",
    ["/static/../app.py", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/documents/..%2f..%2fetc%2fpasswd", "/documents/d0/original/..%2ffile",
     "/drafts/..%2f..", "/static//etc/passwd"],
)  # fmt: skip
def test_paths_that_lead_out(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 405)
    assert "root:" not in answer.text
    assert "def create_app" not in answer.text


# -- hostile files ---------------------------------------------------------------------------------------------------


def test_uploads_are_written_into_their_folder_and_nowhere_else(settings: Settings, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    with TestClient(create_app(replace(settings, corpus=corpus)), base_url=BASE) as client:
        assert not list(tmp_path.rglob("*"))
        text = f"柳溪镇试点方案{SCRIPT}\n一、任务\n县发改局负责落实{SCRIPT}下放事项。\n".encode()
        names = [
            "../../evil.txt",
            "C:\\x\\evil.txt",
            f"{SCRIPT}.txt",
            "/etc/cron.d/evil.txt",
            "..",
            ".hidden.txt",
            "evil.txt",
            "a\x00b.txt",
        ]
        answer = client.post(
            "/imports/upload", data={"mark": mark_of_imports(client)},
            files=[("files", (name, text + str(n).encode(), "text/html")) for n, name in enumerate(names)],
        )  # fmt: skip
        assert answer.status_code == 200
        for _ in range(600):
            if "导入完成" in client.get("/imports").text:
                break
            sleep(0.1)
        folder = next((corpus / "uploads").iterdir())
        kept = list(folder.iterdir())
        assert len(kept) == len(names)
        assert {path.parent for path in tmp_path.rglob("*evil*")} <= {folder}
        assert {path.name for path in tmp_path.iterdir()} == {"corpus"}
        report = client.get("/imports/1").text
        assert SCRIPT not in report
        with Corpus.open(corpus) as opened:
            document = next(opened.documents())
        for view in ("", "/tables", "/original", "/repairs", "/c1"):
            shown = client.get(f"/documents/{document.id}{view}")
            assert SCRIPT not in shown.text
        file = client.get(f"/documents/{document.id}/original/file")
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["content-disposition"].startswith("attachment")


def mark_of_imports(client: TestClient) -> str:
    found = re.search(r'name="mark" value="(\w+)"', client.get("/imports").text)
    assert found
    return found[1]


def test_too_large_an_upload_is_refused(settings: Settings, tmp_path: Path) -> None:
    small = replace(settings, corpus=tmp_path / "corpus", upload_limit=10_000)
    with TestClient(create_app(small), base_url=BASE) as client:
        mark = mark_of_imports(client)
        data = b"x" * 20_000
        assert client.post("/imports/upload", data={"mark": mark}, files={"files": ("a.txt", data)}).status_code == 413

        def pieces() -> Iterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
            for _ in range(40):
                yield b"x" * 1000

        chunked = client.post(
            "/imports/upload", content=pieces(), headers={"content-type": "multipart/form-data; boundary=b"}
        )
        assert chunked.status_code in (403, 413)
        assert not (tmp_path / "corpus" / "uploads").exists()


def test_no_address_takes_more_than_it_needs(client: TestClient) -> None:
    length = {"content-length": str(33 * 1024 * 1024), "content-type": "multipart/form-data; boundary=b"}
    for address in addresses(client, "POST"):
        if address != "/imports/upload":
            assert client.post(address, content=b"", headers=length).status_code == 413, address


@pytest.mark.parametrize("folder", ["..", "../..", "/", "/etc", "inside/../..", "nothing"])
def test_folders_outside_the_root_are_not_imported(client: TestClient, folder: str) -> None:
    answer = client.post("/imports/folder", data={"mark": mark_of_imports(client), "folder": folder})
    assert answer.status_code == 400
    assert client.get("/imports", params={"folder": folder}).status_code == 404


def test_without_a_root_no_folder_is_imported(settings: Settings) -> None:
    with TestClient(create_app(replace(settings, import_root=None)), base_url=BASE) as client:
        assert client.post("/imports/folder", data={"mark": mark_of_imports(client), "folder": "."}).status_code == 400


def test_a_file_that_is_no_longer_the_imported_one_is_not_given_out(tmp_path: Path) -> None:
    from corpus_builder import document

    secret = tmp_path / "secret.txt"
    secret.write_text("机密", encoding="utf-8")
    forged = document("柳溪镇方案\n县发改局负责落实。\n", path=str(secret))
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        corpus.add(forged)
    with TestClient(create_app(Settings(tmp_path / "corpus")), base_url=BASE) as client:
        answer = client.get(f"/documents/{forged.id}/original/file")
        assert answer.status_code == 400
        assert "机密" not in answer.text
