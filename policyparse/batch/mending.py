"""Files whose documents `verify --repair` had to take out, read again: from the originals that the corpus keeps, or from
where they stand.

In: an open Corpus, after `repair`. Out: how many came back, and which files did not. Touches: reads the files; writes the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256

from policyparse.batch.reading import Parse, Pipeline, Task, read_file
from policyparse.corpus import Corpus, Imported
from policyparse.corpus.originals import Originals


def mend(corpus: Corpus, parse: Parse | None = None) -> tuple[int, list[str]]:
    """Puts documents back where their file's bytes are still those that were imported.

    They get their old places, and what people have corrected in them holds again. Returns the number of files, and the
    paths of those that are neither kept nor there as they were: they wait for the next import.
    """
    parse = parse or Pipeline()
    number, left = 0, []
    for record in list(_taken_out(corpus)):
        data = _bytes_of(corpus, record)
        outcome = read_file(Task(record.path, record.file, data=data), parse) if data is not None else None
        if outcome is None or outcome.imported.status != "done":
            left.append(record.path)
            continue
        imported = replace(
            outcome.imported,
            number=record.number,
            run=record.run,
            raw=record.raw,
            size=record.size,
            format=record.format,
        )
        members = [replace(member, number=record.number, run=record.run) for member in outcome.left]
        corpus.add_file(outcome.documents, imported, members)
        number += 1
    corpus.commit()
    return number, left


def _taken_out(corpus: Corpus) -> Iterator[Imported]:
    """The files that `Imports.note_pending` has noted: those that a broken-off import left waiting have a stamp."""
    return (record for record in corpus.imports.all("pending") if record.sha256 and record.stamp is None)


def _bytes_of(corpus: Corpus, record: Imported) -> bytes | None:
    kept = Originals(corpus.directory).read(record.sha256 or "")
    if kept is not None:
        return kept
    try:
        with open(record.file, "rb") as handle:
            data = handle.read()
    except (OSError, ValueError):
        return None
    return data if sha256(data).hexdigest() == record.sha256 else None
