"""What the clause classifier sees of a clause: its words and signs, the headings above it, its place, its marks.

In: ClauseContext (a clause's text and where it stands). Out: a sparse matrix, a row a
clause, a column a feature. Touches nothing; the cue words come from `vocab/tag_cues.csv`.

Features come in blocks (words, grams, lead, …). Inside a block counts are damped
(1 + log) and weighted by rarity; each block is then scaled to its own length, so
that a long paragraph does not drown the one heading above it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, repeat
from math import log

import numpy as np
import rjieba
from scipy import sparse

from policyparse.vocabulary import Vocabulary, shipped

# A block's share in a clause's vector. Swept 0.3–2.0 in steps on the written clauses, grouped by document.
BLOCKS: Mapping[str, float] = {
    "word": 1.0,  # 下放 · 下放 权限: words of the text and pairs of neighbours
    "gram": 1.0,  # 责任: pairs of signs, whatever the words (triples gave nothing on top and cost a quarter of the time)
    "lead": 0.8,  # words and pairs of signs of the clause's first point (加强组织领导)
    "head": 0.8,  # the same of the nearest heading above it
    "path": 0.4,  # the same of the headings further up
    "place": 0.5,  # kind of document, level, position, label, length
    "mark": 0.5,  # what the extractors found, and signs of the genre (%, 万元, 《》, 责任单位)
    "cue": 0.8,  # cue words by tag, in text, lead and headings (vocab/tag_cues.csv)
}
# A paragraph of a speech can run to thousands of signs; its point is said first, its summing-up last.
HEAD_SIGNS, TAIL_SIGNS = 480, 120
LEAD_SIGNS = 36
# The longest list of responsible departments seen in key-point lists of provinces is about 250 signs.
TAIL_LIMIT = 320

_NUMERAL = "一二三四五六七八九十百零〇两0-9"
_LABEL = re.compile(
    rf"(?:(?P<article>第[{_NUMERAL}]{{1,5}}[条章节篇])"
    rf"|(?P<bracket>[(][{_NUMERAL}]{{1,4}}[)])"
    rf"|(?P<running>[{_NUMERAL}]{{1,3}}(?:是|要|则))"
    rf"|(?P<main>[一二三四五六七八九十]{{1,3}}[、,.])"
    rf"|(?P<digit>\d{{1,2}}[、.](?!\d))"
    rf"|(?P<circle>[①-⑳]))\s*"
)
_DUTY = re.compile(r"(?:责任|牵头|配合|主办|承办)(?:单位|部门)|牵头|负责|配合")
_DUTY_HEADS = ("责任单位:", "牵头单位:", "责任部门:", "牵头部门:")
_LEAD_END = re.compile(r"[。:;!?]")
_SIGNS = (
    ("percent", re.compile(r"\d%|百分之|百分点")),
    ("money", re.compile(r"\d(?:万|亿)?元")),
    ("area", re.compile(r"\d(?:万|平方)?(?:亩|公顷|公里|米)")),
    ("title", re.compile(r"《")),
    ("number", re.compile(r"〔\d{4}〕|\[\d{4}\]")),
    ("you", re.compile(r"同志们|各位|大家|我们|我代表")),
    ("nameplate", re.compile(r"加挂|牌子|合署|内设机构")),
    ("colon", re.compile(r":$")),
    ("semicolon", re.compile(r";$")),
    ("exclaim", re.compile(r"!")),
    ("should", re.compile(r"要[^求素点件]|必须|应当|严禁|不得")),
    ("done", re.compile(r"了|已经?|先后|累计")),
)


@dataclass(frozen=True, slots=True)
class ClauseContext:
    """A clause and where it stands.

    text:     the clause's own text, from its printed label where that stands on its line
    headings: the headings that it stands under, outermost first, label and title as printed; not its own
    position: where in the document, 0 first to 1 last clause
    kind, level: the document's, as the contract names them
    marks:    what the extractors found in it, as `marks_of` names it
    """

    text: str
    headings: tuple[str, ...] = ()
    position: float = 0.5
    kind: str = "other"
    level: str | None = None
    marks: tuple[str, ...] = ()


def marks_of(
    *, delegations: int = 0, responsibilities: int = 0, institutions: int = 0, citations: int = 0,
    times: Iterable[str] = (),
) -> tuple[str, ...]:  # fmt: skip
    """The marks of a clause from how many records of each sort it has, and the types of its time points."""
    marks = [f"time-{kind}" for kind in sorted(set(times))]
    if delegations:
        marks.append("delegation" if delegations == 1 else "delegations")
    if responsibilities:
        marks.append("responsibility" if responsibilities == 1 else "responsibilities")
    if institutions:
        marks.append("institution" if institutions < 3 else "institutions")
    if citations:
        marks.append("citation")
    return tuple(marks)


def position_of(index: int, count: int) -> float:
    """Where clause `index` of `count` stands, 0 to 1."""
    return index / (count - 1) if count > 1 else 0.0


class Cues:
    """The cue words of `vocab/tag_cues.csv`, found by their first two signs."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._by_start: dict[str, list[tuple[str, dict[str, list[str]]]]] = {}
        for row in vocabulary.table("tag_cues"):
            term = fold(row["term"])
            # a word of four signs and more counts twice
            tags = row["tags"].split() * (2 if len(term) > 3 else 1)
            if len(term) >= 2:
                made = {where: [f"{where}:{tag}" for tag in tags] for where in ("text", "lead", "head", "path")}
                self._by_start.setdefault(term[:2], []).append((term, made))
        for terms in self._by_start.values():
            terms.sort(key=lambda pair: -len(pair[0]))

    def find(self, text: str, pairs: Sequence[str], where: str, lead: int = 0) -> list[str]:
        """A feature `where:tag` for each cue word in `text`, whose neighbouring sign pairs are `pairs`.

        Those that begin in the first `lead` signs are there as `lead:tag` too.
        """
        found: list[str] = []
        starts = self._by_start
        for at, pair in enumerate(pairs):
            if pair in starts:
                for term, made in starts[pair]:
                    if len(term) == 2 or text.startswith(term, at):
                        found += made[where]
                        if at < lead:
                            found += made["lead"]
                        break
        return found


@lru_cache(maxsize=4)
def _shipped_cues() -> Cues:
    return Cues(shipped())


def fold(text: str) -> str:
    """Full- and half-width forms folded into one (NFKC), white space gone."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def words_of(text: str) -> list[str]:
    """The words of `text` that carry meaning: numbers become 0, signs are left out.

    jieba's own dictionary, without the project's words and a user's overlay: a trained model must see
    the same words on every machine.
    """
    out = []
    for word in rjieba.cut(text, False):
        # every sign of punctuation stands before the ideographs in Unicode, once width is folded
        if word >= "\u3400" or word[0].isalpha():
            out.append(word)
        elif word[0].isdigit():
            out.append("0")
    return out


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]


def split_label(text: str) -> tuple[str, str]:
    """The sort of label that folded `text` begins with ("" if none), and the text after it."""
    match = _LABEL.match(text)
    return (match.lastgroup or "", text[match.end() :]) if match else ("", text)


def split_tail(body: str) -> tuple[str, str]:
    """The text without its closing list of responsible departments, and that list ("" if none).

    （责任单位：甲、乙）, （甲牵头，乙配合）, or 责任单位：… to the end: who does it says nothing of what is done,
    and names of departments would be taken for topics.
    """
    end = len(body) - (body[-1:] in "。.;")
    if body[end - 1 : end] in (")", "]"):
        depth = 0
        for at in range(end - 1, max(end - TAIL_LIMIT, 0), -1):
            depth += (body[at] in ")]") - (body[at] in "([")
            if not depth:
                return (body[:at], body[at:]) if at and _DUTY.search(body, at) else (body, "")
    at = max(body.rfind(word, -TAIL_LIMIT if len(body) > TAIL_LIMIT else 0) for word in _DUTY_HEADS)
    if at > 0:
        at -= body[at - 1] in "(["
        return body[:at], body[at:]
    return body, ""


def lead_of(body: str) -> str:
    """The first point of a clause without its label: to the first full stop, colon, semicolon."""
    match = _LEAD_END.search(body, 0, LEAD_SIGNS + 1)
    return body[: match.start()] if match else body[:LEAD_SIGNS]


@lru_cache(maxsize=4096)
def _heading(heading: str, where: str, cues: Cues) -> tuple[list[str], list[str]]:
    """Tokens and cues of one heading; cached, since every clause under it asks."""
    _, title = split_label(fold(heading))
    title = lead_of(title)
    pairs = _pairs(title)
    return [*words_of(title), *pairs, "=" + title], cues.find(title, pairs, where)


def blocks_of(context: ClauseContext, cues: Cues | None = None) -> list[list[str]]:
    """The features of a clause, a list a block in the order of BLOCKS; one that occurs twice is there twice.

    Their names are what `explain` shows.
    """
    cues = cues or _shipped_cues()
    label, body = split_label(fold(context.text))
    body, tail = split_tail(body)
    if len(body) > HEAD_SIGNS + TAIL_SIGNS:
        body = body[:HEAD_SIGNS] + " " + body[-TAIL_SIGNS:]
    lead = lead_of(body)
    words = words_of(body)
    pairs = _pairs(body)
    cue = cues.find(body, pairs, "text", len(lead) - 1)
    head: list[str] = []
    path: list[str] = []
    if context.headings:
        head, found = _heading(context.headings[-1], "head", cues)
        cue += found
        for heading in context.headings[:-1]:
            tokens, found = _heading(heading, "path", cues)
            path += tokens
            cue += found
    return [
        words + [a + " " + b for a, b in pairwise(words)],
        pairs,
        words_of(lead) + pairs[: max(len(lead) - 1, 0)],
        head,
        path,
        _place(context, label, body),
        [*context.marks, *(name for name, sign in _SIGNS if sign.search(body)), *(["tail"] if tail else [])],
        cue,
    ]


def _place(context: ClauseContext, label: str, body: str) -> list[str]:
    at = context.position
    where = "first" if at <= 0.02 else "early" if at < 0.15 else "last" if at >= 0.98 else "late" if at > 0.8 else "mid"
    size = len(body)
    length = "item" if size < 24 else "short" if size < 60 else "medium" if size < 150 else "long"
    depth = min(len(context.headings), 3)
    return [
        f"kind={context.kind}", f"level={context.level}", f"at={where}", f"label={label}", f"size={length}",
        f"depth={depth}", f"{context.kind}@{where}", f"{where}/{depth}", f"{label}/{length}",
    ]  # fmt: skip


class Features:
    """A fixed list of features with their rarity weights: contexts in, a sparse matrix out."""

    def __init__(self, names: Sequence[str], rarity: np.ndarray) -> None:
        """`names` are "block<tab>feature", `rarity` the weight of each."""
        self.names = list(names)
        self.rarity = np.asarray(rarity, dtype=np.float32)
        self.columns: dict[str, dict[str, int]] = {block: {} for block in BLOCKS}
        for column, name in enumerate(self.names):
            block, _, feature = name.partition("\t")
            self.columns[block][feature] = column

    @classmethod
    def fit(cls, rows: Sequence[list[list[str]]], least: int = 2, most: int = 90_000) -> Features:
        """The features that at least `least` of the `rows` (of `blocks_of`) have; at most `most`, commonest first."""
        seen: Counter[str] = Counter()
        for row in rows:
            for block, tokens in zip(BLOCKS, row, strict=True):
                seen.update(f"{block}\t{token}" for token in set(tokens))
        kept = sorted((key for key, n in seen.items() if n >= least), key=lambda key: (-seen[key], key))[:most]
        kept.sort()
        rarity = [
            1.0 if key.startswith(("place\t", "mark\t", "cue\t")) else log((1 + len(rows)) / (1 + seen[key])) + 1
            for key in kept
        ]
        return cls(kept, np.asarray(rarity, dtype=np.float32))

    def matrix(self, rows: Iterable[list[list[str]]]) -> sparse.csr_matrix:
        """The rows of `blocks_of` as a sparse matrix; features that are not in the list are dropped."""
        getters = [self.columns[block].get for block in BLOCKS]
        found: list[int] = []
        ends = [0]
        for row in rows:
            for get, tokens in zip(getters, row, strict=True):
                found.extend(map(get, tokens, repeat(-1)))
                ends.append(len(found))
        width, shares = len(self.names), np.asarray(list(BLOCKS.values()), dtype=np.float32)
        count = (len(ends) - 1) // len(shares)
        # one number a (clause, block, feature), so that sorting brings repeats together
        column = np.asarray(found, dtype=np.int64)
        cell = np.repeat(np.arange(len(ends) - 1, dtype=np.int64), np.diff(ends)) * width + column
        cell, times = np.unique(cell[column >= 0], return_counts=True)
        group, column = np.divmod(cell, max(width, 1))
        data = (1.0 + np.log(times)).astype(np.float32) * self.rarity[column]
        norms = np.sqrt(np.bincount(group, data.astype(np.float64) ** 2, minlength=len(ends) - 1))
        scale = np.tile(shares, count) / np.where(norms > 0, norms, 1.0)
        data *= scale[group].astype(np.float32)
        starts = np.searchsorted(group, np.arange(count + 1) * len(shares))
        return sparse.csr_matrix((data, column.astype(np.int32), starts), shape=(count, width))
