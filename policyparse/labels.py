"""The printed labels of numbered headings and items: 第一章, 一、, （一）, 1., (1), ①, 一是.

In: a line or a text. Out: labels with their style and number. Touches nothing. Pure grammar (GB/T 9704—2012, 7.3.3:
一、 then （一） then 1. then （1）; statutes by 编、章、节、条; speeches by 一是 and 一要).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from policyparse.numerals import chinese_to_int

HAN_NUMBER = "[〇零一二三四五六七八九十百]{1,5}"


class Label(NamedTuple):
    """A printed label: where it stands, how it is printed, its style (see RANK) and its number."""

    start: int
    end: int
    text: str
    style: str
    number: int


# The usual order of the styles from the outside in; `是` (一是, 一要) may stand below any of them.
RANK = {"编": 0, "章": 1, "节": 2, "条": 3, "一、": 4, "（一）": 5, "1.": 6, "(1)": 7, "①": 8, "a": 9, "是": 10}

_LINE = re.compile(
    rf"""[ \t　]*(?:
      (?P<law>第[ 　]*(?P<law_number>{HAN_NUMBER}|\d{{1,4}})[ 　]*(?P<law_kind>[编章节条])(?![的规例款]|之))
    | (?P<paren>[（(]\s*(?P<paren_number>{HAN_NUMBER})\s*[)）])[、.．]?
    | (?P<han>(?P<han_number>{HAN_NUMBER})\s*(?:、|[．.](?!\d)|[ 　](?=[^\d\s])))
    | (?P<point>[一二三四五六七八九十]{{1,3}}(?P<point_kind>是(?![一二三四五六七八九十][、，,。])|要(?!求)))
    | (?P<ordinal>第(?P<ordinal_number>{HAN_NUMBER})、)
    | (?P<digit_paren>[（(]\s*(?P<digit_paren_number>\d{{1,2}})\s*[)）])
    | (?P<half_paren>(?P<half_paren_number>\d{{1,2}})\s*[)）])
    | (?P<digit>(?P<digit_number>\d{{1,3}})\s*[、．.](?![\d．.]))
    | (?P<circle>[①-⑳㈠-㈩⑴-⒇])[、.．]?
    | (?P<letter>[A-Za-zＡ-Ｚ][、.．](?=[^\w\s]|[一-鿿]))
    )""",
    re.VERBOSE,
)
# In running text: after the end of a sentence or part of one, or at the paragraph's beginning.
_INLINE = re.compile(
    r"""(?<![^。；;：:，,！!？?、\s”"）)】])(?:
      (?P<point>[一二三四五六七八九十]{1,3}(?P<point_kind>是(?![一二三四五六七八九十][、，,。])|要(?!求)))
    | (?P<digit_paren>[（(]\s*(?P<digit_paren_number>\d{1,2})\s*[)）])
    | (?P<paren>[（(]\s*(?P<paren_number>[一二三四五六七八九十]{1,3})\s*[)）])
    | (?P<digit>(?P<digit_number>\d{1,2})[、．](?!\d))
    | (?P<dot>(?P<dot_number>\d{1,2})\.(?=[一-鿿]))
    | (?P<circle>[①-⑳])
    )""",
    re.VERBOSE,
)
_CIRCLES = {chr(0x2460 + n): n + 1 for n in range(20)} | {chr(0x3220 + n): n + 1 for n in range(10)}
_CIRCLES |= {chr(0x2474 + n): n + 1 for n in range(20)}


def label_at(line: str) -> Label | None:
    """The label with which `line` begins, or None. Offsets into `line`; `text` without white space."""
    match = _LINE.match(line)
    return _label(match) if match else None


def inline_labels(text: str, start: int = 0, end: int | None = None) -> list[Label]:
    """Every word in text[start:end] that could be an item's label in running text (series are the caller's work)."""
    found = (_label(m) for m in _INLINE.finditer(text, start, len(text) if end is None else end))
    return [label for label in found if label]


def _label(match: re.Match[str]) -> Label | None:
    groups = match.groupdict()
    kind = next(k for k in _STYLE if groups.get(k))
    printed = groups[kind]
    style = _STYLE[kind]
    if kind == "law":
        style = groups["law_kind"]
        number = _number(groups["law_number"])
    elif kind == "circle":
        number = _CIRCLES[printed]
    elif kind == "letter":
        number = ord(printed[0].upper()) - 64 if printed[0].isascii() else ord(printed[0]) - 0xFF20
    elif kind == "point":
        number = _number(printed[:-1])
    else:
        number = _number(groups[f"{kind}_number"])
    if number is None:
        return None
    start = match.start(kind)
    return Label(start, match.end(), re.sub(r"\s", "", match.group()[start - match.start() :]), style, number)


_STYLE = {
    "law": "", "paren": "（一）", "han": "一、", "point": "是", "ordinal": "一、", "digit_paren": "(1)",
    "half_paren": "(1)", "digit": "1.", "dot": "1.", "circle": "①", "letter": "a",
}  # fmt: skip


def _number(text: str) -> int | None:
    try:
        return chinese_to_int(text)
    except ValueError:
        return None
