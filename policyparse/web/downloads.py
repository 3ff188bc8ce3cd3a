"""Files to take away.

In: rows, or bytes. Out: a response that a browser saves and never shows. Touches: a temporary file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.responses import Response

from policyparse.export import Sheet, write_table
from policyparse.export.tables import Value
from policyparse.web.language import labels

#: Format → media type.
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "jsonl": "application/x-ndjson",
    "md": "text/markdown; charset=utf-8",
    "svg": "image/svg+xml",
    "ics": "text/calendar; charset=utf-8",
    "graphml": "application/xml",
    "json": "application/json",
}


def file_response(
    title: str,
    format: str,
    columns: Mapping[str, int],
    heads: Mapping[str, str],
    rows: Iterable[Mapping[str, Value]],
    language: str,
    more: Sequence[Sheet] = (),
) -> Response:
    """One table as a .csv, .xlsx, .docx, .jsonl or .md file, with labels for codes (a .jsonl keeps the codes).

    more: further sheets of a workbook: where each row comes from. Raises HTTPException 404 for another format.
    """
    if format not in ("csv", "xlsx", "docx", "jsonl", "md"):
        raise HTTPException(404)
    if format != "jsonl":
        rows = [{name: _worded(name, value, language) for name, value in row.items()} for row in rows]
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{format}"
        write_table(title, columns, heads, rows, path, more)
        return saved(path.read_bytes(), f"{title}.{format}", TYPES[format])


def _worded(column: str, value: Value, language: str) -> Value:
    words = labels(column, value, language)
    return value if words is None else "；".join(words)


def saved(data: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """`data` as a file called `name` (RFC 6266, 5: a name in UTF-8)."""
    plain = "".join(sign for sign in name if sign not in '\r\n"\\/' and sign.isprintable())[-150:] or "file"
    disposition = f"attachment; filename*=UTF-8''{quote(plain, safe='')}"
    return Response(data, media_type=media_type, headers={"content-disposition": disposition})
