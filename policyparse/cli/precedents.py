"""The command precedents: a clause or a draft in, how others have worded it out.

In: a clause's text, or a draft's file. Out: wordings with their sources, on the screen, as JSON or as a Word file.
Touches: reads the draft; the rest through precedents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import click
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from policyparse import pipeline
from policyparse import precedents as engine
from policyparse.cli.messages import CHINESE, Command, say
from policyparse.cli.options import corpus_option, json_option, vocab_option, vocabulary
from policyparse.cli.tables import complain, console, counted, in_terminal, one_line, safe
from policyparse.corpus import Corpus
from policyparse.export.writing import whole
from policyparse.model import Document
from policyparse.precedents import Answer, Change, Wording
from policyparse.precedents.word import write_word

#: Sources of a wording that are shown; the rest is counted.
_NAMED = 3


@click.command(
    "precedents",
    cls=Command,
    short_help=say("How others have worded a clause, or each of a draft.", "一条、一稿，别处怎么写。"),
    help=say(
        "Find the clauses of the corpus that say what CLAUSE says, or what each clause of a draft says: best first, the "
        "same wording once, with who uses it, since when, and what differs. Other places' names do not matter.",
        "在语料库里找与 CLAUSE 说同一件事的条款，或为草稿逐条找：最相近的在前，同一写法并为一条，"
        "列出谁在用、最早何时、差在哪里。地名、机关名不同不影响。",
    ),
    examples=[
        ("policyparse precedents '土地出让净收益的七成返还镇里' --corpus pilots", say("one clause", "一条")),
        ("policyparse precedents --draft draft.docx --docx out.docx", say("a draft, as a Word file", "一份草稿，存为 Word")),
        (
            "policyparse precedents --draft draft.docx --where 'place:广东 kind:plan year:2009-2012' --limit 3",
            say("among some documents only", "只在部分文件中找"),
        ),
        ("policyparse precedents '财政超收全额返还' --json | jq '.[].wordings[].text'", say("for a program", "供程序使用")),
    ],
)  # fmt: skip
@click.argument("clause", nargs=-1, metavar="[CLAUSE]")
@click.option(
    "--draft",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say("A draft in any format that can be read.", "草稿，格式不限。"),
)
@corpus_option
@click.option(
    "--where",
    default="",
    metavar=say("QUERY", "检索式"),
    help=say("Look only within these hits.", "只在这些条款中找。"),
)
@click.option(
    "--limit",
    type=click.IntRange(1, 50),
    default=5,
    show_default=True,
    help=say("Wordings a clause.", "每条列出几种写法。"),
)
@click.option(
    "--docx",
    type=click.Path(path_type=Path, dir_okay=False),
    help=say("Write a Word file to take away.", "存为 Word 文件。"),
)
@vocab_option
@json_option
def precedents_command(
    clause: tuple[str, ...],
    draft: Path | None,
    directory: Path,
    where: str,
    limit: int,
    docx: Path | None,
    vocab: Path | None,
    as_json: bool,
) -> int:
    text = " ".join(clause).strip()
    if bool(text) == (draft is not None):
        raise click.UsageError(
            say("Give a clause, or a draft with --draft.", "请给出一条条款，或用 --draft 给出草稿。")
        )
    if docx is not None and draft is not None and docx.resolve() == draft.resolve():
        raise click.UsageError(
            say("--docx would overwrite the draft — give another file", "--docx 会覆盖草稿本身，请换一个文件名")
        )
    words = vocabulary(vocab)
    with Corpus.open(directory, vocabulary=words) as corpus:
        with console(stderr=True).status(say("learning from the corpus, once", "首次使用，正在从语料库学习")):
            engine.prepare(corpus)
        if draft is None:
            title = ""
            answers: Iterator[Answer] = iter([engine.find(corpus, text, limit=limit, where=where)])
        else:
            documents = pipeline.parse(draft, vocabulary=words)
            title = documents[0].title
            answers = _each(corpus, documents, limit, where)
        first = next(answers, None)
        if first is None:
            complain(say(f"{draft}: the draft has no clauses to look for", f"{draft}：草稿中没有条款可查"))
            return 1
        found = list(chain([first], answers)) if docx is not None or as_json else chain([first], answers)
        if docx is not None:
            with whole(docx) as part:
                write_word(found, part, title=title, language="zh" if CHINESE else "en")
        if as_json:
            click.echo(json.dumps([answer.as_json() for answer in found], ensure_ascii=False))
        elif docx is not None:
            click.echo(str(docx))
        else:
            _show(found, draft is not None)
    return 0


def _each(corpus: Corpus, documents: Sequence[Document], limit: int, where: str) -> Iterator[Answer]:
    """The answers to a draft's clauses; how many are done is shown on a terminal."""
    screen = console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=screen, transient=True, disable=not screen.is_terminal or in_terminal()
    ) as progress:
        task = progress.add_task(
            say("looking for precedents", "正在查找先例"), total=sum(len(document.clauses) for document in documents)
        )
        for document in documents:
            for answer in engine.find_each(corpus, document, limit=limit, where=where):
                progress.advance(task)
                yield answer


def remark(answer: Answer) -> str:
    """Why there are no wordings, in a sentence."""
    if answer.remark == "short":
        return say(
            "too few words to compare — policyparse search finds words",
            "字数太少，不足以比较——查词语请用 policyparse search",
        )
    if answer.remark == "empty":
        return say(
            "there are no clauses to compare with — import documents, or ask more widely with --where",
            "没有可供比较的条款——请先导入文件，或放宽 --where",
        )
    return say("nothing close enough", "没有足够相近的条款")  # fmt: skip


def _show(answers: Iterator[Answer] | Sequence[Answer], draft: bool) -> None:
    for number, answer in enumerate(answers, 1):
        if in_terminal():
            _block(number, answer, draft)
            continue
        if draft:
            click.echo(f"# {answer.clause}\t{one_line(answer.text)}")
        if answer.remark:
            click.echo(f"# {remark(answer)}")
        for wording in answer.wordings or answer.nearest:
            click.echo("\t".join((f"{wording.score:.2f}", marked(wording.changes), sources(wording))))


def _block(number: int, answer: Answer, draft: bool) -> None:
    out = console()
    if draft:
        out.print(Text(f"{number}  {one_line(answer.text)}", style="bold"))
    if answer.remark:
        out.print(Padding(Text(remark(answer), style="yellow"), (0, 0, 0, 2)))
    for wording in answer.wordings or answer.nearest:
        text = Text(f"{wording.score:.2f}  ", style="bold cyan")
        for change in wording.changes:
            if change.kind != "equal" and change.one:
                text.append(safe(change.one).replace("\n", " "), style="strike red")
            style = "" if change.kind == "equal" else "bold green"
            text.append(safe(change.other).replace("\n", " "), style=style)
        out.print(Padding(text, (0, 0, 0, 2)))
        out.print(Padding(Text(sources(wording), style="dim"), (0, 0, 1, 8)))


def marked(changes: Sequence[Change]) -> str:
    """A wording in one line: 【-only the clause has-】【+only the wording has+】."""
    pieces: list[str] = []
    for change in changes:
        if change.kind == "equal":
            pieces.append(change.other)
            continue
        pieces += [f"【-{change.one}-】"] if change.one else []
        pieces += [f"【+{change.other}+】"] if change.other else []
    return one_line("".join(pieces))


def sources(wording: Wording) -> str:
    """Who uses a wording and since when, in one line."""
    best = wording.best
    shown = [best, *(use for use in wording.uses if use is not best)][:_NAMED]
    line = "；".join(use.source for use in shown)
    more = wording.count - len(shown)
    if more:
        line += say(f" and {counted(more, 'other', '')}", f"等{wording.count}处")
    if wording.count > 1 and wording.since:
        line += say(f" (since {wording.since})", f"（最早 {wording.since}）")
    return one_line(line)
