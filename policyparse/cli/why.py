"""Why a clause has its tags: the words and features that decided, for `show CLAUSE --why`.

In: a document as the machine read it, a clause. Out: tables. Touches: the shipped model.
"""

from __future__ import annotations

from typing import Any

from policyparse.cli.messages import say
from policyparse.cli.search import labels
from policyparse.cli.tables import show_table
from policyparse.corpus import Corpus, Correction
from policyparse.model import Clause, Document

#: What a block of features is called (policyparse.tag.features.BLOCKS).
BLOCKS = {
    "word": ("word", "词"), "gram": ("pair of signs", "字对"), "lead": ("first point", "首句"),
    "head": ("heading above", "所在标题"), "path": ("headings further up", "上级标题"),
    "place": ("place", "位置、文种"), "mark": ("found in it", "抽取结果、标志"), "cue": ("cue word of the tag", "标签提示词"),
    "document": ("the rest of the document", "文件其余部分"), "neighbours": ("the clauses beside it", "前后条款"),
    "list": ("the list that it is an item of", "所在的分项"),
}  # fmt: skip


def reasons_of(corpus: Corpus, document: Document, clause: Clause, most: int = 10) -> list[dict[str, Any]]:
    """For each tag that the machine gave the clause: what spoke for and against it, strongest first."""
    from policyparse.pipeline import default_tagger
    from policyparse.train.applying import contexts_of_document

    tagger = default_tagger()
    read = corpus.store.as_parsed(document.id) or document
    at = next(number for number, each in enumerate(read.clauses) if each.id == clause.id)
    contexts = contexts_of_document(read)
    out = []
    for tag, score in tagger.ranked(contexts)[at]:
        reasons = tagger.explain(contexts, at, tag, most)
        out.append(
            {
                "tag": tag,
                "score": round(score, 4),
                "reasons": [{"block": r.block, "what": r.what, "weight": r.weight} for r in reasons],
            }
        )
    return out


def show_why(found: list[dict[str, Any]], corrections: list[Correction]) -> None:
    """A table a tag."""
    names = labels(None)
    for each in corrections:
        if each.sort == "tags":
            tags = "、".join(names.get(("tag", tag), tag) for tag in each.value)
            rows = [[tags, each.by, each.when[:10], each.note]]
            columns = [say("tags", "标签"), say("by", "更正人"), say("when", "时间"), say("note", "说明")]
            show_table(say("Given by a person", "人工标签"), columns, rows)
    for one in found:
        shown = names.get(("tag", one["tag"]), one["tag"])
        columns = [say("what", "依据"), say("feature", "特征"), say("weight", "权重")]
        rows = [
            [say(*BLOCKS.get(r["block"], (r["block"], r["block"]))), r["what"], f"{r['weight']:+.2f}"]
            for r in one["reasons"]
        ]
        show_table(say(f"Why {shown} ({one['score']:.2f})", f"为何是{shown}（{one['score']:.2f}）"), columns, rows)
