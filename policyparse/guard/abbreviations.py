"""Short names that are used before the text introduces them, or that nothing introduces.

In: a Draft. Out: Findings. Touches nothing.

以下简称 gives a short name from there on. A 《细则》 that no fuller title before it explains was cut loose from its
basis, as happens where a paragraph is taken over and the one before it is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policyparse.guard.draft import Draft
from policyparse.guard.findings import Finding, Said
from policyparse.structure import lines as roles

_INTRODUCED = re.compile(
    r"以下(?:统一|均|分别)?(?:简称|统称)(?:为)?\s*[:：]?\s*(?P<open>[“\"《『「]?)(?P<name>[^”\"》』」）)，,。；;、\n]{2,20})"
)
#: 《办法》, 《实施意见》: a title that is no more than a kind of document.
_BARE = re.compile(
    r"《(?P<name>(?:若干|实施|指导|工作|管理|暂行|试行|行动|总体|具体|改革|试点)?"
    r"(?:意见|办法|细则|方案|通知|规定|规划|纲要|条例|决定|计划|清单|目录|公告|批复|协议|报告|要点|制度|标准|规范|指南|规则|措施|若干措施|若干意见))》"
)
# What stands before a name that is used by itself and not as the end of a longer one (成立…改革领导小组).
_FREE = re.compile(r"(?:^|[^一-鿿\w”》）)]|[由向报经的和与及对在将把请按照据各是为于并、至给])$")
_SHORTEST = 3
# What stands before a title in marks that nothing else explains.
_TAKEN = re.compile(
    r"(?:^|[^一-鿿\w]|按照|根据|依据|依照|遵照|对照|落实|贯彻|执行|印发|下发|发布|实施|以及|符合|[按据照以和及与对在由])$"
)


def abbreviations(draft: Draft) -> Iterator[Finding]:
    """Short names before their introduction, and bare titles that nothing explains."""
    introduced: dict[str, int] = {}
    for match in _INTRODUCED.finditer(draft.text):
        name = match["name"].strip()
        quoted = bool(match["open"])
        if name in introduced:
            continue
        introduced[name] = match.start()
        if (len(name) < _SHORTEST and not quoted) or any(name in title for title in _own(draft)):
            continue
        used = _used_before(draft, name, match.start(), "《" if match["open"] == "《" else "")
        if used is not None:
            start, end = used
            yield draft.finding(
                "abbreviation", start, end,
                Said(
                    f"“{name}” is used here and introduced only later",
                    f"“{name}”在此处已经使用，到后文才写“以下简称”",
                ),
                Said("give the full name here and the short name with it", "在首次出现处写全称并注明简称"), 0.8,
            )  # fmt: skip
    yield from _unexplained(draft, introduced)


def _own(draft: Draft) -> tuple[str, str]:
    return draft.document.title, draft.document.cover_title or ""


def _used_before(draft: Draft, name: str, until: int, opening: str) -> tuple[int, int] | None:
    """The first use of a short name in body text before `until`; None where it is only part of a longer name."""
    words = f"{opening}{name}{'》' if opening else ''}"
    at = draft.text.find(words, 0, until)
    while at >= 0:
        line = draft.line_at(at)
        before = draft.text[max(line.start, at - 60) : at]
        free = opening or (_FREE.search(before[-1:]) and "《" not in before.rpartition("》")[2])
        itself = not draft.text[at + len(words) : until].strip('（(“”"')  # 热线的承办单位（以下简称承办单位）
        if line.role == roles.BODY and free and not itself:
            return at, at + len(words)
        at = draft.text.find(words, at + len(words), until)
    return None


def _unexplained(draft: Draft, introduced: dict[str, int]) -> Iterator[Finding]:
    """《细则》 where no title before it, nor the document's own, ends so."""
    if draft.document.kind in ("speech", "briefing"):
        return  # the audience has it before them
    seen: set[str] = set()
    for match in _BARE.finditer(draft.text):
        name = match["name"]
        line = draft.line_at(match.start())
        if name in seen or name in introduced or line.role != roles.BODY:
            continue
        seen.add(name)
        if not _TAKEN.search(draft.text[max(line.start, match.start() - 4) : match.start()]):
            continue  # 营商环境突破年《实施意见》 says which
        # a title whose last words these are, anywhere before, or in the document's own name
        if any(name in title for title in _own(draft)) or _full_before(draft.text, name, match.start()):
            continue
        yield draft.finding(
            "abbreviation", match.start(), match.end(),
            Said(
                f"nothing before it says which document “{match[0]}” is",
                f"前文没有交代“{match[0]}”是哪一份文件",
            ),
            Said("give its full title and number", "写明文件全称和文号"), 0.8,
        )  # fmt: skip


def _full_before(text: str, name: str, until: int) -> bool:
    kind = re.escape(name)
    return bool(
        re.search(
            rf"{kind}[^《》\n]{{0,12}}[》〉]|(?:制定|拟订|起草|研究|形成|提出|签订|编制|出台)[^。\n]{{0,30}}{kind}",
            text[:until],
        )
    )
