"""A corpus as one file, made while it is in use; and a corpus made of that file.

In: a corpus directory, or a backup. Out: the other. Touches: the two paths that it is told.

The backup is a zip: `backup.json` (what it is, and the SHA-256 of everything in it), `corpus.json`, `corpus.sqlite` and
the originals. The search index is not in it: it is made again from the documents.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from policyparse.corpus.originals import Originals
from policyparse.passing import PolicyparseError

FORMAT = "policyparse-backup"
_NAMES = re.compile(r"corpus\.json|corpus\.sqlite|originals/[0-9a-f]{2}/[0-9a-f]{64}")
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds. `made`: when."""

    documents: int
    originals: int
    bytes: int
    made: str


def backup(directory: Path, target: Path) -> Backup:
    """Writes the corpus in `directory` to the file `target`, as it is at one moment, whoever is writing to it.

    Raises PolicyparseError where `target` is there already, or there is no corpus.
    """
    if target.exists():
        raise PolicyparseError(f"{target}: is there already — give a new name")
    manifest = directory / "corpus.json"
    if not manifest.exists():
        raise PolicyparseError(f"{directory}: no corpus here — give its directory with --corpus")
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".policyparse-") as folder:
            copy = Path(folder) / "corpus.sqlite"
            documents = _copy_database(directory / "corpus.sqlite", copy)
            originals = Originals(directory)
            hashes: dict[str, str] = {}
            with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                hashes["corpus.json"] = _add(archive, "corpus.json", manifest)
                hashes["corpus.sqlite"] = _add(archive, "corpus.sqlite", copy)
                for digest in originals.all():
                    name = f"originals/{digest[:2]}/{digest}"
                    hashes[name] = _add(archive, name, originals.path(digest), zipfile.ZIP_STORED)
                made = datetime.now(UTC).isoformat(timespec="seconds")
                about = {"format": FORMAT, "format_version": 1, "made": made, "documents": documents, "sha256": hashes}
                archive.writestr("backup.json", json.dumps(about, indent=1))
        os.replace(part, target)
    except OSError as error:
        raise PolicyparseError(f"{target}: the backup cannot be written ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(documents, len(hashes) - 2, target.stat().st_size, made)


def _copy_database(source: Path, target: Path) -> int:
    """SQLite's own way of copying a database that others write to; returns how many documents it has."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new)  # in one step: a reader does not hold up the writer
            new.execute("PRAGMA journal_mode = DELETE").fetchone()
            number: int = new.execute("SELECT count(*) FROM documents").fetchone()[0]
            return number
    except sqlite3.Error as error:
        raise PolicyparseError(f"{source}: the corpus database cannot be copied ({error})") from None


def _add(archive: zipfile.ZipFile, name: str, path: Path, method: int = zipfile.ZIP_DEFLATED) -> str:
    digest = hashlib.sha256()
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    entry.compress_type = method
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()


def restore(source: Path, directory: Path, finish: Callable[[Path], None]) -> Backup:
    """Makes the corpus `directory` of the backup `source`; `finish` is given it to make its index.

    Nothing is overwritten, and nothing appears before all of it is proved. Raises PolicyparseError where `directory` is
    there and not empty, or the backup is none, or is damaged.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise PolicyparseError(f"{directory}: is there already — a backup is restored into a new directory")
    part = directory.with_name(f"{directory.name}.{os.getpid()}.part")
    try:
        with _opened(source) as archive:
            about = _about(archive, source)
            part.mkdir(parents=True)
            for name, digest in about["sha256"].items():
                _extract(archive, source, name, digest, part)
            finish(part)
            if directory.exists():
                directory.rmdir()
            os.replace(part, directory)
    except OSError as error:
        raise PolicyparseError(f"{directory}: the backup cannot be restored ({error.strerror or error})") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Backup(about["documents"], len(about["sha256"]) - 2, source.stat().st_size, about["made"])


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(source)
    except FileNotFoundError:
        raise PolicyparseError(
            f"{source}: there is no such file — give the file that policyparse backup made"
        ) from None
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise PolicyparseError(f"{source}: not a backup of policyparse, or cut short — take another copy") from None
    with archive:
        yield archive


def _about(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(archive.read("backup.json"))
        good = about["format"] == FORMAT and {"corpus.json", "corpus.sqlite"} <= about["sha256"].keys()
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile):
        good = False
    if not good or not all(_NAMES.fullmatch(name) for name in about["sha256"]):
        raise PolicyparseError(f"{source}: not a backup of policyparse — give the file that policyparse backup made")
    if about.get("format_version") != 1:
        raise PolicyparseError(f"{source}: made by a newer policyparse — upgrade to restore it")
    return about


def _extract(archive: zipfile.ZipFile, source: Path, name: str, digest: str, folder: Path) -> None:
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    try:
        with archive.open(name) as stream, target.open("wb") as copy:
            while piece := stream.read(_PIECE):
                found.update(piece)
                copy.write(piece)
    except (KeyError, zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError):
        found = hashlib.sha256()
    if found.hexdigest() != digest:
        raise PolicyparseError(f"{source}: {name} in it is damaged — take another copy of the backup")
