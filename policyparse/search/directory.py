"""The engine of a corpus directory: tantivy finds, the store has the texts.

In: trees, an open Corpus. Out: Found, numbers. Touches: reads the corpus.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from tantivy import DocAddress, Occur, Order, Query, SearchResult

from policyparse.corpus import Corpus
from policyparse.corpus.index import CODED
from policyparse.corpus.texts import Held
from policyparse.search.engine import COPY_IDS, ENOUGH, FACETS, Found
from policyparse.search.plan import Plan, Planner
from policyparse.search.query import Node
from policyparse.words import Segmenter

#: So many more than a page's are ranked at once: where copies are folded, the next are at hand.
AHEAD = 24


class Directory:
    """Answers from an open corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.filled_by = f"policyparse import FILES --corpus {corpus.directory}"
        self._planner = Planner(corpus)
        self._strict = Planner(corpus, synonyms=False)

    @property
    def segmenter(self) -> Segmenter:
        return self._planner.units.segmenter

    def question(
        self, tree: Node | None, filters: Mapping[str, Sequence[str]], *, synonyms: bool = True, anywhere: bool = False
    ) -> Asked:
        planner = self._planner if synonyms else self._strict
        return Asked(self.corpus, *planner.plans(tree, filters, anywhere))

    def units(self, whole: str) -> list[str]:
        return self._planner.units.of(whole)

    def repeated(self, folds: Sequence[int]) -> set[int]:
        return set(folds)  # a passage knows whether it is alone (Found.alone), and is not asked for if it is

    def reading(self) -> AbstractContextManager[None]:
        return self.corpus.store.reading()

    def is_empty(self) -> bool:
        return not self.corpus.index.searcher().num_docs


class Asked:
    """A planned query, on the index as it was when it was planned: narrow, or wide where that finds too little."""

    def __init__(self, corpus: Corpus, plan: Plan[Query], widely: Callable[[], Plan[Query]]) -> None:
        self._corpus = corpus
        self._schema = corpus.index.schema
        self._searcher = corpus.index.searcher()
        self._narrow, self._widely = plan, widely
        self._settled: tuple[Plan[Query], int] | None = None
        self._top: tuple[int, list[tuple[float, DocAddress]]] = (0, [])

    @property
    def needles(self) -> Sequence[str]:
        return self._plan.needles

    @property
    def patterns(self) -> Sequence[re.Pattern[str]]:
        return self._plan.patterns

    @property
    def _plan(self) -> Plan[Query]:
        return self._settle(1)[0]

    def _settle(self, limit: int) -> tuple[Plan[Query], int]:
        """The plan to go by and how many passages it finds; its first `limit` by relevance are kept on the way."""
        if self._settled is None:
            plan = self._narrow
            found = self._searcher.search(plan.query, limit)
            if plan.wider and _number(found) < ENOUGH and (wide := self._widely()) is not plan:
                plan = wide
                found = self._searcher.search(plan.query, limit)
            self._settled, self._top = (plan, _number(found)), (limit, found.hits)
        return self._settled

    def count(self) -> int:
        return self._settle(1)[1]

    def numbers(self, facets: Sequence[str], size: int) -> tuple[int, int, dict[str, list[tuple[str, int]]]]:
        plan, total = self._settle(1)
        asked: dict[str, Any] = {name: {"terms": {"field": FACETS[name], "size": size}} for name in facets}
        asked["documents"] = {"cardinality": {"field": "first"}}
        answer = self._searcher.aggregate(plan.query, asked)
        counted = {
            name: [
                (_shown(FACETS[name], bucket["key"]), int(bucket["doc_count"])) for bucket in answer[name]["buckets"]
            ]
            for name in facets
        }
        return total, round(answer["documents"]["value"]), counted

    def window(self, sort: str, offset: int, limit: int) -> tuple[list[Found], bool]:
        addresses = self._addresses(sort, offset, limit)
        held = self._held([address for _, address in addresses])
        # what is not held was replaced since the index was committed
        found = [_found(row, score) for row, (score, _) in zip(held, addresses, strict=True) if row is not None]
        return found, len(addresses) == limit

    def _held(self, addresses: Sequence[DocAddress]) -> list[Held | None]:
        numbers = [int(number or 0) for number in self._searcher.fast_field_values("seq", list(addresses))]
        held = self._corpus.store.held(numbers)
        return [held.get(number) for number in numbers]

    def _addresses(self, sort: str, offset: int, limit: int) -> list[tuple[float, DocAddress]]:
        if sort == "relevance":
            self._settle(offset + limit + AHEAD)
            reached, top = self._top
            if offset + limit <= reached or len(top) < reached:
                return top[offset : offset + limit]
            return self._searcher.search(self._plan.query, limit, False, offset=offset).hits
        by = {"place": "place_order", "date": "date_order", "oldest": "oldest_order"}[sort]
        order = Order.Desc if sort == "date" else Order.Asc
        hits = self._searcher.search(
            self._plan.query, limit, False, order_by_field=by, offset=offset, order=order
        ).hits  # fmt: skip
        return [(0.0, address) for _, address in hits]

    def copies(self, page: Sequence[tuple[Found, Sequence[int]]]) -> list[tuple[int, list[str]]]:
        number_of = {fold: place for place, (_, folds) in enumerate(page) for fold in folds}
        shown = {found.key for found, _ in page}
        alike = [
            (number, fold) for number, fold in self._corpus.store.with_folds(list(number_of)) if number not in shown
        ]
        if not alike:
            return [(0, [])] * len(page)
        numbers = [number for number, _ in alike]
        query = Query.boolean_query([(Occur.Must, self._numbered(numbers)), (Occur.Must, self._plan.query)])
        hits = self._searcher.search(query, len(numbers), False).hits
        found = {int(value or 0) for value in self._searcher.fast_field_values("seq", [address for _, address in hits])}
        copies: list[list[int]] = [[] for _ in page]
        for number, fold in alike:
            if number in found:
                copies[number_of[fold]].append(number)
        names = self._corpus.store.names_of([number for own in copies for number in sorted(own)[:COPY_IDS]])
        return [(len(own), [names[number] for number in sorted(own)[:COPY_IDS] if number in names]) for own in copies]

    def _numbered(self, numbers: Sequence[int]) -> Query:
        """The passages with these numbers. A set of terms walks through the whole dictionary, which pays for many only."""
        if len(numbers) > 256:
            return Query.term_set_query(self._schema, "seq", numbers)
        return Query.boolean_query(
            [(Occur.Should, Query.term_query(self._schema, "seq", number)) for number in numbers]
        )

    def documents(self, most: int) -> list[str] | None:
        answer = self._searcher.aggregate(self._plan.query, {"firsts": {"terms": {"field": "first", "size": most}}})
        if answer["firsts"].get("sum_other_doc_count"):
            return None
        return self._corpus.store.beginning(int(bucket["key"]) for bucket in answer["firsts"]["buckets"])


def _found(held: Held, score: float = 0.0) -> Found:
    number, facts, clause, what, path, start, text, tags, fold, alone = held
    document, title, kind, doc_number, date, place, level, issuers = facts
    return Found(
        number, score, fold, document, clause, what, title, path, start, start + len(text), text, tags, kind, doc_number,
        date, place, level, issuers, alone,
    )  # fmt: skip


def _number(found: SearchResult) -> int:
    return found.count or 0  # type: ignore[attr-defined]  # tantivy's stub lacks it


def _shown(name: str, key: object) -> str:
    if isinstance(key, int | float):
        return CODED[name][int(key)] if name in CODED else str(int(key))
    return str(key)
