"""The corpus: a directory that holds documents, what became of their files, and a search index.

In: Documents. Out: Documents, passages, a searcher. Touches: the corpus directory, nothing else.

    corpus.json     what this directory is, and the versions that made it
    corpus.sqlite   the documents and the import report: the truth
    index-N/        the search index, made from the documents; may be deleted
    originals/      the imported files by their hash, where they are kept

The store is written first, a transaction a file; the index follows in larger steps, and the store
notes which documents it has. After a kill at any instant the next opening indexes what is behind.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

from policyparse.corpus.codings import Codings
from policyparse.corpus.corrections import Correction, Corrections, Record
from policyparse.corpus.database import Database
from policyparse.corpus.findings import Findings
from policyparse.corpus.imports import DOCUMENTS_A_FILE, Imported, Imports
from policyparse.corpus.index import INDEX_VERSION, CorpusBusy, DamagedIndex, Index
from policyparse.corpus.runs import Run, Runs
from policyparse.corpus.store import Store
from policyparse.corpus.versions import successor
from policyparse.model import SCHEMA_VERSION, Clause, Document
from policyparse.passing import PolicyparseError
from policyparse.vocabulary import Vocabulary, shipped

__all__ = ["FORMAT_VERSION", "Corpus", "CorpusBusy", "Correction", "Imported", "Run", "words_of"]

FORMAT = "policyparse-corpus"
#: Goes up when an older policyparse could no longer read the directory.
FORMAT_VERSION = 1

#: Passages per index commit, some ten seconds' work. Each commit makes a segment, with a dictionary of its own.
_COMMIT_EVERY = 50_000


class Corpus:
    """An open corpus directory. Use as a context manager, or call `close`.

    >>> with Corpus.open("pilots", create=True) as corpus:   # doctest: +SKIP
    ...     corpus.add(document)
    """

    def __init__(self, directory: Path, write: bool, vocabulary: Vocabulary | None = None) -> None:
        self.directory = directory
        self.vocabulary = vocabulary
        self.writing = write
        self._index: Index | None = None
        self._waiting: list[str] = []
        self._uncommitted = 0
        self._has_all_words: bool | None = None
        self.manifest = _read_manifest(directory)
        self.database = Database(directory / "corpus.sqlite", write)
        self.store = Store(self.database)
        self.imports = Imports(self.database)
        self.codings = Codings(self.database)
        self.runs = Runs(self.database)
        self.findings = Findings(self.database)
        try:
            self._check_versions()
            if write:
                self._open_for_writing()
        except BaseException:
            self.database.close()
            raise

    @classmethod
    def open(
        cls, directory: Path | str, *, write: bool = False, create: bool = False, vocabulary: Vocabulary | None = None
    ) -> Corpus:
        """Opens a corpus; `create` makes it if it is not there (and opens it for writing).

        Raises PolicyparseError when there is none, when it is from a version that cannot be read, or when it is
        being written to by another program.
        """
        path = Path(directory)
        if create and not (path / "corpus.json").exists():
            _create(path)
        return cls(path, write or create, vocabulary)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.close()
        except (ValueError, OSError, sqlite3.Error):  # tantivy says ValueError of a disk without room
            if kind is None:
                raise  # else what broke the work off is said; the next opening indexes what is behind

    def close(self) -> None:
        """Commits what the index has been given, and lets go of the files."""
        try:
            if self._index is not None:
                if self.writing:
                    self._commit()
                self._index.close()
        finally:
            self._index = None
            self.database.close()

    # -- documents -----------------------------------------------------------------------------------------------

    def add(self, document: Document, *, replace: bool = False) -> bool:
        """Adds a document; False when the corpus had it (its new source is noted). Searchable after `commit`."""
        added = self.store.add(document, replace)
        if added:
            self._to_index([self.corrections.applied(document)])
        return added

    def add_file(
        self,
        documents: Sequence[Document],
        imported: Imported,
        members: Sequence[Imported] = (),
        *,
        replace: bool = False,
    ) -> int:
        """Adds all documents of a file and its import record in one transaction; returns how many were new.

        What the file had when it was imported before, and has no longer, becomes the version before what it has now
        where its bytes have changed; where only the program has, it goes. Corrections go along. `members`: the records
        of an archive's members that could not be read, in the place of those of the time before.
        """
        with self.store.transaction():
            before = self.imports.of(imported.path)
            changed = before is not None and before.sha256 is not None and before.sha256 != imported.sha256
            fresh = {document.id for document in documents if not self.store.has(document.id)}
            carried = self._leave(imported, documents, changed)
            first = imported.number << DOCUMENTS_A_FILE
            written = [
                document
                for at, document in enumerate(documents)
                if self.store.add(document, replace, first + at if first else None)
            ]
            renewed = self._corrected(carried - {document.id for document in written})
            self.imports.forget_members(imported.path, imported.run)
            self.imports.record(imported, *members)
        self._to_index([*(self.corrections.applied(document) for document in written), *renewed])
        return len(fresh)

    def share_file(self, twin: str, imported: Imported) -> Imported:
        """Notes that the file `imported` has the bytes, and so the documents, of the file `twin`; returns its record."""
        with self.store.transaction():
            identities = self.store.of_source(twin)
            carried: set[str] = set()
            if self.store.of_source(imported.path):
                documents = [document for i in identities if (document := self.store.as_parsed(i)) is not None]
                carried = self._leave(imported, documents, True)
            renewed = self._corrected(carried)
            self.store.share_sources(twin, imported.path)
            imported = dataclasses.replace(imported, documents=len(identities))
            self.imports.forget_members(imported.path, imported.run)
            self.imports.record(imported)
        self._to_index(renewed)
        return imported

    def _leave(self, imported: Imported, documents: Sequence[Document], changed: bool) -> set[str]:
        """What the file had and has no longer: the version before what it has now if it has changed, else gone.

        Returns the ids of the documents that have got corrections by it.
        """
        carried: set[str] = set()
        for identity in self.store.leave_source(imported.path, keep={document.id for document in documents}):
            old = self.store.as_parsed(identity)
            newer = successor(old, documents) if old is not None else None
            for document in [newer] if newer else documents:
                if self.corrections.carry(identity, document):
                    carried.add(document.id)
            if changed and documents:
                self.store.retire(identity, newer.id if newer else None, imported.path)
            else:
                self.store.remove(identity, newer.id if newer else None)
        return carried

    def _corrected(self, identities: Iterable[str]) -> list[Document]:
        """Puts the tags of documents, as corrected, where search finds them; returns these documents, for the index."""
        documents = list(self.store.documents(sorted(identities)))
        for document in documents:
            self.store.renew_tags(document)
        return documents

    def documents(self, identities: Sequence[str] | None = None) -> Iterator[Document]:
        """All documents in the order in which they came, or those with the ids given."""
        return self.store.documents(identities)

    def document(self, identity: str) -> Document:
        """A document by its id or the beginning of it. Raises PolicyparseError when none or several begin so."""
        found = self.store.find(identity) if identity else []
        if len(found) == 1:
            document = self.store.document(found[0])
            if document is not None:
                return document
        if found:
            raise PolicyparseError(
                f"{identity}: {len(found)} documents or more begin so ({', '.join(found[:3])} …) — give more of the id"
            )
        raise PolicyparseError(f"{identity}: no such document in {self.directory} — policyparse search shows the ids")

    def clause(self, identity: str) -> tuple[Document, Clause]:
        """The clause `document#c7` and its document; the beginning of the document's id is enough."""
        name, _, wanted = identity.partition("#")
        document = self.document(name)
        for clause in document.clauses:
            if clause.id == wanted:
                return document, clause
        last = document.clauses[-1].id if document.clauses else "none"
        raise PolicyparseError(f"{identity}: the document has no clause {wanted!r} — its last one is {last}")

    # -- corrections ---------------------------------------------------------------------------------------------

    @property
    def corrections(self) -> Corrections:
        """What people have corrected."""
        return self.store.corrections

    def correct(self, identity: str, tags: Sequence[str], *, by: str, note: str = "") -> Correction:
        """Gives the clause `document#c7` a person's tags, main one first; they win over the machine's from now on.

        Searchable after `commit`. Raises PolicyparseError for an unknown clause or tag.
        """
        self._need_writing()
        document, clause = self.clause(identity)
        with self.store.transaction():
            correction = self.corrections.add(self._as_parsed(document.id), clause.id, tags, by=by, note=note)
            self._renew(document.id)
        return correction

    def correct_record(
        self, identity: str, record: Record, fields: Mapping[str, Any] | None, *, by: str, note: str = ""
    ) -> Correction:
        """Says of a delegation or responsibility of the document that it is none (None), or how `fields` should be."""
        self._need_writing()
        document = self._as_parsed(self.document(identity.partition("#")[0]).id)
        with self.store.transaction():
            correction = self.corrections.add_record(document, record, fields, by=by, note=note)
            self._renew(document.id)
        return correction

    def withdraw(self, number: int) -> Correction:
        """Takes a correction back: what held before it holds again."""
        self._need_writing()
        with self.store.transaction():
            correction = self.corrections.withdraw(number)
            self._renew(correction.document)
        return correction

    def _as_parsed(self, identity: str) -> Document:
        document = self.store.as_parsed(identity)
        assert document is not None
        return document

    def _renew(self, identity: str) -> None:
        self._to_index(self._corrected([identity]))

    # -- the index -----------------------------------------------------------------------------------------------

    @property
    def index(self) -> Index:
        """The search index, with every stored document in it unless another program is writing just now."""
        if self._index is None:
            self._catch_up()
            self._index = Index(self._index_directory(), vocabulary=self.vocabulary)
        return self._index

    @property
    def has_all_words(self) -> bool:
        """Whether the index was made with the words of this vocabulary: then it has each of them as a term."""
        if self._has_all_words is None:
            self._has_all_words = self.store.state("words") == words_of(self.vocabulary)
        return self._has_all_words

    def commit(self) -> None:
        """Makes what was added searchable."""
        self._need_writing()
        self._commit()

    def reindex(self) -> int:
        """Makes the index again from the documents; the old one serves until the new one is whole."""
        self._need_writing()
        old = self._number()
        new = old + 1
        fresh_directory = self.directory / f"index-{new}"
        shutil.rmtree(fresh_directory, ignore_errors=True)
        fresh = Index(fresh_directory, write=True, vocabulary=self.vocabulary)
        done = []
        for document in self.store.documents():
            fresh.put(document, self.store.passages_of(document.id))
            done.append(document.id)
        fresh.commit()
        with self.store.transaction():
            self.store.mark_indexed(done, new)
            self.store.set_state("index", str(new))
            self.store.set_state("index_version", str(INDEX_VERSION))
            self.store.set_state("words", words_of(self.vocabulary))
        self._has_all_words = None
        if self._index is not None:
            self._index.close()
        self._index, self._waiting = fresh, []
        self._sweep()
        _write_manifest(self.directory, {**self.manifest, **_versions()})
        return len(done)

    def _to_index(self, documents: Sequence[Document]) -> None:
        self._need_writing()
        assert self._index is not None
        for document in documents:
            numbered = self.store.passages_of(document.id)
            self._index.put(document, numbered)
            self._waiting.append(document.id)
            self._uncommitted += len(numbered)
        if self._uncommitted >= _COMMIT_EVERY:
            self._commit()

    def _commit(self) -> None:
        assert self._index is not None
        removed = self.store.removed()
        for identity in removed:
            self._index.remove(identity)
        if self._waiting or removed:
            self._index.commit()
            with self.store.transaction():
                self.store.mark_indexed(self._waiting, self._number())
                self.store.forget_removed(removed)
            self._waiting, self._uncommitted = [], 0

    def _open_for_writing(self) -> None:
        whole = (self._index_directory() / "meta.json").exists() or not self.store.counts()["documents"]
        try:
            self._index = Index(self._index_directory(), write=True, vocabulary=self.vocabulary)
        except DamagedIndex:
            whole = False
        if self.store.state("index_version") is None:
            self.store.set_state("index_version", str(INDEX_VERSION))
            self.store.set_state("words", words_of(self.vocabulary))
        elif self.store.state("words") != words_of(self.vocabulary):
            self.store.set_state(
                "words", ""
            )  # some documents with these words and some with others: none can be relied on
        if not whole or self.store.state("index_version") != str(INDEX_VERSION):
            self.reindex()
        self._sweep()
        for identity in self.store.behind(self._number()):
            document = self.store.document(identity)
            if document is not None:
                self._to_index([document])
        self._commit()

    def _catch_up(self) -> None:
        """Before reading: indexes what a killed program left behind, if nobody is writing now."""
        missing = not (self._index_directory() / "meta.json").exists()
        if missing or self.store.behind(self._number(), 1) or self.store.removed():
            try:
                Corpus(self.directory, True, self.vocabulary).close()
            except (PolicyparseError, OSError, sqlite3.Error):
                if missing:
                    raise

    def _sweep(self) -> None:
        """Takes away indexes that are no longer, or not yet, in use."""
        for path in self.directory.glob("index-*"):
            if path.is_dir() and not path.is_symlink() and path.name != f"index-{self._number()}":
                shutil.rmtree(path, ignore_errors=True)

    def _number(self) -> int:
        return int(self.store.state("index") or 1)

    def _index_directory(self) -> Path:
        return self.directory / f"index-{self._number()}"

    def _need_writing(self) -> None:
        if not self.writing:
            raise PolicyparseError(f"{self.directory}: opened for reading only — open it with write=True")

    def _check_versions(self) -> None:
        if self.database.unknown_migrations():
            raise PolicyparseError(
                f"{self.directory}: this corpus was changed by a newer policyparse — upgrade to open it"
            )
        old = self.database.missing_migrations() or self.store.state("index_version") not in (None, str(INDEX_VERSION))
        if old and not self.writing:
            raise PolicyparseError(
                f"{self.directory}: this corpus was made by policyparse {self.manifest.get('made_by', '?')} and this "
                f"is {_program()} — run: policyparse reindex --corpus {self.directory}"
            )


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A path to write to; the file appears under `path` when it is whole."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _program() -> str:
    try:
        return version("policyparse")
    except PackageNotFoundError:  # a checkout that was not installed
        return "0"


def words_of(vocabulary: Vocabulary | None) -> str:
    """What tells the words of a vocabulary that are terms of an index from others."""
    words = (vocabulary or shipped()).terms
    named = [*sorted(words("words")), "", *sorted(words("frequent_words"))]
    return sha256("\n".join(named).encode("utf-8", "replace")).hexdigest()[:16]


def _versions() -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "schema_version": SCHEMA_VERSION,
        "index_version": INDEX_VERSION,
        "made_by": _program(),
    }


def _create(directory: Path) -> None:
    if directory.exists() and (not directory.is_dir() or any(map(_foreign, directory.iterdir()))):
        raise PolicyparseError(f"{directory}: not empty and not a corpus — give a new directory with --corpus")
    directory.mkdir(parents=True, exist_ok=True)
    Database(directory / "corpus.sqlite", write=True).close()
    _write_manifest(
        directory,
        {
            **_versions(),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": {
                "corpus.sqlite": "SQLite: tables documents (facts), imports; views clauses, tags, sources; their words and "
                "the rest of a document are packed in the tables words and bodies — policyparse export writes documents as "
                "the JSON Schema of schema_version has them, and their clauses, institutions, time_points, delegations, "
                "responsibilities, citations as tables",
                "index-N": "tantivy search index, made from corpus.sqlite by `policyparse reindex`; may be deleted",
                "originals": "the imported files by their SHA-256, where `policyparse import --keep-originals` was asked",
            },
        },
    )


def _foreign(path: Path) -> bool:
    """Whether a file is none that `_create` leaves when it is killed."""
    return not path.name.startswith(("corpus.sqlite", "corpus.json."))


def _write_manifest(directory: Path, manifest: dict[str, Any]) -> None:
    with _whole(directory / "corpus.json") as part:
        part.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _read_manifest(directory: Path) -> dict[str, Any]:
    path = directory / "corpus.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        what = "no corpus here" if directory.is_dir() else "no such directory"
        raise PolicyparseError(
            f"{directory}: {what} — make one with: policyparse import FILES --corpus {directory}"
        ) from None
    except (OSError, ValueError):
        raise PolicyparseError(f"{path}: not readable as JSON — restore it from a copy of the corpus") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise PolicyparseError(f"{path}: not a corpus of policyparse — give its directory with --corpus")
    number = manifest.get("format_version")
    if number != FORMAT_VERSION:
        raise PolicyparseError(
            f"{directory}: this corpus has format {number} (made by policyparse {manifest.get('made_by', '?')}) and "
            f"this version reads {FORMAT_VERSION} — open it with that version, or import the files again"
        )
    return manifest
