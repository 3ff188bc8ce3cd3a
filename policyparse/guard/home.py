"""Which place a draft belongs to, and whether another place's name has any business in it.

In: the Draft, the gazetteer. Out: Home. Touches nothing.

The document's place is what the parser took from title, issuers and text; where its names are outvoted by those that
the cover, the signature and the text itself print (a title left over from another place's plan), the votes win.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Literal, NamedTuple

from policyparse.guard.draft import Draft
from policyparse.model import LEVELS
from policyparse.places import gazetteer
from policyparse.structure import lines as roles
from policyparse.vocabulary import Vocabulary

PROVINCE, PREFECTURE, COUNTY, TOWN, VILLAGE = range(1, 6)
Relation = Literal["own", "sibling", "other", "unknown"]

# How much a name counts where the document prints its own place (a title, a signature), in mentions of the text.
_VOTES = {roles.TITLE: 3, roles.COVER_TITLE: 3, roles.SIGNATURE: 3, roles.NUMBER: 0, roles.ADDRESSEE: 1}
# A name that has so many times the votes of the parser's takes its place.
_OUTVOTED = 2


class Mention(NamedTuple):
    """A place's name in the text; names printed one behind the other (佛山市南海区) are one, `names` its parts."""

    start: int
    end: int
    names: tuple[str, ...]


class Home:
    """The document's place: its steps by rank, and every name that is its own."""

    def __init__(
        self, vocabulary: Vocabulary, path: str, date: str | None, known: Mapping[str, Set[str]] | None = None
    ) -> None:
        self.atlas = gazetteer(vocabulary)
        self._suffixes = sorted(vocabulary.terms("places_suffixes"), key=len, reverse=True)
        # a town's name alone proves nothing: many towns share one
        alone = "/" not in path and LEVELS.index(self.atlas.level_of(path) or "nation") >= TOWN
        listed = None if alone else self.atlas.path_of(path, date)
        self.path = listed if listed and listed.rsplit("/", 1)[-1] == path.rsplit("/", 1)[-1] else path
        self.steps = {rank: step for step in self.path.split("/") if (rank := self.rank(step))}
        self.deepest = max(self.steps, default=0)
        #: whether the tables know the place, so that what lies in it and above it is known
        self.listed = not alone and self.path in self.atlas.paths(self.path.rsplit("/", 1)[-1])
        self._elsewhere = known or {}
        self.names = {form for step in self.steps.values() for form in (step, self.short(step))}

    def short(self, name: str) -> str:
        """The name without the word for what it is, where two characters or more are left: 石桥镇 → 石桥."""
        for place in self.atlas.places(name):
            if place.name == name:
                return place.short
        for suffix in self._suffixes:
            if name.endswith(suffix) and len(name) - len(suffix) >= 2:
                return name.removesuffix(suffix)
        return name

    def rank(self, name: str) -> int:
        """1 for a province … 5 for a village; 0 where nothing tells."""
        level = self.atlas.level_of(name)
        return LEVELS.index(level) if level else 0

    def relation(self, mention: Mention) -> Relation:
        """How a mentioned place stands to this one.

        own: above it, below it, or itself; sibling: not itself, but its parent is known to be the same;
        other: elsewhere; unknown: the tables and the text do not tell.
        """
        last = mention.names[-1]
        if any(name in self.names or self.short(name) in self.names for name in mention.names):
            # 青溪县塔山镇 in a document of 青溪县石桥镇: its own county's other town
            rank = self.rank(last)
            if last in self.names or self.short(last) in self.names or rank not in self.steps:
                return "own"
            return "sibling"
        paths = self._paths(mention)
        if not paths or (not self.listed and last in self._elsewhere):
            rank = self.rank(last)
            return "other" if rank in self.steps or last in self._elsewhere else "unknown"
        if any(self._in_line(path) for path in paths):
            return "own"
        if any(self._may_be_above(path) or self._may_be_below(path) for path in paths):
            return "unknown"
        parent = self.path.rpartition("/")[0]
        if parent and any(path.rpartition("/")[0] == parent for path in paths):
            return "sibling"
        return "other"

    def _paths(self, mention: Mention) -> tuple[str, ...]:
        """Every place that the mention can be."""
        if len(mention.names) == 1:
            return self.atlas.paths(mention.names[0])
        whole = self.atlas.path_of("".join(mention.names))
        return (whole,) if whole and "/" in whole else ()

    def _in_line(self, path: str) -> bool:
        return path == self.path or path.startswith(self.path + "/") or self.path.startswith(path + "/")

    def _may_be_above(self, path: str) -> bool:
        """A place above whose rank this path does not name: a prefecture over 浙江省/青溪县, in the same province."""
        rank = self.rank(path)
        if rank >= self.deepest or rank in self.steps:
            return False
        return self._agrees(path)

    def _may_be_below(self, path: str) -> bool:
        """A place of a deeper rank: below a home that the tables lack it can be a namesake of the one they have."""
        rank = self.rank(path)
        if rank <= self.deepest:
            return False
        return not self.listed

    def _agrees(self, path: str) -> bool:
        """Whether the ranks that both paths name are the same there."""
        for step in path.split("/"):
            rank = self.rank(step)
            if rank in self.steps and self.short(self.steps[rank]) != self.short(step):
                return False
        return True


def home_of(draft: Draft, mentions: Sequence[Mention], known: Mapping[str, Set[str]] | None = None) -> Home | None:
    """The draft's own place; None where nothing tells, or where it speaks for the whole country.

    known: names of places elsewhere, with the names that stand above them (as the corpus's documents have them);
           one whose higher places the draft never names lies elsewhere
    """
    document = draft.document
    if not document.place or document.masked or document.level == "nation":
        return None
    elsewhere = {
        name: above for name, above in (known or {}).items() if above and not any(step in draft.text for step in above)
    }
    home = Home(draft.vocabulary, document.place, document.date, elsewhere)
    votes: dict[int, Counter[str]] = {}
    for mention in mentions:
        weight = _VOTES.get(draft.line_at(mention.start).role, 1)
        for name in mention.names:
            votes.setdefault(home.rank(name), Counter())[name] += weight
    path = document.place
    for rank, step in home.steps.items():
        counted = votes.get(rank)
        if not counted or (rank != home.deepest and rank < COUNTY):
            continue  # a plan names its province in its basis alone
        best, most = counted.most_common(1)[0]
        own = sum(count for name, count in counted.items() if home.short(name) == home.short(step))
        if home.short(best) != home.short(step) and most >= _OUTVOTED * own + 3 and best[-1] == step[-1]:
            path = path.replace(step, best)
    return home if path == document.place else Home(draft.vocabulary, path, document.date, elsewhere)
