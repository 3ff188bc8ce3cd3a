"""Joins lines that a page width (or a habit of one sentence a line) has cut, back into paragraphs.

In: the lines of one document as printed. Out: which line ends are no paragraph ends. Touches nothing.

Two sources of wrong line ends are known:
- a page's width: most lines are as wide as the widest; some PDF text layers also break a printed line
  into fragments at its punctuation, so that fragments are first added up to the width of a line;
- one sentence a line (scraped pages): lines belong to the item whose label opened it.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from policyparse.labels import label_at

TERMINAL = "。！？!?；;：:"
CLOSING = "”’」』）)】〕]》>"
OPENING = "“‘「『（(【〔[《<"
COMMAS = "，,、（(《“〔"
NEVER_FIRST = "，。、；：！？）》”〕】,;)"
_DATE_LINE = re.compile(
    r"[（(]?\s*(?:[12]\d{3}|[一二][〇○Ο零一二三四五六七八九]{3})\s*年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*月"
    r"(?:\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?\s*[）)]?(?:印发)?"
)
_NUMBER_LINE = re.compile(r"[^，。；：]{0,20}[〔\[【（(]\s*(?:19|20)\d{2}\s*[〕\]】）)]\s*(?:第\s*)?\d{1,5}\s*号")
_NOTE = re.compile(r"[（(](?:此件|本文|此文|联系人|信息公开)[^）)]{0,40}[）)]")
_DATE_AT_END = re.compile(r"[（(]\s*(?:19|20)\d{2}\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?\s*[）)]$")
_ANNEX = re.compile(r"附\s*件\s*[\d一二三四五六七八九十]{0,3}\s*[:：．.、]?")
_SALUTATION = re.compile(r"(?:各位|同志们|尊敬的)[^。]{0,30}[:：！!]?$")
# What the title of a carried document or an annex ends with
_TITLE_LINE = re.compile(
    r"(?:方案|办法|细则|规定|清单|目录|措施|意见|计划|要点|名单|条例|制度|规划)(?:[（(].{1,12}[）)])?$"
)
# An organ's name alone on its line, as in a signature
_ORGAN_LINE = re.compile(
    r"[一-鿿（）()]{2,24}(?:政府|委员会|办公[室厅]|[局厅部委院署办行]|公司|中心|协会|海关|委员会办公室|集团)"
)
_BRACKET_TAIL = re.compile(r"[（(〔\[［【]\s*(?:责任|牵头|配合|省|市|县|区|各|由|完成|此件)")
# A sentence has ended within the line and another is under way at its end
_UNDER_WAY = re.compile(r"[。！？](?=[^。！？]{3,}$)[^。！？]*[一-鿿]$")
# Labels that also stand within paragraphs, so that one at a line's beginning proves nothing.
RUN_IN = ("是", "(1)", "①")
# Widths in full-width characters. A line is full when it is at most SLACK narrower than the column: one
# character that would not fit, one that may not begin a line, an indent of two at a paragraph's start (where it may be
# one more); the gaps that layout puts around figures take half a character each.
SLACK = 3.0
NARROWEST, WIDEST = 18.0, 64.0
# Share of lines that must end at no sign of punctuation for the text to count as wrapped (besides, nine in ten
# must fit the column): of true paragraphs only headings and signatures end so.
WRAPPED_SHARE = 0.2


def width(line: str) -> float:
    """The printed width of `line` in full-width characters; a space counts nothing (layout puts it in and out)."""
    # ASCII takes one byte, Chinese three: counted by the encoder, ten times as fast as character by character
    narrow = (3 * len(line) - len(line.encode("utf-8", "surrogatepass"))) // 2
    return len(line) - narrow + 0.5 * (narrow - line.count(" "))


def joins(lines: Sequence[str]) -> list[bool]:
    """For each of `lines` (stripped, none empty): whether the next one goes on in the same paragraph."""
    if not lines:
        return []
    column = _column(lines)
    if column:
        return _join_wrapped(lines, column)
    if _sentence_a_line(lines):
        return _join_sentences(lines)
    return broken_off(lines)


def broken_off(lines: Sequence[str]) -> list[bool]:
    """What `joins` still finds where lines are paragraphs: publishers cut some into pieces that no width explains."""
    out = []
    paragraph = ""
    for line, following in itertools.pairwise(lines):
        paragraph += line
        out.append(_broken_off(paragraph, following))
        if not out[-1]:
            paragraph = ""
    return [*out, False]


def _broken_off(line: str, following: str) -> bool:
    """A paragraph that stops in the middle of its words, and the next line is its end.

    Either an item of running text that stops before its first sign of punctuation (一是希望 / 二要), which is no heading,
    or a second sentence under way that the next line ends.
    """
    if not line[-1].isalnum() or label_at(following):
        return False
    label = label_at(line)
    if label and label.style == "是" and len(line) < 12:
        return True
    return bool(_UNDER_WAY.search(line)) and following[-1] in "。；;！!" and not _starts_paragraph(following)


def _column(lines: Sequence[str]) -> float:
    """The width of the column that the text was wrapped in, 0 if it was not."""
    widths = [width(line) for line in lines]
    cut = [w for w, line in zip(widths, lines, strict=True) if w >= 2 and line[-1] not in TERMINAL + CLOSING + COMMAS]
    long = [w for w in widths if w >= NARROWEST]
    if len(long) < 5 or len(cut) < WRAPPED_SHARE * len(lines) or len(cut) < 4:
        return 0
    rounded = Counter(round(w) for w in long)
    # the commonest width; of two that are nearly as common, the wider
    most = max(rounded.values())
    column = float(max(value for value, count in rounded.items() if count >= 0.6 * most))
    within = sum(w <= column + 2 for w in widths)
    return column if NARROWEST <= column <= WIDEST and within >= 0.9 * len(lines) else 0


def _starts_paragraph(line: str) -> bool:
    label = label_at(line)
    return bool(
        (label and label.style not in RUN_IN)
        or _stands_alone(line)
        or _ANNEX.match(line)
        or line.startswith(("——", "--", "●", "■", "◆", "•"))
    )


def _stands_alone(line: str) -> bool:
    """Dates, document numbers and notes in brackets; a title with its date in brackets behind it."""
    return bool(
        _DATE_LINE.fullmatch(line)
        or _NUMBER_LINE.fullmatch(line)
        or _NOTE.fullmatch(line)
        or (line[-1] in "）)" and (date := _DATE_AT_END.search(line)) and date.start() > 8)
    )


def _ends_sentence(line: str) -> bool:
    return line.rstrip(CLOSING)[-1:] in TERMINAL or line[-1] in TERMINAL


def _join_wrapped(lines: Sequence[str], column: float) -> list[bool]:
    out = [False] * len(lines)
    printed = 0.0  # width of the printed line so far, of which lines[index] may be but a fragment
    first = 0  # where the paragraph began
    open_brackets = 0
    for index, line in enumerate(lines[:-1]):
        printed += width(line)
        if printed > column + 2:
            printed = width(line)
        open_brackets = max(open_brackets + _balance(line), 0)
        following = lines[index + 1]
        full = printed + 0.5 * line.count(" ") >= column - SLACK - (index == first)
        label = label_at(line)
        if _stands_alone(line) or _stands_alone(following):
            joined = False
        elif following[0] in NEVER_FIRST:
            joined = True
        elif label and label.end == len(line):
            joined = True  # a label alone: its text stands on the next line
        elif (open_brackets and index - first < 40 and not (label_at(following) and _ends_sentence(line))) or (
            _BRACKET_TAIL.match(following) and _ends_sentence(line)
        ):
            joined = True
        elif _starts_paragraph(following):
            # what looks like a label may be a wrapped line's beginning only where the sentence plainly goes on
            joined = full and line[-1] in COMMAS and not label_at(following)
        elif _ends_sentence(line) and _ORGAN_LINE.fullmatch(following):
            joined = False  # a signature
        elif line[-1] in "：:" and not full:
            joined = False  # an addressee, or the words before a list
        elif full or line[-1] in COMMAS:
            joined = True
        elif following[0] in OPENING and line[-1].isalnum() and not label and not _TITLE_LINE.search(line):
            joined = width(line) < 0.9 * column and not _ORGAN_LINE.fullmatch(line)
        elif _ends_sentence(line) or line[-1] in CLOSING or following[0] in OPENING:
            joined = _fills(lines, index + 1, printed, column)
        else:
            # Neither full nor at a sign of punctuation: a title or a heading ended here, unless a sentence is under way.
            under_way = index > first and any(sign in text for text in lines[first : index + 1] for sign in "，。；,;")
            joined = under_way or "。" in line
        out[index] = joined
        if not joined:
            first, open_brackets = index + 1, 0
        if not joined or (full and printed + width(following) > column + 1):
            printed = 0.0
    return out


def _fills(lines: Sequence[str], index: int, printed: float, column: float) -> bool:
    """Whether the lines from `index` on, put behind what is printed, make up one printed line.

    A fragment that ends at no sign of punctuation ended with its printed line.
    """
    total = printed
    ended = _ends_sentence(lines[index - 1])
    while index < len(lines):
        if _starts_paragraph(lines[index]) or (ended and _ORGAN_LINE.fullmatch(lines[index])):
            return False
        total += width(lines[index])
        if total > column + 2:
            return False
        if total >= column - SLACK:
            return True
        if not _ends_sentence(lines[index]) and lines[index][-1] not in COMMAS + CLOSING:
            following = lines[index + 1] if index + 1 < len(lines) else ""
            if following[:1] not in (*OPENING, ""):
                return total >= (0.85 if _TITLE_LINE.search(lines[index]) else 0.65) * column
        index += 1
    return False


_OPEN, _CLOSE = "（(《〔【“[［", "）)》〕】”]］"


def _balance(line: str) -> int:
    return sum(map(line.count, _OPEN)) - sum(map(line.count, _CLOSE))


def _sentence_a_line(lines: Sequence[str]) -> bool:
    """Whether nearly every line is one whole sentence: 12 lines or more, few with a sentence end inside."""
    if len(lines) < 12:
        return False
    ended = sum(line[-1] in "。！？!?；;：:”" for line in lines)
    inside = sum(bool(re.search(r"[。！？](?=[^”’）)])", line)) for line in lines)
    return ended >= 0.85 * len(lines) and inside <= 0.08 * len(lines)


def _join_sentences(lines: Sequence[str]) -> list[bool]:
    """An item's sentences are one paragraph; a heading without a full stop keeps its line, its text is one below it."""
    out = [False] * len(lines)
    in_item = False
    for index, line in enumerate(lines[:-1]):
        following = lines[index + 1]
        label = label_at(line)
        if label:
            in_item = True
        elif _SALUTATION.match(line) or line.startswith(("同志们", "各位")):
            in_item = False
        heading = label is not None and not _ends_sentence(line)
        starts = label_at(following) or _SALUTATION.match(following) or following.startswith(("同志们", "各位"))
        out[index] = in_item and not heading and not starts
    return out
