"""Which delegated items of different towns are one and the same, by meaning.

In: items as printed, vocab/item_words.csv. Out: how alike two are; groups. Touches: nothing.

核发乡村建设规划许可证, 乡村建设规划许可 and 村镇建设规划许可证审批 are one item. Words that say nothing (县级, 权限) go, words of
one meaning become one (农村, 村镇), and what is done (approve, record, register, punish …) is compared by its class: a
备案 is no 核准, and a 客运 no 货运, whatever else agrees.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import fsum

from policyparse.vocabulary import Row, Vocabulary, shipped
from policyparse.words import pairs, segmenter, squeezed

#: Two items are one from this likeness on. Set on the odd rows of tests/cases/items.yaml and items_blind.yaml;
#: tests/benchmarks/item_matching.py prints what other thresholds give there, and the figures on the even rows.
SAME_ITEM = 0.6

#: An act of one class stands for those of others: what a town approves beforehand it helps to approve, and a certificate
#: is given out at the end of an approval or of a registration (林权证核发, 林权登记).
_KIN = {"prior": ("approve",), "issue": ("approve", "register")}

#: What stands in brackets explains: 厂（场）, 建筑垃圾（渣土）.
_BRACKETS = re.compile(r"[（(][^（）()]{0,20}[）)]")


@dataclass(frozen=True, slots=True)
class Item:
    """What of an item says what it is.

    core:  its words in their common form, joined; words, grams: as a set, and as pairs of letters
    acts:  what is done, by class          kinds: which of several that exclude one another (transport: 客运)
    """

    core: str
    words: frozenset[str]
    grams: frozenset[str]
    acts: frozenset[str]
    kinds: frozenset[tuple[str, str]] = frozenset()


def item(printed: str, vocabulary: Vocabulary | None = None) -> Item:
    """The meaning of an item as printed."""
    return _item(squeezed(_BRACKETS.sub("", printed)) or squeezed(printed), vocabulary or shipped())


@lru_cache(maxsize=50_000)
def _item(text: str, vocabulary: Vocabulary) -> Item:
    uses, _, _ = _table(vocabulary)
    words: list[str] = []
    done: list[str] = []
    acts: set[str] = set()
    kinds: set[tuple[str, str]] = set()
    pieces = _pieces(text, vocabulary)
    does = {uses[word]["becomes"] for word in pieces if word in uses and uses[word]["use"] == "act"}
    # 建设规划许可 is a licence for what was planned: to plan is what is done where nothing else is
    planned = does > {"plan"} or "许可" in text
    for word in pieces:
        row = uses.get(word)
        if row is None or (planned and row["becomes"] == "plan"):
            words.append(word)
        elif row["use"] == "same":
            words.append(row["becomes"])
        elif row["use"] == "kind":
            words.append(word)
            kinds.add((row["becomes"], word))
        elif row["use"] == "act":
            acts.add(row["becomes"])
            done.append(word)
    if "许可" in text and acts <= {"issue"}:  # a licence is approved, whoever gives it out
        acts = {"approve"}
    acts |= {each for act in acts for each in _KIN.get(act, ())}
    acts -= _KIN.keys()
    words = words or done or [text]  # 行政处罚权 is nothing but what is done
    core = "".join(words)
    return Item(core, frozenset(words), frozenset(pairs(core)), frozenset(acts), frozenset(kinds))


@lru_cache(maxsize=8)
def _table(vocabulary: Vocabulary) -> tuple[dict[str, Row], frozenset[str], int]:
    """The rows of item_words by word, all words that an item is cut into, and the length of the longest."""
    uses = {row["word"]: row for row in vocabulary.table("item_words")}
    units = uses.keys() | {row["becomes"] for row in uses.values() if row["use"] == "same"}
    return uses, frozenset(units), max(map(len, units))


def _pieces(text: str, vocabulary: Vocabulary) -> list[str]:
    """The words of an item: entries of the table at their longest, what lies between as jieba cuts it."""
    _, units, longest = _table(vocabulary)
    pieces: list[str] = []
    rest = ""
    at = 0
    while at < len(text):
        word = next(
            (text[at : at + n] for n in range(min(longest, len(text) - at), 1, -1) if text[at : at + n] in units), ""
        )
        if word:
            pieces += [*segmenter(vocabulary).cut(rest), word] if rest else [word]
            rest, at = "", at + len(word)
        else:
            rest, at = rest + text[at], at + 1
    return pieces + (segmenter(vocabulary).cut(rest) if rest else [])


def likeness(one: Item, other: Item) -> float:
    """0 to 1: the mean of what their words and their letters have in common; 0 where different things are done."""
    if one == other:
        return 1.0
    if not (one.core and other.core) or (one.acts and other.acts and not one.acts & other.acts) or _apart(one, other):
        return 0.0
    shared = sum(map(len, one.words & other.words))
    by_word = 2 * shared / (sum(map(len, one.words)) + sum(map(len, other.words)))
    by_gram = 2 * len(one.grams & other.grams) / max(1, len(one.grams) + len(other.grams))
    whole = (by_word + by_gram) / 2
    short, long = sorted((one, other), key=lambda each: (len(each.core), each.core))
    # the one says all that the other says, and more: 超收部分, 财政超收部分
    inside = short.core in long.core or one.words <= other.words or other.words <= one.words
    inside = inside and not _denied(short.core, long.core)
    # but not a thing that is had and one that is done: 土地出让收益, 土地登记
    alike = bool(one.acts) == bool(other.acts) or len(short.core) >= _CLEAR
    # nor one thing in a long list: 公共服务事项, 城市建设、社会管理、市场监管、公共服务等具体事项的审批权限
    listed = len(long.core) > _LIST * len(short.core)
    inside = inside and len(short.core) >= _INSIDE and alike and not listed
    return (whole + 1) / 2 if inside else whole


def _apart(one: Item, other: Item) -> bool:
    """Whether they are two of several that exclude one another: 道路客运, 道路货运."""
    if not (one.kinds and other.kinds):
        return False
    fields = {field for field, _ in one.kinds} & {field for field, _ in other.kinds}
    return any(
        {kind for field, kind in one.kinds if field == each}.isdisjoint(
            kind for field, kind in other.kinds if field == each
        )
        for each in fields
    )


def _denied(short: str, long: str) -> bool:
    """Whether the longer core has the shorter one as its opposite: 税收, 非税收入."""
    at = long.find(short)
    return at > 0 and long[at - 1] in "非未不无"


#: A core of one character stands in too many others; one of four says what it is without an act; what is more than five
#: times as long says more than one thing.
_INSIDE, _CLEAR, _LIST = 2, 4, 5


def groups(printed: Sequence[str], vocabulary: Vocabulary | None = None, least: float = SAME_ITEM) -> list[int]:
    """For each item the number of its group, from 0 in the order in which groups come.

    An item joins the group with which it is most alike on average, so that no chain of half-like items grows together.
    Only what may be alike by `least` is compared (see _Near), so the work grows with the items and not with their pairs.
    """
    items = [item(each, vocabulary) for each in printed]
    times = Counter(items)
    near = _Near(times, least)
    members: list[list[Item]] = []
    group_of: dict[Item, int] = {}
    weight: Counter[Item] = Counter()
    for each in items:
        weight[each] += 1
        if each in group_of:
            continue
        alike = {group_of[other] for other in near.of(each) if likeness(each, other) >= least}
        best = max(((_mean(each, members[group], weight), -group) for group in alike), default=(0.0, 0))
        group = -best[1] if best[0] >= least else len(members)
        if group == len(members):
            members.append([])
        members[group].append(each)
        group_of[each] = group
        near.add(each)
    return [group_of[each] for each in items]


def _mean(one: Item, group: Sequence[Item], weight: Mapping[Item, int]) -> float:
    """How alike an item is to those of a group, each as often as it was printed so far."""
    return fsum(likeness(one, each) * weight[each] for each in group) / sum(weight[each] for each in group)


class _Near:
    """Finds the items that may be alike by `least`.

    Two are so by the mean of words and letters, then one of the two alone is at least `least`, and among the rarest
    words (or pairs of letters) of both one is the same (prefix filter, Chaudhuri et al. 2006); or all words (or pairs) of
    the one stand in the other, its rarest too. What stands in very many items is never looked up.
    """

    def __init__(self, items: Mapping[Item, int], least: float) -> None:
        self._least = least
        self._having = Counter(each for item in items for each in (*item.words, *item.grams))
        self._any: dict[str, list[Item]] = defaultdict(list)
        self._rare: dict[str, list[Item]] = defaultdict(list)
        self._rarest: dict[str, list[Item]] = defaultdict(list)

    def add(self, item: Item) -> None:
        for parts in (self._by_rarity(item.words), self._by_rarity(item.grams)):
            for each in parts:
                self._any[each].append(item)
            for each in self._prefix(parts):
                self._rare[each].append(item)
            for each in parts[:1]:
                self._rarest[each].append(item)

    def of(self, item: Item) -> set[Item]:
        """Those of the items that were added which may be alike."""
        found: set[Item] = set()
        for parts in (self._by_rarity(item.words), self._by_rarity(item.grams)):
            for each in self._prefix(parts):
                found.update(self._rare.get(each, ()))
            for each in parts:
                found.update(self._rarest.get(each, ()))
            for each in parts[:1]:
                found.update(self._any.get(each, ()))
        return found

    def _by_rarity(self, parts: frozenset[str]) -> list[str]:
        return sorted(parts, key=lambda each: (self._having[each], each))

    def _prefix(self, parts: list[str]) -> list[str]:
        """The rarest parts: without one of them less than `least` of all letters can be in common."""
        left = sum(map(self._size, parts)) * self._least / (2 - self._least)
        for number in range(len(parts) - 1, -1, -1):
            left -= self._size(parts[number])
            if left <= _ROUNDING:
                return parts[: number + 1]
        return parts

    @staticmethod
    def _size(part: str) -> int:
        return len(part)


#: Sums of fractions are off by less.
_ROUNDING = 1e-9
