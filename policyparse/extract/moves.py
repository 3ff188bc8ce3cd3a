"""The grammar of powers that move: one function a pattern, from a clause's words to Moves.

In: a segment of the text, the parties in it, the vocabulary. Out: Moves (item, from, to, by offsets and words).
Touches nothing.

    将X下放到Y · X依法委托给Y                 dispose       Y的X, F下放给Y的X           attribute
    赋予Y X · 授权Y行使X                      grant         向Y下放X                    toward
    下放X (F通过授权的形式下放X)                bare          扩大Y的X                    widen
    X由Y任免/管理/负责 · 由F管理调整为由Y管理     office        X任免须征求Y意见              consult
    X全额返还Y · X由Y留用 · X纳入Y财政收入       money         X实行属地管理               local
    对X实行见章盖章 · X由Y预审                  approve-on    Y可自主X                    autonomy
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from policyparse.extract.parties import Parties
from policyparse.extract.sentences import Segment, body_start, trim
from policyparse.vocabulary import Vocabulary

_TO = "(?:到|至|给|于|归|向|由|为由|为)?"
_ADVERB = (
    "全部|一律|依法|依规|依照法定程序|逐步|有序|稳步|统一|整体|直接|分批|分期|全面|尽可能|积极|尽快|及时|切实|进一步|按程序|依程序|相应|"
    "原则上|可以|可|应当|应|须|要|将|会|予以|均|都|也|并|再|已|经|通过适当方式|按规定|按照规定|按要求|适时|加快|成建制|合理|有条件地|充分|最大限度"
)
_LEAD = re.compile(
    r"^(?:要|应|应当|须|必须|可|可以|会|将|把|对|使|让|并|也|同时|继续|进一步|逐步|有序地?|积极|大力|加快|推动|推进|促进|实现|探索|支持|鼓励|"
    r"重点|切实|依法|全面|认真|稳步|分批|凡|凡是|凡属|其中|另外|此外|真正|尽快|及时|主动|有效|顺利|合理|适当|尽可能使|尽可能|尤其是|特别是|部署|做好|"
    r"承接和用好|承接并用好|承接好|承接|接好|用好|落实|明确|确保|按规定|原则上)+(?=.)"
)
_TRAIL = re.compile(rf"(?:{_ADVERB}|[，,、])+$")
_WAY = re.compile(r"[，,](?:通过|采取|采用|以|按照|按|根据|在|经)[^，,]*$")


@dataclass(frozen=True, slots=True)
class Move:
    """A power that moves: its words, who gives, who takes; [start, end) is the clause that says so."""

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
    grant: re.Pattern[str]
    still: re.Pattern[str]
    office: str
    returns: str
    bare: frozenset[str]
    head: re.Pattern[str]


@cache
def grammar(vocabulary: Vocabulary) -> Grammar:
    """The patterns made of the vocabulary, compiled once for each vocabulary."""

    def verbs(use: str) -> str:
        words = [row["verb"] for row in vocabulary.table("delegation_verbs") if use in row["use"].split()]
        return "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"

    heads = sorted(vocabulary.terms("delegation_heads"), key=len, reverse=True)
    return Grammar(
        trigger=re.compile(
            f"{verbs('give')}|{verbs('grant')}|{verbs('return')}|{verbs('widen')}"
            "|任免|征求|属地管理|见章盖章|见文行文|预审|自主|纳入|由"
        ),
        give=re.compile(verbs("give")),
        grant=re.compile(verbs("grant")),
        still=re.compile(f"(?:{verbs('still')})[一-鿿]{{0,3}}$"),
        office=verbs("office"),
        returns=verbs("return"),
        bare=frozenset(vocabulary.terms("delegation_heads", bare="yes")),
        head=re.compile("(?:" + "|".join(map(re.escape, heads)) + ")$"),
    )


class Clause:
    """A segment in which moves are looked for."""

    def __init__(self, text: str, segment: Segment, parties: Parties, g: Grammar) -> None:
        self.text, self.parties, self.g = text, parties, g
        self.start = body_start(text, segment.start, segment.end)
        self.end = segment.end

    def comma_before(self, offset: int) -> int:
        """The start of the comma-clause that holds `offset` (commas in brackets are looked at as others)."""
        at = max(self.text.rfind(sign, self.start, offset) for sign in "，,；;：:") + 1
        return max(at, self.start)

    def comma_after(self, offset: int) -> int:
        """The end of the comma-clause that holds `offset`."""
        match = re.compile("[，,；;：:]").search(self.text, offset, self.end)
        return match.start() if match else self.end

    def still(self, offset: int) -> bool:
        """Whether a word before `offset` says that nothing moves (暂缓下放, 不再委托)."""
        return bool(self.g.still.search(self.text, max(self.start, offset - 8), offset))

    def topic(self, offset: int) -> tuple[int, int]:
        """The matter in front of `offset`: its own clause's words, or the nearest earlier clause that is one."""
        at = self.comma_before(offset)
        begin, end = trim(self.text, at, offset)
        while at > self.start and (
            end - begin < 2
            or _TRAIL.sub("", self.text[begin:end]) in ("", "并")
            or re.match("(?:除|通过|按照?|根据|以|在|从|自|经|特别|尤其|划归|用于|一律|全部|并|同时|要|其中)", self.text[begin:end])
        ):
            if re.match("(?:特别|尤其)是", self.text[begin:end]):
                break
            at, stop = self.comma_before(at - 1), at - 1
            begin, end = trim(self.text, at, stop)
        return begin, end

    def subject(self, offset: int) -> tuple[str, ...]:
        """The giver at the head of the clause before `offset` (区将…, 各部门通过…的形式, …), if one stands there."""
        for at in (self.comma_before(offset), self.start):
            names, end = self.parties.at(at, offset)
            if names and re.match(
                rf"[，,]?(?:{_ADVERB}|将|把|向|对|通过|有关|相关|职能部门|各)", self.text[end : end + 8]
            ) or (names and end == offset):
                return tuple(names)
        return ()


def tidy(item: str) -> str:
    """An item without the verbs and adverbs around it."""
    item = item.strip(" 　\n\t，,、；;：:")
    item = _WAY.sub("", item)
    for _ in range(3):
        trimmed = _TRAIL.sub("", _LEAD.sub("", item)).strip("，,、 ")
        if trimmed == item:
            break
        item = trimmed
    if item.count("“") < item.count("”"):
        item = item.lstrip("”")
    return item


def of_holder(item: str, parties: Parties, start: int, stop: int) -> tuple[str, tuple[str, ...]]:
    """X所承担的Y, X的Y → (Y, X) where X is a party; else (item, ())."""
    names, end = parties.at(start, stop)
    if names:
        match = re.compile("所?(?:承担|行使|实施|管理|负责|拥有|享有)的").match(parties.text, end, stop)
        if match and stop - match.end() >= 2:
            return parties.text[match.end() : stop], tuple(names)
    return item, ()


def dispose(c: Clause) -> Iterator[Move]:
    """将X下放到Y; X依法委托给Y; 管理体制由F调整为X下放给Y管理."""
    text = c.text
    for verb in c.g.give.finditer(text, c.start, c.end):
        link = re.compile("到|至|给|于|归|由|为").match(text, verb.end(), c.end)
        strong = verb.group() in ("划归", "交由", "交给", "调整为由") or link
        taker, end = c.parties.taker(link.end() if link else verb.end(), c.end) if strong else ([], verb.end())
        if link and link.group() in ("为", "由") and not taker:
            continue
        if text[end : end + 1] == "的" or (not strong and text[verb.end() : verb.end() + 1] == "的"):
            continue  # the attribute's case
        if not strong and not re.match(r"[。，,；;]|$|到位", text[verb.end() : verb.end() + 2] or "。"):
            continue
        if c.still(verb.start()) or taker in (["位"], ["到位"]):
            taker = [] if taker else taker
            if c.still(verb.start()):
                continue
        mark = max(text.rfind("将", c.start, verb.start()), text.rfind("把", c.start, verb.start()))
        frame = text[mark + 1 : verb.start()] if mark >= 0 else ""
        giver: tuple[str, ...] = ()
        if mark >= 0 and len(frame) >= 2 and not re.search("[，,][^，,]*[，,][^，,]*[，,]", frame.replace("、", "")):
            begin, stop = mark + 1, verb.start()
            giver = c.subject(mark)
        elif strong or re.search(f"(?:{_ADVERB}|权限|权|事项|职能)$", text[c.start : verb.start()]):
            begin, stop = c.topic(verb.start())
        else:
            continue
        item = text[begin:stop]
        changed = re.search("调整为|改为|变为", item)
        if changed:
            item = item[changed.end() :]
            begin += changed.end()
        by = re.search(r"[，,]?由([^，,由]{2,30})$", item) if verb.group() not in ("交由",) else None
        if by and not changed:
            names, _ = c.parties.at(begin + by.start(1), stop)
            giver, item, stop = tuple(names) or (by.group(1),), item[: by.start()], begin + by.start()
        toward = re.search("向([^，,]{1,30})$", item)
        if toward and not taker:
            taker, item = c.parties.at(begin + toward.start(1), stop)[0], item[: toward.start()]
        item, holder = of_holder(item, c.parties, begin, stop)
        if not taker:
            able = re.search("([一-鿿]{1,8}(?:级|镇|街道|乡镇|基层|社区))能够?(?:承接|办理)", item)
            into = re.compile(r"(?:到位)?[，,]进入([^，,。；;]{2,20})").match(text, verb.end(), c.end)
            if into:
                taker = [into.group(1)]
            elif able:
                taker = [re.split("[、，,和]", able.group(1))[-1]]
        if not taker and not strong and verb.group() not in ("下放",):
            continue
        yield Move(item, giver or holder, tuple(taker), verb.start(), end, "dispose")


def grant(c: Clause) -> Iterator[Move]:
    """赋予Y X; 授权Y行使X; 委托Y办理X."""
    text = c.text
    for verb in c.g.grant.finditer(text, c.start, c.end):
        taker, end = c.parties.at(verb.end(), c.end)
        if not taker or c.still(verb.start()):
            continue
        rest = re.compile(
            r"(?:以|相应的?|部分|更多的?|更大的?|必要的?)?(?:依法)?(?:行使|办理|实施|承担|开展|负责|代为|管理|对)?"
        ).match(text, end, c.end)
        begin = rest.start() if rest and not re.search("行使|办理|实施|承担|开展|负责|代为", rest.group()) else rest.end() if rest else end
        stop = c.comma_after(begin)
        if text[begin : begin + 1] == "的":  # 赋予Y的X
            begin += 1
        item = text[begin:stop]
        if verb.group() in ("委托", "授权") and begin == end:
            continue
        if len(item) >= 2:
            yield Move(item, c.subject(verb.start()), tuple(taker), verb.start(), stop, "grant")


def toward(c: Clause) -> Iterator[Move]:
    """向Y下放X; 推动X向Y赋权."""
    text = c.text
    for verb in c.g.give.finditer(text, c.start, c.end):
        near = c.comma_before(verb.start())
        mark = max(text.rfind("向", near, verb.start()), text.rfind("给", near, verb.start()))
        if mark < 0 or c.still(verb.start()):
            continue
        taker, end = c.parties.at(mark + 1, verb.start())
        if not taker or _TRAIL.sub("", text[end : verb.start()]):
            continue
        stop = c.comma_after(verb.end())
        item = text[verb.end() : stop]
        if len(item) < 2:
            item = text[near:mark]
        if len(tidy(item)) >= 2 and not item.startswith(("的", "到", "清单")):
            yield Move(item, c.subject(mark), tuple(taker), verb.start(), stop, "toward")


def attribute(c: Clause) -> Iterator[Move]:
    """F下放给Y的X; 上级赋予我镇的X; F委托下放的X."""
    text = c.text
    pattern = re.compile(
        rf"(?:依法|统一|逐步)?(?:委托)?(?:、|和|或)?({c.g.give.pattern})(?:(?:给|到|至|于)?([^，,。；;的]{{1,24}}))?的"
    )
    for match in pattern.finditer(text, c.start, c.end):
        left = match.start()
        begin = max(text.rfind(sign, c.start, left) for sign in "，,；;：:。和好将对把使受接由") + 1
        giver: list[str] = []
        for at in range(max(begin, left - 40, c.start), left):
            names, end = c.parties.at(at, left)
            if names and end == left:
                giver = names
                break
        if not giver:
            words = text[max(begin, c.start) : left]
            if re.fullmatch("[一-鿿]{0,10}(?:部门|单位|机关|上级)", words):
                giver = [words]
        taker = c.parties.at(match.start(2), match.end(2))[0] if match.group(2) else []
        if match.group(2) and not taker:
            continue
        rest = re.compile(
            r"[^，,。；;：:（(“]{2,60}?(?=[，,。；;：:（(“]|$|(?:能够?|是否|能否|须|应|要|必须|一律|由|进行|按照|纳入|进入|顺利|全部|实行))"
        ).match(text, match.end(), c.end)
        if not rest:
            continue
        item = rest.group()
        if tidy(item) in c.g.bare:
            around = re.compile("围绕([^，,]{4,60})[，,]").search(text, c.start, left)
            if around and taker:
                item = around.group(1)
            elif not giver or not any(re.search("部门|[局委办厅]$", name) for name in giver) or not _defined(giver):
                continue
        elif not giver and not taker:
            continue
        if not (giver or taker):
            continue
        yield Move(item, tuple(giver), tuple(taker), match.start(), rest.end(), "attribute")


def _defined(names: list[str]) -> bool:
    return not any(re.match("各|有关|相关", name) for name in names)


def bare(c: Clause) -> Iterator[Move]:
    """下放X, with its giver as subject: F通过授权或委托的形式，下放行政执法权."""
    text = c.text
    for verb in re.compile("下放|委托下放").finditer(text, c.start, c.end):
        if c.still(verb.start()):
            continue
        before = text[verb.start() - 1 : verb.start()]
        stop = c.comma_after(verb.end())
        match = re.compile(
            r"([^，,。；;：:（(“的]{0,30}的)?[^，,。；;：:（(“的到给至于]{0,24}?(?:权限|职权|权力|权|事项|职能|资源)(?=[，,。；;：:）)]|$)"
        ).match(text, verb.end(), stop + 1)
        if not match or (before and before not in "，,、将会要应步极续法，、：: " and not re.search(rf"(?:{_ADVERB}|部门|单位|委|局|、|和)$", text[c.start : verb.start()])):
            continue
        item = match.group()
        giver = c.subject(verb.start())
        if not giver:
            near = c.comma_before(verb.start())
            if near > c.start:
                names, end = c.parties.at(c.comma_before(near - 1), near)
                if names and re.match("(?:通过|采取|以|将|要|按|依法|根据)", text[end : end + 3]):
                    giver = tuple(names)
        if not giver:
            at = text.rfind("、", c.start, verb.start())
            if at < 0 and tidy(item) in c.g.bare:
                continue
            continue
        yield Move(item, giver, (), verb.start(), match.end(), "bare-object")


def widen(c: Clause) -> Iterator[Move]:
    """扩大Y的X权."""
    text = c.text
    for verb in re.compile("扩大").finditer(text, c.start, c.end):
        stop = c.comma_after(verb.end())
        taker, end = c.parties.at(verb.end(), stop)
        if not taker or end >= stop:
            continue
        at = end + 1 if text[end : end + 1] == "的" else end
        match = re.compile(r"[^，,。；;（(“]{2,60}(?:权限|自主权|管理权|审批权|执法权|权)(?=$|[，,。；;、）)])").match(text, at, c.end)
        if match:
            yield Move(match.group(), c.subject(verb.start()), tuple(taker), verb.start(), match.end(), "widen")


def office(c: Clause) -> Iterator[Move]:
    """X由Y任免/管理/负责, Y of the town; 由F管理调整为由Y管理."""
    text = c.text
    for mark in re.compile("由").finditer(text, c.start, c.end):
        taker, end = c.parties.at(mark.end(), c.end)
        if not taker:
            continue
        act = re.compile(rf"[^，,。；;由]{{0,30}}?({c.g.office})(?!人|的)").match(text, end, c.end)
        if not act:
            continue
        changed = re.search("(?:原来?的?)?([^，,。；;由]{2,30}?)(?:任免|管理|负责|审批)?(?:调整|改|变更?)为$", text[c.start : mark.start()])
        low = [name for name in taker if c.parties.is_low(name)]
        if not low:
            continue
        high = tuple(name for name in taker if name not in low)
        begin, stop = c.topic(mark.start())
        words = text[begin:stop]
        giver: tuple[str, ...] = high
        verb = act.group(1)
        if changed:
            source = re.search("(?:的)?由(?:原来?的?)?([^，,。；;由]{2,30}?)(?:任免|管理|负责|审批)?(?:调整|改|变更?)为$", words)
            if source:
                giver = (source.group(1),)
                words = words[: source.start()]
                words = re.split("[，,]", words)[-1]
        elif verb in ("任免", "任命"):
            words = words + ("任免" if not words.endswith(("任免", "任命")) else "")
        elif verb == "提出书面建议":
            after = re.compile(r"[，,]([一-鿿]{2,12}(?:部门|单位))").match(text, act.end(), c.end)
            giver = (after.group(1),) if after else giver
        elif verb == "预审":
            after = re.compile(r"[，,]([一-鿿]{2,14}(?:部门|局|委))“?(?:见文行文|见章盖章)").match(text, act.end(), c.end)
            giver = (after.group(1),) if after else giver
        elif verb in ("负责", "管理", "审批", "核准", "行使", "办理", "考核"):
            if end != act.start(1) and not re.fullmatch(rf"(?:{_ADVERB}|共同|具体)*", text[end : act.start(1)]):
                continue
            if act.end() < c.comma_after(act.end()):
                continue  # 由Y负责Z: a task, not a right that changes hands
            if not re.search("任免|管理|考核|审批|执法|处罚|许可|人事|权$|权限|编制|财务|党群", words):
                continue
        yield Move(words, giver, tuple(low), mark.start(), act.end(), "approve-on" if verb == "预审" else "office")


def consult(c: Clause) -> Iterator[Move]:
    """X任免须征求Y意见; Y对X有调整意见的，主管部门应…."""
    text = c.text
    for mark in re.compile("征求").finditer(text, c.start, c.end):
        taker, end = c.parties.at(mark.end(), c.end)
        if not any(c.parties.is_low(name) for name in taker) or not re.match("的?(?:书面)?意见", text[end : end + 6]):
            continue
        begin, stop = c.topic(mark.start())
        words = re.sub(r"(?:须|应当?|要|必须|前)?(?:事先|书面|充分)?(?:须|应当?|要|必须)?(?:事先|书面|充分)?$", "", text[begin:stop])
        if not re.search("任免|调整|考核|任命|选拔|提拔|交流|变动|配备", words):
            continue
        giver = re.match("([一-鿿]{2,10}?(?:部门|单位))(?:派驻|派出|设在|驻)", words)
        yield Move(words, (giver.group(1),) if giver else (), tuple(taker), mark.start(), end, "consult")
    for match in re.compile("对([^，,。；;]{2,50}?)有(书面)?(调整|任免|奖惩)意见的").finditer(text, c.start, c.end):
        names, end = c.parties.at(c.comma_before(match.start()), match.start())
        if names and end == match.start() and any(c.parties.is_low(name) for name in names):
            after = re.compile(r"[，,](?:其)?([一-鿿]{0,8}部门)").match(text, match.end(), c.end)
            item = match.group(1) + (match.group(2) or "") + match.group(3) + "意见"
            yield Move(item, (after.group(1),) if after else (), tuple(names), match.start(), match.end(), "consult")


def money(c: Clause) -> Iterator[Move]:
    """X由F全额返还Y; 对X实行全额返还; X由Y留用; X纳入Y财政收入."""
    text = c.text
    for verb in re.compile(c.g.returns).finditer(text, c.start, c.end):
        if c.still(verb.start()) or text[verb.end() : verb.end() + 1] in "的率政":
            continue
        link = re.compile("给|到|至|于").match(text, verb.end(), c.end)
        taker, end = c.parties.at(link.end() if link else verb.end(), c.end)
        begin, stop = c.topic(verb.start())
        words = text[begin:stop]
        words = re.sub(r"(?:按[^，,]{2,24})?(?:实行|予以|给予|进行)?(?:全额|全部|足额|等额|按比例|及时|优先)*$", "", words)
        giver: tuple[str, ...] = ()
        by = re.search(r"(?:全部|全额|一律|均)?由([^，,由]{2,24}?)(?:按[^，,]{2,24})?(?:全额|全部|足额|按比例|予以)*$", words)
        if by:
            names = c.parties.at(begin + by.start(1), c.end)[0] or [by.group(1)]
            words = words[: by.start()]
            if verb.group().startswith("留"):
                taker = names
            else:
                giver = tuple(names)
            if len(words.strip("，, ")) < 2:
                begin, stop = c.topic(begin)
                words = text[begin:stop]
        of = re.search("划归([一-鿿]{1,8})的$", text[c.start : verb.start()].rstrip("，,全部额"))
        if of:
            giver = (of.group(1),)
        enjoy = re.search("享受([省市县]里?)", words)
        if enjoy and not giver:
            giver = (enjoy.group(1),)
        words = re.sub("^对", "", words)
        if not re.search("收|税|费|金|款|利|资|益|部分|补助|财力|财政|留成|分成", words):
            continue
        if not taker and not giver and not re.search("镇|乡|街道|村|园区|留成|土地|规费", text[c.start : c.end]):
            continue
        if re.search("失业保险|稳岗|保证金|押金|学费|参保|企业$", words):
            continue
        yield Move(words, giver, tuple(taker), verb.start(), end, "return")
    for verb in re.compile("纳入").finditer(text, c.start, c.end):
        taker, end = c.parties.at(verb.end(), c.end)
        if not any(c.parties.is_low(name) for name in taker):
            continue
        if text.startswith(("财政收入", "本级财政收入", "可用财力", "财政预算收入"), end):
            begin, stop = c.topic(verb.start())
            words = re.sub("由[^，,]{2,24}(?:征收|收取|组织)$", "", text[begin:stop])
            yield Move(words, (), tuple(taker), verb.start(), end, "return")
        elif text.startswith(("考核", "目标考核", "统一考核", "管理考核"), end):
            begin, stop = c.topic(verb.start())
            words = text[begin:stop]
            holder = re.match("([一-鿿]{2,8}?部门)(?:派驻|派出|设)", words)
            if re.search("考核|管理", words):
                yield Move(words, (holder.group(1),) if holder else (), tuple(taker), verb.start(), end, "office")


def local(c: Clause) -> Iterator[Move]:
    """X实行属地管理."""
    text = c.text
    for mark in re.compile("(?:统一)?(?:全面)?实行“?属地(?:化)?管理").finditer(text, c.start, c.end):
        begin, stop = c.topic(mark.start())
        words = text[begin:stop]
        if len(words) >= 3 and re.search("党|人事|机构|组织|干部|编制|人员|管理|关系|派驻|派出|工作", words):
            yield Move(words, (), (), mark.start(), mark.end(), "local")


def sealed(c: Clause) -> Iterator[Move]:
    """对X实行见章盖章."""
    text = c.text
    for mark in re.compile("实行“?(?:见章盖章|见文行文|预审转报)").finditer(text, c.start, c.end):
        about = re.compile("对(?:于)?([^，,。；;]{2,60}?)[，,]?(?:一律)?").search(text, c.start, mark.start())
        match = re.search("对(?:于)?([^，,。；;]{2,60})(?:[，,]|$)", text[c.start : mark.start()])
        words = match.group(1) if match else text[slice(*c.topic(mark.start()))]
        if about and len(words) >= 2:
            yield Move(words, (), (), mark.start(), mark.end(), "approve-on")
        elif len(words) >= 2:
            yield Move(words, (), (), mark.start(), mark.end(), "approve-on")


def autonomy(c: Clause) -> Iterator[Move]:
    """Y可自主X; Y有权X; Y可提出用人建议."""
    text = c.text
    pattern = re.compile(r"(?:可|可以|有权)(?:[^，,。；;]{0,40}?)(自主[^，,。；;的]{2,30}|提出[^，,。；;]{0,10}(?:建议|意见))")
    for match in pattern.finditer(text.replace("\n", "\n"), c.start, c.end):
        taker, end = c.parties.at(c.start, match.start())
        if end == match.start() and any(c.parties.is_low(name) for name in taker):
            yield Move(match.group(1), (), tuple(taker), match.start(), match.end(), "autonomy")
    for match in re.compile(
        r"(?:可|可以|有权)(?:根据|按照?|结合|在)[^，,。；;]{1,30}[，,](?:可)?(提出([^，,。；;]{2,14}建议)|自主[^，,。；;的]{2,30})"
    ).finditer(text, c.start, c.end):
        taker, end = c.parties.at(c.start, match.start())
        if end == match.start() and any(c.parties.is_low(name) for name in taker):
            after = re.compile(r"[，,]([一-鿿]{2,8}部门)").match(text, match.end(), c.end)
            item = match.group(2) or match.group(1)
            yield Move(item, (after.group(1),) if after else (), tuple(taker), match.start(), match.end(), "autonomy")


def let_go(c: Clause) -> Iterator[Move]:
    """对X实行放权，让Y有…."""
    text = c.text
    match = re.compile(r"对([^，,。；;]{2,60}?[的权事项能务业])[，,][^。；;]{0,20}?(?:实行|予以|充分)?放权[，,]?(?:让([一-鿿]{1,12}?)(?:有|拥有|享有))?").search(
        text, c.start, c.end
    )
    if match:
        yield Move(match.group(1), (), (match.group(2),) if match.group(2) else (), match.start(), match.end(), "let-go")


RULES = (dispose, grant, toward, attribute, bare, widen, office, consult, money, local, sealed, autonomy, let_go)
