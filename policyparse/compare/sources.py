"""Where each figure of a table comes from: document, source file, clause, offsets.

In: rows that name their clauses, the documents. Out: a row of its own for each of them. Touches: nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from policyparse.compare.rows import Row
from policyparse.model import Document

#: The sheet's name, its columns with their widths, and what stands over them.
TITLE = "来源"
COLUMNS = {
    "row": 7, "clause": 23, "document_title": 40, "doc_number": 18, "date": 11, "file": 50, "part": 6, "page": 6,
    "paragraph": 8, "table": 6, "table_row": 6, "start": 8, "end": 8, "source_start": 8, "source_end": 8, "clause_text": 80,
}  # fmt: skip
HEADS = {
    "row": "表中行号", "clause": "条款", "document_title": "文件", "doc_number": "文号", "date": "日期", "file": "源文件",
    "part": "第几篇", "page": "页", "paragraph": "段", "table": "表", "table_row": "表行", "start": "起", "end": "止",
    "source_start": "源文起", "source_end": "源文止", "clause_text": "条款原文",
}  # fmt: skip


def sources(
    documents: Iterable[Document],
    rows: Sequence[Mapping[str, object]],
    names: Sequence[str] = ("clause",),
    first: int = 2,
) -> list[Row]:
    """For each row (from the sheet's row `first` on) and each of its clauses in the columns `names`, where it stands.

    start, end: the clause in the document's text; page, paragraph, table, table_row, source_start, source_end: in the
    source file, as far as its format has them (see `Origin`).
    """
    known = {document.id: document for document in documents}
    clauses = {f"{each.id}#{clause.id}": clause for each in known.values() for clause in each.clauses}
    found: list[Row] = []
    for number, row in enumerate(rows, first):
        for name in names:
            identity = str(row.get(name) or "")
            document = known.get(identity.partition("#")[0])
            if document is None:
                continue
            clause = clauses.get(identity)
            origin = clause.origin if clause else None
            found.append({
                "row": number, "clause": identity, "document_title": document.title, "doc_number": document.doc_number,
                "date": document.date, "file": document.source.path, "part": document.source.part,
                "page": origin.page if origin else None, "paragraph": origin.paragraph if origin else None,
                "table": origin.table if origin else None, "table_row": origin.row if origin else None,
                "start": clause.start if clause else 0, "end": clause.end if clause else len(document.text),
                "source_start": origin.start if origin else None, "source_end": origin.end if origin else None,
                "clause_text": clause.text if clause else None,
            })  # fmt: skip
    return found


def table_sources(documents: Sequence[Document], columns: Iterable[str], rows: Sequence[Row]) -> list[Row]:
    """The same for a pilot table: by its column of clauses, or by the clauses that its cells name in brackets."""
    if "clause" in columns:
        return sources(documents, rows)
    found: list[Row] = []
    for number, row in enumerate(rows, 2):
        lines = [line for value in row.values() if isinstance(value, str) for line in value.split("\n")]
        clauses: list[Row] = [{"clause": line.rpartition("[")[2].rstrip("]")} for line in lines if line.endswith("]")]
        found += [{**where, "row": number} for where in sources(documents, clauses)]
    return found
