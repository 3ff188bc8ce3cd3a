"""The command compare: documents side by side, and the tables of the town pilots.

In: ids of documents, or a query that finds them. Out: tables; a file. Touches: through compare and export.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.text import Text

from policyparse import compare as engine
from policyparse import export
from policyparse.cli.messages import CHINESE, Command, say
from policyparse.cli.options import corpus_option, json_option
from policyparse.cli.search import labels
from policyparse.cli.tables import counted, in_terminal, one_line, safe, show_table
from policyparse.corpus import Corpus
from policyparse.model import Clause, Document
from policyparse.passing import PolicyparseError
from policyparse.search import matching_documents


@click.command(
    "compare",
    cls=Command,
    short_help=say("Documents side by side; the pilot tables.", "文件对照；试点各表。"),
    help=say(
        "Compare the documents DOCUMENT…: by tag, by section, and clause by clause with what was changed; the first one "
        "is compared with each other one. With --table, one table across all of them: delegated items, "
        "responsibilities, a timeline, bodies set up and merged, shares of money, or a sheet for coders.",
        "对照文件 DOCUMENT…：按标签、按章节、逐条（标出改动）；以第一份与其余各份对照。"
        "用 --table 则给出跨文件的一张表：items 下放事项目录、responsibilities 责任分工表、timeline 时间节点、"
        "bodies 机构设置、shares 财政条款、coding 编码表。",
    ),
    examples=[
        ("policyparse compare d9f6 d184 --corpus pilots", say("two plans", "对照两份方案")),
        ("policyparse compare --where 'kind:plan level:town' --table items", say("what was delegated where", "各地下放了什么")),
        ("policyparse compare d9f6 d184 --table items --output items.xlsx", say("as an Excel sheet", "存为 Excel")),
    ],
)  # fmt: skip
@click.argument("identities", nargs=-1, metavar="[DOCUMENT]…")
@corpus_option
@click.option("--where", help=say("A query: the documents that have a hit.", "检索式：取有命中的文件。"))
@click.option("--table", type=click.Choice(list(engine.PILOT_TABLES)), help=say("A pilot table.", "试点表。"))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(
        "Write the table to a .csv, .jsonl, .xlsx, .docx or .md file.",
        "把表写到 .csv、.jsonl、.xlsx、.docx 或 .md 文件。",
    ),
)
@json_option
def compare_command(
    identities: tuple[str, ...],
    directory: Path,
    where: str | None,
    table: str | None,
    output: Path | None,
    as_json: bool,
) -> int:
    if output is not None and table is None:
        raise click.UsageError(say("--output needs --table.", "--output 须与 --table 同用。"))
    with Corpus.open(directory) as corpus:
        documents = [corpus.document(identity) for identity in identities]
        if where:
            known = {document.id for document in documents}
            documents += [d for d in corpus.documents(matching_documents(corpus, where)) if d.id not in known]
    if len(documents) < (1 if table else 2):
        raise PolicyparseError(
            say(
                f"compare: {counted(len(documents), 'document', '')} to compare — name two or more, or give --where a query that finds them",
                f"compare：要对照的文件有 {len(documents)} 份——请给出至少两份，或用 --where 给出检索式",
            )
        )
    if table:
        _pilot_table(engine.PILOT_TABLES[table], documents, output, as_json)
    elif as_json:
        click.echo(
            json.dumps([_comparison_json(engine.compare(documents[0], d)) for d in documents[1:]], ensure_ascii=False)
        )
    else:
        _side_by_side(documents)
        for other in documents[1:]:
            _clause_by_clause(engine.compare(documents[0], other))
    return 0


#: Columns for which a terminal has no room; a file, a pipe and --json have them all.
_NOT_IN_TERMINAL = {
    "quote", "headings", "document", "documents", "group", "date", "basis", "certain", "number", "words", "printed",
    "coder_1", "coder_2", "note", "score",
}  # fmt: skip


def _pilot_table(table: engine.PilotTable, documents: list[Document], output: Path | None, as_json: bool) -> None:
    rows = table.rows(documents)
    if output is not None:
        export.write_table(table.title, table.columns, table.heads, rows, output)
        click.echo(str(output))
    elif as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif not rows:
        click.echo(say("policyparse: these documents have none", "policyparse：这些文件中没有"), err=True)
    else:
        names = labels(None)
        hidden = _NOT_IN_TERMINAL if in_terminal() else set()
        columns = [name for name in table.columns if name not in hidden]
        heads = [table.heads[name] if CHINESE else name for name in columns]
        wide = next(heads[columns.index(name)] for name in ("item", "task", "sentence", "text") if name in columns)
        cells = [[_cell(name, row.get(name), names) for name in columns] for row in rows]
        show_table(f"{table.title} ({len(rows)})", heads, cells, wide=wide)


def _cell(column: str, value: object, names: dict[tuple[str, str], str]) -> str:
    text = "" if value is None else str(value)
    if column in ("mode", "type"):
        return ("\n" if in_terminal() else "；").join(names.get((column, part), part) for part in text.split("；"))
    if in_terminal() and column == "place":
        return " ".join(text.split("/")[-2:])
    if in_terminal() and column == "clause":  # the beginning of an id is enough for `show`
        document, mark, clause = text.partition("#")
        return document[:9] + mark + clause
    return text


def _side_by_side(documents: list[Document]) -> None:
    letters = [chr(ord("A") + number) if number < 26 else str(number + 1) for number in range(len(documents))]
    names = labels(None)
    facts = [
        (say("id", "编号"), [d.id for d in documents]),
        (say("title", "标题"), [d.title for d in documents]),
        (say("place", "地区"), [(d.place or "").replace("/", " ") for d in documents]),
        (say("date", "日期"), [d.date or "" for d in documents]),
        (say("number", "文号"), [d.doc_number or "" for d in documents]),
        (say("clauses", "条款"), [str(len(d.clauses)) for d in documents]),
    ]
    show_table(say("Documents", "文件"), ["", *letters], [[name, *values] for name, values in facts])
    show_table(
        say("By tag: clauses with this main tag", "按标签：以此为主标签的条款"),
        [say("tag", "标签"), *letters],
        [
            [names.get(("tag", tag), tag), *(_ids(clauses) for clauses in row)]
            for tag, row in engine.by_tag(documents).items()
        ],
    )
    show_table(
        say("By section", "按章节"),
        letters,
        [
            [section.label + section.title if section else "—" for section in row]
            for row in engine.by_section(documents)
        ],
    )


def _ids(clauses: list[Clause]) -> str:
    return (
        f"{len(clauses)}  ({' '.join(c.id for c in clauses[:5])}{' …' if len(clauses) > 5 else ''})" if clauses else "—"
    )


def _clause_by_clause(comparison: engine.Comparison) -> None:
    one, other = comparison.one, comparison.other
    rows: list[list[str | Text]] = [
        [
            f"{pair.one.id}\n{pair.other.id}" if in_terminal() else f"{pair.one.id} {pair.other.id}",
            f"{pair.similarity:.0%}",
            _marked(pair.changes, True),
            _marked(pair.changes, False),
        ]
        for pair in comparison.pairs
    ]
    title = say(
        f"Aligned clauses: {len(rows)} pairs, {comparison.shared:.0%} of {one.id}",
        f"对应条款：{len(rows)} 对，占 {one.id} 的 {comparison.shared:.0%}",
    )
    columns = [say("clauses", "条款"), "≈", _short(one), _short(other)]
    show_table(title, columns, rows, wide=columns[2:])
    for document, clauses in ((one, comparison.only_one), (other, comparison.only_other)):
        show_table(
            say(f"Only in {document.id} {document.title}: {len(clauses)}", f"仅见于 {document.id} {document.title}：{len(clauses)}"),
            [say("clause", "条款"), say("text", "原文")],
            [[clause.id, _first(clause.text)] for clause in clauses],
            wide=say("text", "原文"),
        )  # fmt: skip


def _short(document: Document) -> str:
    return document.title if len(document.title) <= 20 else document.title[:19] + "…"


def _first(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 120 else line[:119] + "…"


def _marked(changes: tuple[engine.Change, ...], one: bool) -> str | Text:
    """One side of the changes: coloured in a terminal, in 【】 in a pipe."""
    text = Text()
    plain: list[str] = []
    for change in changes:
        piece = change.one if one else change.other
        if not piece:
            continue
        shown = safe(piece).replace("\n", " ")
        same = change.kind == "equal"
        text.append(shown, style="" if same else "bold red" if one else "bold green")
        plain.append(shown if same else f"【{shown}】")
    return text if in_terminal() else "".join(plain)


def _comparison_json(comparison: engine.Comparison) -> dict[str, object]:
    one, other = comparison.one, comparison.other
    return {
        "one": one.id,
        "other": other.id,
        "shared": round(comparison.shared, 4),
        "pairs": [
            {
                "one": f"{one.id}#{pair.one.id}",
                "other": f"{other.id}#{pair.other.id}",
                "similarity": pair.similarity,
                "changes": [asdict(change) for change in pair.changes],
            }
            for pair in comparison.pairs
        ],
        "only_one": [{"id": f"{one.id}#{clause.id}", "text": clause.text} for clause in comparison.only_one],
        "only_other": [{"id": f"{other.id}#{clause.id}", "text": clause.text} for clause in comparison.only_other],
    }
