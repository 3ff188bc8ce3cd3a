"""What field:value asks for: terms, ranges, and the characters of titles, numbers and issuers.

In: Fields of a tree, what writes queries (building.py). Out: queries of an engine. Touches: nothing; the plans of an engine
(plan.py) may look its values up.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic

from policyparse.places import gazetteer
from policyparse.search.building import Build, Occur, Q
from policyparse.search.institutions import Same
from policyparse.search.query import Field, QueryError
from policyparse.search.ranges import bounds
from policyparse.vocabulary import Vocabulary
from policyparse.words import normal, pairs, squeezed


class Fields(ABC, Generic[Q]):
    """Has `build` write down what fields mean; `needles`: what is to be highlighted, as far as the query goes."""

    build: Build[Q]
    vocabulary: Vocabulary
    needles: dict[str, None]

    @abstractmethod
    def institutions(self, name: str) -> Same:
        """The institutions of the corpus that `name` can mean."""

    @abstractmethod
    def documents(self, prefix: str) -> list[str]:
        """The ids of the corpus that begin with `prefix`."""

    @abstractmethod
    def above(self, whole: str) -> Q:
        """These characters in the title and the headings above a passage."""

    def field(self, asked: Field, wanted: bool) -> Q:
        name, value = asked.name, asked.value
        if name in ("tag", "kind", "level", "mode", "role"):
            return self.build.term(name, self._labelled(name, value))
        if name == "place":
            return self._place(value)
        if name == "institution":
            found = self.institutions(value)
            if wanted:
                for printed in sorted(found.printed):
                    self.note(squeezed(printed))
            return self.build.terms("institution", sorted(found.canonical))
        if name == "issuer":
            return self._having("issuer", sorted(self.institutions(value).asked))
        if name in ("year", "date", "deadline"):
            return self._range(name, value)
        if name == "document":
            ids = self.documents(value)
            return self.build.terms("document", ids) if ids else self.build.nothing()
        needle = squeezed(value)
        if not needle:
            raise QueryError(
                f"{name}: has no value — write it behind the colon, as in {name}:…",
                f"{name}: 后面没有值——请写在冒号后，如 {name}:…",
            )
        if wanted and name in ("item", "cites"):
            self.note(needle)
        if name == "heading":
            return self.above(needle)
        return self._having(name, [needle])

    def _having(self, name: str, needles: Sequence[str]) -> Q:
        """One of `needles` (squeezed) as characters in a row in the document's title, number or issuer, or in what the
        clause delegates or cites."""
        return self.build.all_of([(Occur.Should, self.run(f"{name}_pairs", squeezed(needle))) for needle in needles])

    def _labelled(self, name: str, value: str) -> str:
        rows = [row for row in self.vocabulary.table("labels") if row["field"] == name]
        for row in rows:
            if normal(value) in (row["value"], row["zh"], row["en"]):
                return row["value"]
        known = ", ".join(f"{row['value']} {row['zh']}" for row in rows)
        raise QueryError(f"{value}: no such {name} — one of: {known}", f"{value}：{name} 没有这个值——可用：{known}")

    def _place(self, value: str) -> Q:
        asked = normal(value).strip("/")
        terms = {asked}
        path = gazetteer(self.vocabulary).path_of(asked)
        if path is not None:
            terms.add(path)
        return self.build.terms("place", sorted(terms))

    def _range(self, name: str, value: str) -> Q:
        """Of year: a document without a date is found by the years that it speaks of.

        2009, 2009-2012 (years), 2009..2012, ..2012, 2009.., <2012, >=2009-04."""
        text = normal(value).replace("年", "").replace("~", "..").replace("—", "-")
        first, last = bounds(text, name)
        if name == "year":
            first, last = (bound // 10000 if bound else None for bound in (first, last))
        if first is not None and last is not None and first > last:
            raise QueryError(
                f"{name}:{value} ends before it begins — write the earlier one first",
                f"{name}:{value} 的终点早于起点——请把较早的写在前面",
            )
        return self.build.between("years" if name == "year" else name, first, last)

    def run(self, name: str, whole: str) -> Q:
        """`whole` as neighbouring characters in the field `name`."""
        grams = pairs(whole)
        if len(whole) == 1:
            return self.build.pattern(name, f".?{literal(whole)}.?")
        if len(grams) == 1:
            return self.build.term(name, grams[0])
        return self.build.run(name, grams)

    def note(self, needle: str) -> None:
        self.needles[needle] = None


def literal(sign: str) -> str:
    """A character in a regular expression, for tantivy and for re."""
    return "\\" + sign if sign in "\\.+*?()|[]{}^$#&-~" else sign
