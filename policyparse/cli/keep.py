"""Commands that look after a corpus: reindex.

In: a corpus directory. Out: the same, looked after. Touches: through corpus.
"""

from __future__ import annotations

from pathlib import Path

import click

from policyparse.cli.messages import Command, say
from policyparse.cli.options import corpus_option, vocab_option, vocabulary
from policyparse.cli.tables import counted
from policyparse.corpus import Corpus


@click.command(
    "reindex",
    cls=Command,
    short_help=say("Make the search index anew.", "重建检索索引。"),
    help=say(
        "Make the search index again from the documents: after an upgrade, or when it is damaged. The documents are "
        "not touched, and the old index serves until the new one is whole.",
        "由库中文件重建检索索引：升级之后，或索引损坏时用。文件本身不动，新索引建成之前旧的照用。",
    ),
    examples=[("policyparse reindex --corpus pilots", say("after an upgrade", "升级之后"))],
)
@corpus_option
@vocab_option
def reindex_command(directory: Path, vocab: Path | None) -> int:
    with Corpus.open(directory, write=True, vocabulary=vocabulary(vocab)) as corpus:
        number = corpus.reindex()
    click.echo(
        say(f"{directory}: indexed {counted(number, 'document', '')}", f"{directory}：已为 {number} 份文件建立索引")
    )
    return 0
