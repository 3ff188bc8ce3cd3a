"""Departments without a name of their own: those of lists and those named by their function (annotation guide §4).

In: the blanked text, the judged candidates, Lexicon, the document's level. Out: more Candidates: the one-word
departments of a list (城管、环保、劳动等部门), function-named bodies (宣传部门, 县投资主管部门), 我局, and 中央 where it stands for
the Party's centre. Touches nothing.
"""

from __future__ import annotations

import re

from policyparse.extract.institutions_candidate import Candidate
from policyparse.extract.institutions_context import COLLECTIVE, begins
from policyparse.extract.institutions_lexicon import Head, Lexicon

_LIST_TAIL = re.compile(
    r"等(?:\d+个|[一二三四五六七八九十]+个|多个?|有关|相关|主管|职能|政府|成员|执法|综合|监管|责任){0,3}(?:部门|单位)"
)
_ODD_ITEM = re.compile(r"(?<=[、])[一-鿿]{2,5}$")
_CENTRE = re.compile(
    r"中央(?=(?:和省|、省委|和自治区|、国务院|的?(?:决策|部署|精神|要求|方针|号召|统一|重大决策|大政方针|巡视)"
    r"|关于|决定|批准|提出|要求|同意|确定|明确))(?!.{0,4}会议)"
)
# 我局, in a letter also 你局; 局机关 at the start of an addressee line or a clause.
_OWN = re.compile(
    r"(?:我(?:局|委|厅|部|院|会)|(?<![自为由给替让呼帮])我办(?![证好成实结])|[你贵](?:局|委|厅|办|部|院|行|社)|本(?:局|厅))"
    r"(?![员们长托任理法学事公门分队里内面])"
    r"|(?<![一-鿿])(?:局|厅|委|办)机关(?![报刊党工团事干]|有关|相关)"
)
# 国务院专利行政部门: of each function the State Council has one body, so that its description is a name.
_STATE = re.compile(
    r"国务院(?!各|有关|相关|其他|所属|直属|授权|组成|规定|批准|关于|决定|确定)"
    r"[^的会和与及由等按应将其各、，。；：\s\0]{2,14}?(?:行政|主管|监督管理|监督|管理|监察)(?:部门|机构)"
)
_STATE_TOO = re.compile(
    r"[、和及与](?!有关|相关|其他|各|所属)([^的会和与及由等按应将其各、，。；：\s\0]{2,14}?(?:行政|主管|监督管理|管理|监察)(?:部门|机构))"
)
_LISTED = re.compile(r"(?:各|有关|相关)[省市县区州盟旗镇乡街道级][^，。；：\n]{0,24}?[、和及与]$")
# A list of departments is at most so long, a function word with its 主管 so long.
_MAX_LIST = 120
_MAX_FUNCTION = 14
_ACTS = re.compile("(?:和[一-鿿]{2,10}部门)?(?:应|要|负责|牵头|会同|按|依法|根据|将|参与|加强|做好|定期)")
_BODY = re.compile("部门|机关")


class Departments:
    """Finds the departments of one text of a document of `level`."""

    def __init__(self, text: str, lexicon: Lexicon, level: str | None, places: dict[int, int]) -> None:
        self.text, self.lexicon, self.places = text, lexicon, places
        self.nation = level == "nation"

    def find(self, candidates: list[Candidate]) -> list[Candidate]:
        """All of them, none with a reason to reject it; they may overlap names that are longer."""
        ends = {candidate.end: candidate for candidate in candidates}
        out = [item for tail in _LIST_TAIL.finditer(self.text) for item in self._list(tail.start(), ends)]
        for body in _BODY.finditer(self.text):
            item = self._function_body(body.start(), body.end())
            if item is not None:
                out.append(item)
        for match in _STATE.finditer(self.text):
            start, end = match.span()
            while start < end and not self.lexicon.posts.match(self.text, end):
                out.append(Candidate(start, end, Head(self.text[start:end], "function"), start, start, "foreign"))
                following = _STATE_TOO.match(self.text, end)  # 国务院农业主管部门、|林业主管部门
                start, end = following.span(1) if following else (end, end)
        for pattern, sort in ((_CENTRE, "name"), (_OWN, "own")):
            for match in pattern.finditer(self.text):
                start, end = match.span()
                taken = ends.get(end)
                if taken is None or taken.rejected or taken.start > start:
                    out.append(Candidate(start, end, Head(match[0], sort), start, start))
        return out

    def _list(self, end: int, ends: dict[int, Candidate]) -> list[Candidate]:
        """The one-word departments of the list that ends at `end` (before 等部门), the last first."""
        text, departments = self.text, self.lexicon.departments
        at, low = end, max(0, end - _MAX_LIST)
        items: list[Candidate] = []
        while at > low:
            organ = ends.get(at)
            size = departments.ending_at(text, at, low)
            if organ is not None and not (organ.rejected == "bare" and organ.head.word in departments.words):
                at = organ.start
            elif size:
                items.append(self._one_word(at - size, at))
                at = items[-1].start
            elif odd := _ODD_ITEM.search(text, max(low, at - 6), at):
                at = odd.start()  # an item that names no department (授权) does not end the list
            else:
                break
            if text[at - 1 : at] not in tuple("、和及与"):
                break
            at -= 1
        if items and items[-1].prefix_sort:
            for item in items[:-1]:
                item.elided = items[-1]  # 市法制、督查
        return [] if items and self._generic(items[-1].start) else items

    def _generic(self, at: int) -> bool:
        return self.lexicon.generic.ending_at(self.text, at, max(0, at - 6)) > 0

    def _level(self, at: int) -> bool:
        """Whether a level that stands for a place ends at `at` (县|投资主管部门)."""
        return at > 0 and self.text[at - 1] in "省市县区镇" and begins(self.text, at - 1, self.lexicon)

    def _one_word(self, start: int, end: int) -> Candidate:
        head = Head(self.text[start:end], "department")
        if self._level(start) and not self.lexicon.functions.ending_at(self.text, start):
            return Candidate(start - 1, end, head, start, start, "level")
        return Candidate(start, end, head, start, start)

    def _function_body(self, start: int, end: int) -> Candidate | None:
        """宣传部门, 机构编制部门, 县投资主管部门; 公安机关. A class (各级…部门, 主管部门) gives None."""
        text, lexicon = self.text, self.lexicon
        managing = lexicon.managing.ending_at(text, start)
        at = start - managing
        if not managing and text.endswith("行政", 0, start):
            at -= 2  # 教育行政部门 is 教育部门
        low = max(0, at - _MAX_FUNCTION)
        size = lexicon.departments.ending_at(text, at, low)
        if not size and managing:
            size = lexicon.functions.ending_at(text, at, low)
        prefix = at - size
        if not size or (text[start:end] == "机关" and text[prefix:start] not in lexicon.authorities):
            return None
        placed = self.places.get(prefix)
        if placed is not None and text[prefix - 1] in "省市县区镇乡":
            head = Head(text[prefix:end], "function")
            return None if lexicon.posts.match(text, end) else Candidate(placed, end, head, prefix, prefix, "place")
        level = self._level(prefix)
        at = prefix - level
        if not level and (managing or not begins(text, at, lexicon)):
            return None
        if not level and self.nation and not (_ACTS.match(text, end) or text[at - 1 : at] == "由"):
            return None  # in a national document only as who acts
        scope = level and text[at - 1 : at] == "全"
        if (
            scope
            or self._generic(at)
            or COLLECTIVE.search(text[max(0, at - 20) : at])
            or _LISTED.search(text, max(0, at - 30), at)
            or (level and text[at - 1 : at] in ("我", "本"))
            or lexicon.posts.match(text, end)
        ):
            return None
        return Candidate(at, end, Head(text[prefix:end], "function"), prefix, prefix, "level" if level else "")
