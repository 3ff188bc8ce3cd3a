"""The command serve: what it prints, whom it lets in, how it ends, and its plain sentences for mistakes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

_MAIN = "import sys; from policyparse.cli import main; main(sys.argv[1:])"


def start(*options: str, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _MAIN, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "POLICYPARSE_LANG": "en", **env},
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    return process.returncode, said


def test_it_says_where_it_is_and_ends_quietly(sample_corpus: Path) -> None:
    process = start("--corpus", str(sample_corpus))
    assert process.stdout is not None
    line = process.stdout.readline()
    address = re.fullmatch(r"The page: (http://127\.0\.0\.1:\d+/)\n", line)
    assert address, line
    with urllib.request.urlopen(address[1], timeout=60) as answer:
        assert "policyparse" in answer.read().decode()
        assert "server" not in {name.lower() for name in answer.headers}
    assert finish(process) == (0, "")


def test_for_others_it_prints_a_token_that_opens_it(sample_corpus: Path) -> None:
    process = start("--corpus", str(sample_corpus), "--host", "0.0.0.0")
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r":(\d+)/\?token=([\w-]{32,})$", line.strip())
    assert found, line
    address = f"http://127.0.0.1:{found[1]}/api/v1/documents"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(address, timeout=60)
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {found[2]}"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        assert answer.status == 200
    code, said = finish(process)
    assert (code, said) == (0, "")


def test_mistakes_are_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        for options, words in (
            (["--port", str(taken.getsockname()[1])], "cannot listen there"),
            (["--import-root", str(tmp_path / "none")], "no such folder"),
            (["--host", "no.such.host.invalid"], "cannot listen there"),
        ):
            process = start("--corpus", str(tmp_path), *options)
            out, said = process.communicate(timeout=60)
            assert process.returncode == 2, (out, said)
            assert words in said
            assert len(said.strip().splitlines()) == 1
    process = start("--corpus", str(tmp_path), "--host", "0.0.0.0", POLICYPARSE_TOKEN="short")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "POLICYPARSE_TOKEN" in said
