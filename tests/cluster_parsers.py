"""What the workers of the tests' cluster parse with; in a module of its own, because they load it by its name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from corpus_builder import document

from policyparse.model import Document
from policyparse.passing import PolicyparseError


def plain(path: str, data: bytes) -> list[Document]:
    """A file is a document, and some words make it hang, or end the process that reads it."""
    text = data.decode("utf-8")
    if "hang" in text:
        time.sleep(600)
    if "crash" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    return [document(text, path=path)]


def once(path: str, data: bytes) -> list[Document]:
    """Says that it has begun with `wait.txt`, and waits until somebody has seen it: by then its worker may be gone."""
    begun = Path(path).with_name("begun")
    if path.endswith("wait.txt") and not begun.exists():
        begun.write_text(str(os.getpid()), encoding="ascii")
        time.sleep(600)
    return plain(path, data)


def without_model(path: str, data: bytes) -> list[Document]:
    raise PolicyparseError("the model is not there — reinstall")
