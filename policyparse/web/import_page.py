"""导入: upload files or name a folder of this machine, watch the bar, read the report, try again.

In: uploaded files; a folder below `--import-root`. Out: pages. Touches: writes uploaded files into the corpus directory
(uploads/), and starts imports.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from policyparse.batch.report import COLUMNS, FILE_COLUMNS, file_rows, report
from policyparse.corpus import Corpus
from policyparse.passing import PolicyparseError
from policyparse.web.downloads import file_response
from policyparse.web.gate import form_of
from policyparse.web.language import language_of
from policyparse.web.library import Library
from policyparse.web.pages import page
from policyparse.web.running import Running
from policyparse.web.settings import Settings

#: Rows of a section of the report that a page shows; the file has all.
SHOWN = 100
MOST_FOLDERS = 300
#: A file name's bytes in UTF-8, as file systems count them (ext4, NTFS: 255); the rest is for a number in front.
_NAME_BYTES = 200


def routes(study: Callable[..., Any]) -> list[Route]:
    """The addresses of this file."""
    return [
        Route("/imports", imports),
        Route("/imports/upload", upload, methods=["POST"]),
        Route("/imports/folder", folder, methods=["POST"]),
        Route("/imports/retry", retry, methods=["POST"]),
        Route("/imports/stop", stop, methods=["POST"]),
        Route("/imports/{run:int}", study(report_page, "run")),
        Route("/imports/{run:int}/files.{format}", study(report_file, "run", "format")),
    ]


async def imports(request: Request) -> Response:
    """What can be imported, what is being imported, what was."""
    settings: Settings = request.app.state.settings
    library: Library = request.app.state.library
    running: Running = request.app.state.running
    there = (settings.corpus / "corpus.json").exists()
    found = await library.read(_state) if there else ([], None)
    runs, counts = found
    going = running.going
    busy = going is not None and not going.over
    # while an import runs nothing can be chosen, and its page is asked for again and again
    listing = None if busy else await run_in_threadpool(_listing, settings, request.query_params.get("folder", ""))
    return page(
        request, "imports", going=going, busy=busy, runs=runs, counts=counts, root=settings.import_root,
        listing=listing, limit=settings.upload_limit // 2**20,
    )  # fmt: skip


def _state(corpus: Corpus) -> tuple[list[Any], dict[str, int] | None]:
    return corpus.runs.all()[:30], corpus.store.counts()


def _listing(settings: Settings, name: str) -> dict[str, Any] | None:
    """The folder `name` below the root, with its folders and how many files it has; None without a root."""
    if settings.import_root is None:
        return None
    root = settings.import_root.resolve()
    try:
        here = below(root, name)
        entries = sorted(here.iterdir(), key=lambda entry: entry.name)
    except (PolicyparseError, OSError):
        raise HTTPException(404) from None
    relative = "" if here == root else here.relative_to(root).as_posix()
    visible = [entry for entry in entries if not entry.name.startswith(".") and not entry.is_symlink()]
    return {
        "name": relative,
        "parent": relative.rpartition("/")[0] if relative else None,
        "folders": [entry.name for entry in visible if entry.is_dir()][:MOST_FOLDERS],
        "files": sum(1 for entry in visible if entry.is_file()),
    }


def below(root: Path, name: str) -> Path:
    """The folder `name` (with slashes) below `root`. Raises PolicyparseError where it is not below it, or not there."""
    if "\x00" in name or len(name) > 4000:
        raise PolicyparseError("that is no folder — choose one of the list")
    path = (root / name).resolve()
    if not path.is_relative_to(root):
        raise PolicyparseError(
            "that folder is not below the one that this page may import from — choose one of the list"
        )
    if not path.is_dir():
        raise PolicyparseError("there is no such folder — choose one of the list")
    return path


async def folder(request: Request) -> Response:
    """Starts the import of a folder below the root."""
    form = await form_of(request)
    settings: Settings = request.app.state.settings
    if settings.import_root is None:
        raise PolicyparseError("this page imports no folders — it was started without --import-root")
    path = below(settings.import_root.resolve(), str(form.get("folder", "")))
    request.app.state.running.start([path], again=form.get("again") is not None)
    return RedirectResponse("/imports", 303)


async def upload(request: Request) -> Response:
    """Keeps the uploaded files in a folder of their own inside the corpus, and starts their import."""
    form = await form_of(request)
    files = [each for each in form.getlist("files") if isinstance(each, UploadFile) and each.filename]
    if not files:
        raise PolicyparseError("no file was chosen — choose one or more")
    settings: Settings = request.app.state.settings
    running: Running = request.app.state.running
    if running.going is not None and not running.going.over:
        raise PolicyparseError("an import is running already — wait until it has finished")
    target = settings.uploads / f"{datetime.now():%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    await _create(request, settings)
    target.mkdir(parents=True)
    taken: set[str] = set()
    for file in files:
        name = safe_name(file.filename or "", taken)
        taken.add(name)
        # "x": a name that is there already is never written over
        with (target / name).open("xb") as out:
            while chunk := await file.read(1 << 20):
                out.write(chunk)
    running.start([target])
    return RedirectResponse("/imports", 303)


async def _create(request: Request, settings: Settings) -> None:
    """Makes the corpus where there is none yet: a directory with uploads in it would be none."""
    if not (settings.corpus / "corpus.json").exists():
        Corpus.open(settings.corpus, create=True).close()


def safe_name(name: str, taken: set[str]) -> str:
    """A file's name without folders, without signs that a system takes otherwise, and not one of `taken`.

    Folders in it (`../`, `C:\\`), hidden files (`.x`), control and direction signs, and Windows' own names (CON, NUL) lose
    what makes them special; the ending stays, since it helps to tell what the file is.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign if sign.isprintable() and sign not in '<>:"|?*/' else "_" for sign in last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    if not dot:
        stem, ending = kept, ""
    if not stem or stem.upper().partition(".")[0] in _RESERVED:
        stem = f"_{stem}"
    while len(f"{stem}.{ending}".encode()) > _NAME_BYTES:
        stem, ending = (stem[:-1], ending) if len(stem) > 1 else (stem, ending[:-1])
    number = 1
    found = f"{stem}.{ending}" if ending else stem
    while found in taken:
        number += 1
        found = f"{number}-{stem}.{ending}" if ending else f"{number}-{stem}"
    return found


_RESERVED = frozenset(
    ("CON", "PRN", "AUX", "NUL", *(f"{name}{number}" for name in ("COM", "LPT") for number in range(10)))
)


async def retry(request: Request) -> Response:
    """Reads again what failed, or what failed for one reason."""
    form = await form_of(request)
    code = str(form.get("code", ""))
    seconds = str(form.get("timeout", ""))
    timeout = float(seconds) if seconds.isascii() and seconds.isdigit() and 0 < int(seconds) <= 86400 else 300.0
    request.app.state.running.start([], retry=[code] if code else [], timeout=timeout)
    return RedirectResponse("/imports", 303)


async def stop(request: Request) -> Response:
    """Asks the import to stop."""
    await form_of(request)
    request.app.state.running.stop()
    return RedirectResponse("/imports", 303)


def report_page(corpus: Corpus, request: Request, run: int) -> HTMLResponse:
    """The report of one import."""
    try:
        found = report(corpus, run)
    except (PolicyparseError, OverflowError):  # a number too long for SQLite is no import's
        raise HTTPException(404) from None
    index = 0 if language_of(request) == "en" else 1
    documents = dict(
        corpus.database.rows.execute("SELECT path, document FROM sources GROUP BY path HAVING count(*) = 1")
    )
    return page(
        request, "report", report=found, run=found.run, shown=SHOWN, index=index, columns=COLUMNS, documents=documents,
    )  # fmt: skip


def report_file(corpus: Corpus, request: Request, run: int, format: str) -> Response:
    """All files of an import, as a file."""
    index = 0 if language_of(request) == "en" else 1
    try:
        corpus.runs.get(run)
    except (PolicyparseError, OverflowError):
        raise HTTPException(404) from None
    heads = {name: str(COLUMNS[name][index]) for name in FILE_COLUMNS}
    widths = {name: COLUMNS[name][2] for name in FILE_COLUMNS}
    return file_response(
        f"import {run}" if index == 0 else f"导入报告{run}",
        format,
        widths,
        heads,
        file_rows(corpus, run),
        language_of(request),
    )
