"""What counts: judges the names that the grammar found by the words around them (annotation guide §4).

In: the blanked text, candidates, Lexicon, the document's level. Out: the candidates, each kept or with the
reason why it is rejected. Touches nothing.

Reasons: collective (各级党委), generic (有关…), class (便民服务中心建设), scope (全市…), bare (政府职能), post (县委书记),
meeting (市政府常务会议), number (…〔2009〕), compound (市政府门户网站).
"""

from __future__ import annotations

import re

from policyparse.extract.institutions_candidate import ZONE, Candidate
from policyparse.extract.institutions_lexicon import Lexicon
from policyparse.model import LEVELS
from policyparse.passing import Facts
from policyparse.places import LEVEL_WORDS

_SEPARATORS = "、和及与暨或/"
_WITH_OFFICE = ("纪委", "监委", "纪委监委", "纪律检查委员会", "纪工委")
LEVEL_RANK: dict[str, int] = {level: rank for rank, level in enumerate(LEVELS)}
#: The rank of a level word before an organ (县财政局, 市级财政); 社区 names bodies, no level of organs.
WORD_RANK = {word: LEVEL_RANK[level] for word, level in LEVEL_WORDS.items() if word != "社区"} | {
    "全国": 0, "国家": 0, "省级": 1, "兵团": 1, "市级": 2, "州级": 2, "县级": 3, "区级": 3, "镇级": 4, "试点镇": 4, "试点乡镇": 4,
}  # fmt: skip

# 各 … 、县（区）人民政府: the collective reaches over a list of levels.
COLLECTIVE = re.compile(r"(?:各|有关|相关|所有|上述)[省市县区州盟旗镇乡街道自治直辖级、（）()及和与或/\s]{0,16}$")
_LEVEL_LIST = re.compile(
    r"(?:^|[^一-鿿]|[省市县区州盟旗镇乡、和及与各])(?:[省市县区州盟旗镇乡村]|街道)[、/（(）)和及与或]*$"
)
# Meetings: 省委十二届二次全会, 市政府第3次常务会议, 县委农村工作会议.
_MEETING = re.compile(
    r"(?:第?\s?[一二三四五六七八九十百〇○0-9]+\s?[届次][^，。；：、\n]{0,14}?"
    r"|(?:常务|常委会?|党组|全体|专题|办公|主任|主席|党委|扩大|务虚|经济|农村|工作|组织|宣传|政法|城市|人才|民族|宗教|统战"
    r"|改革|教育|科技|卫生|电视电话|电话|座谈|动员|推进|表彰){0,4})"
    r"(?:会议|全会|大会|(?<=党组|常务|办公|局长|常委)会(?![员议]))"
)
# 市委林元和书记: a name of two or three characters and a post.
_NAMED_POST = re.compile(r"[一-鿿]{2,3}(?:同志|书记|市长|县长|区长|镇长|乡长|省长|主席|主任|常委|局长|厅长|部长)")
# 国务院一九八〇年223号文件
_DOCUMENT = re.compile(
    r"[〔（(]?[一二三四五六七八九〇○零十0-9]{0,6}[〕）)]?年?第?[一二三四五六七八九〇○零十百0-9]{1,5}号(?:文|令|公告|通知)"
)
_LABEL = re.compile(r"(?:^|[\n；;。：:])\s*[（(]?[0-9一二三四五六七八九十]{1,3}[、.．)）]\s*$")
_LEVELS = re.compile(
    r"[省市县区镇][两三四五]级|省辖|设区|直辖|省市(?![场政民容])|省县|市县|市区|县区|县乡|县镇|区县|区镇|区街|镇街|街镇|乡镇|镇村|村镇"
)
_SET_UP = re.compile(r"(?:成立|组建|设立|[下内分]设|加挂|挂牌|保留|合并|撤销|更名|合署|牌子|划入|整合|建立)")
_COLLECTIVES = ("collective", "generic")
_CLASSES = (*_COLLECTIVES, "class")
# No 各 reaches over them: 各省、自治区人民政府和国务院.
_NATIONAL = ("国务院", "国家", "全国", "党中央", "中共中央", "中央")
_UNITS = ("open", "branch", "strict")
# 幼儿园3所: so many of a class
_SO_MANY = re.compile(r"\d{1,4}余?[所家个座处]")
# 几个…指挥部, 多家…公司
_SOME = re.compile(r"(?:[几数多两三四五六七八九十]|\d{1,3}余?)[个家所支]$")
_COUNTED = re.compile(r"[一二三四五六七八九十两几数多0-9]{1,4}余?[大个家所类级人]|级")
# What the office of a group does, so that the bare word is it; and how far back it was named.
_OFFICE_DOES = re.compile(
    r"(?:具体|主要|日常|工作)?(?:负责|承担|设在|设于|工作人员|要|应|将|须|牵头|统筹|组织|汇总|定期|及时|会同|每[周月季年]|人员|成员由"
    r"|主要职责|职责|(?:在|于|应在)[0-9一二三四五六七八九十]{1,3}个?(?:工作)?[日天])"
)
_OFFICE_REACH = 600
_HANGER = re.compile(r"(?:的?牌子|牌|[^，。；,;\n]{0,24}合署办公)")


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with the characters of `spans` replaced by NUL, so that offsets stay."""
    out: list[str] = []
    at = 0
    for start, end in sorted(spans):
        start = max(start, at)
        if end > start:
            out += (text[at:start], "\0" * (end - start))
            at = end
    out.append(text[at:])
    return "".join(out)


def begins(text: str, at: int, lexicon: Lexicon) -> bool:
    """Whether a name can begin at `at`: after a sign, a boundary word, 我 or 本."""
    return (
        not at
        or not "一" <= text[at - 1] <= "鿿"
        or text[at - 1] in "我本"
        or lexicon.boundaries.ending_at(text, at, max(0, at - 6)) > 0
    )


def _joins(gap: str) -> bool:
    """Whether two names with `gap` between them stand in one list."""
    gap = gap.strip()
    return gap in ("", "以及") or (len(gap) == 1 and gap in _SEPARATORS)


class Judge:
    """Decides about the candidates of one text.

    facts:  the document's: its level, and whether it is a statute, in which an organ's role is a definite one
    lowest: the rank of the lowest place that the document is about (a city's speech in a county: 3)
    zone:   whether that place is a development zone, whose 管委会 needs no name
    """

    def __init__(self, text: str, lexicon: Lexicon, facts: Facts, lowest: int = 9, zone: bool = False) -> None:
        self.text, self.lexicon = text, lexicon
        self.rank = LEVEL_RANK.get(facts.level or "", 9)
        self.statute = facts.kind == "law"
        self.lowest = lowest
        self.zone = zone
        self.office_end = -1

    def judge(self, candidates: list[Candidate]) -> list[Candidate]:
        """Sets `rejected` and `elided` of every candidate; shared levels are cut off."""
        for index, candidate in enumerate(candidates):
            previous = candidates[index - 1] if index else None
            candidate.rejected = self._left(candidate) or self._right(candidate)
            if candidate.rejected == "class" and previous is not None and self._same_place(previous, candidate):
                candidate.rejected = ""  # 河北省委和省政府, in a national document
            if not candidate.rejected:
                candidate.rejected = self._bare(candidate, previous)
            if not candidate.rejected and candidate.head.word.endswith("办公室"):
                self.office_end = candidate.end
            if candidate.head.word in _WITH_OFFICE and self.text.startswith("机关", candidate.end):
                candidate.end += 2
        # 人才服务站、…服务所: what stands in one list with a named unit is named too
        for here, following in zip(reversed(candidates[:-1]), reversed(candidates[1:]), strict=True):
            named = not following.rejected and following.head.sort in _UNITS
            listed = self.text[here.end : following.start] == "、" and begins(self.text, here.start, self.lexicon)
            if here.rejected == "class" and named and listed:
                here.rejected = ""
        self._named_before(candidates)
        return candidates

    def _same_place(self, previous: Candidate, candidate: Candidate) -> bool:
        """Whether a level in a list (省政府) is that of the place that the name before it has (河北省委)."""
        text = self.text
        if previous.rejected or previous.prefix_sort != "place" or candidate.prefix_sort != "level":
            return False
        level = text[candidate.start : candidate.prefix]
        return text.endswith(level, previous.start, previous.prefix) and _joins(text[previous.end : candidate.start])

    def _named_before(self, candidates: list[Candidate]) -> None:
        """下设监督组 … 监督组负责…: a body that the document sets up is definite from there on."""
        set_up: set[str] = set()
        for candidate in candidates:
            words = self.text[candidate.start : candidate.end]
            names_a_body = candidate.head.sort in ("group", "open") and len(words) >= 3
            if candidate.rejected in ("bare", "class") and words in set_up:
                candidate.rejected = ""
            elif not candidate.rejected and names_a_body and (candidate.elided or self._set_up(candidate)):
                set_up.add(words)

    def _left(self, candidate: Candidate) -> str:
        """Why the words before a name make it a class or a collective; "" where they do not."""
        text, start = self.text, candidate.start
        low = max(0, start - 20)
        before = text[low:start]
        if COLLECTIVE.search(before) and not self._own_name(candidate, before):
            return "collective"
        if candidate.prefix_sort == "level" and (reason := self._level(candidate, before)):
            return reason
        if candidate.head.sort == "company" and text[start : candidate.prefix] in ("全国", "国家"):
            return "class"
        if candidate.prefix_sort != "place" and self.lexicon.generic.ending_at(text, candidate.start, low):
            return "generic"
        return ""

    def _own_name(self, candidate: Candidate, before: str) -> bool:
        """各县（市）、临江管委会: 各 does not reach over a list sign to a body with a proper name."""
        zone = ZONE.fullmatch(self.text, candidate.start, candidate.prefix) is not None
        return before[-1:] == "、" and candidate.prefix_sort in ("place", "zone") and not zone

    def _level(self, candidate: Candidate, before: str) -> str:
        """The same for a name with a printed level (市财政局). A level shared by several names is cut off."""
        text, start, head = self.text, candidate.start, candidate.head
        printed = text[start : candidate.prefix]
        rank = WORD_RANK.get(printed, 9)
        if _LEVEL_LIST.search(before):
            apart = before[-1:] in tuple("、/（(和及与或")
            if before[-1:] in ("）", ")"):
                return "collective"  # 县（市）区供电局
            if head.sort == "body" and head.word not in ("委", "纪委") and (rank > self.rank or not apart):
                return "collective"
            if head.sort not in ("body", "name"):
                candidate.start, candidate.prefix_sort = candidate.prefix, ""
                return ""
        if before[-1:] == "个" and before[-2:-1] in tuple("一二三四五六七八九十两几数多各0123456789"):
            return "class"  # 三个镇政府
        if before[-1:] == "全" or (before[-1:] == "本" and head.sort in ("open", "company", "strict")):
            return "scope"  # 全市…中心; 本市学校, but 本区政府
        if self.rank == 0 and printed not in ("国家", "全国"):
            return "class"  # in a national document 市税务局 is each city's
        alone = head.sort == "body" or (candidate.prefix == candidate.head_start and candidate.parent is None)
        if alone and self.rank < 3 and rank > self.lowest and not self.statute:
            return "class"  # in a province's document 县政府 is each county's
        owner = candidate.parent.head.sort if candidate.parent is not None else head.sort
        if printed.endswith("级") and owner in ("body", "open", "company"):
            return "class"
        # 乡镇党委, 市县政府: two levels side by side, unless the first ends a word
        low = max(0, start - 20)
        joined = before[-1:] in tuple("乡县市镇街区") and not self.lexicon.functions.ending_at(text, start, low)
        return "collective" if joined and head.word != "委" else ""

    def _right(self, candidate: Candidate) -> str:
        text, end = self.text, candidate.end
        if self.lexicon.posts.match(text, end):
            return "post"
        if text[end : end + 1] in tuple("〔[［") or _DOCUMENT.match(text, end):
            return "number"
        if _MEETING.match(text, end):
            return "meeting"
        if candidate.head.sort in ("body", "name"):
            if candidate.head.word in ("委", "政府", "党委", "党工委", "人民政府") and _NAMED_POST.match(text, end):
                return "post"
            if candidate.head.word in ("政府", "人民政府", "人大", "政协") and self.lexicon.after.match(text, end):
                return "compound"
        return ""

    def _bare(self, candidate: Candidate, previous: Candidate | None) -> str:
        """Why a name stands for no definite organ, by what it lacks and by the name before it in its list."""
        text, head = self.text, candidate.head
        gap = text[previous.end : candidate.start] if previous is not None else "\0"
        sibling = previous if previous is not None and _joins(gap) else None
        # 政务服务中心（便民服务中心）: a second name in brackets
        bracketed = previous if previous is not None and gap in ("（", "(") else None
        refused = next((one.rejected for one in (sibling, bracketed) if one is not None), "")
        nameless = candidate.prefix_sort == "zone" and ZONE.fullmatch(text, candidate.start, candidate.prefix)
        if nameless and refused in _CLASSES:
            return refused
        if candidate.parent is not None:
            return ""
        if candidate.prefix_sort == "level" and head.sort == "body" and sibling is not None:
            # 各镇人民政府、街道办事处: 各 reaches the next of the same or a lower level
            lower = self._printed_rank(candidate) >= self._printed_rank(sibling)
            if sibling.rejected == "collective" and lower:
                return "collective"
        if candidate.prefix_sort:
            return "class" if self._class(candidate) else ""
        counted = (
            _COUNTED.match(text, candidate.start)
            or _SO_MANY.match(text, candidate.end)
            or _SOME.search(text, max(0, candidate.start - 4), candidate.start)
        )
        listed = sibling is not None and not sibling.rejected and head.sort == sibling.head.sort == "group"
        set_up = (self._set_up(candidate) or (listed and self._sets_up(candidate.start))) and not counted
        may_be_class = head.sort != "name" and not (head.bare == "context" and set_up)
        if may_be_class and (counted or self._class(candidate)):
            return "class"
        if sibling is not None and not sibling.rejected:
            # the first of the list, so that a long list is no long chain
            candidate.elided = sibling.elided if sibling.elided and not sibling.prefix_sort else sibling
        if head.sort == "body":
            if refused and (bracketed is not None or refused in _COLLECTIVES):
                return refused
            named = head.bare == "yes" or (head.bare == "zone" and self.zone) or candidate.elided is not None
            return "" if named else "bare"
        vague = head.sort == "strict" and text[candidate.start : candidate.head_start] in self.lexicon.components
        if vague and candidate.elided is None and not set_up:
            return "class"  # 调解室, 指导站: nothing says whose or what
        if head.sort == "branch" and head.bare == "yes" and self.rank < 2:
            return "class"  # in a province's document 派出所 is any
        if head.sort in ("name", "closed", "strict", "branch"):
            national = head.sort == "name" and head.word.startswith(_NATIONAL)
            return refused if refused in _COLLECTIVES and not national else ""
        if head.sort == "group":
            return self._group(candidate, sibling)
        if bracketed is not None and refused:
            return refused
        return "" if self._definite(candidate, candidate.elided is not None) else "class"

    def _group(self, candidate: Candidate, sibling: Candidate | None) -> str:
        """Leading groups and offices: with words of their own, or bare where they point back (领导小组及办公室)."""
        head = candidate.head
        if candidate.functions + candidate.unknown:
            return "" if candidate.head_start - candidate.start >= 2 else "bare"
        if sibling is not None and sibling.head.sort == "group":
            return sibling.rejected
        if head.bare == "context" and (self._set_up(candidate) or self._listed(candidate, candidate.elided)):
            return ""
        if head.word == "办公室" and self._points_back(candidate):
            return ""
        return "" if head.bare == "yes" else "bare"

    def _points_back(self, candidate: Candidate) -> bool:
        """办公室负责…, 办公室设在…: the office that was named shortly before, as the subject of its clause."""
        begun = not "一" <= self.text[candidate.start - 1 : candidate.start] <= "鿿"
        near = self.office_end >= 0 and candidate.start - self.office_end < _OFFICE_REACH
        return begun and near and _OFFICE_DOES.match(self.text, candidate.end) is not None

    def _printed_rank(self, candidate: Candidate) -> int:
        return WORD_RANK.get(self.text[candidate.start : candidate.prefix], 9)

    def _class(self, candidate: Candidate) -> bool:
        """Whether the name is that of a class: 政务服务中心; …医院 that ends in 公立医院; 县乡…中心, 市县…局."""
        text, start, end = self.text, candidate.start, candidate.end
        sort, prefix = candidate.head.sort, candidate.prefix_sort
        levels = (
            prefix == "level" if sort in ("closed", "strict") else sort in ("open", "company") and prefix != "place"
        )
        if levels and _LEVELS.match(text, start):
            return True
        if prefix and sort not in ("open", "company"):
            return False
        if text[start:end] in self.lexicon.classes:
            return True
        if sort == "open" or (sort == "company" and prefix not in ("place", "level")):
            return self.lexicon.always_classes.ending_at(text, end, start) > 0
        return False

    def _sets_up(self, at: int) -> bool:
        """Whether the sentence that leads to `at` sets bodies up (组建…、…)."""
        low = max(0, at - 90)
        sentence = max(self.text.rfind(sign, low, at) for sign in "。；\n")
        return _SET_UP.search(self.text, max(low, sentence), at) is not None

    def _listed(self, candidate: Candidate, sibling: Candidate | None) -> bool:
        """（办公室牵头，…）, 任务科室：办公室、法规科: a bare office among the sections of one organ."""
        text = self.text
        if (
            candidate.start
            and text[candidate.start - 1] in "（(：:"
            and text.startswith(("牵头", "负责", "、"), candidate.end)
        ):
            return True
        return sibling is not None and sibling.head.word in ("处", "科", "股", "室")

    def _set_up(self, candidate: Candidate) -> bool:
        return self.lexicon.setup.ending_at(self.text, candidate.start, max(0, candidate.start - 5)) > 0

    def _definite(self, candidate: Candidate, sibling: bool) -> bool:
        """Open names (中心, 医院, 公司): definite when set up, hung out, quoted, listed by name, or long enough."""
        text = self.text
        content = candidate.head_start - candidate.start
        if content < 2:
            return candidate.head.bare == "context" and (sibling or self._set_up(candidate)) and content == 0
        if candidate.head.sort == "company":
            if candidate.head.word.endswith(("有限公司", "责任公司")):
                return content >= 2
            if candidate.functions:
                return False
        before = text[candidate.start - 1] if candidate.start else "\n"
        after = text[candidate.end : candidate.end + 1] or "\n"
        if sibling or self._set_up(candidate) or _HANGER.match(text, candidate.end):
            return True
        if _LABEL.search(text, max(0, candidate.start - 8), candidate.start):
            return True
        boundary = before in "含如" or text.endswith("包括", 0, candidate.start)
        if (before in "“（(、；;" or boundary) and after in "”）)、；;（(等":
            return candidate.head.sort == "company" or before == "“" or self._sets_up(candidate.start)
        if before in "\n.．)） " and after in "\n；;。（(、":
            return True
        return content >= 8 and candidate.head.bare != "named"
