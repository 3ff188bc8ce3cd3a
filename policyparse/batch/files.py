"""Which files there are to read, and which are passed over and why.

In: paths of files and folders. Out: Found, one for every file. Touches: reads folders, opens no file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

#: What editors, office programs and systems leave in folders; named in the report, never opened.
_LITTER = ("~$", ".~", "._")
_LITTER_NAMES = {"Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini"}


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the sources; `code` and what follows say why it is passed over.

    stamp: when it was written and when it was changed in any way. A file with the same size and stamp as before has the
           same bytes: nobody can set the second by hand.
    """

    path: Path
    code: str | None = None
    reason: str = ""
    remedy: str = ""
    size: int = 0
    stamp: str = ""

    @property
    def fault(self) -> bool:
        """Whether this is something left behind, and not just something that is no document."""
        return self.code in _FAULTS


def find_files(sources: Sequence[Path | str], leave_out: Path | None = None) -> Iterator[Found]:
    """Every file of `sources`, folders walked in the order of their names.

    A link inside a folder is not followed (its target is imported where it stands, or lies outside the folder), and
    what is no regular file (a pipe, a device) is never opened. `leave_out`: a directory that is not walked.
    """
    for source in sources:
        path = Path(source)
        try:
            state = path.stat()
        except (OSError, ValueError) as error:
            yield unreadable(path, error)
            continue
        if stat.S_ISDIR(state.st_mode):
            seen = False
            for found in _walk(path, leave_out):
                seen = True
                yield found
            if not seen:
                yield Found(path, "empty", "the folder has no files", "give the folder that holds the documents")
        elif stat.S_ISREG(state.st_mode):
            yield _regular(path, state)
        else:
            yield _special(path)


def _walk(folder: Path, leave_out: Path | None) -> Iterator[Found]:
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if leave_out is not None and path.resolve() == leave_out:
            continue
        try:
            with os.scandir(path) as entries:
                inside = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            yield unreadable(path, error)
            continue
        folders = []
        for entry in inside:
            child = Path(entry.path)
            if entry.is_symlink():
                yield Found(
                    child, "link", "a link, which is not followed", "give its target as a source if it is wanted"
                )
            elif entry.is_dir(follow_symlinks=False):
                folders.append(child)
            elif not entry.is_file(follow_symlinks=False):
                yield _special(child)
            elif entry.name.startswith(_LITTER) or entry.name in _LITTER_NAMES or entry.name.startswith("."):
                yield Found(child, "not-a-document", "a hidden or temporary file", "")
            else:
                try:
                    yield _regular(child, entry.stat(follow_symlinks=False))
                except OSError as error:
                    yield unreadable(child, error)
        waiting.extend(reversed(folders))


def _regular(path: Path, state: os.stat_result) -> Found:
    return Found(path, size=state.st_size, stamp=stamp_of(state))


def stamp_of(state: os.stat_result) -> str:
    """When a file was written and changed, as Found has it."""
    return f"{state.st_mtime_ns}.{state.st_ctime_ns}"


def unreadable(path: Path, error: Exception) -> Found:
    """What an error of the operating system means to a person."""
    if isinstance(error, FileNotFoundError):
        return Found(path, "not-found", "there is no such file or folder", "check the spelling of the path")
    if isinstance(error, PermissionError):
        return Found(path, "no-permission", "it may not be read", "ask its owner for permission to read it")
    what = (isinstance(error, OSError) and error.strerror) or str(error)
    return Found(path, "damaged", f"it cannot be read ({what})", "copy it again from where it came from")


def _special(path: Path) -> Found:
    return Found(path, "not-a-file", "a pipe, socket or device, which is never opened", "")


#: Codes of Found that are a fault to report, and not just something passed over.
_FAULTS = {"not-found", "no-permission", "damaged", "empty"}


def printable(path: Path | str) -> str:
    """A path as text; bytes that are no UTF-8 are written as \\xNN, since neither JSON nor SQLite can hold them."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def file_sha256(path: Path | str) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    digest = sha256()
    with open(path, "rb") as handle:
        while chunk := handle.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
