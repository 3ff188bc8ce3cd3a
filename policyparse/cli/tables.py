"""How results look: tables in a terminal, tab-separated lines in a pipe.

In: rows of strings. Out: characters on standard output or standard error. Touches: these two streams.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

import click
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from policyparse.cli.messages import say

#: Characters that would move the cursor or colour the terminal; a document must not be able to.
_STEERING = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)} - {0x09, 0x0A}
_CONTROL = dict.fromkeys(_STEERING, " ")


#: The least width of a column that takes the room that is left: ten Chinese characters.
_WIDE = 20


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
        click.echo(f"# {one_line(title)}")
        click.echo("\t".join(map(one_line, columns)))
        for row in rows:
            click.echo("\t".join(one_line(cell.plain if isinstance(cell, Text) else cell) for cell in row))
        return
    filled = [at for at in range(len(columns)) if any(str(row[at]) for row in rows)]  # no room for empty columns
    columns = [columns[at] for at in filled]
    widest = {columns.index(name) for name in ([wide] if isinstance(wide, str) else wide) if name in columns}
    columns = list(map(one_line, columns))  # a head may be a document's title
    cells = [[_text(row[at]) for at in filled] for row in rows]
    out = console()
    table = Table(title=one_line(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column, width in zip(columns, _widths(columns, cells, widest, out.width), strict=True):
        table.add_column(column, overflow="fold", width=width)
    for line in cells:
        table.add_row(*line)
    out.print(table)


def _text(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(safe(cell))


def _widths(columns: Sequence[str], cells: Sequence[Sequence[Text]], widest: set[int], room: int) -> list[int]:
    """A width for each column: what it needs, the narrow ones less where the wide ones would have no room."""
    needs = [
        max(cell_len(columns[at]), *(cell_len(part) for row in cells for part in row[at].plain.split("\n")))
        for at in range(len(columns))
    ]
    room -= 3 * len(columns)  # what the box takes
    narrow = [at for at in range(len(columns)) if at not in widest]
    least = sum(min(_WIDE, needs[at]) for at in widest)
    cap = max(needs)
    while cap > 8 and sum(min(needs[at], cap) for at in narrow) > room - least:
        cap -= 2
    left = room - sum(min(needs[at], cap) for at in narrow)
    share: dict[int, int] = {}
    for number, at in enumerate(sorted(widest, key=lambda at: needs[at])):
        share[at] = max(4, min(needs[at], left // (len(widest) - number)))
        left -= share[at]
    return [share[at] if at in share else min(needs[at], cap) for at in range(len(columns))]


def complain(sentence: str) -> None:
    """One plain line on standard error."""
    click.echo(f"policyparse: {one_line(sentence)}", err=True)


def counted(number: int, english: str, chinese: str) -> str:
    """3 documents / 3 份文件; the English word takes an s."""
    return say(f"{number:,} {english}{'' if number == 1 else 's'}", f"{number:,} {chinese}")
