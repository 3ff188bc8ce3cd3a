"""The commands correct and corrections: a person's tags and verdicts into the corpus, and what is there.

In: a clause's id with tags, or a table in which tags were changed. Out: what was kept. Touches: the corpus.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, json_option
from policyparse.cli.tables import counted, show_table
from policyparse.corpus import Corpus, Correction
from policyparse.model import TAGS, Document
from policyparse.passing import PolicyparseError
from policyparse.vocabulary import shipped

_TAG_HEADS = ("final", "tags", "tag")
_HEADS = {
    "clause": ("条款", "条款编号", "id"), "final": ("更正", "定稿", "corrected", "更正标签"), "tags": ("全部标签",),
    "tag": ("标签", "主标签", "机器标签"), "note": ("备注",), "coder": ("编码员", "更正人", "by"),
}  # fmt: skip


@click.command(
    "correct",
    cls=Command,
    short_help=say("Give a clause the right tags.", "更正条款的标签。"),
    help=say(
        "Keep a person's tags of a clause (ID: d9f6…#c7), main one first. They win over the classifier's in show, "
        "search, compare and export, hold when the file is imported again or the model is trained anew, and can be "
        "learned from (policyparse train --corrections DIR). --record corrects a delegation or responsibility by its "
        "number in the document (policyparse show). --from takes a table: the clauses whose tags differ are corrected.",
        "保存人工给条款（编号如 d9f6…#c7）定的标签，主标签在前。显示、检索、比较、导出都以人工标签为准；重新导入、"
        "重新训练后仍然有效，还可用于训练（policyparse train --corrections 目录）。--record 按序号更正文件的下放事项或责任分工"
        "（序号见 policyparse show）。--from 读取表格，标签与库中不同的条款即被更正。",
    ),
    examples=[
        ("policyparse correct 'd9f6#c7' --tag delegation --tag service --by 李", say("two tags", "两个标签")),
        ("policyparse correct --from corrected.xlsx --by 李", say("from a table", "从表格")),
        ("policyparse correct d9f6 --record delegations/2 --wrong --by 李", say("it is none", "不是下放事项")),
        (
            "policyparse correct d9f6 --record responsibilities/1 --set 'task=组织实施' --by 李",
            say("amend a field", "改一个字段"),
        ),
        ("policyparse correct --withdraw 3", say("take one back", "撤回一条更正")),
    ],
)  # fmt: skip
@click.argument("identity", metavar="[ID]", required=False)
@corpus_option
@click.option("--tag", "tags", multiple=True, help=say("A tag; the first is the main one.", "标签，第一个为主标签。"))
@click.option("--by", default="", envvar="POLICYPARSE_BY", help=say("Who corrects.", "更正人。"))
@click.option("--note", default="", help=say("Why.", "说明。"))
@click.option(
    "--from", "table", type=click.Path(path_type=Path), metavar="FILE",
    help=say("A table (.xlsx, .csv) with clause and tags.", "含条款编号和标签的表（.xlsx、.csv）。"),
)  # fmt: skip
@click.option(
    "--record", help=say("delegations/N or responsibilities/N.", "delegations/序号 或 responsibilities/序号。")
)
@click.option("--wrong", is_flag=True, help=say("The record is none.", "该记录不成立。"))
@click.option(
    "--set", "fields", multiple=True, metavar="FIELD=VALUE", help=say("A field as it should be.", "应为的字段值。")
)
@click.option("--withdraw", type=int, help=say("Take a correction back, by its number.", "按编号撤回更正。"))
def correct_command(
    identity: str | None,
    directory: Path,
    tags: tuple[str, ...],
    by: str,
    note: str,
    table: Path | None,
    record: str | None,
    wrong: bool,
    fields: tuple[str, ...],
    withdraw: int | None,
) -> int:
    ways = [bool(tags), table is not None, record is not None, withdraw is not None]
    if sum(ways) != 1:
        raise click.UsageError(
            say("Give one of --tag, --from, --record, --withdraw.", "--tag、--from、--record、--withdraw 须选其一。")
        )
    if record is None and (wrong or fields):
        raise click.UsageError(say("--wrong and --set go with --record.", "--wrong 与 --set 须与 --record 同用。"))
    if (identity is None) == (bool(tags) or record is not None):
        raise click.UsageError(
            say("--tag and --record need the ID, the others none.", "--tag 与 --record 须给编号，其余不要编号。")
        )
    with Corpus.open(directory, write=True) as corpus:
        if table is not None:
            done = _from_table(corpus, table, by, note)
        elif withdraw is not None:
            done = [corpus.withdraw(withdraw)]
        elif record is not None:
            done = [_of_record(corpus, identity or "", record, wrong, fields, by, note)]
        else:
            done = [corpus.correct(identity or "", tags, by=by, note=note)]
    for each in done[:20]:
        click.echo(f"{each.number}\t{each.document}#{each.clause}\t{_said(each)}")
    if len(done) != 1:
        click.echo(say(counted(len(done), "correction", "") + " kept", f"保存更正 {len(done)} 条"))
    return 0


def _from_table(corpus: Corpus, path: Path, by: str, note: str) -> list[Correction]:
    """Corrects what differs. A column `final` (更正) is taken where it is filled; else changed `tags`, else a changed `tag`.

    A fault in a row is told before anything is kept.
    """
    from policyparse.train.sheets import read_rows

    changed = []
    for number, row in read_rows(path, _HEADS, ["clause"]):
        try:
            document, clause = corpus.clause(row["clause"])
        except PolicyparseError as error:
            raise PolicyparseError(f"{path}, row {number}: {error}") from None
        now = [tag.tag for tag in clause.tags]
        wanted = _wanted(row, list(now))
        if wanted and wanted != now:
            if unknown := [tag for tag in wanted if tag not in TAGS]:
                raise PolicyparseError(
                    f"{path}, row {number}: unknown tag {unknown[0]} — the tags are {', '.join(TAGS)}"
                )
            if not (who := row.get("coder") or by.strip()):
                raise PolicyparseError(f"{path}, row {number}: nobody is named who corrects it — give --by NAME")
            changed.append((f"{document.id}#{clause.id}", wanted, who, row.get("note") or note))
    return [corpus.correct(identity, wanted, by=who, note=said) for identity, wanted, who, said in changed]


def _wanted(row: dict[str, str], now: list[str]) -> list[str]:
    """The tags that a row gives its clause, which has `now`; [] where it says nothing new."""
    from policyparse.train.sheets import several

    # whatever the reader's language, a sheet may come from somebody of the other
    names = {row["zh"]: row["value"] for row in shipped().table("labels") if row["field"] == "tag"}
    for head in _TAG_HEADS:
        given = [names.get(word, word) for word in several(row.get(head, ""))]
        if head == "tag":  # a sheet's main tag alone: the others stay
            if given and given[:1] != now[:1]:
                return [*given, *(tag for tag in now[1:] if tag not in given)]
        elif given and (head == "final" or given != now):
            return given
    return []


def _of_record(
    corpus: Corpus, identity: str, which: str, wrong: bool, fields: tuple[str, ...], by: str, note: str
) -> Correction:
    document = corpus.document(identity.partition("#")[0])
    sort, _, number = which.partition("/")
    records: list[Any] = {
        "delegations": list[Any](document.delegations),
        "responsibilities": list[Any](document.responsibilities),
    }.get(sort, [])
    if not number.isdecimal() or not 1 <= int(number) <= len(records):
        raise PolicyparseError(
            f"{which}: no such record — give delegations/1 to {len(document.delegations)} or responsibilities/1 to "
            f"{len(document.responsibilities)}"
        )
    if wrong == bool(fields):
        raise click.UsageError(say("Give --wrong, or --set FIELD=VALUE.", "须给 --wrong 或 --set 字段=值。"))
    amended = None if wrong else dict(_field(document, each) for each in fields)
    return corpus.correct_record(document.id, records[int(number) - 1], amended, by=by, note=note)


def _field(document: Document, printed: str) -> tuple[str, Any]:
    """A field and its value: lists are parted by ； or 、."""
    name, mark, value = printed.partition("=")
    if not mark:
        raise PolicyparseError(f"{printed}: give FIELD=VALUE, to=柳溪镇 for instance")
    if name in ("from", "to", "mode", "departments"):
        return name, [part for part in value.replace("、", "；").split("；") if part]
    return name, value or None


def _said(correction: Correction) -> str:
    if correction.sort == "tags":
        return "；".join(correction.value)
    if correction.value is None:
        return f"{correction.sort}: ✗"
    return f"{correction.sort}: {json.dumps(correction.value, ensure_ascii=False)}"


@click.command(
    "corrections",
    cls=Command,
    short_help=say("What people have corrected.", "已有的更正。"),
    help=say(
        "Every correction with its number, who made it, when, and what the machine had said.",
        "列出每条更正：编号、更正人、时间，以及机器原来的结果。",
    ),
    examples=[("policyparse corrections --corpus pilots", say("all of them", "全部"))],
)
@corpus_option
@json_option
def corrections_command(directory: Path, as_json: bool) -> int:
    with Corpus.open(directory) as corpus:
        found = corpus.corrections.all()
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False))
        return 0
    rows = [
        [
            str(each.number),
            f"{each.document}#{each.clause}",
            "；".join(each.before) if each.sort == "tags" else json.dumps(each.before, ensure_ascii=False),
            _said(each),
            each.by,
            each.when[:16].replace("T", " "),
            say("withdrawn", "已撤回") if each.withdrawn else each.note,
        ]
        for each in found
    ]
    columns = [
        "#", say("clause", "条款"), say("before", "机器原判"), say("now", "更正为"), say("by", "更正人"),
        say("when", "时间"), say("note", "说明"),
    ]  # fmt: skip
    show_table(say(f"corrections: {len(rows)}", f"更正：{len(rows)}"), columns, rows, wide=columns[3])
    return 0
