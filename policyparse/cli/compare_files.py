"""Two or more documents side by side, as a file: what answers what, what was changed, what only one has.

In: Comparisons. Out: a table in a .xlsx, .docx, .md, .csv or .jsonl file. Touches: through export.

In a workbook what was changed is red; in the other formats it stands in 【】, as in a pipe.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from policyparse import compare as engine
from policyparse import export
from policyparse.compare.rows import headings
from policyparse.compare.sources import COLUMNS, HEADS, TITLE, sources
from policyparse.model import Clause, Document
from policyparse.vocabulary import shipped

_TITLE = "条款对照"
_COLUMNS = {
    "what": 10, "similarity": 8, "one_clause": 23, "one_headings": 24, "one_text": 60, "other_text": 60,
    "other_headings": 24, "other_clause": 23, "other_document": 30,
}  # fmt: skip
_HEADS = {
    "what": "情况", "similarity": "相似度", "one_clause": "甲条款", "one_headings": "甲所在标题", "one_text": "甲原文",
    "other_text": "乙原文", "other_headings": "乙所在标题", "other_clause": "乙条款", "other_document": "乙文件",
}  # fmt: skip


def write_comparison(documents: Sequence[Document], output: Path) -> None:
    """Writes the first document beside each other one, clause by clause, in the order of the first."""
    rich = output.suffix.lower() == ".xlsx"
    rows = [row for other in documents[1:] for row in _rows(engine.compare(documents[0], other), rich)]
    if not rich:
        export.write_table(_TITLE, _COLUMNS, _HEADS, rows, output)
        return
    where = export.Sheet(TITLE, COLUMNS, HEADS, sources(documents, rows, ("one_clause", "other_clause")))
    changed = export.Sheet(_TITLE, _COLUMNS, _HEADS, rows)
    export.write_book([changed, _by_tag(documents), _by_section(documents), where], output)


def _rows(found: engine.Comparison, rich: bool) -> list[export.Row]:
    """Pairs and what only the one has, in its order; then what only the other has."""
    one, other = found.one, found.other
    answers = {pair.one.id: pair for pair in found.pairs}
    rows: list[export.Row] = []
    for clause in one.clauses:
        pair = answers.get(clause.id)
        if pair is None:
            rows.append({"what": "仅甲有", **_side("one", one, clause), "other_document": other.title})
            continue
        rows.append({
            "what": "相同" if pair.similarity == 1 and len(pair.changes) == 1 else "对应", "similarity": pair.similarity,
            **_side("one", one, pair.one), **_side("other", other, pair.other), "other_document": other.title,
            "one_text": _text(pair.changes, True, rich), "other_text": _text(pair.changes, False, rich),
        })  # fmt: skip
    for clause in found.only_other:
        rows.append({"what": "仅乙有", **_side("other", other, clause), "other_document": other.title})
    return rows


def _side(name: str, document: Document, clause: Clause) -> export.Row:
    return {
        f"{name}_clause": f"{document.id}#{clause.id}", f"{name}_headings": headings(document, clause),
        f"{name}_text": clause.text,
    }  # fmt: skip


def _text(changes: Sequence[engine.Change], one: bool, rich: bool) -> str:
    """One side of the changes, marked."""
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for change in changes:
        piece = change.one if one else change.other
        if change.kind != "equal" and piece:
            spans.append((at, at + len(piece)))
            piece = piece if rich else f"【{piece}】"
        pieces.append(piece)
        at += len(piece)
    return export.Marked("".join(pieces), spans) if rich else "".join(pieces)


def _by_tag(documents: Sequence[Document]) -> export.Sheet:
    names = {row["value"]: row["zh"] for row in shipped().table("labels") if row["field"] == "tag"}
    rows: list[export.Row] = [
        {"tag": names.get(tag, tag), **{
            each.id: "\n".join(f"{clause.id} {clause.text}" for clause in cell)
            for each, cell in zip(documents, cells, strict=True)
        }}
        for tag, cells in engine.by_tag(documents).items()
    ]  # fmt: skip
    return export.Sheet(
        "按标签", {"tag": 12, **{each.id: 60 for each in documents}}, _heads(documents, "tag", "标签"), rows
    )


def _by_section(documents: Sequence[Document]) -> export.Sheet:
    rows: list[export.Row] = [
        {"row": number, **{
            each.id: section.label + section.title if section else None
            for each, section in zip(documents, sections, strict=True)
        }}
        for number, sections in enumerate(engine.by_section(documents), 1)
    ]  # fmt: skip
    return export.Sheet(
        "按章节", {"row": 6, **{each.id: 40 for each in documents}}, _heads(documents, "row", "行"), rows
    )


def _heads(documents: Sequence[Document], first: str, head: str) -> dict[str, str]:
    return {first: head, **{each.id: f"{each.title}（{each.id}）" for each in documents}}
