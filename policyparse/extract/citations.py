"""Citations of other documents: 《…》 with its number, and bare numbers (东府办〔2009〕145号文).

In: an Outline, the vocabulary. Out: Citation records, in order. Touches nothing.

A short name that the document gives (以下简称《纲要》) is no citation of its own; where it is used, the record
carries the full title and number. Numbers have the form of GB/T 9704—2012, 7.2.5 (发文字号: code, year in 〔〕,
number), their brackets normalised to 〔〕; orders (国务院令第412号) are numbers too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache

from policyparse.extract.citation_context import cited
from policyparse.extract.confidence import made_by
from policyparse.model import Citation
from policyparse.passing import Outline
from policyparse.vocabulary import Vocabulary

# 〔〕 are the standard's brackets; the others stand for them in web pages and old conversions.
_OPEN, _CLOSE = "〔\\[【（(［﹝„「〈", "〕\\]】）)］﹞‟」〉‟"
_NUMBER = re.compile(
    rf"[{_OPEN}]\s*(?P<year>(?:19|20)?\d\d)\s*年?[{_CLOSE}]\s*(?P<after>[一-鿿]{{0,6}}字)?\s*第?\s*(?P<number>\d{{1,5}})\s*号"
    r"|(?P<order>令)\s*[（(]?第\s*(?P<which>[一二三四五六七八九十百零〇\d]{1,6})\s*号[）)]?"
)
_CODE = re.compile(r"[一-鿿]{1,14}\s*$")
_ORDER_OF = re.compile(r"(?:中华人民共和国)?(?:国务院|主席|[一-鿿]{2,10}?(?:政府|部|委|局|委员会|总署|总局))(?:公告)?$")
# Words in front of a number's code that are no part of it (根据国发〔2009〕5号).
_NOT_CODE = re.compile(
    r".*(?:根据|按照|依照|依据|遵照|参照|贯彻|落实|执行|转发|印发|下发|关于|文件|[据照按以和及与见即由在对经了将是为的于号《》])"
)
_MARK = re.compile("[《》\n]")
_ALIAS = re.compile(r"(?:以下|下)?(?:简称|统称)(?:为)?[“”\"']?$")
# 你市关于…的请示（国科发高〔2018〕235号）: a title that has no marks, as replies cite what they answer
_UNMARKED = re.compile(
    r"(关于[^，,。；;：:\n（(《》]{2,60}(?:请示|报告|函|通知|批复|意见|决定|方案|办法|规定|纪要|公告|通报))[（(〔【]\s*$"
)
_BETWEEN = re.compile(r"\s*[（(〔\[【，,]?\s*(?:即|下同|文号[:：]?)?\s*$")


@cache
def _not_documents(vocabulary: Vocabulary) -> tuple[str, ...]:
    return vocabulary.terms("citation_not_documents")


def citations(outline: Outline, vocabulary: Vocabulary) -> list[Citation]:
    """Every document that the text cites, in order; none in the document's own title lines.

    text/start/end cover 《…》 and a number that stands beside it; title is without the book marks ("" for a bare
    number); doc_number is None where none is printed.
    """
    text = outline.text
    titles = _titles(text)
    numbers = [found for match in _NUMBER.finditer(text) if (found := _number(text, match))]
    used: set[int] = set()
    out: list[Citation] = []
    full: dict[str, tuple[str, str | None]] = {}
    last: tuple[str, str | None] | None = None
    at = 0
    for start, end in titles:
        title = re.sub(r"\s+", "", text[start + 1 : end - 1])
        if not title:
            continue
        if _ALIAS.search(text, max(0, start - 8), start):
            if last:
                full[title] = last
            continue
        while at < len(numbers) and numbers[at][1] <= start - 2:
            at += 1
        number: str | None = None
        first, stop = start, end
        for index in range(max(at - 1, 0), min(at + 3, len(numbers))):
            a, b, written = numbers[index]
            if index in used:
                continue
            if a >= end and _close_by(text, end, a):
                number, stop = written, _with_bracket(text, b, end)
            elif b <= start and not text[b:start].strip("文，, ") and "\n" not in text[b:start]:
                number, first = written, a
            else:
                continue
            used.add(index)
            break
        if title.endswith(_not_documents(vocabulary)) and number is None:
            continue
        title, number = full.get(title, (title, number)) if number is None else (title, number)
        last = (title, number)
        if outline.in_title(start, end):
            continue
        out.append(_citation(outline, first, stop, title, number, "titled", vocabulary))
    own = outline.facts.doc_number
    for index, (a, b, number) in enumerate(numbers):
        if index in used or outline.in_title(a, b) or number == own or _inside(titles, a):
            continue
        unmarked = _UNMARKED.search(text, max(0, a - 80), a)
        if unmarked and text[b : b + 1] in "）)〕】":
            title = re.sub(r"\s+", "", unmarked.group(1))
            out.append(_citation(outline, unmarked.start(1), b + 1, title, number, "unmarked", vocabulary))
        else:
            out.append(_citation(outline, a, b + (text[b : b + 1] == "文"), "", number, "number", vocabulary))
    out.sort(key=lambda citation: citation.start)
    return out


def _titles(text: str) -> list[tuple[int, int]]:
    """The outermost 《…》 of each line, brackets included."""
    out: list[tuple[int, int]] = []
    depth = start = 0
    for match in _MARK.finditer(text):
        sign = match.group()
        if sign == "《":
            if depth == 0:
                start = match.start()
            depth += 1
        elif sign == "》":
            if depth:
                # 《关于印发<细则》的通知》: the outer mark closes last, so look whether another follows before 《
                depth -= 1
                if depth == 0:
                    out.append((start, match.end()))
        else:
            depth = 0
    return out


def _close_by(text: str, end: int, start: int) -> bool:
    return start - end <= 10 and bool(_BETWEEN.match(text[end:start])) and "\n" not in text[end:start]


def _with_bracket(text: str, end: int, since: int) -> int:
    opened = re.search("[（(〔【]", text[since : since + 6])
    return end + 1 if opened and text[end : end + 1] in "）)〕】" else end


def _number(text: str, match: re.Match[str]) -> tuple[int, int, str] | None:
    """Start, end and normal form (国发〔2009〕5号, 国务院令第412号) of a number, its code included; None without a code."""
    start = match.start()
    if match.group("order"):
        of = _ORDER_OF.search(text, max(0, start - 20), start)
        if not of:
            return None
        cut = None if of.group().startswith("中华人民共和国") else _NOT_CODE.match(of.group())
        begin = of.start() + (cut.end() if cut and cut.end() < len(of.group()) else 0)
        return begin, match.end(), f"{text[begin:start]}令第{match.group('which')}号"
    code = _CODE.search(text, max(0, start - 16), start)
    begin = start
    if code:
        cut = _NOT_CODE.match(code.group())
        begin = code.start() + (cut.end() if cut else 0)
    words = re.sub(r"\s+", "", text[begin:start])
    if not words and not match.group("after"):
        return None
    return begin, match.end(), f"{words}〔{match.group('year')}〕{match.group('after') or ''}{match.group('number')}号"


def _inside(spans: Sequence[tuple[int, int]], offset: int) -> bool:
    index = bisect_right(spans, (offset, len(spans) and spans[-1][1])) - 1
    return index >= 0 and offset < spans[index][1]


def _citation(
    outline: Outline, start: int, end: int, title: str, number: str | None, rule: str, vocabulary: Vocabulary
) -> Citation:
    context = cited(outline.text, start, end, title, number, outline.facts, vocabulary)
    return Citation(
        text=outline.text[start:end],
        title=title,
        doc_number=number,
        issuer=context.issuer,
        date=context.date,
        superior=context.superior,
        relation=context.relation,
        start=start,
        end=end,
        clause=outline.clause_at(start),
        **made_by("citations", rule, vocabulary),
    )
