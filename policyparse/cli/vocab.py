"""policyparse vocab check: the vocabulary against its own examples.

In: arguments. Out: one line an entry that fails, exit code 1 if any does. Touches the two streams.
"""

from __future__ import annotations

from pathlib import Path

import click

from policyparse.cli.messages import Command, Group, say
from policyparse.cli.options import vocab_option, vocabulary
from policyparse.vocabulary import shipped


@click.group(
    "vocab",
    cls=Group,
    short_help=say("Check the vocabulary.", "检查词表。"),
    help=say("Look after the vocabulary files.", "维护词表文件。"),
    examples=[("policyparse vocab check", say("every entry against its own examples", "用每条自带的例子检查"))],
)
def vocab_command() -> None:
    """The group of the vocabulary's commands."""


@vocab_command.command(
    "check",
    cls=Command,
    short_help=say("Every entry against its own examples.", "用每条自带的例子检查。"),
    help=say(
        "Test the entries for institutions, times, delegation and task verbs and page furniture against their own "
        "examples and counter-examples, the other files for their form, and print what fails. With --vocab, your own "
        "files are laid over the shipped ones first.",
        "用自带的例子和反例检查机构、时间、下放动词、责任动词和网页杂物各表，其余各表检查格式，列出不符的条目。加 --vocab 时先叠加自己的词表。",
    ),
    examples=[
        ("policyparse vocab check", say("the shipped files", "自带词表")),
        ("policyparse vocab check --vocab my-words/", say("with your own", "连同自己的词表")),
    ],
)  # fmt: skip
@vocab_option
def check_command(vocab: Path | None) -> int:
    from policyparse.vocabulary_check import failures

    count = 0
    for failure in failures(vocabulary(vocab) or shipped()):
        click.echo(failure)
        count += 1
    if not count:
        click.echo(say("every tested entry does what its examples say", "测试过的每一条都与自带的例子相符"), err=True)
    return 1 if count else 0
