"""What counts: judges the names that the grammar found by the words around them (annotation guide §4).

In: the blanked text, candidates, Lexicon, the document's level. Out: the candidates, each kept or with the
reason why it is rejected; and the one-word departments of lists (城管、环保等部门). Touches nothing.
"""

from __future__ import annotations

import re

from policyparse.extract.institutions_grammar import ZONE, Candidate
from policyparse.extract.institutions_lexicon import Head, Lexicon

_SEPARATORS = "、和及与暨或/"
_WITH_OFFICE = ("纪委", "监委", "纪委监委", "纪律检查委员会", "纪工委")
LEVEL_RANK = {
    "nation": 0, "province": 1, "prefecture": 2, "county": 3, "town": 4, "village": 5,
}  # fmt: skip
LEVEL_WORDS = {
    "全国": 0, "国家": 0, "省": 1, "省级": 1, "自治区": 1, "兵团": 1, "市": 2, "市级": 2, "州": 2, "州级": 2,
    "盟": 2, "自治州": 2, "县": 3, "县级": 3, "区": 3, "区级": 3, "旗": 3, "镇": 4, "镇级": 4, "乡": 4,
    "街道": 4, "试点镇": 4, "试点乡镇": 4, "村": 5,
}  # fmt: skip

# 各 … 、县（区）人民政府: the collective reaches over a list of levels.
_COLLECTIVE = re.compile(r"(?:各|有关|相关|所有|上述)[省市县区州盟旗镇乡街道自治直辖级、（）()及和与或/\s]{0,16}$")
_LEVEL_LIST = re.compile(
    r"(?:^|[^一-鿿]|[省市县区州盟旗镇乡、和及与各])(?:[省市县区州盟旗镇乡村]|街道)[、/（(）)和及与或]*$"
)
# Meetings: 省委十二届二次全会, 市政府第3次常务会议, 县委农村工作会议.
_MEETING = re.compile(
    r"(?:第?[一二三四五六七八九十百〇○0-9]+[届次][^，。；：、\n]{0,14}?"
    r"|(?:常务|常委会?|党组|全体|专题|办公|主任|主席|党委|扩大|务虚|经济|农村|工作|组织|宣传|政法|城市|人才|民族|宗教|统战"
    r"|改革|教育|科技|卫生|电视电话|电话|座谈|动员|推进|表彰){0,4})"
    r"(?:会议|全会|大会)"
)
# 市委林元和书记: a name of two or three characters and a post.
_NAMED_POST = re.compile(r"[一-鿿]{2,3}(?:同志|书记|市长|县长|区长|镇长|乡长|省长|主席|主任|常委|局长|厅长|部长)")
# 国务院一九八〇年223号文件
_DOCUMENT = re.compile(
    r"[〔（(]?[一二三四五六七八九〇○零十0-9]{0,6}[〕）)]?年?第?[一二三四五六七八九〇○零十百0-9]{1,5}号(?:文|令|公告|通知)"
)
_LABEL = re.compile(r"(?:^|[\n；;。：:])\s*[（(]?[0-9一二三四五六七八九十]{1,3}[、.．)）]\s*$")
_LEVELS = re.compile(r"省辖|设区|直辖|省市(?![场政民容])|省县|市县|市区|县区|县乡|县镇|区县|区镇|区街|镇街|街镇|乡镇|镇村|村镇")
_SET_UP = re.compile(r"(?:成立|组建|设立|加挂|挂牌|保留|合并|撤销|更名|合署|牌子|划入|整合|建立)")
_UNITS = ("open", "branch", "strict")
_COUNTED = re.compile(r"[一二三四五六七八九十两几数多0-9]{1,4}余?[大个家所类级人]|级")
_HANGER = re.compile(r"(?:的?牌子|牌|[^，。；,;\n]{0,24}合署办公)")
_FUNCTION_BODY = re.compile(r"(?:行政)?(?:主管|管理|监管|执法)?部门")
_LIST_TAIL = re.compile(
    r"等(?:\d+个|[一二三四五六七八九十]+个|多个?|有关|相关|主管|职能|政府|成员|执法|综合|监管|责任){0,3}(?:部门|单位)"
)
_ODD_ITEM = re.compile(r"(?<=[、])[一-鿿]{2,5}$")
_CENTRE = re.compile(
    r"中央(?=(?:和省|、省|和自治区|、国务院|的?(?:决策|部署|精神|要求|方针|号召|统一|重大决策|大政方针|巡视)"
    r"|关于|决定|批准|提出|要求|同意|确定|明确))(?!.{0,4}会议)"
)
_OWN = re.compile(r"我(?:局|委|厅|办|部|院|会)(?![员们长托任理法学事公门分队里内面])")


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


class Judge:
    """Decides about the candidates of one text.

    level:  the document's level
    lowest: the rank of the lowest place that the document is about (a city's speech in a county: 3)
    zone:   whether that place is a development zone, whose 管委会 needs no name
    """

    def __init__(self, text: str, lexicon: Lexicon, level: str | None, lowest: int = 9, zone: bool = False) -> None:
        self.text, self.lexicon = text, lexicon
        self.rank = LEVEL_RANK.get(level or "", 9)
        self.lowest = lowest
        self.zone = zone

    def judge(self, candidates: list[Candidate]) -> list[Candidate]:
        """Sets `rejected` and `elided` of every candidate; shared levels are cut off."""
        for index, candidate in enumerate(candidates):
            previous = candidates[index - 1] if index else None
            candidate.rejected = self._left(candidate) or self._right(candidate)
            if not candidate.rejected:
                candidate.rejected = self._bare(candidate, previous, index)
            if candidate.head.word in _WITH_OFFICE and self.text.startswith("机关", candidate.end):
                candidate.end += 2
        # 人才服务站、…服务所: what stands in one list with a named unit is named too
        for here, following in zip(reversed(candidates[:-1]), reversed(candidates[1:]), strict=True):
            if here.rejected == "class" and not following.rejected and following.head.sort in _UNITS:
                if self.text[here.end : following.start] == "、" and self._starts(here.start):
                    here.rejected = ""
        return candidates

    def _starts(self, at: int) -> bool:
        return not at or not "一" <= self.text[at - 1] <= "鿿" or self._boundary(at)

    def _left(self, candidate: Candidate) -> str:
        text, start = self.text, candidate.start
        low = max(0, start - 20)
        before = text[low:start]
        if _COLLECTIVE.search(before):
            return "collective"
        if candidate.prefix_sort == "level" and _LEVEL_LIST.search(before):
            printed = text[start : candidate.prefix]
            joined = not before or before[-1] not in "、/（(）)和及与或"
            if candidate.head.sort == "body" and candidate.head.word not in ("委", "纪委"):
                if LEVEL_WORDS.get(printed, 9) > self.rank or joined:
                    return "collective"
            elif candidate.head.sort not in ("body", "name"):
                candidate.start = candidate.prefix
                candidate.prefix_sort = ""
        if candidate.prefix_sort == "level" and before[-1:] in ("全", "本"):
            # 全市…中心; 本市学校, but 本区政府
            if before[-1] == "全" or candidate.head.sort in ("open", "company", "strict"):
                return "scope"
        if candidate.prefix_sort == "level" and self.rank == 0 and not text.startswith(("国家", "全国"), start):
            return "class"  # in a national document 市税务局 is each city's
        alone = candidate.head.sort == "body" or candidate.prefix == candidate.head_start and candidate.parent is None
        if candidate.prefix_sort == "level" and alone and self.rank < 3:
            # in a province's document 县政府 is each county's
            if LEVEL_WORDS.get(text[start : candidate.prefix], 0) > self.lowest:
                return "class"
        if candidate.prefix_sort == "level" and text[candidate.prefix - 1] == "级":
            owner = candidate.parent.head.sort if candidate.parent is not None else candidate.head.sort
            if owner in ("body", "open", "company"):
                return "class"
        if candidate.head.sort == "company" and text[start : candidate.prefix] in ("全国", "国家"):
            return "class"
        if candidate.prefix_sort != "place" and self.lexicon.generic.ending_at(text, start, low):
            return "generic"
        if candidate.prefix_sort == "level" and text[start : candidate.prefix] in ("乡镇", "街镇", "镇街"):
            return "collective"
        if candidate.prefix_sort == "level" and before[-1:] in "乡县市镇街区" and before[-1:]:
            # 乡镇党委, 市县政府
            if not self.lexicon.functions.ending_at(text, start, low) and candidate.head.word != "委":
                return "collective"
        return ""

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

    def _bare(self, candidate: Candidate, previous: Candidate | None, index: int) -> str:
        """Whether a name without a place or level stands for a definite organ."""
        head = candidate.head
        nameless = candidate.prefix_sort == "zone" and ZONE.fullmatch(self.text, candidate.start, candidate.prefix)
        if nameless and previous is not None and (
            self._joined(previous.end, candidate.start) or self._refused(previous, candidate.start)
        ):
            if previous.rejected in ("collective", "generic", "class"):
                return previous.rejected
        if candidate.parent is not None:
            return ""
        if candidate.prefix_sort == "level" and head.sort == "body" and previous is not None:
            # 各镇人民政府、街道办事处: 各 reaches the next of the same or a lower level
            here, there = (self._printed_rank(c) for c in (candidate, previous))
            if previous.rejected == "collective" and here >= there and self._joined(previous.end, candidate.start):
                return "collective"
        if candidate.prefix_sort == "level" and head.sort in ("closed", "strict"):
            return "class" if _LEVELS.match(self.text, candidate.start) else ""
        if candidate.prefix_sort:
            return "class" if head.sort in ("open", "company") and self._class(candidate) else ""
        if _COUNTED.match(self.text, candidate.start) or self._class(candidate):
            if not (head.bare == "context" and self._set_up(candidate)) and head.sort != "name":
                return "class"
        sibling = previous is not None and self._joined(previous.end, candidate.start)
        if sibling and previous is not None and not previous.rejected:
            candidate.elided = previous
        if head.sort == "body":
            if previous is not None and previous.end < candidate.start and self._refused(previous, candidate.start):
                return previous.rejected
            if sibling and previous is not None and previous.rejected in ("collective", "generic"):
                return previous.rejected
            if head.bare == "yes" or (head.bare == "zone" and self.zone) or candidate.elided is not None:
                return ""
            return "bare"
        if head.sort == "strict" and self.text[candidate.start : candidate.head_start] in self.lexicon.components:
            # 调解室, 指导站: nothing says whose or what
            if candidate.elided is None and not self._set_up(candidate):
                return "class"
        if head.sort == "branch" and head.bare == "yes" and self.rank < 2:
            return "class"  # in a province's document 派出所 is any
        if head.sort in ("name", "closed", "strict", "branch"):
            if sibling and previous is not None and previous.rejected in ("collective", "generic"):
                return previous.rejected
            return ""
        if head.sort == "group":
            if candidate.functions + candidate.unknown == 0:
                if previous is not None and previous.head.sort == "group" and sibling:
                    # 领导小组及办公室
                    return previous.rejected
                if head.bare == "context" and (self._set_up(candidate) or self._listed(candidate, candidate.elided)):
                    return ""
                return "" if head.bare == "yes" else "bare"
            return "" if candidate.end - candidate.start >= len(head.word) + 2 else "bare"
        if previous is not None and previous.end < candidate.start and self._refused(previous, candidate.start):
            return previous.rejected
        return "" if self._definite(candidate, sibling and candidate.elided is not None) else "class"

    def _printed_rank(self, candidate: Candidate) -> int:
        return LEVEL_WORDS.get(self.text[candidate.start : candidate.prefix], 9)

    def _class(self, candidate: Candidate) -> bool:
        """Whether the name is that of a class: 政务服务中心; …医院 that ends in 公立医院; 县乡…中心, 国家…中心."""
        text, start, end = self.text, candidate.start, candidate.end
        if text[start:end] in self.lexicon.classes:
            return True
        if candidate.head.sort not in ("open", "company"):
            return False
        if candidate.head.sort == "company" and candidate.prefix_sort in ("place", "level"):
            return False
        if self.lexicon.always_classes.ending_at(text, end, start):
            return True
        return _LEVELS.match(text, start) is not None and candidate.prefix_sort != "place"

    def _refused(self, previous: Candidate, start: int) -> bool:
        """政务服务中心（便民服务中心）: the second name of a class."""
        return bool(previous.rejected) and self.text[previous.end : start] in "（("

    def _joined(self, end: int, start: int) -> bool:
        gap = self.text[end:start].strip()
        return gap == "" or (len(gap) == 1 and gap in _SEPARATORS) or gap in ("以及", "、 ", "和 ")

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

    def departments(self, candidates: list[Candidate]) -> list[Candidate]:
        """One-word departments in a list (城管、环保、劳动等部门) and function-named bodies (宣传部门)."""
        text, lexicon = self.text, self.lexicon
        out: list[Candidate] = []
        ends = {candidate.end: candidate for candidate in candidates}
        for tail in _LIST_TAIL.finditer(text):
            at = tail.start()
            low = max(0, at - 120)
            items: list[Candidate] = []
            while at > low:
                organ = ends.get(at)
                if organ is not None and not (
                    organ.rejected == "bare" and organ.head.word in lexicon.departments.words
                ):
                    at = organ.start
                else:
                    size = lexicon.departments.ending_at(text, at, low)
                    if size:
                        item = self._one_word(at - size, at)
                        items.append(item)
                        at = item.start
                    else:
                        # an item that names no department (授权) does not end the list
                        odd = _ODD_ITEM.search(text, max(low, at - 6), at)
                        if odd is None:
                            break
                        at = odd.start()
                if not (at > low and text[at - 1] in "、和及与"):
                    break
                at -= 1
            if items and items[-1].prefix_sort:
                for item in items[:-1]:
                    item.elided = items[-1]  # 市法制、督查
            if items and not self._generic_before(items[-1].start):
                out += [item for item in items if item.rejected == ""]
        for body in re.finditer("部门|机关", text):
            item = self._function_body(body.start(), body.end())
            if item is not None:
                out.append(item)
        for pattern, sort in ((_CENTRE, "name"), (_OWN, "own")):
            out += [
                Candidate(m.start(), m.end(), Head(m[0], sort), m.start(), m.start())
                for m in pattern.finditer(text)
                if not any(c.start <= m.start() < c.end and not c.rejected for c in (ends.get(m.end()),) if c)
            ]
        return out

    def _generic_before(self, at: int) -> bool:
        return self.lexicon.generic.ending_at(self.text, at, max(0, at - 6)) > 0

    def _one_word(self, start: int, end: int) -> Candidate:
        head = Head(self.text[start:end], "department")
        prefix, sort = start, ""
        if start and self.text[start - 1] in "省市县区镇" and not self.lexicon.functions.ending_at(self.text, start):
            if start < 2 or not "一" <= self.text[start - 2] <= "鿿" or self._boundary(start - 1):
                return Candidate(start - 1, end, head, start, start, "level")
        return Candidate(prefix, end, head, start, start, sort)

    def _boundary(self, at: int) -> bool:
        return self.lexicon.boundaries.ending_at(self.text, at, max(0, at - 6)) > 0 or self.text[at - 1 : at] in ("我", "本")

    def _function_body(self, start: int, end: int) -> Candidate | None:
        """宣传部门, 机构编制部门, 县投资主管部门; 公安机关. A class (各级…部门, 主管部门) gives None."""
        text, lexicon = self.text, self.lexicon
        at = start
        managing = False
        for word in ("行政主管", "主管", "行政管理", "行政执法"):
            if text.endswith(word, 0, at):
                at -= len(word)
                managing = True
                break
        size = lexicon.departments.ending_at(text, at, max(0, at - 14))
        if not size and managing:
            size = lexicon.functions.ending_at(text, at, max(0, at - 14))
        if not size:
            return None
        at -= size
        prefix = at
        sort = ""
        if (
            at
            and text[at - 1] in "省市县区镇"
            and (at < 2 or not "一" <= text[at - 2] <= "鿿" or self._boundary(at - 1))
        ):
            at -= 1
            sort = "level"
        if managing and not sort:
            return None
        if text[start:end] == "机关" and text[prefix:start] not in (
            "公安",
            "检察",
            "审判",
            "税务",
            "监察",
            "纪检监察",
            "司法行政",
            "工商",
        ):
            return None
        if sort and text[at - 1 : at] == "全":
            return None
        if self._generic_before(at) or _COLLECTIVE.search(text[max(0, at - 20) : at]):
            return None
        if self.rank == 0 and not sort:
            return None
        if at and text[at - 1] not in "\0" and "一" <= text[at - 1] <= "鿿" and not self._boundary(at) and sort == "":
            return None
        if self.lexicon.posts.match(text, end):
            return None
        head = Head(text[prefix:end], "function")
        return Candidate(at, end, head, prefix, prefix, sort)
