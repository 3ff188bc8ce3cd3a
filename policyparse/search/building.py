"""What a planner puts queries together from, and how tantivy's are put together.

In: fields, values, queries. Out: queries of one engine. Touches: nothing.

The planner (plan.py) decides what a tree means; a Build writes that down in the language of its engine. So the same words
find the same passages in every engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

import tantivy
from tantivy import FieldType, Occur, Query

from policyparse.corpus.index import CODED

__all__ = ["Build", "Occur", "Q", "Tantivy"]

Q = TypeVar("Q")

#: Of more terms than this tantivy makes a set of all passages that have one, which costs the same whatever else is asked.
_MANY = 32


class Build(Protocol, Generic[Q]):
    """Writes queries of the type Q. Values are terms as the index has them; nothing is segmented here."""

    def term(self, name: str, value: str) -> Q: ...

    def terms(self, name: str, values: Sequence[str]) -> Q:
        """One of `values`; nothing where there are none."""

    def run(self, name: str, terms: Sequence[str]) -> Q:
        """`terms` one behind the other."""

    def pattern(self, name: str, expression: str) -> Q:
        """A term that `expression` matches as a whole. Raises ValueError when it is too complicated."""

    def between(self, name: str, first: int | None, last: int | None) -> Q:
        """A number from `first` to `last`, both included; None: as far as there are any."""

    def all_of(self, parts: Sequence[tuple[Occur, Q]]) -> Q:
        """All that must be there and none that must not; without a Must, one of the Should."""

    def boosted(self, query: Q, by: float) -> Q: ...

    def constant(self, query: Q, score: float) -> Q: ...

    def everything(self) -> Q: ...

    def nothing(self) -> Q: ...


class Tantivy:
    """Writes tantivy's queries."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def term(self, name: str, value: str) -> Query:
        return Query.term_query(self._schema, name, CODED[name].index(value) if name in CODED else value)

    def terms(self, name: str, values: Sequence[str]) -> Query:
        if len(values) > _MANY:
            return Query.term_set_query(self._schema, name, list(values))
        return self.all_of([(Occur.Should, self.term(name, value)) for value in values])

    def run(self, name: str, terms: Sequence[str]) -> Query:
        return Query.phrase_query(self._schema, name, list(terms))

    def pattern(self, name: str, expression: str) -> Query:
        return Query.regex_query(self._schema, name, expression)

    def between(self, name: str, first: int | None, last: int | None) -> Query:
        return Query.range_query(self._schema, name, FieldType.Integer, first, last)

    def all_of(self, parts: Sequence[tuple[Occur, Query]]) -> Query:
        return Query.boolean_query(parts)

    def boosted(self, query: Query, by: float) -> Query:
        return Query.boost_query(query, by)

    def constant(self, query: Query, score: float) -> Query:
        return Query.const_score_query(query, score)

    def everything(self) -> Query:
        return Query.all_query()

    def nothing(self) -> Query:
        return Query.empty_query()
