"""What to try when nothing was found.

In: the query, its filters, the engine. Out: Tips, the most useful first. Touches: reads the corpus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from policyparse.search.engine import Engine
from policyparse.search.query import And, Field, Node, Not, Or, Phrase, QueryError, Word, parse_query


class Tip(NamedTuple):
    """What to try, in two languages."""

    english: str
    chinese: str


def advice(engine: Engine, query: str, filters: Mapping[str, Sequence[str]], synonyms: bool = True) -> list[Tip]:
    """Which part of the search has hits without the rest."""
    if engine.is_empty():
        return [Tip(f"the corpus is empty: {engine.filled_by}", f"语料库是空的：{engine.filled_by}")]

    def count(tree: Node | None, among: Mapping[str, Sequence[str]]) -> int:
        try:
            return engine.question(tree, among, synonyms=synonyms).count()
        except QueryError:
            return 0

    tree = parse_query(query)
    said: list[Tip] = []
    active = {name: values for name, values in filters.items() if values}
    if active:
        if tree is not None:
            bare = count(tree, {})
            if bare:
                said.append(Tip(f"without the filters there are {bare} hits", f"去掉筛选条件有 {bare} 条"))
        for name in active if len(active) > 1 else ():
            rest = {other: values for other, values in active.items() if other != name}
            number = count(tree, rest)
            if number:
                option = f"--{name} {' '.join(active[name])}"
                said.append(Tip(f"without {option} there are {number} hits", f"去掉 {option} 有 {number} 条"))
    parts = list(tree.parts) if isinstance(tree, And) else [tree] if tree is not None else []
    positive = [part for part in parts if not isinstance(part, Not)]
    if len(positive) > 1:
        numbers = [(part, count(part, {})) for part in positive]
        none = [_written(part) for part, number in numbers if not number and not isinstance(part, Field)]
        some = [(_written(part), number) for part, number in numbers if number]
        if none:
            said.append(Tip(f"nowhere in the corpus: {', '.join(none)}", f"语料库中没有：{'、'.join(none)}"))
        if some:
            each = [f"{text} {number}" for text, number in some]
            said.append(
                Tip(f"alone: {', '.join(each)} — join them with OR", f"单独查询：{'，'.join(each)}——可用 OR 连接")
            )
    for part in positive:
        if isinstance(part, Phrase):
            number = count(Word(part.text), {})
            if number:
                said.append(
                    Tip(f"without the quotes {part.text} has {number} hits", f"不加引号，{part.text} 有 {number} 条")
                )
        elif isinstance(part, Word) and len(part.text) > 2 and "*" not in part.text:
            units = engine.units(part.text)
            if len(units) > 1:
                number = count(Or(tuple(Word(unit) for unit in units)), {})
                if number:
                    said.append(Tip(f"{' OR '.join(units)} has {number} hits", f"{' OR '.join(units)} 有 {number} 条"))
        elif isinstance(part, Field) and not count(part, {}):
            said.append(
                Tip(
                    f"{_written(part)} fits nothing here — a search without it shows which values there are",
                    f"{_written(part)} 在此没有匹配——去掉后查询可看到有哪些值",
                )
            )
    if not said:
        said.append(Tip("try fewer or shorter words, or a synonym", "请减少词语、用短一些的词，或换同义词"))
    return said


def _written(node: Node) -> str:
    match node:
        case Word(text):
            return text
        case Phrase(text):
            return f'"{text}"'
        case Field(name, value):
            return f"{name}:{value}"
        case Not(part):
            return f"-{_written(part)}"
        case Or(parts):
            return "(" + " OR ".join(map(_written, parts)) + ")"
        case And(parts):
            return "(" + " ".join(map(_written, parts)) + ")"
