"""Who gives and who takes a power: organs, levels and places, and the bodies of society.

In: a stretch of text that should name a party, the vocabulary, the mentions in the text. Out: names as printed.
Touches nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from policyparse.extract.heads import cuts
from policyparse.model import Institution
from policyparse.vocabulary import Vocabulary

# What a recipient does with the power, or how: here its name ends (下放到镇 | 管理).
# A wildcard in the vocabulary: up to six characters, none of which is a grammatical word (向石桥镇 is no place).
_WILD = "(?:(?![向将把对给由到至于和与及的在可要应各等])[一-鿿]){1,6}?"
_KIND_OF_UNIT = "(?!部门|权限|机构|单位|委|局|办公室|中心|站|所|组织|主体|机关|人员|专业|服务)"
_STOP = re.compile(
    r"(?:统一|具体|直接|依法|自行|自主|全权|代为|集中|负责|按程序|按照|按|进行|一并|逐步|去)*"
    r"(?:办理|管理|行使|承担|实施|负责|承接|执行|审批|审核|使用|征收|组织(?=实施|开展|办理|落实)|落实|受理|支配|安排|监管|代管|"
    rf"办结|开展|任免|决定|研究|处理|处置|审查|鉴定|做){_KIND_OF_UNIT}"
    r"|[，,。；;：:（(“\n]|的(?!确)|(?<=[镇乡道区县市])(?:后|时|等级|以来)"
)
_OF_UNIT = re.compile("的[^，,。；;的]{2,16}?(?:部门|机构|单位|组织)(?=[，,。；;\n]|$)")
_LIST_TAIL = re.compile(r"等(?:[一-鿿]{0,8}(?:部门|单位|组织|机构|团体|主体))?$")
_NAMES_TAIL = re.compile(
    r"等(?:[\d一二三四五六七八九十两]{1,4}个[一-鿿]{0,4}?(?:镇|街道|乡|县|区|部门|单位|园区)|[一-鿿]{0,10}?(?:部门|单位|组织|机构|团体))?"
)
_JOINT = re.compile("、|和|及|与|以及")


@dataclass(frozen=True, slots=True)
class _Grammar:
    party: re.Pattern[str]
    low: re.Pattern[str]
    social: re.Pattern[str]


@cache
def _grammar(vocabulary: Vocabulary) -> _Grammar:
    def pattern(**where: str) -> str:
        words = sorted(vocabulary.terms("delegation_parties", **where), key=len, reverse=True)
        return "|".join(re.escape(word).replace(r"\*", _WILD) for word in words) or "(?!)"

    tail = "(?:党委|政府|人民政府|办事处|街道办事处|党工委|机关|行政机关)?"
    return _Grammar(
        party=re.compile(f"(?:[省市区县州镇]各大?|各|所在|本级|全市|全县|原)?(?:{pattern()}){tail}"),
        low=re.compile(f"(?:{pattern(rank='low')})"),
        social=re.compile(f"(?:{pattern(rank='social')})"),
    )


class Parties:
    """Reads parties at places of one text."""

    def __init__(self, text: str, institutions: Sequence[Institution], vocabulary: Vocabulary) -> None:
        self.text = text
        self.g = _grammar(vocabulary)
        self.mentions = sorted(institutions, key=lambda mention: (mention.start, -mention.end))
        self.starts = [mention.start for mention in self.mentions]

    def mention_at(self, offset: int) -> Institution | None:
        """The mention that begins at `offset`."""
        index = bisect_left(self.starts, offset)
        return self.mentions[index] if index < len(self.starts) and self.starts[index] == offset else None

    def at(self, start: int, stop: int) -> tuple[list[str], int]:
        """The coordinated parties that begin at `start`: their names and the offset after them; ([], start) if none."""
        names: list[str] = []
        at = end = start
        while at < stop:
            mention = self.mention_at(at)
            if mention is None and self.text[at] in "我本":
                mention = self.mention_at(at + 1)  # 我镇党委
            match = self.g.party.match(self.text, at, stop)
            if mention is not None:
                names.append(mention.text)
                at = end = mention.end
            elif match:
                names.append(match.group())
                at = end = match.end()
            else:
                break
            joint = _JOINT.match(self.text, at, stop)
            if joint:
                at = joint.end()
            elif self.mention_at(at) is None:
                break
        if not names:
            return [], start
        tail = _NAMES_TAIL.match(self.text, end, stop)
        return names, tail.end() if tail else end

    def ending(self, offset: int, begin: int) -> list[str]:
        """The coordinated parties that stand right before `offset`, from `begin` on; [] if none."""
        for at in range(max(begin, offset - 120), offset):
            names, end = self.at(at, offset)
            if names and end == offset:
                return names
        return []

    def acts(self, start: int, stop: int) -> bool:
        """Whether parties stand at `start`, followed by what they do with a power (委托 | 试点镇 实施)."""
        names, end = self.at(start, stop)
        return bool(names) and bool(_STOP.match(self.text, end, stop) or end == stop)

    def taker(self, start: int, stop: int) -> tuple[list[str], int]:
        """The recipients after 下放到 and the like: everything up to what they do with it, taken apart."""
        names, end = self.at(start, stop)
        match = _STOP.search(self.text, end, stop)
        edge = match.start() if match else stop
        of = _OF_UNIT.match(self.text, edge, stop)
        edge = of.end() if of else edge  # 有审核权的主管部门
        if names and end >= edge:
            return names, end
        stretch = self.text[start:edge]
        if not 1 <= len(stretch) <= 60:
            return (names, end) if names else ([], start)
        tail = _LIST_TAIL.search(stretch)
        found = [stretch[a:b] for a, b in cuts(stretch[: tail.start()] if tail else stretch)]
        found = [name for name in found if 1 <= len(name) <= 24]
        return found, edge

    def is_low(self, name: str) -> bool:
        """Whether `name` is of the town level (镇, 街道, 镇党委, 石桥镇人民政府)."""
        return bool(self.g.low.search(name)) or name in ("政府", "党委")

    def is_social(self, name: str) -> bool:
        """Whether `name` is a body of society or the market (行业协会, 社会组织)."""
        return bool(self.g.social.fullmatch(name)) or name.endswith(("协会", "商会", "学会", "社会组织", "团体"))
