"""What a corpus shows when it is looked at as a whole: documents in several files, near-duplicates, what was not found.

In: an open database and a run. Out: rows of ids, titles and paths. Touches: reads the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePath

from policyparse.corpus.database import Database
from policyparse.corpus.versions import CURRENT

#: The numbers of the files that a run has settled, whatever later runs found.
_NUMBERS = (
    "SELECT number FROM imports WHERE run = :run AND number > 0 "
    "UNION SELECT number FROM imports_before WHERE run = :run AND number > 0"
)
_PATHS = "SELECT path FROM imports WHERE run = :run UNION SELECT path FROM imports_before WHERE run = :run"
#: The documents that came with these files; a file's documents stand in the corpus by its number.
_OF_RUN = (
    f"SELECT d.seq FROM ({_NUMBERS}) f JOIN documents d "
    f"ON d.seq BETWEEN f.number << 20 AND (f.number << 20) + 1048575 WHERE d.{CURRENT}"
)
#: Where a document d was found; one file of several.
_FIRST_PATH = "(SELECT min(f.path) FROM found_in s JOIN files f ON f.number = s.file WHERE s.document = d.seq)"


@dataclass(frozen=True, slots=True)
class InFile:
    """A file that a document was found in; `siblings`: the other documents that the file has."""

    path: str
    part: int
    sha256: str | bytes
    format: str | None
    siblings: int


class Findings:
    """Looks over the documents of an open database."""

    def __init__(self, database: Database) -> None:
        self._db = database.rows

    def in_several_files(self, run: int) -> Iterator[tuple[str, str, list[InFile]]]:
        """Documents (id, title) that several files have, one of them of this run; first the file that is kept."""
        rows = self._db.execute(
            "SELECT d.id AS document, d.title, f.path, s.part, f.sha256, i.format, "
            "(SELECT count(DISTINCT o.document) FROM found_in o WHERE o.file = s.file) - 1 AS siblings "
            "FROM found_in s JOIN documents d ON d.seq = s.document JOIN files f ON f.number = s.file "
            "LEFT JOIN imports i ON i.path = f.path WHERE s.document IN ("
            "SELECT document FROM found_in GROUP BY document HAVING count(DISTINCT file) > 1 INTERSECT "
            f"SELECT * FROM (SELECT s.document FROM ({_PATHS}) p JOIN files f ON f.path = p.path "
            f"JOIN found_in s ON s.file = f.number UNION {_OF_RUN})) "
            "ORDER BY d.seq, coalesce(i.number, 0), f.path, s.part",
            {"run": run},
        )
        for (document, title), group in groupby(rows, key=lambda row: (row["document"], row["title"])):
            files: dict[str, InFile] = {}
            for row in group:
                format = row["format"] or PurePath(row["path"]).suffix.lower().lstrip(".") or None
                found = InFile(row["path"], row["part"], row["sha256"], format, row["siblings"])
                files.setdefault(found.path, found)
            yield document, title, list(files.values())

    def families(self, run: int) -> Iterator[list[tuple[str, str, str | None, str]]]:
        """Groups of near-duplicates (id, title, date, path), one of them of this run."""
        rows = self._db.execute(
            f"SELECT d.family, d.id, d.title, d.date, {_FIRST_PATH} AS path FROM documents d WHERE d.family IN ("
            f"SELECT family FROM documents WHERE {CURRENT} GROUP BY family HAVING count(*) > 1) AND d.{CURRENT} "
            f"AND d.family IN (SELECT family FROM documents WHERE seq IN ({_OF_RUN})) ORDER BY d.family, d.seq",
            {"run": run},
        )
        for _, group in groupby(rows, key=lambda row: row["family"]):
            yield [(row["id"], row["title"], row["date"], row["path"] or "") for row in group]

    def gaps(self, run: int) -> Iterator[tuple[str, str, str, list[str]]]:
        """Documents of the run (id, title, path) with what could not be found: date, issuer, structure."""
        rows = self._db.execute(
            f"SELECT d.id, d.title, d.date, d.issuers, {_FIRST_PATH} AS path, "
            "EXISTS (SELECT 1 FROM texts t WHERE t.number BETWEEN d.first AND d.first + d.passages - 1 "
            "AND t.section IS NOT NULL) AS sections "
            f"FROM documents d WHERE d.seq IN ({_OF_RUN}) ORDER BY path, d.seq",
            {"run": run},
        )
        for row in rows:
            missing = [
                name
                for name, found in (
                    ("date", row["date"]),
                    ("issuer", json.loads(row["issuers"])),
                    ("structure", row["sections"]),
                )
                if not found
            ]
            if missing:
                yield row["id"], row["title"], row["path"] or "", missing
