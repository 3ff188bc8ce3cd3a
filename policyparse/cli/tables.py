"""How results look: tables in a terminal, tab-separated lines in a pipe.

In: rows of strings. Out: characters on standard output or standard error. Touches: these two streams.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from policyparse.cli.messages import say

#: Characters that would move the cursor or colour the terminal; a document must not be able to.
_STEERING = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {0x09, 0x0A}
_CONTROL = dict.fromkeys(_STEERING, " ")


def console(stderr: bool = False) -> Console:
    """A console on the stream as it is now, for documents' own text: nothing in it is taken for markup."""
    return Console(file=sys.stderr if stderr else sys.stdout, highlight=False, markup=False, emoji=False)


def in_terminal() -> bool:
    """Whether standard output is a terminal and not a pipe or a file."""
    return sys.stdout.isatty()


def safe(text: str) -> str:
    """`text` without characters that steer a terminal."""
    return text.translate(_CONTROL)


def one_line(text: str) -> str:
    """`text` with its white space made single spaces: a cell of a tab-separated line."""
    return " ".join(safe(text).split())


def marked(text: str, spans: Iterable[tuple[int, int]], style: str = "bold yellow") -> Text:
    """`text` with `spans` shown in `style`; its line breaks become spaces."""
    shown = Text(safe(text).replace("\n", " ").replace("\t", " "))
    for start, end in spans:
        shown.stylize(style, start, end)
    return shown


def show_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str | Text]], wide: str | Sequence[str] = ()
) -> None:
    """A table on standard output; `wide` names the column or columns that take the room that is left.

    In a pipe: a line `# title`, a head line and a line a row, cells parted by tabs.
    """
    if not rows:
        return
    if not in_terminal():
        click.echo(f"# {title}")
        click.echo("\t".join(columns))
        for row in rows:
            click.echo("\t".join(one_line(cell.plain if isinstance(cell, Text) else cell) for cell in row))
        return
    widest = [wide] if isinstance(wide, str) else list(wide)
    table = Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False, expand=True
    )
    for column in columns:
        table.add_column(column, overflow="fold", ratio=1 if column in widest else None, no_wrap=False)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(safe(cell)) for cell in row))
    console().print(table)


def complain(sentence: str) -> None:
    """One plain line on standard error."""
    click.echo(f"policyparse: {one_line(sentence)}", err=True)


def counted(number: int, english: str, chinese: str) -> str:
    """3 documents / 3 份文件; the English word takes an s."""
    return say(f"{number:,} {english}{'' if number == 1 else 's'}", f"{number:,} {chinese}")
