"""OpenSearch's query language, as search's planner has it written.

In: fields, values, queries. Out: queries as the `query` of a search request. Touches: nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from policyparse.search.building import Occur

Dsl = dict[str, Any]

_OCCUR = {Occur.Must: "must", Occur.Should: "should", Occur.MustNot: "must_not"}


class OpenSearchBuild:
    """Writes queries of the type Dsl; a Build of search. Every field of words is split at spaces, so that a term is a word."""

    def term(self, name: str, value: str) -> Dsl:
        return {"term": {name: {"value": value}}}

    def terms(self, name: str, values: Sequence[str | int]) -> Dsl:
        return {"terms": {name: list(values)}} if values else self.nothing()

    def run(self, name: str, terms: Sequence[str]) -> Dsl:
        return {"match_phrase": {name: {"query": " ".join(terms)}}}

    def pattern(self, name: str, expression: str) -> Dsl:
        # quotes have a meaning in Lucene's expressions only; with NONE so have no other signs
        return {"regexp": {name: {"value": expression.replace('"', '\\"'), "flags": "NONE"}}}

    def between(self, name: str, first: int | None, last: int | None) -> Dsl:
        bounds = {sign: bound for sign, bound in (("gte", first), ("lte", last)) if bound is not None}
        return {"range": {name: bounds}} if bounds else {"exists": {"field": name}}

    def all_of(self, parts: Sequence[tuple[Occur, Dsl]]) -> Dsl:
        clauses: dict[str, list[Dsl]] = {}
        for occur, query in parts:
            clauses.setdefault(_OCCUR[occur], []).append(query)
        return {"bool": clauses} if clauses else self.nothing()

    def boosted(self, query: Dsl, by: float) -> Dsl:
        return {"bool": {"must": [query], "boost": by}}

    def constant(self, query: Dsl, score: float) -> Dsl:
        return {"constant_score": {"filter": query, "boost": score}}

    def everything(self) -> Dsl:
        return {"match_all": {}}

    def nothing(self) -> Dsl:
        return {"match_none": {}}
