"""The command code: a corpus read with a researcher's own tags.

In: a model of own tags (`policyparse train --tags`), a corpus. Out: a row a clause. Touches: the corpus, which keeps them.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option
from policyparse.cli.tables import show_table
from policyparse.corpus import Corpus
from policyparse.passing import PolicyparseError
from policyparse.search import matching_documents

WIDTHS = {"clause": 22, "headings": 30, "text": 80, "tag": 16, "tags": 22, "score": 8, "document": 34}
HEADS = {
    "clause": "条款", "headings": "所在标题", "text": "原文", "tag": "标签", "tags": "全部标签", "score": "得分", "document": "文件",
}  # fmt: skip


@click.command(
    "code",
    cls=Command,
    short_help=say("Code a corpus with your own tags.", "用自定标签给语料库编码。"),
    help=say(
        "Give every clause of a corpus the tags of your own scheme, with a model made by policyparse train --tags. The "
        "corpus keeps them beside its own twenty tags (policyparse show CLAUSE shows both); --output writes a table.",
        "用 policyparse train --tags 训练的模型，给语料库每条条款加上自定标签。它们与自带的二十个标签并存"
        "（policyparse show 条款编号 同时显示）；--output 写出表格。",
    ),
    examples=[
        ("policyparse code --model instruments.skops --corpus pilots", say("counts by tag", "各标签条数")),
        ("policyparse code --model instruments.skops --output coded.xlsx", say("clause by clause", "逐条写成表")),
    ],
)
@corpus_option
@click.option(
    "--model", "model", type=click.Path(path_type=Path), required=True, metavar="FILE.skops",
    help=say("A model of own tags.", "自定标签的模型。"),
)  # fmt: skip
@click.option("--where", help=say("A query: only documents with a hit.", "检索式：只编有命中的文件。"))
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar=say("FILE", "文件"),
    help=say(".xlsx, .csv or .jsonl.", ".xlsx、.csv 或 .jsonl。"),
)  # fmt: skip
def code_command(directory: Path, model: Path, where: str | None, output: Path | None) -> int:
    from policyparse.corpus.passages import path_of
    from policyparse.export import write_table
    from policyparse.tag import Tagger
    from policyparse.train.applying import contexts_of_document

    tagger = Tagger.load(model)
    scheme = tagger.model.made.get("scheme", model.stem)
    count: Counter[str] = Counter()
    rows: list[dict[str, str | float]] = []
    with Corpus.open(directory, write=True) as corpus:
        if not corpus.codings.tags_of(scheme) <= set(tagger.tags):
            raise PolicyparseError(
                f"{directory}: it is coded in another scheme that is called {scheme} too — give the sheet of tags another "
                "name, and train again"
            )
        for document in corpus.documents(matching_documents(corpus, where) if where else None):
            found = tagger.ranked(contexts_of_document(document))
            corpus.codings.put(scheme, document, found)
            for clause, tags in zip(document.clauses, found, strict=True):
                count[tags[0][0]] += 1
                if output is not None:
                    rows.append({
                        "clause": f"{document.id}#{clause.id}", "headings": " › ".join(path_of(document, clause.section)),
                        "text": clause.text, "tag": tags[0][0], "tags": "；".join(tag for tag, _ in tags),
                        "score": round(tags[0][1], 4), "document": document.title,
                    })  # fmt: skip
    whole = sum(count.values())
    shown = [[tag, str(count[tag]), f"{count[tag] / max(whole, 1):.3f}"] for tag in tagger.tags]
    columns = [say("tag", "标签"), say("clauses", "条款数"), say("share", "占比")]
    show_table(say(f"{scheme}: {whole} clauses", f"{scheme}：{whole} 条条款"), columns, shown)
    if output is not None:
        write_table(scheme, WIDTHS, HEADS, rows, output)
        click.echo(str(output))
    return 0
