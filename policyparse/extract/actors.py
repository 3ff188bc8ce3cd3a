"""Who acts in a sentence: the mentions of institutions, gathered into the groups that share a predicate.

In: the text, its mentions, the vocabulary. Out: Groups (县建委和县民政局; 审计、财政等部门), by offsets.
Touches nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from policyparse.extract.heads import Names
from policyparse.model import Institution
from policyparse.vocabulary import Vocabulary

# A wildcard in the vocabulary: up to six characters, none of which is a grammatical word.
_WILD = "(?:(?![向将把对给由到至于和与及的在可要应各等])[一-鿿]){1,6}?"
_BETWEEN = re.compile(r"[、]?(?:和|及|与|以及|暨|并|或者|或)?")
_SUFFIX = re.compile(
    r"(?:等(?!级|候|额|次|同)(?:[一二三四五六七八九十两\d]{1,3}个)?(?:[一-鿿]{0,10}?(?:部门|单位|机构|组织|处室|科室|委办局)(?:和单位)?)?)?"
    r"(?:[、和及与]{1,2}(?:其(?:有关|相关|所属|工作)?|其他|其它|有关|相关|各)[一-鿿]{0,8}?(?:部门|单位|机构))?"
    r"(?:[、和及与]{1,2}(?P<governments>各[省市州盟区县旗乡镇街道（）()、]{1,16}(?:人民政府|政府|办事处))(?:、[一-鿿]{2,8}管委会)?)?"
)
_SHORT_FORM = re.compile('[（(](?:以下|下)(?:简称|统称|称)[“"]?([一-鿿]{2,12})[”"]?[）)]')
# The names of a list of levels have 、 of their own (乡、民族乡、镇人民政府): it ends one only after an organ's last word.
_JOINED = re.compile("(?<=[府处会门])(?:、|和|及|以及)")
_BRANCH = re.compile("(?![及和与]|有关|相关|各|其他|所属|直属|组成|工作|职能|的)[一-鿿]{2,10}?部门")


@dataclass(frozen=True, slots=True)
class Group:
    """Coordinated actors: [start, end) from the first name to the end of 等部门; `names` as printed, in order.

    kind: "organ" (a mention is among them), "purse" (县财政), "place" (街道: only in 由…负责), "body" (县工业园区: only
    before 负责, 牵头), "class" (供电企业: only after 由), "level" (乡镇人民政府: in statutes and rules)
    """

    start: int
    end: int
    names: tuple[str, ...]
    kind: str = "organ"


@dataclass(frozen=True, slots=True)
class _Grammar:
    purse: re.Pattern[str]
    place: re.Pattern[str]
    body: re.Pattern[str]
    named: re.Pattern[str]
    level: re.Pattern[str]
    beside: re.Pattern[str]
    together: tuple[str, ...]


def _alternatives(words: Sequence[str]) -> str:
    patterns = [re.escape(word).replace(r"\*", _WILD) for word in sorted(words, key=len, reverse=True)]
    return "|".join(patterns) or "(?!)"


@cache
def _grammar(vocabulary: Vocabulary) -> _Grammar:
    def words(use: str) -> tuple[str, ...]:
        return tuple(row["actor"] for row in vocabulary.table("responsibility_actors") if use in row["use"].split())

    classes = _alternatives(words("class"))
    one = f"(?:{_alternatives(words('level'))})(?:[一-鿿]{{2,12}}?(?:主管|行政|管理)部门)?"
    return _Grammar(
        purse=re.compile(f"({_alternatives(words('subject'))})(?![一-鿿]{{0,2}}[局厅部委所])"),
        place=re.compile(f"由((?:我|本)?(?:{_alternatives(words('place'))}))(?=[一-鿿]{{0,6}}负责)"),
        body=re.compile(
            f"(?<![一-鿿])({_alternatives(words('body'))})(?=(?:设在[^，,。；;]{{2,30}}[，,])?(?:[一-鿿]{{0,6}}(?:负责|牵头)|承担))"
        ),
        named=re.compile(f"由((?:{_alternatives(words('by'))})(?:[（(]单位[)）])?)"),
        # with the department that it names: 县级以上人民政府农业农村主管部门
        level=re.compile(
            f"(?:(?<![一-鿿])|(?<=由)|(?<=条))({one}(?:(?:、|和|及|以及){one})*)"
            "(?=应当?|负责|要|须|必须|可以|依法|根据|按照|对|在|协助|配合|会同|统一|组织|制定|建立|加强|做好|定期|每|审核|审批|批准|办理|受理|管理|编制|实施|承担|决定|核|认定|规定|公布|确定|提出|监督|指导|检查|安排|保障)"
        ),
        beside=re.compile(f"由({classes})[、和及与]$"),
        together=vocabulary.terms("responsibility_words", use="together"),
    )


@cache
def _names(vocabulary: Vocabulary) -> Names:
    return Names(vocabulary)


def _short_forms(text: str, institutions: Sequence[Institution], vocabulary: Vocabulary) -> Iterator[Institution]:
    """The mentions of a short form that the text introduces right behind an organ's name (以下简称“两部门”), or that is
    itself a name as bodies have (广告受理中心（以下简称受理中心）)."""
    names = _names(vocabulary)
    ends = {mention.end for mention in institutions}
    known = {mention.text for mention in institutions}
    since: dict[str, int] = {}
    for short in _SHORT_FORM.finditer(text):
        name = short.group(1)
        named = names.is_organ(name) and not names.is_generic(name) and not name.endswith(("部门", "单位", "区"))
        if (named or short.start() in ends) and name not in known:
            since.setdefault(short.group(1), short.end())
    if since:
        for match in re.finditer("|".join(sorted(map(re.escape, since), key=len, reverse=True)), text):
            if match.start() >= since[match.group()]:
                yield Institution(text=match.group(), canonical=match.group(), start=match.start(), end=match.end())


def groups(
    text: str, institutions: Sequence[Institution], vocabulary: Vocabulary, *, levels: bool = False
) -> list[Group]:
    """The groups of `institutions` (which may overlap or be out of order) and other actors, by their starts.

    levels: the document is a statute or a set of rules, in which a level's organs act by the name of their class
    """
    grammar = _grammar(vocabulary)
    out: list[Group] = []
    names: list[str] = []
    start = end = -1

    def close() -> None:
        nonlocal end
        branch = _BRANCH.match(text, end, end + 16) if names[-1].endswith(("院", "政府")) else None
        if branch:  # 国务院专利行政部门
            names[-1] += branch.group()
            end = branch.end()
        suffix = _SUFFIX.match(text, end, min(len(text), end + 30))
        left = grammar.beside.search(text, max(start - 14, 0), start)
        found = [left.group(1), *names] if left else list(names)
        if suffix and suffix["governments"]:
            found.append(suffix["governments"])
        begin = left.start(1) if left else start
        out.append(Group(begin, suffix.end() if suffix else end, tuple(dict.fromkeys(found))))

    for mention in sorted(
        [*institutions, *_short_forms(text, institutions, vocabulary)], key=lambda item: (item.start, -item.end)
    ):
        if mention.start < end or mention.text.startswith(grammar.together):
            continue
        if names and mention.start - end <= 3 and _BETWEEN.fullmatch(text, end, mention.start):
            names.append(mention.text)
            end = mention.end
            continue
        if names:
            close()
        start, end, names = mention.start, mention.end, [mention.text]
    if names:
        close()
    patterns = [("purse", grammar.purse), ("place", grammar.place), ("body", grammar.body), ("class", grammar.named)]
    if levels:
        patterns.insert(0, ("level", grammar.level))
    for kind, pattern in patterns:
        out.sort(key=lambda group: group.start)
        starts, ends = [group.start for group in out], [group.end for group in out]
        for match in pattern.finditer(text):
            start, end = match.span(1)
            before = bisect_left(starts, end) - 1  # the last group that begins before the match ends
            if before < 0 or ends[before] <= start:
                named = _JOINED.split(match.group(1)) if kind == "level" else [match.group(1)]
                out.append(Group(start, end, tuple(named), kind))
    out.sort(key=lambda group: group.start)
    return out
