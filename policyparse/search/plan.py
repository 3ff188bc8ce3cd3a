"""From the tree of a query to what the index is asked, and to the needles that are highlighted.

In: a tree (query.py), what writes queries (building.py). Out: Plan: an engine's query and needles.
Touches: Planner reads the corpus.

A word is found as these characters in a row: as one term where it has two characters or stands in the dictionary, as a run
of pairs otherwise (corpus/entries.py). So what is found does not hang on how a text was segmented.

A plan is narrow or wide. In the narrow one every word that was typed stands in the passage itself, as it was typed. In the
wide one it may stand apart in its parts (权限下放: 下放管理权限), and all but one of several words may stand in the headings
alone. An engine may ask narrowly first, and widely where that finds little.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic

from tantivy import Query

from policyparse.corpus import Corpus
from policyparse.corpus.entries import place_names
from policyparse.places import gazetteer
from policyparse.search.building import Build, Occur, Q, Tantivy
from policyparse.search.institutions import Same, same_institutions
from policyparse.search.query import And, Field, Node, Not, Or, Phrase, QueryError, Word
from policyparse.search.ranges import bounds
from policyparse.vocabulary import Vocabulary, shipped
from policyparse.words import normal, pairs, segmenter, squeezed

# Weights by which matches add up, set by looking at the hits of a few questions, not swept:
#: a word in the headings or the title counts less than one in the text,
_HEAD = 0.4
#: all words in a row, as typed, more than the same words apart,
_WHOLE = 2.0
#: and a synonym less than the word itself.
_SYNONYM = 0.6


@dataclass
class Plan(Generic[Q]):
    """query: for the engine; needles and patterns: what to highlight, squeezed strings and those of wildcards; wider:
    whether a wide plan would be another one."""

    query: Q
    needles: list[str] = field(default_factory=list)
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    wider: bool = False


class Planning(ABC, Generic[Q]):
    """Makes Plans for an engine: says what a tree means, and has `build` write it down."""

    def __init__(self, build: Build[Q], vocabulary: Vocabulary | None = None, synonyms: bool = True) -> None:
        self.build = build
        self.vocabulary = vocabulary or shipped()
        self.segmenter = segmenter(vocabulary)
        self.synonyms = synonym_groups(self.vocabulary) if synonyms else {}
        self.needles: dict[str, None] = {}
        self.words: list[str] = []
        self.patterns: list[re.Pattern[str]] = []
        self.wide = True
        self.wider = False
        self._made: dict[tuple[str, str], Q] = {}
        self._cut: dict[str, list[str]] = {}

    @abstractmethod
    def institutions(self, name: str) -> Same:
        """The institutions of the corpus that `name` can mean."""

    @abstractmethod
    def documents(self, prefix: str) -> list[str]:
        """The ids of the corpus that begin with `prefix`."""

    def plans(
        self, tree: Node | None, filters: Mapping[str, Sequence[str]], anywhere: bool = False
    ) -> tuple[Plan[Q], Callable[[], Plan[Q]]]:
        """The plan to ask first, and what makes the wide one of it; `anywhere`, it is the wide one that is asked."""
        fields = list(filters.items())

        def widely() -> Plan[Q]:
            return self.plan(tree, fields, anywhere)

        return (widely() if anywhere else self.plan(tree, fields, wide=False)), widely

    def plan(
        self,
        tree: Node | None,
        filters: Iterable[tuple[str, Sequence[str]]] = (),
        anywhere: bool = False,
        wide: bool = True,
    ) -> Plan[Q]:
        """What finds `tree` within `filters` (field → values of which one must hold).

        Where no words are asked for, only clauses are found, unless `anywhere`.
        """
        self.needles, self.words, self.patterns = {}, [], []
        self.wide, self.wider = wide, False
        parts = [(Occur.Must, self._node(tree, True))] if tree is not None else []
        if not self.words and not anywhere:  # filters alone: of a title or a heading nobody asks where it stands
            parts.append((Occur.Must, self.build.constant(self._term("what", "clause"), 0.0)))
        for name, values in filters:
            if values:
                either = [(Occur.Should, self._field(Field(name, value), True)) for value in values]
                parts.append((Occur.Must, self.build.constant(self.build.all_of(either), 0.0)))
        query = parts[0][1] if len(parts) == 1 and parts[0][0] == Occur.Must else self._all(parts)
        return Plan(query, list(self.needles), self.patterns, self.wider)

    # -- the tree --------------------------------------------------------------------------------------------

    def _node(self, node: Node, wanted: bool) -> Q:
        """`wanted`: whether what is found shall be highlighted (it is not behind a NOT)."""
        match node:
            case Word(text):
                return self._word(text, wanted)
            case Phrase(text):
                return self._phrase(text, wanted)
            case Field():
                return self.build.constant(self._field(node, wanted), 0.0)
            case Not(part):
                return self._all([(Occur.MustNot, self._node(part, not wanted))])
            case Or(parts):
                return self.build.all_of([(Occur.Should, self._node(part, wanted)) for part in parts])
            case And(parts):
                return self._together(parts, wanted)

    def _together(self, parts: tuple[Node, ...], wanted: bool) -> Q:
        """All of `parts`. A word may stand in the headings alone when another one stands in the passage itself."""
        plain = [part for part in parts if isinstance(part, Word) and wanted and not _is_wildcard(part.text)]
        rest = [part for part in parts if part not in plain]
        queries: list[tuple[Occur, Q]] = []
        if len(plain) > 1:
            texts = [part.text for part in plain]
            if self.wide:
                queries = [(Occur.Must, self._words(texts))]
            else:
                self.wider = True
                queries = [(Occur.Must, self._as_typed(text)) for text in texts]
        else:
            rest = list(parts)
        for part in rest:
            if isinstance(part, Not):
                queries.append((Occur.MustNot, self._node(part.part, not wanted)))
            else:
                queries.append((Occur.Must, self._node(part, wanted)))
        return self._all(queries)

    def _phrase(self, text: str, wanted: bool) -> Q:
        needle = squeezed(text)
        if not needle:
            raise QueryError(
                "the query has quotes with nothing between them — write words there, or take them out",
                "查询式的引号里没有内容——请填上词语，或删去引号",
            )
        if wanted:
            self._note(needle)
            self.words.append(text)
        return self._here(needle)

    def _word(self, text: str, wanted: bool) -> Q:
        if _is_wildcard(text):
            return self._wildcard(text, wanted)
        if not squeezed(text):
            raise QueryError(
                "the query has no words — write what you are looking for", "查询式没有词语——请写要查的内容"
            )
        if not wanted:
            return self._here(squeezed(text))
        return self._words([text])

    def _as_typed(self, text: str) -> Q:
        """A word in the passage itself; one that the dictionary has not, as the words that a segmentation makes of it."""
        whole = squeezed(text)
        self.words.append(text)
        self._note(whole)
        units = self._words_of(whole)
        query = self._here(whole)
        if len(units) > 1 and min(map(len, units)) > 1:
            self.wider = True
            for unit in units:
                self._note(unit)
            each = [(Occur.Must, self._here(unit)) for unit in units]
            query = self.build.all_of([*each, (Occur.Should, self.build.boosted(query, _WHOLE))])
        elif len(whole) > 2:
            self.wider = True
        return self._or_alike(query, whole)

    def _or_alike(self, query: Q, word: str) -> Q:
        """`query`, which finds `word`, or a synonym of it in the passage itself."""
        alike = [other for other in self.synonyms.get(word, ()) if other != word]
        if not alike:
            return query
        for other in alike:
            self._note(other)
        others = [(Occur.Should, self.build.boosted(self._here(other), _SYNONYM)) for other in alike]
        return self.build.all_of([(Occur.Should, query), *others])

    def _words(self, typed: Sequence[str]) -> Q:
        """All words of what was typed, one of them in the passage itself, the others there or in its headings."""
        if not self.wide:
            return self._as_typed(typed[0])
        found: list[tuple[Occur, Q]] = []
        here: list[Q] = []
        for text in typed:
            whole = squeezed(text)
            self.words.append(text)
            self._note(whole)
            units = self.units(whole) or [whole]
            for unit in units:
                if len(unit) > 1:  # single characters are pieces of a word that the dictionary does not have
                    self._note(unit)
            if len(typed) == len(units) == 1:
                return self._or_alike(self._here(units[0]), whole)
            if len(units) == 1:
                query = self._or_alike(self._here_or_above(units[0]), whole)
            else:
                each = [(Occur.Must, self._or_alike(self._here_or_above(unit), unit)) for unit in units]
                row = (Occur.Should, self.build.boosted(self._here(whole), _WHOLE))
                query = self._or_alike(self.build.all_of([*each, row]), whole)
            found.append((Occur.Must, query))
            alike = (*self.synonyms.get(whole, ()), *(word for unit in units for word in self.synonyms.get(unit, ())))
            here += [self._here(word) for word in dict.fromkeys((*units, *alike))]
        some = self.build.all_of([(Occur.Should, query) for query in here])
        return self.build.all_of([*found, (Occur.Must, self.build.constant(some, 0.0))])

    def units(self, whole: str) -> list[str]:
        """The words that must all be there: those of the segmentation, long ones as the words they are made of."""
        return list(dict.fromkeys(part for word in self._words_of(whole) for part in self._made_of(word)))

    def _words_of(self, whole: str) -> list[str]:
        """The words of the segmentation, without signs."""
        if whole not in self._cut:
            _keep_small(self._cut)
            self._cut[whole] = [word for word in self.segmenter.cut(whole) if any(map(str.isalnum, word))]
        return self._cut[whole]

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

    def _here_or_above(self, word: str) -> Q:
        """A word in the passage itself or in its headings."""
        return self._once("here or above", word, self._make_here_or_above)

    def _make_here_or_above(self, word: str) -> Q:
        above = self.build.boosted(self._above(word), _HEAD)
        return self.build.all_of([(Occur.Should, self._here(word)), (Occur.Should, above)])

    def _above(self, whole: str) -> Q:
        """These characters in the title and the headings above: all their pairs, of which the order is not kept there."""
        if len(whole) == 1:
            return self.build.pattern("head", f"{_literal(whole)}.?")
        if len(whole) > 2 and self.is_term(whole):
            return self._term("head", whole)
        return self.build.all_of([(Occur.Must, self._term("head", pair)) for pair in dict.fromkeys(pairs(whole))])

    def _here(self, whole: str) -> Q:
        """These characters in a row in the passage itself."""
        return self._once("here", whole, self._make_here)

    def _once(self, sort: str, words: str, make: Callable[[str], Q]) -> Q:
        """What `make` makes of `words`; queries do not change, and the same words come again."""
        key = (sort, words)
        if key not in self._made:
            _keep_small(self._made)
            self._made[key] = make(words)
        return self._made[key]

    def _make_here(self, whole: str) -> Q:
        if len(whole) == 1:
            return self.build.pattern("text", f"{_literal(whole)}.?")
        if len(whole) > 2 and self.is_term(whole):
            return self._term("text", whole)
        return self._run("text", whole)

    def is_term(self, word: str) -> bool:
        """Whether the index has `word`, of three characters and more, as a term wherever it stands."""
        return self.segmenter.is_long_word(word) or self.segmenter.is_set_phrase(word)

    def _wildcard(self, text: str, wanted: bool) -> Q:
        pattern = "".join(normal(text).split())
        if not any(sign.isalnum() for sign in pattern):
            raise QueryError(
                f"{text}: a wildcard needs at least one letter or character beside it",
                f"{text}：通配符旁至少要有一个字",
            )
        expression = "".join(".*" if sign == "*" else "." if sign == "?" else _literal(sign) for sign in pattern)
        try:
            query = self.build.pattern("text", expression)
        except ValueError:
            raise QueryError(
                f"{text}: this wildcard is too complicated — use one * at the end of a word",
                f"{text}：通配符太复杂——请只在词尾用一个 *",
            ) from None
        if wanted:
            self.words.append(text)
            self.patterns.append(re.compile(expression))
            for piece in re.split(r"[*?]", pattern):
                if len(piece) > 1:
                    self._note(piece)
        return query

    def _run(self, name: str, whole: str) -> Q:
        """`whole` as neighbouring characters in the field `name`."""
        grams = pairs(whole)
        if len(whole) == 1:
            return self.build.pattern(name, f".?{_literal(whole)}.?")
        if len(grams) == 1:
            return self._term(name, grams[0])
        return self.build.run(name, grams)

    def _term(self, name: str, value: str) -> Q:
        return self.build.term(name, value)

    def _note(self, needle: str) -> None:
        self.needles[needle] = None

    def _all(self, parts: list[tuple[Occur, Q]]) -> Q:
        """All of `parts`; when there are only exclusions, everything but them."""
        if not any(occur != Occur.MustNot for occur, _ in parts):
            parts = [(Occur.Must, self.build.constant(self.build.everything(), 0.0)), *parts]
        return self.build.all_of(parts)

    # -- fields ----------------------------------------------------------------------------------------------

    def _field(self, asked: Field, wanted: bool) -> Q:
        name, value = asked.name, asked.value
        if name in ("tag", "kind", "level", "mode", "role"):
            return self._term(name, self._labelled(name, value))
        if name == "place":
            return self._place(value)
        if name == "institution":
            found = self.institutions(value)
            if wanted:
                for printed in sorted(found.printed):
                    self._note(squeezed(printed))
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
            self._note(needle)
        if name == "heading":
            return self._above(needle)
        return self._having(name, [needle])

    def _having(self, name: str, needles: Sequence[str]) -> Q:
        """One of `needles` (squeezed) as characters in a row in the document's title, number or issuer, or in what the
        clause delegates or cites."""
        return self.build.all_of([(Occur.Should, self._run(f"{name}_pairs", squeezed(needle))) for needle in needles])

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


class Planner(Planning[Query]):
    """Makes Plans for the index of one corpus."""

    def __init__(self, corpus: Corpus, synonyms: bool = True) -> None:
        super().__init__(Tantivy(corpus.index.schema), corpus.vocabulary, synonyms)
        self._corpus = corpus

    def institutions(self, name: str) -> Same:
        return same_institutions(name, self._corpus)

    def documents(self, prefix: str) -> list[str]:
        return self._corpus.store.find(prefix)

    def is_term(self, word: str) -> bool:
        return self._corpus.has_all_words and super().is_term(word)

    def _having(self, name: str, needles: Sequence[str]) -> Query:
        return self.build.terms(name, [value for value in self._values(name) if any(map(value.__contains__, needles))])

    def _place(self, value: str) -> Query:
        asked = normal(value).strip("/")
        wanted = {asked, gazetteer(self.vocabulary).path_of(asked) or asked}
        regions = [
            place for place in self._values("region") if not wanted.isdisjoint(place_names(place, self.vocabulary))
        ]
        return self.build.terms("region", regions)

    def _values(self, name: str) -> list[str]:
        """All values of a keyword in the index."""
        return [value for value, _ in self._corpus.index.searcher().terms_with_prefix(name, "")]


def _keep_small(kept: dict[Any, Any]) -> None:
    if len(kept) >= 4096:
        kept.clear()


def _literal(sign: str) -> str:
    """A character in a regular expression, for tantivy and for re."""
    return "\\" + sign if sign in "\\.+*?()|[]{}^$#&-~" else sign


def _is_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


@lru_cache(maxsize=4)
def synonym_groups(vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    """Word → the words of its group in vocab/synonyms.csv, itself among them."""
    groups: dict[str, tuple[str, ...]] = {}
    for row in vocabulary.table("synonyms"):
        words = tuple(squeezed(word) for word in row["words"].split())
        for word in words:
            groups[word] = tuple(dict.fromkeys((*groups.get(word, ()), *words)))
    return groups
