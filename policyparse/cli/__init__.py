"""The command line: parses arguments, calls a Python function, shows what it gives.

In: arguments. Out: results on standard output, all else on standard error, and the exit code of the contract:
0 all done, 1 something was left behind, 2 the command was called wrongly.
Touches: the two streams; everything else through the rooms below.

A command's file has its name; imports.py has import, reports.py imports, keep.py reindex, verify, backup and restore,
correct.py corrections too, train.py evaluate too. A new command is written in a file of its own and named in COMMANDS.
"""

from __future__ import annotations

import io
import os
import sqlite3
import sys
import warnings
from importlib.metadata import PackageNotFoundError, version

import click

from policyparse.cli import (
    check,
    code,
    compare,
    correct,
    export,
    imports,
    keep,
    parse,
    precedents,
    reports,
    reuse,
    search,
    serve,
    show,
    train,
    versions,
    vocab,
)
from policyparse.cli.messages import Group, say
from policyparse.cli.tables import complain, one_line
from policyparse.passing import PolicyparseError, ReadError
from policyparse.search import QueryError

COMMANDS: tuple[click.Command, ...] = (
    parse.parse_command,
    imports.import_command,
    search.search_command,
    show.show_command,
    export.export_command,
    compare.compare_command,
    reuse.reuse_command,
    precedents.precedents_command,
    check.check_command,
    reports.imports_command,
    serve.serve_command,
    versions.versions_command,
    keep.reindex_command,
    keep.verify_command,
    keep.backup_command,
    keep.restore_command,
    vocab.vocab_command,
    correct.correct_command,
    correct.corrections_command,
    train.train_command,
    train.evaluate_command,
    code.code_command,
)


def _version() -> str:
    try:
        return version("policyparse")
    except PackageNotFoundError:
        return "0"


@click.group(
    cls=Group,
    help=say(
        "Read Chinese policy texts and turn them into data: structure, institutions, delegated items, time points, "
        "responsible departments, and a searchable corpus.",
        "读取中文政策文件，转成数据：结构、机构、下放事项、时间、责任单位，并建立可检索的语料库。",
    ),
    examples=[
        ("policyparse import notices/ --corpus pilots", say("import a folder", "导入一个文件夹")),
        ("policyparse search 权限下放 --corpus pilots", say("search in it", "在其中检索")),
        ("policyparse show d9f6 --corpus pilots", say("one document's tables", "一份文件的各种表")),
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(_version(), prog_name="policyparse", help=say("Show the version and exit.", "显示版本后退出。"))
def cli() -> None:
    """All commands."""


for _command in COMMANDS:
    cli.add_command(_command)


def main(arguments: list[str] | None = None) -> None:
    """Runs the command line and exits."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (not stream.isatty() or "utf" in (stream.encoding or "").lower()):
            stream.reconfigure(encoding="utf-8", errors="replace")
    # a warning (a model made with another scikit-learn) is one line too, and not a place in our code
    warnings.formatwarning = lambda message, *_, **__: f"policyparse: {one_line(str(message))}\n"
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    try:
        # not cli.main(), which takes a closed pipe for a failure
        with cli.make_context("policyparse", sys.argv[1:] if arguments is None else list(arguments)) as context:
            answer = cli.invoke(context)
        code = answer if isinstance(answer, int) else 0
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "policyparse"
        complain(f"{error.format_message()} {say('See', '参见')} {where} --help")
        return 2
    except click.exceptions.Exit as error:
        return error.exit_code
    except ReadError as error:
        complain(str(error))
        return 1
    except QueryError as error:
        complain(say(str(error), error.chinese))
        return 2
    except PolicyparseError as error:
        complain(str(error))
        return 2
    except (KeyboardInterrupt, click.Abort):
        complain(say("stopped; the same command continues where it was", "已中断；再次运行同一命令会接着做"))
        return 1
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except sqlite3.Error as error:
        complain(f"the corpus database cannot be used ({error}) — restore it from a copy, or import the files again")
        return 2
    except OSError as error:
        complain(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
        return 1
    return code
