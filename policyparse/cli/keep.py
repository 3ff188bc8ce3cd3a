"""Commands that look after a corpus: reindex, verify, backup, restore.

In: a corpus directory. Out: the same, looked after. Touches: through corpus.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from policyparse.batch.mending import mend as mend_files
from policyparse.cli.cluster import sending_told, sent_line, store_option
from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, json_option, vocab_option, vocabulary
from policyparse.cli.tables import complain, counted, show_table
from policyparse.cluster import Store, send
from policyparse.corpus import Corpus
from policyparse.corpus.backup import backup, restore
from policyparse.corpus.verify import repair, verify


@click.command(
    "reindex",
    cls=Command,
    short_help=say("Make the search index anew.", "重建检索索引。"),
    help=say(
        "Make the search index again from the documents: after an upgrade, or when it is damaged. The documents are "
        "not touched, and the old index serves until the new one is whole.",
        "由库中文件重建检索索引：升级之后，或索引损坏时用。文件本身不动，新索引建成之前旧的照用。",
    ),
    examples=[
        ("policyparse reindex --corpus pilots", say("after an upgrade", "升级之后")),
        ("policyparse reindex --corpus pilots --store opensearch://head:9200/pilots",
         say("the copy in an OpenSearch", "OpenSearch 中的副本")),
    ],
)  # fmt: skip
@corpus_option
@store_option(
    "Fill this OpenSearch anew, instead of the index in the directory", "重新填充这个 OpenSearch，而非目录中的索引"
)
@vocab_option
def reindex_command(directory: Path, store: str | None, vocab: Path | None) -> int:
    if store is not None:
        with Store(store) as copy, Corpus.open(directory, write=True, vocabulary=vocabulary(vocab)) as corpus:
            click.echo(sent_line(copy, send(corpus, copy, anew=True, progress=sending_told())))
        return 0
    with Corpus.open(directory, write=True, vocabulary=vocabulary(vocab)) as corpus:
        number = corpus.reindex()
    click.echo(
        say(f"{directory}: indexed {counted(number, 'document', '')}", f"{directory}：已为 {number} 份文件建立索引")
    )
    return 0


@click.command(
    "verify",
    cls=Command,
    short_help=say("Prove that a corpus is whole.", "检验语料库是否完好。"),
    help=say(
        "Prove a corpus: the database is sound, every document is whole and has the text that its id was made of, every "
        "clause is cut where it says, has its tags as corrected and stands in the search index, nothing stands in the "
        "index besides, and who cites whom is kept as the documents have it. "
        "--repair makes again what can be made from what is stored; a document that cannot be read is read again from "
        "its kept original or its file, and else taken out until the next import.",
        "检验语料库：数据库完好，每份公文完整且与编号相符，每条条款切分位置正确、标签与更正一致并在索引中，索引中没有多余的条款，引用关系与公文一致。"
        "--repair 由库中内容重建能重建的；读不出的公文由所存原件或原文件重读，都不在时移出，待下次导入。",
    ),
    examples=[
        ("policyparse verify --corpus pilots", say("is all well?", "是否完好")),
        ("policyparse verify --repair --corpus pilots", say("mend what can be mended", "修复能修复的")),
    ],
)
@corpus_option
@click.option("--repair", "mend", is_flag=True, help=say("Make again what can be.", "重建能重建的。"))
@json_option
def verify_command(directory: Path, mend: bool, as_json: bool) -> int:
    with Corpus.open(directory, write=mend) as corpus:
        faults = list(verify(corpus))
        mended = repair(corpus, faults) if mend else 0
        back, waiting = mend_files(corpus) if mended else (0, [])
        left = list(verify(corpus)) if mended else faults
        counts = corpus.store.counts()
    if as_json:
        click.echo(json.dumps({"faults": [asdict(f) for f in faults], "left": len(left), **counts}, ensure_ascii=False))
        return 1 if left else 0
    columns = [
        say("fault", "问题"),
        say("what", "对象"),
        say("reason", "说明"),
        say("--repair will", "--repair 的做法"),
    ]
    rows = [[fault.code, fault.what, fault.reason, fault.repair] for fault in faults]
    show_table(say(f"faults: {len(rows)}", f"问题：{len(rows)}"), columns, rows, wide=columns[2:])
    if mended:
        click.echo(say(f"repaired: {mended}; left: {len(left)}", f"已修复 {mended} 处，尚余 {len(left)} 处"))
    if back:
        click.echo(say(f"read again from their files: {back}", f"由原文件重读：{back} 个"))
    if waiting:
        complain(
            say(
                f"no longer there as they were imported: {', '.join(waiting[:5])} — policyparse import reads what has "
                "taken their place",
                f"已不是导入时的样子：{'、'.join(waiting[:5])}——policyparse import 读取现有的",
            )
        )
    if left and not all(fault.repair for fault in left):
        complain(
            say(
                "what cannot be repaired here comes back with: policyparse restore",
                "此处不能修复的，用 policyparse restore 从备份恢复",
            )
        )
    if not faults:
        click.echo(
            say(
                f"{directory} is whole: {counted(counts['documents'], 'document', '')}, "
                f"{counted(counts['clauses'], 'clause', '')}, all where they should be",
                f"{directory} 完好：文件 {counts['documents']:,} 份、条款 {counts['clauses']:,} 条，均在其位",
            )
        )
    return 1 if left else 0


@click.command(
    "backup",
    cls=Command,
    short_help=say("A corpus as one file.", "把语料库备份成一个文件。"),
    help=say(
        "Write the corpus to the new file FILE, as it is at one moment, even while an import is writing to it.",
        "把语料库按某一时刻的样子写入新文件 FILE，导入进行中也可以。",
    ),
    examples=[("policyparse backup pilots-monday.zip --corpus pilots", say("to one file", "备份成一个文件"))],
)
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@corpus_option
def backup_command(target: Path, directory: Path) -> int:
    made = backup(directory, target)
    click.echo(
        say(
            f"{target}: {counted(made.documents, 'document', '')}, {counted(made.originals, 'original', '')}, "
            f"{made.bytes / 1e6:,.1f} MB",
            f"{target}：文件 {made.documents:,} 份，原件 {made.originals:,} 份，{made.bytes / 1e6:,.1f} MB",
        )
    )
    return 0


@click.command(
    "restore",
    cls=Command,
    short_help=say("A corpus from a backup.", "从备份恢复语料库。"),
    help=say(
        "Make the corpus of a backup FILE, in a directory that is new: nothing is overwritten.",
        "由备份文件 FILE 恢复语料库，放入新目录，不覆盖任何东西。",
    ),
    examples=[
        ("policyparse restore pilots-monday.zip --corpus pilots-again", say("into a new directory", "恢复到新目录"))
    ],
)
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@corpus_option
def restore_command(source: Path, directory: Path) -> int:
    made = restore(source, directory, _make_index)
    click.echo(
        say(
            f"{directory}: {counted(made.documents, 'document', '')} as of {made.made}",
            f"{directory}：文件 {made.documents:,} 份，备份于 {made.made}",
        )
    )
    return 0


def _make_index(directory: Path) -> None:
    Corpus.open(directory, write=True).close()
