"""Titles of annexed documents, printed without 《》: no mention and no time point stands in them (annotation guide §4, §5).

In: a text. Out: spans. Touches nothing.

Two places hold them: the list behind 附件： (附件：1.…工作方案), and the lines under an annex mark that stands alone.
"""

from __future__ import annotations

import re

_KIND = (
    r"(?:方案|办法|规定|规则|细则|意见|通知|规划|计划|要点|清单|目录|名单|一览表|[表图册]|样式|式样|范本|标准|指南|制度|措施|台账|总结"
    r"|报告|章程|协议|决定|纲要|说明|分工|职责)"
)
_TAIL = r"(?:[（(][^（()）\n]{1,12}[)）])?(?:\.(?:docx?|xlsx?|pdf|wps))?[。；;]?[ \t\u3000]*(?=\n|\Z)"
_LISTED = re.compile(
    rf"(?:^|\n)[ \t\u3000]*附件?[ \t\u3000]*[0-9一二三四五六七八九十]{{0,3}}[：:][ \t\u3000]*(?P<title>[^\n。；：:]{{4,80}}?{_KIND}){_TAIL}"
)
_NEXT = re.compile(rf"\n[ \t\u3000]*[0-9]{{1,2}}[.．、][ \t\u3000]*(?P<title>[^\n。；：:]{{4,80}}?{_KIND}){_TAIL}")
_MARK = re.compile(r"(?:^|\n)[ \t\u3000]*附件[ \t\u3000]*[0-9一二三四五六七八九十]{0,3}[：:]?[ \t\u3000]*(?=\n)")
_HEADED = re.compile(
    rf"(?P<title>(?:\n[ \t\u3000]*[^\n。；：:，]{{2,40}}){{0,2}}?\n[^\n。；：:]{{1,60}}?{_KIND}){_TAIL}"
)
# An annex list is at most so long.
_MAX_LIST = 30


def annex_titles(text: str) -> list[tuple[int, int]]:
    """(start, end) of every title in a list of annexes or at an annex's head, in text order."""
    spans: list[tuple[int, int]] = []
    for match in _LISTED.finditer(text):
        spans.append(match.span("title"))
        end = match.end()
        for _ in range(_MAX_LIST):
            following = _NEXT.match(text, end)
            if following is None:
                break
            spans.append(following.span("title"))
            end = following.end()
    for mark in _MARK.finditer(text):
        headed = _HEADED.match(text, mark.end())
        if headed is not None:
            spans.append(headed.span("title"))
    return sorted(spans)
