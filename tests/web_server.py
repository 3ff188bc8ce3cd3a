"""A page that is being served, for the tests of the web room and its benchmarks.

In: Settings. Out: the address of a uvicorn server in a thread of this process. Touches: a port of the loopback.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import uvicorn

from policyparse.web import Settings, create_app


@contextmanager
def served(settings: Settings) -> Iterator[str]:
    """Serves a corpus on a free port; gives http://127.0.0.1:PORT."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        settings = replace(settings, port=listening.getsockname()[1])
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="error", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{settings.port}"
        finally:
            server.should_exit = True
            thread.join(30)


def chromium() -> str:
    """The path of a Chromium (env CHROMIUM, or Debian's). Without one the test skips; in CI it fails."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        if os.environ.get("CI"):
            pytest.fail("no Chromium: apt-get install chromium fonts-noto-cjk, or set CHROMIUM")
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM")
    return path
