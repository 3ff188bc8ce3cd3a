"""What an import would read, before it reads anything.

In: sources, and the corpus directory (which need not be there). Out: Plan. Touches: reads folders and the corpus' records.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from policyparse.batch.files import find_files, printable
from policyparse.batch.looking import stands
from policyparse.batch.report import Row
from policyparse.corpus import Corpus


@dataclass(frozen=True, slots=True)
class Plan:
    """files, bytes: to be read; known: unchanged, so that what an earlier import found of them stands; the rest as rows
    with numbers of files.

    formats:     by the ending of the name (what a file is shows only when it is read)
    passed_over: by code, with a reason and an example
    """

    files: int
    bytes: int
    known: int
    formats: list[Row]
    folders: list[Row]
    passed_over: list[Row]


def plan(sources: Sequence[Path | str], directory: Path, again: bool = False) -> Plan:
    """Looks at the sources as `import_files` would, by name, size and time only. `again`: as there."""
    formats: Counter[str] = Counter()
    folders: Counter[str] = Counter()
    sizes: Counter[tuple[str, str]] = Counter()
    passed: dict[str, Row] = {}
    known = 0
    with ExitStack() as stack:
        corpus = None
        if (directory / "corpus.json").exists():
            corpus = stack.enter_context(Corpus.open(directory))
        for found in find_files([os.path.abspath(source) for source in sources], directory.resolve()):
            path = printable(found.path)
            if found.code is not None:
                row = passed.setdefault(
                    found.code, {"code": found.code, "files": 0, "reason": found.reason, "path": path}
                )
                row["files"] = int(row["files"] or 0) + 1
                continue
            before = corpus.imports.of(path) if corpus and not again else None
            unchanged = before is not None and (before.size, before.stamp) == (found.size, found.stamp)
            if corpus and before and unchanged and stands(corpus, before):
                known += 1
                continue
            format, folder = found.path.suffix.lower().lstrip(".") or "?", os.path.dirname(path)
            formats[format] += 1
            folders[folder] += 1
            sizes["format", format] += found.size
            sizes["folder", folder] += found.size

    def table(name: str, numbers: Counter[str]) -> list[Row]:
        return [
            {name: key, "files": numbers[key], "megabytes": round(sizes[name, key] / 1e6, 2)} for key in sorted(numbers)
        ]

    total = sum(size for (name, _), size in sizes.items() if name == "format")
    return Plan(
        sum(formats.values()), total, known, table("format", formats), table("folder", folders), list(passed.values())
    )
