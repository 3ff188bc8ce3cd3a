"""The pictures of the page in the READMEs: notebooks/pictures/*.png, taken of the sample corpus in Chromium.

    python tests/benchmarks/screenshots.py [--output DIR] [--all]

Needs Debian's chromium and fonts-noto-cjk (or env CHROMIUM). `--all` takes every kind of page, at 1280 and 390 pixels, to
be looked at after a change; then give an --output of your own.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from web_server import chromium, served  # noqa: E402

from policyparse.batch import import_files  # noqa: E402
from policyparse.corpus import Corpus  # noqa: E402
from policyparse.web import Settings  # noqa: E402

WHERE = "where=" + quote("标题:扩权强镇 OR 标题:简政强镇")
#: Name → path; {plan} and {pdf} are documents of the samples.
README = {"search": f"/?q={quote('下放 权限')}", "compare": f"/compare?{WHERE}&view=timeline"}
EVERY = {
    "start": "/", "documents": "/documents", "document": "/documents/{plan}", "tables": "/documents/{plan}/tables",
    "original": "/documents/{plan}/original", "page": "/documents/{pdf}/original?clause=c2", "repairs": "/documents/{plan}/repairs",
    "clause": "/documents/{plan}/c8", "precedents": "/precedents?clause={plan}%23c8", "choose": "/compare",
    **{name: f"/compare?{WHERE}&view={name}" for name in ("items", "matrix", "history", "tags", "clauses", "reuse")},
    "imports": "/imports", "report": "/imports/1", "help": "/help", "api": "/api/v1/",
}  # fmt: skip


def take(page: Page, address: str, path: Path) -> None:
    """Takes a picture of what the window shows; few colours keep the file small."""
    page.goto(address)
    page.evaluate("document.activeElement?.blur()")
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path} {path.stat().st_size // 1024} KB")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, default=ROOT / "notebooks" / "pictures")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "corpus"
        with Corpus.open(directory, create=True) as corpus:
            import_files(corpus, [ROOT / "corpora" / "samples"], keep_originals=True)
            ids = {d.title: d.id for d in corpus.documents()}
        names = {
            "plan": next(i for t, i in ids.items() if "石桥镇扩权" in t),
            "pdf": next(i for t, i in ids.items() if "2019年深化" in t),
        }
        with served(Settings(directory)) as base, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            for width, height in ((1280, 800), (390, 844)) if options.all else ((1280, 800),):
                page = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN").new_page()
                for name, path in {**README, **(EVERY if options.all else {})}.items():
                    end = f"-{width}" if options.all else ""
                    take(page, base + path.format(**names), options.output / f"{name}{end}.png")
            browser.close()


if __name__ == "__main__":
    main()
