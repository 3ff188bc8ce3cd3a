"""What the rules of moving powers share: the Move that they make, the clause that they read, the tidying of items.

In: a segment of the text, the parties in it, the vocabulary. Out: Clause, Move, Grammar. Touches nothing.
The rules themselves are in moves_given.py (verbs of giving) and moves_held.py (a right is exercised by another).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from policyparse.extract.parties import Parties
from policyparse.extract.sentences import Segment, body_start, trim
from policyparse.model import Level
from policyparse.vocabulary import Vocabulary

ADVERB = (
    "全部|一律|依法|依规|依照法定程序|逐步|有序|稳步|统一|整体|直接|分批|分期|全面|尽可能|积极|尽快|及时|切实|进一步|"
    "按程序|依程序|相应|原则上|可以|(?<![许认])可|应当|应|须|要|将|会|予以|均|都|也|并|再|已|经|通过适当方式|按规定|按照规定|按要求|"
    "适时|加快|成建制|合理|有条件地|充分|最大限度|全额|足额|等额|主动|真正|陆续|同步|优先|事先|书面|一并"
)
_LEAD = re.compile(
    r"^(?:要|应当?|须|必须|可以?|会|将|把|对于?|使|让|并|也|同时|继续|进一步|逐步|有序地?|积极|大力|加快|推动|推进|促进|"
    r"实现|探索|支持|鼓励|重点(?!镇|乡|村|项目)|切实|依法|全面|认真|稳步|分批|凡是?|凡属|其中|另外|此外|真正|尽快|及时|主动|有效|顺利|合理|适当|"
    r"尽可能使?|尤其是|特别是|部署|做好|承接[和并]用好|承接好?|接好|用好|落实|明确|确保|按规定|原则上|研究|一是|二是|三是|四是|以及)+(?=.)"
)
_TRAIL = re.compile(rf"(?:{ADVERB}|[，,、])+$|(?:委托|授权|下放|移交|下沉)(?:或者?|和|及)$|(?:调整|变更|改)(?:为)?$")
_WAY = re.compile(
    r"[，,](?:通过|采取|采用|以(?!及)|按照|按|根据|在|经)[^，,]*$|(?:以|通过|采取)[^，,的]{2,30}(?:方式|形式)$"
)
_NO_TOPIC = re.compile(
    "(?:(?:可以?|应当?|须|要)?(?:采取|采用|通过)|除|按照?|根据|以(?!及)|在|从|自|经|特别|尤其|划归|用于|一律|全部|并(?!网)|同时|要|其中|不|由"
    "|[省市县区、和与]{1,6}(?:[两三]级|级|本级|财政)?不再?(?:参与|集中|提取|截留|分成))"
)
# A topic of several commas (甲，以及乙) is followed back as long as it is shorter than this many characters.
_TOPIC = 60
# What can be handed down: a power, a matter, people, means; and what cannot, though it is handed over (线索, 案件).
POWER = re.compile(
    "(?:权|权限|职权|权力|事项|职能|职责|业务|事务|服务|财、物|队伍|编制|人员|机构|管理|审批|执法|审核|任免|考核|资金|经费|财力|资产|工作|站所|所|站|队|"
    "中心|处罚|许可|核准|备案|征收|力量|养护|的事|服务项目)[”’）)]?$"
)
NO_POWER = re.compile(
    "线索|案件|行为|名下|劳动力|违法|信息$|材料|档案|数据$|企业$|产业$|(?<!服务)项目$|技术|成果|专利|股权|团队$|专家$|医师$|医生$"
)
# 县政府委托的其他工作: what closes a list of duties names no power
UNNAMED = re.compile("(?:其他|其它)(?:相关|有关)?(?:工作|事项|任务|业务|职责)$")
_OUT = re.compile("[，,；;：:]")


@dataclass(frozen=True, slots=True)
class Move:
    """A power that moves: its words, who gives, who takes; [start, end) are the words that say so."""

    item: str
    giver: tuple[str, ...]
    taker: tuple[str, ...]
    start: int
    end: int
    rule: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """The patterns made of the vocabulary."""

    trigger: re.Pattern[str]
    give: re.Pattern[str]
    attribute: re.Pattern[str]
    grant: re.Pattern[str]
    grant_right: re.Pattern[str]
    returns: re.Pattern[str]
    office: re.Pattern[str]
    still: re.Pattern[str]
    bare: frozenset[str]
    head: re.Pattern[str]
    strong_head: re.Pattern[str]


@cache
def grammar(vocabulary: Vocabulary) -> Grammar:
    """The patterns made of the vocabulary, compiled once for each vocabulary."""

    def verbs(use: str) -> str:
        words = [row["verb"] for row in vocabulary.table("delegation_verbs") if use in row["use"].split()]
        return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"

    def heads(strong: bool) -> str:
        words = [row["head"] for row in vocabulary.table("delegation_heads") if row["strong"] == "yes" or not strong]
        return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"

    return Grammar(
        trigger=re.compile(
            f"{verbs('give')}|{verbs('grant')}|{verbs('return')}|{verbs('widen')}"
            "|可|有权|任免|征求|征得|建议权|考核权|任免权|参与权|管理权|提名权|否决权|知情权|意见的|属地(?:化)?管理|见章盖章|见文行文|预审|自主|提出|纳入|由"
        ),
        # not 提交由…, and not 授权部门, 委托单位
        give=re.compile(f"(?<!提)(?:{verbs('give')})(?!部门|单位|机关|书|协议|代理|代办)"),
        attribute=re.compile(
            rf"(?:依法|统一|逐步)?(?:(?:委托|授权|下放|移交|下沉)[、和或]?)?(?:{verbs('attribute')})(?:给|到|至|于)?([^，,。；;的]{{1,24}})?的"
        ),
        grant=re.compile(f"(?:{verbs('grant')})(?!部门|单位|机关|书|协议|代理|代办)"),
        grant_right=re.compile(verbs("grant-right")),
        returns=re.compile(verbs("return")),
        office=re.compile(rf"[^，,。；;由]{{0,30}}?({verbs('office')})(?!人|的)"),
        still=re.compile(f"(?:{verbs('still')})[一-鿿]{{0,3}}$"),
        bare=frozenset(vocabulary.terms("delegation_heads", bare="yes")),
        head=re.compile(f"(?:{heads(False)})$"),
        strong_head=re.compile(f"(?:{heads(True)})$"),
    )


class Clause:
    """A segment in which moves are looked for. level: the document's issuer's, as far as it is known."""

    def __init__(self, text: str, segment: Segment, parties: Parties, g: Grammar, level: Level | None = None) -> None:
        self.text, self.parties, self.g, self.level = text, parties, g, level
        self.start = body_start(text, segment.start, segment.end)
        self.end = segment.end

    def comma_before(self, offset: int) -> int:
        """The start of the comma-clause that holds `offset`."""
        at = max(self.text.rfind(sign, self.start, offset) for sign in "，,；;：:") + 1
        return max(at, self.start)

    def comma_after(self, offset: int) -> int:
        """The end of the comma-clause that holds `offset`."""
        match = _OUT.search(self.text, offset, self.end)
        return match.start() if match else self.end

    def in_title(self, offset: int) -> bool:
        """Whether `offset` is inside 《…》: a document's name moves nothing."""
        return self.text.rfind("《", self.start, offset) > self.text.rfind("》", self.start, offset)

    def moves(self, offset: int) -> bool:
        """Whether the verb at `offset` moves something: no 暂缓, 不再, 能否 before it, and in no document's name."""
        return not self.g.still.search(self.text, max(self.start, offset - 8), offset) and not self.in_title(offset)

    def topic(self, offset: int) -> tuple[int, int]:
        """The matter in front of `offset`: its own clause's words, or the nearest earlier clause that is one."""
        at = self.comma_before(offset)
        begin, end = trim(self.text, at, offset)
        while at > self.start and (
            end - begin < 2
            or _TRAIL.sub("", self.text[begin:end]) in ("", "并", "调整为", "改为", "变为", "明确")
            or _NO_TOPIC.match(self.text, begin, end)
            or self.text[end - 1] in "%％"
        ):
            if self.text.startswith(("特别是", "尤其是"), begin):
                break
            at, stop = self.comma_before(at - 1), at - 1
            begin, end = trim(self.text, at, stop)
        while at > self.start and self.text.startswith(("以及", "和", "及"), begin) and end - begin < _TOPIC:
            at = self.comma_before(at - 1)
            begin, _ = trim(self.text, at, end)
        return begin, end

    def subject(self, offset: int) -> tuple[str, ...]:
        """The giver at the head of the clause before `offset` (区将…, 各部门通过…的形式, …), if one stands there."""
        for at in dict.fromkeys((self.comma_before(offset), self.start)):
            names, end = self.parties.at(at, offset)
            if names and (end == offset or _AFTER_SUBJECT.match(self.text, end, offset)):
                return tuple(names)
        return ()


_AFTER_SUBJECT = re.compile(
    rf"[，,]?(?:{ADVERB}|决定|明确|同意|拟|将|把|向|对|通过|采取|以|根据|按照?|有关|相关|职能部门)"
)


_HELD_BY = re.compile(
    "(?:原来?)?由([^，,。；;由]{2,20}?)(?:所)?(?:承担|行使|实施|管理|负责|审批|办理|核准|核发)的(?=.{2})"
)
_HELD = re.compile("所?(?:承担|行使|实施|管理|负责|拥有|享有|审批)的(?=.{2})")


def holder(c: Clause, start: int, stop: int) -> tuple[int, tuple[str, ...]]:
    """X所承担的Y, 原由X负责的Y, where X is a party: the start of Y, and X; (start, ()) if there is none."""
    names, end = c.parties.at(start, stop)
    held = _HELD.match(c.text, end, stop) if names else None
    if held:
        return held.end(), tuple(names)
    by = _HELD_BY.match(c.text, start, stop)
    return (by.end(), (by.group(1),)) if by else (start, ())


def tidy(item: str) -> str:
    """An item without the verbs and adverbs around it."""
    item = _WAY.sub("", item.strip(" 　\n\t，,、；;：:"))
    for _ in range(3):
        trimmed = _TRAIL.sub("", _LEAD.sub("", item)).strip("，,、 ")
        if trimmed == item:
            break
        item = trimmed
    return re.sub("(?:相关|有关)?(?:政策|文件|规定)$", "", item) or item


def untidy(words: str) -> str:
    """What is left of `words` without the adverbs at its end: "" for nothing but adverbs."""
    return _TRAIL.sub("", words)
