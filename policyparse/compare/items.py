"""Which delegated items of different towns are one and the same, by meaning.

In: items as printed, vocab/item_words.csv. Out: how alike two are; groups. Touches: nothing.

核发乡村建设规划许可证, 乡村建设规划许可 and 村镇建设规划许可证审批 are one item. Words that say nothing (县级, 权限) go, words of
one meaning become one (农村, 村镇), and what is done (approve, record, register, punish …) is compared by its class: a
备案 is no 核准, whatever else agrees.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from policyparse.vocabulary import Row, Vocabulary, shipped
from policyparse.words import pairs, segmenter, squeezed

#: Two items are one from this likeness on. Set on the odd rows of tests/cases/items.yaml; tests/benchmarks/item_matching.py
#: prints what other thresholds give there, and the figures on the even rows.
SAME_ITEM = 0.6

#: An act of one class stands for that of another: what a town approves beforehand it helps to approve.
_KIN = {"prior": "approve"}


@dataclass(frozen=True, slots=True)
class Item:
    """What of an item says what it is: its words in their common form, joined and as a set, pairs of letters, acts by class."""

    core: str
    words: frozenset[str]
    grams: frozenset[str]
    acts: frozenset[str]


def item(printed: str, vocabulary: Vocabulary | None = None) -> Item:
    """The meaning of an item as printed."""
    return _item(squeezed(printed), vocabulary or shipped())


@lru_cache(maxsize=50_000)
def _item(text: str, vocabulary: Vocabulary) -> Item:
    uses = {row["word"]: row for row in vocabulary.table("item_words")}
    words: list[str] = []
    done: list[str] = []
    acts: set[str] = set()
    for word in _pieces(text, uses, vocabulary):
        row = uses.get(word)
        if row is None:
            words.append(word)
        elif row["use"] == "same":
            words.append(row["becomes"])
        elif row["use"] == "act":
            acts.add(_KIN.get(row["becomes"], row["becomes"]))
            done.append(word)
    if not acts and "许可" in text:
        acts.add("approve")
    words = words or done or [text]  # 行政处罚权 is nothing but what is done
    core = "".join(words)
    return Item(core, frozenset(words), frozenset(pairs(core)), frozenset(acts))


def _pieces(text: str, uses: dict[str, Row], vocabulary: Vocabulary) -> list[str]:
    """The words of an item: entries of the table at their longest, what lies between as jieba cuts it."""
    units = uses.keys() | {row["becomes"] for row in uses.values() if row["use"] == "same"}
    longest = max(map(len, units))
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
    if not (one.core and other.core) or (one.acts and other.acts and not one.acts & other.acts):
        return 0.0
    shared = sum(map(len, one.words & other.words))
    by_word = 2 * shared / (sum(map(len, one.words)) + sum(map(len, other.words)))
    by_gram = 2 * len(one.grams & other.grams) / max(1, len(one.grams) + len(other.grams))
    whole = (by_word + by_gram) / 2
    short, long = sorted((one.core, other.core), key=len)
    # the one says all that the other says, and more: 超收部分, 财政超收部分
    inside = short in long or one.words <= other.words or other.words <= one.words
    # but not a thing that is had and one that is done: 土地出让收益, 土地登记
    inside = inside and len(short) >= _INSIDE and bool(one.acts) == bool(other.acts)
    return (whole + 1) / 2 if inside else whole


#: A core of one character stands in too many others.
_INSIDE = 2


def groups(printed: Sequence[str], vocabulary: Vocabulary | None = None, least: float = SAME_ITEM) -> list[int]:
    """For each item the number of its group, from 0 in the order in which groups come.

    An item joins the group with which it is most alike on average, so that no chain of half-like items grows together.
    """
    items = [item(each, vocabulary) for each in printed]
    having: dict[str, list[int]] = defaultdict(list)
    members: list[list[int]] = []
    of: list[int] = []
    same: dict[Item, int] = {}
    for number, each in enumerate(items):
        if each in same:
            members[same[each]].append(number)
            of.append(same[each])
            continue
        near = {of[other] for gram in (each.grams | each.words) for other in having[gram]}
        best = max(
            ((sum(likeness(each, items[m]) for m in members[group]) / len(members[group]), -group) for group in near),
            default=(0.0, 0),
        )
        if best[0] >= least:
            group = -best[1]
            members[group].append(number)
        else:
            group = len(members)
            members.append([number])
        of.append(group)
        same[each] = group
        for gram in each.grams | each.words:
            having[gram].append(number)
    return of
