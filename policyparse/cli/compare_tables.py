"""How a pilot table looks: in a terminal, in a pipe, in a file.

In: a table that was made. Out: rows on standard output; a file. Touches: through export.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from policyparse import export
from policyparse.cli.messages import CHINESE, say
from policyparse.cli.search import labels
from policyparse.cli.tables import complain, in_terminal, show_table
from policyparse.compare import Made
from policyparse.compare.rows import Row
from policyparse.compare.sources import COLUMNS, HEADS, TITLE, table_sources
from policyparse.export.calendar import write_calendar
from policyparse.export.timeline_picture import timeline_picture
from policyparse.model import Document
from policyparse.passing import PolicyparseError
from policyparse.vocabulary import shipped

#: Columns for which a terminal has no room; a file, a pipe and --json have them all.
_NOT_IN_TERMINAL = {
    "quote", "headings", "document", "documents", "conditions", "date", "basis", "number", "words", "printed", "meaning", "article",
    "coder_1", "coder_2", "note", "score", "payer", "known", "last",
}  # fmt: skip

#: Columns whose values are codes of the contract or of ours; people are shown their labels (vocab/labels.csv).
_CODES = ("mode", "type", "anchor", "certain", "known", "change", "part", "tag")

#: Columns of times, which people are shown in words: ../2010-06-30 is 2010-06-30前.
_TIMES = ("deadline", "since")

_REASONS = {
    "no-day": ("no day of the month", "没有具体日"),
    "no-year": ("no year", "没有年份"),
    "guessed": ("its year is a guess", "年份是推测的"),
    "reversed": ("ends before it begins", "起止颠倒"),
}


def pilot_table(made: Made, documents: list[Document], output: Path | None, as_json: bool) -> None:
    """Shows or writes a table; says on standard error what was left out."""
    if made.left_out:
        complain(say(
            f"left out because they are less sure, or nothing was counted for their rule: {made.left_out}",
            f"可信度不够或无从统计而未列出的：{made.left_out} 条",
        ))  # fmt: skip
    if output is not None:
        _write(made, documents, output)
        click.echo(str(output))
    elif as_json:
        click.echo(json.dumps(made.rows, ensure_ascii=False))
    elif not made.rows:
        complain(say("these documents have none", "这些文件中没有"))
    else:
        _show(made)


def _write(made: Made, documents: list[Document], output: Path) -> None:
    ending = output.suffix.lower()
    if ending in (".svg", ".ics"):
        if made.name != "timeline":
            raise PolicyparseError(say(
                f"{output}: only the timeline becomes a picture or a calendar — use --table timeline",
                f"{output}：只有时间节点可写成图或日历——请用 --table timeline",
            ))  # fmt: skip
        if ending == ".svg":
            timeline_picture(made.rows, CHINESE).write(output)
        else:
            _say_left([reason for _, reason in write_calendar(made.rows, output)], len(made.rows))
        return
    rows = made.rows if ending == ".jsonl" else [_labelled(row) for row in made.rows]
    more = []
    if ending == ".xlsx":
        more = [export.Sheet(TITLE, COLUMNS, HEADS, table_sources(documents, made.columns, made.rows))]
    export.write_table(made.title, made.columns, made.heads, rows, output, more)


def _say_left(left: Sequence[str], whole: int) -> None:
    counts = Counter(left)
    reasons = say("; ", "；").join(
        f"{_REASONS[reason][int(CHINESE)]} {number}" for reason, number in counts.most_common()
    )
    complain(say(
        f"{whole - len(left)} of {whole} dates are in the calendar" + (f"; left out: {reasons}" if left else ""),
        f"{whole} 个时间中写入日历 {whole - len(left)} 个" + (f"；未写入：{reasons}" if left else ""),
    ))  # fmt: skip


def _labelled(row: Row) -> Row:
    """A row with Chinese words in the place of codes: the heads of a file are Chinese in every language."""
    names = {(each["field"], each["value"]): each["zh"] for each in shipped().table("labels")}
    return {
        name: "；".join(names.get((name, part), part) for part in str(value).split("；"))
        if name in _CODES and value is not None else _in_words(str(value), True) if name in _TIMES and value else value
        for name, value in row.items()
    }  # fmt: skip


def _in_words(values: str, chinese: bool) -> str:
    """Times as they are said: 2010-06-30前, 自2009起, 2010至2012; what is in words already stays."""
    return "；".join(_time(value, chinese) for value in values.split("；"))


def _time(value: str, chinese: bool) -> str:
    first, slash, last = value.partition("/")
    if not slash or not (first[:1].isdigit() or first.startswith(("X", "."))):
        return value
    if first in ("", ".."):
        return f"{last}前" if chinese else f"by {last}"
    if last in ("", ".."):
        return f"自{first}起" if chinese else f"from {first}"
    return f"{first}至{last}" if chinese else f"{first} to {last}"


def _show(made: Made) -> None:
    names = labels(None)
    hidden = _NOT_IN_TERMINAL if in_terminal() else set()
    columns = [name for name in made.columns if name not in hidden]
    # the columns of the matrix are places
    heads = [made.heads[name] if CHINESE or "/" in name else name for name in columns]
    wide = [heads[columns.index(name)] for name in ("item", "task", "sentence", "text") if name in columns][:1]
    if made.name == "matrix":
        wide = [
            head for name, head in zip(columns, heads, strict=True) if name not in ("group", "documents", "confidence")
        ]
    cells = [[_cell(name, row.get(name), names) for name in columns] for row in made.rows]
    show_table(f"{say(made.english, made.title)} ({len(made.rows)})", heads, cells, wide=wide)


def _cell(column: str, value: object, names: dict[tuple[str, str], str]) -> str:
    text = "" if value is None else str(value)
    if column in _CODES:
        return ("\n" if in_terminal() else "；").join(names.get((column, part), part) for part in text.split("；"))
    if column in _TIMES:
        return _in_words(text, CHINESE)
    if in_terminal() and column == "place":
        return " ".join(text.split("/")[-2:])
    if in_terminal() and column == "clause":  # the beginning of an id is enough for `show`
        document, mark, clause = text.partition("#")
        return document[:9] + mark + clause
    return text
