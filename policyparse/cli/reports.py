"""The command imports: the runs, the report of one, the files.

In: a corpus, a run. Out: tables, a CSV file, a workbook, a web page. Touches: through batch.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from policyparse.batch import report
from policyparse.batch.report import COLUMNS, Row, Section
from policyparse.batch.report_words import headline, in_words
from policyparse.cli.messages import CHINESE, Command, Group, say
from policyparse.cli.options import corpus_option, json_option
from policyparse.cli.progress import clock
from policyparse.cli.tables import complain, show_table
from policyparse.corpus import Corpus, Run

_STATUSES = ("pending", "done", "skipped", "failed")
#: Rows of a section that a terminal shows; files have them all.
_SHOWN = 30


@click.group(
    "imports",
    cls=Group,
    invoke_without_command=True,
    short_help=say("What became of every file.", "每个文件的导入结果。"),
    help=say(
        "The imports that were run on a corpus, the last one first; `show` reports one of them, `files` lists files.",
        "语料库上做过的各次导入，最近的在前；show 给出一次的报告，files 列出各个文件。",
    ),
    examples=[
        ("policyparse imports --corpus pilots", say("all runs", "各次导入")),
        ("policyparse imports show --corpus pilots", say("the report of the last one", "最近一次的报告")),
        ("policyparse imports show 3 --html report.html --corpus pilots", say("one as a web page", "存成网页")),
        ("policyparse imports files --status failed --corpus pilots", say("what could not be read", "没读成的文件")),
    ],
)
@corpus_option
@json_option
@click.pass_context
def imports_command(context: click.Context, directory: Path, as_json: bool) -> int:
    if context.invoked_subcommand is not None:
        return 0
    with Corpus.open(directory) as corpus:
        runs = corpus.runs.all()
    if as_json:
        click.echo(json.dumps([asdict(run) for run in runs], ensure_ascii=False))
        return 0
    if not runs:
        complain(say(f"{directory}: no import has been run", f"{directory}：还没有导入过"))
    columns = {
        "run": say("run", "次"), "began": say("began", "开始"), "state": say("state", "状态"),
        "seconds": say("took", "用时"), "done": say("imported", "已导入"), "known": say("known", "已有"),
        "skipped": say("passed over", "略过"), "failed": say("failed", "失败"), "new": say("new documents", "新公文"),
        "sources": say("sources", "来源"),
    }  # fmt: skip
    rows = [[_run_cells(run)[name] for name in columns] for run in runs]
    show_table(
        say(f"imports of {directory}: {len(rows)}", f"{directory} 的导入：{len(rows)} 次"),
        list(columns.values()),
        rows,
        wide=columns["sources"],
    )
    return 0


def _run_cells(run: Run) -> dict[str, str]:
    counts = {name: str(run.counts.get(name, "") or "") for name in ("done", "known", "skipped", "failed", "new")}
    return {
        "run": str(run.id),
        "began": run.began.replace("T", " ")[:16],
        "state": run.state,
        "seconds": clock(run.counts.get("seconds", 0)),
        "sources": " ".join(run.sources),
        **counts,
    }


@imports_command.command(
    "show",
    cls=Command,
    short_help=say("The report of one import.", "一次导入的报告。"),
    help=say(
        "Report RUN (the last one if it is not given): totals by folder, format and reason, what failed and what to do, "
        "the slowest files, documents that are there several times, documents whose date, issuer or structure could not "
        "be found, files that are gone.",
        "第 RUN 次导入（默认最近一次）的报告：按文件夹、格式、原因合计，失败的文件和办法，最慢的文件，重复和近似的公文，"
        "缺日期、发文机关或结构的公文，已不在原处的文件。",
    ),
    examples=[
        ("policyparse imports show --corpus pilots", say("the last import", "最近一次")),
        ("policyparse imports show 3 --html report.html --corpus pilots", say("as one web page", "存成一个网页")),
        ("policyparse imports show --xlsx report.xlsx --csv files.csv", say("as sheets", "存成表格")),
    ],
)
@click.argument("run", required=False, type=int)
@corpus_option
@click.option("--csv", "csv_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help=say("Write a line a file as CSV.", "每个文件一行，写成 CSV。"))  # fmt: skip
@click.option("--xlsx", "xlsx_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help=say("Write all tables as an Excel workbook.", "全部表写成 Excel 工作簿。"))  # fmt: skip
@click.option("--html", "html_file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help=say("Write all tables as one web page.", "全部表写成一个网页。"))  # fmt: skip
@json_option
@click.pass_context
def show_command(
    context: click.Context,
    run: int | None,
    directory: Path,
    csv_file: Path | None,
    xlsx_file: Path | None,
    html_file: Path | None,
    as_json: bool,
) -> int:
    from policyparse.batch.report_files import write_csv, write_html, write_xlsx  # workbooks load slowly

    with Corpus.open(_directory(context, directory)) as corpus:
        found = report(corpus, run)
        if csv_file:
            write_csv(corpus, found, csv_file)
        if xlsx_file:
            write_xlsx(corpus, found, xlsx_file)
    if html_file:
        write_html(found, html_file, CHINESE)
    if as_json:
        sections = {section.name: section.rows for section in found.sections}
        click.echo(json.dumps({"run": asdict(found.run), **sections}, ensure_ascii=False))
    elif not (csv_file or xlsx_file or html_file):
        click.echo(headline(found, CHINESE))
        for section in found.sections:
            _show_section(section)
    return 0


@imports_command.command(
    "files",
    cls=Command,
    short_help=say("Every file that was seen.", "见过的每个文件。"),
    help=say(
        "Every file that was ever seen, with its status (pending, done, skipped, failed), the reason and what to do.",
        "见过的每个文件、状态（pending 待导入、done 完成、skipped 略过、failed 失败）、原因和办法。",
    ),
    examples=[
        ("policyparse imports files --corpus pilots --status failed", say("what could not be read", "没读成的文件")),
        ("policyparse imports files --corpus pilots --json > files.json", say("for a program", "供程序使用")),
    ],
)
@corpus_option
@click.option("--status", type=click.Choice(_STATUSES), help=say("Only files with this status.", "只列这种状态。"))
@json_option
@click.pass_context
def files_command(context: click.Context, directory: Path, status: str | None, as_json: bool) -> int:
    directory = _directory(context, directory)
    with Corpus.open(directory) as corpus:
        records = corpus.imports.all(status)
    if as_json:
        click.echo(json.dumps([record_json(record) for record in records], ensure_ascii=False))
        return 0
    rows = [
        [
            record.path,
            record.status,
            str(record.documents) if record.status == "done" else record.code or "",
            " — ".join(part for part in (record.reason, record.remedy) if part),
            "" if record.seconds is None else f"{record.seconds:.2f}",
        ]
        for record in records
    ]
    title = say(f"files of {directory}: {len(rows)}", f"{directory} 的文件：{len(rows)}")
    columns = [
        say("file", "文件"),
        say("status", "状态"),
        say("documents or code", "份数或代码"),
        say("reason, remedy", "原因与办法"),
        "s",
    ]
    show_table(title, columns, rows, wide=columns[3])
    return 0


def _directory(context: click.Context, directory: Path) -> Path:
    """The corpus of the sub-command, or that of `imports --corpus DIR show` where it has none."""
    given = context.get_parameter_source("directory")
    above = context.parent
    if given is click.core.ParameterSource.DEFAULT and above is not None and "directory" in above.params:
        return Path(above.params["directory"])
    return directory


def _show_section(section: Section) -> None:
    shown = [in_words(row, CHINESE) for row in section.rows[:_SHOWN]]
    show_rows(say(*section.title), section.columns, shown)
    if len(shown) < len(section.rows):
        rest = len(section.rows) - len(shown)
        click.echo(
            say(f"… and {rest:,} more: --html, --xlsx or --json", f"……另有 {rest:,} 行：见 --html、--xlsx 或 --json")
        )


def show_rows(title: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """A section's rows as a table."""
    heads = [say(COLUMNS[name][0], COLUMNS[name][1]) for name in columns]
    wide = [
        heads[at] for at, name in enumerate(columns) if name in ("path", "reason", "remedy", "folder", "title", "value")
    ]
    show_table(
        title, heads, [["" if row.get(name) is None else str(row[name]) for name in columns] for row in rows], wide=wide
    )


def record_json(record: Any) -> dict[str, Any]:
    """A file's record without what only the import needs."""
    return {key: value for key, value in asdict(record).items() if key not in ("raw", "stamp")}
