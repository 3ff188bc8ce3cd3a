"""What each line of a document is: title, number, addressee, body, signature … (GB/T 9704—2012, chapter 7).

In: a CleanText. Out: a role for each line. Touches nothing.

An official document runs: title, number, addressee, body, annex note, signature, date, note in brackets; a covering
notice is followed by what it carries, under a title of its own. A speech has a date, a speaker and a salutation
under its title.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from policyparse.labels import label_at
from policyparse.passing import CleanText
from policyparse.vocabulary import Vocabulary

TITLE, COVER_TITLE, SUBTITLE, NUMBER, DATE, UPLOAD_DATE = "title", "cover-title", "subtitle", "number", "date", "upload"
SPEAKER, ADDRESSEE, SALUTATION, BODY, ANNEX, SIGNATURE = "speaker", "addressee", "salutation", "body", "annex", "sign"
NOTE, CONTENTS, TABLE, IMPRINT, ENACTED = "note", "contents", "table", "imprint", "enacted"

_YEAR = r"(?:(?:19|20)\d{2}|[一二][〇○Ο零0一二三四五六七八九]{3})"
_MONTH_DAY = r"\s*年\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*月(?:\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})\s*日)?"
DATE_TEXT = re.compile(_YEAR + _MONTH_DAY)
DATE_LINE = re.compile(
    rf"[（(]?\s*(?:时间[:：])?\s*{_YEAR}{_MONTH_DAY}\s*(?:[一-鿿]{{2,4}}整理|通过|[上下]午)?\s*[）)]?(?:印发)?"
)
# 题注: which body passed, approved, promulgated or amended a statute, and when (立法技术规范: under the title)
ENACTED_LINE = re.compile(
    rf"[（(]?\s*(?P<date>{_YEAR}{_MONTH_DAY})\s*(?P<body>.{{0,160}}?)"
    r"(?P<act>通过|批准|修订|修正|修改|公布|发布|颁布|公告|施行|实施|起施行|废止)(?:并施行|施行|公布|发布)?\s*[）)]?"
)
# a site's own date: figures with dashes or strokes, often with the hour
UPLOAD_LINE = re.compile(r"(?:19|20)\d{2}[-/]\d{1,2}[-/]\d{1,2}(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")
# the whole of a line, or what follows other front matter
NUMBER_LINE = re.compile(
    r"[（(]?(?P<organ>[一-鿿A-Za-z（）()×X?？*-]{1,16}?)\s*(?:[〔\[【（(［]|﹝)\s*(?P<year>(?:19|20)\d{2})\s*(?:[〕\]】）)］]|﹞)"
    r"\s*(?:第\s*)?(?P<number>\d{1,5}|[?？×X]{1,3})\s*号[）)]?"
)
ORDER_NUMBER = re.compile(r"(?P<organ>[一-鿿]{0,12})第?\s*(?P<number>\d{1,4})\s*号")
NOTE_LINE = re.compile(
    r"[（(](?:此件|本文|联系人|联系电话|公开方式|此文|信息公开|注[:：]|共印|讨论稿|征求意见稿|送审稿|草案|修改稿|录音整理|定稿).{0,60}[）)]"
    r"|公开方式[:：].{2,10}|[（(].{2,60}代章[）)]"
)
ANNEX_LINE = re.compile(r"附\s*件\s*(?:[\d一二三四五六七八九十]{0,3})\s*(?:[:：.．、]|\s|$)")
_ANNEX_HEAD = re.compile(r"附\s*件\s*[\d一二三四五六七八九十]{0,3}\s*[:：]?")
IMPRINT_LINE = re.compile(
    r"(?:抄\s*送|主题词|主\s*题\s*词|分送|印送|发[:：]|报[:：])\s*[:：]?.{2,}|.{4,30}\d{4}年\d{1,2}月\d{1,2}日印发"
)
SALUTATION_LINE = re.compile(
    r"(?:尊敬的|各位|同志们|朋友们|女士们|先生们|主席团|诸位)[^。；]{0,60}[:：！!]?|[^。；]{0,30}(?:同志们|各位代表|同志|朋友们)[:：！!]"
)
ORGAN_END = re.compile(
    r"(?:政府|办公室|办公厅|委员会|[委局厅部院署办社会所站团处行]|法院|检察院|公司|总局|中心|指挥部|领导小组|工作组|管委会|办事处|党工委|军区|集团|联合会|协会|学会|海关|军委|报社)$"
)
POST = re.compile(r"书记|主席|省长|市长|县长|区长|镇长|乡长|主任|局长|部长|厅长|会长|院长|校长|总理|秘书长|常委")
CARRYING = re.compile(r"印发|转发|批转|公布|颁布|颁发|下发|发布|通过|批准|出台|征求|修订")
TERMINAL = "。！!？?；;：:，,、"
LONGEST_TITLE = 120
BODY_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the document: text[start:end], and what it is."""

    start: int
    end: int
    text: str
    role: str = BODY


@cache
def title_endings(vocabulary: Vocabulary) -> re.Pattern[str]:
    """Matches a text that ends as a title of a known kind of document does (vocab/document_kinds.csv)."""
    words = sorted(vocabulary.terms("document_kinds"), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(map(re.escape, words))})(?:[（(《<〈][^（()）]{{1,20}}[）)》>〉])*[》>〉”]?$")


def bare(text: str) -> str:
    """`text` without punctuation and white space, for comparing titles."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def roles(clean: CleanText, vocabulary: Vocabulary) -> list[Line]:
    """Every line of the document with its role, in order."""
    lines = []
    at = 0
    for text in clean.text.split("\n"):
        lines.append(Line(at, at + len(text), text))
        at += len(text) + 1
    out = [BODY] * len(lines)
    for start, end, _ in clean.tables:
        for index, line in enumerate(lines):
            if start <= line.start < end:
                out[index] = TABLE
    titled = _front(lines, out, 0, title_endings(vocabulary), clean, TITLE)
    main = "".join(line.text for line, role in zip(lines, out, strict=True) if role == TITLE)
    carried = _carried(lines, out, titled, main, title_endings(vocabulary))
    if carried is None:
        carried = _order(lines, out, main)
    if carried is not None:
        first, last = carried
        for index, role in enumerate(out):
            if role == TITLE:
                out[index] = COVER_TITLE
        for index in range(first, last):
            out[index] = TITLE
        _back(lines, out, titled, first)
        _under_title(lines, out, last, clean)
    _back(lines, out, carried[1] if carried else titled, len(lines))
    named = _annex_names(lines, titled)
    for index in range(titled + 1, len(lines)):  # a signature above an annex that is printed in full
        if out[index] != BODY:
            continue
        if _ANNEX_HEAD.fullmatch(lines[index].text):
            out[index] = ANNEX
            _back(lines, out, titled, index)
        elif named and bare(lines[index].text) in named:
            _back(lines, out, titled, index)
    _contents(lines, out)
    return [Line(line.start, line.end, line.text, role) for line, role in zip(lines, out, strict=True)]


def _front(
    lines: Sequence[Line], out: list[str], index: int, endings: re.Pattern[str], clean: CleanText, role: str
) -> int:
    """Marks a title block that begins at `index` and what stands under it; the index of what follows."""
    end = _title_block(lines, out, index, endings, clean)
    for position in range(index, end):
        if out[position] == BODY:
            out[position] = role
    return _under_title(lines, out, end, clean)


def _title_block(
    lines: Sequence[Line], out: Sequence[str], index: int, endings: re.Pattern[str], clean: CleanText
) -> int:
    """The index after the title that begins at `index` (index itself when no title stands there).

    Of the lines that could belong to it, it takes those up to the last that ends as titles do.
    """
    title = ""
    end = index
    complete = index
    while end < len(lines) and end - index < 8:
        text = lines[end].text
        if out[end] == TABLE or (title and clean.headings.get(lines[end].start, 0) > 1):
            break
        if NUMBER_LINE.fullmatch(text) or DATE_LINE.fullmatch(text) or UPLOAD_LINE.fullmatch(text):
            break
        if not _title_like(text) or (title and (text.startswith(("——", "--")) or SALUTATION_LINE.fullmatch(text))):
            break
        if len(title) + len(text) > LONGEST_TITLE:
            break
        if title and (NOTE_LINE.fullmatch(text) or ANNEX_LINE.match(text)):
            break
        if title and bare(text) in ("目录", "目次"):
            break
        title += text
        end += 1
        if endings.search(_without_date(title)):
            complete = end
            if title_end(text) < len(text):
                break
    # Where no line ends as titles do, the first line is one and the rest are what stands under it.
    return complete if complete > index else min(index + 1, end)


def _title_like(text: str) -> bool:
    if len(text) > LONGEST_TITLE or label_at(text):
        return False
    if text[-1] in TERMINAL:
        return False
    return not (len(text) > BODY_LENGTH and ("。" in text or text.count("，") + text.count(",") > 2))


_BRACKET_DATE = re.compile(rf"[（(]\s*{_YEAR}{_MONTH_DAY}[^）)]{{0,12}}[）)]\s*$")


def _without_date(title: str) -> str:
    return _BRACKET_DATE.sub("", title).rstrip()


def title_end(text: str) -> int:
    """Where a title line's own words end: before a date in brackets that was put behind them."""
    return len(_without_date(text))


def _under_title(lines: Sequence[Line], out: list[str], index: int, clean: CleanText) -> int:
    """Marks number, date, speaker, addressee and salutation lines from `index` on; the index of the body."""
    limit = min(index + 14, len(lines))
    while index < limit:
        text = lines[index].text
        if out[index] != BODY:
            return index
        if ENACTED_LINE.fullmatch(text):
            out[index] = ENACTED
        elif NUMBER_LINE.fullmatch(text) or (ORDER_NUMBER.fullmatch(text) and len(text) < 24):
            out[index] = NUMBER
        elif UPLOAD_LINE.fullmatch(text):
            out[index] = UPLOAD_DATE
        elif DATE_LINE.fullmatch(text):
            out[index] = DATE
        elif NOTE_LINE.fullmatch(text):
            out[index] = NOTE
        elif SALUTATION_LINE.fullmatch(text) and len(text) < 60:
            out[index] = SALUTATION
        elif _addressee(text):
            out[index] = ADDRESSEE
        elif text[-1] not in TERMINAL and not label_at(text) and len(text) <= 45 and index + 1 < len(lines):
            if text[0] in "（(—-–" and DATE_TEXT.search(text):
                out[index] = DATE
            elif POST.search(text) or (len(text.replace(" ", "")) <= 4 and out[index - 1] in (DATE, SUBTITLE, SPEAKER)):
                out[index] = SPEAKER
            elif clean.headings.get(lines[index].start, 0) == 0 and not _goes_on(text):
                out[index] = SUBTITLE
            else:
                return index
        else:
            return index
        index += 1
    return index


def _goes_on(text: str) -> bool:
    """A line with the make-up of a sentence, which a subtitle has not."""
    return "。" in text or text.count("，") + text.count(",") > 2


_GENERIC_ADDRESSEE = re.compile(r"各|有关|政府|委员会|[局厅部委办院署]|直属|单位|省|市|县|区|镇|你|党委|支部|公司|代表")


def _addressee(text: str) -> bool:
    if text[-1] not in "：:" or len(text) > 400 or "。" in text or label_at(text):
        return False
    if re.search(r"如下|以下|决定|通知|要求|意见|做到|强调|指出|的是|公布|主要|现将|为了|根据", text[-30:]):
        return False
    return bool(_GENERIC_ADDRESSEE.search(text))


def _carried(
    lines: Sequence[Line], out: Sequence[str], index: int, cover: str, endings: re.Pattern[str]
) -> tuple[int, int] | None:
    """The lines [first, last) that are the title of what a covering notice carries: the notice names it.

    A notice whose own title was left out stands under the title of what it carries, which then comes again.
    """
    named = bare(cover) if CARRYING.search(cover) else ""
    for line in lines[index : index + 8]:
        for match in _CARRIED_NAME.finditer(line.text):
            named += "|" + bare(match["name"])
    if not named:
        return None
    named += "|" + bare(_without_date(cover))
    for first in range(index + 1, min(len(lines), index + 60)):
        title = ""
        for last in range(first, min(first + 6, len(lines))):
            text = lines[last].text
            if out[last] != BODY or not _title_like(text) or len(title) + len(text) > LONGEST_TITLE:
                break
            if text.startswith(("附件", "（此件", "(此件")) and not title:
                break
            title += text
            words = bare(_without_date(title))
            if len(words) < 6 or not named.find(words[: min(len(words), 8)]) >= 0:
                if last == first and not _in_cover(words, named):
                    break
                continue
            if _in_cover(words, named) and (endings.search(_without_date(title)) or words + "的" in named):
                following = lines[last + 1].text if last + 1 < len(lines) else ""
                if len(words) >= 8 and not _in_cover(words + bare(following), named):
                    goes_on = (
                        last + 1 < len(lines)
                        and _title_like(following)
                        and bool(endings.search(following))
                        and bare(following) not in ("目录", "目次")
                    )
                    return first, last + 2 if goes_on and len(following) < 40 else last + 1
    return None


_CARRIED_NAME = re.compile(
    r"《(?P<name>[^《》]{6,80}(?:〈[^〉]+〉[^《》]*)?)》[^。]{0,60}(?:印发|同意|转发|公布|通过|发布|下发)"
)


def _in_cover(words: str, named: str) -> bool:
    return words in named or re.sub("试行|暂行|征求意见稿|草案|讨论稿|修订稿", "", words) in named


def _order(lines: Sequence[Line], out: Sequence[str], main: str) -> tuple[int, int] | None:
    """A decree (某某令 第707号) and the regulation that it publishes, whose title stands on a line of its own."""
    if not main.endswith("令"):
        return None
    for index in range(1, min(len(lines), 20)):
        text = lines[index].text
        if (
            out[index] == BODY
            and _title_like(text)
            and re.search(r"(?:条例|办法|规定|细则|法|规则)(?:[（(].*[）)])?$", text)
        ):
            return index, index + 1
    return None


def _back(lines: Sequence[Line], out: list[str], start: int, end: int) -> None:
    """Marks signature, dates, notes, imprint and annex lines backwards from `end`."""
    index = end - 1
    signed = dated = False
    captions = 0
    while index >= start:
        text = lines[index].text
        if out[index] == TABLE:
            index -= 1
            continue
        if out[index] != BODY:
            break
        compact = text.replace(" ", "")
        if NOTE_LINE.fullmatch(text):
            out[index] = NOTE
        elif IMPRINT_LINE.fullmatch(text) and not signed:
            out[index] = IMPRINT
        elif DATE_LINE.fullmatch(text):
            out[index] = DATE
            dated = True
        elif ANNEX_LINE.match(text) and text[-1] not in "。":
            out[index] = ANNEX
        elif signature(text) or (
            text[-1] not in TERMINAL
            and not label_at(text)
            and len(compact) <= 30
            and ORGAN_END.search(compact)
            and (signed or dated or out[index + 1 : index + 2] == [DATE])
        ):
            out[index] = SIGNATURE
            signed = True
        elif (
            re.fullmatch(r"\d{1,2}[.．、].{2,60}", text)
            and text[-1] not in TERMINAL
            and _annexes_above(lines, index, start)
        ):
            out[index] = ANNEX
        elif captions < 2 and _caption(text) and (captions or out[index + 1 : index + 2] == [TABLE]):
            captions += 1  # the name of an annexed table, and the unit it counts in; it stays what it is
        else:
            break
        index -= 1
    # an annex note stands above the signature, with body text between it and the one above
    for position in range(max(start, index - 12), index + 1):
        if out[position] == BODY and ANNEX_LINE.match(lines[position].text) and len(lines[position].text) < 80:
            out[position] = ANNEX


def _caption(text: str) -> bool:
    """Whether a line could be the name of the table under it."""
    return len(text) <= 45 and text[-1] not in TERMINAL and not label_at(text)


def _annex_names(lines: Sequence[Line], start: int) -> set[str]:
    """The names of the annexes as the annex note gives them (附件：1.… 2.…), without punctuation and white space."""
    names: set[str] = set()
    for index in range(start, len(lines)):
        match = ANNEX_LINE.match(lines[index].text)
        if not match:
            continue
        entries = [lines[index].text[match.end() :]]
        for line in lines[index + 1 : index + 25]:
            if not re.match(r"\d{1,2}\s*[.．、]", line.text):
                break
            entries.append(line.text)
        names.update(bare(re.sub(r"^\s*\d{1,2}\s*[.．、]", "", entry)) for entry in entries)
    return {name for name in names if len(name) >= 4}


def _annexes_above(lines: Sequence[Line], index: int, start: int) -> bool:
    return any(ANNEX_LINE.match(lines[i].text) for i in range(max(start, index - 25), index))


_SIGNED = re.compile(rf"(?P<organ>[一-鿿、 ]{{2,40}}?)\s*(?P<date>{_YEAR}{_MONTH_DAY})")


def signature(text: str) -> re.Match[str] | None:
    """A signature with its date on one line: 中共某某镇委员会 2010年4月27日."""
    match = _SIGNED.fullmatch(text)
    return match if match and ORGAN_END.search(match["organ"].replace(" ", "")) else None


def _contents(lines: Sequence[Line], out: list[str]) -> None:
    """Marks a table of contents: the lines after 目录 up to where its first heading comes again."""
    for index, line in enumerate(lines[:80]):
        if out[index] not in (BODY, SUBTITLE) or line.text.replace(" ", "") not in ("目录", "目次"):
            continue
        if index + 1 >= len(lines):
            return
        first = bare(re.sub(r"[.…·\s\d]+$", "", lines[index + 1].text))
        for again in range(index + 2, min(index + 200, len(lines))):
            if first and bare(lines[again].text) == first:
                for position in range(index, again):
                    out[position] = CONTENTS
                return
