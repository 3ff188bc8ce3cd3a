"""The timeline as a calendar: an .ics file that Outlook, WPS, DingTalk and phones can take in.

In: rows of the timeline (value, type, words, certain, sentence, document, place, clause). Out: an iCalendar text by RFC 5545,
and the rows that are not in it, each with the reason. Touches: the file that it is told to write.

Only what has a definite day becomes an entry, all-day (3.8.2.4: VALUE=DATE; the end is the day after, 3.8.2.2). Lines are
folded at 75 octets (3.1), texts escaped (3.3.11). The UID is made of the clause, the words and the value, and of how often
these came before, so that each entry has its own and a second import replaces the entries of the first instead of
doubling them. Days have no time of day, and so no time zone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from policyparse.export.tables import Value
from policyparse.export.writing import whole

Reason = Literal["no-day", "no-year", "guessed", "reversed"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

#: Octets a line may have, without its line break (RFC 5545, 3.1).
_OCTETS = 75
#: Characters of a sentence that stand in an entry's title.
_TITLE = 60


def calendar(
    rows: Iterable[Mapping[str, Value]], stamp: datetime | None = None
) -> tuple[str, list[tuple[Mapping[str, Value], Reason]]]:
    """(the calendar, what was left out and why). `stamp`: when it was made, now if None.

    left out: no-day (a month or a year alone), no-year (XXXX-10-31), guessed (the document has no date of its own),
    reversed (a span that ends before it begins)
    """
    made = (stamp or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//policyparse//timeline//ZH", "CALSCALE:GREGORIAN"]
    left: list[tuple[Mapping[str, Value], Reason]] = []
    times: Counter[str] = Counter()
    for row in rows:
        span = _days(str(row["value"]), str(row["certain"]))
        if isinstance(span, str):
            left.append((row, span))
        else:
            key = "\n".join(str(row[name]) for name in ("clause", "value", "words", "type"))
            times[key] += 1
            again = f"\n{times[key]}" if times[key] > 1 else ""
            lines += _event(row, *span, made, sha256((key + again).encode("utf-8", "replace")).hexdigest()[:32])
    lines.append("END:VCALENDAR")
    return "".join(folded(line) for line in lines), left


def write_calendar(rows: Iterable[Mapping[str, Value]], path: Path) -> list[tuple[Mapping[str, Value], Reason]]:
    """Writes the calendar of `rows` and returns what was left out; the file appears when it is whole."""
    text, left = calendar(rows)
    with whole(path) as part:
        part.write_bytes(text.encode("utf-8"))
    return left


def _days(value: str, certain: str) -> tuple[date, date] | Reason:
    """The first and last day of an entry; of a deadline or a start, its one day."""
    if "X" in value:
        return "no-year"
    if certain == "guessed":
        return "guessed"
    first, _, last = value.partition("/")
    days = [_day(part) for part in (first, last) if part not in ("", "..")]
    begin, end = (days[0], days[-1]) if days else (None, None)
    if begin is None or end is None:
        return "no-day"
    return "reversed" if begin > end else (begin, end)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _event(row: Mapping[str, Value], first: date, last: date, made: str, uid: str) -> list[str]:
    # outside all clauses stands the date of the document itself
    sentence = str(row["sentence"] or row["words"]) if "#" in str(row["clause"]) else f"成文：{row['document']}"
    kind = {"deadline": "截止", "start": "起始"}.get(str(row["type"]), "")
    title = (f"【{kind}】" if kind else "") + sentence[:_TITLE] + ("…" if len(sentence) > _TITLE else "")
    about = [
        sentence,
        f"原文写法：{row['words']}（{row['value']}）",
        f"文件：{row['document']}",
        f"条款：{row['clause']}",
    ]
    if row["certain"] == "inferred":
        about.append("年份按成文日期推定")
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@policyparse",
        f"DTSTAMP:{made}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{min(last, date.max - timedelta(1)) + timedelta(1):%Y%m%d}",
        f"SUMMARY:{escaped(title)}",
        f"DESCRIPTION:{escaped(chr(10).join(about))}",
        *([f"LOCATION:{escaped(str(row['place']).replace('/', ' '))}"] if row.get("place") else []),
        f"STATUS:{'TENTATIVE' if row['certain'] == 'inferred' else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def escaped(text: str) -> str:
    """`text` as a value of type TEXT (RFC 5545, 3.3.11)."""
    text = _NO_TEXT.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")
    for sign, shown in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(sign, shown)
    return text


def folded(line: str) -> str:
    """A content line with its breaks: no more than 75 octets each, no character cut in two (RFC 5545, 3.1)."""
    pieces: list[str] = []
    piece, used = "", 0
    for sign in line:
        size = len(sign.encode("utf-8"))
        if used + size > _OCTETS:
            pieces.append(piece)
            piece, used = " ", 1
        piece += sign
        used += size
    return "\r\n".join([*pieces, piece]) + "\r\n"
