"""What was read goes into the corpus: one transaction a file over its documents and its record.

In: an Outcome. Out: the record that it became. Touches: writes the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath

from policyparse.batch.files import file_sha256
from policyparse.batch.reading import Outcome
from policyparse.corpus import Corpus, Imported
from policyparse.corpus.originals import Originals
from policyparse.passing import ReadError

#: A larger file is refused by the readers anyhow.
_MOST_TO_HASH = 1 << 28


class Settle:
    """Writes outcomes. `again`: what the corpus has is put anew; `keep_originals`: the files are kept too."""

    def __init__(self, corpus: Corpus, run: int, again: bool, keep_originals: bool) -> None:
        self._corpus, self._run, self._again = corpus, run, again
        self._originals = Originals(corpus.directory) if keep_originals else None
        if self._originals is not None:
            self._originals.sweep()
        # path ↔ hash of the files that are being read and may have copies; hash → the copies that wait for it
        self._leaders: dict[str, str] = {}
        self._hashes: dict[str, str] = {}
        self._copies: dict[str, list[Imported]] = {}

    def without_reading(self, record: Imported) -> Imported | None:
        """What becomes of a file whose bytes another one has: skipped, or pending until that one is read.

        None where it is to be read. Only files of a size that another one has are looked into here.
        """
        if not record.size or record.size > _MOST_TO_HASH:
            return None
        if not self._corpus.imports.same_size(record.size, record.path):
            return None
        try:
            digest = file_sha256(record.file)
        except OSError:
            return None  # reading it will say why
        twin = self._twin(digest, record.path)
        if twin is not None:
            return self._skip(replace(record, sha256=digest, run=self._run), twin)
        if digest in self._leaders:
            self._copies.setdefault(digest, []).append(record)
            return record
        self._leaders[digest], self._hashes[record.path] = record.path, digest
        return None

    def __call__(self, outcome: Outcome) -> tuple[list[Imported], int]:
        """Writes what was read. Returns its record, those of its copies, and how many documents are new."""
        path = outcome.imported.path
        before = self._corpus.imports.of(path) or Imported(path, "pending")
        imported = self._completed(outcome.imported, before)
        new = 0
        twin = self._twin(imported.sha256, path) if imported.status == "done" else None
        if imported.status == "failed":
            self._corpus.imports.record(imported)
        elif twin is not None:
            imported = self._skip(imported, twin)
        else:
            imported, new = self._keep(imported, outcome)
        return [imported, *self._settle_copies(imported)], new

    def _completed(self, imported: Imported, before: Imported) -> Imported:
        """The record with what the process that read the file does not know."""
        imported = replace(
            imported, run=self._run, number=before.number, raw=before.raw,
            size=before.size if imported.size is None else imported.size,
            format=imported.format or PurePath(imported.path).suffix.lower().lstrip(".") or None,
        )  # fmt: skip
        if imported.status == "failed":
            # the stamp of what was looked at: the file is read again when it has another
            imported = replace(imported, stamp=imported.stamp or before.stamp)
            if before.documents:  # they stand in the corpus with the bytes that they came from
                reason = f"{imported.reason}; what an earlier import had of it stays"
                imported = replace(imported, reason=reason, sha256=before.sha256, documents=before.documents)
        return imported

    def _keep(self, imported: Imported, outcome: Outcome) -> tuple[Imported, int]:
        if self._originals is not None and imported.sha256:
            try:
                self._originals.keep(imported.file, imported.sha256)
            except ReadError as error:
                imported = replace(imported, status="failed", code=error.code, reason=error.reason, remedy=error.remedy)
                self._corpus.imports.record(imported)
                return imported, 0
        members = [replace(member, run=self._run, number=imported.number) for member in outcome.left]
        return imported, self._corpus.add_file(outcome.documents, imported, members, replace=self._again)

    def _settle_copies(self, imported: Imported) -> Iterator[Imported]:
        digest = self._hashes.pop(imported.path, None)
        if digest is None:
            return
        del self._leaders[digest]
        for copy in self._copies.pop(digest, []):
            copy = replace(copy, run=self._run, sha256=digest)
            if imported.status == "failed":
                reason = f"the same bytes as {imported.path}: {imported.reason}"
                copy = replace(copy, status="failed", code=imported.code, reason=reason, remedy=imported.remedy)
                self._corpus.imports.record(copy)
                yield copy
            elif imported.sha256 == digest:
                yield self._skip(copy, imported)
            # else the first of them has changed meanwhile, and this one waits to be read itself

    def _twin(self, digest: str | None, path: str) -> Imported | None:
        """The file with the same bytes that is imported, and need not be imported again."""
        twin = self._corpus.imports.done_before(digest, path) if digest else None
        return twin if twin and (not self._again or twin.run == self._run) else None

    def _skip(self, record: Imported, twin: Imported) -> Imported:
        reason = f"the same bytes as {twin.path}"
        skipped = replace(
            record, status="skipped", code="same-file", reason=reason, remedy=None, format=twin.format, documents=0
        )
        return self._corpus.share_file(twin.path, skipped)
