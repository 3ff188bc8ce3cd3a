"""Trains the dictionaries with which a corpus packs documents: words.zdict and bodies.zdict of policyparse/corpus.

    python corpora/build_dictionary.py FOLDER

words.zdict from the clauses and samples of this folder, which were all written for the project; bodies.zdict from what the
program makes of them. The two are part of the store's format: what was packed with one can be opened with no other, so a
new one comes with a migration, under a new name.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import zstandard

from policyparse import parse
from policyparse.corpus.packing import laid_out
from policyparse.corpus.passages import passages
from policyparse.model import Document

HERE = Path(__file__).parent


def texts() -> list[str]:
    found = []
    for path in sorted((HERE / "clauses").glob("*.jsonl")):
        found += [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    for path in sorted((HERE / "samples").glob("*.txt")):
        try:
            found.append(path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:  # one is in GB 18030, one in UTF-16
            continue
    return found


def documents() -> Iterator[Document]:
    """The samples, and documents made of the clauses of one source."""
    for path in sorted((HERE / "samples").iterdir()):
        yield from parse(path)
    sources: dict[str, list[str]] = {}
    for path in sorted((HERE / "clauses").glob("*.jsonl")):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            lines = sources.setdefault(row.get("document") or path.name, ["关于做好有关工作的通知"])
            heading = (row.get("headings") or [""])[-1]
            lines += [heading] * (heading not in ("", *lines[-20:])) + [row["text"]]
    for name, lines in sources.items():
        if len(lines) > 4:
            yield from parse(f"{name}.txt", "\n".join(lines[:80]).encode())


def trained(texts: Iterable[bytes], size: int, piece: int) -> bytes:
    pieces: list[bytes | bytearray | memoryview] = [
        text[at : at + piece] for text in texts for at in range(0, len(text), piece)
    ]
    return zstandard.train_dictionary(size, pieces, level=19).as_bytes()


def main() -> None:
    folder = Path(sys.argv[1])
    (folder / "words.zdict").write_bytes(trained(["\n".join(texts()).encode("utf-16-le")], 65_536, 1_200))
    bodies = (laid_out(each, [(part.start, part.end) for part in passages(each)])[0] for each in documents())
    (folder / "bodies.zdict").write_bytes(trained(bodies, 32_768, 2_000))


if __name__ == "__main__":
    main()
