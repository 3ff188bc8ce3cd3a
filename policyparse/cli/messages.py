"""The command line in the reader's language: help in English or Chinese, with examples under every command.

In: the locale. Out: `say`, and click classes whose headings are in that language. Touches: reads the environment.

Both languages stand side by side where they are used, `say("English", "中文")`, so that neither is forgotten.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import click

Example = tuple[str, str]


def _chinese() -> bool:
    """Whether the locale is Chinese; POLICYPARSE_LANG (zh or en) comes before it."""
    for name in ("POLICYPARSE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return value.lower().startswith("zh")
    return False


CHINESE = _chinese()


def say(english: str, chinese: str) -> str:
    """The text in the reader's language."""
    return chinese if CHINESE else english


class _Localised(click.Command):
    """Usage and options under headings in the reader's language, then the examples."""

    examples: Sequence[Example] = ()

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("Show this text and exit.", "显示本帮助后退出。")
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join(pieces), say("Usage: ", "用法："))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [param.get_help_record(ctx) for param in self.get_params(ctx) if isinstance(param, click.Option)]
        rows = [record for record in records if record is not None]
        if rows:
            with formatter.section(say("Options", "选项")):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        if self.examples:
            with formatter.section(say("Examples", "示例")):
                for line, meaning in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}# {meaning}\n")
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")


class Command(_Localised):
    """A command; `examples` are (command line, what it does)."""

    def __init__(self, *args: Any, examples: Sequence[Example] = (), **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.examples = examples


class Group(_Localised, click.Group):
    """The group of all commands; they are listed in the order in which they were added."""

    command_class = Command

    def __init__(self, *args: Any, examples: Sequence[Example] = (), **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.examples = examples

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        rows = [(name, command.get_short_help_str(formatter.width)) for name, command in self.commands.items()]
        with formatter.section(say("Commands", "命令")):
            formatter.write_dl(rows)
