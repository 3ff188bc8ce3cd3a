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
from policyparse.cli.compare_files import write_comparison
from policyparse.cli.compare_tables import pilot_table
from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, json_option
from policyparse.cli.search import labels
from policyparse.cli.tables import complain, counted, in_terminal, one_line, safe, show_table
from policyparse.compare.taking import with_origins
from policyparse.corpus import Corpus
from policyparse.model import Clause, Document
from policyparse.passing import PolicyparseError
from policyparse.reuse import reuse
from policyparse.reuse.families import one_of_each
from policyparse.search import matching_documents


@click.command(
    "compare",
    cls=Command,
    short_help=say("Documents side by side; the pilot tables.", "文件对照；试点各表。"),
    help=say(
        "Compare the documents DOCUMENT…: by tag, by section, and clause by clause with what was changed; the first one "
        "is compared with each other one. With --table, one table across all of them, or across the whole corpus: items "
        "(delegated items), matrix (item by place), history (place, item, first date), responsibilities, timeline, "
        "bodies (set up, merged, renamed), shares (of money), coding (a sheet for coders).",
        "对照文件 DOCUMENT…：按标签、按章节、逐条（标出改动）；以第一份与其余各份对照。"
        "用 --table 则给出跨文件的一张表，不指定文件即为整个语料库：items 下放事项目录、matrix 事项对照（事项×地区）、"
        "history 事件史（地区、事项、最早日期）、responsibilities 责任分工表、timeline 时间节点、bodies 机构设置、"
        "shares 财政条款、coding 编码表。",
    ),
    examples=[
        ("policyparse compare d9f6 d184 --corpus pilots", say("two plans", "对照两份方案")),
        ("policyparse compare --where 'kind:plan level:town' --table items", say("what was delegated where", "各地下放了什么")),
        ("policyparse compare --table history --taken-over", say("who was first, and who took it over", "谁先下放、谁沿用了谁")),
        ("policyparse compare d9f6 d184 --table items --output items.xlsx", say("as an Excel sheet", "存为 Excel")),
        ("policyparse compare d9f6 d184 --output two.xlsx", say("changes in red", "改动标红")),
        ("policyparse compare --table timeline --output due.ics", say("deadlines into a calendar", "时限写入日历")),
    ],
)  # fmt: skip
@click.argument("identities", nargs=-1, metavar="[DOCUMENT]…")
@corpus_option
@click.option("--where", help=say("A query: the documents that have a hit.", "检索式：取有命中的文件。"))
@click.option("--table", type=click.Choice(engine.TABLE_NAMES), help=say("A pilot table.", "试点表。"))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say(
        "Write the comparison or table to a .csv, .jsonl, .xlsx, .docx or .md file, the timeline also to .svg or .ics.",
        "把对照或表写到 .csv、.jsonl、.xlsx、.docx 或 .md 文件；时间节点还可写成 .svg 图或 .ics 日历。",
    ),
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    help=say("Only records of rules that are right this often.", "只要规则可信度不低于此值的记录。"),
)
@click.option(
    "--taken-over",
    is_flag=True,
    help=say(
        "With items or history: from which older document each item's words are.",
        "与 items 或 history 同用：各事项的文字沿用自哪份更早的文件。",
    ),
)
@json_option
def compare_command(
    identities: tuple[str, ...],
    directory: Path,
    where: str | None,
    table: str | None,
    output: Path | None,
    min_confidence: float | None,
    taken_over: bool,
    as_json: bool,
) -> int:
    if taken_over and table not in ("items", "history"):
        raise click.UsageError(say(
            "--taken-over needs --table items or --table history.", "--taken-over 须与 --table items 或 history 同用。"
        ))  # fmt: skip
    if min_confidence is not None and table in (None, "coding"):
        raise click.UsageError(say(
            "--min-confidence needs a --table of records (any but coding).",
            "--min-confidence 须与记录类的 --table（coding 以外）同用。",
        ))  # fmt: skip
    with Corpus.open(directory) as corpus:
        documents = [corpus.document(identity) for identity in identities]
        if where:
            known = {document.id for document in documents}
            documents += [d for d in corpus.documents(matching_documents(corpus, where)) if d.id not in known]
        elif table and not documents:
            documents = list(corpus.documents())
    documents, copies = one_of_each(documents) if where or table else (documents, [])
    if copies:
        complain(_folded(copies))
    if len(documents) < (1 if table else 2):
        raise PolicyparseError(
            say(
                f"compare: {counted(len(documents), 'document', '')} to compare — name two or more, or give --where a query that finds them",
                f"compare：要对照的文件有 {len(documents)} 份——请给出至少两份，或用 --where 给出检索式",
            )
        )
    if table:
        made = engine.make(table, documents, min_confidence)
        pilot_table(with_origins(made, reuse(documents)) if taken_over else made, documents, output, as_json)
    elif output is not None:
        write_comparison(documents, output)
        click.echo(str(output))
    elif as_json:
        click.echo(
            json.dumps([_comparison_json(engine.compare(documents[0], d)) for d in documents[1:]], ensure_ascii=False)
        )
    else:
        _side_by_side(documents)
        for other in documents[1:]:
            _clause_by_clause(engine.compare(documents[0], other))
    return 0


def _folded(copies: list[Document]) -> str:
    return say(
        f"{counted(len(copies), 'copy', '').replace('copys', 'copies')} of documents that are there already left out: {' '.join(d.id for d in copies[:10])}",
        f"与已有文件重复，未计入：{len(copies)} 份（{' '.join(d.id for d in copies[:10])}）",
    )


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
