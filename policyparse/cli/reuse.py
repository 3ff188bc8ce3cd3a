"""The command reuse: who copied whom.

In: a corpus. Out: tables of pairs and passages; a workbook, CSV, GraphML, a picture. Touches: through reuse and export.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

import click

from policyparse import export
from policyparse.cli.messages import CHINESE, Command, say
from policyparse.cli.options import corpus_option, json_option, vocab_option, vocabulary
from policyparse.cli.tables import counted, in_terminal, show_table
from policyparse.compare.copying import REUSE_TABLES, ReuseTable, clauses_of
from policyparse.compare.rows import Row
from policyparse.compare.sources import COLUMNS, HEADS, TITLE, sources
from policyparse.corpus import Corpus
from policyparse.export.graph import picture, write_graphml
from policyparse.reuse import Facts, Pair, Reuse, reuse

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

#: A pipe and a file have all columns; a terminal has room for these.
_IN_TERMINAL = {
    "pairs": ("number", "from_place", "from_date", "arrow", "to_place", "to_date", "passages", "shared", "to_share",
              "sure", "why"),
    "passages": ("pair", "shared", "from_clause", "from_text", "to_clause", "to_text"),
    "folded": ("title", "place", "date", "copies", "files"),
    "boilerplate": ("text", "families", "clause"),
}  # fmt: skip


def _file(name: str, english: str, chinese: str) -> Callable[[_Decorated], _Decorated]:
    return click.option(
        name, type=click.Path(path_type=Path, dir_okay=False), metavar=say("FILE", "文件"), help=say(english, chinese)
    )


@click.command(
    "reuse",
    cls=Command,
    short_help=say("Who copied whom.", "谁抄了谁。"),
    help=say(
        "Find the passages that documents of the corpus have from each other, and who had them first: from dates, years "
        "spoken of, citations, names left over. Copies of one document are folded; what everyone uses is set aside, "
        "and both are said.",
        "找出语料库中各文件相互沿用的段落，并判断先后：依据成文日期、文中所说的年份、引用、留下的地名。"
        "同一文件的多份只算一份，人人都用的套话放在一边，两者都有交代。",
    ),
    examples=[
        ("policyparse reuse --corpus pilots", say("all pairs of documents", "全部文件对")),
        ("policyparse reuse --between d9f6 d184", say("two documents, with their passages", "两份文件及其共用段落")),
        ("policyparse reuse --xlsx reuse.xlsx --picture reuse.svg", say("a workbook and a picture", "工作簿和图")),
        ("policyparse reuse --graphml reuse.graphml", say("a network for Gephi", "供 Gephi 用的网络")),
    ],
)
@corpus_option
@click.option(
    "--between", nargs=2, metavar=say("A B", "甲 乙"), help=say("Two documents, by their ids.", "两份文件的编号。")
)
@click.option("--passages", is_flag=True, help=say("The passages too, each with both clauses.", "连同各段原文。"))
@_file("--csv", "Write pairs to FILE and passages beside it.", "文件对写到此 CSV，段落写在旁边。")
@_file("--xlsx", "Write a workbook: pairs, passages, where they stand.", "写成工作簿：文件对、段落、出处。")
@_file("--graphml", "Write the network.", "写成网络文件 GraphML。")
@_file("--picture", "Draw the network (.svg).", "画成图（.svg）。")
@vocab_option
@json_option
def reuse_command(
    directory: Path, between: tuple[str, str] | None, passages: bool, csv: Path | None, xlsx: Path | None,
    graphml: Path | None, picture: Path | None, vocab: Path | None, as_json: bool,
) -> int:  # fmt: skip
    with Corpus.open(directory, vocabulary=vocabulary(vocab)) as corpus:
        found = reuse(corpus, between=between)
        written = _written(found, corpus, csv, xlsx, graphml, picture)
    for path in written:
        click.echo(str(path))
    if as_json:
        click.echo(json.dumps(_json(found), ensure_ascii=False))
    elif not written:
        _shown(found, passages or bool(between))
    return 0


def _written(
    found: Reuse, corpus: Corpus, csv: Path | None, xlsx: Path | None, graphml: Path | None, drawn: Path | None
) -> list[Path]:
    written: list[Path] = []
    if csv is not None:
        beside = csv.with_name(f"{csv.stem}-passages{csv.suffix}")
        for name, path in (("pairs", csv), ("passages", beside)):
            table = REUSE_TABLES[name]
            export.write_table(table.title, table.columns, table.heads, table.rows(found, CHINESE), path)
            written.append(path)
    if xlsx is not None:
        export.write_book(_sheets(found, corpus), xlsx)
        written.append(xlsx)
    if graphml is not None:
        write_graphml(found, graphml)
        written.append(graphml)
    if drawn is not None:
        picture(found, CHINESE).write(drawn)
        written.append(drawn)
    return written


def _sheets(found: Reuse, corpus: Corpus) -> list[export.Sheet]:
    """Every table that has rows, and where the passages stand."""
    sheets = []
    for table in REUSE_TABLES.values():
        rows = table.rows(found, CHINESE)
        if rows or table.rows is REUSE_TABLES["pairs"].rows:
            sheets.append(export.Sheet(table.title, table.columns, table.heads, rows))
    rows = REUSE_TABLES["passages"].rows(found, CHINESE)
    if rows:
        table = REUSE_TABLES["passages"]
        sheets[1] = export.Sheet(table.title, table.columns, table.heads, _marked(found, rows))
    documents = corpus.documents(list(dict.fromkeys(name.partition("#")[0] for name in clauses_of(rows))))
    where = sources(documents, rows, ("from_clause", "to_clause"))
    return [*sheets, export.Sheet(TITLE, COLUMNS, HEADS, where)]


def _marked(found: Reuse, rows: Sequence[Row]) -> list[dict[str, export.Value]]:
    """The passages' rows with what is not word for word the same in red."""
    passages = [passage for pair in found.pairs for passage in pair.passages]
    marked: list[dict[str, export.Value]] = []
    for row, passage in zip(rows, passages, strict=True):
        one = _changed(passage.from_start, passage.from_end, [run[:2] for run in passage.runs])
        other = _changed(passage.to_start, passage.to_end, [run[2:] for run in passage.runs])
        texts = {"from_text": export.Marked(passage.from_text, one), "to_text": export.Marked(passage.to_text, other)}
        marked.append({**row, **texts})
    return marked


def _changed(start: int, end: int, runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """What no run covers of the span, counted from its start."""
    edges = [(start, start), *runs, (end, end)]
    return [(a - start, b - start) for (_, a), (b, _) in pairwise(edges) if b > a]


def _shown(found: Reuse, passages: bool) -> None:
    for name, table in REUSE_TABLES.items():
        if name == "boilerplate" and not passages:
            continue
        rows = table.rows(found, CHINESE)
        if name == "passages" and not passages:
            continue
        show_table(_title(name, table, len(rows)), *_cells(name, table, rows), wide=_wide(name))
    click.echo(_summary(found), err=not in_terminal())


def _title(name: str, table: ReuseTable, number: int) -> str:
    english = {
        "pairs": "Who copied whom", "passages": "Passages", "folded": "Copies, folded", "boilerplate": "Set aside",
    }  # fmt: skip
    return f"{say(english[name], table.title)} ({number})"


def _cells(name: str, table: ReuseTable, rows: list[Row]) -> tuple[list[str], list[list[str]]]:  # fmt: skip
    columns = list(_IN_TERMINAL[name] if in_terminal() else table.columns)
    heads = [table.heads[column].strip() if CHINESE else column for column in columns]
    return heads, [[_cell(column, row.get(column)) for column in columns] for row in rows]


def _cell(column: str, value: object) -> str:
    text = "" if value is None else str(value)
    if in_terminal():
        if column.endswith("place"):
            return " ".join(text.split("/")[-2:])
        if column.endswith("clause"):
            document, mark, clause = text.partition("#")
            return document[:9] + mark + clause
    return text


def _wide(name: str) -> list[str]:
    columns = {"pairs": ["why"], "passages": ["from_text", "to_text"], "folded": ["title"], "boilerplate": ["text"]}[
        name
    ]
    return [REUSE_TABLES[name].heads[column] if CHINESE else column for column in columns]


def _summary(found: Reuse) -> str:
    return say(
        f"{counted(found.documents, 'document', '')}, {counted(found.clauses, 'clause', '')} looked at: "
        f"{counted(len(found.pairs), 'pair', '')}; documents in several copies, folded: {len(found.folded)}; "
        f"phrases that everyone uses, set aside: {len(found.boilerplate)}",
        f"共查 {found.documents:,} 份文件、{found.clauses:,} 条：{len(found.pairs):,} 对；"
        f"有重复而合并的文件 {len(found.folded)} 份；放在一边的套话 {len(found.boilerplate)} 句",
    )


def _json(found: Reuse) -> dict[str, object]:
    return {
        "documents": found.documents,
        "clauses": found.clauses,
        "pairs": [_pair(each) for each in found.pairs],
        "folded": [[_facts(each) for each in family] for family in found.folded],
        "boilerplate": [asdict(each) for each in found.boilerplate],
    }


def _pair(each: Pair) -> dict[str, object]:
    return {
        "from": _facts(each.source), "to": _facts(each.taker), "shared": each.shared, "from_share": each.from_share,
        "to_share": each.to_share, "first_hand": each.first_hand, "only_two": each.only_two, "set_aside": each.common,
        "direction": "known" if each.direction.forward is not None else "unknown", "sure": each.direction.sure,
        "evidence": [
            {"reason": one.reason, "for": one.forward == each.direction.forward, "words": one.words}
            for one in each.direction.evidence
        ],
        "passages": [asdict(passage) for passage in each.passages],
    }  # fmt: skip


def _facts(each: Facts) -> dict[str, object]:
    return {
        "id": each.id, "title": each.title, "place": each.place, "date": each.date, "written": asdict(each.dated),
        "files": list(each.files),
    }  # fmt: skip
