"""The engine of a corpus directory: tantivy finds, the store has the texts.

In: trees, an open Corpus. Out: Found, numbers. Touches: reads the corpus.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from tantivy import DocAddress, Occur, Order, Query

from policyparse.corpus import Corpus
from policyparse.corpus.index import count
from policyparse.corpus.texts import headings
from policyparse.search.engine import COPY_IDS, FACETS, Found
from policyparse.search.plan import Plan, Planner
from policyparse.search.query import Node
from policyparse.words import Segmenter


class Directory:
    """Answers from an open corpus."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.filled_by = f"policyparse import FILES --corpus {corpus.directory}"
        self._planner = Planner(corpus)

    @property
    def segmenter(self) -> Segmenter:
        return self._planner.segmenter

    def question(
        self, tree: Node | None, filters: Mapping[str, Sequence[str]], *, synonyms: bool = True, anywhere: bool = False
    ) -> Asked:
        planner = self._planner if synonyms else Planner(self.corpus, synonyms=False)
        return Asked(self.corpus, planner.plan(tree, list(filters.items()), anywhere))

    def units(self, whole: str) -> list[str]:
        return self._planner.units(whole)

    def repeated(self, folds: Sequence[int]) -> set[int]:
        return self.corpus.store.repeated(folds)

    def is_empty(self) -> bool:
        return not self.corpus.index.searcher().num_docs


class Asked:
    """A planned query, on the index as it was when it was planned."""

    def __init__(self, corpus: Corpus, plan: Plan[Query]) -> None:
        self._corpus, self._plan = corpus, plan
        self._schema = corpus.index.schema
        self._searcher = corpus.index.searcher()

    @property
    def needles(self) -> Sequence[str]:
        return self._plan.needles

    @property
    def patterns(self) -> Sequence[re.Pattern[str]]:
        return self._plan.patterns

    def count(self) -> int:
        return count(self._searcher, self._plan.query)

    def numbers(self, facets: Sequence[str], size: int) -> tuple[int, int, dict[str, list[tuple[str, int]]]]:
        asked: dict[str, Any] = {name: {"terms": {"field": FACETS[name], "size": size}} for name in facets}
        asked["passages"] = {"value_count": {"field": "seq"}}
        asked["documents"] = {"cardinality": {"field": "document"}}
        answer = self._searcher.aggregate(self._plan.query, asked)
        counted = {
            name: [(_shown(bucket["key"]), int(bucket["doc_count"])) for bucket in answer[name]["buckets"]]
            for name in facets
        }
        return int(answer["passages"]["value"]), round(answer["documents"]["value"]), counted

    def window(self, sort: str, offset: int, limit: int) -> tuple[list[Found], bool]:
        addresses = self._addresses(sort, offset, limit)
        numbers = self._searcher.fast_field_values("seq", [address for _, address in addresses])
        rows = self._corpus.store.passages([int(number) for number in numbers if number is not None])
        found = []
        for (score, _), number in zip(addresses, numbers, strict=True):
            row = rows.get(int(number)) if number is not None else None
            if row is not None:  # else replaced since the index was committed
                found.append(self._found(row, score))
        return found, len(addresses) == limit

    def _addresses(self, sort: str, offset: int, limit: int) -> list[tuple[float, DocAddress]]:
        if sort == "relevance":
            return self._searcher.search(self._plan.query, limit, False, offset=offset).hits
        by = {"place": "place_order", "date": "date_order", "oldest": "oldest_order"}[sort]
        order = Order.Desc if sort == "date" else Order.Asc
        hits = self._searcher.search(
            self._plan.query, limit, False, order_by_field=by, offset=offset, order=order
        ).hits  # fmt: skip
        return [(0.0, address) for _, address in hits]

    def copies(self, shown: Found, folds: Sequence[int]) -> tuple[int, list[str]]:
        query = Query.boolean_query(
            [
                (Occur.Must, self._plan.query),
                (Occur.Must, Query.term_set_query(self._schema, "fold", list(folds))),
                (Occur.MustNot, Query.term_query(self._schema, "seq", shown.key)),
            ]
        )
        hits = self._searcher.search(query, COPY_IDS, False).hits
        number = len(hits) if len(hits) < COPY_IDS else count(self._searcher, query)
        numbers = self._searcher.fast_field_values("seq", [address for _, address in hits])
        rows = self._corpus.store.passages([int(value) for value in numbers if value is not None])
        return number, [self._found(rows[seq]).name for seq in sorted(rows)]

    def documents(self, most: int) -> list[str] | None:
        answer = self._searcher.aggregate(self._plan.query, {"ids": {"terms": {"field": "document", "size": most}}})
        if answer["ids"].get("sum_other_doc_count"):
            return None
        return self._corpus.store.in_order(str(bucket["key"]) for bucket in answer["ids"]["buckets"])

    def _found(self, row: Any, score: float = 0.0) -> Found:
        return Found(
            key=row["seq"], score=score, fold=row["fold"], document=row["document"], clause=row["clause"],
            what=row["what"], title=row["title"], path=headings(row["headings"]), start=row["start"], end=row["end"],
            text=row["text"], tags=self._corpus.store.tags(row["tags"]), kind=row["kind"], doc_number=row["doc_number"],
            date=row["date"], place=row["place"], level=row["level"], issuers=json.loads(row["issuers"]),
        )  # fmt: skip


def _shown(key: object) -> str:
    return str(int(key)) if isinstance(key, float) else str(key)
