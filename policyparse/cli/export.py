"""The command export: the corpus as tables.

In: a corpus, a format. Out: files, or one table on standard output. Touches: through export.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from policyparse import export as engine
from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option
from policyparse.corpus import Corpus
from policyparse.model import Document
from policyparse.search import matching_documents


@click.command(
    "export",
    cls=Command,
    short_help=say("The corpus as tables: jsonl, csv, xlsx.", "把语料库导出为表：jsonl、csv、xlsx。"),
    help=say(
        "Write the corpus as tables (documents, clauses, institutions, time points, delegations, responsibilities, "
        "citations), every row with its clause's id and text: a workbook with a sheet each, or a folder with a file each.",
        "把语料库导出为表（文件、条款、机构、时间、下放事项、责任分工、引用），每行都带条款编号和原文："
        "xlsx 为一个工作簿、每表一页，csv 和 jsonl 为一个文件夹、每表一个文件。",
    ),
    examples=[
        ("policyparse export --format xlsx --output pilots.xlsx", say("a workbook", "一个工作簿")),
        ("policyparse export --format csv --where 'kind:plan level:town'", say("of some documents", "只导出部分文件")),
        (
            "policyparse export --format jsonl --table delegations | wc -l",
            say("one table, into a pipe", "一张表，送入管道"),
        ),
    ],
)
@corpus_option
@click.option(
    "--format", "format_", type=click.Choice(engine.FORMATS), required=True, help=say("The format.", "格式。")
)
@click.option("--output", type=click.Path(path_type=Path), help=say("File or folder to write.", "写到的文件或文件夹。"))
@click.option("--table", type=click.Choice(list(engine.TABLES)), help=say("This table alone.", "只要这一张表。"))
@click.option("--where", help=say("A query: only documents with a hit.", "检索式：只导出有命中的文件。"))
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    help=say("Only records of rules that are right this often.", "只要规则可信度不低于此值的记录。"),
)
def export_command(
    directory: Path,
    format_: str,
    output: Path | None,
    table: str | None,
    where: str | None,
    min_confidence: float | None,
) -> int:
    with Corpus.open(directory) as corpus:
        documents = corpus.documents(matching_documents(corpus, where) if where else None)
        if table and output is None and format_ != "xlsx":
            _to_stdout(documents, table, format_, min_confidence)
            return 0
        target = output or Path("export.xlsx" if format_ == "xlsx" else "export")
        written = engine.export(documents, format_, target, [table] if table else list(engine.TABLES), min_confidence)
    for path in written:
        click.echo(str(path))
    return 0


def _to_stdout(documents: Iterator[Document], table: str, format_: str, min_confidence: float | None) -> None:
    writer = engine.table_writer(sys.stdout, format_, engine.TABLES[table].columns)
    for row in engine.rows(documents, table, min_confidence):
        writer.write(row)
