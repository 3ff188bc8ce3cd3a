"""The page in a real Chromium: each room's main task by keyboard and by mouse, without JavaScript where promised (all of
it), at 1280 and 390 pixels; nothing on the console; no serious fault that axe-core finds; nothing hostile is run.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from corpus_builder import document
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from web_server import chromium, served

from policyparse.corpus import Corpus
from policyparse.web import Settings

# the machine of a test run may be busy, and the first draft starts a process
expect.set_options(timeout=30_000)

SAMPLES = Path(__file__).parent.parent / "corpora" / "samples"

#: hand, JavaScript, width: each of the three in both ways, and together in no less than these.
WAYS = [("mouse", True, 1280), ("mouse", False, 390), ("keyboard", False, 1280), ("keyboard", True, 390)]
ways = pytest.mark.parametrize(("hand", "script", "width"), WAYS, ids=[f"{h}-js{int(s)}-{w}" for h, s, w in WAYS])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def base(sample_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("browser")
    shutil.copytree(sample_corpus, folder / "corpus")
    with served(Settings(folder / "corpus", import_root=SAMPLES.parent)) as address:
        yield address


@dataclass
class Visitor:
    """Somebody at the page, with a mouse or a keyboard."""

    page: Page
    base: str
    hand: str

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def use(self, selector: str) -> None:
        """Follows a link, presses a button, ticks a box."""
        if self.hand == "mouse":
            self.page.locator(selector).first.click()
            return
        self.reach(selector)
        box = self.page.locator(selector).first.get_attribute("type") in ("checkbox", "radio")
        self.page.keyboard.press("Space" if box else "Enter")

    def reach(self, selector: str) -> None:
        """Tabs until what `selector` names has the focus: nothing may be out of a keyboard's reach."""
        wanted = self.page.locator(selector).first
        wanted.wait_for(state="attached")
        for _ in range(400):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached with the Tab key")

    def write(self, selector: str, text: str) -> None:
        if self.hand == "mouse":
            self.page.locator(selector).first.click()
        else:
            self.reach(selector)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(text)

    def fits(self) -> None:
        """Nothing hangs out of the window at the side."""
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wide) <= 0, self.page.url


Visit = Callable[[str, bool, int], Visitor]


@pytest.fixture
def visit(browser: Browser, base: str) -> Iterator[Visit]:
    """Makes visitors; at the end nothing may have been said on their consoles or asked of another machine."""
    contexts = []
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(f"console: {message.text}")

    def watch(request: Request) -> None:
        if not request.url.startswith((base, "data:")):
            said.append(f"asked elsewhere: {request.url}")

    def make(hand: str, script: bool, width: int) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, locale="zh-CN", accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", note)
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", watch)
        return Visitor(page, base, hand)

    yield make
    for context in contexts:
        context.close()
    assert not said


# -- each room's main task -------------------------------------------------------------------------------------------


@ways
def test_search(visit: Visit, hand: str, script: bool, width: int) -> None:
    visitor = visit(hand, script, width)
    visitor.open("/")
    visitor.write("#q", "下放 权限")
    visitor.page.keyboard.press("Enter")
    page = visitor.page
    expect(page.locator(".found strong")).to_be_visible()
    many = int(page.locator(".found strong").inner_text())
    if width == 390 and script:
        visitor.use(".fold-narrow > summary")
    visitor.use(".facets a[href*='kind=plan']")
    expect(page.locator(".chips")).to_contain_text("方案")
    assert int(page.locator(".found strong").inner_text()) < many
    expect(page.locator(".hits mark").first).to_be_visible()
    visitor.fits()
    with page.expect_download() as download:
        visitor.use(".take a[href^='/search.xlsx']")
    assert download.value.suggested_filename.endswith(".xlsx")
    visitor.use(".hits h2 a")
    expect(page.locator(".clause:target")).to_be_visible()


@ways
def test_document(visit: Visit, hand: str, script: bool, width: int) -> None:
    visitor = visit(hand, script, width)
    visitor.open("/documents?title=石桥镇")
    page = visitor.page
    visitor.use(".list th a")
    expect(page.locator("h1")).to_contain_text("石桥镇扩权强镇")
    tint = "getComputedStyle(document.querySelector('.text .institution:not(.time)')).backgroundColor"
    before = page.evaluate(tint)
    if hand == "mouse":
        page.locator("label[for=show-institution]").click()
    else:
        visitor.use("#show-institution")
    assert page.evaluate(tint) != before, "the legend switches a colour without a script"
    visitor.fits()
    visitor.use(".outline li:nth-child(3) a")
    assert "#s" in page.url
    visitor.use(".tabs a[href$='/tables']")
    expect(page.locator("#delegations")).to_contain_text("宅基地审批权")
    visitor.fits()
    visitor.use("#delegations tbody th a")
    expect(page.locator(".clause:target")).to_be_visible()
    visitor.use(".tabs a[href$='/original']")
    expect(page.locator(".pairs")).to_contain_text("石桥镇")
    visitor.fits()


@ways
def test_the_picture_of_a_page(visit: Visit, hand: str, script: bool, width: int) -> None:
    visitor = visit(hand, script, width)
    visitor.open("/documents?title=吴陵市")
    visitor.use(".list th a")
    visitor.use(".tabs a[href$='/original']")
    visitor.use(".text a.minor")
    page = visitor.page
    expect(page.locator(".chosen")).to_be_visible()
    assert page.locator("figure img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    visitor.fits()


@ways
def test_correction(visit: Visit, hand: str, script: bool, width: int) -> None:
    visitor = visit(hand, script, width)
    visitor.open("/documents?title=荷湾镇")
    visitor.use(".list th a")
    visitor.use(".clause a.minor")
    page = visitor.page
    if hand == "mouse":
        page.locator("#main").last.select_option("service")
    else:
        visitor.reach("select#main")
        page.keyboard.press("Home")
        page.keyboard.type("审批服务")
    visitor.write("#by-tags", f"复核员{width}")
    visitor.use(".correct button:not(.second)")
    expect(page.locator("[role=status]").first).to_contain_text("已保存")
    expect(page.locator(".history")).to_contain_text(f"复核员{width}")
    visitor.use(".history button")
    expect(page.locator(".history .withdrawn").first).to_be_visible()
    visitor.fits()


@ways
def test_precedents(visit: Visit, hand: str, script: bool, width: int) -> None:
    visitor = visit(hand, script, width)
    visitor.open("/precedents")
    visitor.write("#text", "县政府各部门将城镇规划、项目审批、市容管理等县级经济社会管理权限下放到白杨镇。")
    visitor.use("button[value=precedents]")
    page = visitor.page
    expect(page.locator(".similar ins").first).to_be_visible()
    visitor.fits()
    if script:
        visitor.use(".similar button.copy")
        expect(page.locator(".similar button.copy").first).to_contain_text("✓")
    visitor.use(".similar .source a")
    expect(page.locator(".clause:target")).to_be_visible()


@ways
def test_check_of_a_draft(visit: Visit, hand: str, script: bool, width: int, tmp_path: Path) -> None:
    draft = tmp_path / "白杨镇方案.txt"
    draft.write_text(
        "白杨镇强镇扩权实施方案\n一、指导思想\n提升××镇治理水平，增强发展能力。\n三、任务\n由县发改局牵头，于____年底前完成。\n",
        encoding="utf-8",
    )
    visitor = visit(hand, script, width)
    visitor.open("/precedents")
    page = visitor.page
    page.set_input_files("#file", draft)  # the system's own window, which no test can type into
    visitor.use("button[value=check]")
    expect(page.locator(".findings").first).to_contain_text("××镇")
    visitor.fits()
    with page.expect_download() as download:
        visitor.use(".take a")
    assert download.value.suggested_filename == "白杨镇方案-批注.docx"
    visitor.use(".tabs a[href^='/drafts/']:not([href$='/check'])")
    expect(page.locator(".answers").first).to_be_visible()


@ways
def test_compare(visit: Visit, hand: str, script: bool, width: int) -> None:
    visitor = visit(hand, script, width)
    visitor.open("/compare?title=镇")
    page = visitor.page
    for title in ("石桥镇扩权强镇试点实施方案", "荷湾镇"):
        visitor.use(f"tr:has-text('{title}') input[type=checkbox]")
    visitor.use(".sticky button")
    expect(page.locator("h1")).to_contain_text("2")
    expect(page.locator("tbody")).to_contain_text("宅基地审批权")
    visitor.fits()
    visitor.use(".tabs a[href*='view=timeline']")
    expect(page.locator("svg.timeline")).to_be_visible()
    visitor.fits()
    visitor.use(".tabs a[href*='view=clauses']")
    expect(page.locator(".colhead").first).to_be_attached()
    visitor.fits()
    visitor.use(".tabs a[href*='view=items']")
    with page.expect_download() as download:
        visitor.use(".take a[href*='.csv']")
    assert download.value.suggested_filename.endswith(".csv")
    visitor.use("tbody td:last-child a")
    expect(page.locator(".clause:target")).to_be_visible()


@ways
def test_import(visit: Visit, hand: str, script: bool, width: int, tmp_path: Path) -> None:
    good, bad = tmp_path / f"通知{hand}{width}.txt", tmp_path / f"坏{hand}{width}.docx"
    good.write_text(f"关于柳溪镇试点的通知\n请县发改局于201{len(hand)}年底前办理第{width}项事项。\n", encoding="utf-8")
    bad.write_bytes(b"PK\x03\x04 cut short")
    visitor = visit(hand, script, width)
    visitor.open("/imports")
    page = visitor.page
    page.set_input_files("#files", [good, bad])
    visitor.use("form[action='/imports/upload'] button")
    # without a script the page itself comes again every three seconds
    expect(page.locator("[role=status]").first).to_contain_text("导入完成", timeout=60_000)
    visitor.use(".note a")
    expect(page.locator("#failed")).to_contain_text(bad.name)
    expect(page.locator("#failed")).to_contain_text("残缺")
    visitor.fits()
    visitor.use("#failed button")
    expect(page.locator("[role=status]").first).to_contain_text("导入完成", timeout=60_000)


def test_a_folder_is_imported(visit: Visit) -> None:
    visitor = visit("keyboard", True, 1280)
    visitor.open("/imports")
    visitor.use(".folders a[href*='samples']")
    visitor.use("form[action='/imports/folder'] button")
    expect(visitor.page.locator("[role=status]").first).to_contain_text("导入完成", timeout=120_000)


# -- everybody -------------------------------------------------------------------------------------------------------


def _rooms(corpus: str, visitor: Visitor) -> list[str]:
    visitor.open("/documents?title=石桥镇扩权")
    plan = visitor.page.locator(".list th a").first.get_attribute("href")
    visitor.open("/documents?title=吴陵市")
    pdf = visitor.page.locator(".list th a").first.get_attribute("href")
    where = "where=标题:扩权强镇"
    return [
        "/", "/?q=下放+权限", "/?q=不存在的词语", "/documents", f"{plan}", f"{plan}/tables", f"{plan}/original", f"{plan}/repairs",
        f"{plan}/c7", f"{pdf}/original?clause=c2", "/precedents", "/precedents?text=县级管理权限下放到镇，由镇人民政府承接。", "/compare",
        f"/compare?{where}", f"/compare?{where}&view=timeline", f"/compare?{where}&view=tags", f"/compare?{where}&view=clauses",
        f"/compare?{where}&view=reuse", "/imports", "/imports/1", "/help", "/api/v1/",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_serious_fault_of_accessibility(visit: Visit, base: str, width: int, scheme: str) -> None:
    visitor = visit("mouse", True, width)
    visitor.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    faults = []
    for path in _rooms(base, visitor):
        visitor.open(path)
        visitor.fits()
        for fault in Axe().run(visitor.page).response["violations"]:
            if fault["impact"] in ("serious", "critical"):
                nodes = [node["html"][:160] for node in fault["nodes"][:3]]
                faults.append(f"{path}: {fault['id']}: {nodes}")
    assert not faults, "\n".join(faults)


def test_paper_has_the_text_and_not_the_tools(visit: Visit) -> None:
    visitor = visit("mouse", True, 1280)
    visitor.open("/documents?title=石桥镇扩权")
    visitor.use(".list th a")
    visitor.page.emulate_media(media="print")
    expect(visitor.page.locator(".text")).to_be_visible()
    for hidden in (".bar", ".side", "footer", ".tabs"):
        expect(visitor.page.locator(hidden).first).to_be_hidden()


def test_nothing_hostile_is_run(browser: Browser, tmp_path: Path) -> None:
    evil = "<script>window.hit=1</script><img src=x onerror=window.hit=1><svg onload=window.hit=1>"
    text = f"柳溪镇方案{evil}\n一、任务{evil}\n县发改局{evil}负责落实{evil}下放事项，2010年底前完成{evil}。\n"
    hostile = document(
        text, institutions=[(f"县发改局{evil}", f"县发改局{evil}")], time_points=[("2010年底前", "deadline", "../2010-12-31")],
        delegations=[{"item": evil, "from": [evil], "to": [evil], "mode": ["devolve"], "quote": "下放事项"}],
        responsibilities=[{"departments": [evil], "role": "lead", "task": evil, "quote": "负责落实"}],
        citations=[{"text": evil, "title": evil, "quote": "任务"}], issuers=[evil], place=f"省/{evil}", doc_number=evil,
        path=f"{evil}.txt", kind="plan", date="2010", warnings=[evil], tables=[{"header": [evil], "rows": [[evil]]}],
        repairs=[{"start": 0, "end": 1, "before": evil, "reason": evil}], cover_title=evil,
    )  # fmt: skip
    with Corpus.open(tmp_path / "corpus", create=True) as corpus:
        corpus.add(hostile)
        corpus.commit()
        corpus.correct(f"{hostile.id}#c1", ["service"], by=evil, note=evil)
    with served(Settings(tmp_path / "corpus")) as base:
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        name = f"/documents/{hostile.id}"
        paths = ["/", "/?q=下放", f"/?q={evil}", f"/?place={evil}", "/documents", f"/documents?title={evil}", name, f"{name}/tables",
                 f"{name}/original", f"{name}/repairs", f"{name}/c1", f"/precedents?text={evil}", "/precedents?text=县发改局负责落实下放事项",
                 f"/compare?d={hostile.id}", f"/compare?d={hostile.id}&view=timeline", f"/compare?d={hostile.id}&view=tags",
                 f"/compare?d={hostile.id}&view=coding", f"/compare?where={evil}", f"/imports?folder={evil}",
                 "/language?to=en&back=javascript:window.hit=1", "/?q=下放"]  # fmt: skip
        for path in paths:
            page.goto(base + path)
            assert page.evaluate("window.hit") is None, path
            assert page.locator("img[src=x]").count() == 0, path
            assert page.locator("[href^='javascript:']").count() == 0, path
        assert not dialogs
        context.close()
