"""Who is responsible, from the columns of a task table (任务 | 牵头单位 | 配合单位 | 完成时限).

In: an Outline with tables, the vocabulary. Out: one Row a line of the table, with its parties. Touches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policyparse.extract.table_lines import tables
from policyparse.extract.tails import Party, grammar
from policyparse.model import Role
from policyparse.passing import Outline
from policyparse.vocabulary import Vocabulary

_TASK = re.compile("任务|内容|事项|措施|举措|要求|项目|指标|工作")
_NO_TASK = re.compile("序号|编号|类别|一级|时限|时间|备注|单位|部门|责任|牵头|配合")


@dataclass(frozen=True, slots=True)
class Row:
    """A table's line: its task, its parties, and where it stands in the text."""

    start: int
    end: int
    task: str
    parties: tuple[Party, ...]


def find(outline: Outline, vocabulary: Vocabulary) -> Iterator[Row]:
    """The rows of every table that has a column of units and one of tasks."""
    for table, rows in tables(outline):
        columns = _columns(table.header, vocabulary)
        if columns is None:
            continue
        task_columns, roles = columns
        for cells, start, end in rows:
            task = "。".join(dict.fromkeys(c for c in (_cell(cells, at) for at in task_columns) if c))
            parties = tuple(
                Party(role, tuple(units))
                for at, role in roles
                if (units := grammar(vocabulary).names.units(re.sub(r"\s+", "、", _cell(cells, at))))
            )
            if task and parties:
                yield Row(start, end, task, parties)


def _columns(header: Sequence[str], vocabulary: Vocabulary) -> tuple[list[int], list[tuple[int, Role]]] | None:
    labels = grammar(vocabulary).labels
    tasks: list[int] = []
    roles: list[tuple[int, Role]] = []
    for at, cell in enumerate(header):
        name = re.sub(r"\s+", "", cell)
        label = next((word for word in sorted(labels, key=len, reverse=True) if name.startswith(word)), None)
        if label and labels[label] not in ("deadline", "other"):
            kind = labels[label]
            roles.append((at, "lead" if kind == "lead" else "support" if kind == "support" else "responsible"))
        elif _TASK.search(name) and not _NO_TASK.search(name):
            tasks.append(at)
    return (tasks, roles) if tasks and roles else None


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if at < len(cells) else ""
