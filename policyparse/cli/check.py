"""The command check: what was left over and what is wrong in a draft, before it is signed.

In: a draft's file, a corpus if there is one. Out: a table grouped by sureness, JSON, a commented Word copy.
Touches: through guard.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import click

from policyparse import guard
from policyparse.cli.messages import CHINESE, Command, say
from policyparse.cli.options import json_option, vocab_option, vocabulary
from policyparse.cli.tables import counted, one_line, show_table
from policyparse.corpus import Corpus
from policyparse.pipeline import parse


@click.command(
    "check",
    cls=Command,
    short_help=say("What a draft still has of its model.", "发文前核对草稿。"),
    help=say(
        "Check DRAFT before it is signed: names of other places and old organs, dates and deadlines that contradict, "
        "numbering, blanks, short names that nothing introduces, departments that contradict; with a corpus also bases "
        "that were repealed or are cited with another title or number, and passages copied from elsewhere.",
        "发文前核对草稿 DRAFT：外地地名、旧机构名、日期和期限矛盾、序号错漏、空白待填、简称未交代、责任单位矛盾；"
        "指定语料库时，还核对依据是否废止、引文标题文号是否有误、哪些段落照搬自哪份文件。",
    ),
    examples=[
        ("policyparse check plan.docx", say("the draft alone", "只看草稿本身")),
        ("policyparse check plan.docx --corpus pilots", say("with what the corpus knows", "对照语料库")),
        ("policyparse check plan.docx --docx checked.docx", say("as comments in a Word copy", "在 Word 副本中写成批注")),
        ("policyparse check plan.docx --level must", say("only what must be changed", "只列必改的")),
    ],
)  # fmt: skip
@click.argument("draft", type=click.Path(path_type=Path), metavar="DRAFT")
@click.option(
    "--corpus",
    "directory",
    type=click.Path(path_type=Path),
    envvar="POLICYPARSE_CORPUS",
    metavar=say("DIR", "目录"),
    help=say("A corpus to compare with (or set POLICYPARSE_CORPUS).", "对照的语料库（也可设 POLICYPARSE_CORPUS）。"),
)
@click.option(
    "--docx",
    "output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar=say("FILE", "文件"),
    help=say("Write a Word copy of the draft with the findings as comments.", "写出带批注的 Word 副本。"),
)
@click.option(
    "--level",
    type=click.Choice(list(guard.LEVELS)),
    default="note",
    show_default=True,
    help=say("The least sure findings to show.", "显示到哪一级：must 必改、check 建议核对、note 供参考。"),
)
@vocab_option
@json_option
def check_command(
    draft: Path, directory: Path | None, output: Path | None, level: str, vocab: Path | None, as_json: bool
) -> int:
    if output is not None and output.resolve() == draft.resolve():
        raise click.UsageError(
            say("--docx would overwrite the draft — give another file", "--docx 会覆盖草稿本身，请换一个文件名")
        )
    words = vocabulary(vocab)
    with ExitStack() as stack:
        corpus = None if directory is None else stack.enter_context(Corpus.open(directory, vocabulary=words))
        documents = parse(draft, vocabulary=words)
        reports = [
            guard.check(document, corpus, vocabulary=words).at_least(level)  # type: ignore[arg-type]
            for document in documents
        ]
    if as_json:
        click.echo(json.dumps([report.as_json() for report in reports], ensure_ascii=False))
    else:
        for report in reports:
            _show(report)
        for remark in dict.fromkeys(remark for report in reports for remark in report.remarks):
            click.echo(f"policyparse: {say(*remark)}", err=True)
    if output is not None:
        count = guard.commented_copy(draft, reports, output, language="zh" if CHINESE else "en", vocabulary=words)
        click.echo(f"{output}: {counted(count, 'comment', '条批注')}", err=as_json)
    return 0


def _show(report: guard.Report) -> None:
    title = one_line(report.title) or report.document
    facts = [report.place or say("place unknown", "地区不明"), report.date or say("no date", "日期不明")]
    click.echo(f"{title} ({', '.join(facts)})" if not CHINESE else f"{title}（{'，'.join(facts)}）")
    if not report.findings:
        click.echo(say("nothing found", "没有发现问题"))
    columns = [
        say("kind", "类别"),
        say("words", "原文"),
        say("clause", "条款"),
        say("why", "理由"),
        say("what to do", "处理"),
    ]
    for level, (name, _) in guard.LEVELS.items():
        found = [finding for finding in report.findings if finding.level == level]
        rows = [
            [
                say(*guard.KINDS[finding.kind]), _short(finding.quote), finding.clause or "",
                say(*finding.reason), say(*finding.advice),
            ]
            for finding in found
        ]  # fmt: skip
        show_table(f"{say(*name)} ({len(rows)})", columns, rows, wide=columns[3:])


def _short(quote: str) -> str:
    words = one_line(quote)
    return words if len(words) <= 24 else words[:23] + "…"
