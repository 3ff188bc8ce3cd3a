"""What to try when nothing was found.

In: the query, its filters, the engine. Out: plain sentences, the most useful first. Touches: reads the corpus.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policyparse.search.engine import Engine
from policyparse.search.query import And, Field, Node, Not, Or, Phrase, QueryError, Word, parse_query


def advice(engine: Engine, query: str, filters: Mapping[str, Sequence[str]], synonyms: bool = True) -> list[str]:
    """Sentences that say which part of the search has hits without the rest."""
    if engine.is_empty():
        return [f"the corpus is empty: {engine.filled_by}"]

    def count(tree: Node | None, among: Mapping[str, Sequence[str]]) -> int:
        try:
            return engine.question(tree, among, synonyms=synonyms).count()
        except QueryError:
            return 0

    tree = parse_query(query)
    said: list[str] = []
    active = {name: values for name, values in filters.items() if values}
    if active:
        if tree is not None:
            bare = count(tree, {})
            if bare:
                said.append(f"without the filters there are {bare} hits")
        for name in active if len(active) > 1 else ():
            rest = {other: values for other, values in active.items() if other != name}
            number = count(tree, rest)
            if number:
                said.append(f"without --{name} {' '.join(active[name])} there are {number} hits")
    parts = list(tree.parts) if isinstance(tree, And) else [tree] if tree is not None else []
    positive = [part for part in parts if not isinstance(part, Not)]
    if len(positive) > 1:
        numbers = [(part, count(part, {})) for part in positive]
        none = [_written(part) for part, number in numbers if not number and not isinstance(part, Field)]
        some = [(_written(part), number) for part, number in numbers if number]
        if none:
            said.append(f"nowhere in the corpus: {', '.join(none)}")
        if some:
            said.append("alone: " + ", ".join(f"{text} {number}" for text, number in some) + " — join them with OR")
    for part in positive:
        if isinstance(part, Phrase):
            number = count(Word(part.text), {})
            if number:
                said.append(f"without the quotes {part.text} has {number} hits")
        elif isinstance(part, Word) and len(part.text) > 2 and "*" not in part.text:
            units = engine.units(part.text)
            if len(units) > 1:
                number = count(Or(tuple(Word(unit) for unit in units)), {})
                if number:
                    said.append(f"{' OR '.join(units)} has {number} hits")
        elif isinstance(part, Field) and not count(part, {}):
            said.append(f"{_written(part)} fits nothing here — a search without it shows which values there are")
    if not said:
        said.append("try fewer or shorter words, or a synonym")
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
