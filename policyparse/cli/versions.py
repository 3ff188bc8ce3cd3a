"""The command versions: documents that a newer one has replaced, and what stands in them.

In: words. Out: documents or clauses of older versions. Touches: through corpus.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click

from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, json_option
from policyparse.cli.tables import show_table
from policyparse.corpus import Corpus
from policyparse.corpus.versions import Version
from policyparse.model import Clause, Document
from policyparse.words import normal


@click.command(
    "versions",
    cls=Command,
    short_help=say("What was replaced by a newer version.", "已被新版取代的公文。"),
    help=say(
        "The documents whose file has changed since, or has them no longer. Search does not find them; with WORDS, this "
        "lists their clauses that contain all of these. `policyparse show ID` shows one.",
        "来源文件后来改动过、或已不含的公文。检索不含它们；给出 WORDS 时，列出其中含有全部这些词的条款。"
        "用 policyparse show ID 查看。",
    ),
    examples=[
        ("policyparse versions --corpus pilots", say("all older versions", "全部旧版")),
        ("policyparse versions 委托协议书 --corpus pilots", say("what they said about it", "旧版里怎么说")),
    ],
)
@click.argument("words", nargs=-1)
@corpus_option
@json_option
def versions_command(words: tuple[str, ...], directory: Path, as_json: bool) -> int:
    with Corpus.open(directory) as corpus:
        rows = list(_rows(corpus, words))
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return 0
    columns = {
        "document": say("document", "公文编号"), "title": say("title", "标题"), "newer": say("newer", "新版"),
        "since": say("since", "取代时间"), "path": say("file", "文件"), "text": say("clause", "条款"),
    }  # fmt: skip
    shown = [name for name in columns if name != "text" or words]
    show_table(
        say(f"older versions: {len(rows)}", f"旧版：{len(rows)}"),
        [columns[name] for name in shown],
        [[row[name] or "" for name in shown] for row in rows],
        wide=[columns["title"], columns["path"], columns["text"]],
    )
    return 0


def _rows(corpus: Corpus, words: tuple[str, ...]) -> Iterator[dict[str, str | None]]:
    """A row for each older version, or for each of its clauses that has all the words; there are few, so all are read."""
    wanted = [normal(word) for word in words]
    for version in corpus.store.versions.all():
        document = corpus.store.document(version.document)
        if document is None:
            continue
        if not wanted:
            yield _row(version, document, None)
        for clause in document.clauses if wanted else ():
            text = normal(clause.text)
            if all(word in text for word in wanted):
                yield _row(version, document, clause)


def _row(version: Version, document: Document, clause: Clause | None) -> dict[str, str | None]:
    return {
        "document": document.id + (f"#{clause.id}" if clause else ""), "title": document.title, "newer": version.newer,
        "since": version.since, "path": version.path, "text": clause.text if clause else None,
    }  # fmt: skip
