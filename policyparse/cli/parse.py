"""The command parse: files as JSON Lines.

In: paths. Out: documents on standard output. Touches: through batch.
"""

from __future__ import annotations

from pathlib import Path

import click

from policyparse.batch import Pipeline, Task, find_files, printable, read_file
from policyparse.cli.messages import Command, say
from policyparse.cli.options import vocab_option, vocabulary
from policyparse.cli.tables import complain
from policyparse.corpus import Imported


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
                complain(sentence(printable(found.path), found.reason, found.remedy))
                left = True
            continue
        outcome = read_file(Task.of(found.path), read)
        for document in outcome.documents:
            click.echo(document.model_dump_json(by_alias=True))
        for imported in (outcome.imported, *outcome.left):
            if imported.status == "failed":
                complain(record_sentence(imported))
                left = True
    return 1 if left else 0


def record_sentence(imported: Imported) -> str:
    """What became of a file, in one sentence."""
    return sentence(imported.path, imported.reason or "", imported.remedy or "")


def sentence(path: str, reason: str, remedy: str) -> str:
    """File, reason and remedy in one sentence."""
    return f"{path}: {reason}" + (f" — {remedy}" if remedy else "")
