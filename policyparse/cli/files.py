"""Commands that read files: parse, import; and those that look after the corpus: imports, reindex.

In: paths. Out: JSON Lines, or a corpus and a report. Touches: through pipeline and batch.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from policyparse.batch import Pipeline, Summary, find_files, import_files, printable, read_file
from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, json_option, vocab_option, vocabulary
from policyparse.cli.tables import complain, console, counted, show_table
from policyparse.corpus import Corpus, Imported

_STATUSES = ("pending", "done", "skipped", "failed")


@click.command(
    "parse",
    cls=Command,
    short_help=say("Documents of files as JSON Lines.", "把文件解析成 JSON Lines。"),
    help=say(
        "Print the documents of SOURCE (files or folders) as JSON Lines on standard output, a document a line.",
        "解析 SOURCE（文件或文件夹），在标准输出逐行给出文件的 JSON，一份一行。",
    ),
    examples=[
        ("policyparse parse plan.txt > plan.jsonl", say("one file", "一个文件")),
        ("policyparse parse notices/ | wc -l", say("how many documents a folder holds", "一个文件夹里有多少份文件")),
    ],
)
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SOURCE…")
@vocab_option
def parse_command(sources: tuple[Path, ...], vocab: Path | None) -> int:
    vocabulary(vocab)  # a folder that is not there is said once, and not for every file
    read = Pipeline(vocab)
    left = False
    for found in find_files(sources):
        if found.code is not None:
            if found.fault:
                complain(_sentence(printable(found.path), found.reason, found.remedy))
                left = True
            continue
        outcome = read_file(found.path, read)
        for document in outcome.documents:
            click.echo(document.model_dump_json(by_alias=True))
        for imported in (outcome.imported, *outcome.left):
            if imported.status == "failed":
                complain(_record_sentence(imported))
                left = True
    return 1 if left else 0


@click.command(
    "import",
    cls=Command,
    short_help=say("Files and folders into a corpus.", "把文件和文件夹导入语料库。"),
    help=say(
        "Import SOURCE (files or folders) into a corpus, which is made if it is not there. What was imported before "
        "is not imported twice; after a break the same command goes on. Every file stands in the report: "
        "policyparse imports.",
        "把 SOURCE（文件或文件夹）导入语料库，没有则新建。导入过的不会重复；中断后用同一命令接着做。"
        "每个文件的结果见 policyparse imports。",
    ),
    examples=[
        ("policyparse import notices/ speeches/ --corpus pilots", say("two folders", "两个文件夹")),
        ("policyparse import notices/ --corpus pilots --again", say("read all anew (after an upgrade)", "全部重新解析")),
        ("policyparse imports --corpus pilots --status failed", say("what could not be read, and why", "哪些没读成")),
    ],
)  # fmt: skip
@click.argument("sources", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="SOURCE…")
@corpus_option
@click.option("--again", is_flag=True, help=say("Read also what was imported before.", "导入过的也重新解析。"))
@click.option(
    "--jobs",
    type=click.IntRange(0, 64),
    default=lambda: os.cpu_count() or 1,
    show_default=say("one a processor", "每个处理器一个"),
    help=say("Processes that read; 0 reads in this one.", "读文件的进程数；0 表示不另开进程。"),
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=300.0,
    show_default=True,
    help=say("Seconds for one file.", "每个文件最多用多少秒。"),
)
@vocab_option
@json_option
def import_command(
    sources: tuple[Path, ...],
    directory: Path,
    again: bool,
    jobs: int,
    timeout: float,
    vocab: Path | None,
    as_json: bool,
) -> int:
    words = vocabulary(vocab)
    screen = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        Corpus.open(directory, create=True, vocabulary=words) as corpus,
        Progress(*columns, console=screen, transient=True, disable=not screen.is_terminal) as progress,
    ):
        task = progress.add_task(say("importing", "正在导入"), total=None)

        def step(number: int, total: int, imported: Imported) -> None:
            progress.update(task, completed=number, total=total)
            if imported.status == "failed":
                complain(_record_sentence(imported))

        summary = import_files(
            corpus, sources, parse=Pipeline(vocab), again=again, jobs=jobs, timeout=timeout, progress=step
        )
        counts = corpus.store.counts()
    if as_json:
        report = {
            "files": dict(summary.files),
            "new_documents": summary.new,
            "seconds": round(summary.seconds, 3),
            "left": [asdict(imported) for imported in summary.left],
            "corpus": counts,
        }
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        click.echo(_summary(summary, directory, counts))
    return 0 if summary.complete else 1


def _summary(summary: Summary, directory: Path, counts: dict[str, int]) -> str:
    words = {
        "done": say("imported", "已导入"),
        "known": say("known from before", "先前已导入"),
        "skipped": say("passed over", "略过"),
        "failed": say("failed", "失败"),
    }
    files = say(", ", "，").join(f"{words[name]} {summary.files[name]}" for name in words if summary.files[name])
    line = say(
        f"files: {files or 0}; new documents: {summary.new}; {summary.seconds:.1f} s",
        f"文件：{files or 0}；新文件 {summary.new} 份；{summary.seconds:.1f} 秒",
    )
    holds = say(
        f"{directory} holds {counted(counts['documents'], 'document', '')}, {counted(counts['clauses'], 'clause', '')}",
        f"{directory} 现有文件 {counts['documents']:,} 份、条款 {counts['clauses']:,} 条",
    )
    return f"{line}\n{holds}"


@click.command(
    "imports",
    cls=Command,
    short_help=say("What became of every file.", "每个文件的导入结果。"),
    help=say(
        "The import report: every file that was seen, with its status (pending, done, skipped, failed), the reason and "
        "what to do.",
        "导入报告：见过的每个文件、状态（pending 待导入、done 完成、skipped 略过、failed 失败）、原因和办法。",
    ),
    examples=[
        ("policyparse imports --corpus pilots --status failed", say("what could not be read", "没读成的文件")),
        ("policyparse imports --corpus pilots --json > report.json", say("for a program", "供程序使用")),
    ],
)
@corpus_option
@click.option("--status", type=click.Choice(_STATUSES), help=say("Only files with this status.", "只列这种状态。"))
@json_option
def imports_command(directory: Path, status: str | None, as_json: bool) -> int:
    with Corpus.open(directory) as corpus:
        records = corpus.imports.all(status)
    if as_json:
        click.echo(json.dumps([asdict(record) for record in records], ensure_ascii=False))
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
    title = say(f"imports of {directory}: {len(rows)}", f"{directory} 的导入记录：{len(rows)}")
    columns = [
        say("file", "文件"),
        say("status", "状态"),
        say("documents or code", "份数或代码"),
        say("reason, remedy", "原因与办法"),
        "s",
    ]
    show_table(title, columns, rows, wide=columns[3])
    return 0


@click.command(
    "reindex",
    cls=Command,
    short_help=say("Make the search index anew.", "重建检索索引。"),
    help=say(
        "Make the search index again from the documents: after an upgrade, or when it is damaged. The documents are "
        "not touched, and the old index serves until the new one is whole.",
        "由库中文件重建检索索引：升级之后，或索引损坏时用。文件本身不动，新索引建成之前旧的照用。",
    ),
    examples=[("policyparse reindex --corpus pilots", say("after an upgrade", "升级之后"))],
)
@corpus_option
@vocab_option
def reindex_command(directory: Path, vocab: Path | None) -> int:
    with Corpus.open(directory, write=True, vocabulary=vocabulary(vocab)) as corpus:
        number = corpus.reindex()
    click.echo(
        say(f"{directory}: indexed {counted(number, 'document', '')}", f"{directory}：已为 {number} 份文件建立索引")
    )
    return 0


def _record_sentence(imported: Imported) -> str:
    return _sentence(imported.path, imported.reason or "", imported.remedy or "")


def _sentence(path: str, reason: str, remedy: str) -> str:
    return f"{path}: {reason}" + (f" — {remedy}" if remedy else "")
