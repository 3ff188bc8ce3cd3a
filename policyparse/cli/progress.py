"""How far an import is: a bar with the file that each worker is at, in a terminal; a line every few seconds in a pipe.

In: Progress. Out: characters on standard error. Touches: this stream.
"""

from __future__ import annotations

import time
from types import TracebackType

import click
from rich.console import Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from policyparse.batch import Progress
from policyparse.cli.messages import say
from policyparse.cli.parse import record_sentence
from policyparse.cli.tables import complain, console, one_line, safe

#: Seconds between two lines in a pipe.
_EVERY = 5.0
#: Times a second that the bar is drawn.
_FRAMES = 4


class Shown:
    """Shows progress while it is open; call it with every Progress."""

    def __init__(self) -> None:
        self._console = console(stderr=True)
        self._live = (
            Live(console=self._console, transient=True, auto_refresh=False) if self._console.is_terminal else None
        )
        self._drawn = self._said = time.monotonic()

    def __enter__(self) -> Shown:
        if self._live:
            self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.__exit__(kind, error, trace)

    def __call__(self, progress: Progress) -> None:
        if progress.last is not None and progress.last.status == "failed":
            line = record_sentence(progress.last)
            if self._live:
                self._live.console.print(Text(f"policyparse: {one_line(line)}"), soft_wrap=True)
            else:
                complain(line)
        now = time.monotonic()
        if self._live and (progress.busy or progress.last is None) and now - self._drawn > 1 / _FRAMES:
            self._drawn = now
            self._live.update(_picture(progress, self._console.width), refresh=True)
        elif not self._live and now - self._said > _EVERY:
            self._said = now
            click.echo(line_of(progress), err=True)


def line_of(progress: Progress) -> str:
    """The figures in one line: files, megabytes, rate, time left, failures, what takes longest."""
    if progress.phase == "looking":
        return say(f"looking at the folders: {progress.files:,} files", f"正在查看文件夹：{progress.files:,} 个文件")
    parts = [
        say(f"{progress.settled:,} of {progress.files:,} files", f"{progress.settled:,} / {progress.files:,} 个文件"),
        f"{progress.settled_bytes / 1e6:,.1f} / {progress.bytes / 1e6:,.1f} MB",
        f"{progress.rate / 1e6:,.2f} MB/s",
        say(f"{progress.files_a_second:,.1f} files/s", f"{progress.files_a_second:,.1f} 个/秒"),
    ]
    if progress.seconds_left is not None:
        parts.append(say(f"{clock(progress.seconds_left)} left", f"还需 {clock(progress.seconds_left)}"))
    failed = progress.counts["failed"]
    parts.append(say(f"{failed:,} failed", f"失败 {failed:,}"))
    if progress.busy and progress.busy[0].seconds > _EVERY:
        longest = progress.busy[0]
        parts.append(
            say(f"at {one_line(longest.path)} for ", f"{one_line(longest.path)} 已读 ") + clock(longest.seconds)
        )
    return say("; ", "；").join(parts)


def clock(seconds: float) -> str:
    """3:05 or 2:03:05."""
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def _picture(progress: Progress, width: int) -> Group:
    bar = ProgressBar(total=max(progress.bytes, 1), completed=progress.settled_bytes, width=min(40, width // 3))
    first = Table.grid(padding=(0, 1))
    first.add_row(Text(say("importing", "正在导入")), bar)
    table = Table.grid(padding=(0, 1), expand=False)
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column(overflow="ellipsis", no_wrap=True)
    for busy in progress.busy:
        memory = f"{busy.memory / 1e6:,.0f} MB" if busy.memory else ""
        table.add_row(clock(busy.seconds), memory, Text(_end_of(safe(busy.path), max(20, width - 22))))
    return Group(first, Text(line_of(progress)), table)


def _end_of(path: str, width: int) -> str:
    return path if len(path) <= width else "…" + path[-(width - 1) :]
