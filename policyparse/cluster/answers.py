"""The engine of an OpenSearch: it answers what search asks, as a corpus directory does.

In: trees. Out: Found, numbers. Touches: the network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import Any

from policyparse.cluster.dsl import Dsl, OpenSearchBuild
from policyparse.cluster.mapping import CLAUSES, DOCUMENTS, INSTITUTIONS
from policyparse.cluster.store import Store, reason_of
from policyparse.corpus import words_of
from policyparse.search.engine import COPY_IDS, ENOUGH, FACETS, Found
from policyparse.search.institutions import Same, forms
from policyparse.search.plan import Plan, Planning
from policyparse.search.query import Node, QueryError
from policyparse.vocabulary import Vocabulary
from policyparse.words import Segmenter

#: Hits of one request.
_AT_ONCE = 5_000
#: OpenSearch counts no farther (index.max_result_window): what lies behind is asked for by the last hit before it.
_COUNTED = 10_000

#: A cardinality is exact up to this number, the largest that OpenSearch takes.
_EXACT = 40_000

_PLACE: list[Dsl] = [{"order": "asc"}, {"start": "asc"}]
_ORDERS: dict[str, list[Dsl]] = {
    "relevance": [{"_score": "desc"}, *_PLACE],
    "date": [{"date_order": "desc"}, *_PLACE],
    "oldest": [{"oldest_order": "asc"}, *_PLACE],
    "place": [{"place_order": "asc"}, *_PLACE],
}


class OpenSearchEngine:
    """Answers from a store. Raises PolicyparseError when it holds no corpus, or one of another version's fields."""

    def __init__(self, store: Store, vocabulary: Vocabulary | None = None) -> None:
        self._has_all_words = store.need().get("words") == words_of(vocabulary)
        self._store, self._vocabulary = store, vocabulary
        self._planner = self._planning()
        self.filled_by = f"policyparse import FILES --store {store.address}"

    @property
    def segmenter(self) -> Segmenter:
        return self._planner.units.segmenter

    def question(
        self, tree: Node | None, filters: Mapping[str, Sequence[str]], *, synonyms: bool = True, anywhere: bool = False
    ) -> OpenSearchQuestion:
        planner = self._planner if synonyms else self._planning(synonyms=False)
        return OpenSearchQuestion(self._store, *planner.plans(tree, filters, anywhere))

    def _planning(self, synonyms: bool = True) -> _Planner:
        return _Planner(self._store, self._vocabulary, synonyms, self._has_all_words)

    def units(self, whole: str) -> list[str]:
        return self._planner.units.of(whole)

    def repeated(self, folds: Sequence[int]) -> set[int]:
        if not folds:
            return set()
        wanted = {"terms": {"field": "fold", "size": len(folds), "min_doc_count": 2}}
        query: Dsl = {"terms": {"fold": list(folds)}}
        answer = _ask(self._store, CLAUSES, {"size": 0, "query": query, "aggs": {"folds": wanted}})
        return {int(bucket["key"]) for bucket in answer["aggregations"]["folds"]["buckets"]}

    def reading(self) -> AbstractContextManager[None]:
        return nullcontext()

    def is_empty(self) -> bool:
        return not _ask(self._store, CLAUSES, {"size": 1, "_source": False})["hits"]["hits"]


class OpenSearchQuestion:
    """A planned query: narrow, or wide where that finds too little, by the rule of a corpus directory."""

    def __init__(self, store: Store, plan: Plan[Dsl], widely: Callable[[], Plan[Dsl]]) -> None:
        self._store, self._narrow, self._widely = store, plan, widely
        # where the last window ended: the next one begins there
        self._reached: tuple[str, int, list[Any] | None] = ("", 0, None)

    @cached_property
    def _plan(self) -> Plan[Dsl]:
        if not self._narrow.wider:
            return self._narrow
        body = {"size": 0, "query": self._narrow.query, "track_total_hits": ENOUGH}
        return self._narrow if _total(_ask(self._store, CLAUSES, body)) >= ENOUGH else self._widely()

    @property
    def needles(self) -> Sequence[str]:
        return self._plan.needles

    @property
    def patterns(self) -> Sequence[re.Pattern[str]]:
        return self._plan.patterns

    def count(self) -> int:
        return _total(_ask(self._store, CLAUSES, {"size": 0, "query": self._plan.query, "track_total_hits": True}))

    def numbers(self, facets: Sequence[str], size: int) -> tuple[int, int, dict[str, list[tuple[str, int]]]]:
        asked: dict[str, Any] = {name: {"terms": {"field": FACETS[name], "size": size}} for name in facets}
        asked["documents"] = {"cardinality": {"field": "document", "precision_threshold": _EXACT}}
        body = {"size": 0, "query": self._plan.query, "track_total_hits": True, "aggs": asked}
        answer = _ask(self._store, CLAUSES, body)
        found = answer["aggregations"]
        counted = {
            name: [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in found[name]["buckets"]]
            for name in facets
        }
        return _total(answer), int(found["documents"]["value"]), counted

    def window(self, sort: str, offset: int, limit: int) -> tuple[list[Found], bool]:
        if self._reached[:2] != (sort, offset):
            self._reached = (sort, 0, None)
            for _ in self._hits(sort, offset):
                pass
        found = [_found(hit) for hit in self._hits(sort, limit)]
        return found, len(found) == limit

    def _hits(self, sort: str, number: int) -> Iterator[Any]:
        """The next `number` hits behind where the last ones ended."""
        while number > 0:
            _, at, after = self._reached
            size = min(number, _AT_ONCE)
            body = {"size": size, "query": self._plan.query, "sort": _ORDERS[sort], "track_total_hits": False}
            if at + size <= _COUNTED or after is None:
                body["from"] = at
            else:
                body["search_after"] = after
            hits = _ask(self._store, CLAUSES, body)["hits"]["hits"]
            if not hits or hits[-1]["sort"] == after:  # a score that was rounded on the way would be found again
                return
            self._reached = (sort, at + len(hits), hits[-1]["sort"])
            yield from hits
            if len(hits) < size:
                return
            number -= len(hits)

    def copies(self, page: Sequence[tuple[Found, Sequence[int]]]) -> list[tuple[int, list[str]]]:
        bodies = [
            {
                "size": COPY_IDS,
                "query": {
                    "bool": {
                        "filter": [self._plan.query, {"terms": {"fold": list(folds)}}],
                        "must_not": [{"ids": {"values": [shown.key]}}],
                    }
                },
                "sort": _PLACE,
                "track_total_hits": True,
            }
            for shown, folds in page
        ]
        answers = _ask_all(self._store, CLAUSES, bodies)
        return [(_total(answer), [_found(hit).name for hit in answer["hits"]["hits"]]) for answer in answers]

    def documents(self, most: int) -> list[str] | None:
        found: list[str] = []
        sources = [{name: {"terms": {"field": name}}} for name in ("order", "document")]
        composite: Dsl = {"size": _AT_ONCE, "sources": sources}
        body = {"size": 0, "query": self._plan.query, "aggs": {"ids": {"composite": composite}}}
        while True:
            answer = _ask(self._store, CLAUSES, body)["aggregations"]["ids"]
            found += [str(bucket["key"]["document"]) for bucket in answer["buckets"]]
            if len(found) > most:
                return None
            if len(answer["buckets"]) < _AT_ONCE:
                return found
            composite["after"] = answer["after_key"]


class _Planner(Planning[Dsl]):
    """Plans for a store. `has_all_words`: whether it was filled with the words of this vocabulary, each of them a term."""

    def __init__(self, store: Store, vocabulary: Vocabulary | None, synonyms: bool, has_all_words: bool) -> None:
        super().__init__(OpenSearchBuild(), vocabulary, synonyms)
        self._store, self._has_all_words = store, has_all_words

    def is_term(self, word: str) -> bool:
        return self._has_all_words and super().is_term(word)

    def institutions(self, name: str) -> Same:
        """As same_institutions has it: a full name that ends in the typed one, or for which it is printed."""
        asked = forms(name, self.vocabulary)
        ends: list[Dsl] = [{"prefix": {"reversed": {"value": ending[::-1]}}} for ending in sorted(asked)]
        meant: Dsl = {"bool": {"should": [*ends, {"terms": {"printed_normal": sorted(asked)}}]}}
        canonical = {str(source["full_normal"]) for source in self._every(meant)} if asked else set()
        printed = self._every({"terms": {"full_normal": sorted(canonical)}}) if canonical else ()
        return Same(frozenset(canonical), frozenset(str(source["printed_normal"]) for source in printed), asked)

    def documents(self, prefix: str) -> list[str]:
        body: Dsl = {"size": 10, "query": {"prefix": {"id": {"value": prefix}}}, "sort": ["id"], "_source": False}
        found = [str(hit["_id"]) for hit in _ask(self._store, DOCUMENTS, body)["hits"]["hits"]]
        return [prefix] if prefix in found else found

    def _every(self, query: Dsl) -> Iterator[Mapping[str, Any]]:
        body: Dsl = {"size": _AT_ONCE, "query": query, "sort": [{"full": "asc"}, {"printed": "asc"}]}
        while True:
            hits = _ask(self._store, INSTITUTIONS, body)["hits"]["hits"]
            yield from (hit["_source"] for hit in hits)
            if len(hits) < _AT_ONCE:
                return
            body["search_after"] = hits[-1]["sort"]


def _ask(store: Store, kind: str, body: Dsl) -> Any:
    """The answer to a search. Raises QueryError where OpenSearch finds the query too much, PolicyparseError otherwise."""
    with _refused(store):
        return store.client.search(index=store.alias(kind), body=body)


def _ask_all(store: Store, kind: str, bodies: Sequence[Dsl]) -> list[Any]:
    """The answers to several searches, in one request."""
    if not bodies:
        return []
    lines = [line for body in bodies for line in ({}, body)]
    with _refused(store):
        answers = store.client.msearch(index=store.alias(kind), body=lines)["responses"]
    for answer in answers:
        if "error" in answer:
            raise _too_much(str(answer["error"].get("reason", answer["error"])))
    return list(answers)


@contextmanager
def _refused(store: Store) -> Iterator[None]:
    import opensearchpy

    with store.said():
        try:
            yield
        except opensearchpy.exceptions.RequestError as error:
            raise _too_much(reason_of(error)) from None
        except opensearchpy.exceptions.NotFoundError:
            store.need()  # says what is missing
            raise


def _too_much(reason: str) -> QueryError:
    return QueryError(
        f"OpenSearch finds this query too much ({reason}) — make it simpler",
        f"OpenSearch 认为这个查询过大（{reason}）——请写得简单些",
    )


def _total(answer: Any) -> int:
    return int(answer["hits"]["total"]["value"])


def _found(hit: Any) -> Found:
    source = hit["_source"]
    shown = source["shown"]
    return Found(
        key=hit["_id"], score=hit["_score"] or 0.0,
        fold=source["fold"], document=source["document"], clause=source.get("clause"), what=source["what"],
        title=shown["title"], path=shown["path"], start=source["start"], end=shown["end"], text=shown["text"],
        tags=[(tag, score) for tag, score in shown["tags"]], kind=source["kind"], doc_number=shown["doc_number"],
        date=shown["date"], place=shown["place"], level=source.get("level"), issuers=shown["issuers"],
    )  # fmt: skip
