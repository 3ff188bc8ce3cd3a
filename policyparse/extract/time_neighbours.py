"""What stands around a candidate of time: limit words, a time of day, brackets, lists, what makes it no limit.

In: the text, a candidate's place, the grammar. Out: where it reaches, and what its neighbours make of it. Touches nothing.
"""

from __future__ import annotations

import re

from policyparse.extract.time_amounts import amount
from policyparse.extract.time_context import Context
from policyparse.extract.time_grammar import Grammar, Word
from policyparse.extract.time_values import UNKNOWN, Period, day

REACH = 8
"""How far back a limit word is looked for: the longest in time_limits.csv and time_lengths.csv has 7 characters."""
_CLOCK = re.compile(
    r"[ \u3000]{0,2}(?P<part>上午|下午|晚上?|凌晨|中午)?"
    r"(?:[ \u3000]{0,2}(?P<hour>2[0-4]|1\d|0?\d|零)(?:[:：](?P<minute>[0-5]\d)"
    r"|[时点](?:(?P<m2>[0-5]?\d)分|(?P<half>半)|整)?(?!间|代|候)))?"
)
# 4小时办结, 1分钟响应: so long it may take; 24小时受理 is always open
_DONE_IN = re.compile("(?:内)?(?:办结|办成|办完|办毕|响应|送达|到场|到达|反馈|接通|接单|审结|出证|完成|抢修)")
_RHETORIC_END = re.compile(r"[。，,；;！!]|\Z")
_MEETING = re.compile(r"[^“”‘’。，\n]{2,30}(?:会|展|节|赛|论坛|活动|行动)[”’]")


def joined(neighbour: str, characters: str) -> bool:
    """Whether the neighbouring character (or nothing) is one that makes a limit word part of another word."""
    return neighbour != "" and neighbour in characters


def extend_back(rules: Grammar, text: str, start: int, floor: int, only: str | None = None) -> tuple[int, str | None]:
    """Where the limit word before `start` begins, and what it means; `start` and None where there is none."""
    before = rules.before.search(text, max(floor, start - REACH), start)
    if before is None:
        return start, None
    word = rules.before_words[before[0]]
    if joined(text[before.start() - 1 : before.start()], word.not_after) or (only and word.means != only):
        return start, None
    return before.start(), word.means


def extend_on(rules: Grammar, text: str, end: int) -> tuple[int, Word | None]:
    after = rules.after.match(text, end)
    if after is None:
        return end, None
    word = rules.after_words[after["word"]]
    if joined(text[after.end() : after.end() + 1], word.not_before):
        return end, None
    return after.end(), word


def clock(text: str, end: int) -> tuple[int, str]:
    """The end of a time of day that follows a date (15日上午9时), and its value (T09:00, or nothing)."""
    match = _CLOCK.match(text, end)
    if match is None or match.end() == end or not match[0].strip():
        return end, ""
    if match["hour"] is None:
        return match.end(), ""
    hour = 0 if match["hour"] == "零" else int(match["hour"])
    if match["part"] in ("下午", "晚", "晚上") and hour < 12:
        hour += 12
    minute = 30 if match["half"] else int(match["minute"] or match["m2"] or 0)
    return match.end(), f"T{hour:02d}:{minute:02d}"


def bracketed(text: str, start: int, end: int) -> bool:
    return text[start - 1 : start] in ("(", "（") and text[end : end + 1] in (")", "）")


def set_off(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] stands alone in brackets or fills a cell of a table (a row's cells are joined by tabs)."""
    if bracketed(text, start, end):
        return True
    around = text[start - 1 : start] if start else "\n", text[end : end + 1] or "\n"
    return "\t" in around and set(around) <= {"\t", "\n"}


def names_meeting(text: str, match: re.Match[str]) -> bool:
    """Whether a year opens a quoted name: “2012年度全市趋势会商会”."""
    opened = text[match.start() - 1 : match.start()] in ("“", "‘") and match["lead1"] == match[0]
    return opened and _MEETING.match(text, match.end()) is not None


def past(value: str, date: str | None) -> bool:
    """Whether `value` lies wholly before the document's date: 到2010年底已…, said in 2011."""
    if date is None or value.startswith(UNKNOWN):
        return False
    shared = min(len(value), len(date))
    return value[:shared] < date[:shared]


def listed_day(context: Context, match: re.Match[str]) -> Period | None:
    """The date that a bare 20日 means in 5月10日、20日; None where it is an amount of days."""
    start = match.start()
    if context.day is None or context.text[context.day_end : start] not in ("、", "和", "及", "与", "或"):
        return None
    number = amount(match["ln"])
    year = int(context.day[:4]) if context.day[:4].isdigit() else None
    found = day(year, int(context.day[5:7]), int(number)) if number <= 31 else None
    if found is not None:
        context.note_day(found.high, match.end())
    return found


def of_frequency(text: str, match: re.Match[str], floor: int) -> bool:
    """Whether a bare amount stands right behind a frequency and says how much of it: 每周7天, 每天8小时."""
    start = match.start()
    return floor == start and text[max(0, start - 2) : start] in ("每周", "每天", "每日", "每月", "星期")


def no_limit(rules: Grammar, text: str, match: re.Match[str], value: str) -> bool:
    """Whether an amount without a limit word only names or counts something: 三年行动, 这五年, 前一天, 24小时服务."""
    start, end = match.span()
    if match[0] in rules.not_length:
        return True
    reach = max(0, start - REACH)
    if rules.near_length.match(text, end) or rules.not_before_length.search(text, reach, start):
        return True
    if text[start - 1 : start] == "的" and match["lu"] == "年" and _RHETORIC_END.match(text, end):
        return True  # 这是攻坚克难的五年。
    if match["ln"] in ("一", "1") and rules.not_before_one.search(text, reach, start):
        return True
    # hours and minutes limit only where something is brought down to them, or comes so much earlier
    if "T" not in value or text[max(0, start - 2) : start].endswith(("至", "到", "为", "提前", "间隔", "用时")):
        return False
    return value == "PT24H" or not _DONE_IN.match(text, end)
