"""A researcher's own tags: the tags' sheet and the coded clauses, from Excel or CSV to labelled clauses.

In: my-tags.csv (tag, name, definition …) and a coding sheet, long (clause, tag, coder) or wide (a column a coder, as
`policyparse compare --table coding` exports it). Out: Scheme, Coded. Touches: reads the two files.

Coders are joined by the clause. What they agree on by more than half is learned from; where they are split, the column
`final` (定稿) decides, and without it the clause is left out and counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from policyparse.passing import PolicyparseError
from policyparse.train.agreement import Agreement, agreement
from policyparse.train.clauses import CorpusError, LabelledClause
from policyparse.train.sheets import Row, read_rows, several
from policyparse.vocabulary import shipped

_TAG_HEADS = {
    "tag": ("标签", "编码", "代码", "code"), "name": ("名称", "标签名", "名字"), "definition": ("定义", "说明", "含义"),
    "example": ("例", "示例", "例子"), "counter_example": ("反例",),
}  # fmt: skip
_CLAUSE_HEADS = {
    "clause": ("条款", "条款编号", "id"), "text": ("原文", "文本", "条款原文", "正文"),
    "tag": ("标签", "编码", "代码", "code", "tags"), "coder": ("编码员", "编码者", "coded_by", "coder_name"),
    "final": ("定稿", "合议", "最终", "最终标签"), "headings": ("所在标题", "标题路径"), "document": ("文件", "title"),
    "kind": ("文种",), "level": ("层级",),
}  # fmt: skip
# What `compare --table coding` exports beside the clause; its tag and score are the machine's and no coding.
_MACHINE_HEADS = {"机器标签", "得分", "score"}
_CODER = re.compile(r"coder[_ ]?\w+|编码[员者]\s?\w+", re.IGNORECASE)
_IDENTITY = re.compile(r"\w+#c\d+")


@dataclass(frozen=True)
class Scheme:
    """A set of tags: its name (the file's), the tags in order, and each one's shown name and definition."""

    name: str
    tags: tuple[str, ...]
    names: dict[str, str]
    definitions: dict[str, str]

    def tag(self, printed: str) -> str | None:
        """The tag that is meant: by its own name or its shown one."""
        if printed in self.tags:
            return printed
        return next((tag for tag, name in self.names.items() if name == printed), None)


@dataclass(frozen=True)
class Coded:
    """What a coding sheet holds.

    clauses:   those to learn from
    agreement: between coders, over main tags; None with one coder
    split:     the clauses on which they are split, left out: (text, coder → tag)
    uncoded:   rows without any tag
    """

    clauses: list[LabelledClause]
    agreement: Agreement | None
    split: list[tuple[str, dict[str, str]]]
    uncoded: int


_NO_NAME = ("tags", "标签", "标签表")


def read_scheme(path: Path) -> Scheme:
    """The tags of a sheet with a column tag (标签) and, if wanted, name (名称), definition (定义). Raises PolicyparseError."""
    rows = [row for _, row in read_rows(path, _TAG_HEADS, ["tag"])]
    tags = [row["tag"] for row in rows]
    if len(tags) < 2:
        raise CorpusError(f"{path}: {len(tags)} tags — a scheme has at least two, a row each")
    if twice := [tag for tag, n in Counter(tags).items() if n > 1 or not tag]:
        raise CorpusError(f"{path}: the tag {twice[0] or '(empty)'} is there more than once, or empty")
    names = {row["tag"]: row.get("name") or row["tag"] for row in rows}
    meant = Counter(name for tag in tags for name in {tag, names[tag]})
    if twice := [name for name, n in meant.items() if n > 1]:
        raise CorpusError(f"{path}: {twice[0]} names two tags — which one would a coder mean?")
    # tags.csv in a folder of its own is named after the folder: two schemes of one corpus need two names
    name = path.resolve().parent.name if path.stem.casefold() in _NO_NAME else path.stem
    return Scheme(name, tuple(tags), names, {row["tag"]: row.get("definition", "") for row in rows})


def read_coded(path: Path, scheme: Scheme) -> Coded:
    """The coded clauses of a sheet, long or wide. Raises PolicyparseError naming row and fault."""
    rows = read_rows(path, _CLAUSE_HEADS)
    if not rows:
        raise CorpusError(f"{path}: it holds no rows — a coding sheet has a row a clause")
    heads = set(rows[0][1])
    wide = [head for head in rows[0][1] if _CODER.fullmatch(head)]
    words = "text" if "text" in heads else "clause"
    if words not in heads:
        raise CorpusError(f"{path}: no column with the clauses' words — name it clause (条款) or text (原文)")
    if not wide and "tag" not in heads:
        raise CorpusError(
            f"{path}: no column tag (标签) and none of coders (coder_1, 编码员甲) — which tag has a clause?"
        )
    by_machine = not wide and bool(heads & _MACHINE_HEADS)
    codings: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {}
    facts: dict[tuple[str, str], Row] = {}
    for number, row in rows:
        text = row.get(words, "")
        if words == "clause" and _IDENTITY.fullmatch(text):
            raise CorpusError(
                f"{path}, row {number}: {text} is an id — add a column text (原文) with the clause's words"
            )
        if not text:
            raise CorpusError(f"{path}, row {number}: no clause — each row needs its words")
        unit = (row.get("clause", "") if words == "text" else "", text)
        facts.setdefault(unit, row)
        given = codings.setdefault(unit, {})
        for coder in wide or ["coder"]:
            printed = row.get(coder if wide else "tag", "")
            name = coder if wide else row.get("coder") or "coder"
            if printed and not by_machine:
                if name in given:
                    raise CorpusError(f"{path}, row {number}: {name} has coded this clause before")
                given[name] = _tags(printed, scheme, f"{path}, row {number}")
        if row.get("final"):
            given["final"] = _tags(row["final"], scheme, f"{path}, row {number}")
    return _joined(codings, facts)


def _tags(printed: str, scheme: Scheme, where: str) -> tuple[str, ...]:
    out = []
    for word in [printed] if scheme.tag(printed) else several(printed):
        tag = scheme.tag(word)
        if tag is None:
            raise CorpusError(f"{where}: unknown tag {word} — {scheme.name} has {', '.join(scheme.tags)}")
        out.append(tag)
    if not out:
        raise CorpusError(f"{where}: {printed} is no tag — {scheme.name} has {', '.join(scheme.tags)}")
    return tuple(dict.fromkeys(out))


def _joined(
    codings: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]]], facts: Mapping[tuple[str, str], Row]
) -> Coded:
    clauses, split, uncoded = [], [], 0
    mains: list[dict[str, str]] = []
    for unit, given in codings.items():
        coders = {name: tags for name, tags in given.items() if name != "final"}
        mains.append({name: tags[0] for name, tags in coders.items()})
        tags = given.get("final") or _majority(list(coders.values()))
        if tags:
            clauses.append(_clause(unit, tags, facts[unit]))
        elif coders:
            split.append((unit[1], mains[-1]))
        else:
            uncoded += 1
    if not clauses:
        raise PolicyparseError("no clause has a tag — fill in the coders' columns first")
    return Coded(clauses, agreement(mains), split, uncoded)


def _majority(codings: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The main tag that more than half gave, then the others that more than half gave; () where they are split."""
    mains = Counter(tags[0] for tags in codings)
    first = next((tag for tag, n in mains.items() if 2 * n > len(codings)), None)
    if first is None:
        return ()
    every = Counter(tag for tags in codings for tag in tags)
    return (first, *(tag for tag, n in every.items() if tag != first and 2 * n > len(codings)))


def _clause(unit: tuple[str, str], tags: tuple[str, ...], row: Row) -> LabelledClause:
    identity, text = unit
    document = identity.partition("#")[0] or row.get("document", "")
    headings = tuple(part.strip() for part in row.get("headings", "").split("›") if part.strip())
    kind, level = _meant("kind", row.get("kind", "")), _meant("level", row.get("level", ""))
    return LabelledClause(text, tags, headings, kind=kind or "other", level=level, document=document)


def _meant(field: str, printed: str) -> str | None:
    """The contract's name for a kind or level that a sheet names in Chinese or as the contract does."""
    rows = shipped().table("labels")
    return next((r["value"] for r in rows if r["field"] == field and printed in (r["value"], r["zh"])), None)
