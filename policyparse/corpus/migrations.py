"""How the corpus database came to its present shape: named steps, each recorded in the database.

In: an open SQLite connection. Out: the same with every step of STEPS done once.
Touches: the database.

A step is never edited after a release; a change is a new step at the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime

Step = Callable[[sqlite3.Connection], None]


def _run(script: str) -> Step:
    """A step that runs the statements of `script` (not executescript: that would commit between them)."""

    def step(connection: sqlite3.Connection) -> None:
        for statement in script.split(";\n"):
            if statement.strip():
                connection.execute(statement)

    return step


documents_passages_imports = _run(
    """
    CREATE TABLE documents (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL, cover_title TEXT, kind TEXT NOT NULL, doc_number TEXT,
        issuers TEXT NOT NULL,           -- JSON list
        date TEXT, place TEXT, level TEXT, masked INTEGER NOT NULL,
        family INTEGER NOT NULL,         -- seq of the first of its near-duplicates, its own if it has none
        indexed INTEGER NOT NULL DEFAULT 0,  -- the index that has it: state.index, else behind
        json TEXT NOT NULL               -- the whole document, as the contract has it
    );
    CREATE INDEX documents_family ON documents (family);
    CREATE INDEX documents_indexed ON documents (indexed);
    CREATE TABLE sources (               -- every file that a document was found in
        document TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, part INTEGER NOT NULL,
        PRIMARY KEY (document, path, part)
    ) WITHOUT ROWID;
    CREATE INDEX sources_path ON sources (path);
    CREATE TABLE passages (              -- what search finds: clauses, and the lines that are none (titles, headings)
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        document TEXT NOT NULL, clause TEXT, what TEXT NOT NULL,
        section TEXT, path TEXT NOT NULL,    -- path: JSON list of the headings above it
        start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL,
        tags TEXT NOT NULL,              -- JSON list of [tag, score]
        fold INTEGER NOT NULL            -- the same for clauses of the same words: copies are shown once
    );
    CREATE INDEX passages_document ON passages (document);
    CREATE INDEX passages_fold ON passages (fold);
    CREATE TABLE removed (               -- documents that are gone, but perhaps not from the index
        id TEXT PRIMARY KEY
    ) WITHOUT ROWID;
    CREATE TABLE names (                 -- institutions as printed, and in full
        text TEXT NOT NULL, canonical TEXT NOT NULL, PRIMARY KEY (text, canonical)
    ) WITHOUT ROWID;
    CREATE TABLE imports (               -- every file that an import has seen
        path TEXT PRIMARY KEY, sha256 TEXT, status TEXT NOT NULL,
        code TEXT, reason TEXT, remedy TEXT,
        documents INTEGER NOT NULL DEFAULT 0, seconds REAL, finished TEXT
    ) WITHOUT ROWID;
    CREATE INDEX imports_sha256 ON imports (sha256);
    CREATE TABLE state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    INSERT INTO state VALUES ('index', '1');
    """
)


def _mentions(table: str, columns: str) -> str:
    """A view that shows a list of the documents' JSON as rows, each with its clause."""
    picked = ", ".join(f"json_extract(m.value, '$.{column}') AS \"{column}\"" for column in columns.split())
    return (
        f"CREATE VIEW {table} AS SELECT d.id AS document, {picked}, c.text AS clause_text "
        f"FROM documents d, json_each(d.json, '$.{table}') m "
        "LEFT JOIN passages c ON c.document = d.id AND c.clause = json_extract(m.value, '$.clause');\n"
    )


views_for_other_tools = _run(
    """
    CREATE VIEW clauses AS
        SELECT document || '#' || clause AS id, document, clause, section, path, start, "end", text
        FROM passages WHERE what = 'clause';
    CREATE VIEW tags AS
        SELECT d.id AS document, json_extract(c.value, '$.id') AS clause,
               json_extract(t.value, '$.tag') AS tag, json_extract(t.value, '$.score') AS score, t.key AS rank
        FROM documents d, json_each(d.json, '$.clauses') c, json_each(c.value, '$.tags') t;
    """
    + _mentions("institutions", "clause text canonical start end")
    + _mentions("time_points", "clause text type value start end")
    + _mentions("delegations", "clause item from to mode start end")
    + _mentions("responsibilities", "clause departments role task deadline start end")
    + _mentions("citations", "clause text title doc_number start end")
)

corrections = _run(
    """
    CREATE TABLE corrections (           -- a person's tags and records; they win over the machine's
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        document TEXT NOT NULL, clause TEXT NOT NULL,
        fold INTEGER NOT NULL, nth INTEGER NOT NULL,  -- the clause's words; how many of the same stand before it
        sort TEXT NOT NULL,              -- tags, delegation, responsibility
        subject TEXT NOT NULL,           -- JSON: which record, by its words; null for tags
        value TEXT NOT NULL,             -- JSON: the tags, or the amended fields; null: the record is none
        before TEXT NOT NULL,            -- JSON: what the machine had said
        who TEXT NOT NULL, made TEXT NOT NULL, note TEXT NOT NULL,
        withdrawn INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX corrections_document ON corrections (document);
    DROP VIEW tags;
    CREATE VIEW tags AS                  -- as corrected; the machine's are in documents.json
        SELECT p.document, p.clause, json_extract(t.value, '$[0]') AS tag, json_extract(t.value, '$[1]') AS score,
               t.key AS rank
        FROM passages p, json_each(p.tags) t WHERE p.what = 'clause';
    """
)

runs_versions = _run(
    """
    -- number: the order in which files were first seen (or seen with another content); documents come in it
    -- stamp: when a file was written and changed; one with the same size and stamp is not read again
    -- raw: the path's own bytes, where they are no UTF-8; memory: bytes at the peak of the process that read it
    -- run: the run that wrote this record; vanished: since when the file is no longer in its folder
    ALTER TABLE imports ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE imports ADD COLUMN size INTEGER;
    ALTER TABLE imports ADD COLUMN stamp TEXT;
    ALTER TABLE imports ADD COLUMN raw BLOB;
    ALTER TABLE imports ADD COLUMN format TEXT;
    ALTER TABLE imports ADD COLUMN memory INTEGER;
    ALTER TABLE imports ADD COLUMN run INTEGER;
    ALTER TABLE imports ADD COLUMN vanished TEXT;
    UPDATE imports SET number = n FROM (SELECT path AS p, row_number() OVER (ORDER BY path) AS n FROM imports)
        WHERE path = p;
    CREATE INDEX imports_number ON imports (number);
    CREATE INDEX imports_size ON imports (size);
    CREATE INDEX imports_run ON imports (run);
    CREATE INDEX imports_pending ON imports (number) WHERE status = 'pending';
    CREATE TABLE imports_before (        -- records of earlier runs that a later run has written anew
        path TEXT NOT NULL, run INTEGER NOT NULL, sha256 TEXT, status TEXT NOT NULL,
        code TEXT, reason TEXT, remedy TEXT, documents INTEGER NOT NULL, seconds REAL, finished TEXT,
        number INTEGER NOT NULL, size INTEGER, format TEXT, memory INTEGER,
        PRIMARY KEY (run, path)
    ) WITHOUT ROWID;
    CREATE TABLE runs (                  -- every import that was started
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        began TEXT NOT NULL, ended TEXT, heard TEXT NOT NULL,
        state TEXT NOT NULL,             -- running, done, stopped (by a person or for a reason); killed is found out
        reason TEXT, host TEXT NOT NULL, pid INTEGER NOT NULL,
        sources TEXT NOT NULL, options TEXT NOT NULL,  -- JSON
        counts TEXT NOT NULL             -- JSON: files by what became of them, documents, bytes, seconds, peak memory
    );
    CREATE TABLE versions (              -- documents whose file has changed: kept, and found when asked for
        document TEXT PRIMARY KEY, newer TEXT, path TEXT NOT NULL, since TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX versions_newer ON versions (newer);
    """
)


def _compact_store(connection: sqlite3.Connection) -> None:
    """Documents packed, passages without what follows from them, paths once: a quarter of the room."""
    from policyparse.corpus import compaction

    compaction.compact(connection)


def _words_in_blocks(connection: sqlite3.Connection) -> None:
    """The words of passages packed by the thousand characters, bodies with a checksum."""
    from policyparse.corpus import blocking

    blocking.block(connection)


def _references(connection: sqlite3.Connection) -> None:
    """Tables of who cites whom, filled from the documents that are there."""
    from policyparse.corpus import references

    _run(references.TABLES)(connection)
    references.fill(connection)


codings = _run(
    """
    CREATE TABLE codings (               -- tags of people's own schemes, beside the contract's
        scheme TEXT NOT NULL, document TEXT NOT NULL, clause TEXT NOT NULL,
        fold INTEGER NOT NULL,           -- the clause's words when it was coded
        tags TEXT NOT NULL,              -- JSON list of [tag, score]
        UNIQUE (scheme, document, clause)
    );
    CREATE INDEX codings_document ON codings (document);
    """
)


#: In order; the name is what the database remembers.
STEPS: tuple[tuple[str, Step], ...] = (
    ("documents_passages_imports", documents_passages_imports),
    ("views_for_other_tools", views_for_other_tools),
    ("corrections", corrections),
    ("runs_versions", runs_versions),
    ("compact_store", _compact_store),
    ("codings", codings),
    ("references", _references),
    ("words_in_blocks", _words_in_blocks),
)


def applied(connection: sqlite3.Connection) -> set[str]:
    """The names of the steps that this database has had."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").fetchone()
    return {row[0] for row in connection.execute("SELECT name FROM migrations")} if found else set()


def migrate(connection: sqlite3.Connection) -> list[str]:
    """Does the steps that are missing, all or none, and returns their names."""
    if not [name for name, _ in STEPS if name not in applied(connection)]:
        return []
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied TEXT NOT NULL) WITHOUT ROWID"
        )
        have = applied(connection)
        missing = [(name, step) for name, step in STEPS if name not in have]
        for name, step in missing:
            step(connection)
            connection.execute("INSERT INTO migrations VALUES (?, ?)", (name, datetime.now(UTC).isoformat()))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return [name for name, _ in missing]
