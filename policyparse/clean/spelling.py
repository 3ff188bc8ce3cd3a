"""Repairs within the line: pinyin glosses, page numbers left in the text, white space that layout put in.

In: a document's text. Out: edits to it, each with its reason. Touches nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from policyparse.clean.mending import Edit

_HAN = "一-鿿"
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# 轉(zhuǎn): what the tone-marking plug-ins of scraped sites leave behind a character
_GLOSS = re.compile(rf"(?<=[{_HAN}])[(（][a-zü{_TONED}]{{1,7}}[)）]")
_TONE = re.compile(f"[{_TONED}]")
# a number between words that no measure word follows: 领导干 4 部任期, 分队、2 市粮食管理储备局
_STRAY = re.compile(
    rf"(?:(?<=[{_HAN}])[ \t　]+|(?<=[、，。；：,;]))(\d{{1,3}})[ \t　]+(?=[{_HAN}](?<![个项年月日号条家人次万亿元所名种类级层倍吨亩公平小时周天季期届章节款度位套件批座处户千百十]))"
)
_END_NUMBER = re.compile(r"(?<=[。！；：”])\s*[—–-]{1,2}\s*\d{1,4}\s*[—–-]{1,2}\s*$", re.MULTILINE)
# White space as Unicode has it, and the signs without width that editors and web pages leave behind
WHITE = " \t\n\r\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
WHITE += "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_SPACE = re.compile(f"[{re.escape(WHITE.replace(chr(10), ''))}]+")
_SIGNED_DATE = re.compile(r"(?:[12]\d{3}|[一二][〇○Ο零一二三四五六七八九]{3})\s*[年.\-]")
LONG_LINE = 36  # a line longer than a title: white space in it comes from layout


def glosses(text: str) -> list[Edit]:
    """Takes out pinyin in brackets behind a character, where at least three with tone marks show the habit."""
    if "(" not in text and "（" not in text:
        return []
    found = list(_GLOSS.finditer(text))
    if sum(bool(_TONE.search(m.group())) for m in found) < 3:
        return []
    return [Edit(m.start(), m.end(), "", "pinyin-gloss") for m in found]


def stray_numbers(text: str) -> list[Edit]:
    """Takes out page numbers that stand within paragraphs: two or more that run upwards, far apart."""
    run: list[re.Match[str]] = []
    for match in _STRAY.finditer(text):
        number = int(match[1])
        if not run or (int(run[-1][1]) < number <= int(run[-1][1]) + 4 and match.start() - run[-1].start() > 250):
            run.append(match)
    edits = [Edit(m.start(), m.end(), "", "page-number") for m in run] if len(run) >= 2 else []
    edits += [Edit(m.start(), m.end(), "", "page-number") for m in _END_NUMBER.finditer(text)]
    edits.sort()
    return edits


def spaces(text: str, rows: Set[int] = frozenset()) -> list[Edit]:
    """Takes out white space between Chinese words and figures; where it sets words apart in a short line it stays.

    rows: where lines begin that are rows of a table: a tab in them parts two cells and stays, two of them an empty one
    """
    return list(_spaces(text, rows))


def _spaces(text: str, rows: Set[int]) -> Iterator[Edit]:
    line_start, line_end = 0, -1
    row = False
    for match in _SPACE.finditer(text):
        start, end = match.span()
        if start > line_end:
            line_start = text.rfind("\n", 0, start) + 1
            line_end = text.find("\n", start)
            line_end = len(text) if line_end < 0 else line_end
            long = line_end - line_start > LONG_LINE
            row = line_start in rows
            spaced_out = not row and _spaced_out(text[line_start:line_end])
        if row and "\t" in match.group() and line_start < start and end < line_end:
            yield from (Edit(at, at + 1, "", "space") for at in range(start, end) if text[at] != "\t")
            continue
        before, after = text[start - 1 : start], text[end : end + 1]
        if _latin(before) and _latin(after):
            if end - start > 1 or match.group() != " ":
                yield from _single(match)
        elif spaced_out or start == line_start or end == line_end or (before.isdigit() and not _latin(after)):
            yield Edit(start, end, "", "space")
        elif after.isdigit() and _SIGNED_DATE.match(text, end) and not long:
            yield from _single(match)  # 某某镇人民政府 2010年4月27日
        elif long or after.isdigit() or not (_word(before) and _word(after)):
            yield Edit(start, end, "", "space")
        else:
            yield from _single(match)


def _single(match: re.Match[str]) -> Iterator[Edit]:
    """Makes the stretch one plain space."""
    if match.group() == " ":
        return
    yield Edit(match.start(), match.start() + 1, " ", "space")
    yield Edit(match.start() + 1, match.end(), "", "space")


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _word(character: str) -> bool:
    return character.isalnum()


def _spaced_out(line: str) -> bool:
    """通　　知, 绥 阳 县 人 民 政 府: nearly every word of the line is one character."""
    words = line.split()
    return len(words) >= 2 and sum(len(word) == 1 for word in words) >= max(2, 0.7 * len(words))
