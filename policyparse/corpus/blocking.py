"""The step that put the words of passages into blocks: half the room of the store.

In: an open SQLite connection before the step. Out: the same after it. Touches: the database.

Passages keep their numbers, so that the index stays as it is. Bodies are packed anew, with a checksum each.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from policyparse.corpus.packing import pack, unpack
from policyparse.corpus.passages import Passage
from policyparse.corpus.texts import INSERT_TEXT, INSERT_WORDS, KINDS, given_id, headings, text_rows, word_rows

#: What has to go before the old table can be renamed.
_BEFORE = """
    DROP VIEW tags;
    DROP VIEW clauses;
    DROP VIEW passages;
    DROP INDEX texts_fold;
    ALTER TABLE texts RENAME TO old_texts;
"""

_TABLES = """
    CREATE TABLE texts (                 -- what search finds: clauses, and the lines that are none (titles, headings)
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        nth INTEGER NOT NULL,            -- how many of its document stand before it: the first is documents.first
        clause, section,                 -- 7 for c7, 3 for s3
        what INTEGER NOT NULL,           -- 0 clause, 1 heading, 2 line, 3 title
        start INTEGER NOT NULL, size INTEGER NOT NULL,
        path,                            -- the headings above it, U+001F between them; nth of a passage with the same
        lead INTEGER NOT NULL,           -- how many characters of it are the last of them; that one is not in path
        tags,                            -- 10,001 times the code and the score in ten-thousandths: 21 bits a tag, or a list
        fold INTEGER NOT NULL            -- the same for passages of the same words: copies are shown once
    );
    CREATE INDEX texts_fold ON texts (fold);
    CREATE TABLE words (                 -- the words of passages from this number on: blocks.py
        number INTEGER PRIMARY KEY, data BLOB NOT NULL
    );
"""

#: Any program can read the views but `words_of`: that needs the function `words_in` of blocks.py, which the connections of
#: database.py have, and a program in Python can give to its own (sqlite3's create_function).
_VIEWS = """
    CREATE VIEW passages AS
        SELECT t.number AS seq, d.id AS document,
               CASE typeof(t.clause) WHEN 'integer' THEN 'c' || t.clause ELSE t.clause END AS clause,
               CASE t.what WHEN 0 THEN 'clause' WHEN 1 THEN 'heading' WHEN 2 THEN 'line' ELSE 'title' END AS what,
               CASE typeof(t.section) WHEN 'integer' THEN 's' || t.section ELSE t.section END AS section,
               t.start, t.start + t.size AS "end", t.fold
        FROM texts t JOIN documents d ON d.first = t.number - t.nth;
    CREATE VIEW clauses AS
        SELECT document || '#' || clause AS id, document, clause, section, start, "end", seq
        FROM passages WHERE what = 'clause';
    CREATE VIEW words_of AS              -- seq: of a passage
        SELECT seq, text, CASE lead WHEN 0 THEN replace(above, char(31), ' › ')
                   ELSE coalesce(replace(above, char(31), ' › ') || ' › ', '') || substr(text, 1, lead) END AS path
        FROM (SELECT t.number AS seq, t.lead, words_in(w.data, t.number - w.number) AS text,
                  CASE typeof(t.path) WHEN 'integer'
                      THEN (SELECT o.path FROM texts o WHERE o.number = t.number - t.nth + t.path)
                      ELSE t.path END AS above
              FROM texts t JOIN words w ON w.number = (SELECT max(number) FROM words WHERE number <= t.number));
    CREATE VIEW tags AS                  -- as corrected
        SELECT m.document, m.clause, c.tag, m.value % 10001 / 10000.0 AS score, m.rank
        FROM (SELECT d.id AS document,
                  CASE typeof(t.clause) WHEN 'integer' THEN 'c' || t.clause ELSE t.clause END AS clause,
                  CASE typeof(t.tags) WHEN 'integer' THEN (t.tags >> 21 * r.rank) & 2097151
                      ELSE json_extract('[' || t.tags || ']', '$[' || r.rank || ']') END AS value,
                  r.rank AS rank
              FROM texts t JOIN documents d ON d.first = t.number - t.nth
              JOIN (SELECT 0 AS rank UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
                    UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9 UNION SELECT 10 UNION SELECT 11
                    UNION SELECT 12 UNION SELECT 13 UNION SELECT 14 UNION SELECT 15 UNION SELECT 16 UNION SELECT 17
                    UNION SELECT 18 UNION SELECT 19) r
              WHERE t.what = 0 AND t.tags IS NOT NULL) m
        JOIN tag_codes c ON c.code = m.value / 10001
        WHERE m.value > 0;
"""


def block(connection: sqlite3.Connection) -> None:
    """Does the step."""
    _run(connection, _BEFORE)
    _run(connection, _TABLES)
    names = dict(connection.execute("SELECT code, tag FROM tag_codes").fetchall())
    codes = {tag: code for code, tag in names.items()}
    documents = connection.execute("SELECT seq, coalesce(first, 0), passages FROM documents ORDER BY seq").fetchall()
    for seq, first, count in documents:
        parts = list(_old(connection, first, count, names))
        connection.executemany(INSERT_TEXT, text_rows(first, parts, codes))
        connection.executemany(INSERT_WORDS, word_rows(first, parts))
        for (data,) in connection.execute("SELECT data FROM bodies WHERE document = ?", (seq,)).fetchall():
            try:
                document = unpack(data, [part.text for part in parts])
            except ValueError:
                continue  # it stays as it is, and `verify` names it
            packed = pack(document, [(part.start, part.end) for part in parts] if parts else None)
            connection.execute("UPDATE bodies SET data = ? WHERE document = ?", (packed, seq))
    # a number is never given twice, though the passage that had the last one be gone
    last = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'old_texts'").fetchone()
    connection.execute("DELETE FROM sqlite_sequence WHERE name = 'texts'")
    connection.execute("INSERT INTO sqlite_sequence VALUES ('texts', ?)", (last[0] if last else 0,))
    connection.execute("DROP TABLE old_texts")
    _run(connection, _VIEWS)


def _old(connection: sqlite3.Connection, first: int, count: int, names: dict[int, str]) -> Iterator[Passage]:
    """The passages of a document as the old table has them."""
    rows = connection.execute(
        "SELECT clause, what, section, start, path, lead, tags, fold, text FROM old_texts "
        "WHERE number BETWEEN ? AND ? ORDER BY number",
        (first, first + count - 1),
    )
    for clause, what, section, start, above, lead, coded, fold, text in rows:
        numbers = [] if coded is None else [int(number) for number in str(coded).split(",")]
        yield Passage(
            given_id(clause, "c"), KINDS[what], given_id(section, "s"), tuple(headings(above, text, lead)), start,
            start + len(text), text, fold, tuple((names[number // 100_000], number % 100_000 / 10_000) for number in numbers),
        )  # fmt: skip


def _run(connection: sqlite3.Connection, script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            connection.execute(statement)
