"""Delegated items from the columns of an annexed list (事项名称 | 原实施机关 | 承接单位 | 下放方式).

In: an Outline with tables, the vocabulary. Out: one Row a line of the table. Touches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from policyparse.extract.heads import Names
from policyparse.extract.table_lines import tables
from policyparse.extract.tails import grammar
from policyparse.model import Mode
from policyparse.passing import Outline
from policyparse.vocabulary import Vocabulary

_ITEM = re.compile("事项|权限|权力|职权|名称|项目|内容|职能")
_NOT_ITEM = re.compile("序号|编号|编码|类型|类别|性质|依据|备注|说明|部门|单位|机关|主体|方式|子项|时限|代码")
_GIVER = re.compile(
    "原.{0,6}(?:机关|部门|单位|主体|层级)|下放(?:部门|单位|机关|主体)|委托(?:机关|部门|单位|主体)|赋权(?:部门|单位|主体)|市级.{0,4}(?:部门|单位)|县级.{0,4}(?:部门|单位)|区级.{0,4}(?:部门|单位)|主管部门|实施机关|行使部门|授权(?:部门|单位|机关)"
)
_TAKER = re.compile(
    "承接|接收|受托|受委托|下放后|调整后|被授权|承办|接权|行使层级|下放层级|下放对象|下放至|下放到|镇.{0,4}(?:机构|部门|单位)"
)
_WAY = re.compile("方式|形式|类型")
_ABOUT = re.compile("下放|委托|赋予|授权|承接|移交|赋权|放权|划转|扩权|调整后|原实施")
_MODES: tuple[tuple[str, Mode], ...] = (
    ("委托", "entrust"), ("授权", "authorize"), ("赋", "authorize"), ("派驻", "extend"), ("派出", "extend"),
    ("下放", "devolve"), ("移交", "devolve"), ("划转", "devolve"), ("直接", "devolve"), ("转移", "transfer"),
    ("见章", "approve-on"), ("预审", "approve-on"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """A table's line as a delegation, and where it stands in the text."""

    start: int
    end: int
    item: str
    giver: tuple[str, ...]
    taker: tuple[str, ...]
    mode: tuple[Mode, ...]


def find(outline: Outline, vocabulary: Vocabulary) -> Iterator[Row]:
    """The rows of every table whose head says that items are handed down."""
    names = grammar(vocabulary).names
    for table, rows in tables(outline):
        head = [re.sub(r"\s+", "", cell) for cell in table.header]
        giver, taker, way = (_first(head, pattern) for pattern in (_GIVER, _TAKER, _WAY))
        items = [
            at for at, cell in enumerate(head)
            if _ITEM.search(cell) and not _NOT_ITEM.search(cell) and at not in (giver, taker, way)
        ]  # fmt: skip
        about = "".join(head)
        if not items:
            continue
        for cells, start, end in rows:
            told = _ABOUT.search(about) or _ABOUT.search(outline.text, max(0, start - 200), start)
            if not told and (giver is None or taker is None):
                continue
            item = next((_cell(cells, at) for at in reversed(items) if _cell(cells, at)), "")
            if len(item) < 2 or re.fullmatch(r"[\d.、\s]+", item):
                continue
            form = _cell(cells, way) or about
            mode = tuple(dict.fromkeys(kind for word, kind in _MODES if word in form)) or ("devolve",)
            yield Row(start, end, item, _units(cells, giver, names), _units(cells, taker, names), mode)


def _first(head: Sequence[str], pattern: re.Pattern[str]) -> int | None:
    return next((at for at, cell in enumerate(head) if pattern.search(cell)), None)


def _cell(cells: Sequence[str], at: int | None) -> str:
    return re.sub(r"\s+", "", cells[at]) if at is not None and at < len(cells) else ""


def _units(cells: Sequence[str], at: int | None, names: Names) -> tuple[str, ...]:
    words = _cell(cells, at)
    return tuple(names.units(words)) or ((words,) if words else ())
