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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

from tantivy import Query

from policyparse.corpus import Corpus
from policyparse.corpus.entries import place_names
from policyparse.places import gazetteer
from policyparse.search.building import Build, Occur, Q, Tantivy
from policyparse.search.fields import Fields, literal
from policyparse.search.institutions import Same, same_institutions
from policyparse.search.query import And, Field, Node, Not, Or, Phrase, QueryError, Word
from policyparse.search.units import Units, keep_small
from policyparse.vocabulary import Vocabulary, shipped
from policyparse.words import normal, pairs, squeezed

# Weights by which matches add up, set by looking at the hits of a few questions, not swept:
#: a word in the headings or the title counts less than one in the text,
_HEAD = 0.4
#: all words in a row, as typed, more than the same words apart,
_WHOLE = 2.0
#: and a synonym less than the word itself.
_SYNONYM = 0.6


@dataclass
class Plan(Generic[Q]):
    """query: for the engine; needles and patterns: what to highlight, squeezed strings and those of wildcards; wider: the
    words that a wide plan may find where this one does not, each with whether it stands alone."""

    query: Q
    needles: list[str] = field(default_factory=list)
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    wider: list[tuple[str, bool]] = field(default_factory=list)


class Planning(Fields[Q]):
    """Makes Plans for an engine: says what a tree means, and has `build` write it down."""

    def __init__(self, build: Build[Q], vocabulary: Vocabulary | None = None, synonyms: bool = True) -> None:
        self.build = build
        self.vocabulary = vocabulary or shipped()
        self.units = Units(vocabulary, synonyms)
        self.needles = {}
        self.words: list[str] = []
        self.patterns: list[re.Pattern[str]] = []
        self.wide = True
        self.wider: list[tuple[str, bool]] = []
        self._made: dict[tuple[str, str], Q] = {}

    def plans(
        self, tree: Node | None, filters: Mapping[str, Sequence[str]], anywhere: bool = False
    ) -> tuple[Plan[Q], Callable[[], Plan[Q]]]:
        """The plan to ask first, and what makes the wide one of it, which is the same where that would find the same;
        `anywhere`, it is the wide one that is asked."""
        fields = list(filters.items())
        plan = self.plan(tree, fields, anywhere, wide=anywhere)

        def widely() -> Plan[Q]:
            loose = any(self._is_looser(word, alone) for word, alone in plan.wider)
            return self.plan(tree, fields) if loose else plan

        return plan, widely

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
        self.wide, self.wider = wide, []
        parts = [(Occur.Must, self._node(tree, True))] if tree is not None else []
        if not self.words and not anywhere:  # filters alone: of a title or a heading nobody asks where it stands
            parts.append((Occur.Must, self.build.constant(self.build.term("what", "clause"), 0.0)))
        for name, values in filters:
            if values:
                either = [(Occur.Should, self.field(Field(name, value), True)) for value in values]
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
                return self.build.constant(self.field(node, wanted), 0.0)
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
                queries = [(Occur.Must, self._as_typed(text, alone=False)) for text in texts]
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
            self.note(needle)
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

    def _as_typed(self, text: str, alone: bool = True) -> Q:
        """A word in the passage itself; one that is no term, as the words that a segmentation makes of it."""
        whole = squeezed(text)
        self.words.append(text)
        self.wider.append((whole, alone))
        self.note(whole)
        units = [whole] if self.is_term(whole) else self.units.words_of(whole)
        query = self._here(whole)
        if len(units) > 1 and min(map(len, units)) > 1:
            for unit in units:
                self.note(unit)
            each = [(Occur.Must, self._here(unit)) for unit in units]
            query = self.build.all_of([*each, (Occur.Should, self.build.boosted(query, _WHOLE))])
        return self._or_alike(query, whole)

    def _is_looser(self, whole: str, alone: bool) -> bool:
        """Whether a wide plan may find a word where `_as_typed` does not."""
        words = [whole] if self.is_term(whole) else list(dict.fromkeys(self.units.words_of(whole))) or [whole]
        units = self.units.of(whole) or [whole]
        if units != words or (
            len(units) > 1 and (1 in map(len, units) or not self.units.synonyms.keys().isdisjoint(units))
        ):
            return True
        return not (alone and len(units) == 1) and any(map(self.may_stand_above, units))

    def may_stand_above(self, word: str) -> bool:
        """Whether there may be a title or a heading with these characters."""
        return True

    def _or_alike(self, query: Q, word: str) -> Q:
        """`query`, which finds `word`, or a synonym of it in the passage itself."""
        alike = [other for other in self.units.synonyms.get(word, ()) if other != word]
        if not alike:
            return query
        for other in alike:
            self.note(other)
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
            self.note(whole)
            units = self.units.of(whole) or [whole]
            for unit in units:
                if len(unit) > 1:  # single characters are pieces of a word that the dictionary does not have
                    self.note(unit)
            if len(typed) == len(units) == 1:
                return self._or_alike(self._here(units[0]), whole)
            if len(units) == 1:
                query = self._or_alike(self._here_or_above(units[0]), whole)
            else:
                each = [(Occur.Must, self._or_alike(self._here_or_above(unit), unit)) for unit in units]
                row = (Occur.Should, self.build.boosted(self._here(whole), _WHOLE))
                query = self._or_alike(self.build.all_of([*each, row]), whole)
            found.append((Occur.Must, query))
            alike = (
                *self.units.synonyms.get(whole, ()),
                *(word for unit in units for word in self.units.synonyms.get(unit, ())),
            )
            here += [self._here(word) for word in dict.fromkeys((*units, *alike))]
        some = self.build.all_of([(Occur.Should, query) for query in here])
        return self.build.all_of([*found, (Occur.Must, self.build.constant(some, 0.0))])

    def _here_or_above(self, word: str) -> Q:
        """A word in the passage itself or in its headings."""
        return self._once("here or above", word, self._make_here_or_above)

    def _make_here_or_above(self, word: str) -> Q:
        above = self.build.boosted(self.above(word), _HEAD)
        return self.build.all_of([(Occur.Should, self._here(word)), (Occur.Should, above)])

    def above(self, whole: str) -> Q:
        """These characters in the title and the headings above: all their pairs, of which the order is not kept there."""
        if len(whole) == 1:
            return self.build.pattern("head", f"{literal(whole)}.?")
        if len(whole) > 2 and self.is_term(whole):
            return self.build.term("head", whole)
        return self.build.all_of([(Occur.Must, self.build.term("head", pair)) for pair in dict.fromkeys(pairs(whole))])

    def _here(self, whole: str) -> Q:
        """These characters in a row in the passage itself."""
        return self._once("here", whole, self._make_here)

    def _once(self, sort: str, words: str, make: Callable[[str], Q]) -> Q:
        """What `make` makes of `words`; queries do not change, and the same words come again."""
        key = (sort, words)
        if key not in self._made:
            keep_small(self._made)
            self._made[key] = make(words)
        return self._made[key]

    def _make_here(self, whole: str) -> Q:
        if len(whole) == 1:
            return self.build.pattern("text", f"{literal(whole)}.?")
        if len(whole) > 2 and self.is_term(whole):
            return self.build.term("text", whole)
        return self.run("text", whole)

    def is_term(self, word: str) -> bool:
        """Whether the index has `word`, of three characters and more, as a term wherever it stands."""
        return self.units.segmenter.is_long_word(word) or self.units.segmenter.is_set_phrase(word)

    def _wildcard(self, text: str, wanted: bool) -> Q:
        pattern = "".join(normal(text).split())
        if not any(sign.isalnum() for sign in pattern):
            raise QueryError(
                f"{text}: a wildcard needs at least one letter or character beside it",
                f"{text}：通配符旁至少要有一个字",
            )
        expression = "".join(".*" if sign == "*" else "." if sign == "?" else literal(sign) for sign in pattern)
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
                    self.note(piece)
        return query

    def _all(self, parts: list[tuple[Occur, Q]]) -> Q:
        """All of `parts`; when there are only exclusions, everything but them."""
        if not any(occur != Occur.MustNot for occur, _ in parts):
            parts = [(Occur.Must, self.build.constant(self.build.everything(), 0.0)), *parts]
        return self.build.all_of(parts)


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

    def may_stand_above(self, word: str) -> bool:
        having = self._corpus.index.searcher().doc_freq
        terms = [word] if len(word) > 2 and self.is_term(word) else pairs(word)
        return len(word) == 1 or all(having("head", term) for term in terms)

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


def _is_wildcard(text: str) -> bool:
    return "*" in text or "?" in text
