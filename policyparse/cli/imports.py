"""The command import: files into a corpus.

In: paths. Out: a corpus, a summary. Touches: through batch.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from policyparse.batch import Pipeline, Summary, import_files
from policyparse.batch.plan import Plan, plan
from policyparse.cli.cluster import readers_of, scheduler_option, sending_told, sent_line, store_of, store_option
from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, json_option, vocab_option, vocabulary
from policyparse.cli.progress import Shown
from policyparse.cli.reports import record_json, show_rows
from policyparse.cli.tables import complain, counted
from policyparse.cluster import send
from policyparse.corpus import Corpus, CorpusBusy
from policyparse.passing import PolicyparseError

#: Seconds between two attempts to get at a corpus that another program is writing to.
_WAIT = 2.0


@click.command(
    "import",
    cls=Command,
    short_help=say("Files and folders into a corpus.", "把文件和文件夹导入语料库。"),
    help=say(
        "Import SOURCE (files, folders, archives) into a corpus, which is made if it is not there. What was imported "
        "before is not imported twice; after a break the same command goes on. A file that has changed becomes a new "
        "version, and the old one is kept. Every file stands in the report: policyparse imports show.",
        "把 SOURCE（文件、文件夹、压缩包）导入语料库，没有则新建。导入过的不会重复；中断后用同一命令接着做。"
        "改动过的文件成为新版，旧版保留。每个文件的结果见 policyparse imports show。",
    ),
    examples=[
        ("policyparse import notices/ speeches/ --corpus pilots", say("two folders", "两个文件夹")),
        ("policyparse import notices/ --corpus pilots --dry-run", say("what would be read", "先看会读哪些文件")),
        ("policyparse imports show --corpus pilots", say("what came in, what did not, why", "哪些读成了、哪些没有、为什么")),
        ("policyparse import --retry failed --timeout 1800 --corpus pilots", say("once more, with more time", "失败的再来一次，多给时间")),
        ("policyparse import notices/ --corpus pilots --scheduler tcp://head:8786 --store opensearch://head:9200/pilots",
         say("on a cluster", "用一个集群")),
        ("policyparse import notices/ --corpus pilots --again", say("read all anew (after an upgrade)", "全部重新解析（升级之后）")),
    ],
)  # fmt: skip
@click.argument("sources", nargs=-1, type=click.Path(path_type=Path), metavar="SOURCE…")
@corpus_option
@click.option("--again", is_flag=True, help=say("Read also what was imported before.", "导入过的也重新解析。"))
@click.option(
    "--retry", multiple=True, metavar="failed|CODE",
    help=say(
        "Read only files that failed before: all (failed), or those with a code (timed-out, encrypted …).",
        "只重读先前失败的：全部（failed），或某个代码的（timed-out、encrypted 等）。",
    ),
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help=say("Only say what would be read.", "只说明会读哪些文件。"))
@click.option(
    "--workers",
    type=click.IntRange(0, 256),
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
@click.option(
    "--memory",
    type=click.IntRange(128),
    metavar="MB",
    help=say("Memory for one worker.", "每个进程可用的内存。"),
    show_default=say("its share of four fifths of the machine's, at least 1 GB", "本机五分之四均分，至少 1 GB"),
)
@click.option(
    "--ocr/--no-ocr",
    default=None,
    help=say(
        "Read pages that are pictures (if the ocr extra is installed), or leave them for later.",
        "识别扫描页（需装 ocr 附加件），或留待以后。",
    ),
)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar=say("FILE", "文件"),
    help=say("Passwords to try on locked files, one a line.", "试开加密文件的密码，一行一个。"),
)
@click.option(
    "--keep-originals",
    is_flag=True,
    help=say("Keep the files themselves in the corpus too.", "把原文件也存入语料库。"),
)
@click.option(
    "--wait", is_flag=True, help=say("Wait until another import into this corpus has ended.", "等别的导入结束再开始。")
)
@scheduler_option
@store_option("Send the corpus' documents and clauses to this OpenSearch too", "公文和条款同时送往这个 OpenSearch")
@vocab_option
@json_option
def import_command(
    sources: tuple[Path, ...],
    directory: Path,
    again: bool,
    retry: tuple[str, ...],
    dry_run: bool,
    workers: int,
    timeout: float,
    memory: int | None,
    ocr: bool | None,
    password_file: Path | None,
    keep_originals: bool,
    wait: bool,
    scheduler: str | None,
    store: str | None,
    vocab: Path | None,
    as_json: bool,
) -> int:
    if not sources and not retry:
        raise click.UsageError(say("Missing argument 'SOURCE…'.", "缺少参数 SOURCE…。"))
    if dry_run and retry:
        raise click.UsageError(say(
            "--dry-run does not go with --retry: policyparse imports files --status failed lists what would be read.",
            "--dry-run 不能与 --retry 同用：policyparse imports files --status failed 列出将重读的文件。",
        ))  # fmt: skip
    if dry_run:
        return _show_plan(plan(sources, directory, again), as_json)
    words = vocabulary(vocab)
    parse = Pipeline(vocab, ocr is not False, _passwords(password_file))
    if ocr:
        parse.need_ocr()
    size = memory * 2**20 if memory else None
    sent, unsent = None, None
    with (
        store_of(store) as copy,  # before all else, so that a night is not spent on a wrong address
        readers_of(scheduler, parse, timeout, size) as readers,
        _opened(directory, wait, create=not retry, vocabulary=words) as corpus,
        Shown() as shown,
    ):
        summary = import_files(
            corpus, sources, parse=parse, again=again, workers=workers, timeout=timeout,
            memory=size, keep_originals=keep_originals, readers=readers,
            retry=[code for code in retry if code != "failed"] if retry else None, progress=shown,
        )  # fmt: skip
        counts = corpus.store.counts()
        if copy is not None:
            try:
                sent = send(corpus, copy, progress=sending_told())
            except PolicyparseError as error:
                unsent = str(error)
    if as_json:
        found = {
            "run": summary.run,
            "files": dict(summary.files),
            "new_documents": summary.new,
            "new_versions": summary.versions,
            "seconds": round(summary.seconds, 3),
            "left": [record_json(imported) for imported in summary.left],
            "vanished": [imported.path for imported in summary.vanished],
            "corpus": counts,
            **({"sent": asdict(sent)} if sent else {}),
        }
        click.echo(json.dumps(found, ensure_ascii=False))
    else:
        click.echo(_summary(summary, directory, counts))
        if sent and copy:
            click.echo(sent_line(copy, sent))
    if retry and not summary.files:
        complain(say(
            f"no file has failed so: {', '.join(retry)} — policyparse imports files --status failed lists the codes",
            f"没有这样失败的文件：{'、'.join(retry)}——代码见 policyparse imports files --status failed",
        ))  # fmt: skip
    if unsent:
        complain(unsent)
    return 0 if summary.complete and not unsent else 1


def _opened(directory: Path, wait: bool, *, create: bool, vocabulary: Any) -> Corpus:
    """The corpus, opened for writing; with `wait`, when the other program has done."""
    said = False
    while True:
        try:
            return Corpus.open(directory, write=True, create=create, vocabulary=vocabulary)
        except CorpusBusy as error:
            if not wait:
                hint = say("or give --wait", "或加 --wait")
                raise PolicyparseError(f"{error}, {hint}") from None
            if not said:
                complain(say(f"{error}; waiting", f"{directory}：别的程序正在写入，等待中"))
                said = True
            time.sleep(_WAIT)


def _passwords(path: Path | None) -> tuple[str, ...]:
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError):
        raise PolicyparseError(f"{path}: not readable as UTF-8 text — write one password a line") from None
    return tuple(line for line in lines if line)


def _summary(summary: Summary, directory: Path, counts: dict[str, int]) -> str:
    words = {
        "done": say("imported", "已导入"),
        "known": say("known from before", "先前已导入"),
        "skipped": say("passed over", "略过"),
        "failed": say("failed", "失败"),
        "vanished": say("no longer there", "已不在原处"),
    }
    files = say(", ", "，").join(f"{words[name]} {summary.files[name]}" for name in words if summary.files[name])
    versions = say(f"; new versions: {summary.versions}", f"；新版 {summary.versions} 份") if summary.versions else ""
    line = say(
        f"files: {files or 0}; new documents: {summary.new}{versions}; {summary.seconds:.1f} s",
        f"文件：{files or 0}；新文件 {summary.new} 份{versions}；{summary.seconds:.1f} 秒",
    )
    holds = say(
        f"{directory} holds {counted(counts['documents'], 'document', '')}, {counted(counts['clauses'], 'clause', '')}",
        f"{directory} 现有文件 {counts['documents']:,} 份、条款 {counts['clauses']:,} 条",
    )
    return f"{line}\n{holds}"


def _show_plan(found: Plan, as_json: bool) -> int:
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return 0
    click.echo(
        say(
            f"would read {found.files:,} files, {found.bytes / 1e6:,.1f} MB; known from before: {found.known:,}; "
            f"passed over: {sum(int(row['files'] or 0) for row in found.passed_over):,}",
            f"将读取 {found.files:,} 个文件，{found.bytes / 1e6:,.1f} MB；先前已导入：{found.known:,}；"
            f"略过：{sum(int(row['files'] or 0) for row in found.passed_over):,}",
        )
    )
    for title, rows in (
        (say("By format", "按格式"), found.formats),
        (say("By folder", "按文件夹"), found.folders),
        (say("Passed over", "略过的文件"), found.passed_over),
    ):
        if rows:
            show_rows(title, tuple(rows[0]), rows)
    return 0
