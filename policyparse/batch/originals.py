"""The bytes that a document was read from: the file where it still stands, or the original that the corpus keeps.

In: an open Corpus, one of its documents. Out: bytes. Touches: reads the sources; only bytes that are the imported ones are
given out.
"""

from __future__ import annotations

from hashlib import sha256

from policyparse.corpus import Corpus, Imported
from policyparse.corpus.originals import Originals
from policyparse.model import Document
from policyparse.passing import PolicyparseError, ReadError


def source_of(corpus: Corpus, document: Document) -> bytes:
    """The document's file, or the archive's member. Raises PolicyparseError where it is neither there nor kept."""
    from policyparse.read import source_bytes

    wanted = document.source.sha256
    kept = Originals(corpus.directory).read(wanted)
    if kept is not None:
        return kept
    paths = list(dict.fromkeys((document.source.path, *(path for path, _ in corpus.store.sources(document.id)))))
    for path in paths:
        record = corpus.imports.of(path)
        try:
            data = source_bytes(record.file if record is not None else path)
        except (ReadError, OSError):
            continue
        if sha256(data).hexdigest() == wanted:
            return data
    for path in paths:
        member = _member_of_kept(corpus, path, wanted)
        if member is not None:
            return member
    raise PolicyparseError(
        f"{document.source.path}: the file is no longer there as it was imported — put it back, or import its new place "
        "with --keep-originals"
    )


def _member_of_kept(corpus: Corpus, path: str, wanted: str) -> bytes | None:
    """The member `path` of an archive that the corpus keeps."""
    from policyparse.read import Limits
    from policyparse.read.zipped import members

    archive = corpus.imports.top_of(Imported(path, ""))
    whole = Originals(corpus.directory).read(archive.sha256 or "") if archive.path != path else None
    if whole is None:
        return None
    try:
        for name, content in members(whole, Limits(), archive.path):
            if (
                f"{archive.path}/{name}" == path
                and isinstance(content, bytes)
                and sha256(content).hexdigest() == wanted
            ):
                return content
    except ReadError:
        return None
    return None
