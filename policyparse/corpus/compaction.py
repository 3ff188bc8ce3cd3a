"""The step that made the store small: tables and views as they were then, and old documents moved into them.

In: an open SQLite connection before the step. Out: the same after it. Touches: the database.

What a row of `texts` was then stands here, too: texts.py has since become another (blocking.py is the step).
"""

from __future__ import annotations

import json
import sqlite3

from policyparse.corpus.packing import pack
from policyparse.corpus.passages import Passage, passages
from policyparse.corpus.texts import KINDS, Tags, kept_id
from policyparse.model import Document

_OLD_VIEWS = ["clauses", "tags", "institutions", "time_points", "delegations", "responsibilities", "citations"]

_TABLES = """
    CREATE TABLE bodies (                -- documents but for the texts of their passages: packing.py
        document INTEGER PRIMARY KEY,    -- documents.seq
        data BLOB NOT NULL
    );
    CREATE TABLE texts (                 -- what search finds: clauses, and the lines that are none (titles, headings)
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        nth INTEGER NOT NULL,            -- how many of its document stand before it: the first is documents.first
        clause, section,                 -- 7 for c7, 3 for s3
        what INTEGER NOT NULL,           -- 0 clause, 1 heading, 2 line, 3 title
        start INTEGER NOT NULL,
        path TEXT,                       -- the headings above it, U+001F between them
        lead INTEGER NOT NULL,           -- how many characters of it are the last of them; that one is not in path
        tags,                            -- 100,000 times the code and the score in ten-thousandths, as a number or list
        fold INTEGER NOT NULL,           -- the same for passages of the same words: copies are shown once
        text TEXT NOT NULL
    );
    CREATE INDEX texts_fold ON texts (fold);
    CREATE TABLE tag_codes (code INTEGER PRIMARY KEY, tag TEXT NOT NULL UNIQUE);
    CREATE TABLE files (number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, sha256 NOT NULL);
    CREATE TABLE found_in (              -- every file that a document was found in
        document INTEGER NOT NULL, file INTEGER NOT NULL, part INTEGER NOT NULL,
        PRIMARY KEY (document, file, part)
    ) WITHOUT ROWID;
    CREATE INDEX found_in_file ON found_in (file);
    -- number of its first passage, how many it has, how many of them are clauses
    ALTER TABLE documents ADD COLUMN first INTEGER;
    ALTER TABLE documents ADD COLUMN passages INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE documents ADD COLUMN clauses INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX documents_first ON documents (first);
"""

_VIEWS = """
    CREATE VIEW sources AS
        SELECT d.id AS document, f.path,
               CASE typeof(f.sha256) WHEN 'blob' THEN lower(hex(f.sha256)) ELSE f.sha256 END AS sha256, s.part
        FROM found_in s JOIN documents d ON d.seq = s.document JOIN files f ON f.number = s.file;
    CREATE VIEW passages AS
        SELECT t.number AS seq, d.id AS document,
               CASE typeof(t.clause) WHEN 'integer' THEN 'c' || t.clause ELSE t.clause END AS clause,
               CASE t.what WHEN 0 THEN 'clause' WHEN 1 THEN 'heading' WHEN 2 THEN 'line' ELSE 'title' END AS what,
               CASE typeof(t.section) WHEN 'integer' THEN 's' || t.section ELSE t.section END AS section,
               CASE t.lead WHEN 0 THEN replace(t.path, char(31), ' › ')
                   ELSE coalesce(replace(t.path, char(31), ' › ') || ' › ', '') || substr(t.text, 1, t.lead) END AS path,
               t.path AS above, t.lead,
               t.start, t.start + length(t.text) AS "end", t.text, t.fold, t.tags
        FROM texts t JOIN documents d ON d.first = t.number - t.nth;
    CREATE VIEW clauses AS
        SELECT document || '#' || clause AS id, document, clause, section, path, start, "end", text
        FROM passages WHERE what = 'clause';
    CREATE VIEW tags AS                  -- as corrected
        SELECT p.document, p.clause, c.tag, t.value % 100000 / 10000.0 AS score, t.key AS rank
        FROM passages p, json_each('[' || p.tags || ']') t JOIN tag_codes c ON c.code = t.value / 100000
        WHERE p.what = 'clause';
"""

#: As they were when the step was written; later ones get the next numbers.
_TAGS = (
    "basis", "guidance", "principle", "goal", "delegation", "organization", "personnel", "finance", "land", "service",
    "welfare", "economy", "supervision", "leadership", "responsibility", "schedule", "publicity", "effect", "result",
    "rhetoric",
)  # fmt: skip


_PATH = "\x1f"
_INSERT = (
    "INSERT INTO texts (number, nth, clause, what, section, start, path, lead, tags, fold, text) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _row(first: int, nth: int, part: Passage, tags: Tags) -> tuple[object, ...]:
    """What `_INSERT` is to be given for a document's passage; `first`: the number of the document's first one."""
    path = [heading.replace(_PATH, " ") for heading in part.path]
    lead = len(path[-1]) if path and part.text.startswith(path[-1]) else 0
    numbers = [(_TAGS.index(tag) + 1) * 100_000 + round(score * 10_000) for tag, score in tags]
    return (
        first + nth, nth, kept_id(part.clause, "c"), KINDS.index(part.what), kept_id(part.section, "s"), part.start,
        _PATH.join(path[:-1] if lead else path) or None, lead,
        numbers[0] if len(numbers) == 1 else ",".join(map(str, numbers)) or None, part.fold, part.text,
    )  # fmt: skip


def compact(connection: sqlite3.Connection) -> None:
    """Does the step; documents of before are packed, and are to be indexed anew."""
    for view in _OLD_VIEWS:
        connection.execute(f"DROP VIEW {view}")
    connection.execute("ALTER TABLE passages RENAME TO old_passages")
    connection.execute("ALTER TABLE sources RENAME TO old_sources")
    _run(connection, _TABLES)
    connection.executemany("INSERT INTO tag_codes (tag) VALUES (?)", [(tag,) for tag in _TAGS])
    _move_documents(connection)
    connection.execute("INSERT INTO files (path, sha256) SELECT path, max(sha256) FROM old_sources GROUP BY path")
    connection.execute(
        "INSERT INTO found_in SELECT d.seq, f.number, s.part FROM old_sources s "
        "JOIN documents d ON d.id = s.document JOIN files f ON f.path = s.path"
    )
    connection.execute("DROP TABLE old_passages")
    connection.execute("DROP TABLE old_sources")
    connection.execute("ALTER TABLE documents DROP COLUMN json")
    _run(connection, _VIEWS)


def _run(connection: sqlite3.Connection, script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _move_documents(connection: sqlite3.Connection) -> None:
    number = 0
    seqs = connection.execute("SELECT seq FROM documents ORDER BY seq").fetchall()
    for (seq,) in seqs:
        (whole,) = connection.execute("SELECT json FROM documents WHERE seq = ?", (seq,)).fetchone()
        document = Document.model_validate_json(whole)
        held = {
            row[0]: json.loads(row[1])
            for row in connection.execute("SELECT clause, tags FROM old_passages WHERE document = ?", (document.id,))
        }
        parts = passages(document) if held else []  # an older version has none
        rows = [_row(number + 1, nth, part, held.get(part.clause, part.tags)) for nth, part in enumerate(parts)]
        connection.executemany(_INSERT, rows)
        packed = pack(document, [(part.start, part.end) for part in parts] if parts else None)
        connection.execute("INSERT INTO bodies VALUES (?, ?)", (seq, packed))
        connection.execute(
            "UPDATE documents SET first = ?, passages = ?, clauses = ?, indexed = 0 WHERE seq = ?",
            (number + 1 if parts else None, len(parts), sum(part.what == "clause" for part in parts), seq),
        )
        number += len(parts)
