"""From the tree of a query to what the index is asked, and to the needles that are highlighted.

In: a tree (query.py), an open corpus. Out: Plan: a tantivy query and needles. Touches: reads the corpus.

Each word of a query must stand in a passage or in its headings, one of them in the passage itself. A word is found
as a word of the segmentation (which ranks) or as these characters in a row (which finds it whatever
the segmentation made of them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tantivy import FieldType, Occur, Query

from policyparse.corpus import Corpus
from policyparse.corpus.index import day_number
from policyparse.places import gazetteer
from policyparse.search.institutions import same_institutions
from policyparse.search.query import And, Field, Node, Not, Or, Phrase, QueryError, Word
from policyparse.vocabulary import Vocabulary, shipped
from policyparse.words import normal, pairs, segmenter, squeezed

# Weights by which matches add up, set by looking at the hits of a few questions, not swept:
#: a word in the headings or the title counts less than one in the text,
_HEAD = 0.4
#: the same characters across word borders less than the word,
_PAIRS = 0.25
#: all words in a row, as typed, more than the same words apart,
_WHOLE = 2.0
#: a heading is so short that it would stand before the clauses that it is over,
_CLAUSE = 1.0
#: and a synonym less than the word itself.
_SYNONYM = 0.6


@dataclass
class Plan:
    """query: for tantivy; needles and patterns: what to highlight, squeezed strings and those of wildcards; words: what was looked for, for advice."""

    query: Query
    needles: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    patterns: list[re.Pattern[str]] = field(default_factory=list)


class Planner:
    """Makes Plans for one corpus."""

    def __init__(self, corpus: Corpus, synonyms: bool = True) -> None:
        self.corpus = corpus
        self.schema = corpus.index.schema
        self.vocabulary = corpus.vocabulary or shipped()
        self.segmenter = segmenter(corpus.vocabulary)
        self.synonyms = synonym_groups(self.vocabulary) if synonyms else {}
        self.needles: dict[str, None] = {}
        self.words: list[str] = []
        self.patterns: list[re.Pattern[str]] = []

    def plan(
        self, tree: Node | None, filters: Iterable[tuple[str, Sequence[str]]] = (), anywhere: bool = False
    ) -> Plan:
        """What finds `tree` within `filters` (field → values of which one must hold).

        Where no words are asked for, only clauses are found, unless `anywhere`.
        """
        self.needles, self.words, self.patterns = {}, [], []
        parts = [(Occur.Must, self._node(tree, True))] if tree is not None else []
        if self.words:
            clause = Query.const_score_query(self._term("what", "clause"), _CLAUSE)
            parts.append((Occur.Should, clause))
        elif not anywhere:  # filters alone: of a title or a heading nobody asks where it stands
            parts.append((Occur.Must, Query.const_score_query(self._term("what", "clause"), 0.0)))
        for name, values in filters:
            if values:
                either = [(Occur.Should, self._field(Field(name, value), True)) for value in values]
                parts.append((Occur.Must, Query.const_score_query(Query.boolean_query(either), 0.0)))
        return Plan(_all(parts), list(self.needles), self.words, self.patterns)

    # -- the tree --------------------------------------------------------------------------------------------

    def _node(self, node: Node, wanted: bool) -> Query:
        """`wanted`: whether what is found shall be highlighted (it is not behind a NOT)."""
        match node:
            case Word(text):
                return self._word(text, wanted)
            case Phrase(text):
                return self._phrase(text, wanted)
            case Field():
                return Query.const_score_query(self._field(node, wanted), 0.0)
            case Not(part):
                return _all([(Occur.MustNot, self._node(part, not wanted))])
            case Or(parts):
                return Query.boolean_query([(Occur.Should, self._node(part, wanted)) for part in parts])
            case And(parts):
                return self._together(parts, wanted)

    def _together(self, parts: tuple[Node, ...], wanted: bool) -> Query:
        """All of `parts`. A word may stand in the headings alone when another one stands in the passage itself."""
        plain = [part for part in parts if isinstance(part, Word) and wanted and not _is_wildcard(part.text)]
        rest = [part for part in parts if part not in plain]
        queries: list[tuple[Occur, Query]] = []
        if len(plain) > 1:
            queries = [(Occur.Must, self._words([part.text for part in plain]))]
        else:
            rest = list(parts)
        for part in rest:
            if isinstance(part, Not):
                queries.append((Occur.MustNot, self._node(part.part, not wanted)))
            else:
                queries.append((Occur.Must, self._node(part, wanted)))
        return _all(queries)

    def _phrase(self, text: str, wanted: bool) -> Query:
        needle = squeezed(text)
        if not needle:
            raise QueryError("the query has quotes with nothing between them — write words there, or take them out")
        if wanted:
            self._note(needle)
            self.words.append(text)
        ranked = [(Occur.Should, self._term("words", word)) for word in set(self.segmenter.terms(text))]
        return Query.boolean_query([(Occur.Must, self._run("pairs", needle)), *ranked])

    def _word(self, text: str, wanted: bool) -> Query:
        if _is_wildcard(text):
            return self._wildcard(text, wanted)
        if not squeezed(text):
            raise QueryError("the query has no words — write what you are looking for")
        if not wanted:
            return self._run("pairs", squeezed(text))
        return self._words([text])

    def _words(self, typed: Sequence[str]) -> Query:
        """All words of what was typed, one of them in the passage itself, the others there or in its headings."""
        parts: list[tuple[Occur, Query]] = []
        here: list[Query] = []
        for text in typed:
            whole = squeezed(text)
            self.words.append(text)
            self._note(whole)
            units = self.units(whole) or [whole]
            alike = [other for other in self.synonyms.get(whole, ()) if other != whole]
            if len(units) == 1:
                query = self._either(units[0], alike)
            else:
                each = [(Occur.Must, self._either(unit, self.synonyms.get(unit, ()))) for unit in units]
                row = (Occur.Should, Query.boost_query(self._run("pairs", whole), _WHOLE))
                query = Query.boolean_query([*each, row])
                if alike:
                    others = [(Occur.Should, Query.boost_query(self._here(other), _SYNONYM)) for other in alike]
                    query = Query.boolean_query([(Occur.Should, query), *others])
            parts.append((Occur.Must, query))
            here += [self._here(word) for word in dict.fromkeys((*units, *alike))]
            here += [self._here(word) for unit in units for word in self.synonyms.get(unit, ()) if word != unit]
            for word in (*alike, *(word for unit in units for word in self.synonyms.get(unit, ()))):
                self._note(word)
        some = Query.boolean_query([(Occur.Should, query) for query in here])
        return Query.boolean_query([*parts, (Occur.Must, Query.const_score_query(some, 0.0))])

    def units(self, whole: str) -> list[str]:
        """The words that must all be there: those of the segmentation, long ones as the words they are made of."""
        units: dict[str, None] = {}
        for word in self.segmenter.cut(whole):
            if any(map(str.isalnum, word)):
                for part in self._made_of(word):
                    units[part] = None
        return list(units)

    def _made_of(self, word: str) -> list[str]:
        """权限下放 → 权限, 下放: the dictionary words that tile `word`, itself when they do not."""
        inner = {term for term in self.segmenter.terms(word) if 1 < len(term) < len(word)}
        tiles: list[list[str] | None] = [[], *[None] * len(word)]
        for end in range(2, len(word) + 1):
            for term in sorted(inner, key=len):
                before = tiles[end - len(term)] if end >= len(term) else None
                if before is not None and word.endswith(term, 0, end):
                    tiles[end] = [*before, term]
                    break
        return tiles[-1] or [word]

    def _either(self, word: str, alike: Iterable[str]) -> Query:
        """A word here or in the headings, or a synonym of it."""
        if len(word) > 1:  # single characters are pieces of a word that the dictionary does not have
            self._note(word)
        found = [self._here(word), Query.boost_query(self._term("head", word), _HEAD)]
        for other in alike:
            if other != word:
                self._note(other)
                found.append(Query.boost_query(self._here(other), _SYNONYM))
        return Query.boolean_query([(Occur.Should, query) for query in found])

    def _here(self, word: str) -> Query:
        """A word in the passage itself."""
        return Query.boolean_query(
            [
                (Occur.Should, self._term("words", word)),
                (Occur.Should, Query.boost_query(self._run("pairs", word), _PAIRS)),
            ]
        )

    def _wildcard(self, text: str, wanted: bool) -> Query:
        pattern = "".join(normal(text).split())
        if not any(sign.isalnum() for sign in pattern):
            raise QueryError(f"{text}: a wildcard needs at least one letter or character beside it")
        expression = "".join(".*" if sign == "*" else "." if sign == "?" else _literal(sign) for sign in pattern)
        try:
            query = Query.regex_query(self.schema, "words", expression)
        except ValueError:
            raise QueryError(f"{text}: this wildcard is too complicated — use one * at the end of a word") from None
        if wanted:
            self.words.append(text)
            self.patterns.append(re.compile(expression))
        return query

    def _run(self, name: str, whole: str) -> Query:
        """`whole` as neighbouring characters in the field `name`."""
        grams = pairs(whole)
        if len(whole) == 1:
            return self._term("signs", whole) if name == "pairs" else Query.regex_query(
                self.schema, name, f".?{_literal(whole)}.?"
            )  # fmt: skip
        if len(grams) == 1:
            return self._term(name, grams[0])
        return Query.phrase_query(self.schema, name, list(grams))

    def _term(self, name: str, value: str) -> Query:
        return Query.term_query(self.schema, name, value)

    def _note(self, needle: str) -> None:
        self.needles[needle] = None

    # -- fields ----------------------------------------------------------------------------------------------

    def _field(self, asked: Field, wanted: bool) -> Query:
        name, value = asked.name, asked.value
        if name in ("tag", "kind", "level", "mode", "role"):
            return self._term(name, self._labelled(name, value))
        if name == "place":
            return self._place(value)
        if name == "institution":
            found = same_institutions(value, self.corpus)
            if wanted:
                for printed in sorted(found.printed):
                    self._note(squeezed(printed))
            return Query.term_set_query(self.schema, "institution", sorted(found.canonical))
        if name == "issuer":
            forms = same_institutions(value, self.corpus).asked
            return Query.boolean_query(
                [(Occur.Should, self._run("issuer_pairs", squeezed(form))) for form in sorted(forms)]
            )
        if name in ("year", "date", "deadline"):
            return self._range(name, value)
        if name == "document":
            ids = self.corpus.store.find(value)
            return Query.term_set_query(self.schema, "document", ids) if ids else Query.empty_query()
        needle = squeezed(value)
        if not needle:
            raise QueryError(f"{name}: has no value — write it behind the colon, as in {name}:…")
        if wanted and name == "item":
            self._note(needle)
        return self._run(f"{name}_pairs", needle)

    def _labelled(self, name: str, value: str) -> str:
        rows = [row for row in self.vocabulary.table("labels") if row["field"] == name]
        for row in rows:
            if normal(value) in (row["value"], row["zh"], row["en"]):
                return row["value"]
        known = ", ".join(f"{row['value']} {row['zh']}" for row in rows)
        raise QueryError(f"{value}: no such {name} — one of: {known}")

    def _place(self, value: str) -> Query:
        asked = normal(value).strip("/")
        terms = {asked}
        path = gazetteer(self.vocabulary).path_of(asked)
        if path is not None:
            terms.add(path)
        return Query.term_set_query(self.schema, "place", sorted(terms))

    def _range(self, name: str, value: str) -> Query:
        """Of year: a document without a date is found by the years that it speaks of.

        2009, 2009-2012 (years), 2009..2012, ..2012, 2009.., <2012, >=2009-04."""
        text = normal(value).replace("年", "").replace("~", "..").replace("—", "-")
        first, last = _bounds(text, name)
        if name == "year":
            first, last = (bound // 10000 if bound else None for bound in (first, last))
        if first is not None and last is not None and first > last:
            raise QueryError(f"{name}:{value} ends before it begins — write the earlier one first")
        found = Query.range_query(self.schema, name, FieldType.Integer, first, last)
        if name != "year":
            return found
        undated = Query.range_query(self.schema, "around", FieldType.Integer, first, last)
        return Query.boolean_query([(Occur.Should, found), (Occur.Should, undated)])


def _literal(sign: str) -> str:
    """A character in a regular expression, for tantivy and for re."""
    return "\\" + sign if sign in "\\.+*?()|[]{}^$#&-~" else sign


def _is_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


def _all(parts: list[tuple[Occur, Query]]) -> Query:
    """All of `parts`; when there are only exclusions, everything but them."""
    if not any(occur != Occur.MustNot for occur, _ in parts):
        parts = [(Occur.Must, Query.const_score_query(Query.all_query(), 0.0)), *parts]
    return Query.boolean_query(parts)


def _bounds(text: str, name: str) -> tuple[int | None, int | None]:
    """The first and the last day that a range leaves open."""
    for sign in ("<=", ">=", "<", ">"):
        if text.startswith(sign):
            day = _day(text.removeprefix(sign), name, latest=sign in ("<=", ">"))
            if sign[0] == "<":
                return None, day if sign == "<=" else day - 1
            return day if sign == ">=" else day + 1, None
    if ".." in text:
        low, _, high = text.partition("..")
        if not low and not high:
            raise QueryError(f"{name}:.. has no end — write {name}:2009..2012")
        return (_day(low, name) if low else None), (_day(high, name, latest=True) if high else None)
    low, _, high = text.partition("-")
    if len(low) == 4 and len(high) == 4:
        return _day(low, name), _day(high, name, latest=True)
    return _day(text, name), _day(text, name, latest=True)


def _day(text: str, name: str, latest: bool = False) -> int:
    day = day_number(text, latest)
    if day is None or not (1 <= day // 100 % 100 <= 12 and 1 <= day % 100 <= 31):
        raise QueryError(
            f"{name}:{text} is no date — write {name}:2009, {name}:2009-2012, {name}:2009.. or {name}:..2012-06-30"
        )
    return day


@lru_cache(maxsize=4)
def synonym_groups(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Word → the words of its group in vocab/synonyms.csv, itself among them."""
    groups: dict[str, tuple[str, ...]] = {}
    for row in vocabulary.table("synonyms"):
        words = tuple(squeezed(word) for word in row["words"].split())
        for word in words:
            groups[word] = tuple(dict.fromkeys((*groups.get(word, ()), *words)))
    return groups
