"""The imported files themselves, kept by the hash of their bytes: what a document came from, when its folder is gone.

In: a file and its hash. Out: the same bytes. Touches: the folder `originals` of the corpus directory.

A file stands there once, whatever names it had; its name is its SHA-256, its folder that name's first two signs. It is
whole or not there at all, and it is never written again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from policyparse.passing import ReadError


class Originals:
    """The originals of the corpus in `directory`; there are none until the first is kept."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory / "originals"

    def path(self, digest: str) -> Path:
        """Where the file with this hash stands, or would."""
        return self.directory / digest[:2] / digest

    def keep(self, file: str | Path, digest: str) -> bool:
        """Copies `file`, whose bytes have this hash; False where they are kept already.

        Raises ReadError (changed, not-found) where the file has other bytes by now, or is gone; OSError where the copy
        cannot be written.
        """
        target = self.path(digest)
        if target.exists():
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{digest}.{os.getpid()}.part")
        found = sha256()
        try:
            try:
                source = open(file, "rb")  # noqa: SIM115  its failure is another one than the copy's
            except OSError as error:
                reason = f"it is gone before it could be kept ({error.strerror})"
                raise ReadError(str(file), "not-found", reason, "import it again") from None
            with source, part.open("wb") as copy:
                while chunk := source.read(1 << 20):
                    found.update(chunk)
                    copy.write(chunk)
                copy.flush()
                os.fsync(copy.fileno())
            if found.hexdigest() != digest:
                reason = "it was written to while it was imported"
                raise ReadError(str(file), "changed", reason, "import it again when it is complete")
            os.replace(part, target)
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return True

    def read(self, digest: str) -> bytes | None:
        """The bytes with this hash; None where they are not kept, or no longer what they were."""
        try:
            data = self.path(digest).read_bytes()
        except OSError:
            return None
        return data if sha256(data).hexdigest() == digest else None

    def all(self) -> Iterator[str]:
        """The hashes of all files that are kept."""
        for path in sorted(self.directory.glob("??/*")):
            if len(path.name) == 64:
                yield path.name

    def sweep(self) -> None:
        """Takes away what a killed import has left half written."""
        for path in self.directory.glob("??/*.part"):
            path.unlink(missing_ok=True)
