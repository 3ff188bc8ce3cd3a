"""Delegated items: powers, matters and resources that move from one level or organ to another.

In: an Outline, its institutions, the vocabulary. Out: Delegation records, in order. Touches nothing.

Every segment that holds a moving verb is read by each rule of moves.py; what they find is tidied, its
coordinated heads are split, the mode words of the clause are listed, and repetitions go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

from policyparse.extract import item_tables, moves, moves_given, moves_held, sentences
from policyparse.extract.confidence import made_by
from policyparse.extract.heads import cuts
from policyparse.extract.parties import Parties
from policyparse.model import Delegation, Institution, Mode
from policyparse.passing import Outline
from policyparse.vocabulary import Vocabulary

# In this order: where two rules read the same words, the first one's reading stands.
_RULES = (
    moves_held.office,
    moves_given.dispose,
    moves_given.grant,
    moves_given.toward,
    moves_given.attribute,
    moves_given.bare,
    moves_given.widen,
    moves_held.consult,
    moves_held.returned,
    moves_held.joined,
    moves_held.local,
    moves_held.sealed,
    moves_held.autonomy,
    moves_held.local_government,
    moves_given.let_go,
)
# 由…负责, 征求意见, 属地管理 are `devolve`, 可自主… is `authorize`, whatever else the clause says (annotation.md §6).
_MODE_OF_RULE: dict[str, Mode] = {
    "office": "devolve",
    "consult": "devolve",
    "local": "devolve",
    "widen": "devolve",
    "let-go": "devolve",
    "autonomy": "authorize",
    "may": "authorize",
    "decides": "devolve",
    "return": "return",
    "approve-on": "approve-on",
}
_LONGEST_ITEM = 160
_IS_LEVEL = re.compile("[省市县区镇乡街村]级?$|街道|政府|办事处|党委|[局委办]$")
_FORM = re.compile("(?:通过|采取|采用|以)[^，,。；;]{2,40}?(?:形式|方式)")


@cache
def _modes(vocabulary: Vocabulary) -> tuple[re.Pattern[str], dict[str, Mode]]:
    modes: dict[str, Mode] = {row["word"]: _mode(row["mode"]) for row in vocabulary.table("delegation_modes")}
    return re.compile("|".join(sorted(map(re.escape, modes), key=len, reverse=True))), modes


def _mode(word: str) -> Mode:
    names: tuple[Mode, ...] = ("entrust", "authorize", "devolve", "extend", "return", "transfer", "approve-on")
    return next(name for name in names if name == word)


def delegations(outline: Outline, institutions: Sequence[Institution], vocabulary: Vocabulary) -> list[Delegation]:
    """Every delegation that the document decides or tells (annotation.md §6).

    start/end: the segment (sentence or semicolon clause) that proves it; for a table its row. `rule` is the
    pattern's name in moves.py.
    """
    text = outline.text
    laid = sentences.layout(text)
    out: list[Delegation] = []
    if laid.segments:
        g = moves.grammar(vocabulary)
        parties = Parties(text, institutions, vocabulary)
        seen: set[int] = set()
        for hit in g.trigger.finditer(text):
            index = laid.index_at(hit.start())
            if index in seen:
                continue
            seen.add(index)
            segment = laid.segments[index]
            if not segment.start <= hit.start() < segment.end or outline.in_title(segment.start, segment.end):
                continue
            for move in _best(moves.Clause(text, segment, parties, g, outline.facts.level)):
                start, end = sentences.trim(text, segment.start, segment.end, " \t\r\n　")
                for item in _heads(move.item, g):
                    out.append(
                        Delegation(
                            item=item,
                            from_=list(move.giver),
                            to=list(move.taker),
                            mode=_modes_of(text, move, segment, parties, vocabulary),
                            start=start,
                            end=end,
                            clause=outline.clause_at(start),
                            **made_by("delegations", move.rule, vocabulary),
                        )
                    )
    for row in item_tables.find(outline, vocabulary):
        out.append(
            Delegation(
                item=row.item,
                from_=list(row.giver),
                to=list(row.taker),
                mode=list(row.mode),
                start=row.start,
                end=row.end,
                clause=outline.clause_at(row.start),
                **made_by("delegations", "item-table", vocabulary),
            )
        )
    out.sort(key=lambda record: record.start)
    return out


def _best(clause: moves.Clause) -> Iterator[moves.Move]:
    """The moves of a clause: what two rules find in one place is taken from the rule named first."""
    taken: list[tuple[int, int]] = []
    found: list[moves.Move] = []
    giver: tuple[str, ...] = ()
    for rule in _RULES:
        for move in rule(clause):
            item = moves.tidy(move.item)
            if (
                not 2 <= len(item) <= _LONGEST_ITEM
                or item.endswith("的")
                or item.startswith("由")
                or moves.UNNAMED.search(item)
                or (item in clause.g.bare and not _pointed(move))
            ):
                continue
            if not (move.giver or move.taker) and move.rule not in ("local", "approve-on", "return"):
                continue
            if any(a < move.end and move.start < b for a, b in taken):
                continue
            taken.append((move.start, move.end))
            found.append(moves.Move(item, move.giver, move.taker, move.start, move.end, move.rule))
    found.sort(key=lambda move: move.start)
    for move in found:
        if move.rule in ("grant", "dispose") and not move.giver and giver:
            move = moves.Move(move.item, giver, move.taker, move.start, move.end, move.rule)
        giver = move.giver or giver
        yield move


def _pointed(move: moves.Move) -> bool:
    """A bare 权限 counts only where a definite department gives it."""
    return move.rule in ("attribute", "bare-object") and bool(move.giver)


def _heads(item: str, g: moves.Grammar) -> list[str]:
    """The item taken apart where every coordinated part ends in a head of its own (annotation.md §6)."""
    listed = re.search("等(?!级|候|额|次|同)", item) is not None
    spans = cuts(item)
    if any(b - a < 3 for a, b in spans):
        return [item]
    out: list[str] = []
    start = 0
    for (_, end), (begin, _) in pairwise(spans):
        if listed and item[end:begin] in ("、", "，", ","):
            continue  # 民政、社保等服务事项: a list under one head
        # 项目核准、备案权 and 城市管理、环境保护的审批权限 share their last head
        own = g.strong_head if listed or "的" in item[begin:] or g.strong_head.search(item) else g.head
        if own.search(item, start, end):
            out.append(item[start:end])
            start = begin
    if out and not g.head.search(item, start):
        return [item]
    return [*out, item[start:]]


def _modes_of(
    text: str, move: moves.Move, segment: sentences.Segment, parties: Parties, vocabulary: Vocabulary
) -> list[Mode]:
    """Every mode word of the clause, in order; a 通过…形式 elsewhere in the segment belongs to it."""
    if move.rule in _MODE_OF_RULE:
        return [_MODE_OF_RULE[move.rule]]
    pattern, modes = _modes(vocabulary)
    start = max(text.rfind(sign, segment.start, move.start) for sign in "，,") + 1
    start = max(start, segment.start)
    match = re.compile("[，,；;]").search(text, move.end, segment.end)
    end = match.start() if match else segment.end
    spans = [(start, end)]
    for form in _FORM.finditer(text, segment.start, segment.end):
        if form.end() <= start or form.start() >= end:
            spans.append(form.span())
    item = text.find(move.item, segment.start, segment.end)
    found: list[Mode] = []
    for a, b in sorted(spans):
        for word in pattern.finditer(text, a, b):
            if item <= word.start() < item + len(move.item):
                continue  # a word of the item is no form
            mode = modes[word.group()]
            social = any(map(parties.is_social, move.taker))
            if mode == "devolve" and social:
                mode = "transfer"  # 交由行业协会承担
            elif mode == "transfer" and move.taker and not social and all(map(_IS_LEVEL.search, move.taker)):
                mode = "devolve"  # 向区级转移
            if mode not in found:
                found.append(mode)
    return found or ["devolve"]
