"""Lists of names and of powers, taken apart: which coordinated parts stand alone, which share one head.

In: a stretch of text, the mentions known in it, the vocabulary. Out: the parts as printed, in order.
Touches nothing.

annotation.md §6: heads are split (财务管理、干部任免、年度考核 are three); modifiers under one head are one
(…等事项的许可权), and so is a list under one shared head (民政、社保等服务事项).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from policyparse.vocabulary import Vocabulary

_BRACKETS = {"（": 1, "(": 1, "〔": 1, "【": 1, "“": 1, "《": 1, "〈": 1, "）": -1, ")": -1, "〕": -1, "】": -1}
_BRACKETS |= {"”": -1, "》": -1, "〉": -1}
_JOIN = re.compile(r"以及|及其|和|及|与|或|、|，|,|；|;|/|[（(〔【［“《〈）)〕】］”》〉]")
_TAIL = re.compile(
    r"等(?!级|候|额|次|同)(?:[^等、，,；;]{0,14}?(?:部门|单位|机构|处室|科室|机关|组织|团体|地方|地区)(?:[（(]单位[)）])?"
    r"(?:[和及与]各[一-鿿（）()]{1,12})?)?$"
)
# 各市、县（区）人民政府 is one collective, whatever stands between
_COLLECTIVE = re.compile(
    "各(?:地级以上)?[省市州盟区县旗乡镇（）()〔〕〈〉、和及]{1,16}级?(?:人民政府|政府|管委会|[一-鿿]{2,8}?局)"
)
# 区县（市）政府: a level's governments without 各
# 县改革工作领导小组各成员单位: who they are is laid down
_MEMBERS = re.compile("[一-鿿]{2,}(?:领导小组|联席会议|指挥部|专班)各?成员单位")
_LEVEL = "(?:[省市州盟区县旗乡镇]|街道)"
_LEVELS = re.compile(f"(?:{_LEVEL}[、（(]?){{1,4}}{_LEVEL}[)）]?(?:人民)?政府")


def cuts(text: str, conjunctions: bool = True) -> list[tuple[int, int]]:
    """Top-level parts of a list: offsets between its separators, brackets and quotes kept whole."""
    parts, start, depth = [], 0, 0
    for match in _JOIN.finditer(text):
        sign = match.group()
        if sign in _BRACKETS:
            depth = max(depth + _BRACKETS[sign], 0)
        elif depth == 0 and (conjunctions or sign in "、，,；;") and (match.start() > start or sign in "、，,；;"):
            parts.append((start, match.start()))
            start = match.end()
    parts.append((start, len(text)))
    return parts


def split_list(text: str, stands_alone: Callable[[str], bool]) -> list[str]:
    """The parts of a coordination; a 和/及/与 divides only where `stands_alone` holds for what is on both sides.

    住房和城乡建设局 stays whole (住房 is no organ); 水务局和财政局 is two.
    """
    out: list[str] = []
    for begin, end in cuts(text, conjunctions=False):
        piece = text[begin:end]
        marks = [(a, b) for a, b in cuts(piece)]
        start = 0
        for (_, left_end), (right_start, _) in pairwise(marks):
            left, right = piece[start:left_end], piece[right_start:]
            if left and right and stands_alone(left) and stands_alone(right):
                out.append(left)
                start = right_start
        out.append(piece[start:])
    return [part.strip(" 　\n\t") for part in out if part.strip(" 　\n\t")]


class Names:
    """Splits lists of units (市财政局、税务局等有关部门) and tells definite ones from classes."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.endings = tuple(vocabulary.terms("organ_endings"))
        self.bad_ends = tuple(
            word for row in vocabulary.table("organ_endings") for word in row["counter_example"].split() if word
        )
        self.starts = tuple(vocabulary.terms("responsibility_generic", match="start"))
        self.ends = tuple(vocabulary.terms("responsibility_generic", match="end"))
        self.whole = frozenset(vocabulary.terms("responsibility_generic", match="whole"))

    def is_organ(self, name: str) -> bool:
        """Whether `name` ends as names of organs do."""
        tail = _TAIL.search(name)
        if tail and tail.start() and ("单位" in tail.group() or "部门" in tail.group()):
            return True  # …、宜林车务段等单位: whatever its own last word is
        bare = _TAIL.sub("", name)
        bare = re.sub(r"[（(][^（()）]*[)）]$", "", bare)
        return (bare.endswith(self.endings) and not bare.endswith(self.bad_ends)) or name.endswith(("部门", "单位"))

    def is_generic(self, name: str) -> bool:
        """Whether `name` is a class or a collective (有关部门, 各成员单位), not a definite organ."""
        if _MEMBERS.fullmatch(name):
            return False
        return (
            name in self.whole
            or name.startswith(self.starts)
            or name.endswith(self.ends)
            or _LEVELS.fullmatch(name) is not None
        )

    def is_governments(self, name: str) -> bool:
        """各县（区）人民政府: a collective that stays beside definite organs (annotation.md §7)."""
        governments = name.endswith(("政府", "管委会", "街道办事处", "街道", "乡镇", "镇"))
        return governments and (name.startswith("各") or _LEVELS.fullmatch(name) is not None)

    def units(self, text: str) -> list[str]:
        """The units of a list, as printed; classes are left out, 各X政府 only where nothing definite stands beside."""
        text = _COLLECTIVE.sub(lambda match: match.group().translate(_SHIELD), text)
        parts = [part.translate(_UNSHIELD) for part in split_list(text, self.is_organ)]
        names: list[str] = []
        for part in parts:
            name = re.sub(r"^(?:由|并由|其中|以及|和|及|与)(?=[^\s])", "", part)
            name = _TAIL.sub("", name).strip(" 　、，,")
            if len(name) >= 2 and name not in names:
                names.append(name)
        definite = [name for name in names if not self.is_generic(name)]
        if not definite:
            return []
        return [name for name in names if not self.is_generic(name) or self.is_governments(name)]


_SHIELD = str.maketrans({"和": "\ue000", "及": "\ue001", "与": "\ue002", "、": "\ue003"})
_UNSHIELD = str.maketrans({"\ue000": "和", "\ue001": "及", "\ue002": "与", "\ue003": "、"})
